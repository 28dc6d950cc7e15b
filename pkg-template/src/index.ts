// What every entry exports. The entries differ only in how the engine gets its WebAssembly.

export type { InitSource } from "./engine.js";
export { RoomscopeError } from "./errors.js";
