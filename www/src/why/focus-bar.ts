// The line above the history while a resolution is shown: the history is narrowed to the events that it is about, or, if one wants
// that, whole with their steps marked.
import { button, make, setText } from "../dom.ts";
import { count } from "../format.ts";
import type { WhyFocus } from "./why-tab.ts";

export class FocusBar {
  readonly #bar: HTMLElement;
  readonly #words = make("span", { class: "note" });
  readonly #whole: HTMLButtonElement;
  readonly #shown: (rows: Uint32Array | undefined) => void;
  #focus: WhyFocus | undefined;
  #isWhole = false;

  /** `shown`: these events alone are to be shown, or all. */
  constructor(container: HTMLElement, shown: (rows: Uint32Array | undefined) => void) {
    this.#shown = shown;
    this.#whole = button({ class: "button small" }, () => {
      this.#isWhole = !this.#isWhole;
      this.#tell();
    });
    this.#bar = make(
      "div",
      { class: "focus-bar", hidden: true },
      make("strong", {}, "Conflicted sub-graph"),
      this.#words,
      this.#whole,
    );
    container.append(this.#bar);
  }

  show(focus: WhyFocus | undefined): void {
    this.#focus = focus;
    this.#tell();
  }

  #tell(): void {
    const focus = this.#focus;
    this.#bar.hidden = focus === undefined;
    setText(this.#words, focus === undefined ? "" : `${count(focus.rows.length)} events`);
    setText(this.#whole, this.#isWhole ? "these alone" : "whole room");
    this.#shown(this.#isWhole ? undefined : focus?.rows);
  }
}
