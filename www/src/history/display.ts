// Which row of the list shows what. The list holds more than events: each missing parent has a row beside the event that
// names it, outliers, which have no place in the history, stand on a shelf below it, and events may share a row (see `Lines`).
// Everything is found by binary search among the gaps, so a row costs the same in a room of ten events and of ten million.
import type { Gap, Row } from "../protocol.ts";
import type { Lines, Run } from "./lines.ts";

export type Direction = "newest" | "oldest";

/**
 * A thing that has a row, as one number: events by their row in the engine's order, then outliers, then gaps, then the
 * shelf's head, then runs by their oldest event. It stays the same when the direction changes, and when other runs open.
 */
export type Item = number;

export class DisplayRows {
  readonly eventCount: number;
  readonly outlierCount: number;
  readonly direction: Direction;
  readonly lines: Lines;
  /** Sorted by child, oldest first. */
  readonly #gaps: readonly Gap[];
  /** Those whose child has a line to itself: their numbers, and the lines of their children. */
  readonly #shown: readonly number[];
  readonly #childLines: Uint32Array;

  constructor(lines: Lines, eventCount: number, outlierCount: number, gaps: readonly Gap[], direction: Direction) {
    this.lines = lines;
    this.eventCount = eventCount;
    this.outlierCount = outlierCount;
    this.#gaps = [...gaps].sort((a, b) => a.row - b.row);
    this.#shown = this.#gaps.flatMap((gap, g) => (this.runOf(gap.row) === undefined ? [g] : []));
    this.#childLines = Uint32Array.from(this.#shown, (g) => lines.lineOf(this.#gaps[g]!.row));
    this.direction = direction;
  }

  turned(direction: Direction): DisplayRows {
    return new DisplayRows(this.lines, this.eventCount, this.outlierCount, this.#gaps, direction);
  }

  /** The same room with other lines. */
  arranged(lines: Lines): DisplayRows {
    return new DisplayRows(lines, this.eventCount, this.outlierCount, this.#gaps, this.direction);
  }

  /** Gaps that have a row. */
  get gapCount(): number {
    return this.#shown.length;
  }

  /** Their items, by the age of their children. */
  gapItem(order: number): Item {
    return this.eventCount + this.outlierCount + this.#shown[order]!;
  }

  /** Rows of the history: its lines and the gaps among them. */
  get historyCount(): number {
    return this.lines.historyCount + this.#shown.length;
  }

  get count(): number {
    return this.historyCount + (this.outlierCount > 0 ? this.lines.count - this.lines.historyCount + 1 : 0);
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
    const g = item - this.eventCount - this.outlierCount;
    // Asked of every row in every frame: a place below the first would be looked up as a name.
    return g < 0 ? undefined : this.#gaps[g];
  }

  /** The run that an item is. */
  run(item: Item): Run | undefined {
    return item > this.shelf ? this.lines.runAt(this.lines.lineOf(item - this.shelf - 1)) : undefined;
  }

  /** The run in which an event is hidden. */
  runOf(row: Row): Run | undefined {
    return this.lines.complete ? undefined : this.lines.runAt(this.lines.lineOf(row));
  }

  runItem(run: Run): Item {
    return this.shelf + 1 + run.oldest;
  }

  /** The event that an item is or is nearest to: a gap's child, the oldest of a run; undefined for the shelf's head. */
  eventOf(item: Item): Row | undefined {
    if (this.isHeld(item)) return item;
    return item > this.shelf ? item - this.shelf - 1 : this.gap(item)?.row;
  }

  /** What the list shows for an item: itself, or the run in which it is hidden. */
  shownFor(item: Item): Item {
    const row = this.eventOf(item);
    if (row === undefined) return item;
    const run = this.runOf(row);
    if (run !== undefined) return this.runItem(run);
    return item > this.shelf ? row : item;
  }

  /** The items of the gaps below one event; none if it is hidden. */
  gapsOf(row: Row): Item[] {
    const line = this.lines.lineOf(row);
    const items: Item[] = [];
    for (let at = this.#gapsBelow(line); this.#childLines[at] === line; at++) items.push(this.gapItem(at));
    return items;
  }

  /** The row of an item; of what is hidden, that of its run. */
  indexOf(item: Item): number {
    if (item === this.shelf) return this.historyCount;
    const gap = this.gap(item);
    if (gap === undefined) return this.indexOfLine(this.lines.lineOf(item > this.shelf ? item - this.shelf - 1 : item));
    const order = this.#orderOf(item - this.eventCount - this.outlierCount);
    if (order === undefined) return this.indexOfLine(this.lines.lineOf(gap.row));
    return this.#gapIndex(this.direction === "newest" ? this.#shown.length - 1 - order : order);
  }

  indexOfLine(line: number): number {
    const { historyCount } = this.lines;
    if (line >= historyCount) return this.historyCount + 1 + (line - historyCount);
    const gaps = this.#gapsBelow(line + 1);
    return this.direction === "newest" ? historyCount - 1 - line + (this.#shown.length - gaps) : line + gaps;
  }

  itemAt(index: number): Item {
    const { historyCount } = this.lines;
    if (index >= this.historyCount) {
      return index === this.historyCount ? this.shelf : this.itemOn(historyCount + index - this.historyCount - 1);
    }
    const low = this.#gapsUpTo(index);
    if (low > 0 && this.#gapIndex(low - 1) === index) {
      return this.gapItem(this.direction === "newest" ? this.#shown.length - low : low - 1);
    }
    const line = index - low;
    return this.itemOn(this.direction === "newest" ? historyCount - 1 - line : line);
  }

  /** The event or the run on a line. */
  itemOn(line: number): Item {
    const run = this.lines.runAt(line);
    return run === undefined ? this.lines.rowAt(line) : this.runItem(run);
  }

  /** The lines (oldest, newest) among the rows first … last of the history, widened to the nearest line on either side. */
  linesWithin(first: number, last: number): [oldest: number, newest: number] {
    const a = this.#lineNear(first, false);
    const b = this.#lineNear(last, true);
    return a < b ? [a, b] : [b, a];
  }

  /** The line at a row, or for a gap the next one down the list, or up. */
  #lineNear(index: number, down: boolean): number {
    const { historyCount } = this.lines;
    const at = Math.max(0, Math.min(this.historyCount - 1, index));
    const gaps = this.#gapsUpTo(at);
    const isGap = gaps > 0 && this.#gapIndex(gaps - 1) === at;
    // Lines before this row.
    const before = at - gaps + (isGap ? 1 : 0);
    const order = Math.max(0, Math.min(historyCount - 1, isGap && !down ? before - 1 : before));
    return this.direction === "newest" ? historyCount - 1 - order : order;
  }

  /** How many gaps stand at or before a row. */
  #gapsUpTo(index: number): number {
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#gapIndex(middle) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The row of the gap that comes at `order` in the list: the lines before it and the gaps before it. */
  #gapIndex(order: number): number {
    if (this.direction === "oldest") return this.#childLines[order]! + order;
    return this.lines.historyCount - this.#childLines[this.#shown.length - 1 - order]! + order;
  }

  /** How many gaps have a child on an older line. */
  #gapsBelow(line: number): number {
    let low = 0;
    let high = this.#childLines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#childLines[middle]! < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Which of the gaps that have a row is the one with this number. */
  #orderOf(g: number): number | undefined {
    if (this.lines.complete) return g;
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#shown[middle]! < g) low = middle + 1;
      else high = middle;
    }
    return this.#shown[low] === g ? low : undefined;
  }
}
