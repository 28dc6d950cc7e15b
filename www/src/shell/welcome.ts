// The same three sentences as in the panel, for pages that are too narrow to show the panel beside the history: above the list,
// until an event is selected or somebody has read them.
import { button, make, setHidden, setText } from "../dom.ts";
import { introduction } from "../inspector/overview.ts";
import type { Session } from "../session.ts";

export interface WelcomeActs {
  choose(): void;
  /** Tells about the room as a whole, and shows the other samples. */
  showRoom(): void;
}

export class Welcome {
  readonly #strip: HTMLElement;
  readonly #words = make("p", { class: "foreign" });

  constructor(container: HTMLElement, acts: WelcomeActs) {
    this.#strip = make(
      "section",
      { class: "welcome", id: "welcome", hidden: true, "aria-label": "What this is" },
      this.#words,
      make(
        "div",
        { class: "buttons" },
        button({ class: "button primary" }, () => acts.choose(), "Choose files…"),
        button({ class: "button" }, () => acts.showRoom(), "Other rooms"),
        button({ class: "plain link" }, () => this.close(), "dismiss"),
      ),
    );
    container.append(this.#strip);
  }

  showRoom(session: Session): void {
    this.#strip.hidden = !session.sample;
    if (session.sample) setText(this.#words, introduction(session));
  }

  close(): void {
    setHidden(this.#strip, true);
  }
}
