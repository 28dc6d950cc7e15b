// One step of playing a room: the event that arrived next, what it did, and of each table that it touched the rows around those
// that appeared. Tables only grow at their end, so the rows before a new one are those that were there when it came.
import type { TableName } from "roomscope";
import type { Card, StorageDetail } from "../protocol.ts";
import type { Storage } from "./storage.ts";

/** Rows that a card shows. */
const shown = 7;

const columnsOf: Partial<Record<TableName, readonly string[]>> = {
  events: ["event_nid", "event_type_nid", "event_state_key_nid", "state_snapshot_nid", "depth", "event_id"],
  state_blocks: ["nid", "event_nids"],
  state_snapshots: ["nid", "state_block_nids"],
};

/** The tables that an event touched, those with new rows first. */
export function* cards(storage: Storage, detail: StorageDetail): Generator<undefined, Card[]> {
  const { effects } = detail;
  const touched: [TableName, readonly number[]][] = [
    ["state_blocks", effects.newBlocks],
    [
      "state_snapshots",
      effects.newSnapshots.length > 0 || detail.before === 0 ? effects.newSnapshots : [detail.before],
    ],
    ["state_groups", effects.newStateGroups],
    ["events", [detail.eventNid]],
    ["event_types", effects.internedTypes.map(([nid]) => nid)],
    ["event_state_keys", effects.internedStateKeys.map(([nid]) => nid)],
  ];
  const made: Card[] = [];
  for (const [name, nids] of touched) {
    if (nids.length === 0) continue;
    const { index: last } = yield* storage.place(name, Math.max(...nids));
    if (last === undefined) continue;
    const from = Math.max(0, last + 1 - Math.max(shown, nids.length));
    const { columns, rows } = yield* storage.page(name, from, last + 1 - from);
    const wanted = columnsOf[name] ?? columns;
    const places = wanted.map((column) => columns.indexOf(column));
    made.push({
      name,
      columns: [...wanted],
      rows: rows.map((cells) => places.map((place) => cells[place] ?? "")),
      above: from,
    });
  }
  return made;
}
