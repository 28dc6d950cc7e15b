// Event ids as people write and read them: the first characters, as many as tell a room's events apart.

import type { EventId, Room } from "../index.js";
import { Refusal } from "./errors.js";
import { plain } from "./terminal.js";

const SHORTEST = 7;
const LISTED = 5;
/** What may be an id in running text, and what is one for certain: a hash in base64. */
const ID = /\$[^\s,;()"']+/g;
const HASHED = /^\$[\w+/-]{43}$/;

/** The event ids of one room. */
export class Ids {
  readonly #room: Room;
  readonly #name: string;
  #all: EventId[] | undefined;
  #length = 0;

  /** @param name of the room's file, for messages */
  constructor(room: Room, name: string) {
    this.#room = room;
    this.#name = name;
  }

  /**
   * An id as it is shown: without the `$`, which shells take for a variable, and cut where no two events of the room
   * are alike any more.
   */
  short(id: EventId): string {
    this.#length ||= distinctLength(this.#ids());
    return plain(id.slice(1, 1 + this.#length));
  }

  /** A sentence of the engine with its ids shortened. */
  shortIn(sentence: string): string {
    return plain(sentence.replace(ID, (id) => (HASHED.test(id) || this.#room.has(id) ? this.short(id) : id)));
  }

  /**
   * The event that somebody means.
   *
   * @param text an id or how it begins, with or without the `$`
   * @throws Refusal if there is none, or more than one
   */
  find(text: string): EventId {
    const start = text.startsWith("$") ? text : `$${text}`;
    if (start === "$")
      throw new Refusal("An event id is empty. In a shell, put ids that begin with $ in single quotes.");
    if (this.#room.has(start)) return start;
    const found = this.#ids().filter((id) => id.startsWith(start));
    if (found.length === 1) return found[0] as EventId;
    if (found.length === 0) throw new Refusal(`No event of ${this.#name} has an id that begins with ${plain(text)}.`);
    const listed = found.slice(0, LISTED).map((id) => plain(id.slice(1)));
    const more = found.length > LISTED ? ` and ${found.length - LISTED} more` : "";
    throw new Refusal(`${plain(text)} could be any of ${found.length} events: ${listed.join(", ")}${more}.`);
  }

  #ids(): EventId[] {
    this.#all ??= this.#room.timeline({ outliers: true });
    return this.#all;
  }
}

/** The least number of characters after the `$` by which all ids differ. */
function distinctLength(ids: EventId[]): number {
  const longest = ids.reduce((most, id) => Math.max(most, id.length), 0);
  // Random characters of 64 kinds: where about so many are needed, fewer need not be tried.
  let length = Math.max(SHORTEST, Math.floor(Math.log(ids.length) / Math.log(8)));
  while (length < longest && new Set(ids.map((id) => id.slice(1, 1 + length))).size < ids.length) length += 1;
  return length;
}
