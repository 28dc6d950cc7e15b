// Lists of other events: id, what it is, who sent it. What is held can be followed; what is not says so.
import { button, make } from "../dom.ts";
import { shortId, splitUser } from "../format.ts";
import type { Link, Row } from "../protocol.ts";

export interface LinkActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
}

function linkRow(link: Link, acts: LinkActs): HTMLElement {
  const short = make("span", { class: "short mono" }, shortId(link.eventId));
  const { view } = link;
  if (view === undefined) {
    return make("li", {}, make("div", { class: "lost" }, short, make("span", { class: "note" }, "not held")));
  }
  const { label, text } = view.summary;
  const what = make("span", { class: "what" }, label === "" ? undefined : make("strong", {}, label), text);
  const go = button(
    { class: "plain go" },
    () => acts.go(view.row),
    short,
    what,
    make("span", { class: "who" }, splitUser(view.sender)[0]),
  );
  go.addEventListener("pointerenter", () => acts.hover(view.row));
  go.addEventListener("pointerleave", () => acts.hover(undefined));
  return make("li", {}, go);
}

/** A headed list; nothing at all if there is nothing to list and no sentence for that. */
export function linkList(title: string, note: string, links: readonly Link[], acts: LinkActs): HTMLElement[] {
  if (links.length === 0) return [];
  return [
    make("div", { class: "band" }, make("h3", {}, title), make("span", { class: "note" }, note)),
    make("ul", { class: "links" }, ...links.map((link) => linkRow(link, acts))),
  ];
}
