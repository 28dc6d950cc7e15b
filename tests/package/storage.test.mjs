// The tables of storage as JavaScript asks for them: what a real Dendrite stored, and the example that its documentation
// explains them by.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Room, RoomscopeError } from "roomscope";

const folder = new URL("../captures/dendrite/", import.meta.url);
const read = (name) => JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))));
const ARRIVALS = { new: "live", old: "backfill", outlier: "outlier" };

for (const name of ["fork_merge", "duplicates", "outlier_join", "v12-s3-hs2"]) {
  for (const numbering of ["sqlite", "postgres"]) {
    test(`${name} on ${numbering}: every table is what Dendrite stored`, () => {
      const file = read(name);
      const room = new Room({ rules: "dendrite", numbering });
      for (const [index, step] of file.steps.entries()) {
        const options = { arrival: ARRIVALS[step.kind], order: "given" };
        if (step.state_before) options.stateBefore = step.state_before;
        room.add(step.pdu, options);
        const [, , latest, last, snapshot] = room.table("rooms").rows[0];
        const [theirs, ...rest] = file[numbering].room_after[index];
        assert.deepEqual([new Set(latest), last, snapshot], [new Set(theirs), ...rest]);
      }
      const tables = ["event_types", "event_state_keys", "events", "state_blocks", "state_snapshots"];
      for (const table of tables) assert.deepEqual(room.table(table).rows, file[numbering][table], table);
      const sorted = (rows) => rows.toSorted();
      assert.deepEqual(sorted(room.table("previous_events").rows), sorted(file[numbering].previous_events));
    });
  }
}

/** A create event, two members, a message, a changed member, a message, as the second member's server takes them in. */
function readme() {
  const room = new Room({ auth: "off" });
  const { steps } = read("readme");
  for (const { kind, pdu, state_before: stateBefore } of steps) {
    room.add(pdu, stateBefore ? { stateBefore } : { arrival: ARRIVALS[kind] });
  }
  return room;
}

test("the room server's own example: blocks {1}, {1, 2}, {1, 2, 3}", () => {
  const room = readme();
  const column = (name, at) => room.table(name).rows.map((row) => row[at]);
  assert.deepEqual(column("events", 3), [0, 0, 1, 2, 2, 3]);
  assert.deepEqual(column("state_snapshots", 1), [[1], [1, 2], [1, 2, 3]]);
  assert.deepEqual(column("state_blocks", 1), [[1, 2], [3], [5]]);
  assert.deepEqual(room.table("state_block_entries").rows, [
    [1, 1, 1, 1],
    [1, 5, 2, 2],
    [2, 5, 3, 3],
    [3, 5, 2, 5],
  ]);
  assert.deepEqual(column("event_state_keys", 1), ["", "@user:foo", "@user:bar"]);
  assert.deepEqual(room.table("event_types", { offset: 7 }).rows, [[8, "m.room.message"]]);
});

test("effects and figures", () => {
  const room = readme();
  assert.deepEqual(room.effects("$5:foo"), {
    eventNid: 5,
    internedTypes: [],
    internedStateKeys: [],
    newBlocks: [3],
    reusedBlocks: [],
    newSnapshots: [3],
    reusedSnapshots: [],
    newStateGroups: [3],
    forwardExtremitiesBefore: ["$4:foo"],
    forwardExtremitiesAfter: ["$5:foo"],
  });
  assert.deepEqual(room.storage(), {
    fullStateRows: 2 + 3 + 3 + 3,
    blockRows: 4,
    snapshotRows: 3,
    stateGroups: 3,
    stateGroupRows: 4,
    unreferencedStateGroups: 0,
    compressedStateGroupRows: 4,
    improvedStateGroupRows: 4,
    leastStateGroupRows: 4,
    longestDeltaChain: 2,
  });
});

test("state groups are those that a real Synapse stored", () => {
  const capture = JSON.parse(gunzipSync(readFileSync(new URL("../north-pier-v11-hs1.json.gz", folder))));
  const room = new Room();
  // Founded there: everything came live, in the order of the stream.
  room.add(capture.events.map((event) => event[7]));
  const theirs = new Map(capture.event_group);
  const ours = new Map(room.table("event_to_state_groups").rows);
  const numbers = new Map();
  for (const [id, group] of ours) numbers.set(group, theirs.get(id));
  assert.equal(ours.size, theirs.size);
  for (const [id, group] of ours) assert.equal(theirs.get(id), numbers.get(group), id);
  const edges = new Map(room.table("state_group_edges").rows);
  for (const [number, , previous, stored] of capture.groups) {
    const [own] = [...numbers].find(([, there]) => there === number) ?? [];
    if (own === undefined) continue;
    assert.equal(edges.has(own), previous !== null);
    // The empty group before the create event is no event's.
    if (numbers.has(edges.get(own))) assert.equal(numbers.get(edges.get(own)), previous);
    const entries = room.table("state_groups_state").rows.filter(([group]) => group === own);
    assert.deepEqual(new Set(entries.map((row) => row.slice(1).join())), new Set(stored.map((row) => row.join())));
  }
  const { stored, compressed, improved, leastRows } = room.compressStateGroups({ levels: [3, 3] });
  assert.equal(stored.rows, room.storage().stateGroupRows);
  assert.equal(stored.prevStateGroups.length, room.table("state_groups").total);
  assert.ok(improved.rows <= Math.min(stored.rows, compressed.rows) && leastRows <= improved.rows);
});

test("a list as long as a state is worked out when it is read, and is a cell like any other", () => {
  const room = new Room({ auth: "off", roomVersion: "11" });
  const sender = "@ada:example.org";
  room.send({ type: "m.room.create", stateKey: "", sender, content: { room_version: "11" } });
  for (let i = 0; i < 200; i += 1) room.send({ type: "m.room.member", stateKey: `@m${i}:x`, sender, content: {} });
  const entries = room.table("state_block_entries").rows;

  const { rows, cut } = room.table("state_blocks");
  assert.equal(cut, undefined);
  const long = rows.filter((row) => row[1].length > 64);
  assert.ok(long.length > 1);
  const [row] = long;
  assert.deepEqual(
    rows.flatMap(([block, events]) => events.map((event) => [block, event])),
    entries.map(([block, , , event]) => [block, event]),
  );
  assert.ok(Array.isArray(row) && Array.isArray(row[1]));
  assert.equal(row[1], row[1], "worked out once");
  const plain = JSON.parse(JSON.stringify(rows));
  const fresh = () => room.table("state_blocks").rows;
  assert.deepEqual(fresh(), plain);
  assert.deepEqual(structuredClone(fresh()), plain);
  assert.deepEqual(
    fresh().map(([...cells]) => cells),
    plain,
  );
  // Whole at once, where no list is too long: with the same hashes.
  assert.deepEqual(room.table("state_blocks", { listLimit: Number.POSITIVE_INFINITY }), {
    ...room.table("state_blocks"),
    cut: [],
  });

  const page = room.table("state_blocks", { offset: 60, limit: 90, listLimit: 5 });
  const expected = plain.slice(60, 150);
  assert.deepEqual(
    page.rows,
    expected.map(([nid, list, hash]) => [nid, list.slice(0, 5), hash]),
  );
  assert.deepEqual(
    page.cut,
    expected.flatMap(([, { length }], row) => (length > 5 ? [{ row, column: 1, length }] : [])),
  );
  assert.ok(page.cut.length > 1);

  const { get } = Object.getOwnPropertyDescriptor(fresh()[rows.indexOf(row)], 1);
  const mine = fresh()[rows.indexOf(row)];
  mine[1] = [];
  assert.deepEqual(mine[1], []);
  room.free();
  assert.throws(get, { code: "freed" });
});

test("what cannot be asked is refused by name", () => {
  const room = readme();
  const refused = (code) => (error) => error instanceof RoomscopeError && error.code === code;
  assert.throws(() => room.table("snapshots"), refused("unknown-table"));
  assert.throws(() => room.table("events", { offset: -1 }), refused("bad-argument"));
  assert.throws(() => room.effects("$nobody"), refused("unknown-event"));
  assert.throws(() => new Room({ numbering: "mysql" }), refused("bad-argument"));
  assert.throws(() => new Room({ rules: "mine" }), refused("bad-argument"));
  assert.throws(() => new Room({ hopLimit: 100_000 }), refused("bad-argument"));
  assert.throws(() => room.compressStateGroups({ levels: [100, 0] }), refused("bad-argument"));
  assert.deepEqual(room.table("events", { offset: 100 }), { ...room.table("events"), rows: [] });
});
