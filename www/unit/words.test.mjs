// What rows say: JSON as text, short ids, events in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Room } from "roomscope";
import { load, random } from "./load.mjs";

const { pduJson, prettyJson } = await load("worker/json.ts");
const { RowIds } = await load("worker/ids.ts");
const { describe } = await load("worker/describe.ts");
const { eventsNamed } = await load("worker/named.ts");
const { OpenRoom } = await load("worker/room.ts");
const { rowTime, spanOf, splitUser } = await load("format.ts");

test("JSON reads back as it was", () => {
  for (const value of [
    {},
    [],
    { a: [], b: {}, c: [1, -2, 3.5, 1e21, true, false, null], d: { e: "“x”" } },
    "plain",
    JSON.parse('{"__proto__": {"x": 1}, "constructor": [null]}'),
  ]) {
    assert.deepEqual(JSON.parse(prettyJson(value)), value);
    assert.deepEqual(JSON.parse(prettyJson(value, true)), value);
  }
  assert.equal(prettyJson({ a: [1, { b: 2 }] }), '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ]\n}');
  assert.equal(prettyJson({ a: [1, { b: 2 }] }, true), '{"a": [1, {"b": 2}]}');
});

test("JSON as deep as an event can be is written without falling over, in a text that stays small", () => {
  const depth = 32_000;
  const deep = JSON.parse("[".repeat(depth) + "]".repeat(depth));
  const text = prettyJson(deep);
  assert.ok(text.length < 10 * depth);
  assert.equal(text.replaceAll(/\s/g, ""), "[".repeat(depth) + "]".repeat(depth));
});

test("what hides or turns text is written as an escape", () => {
  const sly = "a\u202eb\u2066c\u200bd\ufeffe\u0000f\u2028g";
  const text = prettyJson({ sly });
  assert.match(text, /^[\x20-\x7e\n]*$/);
  assert.equal(JSON.parse(text).sly, sly);
});

test("a PDU's JSON puts first what is looked for, and loses nothing", () => {
  const pdu = JSON.parse(
    '{"signatures":{},"content":{"b":1,"a":2},"zzz":1,"type":"t","__proto__":"x","hashes":{},"depth":3}',
  );
  const text = pduJson(pdu);
  assert.deepEqual(JSON.parse(text), pdu);
  assert.deepEqual(
    [...text.matchAll(/^ {2}"(\w+)"/gm)].map((match) => match[1]),
    ["type", "content", "depth", "zzz", "__proto__", "hashes", "signatures"],
  );
});

test("short ids are as long as it takes to tell them apart", () => {
  const next = random(3);
  const letters = "abAB01-_";
  const ids = [
    ...new Set(
      Array.from(
        { length: 400 },
        () => `$${Array.from({ length: 7 }, () => letters[next(letters.length)]).join("")}rest`,
      ),
    ),
  ];
  const rowIdsOf = (list) => new RowIds(list.length, (from, count) => list.slice(from, from + count));
  const rowIds = rowIdsOf(ids);
  assert.equal(rowIds.uniqueLength(ids[0]), 7, "as long as not all are learned");
  assert.equal(rowIds.at(0), ids[0]);
  assert.equal([...rowIds.learn()].length, 1);
  for (const id of ids) {
    let wanted = 1;
    while (wanted < 7 && ids.some((other) => other !== id && other.slice(1, 1 + wanted) === id.slice(1, 1 + wanted)))
      wanted++;
    assert.equal(rowIds.uniqueLength(id), wanted, id);
    assert.equal(ids[rowIds.rowOf(id)], id);
    assert.equal(rowIds.locate(id.slice(0, 8)), rowIds.rowOf(id));
  }
  assert.equal(rowIds.locate("$"), undefined);
  assert.equal(rowIds.locate("$nothing"), undefined);
  const short = rowIdsOf(["$1:a", "$12:a"]);
  for (const _ of short.learn());
  assert.equal(short.uniqueLength("$1:a"), 2);
});

test("ids are found before all are learned, wherever they are", () => {
  const ids = Array.from({ length: 50_000 }, (_, n) => `$${(n * 7919).toString(36)}`);
  for (const row of [49_999, 0, 25_000, 8191, 8192, 40_960]) {
    const rowIds = new RowIds(ids.length, (from, count) => ids.slice(from, from + count));
    assert.equal(rowIds.rowOf(ids[row]), row);
    assert.equal(rowIds.at(row), ids[row]);
    assert.equal(rowIds.rowOf("$not held"), undefined);
    for (const [each, id] of ids.entries()) assert.equal(rowIds.rowOf(id), each);
  }
});

const ada = "@ada:one.example";
const info = (type, stateKey, sender = ada, authEvents = []) => ({
  type,
  stateKey,
  sender,
  authEvents,
  prevEvents: [],
});
const words = (event, content, before) => {
  const lookup = (id) =>
    id === "$before" ? { type: event.type, stateKey: event.stateKey, content: before } : undefined;
  const { label, key, text } = describe(
    before === undefined ? event : { ...event, authEvents: ["$before"] },
    content,
    undefined,
    lookup,
  );
  return [label, key, text].filter((part) => part !== "").join(" | ");
};

test("memberships are told by what changed", () => {
  const own = info("m.room.member", ada);
  const others = info("m.room.member", "@bob:two.example");
  assert.equal(words(own, { membership: "join" }), "member | ada joined");
  assert.equal(words(own, { membership: "join", displayname: "Ada L." }), "member | ada joined as “Ada L.”");
  assert.equal(
    words(own, { membership: "join", displayname: "A" }, { membership: "join", displayname: "Ada" }),
    "member | ada is now “A”",
  );
  assert.equal(
    words(own, { membership: "join" }, { membership: "join", displayname: "Ada" }),
    "member | ada has no name any more",
  );
  assert.equal(
    words(own, { membership: "join", avatar_url: "x" }, { membership: "join" }),
    "member | ada has a new avatar",
  );
  assert.equal(words(own, { membership: "leave" }, { membership: "join" }), "member | ada left");
  assert.equal(words(own, { membership: "leave" }, { membership: "invite" }), "member | ada declined the invite");
  assert.equal(words(others, { membership: "leave" }, { membership: "join" }), "member | ada removed bob");
  assert.equal(words(others, { membership: "leave" }, { membership: "ban" }), "member | ada lifted the ban on bob");
  assert.equal(words(others, { membership: "ban", reason: "spam" }), "member | ada banned bob: spam");
  assert.equal(words(others, { membership: "invite" }), "member | ada invited bob");
  assert.equal(words(others, { membership: { not: "text" } }), 'member | bob: membership {"not": "text"}');
});

test("power levels are told by what changed", () => {
  const event = info("m.room.power_levels", "");
  const before = { users: { [ada]: 100, "@bob:two.example": 50 }, ban: 50, events: { "m.room.name": 50 } };
  assert.equal(words(event, { users: { [ada]: 100 } }), "power_levels | ada 100");
  assert.equal(words(event, { ...before, users: { [ada]: 100 } }, before), "power_levels | bob 50 → 0");
  assert.equal(
    words(event, { ...before, ban: 75, events: { "m.room.name": 0 } }, before),
    "power_levels | ban 50 → 75, name 50 → 0",
  );
  assert.equal(words(event, before, before), "power_levels | unchanged");
});

test("other events are told in a line, whatever their content is", () => {
  assert.equal(words(info("m.room.message", null), { msgtype: "m.text", body: "hello" }), "hello");
  assert.equal(words(info("m.room.message", null), { msgtype: "m.emote", body: "waves" }), "* ada waves");
  assert.equal(words(info("m.room.message", null), { msgtype: "m.image", body: "pier.jpg" }), "image: pier.jpg");
  assert.equal(words(info("m.room.message", null), {}), "message without content, redacted");
  assert.equal(words(info("m.room.encrypted", null), { ciphertext: "x" }), "encrypted message");
  assert.equal(
    words(info("m.room.redaction", null), { redacts: "$abcdefghij", reason: "spam" }),
    "redaction | of abcdefg: spam",
  );
  assert.equal(
    words(info("m.reaction", null), { "m.relates_to": { event_id: "$abcdefghij", key: "👍" } }),
    "reaction | 👍 to abcdefg",
  );
  assert.equal(words(info("m.room.topic", ""), { topic: "Berths" }), "topic | Berths");
  assert.equal(words(info("m.room.topic", ""), { topic: 7 }), 'topic | {"topic": 7}');
  assert.equal(words(info("org.example.pin", "x"), { v: 63 }), 'org.example.pin | x | {"v": 63}');
  assert.equal(words(info("__proto__", "constructor"), {}), "__proto__ | constructor | {}");
  assert.ok(words(info("m.room.topic", ""), { topic: "x".repeat(60_000) }).length < 400);
});

test("a create event is of the version by which the room was read, unless it says another", () => {
  const create = info("m.room.create", "");
  const text = (content, version) => describe(create, content, undefined, () => undefined, version).text;
  assert.equal(text({}, undefined), "room version 1");
  assert.equal(text({}, "10"), "room version 10");
  assert.equal(text({ room_version: "6" }, "6"), "room version 6");
  assert.equal(text({ room_version: "2" }, "10"), "room version 2");
  assert.equal(text({ room_version: 7 }, "1"), "room version 1");

  const event = { type: "m.room.create", state_key: "", sender: ada, content: { creator: ada }, event_id: "$c" };
  for (const [version, said] of [
    [undefined, "10"],
    ["6", "6"],
  ]) {
    const room = new Room();
    const scenario = { tardis_version: 1, room_id: "!r:one.example", room_version: version };
    const report = room.add(JSON.stringify({ ...scenario, events: [{ ...event, prev_events: [], auth_events: [] }] }));
    const open = new OpenRoom(room);
    assert.equal(open.opened(report, { direction: "newest", rows: 1 }).rows[0].summary.text, `room version ${said}`);
    assert.equal(open.states.state(0, "after", "").changed[0].value, `room version ${said}`);
  }
});

test("a sentence's events are those that are held, by their whole ids", () => {
  const rows = new Map([
    ["$levels:one.example", 3],
    ["$rules", 5],
    ["$rules,", 6],
    ["$last.", 7],
  ]);
  const named = (text) => eventsNamed(text, (id) => rows.get(id)).map(({ eventId, row }) => [eventId, row]);
  assert.deepEqual(named("ada has not been invited (join rules $rules)"), [["$rules", 5]]);
  assert.deepEqual(named("hold no level (before: $levels:one.example), nor $rules, $unheld or $rules"), [
    ["$levels:one.example", 3],
    ["$rules,", 6],
    ["$rules", 5],
  ]);
  assert.deepEqual(named("in force, $levels:one.example, and $last."), [
    ["$levels:one.example", 3],
    ["$last.", 7],
  ]);
  assert.deepEqual(named("a $ costs 5 $"), []);
});

test("times and users are written short", () => {
  const at = (text) => new Date(text).getTime();
  assert.equal(spanOf(at("2026-11-22T00:00"), at("2026-11-22T23:59")), "day");
  assert.equal(spanOf(at("2026-01-22T00:00"), at("2026-11-22T23:59")), "year");
  assert.equal(spanOf(at("2025-11-22T00:00"), at("2026-11-22T23:59")), "years");
  assert.equal(spanOf(0, Number.MAX_SAFE_INTEGER), "years");
  assert.equal(rowTime(at("2026-11-22T21:02:59.840"), "day"), "21:02:59.8");
  assert.equal(rowTime(at("2026-11-22T21:02:59.840"), "year"), "11-22 21:02");
  assert.equal(rowTime(at("2026-11-22T21:02:59.840"), "years"), "2026-11-22");
  assert.equal(rowTime(9e15, "day"), "no time");
  assert.deepEqual(splitUser(ada), ["ada", "one.example"]);
  assert.deepEqual(splitUser("nobody"), ["nobody", ""]);
  assert.deepEqual(splitUser("@:x:y"), ["", "x:y"]);
});
