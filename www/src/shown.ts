// What of the room is shown: whether runs of messages are folded, whether the search decides, and which runs are open all the same.
// The worker works the lines out; until they come, the list stays as it is, and of several requests only the last counts.
import { EngineError } from "./engine.ts";
import type { Item } from "./history/display.ts";
import { Lines } from "./history/lines.ts";
import type { Row } from "./protocol.ts";
import type { Session } from "./session.ts";

export class Shown {
  readonly #changed: (lines: Lines, still: Item | undefined) => void;
  #session: Session | undefined;
  #folded = false;
  #only = false;
  /** The rows that the search means; undefined if it means none in particular, or is not done. */
  #meant: Uint32Array | undefined;
  /** What is shown whatever the search means. */
  #focus: Uint32Array | undefined;
  #opened: Row[] = [];
  #asked: AbortController | undefined;
  /** Every event has a line of its own. */
  #complete = true;
  /** The selected event: it is not folded. */
  selected: Row | undefined;

  /** `changed` is told the lines, and which item's row should stay where it is. */
  constructor(changed: (lines: Lines, still: Item | undefined) => void) {
    this.#changed = changed;
  }

  get folded(): boolean {
    return this.#folded;
  }

  get only(): boolean {
    return this.#only;
  }

  /** What was open is closed again. */
  set(only: boolean, folded: boolean): void {
    if (only === this.#only && folded === this.#folded) return;
    this.#only = only;
    this.#folded = folded;
    this.#opened = [];
    void this.#arrange();
  }

  /** Shows these events alone, whatever the search means; undefined: as before. */
  focus(rows: Uint32Array | undefined): void {
    if (rows === this.#focus) return;
    this.#focus = rows;
    this.#opened = [];
    void this.#arrange();
  }

  /** Another room, of which every event has its line until told otherwise. */
  showRoom(session: Session): void {
    this.#session = session;
    this.#opened = [];
    this.#meant = this.#focus = undefined;
    this.#complete = true;
    this.selected = undefined;
    void this.#arrange();
  }

  /** Takes what a search means when it is done, or undefined if there is none. Until then what was meant before stays. */
  found(meant: Uint32Array | undefined): void {
    if (meant === this.#meant) return;
    this.#meant = meant;
    if (!this.#only) return;
    this.#opened = [];
    void this.#arrange();
  }

  /** Shows the run in which an event is. Resolves to whether it is shown then. */
  open(row: Row, still?: Item): Promise<boolean> {
    this.#opened.push(row);
    return this.#arrange(still);
  }

  async #arrange(still?: Item): Promise<boolean> {
    this.#asked?.abort();
    this.#asked = undefined;
    const session = this.#session;
    if (session === undefined) return false;
    const rows = this.#focus ?? (this.#only ? this.#meant : undefined);
    if (rows === undefined && !this.#folded) {
      if (!this.#complete) this.#changed(Lines.each(session.heldCount, session.edges), still);
      this.#complete = true;
      return true;
    }
    const asked = new AbortController();
    this.#asked = asked;
    const { selected } = this;
    const opened = rows === undefined && selected !== undefined ? [...this.#opened, selected] : this.#opened;
    try {
      const options = { rows, folded: this.#folded && this.#focus === undefined, opened };
      const columns = await session.engine.call("arrange", options, { signal: asked.signal });
      if (asked.signal.aborted || session !== this.#session) return false;
      this.#complete = false;
      this.#changed(Lines.of(columns), still);
      return true;
    } catch (error) {
      // Overtaken, or the room was closed: nobody waits for it any more.
      if (error instanceof EngineError && (error.code === "cancelled" || error.code === "closed")) return false;
      throw error;
    }
  }
}
