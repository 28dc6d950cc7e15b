// Tables in another order than their own: by one column, worked out in slices when somebody asks, and kept for a while. What is kept
// is the order alone; the rows stay in the engine.
import type { Room, TableData, TableName } from "roomscope";
import type { TableSort } from "../protocol.ts";
import { type Cells, scan } from "./tables.ts";

const ordersKept = 4;
/** Longer tables stay as they are: putting them in order would be felt for seconds. */
export const mostSorted = 250_000;

/** What a cell is sorted by: lists by how long they are. */
function keyOf(cell: Cells[number] | undefined): number | string {
  if (Array.isArray(cell)) return cell.length;
  if (typeof cell === "boolean") return Number(cell);
  return typeof cell === "number" || typeof cell === "string" ? cell : "";
}

export class SortedTables {
  readonly #room: Room;
  readonly #orders = new Map<string, Uint32Array>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** The rows of a table in an order: their own places. Undefined where the table is too long, or has no such column. */
  *order(name: TableName, { column, descending }: TableSort): Generator<undefined, Uint32Array | undefined> {
    const key = `${name} ${column} ${descending}`;
    const kept = this.#orders.get(key);
    if (kept !== undefined) return kept;
    const { columns, total } = this.#room.table(name, { limit: 0 });
    const at = columns.indexOf(column);
    if (at < 0 || total > mostSorted) return undefined;
    const keys: (number | string)[] = [];
    yield* scan(this.#room, name, (cells, _, cut) => keys.push(cut?.column === at ? cut.length : keyOf(cells[at])));
    const sign = descending ? -1 : 1;
    const compare = (a: number, b: number): number => {
      const [x, y] = [keys[a]!, keys[b]!];
      // Equals stay in the table's own order, whichever way.
      return x < y ? -sign : x > y ? sign : a - b;
    };
    const order = Uint32Array.from({ length: total }, (_, row) => row).sort(compare);
    if (this.#orders.size >= ordersKept) this.#orders.clear();
    this.#orders.set(key, order);
    return order;
  }

  /** Rows of a table in an order, lists cut after so many numbers. */
  rows(name: TableName, order: Uint32Array, offset: number, limit: number, listLimit: number): TableData {
    const page: TableData = { columns: [], rows: [], total: order.length, cut: [] };
    for (const place of order.subarray(offset, offset + limit)) {
      const { rows, cut = [] } = this.#room.table(name, { offset: place, limit: 1, listLimit });
      page.cut?.push(...cut.map((list) => ({ ...list, row: page.rows.length })));
      page.rows.push(...rows);
    }
    return page;
  }
}
