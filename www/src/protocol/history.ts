// What crosses of a room and its history: what it is read from, the graph in columns, rows in words, one event in full.

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

/** What merges did to the states that met in them; rows ascend. */
export interface MergeColumns {
  rows: Uint32Array;
  /** Slots in which they differed. */
  conflicted: Uint32Array;
  /** Slots in which an older value came back, or whose value was lost. */
  resets: Uint32Array;
}
