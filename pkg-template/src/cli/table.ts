// `roomscope table`: the tables in which a server stores the room, row by row.

import type { Room, TableData, TableName, TableRange } from "../index.js";
import type { Call, Command } from "./command.js";
import { Refusal } from "./errors.js";
import { openRoom } from "./input.js";
import { limitOf } from "./limit.js";
import { count, fit, pad, type Paint, plain, width } from "./terminal.js";

/** Rows made at a time. The columns are as wide as the first of these parts needs. */
const PAGE = 1000;
/** Numbers of a list that are shown, where it can be as long as a state. */
const LISTED = 64;

/** All tables, each with what it holds. */
const TABLES: Record<TableName, string> = {
  rooms: "the room, its tips and its state",
  event_types: "numbers of event types",
  event_state_keys: "numbers of state keys",
  events: "events, each with the snapshot before it",
  state_snapshots: "lists of blocks",
  state_blocks: "lists of events",
  state_block_entries: "the same, an entry a row",
  previous_events: "parents, each with its children",
  forward_extremities: "tips",
  backward_extremities: "missing parents",
  event_edges: "events and their parents",
  state_groups: "state groups, each with the event it was made for",
  state_group_edges: "what each group is a difference to",
  state_groups_state: "those differences, a slot a row",
  event_to_state_groups: "events, each with its group",
};

type Cell = TableData["rows"][number][number];

/** `length` is that of a list which has been cut. */
function text(cell: Cell, length: number | undefined): string {
  if (!Array.isArray(cell)) return plain(String(cell));
  const more = length === undefined ? "" : `, … ${count(length - cell.length)} more`;
  return `[${cell.join(", ")}${more}]`;
}

/** Parts of a table, as far as they are wanted. */
function* parts(room: Room, name: TableName, range: TableRange): Generator<TableData> {
  const { offset: from = 0, limit = Number.POSITIVE_INFINITY } = range;
  let offset = from;
  for (;;) {
    const part = room.table(name, { ...range, offset, limit: Math.min(PAGE, from + limit - offset) });
    offset += part.rows.length;
    // Whoever reads them takes the rows out.
    const last = part.rows.length === 0 || offset >= Math.min(part.total, from + limit);
    yield part;
    if (last) return;
  }
}

/** Numbers stand at the right of their column, all else at the left. */
function* lines(tables: Iterable<TableData>, paint: Paint, columns: number | undefined): Generator<string> {
  let widths: number[] | undefined;
  for (const { columns: names, rows, cut = [] } of tables) {
    const lengths = new Map(cut.map(({ row, length }) => [row, length]));
    const cells = rows.map((row, index) => row.map((cell) => text(cell, lengths.get(index))));
    if (widths === undefined) {
      widths = names.map((name, index) => Math.max(width(name), ...cells.map((row) => width(row[index] ?? ""))));
      const right = (index: number) => rows.length > 0 && typeof rows[0]?.[index] === "number";
      const title = names.map((name, index) =>
        right(index) ? name.padStart(widths?.[index] ?? 0) : pad(name, widths?.[index] ?? 0),
      );
      yield fit(paint("dim", title.join("  ").trimEnd()), columns);
    }
    for (const [row, values] of cells.entries()) {
      const line = values.map((value, index) =>
        typeof rows[row]?.[index] === "number"
          ? value.padStart(widths?.[index] ?? 0)
          : pad(value, widths?.[index] ?? 0),
      );
      yield fit(line.join("  ").trimEnd(), columns);
    }
  }
}

/** What `Room.table` returns, a row a line. */
function* json(tables: Iterable<TableData>): Generator<string> {
  let before: string | undefined;
  for (const { columns, rows, total } of tables) {
    if (before === undefined) yield `{"columns":${JSON.stringify(columns)},"total":${total},"rows":[`;
    before ??= "";
    // A row can have lists as long as a state, which are there once they have been read.
    for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
      if (before !== "") yield `${before},`;
      before = JSON.stringify(row);
    }
  }
  if (before !== undefined && before !== "") yield before;
  yield "]}";
}

function oneOf<T extends string>(call: Call, name: string, allowed: readonly T[]): { [name: string]: T } {
  const value = call.options[name];
  if (value === undefined) return {};
  if (!allowed.includes(value as T)) throw new Refusal(`--${name} is ${allowed.join(" or ")}.`, true);
  return { [name]: value as T };
}

const widest = Math.max(...Object.keys(TABLES).map((name) => name.length));

/** The command. */
export const table: Command = {
  name: "table",
  takes: "FILE NAME",
  words: [2, 2],
  about: "one of the tables in which a server stores the room",
  options: {
    limit: { type: "string", short: "n" },
    offset: { type: "string" },
    numbering: { type: "string" },
    rules: { type: "string" },
  },
  help: `
${Object.entries(TABLES)
  .map(([name, holds]) => `  ${name.padEnd(widest)}   ${holds}`)
  .join("\n")}

  -n, --limit N       only N rows
  --offset N          from row N on, counted from 0
  --numbering WORD    dense (no holes, the default), sqlite or postgres: as Dendrite numbers on that database
  --rules WORD        specification (the default) or dendrite: whose way of taking events in
  --json              columns, total and rows; lists whole, of which only the beginning is shown else

Examples:
  roomscope table room.ndjson state_snapshots -n 20
  roomscope table room.ndjson events --json | jq -c '.rows[]'`,
  async *run(call) {
    const [file = "", name = ""] = call.words;
    if (!Object.hasOwn(TABLES, name)) {
      throw new Refusal(`There is no table "${plain(name)}". Tables: ${Object.keys(TABLES).join(", ")}.`);
    }
    const limit = limitOf(call);
    const offset = Number(call.options["offset"] ?? 0);
    if (!Number.isInteger(offset) || offset < 0) throw new Refusal("--offset takes a whole number from 0 up.", true);
    const { room } = await openRoom(file, {
      contents: false,
      ...oneOf(call, "numbering", ["dense", "sqlite", "postgres"] as const),
      ...oneOf(call, "rules", ["specification", "dendrite"] as const),
    });
    const range = { offset, limit };
    yield* call.json
      ? json(parts(room, name as TableName, range))
      : lines(parts(room, name as TableName, { ...range, listLimit: LISTED }), call.paint, call.columns);
    return 0;
  },
};
