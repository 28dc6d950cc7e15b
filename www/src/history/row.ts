// One row's element: made once, filled again and again as the window moves. It knows what it shows and writes only what changed.
import { make, setAttribute, setText } from "../dom.ts";
import { count, counted, splitUser, type TimeSpan } from "../format.ts";
import type { Gap, RowView } from "../protocol.ts";
import { letterClass, letterOf } from "../state/letters.ts";
import type { Item } from "./display.ts";
import { fillMarked } from "./marks.ts";
import type { MergeFacts } from "./merges.ts";
import { NumberCells } from "./numbers.ts";
import { gapWords } from "./words.ts";

export const columns = ["graph", "sender", "event", "id", "depth", "stream", "time", "snapshot", "group"] as const;

/**
 * What a row shows: an event or outlier (absent until it comes), a gap, a run, or the head of the shelf. `words` tell all that
 * the graph shows of an event; `letter` is that of the traced value that it set, from 1, or 0.
 */
export type Content =
  | { kind: "event"; view: RowView | undefined; words: string; merge?: MergeFacts | undefined; letter: number }
  | { kind: "gap"; gap: Gap }
  | { kind: "run"; words: string; graph: string }
  | { kind: "shelf"; count: number };

/** A step of a resolution, as its event's row is marked with it. */
export interface StepMark {
  n: number;
  denied: boolean;
}

export interface RowState {
  item: Item;
  index: number;
  content: Content;
  selected: boolean;
  hovered: boolean;
  known: boolean;
  flashed: boolean;
  /** It is the event that the selected one is compared with. */
  second: boolean;
  step: StepMark | undefined;
  needle: string;
  span: TimeSpan;
  /** The number of the snapshot before it, as the column shows it, and whether the selection has the same. */
  snapshot: number;
  sameSnapshot: boolean;
  /** The number of the state group after it, likewise. */
  group: number;
  sameGroup: boolean;
}

function cell(name: string, ...children: Node[]): HTMLElement {
  return make("div", { class: `cell ${name}`, role: "gridcell" }, ...children);
}

export class RowElement {
  readonly element: HTMLElement;
  readonly #graph = cell("graph");
  readonly #what = cell("event");
  readonly #local = make("span", { class: "local" });
  readonly #server = make("span", { class: "server" });
  readonly #step = make("span", { class: "step-mark" });
  readonly #label = make("span", { class: "label" });
  readonly #letter = make("span", { "aria-hidden": "true" });
  readonly #key = make("span", { class: "key" });
  readonly #text = make("span", { class: "text" });
  readonly #tags = make("span", { class: "tags" });
  readonly #reason = make("span", { class: "reason" });
  /** A rule and a word that stand on the rows of runs alone. */
  readonly #rule = make("span", { class: "rule" });
  readonly #open = make("span", { class: "show" });
  /** What tells what happened, from left to right. What has nothing to say is not in the document: most rows have one of these. */
  readonly #parts = [
    this.#step,
    this.#label,
    this.#letter,
    this.#key,
    this.#text,
    this.#tags,
    this.#reason,
    this.#rule,
    this.#open,
  ];
  readonly #numbers = new NumberCells();
  readonly #snapshot = cell("snapshot");
  readonly #group = cell("group");
  /** What stands in it, seen or not. */
  #shown: RowState | undefined;
  #hidden = false;
  #pending = false;
  #spans = false;
  #plain = false;
  #y = NaN;

  constructor() {
    this.element = make(
      "div",
      { class: "row", role: "row" },
      this.#graph,
      cell("sender", this.#local, this.#server),
      this.#what,
      this.#numbers.element,
      this.#snapshot,
      this.#group,
    );
  }

  show(state: RowState, y: number): void {
    const { element } = this;
    if (y !== this.#y) element.style.top = `${y}px`;
    this.#y = y;
    const before = this.#shown;
    const same = before !== undefined && before.item === state.item && sameContent(before.content, state.content);
    const fills = !same || before.needle !== state.needle;
    if (fills) this.#fill(state);
    if (!same || before.index !== state.index || this.#hidden) {
      element.id = `row-${state.item}`;
      // The head of the grid is row 1.
      element.setAttribute("aria-rowindex", String(state.index + 2));
    }
    if (this.#hidden) this.#hidden = element.hidden = false;
    if (before?.selected !== state.selected) element.setAttribute("aria-selected", String(state.selected));
    const mark = (name: string, set: boolean, was: boolean | undefined): void => {
      if (set !== was) element.classList.toggle(name, set);
    };
    mark("hover", state.hovered, before?.hovered);
    mark("unknown", !state.known, before === undefined ? undefined : !before.known);
    mark("flash", state.flashed, before?.flashed);
    mark("second", state.second, before?.second);
    const marked = this.#mark(state.step);
    if (fills || marked) this.#compose();
    if ((before?.snapshot ?? 0) !== state.snapshot) setNumber(this.#snapshot, state.snapshot);
    if ((before?.group ?? 0) !== state.group) setNumber(this.#group, state.group);
    if (before?.sameSnapshot !== state.sameSnapshot) this.#snapshot.classList.toggle("same", state.sameSnapshot);
    if (before?.sameGroup !== state.sameGroup) this.#group.classList.toggle("same", state.sameGroup);
    this.#shown = state;
  }

  /** Returns whether the mark is another than before. */
  #mark(step: StepMark | undefined): boolean {
    if (step === this.#shown?.step) return false;
    setText(this.#step, step === undefined ? "" : String(step.n));
    if (step === undefined) return true;
    this.#step.className = step.denied ? "step-mark denied" : "step-mark";
    setAttribute(this.#step, "title", `step ${step.n} of the resolution${step.denied ? ", denied" : ""}`);
    return true;
  }

  hide(): void {
    if (this.#hidden) return;
    this.#hidden = this.element.hidden = true;
    this.element.removeAttribute("id");
  }

  #fill(state: RowState): void {
    const { content } = state;
    const pending = content.kind === "event" && content.view === undefined;
    if (pending !== this.#pending) this.element.classList.toggle("pending", (this.#pending = pending));
    if (pending) {
      // Nothing is written: a list that is flung shows hundreds of these.
      setAttribute(this.#graph, "aria-label", "");
      return;
    }
    if (this.#spans !== (content.kind === "run")) this.#span(content.kind === "run");
    switch (content.kind) {
      case "gap":
        this.#write(content.kind, { graph: "gap, a parent that is not held", text: gapWords(content.gap) });
        this.#numbers.showId(content.gap.missingId);
        return;
      case "run":
        this.#write(content.kind, { graph: content.graph, text: content.words });
        setText(this.#open, "show");
        return;
      case "shelf":
        this.#write(content.kind, {
          graph: "",
          label: counted(content.count, "outlier"),
          text: "held, but without a place in the history",
        });
        return;
      case "event":
        if (content.view !== undefined) this.#event(content.view, content, state);
    }
  }

  /** On the row of a run what happened has the place of all the other cells, which are not there. */
  #span(spans: boolean): void {
    this.#spans = spans;
    setAttribute(this.#what, "aria-colindex", spans ? "2" : undefined);
    setAttribute(this.#what, "aria-colspan", spans ? String(columns.length - 1) : undefined);
  }

  /** A row that no event stands on. */
  #write(kind: string, { graph, label = "", text }: { graph: string; label?: string; text: string }): void {
    this.#kind(kind);
    this.#graph.setAttribute("aria-label", graph);
    for (const part of [this.#local, this.#server, this.#letter, this.#key, this.#tags, this.#reason, this.#open]) {
      setText(part, "");
    }
    this.#numbers.showId("");
    setText(this.#label, label);
    fillMarked(this.#text, text, "");
    this.#text.className = "text note";
  }

  #event(view: RowView, { words, merge, letter }: Content & { kind: "event" }, state: RowState): void {
    const { summary } = view;
    const { needle } = state;
    this.#kind(summary.kind);
    this.#graph.setAttribute("aria-label", words);
    const [local, server] = splitUser(view.sender);
    fillMarked(this.#local, local, needle);
    fillMarked(this.#server, server, needle);
    fillMarked(this.#label, summary.label, needle);
    this.#letter.className = letter === 0 ? "letter" : `${letterClass(letter - 1)} filled`;
    setText(this.#letter, letter === 0 ? "" : letterOf(letter - 1));
    fillMarked(this.#key, summary.key, needle);
    fillMarked(this.#text, summary.text, needle);
    this.#text.className = summary.code ? "text code" : summary.kind === "note" ? "text note" : "text";
    const marks = tags(view, merge);
    if (marks.length > 0 || this.#tags.childElementCount > 0) this.#tags.replaceChildren(...marks);
    // What an event waits for stands in the inspector: whole branches wait for the same.
    setText(this.#reason, view.blind === "no" ? view.reason : "");
    setText(this.#open, "");
    this.#numbers.show(view, state.span);
  }

  #kind(kind: string): void {
    setAttribute(this.element, "data-kind", kind);
  }

  /** Puts the parts that have something to say where they belong, and takes away the others. */
  #compose(): void {
    let next: Node | null = null;
    let parts = 0;
    for (let i = this.#parts.length - 1; i >= 0; i--) {
      const part = this.#parts[i]!;
      const says = (part === this.#rule ? this.#open : part).firstChild !== null;
      if (says !== (part.parentNode !== null)) {
        if (says) this.#what.insertBefore(part, next);
        else part.remove();
      }
      if (!says) continue;
      next = part;
      parts++;
    }
    const plain = parts === 1 && next === this.#text && this.#text.className !== "text code";
    if (plain !== this.#plain) this.#what.classList.toggle("plain", (this.#plain = plain));
  }
}

function setNumber(cell: HTMLElement, n: number): void {
  cell.textContent = n === 0 ? "" : String(n);
}

function sameContent(a: Content, b: Content): boolean {
  if (a.kind === "event" && b.kind === "event") return a.view === b.view && a.words === b.words;
  if (a.kind === "gap" && b.kind === "gap") return a.gap === b.gap;
  if (a.kind === "run" && b.kind === "run") return a.words === b.words && a.graph === b.graph;
  if (a.kind === "shelf" && b.kind === "shelf") return a.count === b.count;
  return a.kind === b.kind;
}

/** The marks of a row that its shapes carry too. */
export function tags(view: RowView, merge?: MergeFacts): HTMLElement[] {
  const all: HTMLElement[] = [];
  const add = (kind: string, text: string): void => {
    all.push(make("span", { class: `tag ${kind}` }, text));
  };
  const conflicted = merge?.conflicted ?? 0;
  const resets = merge?.resets ?? 0;
  if (conflicted > 0) add("conflict", `◆ merge of ${view.parentCount} · ${count(conflicted)} conflicted`);
  else if (view.parentCount > 1) add("merge", `merge of ${view.parentCount}`);
  if (resets > 0) add("bad", `↺ ${count(resets)} reset`);
  if (view.verdict === "rejected") add("bad", "✕ rejected");
  if (view.verdict === "soft-failed") add("warn", "◐ soft-failed");
  if (view.blind === "from-here") add("quiet", "state unknown");
  else if (view.verdict === "outlier" && view.blind === "no") add("quiet", "outlier");
  if (view.tip) add("ok", "tip");
  return all;
}
