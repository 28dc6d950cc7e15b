// The entry for Node: the engine is ready when the import is. No top-level await, so that require() works too.

import { readFileSync } from "node:fs";
import { type InitSource, start } from "./engine.js";

export { Room, RoomscopeError } from "./index.js";
export type * from "./index.js";

start(readFileSync(new URL("./core_bg.wasm", import.meta.url)));

/** Does nothing in Node, where the engine is ready at once; here for code that also runs on the web. */
export async function init(_source?: InitSource): Promise<void> {}
