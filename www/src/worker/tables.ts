// The engine's tables as the worker reads them: a page at a time, a few pages kept, and rows found by the number in their first
// column. Tables of numbered things are in the order of their numbers, so that takes a handful of pages at most.
import type { CutList, Room, TableData, TableName } from "roomscope";

export type Cells = TableData["rows"][number];

/** Rows that are fetched together. What is long in them is worked out when it is read. */
const pageSize = 32;
const pagesKept = 64;

export class PagedTable {
  readonly #room: Room;
  readonly #name: TableName;
  readonly #pages = new Map<number, Cells[]>();
  readonly total: number;

  constructor(room: Room, name: TableName) {
    this.#room = room;
    this.#name = name;
    this.total = room.table(name, { limit: 0 }).total;
  }

  row(index: number): Cells | undefined {
    const page = Math.floor(index / pageSize);
    let rows = this.#pages.get(page);
    if (rows === undefined) {
      if (index < 0 || index >= this.total) return undefined;
      ({ rows } = this.#room.table(this.#name, { offset: page * pageSize, limit: pageSize }));
      if (this.#pages.size >= pagesKept) this.#pages.clear();
      this.#pages.set(page, rows);
    }
    return rows[index % pageSize];
  }

  /** The first row whose first column holds `nid`. */
  find(nid: number): number | undefined {
    // Where numbers have no holes, and nothing has several rows, the row is known.
    if (this.row(nid - 1)?.[0] === nid && this.row(nid - 2)?.[0] !== nid) return nid - 1;
    let low = 0;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Number(this.row(middle)?.[0]) < nid) low = middle + 1;
      else high = middle;
    }
    return this.row(low)?.[0] === nid ? low : undefined;
  }

  /** How many rows have this number. */
  countOf(nid: number): number {
    const first = this.find(nid);
    if (first === undefined) return 0;
    let low = first;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Number(this.row(middle)?.[0]) <= nid) low = middle + 1;
      else high = middle;
    }
    return low - first;
  }

  /** The row with this number. */
  get(nid: number): Cells | undefined {
    const index = this.find(nid);
    return index === undefined ? undefined : this.row(index);
  }
}

/** A list of numbers in a cell; anything else is an empty one. */
export function numbers(cell: Cells[number] | undefined): number[] {
  return Array.isArray(cell) ? cell : [];
}

/** Rows of a table in a scan: large enough that calls cost nothing, small enough for a slice of time. */
const scanned = 4096;
/** Lists as long as a snapshot can be are told whole. */
const longest = 64;

/**
 * Visits every row of a table, with the length of its list where that is too long to come along; yields after each part, so that
 * a caller can do other things in between.
 */
export function* scan(
  room: Room,
  name: TableName,
  visit: (cells: Cells, index: number, cut: CutList | undefined) => void,
): Generator<undefined> {
  for (let offset = 0; ; offset += scanned) {
    const { rows, total, cut = [] } = room.table(name, { offset, limit: scanned, listLimit: longest });
    let next = 0;
    rows.forEach((cells, i) => visit(cells, offset + i, cut[next]?.row === i ? cut[next++] : undefined));
    if (offset + scanned >= total) return;
    yield undefined;
  }
}
