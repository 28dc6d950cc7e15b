// The room as JavaScript sees it: a thin facade over the generated binding, which tsc checks it against.

import {
  asJson,
  count,
  given,
  hops,
  idOrNull,
  levels,
  oneOf,
  string,
  strings,
  timelineArguments,
} from "./arguments.js";
import { RawLoader, RawRoom } from "./core.js";
import { Handle } from "./engine.js";
import { RoomscopeError } from "./errors.js";
import { chunksOf, inputBytes, sizeOf, withoutScenario, type AsyncInput } from "./input.js";
import {
  columnsOf,
  compressionOf,
  diffOf,
  entriesOf,
  joined,
  layoutOf,
  resolutionOf,
  splitIds,
  splitInto,
  VERDICTS,
} from "./lists.js";
import { Progress, turn } from "./progress.js";
import { isScenario, readScenario } from "./scenario.js";
import { tableOf } from "./tables.js";
import type {
  AddOptions,
  AddReport,
  BackwardExtremity,
  Columns,
  Comparison,
  Compression,
  DotOptions,
  Draft,
  Effects,
  EventId,
  EventInfo,
  Layout,
  MemoryBytes,
  Merges,
  NdjsonOptions,
  Problem,
  Resolution,
  RoomOptions,
  SlotValues,
  StateChange,
  StateDiff,
  StateEntry,
  StorageFigures,
  TableData,
  TableName,
  TableRange,
  TimelineOptions,
  Verdict,
} from "./types.js";

/** Work between two looks at the clock. */
const CHUNK_BYTES = 1 << 20;
const CHUNK_EVENTS = 1024;
/** Events whose JSON is asked for at a time. */
const CHUNK_IDS = 256;
/** Reading is the greater part of the work. */
const READING_SHARE = 0.7;

/** What of a report the engine counts. */
type Counts = Omit<AddReport, "eventIds" | "problems">;

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
  constructor(options?: RoomOptions);
  constructor(options: RoomOptions | Handle<RawRoom> = {}) {
    if (options instanceof Handle) {
      this.#raw = options;
      return;
    }
    given(options);
    const auth = oneOf("auth", options.auth, ["enforce", "off"]) !== "off";
    const version = options.roomVersion === undefined ? undefined : string("roomVersion", options.roomVersion);
    const roomId = options.roomId === undefined ? undefined : string("roomId", options.roomId);
    const dendrite = oneOf("rules", options.rules, ["specification", "dendrite"]) === "dendrite";
    const numbering = ["dense", "sqlite", "postgres"].indexOf(
      oneOf("numbering", options.numbering, ["dense", "sqlite", "postgres"]) ?? "dense",
    );
    const hopLimit = hops(options.hopLimit);
    const keepJson = options.keepJson !== false;
    this.#raw = new Handle(
      () => new RawRoom(version, roomId, auth, dendrite, numbering, hopLimit, keepJson, Math.random()),
    );
  }

  /**
   * Takes events in: NDJSON, a JSON array, one event, a federation answer or a TARDIS scenario (JSON5), as bytes or text,
   * or as objects. Bytes are fastest: never turn a file into a string first. Of a `send_join` answer the `state` and `auth_chain` are taken in as
   * outliers and the `event` with that state before it, as a joining server does; of a `state` answer all are outliers;
   * of a `backfill` answer or a transaction the `pdus` are the events. What client APIs add to an event in federation format
   * (its `event_id`; the `room_id` of a version 12 create event) may be there or not.
   *
   * What the events of a scenario lack is filled in as TARDIS does it: `room_id`, times from 2024-01-01 on, a second each,
   * and, with `calculate_event_ids`, ids and what refers to them; `depth` is the parents' and one. Its room version is the
   * scenario's, else the create event's, else 10, and `precalculated_state_after` holds. Annotations are not read.
   *
   * @throws RoomscopeError `busy`, `bad-argument`, `unknown-event`, `unknown-room-version` (a scenario's), `room-full`; the room is as it was then. What cannot
   *   be read is no error, but a problem in the report.
   * @example
   * const report = room.add(readFileSync("room.ndjson"));
   * for (const problem of report.problems) console.warn(`line ${problem.at}: ${problem.message}`);
   */
  add(input: Uint8Array | string | object | object[], options: AddOptions = {}): AddReport {
    let bytes = inputBytes(input);
    const progress = new Progress(given(options).onProgress);
    const problems: Problem[] = [];
    this.#begin(options, bytes.length);
    try {
      if (isScenario(bytes, true)) bytes = this.#scenario(bytes, problems);
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
    return this.#conclude(progress, problems);
  }

  /**
   * Takes events in as {@link Room.add} does, from something that comes in chunks, or that is at hand and long: reads as it
   * comes, gives the event loop its turn every 50 ms, and can be aborted, also while it waits. When it is, what has been
   * read is dropped, or, if events were being taken in already, those stay that were; the room is whole either way, and
   * what was read from is told that nobody reads on.
   *
   * @throws RoomscopeError as `add`; or the signal's reason
   * @example
   * await room.addAsync(file.stream(), { signal, onProgress: (done) => (bar.value = done) });
   */
  async addAsync(input: AsyncInput, options: AddOptions & { signal?: AbortSignal } = {}): Promise<AddReport> {
    const { signal } = given(options);
    signal?.throwIfAborted();
    const size = sizeOf(input);
    const progress = new Progress(options.onProgress);
    const problems: Problem[] = [];
    this.#begin(options, size);
    try {
      let read = 0;
      const convert = (scenario: Uint8Array) => this.#scenario(scenario, problems);
      for await (const chunk of withoutScenario(chunksOf(input, signal), convert)) {
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
    return this.#conclude(progress, problems);
  }

  #begin(options: AddOptions, size = 0): void {
    const arrival = ["live", "backfill", "outlier"].indexOf(
      oneOf("arrival", options.arrival, ["live", "backfill", "outlier"]) ?? "live",
    );
    const given = oneOf("order", options.order, ["causal", "given"]) === "given";
    const state = options.stateBefore === undefined ? undefined : strings("stateBefore", options.stateBefore);
    this.#raw.call((raw) => raw.begin(arrival, given, options.verify === true, state, size));
  }

  /** Tells the engine what else a scenario says, and returns its events. */
  #scenario(bytes: Uint8Array, problems: Problem[]): Uint8Array {
    const scenario = readScenario(bytes, {
      roomVersion: this.roomVersion,
      depth: (eventId) => this.event(eventId)?.depth,
      eventIdOf: (event, roomVersion) => this.#raw.call((raw) => raw.eventIdOf(event, roomVersion)),
    });
    problems.push(...scenario.problems);
    this.#raw.call((raw) => raw.scenario(scenario.roomVersion));
    for (const [event, state] of scenario.states) this.#raw.call((raw) => raw.give(event, state));
    return inputBytes(scenario.text);
  }

  #abort(): void {
    try {
      this.#raw.call((raw) => raw.abort());
    } catch {
      // What went wrong first is what the caller gets to know.
    }
  }

  #conclude(progress: Progress, problems: Problem[]): AddReport {
    const counts = JSON.parse(this.#raw.call((raw) => raw.conclude())) as Counts;
    const eventIds = new Array<EventId>(counts.added);
    for (let at = 0; at < counts.added;) {
      const part = this.#raw.call((raw) => raw.added());
      at = splitInto(eventIds, at, part);
    }
    progress.end();
    const scenarios = problems.length;
    for (;;) {
      const part = JSON.parse(this.#raw.call((raw) => raw.problems())) as Problem[];
      if (part.length === 0) break;
      problems.push(...part);
    }
    if (scenarios > 0) problems.sort((a, b) => a.at - b.at);
    return { ...counts, eventIds, problems };
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
    const info = this.#raw.call((raw) => raw.event(string("eventId", eventId)));
    return info === undefined ? undefined : (JSON.parse(info) as EventInfo);
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
    return [...this.events(options)];
  }

  /**
   * The same, one event after the other: for going through a room of any size without having it in memory twice. The
   * room must not change meanwhile.
   *
   * @example
   * for (const { eventId, verdict, reason } of room.events()) {
   *   if (verdict === "rejected") console.log(eventId, reason);
   * }
   */
  *events(options: TimelineOptions = {}): Generator<EventInfo, void> {
    const [byStream, backwards, offset, limit, outliers] = timelineArguments(options);
    for (let done = 0; done < limit; done += CHUNK_EVENTS) {
      const wanted = Math.min(CHUNK_EVENTS, limit - done);
      const page = this.#raw.call((raw) => raw.rows(byStream, backwards, offset + done, wanted, outliers));
      const events = JSON.parse(page) as EventInfo[];
      yield* events;
      if (events.length < wanted) return;
    }
  }

  /** `for (const event of room)` goes through {@link Room.events}. */
  [Symbol.iterator](): Generator<EventInfo, void> {
    return this.events();
  }

  /** The accepted events that no accepted event follows, deepest first. */
  forwardExtremities(): EventId[] {
    return splitIds(this.#raw.call((raw) => raw.forwardExtremities()));
  }

  /** Events held whose parents are not all held, each with what is missing, in topological order. */
  backwardExtremities(): BackwardExtremity[] {
    return JSON.parse(this.#raw.call((raw) => raw.backwardExtremities())) as BackwardExtremity[];
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
    given(draft, "A draft");
    const prev = draft.prevEvents === undefined ? undefined : strings("prevEvents", draft.prevEvents);
    const content = asJson("content", draft.content);
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
    return diffOf(this.#raw.call((raw) => raw.stateDiff(idOrNull("a", a), idOrNull("b", b))));
  }

  /** Every event that changed this key's value in the state, in topological order, and how. */
  stateHistory(type: string, stateKey: string): StateChange[] {
    const changes = this.#raw.call((raw) => raw.stateHistory(string("type", type), string("stateKey", stateKey)));
    return JSON.parse(changes) as StateChange[];
  }

  /**
   * The value of one key after every event, in a column: what {@link Room.stateAfter} has for it, for all rows of
   * {@link Room.layout} at once. A branch can be followed by it: the value stays until an event sets another, and where
   * branches with different values meet, one of them goes on.
   *
   * @throws RoomscopeError `bad-argument`
   * @example
   * const { values, eventIds } = room.slotValues("m.room.topic", "");
   * room.timeline().forEach((id, row) => console.log(id, eventIds[values[row] - 1] ?? "no topic"));
   */
  slotValues(type: string, stateKey: string): SlotValues {
    const [values, ids, ends] = this.#raw.call((raw) =>
      raw.slotValues(string("type", type), string("stateKey", stateKey)),
    ) as [Uint32Array<ArrayBuffer>, string, Uint32Array];
    return { values, eventIds: splitIds([ids, ends]) };
  }

  /**
   * What every merge did to the states that met in it, in columns: in how many keys they differed, and in how many an
   * older value came back or a value was lost (see {@link StateChange}). Merges are the events with several parents
   * whose state is known. Of all rows, or of a range of them.
   *
   * @throws RoomscopeError `out-of-memory`, `bad-argument`
   * @example
   * const { rows, resets } = room.merges();
   * const ids = room.timeline();
   * rows.forEach((row, index) => resets[index] > 0 && console.log(`${ids[row]} reset ${resets[index]} keys`));
   */
  merges(range: { offset?: number; limit?: number } = {}): Merges {
    const offset = count("offset", given(range).offset, 0);
    const limit = count("limit", range.limit, 0xffff_ffff);
    const numbers = this.#raw.call((raw) => raw.merges(offset, limit));
    const column = (at: number) => Uint32Array.from({ length: numbers.length / 3 }, (_, i) => numbers[3 * i + at] ?? 0);
    return { rows: column(0), conflicted: column(1), resets: column(2) };
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

  /**
   * Another server's view of the same room against this one: what only one of them has, where they part, and how their
   * current states differ. Events are matched by id and states by their ids, which takes about a second for rooms of a
   * million events; how the states at one event differ is worked out when its `state` is read.
   *
   * @throws RoomscopeError `wrong-room`, `wrong-room-version`, `bad-argument`
   * @example
   * const { onlyHere, onlyThere, differing } = ours.compare(theirs);
   * console.log(`parted at ${differing[0]?.eventId}`, differing[0]?.state);
   */
  compare(other: Room): Comparison {
    if (typeof other !== "object" || other === null || !(#raw in other)) {
      throw new RoomscopeError("bad-argument", "A room is compared with another Room.");
    }
    if (other === this) {
      const currentState = { added: [], removed: [], changed: [] };
      return { onlyHere: [], onlyThere: [], differing: [], currentState };
    }
    const [here, there] = [this.#raw, other.#raw];
    const [onlyHere, onlyThere, ids, verdicts, current] = here.callWith(there, (raw, another) =>
      raw.compare(another),
    ) as [unknown, unknown, unknown, Uint8Array, unknown];
    const differing = splitIds(ids).map((eventId, index) => {
      let state: StateDiff | null | undefined;
      return {
        eventId,
        here: VERDICTS[verdicts[2 * index] as number] as Verdict,
        there: VERDICTS[verdicts[2 * index + 1] as number] as Verdict,
        get state() {
          if (state === undefined) {
            const lists = here.callWith(there, (raw, another) => raw.stateDiffTo(another, eventId));
            state = lists === undefined ? null : diffOf(lists);
          }
          return state;
        },
      };
    });
    return { onlyHere: splitIds(onlyHere), onlyThere: splitIds(onlyThere), differing, currentState: diffOf(current) };
  }

  /**
   * Rows of one of the tables in which a server stores the room; see {@link TableName}. Only what is asked for is made.
   *
   * A row of `state_blocks` can be a whole state, a list of a hundred thousand numbers, and its hash goes over all of
   * them. So the list and the hash of a long one are worked out when they are first read, each by itself: they are there
   * like any other cell, a page costs what is looked at, and the room must not have been freed. With `listLimit` such
   * lists are cut after so many numbers, and `cut` in the answer says how long they are.
   *
   * @throws RoomscopeError `unknown-table`, `bad-argument`
   * @example
   * const { columns, rows, total } = room.table("state_snapshots", { offset: 100, limit: 50 });
   * @example
   * const { rows, cut } = room.table("state_blocks", { limit: 50, listLimit: 10 });
   * for (const { row, length } of cut ?? []) console.log(`${rows[row][1].join(", ")} … ${length} in all`);
   */
  table(name: TableName, range: TableRange = {}): TableData {
    const offset = count("offset", given(range).offset, 0);
    const limit = count("limit", range.limit, 0xffff_ffff);
    const listLimit = range.listLimit === undefined ? undefined : count("listLimit", range.listLimit, 0);
    return tableOf(this.#raw, string("name", name), offset, limit, listLimit);
  }

  /**
   * What taking an event in did: what was interned, which blocks and snapshots were made or found again, and the tips
   * before and after. If it came several times, all of them together.
   *
   * @throws RoomscopeError `unknown-event`, `bad-argument`
   * @example
   * const { newBlocks, reusedBlocks } = room.effects(eventId);
   */
  effects(eventId: EventId): Effects {
    return JSON.parse(this.#raw.call((raw) => raw.effects(string("eventId", eventId)))) as Effects;
  }

  /** What storing the room's state costs, in rows: in full, as blocks and snapshots, and as state groups. */
  storage(): StorageFigures {
    return JSON.parse(this.#raw.call((raw) => raw.storage())) as StorageFigures;
  }

  /**
   * What rewriting the state groups would save, nothing being changed: by `rust-synapse-compress-state` with levels of
   * these sizes, and by a layout of our own for chains as long as those levels allow.
   *
   * @throws RoomscopeError `bad-argument`
   * @example
   * const { stored, compressed, improved } = room.compressStateGroups({ levels: [100, 50, 25] });
   */
  compressStateGroups(options: { levels?: number[] } = {}): Compression {
    const sizes = levels(given(options).levels ?? [100, 50, 25]);
    return compressionOf(this.#raw.call((raw) => raw.compressStateGroups(sizes)));
  }

  /** Lane layout, one row an event in topological order: typed arrays, no per-event objects. */
  layout(): Layout {
    return layoutOf(this.#raw.call((raw) => raw.layout()));
  }

  /**
   * What is known of the history's events, in the rows of {@link Room.layout}: for searching a room of any size, where
   * {@link Room.rows} would make an object of each event.
   *
   * @example
   * const { type, types } = room.columns();
   * const topic = types.indexOf("m.room.topic");
   * const count = type.filter((each) => each === topic).length;
   */
  columns(): Columns {
    return columnsOf(this.#raw.call((raw) => raw.columns()));
  }

  /**
   * The event graph as DOT, for Graphviz: a node an event, an edge from each event to its parents, parents that are not
   * held drawn dashed, events with one snapshot or state group in a box if asked for. Of all events but outliers, or of those given. Graphviz lays out some thousand events at most.
   *
   * @throws RoomscopeError `unknown-event`, `bad-argument`
   * @example
   * writeFileSync("room.dot", room.toDot({ eventIds: room.timeline({ direction: "b", limit: 200 }) }));
   */
  toDot(options: DotOptions = {}): string {
    const ids = given(options).eventIds === undefined ? undefined : strings("eventIds", options.eventIds);
    const clusters = ["none", "snapshot", "stateGroup"] as const;
    const cluster = clusters.indexOf(oneOf("cluster", options.cluster, clusters) ?? "none");
    return this.#raw.call((raw) => raw.dot(ids, cluster));
  }

  /**
   * The events' JSON, one event a line: all in the order in which they were taken in, or those given.
   *
   * With `thin`, all content is left out that no auth rule, resolution or event id needs: messages, names, topics,
   * reasons. The room can be shown to others and still resolves alike, with the same event ids. What stays: who, when,
   * how often, types, state keys, memberships, power levels, join rules.
   *
   * @throws RoomscopeError `no-json` (the room was opened with `keepJson: false`), `no-room-version` (to thin, it must
   *   be known), `unknown-event`, `bad-argument`
   * @example
   * writeFileSync("broken-room.ndjson", room.toNdjson({ thin: true }));
   */
  toNdjson(options: NdjsonOptions = {}): Uint8Array {
    const ids = given(options).eventIds === undefined ? undefined : strings("eventIds", options.eventIds);
    const thin = options.thin === true;
    const chunks: Uint8Array[] = [];
    const end = ids?.length ?? this.size;
    for (let from = 0; from < end;) {
      const part = ids?.slice(from, from + CHUNK_IDS);
      const [bytes, next] = this.#raw.call((raw) => raw.ndjson(part, thin, from)) as [Uint8Array, number | undefined];
      chunks.push(bytes);
      from = next ?? from + CHUNK_IDS;
    }
    return joined(chunks);
  }

  /**
   * The whole room as bytes, for {@link Room.load}: its events with their JSON, if it keeps that, in the order in which
   * they came and with what was told of the state before them, and the numbers of its tables.
   *
   * @throws RoomscopeError `busy`, `room-full`
   * @example
   * writeFileSync("room.save", room.save());
   */
  save(): Uint8Array {
    const chunks = [this.#raw.call((raw) => raw.saveHead())];
    for (let from = 0; from < this.size;) {
      const [bytes, next] = this.#raw.call((raw) => raw.saveEvents(from)) as [Uint8Array, number];
      chunks.push(bytes);
      from = next;
    }
    return joined(chunks);
  }

  /**
   * Makes a room of the bytes that {@link Room.save} returned: the same events, states, verdicts and numbers. What the
   * rules make of the events is worked out anew, so bytes from elsewhere can be wrong about what was sent, as any export
   * can, and about nothing that follows from it.
   *
   * @throws RoomscopeError `not-a-save`, `unknown-save-form` (another version of roomscope wrote it), `damaged-save`,
   *   `out-of-memory`, `bad-argument`
   * @example
   * const copy = Room.load(room.save());
   */
  static load(bytes: Uint8Array): Room {
    if (!(bytes instanceof Uint8Array)) throw new RoomscopeError("bad-argument", "A room is loaded from bytes.");
    const loader = new Handle(() => new RawLoader(Math.random(), bytes.length));
    try {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        loader.call((raw) => raw.push(bytes.subarray(at, at + CHUNK_BYTES)));
      }
      const raw = loader.call((loader) => loader.finish());
      // The signature that callers see has no handles.
      return new (Room as unknown as new (raw: Handle<RawRoom>) => Room)(new Handle(() => raw));
    } finally {
      loader.free();
    }
  }

  /** How much of the engine's memory the room holds. */
  memoryBytes(): MemoryBytes {
    const [model = 0, total = 0] = this.#raw.call((raw) => raw.memoryBytes());
    return { model, total };
  }

  /**
   * Lets go of the events' JSON and keeps no more of it, as if the room had been made with `keepJson: false`: for input that
   * turns out to be too large, also while {@link Room.addAsync} reads it. What the rules need of it stays.
   *
   * @example
   * await room.addAsync(file, { onProgress: () => room.memoryBytes().total > 1e9 && room.forgetJson() });
   */
  forgetJson(): void {
    this.#raw.call((raw) => raw.forgetJson());
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
