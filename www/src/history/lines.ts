// Which events have a line of the list to themselves, and which share one: a run of messages that is folded, or what a query
// leaves out between two events that it means. Lines are numbered oldest first, those of outliers after those of the history, and
// the graph that is drawn stands on lines. Where every event has its own, a line's number is the event's row.
import type { LineColumns, Row } from "../protocol.ts";
import { Edges } from "./edges.ts";

/** Events that share a line. */
export interface Run {
  line: number;
  /** The oldest of them, by which the run is known. */
  oldest: Row;
  length: number;
  /** Linked messages, as against events that a query leaves out. */
  folded: boolean;
}

export class Lines {
  readonly count: number;
  /** Those of the history: outliers come after. */
  readonly historyCount: number;
  /** The graph as it is drawn. Numbers of rows in it are lines. */
  readonly edges: Edges;
  readonly #columns: LineColumns | undefined;

  private constructor(count: number, historyCount: number, edges: Edges, columns?: LineColumns) {
    this.count = count;
    this.historyCount = historyCount;
    this.edges = edges;
    this.#columns = columns;
  }

  /** A line for each of `count` events. */
  static each(count: number, edges: Edges): Lines {
    return new Lines(count, edges.columns.eventCount, edges);
  }

  static of(columns: LineColumns): Lines {
    return new Lines(columns.row.length, columns.graph.eventCount, new Edges(columns.graph), columns);
  }

  get complete(): boolean {
    return this.#columns === undefined;
  }

  /** The line on which an event stands, or which it shares. */
  lineOf(row: Row): number {
    return this.#columns === undefined ? row : this.#columns.line[row]!;
  }

  /** The event on a line; the oldest if several share it. */
  rowAt(line: number): Row {
    return this.#columns === undefined ? line : this.#columns.row[line]!;
  }

  /** The run that a line stands for. */
  runAt(line: number): Run | undefined {
    if (this.#columns === undefined) return undefined;
    const { runLine, runLength, runFolded, row } = this.#columns;
    let low = 0;
    let high = runLine.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (runLine[middle]! < line) low = middle + 1;
      else high = middle;
    }
    if (runLine[low] !== line) return undefined;
    return { line, oldest: row[line]!, length: runLength[low]!, folded: runFolded[low] === 1 };
  }

  /** Whether an edge of the graph leads past events that a query leaves out. */
  isIndirect(edge: number): boolean {
    return this.#columns?.indirect[edge] === 1;
  }
}
