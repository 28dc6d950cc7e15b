// Whether a build step can be skipped: a step's stamp is the hash of everything that it was made from, kept beside
// what it made. Contents count, not times, so switching branches back and forth rebuilds nothing needlessly.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./run.mjs";

const SKIPPED = new Set(["node_modules", "dist", ".git", "test-results"]);

/**
 * @param {string} path a file or a folder
 * @returns {Generator<string>} the files in it, in a fixed order
 */
function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (!SKIPPED.has(name)) yield* files(join(path, name));
  }
}

/**
 * @param {string[]} paths files and folders relative to the top; those that are missing count as empty
 * @param {string[]} facts what else the step depends on, such as versions
 * @returns {string} a hash of it all
 */
export function stampOf(paths, facts = []) {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(facts));
  for (const path of paths) {
    for (const file of files(join(ROOT, path))) {
      const bytes = readFileSync(file);
      hash.update(`\n${file.slice(ROOT.length)} ${bytes.length}\n`);
      hash.update(bytes);
    }
  }
  return hash.digest("hex");
}

/**
 * Does a step's work unless its stamp is the one left by the last success.
 *
 * @param {string} file where the stamp is kept
 * @param {string} stamp
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} whether the work was done
 */
export async function unlessDone(file, stamp, work) {
  if (existsSync(file) && readFileSync(file, "utf8") === stamp) return false;
  rmSync(file, { force: true });
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
  return true;
}
