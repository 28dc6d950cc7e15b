// The line at the bottom: where you are, what the graph has, and the keys that matter here, taken from the command table.
import { commands } from "../commands.ts";
import { button, make, setText } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Session } from "../session.ts";
import { keyCaps } from "./sheet.ts";

export interface FooterActs {
  next(kind: "tip" | "gap"): void;
}

export class Footer {
  readonly #place = make("span", { id: "place" });
  readonly #tips: HTMLButtonElement;
  readonly #gaps: HTMLButtonElement;

  constructor(bar: HTMLElement, acts: FooterActs) {
    this.#tips = button({ class: "plain", id: "tips", title: "go to the next tip" }, () => acts.next("tip"));
    this.#gaps = button({ class: "plain", id: "gaps", title: "go to the next gap" }, () => acts.next("gap"));
    const keys = make("div", { class: "keys" });
    for (const command of commands) {
      if (command.footer !== undefined) keys.append(make("span", {}, ...keyCaps(command), command.footer));
    }
    bar.append(this.#place, this.#tips, this.#gaps, keys);
  }

  showRoom(session: Session): void {
    const { tips, gaps } = session.opened;
    this.#tips.replaceChildren(
      make("span", { class: "tip-mark", "aria-hidden": "true" }, "◎ "),
      counted(tips.length, "tip"),
    );
    setText(this.#gaps, counted(gaps.length, "gap"));
    this.#tips.disabled = tips.length === 0;
    this.#gaps.disabled = gaps.length === 0;
  }

  /** `index` is the selected row, from 0; undefined if none is. */
  showPlace(index: number | undefined, rows: number): void {
    setText(this.#place, index === undefined ? counted(rows, "row") : `row ${count(index + 1)} of ${count(rows)}`);
  }
}
