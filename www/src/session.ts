// A room that is open on the page: the engine that holds it, what the engine told when it was opened, and its graph.
import type { Engine } from "./engine.ts";
import { spanOf, type TimeSpan } from "./format.ts";
import { Edges } from "./history/edges.ts";
import { Merges } from "./history/merges.ts";
import type { Lesson } from "./lessons/rooms.ts";
import type { Sample } from "./lessons/samples.ts";
import type { Carried } from "./place.ts";
import type { Calls, Figures, Opened, OpenOptions, Source } from "./protocol.ts";

/** What a room was read from, and what that is called. */
export interface Origin {
  /** The file's name, or the sample's. */
  name: string;
  sample: boolean;
  source: Source;
  /** The teaching room that it is. */
  lesson?: Lesson;
  /** What it is, if it is one of the samples. */
  room?: Sample;
  /** What leads to it again, if the address alone is enough for that. */
  carried?: Carried;
}

export class Session {
  readonly engine: Engine;
  readonly opened: Opened;
  readonly edges: Edges;
  /** Where it was read from: to be read again under other rules. */
  readonly origin: Origin;
  readonly options: OpenOptions;
  #figures: Promise<Figures> | undefined;
  #asked = false;
  #merges = Merges.none;
  #numbers: Calls["numbers"]["result"] | undefined;

  constructor(engine: Engine, opened: Opened, origin: Origin) {
    this.engine = engine;
    this.opened = opened;
    this.edges = new Edges(opened.graph);
    this.origin = origin;
    this.options = opened.options;
  }

  get sample(): boolean {
    return this.origin.sample;
  }

  /** What storing the room costs: worked out when it is first asked for. */
  figures(): Promise<Figures> {
    return (this.#figures ??= this.engine.call("figures", {}));
  }

  /** Asks for the numbers of all snapshots and groups; `arrived` is called when they can be read. */
  wantNumbers(arrived: () => void): void {
    if (this.#asked) return;
    this.#asked = true;
    this.engine.call("numbers", {}).then(
      (numbers) => {
        this.#numbers = numbers;
        arrived();
      },
      () => undefined,
    );
  }

  /** Has the worker learn all ids; `told` is called if rows that have come are told better now. */
  learnIds(told: () => void): void {
    this.engine.call("learn", {}).then(
      (better) => {
        if (better) told();
      },
      () => undefined,
    );
  }

  /** What merges did; nothing until `wantMerges` has told. */
  get merges(): Merges {
    return this.#merges;
  }

  /** Asks what merges did; `arrived` is called when it can be read. */
  wantMerges(arrived: () => void): void {
    if (this.#merges !== Merges.none) arrived();
    else
      this.engine.call("merges", {}).then(
        (columns) => {
          this.#merges = new Merges(columns);
          arrived();
        },
        () => undefined,
      );
  }

  /** The number of the snapshot before a row; 0 if it has none, or nobody has asked yet. */
  snapshotBefore(row: number): number {
    return this.#numbers?.snapshots[row] ?? 0;
  }

  /** The number of the state group after a row, likewise. */
  groupAfter(row: number): number {
    return this.#numbers?.groups[row] ?? 0;
  }

  get eventCount(): number {
    return this.opened.graph.eventCount;
  }

  /** Events of the history and outliers. */
  get heldCount(): number {
    return this.eventCount + this.opened.outlierCount;
  }

  get span(): TimeSpan {
    return spanOf(this.opened.firstTs, this.opened.lastTs);
  }

  close(): void {
    this.engine.close();
  }
}
