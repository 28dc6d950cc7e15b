// `roomscope thin` and `roomscope dot`: the room written out again, to be shown to others or drawn.

import { asJson, type Command } from "./command.js";
import { limitOf } from "./limit.js";
import { openRoom } from "./input.js";

/** Events written at a time: a room is never in memory twice. */
const PAGE = 4096;

/** The command `thin`. */
export const thin: Command = {
  name: "thin",
  takes: "FILE",
  words: [1, 1],
  about: "the events without content that nothing depends on: for bug reports",
  help: `
Leaves out all content that no auth rule, no resolution and no event id needs: messages, names, topics, reasons. Event
ids, states and verdicts stay the same. It does not hide who, when, how often, event types, state keys, and the names
of rooms and servers.

The output is NDJSON, with --json as well.

Example:
  roomscope thin room.ndjson | gzip > broken-room.ndjson.gz`,
  async *run(call) {
    const { room, report } = await openRoom(call.words[0] as string, { contents: "always" });
    const decoder = new TextDecoder();
    for (let from = 0; from < report.eventIds.length; from += PAGE) {
      const page = room.toNdjson({ eventIds: report.eventIds.slice(from, from + PAGE), thin: true });
      yield decoder.decode(page.subarray(0, -1));
    }
    return 0;
  },
};

/** The command `dot`. */
export const dot: Command = {
  name: "dot",
  takes: "FILE",
  words: [1, 1],
  about: "the event graph for Graphviz",
  options: { limit: { type: "string", short: "n" } },
  help: `
  -n, --limit N   only the N newest events

Example:
  roomscope dot room.ndjson -n 100 | dot -Tsvg > room.svg`,
  async *run(call) {
    const limit = limitOf(call);
    const { room } = await openRoom(call.words[0] as string, { contents: false });
    const eventIds = room.timeline({ direction: "b", limit }).reverse();
    const graph = room.toDot({ eventIds });
    yield call.json ? asJson(graph) : graph.trimEnd();
    return 0;
  },
};
