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

export class RowIds {
  readonly #ids: readonly string[];
  readonly #rowOf = new Map<string, number>();
  #sorted: Float64Array | undefined;

  /** `ids`: one a row, in row order. */
  constructor(ids: readonly string[]) {
    this.#ids = ids;
    for (let row = 0; row < ids.length; row++) this.#rowOf.set(ids[row]!, row);
  }

  get count(): number {
    return this.#ids.length;
  }

  at(row: number): string | undefined {
    return this.#ids[row];
  }

  rowOf(id: string): number | undefined {
    return this.#rowOf.get(id);
  }

  /** The row of an id, or of the only id that begins so (with or without its sigil). */
  locate(beginning: string): number | undefined {
    const exact = this.#rowOf.get(beginning);
    if (exact !== undefined || beginning.length < 2) return exact;
    const start = beginning.startsWith("$") ? beginning : `$${beginning}`;
    let only: number | undefined;
    for (let row = 0; row < this.#ids.length; row++) {
      if (!this.#ids[row]!.startsWith(start)) continue;
      if (only !== undefined) return undefined;
      only = row;
    }
    return only;
  }

  /** How many characters after the sigil tell `id` from every other id of the room; at most `shownLength`. */
  uniqueLength(id: string): number {
    const keys = (this.#sorted ??= Float64Array.from(this.#ids, prefixKey).sort());
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
