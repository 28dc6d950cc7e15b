// The entry for the web and for workers: the engine is fetched by `init`. Bundlers see the address below and ship the
// file along.

import { type InitSource, startFrom } from "./engine.js";

export { Room, RoomscopeError } from "./index.js";
export type * from "./index.js";

/**
 * Makes the engine ready. To be awaited once before the first use; more calls do no harm and wait for the same thing.
 *
 * @param source where the WebAssembly comes from, if not from beside this file: an address, a response, its bytes, or
 *   a compiled module (which a page can compile once and post to its workers)
 * @throws RoomscopeError `init-failed`
 */
export function init(source: InitSource = new URL("./core_bg.wasm", import.meta.url)): Promise<void> {
  return startFrom(source);
}
