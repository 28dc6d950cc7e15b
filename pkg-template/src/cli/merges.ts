// What the merges of a room did to the states that met in them, by row, worked out a stretch of rows at a time.

import type { Room } from "../index.js";

/** Rows asked for at a time: a log that ends early has not gone through the whole room. */
const STRETCH = 4096;

/** How many keys the states that met differed in, and how many keys were reset. */
export interface Merge {
  readonly conflicted: number;
  readonly resets: number;
}

/** The merges of a room. */
export class Merges {
  readonly #room: Room;
  #stretch = -1;
  #merges = new Map<number, Merge>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** What the event in a row of the topological order merged; undefined if nothing, or if that is not known. */
  at(row: number): Merge | undefined {
    const stretch = Math.floor(row / STRETCH);
    if (stretch !== this.#stretch) {
      this.#stretch = stretch;
      const { rows, conflicted, resets } = this.#room.merges({ offset: stretch * STRETCH, limit: STRETCH });
      const merge = (index: number): Merge => ({ conflicted: conflicted[index] ?? 0, resets: resets[index] ?? 0 });
      this.#merges = new Map(Array.from(rows, (of, index) => [of, merge(index)]));
    }
    return this.#merges.get(row);
  }
}
