// What a room was told, in order: read from the head of a saved room (src/room/save.rs has its form), since nothing else keeps
// which events came twice, when, and with which state. The engine has checked the bytes before they get here.
import type { Delivery, OpenOptions } from "../protocol.ts";

/** What every saved room begins with. */
export const saveMark = "roomscope save\r\n";
/** Mark, form, and the length and checksum of the first frame stand before the head. */
const headAt = saveMark.length + 4 + 12;
const allRules = ["specification", "dendrite"] as const;
const allNumberings = ["dense", "sqlite", "postgres"] as const;
const arrivals = ["live", "backfill", "outlier"] as const;

/** An event that was told, and the state before it where that came with it. */
export interface Told {
  eventId: string;
  arrival: Delivery["arrival"];
  stateBefore?: string[];
}

export interface Journal {
  options: OpenOptions;
  told: Told[];
}

class Head {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  #at = headAt;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    const number = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return number;
  }

  string(): string {
    const length = this.number();
    this.#at += length;
    return this.#text.decode(this.#bytes.subarray(this.#at - length, this.#at));
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item);
  }
}

/** The journal of a saved room. */
export function readJournal(bytes: Uint8Array): Journal {
  const head = new Head(bytes);
  const flags = head.number();
  const rules = allRules[head.number()] ?? "specification";
  const numbering = allNumberings[head.number()] ?? "dense";
  // Hop limit, version by option, version, room id.
  for (let skipped = 0; skipped < 3; skipped++) head.number();
  head.string();
  const ids = head.list(() => head.string());
  // Types, state keys, slots.
  head.list(() => head.string());
  head.list(() => head.string());
  head.list(() => [head.number(), head.number()]);
  const deliveries = head.list(() => head.number());
  const given = head.list(() => ({
    after: head.number(),
    event: head.number(),
    comes: head.number() !== 0,
    state: head.list(() => {
      head.number();
      return ids[head.number() - 1] ?? "";
    }),
  }));

  const told: Told[] = [];
  const cameAs = new Map<string, Told["arrival"]>();
  let next = 0;
  let coming = new Map<string, string[]>();
  const give = (until: number): void => {
    for (; given[next]?.after === until; next++) {
      const { event, comes, state } = given[next]!;
      const eventId = ids[event - 1] ?? "";
      // An event that is held takes the state over when it is told again.
      if (comes) coming.set(eventId, state);
      else told.push({ eventId, arrival: cameAs.get(eventId) ?? "live", stateBefore: state });
    }
  };
  deliveries.forEach((word, place) => {
    give(place);
    const eventId = ids[word >>> 2] ?? "";
    const arrival = arrivals[word & 3] ?? "live";
    const stateBefore = coming.get(eventId);
    told.push(stateBefore === undefined ? { eventId, arrival } : { eventId, arrival, stateBefore });
    if (stateBefore !== undefined) coming = new Map();
    cameAs.set(eventId, arrival);
  });
  give(deliveries.length);
  return { options: { rules, numbering, auth: (flags & 1) === 0 ? "off" : "enforce" }, told };
}
