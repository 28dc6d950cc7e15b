// Ways through the room from where one is: to a parent or child, to the next merge, tip, gap or found row. "Forward" is down
// the list, whatever the list's direction.
import type { DisplayRows, Item } from "./history/display.ts";
import type { Row } from "./protocol.ts";
import type { Session } from "./session.ts";

export type LandmarkKind = "merge" | "tip" | "gap";

export class Walk {
  readonly #session: Session;
  readonly #display: DisplayRows;
  /** From which child one came to a parent: the way back leads there. */
  readonly #came = new Map<Item, Item>();

  constructor(session: Session, display: DisplayRows) {
    this.#session = session;
    this.#display = display;
  }

  parent(item: Item): Item | undefined {
    if (!this.#display.isEvent(item)) return undefined;
    const parent = this.#session.edges.parents(item)[0] ?? this.#display.gapsOf(item)[0];
    if (parent !== undefined) this.#came.set(parent, item);
    return parent;
  }

  child(item: Item): Item | undefined {
    const gap = this.#display.gap(item);
    if (gap !== undefined) return gap.row;
    if (!this.#display.isEvent(item)) return undefined;
    const { edges } = this.#session;
    const children = edges.children(item);
    const came = this.#came.get(item);
    if (came !== undefined && children.includes(came)) return came;
    return children.find((child) => edges.lane(child) === edges.lane(item)) ?? children[0];
  }

  landmark(kind: LandmarkKind, from: Item | undefined, forward: boolean): Item | undefined {
    switch (kind) {
      case "tip":
        return this.nextAmong(this.#session.opened.tips, from, forward);
      case "gap":
        return this.#nextGap(from, forward);
      case "merge":
        return this.#nextMerge(from, forward);
    }
  }

  /** The next of `rows` (ascending) after `from` in the list; from the last it goes on with the first. */
  nextAmong(rows: Uint32Array, from: Item | undefined, forward: boolean): Row | undefined {
    if (rows.length === 0) return undefined;
    // Down the list is toward older rows where the newest are first; outliers always stand below.
    const order = this.#listOrder(rows);
    const at = from === undefined ? -1 : this.#display.indexOf(from);
    const index = (k: number): number => this.#display.indexOf(order(k));
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (index(middle) <= at) low = middle + 1;
      else high = middle;
    }
    // `low` hits stand at or before `from`.
    if (forward) return order(low % rows.length);
    const here = low > 0 && index(low - 1) === at ? 1 : 0;
    return order((low - 1 - here + rows.length) % rows.length);
  }

  /** Which of `rows`, counted down the list, is `item`. */
  placeAmong(rows: Uint32Array, item: Item): number | undefined {
    const order = this.#listOrder(rows);
    let low = 0;
    let high = rows.length;
    const at = this.#display.indexOf(item);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#display.indexOf(order(middle)) < at) low = middle + 1;
      else high = middle;
    }
    return low < rows.length && order(low) === item ? low : undefined;
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
    const start = from === undefined ? (step < 0 ? n : -1) : (display.gap(from)?.row ?? from);
    for (let row = Math.min(start, n) + step; row >= 0 && row < n; row += step) {
      if (edges.heldParentCount(row) + display.gapsOf(row).length > 1) return row;
    }
    return undefined;
  }

  #nextGap(from: Item | undefined, forward: boolean): Item | undefined {
    const display = this.#display;
    const count = display.gapCount;
    if (count === 0) return undefined;
    const first = display.eventCount + display.outlierCount;
    const indexes = Array.from({ length: count }, (_, g) => display.indexOf(first + g)).sort((a, b) => a - b);
    const at = from === undefined ? -1 : display.indexOf(from);
    const next = forward ? indexes.find((index) => index > at) : indexes.findLast((index) => index < at);
    return display.itemAt(next ?? (forward ? indexes[0]! : indexes[count - 1]!));
  }
}
