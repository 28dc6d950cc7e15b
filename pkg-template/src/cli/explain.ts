// `roomscope explain`: why an event was accepted or refused, and how the state before it came about.

import type { EventId, EventInfo, Resolution, ResolutionStep } from "../index.js";
import { asJson, type Call, type Command, eventCells } from "./command.js";
import { openRoom, type Opened } from "./input.js";
import { aligned, count, counted, fit, plain, time } from "./terminal.js";

const PHASES: Record<ResolutionStep["phase"], string> = {
  power: "Power events, those that decide who may do what first",
  mainline: "The rest, by the power levels they stand on",
  "v1-auth": "Events that authorise others",
  "v1-other": "The rest",
};

function verdictLine({ verdict, reason }: EventInfo, { ids }: Opened, paint: Call["paint"]): string {
  const words = {
    accepted: paint("ok", "accepted"),
    rejected: paint("bad", "✕ rejected"),
    "soft-failed": paint("warn", "◐ soft-failed"),
    outlier: paint("warn", "◇ outlier"),
  }[verdict];
  return reason === undefined ? words : `${words}: ${ids.shortIn(reason)}`;
}

function section(title: string, paint: Call["paint"]): string[] {
  return ["", paint("strong", title)];
}

function* events(opened: Opened, { paint, columns }: Call, list: readonly EventId[]): Generator<string> {
  for (const line of aligned(
    list.map((id) => eventCells(opened, paint, id)),
    "  ",
  ))
    yield fit(line, columns);
}

/** What a sort key is called, and its value. */
function keysOf({ keys }: ResolutionStep): string {
  return Object.entries(keys)
    .map(([name, value]) => {
      if (name === "powerLevel") return `level ${value}`;
      if (name === "mainlinePosition") return `mainline ${value}`;
      if (name === "originServerTs") return time(Number(value));
      if (name === "sha1") return `sha1 ${String(value).slice(0, 8)}`;
      return `${name} ${value}`;
    })
    .join(" · ");
}

function* conflicts(opened: Opened, { paint, columns }: Call, account: Resolution): Generator<string> {
  const { ids } = opened;
  for (const { type, stateKey, candidates, winner, reset } of account.conflicted) {
    const holds = paint("ok", "holds") + (reset ? `  ${paint("bad", "↺ reset: an older value came back")}` : "");
    yield `  ${paint("strong", plain(type))}${stateKey === "" ? "" : ` ${plain(stateKey)}`}`;
    const rows = candidates.map((id) => {
      const [short = "", , sender = "", says = ""] = eventCells(opened, paint, id);
      const won = id === winner;
      return [won ? paint("ok", "✓") : " ", short, sender, says, won ? holds : ""];
    });
    if (winner === null) rows.push([paint("bad", "↺"), "", "reset: no value holds", "", ""]);
    else if (!candidates.includes(winner)) rows.push([paint("ok", "✓"), paint("id", ids.short(winner)), holds, "", ""]);
    for (const line of aligned(rows, "    ")) yield fit(line, columns);
  }
}

function* steps(opened: Opened, { paint, columns }: Call, account: Resolution): Generator<string> {
  const phases = new Map<ResolutionStep["phase"], ResolutionStep[]>();
  for (const step of account.steps) phases.set(step.phase, [...(phases.get(step.phase) ?? []), step]);
  let tried = 0;
  for (const [phase, list] of phases) {
    yield `  ${paint("dim", PHASES[phase])}`;
    const rows = list.map((step) => {
      const [short = "", slot = ""] = eventCells(opened, paint, step.eventId);
      const outcome = {
        allowed: paint("ok", "✓"),
        denied: paint("bad", "✕"),
        skipped: paint("dim", "–"),
      }[step.outcome];
      tried += 1;
      const reason = step.reason === undefined ? "" : paint("bad", opened.ids.shortIn(step.reason));
      return [String(tried).padStart(3), outcome, short, slot, paint("dim", keysOf(step)), reason];
    });
    for (const line of aligned(rows, "  ")) yield fit(line, columns);
  }
}

function* page(opened: Opened, call: Call, event: EventInfo, account: Resolution | undefined): Generator<string> {
  const { ids, room } = opened;
  const { paint } = call;
  const [, slot = "", sender = "", says = ""] = eventCells(opened, paint, event.eventId);
  yield `${paint("id", ids.short(event.eventId))}  ${slot}  ${sender}${says === "" ? "" : `  ${says}`}`;
  const arrival = event.arrival === "live" ? "" : ` · ${event.arrival}`;
  yield paint(
    "dim",
    `${plain(event.eventId)} · depth ${count(event.depth)} · ${time(event.originServerTs)} UTC${arrival}`,
  );
  yield verdictLine(event, opened, paint);

  if (event.prevEvents.length > 0) {
    yield* section(event.prevEvents.length === 1 ? "Parent" : "Parents", paint);
    yield* events(opened, call, event.prevEvents);
  }
  if (event.authEvents.length > 0) {
    yield* section("Auth events", paint);
    yield* events(opened, call, event.authEvents);
  }
  if (account === undefined) {
    yield "";
    yield "The state before it is not known.";
    return;
  }
  yield* section("State before it", paint);
  if (account.parents.length > 1) {
    yield `  ${counted(account.parents.length, "different state")} merged by state resolution ${account.algorithm}:`;
    const parents = account.parents.map(({ eventIds, stateId }) => [
      `after ${eventIds.map((id) => paint("id", ids.short(id))).join(", ")}`,
      paint("dim", `state ${stateId.slice(0, 8)}`),
    ]);
    yield* aligned(parents, "  ");
    yield `  ${counted(account.unconflicted, "key")} in agreement, ${count(account.conflicted.length)} in conflict`;
    yield* section("In conflict", paint);
    yield* conflicts(opened, call, account);
    yield* section("Tried in this order; what is allowed last for a key holds", paint);
    yield* steps(opened, call, account);
    if (account.authDifference.length > 0) {
      yield* section("Auth difference: what only some of the states stand on", paint);
      yield* events(opened, call, account.authDifference);
    }
    if (account.conflictedSubgraph.length > 0) {
      yield* section("Conflicted subgraph: what lies between conflicting events", paint);
      yield* events(opened, call, account.conflictedSubgraph);
    }
  } else {
    const why = event.prevEvents.length > 1 ? "the same after all of its parents" : "that after its parent";
    yield `  ${counted(account.result.length, "key")}, ${event.prevEvents.length === 0 ? "as the room begins" : why}`;
  }
  const before = account.result.find(([type, key]) => type === event.type && key === event.stateKey)?.[2];
  if (event.stateKey !== null && event.verdict !== "rejected" && room.stateAfter(event.eventId) !== undefined) {
    yield* section("What it changed", paint);
    if (before === undefined) yield `  ${slot} had no value before`;
    else yield* events(opened, call, [before, event.eventId]);
  }
}

/** The command. */
export const explain: Command = {
  name: "explain",
  takes: "FILE EVENT",
  words: [2, 2],
  about: "why an event was accepted or refused, and how the state before it came about",
  help: `
At a merge of differing states: which keys were in conflict, in which order the candidates were tried, by which sort
keys, and what each denied one broke.

Examples:
  roomscope explain room.ndjson 7tA8UNg
  roomscope explain room.ndjson 7tA8UNg --json | jq .conflicted`,
  async *run(call) {
    const [file = "", event = ""] = call.words;
    const opened = await openRoom(file, { contents: !call.json });
    const id = opened.ids.find(event);
    if (call.json) {
      yield asJson(opened.room.explain(id));
      return 0;
    }
    const info = opened.room.event(id) as EventInfo;
    const known = opened.room.stateBefore(id) !== undefined;
    yield* page(opened, call, info, known ? opened.room.explain(id) : undefined);
    return 0;
  },
};
