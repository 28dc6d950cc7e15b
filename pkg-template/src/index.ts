// What every entry exports. The entries differ only in how the engine gets its WebAssembly.

export type { InitSource } from "./engine.js";
export { type ErrorCode, RoomscopeError } from "./errors.js";
export type { AsyncInput } from "./input.js";
export { Room } from "./room.js";
export type * from "./types.js";
