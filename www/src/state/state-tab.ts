// The tab "State": what holds at the selected event, slot by slot, with what changed here first; or, when a second event is chosen,
// what sets the states after the two apart. A slot opens into its history: a strip of all its changes.
import { button, make } from "../dom.ts";
import { count, counted, shortId, splitUser } from "../format.ts";
import { sameSlot, type Trace } from "../history/trace.ts";
import type { Detail, Difference, RowView, Slot, StateRow, StateView } from "../protocol.ts";
import type { Session } from "../session.ts";
import { colourStrip, keyStrip } from "./key-strip.ts";
import { letterMark } from "./letters.ts";
import { idLink, signOf, slotCell, type StateActs } from "./rows.ts";

export interface StateTabActs extends StateActs {
  /** Shows a slot's values in the lanes. */
  trace(slot: Slot | undefined): void;
  /** Forgets the second event. */
  compareNone(): void;
  /** Makes the second event the first. */
  swap(): void;
  showWhy(): void;
}

const filterMs = 120;

export class StateTab {
  readonly element = make("div", { class: "state" });
  readonly #acts: StateTabActs;
  readonly #filter = make("input", {
    type: "search",
    class: "filter",
    placeholder: "type, key or value",
    "aria-label": "filter the state",
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #bar: HTMLElement;
  readonly #choices: HTMLButtonElement[];
  readonly #list = make("div", {});
  #moment: "before" | "after" = "after";
  /** The slot whose history is open. */
  #open: string | undefined;
  readonly #slots = new WeakMap<Element, Slot>();
  /** What the lanes show. */
  #trace: Trace | undefined;
  #asked: AbortController | undefined;
  #shown: { detail: Detail; session: Session } | undefined;
  #timer = 0;

  constructor(acts: StateTabActs) {
    this.#acts = acts;
    this.#choices = (["before", "after"] as const).map((moment) =>
      button({}, () => this.#choose(moment), moment === "before" ? "Before" : "After"),
    );
    this.#bar = make(
      "div",
      { class: "state-bar" },
      make("div", { class: "choices", role: "group", "aria-label": "which state" }, ...this.#choices),
      this.#filter,
    );
    this.#filter.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#ask(), filterMs);
    });
    this.element.append(this.#bar, this.#list);
  }

  /** Shows the state at an event, or with a second one what sets them apart. */
  show(detail: Detail, session: Session, second: RowView | undefined): void {
    this.#shown = { detail, session };
    this.#bar.hidden = second !== undefined;
    if (second === undefined) this.#ask();
    else this.#compare(detail.view, second, session);
  }

  /** The lanes show another slot's value, or values in other colours. */
  trace(trace: Trace | undefined): void {
    this.#trace = trace;
    for (const strip of this.#list.querySelectorAll(".key-strip")) {
      const row = strip.closest(".state-row");
      const slot = row === null ? undefined : this.#slots.get(row);
      if (slot !== undefined) this.#colour(strip, slot);
    }
  }

  #colour(place: Element, slot: Slot): void {
    colourStrip(place, sameSlot(slot, this.#trace?.slot) ? this.#trace : undefined);
  }

  /** The slot on whose row the focus is. */
  get focusedSlot(): Slot | undefined {
    const row = document.activeElement?.closest(".state-row");
    return row == null ? undefined : this.#slots.get(row);
  }

  #choose(moment: "before" | "after"): void {
    this.#moment = moment;
    this.#ask();
  }

  #signal(): AbortSignal {
    this.#asked?.abort();
    return (this.#asked = new AbortController()).signal;
  }

  #ask(): void {
    if (this.#shown === undefined) return;
    const { detail, session } = this.#shown;
    const signal = this.#signal();
    this.#choices.forEach((choice, i) =>
      choice.setAttribute("aria-pressed", String((i === 0) === (this.#moment === "before"))),
    );
    const params = { row: detail.view.row, moment: this.#moment, filter: this.#filter.value };
    session.engine.call("state", params, { signal }).then(
      (state) => {
        if (state !== undefined && !signal.aborted) this.#fill(state, session);
      },
      () => undefined,
    );
  }

  #fill(state: StateView, session: Session): void {
    if (!state.known) {
      const why = "The state here is not known: something before this event is not held.";
      this.#list.replaceChildren(make("p", { class: "empty" }, why));
      return;
    }
    const merge = state.parents.length > 1;
    const parts: HTMLElement[] = [];
    const add = (title: string, note: string, rows: readonly StateRow[], last?: HTMLElement): void => {
      if (rows.length === 0) return;
      parts.push(
        make("div", { class: "band" }, make("h3", {}, title), make("span", { class: "note" }, note), last),
        make("ul", { class: "state-rows", "aria-label": title }, ...rows.map((row) => this.#row(row, session))),
      );
    };
    const why = button({ class: "plain link why" }, () => this.#acts.showWhy(), "Why →");
    if (merge) {
      // What the event itself set is no conflict, and what was lost is one.
      const differ = session.merges.at(this.#shown?.detail.view.row ?? -1)?.conflicted ?? state.changed.length;
      const note = `${counted(differ, "slot")} differ between ${count(state.parents.length)} states`;
      add("Resolved at this merge", note, state.changed, why);
      add("Same in all parents", counted(state.same.length, "slot"), state.same);
    } else {
      add("Changed here", counted(state.changed.length, "slot"), state.changed);
      add(state.changed.length > 0 ? "As before" : "State", counted(state.same.length, "slot"), state.same);
    }
    if (parts.length === 0)
      parts.push(make("p", { class: "empty" }, state.total === 0 ? "No state yet." : "Nothing found."));
    if (state.more > 0) parts.push(make("p", { class: "empty" }, `${count(state.more)} more: filter to find them.`));
    this.#list.style.setProperty("--marks", String(merge ? Math.min(state.parents.length, 8) : 0));
    this.#list.replaceChildren(...parts);
  }

  #row(row: StateRow, session: Session): HTMLElement {
    const slot = `${row.type}\u0000${row.stateKey}`;
    const strip = make("div", { class: "strip-place", hidden: true });
    const name = button(
      { class: "plain opens", "aria-expanded": "false", title: "its history, and its values in the lanes" },
      () => {
        toggle();
        this.#acts.trace(strip.hidden ? undefined : { type: row.type, stateKey: row.stateKey });
      },
      slotCell(row.type, row.stateKey),
    );
    const toggle = (): void => {
      strip.hidden = !strip.hidden;
      name.setAttribute("aria-expanded", String(!strip.hidden));
      this.#open = strip.hidden ? undefined : slot;
      if (strip.hidden) return;
      const at = this.#shown?.detail.view.row ?? 0;
      void keyStrip(strip, session, row, at, this.#acts).then(() => this.#colour(strip, row));
    };
    const marks = (row.heldBy ?? []).map((held, parent) => letterMark(parent, held));
    const item = make(
      "li",
      { class: "state-row" },
      signOf(row),
      name,
      make("span", { class: "value foreign", title: row.value }, row.value),
      idLink(row, this.#acts),
      make("span", { class: "marks" }, ...marks),
      strip,
    );
    this.#slots.set(item, { type: row.type, stateKey: row.stateKey });
    if (this.#open === slot) toggle();
    return item;
  }

  #compare(first: RowView, second: RowView, session: Session): void {
    const signal = this.#signal();
    session.engine.call("diff", { a: second.row, b: first.row }, { signal }).then(
      (difference) => {
        if (difference !== undefined && !signal.aborted) this.#fillDifference(difference, first, second);
      },
      () => undefined,
    );
  }

  #fillDifference(difference: Difference, first: RowView, second: RowView): void {
    const line = (n: string, view: RowView, last: HTMLElement): HTMLElement =>
      make(
        "p",
        { class: "pair" },
        make("strong", {}, n),
        idLink(view, this.#acts),
        make(
          "span",
          { class: "foreign" },
          `${view.type.replace(/^m\.room\./, "")} by ${splitUser(view.sender)[0]}, depth ${view.depth}`,
        ),
        last,
      );
    const head = make(
      "div",
      { class: "pairs" },
      line(
        "1",
        second,
        button({ class: "plain link" }, () => this.#acts.swap(), "swap"),
      ),
      line(
        "2",
        first,
        button({ class: "plain link" }, () => this.#acts.compareNone(), "one event alone"),
      ),
    );
    if (!difference.known) {
      this.#list.replaceChildren(head, make("p", { class: "empty" }, "The state after one of them is not known."));
      return;
    }
    const title = make(
      "h3",
      { class: "differ" },
      `${count(difference.count)} of ${counted(difference.total, "slot")} differ`,
    );
    const side = (sign: "−" | "+", row: StateRow | undefined): HTMLElement | undefined =>
      row === undefined
        ? undefined
        : make(
            "p",
            { class: sign === "+" ? "side plus" : "side minus" },
            make("span", { class: "sign" }, sign),
            make(
              "span",
              { class: "value foreign" },
              row.value,
              make("span", { class: "dim" }, ` · ${splitUser(row.sender).join(", ")}`),
            ),
            idLink(row, this.#acts),
            make("span", { class: "mono dim" }, String(row.depth)),
          );
    const slots = difference.slots.map(({ type, stateKey, from, to }) =>
      make("li", { class: "apart" }, slotCell(type, stateKey), side("−", from), side("+", to)),
    );
    const rest = difference.count - difference.slots.length;
    this.#list.replaceChildren(
      head,
      title,
      make("ul", { "aria-label": `from ${shortId(second.eventId)} to ${shortId(first.eventId)}` }, ...slots),
      ...(rest > 0 ? [make("p", { class: "empty" }, `and ${count(rest)} more`)] : []),
    );
  }
}
