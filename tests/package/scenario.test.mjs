// TARDIS scenarios: what people write by hand, made into a room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Room, RoomscopeError } from "roomscope";

/** As somebody would write it: JSON5 all over, times left out, placeholders for ids. */
const FORK = `
// A fork that sets the name twice.
{
  tardis_version: 1,
  room_id: '!fork:tardis',
  calculate_event_ids: true, /* ids as a server would make them */
  events: [
    { type: 'm.room.create', state_key: '', sender: '@ada:tardis', content: { creator: '@ada:tardis' },
      prev_events: [], auth_events: [], event_id: '$CREATE' },
    { type: 'm.room.member', state_key: '@ada:tardis', sender: '@ada:tardis', content: { membership: 'join', },
      prev_events: ['$CREATE'], auth_events: ['$CREATE'], event_id: '$ADA' },
    { type: 'm.room.name', state_key: '', sender: '@ada:tardis', content: { name: "Ada's \\
room" }, prev_events: ['$ADA'], auth_events: ['$CREATE', '$ADA'], event_id: '$NAME1' },
    { type: 'm.room.name', state_key: '', sender: '@ada:tardis', content: { name: 'Room', n: +0x10 },
      prev_events: ['$ADA'], auth_events: ['$CREATE', '$ADA'], event_id: '$NAME2', origin_server_ts: 1704067281337 },
    { type: 'm.room.message', sender: '@ada:tardis', content: { body: 'merged' },
      prev_events: ['$NAME1', '$NAME2'], auth_events: ['$CREATE', '$ADA'], event_id: '$MERGE' },
  ],
  annotations: { title: 'A fork', events: { $MERGE: 'here' } },
}`;
/** What TARDIS computes for it. */
const IDS = [
  "$26yvcUqe14wV9wqUdaws8z7_ALmvo4DeHfp5ZkGnnDI",
  "$Gk57iDMlD1oVoWoz0Ka5285bfYYMr9lrGc1NjEZktI4",
  "$Saqq43lSGybHTKii17co6C9UWPxd0ao7fJgbz3AEe6w",
  "$uW3urqkxSDquj4-ykSGz841xY48SF4jgehpTUmYyf0c",
  "$bJr9tUtVk-CUyt6h7qgKy9ReqN2gJEuegtu0I9qCKao",
];

/** @param {string} text */
function read(text) {
  const room = new Room();
  return { room, report: room.add(text) };
}

/** @param {object} scenario */
const events = (scenario) => ({ tardis_version: 1, room_id: "!r:x", ...scenario });
const create = { type: "m.room.create", state_key: "", sender: "@a:x", content: { creator: "@a:x" }, event_id: "$c" };
const joined = { type: "m.room.member", state_key: "@a:x", sender: "@a:x", content: { membership: "join" } };
const ROOT = { ...create, prev_events: [], auth_events: [] };
const JOIN = { ...joined, event_id: "$j", prev_events: ["$c"], auth_events: ["$c"] };
/** @param {string} id @param {string[]} prev @param {object} [more] */
const word = (id, prev, more) => ({
  ...{ type: "m.room.message", sender: "@a:x", content: { body: id }, event_id: id },
  ...{ prev_events: prev, auth_events: ["$c", "$j"], ...more },
});

test("ids are those that TARDIS computes, and names follow them", () => {
  const { room, report } = read(FORK);
  assert.deepEqual(report.problems, []);
  assert.deepEqual([report.added, report.accepted], [5, 5]);
  assert.deepEqual(report.eventIds, IDS);
  const rows = report.eventIds.map((id) => room.event(id));
  assert.deepEqual(
    rows.map(({ prevEvents }) => prevEvents.map((id) => report.eventIds.indexOf(id))),
    [[], [0], [1], [1], [2, 3]],
  );
  assert.deepEqual(
    rows.map(({ depth }) => depth),
    [1, 2, 3, 3, 4],
  );
  assert.equal(room.roomVersion, "10");
  assert.equal(room.roomId, "!fork:tardis");
  assert.deepEqual(room.pdu(IDS[2]).content, { name: "Ada's room" });
  assert.deepEqual(room.pdu(IDS[3]).content, { name: "Room", n: 16 });
});

test("times that are left out go on from the last one, a second each", () => {
  const { room, report } = read(FORK);
  const start = Date.UTC(2024, 0, 1);
  assert.deepEqual(
    report.eventIds.map((id) => room.event(id).originServerTs),
    [start, start + 1000, start + 2000, 1704067281337, 1704067282337],
  );
});

test("a text, bytes, an object and chunks of any size make the same room", async () => {
  const scenario = events({ events: [ROOT, JOIN, word("$1", ["$j"])] });
  const text = `\uFEFF  // first\n${JSON.stringify(scenario)}`;
  const bytes = new TextEncoder().encode(text);
  const expected = new Room().add(text);
  assert.deepEqual(expected.eventIds, ["$c", "$j", "$1"]);
  assert.deepEqual(new Room().add(bytes), expected);
  assert.deepEqual(new Room().add(scenario), expected);
  for (const size of [1, 7, 1000]) {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    assert.deepEqual(await new Room().addAsync(pieces()), expected);
  }
  assert.deepEqual(await new Room().addAsync(new Blob([bytes])), expected);
});

test("without calculate_event_ids placeholders stay, in any order of the events", () => {
  const { room, report } = read(
    JSON.stringify(events({ events: [word("$2", ["$1"]), word("$1", ["$j"]), JOIN, ROOT] })),
  );
  assert.deepEqual(report.problems, []);
  assert.equal(report.accepted, 4);
  assert.deepEqual(room.timeline(), ["$c", "$j", "$1", "$2"]);
  assert.deepEqual(
    room.timeline().map((id) => room.event(id).depth),
    [1, 2, 3, 4],
  );
});

test("the room version is the scenario's, else the create event's, else 10; an option goes before", () => {
  const version = (scenario, options) => {
    const room = new Room(options);
    room.add(events({ events: [{ ...ROOT, content: { creator: "@a:x", ...scenario.content } }], ...scenario.more }));
    return room.roomVersion;
  };
  assert.equal(version({ more: { room_version: "6" }, content: { room_version: "9" } }), "6");
  assert.equal(version({ more: { room_version: 6 } }), "6");
  assert.equal(version({ content: { room_version: "9" } }), "9");
  assert.equal(version({}), "10");
  assert.equal(version({ more: { room_version: "6" } }, { roomVersion: "8" }), "8");
  assert.throws(
    () => version({ more: { room_version: "99" } }),
    (error) => error instanceof RoomscopeError && error.code === "unknown-room-version",
  );
});

test("in version 12 the room id is the create event's", () => {
  const own = { ...JOIN, auth_events: [] };
  const scenario = events({ room_version: "12", events: [{ ...ROOT, content: {}, room_id: "!r:x" }, own] });
  for (const calculate_event_ids of [true, false]) {
    const room = new Room();
    const report = room.add({ ...scenario, calculate_event_ids });
    assert.deepEqual(report.problems, []);
    assert.equal(report.accepted, 2);
    assert.equal(room.roomId, report.eventIds[0].replace("$", "!"));
  }
});

test("a scenario goes on where the room is", () => {
  const room = new Room();
  room.add(events({ events: [ROOT, JOIN] }));
  const report = room.add(events({ events: [word("$1", ["$j"])] }));
  assert.deepEqual([report.accepted, room.event("$1").depth], [1, 3]);
  const saved = Room.load(room.save());
  assert.deepEqual(saved.rows(), room.rows());
});

test("precalculated_state_after is the state after an event", () => {
  const name = (id, prev) => word(id, prev, { type: "m.room.name", state_key: "", content: { name: id } });
  const scenario = events({
    events: [ROOT, JOIN, name("$n1", ["$j"]), word("$m", ["$n1"]), name("$n2", ["$m"]), word("$e", ["$n2"])],
    precalculated_state_after: { $m: ["$c", "$j"], $n2: ["$c", "$j", "$n2"], $n1: ["$c", "$j"], $no: [], $e: ["$m"] },
  });
  const room = new Room();
  const report = room.add(scenario);
  const ids = (entries) => entries.map(([, , id]) => id).sort();
  assert.deepEqual(ids(room.stateAfter("$n1")), ["$c", "$j", "$n1"]);
  assert.deepEqual(ids(room.stateBefore("$m")), ["$c", "$j"]);
  assert.deepEqual(ids(room.stateAfter("$m")), ["$c", "$j"]);
  assert.deepEqual(ids(room.stateAfter("$n2")), ["$c", "$j", "$n2"]);
  assert.deepEqual(
    report.problems.map(({ at, eventId, code }) => [at, eventId, code]),
    [
      [1, "$no", "bad-field"],
      [3, "$n1", "bad-field"],
      [6, "$e", "bad-field"],
    ],
  );
});

test("what is wrong with a scenario is told with its place", () => {
  const problems = (text) => read(text).report.problems.map(({ at, code }) => [at, code]);
  assert.deepEqual(problems("{ events: [\n  { type: 'x' ]\n}"), [[2, "bad-json"]]);
  assert.deepEqual(problems("{ events: ['\n'] }"), [[1, "bad-json"]]);
  assert.deepEqual(problems("{ events: [NaN] }"), [[1, "bad-json"]]);
  assert.deepEqual(problems("{ events: [0x, 1] }"), [[1, "bad-json"]]);
  assert.deepEqual(problems("{ events: [] } more"), [[1, "bad-json"]]);
  assert.deepEqual(problems("{ events: [ /* }"), [[1, "bad-json"]]);
  assert.deepEqual(problems(`{ events: ${"[".repeat(5000)}`), [[1, "bad-json"]]);
  assert.deepEqual(problems(`{ "events": [{"type": ${"[".repeat(5000)}${"]".repeat(5000)}}]}`), [[1, "too-deep"]]);
  assert.deepEqual(problems("{ tardis_version: 1 }"), [[1, "missing-field"]]);
  assert.deepEqual(problems("{ 'tardis_version': 1, events: {} }"), [[1, "missing-field"]]);
  const bad = events({ events: [ROOT, 5, { ...JOIN, type: undefined }, null, { ...JOIN, content: undefined }] });
  assert.deepEqual(problems(JSON.stringify(bad)), [
    [2, "not-an-event"],
    [3, "missing-field"],
    [4, "not-an-event"],
    [5, "missing-field"],
  ]);
  assert.deepEqual(
    new Room().add(new Uint8Array([123, 97, 58, 255])).problems.map(({ code }) => code),
    ["bad-utf8"],
  );
});

test("what an event has for its first key decides that it is no scenario", () => {
  const event = { room_id: "!r:x", unknown: 'a, " b', ...ROOT, depth: 1, origin_server_ts: 1 };
  for (const input of [JSON.stringify(event), JSON.stringify(event, null, 2), `\n\n${JSON.stringify(event)}`]) {
    assert.deepEqual(read(input).report.eventIds, ["$c"]);
  }
});

test("ids of a scenario are not checked", () => {
  const room = new Room();
  const report = room.add(events({ events: [ROOT, JOIN] }), { verify: true });
  assert.deepEqual(report.problems, []);
});
