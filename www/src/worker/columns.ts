// The room's lane layout as columns that can be searched by row: edges by child, children by parent, and for every block
// of rows the edges that are open at its newer end, so that the edges crossing a window are found without walking the room.
import type { Room } from "roomscope";
import type { GraphColumns } from "../protocol.ts";

/** Offsets of a counting sort: start[k] … start[k+1] is the place of key k. */
function offsets(keys: Uint32Array, count: number): Uint32Array {
  const start = new Uint32Array(count + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i]! + 1]!++;
  for (let k = 0; k < count; k++) start[k + 1]! += start[k]!;
  return start;
}

const firstBlock = 9;

/** Doubles the block until the lists of open edges are small beside the edges themselves. A power of two, told by its logarithm. */
function chooseBlock(child: Uint32Array, parent: Uint32Array): number {
  const budget = 2 * child.length + 65_536;
  for (let block = firstBlock; ; block++) {
    let total = 0;
    for (let e = 0; e < child.length; e++) total += (child[e]! >>> block) - (parent[e]! >>> block);
    if (total <= budget) return block;
  }
}

function openEdges(child: Uint32Array, parent: Uint32Array, rows: number, block: number) {
  const boundaries = (rows >>> block) + 1;
  const openStart = new Uint32Array(boundaries + 1);
  const each = (visit: (boundary: number, edge: number) => void): void => {
    for (let e = 0; e < child.length; e++) {
      // Boundary k lies before the first row of block k.
      const last = child[e]! >>> block;
      for (let k = (parent[e]! >>> block) + 1; k <= last; k++) visit(k, e);
    }
  };
  each((k) => openStart[k + 1]!++);
  for (let k = 0; k < boundaries; k++) openStart[k + 1]! += openStart[k]!;
  const next = openStart.slice();
  const openEdge = new Uint32Array(openStart[boundaries]!);
  each((k, e) => {
    openEdge[next[k]!++] = e;
  });
  return { openStart, openEdge };
}

function ascending(keys: Uint32Array): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return false;
  return true;
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

/** The columns of a room's graph; their buffers, and those of the layout, which they may be, may be transferred. */
export function graphColumns(layout: ReturnType<Room["layout"]>): GraphColumns {
  const { eventCount, laneCount, lane, edgeFrom, edgeTo, edgeLane } = layout;
  const edgeStart = offsets(edgeFrom, eventCount);
  const { child, parent, runsIn } = ascending(edgeFrom)
    ? { child: edgeFrom, parent: edgeTo, runsIn: edgeLane }
    : byChild(layout, edgeStart);

  const childStart = offsets(parent, eventCount);
  const nextChild = childStart.slice();
  const childRow = new Uint32Array(child.length);
  for (let e = 0; e < child.length; e++) childRow[nextChild[parent[e]!]!++] = child[e]!;

  const block = chooseBlock(child, parent);
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
    ...openEdges(child, parent, eventCount, block),
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
