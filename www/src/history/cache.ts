// Rows that have come from the worker, by page of lines. What the window needs is asked for, what it no longer needs is cancelled
// before the worker gets to it, and the pages longest unused are forgotten.
import type { Engine } from "../engine.ts";
import type { Row, RowView, RunView } from "../protocol.ts";
import type { Lines, Run } from "./lines.ts";

const pageSize = 64;
const pagesKept = 128;

interface Page {
  views: readonly RowView[];
  runs: readonly RunView[];
}

export class RowCache {
  readonly #engine: Engine;
  readonly #arrived: () => void;
  #lines: Lines;
  /** In order of use: the first is the longest unused. Pages of other lines than now have negative numbers. */
  readonly #pages = new Map<number, Page>();
  /** With the page that brought them last. */
  readonly #views = new Map<Row, { view: RowView; page: Page }>();
  readonly #runs = new Map<Row, RunView>();
  readonly #asked = new Map<number, AbortController>();
  #old = 0;

  /** `first` came with the room; `arrived` is called when there are new ones. */
  constructor(engine: Engine, lines: Lines, first: readonly RowView[], arrived: () => void) {
    this.#engine = engine;
    this.#lines = lines;
    this.#arrived = arrived;
    this.#keep(--this.#old, { views: first, runs: [] });
  }

  /** Goes by other lines. What has come stays as long as it would have. */
  arrange(lines: Lines): void {
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.renew();
  }

  /** Asks for everything again when it is needed. What has come stays as long as it would have. */
  renew(): void {
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
    const pages = [...this.#pages.values()];
    this.#pages.clear();
    for (const page of pages) this.#pages.set(--this.#old, page);
  }

  /** The row, if it is here. */
  get(row: Row): RowView | undefined {
    return this.#views.get(row)?.view;
  }

  /** Who sent the messages of a folded run, if that is here. */
  sendersOf(run: Run): RunView | undefined {
    return this.#runs.get(run.oldest);
  }

  /** Says which lines the window needs now, as ranges with their ends; they come, and after them the pages around them. */
  need(ranges: readonly (readonly [first: number, last: number])[]): void {
    const pages = ranges.map(([first, last]) => [Math.floor(first / pageSize), Math.floor(last / pageSize)] as const);
    for (const [page, controller] of this.#asked) {
      if (pages.some(([from, to]) => page >= from - 1 && page <= to + 1)) continue;
      this.#asked.delete(page);
      controller.abort();
    }
    for (const [from, to] of pages) for (let page = from; page <= to; page++) this.#ask(page);
    for (const [from, to] of pages) {
      this.#ask(from - 1);
      this.#ask(to + 1);
    }
  }

  #ask(page: number): void {
    const kept = this.#pages.get(page);
    if (kept !== undefined) {
      this.#pages.delete(page);
      this.#pages.set(page, kept);
      return;
    }
    if (page < 0 || page * pageSize >= this.#lines.count || this.#asked.has(page)) return;
    const controller = new AbortController();
    this.#asked.set(page, controller);
    this.#fetch(page, controller.signal).then(
      (content) => {
        if (this.#asked.get(page) !== controller) return;
        this.#asked.delete(page);
        this.#keep(page, content);
        this.#arrived();
      },
      () => {
        if (this.#asked.get(page) === controller) this.#asked.delete(page);
      },
    );
  }

  async #fetch(page: number, signal: AbortSignal): Promise<Page> {
    const from = page * pageSize;
    const to = Math.min(this.#lines.count, from + pageSize);
    if (this.#lines.complete) {
      return { views: await this.#engine.call("rows", { from, count: to - from }, { signal }), runs: [] };
    }
    const rows: Row[] = [];
    const runs: [Row, number][] = [];
    for (let line = from; line < to; line++) {
      const run = this.#lines.runAt(line);
      if (run === undefined) rows.push(this.#lines.rowAt(line));
      else if (run.folded) runs.push([run.oldest, run.length]);
    }
    return this.#engine.call("lines", { rows, runs }, { signal });
  }

  #keep(page: number, content: Page): void {
    this.#pages.set(page, content);
    for (const view of content.views) {
      const known = this.#views.get(view.row)?.view;
      // What says the same stays the same, so that nobody shows it anew: nothing else of a row changes.
      this.#views.set(view.row, { view: known?.unique === view.unique ? known : view, page: content });
    }
    for (const run of content.runs) this.#runs.set(run.row, run);
    for (const [number, old] of this.#pages) {
      if (this.#pages.size <= pagesKept) break;
      this.#pages.delete(number);
      // What has come once more since then stays.
      for (const { row } of old.views) if (this.#views.get(row)?.page === old) this.#views.delete(row);
      for (const run of old.runs) if (this.#runs.get(run.row) === run) this.#runs.delete(run.row);
    }
  }
}
