// The sizes of what people download, printed at every build and held to scripts/budget.json.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { ROOT, Stop } from "./run.mjs";

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/**
 * Prints the sizes of a dist folder's files; throws when one is over the budget.
 *
 * @param {string} dist
 */
export function checkBudget(dist) {
  /** @type {Record<string, { brotli: number }>} */
  const budget = JSON.parse(readFileSync(join(ROOT, "scripts/budget.json"), "utf8"));
  const over = [];
  console.log(
    `  ${"file".padEnd(16)} ${["raw", "gzip", "brotli", "budget"].map((name) => name.padStart(10)).join(" ")}`,
  );
  for (const name of readdirSync(dist).sort()) {
    if (name.endsWith(".d.ts")) continue;
    const bytes = readFileSync(join(dist, name));
    const brotli = brotliCompressSync(bytes).length;
    const limit = budget[name]?.brotli;
    const columns = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotli].map(kilobytes);
    if (limit !== undefined) columns.push(kilobytes(limit));
    console.log(`  ${name.padEnd(16)} ${columns.map((text) => text.padStart(10)).join(" ")}`);
    if (limit !== undefined && brotli > limit) {
      over.push(`${name} is ${kilobytes(brotli)} with brotli, ${kilobytes(limit)} are allowed by scripts/budget.json`);
    }
  }
  if (over.length > 0) throw new Stop(`${over.join("; ")}.`);
}
