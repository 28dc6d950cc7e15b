// The bar above the list while a slot is traced: which slot, which values the letters stand for, and the way to stop.
import { button, make } from "../dom.ts";
import { count } from "../format.ts";
import type { Row, Slot, StateRow } from "../protocol.ts";
import { letterMark } from "../state/letters.ts";
import { slotCell } from "../state/rows.ts";

export interface TraceBarActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
  stop(): void;
}

/** A letter's value; absent until its words have come. */
export interface Lettered {
  row: Row;
  entry: StateRow | undefined;
}

export class TraceBar {
  readonly element = make("div", { class: "trace-bar", role: "group", "aria-label": "traced slot", hidden: true });
  readonly #acts: TraceBarActs;
  readonly #slot = make("span", { class: "traced", role: "status" });
  readonly #values = make("ul", { class: "values" });

  constructor(acts: TraceBarActs) {
    this.#acts = acts;
    this.element.append(
      this.#slot,
      this.#values,
      button({ class: "plain stop" }, () => acts.stop(), "✕ stop tracing"),
    );
  }

  hide(): void {
    this.element.hidden = true;
    this.#slot.replaceChildren();
  }

  showSlot({ type, stateKey }: Slot): void {
    this.element.hidden = false;
    this.#slot.replaceChildren("Lanes show ", slotCell(type, stateKey, true));
  }

  /** `values` by letter; `others`: how many have none. */
  showValues(values: readonly (Lettered | undefined)[], others: number): void {
    const items = values.flatMap((value, letter) => {
      if (value === undefined) return [];
      const words = value.entry?.value ?? "";
      const link = button(
        { class: "plain value", title: `${words} – go to the event that set it` },
        () => this.#acts.go(value.row),
        letterMark(letter, true),
        make("span", { class: "words foreign" }, words),
      );
      link.addEventListener("pointerenter", () => this.#acts.hover(value.row));
      link.addEventListener("pointerleave", () => this.#acts.hover(undefined));
      return [make("li", {}, link)];
    });
    const rest = items.length === 0 ? "it has no value in this room" : others > 0 ? `${count(others)} more, grey` : "";
    if (rest !== "") items.push(make("li", { class: "rest" }, rest));
    this.#values.replaceChildren(...items);
  }
}
