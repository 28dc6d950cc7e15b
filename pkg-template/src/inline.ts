// The entry that needs no second file: the WebAssembly is part of the JavaScript, a third larger, and ready when the
// import is. For pages opened from disk, for bundlers that leave `new URL(…, import.meta.url)` alone, for tests.

import { base64 } from "./core_inline.js";
import { type InitSource, start } from "./engine.js";

export { Room, RoomscopeError } from "./index.js";
export type * from "./index.js";

start(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

/** Does nothing in this entry, where the engine is ready at once; here for code that also uses the other entries. */
export async function init(_source?: InitSource): Promise<void> {}
