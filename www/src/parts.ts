// Parts of the history of which one may want the graph: all of it, the window, what was found, what is around the selection.
import type { Item } from "./history/display.ts";
import type { Row } from "./protocol.ts";
import type { Part } from "./shell/export.ts";
import type { Stage } from "./stage.ts";

/** Edges from the selected event that count as around it. */
const stepsAround = 4;

/** `window`: first and last row of the list that are in it. */
export function partsOf(
  { session, display }: Stage,
  window: readonly [first: number, last: number],
  found: Uint32Array,
  selected: Item | undefined,
): Part[] {
  if (session === undefined || display === undefined) return [];
  const shown: Row[] = [];
  for (let index = window[0]; index <= window[1]; index++)
    if (display.isEvent(display.itemAt(index))) shown.push(display.itemAt(index));
  const parts: Part[] = [
    { name: "history", count: session.eventCount },
    { name: "in the window", count: shown.length, rows: shown },
  ];
  const events = [...found].filter((row) => display.isEvent(row));
  if (events.length > 0) parts.push({ name: "found", count: events.length, rows: events });
  if (selected !== undefined && display.isEvent(selected)) {
    const rows = session.edges.around(selected, stepsAround);
    parts.push({ name: "around the selected", count: rows.length, rows });
  }
  return parts;
}
