// Long input: progress, chunks of any size from any source, and giving up half-way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Room, RoomscopeError } from "roomscope";
import { FORK, message, ndjson } from "./events.mjs";

const LENGTH = 20_000;

/** A chain long enough that reading it takes several looks at the clock. */
const CHAIN = ndjson([
  ...FORK.slice(0, 2),
  ...Array.from({ length: LENGTH }, (_, i) =>
    message(`$${i}`, [i === 0 ? "$join" : `$${i - 1}`], { depth: i + 3, content: { body: "x".repeat(300) } }),
  ),
]);

/**
 * @param {Uint8Array} bytes
 * @param {number} size
 */
async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("progress goes from 0 to 1 without going back", () => {
  const told = [];
  new Room().add(CHAIN, { onProgress: (done) => told.push(done) });
  assert.ok(told.every((done, i) => done >= (told[i - 1] ?? 0) && done <= 1));
  assert.equal(told.at(-1), 1);
});

test("a blob, a stream and an async iterable give what the bytes give", async () => {
  const bytes = ndjson(FORK);
  const sources = [
    new Blob([bytes]),
    new Blob([bytes]).stream(),
    // Cuts through lines, strings and characters.
    pieces(bytes, 7),
    (async function* () {
      yield new TextDecoder().decode(bytes);
    })(),
  ];
  for (const source of sources) {
    const room = new Room();
    const report = await room.addAsync(source);
    assert.equal(report.added, FORK.length);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(room.forwardExtremities(), ["$c", "$b"]);
  }
});

test("while a room reads, timers run, questions are answered and a second input is refused", async () => {
  const room = new Room();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const adding = room.addAsync(pieces(CHAIN, 1 << 16));
  assert.equal(room.has("$0"), false);
  assert.throws(
    () => room.add(FORK),
    (error) => error instanceof RoomscopeError && error.code === "busy",
  );
  const report = await adding;
  clearInterval(timer);
  assert.equal(report.added, LENGTH + 2);
  assert.ok(ticks > 0);
});

test("an input that is aborted while it is read leaves the room as it was", async () => {
  const room = new Room();
  room.add(FORK.slice(0, 2));
  const controller = new AbortController();
  async function* source() {
    yield CHAIN.subarray(0, CHAIN.length / 2);
    controller.abort();
    yield CHAIN.subarray(CHAIN.length / 2);
  }
  await assert.rejects(room.addAsync(source(), { signal: controller.signal }), { name: "AbortError" });
  assert.deepEqual(room.timeline(), ["$create", "$join"]);
  assert.equal(room.has("$0"), false);
  // And it goes on as if nothing had happened.
  assert.equal(room.add(FORK).added, 3);
});

test("a source that fails leaves the room as it was, and its own error comes through", async () => {
  const room = new Room();
  const mine = new Error("the network went away");
  async function* source() {
    yield ndjson(FORK);
    throw mine;
  }
  await assert.rejects(room.addAsync(source()), (error) => error === mine);
  assert.equal(room.size, 0);
  assert.equal(room.add(FORK).added, 5);
});

test("what onProgress throws ends the call and comes through", () => {
  const room = new Room();
  const mine = new RangeError("enough");
  const onProgress = () => {
    throw mine;
  };
  assert.throws(
    () => room.add(CHAIN, { onProgress }),
    (error) => error === mine,
  );
  assert.equal(room.add(FORK.slice(0, 2)).problems.length, 0);
});

test("no input at all is no error", async () => {
  const room = new Room();
  assert.equal(room.add(new Uint8Array()).added, 0);
  assert.equal((await room.addAsync(new Blob([]))).added, 0);
});
