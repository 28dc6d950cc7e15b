// One build at a time in one working tree: a start, a test run and an editor's task may all want the package at once,
// and they share target/ and pkg/.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT, say } from "./run.mjs";

const FILE = join(ROOT, "target/build.lock");

/** @returns {boolean} whether the process that holds the lock still runs */
function held() {
  try {
    process.kill(Number(readFileSync(FILE, "utf8")), 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Does `work` while no other process builds in this tree.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function locked(work) {
  mkdirSync(join(ROOT, "target"), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(FILE, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
      if (!held()) {
        rmSync(FILE, { force: true });
        continue;
      }
      if (!told) say("waiting for another build in this folder");
      told = true;
      await sleep(500);
    }
  }
  const release = () => rmSync(FILE, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}
