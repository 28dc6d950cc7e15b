// What of a file could not be read: one sentence, and on demand the list with line, code and reason.
import { button, make } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Session } from "../session.ts";

export class Problems {
  readonly #strip = make("section", {
    class: "problems",
    id: "problems",
    hidden: true,
    "aria-label": "What could not be read",
  });

  constructor(container: HTMLElement) {
    container.append(this.#strip);
  }

  get isOpen(): boolean {
    return !this.#strip.hidden;
  }

  close(): void {
    this.#strip.hidden = true;
  }

  showRoom(session: Session): void {
    const { problems, problemCount, added } = session.opened;
    this.#strip.hidden = problemCount === 0;
    if (problemCount === 0) return;
    const list = make("ol", { hidden: true, tabindex: 0, "data-scrolls": true, "aria-label": "problems" });
    for (const problem of problems) {
      list.append(
        make(
          "li",
          {},
          make("span", { class: "at mono" }, `line ${problem.at}`),
          make("span", { class: "code mono" }, problem.code),
          make("span", { class: "why foreign" }, problem.message),
        ),
      );
    }
    if (problemCount > problems.length)
      list.append(make("li", {}, make("span", { class: "why" }, `and ${count(problemCount - problems.length)} more`)));
    const show = button(
      { class: "plain link", "aria-expanded": "false" },
      () => {
        list.hidden = !list.hidden;
        show.textContent = list.hidden ? "show" : "hide";
        show.setAttribute("aria-expanded", String(!list.hidden));
      },
      "show",
    );
    const sentence = make(
      "span",
      { class: "sentence", role: "status" },
      `${counted(added, "event")} read; ${counted(problemCount, "line")} of ${session.origin.name} could not be.`,
    );
    const close = button({ class: "plain link" }, () => this.close(), "dismiss");
    this.#strip.replaceChildren(make("div", {}, sentence, show, close), list);
  }
}
