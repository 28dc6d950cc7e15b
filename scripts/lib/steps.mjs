// Runs the steps of `npm test` one after the other and sums what they count. A step's output is shown when it fails;
// while a long one runs, its last line is shown now and then.

import { verdict } from "./counts.mjs";
import { heartbeat, Stop } from "./run.mjs";

/**
 * @typedef {import("./run.mjs").Result & { skipped?: string }} Result a step that cannot run here says why, and counts
 *   for nothing
 * @typedef {(options: import("./run.mjs").RunOptions) => Promise<Result>} Work gets the time limit and the line
 *   listener to hand to `run`
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {number} limit seconds
 * @property {Work} work
 */

/**
 * @param {Step} step
 * @returns {Promise<Result>} never throws: a {@link Stop} or a bug in the step itself is a failed step
 */
async function attempt({ work, limit }) {
  try {
    return await work({ limit, onLine: heartbeat() });
  } catch (error) {
    return { code: 1, output: error instanceof Stop ? error.message : String(/** @type {Error} */ (error).stack) };
  }
}

/**
 * @param {Step[]} steps
 * @returns {Promise<import("./counts.mjs").Counts>}
 */
export async function runSteps(steps) {
  /** @type {string[]} */
  const rows = [];
  const total = { passed: 0, failed: 0 };
  for (const step of steps) {
    console.log(`\n▸ ${step.name}`);
    const start = performance.now();
    const { code, output, skipped } = await attempt(step);
    const seconds = (performance.now() - start) / 1000;
    if (skipped !== undefined) {
      rows.push(`- ${step.name.padEnd(28)} skipped: ${skipped}`);
      console.log(`  ${rows.at(-1)}`);
      continue;
    }
    const { passed, failed } = verdict(code, output);
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) console.log(output.trimEnd());
    const row = `${failed > 0 ? "✗" : "✓"} ${step.name.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s ${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`;
    console.log(`  ${row}`);
    rows.push(row);
  }
  console.log(`\n${rows.join("\n")}\n`);
  return total;
}
