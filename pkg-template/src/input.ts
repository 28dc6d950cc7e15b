// Whatever a caller gives as input, as bytes: the one form that the engine reads.

import { RoomscopeError } from "./errors.js";
import { joined } from "./lists.js";
import { isScenario, MOST_SCENARIO_BYTES } from "./scenario.js";

/** What `addAsync` reads from. */
export type AsyncInput = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;

const encoder = new TextEncoder();

/** @internal */
export function inputBytes(input: unknown): Uint8Array {
  if (input instanceof Uint8Array) return input;
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (typeof input === "string") return encoder.encode(input);
  if (typeof input !== "object" || input === null) {
    throw new RoomscopeError("bad-argument", "The input must be bytes, text, an event or a list of events.");
  }
  try {
    // A line an event, so that a problem's place is the position in the list.
    const lines = Array.isArray(input)
      ? input.map((event) => JSON.stringify(event) ?? "null")
      : [JSON.stringify(input)];
    return encoder.encode(lines.join("\n"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RoomscopeError("bad-argument", `The input cannot be written as JSON: ${reason}`, { cause });
  }
}

/** @internal */
export async function* chunksOf(input: AsyncInput): AsyncGenerator<Uint8Array> {
  const source: object = typeof Blob !== "undefined" && input instanceof Blob ? input.stream() : input;
  if (Symbol.asyncIterator in source) {
    for await (const chunk of source as AsyncIterable<Uint8Array | string>) yield bytesOf(chunk);
    return;
  }
  if (!("getReader" in source)) {
    throw new RoomscopeError("bad-argument", "The input must be a Blob, a stream of bytes or an async iterable.");
  }
  // Safari's streams cannot be iterated yet.
  const reader = (source as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield bytesOf(value);
    }
  } finally {
    reader.releaseLock();
  }
}

/**
 * The chunks of an input; if it is a scenario, which has to be read whole, what `convert` makes of that.
 *
 * @internal
 */
export async function* withoutScenario(
  chunks: AsyncIterable<Uint8Array>,
  convert: (scenario: Uint8Array) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  let is: boolean | undefined;
  for await (const chunk of chunks) {
    if (is === false) {
      yield chunk;
      continue;
    }
    // What is too large is refused by its size.
    if (size <= MOST_SCENARIO_BYTES) held.push(chunk);
    size += chunk.length;
    is ??= isScenario(joined(held), false);
    if (is === false) {
      yield* held;
      held = [];
    }
  }
  if (is === false) return;
  const whole = joined(held);
  yield (is ?? isScenario(whole, true)) ? convert(whole) : whole;
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return encoder.encode(chunk);
  throw new RoomscopeError("bad-argument", "A chunk of the input is neither bytes nor text.");
}
