// What comes out of the engine in long lists: strings as one string with the places of their ends, bytes in parts, columns.
// What consists of many small values comes as JSON.

import type {
  Columns,
  Compression,
  EventId,
  Layout,
  Resolution,
  StateDiff,
  StateEntry,
  StateGroupLayout,
  Verdict,
} from "./types.js";

/** Verdicts by the engine's numbers. */
export const VERDICTS: readonly Verdict[] = ["outlier", "accepted", "soft-failed", "rejected"];

export function joined(chunks: Uint8Array[]): Uint8Array {
  // A single one is often all there is, and large.
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

export function splitIds(list: unknown): EventId[] {
  const ids = new Array<EventId>((list as [string, Uint32Array])[1].length);
  splitInto(ids, 0, list);
  return ids;
}

/** Splits a list into `ids` from place `at` on, and returns the place behind it. */
export function splitInto(ids: EventId[], at: number, list: unknown): number {
  const [text, ends] = list as [string, Uint32Array];
  let start = 0;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] as number;
    ids[at + index] = text.slice(start, end);
    start = end;
  }
  return at + ends.length;
}

/** Strings are counted from 1: nothing stands at the place before them. */
export function columnsOf(answer: unknown): Columns {
  const [type, stateKey, sender, depth, verdict, parentCount, types, strings] = answer as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Float64Array,
    Uint8Array,
    Uint8Array,
    unknown,
    unknown,
  ];
  return {
    type,
    types: ["", ...splitIds(types)],
    stateKey,
    sender,
    strings: ["", ...splitIds(strings)],
    depth,
    verdict,
    parentCount,
  };
}

/** Three strings an entry. */
export function entriesOf(list: unknown): StateEntry[] {
  const parts = splitIds(list);
  const entries = new Array<StateEntry>(parts.length / 3);
  for (let index = 0; index < entries.length; index += 1) {
    // A slice of three costs twice as much.
    const at = 3 * index;
    entries[index] = [parts[at], parts[at + 1], parts[at + 2]] as StateEntry;
  }
  return entries;
}

export function resolutionOf(answer: unknown): Resolution {
  const [account, text, ends] = answer as [string, string, Uint32Array];
  return { ...(JSON.parse(account) as Omit<Resolution, "result">), result: entriesOf([text, ends]) };
}

export function layoutOf(answer: unknown): Layout {
  const [laneCount, lane, edgeFrom, edgeTo, edgeLane] = answer as [
    number,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  return { eventCount: lane.length, laneCount, lane, edgeFrom, edgeTo, edgeLane };
}

export function compressionOf(answer: unknown): Compression {
  const [figures, stored, compressed, improved] = answer as [string, Uint32Array, Uint32Array, Uint32Array];
  const all = JSON.parse(figures) as Compression;
  const layout = (of: StateGroupLayout, prevStateGroups: Uint32Array) => ({ ...of, prevStateGroups });
  return {
    ...all,
    stored: layout(all.stored, stored),
    compressed: layout(all.compressed, compressed),
    improved: layout(all.improved, improved),
  };
}

/** The difference of two states: three lists, of which the last has four strings an entry. */
export function diffOf(lists: unknown): StateDiff {
  const [added, removed, changed] = lists as [unknown, unknown, unknown];
  const parts = splitIds(changed);
  const changes = new Array<StateDiff["changed"][number]>(parts.length / 4);
  for (let index = 0; index < changes.length; index += 1) {
    const [type, stateKey, from, to] = parts.slice(4 * index, 4 * index + 4) as [string, string, EventId, EventId];
    changes[index] = { type, stateKey, from, to };
  }
  return { added: entriesOf(added), removed: entriesOf(removed), changed: changes };
}
