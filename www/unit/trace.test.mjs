// What the lanes carry and what merges did, against the engine's own answers for each event.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load, random } from "./load.mjs";

const { OpenRoom } = await load("worker/room.ts");
const { Trace, letterCount } = await load("history/trace.ts");
const { Merges } = await load("history/merges.ts");
const { LaneMap } = await load("history/lane-map.ts");
const { DisplayRows } = await load("history/display.ts");
const { Lines } = await load("history/lines.ts");
const { Edges } = await load("history/edges.ts");
const { traceWords } = await load("history/words.ts");

const room = new Room();
const report = room.add(readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url)));
const open = new OpenRoom(room);
const opened = open.opened(report);
const history = room.timeline();
const rowOf = new Map(history.map((id, row) => [id, row]));
const topic = { type: "m.room.topic", stateKey: "" };

function valueAfter(row, { type, stateKey }) {
  return room.stateAfter(history[row])?.find(([t, key]) => t === type && key === stateKey)?.[2];
}

function last(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

test("a column tells of every row which event set the value", () => {
  for (const slot of [
    topic,
    { type: "m.room.power_levels", stateKey: "" },
    { type: "m.room.member", stateKey: "@x:y" },
  ]) {
    const { values, setters } = open.states.column(slot.type, slot.stateKey);
    assert.equal(values.length, history.length);
    values.forEach((value, row) => {
      const id = valueAfter(row, slot);
      assert.equal(value === 0 ? undefined : history[setters[value - 1]], id);
    });
  }
});

test("letters stand for values near the selection, at most four, and are kept while they can be", () => {
  const column = open.states.column(topic.type, "");
  const trace = new Trace(topic, column);
  const next = random(9);
  for (let step = 0; step < 300; step++) {
    const row = next(history.length);
    const before = trace.lettered;
    const changed = trace.follow(row, []);
    const after = trace.lettered;
    assert.equal(
      changed,
      after.some((setter, i) => setter !== before[i]),
    );
    const shown = after.filter((setter) => setter !== undefined);
    assert.equal(new Set(shown).size, shown.length);
    assert.equal(shown.length, letterCount, "the room has more topics than letters");
    const own = valueAfter(row, topic);
    if (own !== undefined) assert.ok(shown.includes(rowOf.get(own)), "the selection's own value has a letter");
    before.forEach((setter, i) => {
      if (setter !== undefined && after.includes(setter)) assert.equal(after.indexOf(setter), i, "a letter stays");
    });
    for (let at = 0; at < history.length; at++) {
      const letter = trace.letterOf(at);
      const setter = rowOf.get(valueAfter(at, topic));
      assert.equal(letter === 0 ? -1 : after[letter - 1], letter === 0 ? -1 : setter);
      assert.equal(letter === 0, setter === undefined || !shown.includes(setter));
      assert.equal(trace.isSetter(at), setter === at);
      assert.equal(trace.kindOf(at), setter === undefined ? "none" : letter === 0 ? "other" : "lettered");
    }
  }
});

test("at a merge of parents that do not agree, values have the parents' letters", () => {
  const trace = new Trace(topic, open.states.column(topic.type, ""));
  let met = 0;
  for (let row = 0; row < history.length; row++) {
    const { parentStates } = open.detail(row);
    const values = parentStates.map((parent) => rowOf.get(valueAfter(parent, topic)));
    trace.follow(row, parentStates);
    if (new Set(values).size < 2) continue;
    met++;
    const state = open.states.state(row, "after", "topic").changed.find((each) => each.type === topic.type);
    values.forEach((setter, parent) => {
      // The first parent with a value gives it its letter.
      if (setter !== undefined) assert.equal(trace.lettered[values.indexOf(setter)], setter);
      if (state !== undefined && state.row !== row)
        assert.equal(state.heldBy[parent], state.row === setter, "the table's marks agree");
    });
  }
  assert.ok(met > 3, `${met} merges of different topics`);
});

test("the value is told in words", () => {
  const trace = new Trace(topic, open.states.column(topic.type, ""));
  trace.follow(history.length - 1, []);
  assert.equal(traceWords(trace, 0), "topic is not set");
  const setter = trace.lettered[1];
  assert.equal(traceWords(trace, setter), "sets topic: B");
  const other = history.findIndex((_, row) => trace.kindOf(row) === "other" && !trace.isSetter(row));
  assert.equal(traceWords(trace, other), "topic is another value");
  const unknown = new Trace(topic, { values: new Uint32Array([0xffff_ffff]), setters: new Uint32Array() });
  assert.equal(traceWords(unknown, 0), "topic is not known");
  assert.equal(unknown.letterOf(0), 0);
});

test("merges are told by row: how many slots conflicted, and how many were reset", () => {
  const merges = new Merges(last(open.merges(1000)));
  let [conflicts, resets] = [0, 0];
  history.forEach((id, row) => {
    const { prevEvents } = room.event(id);
    const states = new Set(prevEvents.map((parent) => room.event(parent)?.stateId));
    const told = prevEvents.length > 1 && states.size > 1 ? room.explain(id).conflicted : [];
    const reset = told.filter((each) => each.reset).length;
    assert.deepEqual(merges.at(row), told.length === 0 ? undefined : { conflicted: told.length, resets: reset });
    conflicts += Number(told.length > 0);
    resets += Number(reset > 0);
  });
  assert.equal(merges.conflicts.length, conflicts);
  assert.equal(merges.resets.length, resets);
  assert.ok(conflicts > 3);
  assert.equal(Merges.none.at(3), undefined);
});

test("the map of lanes says of each pixel what most of a lane shows there", () => {
  const edges = new Edges(opened.graph);
  const trace = new Trace(topic, open.states.column(topic.type, ""));
  trace.follow(100, []);
  const lines = Lines.each(history.length, edges);
  const display = new DisplayRows(lines, history.length, 0, [], "newest");
  const row = 4;
  const map = new LaneMap(display, history.length * row, row);
  const { edgeChild, edgeParent, edgeLane } = opened.graph;
  for (const traced of [undefined, trace]) {
    const drawn = new Map();
    const steps = map.stretches(traced, (lane, letter, from, to) => {
      assert.ok(from < to);
      for (let y = from; y < to; y++) {
        assert.ok(!drawn.has(`${lane} ${y}`), "each pixel is drawn once");
        drawn.set(`${lane} ${y}`, letter);
      }
    });
    last(steps);
    const y = (event) => Math.floor((history.length - 1 - event + 0.5) * row);
    for (let e = 0; e < edgeChild.length; e++) {
      const lane = Math.min(edgeLane[e], 4);
      for (let at = y(edgeChild[e]) + 1; at < y(edgeParent[e]); at++) {
        const letter = drawn.get(`${lane} ${at}`);
        assert.notEqual(letter, undefined);
        // Below the shared last lane there is one edge a pixel.
        if (lane < 4) assert.equal(letter, traced?.letterOf(edgeParent[e]) ?? 0);
      }
    }
  }
});
