// The example of the room server's README beside what is stored for the same events: wrong cells stand out, and each place where
// the printed tables are wrong has its sentence.
import { make } from "../dom.ts";
import { departures, printed, type PrintedTable } from "../lessons/printed.ts";
import type { TableCell } from "../protocol.ts";
import type { Session } from "../session.ts";

/** Our rows for each of the printed tables, with the same columns. */
async function stored(session: Session): Promise<string[][][]> {
  const table = async (name: "events" | "state_snapshots" | "state_block_entries"): Promise<TableCell[][]> =>
    (await session.engine.call("table", { name, offset: 0, limit: 16 })).rows;
  const [events, snapshots, entries] = await Promise.all([
    table("events"),
    table("state_snapshots"),
    table("state_block_entries"),
  ]);
  const set = (cell: TableCell | undefined): string => (Array.isArray(cell) ? `{${cell.join(",")}}` : String(cell));
  const stateOf = (snapshot: TableCell | undefined): string => {
    const blocks = snapshots.find(([nid]) => nid === snapshot)?.[1];
    if (!Array.isArray(blocks)) return "<nil>";
    // Of each slot the last block's event.
    const slots = new Map<string, number>();
    for (const [block, type, key, event] of entries) {
      if (typeof block === "number" && blocks.includes(block))
        slots.set(`${String(type)} ${String(key)}`, Number(event));
    }
    return set([...slots.values()].sort((a, b) => a - b));
  };
  return [
    events.map(([nid, type, key, snapshot]) => [nid, type, key, stateOf(snapshot), snapshot].map(String)),
    snapshots.map(([nid, blocks]) => [String(nid), set(blocks)]),
    entries.map((cells) => cells.map(String)),
  ];
}

/** One of the two tables; what differs from the `other` is marked. */
function tableOf(
  { columns }: PrintedTable,
  rows: readonly (readonly string[])[],
  other: readonly (readonly string[])[],
  mark: "wrong" | "right",
): HTMLElement {
  const cell = (text: string, row: number, column: number): HTMLElement =>
    make("td", { class: other[row]?.[column] === text ? undefined : mark }, text);
  return make(
    "table",
    {},
    make("caption", {}, mark === "right" ? "stored" : "as printed"),
    make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)))),
    make(
      "tbody",
      {},
      ...rows.map((cells, row) => make("tr", {}, ...cells.map((text, column) => cell(text, row, column)))),
    ),
  );
}

export async function besidePrinted(session: Session): Promise<HTMLElement[]> {
  const ours = await stored(session);
  return [
    make(
      "section",
      { class: "printed" },
      make("h3", {}, "Beside the printed tables"),
      make(
        "p",
        { class: "note" },
        "What the README of Dendrite’s room server prints, and what is stored for these events.",
      ),
      ...printed.map((table, i) =>
        make(
          "div",
          { class: "pair" },
          make("h4", {}, table.title),
          tableOf(table, table.rows, ours[i] ?? [], "wrong"),
          tableOf(table, ours[i] ?? [], table.rows, "right"),
        ),
      ),
      make("h3", {}, "Where it is wrong"),
      make("ol", {}, ...departures.map((sentence) => make("li", {}, sentence))),
    ),
  ];
}
