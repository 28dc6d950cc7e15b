// Two graphs beside the history: the auth events that one event stands on, and the state groups that its own is stored on. Both
// are small parts of the room, laid out in lanes like the whole. What other edges imply is left out of the auth chain: nearly every
// event names the create event, and that says nothing.
import type { Room } from "roomscope";
import type { LinkedGraph, LinkedNode, Row, RowView } from "../protocol.ts";
import type { RowIds } from "./ids.ts";
import { assignLanes } from "./lanes.ts";
import type { Numbers } from "./numbers.ts";
import type { PagedTable } from "./tables.ts";

/** The newest of a longer chain are shown: what an event stands on is near it. */
const nodesShown = 600;
/** Groups that stand on the same one, beside the one in the chain. */
const siblingsShown = 8;

type ViewOf = (row: Row) => RowView | undefined;

/** Lays nodes out, oldest first; `parents` are places among them, of each node. */
function laidOut(nodes: LinkedNode[], parents: readonly (readonly number[])[]): LinkedGraph["lanes"] {
  const from = parents.flatMap((each, child) => each.map(() => child));
  const [edgeFrom, edgeTo] = [Uint32Array.from(from), Uint32Array.from(parents.flat())];
  return { edgeFrom, edgeTo, ...assignLanes(edgeFrom, edgeTo, nodes.length, () => true) };
}

/** The parents that no other parent stands on, and how many were left out. `parents` are places, each list from the newest. */
export function reduced(parents: readonly (readonly number[])[]): { kept: number[][]; implied: number } {
  const words = (parents.length + 31) >>> 5;
  /** For each node, those that it reaches. */
  const reaches: Uint32Array[] = [];
  let implied = 0;
  const kept = parents.map((each) => {
    const known = new Uint32Array(words);
    const own = each.filter((parent) => {
      if ((known[parent >>> 5]! >>> (parent & 31)) & 1) {
        implied++;
        return false;
      }
      known[parent >>> 5]! |= 1 << (parent & 31);
      reaches[parent]!.forEach((word, at) => (known[at]! |= word));
      return true;
    });
    reaches.push(known);
    return own;
  });
  return { kept, implied };
}

/** The auth chain of an event, itself on top. */
export function authGraph(room: Room, ids: RowIds, row: Row, all: boolean, viewOf: ViewOf): LinkedGraph | undefined {
  const eventId = ids.at(row);
  if (eventId === undefined) return undefined;
  const chain = room.authChain([eventId]).filter((id) => id !== eventId);
  const shown = [...chain.slice(-nodesShown), eventId];
  const places = new Map(shown.map((id, place) => [id, place]));
  const nodes: LinkedNode[] = [];
  const parents: number[][] = [];
  let missing = 0;
  for (const id of shown) {
    const at = ids.rowOf(id);
    const view = at === undefined ? undefined : viewOf(at);
    if (view === undefined) return undefined;
    nodes.push({ view });
    const named = [...new Set(room.event(id)?.authEvents)];
    missing += named.filter((each) => !room.has(each)).length;
    parents.push(named.flatMap((each) => places.get(each) ?? []).sort((a, b) => b - a));
  }
  const { kept, implied } = reduced(parents);
  return {
    nodes,
    lanes: laidOut(nodes, all ? parents : kept),
    implied,
    more: chain.length + 1 - shown.length,
    missing,
    selected: nodes.length - 1,
  };
}

/** The state group after an event, those that it is stored on, and those that are stored on the same ones. */
export function groupGraph(
  numbers: Numbers,
  groups: PagedTable,
  groupRows: PagedTable,
  ids: RowIds,
  row: Row,
  viewOf: ViewOf,
): LinkedGraph | undefined {
  const own = numbers.groups[row] ?? 0;
  if (own === 0) return undefined;
  const chain = numbers.chain(own);
  const hops = new Map(chain.map((nid, hop) => [nid, hop]));
  const { siblings, more } = numbers.standingOn(chain, siblingsShown);
  const shown = [...new Set([...chain, ...siblings])].sort((a, b) => a - b);
  const places = new Map(shown.map((nid, place) => [nid, place]));
  const events = numbers.eventsOf(new Set(shown));
  const nodes: LinkedNode[] = [];
  for (const nid of shown) {
    const at = ids.rowOf(String(groups.get(nid)?.[1] ?? ""));
    const previous = numbers.previous(nid);
    nodes.push({
      view: at === undefined ? undefined : viewOf(at),
      group: { nid, previous, hop: hops.get(nid), rows: groupRows.countOf(nid), events: events.get(nid) ?? 0 },
    });
  }
  const parents = shown.map((nid) => places.get(numbers.previous(nid)) ?? -1).map((at) => (at < 0 ? [] : [at]));
  return { nodes, lanes: laidOut(nodes, parents), implied: 0, more, missing: 0, selected: places.get(own) ?? 0 };
}
