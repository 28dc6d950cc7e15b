/**
 * What storing a room's state costs, in rows and in memory, and how long it takes to work that out:
 *
 *     node benches/storage.mjs [--events 200000] [--members 10000] [--improve]
 *
 * `--improve` looks for the best layout of state groups as well, which takes seconds to minutes in large rooms.
 * Needs the built package (`npm run build`).
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { roomFile } from "./generate.mjs";
import { measure, megabytes, table } from "./harness.mjs";
import { Room } from "./package.mjs";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "200000" },
    members: { type: "string", default: "10000" },
    improve: { type: "boolean", default: false },
  },
});

const shape = { events: Number(options.events), members: Number(options.members), version: 11, ids: true };
const bytes = readFileSync(roomFile(shape));
const room = new Room({ keepJson: false });
const steps = [];
step("Room.add", () => room.add(bytes));
step("Dendrite's tables", () => room.table("rooms"));
step("Synapse's groups", () => room.table("state_groups", { limit: 1 }));
const figures = step("figures", () => room.storage());
const compression = options.improve ? step("best layout", () => room.compressStateGroups()) : undefined;

console.log(`${shape.events} events, ${shape.members} members\n`);
console.log(table([["", "processor", "memory then", "more"], ...steps]));
/** Bytes that a row takes in a server's database at the least: its numbers. */
const ENTRY = 8;
const count = (rows) => (rows ?? 0).toLocaleString("en-US");
const rows = [
  ["every state in full", figures.fullStateRows],
  ["blocks", figures.blockRows],
  ["snapshots", figures.snapshotRows],
  ["state groups", figures.stateGroups],
  ["their rows", figures.stateGroupRows],
  ["compressed (100, 50, 25)", figures.compressedStateGroupRows],
  ["best layout known here", compression?.improved.rows ?? figures.improvedStateGroupRows],
  ["no layout has fewer", figures.leastStateGroupRows],
].filter(([, number]) => number !== undefined);
console.log("");
console.log(
  table([
    ["", "rows", "at 8 bytes"],
    ...rows.map(([name, number]) => [name, count(number), megabytes(number * ENTRY)]),
  ]),
);

/** Runs it, and notes what it took. */
function step(name, run) {
  const before = room.memoryBytes().model;
  const { processor, value } = measure(run);
  const { model } = room.memoryBytes();
  steps.push([name, `${processor.toFixed(0)} ms`, megabytes(model), megabytes(model - before)]);
  return value;
}
