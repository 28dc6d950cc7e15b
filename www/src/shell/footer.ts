// The line at the bottom: where you are, what the graph has, and the keys that matter here, taken from the command table.
import { commands } from "../commands.ts";
import { button, make, setText } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Session } from "../session.ts";
import type { LandmarkKind } from "../walk.ts";
import { keyCaps } from "./sheet.ts";

export interface FooterActs {
  next(kind: LandmarkKind): void;
}

export class Footer {
  readonly #place = make("span", { id: "place" });
  readonly #tips: HTMLButtonElement;
  readonly #gaps: HTMLButtonElement;
  readonly #conflicts: HTMLButtonElement;
  readonly #resets: HTMLButtonElement;

  constructor(bar: HTMLElement, acts: FooterActs) {
    this.#tips = button({ class: "plain", id: "tips", title: "go to the next tip" }, () => acts.next("tip"));
    this.#gaps = button({ class: "plain", id: "gaps", title: "go to the next gap" }, () => acts.next("gap"));
    this.#conflicts = button({ class: "plain", id: "conflicts", title: "go to the next conflicted merge" }, () =>
      acts.next("conflict"),
    );
    this.#resets = button({ class: "plain", id: "resets", title: "go to the next reset" }, () => acts.next("reset"));
    const keys = make("div", { class: "keys" });
    for (const command of commands) {
      if (command.footer !== undefined) keys.append(make("span", {}, ...keyCaps(command), command.footer));
    }
    bar.append(this.#place, this.#tips, this.#gaps, this.#conflicts, this.#resets, keys);
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
    this.showMerges(session);
  }

  /** Tells of conflicts and resets; of none where there are none, or none are known yet. */
  showMerges({ merges }: Session): void {
    const show = (place: HTMLButtonElement, mark: string, rows: Uint32Array, word: string): void => {
      place.hidden = rows.length === 0;
      place.replaceChildren(
        make("span", { class: "mark", "aria-hidden": "true" }, `${mark} `),
        counted(rows.length, word),
      );
    };
    show(this.#conflicts, "◆", merges.conflicts, "conflicted merge");
    show(this.#resets, "↺", merges.resets, "reset");
  }

  /** `index` is the selected row, from 0; undefined if none is. */
  showPlace(index: number | undefined, rows: number): void {
    setText(this.#place, index === undefined ? counted(rows, "row") : `row ${count(index + 1)} of ${count(rows)}`);
  }
}
