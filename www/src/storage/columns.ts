// What the columns of the tables hold: where a number leads, and how much room it needs. The names are the servers' own, so they
// are all there is to go by.
import type { TableName } from "roomscope";

export type Target = { table: TableName; nid: number } | { eventId: string };

/** The table that a column's numbers are numbers of. */
const tableOf: Readonly<Record<string, TableName>> = {
  event_nid: "events",
  event_nids: "events",
  auth_event_nids: "events",
  latest_event_nids: "events",
  last_event_sent_nid: "events",
  event_type_nid: "event_types",
  event_state_key_nid: "event_state_keys",
  state_snapshot_nid: "state_snapshots",
  state_block_nids: "state_blocks",
  state_block_nid: "state_blocks",
  state_group: "state_groups",
  prev_state_group: "state_groups",
};

const eventIdColumns = new Set(["event_id", "prev_event_id", "previous_event_id"]);

/** The least width in pixels, and the share of what is left over. */
const widths: Readonly<Record<string, readonly [least: number, share: number]>> = {
  nid: [64, 0],
  id: [64, 0],
  state_group: [88, 0],
  prev_state_group: [112, 0],
  state_key: [140, 1],
  depth: [56, 0],
  event_nid: [64, 0],
  event_type_nid: [88, 0],
  event_state_key_nid: [116, 0],
  state_snapshot_nid: [112, 0],
  room_version: [80, 0],
  is_rejected: [64, 0],
  sent_to_output: [88, 0],
  hash: [120, 1],
  type: [160, 1],
  key: [160, 1],
  room_id: [160, 1],
};
const usual = [96, 1] as const;
const gap = 12;
const padding = 32;

function width(column: string): readonly [least: number, share: number] {
  return widths[column] ?? (eventIdColumns.has(column) || column.endsWith("_nids") ? [132, 2] : usual);
}

/** Where a number in a column leads; 0 leads nowhere, as in the servers. */
export function targetOf(column: string, value: number | string): Target | undefined {
  if (typeof value === "string") return eventIdColumns.has(column) ? { eventId: value } : undefined;
  const table = tableOf[column];
  return table === undefined || value === 0 ? undefined : { table, nid: value };
}

/** Whether rows in the order of a column say something: hashes have none. */
export function isSortable(column: string): boolean {
  return column !== "hash";
}

/** The columns' widths, as CSS grid tracks. */
export function tracks(columns: readonly string[]): string {
  return columns
    .map(width)
    .map(([least, share]) => (share === 0 ? `${least}px` : `minmax(${least}px, ${share}fr)`))
    .join(" ");
}

/** The least width of a row, in pixels. */
export function leastWidth(columns: readonly string[]): number {
  return columns.reduce((sum, column) => sum + width(column)[0] + gap, padding - gap);
}
