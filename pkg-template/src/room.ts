// The room as JavaScript sees it: a thin facade over the generated binding, which tsc checks it against.

import { RawRoom } from "./core.js";
import { Handle } from "./engine.js";
import { RoomscopeError } from "./errors.js";
import { chunksOf, inputBytes, type AsyncInput } from "./input.js";
import type {
  AddOptions,
  AddReport,
  BackwardExtremity,
  Draft,
  EventId,
  EventInfo,
  Layout,
  Resolution,
  RoomOptions,
  StateChange,
  StateDiff,
  StateEntry,
  TimelineOptions,
} from "./types.js";

/** Work between two looks at the clock. */
const CHUNK_BYTES = 1 << 20;
const CHUNK_EVENTS = 1024;
const PROGRESS_MS = 50;
/** Reading is the greater part of the work. */
const READING_SHARE = 0.7;

/** A Matrix room and what a homeserver makes of its events. */
export class Room {
  readonly #raw: Handle<RawRoom>;

  /**
   * Opens an empty room.
   *
   * @throws RoomscopeError `unknown-room-version`, `bad-argument`
   * @example
   * const room = new Room();
   */
  constructor(options: RoomOptions = {}) {
    const auth = oneOf("auth", options.auth, ["enforce", "off"]) !== "off";
    const version = options.roomVersion === undefined ? undefined : string("roomVersion", options.roomVersion);
    const roomId = options.roomId === undefined ? undefined : string("roomId", options.roomId);
    this.#raw = new Handle(() => new RawRoom(version, roomId, auth, options.keepJson !== false, Math.random()));
  }

  /**
   * Takes events in: NDJSON, a JSON array, one event or a federation answer, as bytes or text, or as objects. Bytes are
   * fastest: never turn a file into a string first. Of a `send_join` answer the `state` and `auth_chain` are taken in as
   * outliers and the `event` with that state before it, as a joining server does; of a `state` answer all are outliers;
   * of a `backfill` answer or a transaction the `pdus` are the events.
   *
   * @throws RoomscopeError `busy`, `bad-argument`, `unknown-event`, `room-full`; the room is as it was then. What cannot
   *   be read is no error, but a problem in the report.
   * @example
   * const report = room.add(readFileSync("room.ndjson"));
   * for (const problem of report.problems) console.warn(`line ${problem.at}: ${problem.message}`);
   */
  add(input: Uint8Array | string | object | object[], options: AddOptions = {}): AddReport {
    const bytes = inputBytes(input);
    const progress = new Progress(options.onProgress);
    this.#begin(options);
    try {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        this.#raw.call((raw) => raw.push(bytes.subarray(at, at + CHUNK_BYTES)));
        progress.tell((READING_SHARE * at) / bytes.length);
      }
      const events = this.#raw.call((raw) => raw.prepare());
      for (let done = 0; this.#raw.call((raw) => raw.advance(CHUNK_EVENTS)); done += CHUNK_EVENTS) {
        progress.tell(READING_SHARE + ((1 - READING_SHARE) * done) / events);
      }
    } catch (error) {
      this.#abort();
      throw error;
    }
    return this.#conclude(progress);
  }

  /**
   * Takes events in as {@link Room.add} does, from something that comes in chunks: reads as it comes, gives the event
   * loop its turn every 50 ms, and can be aborted. When it is, what has been read is dropped, or, if events were being
   * taken in already, those stay that were; the room is whole either way.
   *
   * @throws RoomscopeError as `add`; or the signal's reason
   * @example
   * await room.addAsync(file.stream(), { signal, onProgress: (done) => (bar.value = done) });
   */
  async addAsync(input: AsyncInput, options: AddOptions & { signal?: AbortSignal } = {}): Promise<AddReport> {
    const { signal } = options;
    signal?.throwIfAborted();
    const size = typeof Blob !== "undefined" && input instanceof Blob ? input.size : undefined;
    const progress = new Progress(options.onProgress);
    this.#begin(options);
    try {
      let read = 0;
      for await (const chunk of chunksOf(input)) {
        for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
          signal?.throwIfAborted();
          this.#raw.call((raw) => raw.push(chunk.subarray(at, at + CHUNK_BYTES)));
          if (progress.tell(size ? (READING_SHARE * (read + at)) / size : 0)) await turn();
        }
        read += chunk.length;
      }
      signal?.throwIfAborted();
      const events = this.#raw.call((raw) => raw.prepare());
      for (let done = 0; this.#raw.call((raw) => raw.advance(CHUNK_EVENTS)); done += CHUNK_EVENTS) {
        if (progress.tell(READING_SHARE + ((1 - READING_SHARE) * done) / events)) await turn();
        signal?.throwIfAborted();
      }
    } catch (error) {
      this.#abort();
      throw error;
    }
    return this.#conclude(progress);
  }

  #begin(options: AddOptions): void {
    const arrival = ["live", "backfill", "outlier"].indexOf(
      oneOf("arrival", options.arrival, ["live", "backfill", "outlier"]) ?? "live",
    );
    const given = oneOf("order", options.order, ["causal", "given"]) === "given";
    const state = options.stateBefore === undefined ? undefined : strings("stateBefore", options.stateBefore);
    this.#raw.call((raw) => raw.begin(arrival, given, options.verify === true, state));
  }

  #abort(): void {
    try {
      this.#raw.call((raw) => raw.abort());
    } catch {
      // What went wrong first is what the caller gets to know.
    }
  }

  #conclude(progress: Progress): AddReport {
    const [report, ids, ends] = this.#raw.call((raw) => raw.conclude()) as [AddReport, string, Uint32Array];
    progress.end();
    return { ...report, eventIds: splitIds([ids, ends]) };
  }

  /** The room id, once an event or an option has said it. */
  get roomId(): string | undefined {
    return this.#raw.call((raw) => raw.roomId());
  }

  /** The room version, once the create event or an option has said it. */
  get roomVersion(): string | undefined {
    return this.#raw.call((raw) => raw.roomVersion());
  }

  /** How many events are held, outliers and rejected ones included. */
  get size(): number {
    return this.#raw.call((raw) => raw.size());
  }

  /**
   * Whether the room holds an event.
   *
   * @throws RoomscopeError `bad-argument`, as do all calls that take an event id and are given something else
   */
  has(eventId: EventId): boolean {
    return this.#raw.call((raw) => raw.has(string("eventId", eventId)));
  }

  /** What is known of an event; undefined if it is not held. */
  event(eventId: EventId): EventInfo | undefined {
    return this.#raw.call((raw) => raw.event(string("eventId", eventId))) as EventInfo | undefined;
  }

  /** An event's JSON as it came; undefined if it is not held, or the room was opened with `keepJson: false`. */
  pdu(eventId: EventId): object | undefined {
    const text = this.#raw.call((raw) => raw.text(string("eventId", eventId)));
    return text === undefined ? undefined : (JSON.parse(text) as object);
  }

  /**
   * The ids of a part of the timeline.
   *
   * @example
   * room.timeline({ direction: "b", limit: 10 }); // the ten newest
   */
  timeline(options: TimelineOptions = {}): EventId[] {
    return splitIds(this.#raw.call((raw) => raw.timeline(...timelineArguments(options))));
  }

  /** A part of the timeline, event by event: a page to show. {@link Room.timeline} is cheaper where ids will do. */
  rows(options: TimelineOptions = {}): EventInfo[] {
    return this.#raw.call((raw) => raw.rows(...timelineArguments(options))) as EventInfo[];
  }

  /** The accepted events that no accepted event follows, deepest first. */
  forwardExtremities(): EventId[] {
    return splitIds(this.#raw.call((raw) => raw.forwardExtremities()));
  }

  /** Events held whose parents are not all held, each with what is missing, in topological order. */
  backwardExtremities(): BackwardExtremity[] {
    return this.#raw.call((raw) => raw.backwardExtremities()) as BackwardExtremity[];
  }

  /**
   * All held events that the given ones reach by their auth events, in topological order.
   *
   * @throws RoomscopeError `unknown-event`, `bad-argument`
   */
  authChain(eventIds: EventId[]): EventId[] {
    const ids = strings("eventIds", eventIds);
    return splitIds(this.#raw.call((raw) => raw.authChain(ids)));
  }

  /** The ids that the next event would name as its parents: at most 10, deepest first. */
  nextPrevEvents(): EventId[] {
    return splitIds(this.#raw.call((raw) => raw.nextPrevEvents()));
  }

  /**
   * Makes an event on the forward extremities as a server would (parents, auth events, depth, content hash; no
   * signatures), adds it and returns what became of it: the rules may refuse it like any other.
   *
   * @throws RoomscopeError `no-room-version`, `unknown-event`, `unknown-state`, `bad-argument`, `busy`
   * @example
   * room.send({ type: "m.room.topic", stateKey: "", sender: "@ada:alpha.example", content: { topic: "Tides" } });
   */
  send(draft: Draft): EventInfo {
    const prev = draft.prevEvents === undefined ? undefined : strings("prevEvents", draft.prevEvents);
    const content = JSON.stringify(draft.content);
    const sentAt = draft.originServerTs ?? Date.now();
    if (content === undefined) throw new RoomscopeError("bad-argument", "A draft has a content.");
    const [type, sender] = [string("type", draft.type), string("sender", draft.sender)];
    const stateKey = draft.stateKey === undefined ? undefined : string("stateKey", draft.stateKey);
    if (!Number.isSafeInteger(sentAt)) {
      throw new RoomscopeError("bad-argument", "originServerTs must be a whole number of milliseconds.");
    }
    const id = this.#raw.call((raw) => raw.send(type, stateKey, sender, content, sentAt, prev));
    return this.event(id) as EventInfo;
  }

  /** The state before an event, as the event ids of its keys; undefined if it is not held or its state is not known. */
  stateBefore(eventId: EventId): StateEntry[] | undefined {
    const list = this.#raw.call((raw) => raw.stateBefore(string("eventId", eventId)));
    return list === undefined ? undefined : entriesOf(list);
  }

  /** The state after an event; undefined if it is not held or its state is not known. */
  stateAfter(eventId: EventId): StateEntry[] | undefined {
    const list = this.#raw.call((raw) => raw.stateAfter(string("eventId", eventId)));
    return list === undefined ? undefined : entriesOf(list);
  }

  /** The room's current state: the resolution of the states after its tips. */
  currentState(): StateEntry[] {
    return entriesOf(this.#raw.call((raw) => raw.currentState()));
  }

  /**
   * The state after `b` against the state after `a`; null means the empty state.
   *
   * @throws RoomscopeError `unknown-event`, `unknown-state`
   * @example
   * const { added, removed, changed } = room.stateDiff(before, after);
   */
  stateDiff(a: EventId | null, b: EventId | null): StateDiff {
    return this.#raw.call((raw) => raw.stateDiff(idOrNull("a", a), idOrNull("b", b))) as StateDiff;
  }

  /** Every event that changed this key's value in the state, in topological order, and how. */
  stateHistory(type: string, stateKey: string): StateChange[] {
    return this.#raw.call((raw) =>
      raw.stateHistory(string("type", type), string("stateKey", stateKey)),
    ) as StateChange[];
  }

  /**
   * How the state before an event came about: what was in conflict, what was tried in which order, and what decided.
   *
   * @throws RoomscopeError `unknown-event`, `unknown-state`
   */
  explain(eventId: EventId): Resolution {
    return resolutionOf(this.#raw.call((raw) => raw.explain(string("eventId", eventId))));
  }

  /**
   * The merge that an event with these parents would make: "what if". Nothing is added.
   *
   * @throws RoomscopeError `unknown-event`, `unknown-state`, `bad-argument`
   */
  resolve(prevEvents: EventId[]): Resolution {
    const ids = strings("prevEvents", prevEvents);
    return resolutionOf(this.#raw.call((raw) => raw.resolve(ids)));
  }

  /** Lane layout, one row an event in topological order: typed arrays, no per-event objects. */
  layout(): Layout {
    return this.#raw.call((raw) => raw.layout()) as Layout;
  }

  /** Bytes of memory that the room holds in the engine: `model` without, `total` with the events' own text. */
  memoryBytes(): { model: number; total: number } {
    const [model = 0, total = 0] = this.#raw.call((raw) => raw.memoryBytes());
    return { model, total };
  }

  /** Gives the room's memory back. It cannot be used after that; a room that is only forgotten goes in time as well. */
  free(): void {
    this.#raw.free();
  }

  /** `using room = new Room()` frees it at the end of the block. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/** Calls back about every 50 ms of work. */
class Progress {
  readonly #callback: ((done: number) => void) | undefined;
  #last = performance.now();

  constructor(callback: ((done: number) => void) | undefined) {
    this.#callback = callback;
  }

  /** Tells the share done if it is time; returns whether it was. */
  tell(done: number): boolean {
    const now = performance.now();
    if (now - this.#last < PROGRESS_MS) return false;
    this.#last = now;
    this.#callback?.(Math.min(done, 1));
    return true;
  }

  end(): void {
    this.#callback?.(1);
  }
}

/** Gives the event loop its turn. A timeout of 0 may be held back for milliseconds, a message is not. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

function splitIds(list: unknown): EventId[] {
  const [text, ends] = list as [string, Uint32Array];
  const ids = new Array<EventId>(ends.length);
  let start = 0;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] as number;
    ids[index] = text.slice(start, end);
    start = end;
  }
  return ids;
}

/** Three strings an entry. */
function entriesOf(list: unknown): StateEntry[] {
  const parts = splitIds(list);
  const entries = new Array<StateEntry>(parts.length / 3);
  for (let index = 0; index < entries.length; index += 1) {
    entries[index] = parts.slice(3 * index, 3 * index + 3) as StateEntry;
  }
  return entries;
}

function resolutionOf(answer: unknown): Resolution {
  const [account, text, ends] = answer as [Omit<Resolution, "result">, string, Uint32Array];
  return { ...account, result: entriesOf([text, ends]) };
}

function timelineArguments(options: TimelineOptions): [boolean, boolean, number, number, boolean] {
  return [
    oneOf("order", options.order, ["topological", "stream"]) === "stream",
    oneOf("direction", options.direction, ["f", "b"]) === "b",
    count("offset", options.offset, 0),
    count("limit", options.limit, 0xffff_ffff),
    options.outliers === true,
  ];
}

function count(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return value === undefined ? otherwise : 0xffff_ffff;
  if (!Number.isInteger(value) || value < 0) {
    throw new RoomscopeError("bad-argument", `${name} must be a whole number from 0 up, and is ${String(value)}.`);
  }
  return Math.min(value, 0xffff_ffff);
}

function oneOf<T extends string>(name: string, value: T | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  const words = allowed.map((word) => `"${word}"`).join(" or ");
  throw new RoomscopeError("bad-argument", `${name} must be ${words}, and is ${String(value)}.`);
}

/** The binding takes the length of whatever it is given for a string's: anything else would crash the engine. */
function string(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new RoomscopeError("bad-argument", `${name} must be a string, and is of type ${typeof value}.`);
}

function idOrNull(name: string, value: EventId | null): string | undefined {
  return value === null ? undefined : string(name, value);
}

function strings(name: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new RoomscopeError("bad-argument", `${name} must be a list of strings.`);
}
