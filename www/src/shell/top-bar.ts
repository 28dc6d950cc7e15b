// The bar at the top: which room this is, and what can be done with the page as a whole.
import { button, drawing, make } from "../dom.ts";
import { counted } from "../format.ts";
import type { Session } from "../session.ts";
import type { Theme } from "./theme.ts";

const sun = [
  "M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6L13 13M3 13l1.4-1.4M11.6 4.4L13 3",
  "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6z",
];
const moon = ["M12.5 10A5.5 5.5 0 0 1 6 3.2A5.5 5.5 0 1 0 12.5 10z"];

export interface TopBarActs {
  /** Tells about the room as a whole. */
  showRoom(): void;
  choose(): void;
  switchTheme(): void;
  showKeys(): void;
}

export class TopBar {
  readonly #room = make("div", { class: "room" });
  readonly #theme: HTMLButtonElement;
  readonly #acts: TopBarActs;

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
    bar.append(
      make("div", { class: "brand" }, mark, "roomscope"),
      this.#room,
      make(
        "div",
        { class: "actions" },
        make("span", { class: "private" }, "Nothing leaves this page."),
        button({ class: "button", id: "choose" }, () => acts.choose(), "Open…"),
        this.#theme,
        button(
          { class: "plain square", id: "help", "aria-label": "all keys" },
          () => acts.showKeys(),
          make("strong", { "aria-hidden": "true" }, "?"),
        ),
      ),
    );
  }

  showRoom(session: Session): void {
    const { opened } = session;
    const name = opened.name ?? "A room without a name";
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
    document.title = `${name} – roomscope`;
  }

  showTheme(theme: Theme): void {
    this.#theme.replaceChildren(drawing(16, theme === "dark" ? moon : sun));
    this.#theme.setAttribute("aria-label", theme === "dark" ? "dark, switch to light" : "light, switch to dark");
  }
}
