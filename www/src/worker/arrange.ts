// Which events have a line to themselves, and the graph that is left on those lines. Runs of messages that follow one another
// alone share a line where that is wanted; what a query leaves out shares one between two events that it means. An edge leads
// from each line to the nearest lines below it, past what is left out; one that others already imply is not drawn.
import type { GraphColumns, LineColumns, LineOptions, Row } from "../protocol.ts";
import { graphColumns, transferable } from "./columns.ts";
import { assignLanes } from "./lanes.ts";
import { Nearest } from "./nearest.ts";

/** The room's own graph, by row. */
export type Graph = Pick<
  GraphColumns,
  "eventCount" | "laneCount" | "lane" | "edgeStart" | "edgeParent" | "edgeLane" | "childStart" | "childRow"
>;

/** Shorter runs are not worth the line that stands for them. */
const shortestRun = 2;
/** No line. */
const none = 0xffff_ffff;

/**
 * For each row that is folded, the oldest of its run; `none` for all others. A run goes from parent to only child while both
 * are `plain`, and has at least two events.
 */
function runsOf(graph: Graph, plain: (row: Row) => boolean): { oldest: Uint32Array; length: Uint32Array } {
  const n = graph.eventCount;
  const oldest = new Uint32Array(n).fill(none);
  const length = new Uint32Array(n);
  for (let row = 0; row < n; row++) {
    const e = graph.edgeStart[row]!;
    if (graph.edgeStart[row + 1]! !== e + 1 || graph.childStart[row + 1]! !== graph.childStart[row]! + 1) continue;
    if (!plain(row)) continue;
    const parent = graph.edgeParent[e]!;
    const first = oldest[parent] === none ? row : oldest[parent]!;
    oldest[row] = first;
    length[first]!++;
  }
  for (let row = 0; row < n; row++) {
    if (oldest[row] !== none && length[oldest[row]!]! < shortestRun) oldest[row] = none;
  }
  return { oldest, length };
}

/** By row: 1 shown, 2 folded, 0 left out. `opened` are shown with the whole of their run. */
function kindsOf(graph: Graph, total: number, options: LineOptions, plain: (row: Row) => boolean) {
  const kind = new Uint8Array(total);
  if (options.rows === undefined) kind.fill(1);
  else for (const row of options.rows) kind[row] = 1;
  const meant = (row: Row): boolean => kind[row] === 1;
  const { oldest, length } = options.folded
    ? runsOf(graph, (row) => meant(row) && plain(row))
    : { oldest: new Uint32Array(graph.eventCount).fill(none), length: new Uint32Array() };
  for (const row of options.opened) {
    if (row < graph.eventCount && oldest[row] !== none) length[oldest[row]!] = 0;
  }
  for (let row = 0; row < graph.eventCount; row++) {
    if (oldest[row] === none) continue;
    if (length[oldest[row]!] === 0) oldest[row] = none;
    else kind[row] = 2;
  }
  for (const row of options.opened) if (kind[row] === 0) open(graph, kind, oldest, row);
  return { kind, oldest, length };
}

/** Shows all that is left out around a row, up to the next lines on both sides. */
function open(graph: Graph, kind: Uint8Array, oldest: Uint32Array, at: Row): void {
  const n = graph.eventCount;
  const [start, end] = at < n ? [0, n] : [n, kind.length];
  /** Folded events but the oldest have no line of their own: they divide nothing. */
  const passed = (row: Row): boolean => kind[row] === 0 || (kind[row] === 2 && oldest[row] !== row);
  let first = at;
  while (first > start && passed(first - 1)) first--;
  let last = at;
  while (last + 1 < end && passed(last + 1)) last++;
  for (let row = first; row <= last; row++) if (kind[row] === 0) kind[row] = 1;
}

/** Gives each event its line. */
function number(graph: Graph, kind: Uint8Array, oldest: Uint32Array, length: Uint32Array) {
  const total = kind.length;
  const line = new Uint32Array(total);
  const rows = new Uint32Array(total);
  const runLine: number[] = [];
  const runLength: number[] = [];
  const runFolded: number[] = [];
  let count = 0;
  let historyCount = 0;
  /** The run of what is left out that is being numbered. */
  let leftOut = -1;
  for (let row = 0; row < total; row++) {
    if (row === graph.eventCount) {
      historyCount = count;
      leftOut = -1;
    }
    if (kind[row] === 2 && oldest[row] !== row) {
      line[row] = line[oldest[row]!]!;
      continue;
    }
    if (kind[row] === 0) {
      if (leftOut < 0) {
        leftOut = runLine.length;
        runLine.push(count);
        runLength.push(0);
        runFolded.push(0);
        rows[count++] = row;
      }
      line[row] = count - 1;
      runLength[leftOut]!++;
      continue;
    }
    leftOut = -1;
    if (kind[row] === 2) {
      runLine.push(count);
      runLength.push(length[row]!);
      runFolded.push(1);
    }
    line[row] = count;
    rows[count++] = row;
  }
  if (total === graph.eventCount) historyCount = count;
  return {
    line,
    row: rows.slice(0, count),
    historyCount,
    runLine: Uint32Array.from(runLine),
    runLength: Uint32Array.from(runLength),
    runFolded: Uint8Array.from(runFolded),
  };
}

/** The room's graph where nothing is left out: runs take the place of their events, and lanes stay where they are. */
function foldedGraph(graph: Graph, line: Uint32Array, row: Uint32Array, count: number) {
  const edges = graph.edgeParent.length;
  const [edgeFrom, edgeTo, edgeLane] = [new Uint32Array(edges), new Uint32Array(edges), new Uint32Array(edges)];
  let used = 0;
  for (let child = 0; child < graph.eventCount; child++) {
    for (let e = graph.edgeStart[child]!; e < graph.edgeStart[child + 1]!; e++) {
      const to = line[graph.edgeParent[e]!]!;
      if (to === line[child]) continue;
      edgeFrom[used] = line[child]!;
      edgeTo[used] = to;
      edgeLane[used++] = graph.edgeLane[e]!;
    }
  }
  return {
    eventCount: count,
    laneCount: graph.laneCount,
    lane: row.slice(0, count).map((each) => graph.lane[each]!),
    edgeFrom: edgeFrom.slice(0, used),
    edgeTo: edgeTo.slice(0, used),
    edgeLane: edgeLane.slice(0, used),
  };
}

/** Arranges the lines; `plain` tells of each event whether it may stand inside a folded run. Yields after each part of the work. */
export function* arrange(
  graph: Graph,
  total: number,
  options: LineOptions,
  plain: (row: Row) => boolean,
): Generator<undefined, LineColumns> {
  const { kind, oldest, length } = kindsOf(graph, total, options, plain);
  const { historyCount, ...lines } = number(graph, kind, oldest, length);
  yield undefined;
  if (options.rows === undefined) {
    const columns = graphColumns(foldedGraph(graph, lines.line, lines.row, historyCount));
    return { ...lines, graph: columns, indirect: new Uint8Array(columns.edgeChild.length) };
  }
  const nearest = new Nearest(graph, lines.line, historyCount, (row) => kind[row] !== 0);
  const { edgeFrom, edgeTo, indirect } = nearest.edges((row) => kind[row] === 1 || oldest[row] === row);
  yield undefined;
  const lanes = assignLanes(edgeFrom, edgeTo, historyCount, (line) => kind[lines.row[line]!] !== 0);
  // The edges are in the order of their children, which the columns keep: so `indirect` is in theirs.
  return { ...lines, graph: graphColumns({ eventCount: historyCount, edgeFrom, edgeTo, ...lanes }), indirect };
}

/** The buffers behind the lines, to be moved to the page. */
export function lineBuffers(lines: LineColumns): ArrayBuffer[] {
  const own = [lines.line, lines.row, lines.runLine, lines.runLength, lines.runFolded, lines.indirect];
  return [...own.map((column) => column.buffer as ArrayBuffer), ...transferable(lines.graph)];
}
