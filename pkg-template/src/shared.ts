// What the entries share, in one file of the package: the public surface, and what starts the engine. The rest is there for
// tests and benchmarks of what lies below the surface.

export { RawRoom } from "./core.js";
export { call, start, startFrom } from "./engine.js";
export { Room, RoomscopeError } from "./index.js";
