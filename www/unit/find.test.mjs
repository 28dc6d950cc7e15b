// The language of the search field, against plain walks over the engine's own answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load } from "./load.mjs";

const { OpenRoom } = await load("worker/room.ts");
const { parseQuery, terms } = await load("query.ts");

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

test("terms are told from text, and nothing is an error", () => {
  assert.deepEqual(parseQuery("  Good Morning  "), { text: "good morning", terms: [] });
  assert.deepEqual(parseQuery("is:merge -sender:Ada hi"), {
    text: "hi",
    terms: [
      { name: "is", value: "merge", not: false },
      { name: "sender", value: "Ada", not: true },
    ],
  });
  assert.deepEqual(parseQuery("https://x is: constructor:a"), { text: "https://x is: constructor:a", terms: [] });
  assert.equal(Object.keys(terms).length, 8);
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
  assert.deepEqual(found("is:nothing"), []);
  const conflicted = rowsOf((info) => new Set(info.prevEvents.map((id) => room.event(id).stateId)).size > 1);
  assert.ok(conflicted.length > 3);
  assert.deepEqual(found("is:conflicted"), conflicted);
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
  assert.deepEqual(found("ancestors:nosuchevent"), []);
});
