// A fresh Node process for each question: the entries share one engine, so in one process the first import would
// start it for all.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * @param {"module" | "commonjs"} type
 * @param {string} code what it prints is a JSON value
 * @returns {Promise<unknown>} that value
 */
export async function printed(type, code) {
  const { stdout } = await execute(process.execPath, [`--input-type=${type}`, "--eval", code], {
    cwd: import.meta.dirname,
  });
  return JSON.parse(stdout);
}
