/**
 * Measuring on a machine that does other things as well: subjects take turns, so that a slow spell falls on all of them,
 * and two figures are given of each, the best run (what the code can do) and the median (what it did).
 * Knows nothing of rooms.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/**
 * Runs every subject once a round, in turns. Answers name to `{ times, value }`: milliseconds of each counted round, in
 * order, so that round i of one subject stands beside round i of another; and what its last run gave.
 * A subject is `{ run, after }`: only `run` is on the clock; `after` may turn its value into what is kept and clean up.
 */
export function takeTurns(subjects, { rounds, warmUp }) {
  const results = Object.fromEntries(Object.keys(subjects).map((name) => [name, { times: [], value: undefined }]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, { run, after }] of Object.entries(subjects)) {
      collectGarbage();
      const start = performance.now();
      const value = run();
      const elapsed = performance.now() - start;
      const kept = after === undefined ? value : after(value);
      if (round < 0) continue;
      results[name].times.push(elapsed);
      results[name].value = kept;
    }
  }
  return results;
}

export function best(times) {
  return Math.min(...times);
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Best against best, and the median of the ratios round by round, in which a slow spell cancels out. */
export function ratios(times, base) {
  return { best: best(times) / best(base), paired: median(times.map((time, round) => time / base[round])) };
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
