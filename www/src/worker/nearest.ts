// The edges that are left when events are left out: from each line to the nearest lines that it knew of, whether they are its
// parents or stand behind events that are left out. Of the latter those are dropped that another one knew of already, as far
// as a short search tells.
import type { Row } from "../protocol.ts";
import type { Graph } from "./arrange.ts";

/** An event behind which there are more lines than this leads to the newest of them. */
const most = 128;
/** Lines that are looked at to find out which of a few lines knew of which. */
const searched = 1024;
/** Marks a set of one line, which is most of them, as that line itself. */
const single = 0x8000_0000;

export interface ReducedEdges {
  /** Ascending. */
  edgeFrom: Uint32Array;
  edgeTo: Uint32Array;
  indirect: Uint8Array;
}

/** A list of numbers that grows. */
class Numbers {
  #all = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#all.length) {
      const all = new Uint32Array(2 * this.length);
      all.set(this.#all);
      this.#all = all;
    }
    this.#all[this.length++] = value;
  }

  at(index: number): number {
    return this.#all[index]!;
  }

  taken(): Uint32Array {
    return this.#all.slice(0, this.length);
  }
}

export class Nearest {
  readonly #graph: Graph;
  readonly #line: Uint32Array;
  readonly #isLine: (row: Row) => boolean;
  /** By row that is left out: the set of lines behind it. 0 is the empty one. */
  readonly #behind: Uint32Array;
  readonly #setStart = new Numbers();
  readonly #sets = new Numbers();
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  readonly #indirect = new Numbers();
  /** By line: where its edges begin. */
  readonly #edgeStart: Uint32Array;
  /** The search in which a line was last met. */
  readonly #met: Uint32Array;
  #search = 0;

  /** `line`: of each row; `isLine`: whether a row is not left out. */
  constructor(graph: Graph, line: Uint32Array, lineCount: number, isLine: (row: Row) => boolean) {
    this.#graph = graph;
    this.#line = line;
    this.#isLine = isLine;
    this.#behind = new Uint32Array(graph.eventCount);
    this.#edgeStart = new Uint32Array(lineCount + 1);
    this.#met = new Uint32Array(lineCount);
    this.#setStart.push(0);
    this.#setStart.push(0);
  }

  /** `begins` tells of each row whether the edges of its line are those of this row: of a run only the oldest's are. */
  edges(begins: (row: Row) => boolean): ReducedEdges {
    const { eventCount } = this.#graph;
    let line = 0;
    for (let row = 0; row < eventCount; row++) {
      if (!this.#isLine(row)) {
        this.#behind[row] = this.#setBehind(row);
      } else if (begins(row)) {
        // Lines without edges of their own stand between.
        for (; line <= this.#line[row]!; line++) this.#edgeStart[line] = this.#from.length;
        this.#addEdges(row);
        this.#edgeStart[line] = this.#from.length;
      }
    }
    return {
      edgeFrom: this.#from.taken(),
      edgeTo: this.#to.taken(),
      indirect: Uint8Array.from(this.#indirect.taken()),
    };
  }

  #add(from: number, to: number, indirect: 0 | 1): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#indirect.push(indirect);
  }

  #addEdges(row: Row): void {
    const { edgeStart, edgeParent } = this.#graph;
    const own = this.#line[row]!;
    const first = edgeStart[row]!;
    const end = edgeStart[row + 1]!;
    // Most events have one parent, and that or what lies behind it is one line.
    if (end === first + 1) {
      const set = this.#behindParent(edgeParent[first]!);
      if (set >= single) {
        this.#add(own, set - single, this.#isLine(edgeParent[first]!) ? 0 : 1);
        return;
      }
    }
    const direct: number[] = [];
    const behind = new Set<number>();
    for (let e = first; e < end; e++) {
      const parent = edgeParent[e]!;
      if (this.#isLine(parent)) direct.push(this.#line[parent]!);
      else this.#collect(this.#behind[parent]!, behind);
    }
    for (const to of direct) {
      this.#add(own, to, 0);
      behind.delete(to);
    }
    for (const to of this.#reduce([...behind], direct)) this.#add(own, to, 1);
  }

  /** The set of lines that a child of this event has behind it. */
  #behindParent(parent: Row): number {
    return this.#isLine(parent) ? (single | this.#line[parent]!) >>> 0 : this.#behind[parent]!;
  }

  #setBehind(row: Row): number {
    const { edgeStart, edgeParent } = this.#graph;
    const first = edgeStart[row]!;
    const end = edgeStart[row + 1]!;
    if (first === end) return 0;
    const one = this.#behindParent(edgeParent[first]!);
    let same = true;
    for (let e = first + 1; e < end; e++) same &&= this.#behindParent(edgeParent[e]!) === one;
    if (same) return one;
    const all = new Set<number>();
    for (let e = first; e < end; e++) this.#collect(this.#behindParent(edgeParent[e]!), all);
    return this.#keep(this.#reduce([...all], []));
  }

  #keep(lines: readonly number[]): number {
    if (lines.length === 0) return 0;
    if (lines.length === 1) return (single | lines[0]!) >>> 0;
    for (const line of lines) this.#sets.push(line);
    this.#setStart.push(this.#sets.length);
    return this.#setStart.length - 2;
  }

  #collect(set: number, into: Set<number>): void {
    if (set >= single) into.add(set - single);
    else for (let i = this.#setStart.at(set); i < this.#setStart.at(set + 1); i++) into.add(this.#sets.at(i));
  }

  /** `lines` without those that another of them, or one of `others`, knew of; the newest first. */
  #reduce(lines: number[], others: readonly number[]): number[] {
    if (lines.length === 0 || lines.length + others.length === 1) return lines;
    lines.sort((a, b) => b - a);
    lines.length = Math.min(lines.length, most);
    const lowest = lines.at(-1)!;
    this.#search++;
    const met = this.#met;
    const waiting = [...lines, ...others].sort((a, b) => a - b);
    let budget = searched;
    for (let line = waiting.pop(); line !== undefined && budget-- > 0; line = waiting.pop()) {
      for (let e = this.#edgeStart[line]!; e < this.#edgeStart[line + 1]!; e++) {
        const to = this.#to.at(e);
        if (to < lowest || met[to] === this.#search) continue;
        met[to] = this.#search;
        waiting.push(to);
      }
    }
    return lines.filter((line) => met[line] !== this.#search);
  }
}
