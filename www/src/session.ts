// A room that is open on the page: the engine that holds it, what the engine told when it was opened, and its graph.
import type { Engine } from "./engine.ts";
import { spanOf, type TimeSpan } from "./format.ts";
import { Edges } from "./history/edges.ts";
import type { Lesson } from "./lessons/rooms.ts";
import type { Figures, Opened, OpenOptions, Source } from "./protocol.ts";

/** What a room was read from, and what that is called. */
export interface Origin {
  /** The file's name, or the sample's. */
  name: string;
  sample: boolean;
  source: Source;
  /** The teaching room that it is. */
  lesson?: Lesson;
}

export class Session {
  readonly engine: Engine;
  readonly opened: Opened;
  readonly edges: Edges;
  /** Where it was read from: to be read again under other rules. */
  readonly origin: Origin;
  readonly options: OpenOptions;
  #figures: Promise<Figures> | undefined;
  #snapshots: Uint32Array | undefined;

  constructor(engine: Engine, opened: Opened, origin: Origin, options: OpenOptions) {
    this.engine = engine;
    this.opened = opened;
    this.edges = new Edges(opened.graph);
    this.origin = origin;
    this.options = options;
  }

  get sample(): boolean {
    return this.origin.sample;
  }

  /** What storing the room costs: worked out when it is first asked for. */
  figures(): Promise<Figures> {
    return (this.#figures ??= this.engine.call("figures", {}));
  }

  /** Asks for the numbers of all snapshots; `arrived` is called when they can be read. */
  wantSnapshots(arrived: () => void): void {
    if (this.#snapshots !== undefined) return;
    this.#snapshots = new Uint32Array();
    this.engine.call("snapshots", {}).then(
      (snapshots) => {
        this.#snapshots = snapshots;
        arrived();
      },
      () => undefined,
    );
  }

  /** The number of the snapshot before a row; 0 if it has none, undefined if nobody has asked yet. */
  snapshotBefore(row: number): number | undefined {
    return this.#snapshots?.[row];
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
