// The class `Room` as JavaScript sees it: every call once with what it promises, and with what it refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Room, RoomscopeError } from "roomscope";
import { captured } from "./command.mjs";
import { FORK, message, ndjson, ROOM_ID } from "./events.mjs";

const IDS = FORK.map((event) => event.event_id);

/** @returns {Room} a room with the events of the fork */
function forked() {
  const room = new Room();
  room.add(ndjson(FORK));
  return room;
}

/** @param {string} code */
const refused = (code) => (error) =>
  error instanceof RoomscopeError && error.name === "RoomscopeError" && error.code === code;

test("bytes, text, a list of events and one event after the other make the same room", () => {
  const bytes = ndjson(FORK);
  const inputs = [bytes, new TextDecoder().decode(bytes), FORK, JSON.stringify(FORK)];
  for (const input of inputs) {
    const room = new Room();
    const report = room.add(input);
    assert.deepEqual(report.eventIds, IDS);
    assert.deepEqual(room.forwardExtremities(), ["$c", "$b"]);
  }
  const room = new Room();
  for (const event of FORK) room.add(event);
  assert.deepEqual(room.timeline(), IDS);
});

test("the report counts what came of each event", () => {
  const room = new Room();
  const { eventIds, problems, ...counts } = room.add([...FORK, FORK[2]]);
  assert.deepEqual(eventIds, IDS);
  assert.deepEqual(problems, []);
  assert.deepEqual(counts, { added: 5, duplicates: 1, accepted: 5, softFailed: 0, rejected: 0, outliers: 0 });
  assert.equal(room.add(FORK).duplicates, 5);
  assert.equal(room.size, 5);
});

test("events() goes through the room one by one, as rows() has it", () => {
  const room = forked();
  for (const options of [{}, { direction: "b" }, { offset: 1, limit: 3 }, { limit: 0 }, { offset: 9 }]) {
    assert.deepEqual([...room.events(options)], room.rows(options));
  }
  const long = Array.from({ length: 3000 }, (_, i) =>
    message(`$m${i}`, [i === 0 ? "$c" : `$m${i - 1}`], { depth: 5 + i }),
  );
  room.add(long);
  assert.deepEqual(
    Array.from(room.events(), (event) => event.eventId),
    room.timeline(),
  );
  const part = { offset: 100, limit: 2048 };
  assert.deepEqual(
    Array.from(room.events(part), (event) => event.eventId),
    room.timeline(part),
  );
});

test("a room is iterated over event by event", () => {
  const room = forked();
  assert.deepEqual(
    [...room].map(({ eventId }) => eventId),
    room.timeline(),
  );
});

test("parents may come after their children", () => {
  const room = new Room();
  room.add([...FORK].reverse());
  // Equally deep events come in the order in which they were taken in.
  assert.deepEqual(room.timeline(), ["$create", "$join", "$b", "$a", "$c"]);
  assert.deepEqual(room.forwardExtremities(), ["$c", "$b"]);
});

test("what cannot be read is a problem with its place; the rest is added", () => {
  const lines = FORK.map((event) => JSON.stringify(event));
  lines.splice(3, 0, '{"type": "m.room.message"', '"no event"', JSON.stringify(message("$d", ["$a"], { depth: -1 })));
  const room = new Room();
  const report = room.add(lines.join("\n"));
  assert.equal(report.added, 5);
  assert.deepEqual(
    report.problems.map(({ at, code }) => [at, code]),
    [
      [4, "bad-json"],
      [5, "not-an-event"],
      [6, "bad-depth"],
    ],
  );
  for (const { message } of report.problems) assert.match(message, /\w/);
});

test("the id of an event without one is computed", () => {
  const [create] = FORK;
  const { event_id: _, ...withoutId } = create;
  const [id] = new Room().add(withoutId).eventIds;
  assert.match(id, /^\$[\w-]{43}$/);
  // With verify, the id that was made up is found out, and kept.
  const { problems, eventIds } = new Room().add(create, { verify: true });
  assert.deepEqual(
    problems.map(({ code, eventId }) => [code, eventId]),
    [["id-mismatch", "$create"]],
  );
  assert.deepEqual(eventIds, ["$create"]);
});

test("event() tells all about an event, and undefined of one that is not held", () => {
  const room = forked();
  assert.deepEqual(room.event("$c"), {
    eventId: "$c",
    type: "m.room.message",
    stateKey: null,
    sender: "@ada:example.org",
    originServerTs: 1_700_000_000_000,
    depth: 4,
    streamOrdering: 5,
    arrival: "live",
    prevEvents: ["$a"],
    authEvents: ["$create", "$join"],
    verdict: "accepted",
    ...pick(room.event("$c"), ["stateId", "reason"]),
  });
  assert.equal(room.event("$create").stateKey, "");
  assert.equal(room.event("$nowhere"), undefined);
  assert.equal(room.has("$c"), true);
  assert.equal(room.has("$nowhere"), false);
});

/** Members that the state engine adds are tested with it. */
function pick(object, names) {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]));
}

test("pdu() returns the event as it came, unless the room does not keep it", () => {
  assert.deepEqual(forked().pdu("$c"), FORK[4]);
  assert.equal(forked().pdu("$nowhere"), undefined);
  const room = new Room({ keepJson: false });
  room.add(FORK);
  assert.equal(room.pdu("$c"), undefined);
  assert.equal(room.event("$c")?.depth, 4);
});

test("forgetJson() lets go of what has come, and of what is coming", async () => {
  const room = new Room();
  room.add(FORK.slice(0, 3));
  room.forgetJson();
  room.add(FORK.slice(3));
  assert.equal(room.size, FORK.length);
  assert.deepEqual(
    FORK.map(({ event_id: id }) => room.pdu(id)),
    FORK.map(() => undefined),
  );
  const { model, total } = room.memoryBytes();
  assert.equal(total, model);
  assert.throws(() => room.toNdjson(), { name: "RoomscopeError", code: "no-json" });
  const kept = new Room();
  kept.add(FORK);
  assert.deepEqual(room.currentState(), kept.currentState());

  // In the middle of an input.
  const reading = new Room();
  await reading.addAsync(
    (async function* () {
      for (const event of FORK) {
        yield new TextEncoder().encode(`${JSON.stringify(event)}\n`);
        if (event.event_id === "$c") reading.forgetJson();
      }
    })(),
  );
  assert.equal(reading.memoryBytes().total, reading.memoryBytes().model);
});

test("the room's id and version come from its create event or its options", () => {
  const room = new Room();
  assert.equal(room.roomId, undefined);
  assert.equal(room.roomVersion, undefined);
  room.add(FORK);
  assert.equal(room.roomId, ROOM_ID);
  assert.equal(room.roomVersion, "11");
  assert.equal(new Room({ roomVersion: "6" }).roomVersion, "6");
});

test("timeline() pages in both orders and directions", () => {
  const room = new Room();
  room.add(FORK);
  room.add(message("$early", ["$create"], { depth: 2 }));
  assert.deepEqual(room.timeline(), ["$create", "$join", "$early", "$a", "$b", "$c"]);
  assert.deepEqual(room.timeline({ order: "stream" }), ["$create", "$join", "$a", "$b", "$c", "$early"]);
  assert.deepEqual(room.timeline({ direction: "b", limit: 2 }), ["$c", "$b"]);
  assert.deepEqual(room.timeline({ offset: 4 }), ["$b", "$c"]);
  assert.deepEqual(room.timeline({ offset: 100 }), []);
  assert.deepEqual(room.timeline({ limit: Number.POSITIVE_INFINITY }), room.timeline());
  assert.deepEqual(
    room.rows({ offset: 1, limit: 2 }).map(({ eventId }) => eventId),
    ["$join", "$early"],
  );
});

test("gaps are told with what is missing, and close", () => {
  const room = new Room();
  const [create, join, a, b, c] = FORK;
  room.add([create, join, b, c]);
  assert.deepEqual(room.backwardExtremities(), [{ eventId: "$c", missing: ["$a"] }]);
  assert.equal(room.event("$c").verdict, "outlier");
  room.add(a);
  assert.deepEqual(room.backwardExtremities(), []);
  assert.equal(room.event("$c").verdict, "accepted");
  assert.deepEqual(room.forwardExtremities(), ["$c", "$b"]);
  assert.deepEqual(room.nextPrevEvents(), ["$c", "$b"]);
});

test("authChain() follows the auth events", () => {
  const room = forked();
  assert.deepEqual(room.authChain(["$c"]), ["$create", "$join"]);
  assert.deepEqual(room.authChain([]), []);
  assert.throws(() => room.authChain(["$nowhere"]), refused("unknown-event"));
});

test("layout() is columns, a row an event, with one edge a parent", () => {
  const { eventCount, lane, laneCount, edgeFrom, edgeTo, edgeLane } = forked().layout();
  assert.equal(eventCount, 5);
  for (const column of [lane, edgeFrom, edgeTo, edgeLane]) assert.ok(column instanceof Uint32Array);
  assert.equal(lane.length, 5);
  assert.equal(laneCount, 2);
  const edges = Array.from(edgeFrom, (from, i) => [IDS[from], IDS[edgeTo[i]]]).sort();
  assert.deepEqual(edges, [
    ["$a", "$join"],
    ["$b", "$join"],
    ["$c", "$a"],
    ["$join", "$create"],
  ]);
  assert.notEqual(lane[2], lane[3]);
});

test("columns() tells of each row of the layout what event() tells", () => {
  const room = forked();
  const columns = room.columns();
  const verdicts = ["outlier", "accepted", "soft-failed", "rejected"];
  const told = Array.from(columns.type, (type, row) => ({
    type: columns.types[type],
    stateKey: columns.stateKey[row] === 0 ? null : columns.strings[columns.stateKey[row]],
    sender: columns.strings[columns.sender[row]],
    depth: columns.depth[row],
    verdict: verdicts[columns.verdict[row]],
    parents: columns.parentCount[row],
  }));
  const wanted = room.rows().map(({ type, stateKey, sender, depth, verdict, prevEvents }) => ({
    type,
    stateKey,
    sender,
    depth,
    verdict,
    parents: prevEvents.length,
  }));
  assert.deepEqual(told, wanted);
  assert.ok(told.some(({ stateKey }) => stateKey === null) && told.some(({ stateKey }) => stateKey === ""));
});

test("memoryBytes() grows with the room", () => {
  const { model, total } = forked().memoryBytes();
  assert.ok(model > 0 && total >= model + ndjson(FORK).length / 2);
});

test("what makes no sense as an argument is refused, and costs nothing", () => {
  const room = forked();
  const calls = [
    () => room.has(5),
    () => room.event(undefined),
    () => room.event({}),
    () => room.pdu(null),
    () => room.authChain("$c"),
    () => room.authChain([1]),
    () => room.timeline({ limit: -1 }),
    () => room.timeline({ offset: 1.5 }),
    () => room.timeline({ order: "sideways" }),
    () => room.rows({ direction: "up" }),
    () => room.add(5),
    () => room.add(undefined),
    () => room.add(FORK, { arrival: "late" }),
    () => room.add(FORK, { order: "none" }),
    () => room.add(FORK, { stateBefore: "$create" }),
    () => new Room({ auth: "maybe" }),
    () => new Room({ roomVersion: 11 }),
    () => new Room({ roomId: {} }),
    () => new Room(null),
    () => new Room("11"),
    () => room.add(FORK, null),
    () => room.timeline(null),
    () => room.timeline({ order: Object.create(null) }),
    () => room.timeline({ limit: Object.create(null) }),
    () => [...room.events("stream")],
    () => room.merges(null),
    () => room.table("events", 5),
    () => room.compressStateGroups(null),
    () => room.toDot(null),
    () => room.toNdjson("$c"),
  ];
  for (const call of calls) assert.throws(call, refused("bad-argument"), String(call));
  assert.throws(() => new Room({ roomVersion: "99" }), refused("unknown-room-version"));
  assert.deepEqual(room.timeline(), IDS);
});

test("a room that is disposed of is freed", () => {
  const room = forked();
  room[Symbol.dispose]();
  assert.throws(() => room.size, refused("freed"));
});

test("a version 12 create event may have the room id that client APIs add, if it is the room's", () => {
  const events = captured("v12-s1-hs1").toString().trimEnd().split("\n").map(JSON.parse);
  const [wire, api, foreign] = [new Room(), new Room(), new Room()];
  wire.add(events);
  const served = (room_id) => events.map((event) => (event.type === "m.room.create" ? { ...event, room_id } : event));
  assert.ok(events.every(({ type, room_id }) => (room_id === undefined) === (type === "m.room.create")));

  assert.deepEqual(api.add(served(wire.roomId), { verify: true }).problems, []);
  assert.equal(api.roomId, wire.roomId);
  const [create] = new TextDecoder().decode(api.toNdjson({ thin: true })).split("\n", 1);
  assert.ok(!("room_id" in JSON.parse(create)), "as servers take it");
  assert.deepEqual(api.rows({ outliers: true }), wire.rows({ outliers: true }));
  assert.deepEqual(api.currentState(), wire.currentState());

  const { problems } = foreign.add(served("!another"));
  assert.deepEqual(
    problems.map(({ code, eventId, message }) => [code, eventId, message]),
    [["wrong-room", wire.timeline()[0], `the event belongs to room "!another", this is "${wire.roomId}"`]],
  );
});

test("the second copy of redacts that client APIs add from version 11 on is no change to the event", () => {
  const events = captured("v11-s1-hs1").toString().trimEnd().split("\n").map(JSON.parse);
  const redacted = ({ type }) => type === "m.room.redaction";
  assert.ok(events.some((event) => redacted(event) && event.redacts === undefined));
  const served = (change) => events.map((event) => (redacted(event) ? { ...event, ...change(event) } : event));
  const codes = (change) => new Room().add(served(change), { verify: true }).problems.map(({ code }) => code);
  const asTheyAre = codes(() => ({}));
  assert.deepEqual(
    codes(({ content }) => ({ redacts: content.redacts })),
    asTheyAre,
  );
  const changed = codes(({ content }) => ({ redacts: content.redacts, depth: 1 }));
  assert.equal(changed.length, asTheyAre.length + events.filter(redacted).length, "a change is one all the same");
});

test("pages of a timeline with outliers are parts of it, and follow the room", () => {
  const room = forked();
  const pages = (order) =>
    Array.from({ length: room.size }, (_, offset) => room.timeline({ order, outliers: true, offset, limit: 1 })).flat();
  const whole = (order) => room.timeline({ order, outliers: true });
  room.add(message("$apart", ["$gone"], { depth: 2 }), { arrival: "outlier" });
  for (const next of ["$d", "$e"]) {
    for (const order of ["topological", "stream"]) {
      assert.deepEqual(pages(order), whole(order));
      assert.equal(whole(order).length, room.size);
      assert.ok(whole(order).includes("$apart") && !room.timeline({ order }).includes("$apart"));
    }
    room.add(message(next, ["$c"], { depth: 5 }));
    assert.ok(whole("stream").at(-1) === next && whole("topological").at(-1) === next);
  }
});

test("a file of something else is read to its end, and its problems beyond 100,000 are counted", () => {
  const room = new Room();
  const report = room.add(Buffer.from("x\n".repeat(100_500)));
  assert.deepEqual([report.problems.length, report.moreProblems, report.added], [100_000, 500, 0]);
  assert.equal(forked().add("x").moreProblems, undefined);
});
