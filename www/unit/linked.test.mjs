// The graphs beside the history: what is left out of one must be implied by the rest, and everything else must be there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load, random } from "./load.mjs";

const { reduced } = await load("worker/linked.ts");
const { OpenRoom } = await load("worker/room.ts");

function reach(parents) {
  const all = [];
  for (const own of parents) all.push(new Set(own.flatMap((parent) => [parent, ...all[parent]])));
  return all;
}

test("an edge is left out exactly when another way leads along others", () => {
  const next = random(11);
  for (let round = 0; round < 40; round++) {
    const parents = Array.from({ length: 2 + next(70) }, (_, node) => {
      const own = new Set(Array.from({ length: Math.min(node, next(6)) }, () => next(node)));
      return [...own].sort((a, b) => b - a);
    });
    const { kept, implied } = reduced(parents);
    const reaches = reach(parents);
    assert.deepEqual(reach(kept), reaches, "what each node stands on stays the same");
    parents.forEach((own, node) => {
      for (const parent of own) {
        const other = own.some((each) => each !== parent && reaches[each].has(parent));
        assert.equal(kept[node].includes(parent), !other);
      }
    });
    assert.equal(implied, parents.flat().length - kept.flat().length);
  }
});

test("the auth chain and the state groups of every event are those of the engine", () => {
  const room = new Room();
  room.add(readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url)));
  const opened = new OpenRoom(room);
  opened.opened({ added: 0, duplicates: 0, problems: [] });
  const end = (steps) => {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  };
  const groupOf = new Map(room.table("event_to_state_groups").rows);
  const previous = new Map(room.table("state_group_edges").rows);
  room.timeline().forEach((eventId, row) => {
    const auth = end(opened.linked(row, "auth", false));
    const shown = auth.nodes.map(({ view }) => view.eventId);
    assert.deepEqual(new Set(shown), new Set([...room.authChain([eventId]), eventId]));
    assert.equal(auth.nodes[auth.selected].view.eventId, eventId);
    const all = end(opened.linked(row, "auth", true));
    const edges = all.nodes.reduce((sum, { view }) => sum + new Set(room.event(view.eventId).authEvents).size, 0);
    assert.equal(all.lanes.edgeFrom.length, edges);
    assert.equal(auth.lanes.edgeFrom.length + auth.implied, edges);

    const groups = end(opened.linked(row, "groups", false));
    const chain = [];
    for (let at = groupOf.get(eventId); at !== undefined; at = previous.get(at)) chain.push(at);
    const inChain = groups.nodes.filter(({ group }) => group.hop !== undefined);
    assert.deepEqual(
      inChain.toSorted((a, b) => a.group.hop - b.group.hop).map(({ group }) => group.nid),
      chain,
    );
    for (const { group } of groups.nodes) {
      assert.equal(group.rows, room.table("state_groups_state").rows.filter(([nid]) => nid === group.nid).length);
      assert.equal(group.events, [...groupOf.values()].filter((nid) => nid === group.nid).length);
      assert.equal(group.previous, previous.get(group.nid) ?? 0);
    }
  });
});
