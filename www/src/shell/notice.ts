// The line under the top bar that says what the page is doing or could not do: progress with a way to stop, or one sentence.
import { button, make } from "../dom.ts";

export class Notice {
  readonly #place: HTMLElement;
  readonly #bar = make("progress", { max: 1 });

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** `stop` ends the load. */
  loading(name: string, stop: () => void): void {
    this.#bar.removeAttribute("value");
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
    this.#place.replaceChildren();
  }
}
