/**
 * What it costs to get answers across to JavaScript from a room of 1,000,000 events of 100,000 members: pages of every table, a whole
 * state, the layout, the timeline.
 *
 *     node benches/crossing.mjs [--rounds 20] [--events 1000000] [--check]
 *
 * Each answer is held against `JSON.parse` of the same answer as a text: what a binding that hands JSON over pays at the least. Times
 * are the clock's, of the best round. Needs the built package (`npm run build`). `--check` fails where a page takes too long. The first
 * run makes the room, which takes minutes.
 */

import { openSync, readSync } from "node:fs";
import { parseArgs } from "node:util";

import { roomFile } from "./generate.mjs";
import { best, measure, table, takeTurns } from "./harness.mjs";
import { Room } from "./package.mjs";

const PAGE = 100;
const PAGE_GOAL_MS = 1;
/** Numbers of a list that fit on a line. */
const LIST = 10;
const PIECE = 16 << 20;
const TABLES = [
  ...["rooms", "event_types", "event_state_keys", "events", "state_snapshots", "state_blocks", "state_block_entries"],
  ...["previous_events", "forward_extremities", "backward_extremities", "event_edges"],
  ...["state_groups", "state_group_edges", "state_groups_state", "event_to_state_groups"],
];
/** Its rows are whole states, with a hash over each: both are worked out when they are read, and measured by themselves. */
const OF_LISTS = "state_blocks";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    events: { type: "string", default: "1000000" },
    check: { type: "boolean", default: false },
  },
});

const events = Number(options.events);
const room = new Room({ keepJson: false });
await room.addAsync(pieces(roomFile({ events, members: events / 10, version: 11, ids: true })));
const [tip] = room.forwardExtremities();
console.log(`${room.size} events, ${room.currentState().length} entries in the current state`);

const whole = {
  [`rows, a page of ${PAGE}`]: () => room.rows({ offset: events / 2, limit: PAGE }),
  stateAfter: () => room.stateAfter(tip),
  layout: () => room.layout(),
  timeline: () => room.timeline(),
};

const rows = [["", "across", "JSON.parse", "ratio"]];
for (const [name, ask] of Object.entries(whole)) compare(name, ask);

for (const name of ["rooms", "state_groups"]) {
  const { clock, processor } = measure(() => room.table(name));
  console.log(`the first question about ${name}: ${clock.toFixed(0)} ms, ${processor.toFixed(0)} ms of the processor`);
}
const firsts = [];
let slowest = 0;
for (const name of TABLES) {
  const { clock, value } = measure(() => room.table(name, { limit: 0 }));
  const { total } = value;
  firsts.push(`${name} ${clock.toFixed(1)}`);
  // From the middle: the first page may be easier than others.
  const offset = Math.max(0, Math.floor(total / 2) - PAGE);
  const across = compare(`${name}, a page of ${Math.min(PAGE, total)}`, () =>
    room.table(name, { offset, limit: PAGE }),
  );
  slowest = Math.max(slowest, across);
}
const cut = { offset: Math.floor(room.table(OF_LISTS, { limit: 0 }).total / 2), limit: PAGE, listLimit: LIST };
const of = `of ${PAGE} with lists of ${LIST}`;
slowest = Math.max(
  slowest,
  compare(`${OF_LISTS}, a page ${of}`, () => room.table(OF_LISTS, cut)),
);
for (const [what, column] of Object.entries({ list: 1, hash: 2 })) {
  const longest = room.table(OF_LISTS, { ...cut, listLimit: 0 }).cut.reduce((a, b) => (b.length > a.length ? b : a));
  const { offset } = cut;
  const row = { offset: offset + longest.row, limit: 1 };
  compare(`the ${what} of a block of ${longest.length}`, () => room.table(OF_LISTS, row).rows[0][column]);
}
console.log(table(rows));
console.log(`\nThe first page of each, in ms: ${firsts.join(", ")}`);
const missed = slowest > PAGE_GOAL_MS;
console.log(
  `\nThe slowest page takes ${slowest.toFixed(3)} ms; goal: at most ${PAGE_GOAL_MS} ms, ${missed ? "missed" : "met"}`,
);
if (options.check && missed) process.exitCode = 1;

/** Asks again and again, and answers the best time. */
function compare(name, ask) {
  const text = JSON.stringify(read(ask()));
  const subjects = { ask: { run: ask }, parse: { run: () => JSON.parse(text) } };
  const { ask: ours, parse } = takeTurns(subjects, { rounds: Number(options.rounds), warmUp: 3 });
  const [across, base] = [best(ours.clock), best(parse.clock)];
  rows.push([name, `${across.toFixed(3)} ms`, `${base.toFixed(3)} ms`, (across / base).toFixed(2)]);
  return across;
}

/** An answer as plain values; what of it would be worked out now is no part of it. */
function read(value) {
  if (ArrayBuffer.isView(value)) return [...value];
  if (typeof value !== "object" || value === null) return value;
  const cells = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(([name]) => name !== "length");
  const plain = cells.map(([name, { value }]) => [name, read(value ?? null)]);
  return Array.isArray(value) ? plain.map(([, value]) => value) : Object.fromEntries(plain);
}

async function* pieces(path) {
  const file = openSync(path);
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE);
    const length = readSync(file, piece);
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}
