// The ways into the package, each in a process of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { printed } from "./process.mjs";

const SIZE_OF_A_NEW_ROOM = "console.log(JSON.stringify(new Room().size));";

test("import: the engine is ready at once", async () => {
  assert.equal(await printed("module", `import { Room } from "roomscope"; ${SIZE_OF_A_NEW_ROOM}`), 0);
});

test("require(): the same", async () => {
  assert.equal(await printed("commonjs", `const { Room } = require("roomscope"); ${SIZE_OF_A_NEW_ROOM}`), 0);
});

test("init() may be awaited in Node, for code that also runs on the web", async () => {
  const code = `import { init, Room } from "roomscope"; await init(); await init(); ${SIZE_OF_A_NEW_ROOM}`;
  assert.equal(await printed("module", code), 0);
});

test("inline: the engine is ready at once, without a second file", async () => {
  assert.equal(await printed("module", `import { Room } from "roomscope/inline"; ${SIZE_OF_A_NEW_ROOM}`), 0);
  assert.equal(await printed("commonjs", `const { Room } = require("roomscope/inline"); ${SIZE_OF_A_NEW_ROOM}`), 0);
});

test("two entries in one process share one engine and one error class", async () => {
  const code = `
    import * as a from "roomscope";
    import * as b from "roomscope/inline";
    console.log(JSON.stringify([a.Room === b.Room, a.RoomscopeError === b.RoomscopeError, new b.Room().size]));
  `;
  assert.deepEqual(await printed("module", code), [true, true, 0]);
});

test("web: what is used before init() says so, and works after", async () => {
  const code = `
    import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    import { init, Room } from "roomscope/web";
    const seen = [];
    try { new Room(); } catch (error) { seen.push(error.name, error.code, /await init\\(\\)/.test(error.message)); }
    const bytes = readFileSync(fileURLToPath(import.meta.resolve("roomscope/core_bg.wasm")));
    await Promise.all([init(bytes), init(bytes)]);
    seen.push(new Room().size);
    console.log(JSON.stringify(seen));
  `;
  assert.deepEqual(await printed("module", code), ["RoomscopeError", "not-initialised", true, 0]);
});

test("web: init() takes a compiled module", async () => {
  const code = `
    import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    import { init, Room } from "roomscope/web";
    const bytes = readFileSync(fileURLToPath(import.meta.resolve("roomscope/core_bg.wasm")));
    await init(await WebAssembly.compile(bytes));
    ${SIZE_OF_A_NEW_ROOM}
  `;
  assert.equal(await printed("module", code), 0);
});

test("web: init() that fails says why, and can be tried again", async () => {
  const code = `
    import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    import { init, Room } from "roomscope/web";
    const seen = [];
    for (const source of [new Uint8Array([1, 2, 3]), new Response("", { status: 404 })]) {
      await init(source).catch((error) => seen.push(error.name, error.code, error.cause instanceof Error));
    }
    await init(readFileSync(fileURLToPath(import.meta.resolve("roomscope/core_bg.wasm"))));
    seen.push(new Room().size);
    console.log(JSON.stringify(seen));
  `;
  const failure = ["RoomscopeError", "init-failed", true];
  assert.deepEqual(await printed("module", code), [...failure, ...failure, 0]);
});
