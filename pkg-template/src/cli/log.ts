// `roomscope log`: the event graph, newest first, as `git log --graph` draws one.

import type { EventId, EventInfo } from "../index.js";
import { type Call, type Command, slotOf } from "./command.js";
import { gist, localpart } from "./gist.js";
import { Graph } from "./graph.js";
import { openRoom, type Opened } from "./input.js";
import { limitOf } from "./limit.js";
import { type Merge, Merges } from "./merges.js";
import { count, cut, fit, pad, type Paint, plain, time, width } from "./terminal.js";

/** Lanes drawn at most; a room with more has them in the last column. */
const LANES = 24;
/** Columns are as wide as these many rows need, within limits, so that the first line need not wait for the last. */
const MEASURED = 512;
const WIDEST_SLOT = 44;
const WIDEST_SENDER = 28;
/** On a terminal narrower than this, users stand without their servers. */
const NARROW = 120;

interface Row {
  readonly event: EventInfo;
  /** What it did to its parents' states, if it is a merge and they are known. */
  readonly merge: Merge | undefined;
}

/** Where in its lists the log is told from. */
interface Known {
  readonly tips: ReadonlySet<EventId>;
  readonly gaps: ReadonlyMap<EventId, EventId[]>;
}

function nodeOf({ event, merge }: Row, paint: Paint): string {
  if (event.verdict === "rejected") return paint("bad", "✕");
  if (event.verdict === "soft-failed") return paint("warn", "◐");
  if (event.verdict === "outlier") return paint("warn", "◇");
  if (merge !== undefined && merge.resets > 0) return paint("bad", "◆");
  if (merge !== undefined && merge.conflicted > 0) return paint("warn", "◆");
  if (event.prevEvents.length > 1) return event.stateKey === null ? "○" : "□";
  return event.stateKey === null ? paint("dim", "•") : "■";
}

function remarks({ event, merge }: Row, { ids }: Opened, { tips }: Known, paint: Paint): string[] {
  const words: string[] = [];
  if (tips.has(event.eventId)) words.push(paint("ok", "tip"));
  if (event.prevEvents.length > 1) {
    const parents = `merge of ${event.prevEvents.length}`;
    const { conflicted = 0, resets = 0 } = merge ?? {};
    words.push(conflicted > 0 ? paint("warn", `${parents} · ${count(conflicted)} conflicted`) : paint("dim", parents));
    if (resets > 0) words.push(paint("bad", `↺ ${count(resets)} reset`));
  }
  // An outlier's mark says enough: what it waits for is the gap further down.
  const reason = event.reason === undefined ? "" : `: ${ids.shortIn(event.reason)}`;
  if (event.verdict === "rejected") words.push(paint("bad", `rejected${reason}`));
  if (event.verdict === "soft-failed") words.push(paint("warn", `soft-failed${reason}`));
  return words;
}

/** Rows of the timeline, newest first; `from` is the row after the newest. */
function* rowsOf({ room }: Opened, merges: Merges, from: number, limit: number): Generator<Row> {
  let row = from;
  for (const event of room.events({ direction: "b", limit })) {
    row -= 1;
    yield { event, merge: event.prevEvents.length > 1 ? merges.at(row) : undefined };
  }
}

/** The held events that are in no timeline, newest first. */
function outliersOf({ room }: Opened): Row[] {
  const shown = new Set(room.timeline());
  const ids = room.timeline({ outliers: true, direction: "b" }).filter((id) => !shown.has(id));
  return ids.map((id) => ({ event: room.event(id) as EventInfo, merge: undefined }));
}

class Columns {
  #slot = 0;
  #sender = 0;

  readonly #narrow: boolean;

  constructor(columns: number | undefined) {
    this.#narrow = columns !== undefined && columns < NARROW;
  }

  measure({ event }: Row, paint: Paint): void {
    this.#slot = Math.min(WIDEST_SLOT, Math.max(this.#slot, width(this.#slotOf(event, paint))));
    this.#sender = Math.min(WIDEST_SENDER, Math.max(this.#sender, width(this.#user(event.sender))));
  }

  #user(id: string): string {
    return plain(this.#narrow ? localpart(id) : id);
  }

  #slotOf({ type, stateKey }: EventInfo, paint: Paint): string {
    return slotOf(paint, { type, stateKey: stateKey === null || !this.#narrow ? stateKey : localpart(stateKey) });
  }

  /** Everything of a row but the graph. */
  words(row: Row, opened: Opened, known: Known, paint: Paint): string {
    const { event } = row;
    const { ids, room } = opened;
    const says = gist(room, ids, event.eventId);
    const cells = [
      paint("id", ids.short(event.eventId)),
      paint("dim", time(event.originServerTs).slice(5, 16)),
      pad(fit(this.#slotOf(event, paint), WIDEST_SLOT), this.#slot),
      paint("dim", pad(cut(this.#user(event.sender), WIDEST_SENDER), this.#sender)),
      ...remarks(row, opened, known, paint),
    ];
    return [...cells, ...(says === "" ? [] : [says])].join("  ");
  }
}

function* lines(opened: Opened, { paint, columns }: Call, limit: number): Generator<string> {
  const { room, ids } = opened;
  const layout = room.layout();
  const graph = new Graph(layout, LANES);
  const known: Known = {
    tips: new Set(room.forwardExtremities()),
    gaps: new Map(room.backwardExtremities().map(({ eventId, missing }) => [eventId, missing])),
  };
  const table = new Columns(columns);
  const merges = new Merges(room);
  let index = layout.eventCount;
  for (const row of rowsOf(opened, merges, index, Math.min(limit, MEASURED))) table.measure(row, paint);
  for (const row of rowsOf(opened, merges, index, limit)) {
    index -= 1;
    const [before, after] = graph.row(index);
    const drawn = paint("dim", before) + nodeOf(row, paint) + paint("dim", after);
    yield fit(`${drawn}  ${table.words(row, opened, known, paint)}`, columns).trimEnd();
    const missing = known.gaps.get(row.event.eventId);
    if (missing !== undefined) {
      const list = missing.map((id) => ids.short(id)).join(", ");
      yield fit(`${paint("dim", graph.between(index, "┊"))}  ${paint("warn", `not held: ${list}`)}`, columns);
    }
  }
  if (index > 0) {
    yield paint("dim", `… ${count(index)} older; --limit shows more`);
    return;
  }
  const outliers = outliersOf(opened).slice(0, limit - layout.eventCount);
  if (outliers.length > 0) yield "";
  for (const row of outliers) {
    yield fit(
      `${pad(nodeOf(row, paint), graph.columns)}  ${table.words(row, opened, known, paint)}`,
      columns,
    ).trimEnd();
  }
}

/** One event a line, newest first, outliers last; of merges also what they did. */
function* records(opened: Opened, limit: number): Generator<string> {
  const { eventCount } = opened.room.layout();
  for (const { event, merge } of rowsOf(opened, new Merges(opened.room), eventCount, limit)) {
    yield JSON.stringify({ ...event, merge });
  }
  if (limit <= eventCount) return;
  for (const { event } of outliersOf(opened).slice(0, limit - eventCount)) yield JSON.stringify(event);
}

/** The command. */
export const log: Command = {
  name: "log",
  takes: "FILE",
  words: [1, 1],
  about: "the event graph, newest event first",
  options: { limit: { type: "string", short: "n" } },
  help: `
  -n, --limit N   only the N newest events
  --json          one event a line; merges with how many keys were "conflicted", and how many "resets" there were

  •  message or other event      ■  state event
  ○ □  merge                     ◆  merge of states that differ, with the number of keys in conflict
                                 ↺  keys in which an older value came back, or whose value was lost
  ✕  rejected                    ◐  soft-failed
  ◇  outlier: the state before it is not known; below the graph where its place is not known either
  ┊  a parent is not held

Times are UTC, by the sender's clock.

Examples:
  roomscope log room.ndjson -n 40
  FORCE_COLOR=1 roomscope log room.ndjson | less -RS
  roomscope log room.ndjson --json | jq -r 'select(.verdict == "rejected") | .eventId'
  roomscope log room.ndjson --json | jq -r 'select(.merge.resets > 0) | .eventId'`,
  async *run(call) {
    const limit = limitOf(call);
    const opened = await openRoom(call.words[0] as string, { contents: !call.json });
    const shown = Math.min(limit, opened.room.size);
    yield* call.json ? records(opened, shown) : lines(opened, call, shown);
    return 0;
  },
};
