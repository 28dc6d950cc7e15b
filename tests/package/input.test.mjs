// Whatever people hand over as input: it is read, or refused by a sentence that says what to do; and giving up at any
// moment leaves a room that goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Room, RoomscopeError } from "roomscope";
import { captured } from "./command.mjs";
import { FORK, message, ndjson } from "./events.mjs";

const BYTES = ndjson(FORK);
const TEXT = new TextDecoder().decode(BYTES);
const refused = (pattern) => (error) =>
  error instanceof RoomscopeError && error.code === "bad-argument" && pattern.test(error.message);

/** @returns {SharedArrayBuffer} */
function shared() {
  const buffer = new SharedArrayBuffer(BYTES.length);
  new Uint8Array(buffer).set(BYTES);
  return buffer;
}

async function* chunks(...values) {
  yield* values;
}

const AT_HAND = {
  "a Uint8Array": () => BYTES,
  "a Buffer": () => Buffer.from(TEXT),
  "an ArrayBuffer": () => BYTES.slice().buffer,
  "a DataView": () => new DataView(BYTES.slice().buffer),
  "another view": () => new Int8Array(BYTES),
  "a SharedArrayBuffer": shared,
  "a view of one": () => new Uint8Array(shared()),
  "a string": () => TEXT,
  "a string with a byte order mark": () => `\ufeff${TEXT}`,
};

for (const [what, make] of Object.entries(AT_HAND)) {
  test(`${what} is read, at once and in chunks`, async () => {
    assert.equal(new Room().add(make()).added, FORK.length);
    assert.equal((await new Room().addAsync(make())).added, FORK.length);
    assert.equal((await new Room().addAsync(chunks(make()))).added, FORK.length);
  });
}

test("objects are read, with members of whatever name", () => {
  const [create] = FORK;
  assert.equal(new Room().add({ ...create, then: 1, getReader: "x" }).added, 1);
  assert.equal(new Room().add(FORK).added, FORK.length);
  assert.equal(new Room().add([]).added, 0);
  assert.equal(new Room().add("").added, 0);
});

test("streams of text and of bytes are read", async () => {
  const streams = [
    new Blob([BYTES]).stream(),
    ReadableStream.from([TEXT.slice(0, 99), TEXT.slice(99)]),
    new Response(TEXT).body,
    new File([TEXT], "room.ndjson"),
  ];
  for (const stream of streams) assert.equal((await new Room().addAsync(stream)).added, FORK.length);
});

test("a chunk of text that ends within a character loses nothing", async () => {
  const event = message("$a", [], { type: "m.room.create", state_key: "", content: { room_version: "11", x: "😀" } });
  const text = JSON.stringify(event);
  const middle = text.indexOf("\ud83d") + 1;
  for (const parts of [
    [text.slice(0, middle), text.slice(middle)],
    [text.slice(0, middle), "", text.slice(middle)],
  ]) {
    const room = new Room();
    await room.addAsync(chunks(...parts));
    assert.equal(room.pdu("$a").content.x, "😀");
  }
});

test("what cannot be read is refused by what to do about it", async () => {
  const room = new Room();
  const transferred = BYTES.slice();
  structuredClone(transferred, { transfer: [transferred.buffer] });
  for (const [input, pattern] of [
    [gzipSync(BYTES), /gunzipSync/],
    [new Blob([BYTES]), /addAsync/],
    [new Blob([BYTES]).stream(), /addAsync/],
    [chunks(BYTES), /addAsync/],
    [Promise.resolve(TEXT), /awaited/],
    [new Set(FORK), /array/],
    [transferred, /transferred/],
    [{ depth: 1n }, /JSON/],
    [null, /bytes, text, an event/],
    [5, /bytes, text, an event/],
    [undefined, /bytes, text, an event/],
  ]) {
    assert.throws(() => room.add(input), refused(pattern));
  }
  for (const [input, pattern] of [
    [new Blob([gzipSync(BYTES)]), /DecompressionStream/],
    [[BYTES], /async iterable/],
    [new Response(TEXT), /async iterable/],
    [chunks({}), /neither bytes nor text/],
    [null, /async iterable/],
    [5, /async iterable/],
    [undefined, /async iterable/],
  ]) {
    await assert.rejects(room.addAsync(input), refused(pattern));
  }
  assert.equal(room.add(FORK).added, FORK.length);
});

test("aborting ends the wait for a source that says nothing, and tells it", async () => {
  for (const make of [
    (cancel) => new ReadableStream({ start: (controller) => controller.enqueue(BYTES), cancel }),
    (cancel) => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: async () => cancel("returned") }),
    }),
  ]) {
    const room = new Room();
    const controller = new AbortController();
    const told = [];
    const adding = room.addAsync(
      make((reason) => told.push(reason)),
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(new Error("enough")), 5);
    await assert.rejects(adding, { message: "enough" });
    assert.equal(told.length, 1);
    assert.equal(room.size, 0);
    assert.equal(room.add(FORK).added, FORK.length);
  }
});

test("a room that is freed while it reads ends the reading", async () => {
  const room = new Room();
  const { promise, resolve } = (() => {
    let resolve;
    return { promise: new Promise((done) => (resolve = done)), resolve };
  })();
  async function* source() {
    yield BYTES;
    await promise;
    yield BYTES;
  }
  const adding = room.addAsync(source());
  room.free();
  resolve();
  await assert.rejects(adding, { code: "freed" });
});

/** Ends a long reading at a moment that nobody chose: at some chunk, some turn of the loop, or some progress told. */
async function givenUp(room, events, moment) {
  const controller = new AbortController();
  let seen = 0;
  const look = () => {
    if (++seen === moment) controller.abort();
  };
  async function* source() {
    for (let at = 0; at < events.length; at += 9_999) {
      look();
      yield events.subarray(at, at + 9_999);
      await undefined;
      look();
    }
  }
  const { port1, port2 } = new MessageChannel();
  port1.on("message", () => {
    look();
    port2.postMessage(0);
  });
  port2.postMessage(0);
  try {
    await room.addAsync(source(), { signal: controller.signal, onProgress: look });
    return false;
  } catch (error) {
    assert.equal(error.name, "AbortError");
    return true;
  } finally {
    port1.close();
  }
}

test("giving up at any moment leaves a room that is whole, and that can go on to the end", async () => {
  const events = captured("v10-s50-hs1");
  const whole = new Room();
  whole.add(events);
  const expected = whole.rows().map(({ streamOrdering: _, ...event }) => event);
  let aborted = 0;
  for (let moment = 1; moment < 60; moment += 1 + Math.floor(moment / 6)) {
    const room = new Room();
    if (await givenUp(room, events, moment)) aborted += 1;
    // What is held is a room of its own: its tips, states and tables can be asked for, and what it was is saved and loaded.
    for (const { eventId } of room.events()) assert.deepEqual(room.pdu(eventId), whole.pdu(eventId));
    assert.equal(room.table("events").total, room.size);
    assert.deepEqual(Room.load(room.save()).rows(), room.rows());
    const held = room.size;
    assert.equal(room.add(events).added, whole.size - held);
    assert.deepEqual(
      room.rows().map(({ streamOrdering: _, ...event }) => event),
      expected,
    );
    room.free();
  }
  assert.ok(aborted > 5, `${aborted} were given up`);
});

/** A room that forks now and then, long enough to be taken in in several parts. */
const LONG = [
  ...FORK.slice(0, 2),
  ...Array.from({ length: 6_000 }, (_, i) =>
    message(`$${i}`, i < 3 ? ["$join"] : i % 10 === 0 ? [`$${i - 1}`, `$${i - 2}`] : [`$${i - 1 - (i % 2)}`], {
      depth: i + 3,
    }),
  ),
];

test("giving up while events are taken in keeps those that were", async (context) => {
  // Every look at the clock finds that time has passed.
  let now = performance.now();
  context.mock.method(performance, "now", () => (now += 60));
  const events = ndjson(LONG);
  const whole = new Room();
  whole.add(events);
  const sizes = new Set();
  for (let moment = 1; moment < 30; moment += 1) {
    const room = new Room();
    const controller = new AbortController();
    let told = 0;
    const onProgress = () => {
      if (++told === moment) controller.abort();
    };
    const adding = room.addAsync(new Blob([events]), { signal: controller.signal, onProgress });
    const error = await adding.then(
      () => undefined,
      (error) => error,
    );
    if (error !== undefined) assert.equal(error.name, "AbortError");
    const held = room.size;
    sizes.add(held);
    assert.deepEqual(Room.load(room.save()).rows(), room.rows());
    assert.equal(room.add(events).added, whole.size - held);
    assert.deepEqual(room.rows(), whole.rows());
    room.free();
  }
  assert.ok(sizes.has(0) && sizes.has(whole.size) && sizes.size >= 5, [...sizes].join());
});
