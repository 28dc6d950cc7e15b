// Rooms among each other: comparing two servers' views of one, giving a room out as NDJSON, thin or whole, and as DOT,
// saving and loading it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Room, RoomscopeError } from "roomscope";
import { FORK, message, ndjson, ROOM_ID } from "./events.mjs";

const read = (name) => JSON.parse(gunzipSync(readFileSync(new URL(`../captures/${name}.json.gz`, import.meta.url))));
const ARRIVALS = { new: "live", old: "backfill", outlier: "outlier" };

/** A captured room, taken in as its server did. */
function replay(name) {
  const room = new Room();
  for (const { kind, pdu, state_before } of read(`dendrite/${name}`).steps) {
    room.add(pdu, { arrival: ARRIVALS[kind], ...(state_before ? { stateBefore: state_before } : {}) });
  }
  return room;
}

/** @param {Parameters<typeof Room.prototype.add>[0]} input */
function roomOf(input, options = {}) {
  const room = new Room(options);
  room.add(input);
  return room;
}

const lines = (bytes) => new TextDecoder().decode(bytes).split("\n").slice(0, -1);
const refused = (code) => (error) => error instanceof RoomscopeError && error.code === code;
const everything = (room) => room.timeline({ outliers: true });

test("two servers' views of one room: what each lacks, and no false difference", () => {
  const [here, there] = [replay("v10-s50-hs1"), replay("v10-s50-hs3")];
  const { onlyHere, onlyThere, differing, currentState } = here.compare(there);
  const [ours, theirs] = [everything(here), everything(there)];
  assert.deepEqual(
    onlyHere,
    ours.filter((id) => !there.has(id)),
  );
  assert.deepEqual(
    onlyThere,
    theirs.filter((id) => !here.has(id)),
  );
  assert.ok(onlyHere.length > 0, "the third server joined late");
  const parted = (id) => {
    const [a, b] = [here.event(id), there.event(id)];
    const verdicts = a.verdict !== b.verdict && a.verdict !== "outlier" && b.verdict !== "outlier";
    return verdicts || (a.stateId !== null && b.stateId !== null && a.stateId !== b.stateId);
  };
  const shared = ours.filter((id) => there.has(id));
  assert.deepEqual(
    differing.map(({ eventId }) => eventId),
    shared.filter(parted),
  );
  for (const { eventId, here: a, there: b } of differing) {
    assert.deepEqual([a, b], [here.event(eventId).verdict, there.event(eventId).verdict]);
  }
  const keyed = (entries) => new Map(entries.map(([type, key, id]) => [JSON.stringify([type, key]), id]));
  const [a, b] = [keyed(here.currentState()), keyed(there.currentState())];
  for (const [type, key] of currentState.removed) assert.ok(a.delete(JSON.stringify([type, key])));
  for (const [type, key, id] of currentState.added) a.set(JSON.stringify([type, key]), id);
  for (const { type, stateKey, from, to } of currentState.changed) {
    assert.equal(a.get(JSON.stringify([type, stateKey])), from);
    a.set(JSON.stringify([type, stateKey]), to);
  }
  assert.deepEqual(new Map([...a].sort()), new Map([...b].sort()));
});

test("where two rooms part, the first difference says how", () => {
  const ada = "@ada:example.org";
  const topic = (id, parents, depth) =>
    message(id, parents, { type: "m.room.topic", state_key: "", content: { topic: id }, depth });
  const events = [
    ...FORK.slice(0, 2),
    topic("$t1", ["$join"], 3),
    topic("$t2", ["$t1"], 4),
    message("$m", ["$t2"], { depth: 5 }),
  ];
  const here = roomOf(events);
  // The other server was told another state before the second topic, and has an event of its own.
  const there = roomOf(events.slice(0, 3));
  there.add(message("$own", ["$t1"], { depth: 4 }));
  there.add(events.slice(3), { stateBefore: ["$create", "$t1"] });
  const { onlyHere, onlyThere, differing, currentState } = here.compare(there);
  assert.deepEqual([onlyHere, onlyThere], [[], ["$own"]]);
  assert.deepEqual(
    differing.map(({ eventId, here, there }) => [eventId, here, there]),
    [
      ["$t2", "accepted", "rejected"],
      ["$m", "accepted", "rejected"],
    ],
  );
  assert.deepEqual(differing[0].state, {
    added: [],
    removed: [["m.room.member", ada, "$join"]],
    changed: [{ type: "m.room.topic", stateKey: "", from: "$t2", to: "$t1" }],
  });
  assert.equal(differing[0].state, differing[0].state);
  assert.deepEqual(JSON.parse(JSON.stringify(differing[0])).state, differing[0].state);
  assert.deepEqual(currentState.changed.length, 1);
  assert.deepEqual(here.compare(here), {
    onlyHere: [],
    onlyThere: [],
    differing: [],
    currentState: { added: [], removed: [], changed: [] },
  });
});

test("only one room's views can be compared", () => {
  const room = roomOf(FORK);
  assert.throws(() => room.compare(new Room({ roomId: "!else:example.org" })), refused("wrong-room"));
  assert.throws(() => room.compare(new Room({ roomVersion: "6" })), refused("wrong-room-version"));
  for (const other of [undefined, null, {}, "room"]) assert.throws(() => room.compare(other), refused("bad-argument"));
  const freed = new Room();
  freed.free();
  assert.throws(() => room.compare(freed), refused("freed"));
  assert.deepEqual(room.compare(new Room()).onlyHere, room.timeline());
});

test("toNdjson() gives the events out as they came, in the order in which they did", () => {
  const room = roomOf([...FORK].reverse());
  const { eventIds } = new Room().add([...FORK].reverse());
  assert.deepEqual(
    lines(room.toNdjson()).map((line) => JSON.parse(line)),
    eventIds.map((id) => FORK.find((event) => event.event_id === id)),
  );
  assert.deepEqual(
    lines(room.toNdjson({ eventIds: ["$c", "$create"] })).map((line) => JSON.parse(line).event_id),
    ["$c", "$create"],
  );
  assert.equal(room.toNdjson({ eventIds: [] }).length, 0);
  assert.equal(new Room().toNdjson().length, 0);
  assert.deepEqual(lines(roomOf(JSON.stringify(FORK, null, 2)).toNdjson()).length, FORK.length);
  assert.throws(() => room.toNdjson({ eventIds: ["$nowhere"] }), refused("unknown-event"));
  assert.throws(() => room.toNdjson({ eventIds: "$c" }), refused("bad-argument"));
  const without = roomOf(FORK, { keepJson: false });
  assert.throws(() => without.toNdjson(), refused("no-json"));
  assert.throws(() => without.toNdjson({ thin: true }), refused("no-json"));
  const headless = roomOf(FORK.slice(1));
  assert.equal(lines(headless.toNdjson()).length, 4);
  assert.throws(() => headless.toNdjson({ thin: true }), refused("no-room-version"));
});

test("a large room goes out in parts and comes out whole", () => {
  const events = [...FORK];
  for (let i = 0; i < 3000; i += 1) {
    events.push(message(`$m${i}`, ["$join"], { depth: 5, content: { body: "é".repeat(500) } }));
  }
  const room = roomOf(events);
  assert.equal(Buffer.compare(room.toNdjson(), ndjson(events)), 0);
  assert.equal(Buffer.compare(room.toNdjson({ eventIds: room.timeline({ order: "stream" }) }), ndjson(events)), 0);
});

test("a thinned room has the same ids, states and verdicts", () => {
  for (const name of ["v1-s1-hs1", "v6-s1-hs1", "v9-s1-hs1", "north-pier-v11-hs1", "north-pier-v12-hs1"]) {
    const room = roomOf(read(name).events.map((event) => event[7]));
    const [whole, thin] = [room.toNdjson(), room.toNdjson({ thin: true })];
    assert.ok(thin.length < whole.length);
    assert.doesNotMatch(new TextDecoder().decode(thin), /"(body|displayname|unsigned|topic)":/);
    const again = roomOf(thin);
    assert.deepEqual(
      again.rows({ outliers: true }).map(({ streamOrdering, ...info }) => info),
      roomOf(whole)
        .rows({ outliers: true })
        .map(({ streamOrdering, ...info }) => info),
    );
  }
});

test("toDot() draws events, edges and gaps", () => {
  const [create, join, , b, c] = FORK;
  const room = roomOf([create, join, b, c]);
  const dot = room.toDot();
  assert.match(dot, new RegExp(`^digraph "${ROOM_ID}" \\{`));
  for (const edge of ['"$b" -> "$join";', '"$c" -> "$a";']) assert.ok(dot.includes(edge), edge);
  assert.match(dot, /"\$a" \[label="not held"/);
  const part = room.toDot({ eventIds: ["$b", "$create"], cluster: "none" });
  assert.ok(!part.includes("->") && !part.includes("$join"));
  assert.throws(() => room.toDot({ eventIds: ["$nowhere"] }), refused("unknown-event"));
  assert.match(room.toDot({ cluster: "snapshot" }), /subgraph "cluster_2" \{\n {4}label="snapshot 2";\n {4}"\$join";/);
  assert.match(room.toDot({ cluster: "stateGroup" }), /label="state group 2";\n {4}"\$create";/);
  assert.throws(() => room.toDot({ cluster: "colour" }), refused("bad-argument"));
});

/** All that a room says of itself. */
function told(room) {
  const { layout, ...rest } = {
    id: room.roomId,
    version: room.roomVersion,
    rows: room.rows({ outliers: true }),
    stream: room.timeline({ order: "stream", outliers: true }),
    tips: room.forwardExtremities(),
    gaps: room.backwardExtremities(),
    current: room.currentState(),
    layout: room.layout(),
  };
  return { ...rest, states: rest.stream.map((id) => room.stateAfter(id)), lane: [...layout.lane] };
}

test("a saved room comes back, and goes on as the other does", () => {
  for (const name of ["v1-s1-hs2", "v10-s1-hs2", "north-pier-v12-hs3"]) {
    const room = replay(name);
    const bytes = room.save();
    const again = Room.load(bytes);
    assert.deepEqual(told(again), told(room));
    assert.equal(Buffer.compare(again.save(), bytes), 0);
    assert.equal(Buffer.compare(again.toNdjson(), room.toNdjson()), 0);
    const draft = { type: "m.room.message", sender: room.rows()[0].sender, content: {}, originServerTs: 5 };
    assert.deepEqual(again.send(draft), room.send(draft));
  }
  for (const room of [new Room({ roomVersion: "6", roomId: "!r:x" }), roomOf(FORK, { keepJson: false })]) {
    const again = Room.load(room.save());
    assert.deepEqual(told(again), told(room));
    assert.equal(again.pdu("$c"), undefined);
  }
});

test("a large room is saved in parts", () => {
  const events = [...FORK];
  for (let i = 0; i < 5000; i += 1) {
    events.push(message(`$m${i}`, ["$join"], { depth: 5, content: { body: "é".repeat(300) } }));
  }
  const room = roomOf(events);
  const again = Room.load(room.save());
  assert.equal(Buffer.compare(again.toNdjson(), room.toNdjson()), 0);
});

test("other bytes are no room", () => {
  const bytes = roomOf(FORK).save();
  assert.throws(() => Room.load(ndjson(FORK)), refused("not-a-save"));
  assert.throws(() => Room.load(new Uint8Array()), refused("not-a-save"));
  assert.throws(() => Room.load(bytes.subarray(0, bytes.length - 1)), refused("damaged-save"));
  assert.throws(() => Room.load(bytes.with(100, bytes[100] ^ 1)), refused("damaged-save"));
  assert.throws(() => Room.load(bytes.with(16, 2)), refused("unknown-save-form"));
  for (const other of [undefined, null, "room", [1], bytes.buffer]) {
    assert.throws(() => Room.load(other), refused("bad-argument"));
  }
  assert.equal(Room.load(bytes).size, FORK.length);
});
