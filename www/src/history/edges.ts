// The graph's edges by row: which cross a window, which belong to an event. An edge that begins newer than the block of rows
// in which the window ends is open at the block's boundary and stands in that boundary's list; all others begin in the block.
import type { GraphColumns } from "../protocol.ts";

/** Edge numbers, as in the columns. */
export class Edges {
  readonly columns: GraphColumns;

  constructor(columns: GraphColumns) {
    this.columns = columns;
  }

  /** Visits each edge of which some part lies between the rows `oldest` and `newest`, ends included, once. */
  crossing(oldest: number, newest: number, visit: (edge: number) => void): void {
    const g = this.columns;
    if (g.eventCount === 0) return;
    const block = Math.floor(newest / g.blockSize) + 1;
    const blockEnd = Math.min(g.eventCount, block * g.blockSize);
    const last = g.edgeStart[blockEnd]!;
    for (let e = g.edgeStart[oldest]!; e < last; e++) {
      if (g.edgeParent[e]! <= newest) visit(e);
    }
    if (block >= g.openStart.length - 1) return;
    for (let i = g.openStart[block]!; i < g.openStart[block + 1]!; i++) {
      const e = g.openEdge[i]!;
      if (g.edgeParent[e]! <= newest) visit(e);
    }
  }

  lane(row: number): number {
    return this.columns.lane[row] ?? 0;
  }

  childCount(row: number): number {
    const g = this.columns;
    return row < g.eventCount ? g.childStart[row + 1]! - g.childStart[row]! : 0;
  }

  heldParentCount(row: number): number {
    const g = this.columns;
    return row < g.eventCount ? g.edgeStart[row + 1]! - g.edgeStart[row]! : 0;
  }

  /** The rows that at most `steps` edges lead to from a row, up or down, oldest first. */
  around(row: number, steps: number): number[] {
    const found = new Set([row]);
    let last = [row];
    for (let step = 0; step < steps; step++) {
      last = last.flatMap((each) => [...this.parents(each), ...this.children(each)]).filter((each) => !found.has(each));
      for (const each of last) found.add(each);
    }
    return [...found].sort((a, b) => a - b);
  }

  parents(row: number): Uint32Array {
    const g = this.columns;
    return g.edgeParent.subarray(g.edgeStart[row], g.edgeStart[row + 1]);
  }

  children(row: number): Uint32Array {
    const g = this.columns;
    return g.childRow.subarray(g.childStart[row], g.childStart[row + 1]);
  }
}
