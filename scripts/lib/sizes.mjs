// What using the package costs before any work is done: the sizes of what people download, and the time until Node
// has it ready. Printed at every build; the sizes are held to scripts/budget.json.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { mustRun, ROOT, Stop } from "./run.mjs";

/** Starts that are tried; the best one counts. */
const STARTS = 7;

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/**
 * How long `import` of the Node entry takes in a fresh process. Judged by processor time, on all threads, since the
 * machine may be busy with other things; on a quiet one the clock shows about the same.
 *
 * @param {string} dist
 * @returns {Promise<number>} milliseconds
 */
async function startTime(dist) {
  const url = JSON.stringify(pathToFileURL(join(dist, "node.js")).href);
  // The first import() of a process pays for the loader itself.
  const code = `
    await import("node:fs");
    const before = process.cpuUsage();
    await import(${url});
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < STARTS; i++) {
    const output = await mustRun("Starting the package in Node", process.execPath, ["--input-type=module", "-e", code]);
    best = Math.min(best, Number(output));
  }
  return best;
}

/**
 * Prints what the files of a dist folder cost; throws when it is over the budget.
 *
 * @param {string} dist
 */
export async function checkBudget(dist) {
  /** @type {{ brotliBytes: Record<string, number>, startMilliseconds: number }} */
  const budget = JSON.parse(readFileSync(join(ROOT, "scripts/budget.json"), "utf8"));
  const over = [];
  console.log(
    `  ${"file".padEnd(16)} ${["raw", "gzip", "brotli", "budget"].map((name) => name.padStart(10)).join(" ")}`,
  );
  for (const name of readdirSync(dist).sort()) {
    // Types and the command line's folder are not what a page loads.
    if (name.endsWith(".d.ts") || extname(name) === "") continue;
    const bytes = readFileSync(join(dist, name));
    const brotli = brotliCompressSync(bytes).length;
    const limit = budget.brotliBytes[name];
    const columns = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotli].map(kilobytes);
    if (limit !== undefined) columns.push(kilobytes(limit));
    console.log(`  ${name.padEnd(16)} ${columns.map((text) => text.padStart(10)).join(" ")}`);
    if (limit !== undefined && brotli > limit) over.push(`${name} is ${kilobytes(brotli)} with brotli`);
  }
  const start = await startTime(dist);
  // A machine's mood must not fail a build: the start is told beside its goal, and only sizes are held.
  console.log(`  ready in Node after ${start.toFixed(1)} ms (goal ${budget.startMilliseconds} ms)`);
  if (over.length > 0) throw new Stop(`More than scripts/budget.json allows: ${over.join("; ")}.`);
}
