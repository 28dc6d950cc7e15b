// Whatever a caller gives as input, as bytes: the one form that the engine reads.

import { asJson } from "./arguments.js";
import { RoomscopeError } from "./errors.js";
import { joined } from "./lists.js";
import { isScenario, MOST_SCENARIO_BYTES } from "./scenario.js";

/** What `addAsync` reads from: what comes in chunks, or what is at hand and long. */
export type AsyncInput =
  Blob | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string> | Uint8Array | ArrayBuffer | string;

const encoder = new TextEncoder();

/** @internal */
export function inputBytes(input: unknown): Uint8Array {
  const bytes = bytesOf(input);
  if (bytes !== undefined) return bytes;
  if (typeof input !== "object" || input === null) {
    throw new RoomscopeError("bad-argument", "The input must be bytes, text, an event or a list of events.");
  }
  if (isChunked(input) || has(input, "then") || (Symbol.iterator in input && !Array.isArray(input))) {
    const message =
      "The input must be at hand: addAsync reads blobs, streams and async iterables; a promise is to be awaited, an iterable made an array.";
    throw new RoomscopeError("bad-argument", message);
  }
  // A line an event, so that a problem's place is the position in the list.
  const events: unknown[] = Array.isArray(input) ? input : [input];
  return encoder.encode(events.map((event) => asJson("The input", event) ?? "null").join("\n"));
}

/** Bytes in any form, and text; undefined for anything else. */
function bytesOf(input: unknown): Uint8Array | undefined {
  if (typeof input === "string") return encoder.encode(input);
  const isShared = typeof SharedArrayBuffer !== "undefined" && input instanceof SharedArrayBuffer;
  try {
    if (input instanceof ArrayBuffer || isShared) return notPacked(new Uint8Array(input));
    if (!ArrayBuffer.isView(input)) return undefined;
    return notPacked(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  } catch (cause) {
    if (cause instanceof RoomscopeError) throw cause;
    throw new RoomscopeError("bad-argument", "The input's bytes are not here any more: they were transferred.", {
      cause,
    });
  }
}

/** Refuses what would only be a list of problems: no text begins with these bytes. */
function notPacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const message = "The input is packed with gzip: unpack it first, by gunzipSync in Node or a DecompressionStream.";
  throw new RoomscopeError("bad-argument", message);
}

function isBlob(input: object): input is Blob {
  return typeof Blob !== "undefined" && input instanceof Blob;
}

function isChunked(input: object): boolean {
  return isBlob(input) || has(input, "getReader") || Symbol.asyncIterator in input;
}

/** Whether an object has this method: an event can have members of any name, and no methods. */
function has(object: object, method: string): boolean {
  return typeof (object as Record<string, unknown>)[method] === "function";
}

/** How many bytes there are, where that is known before they are read. */
export function sizeOf(input: unknown): number | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if (isBlob(input)) return input.size;
  return "byteLength" in input && typeof input.byteLength === "number" ? input.byteLength : undefined;
}

interface Next {
  done?: boolean | undefined;
  value?: unknown;
}

interface Source {
  next(): Next | Promise<Next>;
  /** Tells it that nobody reads on. */
  cancel(reason: unknown): unknown;
}

function sourceOf(input: unknown): Source {
  const bytes = bytesOf(input);
  if (bytes !== undefined) {
    const whole = [bytes].values();
    return { next: () => whole.next(), cancel: () => undefined };
  }
  if (typeof input === "object" && input !== null && isChunked(input)) {
    const source = isBlob(input) ? input.stream() : input;
    // Safari's streams cannot be iterated yet.
    if (has(source, "getReader")) {
      const reader = (source as ReadableStream<unknown>).getReader();
      return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) };
    }
    const iterator = (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    return { next: () => iterator.next(), cancel: () => iterator.return?.() };
  }
  const message = "The input must be a Blob, a stream of bytes, an async iterable of them, or bytes or text.";
  throw new RoomscopeError("bad-argument", message);
}

/** The first half of a character beyond the first plane: a chunk of text can end after it. */
const HALF = /[\ud800-\udbff]$/;

/**
 * The chunks of an input as bytes. Gives up when the signal says so, also while it waits for the next chunk.
 *
 * @internal
 */
export async function* chunksOf(input: unknown, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = sourceOf(input);
  let stop = () => {};
  const onAbort = () => stop();
  signal?.addEventListener("abort", onAbort);
  let [half, ended] = ["", false];
  try {
    for (;;) {
      signal?.throwIfAborted();
      // One promise a chunk: what is raced against one that stays would be kept by it.
      const next = await new Promise<Next | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        Promise.resolve(source.next()).then(resolve, reject);
      });
      if (next === undefined) continue;
      ended = next.done === true;
      const { value } = next;
      if (!ended && typeof value === "string") {
        const text = half + value;
        half = HALF.exec(text)?.[0] ?? "";
        yield encoder.encode(text.slice(0, text.length - half.length));
        continue;
      }
      if (half !== "") yield encoder.encode(half);
      half = "";
      if (ended) return;
      const bytes = bytesOf(value);
      if (bytes === undefined) {
        throw new RoomscopeError("bad-argument", "A chunk of the input is neither bytes nor text.");
      }
      yield bytes;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    // Not waited for: what does not answer any more need not answer this.
    if (!ended) Promise.resolve(source.cancel(signal?.reason)).catch(() => undefined);
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
