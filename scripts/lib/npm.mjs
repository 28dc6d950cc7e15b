// npm dependencies, from lock files only. There are two sets: the tools at the top, and the viewer's in www, which
// depend on the built package and so come after it.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { mustRun, ROOT, run, timed } from "./run.mjs";

/**
 * @param {string[]} args
 * @returns {[command: string, args: string[]]} how npm is called: as it called us, if it did
 */
function npmCall(args) {
  const path = process.env.npm_execpath;
  return path?.endsWith("npm-cli.js") ? [process.execPath, [path, ...args]] : ["npm", args];
}

/**
 * @param {string} what what is being done, for the message of a failure
 * @param {string[]} args
 * @param {import("./run.mjs").RunOptions} [options]
 * @returns {Promise<string>} npm's output
 */
export function npm(what, args, options) {
  return mustRun(what, ...npmCall(args), options);
}

/**
 * @param {string[]} args
 * @param {import("./run.mjs").RunOptions} [options]
 * @returns {Promise<import("./run.mjs").Result>}
 */
export function npmResult(args, options) {
  return run(...npmCall(args), options);
}

/**
 * Installs a folder's dependencies if they are missing or older than its lock file.
 *
 * @param {string} folder relative to the top
 */
export async function dependencies(folder) {
  const cwd = join(ROOT, folder);
  const lock = join(cwd, "package-lock.json");
  // npm writes this file last, so an install that was broken off is not taken for a finished one.
  const installed = join(cwd, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  const name = folder === "." ? "tools" : folder;
  await timed(`installing npm dependencies (${name})`, () =>
    npm(`Installing npm dependencies (${name})`, ["ci", "--no-audit", "--no-fund"], { cwd }),
  );
}
