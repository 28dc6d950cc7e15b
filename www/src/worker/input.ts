// From what the page was given to the stream that the engine reads: files are read off the page's thread, piece by piece, large
// ones by a worker that does nothing else. Teaching rooms and links come as deliveries instead, saved rooms as the engine wrote them.
import { type AddReport, Room } from "roomscope";
import type { Delivery } from "../protocol.ts";
import { saveMark } from "./journal.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import type { FromReader, ToReader } from "./reader.ts";

/** A smaller file is read before a worker could be started for it. */
const largeBytes = 16 * 1024 * 1024;
const largeGzipBytes = 2 * 1024 * 1024;
/** The engine begins with so much, while the rest is being read. */
const firstBytes = 256 * 1024;
/** Pieces that wait for the engine. */
const piecesAhead = 3;

export interface Input {
  bytes: AsyncIterable<Uint8Array>;
  /** How much of the source has been read, 0 to 1: the engine cannot know the size of what is being unpacked. */
  share(): number;
  kind: "events" | "gzip" | "save";
}

/** What the page is told of what was read. */
export type Told = Pick<AddReport, "added" | "duplicates" | "problems" | "moreProblems">;

/** Takes deliveries in, one after another, and reports on them together. */
export function deliver(room: Room, deliveries: readonly Delivery[]): Told {
  const total = { added: 0, duplicates: 0, problems: [] as AddReport["problems"], moreProblems: 0 };
  for (const { events, ...options } of deliveries) {
    const report = room.add(events, { ...options, order: "given" });
    total.added += report.added;
    total.duplicates += report.duplicates;
    total.problems.push(...report.problems);
    total.moreProblems += report.moreProblems ?? 0;
  }
  return total;
}

/** A room that was saved, with the bytes that it was read from. */
export async function openSave(blob: Blob): Promise<{ room: Room; bytes: Uint8Array }> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { room: Room.load(bytes), bytes };
}

/** Opens a file for reading. */
export async function openInput(blob: Blob): Promise<Input> {
  const first = await blob.slice(0, firstBytes).arrayBuffer();
  const head = new Uint8Array(first, 0, Math.min(first.byteLength, saveMark.length));
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const large = blob.size > (gzip ? largeGzipBytes : largeBytes);
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of large ? readAhead(blob, gzip) : piecesOf(blob, gzip, first)) {
      read = piece.read;
      yield piece.bytes;
    }
  }
  const saved = new TextDecoder().decode(head) === saveMark;
  return {
    bytes: bytes(),
    share: () => (blob.size === 0 ? 1 : read / blob.size),
    kind: saved ? "save" : gzip ? "gzip" : "events",
  };
}

/** The pieces of a file as another worker reads them. */
async function* readAhead(blob: Blob, gzip: boolean): AsyncGenerator<Piece> {
  const worker = new Worker(new URL("./reader.ts", import.meta.url), { type: "module", name: "roomscope reader" });
  const come: FromReader[] = [];
  let goOn: () => void = () => undefined;
  const take = (message: FromReader): void => {
    come.push(message);
    goOn();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<FromReader>) => take(data));
  worker.addEventListener("error", ({ message }) => take({ error: new Error(message) }));
  const ask = (message: ToReader): void => worker.postMessage(message);
  try {
    ask({ blob, gzip, ahead: piecesAhead });
    for (;;) {
      const message = come.shift();
      if (message === undefined) await new Promise<void>((resolve) => (goOn = resolve));
      else if (message === "end") return;
      else if ("error" in message) throw message.error;
      else {
        ask("more");
        yield message;
      }
    }
  } finally {
    worker.terminate();
  }
}

/** What went wrong while a gzip file was read, in words for people: streams only say that their type was wrong. */
export function unpackError(cause: unknown): unknown {
  if (!(cause instanceof TypeError)) return cause;
  return Object.assign(new Error("the file is gzip, but damaged or cut short", { cause }), { code: "bad-gzip" });
}
