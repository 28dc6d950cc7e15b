// The teaching rooms are what they say: the tables of a real room server for the same events, as far as they are known.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Room } from "roomscope";
import { load } from "./load.mjs";

const { lessons } = await load("lessons/rooms.ts");
const { printed, departures } = await load("lessons/printed.ts");
const { unpack } = await load("share/packed.ts");
const { deliver } = await load("worker/input.ts");
const { OpenRoom } = await load("worker/room.ts");

function played(id, numbering) {
  const lesson = lessons.find((each) => each.id === id);
  const room = new Room({ auth: lesson.auth, numbering });
  const report = deliver(room, lesson.deliveries);
  assert.deepEqual(report.problems, []);
  return { lesson, room, report };
}

const lists = (room, table) => room.table(table).rows.map(([nid, list]) => [nid, list]);

test("every lesson is taken in whole, and each caption has its event", () => {
  for (const { id } of lessons) {
    const { lesson, room } = played(id, "dense");
    for (const eventId of room.timeline({ outliers: true })) assert.notEqual(room.event(eventId).verdict, "rejected");
    for (const eventId of Object.keys(lesson.captions)) assert.ok(room.has(eventId), `${id} ${eventId}`);
  }
});

test("the README's example: an outlier has no state, the join its own, and SQLite's numbers have holes", () => {
  const { room } = played("readme", "dense");
  assert.deepEqual(
    room.table("events").rows.map((cells) => cells[3]),
    [0, 0, 1, 2, 2, 3],
  );
  assert.deepEqual(lists(room, "state_snapshots"), [
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
  ]);
  assert.deepEqual(lists(room, "state_blocks"), [
    [1, [1, 2]],
    [2, [3]],
    [3, [5]],
  ]);
  const sqlite = played("readme", "sqlite").room;
  assert.deepEqual(lists(sqlite, "state_snapshots"), [
    [1, [1]],
    [2, [1, 2]],
    [4, [1, 2, 4]],
  ]);
  assert.equal(sqlite.table("event_types").rows.at(-1)[0], 9);
});

test("what the README prints differs where its sentences say", () => {
  const { room } = played("readme", "dense");
  const events = room.table("events").rows;
  const differing = printed[0].rows.flatMap((cells, row) =>
    [0, 1, 2, 4].filter((column) => cells[column] !== String(events[row][[0, 1, 2, -1, 3][column]])),
  );
  assert.deepEqual([...new Set(differing)], [1], "of the numbers only those of the types");
  const entries = room.table("state_block_entries").rows.map(String);
  assert.ok(entries.includes("3,5,2,5") && printed[2].rows.map(String).includes("3,2,2,6"));
  assert.equal(departures.length, 10);
});

test("the conflict ends in one full block with the younger topic", () => {
  const { room } = played("conflict", "sqlite");
  assert.deepEqual(lists(room, "state_blocks").slice(-2), [
    [11, [1, 2, 3, 4, 6]],
    [13, [8]],
  ]);
  assert.deepEqual(lists(room, "state_snapshots").slice(-2), [
    [12, [11]],
    [14, [11, 13]],
  ]);
});

test("the list of blocks grows to 64 and collapses at the sixty-fifth state event", () => {
  const { room } = played("collapse", "dense");
  const snapshots = lists(room, "state_snapshots").map(([, blocks]) => blocks.length);
  assert.equal(Math.max(...snapshots), 64);
  assert.equal(room.effects("$64:foo").newBlocks.length, 1);
  const [block] = room.effects("$65:foo").newBlocks;
  assert.equal(room.table("state_blocks").rows[block - 1][1].length, 5);
});

test("a step has the rows that appeared, and no later ones", () => {
  const { room, report } = played("conflict", "dense");
  const open = new OpenRoom(room);
  open.opened(report);
  const end = (steps) => {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  };
  const step = end(open.play({ place: 5 }));
  assert.equal(step.view.eventId, "$6:foo");
  assert.equal(step.total, 8);
  const card = (name) => step.cards.find((each) => each.name === name).rows;
  assert.deepEqual(card("state_blocks").at(-1), [6, [1, 2, 3, 4, 6]]);
  assert.deepEqual(card("state_snapshots").at(-1), [7, [6]]);
  assert.equal(card("events").at(-1)[0], 6);
  assert.equal(end(open.play({ row: step.view.row })).place, 5);
  assert.equal(end(open.play({ place: 8 })), undefined);
});

test("samples: tips are the engine's, also those that something follows", async () => {
  let followed = 0;
  for (const name of ["gap", "joining-from-afar", "rejected", "soft-failed", "state-reset"]) {
    const text = readFileSync(new URL(`../samples/${name}.link`, import.meta.url), "utf8").trim();
    const { options, deliveries } = await unpack(text);
    const room = new Room(options);
    const report = deliver(room, deliveries);
    const opened = new OpenRoom(room, options).opened(report);
    assert.deepEqual(opened.tipIds.toSorted(), room.forwardExtremities().toSorted(), name);
    assert.deepEqual(
      opened.tipIds,
      [...opened.tips].map((row) => room.timeline()[row]),
    );
    const { childStart } = opened.graph;
    followed += opened.tips.filter((row) => childStart[row + 1] > childStart[row]).length;
  }
  assert.ok(followed > 0, "one of them shows it");
});
