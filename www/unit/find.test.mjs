// The language of the search field, against plain walks over the engine's own answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load } from "./load.mjs";

const { OpenRoom } = await load("worker/room.ts");
const { parseQuery, terms, textOf } = await load("query.ts");

const room = new Room();
const report = room.add(readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url)));
const open = new OpenRoom(room);
open.opened(report);
const history = room.timeline();
const infos = history.map((id) => room.event(id));

function found(query) {
  return [...open.find(query, 1000)].flatMap(({ rows }) => [...rows]).sort((a, b) => a - b);
}

const rowsOf = (test) => history.flatMap((id, row) => (test(infos[row], row) ? [row] : []));

function ancestors(row) {
  const all = new Set();
  const next = [row];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const id of infos[at].prevEvents) {
      const parent = history.indexOf(id);
      if (!all.has(parent)) next.push(parent);
      all.add(parent);
    }
  }
  return all;
}

const part = (terms, ...phrases) => ({ terms, phrases });
const said = (text, not = false) => ({ text, not });

test("terms are told from text, and nothing is an error", () => {
  assert.deepEqual(parseQuery("  Good Morning  "), [part([], said("Good Morning"))]);
  assert.deepEqual(parseQuery(""), []);
  assert.deepEqual(parseQuery("is:merge -sender:Ada hi"), [
    part(
      [
        { name: "is", value: "merge", not: false },
        { name: "sender", value: "Ada", not: true },
      ],
      said("hi"),
    ),
  ]);
  assert.deepEqual(parseQuery("https://x is: constructor:a"), [part([], said("https://x is: constructor:a"))]);
  assert.deepEqual(parseQuery("-i6EKSX"), [part([], said("-i6EKSX"))], "ids begin with a minus too");
  assert.equal(textOf(parseQuery('is:state -"not this" but this')), "but this");
});

test("quotation marks keep words together, OR stands between two queries", () => {
  assert.deepEqual(parseQuery('"two words" -"not these" sender:"a b" -key:"c d" end'), [
    part(
      [
        { name: "sender", value: "a b", not: false },
        { name: "key", value: "c d", not: true },
      ],
      said("two words"),
      said("not these", true),
      said("end"),
    ),
  ]);
  assert.deepEqual(parseQuery("is:merge up OR is:fork OR"), [
    part([{ name: "is", value: "merge", not: false }], said("up")),
    part([{ name: "is", value: "fork", not: false }]),
  ]);
  assert.deepEqual(parseQuery("this or that"), [part([], said("this or that"))]);
  assert.deepEqual(parseQuery('open "quote'), [part([], said('open "quote'))]);
  assert.deepEqual(parseQuery('"" -""'), []);
});

test("terms about rows", () => {
  assert.deepEqual(
    found("is:state"),
    rowsOf((info) => info.stateKey !== null),
  );
  assert.deepEqual(
    found("-is:state"),
    rowsOf((info) => info.stateKey === null),
  );
  assert.deepEqual(
    found("is:merge"),
    rowsOf((info) => new Set(info.prevEvents).size > 1),
  );
  assert.deepEqual(
    found("type:MEMBER sender:beta"),
    rowsOf((info) => info.type.includes("member") && info.sender.includes("beta")),
  );
  assert.deepEqual(
    found("key:@ivo"),
    rowsOf((info) => info.stateKey?.includes("@ivo") ?? false),
  );
  const conflicted = rowsOf((info) => new Set(info.prevEvents.map((id) => room.event(id).stateId)).size > 1);
  assert.ok(conflicted.length > 3);
  assert.deepEqual(found("is:conflicted"), conflicted);
  const reset = rowsOf((info) => room.explain(info.eventId).conflicted.some((each) => each.reset));
  assert.ok(reset.length > 0);
  assert.deepEqual(found("is:reset"), reset);
  assert.deepEqual(
    found("ivo left"),
    rowsOf(
      (info) =>
        info.stateKey?.startsWith("@ivo") &&
        info.sender === info.stateKey &&
        room.pdu(info.eventId).content.membership === "leave",
    ),
  );
});

test("terms about the graph", () => {
  const [low, high] = [60, 160];
  const [a, b] = [history[low], history[high]];
  const known = ancestors(high);
  assert.deepEqual(
    found(`ancestors:${b}`),
    [...known].sort((x, y) => x - y),
  );
  assert.deepEqual(
    found(`descendants:${a.slice(1, 9)}`),
    rowsOf((_, row) => row > low && ancestors(row).has(low)),
  );
  assert.deepEqual(
    found(`between:${a}..${b}`),
    rowsOf((_, row) => row > low && known.has(row) && ancestors(row).has(low)),
  );
  assert.deepEqual(
    found(`auth:${b}`),
    room
      .authChain([b])
      .map((id) => history.indexOf(id))
      .sort((x, y) => x - y),
  );
  for (const [value, steps] of [
    [b, 1],
    [`${b}..3`, 3],
    [`${a}..0`, 0],
  ]) {
    let near = new Set([value.startsWith(b) ? high : low]);
    for (let step = 0; step < steps; step++) {
      const further = [...near].flatMap((row) => [
        ...infos[row].prevEvents.map((id) => history.indexOf(id)),
        ...rowsOf((info) => info.prevEvents.includes(history[row])),
      ]);
      near = new Set([...near, ...further]);
    }
    assert.deepEqual(
      found(`near:${value}`),
      [...near].sort((x, y) => x - y),
    );
  }
});

test("terms about columns", () => {
  const same = (query, test) => assert.deepEqual(found(query), rowsOf(test), query);
  same("server:BETA", (info) => info.sender.split(":")[1].includes("beta"));
  same("depth:40..60", (info) => info.depth >= 40 && info.depth <= 60);
  same("depth:..9", (info) => info.depth <= 9);
  same("depth:140..", (info) => info.depth >= 140);
  same("depth:97", (info) => info.depth === 97);
  same("is:fork", (_, row) => infos.filter((info) => info.prevEvents.includes(history[row])).length > 1);
  same("is:tip", (info) => room.forwardExtremities().includes(info.eventId));
  same("is:accepted", (info) => info.verdict === "accepted");
  same("is:rejected OR is:soft-failed", (info) => ["rejected", "soft-failed"].includes(info.verdict));
  same("is:merge OR is:state sender:ivo", (info) => {
    return new Set(info.prevEvents).size > 1 || (info.stateKey !== null && info.sender.includes("ivo"));
  });
  same('-is:state -"back online"', (info) => {
    return info.stateKey === null && !(room.pdu(info.eventId).content.body ?? "").includes("back online");
  });
  assert.ok(found("is:fork").length > 3 && found("is:merge OR is:state sender:ivo").length > 14);
});

test("events that are nowhere in the history are found as well, and what is not held leaves a gap", () => {
  const lines = readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const some = new Room();
  some.add(lines.slice(0, 60).join("\n"));
  // Its parents are missing.
  some.add(lines[90], { order: "given" });
  some.add(lines[120], { arrival: "outlier" });
  const opened = new OpenRoom(some);
  opened.opened(report);
  const rows = (query) => [...opened.find(query, 1000)].flatMap(({ rows }) => [...rows]).sort((x, y) => x - y);
  const outlier = some.event(
    JSON.parse(lines[120]).event_id ?? some.timeline({ outliers: true }).find((id) => !some.timeline().includes(id)),
  );
  const last = some.timeline().length;
  assert.equal(some.size, last + 1);
  assert.ok(rows("is:outlier").includes(last));
  assert.ok(rows(`sender:${outlier.sender} type:${outlier.type}`).includes(last));
  assert.ok(rows(`depth:${outlier.depth}`).includes(last));
  assert.deepEqual(rows(outlier.eventId), [last]);
  assert.ok(!rows("ancestors:" + some.timeline().at(-1)).includes(last));
  const gaps = some.backwardExtremities().map(({ eventId }) => some.timeline().indexOf(eventId));
  assert.ok(gaps.length > 0);
  assert.deepEqual(rows("is:gap"), gaps);
});

test("what cannot be meant is said in a sentence", () => {
  const refused = (query, message) =>
    assert.throws(
      () => found(query),
      (error) => error.code === "bad-query" && message.test(error.message),
      query,
    );
  refused("ancestors:nosuchevent", /^No event has an id that begins with “nosuchevent”\.$/);
  const letters = history.map((id) => id[1]);
  const twice = letters.find((letter, i) => letters.indexOf(letter) !== i);
  refused(`auth:${twice}`, /^\d+ events have ids that begin with “.”: write more of it\.$/);
  refused("is:nothing", /^“is:” knows state, message, .*; not “nothing”\.$/);
  refused("depth:deep", /^“depth:” takes a number or two/);
  refused("depth:..", /^“depth:” takes/);
  refused("between:abc", /^“between:” takes two ids/);
  refused(`near:${history[3]}..x`, /^“near:” takes an id and a number/);
  assert.deepEqual(found(""), []);
});

test("every term and every way of writing has an example that is one", () => {
  for (const [name, [example]] of Object.entries(terms)) {
    assert.deepEqual(
      parseQuery(example).flatMap((part) => part.terms.map((term) => term.name)),
      [name],
    );
  }
});
