// Which rows a query means. Terms about the graph are answered for all rows at once, by one walk along the lanes' own columns; all
// others by looking at a row.
import type { Room } from "roomscope";
import type { Row, RowView } from "../protocol.ts";
import { parseQuery, type Term } from "../query.ts";
import type { RowIds } from "./ids.ts";

export interface Graph {
  eventCount: number;
  children(row: Row): Uint32Array;
}

type Test = (view: RowView) => boolean;

/** The rows from which, or to which, edges lead: `to` younger ones, or older. */
function reach(graph: Graph, from: Row, to: "ancestors" | "descendants"): Uint8Array {
  const mask = new Uint8Array(graph.eventCount);
  if (from >= graph.eventCount) return mask;
  mask[from] = 1;
  if (to === "descendants") {
    // Children stand after their parents, always.
    for (let row = from; row < graph.eventCount; row++) {
      if (mask[row] === 1) for (const child of graph.children(row)) mask[child] = 1;
    }
  } else {
    for (let row = from - 1; row >= 0; row--) if (graph.children(row).some((child) => mask[child] === 1)) mask[row] = 1;
  }
  mask[from] = 0;
  return mask;
}

function kind(room: Room, graph: Graph, value: string): Test {
  switch (value) {
    case "state":
      return (view) => view.stateKey !== null;
    case "message":
      return (view) => view.stateKey === null;
    case "merge":
      return (view) => view.parentCount > 1;
    case "fork":
      return (view) => graph.children(view.row).length > 1;
    case "tip":
      return (view) => view.tip;
    case "conflicted":
      return (view) => {
        if (view.parentCount < 2) return false;
        const states = room.event(view.eventId)?.prevEvents.map((id) => room.event(id)?.stateId ?? null) ?? [];
        return new Set(states.filter((state) => state !== null)).size > 1;
      };
    case "rejected":
    case "soft-failed":
    case "outlier":
      return (view) => view.verdict === value;
    default:
      return () => false;
  }
}

function testOf({ name, value }: Term, room: Room, ids: RowIds, graph: Graph): Test {
  const needle = value.toLowerCase();
  const among = (mask: Uint8Array | undefined): Test =>
    mask === undefined ? () => false : (view) => mask[view.row] === 1;
  const masked = (id: string | undefined, to: "ancestors" | "descendants"): Uint8Array | undefined => {
    const row = id === undefined ? undefined : ids.locate(id);
    return row === undefined ? undefined : reach(graph, row, to);
  };
  switch (name) {
    case "type":
      return (view) => view.type.toLowerCase().includes(needle);
    case "key":
      return (view) => view.stateKey?.toLowerCase().includes(needle) ?? false;
    case "sender":
      return (view) => view.sender.toLowerCase().includes(needle);
    case "is":
      return kind(room, graph, needle);
    case "ancestors":
    case "descendants":
      return among(masked(value, name));
    case "between": {
      const [after, before] = value.split("..");
      const [younger, older] = [masked(after, "descendants"), masked(before, "ancestors")];
      return (view) => younger?.[view.row] === 1 && older?.[view.row] === 1;
    }
    case "auth": {
      const row = ids.locate(value);
      const id = row === undefined ? undefined : ids.at(row);
      const chain = new Set(id === undefined ? [] : room.authChain([id]));
      return (view) => chain.has(view.eventId);
    }
  }
}

/** Text that is part of an id's beginning, a type, state key, sender or an event's words. */
function says(text: string, query: string): Test {
  // Ids tell their letters' case.
  const start = query.startsWith("$") ? query : `$${query}`;
  return (view) =>
    view.eventId.startsWith(start) ||
    view.type.toLowerCase().includes(text) ||
    view.sender.toLowerCase().includes(text) ||
    view.summary.text.toLowerCase().includes(text) ||
    (view.stateKey?.toLowerCase().includes(text) ?? false);
}

/** Tells of each row whether a query means it. */
export function matcher(query: string, room: Room, ids: RowIds, graph: Graph): Test {
  const { text, terms } = parseQuery(query);
  const tests = terms.map((term): Test => {
    const test = testOf(term, room, ids, graph);
    return term.not ? (view) => !test(view) : test;
  });
  if (text !== "") tests.push(says(text, query.trim()));
  return (view) => tests.every((test) => test(view));
}
