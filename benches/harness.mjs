/**
 * Measuring on a machine that does other things as well: subjects take turns, so that a slow spell falls on all of them, and
 * beside the time on the clock stands the processor's, which waiting for a turn does not stretch. Knows nothing of rooms.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/**
 * Runs every subject once a round, in turns. Answers name to `{ clock, processor, value }`: milliseconds of each counted round,
 * on the wall and of all threads together, and what its last run gave.
 * A subject is `{ run, after }`: only `run` is measured; `after` may turn its value into what is kept and clean up.
 */
export function takeTurns(subjects, { rounds, warmUp }) {
  const names = Object.keys(subjects);
  const results = Object.fromEntries(names.map((name) => [name, { clock: [], processor: [], value: undefined }]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, { run, after }] of Object.entries(subjects)) {
      // Twice: the first collection goes on sweeping on other threads when it has returned, which would be counted for this
      // subject and is the last one's; the second waits for that.
      collectGarbage();
      collectGarbage();
      const { clock, processor, value } = measure(run);
      const kept = after === undefined ? value : after(value);
      if (round < 0) continue;
      results[name].clock.push(clock);
      results[name].processor.push(processor);
      results[name].value = kept;
    }
  }
  return results;
}

/** Runs it once: `{ clock, processor, value }`, times in milliseconds. */
export function measure(run) {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { clock: performance.now() - start, processor: (user + system) / 1000, value };
}

export function best(times) {
  return Math.min(...times);
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rows of cells as aligned text: the first column to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
