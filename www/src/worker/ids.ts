// The ids of a room's rows: from row to id, from id to row, and how much of an id is enough to know it by. A million of them
// take longer to learn than the first rows of the room may take to show: they are learned by and by.

/** Characters of an id (after its first) that rows show. */
export const shownLength = 7;

/** The first shown characters as one number, in their order: 7 bits each, since ids are ASCII. */
function prefixKey(id: string): number {
  let key = 0;
  for (let i = 1; i <= shownLength; i++) key = key * 128 + (i < id.length ? id.charCodeAt(i) & 127 : 0);
  return key;
}

/** Characters that two keys have in common from the start. */
function commonLength(a: number, b: number): number {
  let weight = 128 ** (shownLength - 1);
  for (let n = 0; n < shownLength; n++) {
    if (Math.floor(a / weight) !== Math.floor(b / weight)) return n;
    weight /= 128;
  }
  return shownLength;
}

/** Another one each time: a room must not choose ids that fall together. */
const seed = Math.floor(Math.random() * 2 ** 31);

/** Every other character of a long id tells it well enough. */
function hash(id: string): number {
  const step = id.length > 24 ? 2 : 1;
  let hash = seed ^ id.length;
  for (let i = 1; i < id.length; i += step) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Rows whose ids are asked for together, as a power of two. */
const pageBits = 13;
const pageRows = 1 << pageBits;

export class RowIds {
  readonly count: number;
  readonly #fetch: (from: number, count: number) => readonly string[];
  readonly #pages: (readonly string[])[] = [];
  /** Pages from whose ids rows can be found, of all. */
  #learned = 0;
  readonly #pageCount: number;
  /** Rows, counted from 1, where their ids' hashes lead: a quarter of what a `Map` of a million strings takes to make. */
  readonly #places: Uint32Array;
  #sorted: Float64Array | undefined;

  /** `fetch` tells the ids of some rows. */
  constructor(count: number, fetch: (from: number, count: number) => readonly string[]) {
    this.count = count;
    this.#fetch = fetch;
    this.#pageCount = Math.ceil(count / pageRows);
    let size = 16;
    while (size < 2 * count) size *= 2;
    this.#places = new Uint32Array(size);
  }

  at(row: number): string | undefined {
    return row < 0 || row >= this.count ? undefined : this.#page(row >>> pageBits)[row & (pageRows - 1)];
  }

  #page(page: number): readonly string[] {
    return (this.#pages[page] ??= this.#fetch(page * pageRows, Math.min(pageRows, this.count - page * pageRows)));
  }

  /** Whether all ids are known by heart; until then what is asked may have to wait for that, or be told less well. */
  get learned(): boolean {
    return this.#sorted !== undefined;
  }

  /** Learns all ids; yields after each part of the work. */
  *learn(): Generator<undefined> {
    while (this.#learned < this.#pageCount) {
      this.#learnPage();
      yield undefined;
    }
    this.#sorted ??= this.#sortedKeys();
  }

  /** Learns one more page: the newest and the oldest first, which others name most. */
  #learnPage(): void {
    const n = this.#learned++;
    const page = n === 1 ? 0 : this.#pageCount - (n === 0 ? 1 : n);
    const last = this.#places.length - 1;
    const ids = this.#page(page);
    for (let i = 0; i < ids.length; i++) {
      let at = hash(ids[i]!) & last;
      while (this.#places[at] !== 0) at = (at + 1) & last;
      this.#places[at] = page * pageRows + i + 1;
    }
  }

  rowOf(id: string): number | undefined {
    const last = this.#places.length - 1;
    for (let at = hash(id) & last; ; at = (at + 1) & last) {
      while (this.#places[at] === 0) {
        if (this.#learned === this.#pageCount) return undefined;
        this.#learnPage();
      }
      const row = this.#places[at]! - 1;
      if (this.at(row) === id) return row;
    }
  }

  /** The row of an id, or of the only id that begins so (with or without its sigil). */
  locate(beginning: string): number | undefined {
    if (beginning.length < 2) return this.rowOf(beginning);
    const { row, count } = this.beginning(beginning);
    return count === 1 ? row : undefined;
  }

  /** How many ids begin so (with or without their sigil), and the row of the last of them; one that is whole is the only one. */
  beginning(beginning: string): { row: number; count: number } {
    const exact = this.rowOf(beginning);
    if (exact !== undefined) return { row: exact, count: 1 };
    let last = 0;
    let count = 0;
    this.#each(beginning, (row) => {
      last = row;
      count++;
    });
    return { row: last, count };
  }

  /** 1 for each row whose id begins so. */
  beginningMask(beginning: string): Uint8Array {
    const mask = new Uint8Array(this.count);
    this.#each(beginning, (row) => (mask[row] = 1));
    return mask;
  }

  #each(beginning: string, visit: (row: number) => void): void {
    const start = beginning.startsWith("$") ? beginning : `$${beginning}`;
    for (let page = 0; page < this.#pageCount; page++) {
      this.#page(page).forEach((id, i) => {
        if (id.startsWith(start)) visit(page * pageRows + i);
      });
    }
  }

  #sortedKeys(): Float64Array {
    const keys = new Float64Array(this.count);
    for (let page = 0; page < this.#pageCount; page++)
      this.#page(page).forEach((id, i) => (keys[page * pageRows + i] = prefixKey(id)));
    return keys.sort();
  }

  /** How many characters after the sigil tell `id` from every other id of the room; at most `shownLength`, and that until all are learned. */
  uniqueLength(id: string): number {
    const keys = this.#sorted;
    if (keys === undefined) return shownLength;
    const key = prefixKey(id);
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    const before = low > 0 ? commonLength(keys[low - 1]!, key) : 0;
    const after = low + 1 < keys.length ? commonLength(keys[low + 1]!, key) : 0;
    return Math.min(shownLength, 1 + Math.max(before, after));
  }
}
