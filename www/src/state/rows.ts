// Rows of a state: the slot, its value in words, and the event that set it as a link.
import { button, make } from "../dom.ts";
import { shortId } from "../format.ts";
import type { Row, StateRow } from "../protocol.ts";

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
