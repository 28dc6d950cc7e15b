// Practice: reading a small room again and again, until the browser has optimised what reading runs through. What it has optimised of
// the WebAssembly for one worker is there for all; of the scripts, for this one, which opens the next room.
import { Room } from "roomscope";
import type { FirstWindow, OpenOptions } from "../protocol.ts";
import { OpenRoom } from "./room.ts";

/** By so many events, browsers have begun to optimise. */
const enoughEvents = 2500;
/** A larger room has been practice by itself. */
const mostBytes = 2 * 1024 * 1024;

/** Reads a file until it has seen events enough, a room at a time; ends early once `wanted` says that there is something else to do. */
export async function* practise(
  source: Blob,
  options: OpenOptions,
  window: FirstWindow,
  wanted: () => boolean,
): AsyncGenerator<undefined, null> {
  if (source.size > mostBytes) return null;
  const bytes = new Uint8Array(await source.arrayBuffer());
  for (let seen = 0; seen < enoughEvents && !wanted();) {
    const room = new Room(options);
    try {
      const report = room.add(bytes);
      // Saved: not worth opening for this. What is packed throws.
      if (report.added === 0) break;
      new OpenRoom(room, options).opened(report, window);
      seen += report.added;
    } finally {
      room.free();
    }
    yield undefined;
  }
  return null;
}
