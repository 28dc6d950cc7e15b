// Which row of the list shows what. The list holds more than events: each missing parent has a row beside the event that
// names it, and outliers, which have no place in the history, stand on a shelf below it. Everything is found by binary search
// among the gaps, so a row costs the same in a room of ten events and of ten million.
import type { Gap } from "../protocol.ts";

export type Direction = "newest" | "oldest";

/**
 * A thing that has a row, as one number: events by their row in the engine's order, then outliers, then gaps, then the
 * shelf's head. It stays the same when the direction changes.
 */
export type Item = number;

export class DisplayRows {
  readonly eventCount: number;
  readonly outlierCount: number;
  readonly direction: Direction;
  /** Sorted by child, oldest first. */
  readonly #gaps: readonly Gap[];

  constructor(eventCount: number, outlierCount: number, gaps: readonly Gap[], direction: Direction) {
    this.eventCount = eventCount;
    this.outlierCount = outlierCount;
    this.#gaps = [...gaps].sort((a, b) => a.row - b.row);
    this.direction = direction;
  }

  turned(direction: Direction): DisplayRows {
    return new DisplayRows(this.eventCount, this.outlierCount, this.#gaps, direction);
  }

  get gapCount(): number {
    return this.#gaps.length;
  }

  /** Rows of the history: events and the gaps among them. */
  get historyCount(): number {
    return this.eventCount + this.#gaps.length;
  }

  get count(): number {
    return this.historyCount + (this.outlierCount > 0 ? this.outlierCount + 1 : 0);
  }

  get shelf(): Item {
    return this.eventCount + this.outlierCount + this.#gaps.length;
  }

  isEvent(item: Item): boolean {
    return item >= 0 && item < this.eventCount;
  }

  /** An event or an outlier: something with an id, which the engine can be asked about. */
  isHeld(item: Item): boolean {
    return item >= 0 && item < this.eventCount + this.outlierCount;
  }

  gap(item: Item): Gap | undefined {
    return this.#gaps[item - this.eventCount - this.outlierCount];
  }

  /** The items of the gaps below one event. */
  gapsOf(row: number): Item[] {
    const first = this.#gapsBelow(row);
    const items: Item[] = [];
    for (let g = first; this.#gaps[g]?.row === row; g++) items.push(this.#gapItem(g));
    return items;
  }

  indexOf(item: Item): number {
    const n = this.eventCount;
    const gaps = this.#gaps.length;
    if (item < n) {
      return this.direction === "newest"
        ? n - 1 - item + (gaps - this.#gapsBelow(item + 1))
        : item + this.#gapsBelow(item + 1);
    }
    if (item < n + this.outlierCount) return this.historyCount + 1 + (item - n);
    if (item === this.shelf) return this.historyCount;
    const g = item - n - this.outlierCount;
    return this.#gapIndex(this.direction === "newest" ? gaps - 1 - g : g);
  }

  itemAt(index: number): Item {
    const n = this.eventCount;
    const gaps = this.#gaps.length;
    if (index >= this.historyCount) {
      return index === this.historyCount ? this.shelf : n + (index - this.historyCount - 1);
    }
    // How many gaps stand at or before this index.
    let low = 0;
    let high = gaps;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#gapIndex(middle) <= index) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && this.#gapIndex(low - 1) === index) {
      return this.#gapItem(this.direction === "newest" ? gaps - low : low - 1);
    }
    const event = index - low;
    return this.direction === "newest" ? n - 1 - event : event;
  }

  /** The events (oldest, newest) among the rows first … last, widened to the nearest event on either side. */
  eventsWithin(first: number, last: number): [oldest: number, newest: number] {
    const a = this.#eventNear(first, -1);
    const b = this.#eventNear(last, 1);
    return a < b ? [a, b] : [b, a];
  }

  #eventNear(index: number, step: -1 | 1): number {
    let at = Math.max(0, Math.min(this.historyCount - 1, index));
    while (at > 0 && at < this.historyCount - 1 && !this.isEvent(this.itemAt(at))) at += step;
    const item = this.itemAt(at);
    if (this.isEvent(item)) return item;
    return this.gap(item)?.row ?? 0;
  }

  #gapItem(g: number): Item {
    return this.eventCount + this.outlierCount + g;
  }

  /** The index of the gap that comes at `order` in the list: the events before it and the gaps before it. */
  #gapIndex(order: number): number {
    if (this.direction === "oldest") return this.#gaps[order]!.row + order;
    return this.eventCount - this.#gaps[this.#gaps.length - 1 - order]!.row + order;
  }

  /** How many gaps have a child older than `row`. */
  #gapsBelow(row: number): number {
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#gaps[middle]!.row < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
