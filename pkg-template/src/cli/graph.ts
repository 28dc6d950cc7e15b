// The event graph in box-drawing characters: one line an event, newest first, in the lanes that `layout()` gives.
//
// An edge runs in its own lane from its child's row down to its parent's and nothing else stands in that stretch, so a
// cell is told by the four sides on which a line leaves it.

import type { Layout } from "../index.js";

const [UP, DOWN, LEFT, RIGHT] = [1, 2, 4, 8];
/** By the sum of the sides. */
const CELLS = " │││─╯╮┤─╰╭├─┴┬┼";

/** Lists of edges by a row, in columns: those of row r are `edges[starts[r]] … edges[starts[r + 1] - 1]`. */
interface ByRow {
  readonly starts: Uint32Array;
  readonly edges: Uint32Array;
}

function byRow(rows: number, edgeCount: number, rowOf: (edge: number) => number): ByRow {
  const starts = new Uint32Array(rows + 1);
  for (let edge = 0; edge < edgeCount; edge += 1) starts[rowOf(edge) + 1]! += 1;
  for (let row = 0; row < rows; row += 1) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const edges = new Uint32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge += 1) edges[next[rowOf(edge)]!++] = edge;
  return { starts, edges };
}

/** Draws a layout row by row, from the newest down. */
export class Graph {
  readonly #layout: Layout;
  readonly #upper: ByRow;
  readonly #lower: ByRow;
  readonly #width: number;
  /** How many edges run through each column below the last row drawn. */
  readonly #through: Uint32Array;

  /** @param lanes columns at most; what lies further right is drawn in the last one */
  constructor(layout: Layout, lanes: number) {
    this.#layout = layout;
    this.#width = Math.max(1, Math.min(layout.laneCount, lanes));
    this.#through = new Uint32Array(this.#width);
    const { edgeFrom: from, edgeTo: to, eventCount } = layout;
    this.#upper = byRow(eventCount, from.length, (edge) => Math.max(from[edge]!, to[edge]!));
    this.#lower = byRow(eventCount, from.length, (edge) => Math.min(from[edge]!, to[edge]!));
  }

  /** How many characters a row fills. */
  get columns(): number {
    return 2 * this.#width - 1;
  }

  /**
   * The next row: what stands before, at and after its node.
   *
   * @param row counted from the oldest; to be asked for from the newest down, each once
   */
  row(row: number): [before: string, after: string] {
    const node = this.#column(this.#layout.lane[row] ?? 0);
    const cells = Array.from(this.#through, (edges) => (edges > 0 ? UP + DOWN : 0));
    const gaps = new Uint8Array(this.#width);
    const across = (column: number) => {
      const [left, right] = column < node ? [column, node] : [node, column];
      for (let at = left; at < right; at += 1) {
        cells[at]! |= RIGHT;
        cells[at + 1]! |= LEFT;
        gaps[at] = 1;
      }
    };
    // What ends here first: a column that becomes free may be taken by what begins here.
    for (const edge of edgesOf(this.#lower, row)) {
      const column = this.#column(this.#layout.edgeLane[edge] ?? 0);
      this.#through[column]! -= 1;
      if (this.#through[column] === 0) cells[column]! &= ~DOWN;
      across(column);
    }
    for (const edge of edgesOf(this.#upper, row)) {
      const column = this.#column(this.#layout.edgeLane[edge] ?? 0);
      this.#through[column]! += 1;
      cells[column]! |= DOWN;
      across(column);
    }
    const drawn = cells.map((cell) => CELLS[cell] ?? " ");
    const line = (from: number, to: number) =>
      drawn
        .slice(from, to)
        .map((cell, index) => cell + (gaps[from + index] === 1 ? "─" : " "))
        .join("");
    const after = (gaps[node] === 1 ? "─" : " ") + line(node + 1, this.#width);
    return [line(0, node), after.slice(0, this.columns - 2 * node - 1)];
  }

  /** A line between two rows, for what is said about the row above: all lanes run on. */
  between(row: number, mark: string): string {
    const node = this.#column(this.#layout.lane[row] ?? 0);
    return Array.from(this.#through, (edges, at) => (edges > 0 ? "│" : at === node ? mark : " ")).join(" ");
  }

  #column(lane: number): number {
    return Math.min(lane, this.#width - 1);
  }
}

function edgesOf({ starts, edges }: ByRow, row: number): Uint32Array {
  return edges.subarray(starts[row], starts[row + 1]);
}
