// Which rows of the tables belong to the selected event: those it added are lit, those it uses are marked.
import type { StorageDetail, TableCell, TableCells } from "../protocol.ts";
import type { TableName } from "roomscope";

export type Light = "new" | "used" | undefined;

function holds(cell: TableCell | undefined, nid: number): boolean {
  if (Array.isArray(cell)) return cell.includes(nid);
  return typeof cell === "object" ? cell.first.includes(nid) : cell === nid;
}

/** How a row of a table belongs to the event. */
export function lightOf(name: TableName, cells: TableCells, detail: StorageDetail | undefined): Light {
  if (detail === undefined) return undefined;
  const { effects, eventNid, eventId } = detail;
  const [first, second] = cells;
  const nid = typeof first === "number" ? first : -1;
  const among = (fresh: readonly number[], used: readonly number[]): Light =>
    fresh.includes(nid) ? "new" : used.includes(nid) ? "used" : undefined;
  const blocks = detail.snapshot?.layers.map((layer) => layer.nid) ?? [];
  const groups = detail.group?.layers.map((layer) => layer.nid) ?? [];
  switch (name) {
    case "events":
      return nid === eventNid ? "new" : undefined;
    case "event_types":
      return among(
        effects.internedTypes.map(([type]) => type),
        [detail.typeNid],
      );
    case "event_state_keys":
      return among(
        effects.internedStateKeys.map(([key]) => key),
        [detail.keyNid],
      );
    case "state_snapshots":
      return among(effects.newSnapshots, [detail.before, detail.after, ...effects.reusedSnapshots]);
    case "state_blocks":
      return among(effects.newBlocks, [...blocks, ...effects.reusedBlocks]);
    case "state_block_entries":
      return among(effects.newBlocks, []) ?? (cells[3] === eventNid ? "used" : undefined);
    case "previous_events":
      return holds(second, eventNid) ? "new" : first === eventId ? "used" : undefined;
    case "event_edges":
      return first === eventId ? "new" : second === eventId ? "used" : undefined;
    case "state_groups":
      return among(effects.newStateGroups, [detail.group?.nid ?? 0]);
    case "state_group_edges":
    case "state_groups_state":
      return among(effects.newStateGroups, name === "state_group_edges" ? groups : [detail.group?.nid ?? 0]);
    case "event_to_state_groups":
      return first === eventId ? "new" : second === detail.group?.nid ? "used" : undefined;
    case "forward_extremities":
      return first === eventId ? "used" : undefined;
    default:
      return undefined;
  }
}
