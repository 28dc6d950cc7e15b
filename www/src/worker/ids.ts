// The ids of a room's rows: from row to id, from id to row, and how much of an id is enough to know it by.

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

export class RowIds {
  readonly #ids: readonly string[];
  /** Rows, counted from 1, where their ids' hashes lead: a quarter of what a `Map` of a million strings takes to make. */
  readonly #places: Uint32Array;
  #sorted: Float64Array | undefined;

  /** `ids`: one a row, in row order. */
  constructor(ids: readonly string[]) {
    this.#ids = ids;
    let size = 16;
    while (size < 2 * ids.length) size *= 2;
    const places = (this.#places = new Uint32Array(size));
    for (let row = 0; row < ids.length; row++) {
      let at = hash(ids[row]!) & (size - 1);
      while (places[at] !== 0) at = (at + 1) & (size - 1);
      places[at] = row + 1;
    }
  }

  get count(): number {
    return this.#ids.length;
  }

  at(row: number): string | undefined {
    return this.#ids[row];
  }

  rowOf(id: string): number | undefined {
    const last = this.#places.length - 1;
    for (let at = hash(id) & last; ; at = (at + 1) & last) {
      const row = this.#places[at]! - 1;
      if (row < 0) return undefined;
      if (this.#ids[row] === id) return row;
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
    const mask = new Uint8Array(this.#ids.length);
    this.#each(beginning, (row) => (mask[row] = 1));
    return mask;
  }

  #each(beginning: string, visit: (row: number) => void): void {
    const start = beginning.startsWith("$") ? beginning : `$${beginning}`;
    for (let row = 0; row < this.#ids.length; row++) if (this.#ids[row]!.startsWith(start)) visit(row);
  }

  #sortedKeys(): Float64Array {
    const keys = new Float64Array(this.#ids.length);
    for (let row = 0; row < keys.length; row++) keys[row] = prefixKey(this.#ids[row]!);
    return keys.sort();
  }

  /** How many characters after the sigil tell `id` from every other id of the room; at most `shownLength`. */
  uniqueLength(id: string): number {
    const keys = (this.#sorted ??= this.#sortedKeys());
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
