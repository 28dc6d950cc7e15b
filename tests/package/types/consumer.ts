// What a TypeScript user writes. It is compiled, never run; `satisfies` and the error marks hold the types in place.

import {
  type AddReport,
  type Comparison,
  type EventInfo,
  init,
  type Layout,
  type Problem,
  Room,
  RoomscopeError,
} from "roomscope";
import { Room as InlineRoom } from "roomscope/inline";
import { init as initWeb } from "roomscope/web";

await init();
await initWeb(new URL("https://example.org/core_bg.wasm"));
await initWeb(await WebAssembly.compile(new Uint8Array()));

using room = new Room({ roomVersion: "11", auth: "off", keepJson: false });
const report: AddReport = room.add(new Uint8Array(), {
  arrival: "backfill",
  verify: true,
  onProgress: (done: number) => done,
});
report.problems.map(
  (problem: Problem) => [problem.at, problem.code, problem.message] satisfies [number, string, string],
);
(await room.addAsync(new Blob(), { signal: AbortSignal.timeout(1) })).eventIds satisfies string[];

const info: EventInfo | undefined = room.event("$x");
info?.stateKey satisfies string | null | undefined;
info?.verdict satisfies "accepted" | "soft-failed" | "rejected" | "outlier" | undefined;
room.timeline({ order: "stream", direction: "b", limit: 10 }) satisfies string[];
const layout: Layout = room.layout();
layout.lane satisfies Uint32Array;
const comparison: Comparison = room.compare(new Room());
comparison.differing[0]?.state?.changed satisfies { from: string; to: string }[] | undefined;
room.toNdjson({ thin: true, eventIds: ["$x"] }) satisfies Uint8Array;
Room.load(room.save()) satisfies Room;
room.toDot({ cluster: "none" }) satisfies string;

try {
  room.authChain(["$x"]);
} catch (error) {
  if (error instanceof RoomscopeError) error.code satisfies string;
}

// One class, whatever the entry.
room satisfies InlineRoom;

// @ts-expect-error: an order that there is not
room.timeline({ order: "sideways" });
// @ts-expect-error: an event may not be held
room.event("$x").depth;
// @ts-expect-error: the binding is private
import { RawRoom } from "roomscope";
