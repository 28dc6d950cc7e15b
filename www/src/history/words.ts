// The graph in words, for those who do not see the canvas and for the inspector: what the shapes of one row say.
import { shortId } from "../format.ts";
import type { Gap, RowView } from "../protocol.ts";
import type { Edges } from "./edges.ts";

/** e.g. "lane 2, merge of 3, fork to 2, tip". */
export function graphWords(view: RowView, edges: Edges): string {
  if (view.row >= edges.columns.eventCount) return "outlier, on no lane";
  const words = [`lane ${edges.lane(view.row) + 1}`];
  if (view.parentCount > 1) words.push(`merge of ${view.parentCount}`);
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

/** The sentence of a row that stands for a missing parent. */
export function gapWords(gap: Gap): string {
  return `not held, named by ${shortId(gap.childId)}`;
}
