// The shapes that go in and come out. Ids are strings here; the engine's numbers stay inside.

/** An event id, such as `$Q8VjS_HKyXDMyTboucQ_XCnbkc6wZv76HoDbiwtf8m8`. */
export type EventId = string;

/** How an event reached this server. */
export type Arrival = "live" | "backfill" | "outlier";

/**
 * What the checks made of an event.
 *
 * - `accepted`: passed every check
 * - `soft-failed`: passed against its auth events and the state before it, failed against the room's state on arrival
 * - `rejected`: failed against its auth events or the state before it
 * - `outlier`: held, but the state before it is not known (yet), so it was checked against its auth events alone
 */
export type Verdict = "accepted" | "soft-failed" | "rejected" | "outlier";

/** How a room is opened. */
export interface RoomOptions {
  /** `"1"` … `"12"`. Default: read from the `m.room.create` event, whenever it comes. */
  roomVersion?: string;
  /** Default: read from the create event, else from the first event. */
  roomId?: string;
  /**
   * `"off"`: every event is accepted (teaching rooms with no power levels) and waits for its parents alone. A conflict is
   * resolved with the auth events that are there by then, so what belongs together is best added in one call. Default
   * `"enforce"`.
   */
  auth?: "enforce" | "off";
  /**
   * Whose rules decide: the specification's, as Synapse applies them, or Dendrite's, as its room server takes events in
   * and stores them when it has no other server to ask. Default `"specification"`.
   */
  rules?: "specification" | "dendrite";
  /**
   * How the tables of blocks and snapshots are numbered: without holes (`"dense"`, the default), or as Dendrite numbers
   * on that database, where inserts that find their row there already, and events delivered again, use up numbers.
   */
  numbering?: "dense" | "sqlite" | "postgres";
  /** The longest chain of state-group deltas, in edges. Default 100, as Synapse on SQLite; on PostgreSQL it is 99. */
  hopLimit?: number;
  /** Keep each event's JSON inside the room, so that {@link Room.pdu} can return it. Default true; {@link Room.forgetJson} ends it. */
  keepJson?: boolean;
}

/** How an input is taken in. */
export interface AddOptions {
  /** How its events reached us. Default `"live"`. */
  arrival?: Arrival;
  /** `"causal"` (default) sorts the input so that parents come first; `"given"` takes it in the order given. */
  order?: "causal" | "given";
  /**
   * State before the input's first event, as event ids already in the room (what a joining server is told). An event
   * that is held already takes it over: the room is worked out anew, as if it had come with that state.
   */
  stateBefore?: EventId[];
  /**
   * Check given event ids and content hashes against the event (version 3 and up); what differs is reported as
   * `id-mismatch` or `hash-mismatch` and taken in all the same. Ids that are not given are always computed. Default false.
   * A scenario's are not checked.
   */
  verify?: boolean;
  /** Called about every 50 ms of work with the share done, 0 to 1. What it throws ends the call. */
  onProgress?: (done: number) => void;
}

/** What came of an input. */
export interface AddReport {
  /** Events taken in: new ones, and outliers that became events. */
  added: number;
  /** Events that were held already, or came twice. */
  duplicates: number;
  /** Of the events taken in: passed every check. */
  accepted: number;
  /** Of the events taken in: refused by the room's state on arrival alone. */
  softFailed: number;
  /** Of the events taken in: refused by their auth events or the state before them. */
  rejected: number;
  /** Of the events taken in: the state before them is not known. */
  outliers: number;
  /** Ids in the order in which they were taken in. */
  eventIds: EventId[];
  /** What could not be read, 100,000 of it at most. The rest of the input is still added; nothing half-read is. */
  problems: Problem[];
  /** How many problems there were beyond those that `problems` tells, if any. */
  moreProblems?: number;
}

/** A stretch of an input that could not be taken in. */
export interface Problem {
  /** 1-based line or array position in the input. */
  at: number;
  /** The event in it, as far as that can be told. */
  eventId?: EventId;
  /**
   * Stable: `bad-json`, `bad-utf8`, `too-deep`, `not-an-event`, `missing-field`, `bad-field`, `bad-depth`,
   * `too-many-prev-events`, `too-many-auth-events`, `too-large`, `wrong-room`, `second-create`, `cycle`, `id-mismatch`,
   * `hash-mismatch`, `unknown-room-version`, `no-room-version`, `room-full`.
   */
  code: string;
  /** What is wrong, in words. */
  message: string;
}

/** What is known of one event. */
export interface EventInfo {
  /** Given or computed, as its room version has it. */
  eventId: EventId;
  /** As in the event, `m.room.message` for example. */
  type: string;
  /** null for an event that is not a state event. */
  stateKey: string | null;
  /** A user id. */
  sender: string;
  /** Milliseconds, by the sender's clock. */
  originServerTs: number;
  /** = topological ordering. */
  depth: number;
  /** Positive for live events, 1, 2, 3 …; negative for backfilled events and outliers, -1, -2, -3 … */
  streamOrdering: number;
  /** How it reached us. */
  arrival: Arrival;
  /** Its parents, in its own order, held or not. */
  prevEvents: EventId[];
  /** The events that it names to show that it is allowed, held or not. */
  authEvents: EventId[];
  /** What the checks made of it. */
  verdict: Verdict;
  /** Why it was rejected or soft-failed (the rule of the room version that failed, in words), or what it waits for. */
  reason?: string;
  /**
   * Stands for the state after it: `stateAfter` of two events is equal exactly when this is, in whatever room, on
   * whatever server. 32 hexadecimal digits, the sum of a hash of each event id in the state; null if the state is unknown.
   */
  stateId: string | null;
}

/** One entry of a state. */
export type StateEntry = [type: string, stateKey: string, eventId: EventId];

/** What sets one state apart from another. */
export interface StateDiff {
  /** In the second state alone. */
  added: StateEntry[];
  /** In the first state alone. */
  removed: StateEntry[];
  /** Another event in the second state than in the first. */
  changed: ChangedEntry[];
}

/** A key that two states have different events for. */
export interface ChangedEntry {
  /** The event type in the key. */
  type: string;
  /** The state key in the key. */
  stateKey: string;
  /** The event in the first state. */
  from: EventId;
  /** The event in the second state. */
  to: EventId;
}

/** One change of a key's value. */
export interface StateChange {
  /** The event at which it changed. */
  eventId: EventId;
  /** The value after that; null if there is none. */
  value: EventId | null;
  /**
   * - `set`: the event set it
   * - `resolved`: a merge chose between its parents' values
   * - `reset`: at a merge an older value came back, or a value was lost
   */
  cause: "set" | "resolved" | "reset";
}

/** The value of one key after every event: see {@link Room.slotValues}. */
export interface SlotValues {
  /**
   * One a row of {@link Layout}: the place of the value in `eventIds`, counted from 1; 0 where the key has none, and
   * 0xffffffff where the state is not known.
   */
  values: Uint32Array<ArrayBuffer>;
  /** The events that set the values, in the order in which they first stand in a row. */
  eventIds: EventId[];
}

/** What every merge did, one a row of these columns: see {@link Room.merges}. */
export interface Merges {
  /** The merge's row in {@link Layout}, ascending. */
  rows: Uint32Array<ArrayBuffer>;
  /** Keys in which the states of its parents differ. */
  conflicted: Uint32Array<ArrayBuffer>;
  /** Keys in which an older value came back, or whose value was lost. */
  resets: Uint32Array<ArrayBuffer>;
}

/** How the state before an event with several parents came about. */
export interface Resolution {
  /** `none`: all parents had the same state, or there is at most one. */
  algorithm: "none" | "v1" | "v2" | "v2.1";
  /** One for each distinct state of the parents. */
  parents: ParentState[];
  /** Keys that were not in conflict. */
  unconflicted: number;
  /** Keys that were in conflict, and how each ended. */
  conflicted: ConflictedKey[];
  /** Events in the auth chains of some parents' states, but not of all (v2, v2.1). */
  authDifference: EventId[];
  /** Events on a way from one conflicted event down to another (v2.1). */
  conflictedSubgraph: EventId[];
  /** In the order in which each was tried, phase by phase. The last that was allowed for a key stands. */
  steps: ResolutionStep[];
  /** The state that came of it. */
  result: StateEntry[];
}

/** One of the different states that a merge joins. */
export interface ParentState {
  /** The parents that have this state after them. */
  eventIds: EventId[];
  /** As in {@link EventInfo.stateId}. */
  stateId: string;
}

/** A key that the parents' states do not agree on. */
export interface ConflictedKey {
  /** The event type in the key. */
  type: string;
  /** The state key in the key. */
  stateKey: string;
  /** The events that the parents' states have for it. */
  candidates: EventId[];
  /** The event that holds in the end; null if none does. */
  winner: EventId | null;
  /** Whether that is an older value come back, or a value lost. */
  reset: boolean;
}

/** One event's turn in a resolution. */
export interface ResolutionStep {
  /**
   * - `power`: events that decide who may do what, those that others stand on first (v2, v2.1)
   * - `mainline`: all others, by the power levels they stand on (v2, v2.1)
   * - `v1-auth`: events that the rules read, type by type (v1)
   * - `v1-other`: all others (v1)
   */
  phase: "power" | "mainline" | "v1-auth" | "v1-other";
  /** The event whose turn it was. */
  eventId: EventId;
  /** `skipped`: it had been rejected before (v2, v2.1), or another had already won or failed (v1). */
  outcome: "allowed" | "denied" | "skipped";
  /** The sort keys that put it here: `powerLevel`, `mainlinePosition`, `originServerTs` (ms); `depth`, `sha1` in v1. */
  keys: Record<string, number | string>;
  /** Why it was denied: the rule that failed, in words. */
  reason?: string;
}

/** What sets two servers' views of one room apart. */
export interface Comparison {
  /** Held by this room alone, in topological order. */
  onlyHere: EventId[];
  /** Held by the other alone, in topological order. */
  onlyThere: EventId[];
  /** Where they came to different ends, in topological order: the first is where they parted. */
  differing: Difference[];
  /** The other's current state against this one's: `removed` is here alone, `added` there. */
  currentState: StateDiff;
}

/**
 * An event that both rooms hold, with another state after it or another verdict. Where one of them does not know the
 * state (an outlier, or an event behind a gap) there is nothing to differ.
 */
export interface Difference {
  /** Held by both. */
  eventId: EventId;
  /** What this room makes of it. */
  here: Verdict;
  /** What the other makes of it. */
  there: Verdict;
  /**
   * The other's state after it against this one's; null if they are equal (the verdicts differ) or one is not known.
   * Worked out when it is first read, from both rooms: neither must have been freed.
   */
  readonly state: StateDiff | null;
}

/** Which events {@link Room.toDot} draws, and how. */
export interface DotOptions {
  /** Default: all but outliers. */
  eventIds?: EventId[];
  /** What events are drawn together by: the snapshot before them, or their state group. Default `"none"`. */
  cluster?: "none" | "snapshot" | "stateGroup";
}

/** Which events {@link Room.toNdjson} writes, and how much of them. */
export interface NdjsonOptions {
  /** Default: all, in the order in which they were taken in. */
  eventIds?: EventId[];
  /** Leave out all content that no auth rule, resolution or event id needs. Default false. */
  thin?: boolean;
}

/** An event that somebody wants to send. */
export interface Draft {
  /** Such as `m.room.message`. */
  type: string;
  /** For a state event. */
  stateKey?: string;
  /** A user id. */
  sender: string;
  /** What can be written as JSON. */
  content: object;
  /** Milliseconds. Default: now. */
  originServerTs?: number;
  /** Default: {@link Room.nextPrevEvents}. */
  prevEvents?: EventId[];
}

/** Which part of a timeline is asked for. */
export interface TimelineOptions {
  /** `"topological"` (default): by depth, then stream ordering. `"stream"`: by arrival. */
  order?: "topological" | "stream";
  /** `"f"` (default): oldest first. `"b"`: newest first. */
  direction?: "f" | "b";
  /** Events to pass over. Default 0. */
  offset?: number;
  /** Events at most. Default: all. */
  limit?: number;
  /** Whether outliers are told as well. Default false. */
  outliers?: boolean;
}

/** Memory of a room, in bytes. */
export interface MemoryBytes {
  /** Without the events' own text. */
  model: number;
  /** With it, where it is kept. */
  total: number;
}

/** A child whose parents are not all held. */
export interface BackwardExtremity {
  /** The child, which is held. */
  eventId: EventId;
  /** The parents that are missing. */
  missing: EventId[];
}

/** Where to draw the event graph, in columns. Row 0 is the oldest event of the topological order, outliers left out. */
export interface Layout {
  /** How many rows there are. */
  eventCount: number;
  /** The lane of each row's event; 0 is the leftmost. */
  lane: Uint32Array;
  /** How many lanes there are. */
  laneCount: number;
  /** The row of each edge's child. */
  edgeFrom: Uint32Array;
  /** The row of each edge's parent. */
  edgeTo: Uint32Array;
  /** The lane in which the edge runs between the two. */
  edgeLane: Uint32Array;
}

/** What is known of the history's events, in columns. Row 0 is the oldest event of the topological order, outliers left out. */
export interface Columns {
  /** The place of each event's type in `types`. */
  type: Uint32Array;
  /** The event types that occur. */
  types: string[];
  /** The place of its state key in `strings`; 0 for an event that is not a state event: nothing stands at that place. */
  stateKey: Uint32Array;
  /** The place of its sender in `strings`. */
  sender: Uint32Array;
  /** State keys and user ids. */
  strings: string[];
  /** Its depth, as it claims it: an integer up to 2^53 - 1. */
  depth: Float64Array;
  /** Its verdict: 0 outlier, 1 accepted, 2 soft-failed, 3 rejected. */
  verdict: Uint8Array;
  /** How many parents it names, held or not. */
  parentCount: Uint8Array;
}

/**
 * The tables of a room, with the names of the servers' own.
 *
 * | table | columns |
 * |---|---|
 * | `rooms` | nid, room_id, latest_event_nids, last_event_sent_nid, state_snapshot_nid (the state after the latest events), room_version |
 * | `event_types` | nid, type |
 * | `event_state_keys` | nid, key |
 * | `events` | event_nid, event_type_nid, event_state_key_nid (0: none), state_snapshot_nid (before it; 0: unknown), depth, event_id, auth_event_nids, is_rejected, sent_to_output |
 * | `state_snapshots` | nid, state_block_nids, hash (BLAKE2b-256) |
 * | `state_blocks` | nid, event_nids, hash (BLAKE2b-256) |
 * | `state_block_entries` | state_block_nid, event_type_nid, event_state_key_nid, event_nid |
 * | `previous_events` | previous_event_id, event_nids (the faulty text that SQLite's table holds where `numbering` is `"sqlite"`, a list otherwise) |
 * | `forward_extremities` | event_id |
 * | `backward_extremities` | event_id (the missing parent) |
 * | `event_edges` | event_id, prev_event_id |
 * | `state_groups` | id, event_id (the event it was made for) |
 * | `state_group_edges` | state_group, prev_state_group |
 * | `state_groups_state` | state_group, type, state_key, event_id |
 * | `event_to_state_groups` | event_id, state_group (the state after it; before it, if it was rejected) |
 */
export type TableName =
  | "rooms"
  | "event_types"
  | "event_state_keys"
  | "events"
  | "state_snapshots"
  | "state_blocks"
  | "state_block_entries"
  | "previous_events"
  | "forward_extremities"
  | "backward_extremities"
  | "event_edges"
  | "state_groups"
  | "state_group_edges"
  | "state_groups_state"
  | "event_to_state_groups";

/** Which part of a table is asked for. */
export interface TableRange {
  /** Rows to pass over. Default 0. */
  offset?: number;
  /** Rows at most. Default: all. */
  limit?: number;
  /** Numbers at most of a list in `state_blocks`, where a row can be a whole state. Default: all. */
  listLimit?: number;
}

/** Rows of a table. */
export interface TableData {
  /** Their names, in the order of the cells. */
  columns: string[];
  /** A number, a text, a list of numbers or a truth value for each column. */
  rows: (number | string | number[] | boolean)[][];
  /** Rows in the whole table, whatever part was asked for. */
  total: number;
  /** The lists that `listLimit` cut, in the order of their rows; only there if it was given. */
  cut?: CutList[];
}

/** A list of which a page of a table has the beginning. */
export interface CutList {
  /** Its row on the page, from 0. */
  row: number;
  /** Its column, from 0. */
  column: number;
  /** How many numbers it has. */
  length: number;
}

/** What taking one event in did to the room, in the numbers that the tables show. */
export interface Effects {
  /** The event's own number. */
  eventNid: number;
  /** Event types that were new, with their numbers. */
  internedTypes: [nid: number, type: string][];
  /** State keys that were new, with their numbers. */
  internedStateKeys: [nid: number, key: string][];
  /** Blocks that were made. */
  newBlocks: number[];
  /** Blocks that were to be stored and were there already. */
  reusedBlocks: number[];
  /** Snapshots that were made. */
  newSnapshots: number[];
  /** Snapshots that were to be stored and were there already. */
  reusedSnapshots: number[];
  /** The state groups that were made for it. */
  newStateGroups: number[];
  /** The tips before it. */
  forwardExtremitiesBefore: EventId[];
  /** The tips after it. */
  forwardExtremitiesAfter: EventId[];
}

/** What storing the room's state costs, in rows. */
export interface StorageFigures {
  /** If the state before each event were stored in full. */
  fullStateRows: number;
  /** Entries of all blocks. */
  blockRows: number;
  /** Snapshots, each one list of blocks. */
  snapshotRows: number;
  /** State groups. */
  stateGroups: number;
  /** Rows of `state_groups_state`. */
  stateGroupRows: number;
  /** State groups that no event and no other group refers to: those of rejected state events. */
  unreferencedStateGroups: number;
  /** Rows of `state_groups_state` after the compressor's rewrite with levels 100, 50, 25. */
  compressedStateGroupRows: number;
  /**
   * Rows of `state_groups_state` in the best layout known here, of chains no longer than the compressor's may be. Left out
   * in a room with more than 2,000 state groups, where finding it takes longer: {@link Room.compressStateGroups} does.
   */
  improvedStateGroupRows?: number;
  /** Fewer rows than these no layout of the groups can have. */
  leastStateGroupRows: number;
  /** The most edges from a state group to one that is stored in full. */
  longestDeltaChain: number;
}

/** A way to store the state groups. */
export interface StateGroupLayout {
  /** Rows of `state_groups_state`. */
  rows: number;
  /** The most edges from a group to one that is stored in full. */
  longestDeltaChain: number;
  /** The group that each group stands on, from group 1 on; 0 where it is stored in full. */
  prevStateGroups: Uint32Array;
}

/** What rewriting the state groups would save. */
export interface Compression {
  /** As Synapse stores them. */
  stored: StateGroupLayout;
  /** As `rust-synapse-compress-state` would store them. */
  compressed: StateGroupLayout;
  /** How many groups that one changes. */
  changed: number;
  /** How many groups it has to store in full because none below them fits. */
  resets: number;
  /** The rows of those. */
  resetRows: number;
  /** A layout of our own with fewer rows, or the best of the others. */
  improved: StateGroupLayout;
  /** Fewer rows than these no layout can have. */
  leastRows: number;
}
