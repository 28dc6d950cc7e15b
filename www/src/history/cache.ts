// Rows that have come from the worker, by page. What the window needs is asked for, what it no longer needs is cancelled before
// the worker gets to it, and the pages longest unused are forgotten.
import type { Engine } from "../engine.ts";
import type { RowView } from "../protocol.ts";

const pageSize = 64;
const pagesKept = 128;

export class RowCache {
  readonly #engine: Engine;
  readonly #total: number;
  readonly #arrived: () => void;
  /** In order of use: the first is the longest unused. */
  readonly #pages = new Map<number, readonly RowView[]>();
  readonly #asked = new Map<number, AbortController>();

  /** `total`: rows that the worker can be asked for. `arrived` is called when there are new ones. */
  constructor(engine: Engine, total: number, arrived: () => void) {
    this.#engine = engine;
    this.#total = total;
    this.#arrived = arrived;
  }

  /** The row, if it is here. */
  get(row: number): RowView | undefined {
    return this.#pages.get(Math.floor(row / pageSize))?.[row % pageSize];
  }

  /** Says which rows the window needs now, as ranges with their ends; they come, and after them the pages around them. */
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
    const from = page * pageSize;
    if (page < 0 || from >= this.#total || this.#asked.has(page)) return;
    const controller = new AbortController();
    this.#asked.set(page, controller);
    this.#engine.call("rows", { from, count: pageSize }, { signal: controller.signal }).then(
      (views) => {
        this.#asked.delete(page);
        this.#keep(page, views);
        this.#arrived();
      },
      () => {
        if (this.#asked.get(page) === controller) this.#asked.delete(page);
      },
    );
  }

  #keep(page: number, views: readonly RowView[]): void {
    this.#pages.set(page, views);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= pagesKept) break;
      this.#pages.delete(oldest);
    }
  }
}
