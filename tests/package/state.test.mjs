// Questions about state as JavaScript asks them, on a room as a real server stored it and on one made by sending.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Room, RoomscopeError } from "roomscope";

const read = (name) => JSON.parse(gunzipSync(readFileSync(new URL(`../captures/${name}.json.gz`, import.meta.url))));

/** A room founded on the server that captured it: everything was live. */
const capture = read("north-pier-v11-hs1");

function northPier() {
  const room = new Room();
  room.add(capture.events.map((event) => event[7]));
  return room;
}

/** The state that a state group unfolds to, sorted. */
function unfold(group) {
  const groups = new Map(capture.groups.map(([id, , previous, rows]) => [id, { previous, rows }]));
  const state = new Map();
  for (let next = groups.get(group); next !== undefined; next = groups.get(next.previous)) {
    for (const [type, key, id] of next.rows) {
      const slot = JSON.stringify([type, key]);
      if (!state.has(slot)) state.set(slot, [type, key, id]);
    }
  }
  return [...state.values()].sort();
}

const refused = (code) => (error) => error instanceof RoomscopeError && error.code === code;

test("the state after every event is the server's, and equal states have equal ids", () => {
  const room = northPier();
  const byId = new Map();
  for (const [id, group] of capture.event_group) {
    const state = room.stateAfter(id).sort();
    assert.deepEqual(state, unfold(group), id);
    const { stateId } = room.event(id);
    assert.match(stateId, /^[0-9a-f]{32}$/);
    assert.deepEqual(byId.get(stateId) ?? state, state);
    byId.set(stateId, state);
  }
  assert.deepEqual(room.currentState().sort(), [...capture.current].sort());
  assert.deepEqual(
    room
      .rows({ outliers: true })
      .filter((event) => event.verdict === "soft-failed")
      .map((event) => event.eventId)
      .sort(),
    capture.events
      .filter((event) => event[5])
      .map((event) => event[0])
      .sort(),
  );
});

test("two servers' views of one room agree where both know the state", () => {
  const [here, there] = [northPier(), new Room()];
  // The second server joined later: it was given outliers, then the state before its join.
  const arrivals = { new: "live", old: "backfill", outlier: "outlier" };
  for (const { kind, pdu, state_before } of read("dendrite/north-pier-v11-hs2").steps) {
    there.add(pdu, { arrival: arrivals[kind], ...(state_before ? { stateBefore: state_before } : {}) });
  }
  const known = there.rows().filter((event) => event.stateId !== null && here.has(event.eventId));
  for (const { eventId, stateId } of known) assert.equal(here.event(eventId).stateId, stateId);
  assert.ok(known.length > 150, `${known.length} of ${there.size} states compared`);
});

test("a merge is explained, and what it decided is its state", () => {
  const room = northPier();
  const merges = room.rows().filter((event) => event.prevEvents.length > 1);
  const conflicts = merges
    .map((event) => [event, room.explain(event.eventId)])
    .filter(([, told]) => told.conflicted.length > 0);
  assert.ok(merges.length > 5 && conflicts.length > 1, `${merges.length} merges, ${conflicts.length} with conflicts`);
  for (const [event, told] of conflicts) {
    assert.equal(told.algorithm, "v2");
    assert.ok(told.parents.length > 1 && told.steps.length > 0);
    assert.deepEqual(told.result, room.stateBefore(event.eventId));
    for (const { type, stateKey, candidates, winner } of told.conflicted) {
      const entry = told.result.find((entry) => entry[0] === type && entry[1] === stateKey);
      assert.equal(entry?.[2] ?? null, winner);
      assert.ok(candidates.length > 0);
    }
    for (const step of told.steps) {
      assert.equal(typeof step.keys.originServerTs, "number");
      assert.equal(step.reason !== undefined, step.outcome === "denied");
    }
    assert.deepEqual(room.resolve(event.prevEvents), told);
  }
});

test("differences and histories", () => {
  const room = northPier();
  const [first, last] = [room.timeline()[0], room.forwardExtremities()[0]];
  const diff = room.stateDiff(first, last);
  assert.equal(diff.added.length + 1, room.stateAfter(last).length);
  assert.deepEqual(room.stateDiff(last, first).removed, diff.added);
  assert.deepEqual(room.stateDiff(null, first), { added: room.stateAfter(first), removed: [], changed: [] });
  const history = room.stateHistory("m.room.topic", "");
  assert.ok(history.length > 0);
  for (const { eventId, value, cause } of history) {
    const entry = (cause === "set" ? room.stateAfter(eventId) : room.stateBefore(eventId)).find(
      ([type, key]) => type === "m.room.topic" && key === "",
    );
    assert.equal(entry?.[2] ?? null, value);
    if (cause === "set") assert.equal(value, eventId);
  }
  assert.deepEqual(room.stateHistory("no.such.type", ""), []);
});

test("a key's value along the room is what each state has", () => {
  const torn = new Room();
  torn.add(capture.events.map((event) => event[7]).filter((_, index) => index !== 20));
  for (const room of [northPier(), torn]) {
    for (const [type, key] of [
      ["m.room.topic", ""],
      ["m.room.power_levels", ""],
      ["no.such.type", ""],
    ]) {
      const { values, eventIds } = room.slotValues(type, key);
      assert.equal(values.length, room.layout().eventCount);
      room.timeline().forEach((id, row) => {
        const state = room.stateAfter(id);
        const entry = state?.find(([of, at]) => of === type && at === key);
        const told = values[row] === 0xffff_ffff ? undefined : (eventIds[values[row] - 1] ?? null);
        assert.equal(told, state === undefined ? undefined : (entry?.[2] ?? null));
      });
    }
  }
  assert.throws(() => torn.slotValues("m.room.topic"), refused("bad-argument"));
});

test("merges are told as their explanations tell them", () => {
  const room = northPier();
  const { rows, conflicted, resets } = room.merges();
  const ids = room.timeline();
  const merges = ids.flatMap((id, row) => (room.event(id).prevEvents.length > 1 ? [row] : []));
  assert.deepEqual([...rows], merges);
  rows.forEach((row, index) => {
    const told = room.explain(ids[row]);
    assert.equal(conflicted[index], told.conflicted.length);
    assert.equal(resets[index], told.conflicted.filter((each) => each.reset).length);
  });
  const half = Math.floor(ids.length / 2);
  const parts = [room.merges({ limit: half }), room.merges({ offset: half })];
  assert.deepEqual(
    parts.flatMap((part) => [...part.rows]),
    merges,
  );
  assert.throws(() => room.merges({ offset: -1 }), refused("bad-argument"));
});

test("events are sent as a server would send them, and judged like any other", () => {
  for (const room_version of ["1", "6", "11", "12"]) {
    const room = new Room();
    const ada = "@ada:alpha.example";
    const create = room.send({
      type: "m.room.create",
      stateKey: "",
      sender: ada,
      content: { room_version, creator: ada },
    });
    room.send({ type: "m.room.member", stateKey: ada, sender: ada, content: { membership: "join" } });
    const topic = room.send({
      type: "m.room.topic",
      stateKey: "",
      sender: ada,
      content: { topic: "Tides" },
      originServerTs: 5,
    });
    assert.deepEqual([topic.verdict, topic.depth, topic.originServerTs], ["accepted", 3, 5]);
    assert.equal(topic.authEvents.includes(create.eventId), room_version !== "12");
    const stranger = room.send({ type: "m.room.message", sender: "@bo:beta.example", content: { body: "hello" } });
    assert.equal(stranger.verdict, "rejected");
    assert.match(stranger.reason, /@bo:beta\.example/);
    assert.deepEqual(room.forwardExtremities(), [topic.eventId]);
    // What was made is a PDU that verifies.
    const again = new Room();
    const report = again.add(
      room.timeline().map((id) => room.pdu(id)),
      { verify: true },
    );
    assert.deepEqual([report.problems, report.added], [[], 4]);
    assert.equal(again.event(topic.eventId).stateId, topic.stateId);
  }
});

test("what cannot be answered says why", () => {
  const room = northPier();
  assert.equal(room.stateAfter("$nowhere"), undefined);
  assert.throws(() => room.explain("$nowhere"), refused("unknown-event"));
  assert.throws(() => room.stateDiff("$nowhere", null), refused("unknown-event"));
  assert.throws(() => room.stateAfter(7), refused("bad-argument"));
  assert.throws(() => room.resolve("$x"), refused("bad-argument"));
  assert.throws(() => room.send({ type: "m.room.message", sender: 5, content: {} }), refused("bad-argument"));
  const circular = {};
  circular.self = circular;
  for (const content of [{ count: 1n }, circular, undefined, 5, "text", null, []]) {
    const draft = { type: "m.room.message", sender: "@a:x", content };
    assert.throws(() => room.send(draft), refused("bad-argument"), String(typeof content));
  }
  for (const draft of [undefined, null, "m.room.message"])
    assert.throws(() => room.send(draft), refused("bad-argument"));
  assert.throws(
    () => new Room().send({ type: "m.room.message", sender: "@a:x", content: {} }),
    refused("no-room-version"),
  );
  const torn = new Room();
  torn.add(capture.events.map((event) => event[7]).filter((_, index) => index !== 20));
  const waiting = torn.rows().find((event) => event.verdict === "outlier");
  assert.match(waiting.reason, /is not held$/);
  assert.equal(torn.stateAfter(waiting.eventId), undefined);
  assert.throws(() => torn.stateDiff(null, waiting.eventId), refused("unknown-state"));
});
