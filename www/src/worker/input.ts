// From what the page was given to the stream that the engine reads: files are read here, off the page's thread, piece by piece,
// and gzip is undone on the way. Teaching rooms and links come as deliveries instead, saved rooms as the engine wrote them.
import { type AddReport, Room } from "roomscope";
import type { Delivery } from "../protocol.ts";
import { saveMark } from "./journal.ts";

export interface Input {
  bytes: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;
  /** How much of the source has been read, 0 to 1: the engine cannot know the size of what is being unpacked. */
  share(): number;
  gzip: boolean;
}

/** Takes deliveries in, one after another, and reports on them together. */
export function deliver(
  room: Room,
  deliveries: readonly Delivery[],
): Pick<AddReport, "added" | "duplicates" | "problems"> {
  const total = { added: 0, duplicates: 0, problems: [] as AddReport["problems"] };
  for (const { events, ...options } of deliveries) {
    const report = room.add(events, { ...options, order: "given" });
    total.added += report.added;
    total.duplicates += report.duplicates;
    total.problems.push(...report.problems);
  }
  return total;
}

/** A room that was saved, with the bytes that it was read from; undefined if the file is none. */
export async function openSave(blob: Blob): Promise<{ room: Room; bytes: Uint8Array } | undefined> {
  if ((await blob.slice(0, saveMark.length).text()) !== saveMark) return undefined;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { room: Room.load(bytes), bytes };
}

/** Opens a file for reading. */
export async function openInput(blob: Blob): Promise<Input> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  let read = 0;
  const share = (): number => (blob.size === 0 ? 1 : read / blob.size);
  if (!gzip) return { bytes: slices(blob, (bytes) => (read += bytes)), share, gzip };

  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out) {
      read += chunk.length;
      out.enqueue(chunk);
    },
  });
  const bytes = blob.stream().pipeThrough(counting).pipeThrough(new DecompressionStream("gzip"));
  return { bytes, share, gzip };
}

/** Large slices, the next of which is fetched while one is read: streams of files come in many small pieces. */
const sliceBytes = 4 * 1024 * 1024;

async function* slices(blob: Blob, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const fetched = (at: number): Promise<ArrayBuffer> => blob.slice(at, at + sliceBytes).arrayBuffer();
  for (let at = 0, next = fetched(0); at < blob.size; at += sliceBytes) {
    const slice = new Uint8Array(await next);
    if (at + sliceBytes < blob.size) next = fetched(at + sliceBytes);
    count(slice.length);
    yield slice;
  }
}

/** What went wrong while a gzip file was read, in words for people: streams only say that their type was wrong. */
export function unpackError(cause: unknown): unknown {
  if (!(cause instanceof TypeError)) return cause;
  return Object.assign(new Error("the file is gzip, but damaged or cut short", { cause }), { code: "bad-gzip" });
}
