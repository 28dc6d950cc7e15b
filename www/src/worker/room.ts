// One open room: the engine's `Room`, the ids of its rows, and the answers the page asks for, each made from the engine for
// the rows in question and no others.
import { type EventInfo, Room } from "roomscope";
import type {
  Detail,
  Figures,
  FileForm,
  FirstWindow,
  Found,
  Gap,
  GraphColumns,
  LineColumns,
  LineOptions,
  Link,
  LinkedGraph,
  LinkText,
  MergeColumns,
  Opened,
  OpenOptions,
  PlayStep,
  Row,
  RowView,
  RunView,
  Summary,
} from "../protocol.ts";
import { arrange } from "./arrange.ts";
import { graphColumns } from "./columns.ts";
import { type Facts, factsOf, verdicts } from "./facts.ts";
import { find } from "./find.ts";
import { type Content, describe, type Lookup, objectOf } from "./describe.ts";
import { RowIds } from "./ids.ts";
import type { Told } from "./input.ts";
import { pduJson } from "./json.ts";
import { eventsNamed } from "./named.ts";
import { cards } from "./play.ts";
import { authGraph } from "./linked.ts";
import { linkText } from "./share.ts";
import { States } from "./state.ts";
import { Storage } from "./storage.ts";

/** Problems that are sent to be listed; the count tells of the rest. */
const problemsShown = 1000;
const childrenShown = 100;
const sendersShown = 3;
/** How many auth events are kept read; a page of rows names the same few again and again. */
const lookupsKept = 512;
const longestName = 200;
/** Rows between two looks at the clock while merges are looked at. */
const mergeRows = 2048;
/** Ids of so few events are learned at once. */
const smallRoom = 4096;
const noWindow: FirstWindow = { direction: "newest", rows: 0 };

/** What a generator returns in the end. */
function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The ids of the history, asked for when they are needed, and of the outliers, which follow it. */
function idsOf(room: Room, eventCount: number): RowIds {
  const fetch = (offset: number, limit: number): string[] => room.timeline({ offset, limit });
  if (room.size === eventCount) return new RowIds(eventCount, fetch);
  const history = room.timeline();
  // Both are in one order: what is not the next of the history is an outlier.
  let at = 0;
  const outliers = room.timeline({ outliers: true }).filter((id) => {
    const next = id === history[at];
    if (next) at++;
    return !next;
  });
  const ids = [...history, ...outliers];
  return new RowIds(ids.length, (from, count) => ids.slice(from, from + count));
}

export class OpenRoom {
  readonly #room: Room;
  readonly #options: OpenOptions;
  readonly #ids: RowIds;
  readonly #eventCount: number;
  readonly #tips: ReadonlySet<string>;
  #graph: GraphColumns;
  #facts: Facts | undefined;
  #merges: MergeColumns | undefined;
  readonly #read = new Map<string, ReturnType<Lookup>>();
  /** How the room is stored. */
  readonly storage: Storage;
  /** What its state is. */
  readonly states: States;

  /** `options`: how the room was opened. */
  constructor(room: Room, options: OpenOptions = { rules: "specification", numbering: "dense", auth: "enforce" }) {
    this.#room = room;
    this.#options = options;
    this.#graph = graphColumns(room.layout());
    this.#eventCount = this.#graph.eventCount;
    this.#ids = idsOf(room, this.#eventCount);
    if (this.#ids.count <= smallRoom) finish(this.learn(Infinity));
    this.#tips = new Set(room.forwardExtremities());
    this.states = new States(room, this.#ids);
    this.storage = new Storage(room, this.#ids, (row) => this.#children(row));
  }

  #children(row: Row): Uint32Array {
    const { childRow, childStart } = this.#graph;
    return row < this.#eventCount ? childRow.subarray(childStart[row], childStart[row + 1]) : new Uint32Array();
  }

  get #columns(): Facts {
    return (this.#facts ??= factsOf(this.#room, this.#ids));
  }

  /** Which events have a line of their own, and the graph that is left. */
  *arrange(options: LineOptions): Generator<undefined, LineColumns> {
    const { stateKey, verdict, parentCount } = this.#columns;
    const tips = new Set(this.#tipRows());
    const accepted = verdicts.indexOf("accepted");
    const plain = (row: Row): boolean =>
      stateKey[row] === 0 && verdict[row] === accepted && parentCount[row] === 1 && !tips.has(row);
    return yield* arrange(this.#graph, this.#ids.count, options, plain);
  }

  /** Rows that do not follow one another, and who sent the messages of folded runs. */
  lines(rows: readonly Row[], runs: readonly (readonly [Row, number])[]): { views: RowView[]; runs: RunView[] } {
    const views = rows.flatMap((row) => {
      const info = this.#info(row);
      return info === undefined ? [] : [this.#view(row, info)];
    });
    return { views, runs: runs.map(([oldest, length]) => this.#run(oldest, length)) };
  }

  #run(row: Row, length: number): RunView {
    const { sender, strings } = this.#columns;
    const counts = new Map<number, number>();
    for (let at = row, left = length; left > 0; left--) {
      counts.set(sender[at]!, (counts.get(sender[at]!) ?? 0) + 1);
      at = this.#children(at)[0] ?? at;
    }
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, sendersShown);
    return { row, senders: most.map(([place]) => strings[place] ?? ""), senderCount: counts.size };
  }

  /** A step of playing the room. */
  *play(at: { place: number } | { row: Row }): Generator<undefined, PlayStep | undefined> {
    const numbers = yield* this.storage.numbers();
    const place = "row" in at ? numbers.placeOf(at.row) : at.place;
    if (place === undefined || place >= numbers.count) return undefined;
    const row = numbers.rowAt(place);
    const info = this.#info(row);
    const storage = yield* this.storage.detail(row, "after");
    if (info === undefined || storage === undefined) return undefined;
    const view = this.#view(row, info);
    return { place, total: numbers.count, view, storage, cards: yield* cards(this.storage, storage) };
  }

  /** What an event stands on: see `Calls`. */
  *linked(row: Row, by: "auth" | "groups", all: boolean): Generator<undefined, LinkedGraph | undefined> {
    const viewOf = (at: Row): RowView | undefined => {
      const info = this.#info(at);
      return info === undefined ? undefined : this.#view(at, info);
    };
    if (by === "auth") return authGraph(this.#room, this.#ids, row, all, viewOf);
    return yield* this.storage.groups(row, viewOf);
  }

  /** The room as the text of a link. */
  link(thin: boolean): Promise<LinkText> {
    return linkText(this.#room, this.#options, thin);
  }

  /** The bytes of a file; `rows`: of these alone. */
  file(form: FileForm, rows: readonly Row[] | undefined): Uint8Array {
    const eventIds = rows?.flatMap((row) => this.#ids.at(row) ?? []);
    const some = eventIds === undefined ? {} : { eventIds };
    switch (form) {
      case "save":
        return this.#room.save();
      case "dot":
        return new TextEncoder().encode(this.#room.toDot(some));
      default:
        return this.#room.toNdjson({ ...some, thin: form === "thin" });
    }
  }

  /** What all merges did; yields about every `slice` milliseconds of the first time. */
  *merges(slice: number): Generator<undefined, MergeColumns> {
    if (this.#merges !== undefined) return this.#merges;
    const parts: MergeColumns[] = [];
    let end = performance.now() + slice;
    for (let offset = 0; offset < this.#eventCount; offset += mergeRows) {
      parts.push(this.#room.merges({ offset, limit: mergeRows }));
      if (performance.now() < end) continue;
      yield undefined;
      end = performance.now() + slice;
    }
    const column = (name: keyof MergeColumns): Uint32Array => {
      const all = new Uint32Array(parts.reduce((length, part) => length + part.rows.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part[name], at);
        at += part.rows.length;
      }
      return all;
    };
    return (this.#merges = { rows: column("rows"), conflicted: column("conflicted"), resets: column("resets") });
  }

  /** What storing the room costs. */
  figures(): Figures {
    return { ...this.#room.storage() };
  }

  /** What the page must know before it draws its first rows, and these, as `window` says. */
  opened(report: Told, window: FirstWindow = noWindow): Opened {
    const room = this.#room;
    const n = this.#eventCount;
    const graph = this.#graph;
    // The columns move to the page, but for those that are asked for here.
    this.#graph = {
      ...graph,
      lane: graph.lane.slice(),
      edgeStart: graph.edgeStart.slice(),
      edgeParent: graph.edgeParent.slice(),
      edgeLane: graph.edgeLane.slice(),
      childStart: graph.childStart.slice(),
      childRow: graph.childRow.slice(),
    };
    const count = Math.min(window.rows, n);
    const tips = Uint32Array.from(this.#tipRows()).sort();
    return {
      roomId: room.roomId,
      roomVersion: room.roomVersion,
      name: this.#name(),
      graph,
      outlierCount: this.#ids.count - n,
      tips,
      tipIds: [...tips].map((row) => this.#ids.at(row) ?? ""),
      gaps: this.#gaps(),
      added: report.added,
      duplicates: report.duplicates,
      problems: report.problems.slice(0, problemsShown),
      problemCount: report.problems.length + (report.moreProblems ?? 0),
      firstTs: this.#timeOf(0),
      lastTs: this.#timeOf(n - 1),
      options: this.#options,
      rows: this.rows(window.direction === "newest" ? n - count : 0, count),
    };
  }

  /** Learns the ids by heart; yields about every `slice` milliseconds. Returns whether there was something to learn. */
  *learn(slice: number): Generator<undefined, boolean> {
    if (this.#ids.learned) return false;
    let end = performance.now() + slice;
    for (const _ of this.#ids.learn()) {
      if (performance.now() < end) continue;
      yield undefined;
      end = performance.now() + slice;
    }
    return true;
  }

  rows(from: Row, count: number): RowView[] {
    const views: RowView[] = [];
    const inHistory = Math.max(0, Math.min(count, this.#eventCount - from));
    if (inHistory > 0) {
      this.#room
        .rows({ order: "topological", direction: "f", offset: from, limit: inHistory })
        .forEach((info, i) => views.push(this.#view(from + i, info)));
    }
    for (let row = from + inHistory; row < Math.min(from + count, this.#ids.count); row++) {
      const info = this.#info(row);
      if (info !== undefined) views.push(this.#view(row, info));
    }
    return views;
  }

  locate(id: string): Row | undefined {
    return this.#ids.locate(id);
  }

  detail(row: Row): Detail | undefined {
    const info = this.#info(row);
    if (info === undefined) return undefined;
    const children = this.#children(row);
    const pdu = this.#room.pdu(info.eventId);
    return {
      view: this.#view(row, info),
      named: eventsNamed(info.reason ?? "", (id) => this.#ids.rowOf(id)),
      parents: distinct(info.prevEvents).map((id) => this.#link(id)),
      authEvents: distinct(info.authEvents).map((id) => this.#link(id)),
      parentStates: this.states.parentRows(info.prevEvents),
      children: [...children.slice(0, childrenShown)].map((child) => this.#link(this.#ids.at(child) ?? "")),
      childCount: children.length,
      json: pdu === undefined ? "" : pduJson(pdu),
    };
  }

  /** The rows that a query means, newest first in parts of about `slice` milliseconds. */
  *find(query: string, slice: number): Generator<Found, null> {
    const searched = {
      room: this.#room,
      ids: this.#ids,
      facts: this.#columns,
      graph: this.#graph,
      tips: this.#tipRows(),
      merges: () => finish(this.merges(Infinity)),
    };
    return yield* find(query, searched, (row) => this.#words(row), slice);
  }

  /** Nothing follows most tips: those are found without learning ids. */
  #tipRows(): Row[] {
    const { childStart } = this.#graph;
    const left = new Set(this.#tips);
    const rows: Row[] = [];
    for (let row = this.#eventCount - 1; row >= 0 && left.size > 0; row--) {
      if (childStart[row] === childStart[row + 1] && left.delete(this.#ids.at(row) ?? "")) rows.push(row);
    }
    // What follows the others does not count: it was soft-failed, say.
    return [...rows, ...[...left].flatMap((id) => this.#ids.rowOf(id) ?? [])];
  }

  #timeOf(row: Row): number {
    if (row < 0 || row >= this.#eventCount) return 0;
    return this.#room.rows({ order: "topological", direction: "f", offset: row, limit: 1 })[0]?.originServerTs ?? 0;
  }

  /** What a row says, with nothing else of it. */
  #words(row: Row): string {
    const { type, types, stateKey } = this.#columns;
    const id = this.#ids.at(row) ?? "";
    const pdu = this.#room.pdu(id) as Content | undefined;
    // Nothing but messages can do without what they were sent under.
    if (stateKey[row] !== 0 || types[type[row]!] !== "m.room.message") {
      const info = this.#room.event(id);
      return info === undefined ? "" : this.#summary(info, pdu).text;
    }
    return describe(
      { type: "m.room.message", stateKey: null, sender: String(pdu?.["sender"]), authEvents: [] },
      pdu === undefined ? undefined : objectOf(pdu["content"]),
      undefined,
      this.#lookup,
    ).text;
  }

  #summary(info: EventInfo, pdu: Content | undefined): Summary {
    const content = pdu === undefined ? undefined : objectOf(pdu["content"]);
    return describe(info, content, pdu?.["redacts"], this.#lookup, this.#room.roomVersion);
  }

  #info(row: Row): EventInfo | undefined {
    const id = this.#ids.at(row);
    return id === undefined ? undefined : this.#room.event(id);
  }

  #link(eventId: string): Link {
    const row = this.#ids.rowOf(eventId);
    const info = row === undefined ? undefined : this.#room.event(eventId);
    return row === undefined || info === undefined ? { eventId } : { eventId, view: this.#view(row, info) };
  }

  #view(row: Row, info: EventInfo): RowView {
    return {
      row,
      eventId: info.eventId,
      unique: this.#ids.uniqueLength(info.eventId),
      type: info.type,
      stateKey: info.stateKey,
      sender: info.sender,
      depth: info.depth,
      stream: info.streamOrdering,
      ts: info.originServerTs,
      verdict: info.verdict,
      arrival: info.arrival,
      reason: info.reason ?? "",
      blind:
        info.verdict !== "outlier" || row >= this.#eventCount
          ? "no"
          : this.#isBlind(info.prevEvents)
            ? "still"
            : "from-here",
      parentCount: distinct(info.prevEvents).length,
      tip: this.#tips.has(info.eventId),
      summary: this.#summary(info, this.#room.pdu(info.eventId) as Content | undefined),
    };
  }

  /** True if the state before one of these is not known, so that it cannot be after it either. */
  #isBlind(parents: readonly string[]): boolean {
    return parents.some((id) => {
      const row = this.#ids.rowOf(id);
      return row !== undefined && row < this.#eventCount && this.#room.event(id)?.verdict === "outlier";
    });
  }

  readonly #lookup: Lookup = (eventId) => {
    const read = this.#read.get(eventId);
    if (read !== undefined) return read;
    const info = this.#room.event(eventId);
    if (info === undefined) return undefined;
    const pdu = this.#room.pdu(eventId) as Content | undefined;
    const found = { type: info.type, stateKey: info.stateKey, content: objectOf(pdu?.["content"]) };
    if (this.#read.size >= lookupsKept) this.#read.clear();
    this.#read.set(eventId, found);
    return found;
  };

  #gaps(): Gap[] {
    return this.#room.backwardExtremities().flatMap(({ eventId, missing }) => {
      const row = this.#ids.rowOf(eventId);
      if (row === undefined || row >= this.#eventCount) return [];
      return missing.map((missingId) => ({ row, childId: eventId, missingId }));
    });
  }

  /** As the room's state has it now. */
  #name(): string | undefined {
    const entry = this.#room.currentState().find(([type, key]) => type === "m.room.name" && key === "");
    const pdu = entry === undefined ? undefined : (this.#room.pdu(entry[2]) as Content | undefined);
    const name = objectOf(pdu?.["content"])["name"];
    return typeof name === "string" && name !== "" ? name.slice(0, longestName) : undefined;
  }
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
