// What using the package costs before any work is done: the sizes of what people download, and the time until Node
// has it ready. Printed at every build, and held to scripts/budget.json.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { mustRun, ROOT, Stop } from "./run.mjs";

/** Starts that are tried at a time; the best one counts. */
const STARTS = 7;
/** How often that is done again while the best is over the budget. */
const MORE_TRIES = 4;

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/**
 * How long `import` of the Node entry takes in a fresh process, and how long that process took to get there. Both are
 * processor time, on all threads, since the machine may be busy with other things; on a quiet one the clock shows about
 * the same.
 *
 * @typedef {{ start: number, node: number }} Start in milliseconds
 * @param {string} dist
 * @param {Start} [best] so far
 * @returns {Promise<Start>}
 */
async function startTime(dist, best = { start: Number.POSITIVE_INFINITY, node: Number.POSITIVE_INFINITY }) {
  const url = JSON.stringify(pathToFileURL(join(dist, "node.js")).href);
  // The first import() of a process pays for the loader itself.
  const code = `
    await import("node:fs");
    const sum = ({ user, system }) => (user + system) / 1000;
    const before = process.cpuUsage();
    await import(${url});
    console.log(sum(process.cpuUsage(before)), sum(before));`;
  for (let i = 0; i < STARTS; i++) {
    const output = await mustRun("Starting the package in Node", process.execPath, ["--input-type=module", "-e", code]);
    const [start = 0, node = 0] = output.split(" ").map(Number);
    best = { start: Math.min(best.start, start), node: Math.min(best.node, node) };
  }
  return best;
}

/**
 * Prints what the files of a dist folder cost; throws when it is over the budget.
 *
 * @param {string} dist
 */
export async function checkBudget(dist) {
  /** @type {{ brotliBytes: Record<string, number>, startMilliseconds: number, startOfNode: number }} */
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
  let best = await startTime(dist);
  // A slow machine takes longer for Node itself as well: over the budget is what is over both measures.
  const late = () => best.start > budget.startMilliseconds && best.start > budget.startOfNode * best.node;
  for (let again = 0; again < MORE_TRIES && late(); again++) best = await startTime(dist, best);
  const [start, node] = [best.start, best.node].map((time) => `${time.toFixed(1)} ms`);
  console.log(
    `  ready in Node ${start} after Node itself, which takes ${node} (budget ${budget.startMilliseconds} ms)`,
  );
  if (late()) over.push(`the start in Node takes ${start}`);
  if (over.length > 0) throw new Stop(`More than scripts/budget.json allows: ${over.join("; ")}.`);
}
