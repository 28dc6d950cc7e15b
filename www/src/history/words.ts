// The graph in words, for those who do not see the canvas and for the inspector: what the shapes of one row say.
import { count, counted, shortId, splitUser } from "../format.ts";
import type { Gap, RowView, RunView } from "../protocol.ts";
import type { Edges } from "./edges.ts";
import { letterOf } from "../state/letters.ts";
import type { Run } from "./lines.ts";
import type { MergeFacts } from "./merges.ts";
import type { Trace } from "./trace.ts";

/** e.g. "lane 2, merge of 3, 7 slots conflicted, fork to 2, tip". `edges` are the room's; the lane is the one that is drawn. */
export function graphWords(
  view: RowView,
  edges: Edges,
  lane = edges.lane(view.row),
  merge: MergeFacts | undefined = undefined,
): string {
  if (view.row >= edges.columns.eventCount) return "outlier, on no lane";
  const words = [`lane ${lane + 1}`];
  if (view.parentCount > 1) words.push(`merge of ${view.parentCount}`);
  if (merge !== undefined && merge.conflicted > 0) words.push(`${counted(merge.conflicted, "slot")} conflicted`);
  if (merge !== undefined && merge.resets > 0) words.push(`${counted(merge.resets, "slot")} reset`);
  if (view.parentCount === 0) words.push("no parents");
  const missing = view.parentCount - edges.heldParentCount(view.row);
  if (missing > 0) words.push(`${missing} of its parents not held`);
  const children = edges.childCount(view.row);
  if (children > 1) words.push(`fork to ${children}`);
  if (view.tip) words.push("tip");
  if (view.blind !== "no") words.push("the state before it is not known");
  else if (view.verdict !== "accepted") words.push(view.verdict);
  return words.join(", ");
}

/** What the lanes say of a traced slot after an event, e.g. "name is B", or "sets name: B". */
export function traceWords(trace: Trace, row: number): string {
  const { type, stateKey } = trace.slot;
  const slot = `${type.replace(/^m\.room\./, "")}${stateKey === "" ? "" : ` ${stateKey}`}`;
  switch (trace.kindOf(row)) {
    case "none":
      return `${slot} is not set`;
    case "unknown":
      return `${slot} is not known`;
    default: {
      const letter = trace.letterOf(row);
      const value = letter === 0 ? "another value" : letterOf(letter - 1);
      return trace.isSetter(row) ? `sets ${slot}: ${value}` : `${slot} is ${value}`;
    }
  }
}

/** The sentence of a row that stands for a missing parent. */
export function gapWords(gap: Gap): string {
  return `not held, named by ${shortId(gap.childId)}`;
}

/** What a row says that stands for several events. */
export function runWords(run: Run, senders: RunView | undefined): string {
  if (!run.folded) return counted(run.length, "event");
  const names = senders?.senders.map((sender) => splitUser(sender)[0]) ?? [];
  const more = (senders?.senderCount ?? 0) - names.length;
  const who = names.length === 0 ? "" : ` · ${names.join(", ")}${more > 0 ? ` and ${count(more)} more` : ""}`;
  return `${counted(run.length, "message")}${who}`;
}

/** The same of the graph: where the run stands in it. */
export function runGraphWords(run: Run, lane: number): string {
  return run.folded ? `lane ${lane + 1}, messages that follow one another` : "left out by the search";
}
