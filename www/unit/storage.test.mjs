// How the room is stored, in the worker and in words: against the tables of the engine itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load } from "./load.mjs";

const { OpenRoom } = await load("worker/room.ts");
const { effectWords, listWords, subjectWords } = await load("storage/words.ts");
const { leastWidth, targetOf } = await load("storage/columns.ts");
const { lightOf } = await load("storage/lit.ts");
const { slotName } = await load("storage/slots.ts");

const sample = readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url));

/** Runs what yields between slices to its end. */
function end(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function opened(numbering) {
  const room = new Room({ numbering });
  const report = room.add(sample);
  const open = new OpenRoom(room);
  open.opened(report);
  return { room, open };
}

for (const numbering of ["dense", "sqlite", "postgres"]) {
  test(`numbered as ${numbering}, every drawn snapshot reads as the state of its event`, () => {
    const { room, open } = opened(numbering);
    const { before } = end(open.storage.numbers());
    const history = room.timeline();
    let drawnAfter = 0;
    history.forEach((eventId, row) => {
      for (const moment of ["before", "after"]) {
        const detail = end(open.storage.detail(row, moment));
        assert.equal(detail.before, before[row]);
        if (detail.moment === "after") drawnAfter++;
        const state = moment === "before" ? room.stateBefore(eventId) : room.stateAfter(eventId);
        if (detail.moment !== moment) continue;
        const chain = detail.group.layers.flatMap((layer) => layer.squares.filter((square) => square.read));
        assert.deepEqual(
          chain
            .map(({ column, row }) => [
              detail.snapshot.slots[column].type,
              detail.snapshot.slots[column].stateKey,
              history[row],
            ])
            .sort(),
          state.toSorted(),
          "the group's chain reads as the same state",
        );
        const { slots, layers, slotCount } = detail.snapshot;
        const read = layers.flatMap((layer) => layer.squares.filter((square) => square.read));
        assert.equal(slotCount, state.length);
        assert.deepEqual(
          read.map(({ column, row }) => [slots[column].type, slots[column].stateKey, history[row]]).sort(),
          state.toSorted(),
        );
      }
    });
    assert.ok(drawnAfter > 150, `${drawnAfter} snapshots after an event are stored`);
  });

  test(`numbered as ${numbering}, each number is found in its table`, () => {
    const { room, open } = opened(numbering);
    for (const name of ["events", "state_snapshots", "state_blocks", "event_types", "event_state_keys"]) {
      const { rows } = room.table(name);
      rows.forEach(([nid], index) => assert.equal(end(open.storage.place(name, nid)).index, index));
      assert.equal(end(open.storage.place(name, 999_999)).index, undefined);
    }
    const { rows } = room.table("state_block_entries");
    const first = rows.findIndex(([block]) => block === rows.at(-1)[0]);
    assert.equal(end(open.storage.place("state_block_entries", rows.at(-1)[0])).index, first);
  });
}

test("a state of many slots is drawn where something lies above its largest block", () => {
  const room = new Room({ auth: "off", roomVersion: "10" });
  const event = (n, type, stateKey, rest = {}) => ({
    event_id: `$${n}`,
    type,
    state_key: stateKey,
    room_id: "!many:one",
    sender: "@ada:one",
    content: { n },
    depth: n + 1,
    prev_events: n === 0 ? [] : [`$${n - 1}`],
    auth_events: [],
    origin_server_ts: n,
    hashes: { sha256: "x" },
    signatures: {},
    ...rest,
  });
  const many = Array.from({ length: 130 }, (_, n) =>
    event(n, n === 0 ? "m.room.create" : "org.example.many", n === 0 ? "" : String(n)),
  );
  const open = (room.add(many), new OpenRoom(room));
  open.opened({ added: 130, duplicates: 0, problems: [] });
  const { snapshot } = end(open.storage.detail(129, "after"));
  assert.equal(snapshot.slotCount, 130);
  assert.ok(snapshot.layers.length <= 64);
  assert.ok(snapshot.slots.length < 64);
  const hidden = snapshot.layers.reduce((sum, layer) => sum + layer.hidden, 0);
  assert.equal(hidden + snapshot.slots.length, 130);

  // Lists longer than a row can show are sent cut, with their length.
  const lists = end(open.storage.page("state_blocks", 0, 200)).rows.map(([, list]) => list);
  const long = lists.find((list) => !Array.isArray(list));
  assert.ok(long.count > long.first.length && long.first.length >= 40);
});

const effects = {
  internedTypes: [],
  internedStateKeys: [[3, "@bob:foo"]],
  newBlocks: [5],
  reusedBlocks: [2],
  newSnapshots: [6],
  reusedSnapshots: [5],
  newStateGroups: [],
  forwardExtremitiesBefore: ["$a"],
  forwardExtremitiesAfter: ["$b"],
};
const detail = { eventId: "$b", eventNid: 9, typeNid: 5, keyNid: 3, before: 5, after: 6, effects };

test("what an event did is one sentence", () => {
  assert.deepEqual(effectWords({ ...detail, lists: [{ nid: 6, blocks: [1, 2, 5] }] }), [
    "interned @bob:foo as 3",
    "block 5 is new",
    "snapshot 6 = 1, 2, 5",
  ]);
  const none = {
    ...effects,
    internedStateKeys: [],
    newBlocks: [],
    reusedBlocks: [],
    newSnapshots: [],
    reusedSnapshots: [],
  };
  assert.deepEqual(effectWords({ ...detail, lists: [], effects: none }), ["nothing new, snapshot 5 again"]);
  assert.deepEqual(effectWords({ ...detail, before: 0, lists: [], effects: none }), ["a row of its own, and no state"]);
  assert.deepEqual(
    effectWords({ ...detail, lists: [], effects: { ...none, forwardExtremitiesAfter: ["$a", "$b"] } }).at(-1),
    "the room has 2 tips now",
  );
  assert.equal(listWords([], "block"), "nothing");
  const long = Array.from({ length: 64 }, (_, n) => n + 1);
  assert.equal(listWords(long, "block"), "1, 2, 3 … 63, 64 (64 blocks)");
  const summary = (label, text, kind = "state") => ({ kind, label, key: "", text, code: false });
  assert.equal(subjectWords("bo", summary("member", "bo joined")), "bo joined");
  assert.equal(subjectWords("bo", summary("topic", "Tides")), "bo sets topic");
  assert.equal(subjectWords("bo", summary("", "hello", "message")), "bo: hello");
});

test("the rows of an event are known by their numbers", () => {
  const lit = { ...detail, snapshot: { layers: [{ nid: 5 }, { nid: 2 }] } };
  assert.equal(lightOf("events", [9, 5, 3], lit), "new");
  assert.equal(lightOf("events", [8, 5, 3], lit), undefined);
  assert.equal(lightOf("state_blocks", [5, [9]], lit), "new");
  assert.equal(lightOf("state_blocks", [2, [1]], lit), "used");
  assert.equal(lightOf("state_snapshots", [5, [2]], lit), "used");
  assert.equal(lightOf("event_state_keys", [3, "@bob:foo"], lit), "new");
  assert.equal(lightOf("previous_events", ["$a", { first: [9], count: 60 }], lit), "new");
  assert.equal(lightOf("events", [9], undefined), undefined);
});

test("columns lead where their names say, and 0 leads nowhere", () => {
  assert.deepEqual(targetOf("state_block_nids", 7), { table: "state_blocks", nid: 7 });
  assert.deepEqual(targetOf("prev_event_id", "$x"), { eventId: "$x" });
  assert.equal(targetOf("state_snapshot_nid", 0), undefined);
  assert.equal(targetOf("depth", 4), undefined);
  assert.equal(targetOf("hash", "$x"), undefined);
  assert.ok(leastWidth(["nid", "hash"]) > 200);
});

test("slots are named shortly", () => {
  assert.equal(slotName({ type: "m.room.member", stateKey: "@ada:alpha" }), "@ada");
  assert.equal(slotName({ type: "m.room.topic", stateKey: "" }), "topic");
  assert.equal(slotName({ type: "org.example.pin", stateKey: "y" }), "pin y");
  assert.equal(slotName({ type: "odd.", stateKey: "" }), "odd.");
});

test("a table is put in the order of a column, either way, and its rows are found there", () => {
  const { room, open } = opened("dense");
  const all = room.table("events").rows;
  const { columns } = room.table("events", { limit: 0 });
  for (const [column, key] of [
    ["depth", (row) => row[columns.indexOf("depth")]],
    ["event_id", (row) => row[columns.indexOf("event_id")]],
    ["auth_event_nids", (row) => row[columns.indexOf("auth_event_nids")].length],
  ]) {
    for (const descending of [false, true]) {
      const sort = { column, descending };
      const sign = descending ? -1 : 1;
      const wanted = all.toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a[0] - b[0]));
      const page = end(open.storage.page("events", 10, 300, sort));
      assert.ok(page.sortable && page.total === all.length);
      assert.deepEqual(
        page.rows.map(([nid]) => nid),
        wanted.slice(10).map(([nid]) => nid),
      );
      assert.equal(end(open.storage.place("events", wanted[7][0], sort)).index, 7);
    }
  }
  const unknown = end(open.storage.page("events", 0, 5, { column: "nothing", descending: false }));
  assert.deepEqual(
    unknown.rows.map(([nid]) => nid),
    all.slice(0, 5).map(([nid]) => nid),
  );
});
