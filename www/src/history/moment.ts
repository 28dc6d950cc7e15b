// The selection as a moment: what the selected event knew (its ancestors) and what it did not. Ancestors are found by walking
// the rows downward from the selection, only as far as somebody has looked, so a step costs no more than a window.
import type { Edges } from "./edges.ts";

export class Moment {
  readonly #edges: Edges;
  /** The generation in which a row was last marked as known: nothing is cleared when the selection moves. */
  readonly #mark: Uint32Array;
  #generation = 0;
  #selected = -1;
  /** Rows from here to the selection have had their parents marked. */
  #walked = 0;

  constructor(edges: Edges) {
    this.#edges = edges;
    this.#mark = new Uint32Array(edges.columns.eventCount);
  }

  get active(): boolean {
    return this.#selected >= 0;
  }

  select(row: number | undefined): void {
    this.#selected = row ?? -1;
    this.#walked = this.#selected + 1;
    if (row === undefined) return;
    this.#generation++;
    this.#mark[row] = this.#generation;
  }

  /** True for the selection and its ancestors; for every row while nothing is selected. */
  knows(row: number): boolean {
    if (this.#selected < 0) return true;
    if (row > this.#selected) return false;
    this.#walk(row);
    return this.#mark[row] === this.#generation;
  }

  #walk(to: number): void {
    const { edgeStart, edgeParent } = this.#edges.columns;
    while (this.#walked > to + 1) {
      const row = --this.#walked;
      if (this.#mark[row] !== this.#generation) continue;
      for (let e = edgeStart[row]!; e < edgeStart[row + 1]!; e++) this.#mark[edgeParent[e]!] = this.#generation;
    }
  }
}
