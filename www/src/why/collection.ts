// "What if": a merge that nobody made, of all tips or of events that a person collects one by one, and what it would decide.
import { button, make } from "../dom.ts";
import { counted, shortId } from "../format.ts";
import type { Row, RowView } from "../protocol.ts";
import type { StateActs } from "../state/rows.ts";

export interface CollectionActs extends StateActs {
  /** Asks what a merge of these events would make; of all tips if there are none. */
  merge(rows: readonly Row[], where: string): void;
  collected(rows: readonly Row[]): void;
}

export class Collection {
  readonly element = make("section", { class: "what-if", "aria-label": "what if" });
  readonly #acts: CollectionActs;
  #views: RowView[] = [];
  #selected: RowView | undefined;

  constructor(acts: CollectionActs) {
    this.#acts = acts;
    this.#fill();
  }

  /** The event that can be added. */
  show(view: RowView): void {
    this.#selected = view;
    this.#fill();
  }

  toggle(view: RowView): void {
    const without = this.#views.filter((each) => each.row !== view.row);
    this.#set(without.length < this.#views.length ? without : [...this.#views, view]);
  }

  clear(): void {
    if (this.#views.length > 0) this.#set([]);
  }

  #set(views: RowView[]): void {
    this.#views = views;
    this.#acts.collected(views.map((view) => view.row));
    this.#fill();
  }

  #fill(): void {
    const hadFocus = this.element.contains(document.activeElement);
    const rows = this.#views.map((view) => view.row);
    const selected = this.#selected;
    const chips = this.#views.map((view) => {
      const id = shortId(view.eventId);
      const chip = make(
        "li",
        {},
        button({ class: "plain link mono", title: view.eventId }, () => this.#acts.go(view.row), id),
        button({ class: "plain", "aria-label": `leave ${id} out` }, () => this.toggle(view), "×"),
      );
      chip.addEventListener("pointerenter", () => this.#acts.hover(view.row));
      chip.addEventListener("pointerleave", () => this.#acts.hover(undefined));
      return chip;
    });
    const all = button({ class: "button" }, () => this.#acts.merge([], "all tips"), "All tips");
    const parts: HTMLElement[] = [all];
    if (selected !== undefined) {
      const held = rows.includes(selected.row);
      const word = held ? "Leave this event out" : "Collect this event";
      parts.push(button({ class: "button" }, () => this.toggle(selected), word));
    }
    if (rows.length > 1) {
      const merge = (): void => this.#acts.merge(rows, counted(rows.length, "collected event"));
      parts.push(button({ class: "button primary" }, merge, `Merge these ${rows.length}`));
    }
    this.element.replaceChildren(
      make("h3", {}, "What if they were merged"),
      make(
        "p",
        { class: "note" },
        "Nothing is added to the room. ",
        make("kbd", {}, "v"),
        " collects the selected event, anywhere.",
      ),
      ...(chips.length === 0 ? [] : [make("ul", { class: "chips", "aria-label": "collected events" }, ...chips)]),
      make("div", { class: "buttons" }, ...parts),
    );
    // What had it is gone.
    if (hadFocus) all.focus();
  }
}
