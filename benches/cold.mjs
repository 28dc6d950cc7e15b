/**
 * How long the first `Room.add` of a process takes, as a command or a page that has just opened does it, against the first
 * `JSON.parse` of the same lines in the same process: WebAssembly that is still being compiled, memory that nobody has touched.
 *
 *     node benches/cold.mjs [--events 200000] [--members 10000] [--version 11] [--rounds 7]
 *
 * Needs the built package (`npm run build`). Each round is a process of its own.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { ROOM_OPTIONS, roomFile, shapeOf } from "./generate.mjs";
import { best, measure, median, megabytes, table } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    ...ROOM_OPTIONS,
    rounds: { type: "string", default: "7" },
    file: { type: "string" },
  },
});

if (options.file === undefined) await compare();
else await runOnce(options.file);

/** In a process of its own: parses, then adds, and writes the times. */
async function runOnce(file) {
  const { Room } = await import("./package.mjs");
  const bytes = readFileSync(file);
  const lines = bytes.toString("utf8").split("\n").filter(Boolean);
  const parse = measure(() => lines.forEach((line) => JSON.parse(line)));
  const add = measure(() => new Room().add(bytes));
  const again = measure(() => new Room().add(bytes));
  process.stdout.write(JSON.stringify([parse, add, again].map(({ clock, processor }) => ({ clock, processor }))));
}

async function compare() {
  const shape = shapeOf(options);
  const file = roomFile({ ...shape, ids: true });
  const rounds = Array.from({ length: Number(options.rounds) }, () =>
    JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--file", file], { encoding: "utf8" })),
  );
  console.log(`${shape.events} events, ${megabytes(readFileSync(file).length)}, ${options.rounds} processes\n`);
  const names = ["JSON.parse of each line, the first", "Room.add, the first", "Room.add, the second"];
  const rows = names.map((name, subject) => {
    const times = (key) => rounds.map((round) => round[subject][key]);
    const ratio = median(rounds.map((round) => round[subject].clock / round[0].clock));
    const columns = [best(times("clock")), median(times("clock")), best(times("processor"))];
    return [name, ...columns.map((time) => `${time.toFixed(0)} ms`), ratio.toFixed(2)];
  });
  console.log(table([["", "clock", "median", "processor", "ratio"], ...rows]));
}
