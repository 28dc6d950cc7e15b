// The room's lane layout as columns that can be searched by row: edges by child, children by parent, and for every block
// of rows the edges that are open at its newer end, so that the edges crossing a window are found without walking the room.
import type { Room } from "roomscope";
import type { GraphColumns } from "../protocol.ts";

const firstBlock = 9;

/** Counts become offsets: what was counted for key k at k + 1 has its place from start[k] to start[k + 1]. */
function addUp(start: Uint32Array): void {
  for (let k = 1; k < start.length; k++) start[k]! += start[k - 1]!;
}

/** Edges that cross a boundary between two of the smallest blocks; those of larger blocks are among them. */
function crossings(child: Uint32Array, parent: Uint32Array): number[] {
  const crossing: number[] = [];
  for (let e = 0; e < child.length; e++) if (child[e]! >>> firstBlock !== parent[e]! >>> firstBlock) crossing.push(e);
  return crossing;
}

/** Doubles the block until the lists of open edges are small beside the edges themselves. A power of two, told by its logarithm. */
function chooseBlock(child: Uint32Array, parent: Uint32Array, crossing: readonly number[]): number {
  const budget = 2 * child.length + 65_536;
  for (let block = firstBlock; ; block++) {
    let total = 0;
    for (const e of crossing) total += (child[e]! >>> block) - (parent[e]! >>> block);
    if (total <= budget) return block;
  }
}

function openEdges(
  child: Uint32Array,
  parent: Uint32Array,
  crossing: readonly number[],
  rows: number,
  block: number,
): { openStart: Uint32Array; openEdge: Uint32Array } {
  const boundaries = (rows >>> block) + 1;
  const openStart = new Uint32Array(boundaries + 1);
  const each = (visit: (boundary: number, edge: number) => void): void => {
    for (const e of crossing) {
      // Boundary k lies before the first row of block k.
      const last = child[e]! >>> block;
      for (let k = (parent[e]! >>> block) + 1; k <= last; k++) visit(k, e);
    }
  };
  each((k) => openStart[k + 1]!++);
  addUp(openStart);
  const next = openStart.slice();
  const openEdge = new Uint32Array(openStart[boundaries]!);
  each((k, e) => {
    openEdge[next[k]!++] = e;
  });
  return { openStart, openEdge };
}

/** The edges in the order of their children: they come otherwise where a depth is not true. */
function byChild({ edgeFrom, edgeTo, edgeLane }: ReturnType<Room["layout"]>, edgeStart: Uint32Array) {
  const next = edgeStart.slice();
  const [child, parent, runsIn] = [edgeFrom, edgeTo, edgeLane].map((column) => new Uint32Array(column.length)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  for (let i = 0; i < edgeFrom.length; i++) {
    const e = next[edgeFrom[i]!]!++;
    child[e] = edgeFrom[i]!;
    parent[e] = edgeTo[i]!;
    runsIn[e] = edgeLane[i]!;
  }
  return { child, parent, runsIn };
}

/**
 * The columns of a room's graph; their buffers, and those of the layout, which they may be, may be transferred. The first rows of
 * the room wait for them, and nothing here has run before: each pass over the edges that can be spared is.
 */
export function graphColumns(layout: ReturnType<Room["layout"]>): GraphColumns {
  const { eventCount, laneCount, lane, edgeFrom, edgeTo, edgeLane } = layout;
  const edgeStart = new Uint32Array(eventCount + 1);
  const childStart = new Uint32Array(eventCount + 1);
  let ascending = true;
  for (let e = 0, last = 0; e < edgeFrom.length; e++) {
    const from = edgeFrom[e]!;
    edgeStart[from + 1]!++;
    childStart[edgeTo[e]! + 1]!++;
    if (from < last) ascending = false;
    last = from;
  }
  addUp(edgeStart);
  addUp(childStart);
  const { child, parent, runsIn } = ascending
    ? { child: edgeFrom, parent: edgeTo, runsIn: edgeLane }
    : byChild(layout, edgeStart);

  const nextChild = childStart.slice();
  const childRow = new Uint32Array(child.length);
  for (let e = 0; e < child.length; e++) childRow[nextChild[parent[e]!]!++] = child[e]!;

  const crossing = crossings(child, parent);
  const block = chooseBlock(child, parent, crossing);
  return {
    eventCount,
    laneCount,
    lane,
    edgeStart,
    edgeChild: child,
    edgeParent: parent,
    edgeLane: runsIn,
    childStart,
    childRow,
    blockSize: 2 ** block,
    ...openEdges(child, parent, crossing, eventCount, block),
  };
}

/** The buffers behind the columns, to be moved to the page instead of copied. */
export function transferable(g: GraphColumns): ArrayBuffer[] {
  const columns = [
    g.lane,
    g.edgeStart,
    g.edgeChild,
    g.edgeParent,
    g.edgeLane,
    g.childStart,
    g.childRow,
    g.openStart,
    g.openEdge,
  ];
  return columns.map((column) => column.buffer as ArrayBuffer);
}
