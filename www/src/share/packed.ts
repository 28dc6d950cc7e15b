// A small room as the text that a link carries: a line that tells how to read it, then its events, one a line, packed with DEFLATE
// and written in the letters that may stand in an address. The packed bytes carry a checksum, so that a link that was cut short or
// changed on its way is told from a whole one. Relies on the streams that browsers and Node have in common.
import type { Delivery, OpenOptions } from "../protocol.ts";

/** What a link carries: how to read the room, and what reaches the server in which order. */
export interface PackedRoom {
  options: OpenOptions;
  deliveries: readonly TextDelivery[];
}

/** A delivery whose events are text, one a line: what was signed must come through letter for letter. */
export interface TextDelivery extends Delivery {
  events: string;
}

/** Written into every link; readers refuse what they do not know. */
const form = 1;
/** What a link unpacks to at most: the packed form of nothing but spaces could otherwise fill the memory. */
const mostBytes = 64 * 1024 * 1024;

/** Events, arrival, and the ids of the state that came with them. */
type Part = [count: number, arrival: Delivery["arrival"], stateBefore?: string[]];

interface Head extends OpenOptions {
  roomscope: number;
  parts: Part[];
}

/** A link that cannot be opened; the message says why, as the end of a sentence. */
export class LinkError extends Error {
  readonly code = "bad-link";

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LinkError";
  }
}

/** Packs a room into the text that a link carries. */
export async function pack({ options, deliveries }: PackedRoom): Promise<string> {
  const parts = deliveries.map(({ events, arrival, stateBefore }): Part => {
    const count = linesOf(events).length;
    return stateBefore === undefined ? [count, arrival] : [count, arrival, stateBefore];
  });
  const head: Head = { roomscope: form, ...options, parts };
  const lines = deliveries.flatMap(({ events }) => linesOf(events));
  return letters(await packedBytes([JSON.stringify(head), ...lines].join("\n")));
}

/** The bytes that a text packs to. */
export async function packedBytes(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * What a link carries.
 *
 * @throws LinkError if it is damaged, or written in a form that is not known here
 */
export async function unpack(text: string): Promise<PackedRoom> {
  const damaged = "the link is damaged or was cut short";
  let lines: string[];
  try {
    lines = linesOf(await unpackedText(bytesOf(text)));
  } catch (cause) {
    throw cause instanceof LinkError ? cause : new LinkError(damaged, cause);
  }
  const head = headOf(lines[0] ?? "");
  if (head === undefined) throw new LinkError("the link was made by another version of roomscope");
  const deliveries: TextDelivery[] = [];
  let at = 1;
  for (const [count, arrival, stateBefore] of head.parts) {
    const events = lines.slice(at, at + count).join("\n");
    deliveries.push(stateBefore === undefined ? { events, arrival } : { events, arrival, stateBefore });
    at += count;
  }
  if (at !== lines.length) throw new LinkError(damaged);
  const { rules, numbering, auth } = head;
  return { options: { rules, numbering, auth }, deliveries };
}

async function unpackedText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // The iterator of a stream is younger than the stream in some browsers.
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > mostBytes) {
      await reader.cancel();
      throw new LinkError("the link unpacks to more than a small room");
    }
    chunks.push(value);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(chunks).arrayBuffer());
}

function isOneOf<T extends string>(value: unknown, all: readonly T[]): value is T {
  return all.includes(value as T);
}

function isPart(value: unknown): value is Part {
  if (!Array.isArray(value)) return false;
  const [count, arrival, state] = value as unknown[];
  const ids = state === undefined || (Array.isArray(state) && state.every((id) => typeof id === "string"));
  return (
    Number.isSafeInteger(count) && (count as number) > 0 && isOneOf(arrival, ["live", "backfill", "outlier"]) && ids
  );
}

/** The first line, if it is one that is understood here. */
function headOf(line: string): Head | undefined {
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof head !== "object" || head === null) return undefined;
  const { roomscope, rules, numbering, auth, parts } = head as Partial<Record<keyof Head, unknown>>;
  const known =
    roomscope === form &&
    isOneOf(rules, ["specification", "dendrite"]) &&
    isOneOf(numbering, ["dense", "sqlite", "postgres"]) &&
    isOneOf(auth, ["enforce", "off"]) &&
    Array.isArray(parts) &&
    parts.every(isPart);
  return known ? (head as Head) : undefined;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Bytes at a time: more arguments than some tens of thousands are refused. */
const piece = 0x6000;

/** Bytes in the letters of addresses (base64url). */
function letters(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += piece) text += btoa(String.fromCharCode(...bytes.subarray(at, at + piece)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new LinkError("the link is damaged or was cut short");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
