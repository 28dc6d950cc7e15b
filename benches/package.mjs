/** The built package, or a sentence that says how to build it. */

import { existsSync } from "node:fs";

const ENTRY = new URL("../pkg/dist/node.js", import.meta.url);

if (!existsSync(ENTRY)) {
  console.error("There is no package in pkg/ to measure: run `npm run build` first.");
  process.exit(2);
}

export const { Room } = await import(ENTRY);
/** The generated binding, which the package keeps to itself: for measuring the parts of a call. */
export const { RawRoom } = await import(new URL("shared.js", ENTRY));
