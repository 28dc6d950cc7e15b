// Which rows each term of a query means, as one mark a row, from columns: a term costs a walk along one of them, or along the
// graph's edges, and never an object for each event. What a term cannot mean (an id that is not there, a value that it does not
// know) is an error with a sentence, so that nobody takes it for nothing found.
import type { Room } from "roomscope";
import type { MergeColumns, Row } from "../protocol.ts";
import { type Kind, kinds, type Term, terms } from "../query.ts";
import type { Graph } from "./arrange.ts";
import { type Facts, verdicts } from "./facts.ts";
import type { RowIds } from "./ids.ts";

/** What a search looks at. */
export interface Searched {
  room: Room;
  ids: RowIds;
  facts: Facts;
  graph: Graph;
  tips: readonly Row[];
  merges(): MergeColumns;
}

/** 1 for each row that is meant. */
export type Mask = Uint8Array;

export function badQuery(message: string): Error {
  return Object.assign(new Error(message), { code: "bad-query" });
}

/** The rows for which `test` holds. A plain loop: what arrays offer for this takes ten times as long. */
function where(count: number, test: (row: Row) => boolean): Mask {
  const mask = new Uint8Array(count);
  for (let row = 0; row < count; row++) if (test(row)) mask[row] = 1;
  return mask;
}

/** Rows whose place in `column` is that of a string that `test` accepts. */
function ofStrings(column: Uint32Array, strings: readonly string[], test: (text: string) => boolean): Mask {
  const wanted = where(strings.length, (place) => place > 0 && test(strings[place]!));
  const mask = new Uint8Array(column.length);
  for (let row = 0; row < mask.length; row++) mask[row] = wanted[column[row]!]!;
  return mask;
}

export function containing(column: Uint32Array, strings: readonly string[], text: string): Mask {
  const needle = text.toLowerCase();
  return ofStrings(column, strings, (each) => each.toLowerCase().includes(needle));
}

/** The row of an event id or of the beginning of one. */
function rowOf(ids: RowIds, beginning: string): Row {
  const found = ids.beginning(beginning);
  if (found.count === 0) throw badQuery(`No event has an id that begins with “${beginning}”.`);
  if (found.count > 1)
    throw badQuery(`${found.count} events have ids that begin with “${beginning}”: write more of it.`);
  return found.row;
}

function ancestors({ graph, ids }: Searched, from: Row): Mask {
  const mask = new Uint8Array(ids.count);
  if (from >= graph.eventCount) return mask;
  mask[from] = 1;
  // Parents stand before their children, always.
  for (let row = from; row >= 0; row--) {
    if (mask[row] === 0) continue;
    for (let e = graph.edgeStart[row]!; e < graph.edgeStart[row + 1]!; e++) mask[graph.edgeParent[e]!] = 1;
  }
  mask[from] = 0;
  return mask;
}

function descendants({ graph, ids }: Searched, from: Row): Mask {
  const mask = new Uint8Array(ids.count);
  if (from >= graph.eventCount) return mask;
  mask[from] = 1;
  for (let row = from + 1; row < graph.eventCount; row++) {
    for (let e = graph.edgeStart[row]!; e < graph.edgeStart[row + 1]!; e++) {
      if (mask[graph.edgeParent[e]!] === 1) mask[row] = 1;
    }
  }
  mask[from] = 0;
  return mask;
}

/** The event itself, and all that are at most `steps` edges away. */
function near({ graph, ids }: Searched, from: Row, steps: number): Mask {
  const mask = new Uint8Array(ids.count);
  mask[from] = 1;
  if (from >= graph.eventCount) return mask;
  let edge = [from];
  for (let step = 0; step < steps && edge.length > 0; step++) {
    const next: Row[] = [];
    const add = (row: Row): void => {
      if (mask[row] === 1) return;
      mask[row] = 1;
      next.push(row);
    };
    for (const row of edge) {
      for (let e = graph.edgeStart[row]!; e < graph.edgeStart[row + 1]!; e++) add(graph.edgeParent[e]!);
      for (let c = graph.childStart[row]!; c < graph.childStart[row + 1]!; c++) add(graph.childRow[c]!);
    }
    edge = next;
  }
  return mask;
}

function marked(count: number, rows: Iterable<Row>): Mask {
  const mask = new Uint8Array(count);
  for (const row of rows) mask[row] = 1;
  return mask;
}

/** Merges of which a count is told. */
function merges({ ids, merges }: Searched, counted: "conflicted" | "resets"): Mask {
  const columns = merges();
  return marked(
    ids.count,
    columns.rows.filter((_, i) => columns[counted][i]! > 0),
  );
}

function kind(searched: Searched, value: string): Mask {
  const { facts, graph, ids, tips } = searched;
  const which = kinds.find((each) => each === value.toLowerCase());
  if (which === undefined) throw badQuery(`“is:” knows ${kinds.join(", ")}; not “${value}”.`);
  const isHistory = (row: Row): boolean => row < graph.eventCount;
  const rows: Record<Exclude<Kind, "tip" | "conflicted" | "reset">, (row: Row) => boolean> = {
    state: (row) => facts.stateKey[row] !== 0,
    message: (row) => facts.stateKey[row] === 0,
    merge: (row) => facts.parentCount[row]! > 1,
    fork: (row) => isHistory(row) && graph.childStart[row + 1]! - graph.childStart[row]! > 1,
    gap: (row) => isHistory(row) && facts.parentCount[row]! > graph.edgeStart[row + 1]! - graph.edgeStart[row]!,
    accepted: (row) => facts.verdict[row] === verdicts.indexOf("accepted"),
    rejected: (row) => facts.verdict[row] === verdicts.indexOf("rejected"),
    "soft-failed": (row) => facts.verdict[row] === verdicts.indexOf("soft-failed"),
    outlier: (row) => facts.verdict[row] === verdicts.indexOf("outlier"),
  };
  if (which === "tip") return marked(ids.count, tips);
  if (which === "conflicted") return merges(searched, "conflicted");
  if (which === "reset") return merges(searched, "resets");
  return where(ids.count, rows[which]);
}

/** Two values with two points between; one or both may be there. */
function range(value: string): [from: string, to: string] | undefined {
  const at = value.indexOf("..");
  return at < 0 ? undefined : [value.slice(0, at), value.slice(at + 2)];
}

function depth({ facts }: Searched, value: string): Mask {
  const [from, to] = range(value) ?? [value, value];
  if (!/^\d*$/.test(from) || !/^\d*$/.test(to) || from + to === "")
    throw badQuery(`“depth:” takes a number or two, as in ${terms.depth[0]}; not “${value}”.`);
  const least = from === "" ? 0 : Number(from);
  const most = to === "" ? Infinity : Number(to);
  return where(facts.depth.length, (row) => facts.depth[row]! >= least && facts.depth[row]! <= most);
}

/** The rows that a term means, whether or not it has a minus. */
export function matches({ name, value }: Term, searched: Searched): Mask {
  const { room, ids, facts } = searched;
  switch (name) {
    case "type":
      return containing(facts.type, facts.types, value);
    case "key":
      return containing(facts.stateKey, facts.strings, value);
    case "sender":
      return containing(facts.sender, facts.strings, value);
    case "server": {
      const needle = value.toLowerCase();
      return ofStrings(facts.sender, facts.strings, (user) =>
        user
          .slice(user.indexOf(":") + 1)
          .toLowerCase()
          .includes(needle),
      );
    }
    case "is":
      return kind(searched, value);
    case "depth":
      return depth(searched, value);
    case "ancestors":
      return ancestors(searched, rowOf(ids, value));
    case "descendants":
      return descendants(searched, rowOf(ids, value));
    case "between": {
      const [after, before] = range(value) ?? ["", ""];
      if (after === "" || before === "") throw badQuery(`“between:” takes two ids, as in ${terms.between[0]}.`);
      const mask = descendants(searched, rowOf(ids, after));
      const older = ancestors(searched, rowOf(ids, before));
      for (let row = 0; row < mask.length; row++) mask[row]! &= older[row]!;
      return mask;
    }
    case "near": {
      const [id, steps] = range(value) ?? [value, "1"];
      if (id === "" || !/^\d{1,6}$/.test(steps))
        throw badQuery(`“near:” takes an id and a number of edges, as in ${terms.near[0]}.`);
      return near(searched, rowOf(ids, id), Number(steps));
    }
    case "auth": {
      const chain = room.authChain([ids.at(rowOf(ids, value)) ?? ""]);
      return marked(
        ids.count,
        chain.flatMap((id) => ids.rowOf(id) ?? []),
      );
    }
  }
}
