/**
 * How fast a room is read, against `JSON.parse` of the same lines in the same process:
 *
 *     node benches/read.mjs [--events 200000] [--members 10000] [--version 11] [--rounds 7] [--check]
 *
 * Needs the built package (`npm run build`). `--check` fails where a goal is missed.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { ROOM_OPTIONS, roomFile, shapeOf } from "./generate.mjs";
import { best, median, megabytes, table, takeTurns } from "./harness.mjs";
import { RawRoom, Room } from "./package.mjs";

const DROPPED = "JSON.parse, results dropped";
/** What the goals are held against: a room keeps its events, and so must whoever would do without one. */
const KEPT = "JSON.parse, results kept";
const NEWLINE = 10;
const LIVE = 0;
/** What `Room.add` hands over at a time. */
const CHUNK = 1 << 20;

const { values: options } = parseArgs({
  options: {
    ...ROOM_OPTIONS,
    rounds: { type: "string", default: "7" },
    check: { type: "boolean", default: false },
  },
});

const shape = shapeOf(options);
const withIds = readFileSync(roomFile({ ...shape, ids: true }));
const withoutIds = readFileSync(roomFile(shape));
const lines = linesOf(withIds);

const subjects = {
  [DROPPED]: { run: () => parseAll(lines) },
  [KEPT]: { run: () => lines.map((line) => JSON.parse(line)), after: ({ length }) => length },
  "JSON.parse, out of the bytes": { run: () => parseAll(linesOf(withIds)) },
  "reading and interning, ids given": { run: () => read(withIds), after: letGo, goal: 0.35 },
  "reading and interning, ids to compute": { run: () => read(withoutIds), after: letGo },
  "Room.add, ids given": { run: () => add(withIds), after: figures, goal: 0.5 },
  "Room.add, ids given, without JSON kept": { run: () => add(withIds, { keepJson: false }), after: figures },
  "Room.add, ids given and verified": { run: () => add(withIds, {}, { verify: true }), after: figures },
  "Room.add, ids to compute": { run: () => add(withoutIds), after: figures },
};

const results = takeTurns(subjects, { rounds: Number(options.rounds), warmUp: 1 });
console.log(
  `${shape.events} events, ${shape.members} members, room version ${shape.version}: ${megabytes(withIds.length)}`,
);
console.log(`best of ${options.rounds} rounds; ratios of the best by the clock, goals for the first of them\n`);
const HEAD = ["", "clock", "median", "processor", "", "of kept", "of dropped", "goal", ""];
console.log(table([HEAD, ...Object.keys(subjects).map(row)]));
console.log(`\nTaken in: ${JSON.stringify(results["Room.add, ids given"].value)}`);
if (options.check && Object.keys(subjects).some(isMissed)) process.exitCode = 1;

function linesOf(bytes) {
  const texts = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, start);
    texts.push(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  return texts;
}

function parseAll(texts) {
  let deepest = 0;
  for (const text of texts) deepest = Math.max(deepest, JSON.parse(text).depth);
  return deepest;
}

/** The first half of `Room.add`, through the binding below the package's surface: every event read and its strings interned, none taken in. */
function read(bytes) {
  const room = new RawRoom(undefined, undefined, true, false, 0, 100, false, 1);
  room.begin(LIVE, false, false);
  for (let at = 0; at < bytes.length; at += CHUNK) room.push(bytes.subarray(at, at + CHUNK));
  return room;
}

function letGo(room) {
  room.abort();
  room.free();
}

function add(bytes, roomOptions, addOptions) {
  const room = new Room(roomOptions);
  return { room, report: room.add(bytes, addOptions) };
}

/** What was made of the events, and what the room takes; the room is let go. */
function figures({ room, report }) {
  const { eventIds: _ids, problems, ...counts } = report;
  const { model, total } = room.memoryBytes();
  room.free();
  return { ...counts, problems: problems.length, model: megabytes(model), withText: megabytes(total) };
}

function ratioOf(name, base) {
  return best(results[name].clock) / best(results[base].clock);
}

function isMissed(name) {
  return ratioOf(name, KEPT) > (subjects[name].goal ?? Infinity);
}

function row(name) {
  const { clock, processor } = results[name];
  const { goal } = subjects[name];
  return [
    name,
    ...[best(clock), median(clock), best(processor)].map((time) => `${time.toFixed(0)} ms`),
    `${(withIds.length / 1000 / best(clock)).toFixed(0)} MB/s`,
    ratioOf(name, KEPT).toFixed(3),
    ratioOf(name, DROPPED).toFixed(3),
    ...(goal === undefined ? ["", ""] : [`<= ${goal}`, isMissed(name) ? "missed" : "met"]),
  ];
}
