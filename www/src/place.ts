// Where somebody is, in the page's address: the selected event, the traced slot, what the list shows, and the room itself where a
// link carries it or it is a teaching room. Jumps become steps of the browser's back and forward; stepping from row to row only
// rewrites the last one. The fragment is never sent to a server, so a room in it stays between those who have the link.
import type { Slot } from "./protocol.ts";

const key = "event";
/** The traced slot: its type, and its state key if that is not empty. */
const traceKeys = ["trace", "key"] as const;

/** Which rows the list shows: what is searched for, whether that alone is shown, whether runs are folded. */
export interface Showing {
  query: string;
  only: boolean;
  folded: boolean;
}

const showingKeys = { query: "find", only: "only", folded: "folded" } as const;

/** A room that the address alone is enough for. */
export interface Carried {
  /** The packed text of a small room. */
  room?: string;
  /** The teaching room with this name, or the sample. */
  lesson?: string;
  sample?: string;
}

/** What a room is carried under, in the order in which it is looked for. */
const carriers = ["room", "lesson", "sample"] as const;

let carried: Carried = {};
/** Absent: as the address has it. */
let showing: Showing | undefined;
let traced: Slot | undefined;

function parameters(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

export function placeInAddress(): string | undefined {
  return parameters().get(key) ?? undefined;
}

export function showingInAddress(): Showing {
  const all = parameters();
  return {
    query: all.get(showingKeys.query) ?? "",
    only: all.has(showingKeys.only),
    folded: all.has(showingKeys.folded),
  };
}

export function traceInAddress(): Slot | undefined {
  const all = parameters();
  const type = all.get(traceKeys[0]);
  return type === null ? undefined : { type, stateKey: all.get(traceKeys[1]) ?? "" };
}

export function carriedInAddress(): Carried {
  const all = parameters();
  const name = carriers.find((each) => all.has(each));
  return name === undefined ? {} : { [name]: all.get(name) ?? "" };
}

/** The address that leads to a room that it carries, and to an event in it. */
export function linkTo(room: Carried, eventId: string | undefined): string {
  const all = new URLSearchParams({ ...room, ...(eventId === undefined ? {} : { [key]: eventId }) });
  const { query, only, folded } = showing ?? showingInAddress();
  if (query !== "") all.set(showingKeys.query, query);
  if (only) all.set(showingKeys.only, "");
  if (folded) all.set(showingKeys.folded, "");
  if (traced !== undefined) all.set(traceKeys[0], traced.type);
  if (traced !== undefined && traced.stateKey !== "") all.set(traceKeys[1], traced.stateKey);
  const hash = all.size === 0 ? "" : `#${all.toString()}`;
  return `${location.origin}${location.pathname}${location.search}${hash}`;
}

/** From now on every address carries this room. True if the address still tells of the one before. */
export function carry(room: Carried): boolean {
  const left = isCarried(carriedInAddress()) && !isCarried(room);
  carried = room;
  return left;
}

/** Browsers refuse to rewrite the address at the speed of a held key: the last of many steps is written. */
const restMs = 200;
let timer = 0;
/** An address that waits to be written, and the event of which it tells. */
let unwritten: { eventId: string | undefined; address: string } | undefined;

function writeNow(): void {
  clearTimeout(timer);
  if (unwritten !== undefined) history.replaceState(null, "", unwritten.address);
  unwritten = undefined;
}

/** The event of which the address tells, or will in a moment. */
function placeWritten(): string | undefined {
  return unwritten === undefined ? placeInAddress() : unwritten.eventId;
}

export function writePlace(eventId: string | undefined, jump: boolean): void {
  const address = linkTo(carried, eventId);
  if (jump) {
    // Back must lead to where one was, and that may not have been written yet.
    writeNow();
    if (address !== location.href) history.pushState(null, "", address);
    return;
  }
  clearTimeout(timer);
  unwritten = { eventId, address };
  timer = window.setTimeout(writeNow, restMs);
}

/** From now on every address tells of this; `jump`: by a step that can be gone back. */
export function writeShowing(now: Showing, jump: boolean): void {
  const { query, only, folded } = showing ?? showingInAddress();
  if (now.query === query && now.only === only && now.folded === folded) return;
  // What is waiting to be written belongs to how it was shown before.
  if (jump) writeNow();
  showing = now;
  writePlace(placeWritten(), jump);
}

/** From now on every address tells of this traced slot; `jump`: by a step that can be gone back. */
export function writeTrace(slot: Slot | undefined, jump: boolean): void {
  if (jump) writeNow();
  traced = slot;
  if (jump) writePlace(placeWritten(), true);
}

function isCarried(room: Carried): boolean {
  return carriers.every((name) => room[name] === carried[name]);
}

/** `moved` within the room, or `elsewhere`: to another room that the address carries, or to one that it does not. */
export function followPlace(
  moved: (eventId: string | undefined) => void,
  elsewhere: (room: Carried, eventId: string | undefined) => void,
): void {
  addEventListener("popstate", () => {
    const room = carriedInAddress();
    // What was waiting to be written belongs to where one was.
    clearTimeout(timer);
    unwritten = undefined;
    showing = undefined;
    traced = traceInAddress();
    if (isCarried(room)) moved(placeInAddress());
    else elsewhere(room, placeInAddress());
  });
}
