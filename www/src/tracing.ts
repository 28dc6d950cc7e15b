// Tracing: the lanes carry one slot's value. Asks the worker for the column, gives the letters to the values near the selection,
// and tells those who draw. The words of values are asked for when a letter first stands for them.
import { sameSlot, Trace } from "./history/trace.ts";
import { traceInAddress, writeTrace } from "./place.ts";
import type { Row, Slot, StateRow } from "./protocol.ts";
import type { Session } from "./session.ts";
import type { TraceBar } from "./shell/trace-bar.ts";

export class Tracing {
  readonly #bar: TraceBar;
  readonly #changed: (trace: Trace | undefined) => void;
  #session: Session | undefined;
  #trace: Trace | undefined;
  /** What was asked for last; its column may not have come yet. */
  #slot: Slot | undefined;
  #words = new Map<Row, StateRow>();
  /** Where the selection is: the newest event while there is none. */
  #at: { row: Row; parents: readonly Row[] } | undefined;

  /** `changed`: another slot is traced, or letters have other values. */
  constructor(bar: TraceBar, changed: (trace: Trace | undefined) => void) {
    this.#bar = bar;
    this.#changed = changed;
  }

  get slot(): Slot | undefined {
    return this.#slot;
  }

  /** Another room is shown, in which `slot` is traced from the start. */
  showRoom(session: Session, slot: Slot | undefined): void {
    this.#session = session;
    this.#at = undefined;
    this.#stop();
    if (slot !== undefined) void this.#start(slot);
  }

  /** Traces a slot, or none; a step that can be gone back. */
  choose(slot: Slot | undefined): void {
    this.#turnTo(slot);
    writeTrace(slot, true);
  }

  /** Traces a slot, or stops where it is traced already or there is none; false if there was nothing to stop either. */
  toggle(slot: Slot | undefined): boolean {
    const traced = this.#slot;
    if (slot === undefined && traced === undefined) return false;
    this.choose(slot === undefined || sameSlot(slot, traced) ? undefined : slot);
    return true;
  }

  /** Traces what the address says. */
  followAddress(): void {
    this.#turnTo(traceInAddress());
  }

  #turnTo(slot: Slot | undefined): void {
    if (slot === undefined) this.#stop();
    else void this.#start(slot);
  }

  async #start(slot: Slot): Promise<void> {
    const session = this.#session;
    if (session === undefined || sameSlot(slot, this.#slot)) return;
    this.#slot = slot;
    const column = await session.engine.call("slot", slot).catch(() => undefined);
    if (column === undefined || session !== this.#session || slot !== this.#slot) return;
    this.#trace = new Trace(slot, column);
    this.#words = new Map();
    this.#bar.showSlot(slot);
    this.#follow(this.#trace);
  }

  #stop(): void {
    this.#slot = undefined;
    if (this.#trace === undefined) return;
    this.#trace = undefined;
    this.#bar.hide();
    this.#changed(undefined);
  }

  /** The selection has moved. `parents`: one for each state that met in it, if it is a merge. */
  follow(row: Row | undefined, parents: readonly Row[]): void {
    this.#at = row === undefined ? undefined : { row, parents };
    const trace = this.#trace;
    if (trace !== undefined) this.#follow(trace);
  }

  #follow(trace: Trace): void {
    const { row, parents } = this.#at ?? { row: (this.#session?.eventCount ?? 1) - 1, parents: [] };
    // Of a slot that never had a value there is nothing to change, and yet something to tell.
    if (!trace.follow(row, parents) && trace.valueCount > 0) return;
    this.#changed(trace);
    void this.#tell(trace);
  }

  async #tell(trace: Trace): Promise<void> {
    const { lettered } = trace;
    const missing = lettered.filter((row) => row !== undefined && !this.#words.has(row)) as Row[];
    if (missing.length > 0) {
      const entries = await this.#session?.engine.call("entries", { rows: missing }).catch(() => undefined);
      entries?.forEach((entry) => entry.row !== undefined && this.#words.set(entry.row, entry));
      if (trace !== this.#trace) return;
    }
    // Letters may have moved on meanwhile.
    const values = trace.lettered.map((row) => (row === undefined ? undefined : { row, entry: this.#words.get(row) }));
    this.#bar.showValues(values, trace.valueCount - values.filter((value) => value !== undefined).length);
  }
}
