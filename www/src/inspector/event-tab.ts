// The tab "Event": the facts of one event, whom it names and who names it, and its JSON.
import { make } from "../dom.ts";
import { count, counted, fullTime, utcTime } from "../format.ts";
import { graphWords } from "../history/words.ts";
import type { Detail, RowView } from "../protocol.ts";
import type { Session } from "../session.ts";
import { sentence } from "../state/rows.ts";
import { copyButton } from "./copy.ts";
import { fillJson } from "./json.ts";
import { type LinkActs, linkList } from "./links.ts";

function arrivalWords(view: RowView): string {
  switch (view.arrival) {
    case "live":
      return "live";
    case "backfill":
      return "backfilled, so its stream ordering is negative";
    case "outlier":
      return "as an outlier, without its history";
  }
}

function facts({ view, named }: Detail, session: Session, acts: LinkActs): HTMLElement {
  const rows: [string, ...(Node | string)[]][] = [
    ["type", make("span", { class: "mono foreign" }, view.type)],
    [
      "state key",
      view.stateKey === null || view.stateKey === ""
        ? make("span", { class: "more" }, view.stateKey === null ? "none: not a state event" : "empty")
        : make("span", { class: "mono foreign" }, view.stateKey),
    ],
    ["sender", make("span", { class: "mono foreign" }, view.sender)],
    ["sent", `${fullTime(view.ts)} `, make("span", { class: "more" }, utcTime(view.ts))],
    ["in the graph", graphWords(view, session.edges, undefined, session.merges.at(view.row))],
    ["arrival", arrivalWords(view)],
  ];
  if (view.blind !== "no") {
    const words = "the state before it is not known: it was checked against its auth events alone";
    rows.push([view.verdict, words]);
  }
  if (view.reason !== "")
    rows.push([view.verdict, make("span", { class: "foreign" }, ...sentence(view.reason, named, acts))]);
  const list = make("dl", { class: "facts" });
  for (const [name, ...value] of rows) list.append(make("dt", {}, name), make("dd", {}, ...value));
  return list;
}

/** Answers that come faster than this come from a key that is held. */
const heldMs = 120;

export class EventTab {
  readonly #acts: LinkActs;
  readonly #pre = make("pre", { class: "json" });
  readonly #band: HTMLElement;
  #detail: Detail | undefined;
  #shownAt = 0;
  #timer = 0;

  constructor(acts: LinkActs) {
    this.#acts = acts;
    this.#band = make(
      "div",
      { class: "band" },
      make("h3", {}, "JSON"),
      copyButton("copy", () => this.#detail?.json ?? ""),
    );
  }

  /** Everything the tab shows for `detail`. While a key is held the JSON, which is most of it, waits until the key rests. */
  show(detail: Detail, session: Session): HTMLElement[] {
    const acts = this.#acts;
    const { parents, authEvents, children } = detail;
    const parts = [facts(detail, session, acts)];
    parts.push(...linkList(parents.length === 1 ? "Parent" : "Parents", "prev_events", parents, acts));
    const more =
      detail.childCount > children.length ? `, the first ${count(children.length)} of ${count(detail.childCount)}` : "";
    parts.push(...linkList(children.length === 1 ? "Child" : "Children", `in this file${more}`, children, acts));
    parts.push(...linkList("Auth events", `auth_events, ${counted(authEvents.length, "event")}`, authEvents, acts));
    this.#detail = detail;
    clearTimeout(this.#timer);
    if (detail.json === "") return parts;
    const now = performance.now();
    if (now - this.#shownAt < heldMs) this.#timer = window.setTimeout(() => this.#fill(detail), heldMs);
    else this.#fill(detail);
    this.#shownAt = now;
    parts.push(this.#band, this.#pre);
    return parts;
  }

  #fill({ json, parents, authEvents }: Detail): void {
    const rows = new Map<string, number>();
    for (const link of [...parents, ...authEvents]) if (link.view !== undefined) rows.set(link.eventId, link.view.row);
    fillJson(this.#pre, json, new Set(rows.keys()), (id) => {
      const row = rows.get(id);
      if (row !== undefined) this.#acts.go(row);
    });
  }
}

/** The head above the tabs: which event, by whom, and what became of it. */
export function eventHead(view: RowView): HTMLElement[] {
  const marks = { accepted: "✓ accepted", rejected: "✕ rejected", "soft-failed": "◐ soft-failed", outlier: "outlier" };
  const kinds = { accepted: "ok", rejected: "bad", "soft-failed": "warn", outlier: "" };
  const headline = make(
    "div",
    { class: "headline" },
    make("h2", { class: "full-id mono foreign", title: view.eventId }, view.eventId),
    copyButton("copy", () => view.eventId),
    make(
      "span",
      { class: "verdict" },
      make("span", { class: `tag ${kinds[view.verdict]}` }, marks[view.verdict]),
      view.arrival === view.verdict ? undefined : make("span", { class: "tag" }, view.arrival),
    ),
  );
  const fact = (text: string): HTMLElement => make("span", { class: "mono" }, text);
  const by = make(
    "p",
    { class: "by" },
    make("strong", { class: "foreign" }, view.type.replace(/^m\.room\./, "")),
    " by ",
    make("span", { class: "foreign" }, view.sender),
    " · depth ",
    fact(String(view.depth)),
    " · stream ",
    fact(String(view.stream)),
    " · ",
    fact(fullTime(view.ts).slice(11)),
  );
  return [headline, by];
}
