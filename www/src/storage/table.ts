// One table of the storage, of whatever length: rows come from the worker by page as the window needs them, and only those in the
// window have elements. The grid has the focus; the arrow keys move over rows and their links, enter follows.
import type { TableName } from "roomscope";
import { button, make, oncePerFrame, setAttribute } from "../dom.ts";
import { count } from "../format.ts";
import { ScrollModel } from "../history/scroll.ts";
import type { StorageDetail, TableCell, TableCells, TableSort } from "../protocol.ts";
import type { Session } from "../session.ts";
import { isSortable, leastWidth, type Target, targetOf, tracks } from "./columns.ts";
import { lightOf } from "./lit.ts";

const rowHeight = 24;
const headHeight = 24;
/** Rows of a page: fewer of the table whose lists may be long. */
const pageSize = 48;
const pagesKept = 32;

export interface TableActs {
  follow(target: Target): void;
  hover(target: Target | undefined): void;
}

export class TableGrid {
  readonly element: HTMLElement;
  readonly #acts: TableActs;
  readonly #head = make("div", { class: "table-row table-head", role: "row", "aria-rowindex": 1 });
  readonly #window = make("div", { class: "table-window", role: "rowgroup" });
  readonly #spacer = make("div", { role: "presentation" });
  readonly #scroll = new ScrollModel();
  readonly #pool: HTMLElement[] = [];
  readonly #pages = new Map<number, TableCells[]>();
  readonly #asked = new Map<number, AbortController>();
  #session: Session | undefined;
  #name: TableName = "events";
  #columns: string[] = [];
  #sort: TableSort | undefined;
  #detail: StorageDetail | undefined;
  #active = -1;
  #link = 0;
  readonly #refresh = oncePerFrame(() => this.#render());

  constructor(acts: TableActs) {
    this.#acts = acts;
    this.element = make(
      "div",
      { class: "table-grid", role: "grid", tabindex: 0, "data-scrolls": true, "aria-readonly": "true" },
      make("div", { role: "rowgroup", class: "table-heads" }, this.#head),
      this.#window,
      this.#spacer,
    );
    new ResizeObserver(() => this.#measure()).observe(this.element);
    this.element.addEventListener("scroll", () => {
      this.#scroll.moveToBar(this.element.scrollTop);
      this.#refresh();
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.#window.addEventListener("click", (event) => this.#click(event));
    this.#window.addEventListener("pointerover", (event) => this.#acts.hover(targetAt(event.target)));
    this.#window.addEventListener("pointerleave", () => this.#acts.hover(undefined));
  }

  /** Shows a table from its beginning, or with a row in its window. */
  async show(session: Session, name: TableName, at?: number): Promise<void> {
    if (session !== this.#session || name !== this.#name || this.#columns.length === 0) {
      for (const controller of this.#asked.values()) controller.abort();
      this.#asked.clear();
      this.#pages.clear();
      this.#session = session;
      this.#name = name;
      this.#active = -1;
      this.#sort = undefined;
      const { columns, rows, total, sortable } = await session.engine.call("table", {
        name,
        offset: 0,
        limit: pageSize,
      });
      if (session !== this.#session || name !== this.#name) return;
      this.#pages.set(0, rows);
      this.#columns = columns;
      this.#head.replaceChildren(...columns.map((column) => this.#headCell(column, sortable)));
      this.#pool.splice(0);
      this.#window.replaceChildren();
      this.element.style.setProperty("--tracks", tracks(columns));
      this.element.style.setProperty("--least", `${leastWidth(columns)}px`);
      this.element.setAttribute("aria-label", `table ${name}`);
      this.element.setAttribute("aria-rowcount", String(total + 1));
      this.element.setAttribute("aria-colcount", String(columns.length));
      this.#scroll.resize(total, rowHeight, 0);
      this.#scroll.moveTo(0);
      this.#measure();
    }
    if (at !== undefined) this.#activate(at, true);
    this.#refresh();
  }

  /** The order that a table is shown in; undefined: its own. */
  sortOf(name: TableName): TableSort | undefined {
    return name === this.#name ? this.#sort : undefined;
  }

  #headCell(column: string, sortable: boolean): HTMLElement {
    const cell = make("div", { class: "table-cell", role: "columnheader", title: column });
    if (sortable && isSortable(column))
      cell.append(button({ class: "plain", "data-column": column }, () => this.#sortBy(column), column));
    else cell.append(column);
    return cell;
  }

  /** By a column upward, then downward, then as the table is. */
  #sortBy(column: string): void {
    const before = this.#sort?.column === column ? this.#sort : undefined;
    if (before?.descending === true) this.#sort = undefined;
    else this.#sort = { column, descending: before !== undefined };
    for (const head of this.#head.children) {
      const own = this.#sort !== undefined && head.getAttribute("title") === this.#sort.column;
      const order = this.#sort?.descending === true ? "descending" : "ascending";
      setAttribute(head, "aria-sort", own ? order : undefined);
    }
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
    this.#pages.clear();
    this.#active = -1;
    this.#scroll.moveTo(0);
    this.#writeBar();
  }

  /** Lights the rows that belong to an event. */
  light(detail: StorageDetail | undefined): void {
    this.#detail = detail;
    this.#refresh();
  }

  #measure(): void {
    const height = Math.max(0, this.element.clientHeight - headHeight);
    this.#scroll.resize(this.#scroll.count, rowHeight, height);
    this.#window.style.height = `${height}px`;
    this.#spacer.style.height = `${Math.max(0, this.#scroll.spacerHeight - height)}px`;
    this.#writeBar();
  }

  #writeBar(): void {
    this.element.scrollTop = this.#scroll.barPosition;
    this.#refresh();
  }

  #render(): void {
    const [first, last] = this.#scroll.window();
    this.#need(first, last);
    const wanted = last - first + 1;
    while (this.#pool.length < wanted) {
      const row = make("div", { class: "table-row", role: "row" });
      this.#pool.push(row);
      this.#window.append(row);
    }
    this.#pool.forEach((row, i) => {
      const index = first + i;
      row.hidden = index > last;
      if (row.hidden) row.removeAttribute("id");
      else this.#fill(row, index);
    });
    const shown = this.#active >= first && this.#active <= last;
    if (shown) this.element.setAttribute("aria-activedescendant", `table-row-${this.#active}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  #row(index: number): TableCells | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  #fill(row: HTMLElement, index: number): void {
    const cells = this.#row(index);
    row.id = `table-row-${index}`;
    row.setAttribute("aria-rowindex", String(index + 2));
    row.style.transform = `translateY(${this.#scroll.offset(index)}px)`;
    const light = cells === undefined ? undefined : lightOf(this.#name, cells, this.#detail);
    row.classList.toggle("new", light === "new");
    row.classList.toggle("used", light === "used");
    const active = index === this.#active;
    row.classList.toggle("active", active);
    row.setAttribute("aria-selected", String(active));
    if (filledWith.get(row) !== cells || cells === undefined) {
      filledWith.set(row, cells);
      row.replaceChildren(
        ...this.#columns.map((column, at) =>
          make("div", { class: "table-cell", role: "gridcell" }, ...cellParts(column, cells?.[at])),
        ),
      );
    }
    row
      .querySelectorAll("[data-target]")
      .forEach((link, at) => link.classList.toggle("chosen", active && at === this.#link));
  }

  #need(first: number, last: number): void {
    const from = Math.floor(first / pageSize);
    const to = Math.floor(Math.max(first, last) / pageSize);
    for (const [page, controller] of this.#asked) {
      if (page >= from && page <= to) continue;
      this.#asked.delete(page);
      controller.abort();
    }
    for (let page = from; page <= to; page++) this.#ask(page);
  }

  #ask(page: number): void {
    const session = this.#session;
    if (session === undefined || this.#pages.has(page) || this.#asked.has(page)) return;
    const controller = new AbortController();
    this.#asked.set(page, controller);
    const params = { name: this.#name, offset: page * pageSize, limit: pageSize, sort: this.#sort };
    session.engine.call("table", params, { signal: controller.signal }).then(
      ({ rows }) => {
        if (this.#asked.get(page) !== controller) return;
        this.#asked.delete(page);
        if (this.#pages.size >= pagesKept) this.#pages.clear();
        this.#pages.set(page, rows);
        this.#refresh();
      },
      () => undefined,
    );
  }

  #activate(index: number, center = false): void {
    this.#active = Math.max(0, Math.min(this.#scroll.count - 1, index));
    this.#link = 0;
    if (center) this.#scroll.center(this.#active);
    else this.#scroll.reveal(this.#active);
    this.#writeBar();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A column's head has its own use for enter.
    if (event.key === "Enter" && event.target !== this.element) return;
    const page = Math.max(1, Math.floor(this.#scroll.viewHeight / rowHeight) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#activate(this.#active + 1),
      ArrowUp: () => this.#activate(this.#active - 1),
      PageDown: () => this.#activate(this.#active + page),
      PageUp: () => this.#activate(this.#active - page),
      Home: () => this.#activate(0),
      End: () => this.#activate(this.#scroll.count - 1),
      ArrowRight: () => this.#moveLink(1),
      ArrowLeft: () => this.#moveLink(-1),
      Enter: () => {
        const target = targetAt(this.#links()[this.#link]);
        if (target !== undefined) this.#acts.follow(target);
      },
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  }

  #links(): HTMLElement[] {
    return [...this.#window.querySelectorAll<HTMLElement>(".active:not([hidden]) [data-target]")];
  }

  #moveLink(step: number): void {
    this.#link = Math.max(0, Math.min(this.#links().length - 1, this.#link + step));
    this.#refresh();
  }

  #click(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest(".table-row") : null;
    if (row !== null) this.#activate(Number(row.getAttribute("aria-rowindex")) - 2);
    const target = targetAt(event.target);
    if (target !== undefined) this.#acts.follow(target);
  }
}

/** What each row's element was last filled with. */
const filledWith = new WeakMap<HTMLElement, TableCells | undefined>();
const targets = new WeakMap<Element, Target>();

function targetAt(place: EventTarget | null | undefined): Target | undefined {
  const link = place instanceof Element ? place.closest("[data-target]") : null;
  return link === null ? undefined : targets.get(link);
}

function value(column: string, shown: number | string): Node | string {
  const target = targetOf(column, shown);
  if (target === undefined) return String(shown);
  const link = make("span", { class: "link", "data-target": true }, String(shown));
  targets.set(link, target);
  return link;
}

/** A cell as text, with a link for each number that leads somewhere. */
export function cellParts(column: string, cell: TableCell | undefined): (Node | string)[] {
  if (cell === undefined) return [];
  if (typeof cell === "boolean") return [cell ? "1" : "0"];
  if (typeof cell !== "object") return [value(column, cell)];
  const list = Array.isArray(cell) ? cell : cell.first;
  const parts: (Node | string)[] = ["["];
  list.forEach((nid, i) => parts.push(i === 0 ? "" : ", ", value(column, nid)));
  parts.push(Array.isArray(cell) ? "]" : `, … ${count(cell.count)} in all]`);
  return parts;
}
