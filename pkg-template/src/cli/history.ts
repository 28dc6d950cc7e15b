// `roomscope history`: every value that one key of the state has had.

import type { StateChange } from "../index.js";
import { asJson, type Call, type Command } from "./command.js";
import { gist } from "./gist.js";
import { openRoom, type Opened } from "./input.js";
import { aligned, fit, plain, time } from "./terminal.js";

function* lines({ room, ids }: Opened, { paint, columns }: Call, changes: StateChange[]): Generator<string> {
  const rows = changes.map(({ eventId, value, cause }) => {
    const at = room.event(eventId);
    const setter = value === null ? undefined : room.event(value);
    const words = {
      set: paint("ok", "set"),
      resolved: paint("warn", "◆ resolved"),
      reset: paint("bad", "↺ reset"),
    }[cause];
    return [
      paint("id", ids.short(eventId)),
      paint("dim", at === undefined ? "" : time(at.originServerTs)),
      words,
      value === null ? paint("bad", "no value") : cause === "set" ? "" : `to ${paint("id", ids.short(value))}`,
      plain(setter?.sender ?? ""),
      value === null ? "" : gist(room, ids, value),
    ];
  });
  for (const line of aligned(rows)) yield fit(line, columns);
}

/** The command. */
export const history: Command = {
  name: "history",
  takes: "FILE TYPE [KEY]",
  words: [2, 3],
  about: "every event at which a key of the state changed, and how",
  help: `
  set          the event itself set it
  ◆ resolved   a merge chose between its parents' values
  ↺ reset      at a merge an older value came back, or a value was lost

Examples:
  roomscope history room.ndjson m.room.power_levels
  roomscope history room.ndjson m.room.member @ada:alpha.example`,
  async *run(call) {
    const [file = "", type = "", key = ""] = call.words;
    const opened = await openRoom(file, { contents: !call.json });
    const changes = opened.room.stateHistory(type, key);
    if (call.json) {
      yield asJson(changes);
    } else if (changes.length === 0) {
      yield `${plain(type)}${key === "" ? "" : ` ${plain(key)}`} was never set.`;
    } else {
      yield* lines(opened, call, changes);
    }
    return 0;
  },
};
