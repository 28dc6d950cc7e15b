// What the row of an item shows, from what is known of the item now.
import type { Session } from "../session.ts";
import type { RowCache } from "./cache.ts";
import type { DisplayRows, Item } from "./display.ts";
import type { Content } from "./row.ts";
import type { Trace } from "./trace.ts";
import { graphWords, runGraphWords, runWords, traceWords } from "./words.ts";

export interface Known {
  session: Session;
  display: DisplayRows;
  cache: RowCache;
  trace: Trace | undefined;
}

export function contentOf(item: Item, { session, display, cache, trace }: Known): Content {
  const gap = display.gap(item);
  if (gap !== undefined) return { kind: "gap", gap };
  if (item === display.shelf) return { kind: "shelf", count: display.outlierCount };
  const run = display.run(item);
  const { edges } = display.lines;
  if (run !== undefined) {
    const words = runWords(run, cache.sendersOf(run));
    return { kind: "run", words, graph: runGraphWords(run, edges.lane(run.line)) };
  }
  const view = cache.get(item);
  if (view === undefined) return { kind: "event", view, words: "", letter: 0 };
  const lane = edges.lane(display.lines.lineOf(item));
  const merge = session.merges.at(item);
  const traced = display.isEvent(item) ? trace : undefined;
  const said = traced === undefined ? "" : `, ${traceWords(traced, item)}`;
  return {
    kind: "event",
    view,
    words: graphWords(view, session.edges, lane, merge) + said,
    merge,
    letter: traced?.isSetter(item) === true ? traced.letterOf(item) : 0,
  };
}
