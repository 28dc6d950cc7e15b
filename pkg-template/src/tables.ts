// Pages of tables. Lists that are too long for a page are worked out when they are read.

import type { RawRoom } from "./core.js";
import type { Handle } from "./engine.js";
import type { TableData } from "./types.js";

type Row = TableData["rows"][number];

/** Rows made at a time: a table can have more than there is room for in one piece. */
const PART = 4096;
/** What a page of a hundred such lists costs is not worth putting off. */
const SHORT = 64;
/** Columns of `state_blocks`, the one table with lists as long as a state. */
const [EVENTS, HASH] = [1, 2];

/** A part of a table as the engine tells it: `cut` has rows by twos with the length of their lists, which have no hash. */
interface Part extends Omit<TableData, "cut"> {
  cut: number[];
}

/** @internal */
export function tableOf(
  room: Handle<RawRoom>,
  name: string,
  offset: number,
  limit: number,
  listLimit: number | undefined,
): TableData {
  const table: TableData = { columns: [], rows: [], total: 0 };
  if (listLimit !== undefined) table.cut = [];
  for (;;) {
    const from = offset + table.rows.length;
    const wanted = Math.min(PART, limit - table.rows.length);
    const lists = listLimit === undefined ? ([SHORT, 0] as const) : ([listLimit, listLimit] as const);
    const part = JSON.parse(room.call((raw) => raw.table(name, from, wanted, ...lists))) as Part;
    for (let index = 0; index < part.cut.length; index += 2) {
      const [place = 0, length = 0] = part.cut.slice(index, index + 2);
      const row = part.rows[place] as Row;
      table.cut?.push({ row: table.rows.length + place, column: EVENTS, length });
      const block = from + place;
      if (listLimit === undefined) later(row, EVENTS, () => Array.from(room.call((raw) => raw.blockEvents(block))));
      later(row, HASH, () => room.call((raw) => raw.blockHash(block)));
    }
    table.columns = part.columns;
    table.total = part.total;
    // All at once would be too many arguments.
    for (const row of part.rows) table.rows.push(row);
    if (part.rows.length < wanted || table.rows.length === limit) return table;
  }
}

/** A cell that is worked out when it is first read, and else like any other. */
function later(row: Row, column: number, work: () => Row[number]): void {
  const set = (value: Row[number]) =>
    Object.defineProperty(row, column, { value, writable: true, enumerable: true, configurable: true });
  const get = () => {
    const value = work();
    set(value);
    return value;
  };
  Object.defineProperty(row, column, { get, set, enumerable: true, configurable: true });
}
