// A room on its way out: as the deliveries that make it again elsewhere, as the text of a link, and as files. What a link leaves
// out (signatures, and whatever a server only told its clients) nothing here reads; that the room comes out the same is tried
// before the link is given away.
import { type EventInfo, Room } from "roomscope";
import type { LinkText, OpenOptions } from "../protocol.ts";
import { pack, packedBytes, type TextDelivery } from "../share/packed.ts";
import { deliver } from "./input.ts";
import { readJournal, type Told } from "./journal.ts";

/** Links of more characters than this get lost on their way: a Matrix event, for one, has 65,536 bytes. */
const longestLink = 60_000;
/** Beyond this many events the length is told from the first ones. */
const mostPacked = 4000;
const sampled = 1000;
const lines = new TextDecoder();

/** The deliveries that make the room again; `saved` is what `save` made of it. */
export function deliveriesOf(room: Room, saved: Uint8Array, thin: boolean): TextDelivery[] {
  const deliveries: TextDelivery[] = [];
  let run: Told[] = [];
  const end = (): void => {
    const [first] = run;
    if (first === undefined) return;
    const events = lines.decode(room.toNdjson({ eventIds: run.map((each) => each.eventId), thin }));
    const { arrival, stateBefore } = first;
    deliveries.push(stateBefore === undefined ? { events, arrival } : { events, arrival, stateBefore });
    run = [];
  };
  for (const each of readJournal(saved).told) {
    const [first] = run;
    const alone = each.stateBefore !== undefined || first?.stateBefore !== undefined;
    if (alone || first?.arrival !== each.arrival) end();
    run.push(each);
  }
  end();
  return deliveries;
}

/** White space between the parts of a JSON text. */
const between = /("(?:[^"\\]|\\.)*")|\s+/g;

/** An event's line without what nothing here reads, if JavaScript writes the rest as it stands. */
export function slim(line: string): string {
  const pdu = JSON.parse(line) as Record<string, unknown>;
  if (JSON.stringify(pdu) !== line.replace(between, "$1")) return line;
  delete pdu["signatures"];
  delete pdu["unsigned"];
  return JSON.stringify(pdu);
}

function slimmed(deliveries: readonly TextDelivery[]): TextDelivery[] {
  return deliveries.map((each) => ({
    ...each,
    events: each.events
      .split("\n")
      .filter((line) => line !== "")
      .map(slim)
      .join("\n"),
  }));
}

/** The text of a link with the room in it, or how long it would be. */
export async function linkText(room: Room, options: OpenOptions, thin: boolean): Promise<LinkText> {
  if (room.size > mostPacked) return { characters: await guessed(room, thin), about: true };
  const deliveries = slimmed(deliveriesOf(room, room.save(), thin));
  const text = await pack({ options, deliveries });
  if (text.length > longestLink) return { characters: text.length, about: false };
  return { text, characters: text.length, about: false, differing: differing(room, options, deliveries) };
}

async function guessed(room: Room, thin: boolean): Promise<number> {
  const eventIds = room.timeline({ limit: sampled });
  const first = lines.decode(room.toNdjson({ eventIds, thin }));
  const [part] = slimmed([{ events: first, arrival: "live" }]);
  const { length } = await packedBytes(part?.events ?? "");
  return Math.round(((length * 4) / 3) * (room.size / Math.max(1, eventIds.length)));
}

/** How many events have another verdict or another state once the room has been read again. */
function differing(room: Room, options: OpenOptions, deliveries: readonly TextDelivery[]): number {
  const facts = ({ eventId, verdict, stateId }: EventInfo): string => `${eventId} ${verdict} ${stateId}`;
  const again = new Room(options);
  try {
    deliver(again, deliveries);
    const there = new Set(again.rows({ outliers: true }).map(facts));
    return room.rows({ outliers: true }).filter((info) => !there.has(facts(info))).length;
  } finally {
    again.free();
  }
}
