// The tab "Graphs": the two graphs that stand beside that of the history. By auth events: what the selected event was checked
// against, and what that stood on. By state groups: what its state is stored on, and which other groups are stored on the same.
import { button, make, setText } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Detail, LinkedGraph, Row } from "../protocol.ts";
import type { Session } from "../session.ts";
import { LaneList, type LaneListActs } from "./lane-list.ts";

export type GraphKind = "auth" | "groups";

const names: readonly [GraphKind, string][] = [
  ["auth", "Auth chain"],
  ["groups", "State groups"],
];

export class GraphsTab {
  readonly element: HTMLElement;
  readonly #list: LaneList;
  readonly #note = make("p", { class: "note", "aria-live": "polite" });
  readonly #choices: Map<GraphKind, HTMLButtonElement>;
  readonly #all: HTMLButtonElement;
  #kind: GraphKind = "auth";
  #withImplied = false;
  #asked: AbortController | undefined;
  #shown: { detail: Detail; session: Session } | undefined;

  constructor(acts: LaneListActs) {
    this.#list = new LaneList(acts);
    this.#choices = new Map(names.map(([kind, name]) => [kind, button({}, () => this.choose(kind), name)]));
    this.#all = button({ class: "button", "aria-pressed": "false" }, () => {
      this.#withImplied = !this.#withImplied;
      this.#ask();
    });
    setText(this.#all, "All edges");
    this.element = make(
      "div",
      { class: "graphs" },
      make(
        "div",
        { class: "state-bar" },
        make("div", { class: "choices", role: "group", "aria-label": "which graph" }, ...this.#choices.values()),
        this.#all,
      ),
      this.#note,
      this.#list.element,
    );
  }

  show(detail: Detail, session: Session): void {
    this.#shown = { detail, session };
    this.#ask();
  }

  /** Another of the graphs. */
  choose(kind: GraphKind): void {
    this.#kind = kind;
    this.#ask();
  }

  light(row: Row | undefined): void {
    this.#list.light(row);
  }

  #ask(): void {
    for (const [kind, choice] of this.#choices) choice.setAttribute("aria-pressed", String(kind === this.#kind));
    this.#all.setAttribute("aria-pressed", String(this.#withImplied));
    this.#all.hidden = this.#kind !== "auth";
    if (this.#shown === undefined) return;
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const { detail, session } = this.#shown;
    const params = { row: detail.view.row, by: this.#kind, all: this.#withImplied };
    session.engine.call("linked", params, { signal }).then(
      (graph) => {
        if (!signal.aborted) this.#fill(graph);
      },
      () => undefined,
    );
  }

  #fill(graph: LinkedGraph | undefined): void {
    this.#list.element.hidden = graph === undefined;
    if (graph === undefined) {
      const none = "The state after this event is not known, so no state group is stored for it.";
      setText(this.#note, this.#kind === "auth" ? "This event is not held." : none);
      return;
    }
    setText(this.#note, this.#kind === "auth" ? this.#authWords(graph) : groupWords(graph));
    this.#list.show(graph, this.#kind === "auth" ? "auth chain" : "state groups");
  }

  #authWords({ nodes, implied, more, missing, lanes }: LinkedGraph): string {
    const words = [`${counted(nodes.length + more - 1, "event")} in its auth chain`];
    if (more > 0) words.push(`the newest ${count(nodes.length - 1)} shown`);
    if (implied > 0)
      words.push(
        this.#withImplied
          ? `all ${counted(lanes.edgeFrom.length, "edge")}, ${count(implied)} of them implied by others`
          : `reduced: ${counted(implied, "edge")} that others imply left out`,
      );
    if (missing > 0) words.push(`${counted(missing, "auth event")} not held`);
    return `${words.join("; ")}.`;
  }
}

function groupWords({ nodes, more }: LinkedGraph): string {
  const chain = nodes.filter(({ group }) => group?.hop !== undefined);
  const rows = chain.reduce((sum, { group }) => sum + (group?.rows ?? 0), 0);
  const words = [
    chain.length === 1
      ? `Stored in full, in ${counted(rows, "row")}`
      : `A chain of ${counted(chain.length - 1, "hop")} down to the group that is stored in full, ${counted(rows, "row")} together`,
  ];
  const beside = nodes.length - chain.length;
  if (beside > 0)
    words.push(
      `beside it ${counted(beside + more, "group")} that ${beside + more === 1 ? "stands" : "stand"} on the same`,
    );
  if (more > 0) words.push(`${count(more)} of them not shown`);
  return `${words.join("; ")}.`;
}
