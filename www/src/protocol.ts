// What the page and its worker say to each other: every call with its parameters and result, and the shapes that cross.
// Rows, columns and words cross; the room itself never does. Both sides import this file and nothing of one another.
import type { TableName } from "roomscope";

/** A failed call: the `code` is stable, the `message` one sentence for people. */
export interface Failure {
  code: string;
  message: string;
}

/**
 * Numbers of events inside this protocol. Events of the history are 0 … eventCount-1, oldest first in topological order (as in
 * `Room.layout`); outliers follow, eventCount … eventCount+outlierCount-1.
 */
export type Row = number;

/**
 * The graph, in columns: edges sorted by child, so that the edges of row r are edgeStart[r] … edgeStart[r+1]-1, first
 * parent first where the engine tells. Held parents only.
 */
export interface GraphColumns {
  eventCount: number;
  laneCount: number;
  lane: Uint32Array;
  edgeStart: Uint32Array;
  edgeChild: Uint32Array;
  edgeParent: Uint32Array;
  /** The lane in which the edge runs between its two ends. */
  edgeLane: Uint32Array;
  /** The children of row r are childRow[childStart[r]] … childRow[childStart[r+1]-1]. */
  childStart: Uint32Array;
  childRow: Uint32Array;
  /** Edges that cross the boundary below row k * blockSize are openEdge[openStart[k]] … openEdge[openStart[k+1]-1]. */
  blockSize: number;
  openStart: Uint32Array;
  openEdge: Uint32Array;
}

/** Which events share a line of the list, where not every event has one to itself: see `Lines`. */
export interface LineColumns {
  /** By row: its line. */
  line: Uint32Array;
  /** By line: the event there, the oldest of those that share it. */
  row: Uint32Array;
  /** The lines that are shared, ascending; by how many; and whether what shares them is a run of messages. */
  runLine: Uint32Array;
  runLength: Uint32Array;
  runFolded: Uint8Array;
  /** The graph on the lines of the history. */
  graph: GraphColumns;
  /** By edge of the graph: 1 if it leads past events that a query leaves out. */
  indirect: Uint8Array;
}

/** Which lines are wanted. */
export interface LineOptions {
  /** The rows that a query means, ascending; all where there is none. */
  rows: Uint32Array | undefined;
  /** Whether runs of messages share a line. */
  folded: boolean;
  /** Events whose run is shown in full all the same. */
  opened: Row[];
}

export interface LoadProblem {
  /** 1-based line or position in the input. */
  at: number;
  eventId?: string;
  code: string;
  message: string;
}

/** A parent that is not held, and one event that names it. */
export interface Gap {
  row: Row;
  childId: string;
  missingId: string;
}

export interface Opened {
  roomId: string | undefined;
  roomVersion: string | undefined;
  /** The room's name in its current state. */
  name: string | undefined;
  graph: GraphColumns;
  outlierCount: number;
  /** Forward extremities, oldest first: their rows and their ids. */
  tips: Uint32Array;
  tipIds: string[];
  gaps: Gap[];
  added: number;
  duplicates: number;
  problems: LoadProblem[];
  /** All problems, of which `problems` has the first. */
  problemCount: number;
  /** origin_server_ts of the oldest and the newest event by topological order. */
  firstTs: number;
  lastTs: number;
  /** How it was read: what a saved room or a link brings along goes before what was asked for. */
  options: OpenOptions;
  /** The rows of the history that the window shows first. */
  rows: RowView[];
}

/** From which end of the history the window begins, and how many rows it has. */
export interface FirstWindow {
  direction: "newest" | "oldest";
  rows: number;
}

/** What a row says, in parts that are styled apart. All of it is text from the room: never markup. */
export interface Summary {
  /** "state": label and value; "message": what somebody said; "note": our words about content that is not there. */
  kind: "state" | "message" | "note";
  /** The type without `m.room.`; empty where the text speaks for itself. */
  label: string;
  /** The state key, where the text does not tell it already. */
  key: string;
  text: string;
  /** The text is JSON. */
  code: boolean;
}

export interface RowView {
  row: Row;
  eventId: string;
  /** Characters after the `$` that are enough to tell this id from all others of the room (at most 7): see `learn`. */
  unique: number;
  type: string;
  stateKey: string | null;
  sender: string;
  depth: number;
  stream: number;
  ts: number;
  verdict: "accepted" | "soft-failed" | "rejected" | "outlier";
  arrival: "live" | "backfill" | "outlier";
  reason: string;
  /** Whether the state before an event of the history is unknown, and whether it is the first of its branch. */
  blind: "no" | "from-here" | "still";
  /** Distinct parents named, held or not. */
  parentCount: number;
  tip: boolean;
  summary: Summary;
}

/** Who sent the messages of a run: the first few, the most frequent first. */
export interface RunView {
  /** Its oldest event. */
  row: Row;
  senders: string[];
  senderCount: number;
}

/** Another event that the selected one names or is named by. */
export interface Link {
  eventId: string;
  /** Absent: not held. */
  view?: RowView;
}

/** A held event that a sentence names by its whole id. */
export interface Named {
  eventId: string;
  row: Row;
}

export interface Detail {
  view: RowView;
  /** The events that its reason names. */
  named: Named[];
  parents: Link[];
  authEvents: Link[];
  /** Of a merge: one of the parents for each of their different states, in the order in which it names them. */
  parentStates: Row[];
  /** Children held in this room, at most 100 of `childCount`. */
  children: Link[];
  childCount: number;
  /** The PDU, indented; empty if the room keeps no JSON. */
  json: string;
}

/** A part of the answer to `find`: more follows until `scanned` equals the number of events. */
export interface Found {
  /** Ascending within the whole search from the last part to the first: parts come newest rows first. */
  rows: Uint32Array;
  scanned: number;
  total: number;
}

/** Whose rules decide, and how the tables are numbered: see the engine's `RoomOptions`. */
export interface OpenOptions {
  rules: "specification" | "dendrite";
  numbering: "dense" | "sqlite" | "postgres";
  auth: "enforce" | "off";
}

/** Events that arrive together: what a teaching room is made of. As text they are one a line. */
export interface Delivery {
  events: object[] | string;
  arrival: "live" | "backfill" | "outlier";
  /** The state before the first of them, where it came with it. */
  stateBefore?: string[];
}

/** What a room is read from: a file's bytes, events in the order in which they reach a server, or what a link carries. */
export type Source = Blob | readonly Delivery[] | { link: string };

/** A room as the text of a link. */
export interface LinkText {
  /** Absent: it would be too long. */
  text?: string;
  characters: number;
  /** `characters` is a guess from the first events. */
  about: boolean;
  /** Events that come out otherwise when the link is opened: what cannot be told by a link was told to this room. */
  differing?: number;
}

/** An event, or a state group with the event that it was made for. */
export interface LinkedNode {
  /** Absent: nobody knows for which event a group was made. */
  view?: RowView | undefined;
  group?: {
    nid: number;
    /** 0: it is stored in full. */
    previous: number;
    /** From the selected event's group; absent beside the chain. */
    hop: number | undefined;
    /** Rows that it is stored as. */
    rows: number;
    /** Events that have it after them. */
    events: number;
  };
}

/** A small graph beside the history, oldest node first. */
export interface LinkedGraph {
  nodes: LinkedNode[];
  /** Edges by the places of their ends, in the order of their children. */
  lanes: {
    edgeFrom: Uint32Array;
    edgeTo: Uint32Array;
    edgeLane: Uint32Array;
    lane: Uint32Array;
    laneCount: number;
  };
  /** Edges that others imply: not drawn, unless all are asked for. */
  implied: number;
  /** Nodes that are not shown. */
  more: number;
  /** Auth events that are named and not held. */
  missing: number;
  /** The place of what was asked about. */
  selected: number;
}

/** What can be saved as a file. */
export type FileForm = "ndjson" | "thin" | "save" | "dot";

export interface Slot {
  type: string;
  stateKey: string;
}

/** The value of one slot after every event of the history. */
export interface SlotColumn {
  /** By row: its place in `setters`, counted from 1; 0 where there is none, and beyond the last where it is not known. */
  values: Uint32Array<ArrayBuffer>;
  /** The rows of the events that set them. */
  setters: Uint32Array<ArrayBuffer>;
}

/** What merges did to the states that met in them; rows ascend. */
export interface MergeColumns {
  rows: Uint32Array;
  /** Slots in which they differed. */
  conflicted: Uint32Array;
  /** Slots in which an older value came back, or whose value was lost. */
  resets: Uint32Array;
}

/** One event of a layer, in the column of its slot. */
export interface Square {
  column: number;
  row: Row;
  /** Nothing lies above it. */
  read: boolean;
  /** It is the event that was asked about. */
  own: boolean;
}

/** A block, as a layer of a snapshot. */
export interface Layer {
  nid: number;
  /** Its rows. */
  total: number;
  squares: Square[];
  /** Rows that are read and have no column. */
  hidden: number;
  /** Made when the event was taken in. */
  fresh: boolean;
  /** Snapshots that list it. */
  shared: number;
}

export interface SnapshotView {
  nid: number;
  /** The axis: one column each. */
  slots: Slot[];
  /** All slots of the state, with a column or without. */
  slotCount: number;
  /** The newest first: it lies on top. */
  layers: Layer[];
}

/** A state group as the chain of deltas that it is stored as, on the axis of the snapshot. */
export interface GroupView {
  nid: number;
  /** From the group itself to the one that is stored in full; `shared` is the hop. */
  layers: Layer[];
  /** Groups that must be read before every slot is known. */
  read: number;
}

/** What taking one event in did, in the numbers of the tables. */
export interface Effects {
  internedTypes: [nid: number, type: string][];
  internedStateKeys: [nid: number, key: string][];
  newBlocks: number[];
  reusedBlocks: number[];
  newSnapshots: number[];
  reusedSnapshots: number[];
  newStateGroups: number[];
  forwardExtremitiesBefore: string[];
  forwardExtremitiesAfter: string[];
}

export interface StorageDetail {
  eventId: string;
  eventNid: number;
  typeNid: number;
  /** 0: not a state event. */
  keyNid: number;
  /** The snapshots before and after it; 0: not known, or none is stored. */
  before: number;
  after: number;
  effects: Effects;
  /** What the new snapshots list. */
  lists: { nid: number; blocks: number[] }[];
  /** Which of the two is shown. */
  moment: "before" | "after";
  snapshot: SnapshotView | undefined;
  group: GroupView | undefined;
}

/** A list too long to send is cut. */
export type TableCell = number | string | boolean | number[] | { first: number[]; count: number };
export type TableCells = TableCell[];

export interface TablePage {
  columns: string[];
  rows: TableCells[];
  total: number;
  /** Whether it can be put in another order: not if it is very long. */
  sortable: boolean;
}

/** A table in the order of one of its columns; lists go by their length. */
export interface TableSort {
  column: string;
  descending: boolean;
}

/** One slot of a state: its value in words, and the event that set it; no id where a value was lost. */
export interface StateRow {
  type: string;
  stateKey: string;
  value: string;
  eventId: string;
  /** Absent: not held. */
  row: Row | undefined;
  sender: string;
  depth: number;
  /**
   * What the event did to it: set it for the first time or anew, chose between what its parents have, or went back behind one
   * of them.
   */
  change: "" | "added" | "changed" | "resolved" | "reset";
  /** Which of the parents' states have this value, if they differ. */
  heldBy?: boolean[];
}

/** Parents that have the same state. */
export interface ParentState {
  eventIds: string[];
  row: Row | undefined;
  sender: string;
}

export interface StateView {
  known: boolean;
  total: number;
  parents: ParentState[];
  changed: StateRow[];
  same: StateRow[];
  /** Slots that were found and not sent. */
  more: number;
}

export interface Difference {
  known: boolean;
  /** Slots of the second state. */
  total: number;
  /** Slots that differ; `slots` has the first of them. */
  count: number;
  slots: { type: string; stateKey: string; from: StateRow | undefined; to: StateRow | undefined }[];
}

export interface KeyChange {
  row: Row;
  value: StateRow | undefined;
  cause: "set" | "resolved" | "reset";
}

export interface WhySlot {
  type: string;
  stateKey: string;
  /** The value in each of the parents' states. */
  held: (StateRow | undefined)[];
  winner: string | null;
}

export interface WhyStep {
  phase: "power" | "mainline" | "v1-auth" | "v1-other";
  outcome: "allowed" | "denied" | "skipped";
  keys: Record<string, number | string>;
  reason: string;
  /** The events that its reason names. */
  named: Named[];
  /** What became of its value: "stands", "until 12", "denied" … */
  fate: string;
  entry: StateRow;
}

/** A resolution as it is told. Lists are cut; the counts tell of all. */
export interface WhyView {
  algorithm: "none" | "v1" | "v2" | "v2.1";
  parents: ParentState[];
  unconflicted: number;
  conflictedCount: number;
  slots: WhySlot[];
  authDifference: StateRow[];
  authDifferenceCount: number;
  subgraphCount: number;
  steps: WhyStep[];
  stepCount: number;
  denied: number;
  resultCount: number;
}

/** A part of a table that a step touched: the rows up to the newest. */
export interface Card {
  name: TableName;
  columns: string[];
  rows: TableCells[];
  /** Rows before these. */
  above: number;
}

/** A step of playing the room. */
export interface PlayStep {
  /** Its event's row in the table `events`, which is in the order of arrival. */
  place: number;
  total: number;
  view: RowView;
  storage: StorageDetail;
  cards: Card[];
}

/** Where something is: its row in its table, and in the history if it is an event. Absent: nowhere. */
export interface Located {
  index?: number | undefined;
  row?: Row | undefined;
}

/** What the room costs to store, by the engine's names. */
export type Figures = Readonly<Record<string, number>>;

/** Every call: its parameters, its result, and what it may report on the way. */
export interface Calls {
  /** `insist`: in this way even if the source brings another along. */
  open: {
    params: { source: Source; options: OpenOptions; insist: boolean; window: FirstWindow };
    result: Opened;
    progress: number;
  };
  /** Learns all ids by heart; true if `unique` of rows that were told before is too high. */
  learn: { params: object; result: boolean; progress: undefined };
  rows: { params: { from: Row; count: number }; result: RowView[]; progress: never };
  /** Single rows, and folded runs by their oldest event and their length. */
  lines: {
    params: { rows: Row[]; runs: [oldest: Row, length: number][] };
    result: { views: RowView[]; runs: RunView[] };
    progress: never;
  };
  arrange: { params: LineOptions; result: LineColumns; progress: undefined };
  detail: { params: { row: Row }; result: Detail; progress: never };
  /** The row of an event id or of an unambiguous beginning of one. */
  locate: { params: { id: string }; result: Row | undefined; progress: never };
  find: { params: { query: string }; result: null; progress: Found };
  /** Of each row the snapshot before it and the state group after it; 0 where there is none. */
  numbers: {
    params: object;
    result: { snapshots: Uint32Array<ArrayBuffer>; groups: Uint32Array<ArrayBuffer> };
    progress: undefined;
  };
  storage: { params: { row: Row; moment: "before" | "after" }; result: StorageDetail | undefined; progress: undefined };
  figures: { params: object; result: Figures; progress: never };
  table: {
    params: { name: TableName; offset: number; limit: number; sort?: TableSort | undefined };
    result: TablePage;
    progress: undefined;
  };
  state: {
    params: { row: Row; moment: "before" | "after"; filter: string };
    result: StateView | undefined;
    progress: never;
  };
  diff: { params: { a: Row; b: Row }; result: Difference | undefined; progress: never };
  history: { params: { type: string; stateKey: string }; result: KeyChange[]; progress: never };
  /** The value of a slot along the whole room. */
  slot: { params: Slot; result: SlotColumn; progress: never };
  /** What single state events set. */
  entries: { params: { rows: Row[] }; result: StateRow[]; progress: never };
  merges: { params: object; result: MergeColumns; progress: undefined };
  explain: { params: { row: Row }; result: WhyView | undefined; progress: never };
  /** What a merge of these events would make; of all tips if there are none. */
  resolve: { params: { rows: Row[] }; result: WhyView; progress: never };
  /** A step by its place in the order of arrival, or that of an event. */
  play: { params: { place: number } | { row: Row }; result: PlayStep | undefined; progress: undefined };
  place: {
    params: { name: TableName; nid: number; sort?: TableSort | undefined };
    result: Located;
    progress: undefined;
  };
  /** What an event stands on: by its auth events (`all`: with the edges that others imply), or as its state group is stored. */
  linked: {
    params: { row: Row; by: "auth" | "groups"; all: boolean };
    result: LinkedGraph | undefined;
    progress: undefined;
  };
  /** The room as the text of a link; thin: without messages, names and topics. */
  link: { params: { thin: boolean }; result: LinkText; progress: never };
  /** The bytes of a file; of some rows only, where they are given. */
  file: { params: { form: FileForm; rows?: Row[] }; result: Uint8Array<ArrayBuffer>; progress: never };
}

export type CallName = keyof Calls;

export type Request = {
  [C in CallName]: { id: number; call: C; params: Calls[C]["params"] };
}[CallName];

/**
 * Page to worker: first the compiled engine, then calls. A cancelled call is answered with the code "cancelled" if it had not been
 * answered yet.
 */
export type ToWorker = { engine: WebAssembly.Module } | Request | { cancel: number };

/** Worker to page. */
export type FromWorker =
  { id: number; result: unknown } | { id: number; progress: unknown } | { id: number; error: Failure };
