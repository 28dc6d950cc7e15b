// What is known of every held event, in columns by row: made once, when somebody first searches or arranges, so that no question
// about a million events has to make an object of each.
import type { Columns, Room } from "roomscope";
import type { Row } from "../protocol.ts";
import type { RowIds } from "./ids.ts";

/** Verdicts by the numbers of the columns. */
export const verdicts = ["outlier", "accepted", "soft-failed", "rejected"] as const;

export type Facts = Readonly<Columns>;

/** The columns of the history, lengthened by the outliers, which stand after it. */
export function factsOf(room: Room, ids: RowIds): Facts {
  const columns = room.columns();
  const history = columns.type.length;
  if (ids.count === history) return columns;
  const longer = <T extends Uint32Array | Uint8Array | Float64Array>(column: T, all: T): T => {
    all.set(column);
    return all;
  };
  const total = ids.count;
  const facts = {
    ...columns,
    type: longer(columns.type, new Uint32Array(total)),
    stateKey: longer(columns.stateKey, new Uint32Array(total)),
    sender: longer(columns.sender, new Uint32Array(total)),
    depth: longer(columns.depth, new Float64Array(total)),
    verdict: longer(columns.verdict, new Uint8Array(total)),
    parentCount: longer(columns.parentCount, new Uint8Array(total)),
  };
  const places = (list: readonly string[]): Map<string, number> =>
    new Map(list.slice(1).map((text, index) => [text, index + 1]));
  // Nothing stands at the place before the first.
  const types = places(columns.types);
  const strings = places(columns.strings);
  for (let row: Row = history; row < total; row++) {
    const info = room.event(ids.at(row) ?? "");
    if (info === undefined) continue;
    facts.type[row] = types.get(info.type) ?? 0;
    facts.stateKey[row] = info.stateKey === null ? 0 : (strings.get(info.stateKey) ?? 0);
    facts.sender[row] = strings.get(info.sender) ?? 0;
    facts.depth[row] = info.depth;
    facts.verdict[row] = verdicts.indexOf(info.verdict);
    facts.parentCount[row] = new Set(info.prevEvents).size;
  }
  return facts;
}
