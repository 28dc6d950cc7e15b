/**
 * Whether the cost of a room grows with its events and no faster: 1,000,000 events of 100,000 members against 100,000 of 10,000.
 *
 *     node benches/scale.mjs [--rounds 3] [--version 11] [--check]
 *
 * Both are fed in pieces, without their JSON being kept, as a long export would be; times are the processor's, without reading the file.
 * Ten of the small rooms are held against one of the large: what disturbs a machine comes and goes, and of many short times the best
 * would be one that nothing disturbed, which a long time never is.
 * Needs the built package (`npm run build`). `--check` fails where the goal is missed. The first run makes the rooms, which takes minutes.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { parseArgs } from "node:util";

import { roomFile } from "./generate.mjs";
import { best, measure, megabytes, table } from "./harness.mjs";
import { Room } from "./package.mjs";

const MOST_TIMES = 11;
const PIECE = 16 << 20;
const NEWLINE = 10;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    version: { type: "string", default: "11" },
    check: { type: "boolean", default: false },
  },
});

const sizes = [100_000, 1_000_000].map((events) => ({
  events,
  path: roomFile({ events, members: events / 10, version: Number(options.version), ids: true }),
  times: [],
  memory: undefined,
}));

const [small, large] = sizes;
const many = large.events / small.events;
for (let round = 0; round < Number(options.rounds); round++) {
  small.times.push(takeIn(small, many) / many);
  large.times.push(takeIn(large, 1));
}

const times = best(large.times) / best(small.times);
console.log(table([["", "best", "an event", "the room's memory"], ...sizes.map(row)]));
console.log(
  `\n1,000,000 events take ${times.toFixed(1)} times as long as 100,000; goal: at most ${MOST_TIMES}, ${times > MOST_TIMES ? "missed" : "met"}`,
);
if (options.check && times > MOST_TIMES) process.exitCode = 1;

/** The time of `count` rooms of a size, one after the other. */
function takeIn(size, count) {
  let elapsed = 0;
  for (let number = 0; number < count; number++) {
    const room = new Room({ keepJson: false });
    for (const piece of pieces(size.path)) {
      elapsed += measure(() => room.add(piece)).processor;
    }
    if (room.size !== size.events) throw new Error(`${room.size} of ${size.events} events were taken in`);
    size.memory = room.memoryBytes().model;
    room.free();
  }
  return elapsed;
}

/** The file in pieces of whole lines. */
function* pieces(path) {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(PIECE);
  let held = 0;
  for (let read; (read = readSync(file, buffer, held, PIECE - held, null)) > 0;) {
    const end = buffer.lastIndexOf(NEWLINE, held + read - 1) + 1;
    yield buffer.subarray(0, end);
    held = buffer.copy(buffer, 0, end, held + read);
  }
  closeSync(file);
}

function row({ events, times, memory }) {
  const each = `${((best(times) * 1e6) / events).toFixed(0)} ns`;
  return [`${events} events`, `${best(times).toFixed(0)} ms`, each, megabytes(memory)];
}
