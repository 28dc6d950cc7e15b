// What happens when the engine crashes. No input is known that makes it, so the crash is staged in the layer that every
// call goes through; the instance that is replaced is the real one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Room } from "roomscope";

const { call } = await import(new URL("./node_modules/roomscope/dist/shared.js", import.meta.url));

const trap = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};
const overflow = () => overflow() + 1;
const code = (expected) => (error) => error.name === "RoomscopeError" && error.code === expected;

for (const [name, crash] of [
  ["a trap", trap],
  ["a stack overflow", overflow],
]) {
  test(`${name} is one clear error, loses the rooms made before, and new ones work`, () => {
    const before = new Room();
    assert.throws(() => call(crash), code("internal"));
    assert.throws(() => before.size, code("lost"));
    const after = new Room();
    assert.equal(after.size, 0);
    // Freed in the new instance, the old room's address would be the new room's.
    before.free();
    assert.equal(after.size, 0);
    after.free();
  });
}

test("an error of the engine with a code becomes a RoomscopeError with that code", () => {
  const failing = () => {
    throw Object.assign(new Error("no such event"), { code: "unknown-event" });
  };
  assert.throws(
    () => call(failing),
    (error) => code("unknown-event")(error) && error.message === "no such event",
  );
});

test("a freed room says so; freeing twice is no error", () => {
  const room = new Room();
  room.free();
  room.free();
  assert.throws(() => room.size, code("freed"));
});
