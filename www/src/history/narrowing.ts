// Which columns a row has room for. They leave in the order time, stream, id, and depth with the server's name: as the list
// narrows, and as lanes take the place of the words beside them.

/** For each further column, from depth on: how wide the list must be, and how much of it the lanes must leave, in pixels. */
const needed = [
  { list: 520, words: 400 },
  { list: 600, words: 470 },
  { list: 680, words: 532 },
  { list: 760, words: 620 },
] as const;

/** What has left comes back only where there is that much to spare: lanes come and go while one scrolls. */
const spare = 24;

function fitting(list: number, words: number): number {
  const fits = needed.map((column) => list >= column.list && words >= column.words);
  return fits.includes(false) ? fits.indexOf(false) : needed.length;
}

export class Narrowing {
  #count: number = needed.length;

  /** Forgets the past: there is no column that has left. */
  reset(): void {
    this.#count = needed.length;
  }

  /** How many columns there is room for, in a list of this width whose lanes take that much of it. */
  step(list: number, gutter: number): number {
    const words = list - gutter;
    this.#count = Math.min(fitting(list, words), Math.max(this.#count, fitting(list, words - spare)));
    return this.#count;
  }
}
