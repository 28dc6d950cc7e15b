// From the name of a file, or standard input, to a room: read in chunks, unpacked if it is gzip, with progress on
// standard error and whatever could not be read told there as well.

import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { AddReport, Room, RoomOptions } from "../index.js";
import { Refusal } from "./errors.js";
import { Ids } from "./ids.js";
import { eventsOf, isStored } from "./stored.js";
import { count, counted, plain } from "./terminal.js";

/** A room that has been read, and what came of reading it. */
export interface Opened {
  /** As the person called it. */
  readonly name: string;
  readonly room: Room;
  readonly ids: Ids;
  readonly report: AddReport;
}

/** How a room is read. */
export interface OpenOptions extends Pick<RoomOptions, "numbering" | "rules"> {
  /**
   * Keep the events' texts, for commands that show contents: not those of very large files, unless the command is about
   * nothing else.
   */
  readonly contents: boolean | "always";
}

const CHUNK = 1 << 20;
/** From this size on input is read without keeping texts: a room's own figures take a quarter of them. */
const LEAN_FROM = 512 << 20;
const TOLD_PROBLEMS = 5;
const READING_SHARE = 0.7;
const SQLITE = "SQLite format 3\0";

/** Whether something is being piped in. */
export function isPiped(): boolean {
  return process.stdin.isTTY !== true;
}

/**
 * Reads a room.
 *
 * @param file a path, or `-` for standard input
 * @throws Refusal if it cannot be read, or holds no event at all
 */
export async function openRoom(file: string, options: OpenOptions): Promise<Opened> {
  const name = file === "-" ? "standard input" : file;
  // Loaded here and not above: `--help` has no need of an engine.
  const { Room, RoomscopeError } = await import("../node.js");
  try {
    const source = await look(file);
    const { contents, ...more } = options;
    const room = new Room({ ...more, keepJson: contents !== false });
    const progress = new ProgressLine(name);
    let left = contents === true ? LEAN_FROM : Infinity;
    const weigh = (bytes: number) => {
      left -= bytes;
      if (left >= 0) return;
      left = Infinity;
      room.forgetJson();
      progress.clear();
      note(`${name} is large: contents are not kept, and so not shown.`);
    };
    async function* weighed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        weigh(chunk.length);
        yield chunk;
      }
    }
    try {
      const bytes = progress.count(source.open(), source.size);
      let chunks: AsyncIterable<Uint8Array> = bytes;
      if (source.gzip) chunks = weighed(Readable.from(bytes).pipe(createGunzip({ chunkSize: CHUNK })));
      else if (source.size === undefined) chunks = weighed(bytes);
      else weigh(source.size);
      const report = await room.addAsync(readable(chunks), { onProgress: (done) => progress.working(done) });
      progress.clear();
      tellProblems(name, report);
      if (room.size === 0) throw new Refusal(`${name} holds no event in federation format.`);
      return { name, room, ids: new Ids(room, name), report };
    } finally {
      progress.clear();
    }
  } catch (error) {
    if (error instanceof Refusal || error instanceof RoomscopeError) throw error;
    throw new Refusal(`${name} cannot be read: ${reasonOf(error)}.`);
  }
}

interface Source {
  readonly gzip: boolean;
  /** In bytes as stored; undefined where nobody knows. */
  readonly size: number | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** Looks at how a file begins. */
async function look(file: string): Promise<Source> {
  if (file === "-") return lookAtStream(process.stdin);
  const facts = await stat(file);
  if (facts.isDirectory()) throw new Refusal(`${file} is a folder.`);
  const read = () => createReadStream(file, { highWaterMark: CHUNK });
  // A pipe (`<(zcat …)` in a shell) can be read once only.
  if (!facts.isFile()) return lookAtStream(read());
  const handle = await open(file);
  const head = Buffer.alloc(SQLITE.length);
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  return { gzip: isGzip(head, file), size: facts.size, open: read };
}

async function lookAtStream(stream: NodeJS.ReadableStream): Promise<Source> {
  const [head, all] = await headOf(stream as AsyncIterable<Uint8Array>);
  return { gzip: isGzip(head, "Standard input"), size: undefined, open: () => all };
}

function isGzip(head: Uint8Array, name: string): boolean {
  if (Buffer.from(head.subarray(0, SQLITE.length)).toString("latin1") === SQLITE) {
    throw new Refusal(`${name} is a database. "roomscope sql" prints what gets a room out of it.`);
  }
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The bytes that the engine reads: as they come, or the events out of a server's tables. */
async function* readable(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [head, all] = await headOf(chunks);
  yield* isStored(head) ? eventsOf(all) : all;
}

/** The first chunk, and all of them. */
async function headOf(chunks: AsyncIterable<Uint8Array>): Promise<[Uint8Array, AsyncIterable<Uint8Array>]> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done) return;
    yield first.value;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  return [first.done ? new Uint8Array() : first.value, all()];
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "Z_BUF_ERROR") return "its gzip data end too early";
  if (code?.startsWith("Z_") === true) return `its gzip data are damaged (${message})`;
  return message;
}

function tellProblems(name: string, { problems, moreProblems = 0 }: AddReport): void {
  for (const { at, code, message } of problems.slice(0, TOLD_PROBLEMS)) {
    note(`${name}:${at}: ${code}: ${plain(message)}`);
  }
  const more = problems.length + moreProblems - TOLD_PROBLEMS;
  if (more > 0) note(`${name}: ${counted(more, "more problem")} of this kind and others; the rest has been read.`);
}

/** A line on standard error. */
export function note(text: string): void {
  process.stderr.write(`roomscope: ${text}\n`);
}

/** How far reading has come, in one line that is gone when it is done. Short reads show none. */
class ProgressLine {
  static readonly #QUIET_MS = 400;
  readonly #name: string;
  readonly #start = performance.now();
  readonly #shown = process.stderr.isTTY === true;
  #share: number | undefined;
  #text = "";

  constructor(name: string) {
    this.#name = name;
  }

  /** Passes chunks on and counts them. */
  async *count(chunks: AsyncIterable<Uint8Array>, size: number | undefined): AsyncGenerator<Uint8Array> {
    let read = 0;
    for await (const chunk of chunks) {
      yield chunk;
      read += chunk.length;
      if (size !== undefined && size > 0) this.#share = Math.min(1, read / size);
      const share = this.#share === undefined ? `${count(Math.round(read / 1e6))} MB` : percent(this.#share);
      this.#tell(`reading ${this.#name}  ${share}`);
    }
  }

  /** Takes what `addAsync` tells; while it reads, which it knows no end of, that is nothing new. */
  working(done: number): void {
    if (done > READING_SHARE)
      this.#tell(`working out states  ${percent((done - READING_SHARE) / (1 - READING_SHARE))}`);
  }

  clear(): void {
    if (this.#text !== "") process.stderr.write("\r\u001b[K");
    this.#text = "";
  }

  #tell(text: string): void {
    if (!this.#shown || text === this.#text || performance.now() - this.#start < ProgressLine.#QUIET_MS) return;
    this.#text = text;
    process.stderr.write(`\r\u001b[K${text}`);
  }
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
