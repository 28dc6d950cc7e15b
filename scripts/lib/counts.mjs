// How many tests a runner says it ran. Three runners are read: cargo test and wasm-bindgen-test ("test result: …",
// once a binary), and node:test ("# pass 3" in TAP, "ℹ pass 3" in its other form).

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 */

// Runners colour their output when they believe that somebody looks.
const COLOUR = /\u001b\[[0-9;]*m/g;

/**
 * @param {string} output of a test runner
 * @returns {Counts | undefined} undefined when it names no counts
 */
export function countsIn(output) {
  const text = output.replace(COLOUR, "");
  let found = false;
  const counts = { passed: 0, failed: 0 };
  for (const [, passed, failed] of text.matchAll(/^\s*test result: .*? (\d+) passed; (\d+) failed/gm)) {
    found = true;
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  for (const [, kind, number] of text.matchAll(/^(?:#|ℹ) (pass|fail|cancelled) (\d+)$/gm)) {
    found = true;
    counts[kind === "pass" ? "passed" : "failed"] += Number(number);
  }
  return found ? counts : undefined;
}

/**
 * What a step counts for. A runner that dies before it counts, or after everything passed, has failed once; a check
 * without counts of its own is one test.
 *
 * @param {number} code the step's exit code
 * @param {string} output
 * @returns {Counts}
 */
export function verdict(code, output) {
  const counts = countsIn(output) ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
