// The tab "Why": how the state before a merge came about, phase by phase. Who disagreed (slots by parents), in which order events
// were tried (steps), and what became of each. The last allowed writer of a slot stands: that is all one must know.
import { button, make, setAttribute } from "../dom.ts";
import { count, counted, splitUser } from "../format.ts";
import type { StepMark } from "../history/row.ts";
import type { Detail, Named, Row, RowView, WhySlot, WhyStep, WhyView } from "../protocol.ts";
import type { Session } from "../session.ts";
import { letterMark, letterOf } from "../state/letters.ts";
import { idLink, sentence, slotCell, type StateActs } from "../state/rows.ts";
import { Collection } from "./collection.ts";
import { mainline } from "./mainline.ts";

const phaseNames = {
  power: ["Power order", "people with power first"],
  mainline: ["Mainline order", "sent under older power levels first"],
  "v1-auth": ["Auth events", "deepest last"],
  "v1-other": ["Other events", "the deepest that is allowed"],
} as const;

/** What of the history a resolution is about: its events, and those that were tried with the number of their step. */
export interface WhyFocus {
  rows: Uint32Array;
  steps: ReadonlyMap<Row, StepMark>;
}

export interface WhyActs extends StateActs {
  /** Shows these events alone; undefined: the history again. */
  focus(focus: WhyFocus | undefined): void;
  /** Brings an event's row into sight and lights it. */
  point(row: Row): void;
  /** These are collected for a merge that nobody made. */
  collected(rows: readonly Row[]): void;
}

/** What is asked: how a merge ended, or how one would. */
type Asked = { merge: RowView; named: readonly Named[] } | { rows: readonly Row[]; where: string };

export class WhyTab {
  readonly element = make("div", { class: "why-tab" });
  readonly #acts: WhyActs;
  readonly #collection: Collection;
  #asked: AbortController | undefined;
  #step = 0;
  #rows: HTMLElement[] = [];
  #cells: HTMLElement[] = [];
  #card = make("div", {});
  #view: WhyView | undefined;
  #focus: WhyFocus | undefined;
  #session: Session | undefined;

  constructor(acts: WhyActs) {
    this.#acts = acts;
    this.#collection = new Collection({
      ...acts,
      merge: (rows, where) => {
        if (this.#session !== undefined) this.#ask(this.#session, { rows, where });
      },
    });
  }

  /** Another room: what was collected means nothing in it. */
  showRoom(): void {
    this.leave();
    this.#collection.clear();
  }

  /** Collects the event for a merge that nobody made, or leaves it out again. */
  collect(view: RowView): void {
    this.#collection.toggle(view);
  }

  /** The tab is left: the history is whole again. */
  leave(): void {
    this.#asked?.abort();
    this.#session = undefined;
    this.#view = undefined;
    this.#attend(undefined);
  }

  /**
   * Tells about the merge that an event is. While a resolution is shown, moving among the events that were tried in it moves among its steps;
   * `anew` asks about the event itself.
   */
  show({ view, named }: Detail, session: Session, anew: boolean): void {
    this.#collection.show(view);
    const step = this.#focus?.steps.get(view.row);
    if (!anew && this.#session === session && this.#view !== undefined && step !== undefined) {
      this.choose(step.n - 1, false);
      return;
    }
    this.#ask(session, { merge: view, named });
  }

  /** Why the event itself did not pass, which comes before how its state came about. */
  #refusal(asked: Asked): HTMLElement[] {
    if (!("merge" in asked) || asked.merge.reason === "") return [];
    const { verdict, reason } = asked.merge;
    const title = make("h3", { class: "why-title" }, `Why it was ${verdict}`);
    return [title, make("p", { class: "refusal foreign" }, ...sentence(reason, asked.named, this.#acts))];
  }

  #ask(session: Session, asked: Asked): void {
    this.#asked?.abort();
    this.#session = session;
    const { signal } = (this.#asked = new AbortController());
    const answer: Promise<WhyView | undefined> =
      "merge" in asked
        ? session.engine.call("explain", { row: asked.merge.row }, { signal })
        : session.engine.call("resolve", { rows: [...asked.rows] }, { signal });
    answer.then(
      (why) => {
        if (signal.aborted) return;
        if (why === undefined || why.algorithm === "none") this.#nothing(asked);
        else this.#fill(why, asked);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#say(asked, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #attend(focus: WhyFocus | undefined): void {
    if (focus === undefined && this.#focus === undefined) return;
    this.#focus = focus;
    this.#acts.focus(focus);
  }

  #say(asked: Asked, sentence: string): void {
    this.#view = undefined;
    this.#attend(undefined);
    this.element.replaceChildren(
      ...this.#refusal(asked),
      make("p", { class: "empty" }, sentence),
      this.#collection.element,
    );
  }

  /** There was nothing to resolve; but one may ask what a merge would make. */
  #nothing(asked: Asked): void {
    if (!("merge" in asked)) this.#say(asked, "These events have one state between them: nothing would be resolved.");
    else if (asked.merge.arrival === "outlier" || asked.merge.blind !== "no")
      this.#say(asked, "The state before it is not known: there is nothing to tell how it came about.");
    else if (asked.merge.parentCount > 1)
      this.#say(asked, "All its parents have the same state: there was nothing to resolve.");
    else if (asked.merge.parentCount === 1)
      this.#say(asked, "It has one parent: the state before it is the state after that parent.");
    else this.#say(asked, "It has no parent: nothing was in the state before it.");
  }

  #fill(why: WhyView, asked: Asked): void {
    this.#view = why;
    this.#cells = [];
    this.#card = make("div", { class: "step-card", "aria-live": "polite" });
    const firstDenied = why.steps.findIndex((step) => step.outcome === "denied");
    const body = make(
      "div",
      { class: "why-body" },
      make(
        "div",
        { class: "who" },
        this.#slots(why),
        this.#card,
        mainline(why.steps, (index) => this.choose(index)),
        legend(),
      ),
      this.#steps(why),
    );
    const title = make("h3", { class: "why-title" });
    if ("merge" in asked) title.append("Why the state is what it is at ", idLink(asked.merge, this.#acts));
    else title.append("What the state would be after ", asked.where);
    const where = "merge" in asked ? "before this event" : `after ${asked.where}`;
    const parts = [
      ...this.#refusal(asked),
      title,
      this.#sentence(why, where),
      this.#phases(why),
      body,
      this.#collection.element,
    ];
    this.element.replaceChildren(...parts);
    this.#attend(focusOf(why, "merge" in asked ? [asked.merge.row] : asked.rows));
    this.choose(Math.max(0, firstDenied), false);
  }

  #sentence(why: WhyView, where: string): HTMLElement {
    const denied =
      why.denied === 0
        ? make("span", {}, "none denied")
        : make("strong", { class: "bad" }, `${count(why.denied)} denied`);
    return make(
      "p",
      { class: "did" },
      `For the state ${where}, ${counted(why.parents.length, "history").replace("historys", "histories")} disagreed on `,
      make("strong", {}, `${count(why.conflictedCount)} of ${counted(why.conflictedCount + why.unconflicted, "slot")}`),
      `. ${counted(why.stepCount, "event")} were tried in order: ${count(why.stepCount - why.denied)} allowed or skipped, `,
      denied,
      ".",
      make("span", { class: "tag" }, `resolution ${why.algorithm}`),
    );
  }

  #phases(why: WhyView): HTMLElement {
    const of = (phase: WhyStep["phase"]): number => why.steps.filter((step) => step.phase === phase).length;
    const parts: [string, string, string][] = [
      ["Parents", counted(why.parents.length, "state"), ".slots"],
      [
        "Conflicted",
        `${count(why.conflictedCount)} of ${counted(why.conflictedCount + why.unconflicted, "slot")}`,
        ".slots",
      ],
    ];
    if (why.algorithm !== "v1")
      parts.push(["Auth difference", counted(why.authDifferenceCount, "event"), ".difference"]);
    if (why.subgraphCount > 0) parts.push(["Conflicted subgraph", counted(why.subgraphCount, "event"), ".difference"]);
    for (const phase of ["power", "mainline", "v1-auth", "v1-other"] as const)
      if (of(phase) > 0) parts.push([phaseNames[phase][0], counted(of(phase), "event"), `[data-phase=${phase}]`]);
    parts.push(["Result", `${counted(why.resultCount, "slot")} set`, ".slots"]);
    return make(
      "ol",
      { class: "phases", "aria-label": "phases" },
      ...parts.map(([name, words, place], i) =>
        make(
          "li",
          { "data-of": place },
          button(
            { class: "plain" },
            () => this.element.querySelector(place)?.scrollIntoView({ block: "nearest" }),
            make("strong", {}, make("span", { class: "dim" }, `${i + 1} `), name),
            make("span", {}, words),
          ),
        ),
      ),
    );
  }

  #slots(why: WhyView): HTMLElement {
    const heads = why.parents.map((parent, i) =>
      make("th", { scope: "col" }, letterMark(i, true), ` ${splitUser(parent.sender)[0]}`),
    );
    const rows = why.slots.map((slot) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, slotCell(slot.type, slot.stateKey, true)),
        ...slot.held.map((value, parent) => this.#value(slot, value, parent)),
      ),
    );
    const more = why.conflictedCount - why.slots.length;
    return make(
      "div",
      { class: "slots", tabindex: 0, "data-scrolls": true, role: "region", "aria-label": "conflicted slots" },
      make(
        "table",
        {},
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Conflicted slots"), ...heads)),
        make("tbody", {}, ...rows),
      ),
      more > 0 ? make("p", { class: "empty" }, `and ${count(more)} more`) : undefined,
    );
  }

  #value(slot: WhySlot, value: WhySlot["held"][number], parent: number): HTMLElement {
    if (value === undefined) return make("td", { class: "dim" }, "none");
    const step = this.#view?.steps.findIndex((each) => each.entry.eventId === value.eventId) ?? -1;
    const denied = this.#view?.steps[step]?.outcome === "denied";
    const stands = value.eventId === slot.winner;
    const kind = stands ? "stands" : denied ? "denied" : "lost";
    const told = { stands: "stands", denied: "denied", lost: "not kept" }[kind];
    const cell = make(
      "td",
      { class: kind, "data-step": step },
      make(
        "span",
        { class: `fate-mark${parent < 4 ? ` ${"abcd"[parent]}` : ""}`, role: "img", "aria-label": told },
        denied ? "✕" : stands ? "●" : "○",
      ),
      button(
        { class: "plain foreign", title: value.value },
        () => (step >= 0 ? this.choose(step) : undefined),
        value.value,
      ),
    );
    this.#cells.push(cell);
    return cell;
  }

  #steps(why: WhyView): HTMLElement {
    const list = make("ol", { class: "steps", "aria-label": "events in the order in which they were tried" });
    this.#rows = [];
    let phase: WhyStep["phase"] | undefined;
    why.steps.forEach((step, i) => {
      if (step.phase !== phase) {
        phase = step.phase;
        const [name, note] = phaseNames[phase];
        const keys = keysOf(step);
        list.append(
          make(
            "li",
            { class: "phase", "data-phase": phase },
            make("strong", {}, name),
            make("span", { class: "note" }, note),
            make("span", { class: "keys" }, ...keys.map(([key]) => make("span", {}, key))),
            make("span", { class: "fate" }, "slot value"),
          ),
        );
      }
      const row = make(
        "li",
        { class: `step ${step.outcome}` },
        make("span", { class: "n mono" }, String(i + 1)),
        make(
          "span",
          { class: "sign", role: "img", "aria-label": step.outcome },
          step.outcome === "allowed" ? "✓" : step.outcome === "denied" ? "✕" : "–",
        ),
        button({ class: "plain opens" }, () => this.choose(i), slotCell(step.entry.type, step.entry.stateKey, true)),
        make("span", { class: "value foreign" }, step.entry.value),
        idLink(step.entry, this.#acts),
        make("span", { class: "keys mono" }, ...keysOf(step).map(([, value]) => make("span", {}, value))),
        make("span", { class: `fate ${step.fate}` }, step.fate),
      );
      this.#rows.push(row);
      list.append(row);
    });
    if (why.stepCount > why.steps.length)
      list.append(make("li", { class: "phase" }, `and ${count(why.stepCount - why.steps.length)} more`));
    const difference = make("section", { class: "difference" });
    if (why.authDifferenceCount > 0)
      difference.append(
        make(
          "p",
          { class: "note" },
          `auth difference, ${counted(why.authDifferenceCount, "event")}: in some of the auth chains, not in all`,
        ),
        make("p", { class: "ids" }, ...why.authDifference.slice(0, 60).map((each) => idLink(each, this.#acts))),
      );
    return make(
      "div",
      { class: "tried", tabindex: 0, "data-scrolls": true, role: "region", "aria-label": "steps" },
      list,
      difference,
    );
  }

  /** Shows a step and what decided it, wherever it stands; `step` moves by one from there. */
  choose(index: number, point = true): void {
    const step = this.#view?.steps[index];
    if (step === undefined) return;
    this.#rows[this.#step]?.classList.remove("chosen");
    this.#step = index;
    this.#rows[index]?.classList.add("chosen");
    this.#rows[index]?.scrollIntoView({ block: "nearest" });
    for (const each of this.element.querySelectorAll<HTMLElement>(".phases li"))
      setAttribute(each, "aria-current", each.dataset["of"] === `[data-phase=${step.phase}]` ? "step" : undefined);
    for (const cell of this.#cells) cell.classList.toggle("chosen", cell.dataset["step"] === String(index));
    if (point && step.entry.row !== undefined) this.#acts.point(step.entry.row);
    const slot = this.#view?.slots.find(
      (each) => each.type === step.entry.type && each.stateKey === step.entry.stateKey,
    );
    const holders =
      slot?.held.flatMap((value, parent) => (value?.eventId === step.entry.eventId ? [letterOf(parent)] : [])) ?? [];
    const title = { allowed: "✓ Step %s allowed", denied: "✕ Step %s denied", skipped: "– Step %s skipped" }[
      step.outcome
    ];
    this.#card.className = `step-card ${step.outcome}`;
    this.#card.replaceChildren(
      make(
        "div",
        { class: "step-head" },
        make("h3", {}, title.replace("%s", String(index + 1))),
        make("span", { class: "note" }, make("kbd", {}, "b"), make("kbd", {}, "f"), " step"),
      ),
      make(
        "p",
        { class: "foreign" },
        `${splitUser(step.entry.sender)[0]}’s `,
        make("strong", {}, slotCell(step.entry.type, step.entry.stateKey)),
        ` ${step.entry.value}`,
        holders.length === 0 ? "" : `, the value in ${holders.join(" and ")}`,
      ),
      step.reason === ""
        ? make("p", { class: "foreign dim" }, fateWords(step))
        : make("p", { class: "foreign dim" }, ...sentence(step.reason, step.named, this.#acts)),
    );
  }

  /** To the next step or the one before. */
  step(by: number): void {
    this.choose(Math.max(0, Math.min(this.#rows.length - 1, this.#step + by)));
  }
}

/** All events that a resolution tells of, and the numbers of its steps. */
function focusOf(why: WhyView, around: readonly Row[]): WhyFocus {
  const rows = new Set<Row>(around);
  const steps = new Map<Row, StepMark>();
  const add = (row: Row | undefined): void => {
    if (row !== undefined) rows.add(row);
  };
  for (const { row } of why.parents) add(row);
  for (const slot of why.slots) for (const held of slot.held) add(held?.row);
  for (const { row } of why.authDifference) add(row);
  why.steps.forEach(({ entry, outcome }, i) => {
    add(entry.row);
    if (entry.row !== undefined) steps.set(entry.row, { n: i + 1, denied: outcome === "denied" });
  });
  return { rows: Uint32Array.from(rows).sort(), steps };
}

function fateWords({ fate }: WhyStep): string {
  if (fate === "stands") return "Nothing after it writes this slot: its value stands.";
  if (fate.startsWith("until")) return `Its value stands until step ${fate.slice(6)} writes the same slot.`;
  if (fate === "skipped") return "It was not tried: it had been rejected before, or another had already been chosen.";
  return "It was tried because others depend on it; the slot’s value comes from what the parents agree on.";
}

/** The sort keys that put a step in its place, with the names people know them by. */
function keysOf({ keys, phase }: WhyStep): [name: string, value: string][] {
  const time = (): [string, string] => ["time ↑", clock(Number(keys["originServerTs"]))];
  if (phase === "power") return [["level ↓", levelWords(keys["powerLevel"])], time()];
  if (phase === "mainline") return [["mainline ↓", String(keys["mainlinePosition"] ?? "")], time()];
  return [
    ["depth", String(keys["depth"] ?? "")],
    ["sha1", String(keys["sha1"] ?? "").slice(0, 8)],
  ];
}

/** A creator of a room of version 12 or later stands above every level that can be written. */
function levelWords(level: number | string | undefined): string {
  return typeof level === "number" && level > Number.MAX_SAFE_INTEGER ? "creator" : String(level ?? "");
}

function clock(ts: number): string {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(11, 21);
}

function legend(): HTMLElement {
  return make(
    "p",
    { class: "note" },
    "● value after the merge  ○ not kept  ✕ denied. Each allowed event writes its slot; the last to write stands.",
  );
}
