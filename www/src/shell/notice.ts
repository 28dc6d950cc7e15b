// What the page is doing or could not do: a line over the footer with progress and a way to stop, or a sentence under the top bar.
import { button, make } from "../dom.ts";

/** What takes less needs no line. */
const shortMs = 150;

export class Notice {
  readonly #place: HTMLElement;
  /** What is busy while something is read. */
  readonly #main: HTMLElement;
  readonly #bar = make("progress", { max: 1 });
  #timer = 0;

  constructor(place: HTMLElement, main: HTMLElement) {
    this.#place = place;
    this.#main = main;
  }

  /** Says that a room is read, unless that is done in a moment; `stop` ends it. */
  loading(name: string, stop: () => void): void {
    this.clear();
    this.#main.setAttribute("aria-busy", "true");
    this.#timer = window.setTimeout(() => this.#loading(name, stop), shortMs);
  }

  #loading(name: string, stop: () => void): void {
    this.#bar.setAttribute("aria-label", `reading ${name}`);
    this.#place.replaceChildren(
      make(
        "div",
        { class: "loading" },
        make("span", { class: "said foreign" }, `Reading ${name}`),
        this.#bar,
        button({ class: "button small" }, stop, "stop"),
      ),
    );
  }

  progress(share: number): void {
    this.#bar.value = share;
  }

  failed(sentence: string): void {
    this.clear();
    const failed = make(
      "div",
      { class: "failed", role: "alert" },
      make("span", { class: "mark", "aria-hidden": "true" }, "✕"),
      make("span", { class: "said foreign" }, sentence),
      button({ class: "button small" }, () => this.clear(), "dismiss"),
    );
    this.#place.replaceChildren(failed);
  }

  get isShown(): boolean {
    return this.#place.firstChild !== null;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#bar.removeAttribute("value");
    this.#main.removeAttribute("aria-busy");
    if (this.isShown) this.#place.replaceChildren();
  }
}
