// Rows of a state: the slot, its value in words, and the event that set it as a link.
import { button, make } from "../dom.ts";
import { shortId } from "../format.ts";
import type { Named, Row, StateRow } from "../protocol.ts";

export interface StateActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
}

/** A slot's name: what all rooms have in common is dim, or left out where there is little room. */
export function slotCell(type: string, stateKey: string, short = false): HTMLElement {
  const own = type.startsWith("m.room.");
  const dim = own && !short ? "m.room." : "";
  return make(
    "span",
    { class: "slot-name foreign", title: stateKey === "" ? type : `${type} ${stateKey}` },
    dim === "" ? undefined : make("span", { class: "dim" }, dim),
    type.slice(own ? 7 : 0),
    stateKey === ""
      ? undefined
      : make("span", { class: "key" }, ` ${short ? (stateKey.split(":")[0] ?? "") : stateKey}`),
  );
}

/** The id of an event, as a link if it is held. */
export function idLink({ eventId, row }: { eventId: string; row: Row | undefined }, acts: StateActs): HTMLElement {
  const short = eventId === "" ? "" : shortId(eventId);
  if (row === undefined) return make("span", { class: "mono dim" }, short);
  const link = button({ class: "plain link mono", title: eventId }, () => acts.go(row), short);
  link.addEventListener("pointerenter", () => acts.hover(row));
  link.addEventListener("pointerleave", () => acts.hover(undefined));
  return link;
}

/** A sentence in which the events that it names are links to them. */
export function sentence(text: string, named: readonly Named[], acts: StateActs): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let said = 0;
  for (;;) {
    const places = named.map((each) => ({ each, at: text.indexOf(each.eventId, said) })).filter(({ at }) => at >= 0);
    // Of two ids of which one begins like the other the longer one is meant.
    places.sort((a, b) => a.at - b.at || b.each.eventId.length - a.each.eventId.length);
    const next = places[0];
    if (next === undefined) break;
    parts.push(text.slice(said, next.at), idLink(next.each, acts));
    said = next.at + next.each.eventId.length;
  }
  return [...parts, text.slice(said)];
}

const signs = { "": "", added: "+", changed: "~", resolved: "◆", reset: "↺" } as const;
const told = {
  "": "",
  added: "added here",
  changed: "changed here",
  resolved: "resolved here",
  reset: "reset here",
} as const;

/** The first column: what the event did to the slot. */
export function signOf({ change }: StateRow): HTMLElement {
  const sign = make("span", { class: `sign ${change}`, title: told[change] }, signs[change]);
  if (change !== "") sign.setAttribute("aria-label", told[change]);
  if (change !== "") sign.setAttribute("role", "img");
  return sign;
}
