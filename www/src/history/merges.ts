// What merges did to the states that met in them: which conflicted, in how many slots, and which went back behind a value. The
// columns come from the worker a moment after the room was opened; until then there are none.
import type { MergeColumns, Row } from "../protocol.ts";

export interface MergeFacts {
  conflicted: number;
  resets: number;
}

export class Merges {
  static readonly none = new Merges({
    rows: new Uint32Array(),
    conflicted: new Uint32Array(),
    resets: new Uint32Array(),
  });

  readonly #columns: MergeColumns;
  /** Merges of states that differ, ascending. */
  readonly conflicts: Uint32Array;
  /** Merges that reset something, ascending. */
  readonly resets: Uint32Array;

  constructor(columns: MergeColumns) {
    this.#columns = columns;
    const rowsWith = (column: Uint32Array): Uint32Array => columns.rows.filter((_, i) => column[i]! > 0);
    this.conflicts = rowsWith(columns.conflicted);
    this.resets = rowsWith(columns.resets);
  }

  /** What the merge in a row did; undefined if there is none, or nothing to tell of it. */
  at(row: Row): MergeFacts | undefined {
    const { rows, conflicted, resets } = this.#columns;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    if (rows[low] !== row || conflicted[low]! + resets[low]! === 0) return undefined;
    return { conflicted: conflicted[low]!, resets: resets[low]! };
  }
}
