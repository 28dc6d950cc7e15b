// What the page and its worker say to each other: every call with its parameters and result, and the shapes that cross.
// Rows, columns and words cross; the room itself never does. Both sides import this file and nothing of one another.

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
  /** Characters after the `$` that are enough to tell this id from all others of the room (at most 7). */
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

/** Another event that the selected one names or is named by. */
export interface Link {
  eventId: string;
  /** Absent: not held. */
  view?: RowView;
}

export interface Detail {
  view: RowView;
  parents: Link[];
  authEvents: Link[];
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

/** Every call: its parameters, its result, and what it may report on the way. */
export interface Calls {
  open: { params: { source: Blob | ArrayBuffer }; result: Opened; progress: number };
  rows: { params: { from: Row; count: number }; result: RowView[]; progress: never };
  detail: { params: { row: Row }; result: Detail; progress: never };
  /** The row of an event id or of an unambiguous beginning of one. */
  locate: { params: { id: string }; result: Row | undefined; progress: never };
  find: { params: { query: string }; result: null; progress: Found };
}

export type CallName = keyof Calls;

export type Request = {
  [C in CallName]: { id: number; call: C; params: Calls[C]["params"] };
}[CallName];

/** Page to worker. A cancelled call is answered with the code "cancelled" if it had not been answered yet. */
export type ToWorker = Request | { cancel: number };

/** Worker to page. */
export type FromWorker =
  { id: number; result: unknown } | { id: number; progress: unknown } | { id: number; error: Failure };
