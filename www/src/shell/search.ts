// The search field and what it found: the worker looks, newest rows first, and its hits come in parts while one types on.
import { button, drawing, make, setHidden, setText } from "../dom.ts";
import { EngineError } from "../engine.ts";
import { count } from "../format.ts";
import type { Session } from "../session.ts";

const waitMs = 90;

export interface SearchActs {
  /** The query changed, or more was found. */
  found(needle: string): void;
  stepHit(forward: boolean): void;
  left(): void;
  turn(): void;
  /** Marks what is found among all events, or shows nothing else. */
  only(): void;
  fold(): void;
}

export class Search {
  readonly #acts: SearchActs;
  readonly #input: HTMLInputElement;
  readonly #hits = make("span", { class: "hits", role: "status" });
  /** What the query cannot mean. */
  readonly #problem = make("p", { class: "query-problem", role: "status" });
  readonly #turns: HTMLElement[];
  readonly #order: HTMLButtonElement;
  readonly #folds: HTMLButtonElement;
  /** Mark, and show only. */
  readonly #ways: readonly [HTMLButtonElement, HTMLButtonElement];
  #session: Session | undefined;
  #asked: AbortController | undefined;
  #timer = 0;
  #query = "";
  /** To step to what is found first, forward or back. */
  #steps: boolean | undefined;
  /** Ascending. */
  #rows: Uint32Array = new Uint32Array();
  #scanned = 0;
  #total = 0;

  constructor(bar: HTMLElement, acts: SearchActs) {
    this.#acts = acts;
    this.#input = make("input", {
      type: "search",
      "aria-label": "search the room by id, sender, type or text",
      title: "words, or terms like is:merge sender:beta -type:member; ? lists them",
      autocomplete: "off",
      spellcheck: "false",
    });
    const narrow = matchMedia("(max-width: 639px)");
    const fit = (): void => {
      this.#input.placeholder = narrow.matches ? "search" : "search id, sender, type or text";
    };
    narrow.addEventListener("change", fit);
    fit();
    this.#turns = [
      button({ class: "plain turn", "aria-label": "found row before" }, () => acts.stepHit(false), "‹"),
      button({ class: "plain turn", "aria-label": "next found row" }, () => acts.stepHit(true), "›"),
    ];
    this.#order = button({ class: "button", id: "order" }, () => acts.turn());
    this.#folds = button({ class: "button", id: "fold" }, () => acts.fold(), "Runs folded");
    const way = (words: string): HTMLButtonElement =>
      button(
        {},
        (event) => {
          if ((event.currentTarget as Element).getAttribute("aria-pressed") === "false") acts.only();
        },
        words,
      );
    this.#ways = [way("Mark"), way("Show only")];
    bar.append(
      make(
        "div",
        { class: "search", role: "search" },
        make(
          "label",
          { class: "field" },
          drawing(12, ["M6.5 1.5a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM10.2 10.2L14.5 14.5"]),
          this.#input,
          this.#hits,
          ...this.#turns,
          make("kbd", { "aria-hidden": "true" }, "/"),
        ),
        make("div", { class: "choices", id: "only", role: "group", "aria-label": "What is found" }, ...this.#ways),
        this.#order,
        this.#folds,
      ),
    );
    bar.append(this.#problem);
    this.showOnly(false);
    this.showFolded(false);
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#ask(), waitMs);
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#tell(undefined);
  }

  get query(): string {
    return this.#query;
  }

  get rows(): Uint32Array {
    return this.#rows;
  }

  /** Whether all has been looked through. */
  get isDone(): boolean {
    return this.#query === "" || this.#failed || this.#scanned >= this.#total;
  }

  /** What the query means; undefined if there is none, or it cannot mean anything. */
  get meant(): Uint32Array | undefined {
    return this.#query === "" || this.#failed ? undefined : this.#rows;
  }

  get #failed(): boolean {
    return this.#problem.textContent !== "";
  }

  showOnly(only: boolean): void {
    this.#ways.forEach((way, i) => way.setAttribute("aria-pressed", String((i === 1) === only)));
  }

  showFolded(folded: boolean): void {
    this.#folds.setAttribute("aria-pressed", String(folded));
  }

  showRoom(session: Session): void {
    this.#session = session;
    this.#ask();
  }

  showOrder(newestFirst: boolean): void {
    this.#order.replaceChildren(newestFirst ? "Newest" : "Oldest", make("span", { class: "first" }, " first"), " ↓");
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  clear(): void {
    this.ask("");
  }

  /** Puts a query into the field and answers it. */
  ask(query: string): void {
    this.#input.value = query;
    if (query !== this.#query) this.#ask();
  }

  /** Says which of the hits is selected. */
  showPlace(place: number | undefined): void {
    this.#tell(place);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      event.preventDefault();
      // Typed, and not asked yet: what was found before is not what is meant.
      if (this.#input.value.trim() !== this.#query) {
        this.#ask();
        this.#steps = !event.shiftKey;
      } else this.#acts.stepHit(!event.shiftKey);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.#input.value !== "") this.clear();
      else this.#acts.left();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.#acts.left();
    }
  }

  #ask(): void {
    clearTimeout(this.#timer);
    this.#steps = undefined;
    this.#asked?.abort();
    this.#asked = undefined;
    this.#query = this.#input.value.trim();
    this.#rows = new Uint32Array();
    this.#scanned = 0;
    setText(this.#problem, "");
    this.#total = this.#session?.heldCount ?? 0;
    const session = this.#session;
    if (session !== undefined && this.#query !== "") {
      const asked = new AbortController();
      this.#asked = asked;
      const done = session.engine.call(
        "find",
        { query: this.#query },
        {
          signal: asked.signal,
          onProgress: ({ rows, scanned }) => {
            // Parts come newest first; together they stay ascending.
            const all = new Uint32Array(rows.length + this.#rows.length);
            all.set(rows);
            all.set(this.#rows, rows.length);
            this.#rows = all;
            this.#scanned = scanned;
            this.#acts.found(this.#query);
            if (this.#steps === undefined || this.#rows.length === 0) return;
            this.#acts.stepHit(this.#steps);
            this.#steps = undefined;
          },
        },
      );
      done.catch((error: unknown) => {
        // A search that was overtaken or whose room was closed has nobody left to tell.
        if (!(error instanceof EngineError) || error.code !== "bad-query" || asked.signal.aborted) return;
        setText(this.#problem, error.message);
        this.#acts.found(this.#query);
      });
    }
    this.#acts.found(this.#query);
  }

  #tell(place: number | undefined): void {
    const active = this.#query !== "";
    for (const turn of this.#turns) setHidden(turn, !active || this.#rows.length === 0);
    if (!active || this.#failed) setText(this.#hits, "");
    else if (this.#scanned < this.#total)
      setText(this.#hits, `${count(this.#rows.length)} in ${Math.floor((100 * this.#scanned) / this.#total)} %`);
    else if (this.#rows.length === 0) setText(this.#hits, "nothing found");
    else
      setText(
        this.#hits,
        place === undefined
          ? `${count(this.#rows.length)} found`
          : `${count(place + 1)} of ${count(this.#rows.length)}`,
      );
  }
}
