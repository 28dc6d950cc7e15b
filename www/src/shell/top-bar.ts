// The bar at the top: which room this is, and what can be done with the page as a whole.
import { button, drawing, make, movesWhen, part } from "../dom.ts";
import { counted } from "../format.ts";
import type { OpenOptions } from "../protocol.ts";
import type { Session } from "../session.ts";
import type { Theme } from "./theme.ts";

const sun = [
  "M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6L13 13M3 13l1.4-1.4M11.6 4.4L13 3",
  "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6z",
];
const moon = ["M12.5 10A5.5 5.5 0 0 1 6 3.2A5.5 5.5 0 1 0 12.5 10z"];

export type View = "history" | "tables" | "play";
type Rules = OpenOptions["rules"];

const views: readonly [View, string][] = [
  ["history", "History"],
  ["tables", "Tables"],
  ["play", "Play"],
];

const rules: readonly [Rules, string][] = [
  ["specification", "Specification"],
  ["dendrite", "Dendrite"],
];

export interface TopBarActs {
  showView(view: View): void;
  /** Shows another of the open rooms. */
  switchTo(session: Session): void;
  /** Opens the room again under other rules. */
  rule(rules: Rules): void;
  /** Tells about the room as a whole. */
  showRoom(): void;
  choose(): void;
  openExport(): void;
  switchTheme(): void;
  showKeys(): void;
}

export class TopBar {
  readonly #room = make("div", { class: "room" });
  readonly #switch = make("select", { class: "switch", "aria-label": "whose view of the room", hidden: true });
  #sessions: readonly Session[] = [];
  readonly #theme: HTMLButtonElement;
  readonly #acts: TopBarActs;
  readonly #views: Map<View, HTMLButtonElement>;
  readonly #rules: Map<Rules, HTMLButtonElement>;

  constructor(bar: HTMLElement, acts: TopBarActs) {
    this.#acts = acts;
    const mark = drawing(
      16,
      [
        "M4 5v6M4 10.5c0-3.6 8-1.6 8-5.4",
        "M12 1.6a1.9 1.9 0 1 0 0 3.8a1.9 1.9 0 1 0 0-3.8z",
        "M4 11.2a1.9 1.9 0 1 0 0 3.8a1.9 1.9 0 1 0 0-3.8z",
      ],
      ["M2 1h4v4H2z"],
    );
    this.#theme = button({ class: "plain square", id: "theme" }, () => acts.switchTheme());
    this.#views = new Map(
      views.map(([view, name]) => [view, button({ class: "plain view" }, () => acts.showView(view), name)]),
    );
    this.#rules = new Map(rules.map(([rule, name]) => [rule, button({}, () => acts.rule(rule), name)]));
    const nav = make("nav", { class: "views", "aria-label": "views" }, ...this.#views.values());
    const choice = make(
      "div",
      { class: "rules" },
      make("span", { class: "note" }, "Rules"),
      make("div", { class: "choices", role: "group", "aria-label": "rules" }, ...this.#rules.values()),
    );
    bar.append(
      make("div", { class: "brand" }, mark, "roomscope"),
      this.#room,
      this.#switch,
      nav,
      make(
        "div",
        { class: "actions" },
        choice,
        button({ class: "button", id: "choose" }, () => acts.choose(), "Open…"),
        button({ class: "button", id: "export-open" }, () => acts.openExport(), "Export"),
        this.#theme,
        button(
          { class: "plain square", id: "help", "aria-label": "all keys" },
          () => acts.showKeys(),
          make("strong", { "aria-hidden": "true" }, "?"),
        ),
      ),
    );
    this.#switch.addEventListener("change", () => {
      const session = this.#sessions[this.#switch.selectedIndex];
      if (session !== undefined) acts.switchTo(session);
    });
    // Where the bar has no room for them.
    movesWhen("(max-width: 639px)", nav, part("footer"));
    movesWhen("(max-width: 899px)", choice, part("tables"));
  }

  /** Lists the rooms that one can switch between. */
  listRooms(sessions: readonly Session[]): void {
    const chosen = this.#sessions[this.#switch.selectedIndex];
    this.#sessions = sessions;
    this.#switch.replaceChildren(...sessions.map((session) => make("option", {}, session.origin.name)));
    this.#switch.hidden = sessions.length < 2;
    if (chosen !== undefined) this.#switch.selectedIndex = Math.max(0, sessions.indexOf(chosen));
  }

  showRoom(session: Session): void {
    this.#switch.selectedIndex = this.#sessions.indexOf(session);
    const { opened } = session;
    const name = session.origin.lesson?.name ?? opened.name ?? session.origin.room?.name ?? "A room without a name";
    this.#room.replaceChildren(
      make(
        "h1",
        { class: "name" },
        button({ class: "plain foreign", title: "about this room" }, () => this.#acts.showRoom(), name),
      ),
      opened.roomId === undefined
        ? ""
        : make("span", { class: "room-id mono foreign", title: opened.roomId }, opened.roomId),
      opened.roomVersion === undefined ? "" : make("span", { class: "tag" }, `v${opened.roomVersion}`),
      make("span", { class: "size" }, counted(session.heldCount, "event")),
    );
    for (const [rule, choice] of this.#rules)
      choice.setAttribute("aria-pressed", String(rule === session.options.rules));
    document.title = `${name} – roomscope`;
  }

  showView(shown: View): void {
    for (const [view, choice] of this.#views) {
      if (view === shown) choice.setAttribute("aria-current", "page");
      else choice.removeAttribute("aria-current");
    }
  }

  showTheme(theme: Theme): void {
    this.#theme.replaceChildren(drawing(16, theme === "dark" ? moon : sun));
    this.#theme.setAttribute("aria-label", theme === "dark" ? "dark, switch to light" : "light, switch to dark");
  }
}
