// Ways through the room from where one is: to a parent or child, to the next merge, tip, gap or found row. "Forward" is down
// the list, whatever the list's direction.
import type { DisplayRows, Item } from "./history/display.ts";
import type { Row } from "./protocol.ts";
import type { Session } from "./session.ts";

export type LandmarkKind = "merge" | "conflict" | "reset" | "tip" | "gap";

export class Walk {
  readonly #session: Session;
  readonly #display: DisplayRows;
  /** From which child one came to a parent: the way back leads there. */
  readonly #came = new Map<Item, Item>();

  constructor(session: Session, display: DisplayRows) {
    this.#session = session;
    this.#display = display;
  }

  /** Along the edges that are drawn. */
  parent(item: Item): Item | undefined {
    const display = this.#display;
    const line = this.#lineOf(item);
    if (line === undefined) return undefined;
    const next = display.lines.edges.parents(line)[0];
    const gaps = display.isEvent(item) ? display.gapsOf(item) : [];
    const parent = next === undefined ? gaps[0] : display.itemOn(next);
    if (parent !== undefined) this.#came.set(parent, item);
    return parent;
  }

  child(item: Item): Item | undefined {
    const display = this.#display;
    const gap = display.gap(item);
    if (gap !== undefined) return gap.row;
    const line = this.#lineOf(item);
    if (line === undefined) return undefined;
    const { edges } = display.lines;
    const children = edges.children(line);
    const came = this.#came.get(item);
    const child = children.find((each) => display.itemOn(each) === came);
    if (child !== undefined) return came;
    const next = children.find((each) => edges.lane(each) === edges.lane(line)) ?? children[0];
    return next === undefined ? undefined : display.itemOn(next);
  }

  /** The line of an event of the history or of a run in it. */
  #lineOf(item: Item): number | undefined {
    const display = this.#display;
    if (!display.isEvent(item) && display.run(item) === undefined) return undefined;
    const line = display.lines.lineOf(display.eventOf(item) ?? 0);
    return line < display.lines.historyCount ? line : undefined;
  }

  landmark(kind: LandmarkKind, from: Item | undefined, forward: boolean): Item | undefined {
    switch (kind) {
      case "tip":
        return this.#nextOf(this.#session.opened.tips, from, forward);
      case "conflict":
        return this.#nextOf(this.#session.merges.conflicts, from, forward);
      case "reset":
        return this.#nextOf(this.#session.merges.resets, from, forward);
      case "gap":
        return this.#nextGap(from, forward);
      case "merge":
        return this.#nextMerge(from, forward);
    }
  }

  /** Of those that the list shows; of all where it shows none. */
  #nextOf(rows: Uint32Array, from: Item | undefined, forward: boolean): Item | undefined {
    const shown = rows.filter((row) => this.#display.runOf(row) === undefined);
    return this.nextAmong(shown.length > 0 ? shown : rows, from, forward);
  }

  /** The next of `rows` (ascending) after `from` in the list; from the last it goes on with the first. */
  nextAmong(rows: Uint32Array, from: Item | undefined, forward: boolean): Row | undefined {
    if (rows.length === 0) return undefined;
    // Down the list is toward older rows where the newest are first; outliers always stand below.
    const order = this.#listOrder(rows);
    const at = from === undefined ? -Infinity : this.#depthInList(from);
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#depthInList(order(middle)) <= at) low = middle + 1;
      else high = middle;
    }
    // `low` hits stand at or before `from`.
    if (forward) return order(low % rows.length);
    const here = low > 0 && this.#depthInList(order(low - 1)) === at ? 1 : 0;
    return order((low - 1 - here + rows.length) % rows.length);
  }

  /** Which of `rows`, counted down the list, is `item`. */
  placeAmong(rows: Uint32Array, item: Item): number | undefined {
    const order = this.#listOrder(rows);
    let low = 0;
    let high = rows.length;
    const at = this.#depthInList(item);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#depthInList(order(middle)) < at) low = middle + 1;
      else high = middle;
    }
    return low < rows.length && order(low) === item ? low : undefined;
  }

  /** Ascends down the list, whatever is hidden in it: events in runs stand where they would without. */
  #depthInList(item: Item): number {
    const display = this.#display;
    const row = display.eventOf(item);
    if (row === undefined) return display.eventCount - 0.5;
    if (row >= display.eventCount) return row;
    const own = display.direction === "newest" ? display.eventCount - 1 - row : row;
    if (display.gap(item) === undefined) return own;
    return display.direction === "newest" ? own + 0.25 : own - 0.25;
  }

  /** `rows` in the order of the list, without copying them. */
  #listOrder(rows: Uint32Array): (k: number) => Row {
    if (this.#display.direction === "oldest") return (k) => rows[k]!;
    let events = rows.length;
    while (events > 0 && !this.#display.isEvent(rows[events - 1]!)) events--;
    return (k) => rows[k < events ? events - 1 - k : k]!;
  }

  #nextMerge(from: Item | undefined, forward: boolean): Item | undefined {
    const { edges } = this.#session;
    const display = this.#display;
    const down = display.direction === "newest" ? -1 : 1;
    const step = forward ? down : -down;
    const n = display.eventCount;
    const start = from === undefined ? (step < 0 ? n : -1) : (display.eventOf(from) ?? n);
    for (let row = Math.min(start, n) + step; row >= 0 && row < n; row += step) {
      if (display.runOf(row) !== undefined) continue;
      if (edges.heldParentCount(row) + display.gapsOf(row).length > 1) return row;
    }
    return undefined;
  }

  #nextGap(from: Item | undefined, forward: boolean): Item | undefined {
    const display = this.#display;
    const count = display.gapCount;
    if (count === 0) return undefined;
    const indexes = Array.from({ length: count }, (_, g) => display.indexOf(display.gapItem(g))).sort((a, b) => a - b);
    const at = from === undefined ? -1 : display.indexOf(from);
    const next = forward ? indexes.find((index) => index > at) : indexes.findLast((index) => index < at);
    return display.itemAt(next ?? (forward ? indexes[0]! : indexes[count - 1]!));
  }
}
