// What crosses of how a room is stored: layers of snapshots and groups, tables, and what each event did to them.
import type { Effects, TableName } from "roomscope";
import type { Row, RowView } from "./history.ts";
import type { Slot } from "./state.ts";

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
