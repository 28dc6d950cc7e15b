// `roomscope summary`: the room on one page.

import type { EventId, EventInfo, StorageFigures } from "../index.js";
import { asJson, type Call, type Command, eventCells } from "./command.js";
import { contentOf, membershipOf } from "./gist.js";
import { openRoom, type Opened } from "./input.js";
import { aligned, count, counted, plain, time } from "./terminal.js";

const LISTED = 10;
const LISTED_SERVERS = 6;
/** Events up to which the figures of storage are shown without being asked for: up to about a second more. */
const STORED_UP_TO = 250_000;

interface Figures {
  readonly arrivals: Record<EventInfo["arrival"], number>;
  readonly verdicts: Record<EventInfo["verdict"], number>;
  stateEvents: number;
  deepest: number;
  oldest: number;
  newest: number;
  readonly servers: Map<string, number>;
  /** Rejected and soft-failed events. */
  readonly refused: EventInfo[];
  merges: number;
  /** Merges of parents whose states differ. */
  conflicts: number;
  /** Merges at which an older value came back, or a value was lost. */
  resets: number;
}

function serverOf(user: string): string {
  return user.slice(user.indexOf(":") + 1);
}

/** Goes through all events once. */
function figuresOf({ room }: Opened): Figures {
  const figures: Figures = {
    arrivals: { live: 0, backfill: 0, outlier: 0 },
    verdicts: { accepted: 0, "soft-failed": 0, rejected: 0, outlier: 0 },
    stateEvents: 0,
    deepest: 0,
    oldest: Number.POSITIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    servers: new Map(),
    refused: [],
    merges: 0,
    conflicts: 0,
    resets: 0,
  };
  for (const event of room.events({ outliers: true })) {
    figures.arrivals[event.arrival] += 1;
    figures.verdicts[event.verdict] += 1;
    if (event.stateKey !== null) figures.stateEvents += 1;
    figures.deepest = Math.max(figures.deepest, event.depth);
    figures.oldest = Math.min(figures.oldest, event.originServerTs);
    figures.newest = Math.max(figures.newest, event.originServerTs);
    const server = serverOf(event.sender);
    figures.servers.set(server, (figures.servers.get(server) ?? 0) + 1);
    if (event.verdict === "rejected" || event.verdict === "soft-failed") figures.refused.push(event);
  }
  const { rows, conflicted, resets } = room.merges();
  const some = (counts: Uint32Array): number => counts.reduce((sum, number) => sum + Number(number > 0), 0);
  figures.merges = rows.length;
  figures.conflicts = some(conflicted);
  figures.resets = some(resets);
  return figures;
}

/** The current state's members by membership; undefined where contents are not kept. */
function membersOf({ room }: Opened, state: [string, string, EventId][]): Map<string, number> | undefined {
  const members = new Map<string, number>();
  for (const [type, , id] of state) {
    if (type !== "m.room.member") continue;
    const content = contentOf(room, id);
    if (content === undefined) return undefined;
    const membership = membershipOf(content);
    members.set(membership, (members.get(membership) ?? 0) + 1);
  }
  return members;
}

function inWords(counts: Iterable<[name: string, number: number]>): string {
  return [...counts]
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${count(number)} ${plain(name)}`)
    .join(" · ");
}

const MEMBERSHIPS: Record<string, string> = { leave: "left", invite: "invited", ban: "banned", knock: "knocking" };

/** After the number of those who are in the room. */
function membersInWords(members: Map<string, number>): string {
  const others = ranked(members).filter(([membership]) => membership !== "join");
  const words = inWords(others.map(([membership, number]) => [MEMBERSHIPS[membership] ?? membership, number]));
  return words === "" ? "joined" : `joined · ${words}`;
}

/** Sorted by number, greatest first. */
function ranked(counts: Map<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function mergesInWords({ merges, conflicts, resets }: Figures): string {
  if (merges === 0) return "";
  const differ = `states differ at ${count(conflicts)}`;
  return resets === 0 ? differ : `${differ} · values went back or were lost at ${count(resets)}`;
}

/** The figures of storage, where they are asked for or soon made: all blocks must be, and those of large rooms are many. */
function storageOf({ room }: Opened, { options }: Call): StorageFigures | undefined {
  return options["storage"] === true || room.size <= STORED_UP_TO ? room.storage() : undefined;
}

function* page(opened: Opened, call: Call): Generator<string> {
  const { paint } = call;
  const { room, ids } = opened;
  const figures = figuresOf(opened);
  const state = room.currentState();
  const slot = (type: string) => state.find(([of, key]) => of === type && key === "")?.[2];
  const nameId = slot("m.room.name");
  const nameText = nameId === undefined ? undefined : contentOf(room, nameId)?.["name"];
  const title = typeof nameText === "string" && nameText !== "" ? plain(nameText) : "Room without a name";
  yield `${paint("strong", title)}  ${paint("dim", plain(room.roomId ?? "no room id"))}`;

  const createId = slot("m.room.create");
  const create = createId === undefined ? undefined : room.event(createId);
  const born = create === undefined ? "" : `, made ${time(create.originServerTs)} UTC by ${plain(create.sender)}`;
  yield `version ${plain(room.roomVersion ?? "unknown")}${born}`;
  yield "";

  const members = membersOf(opened, state);
  const servers = ranked(figures.servers);
  const listed: [string, number][] = servers.slice(0, LISTED_SERVERS);
  const otherServers = servers.length - listed.length;
  const tips = room.forwardExtremities();
  const gaps = room.backwardExtremities();
  const { accepted, ...notAccepted } = figures.verdicts;
  const verdicts = inWords([["accepted", accepted], ...Object.entries(notAccepted)]);
  const rows: [name: string, number: number | undefined, more: string][] = [
    ["events", room.size, verdicts],
    [
      "",
      undefined,
      inWords([
        ["state", figures.stateEvents],
        ["other", room.size - figures.stateEvents],
      ]),
    ],
    ["", undefined, `${time(figures.oldest)} to ${time(figures.newest)} UTC · depth ${count(figures.deepest)}`],
  ];
  if (figures.arrivals.live < room.size) rows.push(["", undefined, inWords(Object.entries(figures.arrivals))]);
  if (members === undefined) rows.push(["state", state.length, ""]);
  else rows.push(["members", members.get("join") ?? 0, membersInWords(members)]);
  const more = otherServers > 0 ? ` · ${counted(otherServers, "more server")}` : "";
  rows.push(["servers", servers.length, inWords(listed.map(([server, events]) => [server, events])) + more]);
  rows.push(["merges", figures.merges, mergesInWords(figures)]);
  const torn = figures.verdicts.outlier;
  rows.push(["tips", tips.length, ""]);
  rows.push(["gaps", gaps.length, torn === 0 ? "" : `the state at ${counted(torn, "event")} is not known`]);
  const storage = storageOf(opened, call);
  if (storage !== undefined) {
    const blocks = `${count(storage.blockRows)} as blocks, in ${counted(storage.snapshotRows, "snapshot")}`;
    const groups = `${count(storage.stateGroupRows)} as ${counted(storage.stateGroups, "state group")}`;
    rows.push(["storage", storage.fullStateRows, `rows as full states · ${blocks} · ${groups}`]);
  } else {
    rows.push(["storage", undefined, "left out in a room of this size: --storage works it out"]);
  }
  const digits = Math.max(...rows.map(([, number]) => count(number ?? 0).length));
  yield* aligned(
    rows.map(([name, number, words]) => [
      paint("dim", name),
      (number === undefined ? "" : count(number)).padStart(digits),
      words,
    ]),
  );

  yield* list("Tips", tips, (id) => eventCells(opened, paint, id), paint);
  yield* list(
    "Gaps",
    gaps,
    ({ eventId, missing }) => [
      ...eventCells(opened, paint, eventId).slice(0, 3),
      paint("warn", `${counted(missing.length, "parent")} not held: ${missing.map((id) => ids.short(id)).join(", ")}`),
    ],
    paint,
  );
  yield* list(
    "Refused",
    figures.refused,
    (event) => {
      const [id = "", slotText = "", sender = ""] = eventCells(opened, paint, event.eventId);
      const verdict = event.verdict === "rejected" ? paint("bad", "✕ rejected") : paint("warn", "◐ soft-failed");
      return [id, verdict, slotText, sender, ids.shortIn(event.reason ?? "")];
    },
    paint,
  );
}

function* list<T>(title: string, items: readonly T[], cells: (item: T) => string[], paint: Call["paint"]) {
  if (items.length === 0) return;
  yield "";
  yield paint("strong", title);
  yield* aligned(items.slice(0, LISTED).map(cells), "  ");
  if (items.length > LISTED) yield `  … ${count(items.length - LISTED)} more; roomscope log has them all`;
}

function facts(opened: Opened, call: Call): object {
  const { room } = opened;
  const figures = figuresOf(opened);
  const state = room.currentState();
  const members = membersOf(opened, state);
  return {
    roomId: room.roomId ?? null,
    roomVersion: room.roomVersion ?? null,
    events: room.size,
    stateEvents: figures.stateEvents,
    arrivals: figures.arrivals,
    verdicts: figures.verdicts,
    members: members === undefined ? null : Object.fromEntries(ranked(members)),
    servers: Object.fromEntries(ranked(figures.servers)),
    stateEntries: state.length,
    deepest: figures.deepest,
    merges: figures.merges,
    mergesOfDifferingStates: figures.conflicts,
    mergesThatReset: figures.resets,
    storage: storageOf(opened, call) ?? null,
    forwardExtremities: room.forwardExtremities(),
    backwardExtremities: room.backwardExtremities(),
    refused: figures.refused.map(({ eventId, verdict, reason }) => ({ eventId, verdict, reason })),
    problems: opened.report.problems,
  };
}

/** The command. */
export const summary: Command = {
  name: "summary",
  takes: "FILE",
  words: [1, 1],
  about: "the room on one page: size, members, tips, gaps, merges, refused events",
  options: { storage: { type: "boolean" } },
  help: `
The name may be left out: "roomscope room.ndjson" does the same.

  --storage   what storing the states costs, for rooms of more than 250,000 events as well, where it takes its time

Refused events are those that the rules rejected, and those that were soft-failed: allowed by their own past, but not
by the room's state when they arrived. Each comes with the rule, and with the event that the rule stumbled over.

Examples:
  roomscope room.ndjson
  roomscope summary room.ndjson.gz --json | jq .verdicts
  ssh server cat room.ndjson | roomscope`,
  async *run(call) {
    const opened = await openRoom(call.words[0] as string, { contents: true });
    if (call.json) yield asJson(facts(opened, call));
    else yield* page(opened, call);
    return 0;
  },
};
