// A traced slot: the value that it has after every event, and which few values have a letter. A lane is drawn in the colour and
// dash of the value after its parent's end. Values near the selection have the letters; at a merge of parents that do not agree
// they are the letters by which the state's table knows the parents. Otherwise a value keeps its letter while it has one.
import type { Row, Slot, SlotColumn } from "../protocol.ts";

/** Letters, each with a colour and a dash of its own. */
export const letterCount = 4;
/** By letter, each of a length that divides the step by which `geometry.ts` cuts lines: A solid, B dashed, C dotted, D both. 0 is no letter. */
export const letterDashes: readonly number[][] = [[], [], [7, 3], [2, 3], [7, 3, 2, 3]];
/** Rows on either side of the selection whose values count as near. */
const near = 48;

/** A value by its place in the column, counted from 1. */
type Value = number;

export class Trace {
  readonly slot: Slot;
  readonly #values: Uint32Array;
  /** By value less 1: the row of the event that set it. */
  readonly #setters: Uint32Array;
  /** The values in the order of those rows. */
  readonly #bySetter: readonly Value[];
  /** By value: its letter from 1, or 0. */
  readonly #letters: Uint8Array;
  /** By letter less 1: its value, or 0. */
  #shown: readonly Value[] = new Array<Value>(letterCount).fill(0);

  constructor(slot: Slot, { values, setters }: SlotColumn) {
    this.slot = slot;
    this.#values = values;
    this.#setters = setters;
    this.#letters = new Uint8Array(setters.length + 1);
    this.#bySetter = Array.from(setters, (_, i) => i + 1).sort((a, b) => setters[a - 1]! - setters[b - 1]!);
  }

  get valueCount(): number {
    return this.#setters.length;
  }

  /** The letter of the value after the event in a row, from 1; 0 if it has none. */
  letterOf(row: Row): number {
    // Nothing stands where the state is not known.
    return this.#letters[this.#values[row] ?? 0] ?? 0;
  }

  /** What holds after the event in a row: a value with or without a letter, none, or that it is not known. */
  kindOf(row: Row): "lettered" | "other" | "none" | "unknown" {
    const value = this.#values[row];
    if (value === 0) return "none";
    if (value === undefined || value > this.#setters.length) return "unknown";
    return this.#letters[value] === 0 ? "other" : "lettered";
  }

  /** Whether the event in a row set the value that holds after it. */
  isSetter(row: Row): boolean {
    return this.#setters[(this.#values[row] ?? 0) - 1] === row;
  }

  /** The rows of the events that set the values with letters, by letter; undefined where a letter is free. */
  get lettered(): readonly (Row | undefined)[] {
    return this.#shown.map((value) => (value === 0 ? undefined : this.#setters[value - 1]));
  }

  /**
   * Gives the letters to the values near a row. `parents`: of a merge, one row for each state that met in it. True if a letter
   * has another value than before.
   */
  follow(row: Row, parents: readonly Row[]): boolean {
    const shown = new Array<Value>(letterCount).fill(0);
    const held = parents.slice(0, letterCount).map((parent) => this.#valueAt(parent));
    let reserved = 0;
    if (new Set(held).size > 1) {
      reserved = held.length;
      held.forEach((value, i) => {
        if (value !== 0 && !shown.includes(value)) shown[i] = value;
      });
    }
    const wanted = this.#nearest(row, parents).filter((value) => !shown.includes(value));
    const kept = wanted.filter((value) => this.#shown.indexOf(value) >= reserved);
    for (const value of kept) shown[this.#shown.indexOf(value)] = value;
    for (const value of wanted) {
      const free = shown.indexOf(0, reserved);
      if (free >= 0 && !shown.includes(value)) shown[free] = value;
    }
    if (shown.every((value, i) => value === this.#shown[i])) return false;
    for (const value of this.#shown) this.#letters[value] = 0;
    shown.forEach((value, i) => {
      if (value !== 0) this.#letters[value] = i + 1;
    });
    this.#shown = shown;
    return true;
  }

  /** The value after the event in a row; 0 if there is none or it is not known. */
  #valueAt(row: Row): Value {
    const value = this.#values[row] ?? 0;
    return value > this.#setters.length ? 0 : value;
  }

  /** As many values as there are letters: those that hold nearest to a row, then those that were set nearest to it. */
  #nearest(row: Row, parents: readonly Row[]): Value[] {
    const found: Value[] = [];
    const add = (value: Value | undefined): void => {
      if (value !== undefined && value !== 0 && found.length < letterCount && !found.includes(value)) found.push(value);
    };
    for (const parent of parents) add(this.#valueAt(parent));
    for (let away = 0; away <= near; away++) {
      add(this.#valueAt(row - away));
      add(this.#valueAt(row + away));
    }
    const order = this.#bySetter;
    const setter = (i: number): Row => this.#setters[(order[i] ?? 0) - 1] ?? Infinity;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (setter(middle) < row) low = middle + 1;
      else high = middle;
    }
    for (let before = low - 1, after = low; found.length < letterCount && (before >= 0 || after < order.length);) {
      if (after >= order.length || (before >= 0 && row - setter(before) <= setter(after) - row)) add(order[before--]);
      else add(order[after++]);
    }
    return found;
  }
}

export function sameSlot(a: Slot | undefined, b: Slot | undefined): boolean {
  return a !== undefined && b !== undefined && a.type === b.type && a.stateKey === b.stateKey;
}
