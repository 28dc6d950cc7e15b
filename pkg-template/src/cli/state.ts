// `roomscope state`: the room's state, now or at an event.

import type { EventId, StateEntry } from "../index.js";
import { asJson, type Call, type Command } from "./command.js";
import { Refusal } from "./errors.js";
import { gist } from "./gist.js";
import { openRoom, type Opened } from "./input.js";
import { aligned, counted, fit, plain } from "./terminal.js";

const TITLES = ["type", "key", "event", "sender", ""];

/** By type, then key; the order is the same on every machine. */
function inOrder(entries: StateEntry[]): StateEntry[] {
  const rank = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return entries.sort((a, b) => rank(a[0], b[0]) || rank(a[1], b[1]));
}

/** Entries of a state as lines. */
function* stateLines({ room, ids }: Opened, { paint, columns }: Call, entries: StateEntry[]): Generator<string> {
  let before: string | undefined;
  const rows = entries.map(([type, key, id]) => {
    const shown = type === before ? "" : plain(type);
    before = type;
    return [
      paint("strong", shown),
      plain(key),
      paint("id", ids.short(id)),
      plain(room.event(id)?.sender ?? ""),
      gist(room, ids, id),
    ];
  });
  for (const line of aligned([TITLES.map((title) => paint("dim", title)), ...rows])) yield fit(line, columns);
}

function stateAt({ room, ids }: Opened, event: EventId | undefined, before: boolean): [title: string, StateEntry[]] {
  if (event === undefined) return ["Current state", room.currentState()];
  const words = before ? "State before" : "State after";
  const state = before ? room.stateBefore(event) : room.stateAfter(event);
  if (state === undefined) {
    const reason = room.event(event)?.reason;
    throw new Refusal(
      `The state at ${ids.short(event)} is not known${reason === undefined ? "" : `: ${ids.shortIn(reason)}`}.`,
    );
  }
  return [`${words} ${ids.short(event)}`, state];
}

/** The command. */
export const state: Command = {
  name: "state",
  takes: "FILE [EVENT]",
  words: [1, 2],
  about: "the current state, or the state after an event",
  options: { before: { type: "boolean" }, type: { type: "string" } },
  help: `
  --before      the state before the event instead
  --type TYPE   only entries of this type

Examples:
  roomscope state room.ndjson
  roomscope state room.ndjson 7tA8UNg --before
  roomscope state room.ndjson --type m.room.member
  roomscope state room.ndjson --json | jq -r '.[] | select(.[0] == "m.room.power_levels")[2]'`,
  async *run(call) {
    const [file = "", event] = call.words;
    const { before, type } = call.options;
    if (before === true && event === undefined) throw new Refusal("--before needs an event.", true);
    const opened = await openRoom(file, { contents: !call.json });
    const id = event === undefined ? undefined : opened.ids.find(event);
    const [title, all] = stateAt(opened, id, before === true);
    const entries = inOrder(all).filter((entry) => type === undefined || entry[0] === type);
    if (call.json) {
      yield asJson(entries);
      return 0;
    }
    yield `${call.paint("strong", title)}: ${counted(entries.length, "entry", "entries")}`;
    yield "";
    yield* stateLines(opened, call, entries);
    return 0;
  },
};
