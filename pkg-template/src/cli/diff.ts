// `roomscope diff`: what sets two states of a room apart, or two servers' views of one room.

import type { Comparison, EventId, StateDiff } from "../index.js";
import { asJson, type Call, type Command, eventCells } from "./command.js";
import { gist } from "./gist.js";
import { openRoom, type Opened } from "./input.js";
import { aligned, count, counted, fit, plain } from "./terminal.js";

const LISTED = 10;

function differs({ added, removed, changed }: StateDiff): boolean {
  return added.length + removed.length + changed.length > 0;
}

/** The one of some rooms that holds an event; the first if none does. */
function holder(rooms: readonly [Opened, ...Opened[]], id: EventId): Opened {
  return rooms.find(({ room }) => room.has(id)) ?? rooms[0];
}

/** A difference as lines, by type and key: `-` before what holds in the first alone, `+` in the second alone. */
function* diffLines(
  rooms: readonly [Opened, ...Opened[]],
  { paint, columns }: Call,
  difference: StateDiff,
  indent = "",
): Generator<string> {
  const side = (tone: "ok" | "bad", sign: string, id: EventId) => {
    const { room, ids } = holder(rooms, id);
    return [
      paint(tone, sign),
      paint("id", ids.short(id)),
      plain(room.event(id)?.sender ?? "not held"),
      gist(room, ids, id),
    ];
  };
  const slots = [
    ...difference.removed.map(([type, key, id]) => ({ type, key, lines: [side("bad", "-", id)] })),
    ...difference.added.map(([type, key, id]) => ({ type, key, lines: [side("ok", "+", id)] })),
    ...difference.changed.map(({ type, stateKey, from, to }) => ({
      type,
      key: stateKey,
      lines: [side("bad", "-", from), side("ok", "+", to)],
    })),
  ].sort((a, b) => (a.type < b.type || (a.type === b.type && a.key < b.key) ? -1 : 1));
  const cells = slots.flatMap(({ type, key, lines }) =>
    lines.map(([sign = "", ...rest], index) => [
      sign,
      index > 0 ? "" : paint("strong", plain(type)) + (key === "" ? "" : ` ${plain(key)}`),
      ...rest,
    ]),
  );
  for (const line of aligned(cells, indent)) yield fit(line, columns);
}

function* only(opened: Opened, { paint, columns }: Call, list: readonly EventId[]): Generator<string> {
  if (list.length === 0) return;
  yield "";
  yield paint("strong", `Only in ${plain(opened.name)}: ${counted(list.length, "event")}`);
  for (const line of aligned(
    list.slice(0, LISTED).map((id) => eventCells(opened, paint, id)),
    "  ",
  )) {
    yield fit(line, columns);
  }
  if (list.length > LISTED) yield `  … ${count(list.length - LISTED)} more; --json has them all`;
}

/** Two servers' views of one room. */
function* views(here: Opened, there: Opened, call: Call, comparison: Comparison): Generator<string> {
  const { paint, columns } = call;
  const { onlyHere, onlyThere, differing, currentState } = comparison;
  const shared = here.room.size - onlyHere.length;
  yield `${counted(shared, "event")} in both, ${count(onlyHere.length)} only in ${plain(here.name)}, ${count(onlyThere.length)} only in ${plain(there.name)}`;
  for (const { name, report } of [here, there]) {
    if (report.outliers === 0) continue;
    yield `The state at ${counted(report.outliers, "event")} of ${plain(name)} is not known: parents are missing.`;
  }
  yield* only(here, call, onlyHere);
  yield* only(there, call, onlyThere);
  yield "";
  const [first] = differing;
  if (first === undefined) {
    yield "They agree on all events that both know the state at.";
  } else {
    yield paint("strong", `They differ at ${counted(differing.length, "event")}, first at`);
    yield* [fit(aligned([eventCells(here, paint, first.eventId)], "  ").next().value as string, columns)];
    if (first.here !== first.there) yield `  ${first.here} here, ${first.there} there`;
    if (first.state !== null) yield* diffLines([here, there], call, first.state, "  ");
  }
  yield "";
  if (differs(currentState)) {
    yield paint("strong", "Their current states differ");
    yield* diffLines([here, there], call, currentState, "  ");
  } else {
    yield "Their current states are equal.";
  }
}

async function* compareFiles(call: Call): AsyncGenerator<string, number> {
  const [a = "", b = ""] = call.words;
  const here = await openRoom(a, { contents: !call.json });
  const there = await openRoom(b, { contents: !call.json });
  const comparison = here.room.compare(there.room);
  if (call.json) yield asJson(comparison);
  else yield* views(here, there, call, comparison);
  const { onlyHere, onlyThere, differing, currentState } = comparison;
  return onlyHere.length + onlyThere.length + differing.length > 0 || differs(currentState) ? 1 : 0;
}

/** The command. */
export const diff: Command = {
  name: "diff",
  takes: "FILE A B | FILE_A FILE_B",
  words: [2, 3],
  about: "what sets the states after two events apart, or two servers' views of one room",
  help: `
With a file and two events: lines with - hold after A alone, lines with + after B alone.
With two files: which events only one server has, the first event at which they came to different ends, and how their
current states differ; - stands for the first file, + for the second.

The exit code is 1 if there is any difference.

Examples:
  roomscope diff room.ndjson 6cJy-Il 7tA8UNg
  roomscope diff ours.ndjson theirs.ndjson.gz
  roomscope diff ours.ndjson theirs.ndjson --json | jq -r '.differing[].eventId'`,
  async *run(call) {
    const [file = "", a = "", b] = call.words;
    if (b === undefined) return yield* compareFiles(call);
    const opened = await openRoom(file, { contents: !call.json });
    const difference = opened.room.stateDiff(opened.ids.find(a), opened.ids.find(b));
    if (call.json) yield asJson(difference);
    else if (differs(difference)) yield* diffLines([opened], call, difference);
    else yield "The two states are equal.";
    return differs(difference) ? 1 : 0;
  },
};
