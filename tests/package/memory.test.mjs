// How the engine's memory grows: each step costs the JavaScript engine a buffer over all of it, so there must be few.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FORK, message, ndjson } from "./events.mjs";

/** @type {WebAssembly.Memory} */
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    memory = this.exports.memory;
  }
};
const { Room } = await import("roomscope");
WebAssembly.Instance = Instance;

const MB = 1 << 20;

/** About 16 MB. */
const CHAIN = ndjson([
  ...FORK.slice(0, 2),
  ...Array.from({ length: 16_000 }, (_, i) =>
    message(`$${i}`, [i === 0 ? "$join" : `$${i - 1}`], { depth: i + 3, content: { body: "x".repeat(700) } }),
  ),
]);

test("input of unknown length makes memory grow in few steps", async () => {
  const sizes = new Set();
  async function* pieces() {
    for (let at = 0; at < CHAIN.length; at += 1 << 16) {
      sizes.add(memory.buffer.byteLength);
      yield CHAIN.subarray(at, at + (1 << 16));
    }
  }
  const room = new Room();
  const before = memory.buffer.byteLength;
  await room.addAsync(pieces());
  const grown = memory.buffer.byteLength - before;
  assert.ok(grown > CHAIN.length, "it holds the input");
  // Left to the allocator it is about a hundred.
  assert.ok(sizes.size < 30, `${sizes.size} steps`);
  assert.ok(grown < 1.5 * room.memoryBytes().total, `${grown} bytes`);
});

test("memory for input of known length is there before it is read", async () => {
  const blank = new Uint8Array(64 * MB).fill("\n".charCodeAt(0));
  const before = memory.buffer.byteLength;
  const without = new Room({ keepJson: false });
  const reading = [without.addAsync(blank)];
  assert.ok(memory.buffer.byteLength - before <= MB, "what is not kept needs no room");
  const room = new Room();
  reading.push(room.addAsync(blank));
  const ahead = memory.buffer.byteLength - before;
  // Less by what the allocator had at hand.
  assert.ok(ahead > 40 * MB && ahead < 65 * MB, `${ahead} bytes`);
  await Promise.all(reading);
});
