// What the page and its worker say to each other: every call with its parameters and result, and the shapes that cross.
// Rows, columns and words cross; the room itself never does. Both sides import this file and nothing of one another.
import type { TableName } from "roomscope";
import type {
  Detail,
  FileForm,
  FirstWindow,
  Found,
  LineColumns,
  LineOptions,
  LinkText,
  LinkedGraph,
  MergeColumns,
  OpenOptions,
  Opened,
  Row,
  RowView,
  RunView,
  Source,
} from "./protocol/history.ts";
import type { Difference, KeyChange, Slot, SlotColumn, StateRow, StateView, WhyView } from "./protocol/state.ts";
import type { Figures, Located, PlayStep, StorageDetail, TablePage, TableSort } from "./protocol/storage.ts";

export type * from "./protocol/history.ts";
export type * from "./protocol/state.ts";
export type * from "./protocol/storage.ts";

/** A failed call: the `code` is stable, the `message` one sentence for people. */
export interface Failure {
  code: string;
  message: string;
}

/** Every call: its parameters, its result, and what it may report on the way. */
export interface Calls {
  /** `insist`: in this way even if the source brings another along. */
  open: {
    params: { source: Source; options: OpenOptions; insist: boolean; window: FirstWindow };
    result: Opened;
    progress: number;
  };
  /** Gets used to reading, by a file that need not be opened: whatever is asked next ends it. */
  practise: {
    params: { source: Blob; options: OpenOptions; window: FirstWindow };
    result: null;
    progress: undefined;
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
