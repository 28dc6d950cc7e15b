// The state as the page is told it, against the engine's own answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load } from "./load.mjs";

const { OpenRoom } = await load("worker/room.ts");
const { valueWords } = await load("worker/describe.ts");

const sample = readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url));
const room = new Room();
const report = room.add(sample);
const open = new OpenRoom(room);
open.opened(report);
const history = room.timeline();
const slot = (type, stateKey) => `${type} ${stateKey}`;

test("every state is told whole, and marks what its parents do not all have", () => {
  let merges = 0;
  history.forEach((eventId, row) => {
    const info = room.event(eventId);
    for (const moment of ["before", "after"]) {
      const state = moment === "before" ? room.stateBefore(eventId) : room.stateAfter(eventId);
      const told = open.states.state(row, moment, "");
      assert.equal(told.total, state.length);
      const lost = told.changed.filter((each) => each.eventId === "");
      const all = [...told.changed, ...told.same].filter((each) => !lost.includes(each));
      assert.deepEqual(all.map((each) => [each.type, each.stateKey, each.eventId]).sort(), state.toSorted());

      const parents = info.prevEvents.map((id) => new Map(room.stateAfter(id).map(([t, k, id]) => [slot(t, k), id])));
      const changed = state.filter(
        ([t, k, id]) => id === eventId || parents.some((each) => each.get(slot(t, k)) !== id),
      );
      const held = told.changed.filter((each) => !lost.includes(each));
      assert.deepEqual(held.map((each) => each.eventId).sort(), changed.map(([, , id]) => id).sort());
      for (const each of lost) {
        assert.equal(each.change, "reset");
        assert.ok(!state.some(([t, k]) => t === each.type && k === each.stateKey));
        assert.ok(parents.some((theirs) => theirs.has(slot(each.type, each.stateKey))));
      }
      for (const each of held) {
        if (each.heldBy === undefined) continue;
        merges++;
        told.parents.forEach(({ eventIds }, i) => {
          const theirs = new Map(room.stateAfter(eventIds[0]).map(([t, k, id]) => [slot(t, k), id]));
          assert.equal(each.heldBy[i], theirs.get(slot(each.type, each.stateKey)) === each.eventId);
        });
      }
    }
  });
  assert.ok(merges > 20);
});

test("the filter finds by type, key and value", () => {
  const row = history.length - 1;
  const found = (text) => {
    const { changed, same } = open.states.state(row, "after", text);
    return [...changed, ...same].map((each) => slot(each.type, each.stateKey));
  };
  assert.deepEqual(found("power_l"), ["m.room.power_levels "]);
  assert.deepEqual(found("@BO:"), ["m.room.member @bo:alpha.example"]);
  assert.deepEqual(found("north pier"), ["m.room.name "]);
  assert.deepEqual(found("no such thing"), []);
});

test("two states differ as the engine says", () => {
  const [a, b] = [40, history.length - 1];
  const { added, removed, changed } = room.stateDiff(history[a], history[b]);
  const told = open.states.diff(a, b);
  assert.equal(told.count, added.length + removed.length + changed.length);
  for (const { type, stateKey, from, to } of changed) {
    const same = told.slots.find((each) => each.type === type && each.stateKey === stateKey);
    assert.deepEqual([same.from.eventId, same.to.eventId], [from, to]);
  }
  assert.equal(open.states.diff(b, b).count, 0);
});

test("a slot's history has every change with its row and value", () => {
  const changes = open.states.history("m.room.topic", "");
  const engine = room.stateHistory("m.room.topic", "");
  assert.deepEqual(
    changes.map(({ row, cause, value }) => [history[row], cause, value?.eventId ?? null]),
    engine.map(({ eventId, cause, value }) => [eventId, cause, value]),
  );
});

test("a resolution is told with the fate of each step, and the last writer of a conflicted slot stands", () => {
  let told = 0;
  history.forEach((eventId, row) => {
    const why = open.states.explain(row);
    if (why.algorithm === "none") return;
    told++;
    const before = new Map(room.stateBefore(eventId).map(([t, k, id]) => [slot(t, k), id]));
    for (const { type, stateKey, winner, held } of why.slots) {
      assert.equal(before.get(slot(type, stateKey)) ?? null, winner);
      assert.equal(held.length, why.parents.length);
    }
    why.steps.forEach((step, i) => {
      const { entry, fate } = step;
      if (fate === "stands") assert.equal(before.get(slot(entry.type, entry.stateKey)), entry.eventId);
      const until = /^until (\d+)$/.exec(fate);
      if (until === null) return;
      const later = why.steps[Number(until[1]) - 1];
      assert.ok(Number(until[1]) - 1 > i && later.outcome === "allowed");
      assert.equal(slot(later.entry.type, later.entry.stateKey), slot(entry.type, entry.stateKey));
    });
  });
  assert.ok(told >= 5, `${told} merges were resolved`);
  const tips = open.states.resolve([]);
  assert.equal(tips.resultCount, room.currentState().length);
});

test("values are told without who set them", () => {
  assert.equal(valueWords("m.room.member", { membership: "join", displayname: "Bo" }), "join · “Bo”");
  assert.equal(valueWords("m.room.member", { membership: 7 }), "?");
  assert.equal(valueWords("m.room.topic", { topic: "Tides" }), "Tides");
  assert.equal(valueWords("org.example.pin", { v: 1 }), '{"v": 1}');
});
