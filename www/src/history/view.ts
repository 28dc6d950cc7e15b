// The history: a grid of rows of which only those in the window exist, and the canvas with their lanes beside them. Both stand
// where one scroll model says. The grid itself has the focus; the selected row is its active descendant and is kept in the
// document even when it has left the window.
import { make, oncePerFrame, setAttribute, setText } from "../dom.ts";
import type { FirstWindow, Row } from "../protocol.ts";
import type { Session } from "../session.ts";
import { RowCache } from "./cache.ts";
import { type Colours, readColours } from "./colours.ts";
import { contentOf, type Known } from "./content.ts";
import type { DisplayRows, Item } from "./display.ts";
import { Gutter } from "./gutter.ts";
import { makeHead } from "./head.ts";
import type { Run } from "./lines.ts";
import { Moment } from "./moment.ts";
import { Narrowing } from "./narrowing.ts";
import { Pace } from "./pace.ts";
import { Painter, type Scene } from "./painter.ts";
import { RowPool } from "./pool.ts";
import { columns, type RowState, type StepMark } from "./row.ts";
import { ScrollModel } from "./scroll.ts";
import type { Trace } from "./trace.ts";

const headHeight = 24;
/** Right of the widest lane, before the text. */
const afterLanes = 36;
/** The share of the list that lanes may take. */
const widestShare = 0.4;
const flashMs = 600;
/** How long the first rows of a room are filled at a time; to lay them out takes as long again, or longer. */
const fillMs = 8;
/** The canvas grows by so much with the lanes that have been seen: all of it crosses to the screen in every frame. */
const canvasStep = 64;

export interface HistoryEvents {
  selected(item: Item): void;
  /** A run that is to be shown in full. */
  opened(run: Run): void;
  /** Chosen as the second event, beside the selected one. */
  compared(item: Item): void;
  hovered(item: Item | undefined): void;
  /** The window stands elsewhere, or shows other things. */
  drawn(): void;
  /** Lanes that did not fit and share one place. */
  bundled(lanes: number): void;
}

export class HistoryView {
  readonly grid: HTMLElement;
  readonly scroll = new ScrollModel();
  readonly #events: HistoryEvents;
  readonly #graphHead: Element;
  readonly #window: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #painter: Painter;
  readonly #gutter = new Gutter();
  readonly #narrowing = new Narrowing();
  readonly #pool = new RowPool();
  readonly #narrow = matchMedia("(max-width: 639px)");
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  #colours: Colours = readColours();
  #session: Session | undefined;
  #cache: RowCache | undefined;
  #moment: Moment | undefined;
  #display: DisplayRows | undefined;
  #selected: Item | undefined;
  #hovered: Item | undefined;
  #second: Item | undefined;
  #steps: ReadonlyMap<Row, StepMark> | undefined;
  #collected: ReadonlySet<Item> = new Set();
  #flashed: Item | undefined;
  #flashTimer = 0;
  #needle = "";
  #trace: Trace | undefined;
  #width = 0;
  /** With the scrollbar. */
  #outerWidth = 0;
  #height = 0;
  #wasNarrow = false;
  #gutterWidth = -1;
  #columns = -1;
  #canvasWidth = 2 * canvasStep;
  #bundle = 0;
  readonly refresh = oncePerFrame((now) => this.#render(now));
  readonly #pace = new Pace(this.refresh);
  /** The rows are those of a room that has just been opened: each is written anew, and is laid out from nothing. */
  #fresh = false;
  /** Where the scrollbar is known to be, and whether the list has moved since. */
  #barAt = 0;
  #barMoved = false;

  constructor(container: HTMLElement, events: HistoryEvents) {
    this.#events = events;
    const head = makeHead();
    this.#graphHead = head.graph;
    const canvas = make("canvas");
    // Lanes wider than the gutter end at its edge.
    const lanes = make("div", { class: "lanes", "aria-hidden": "true" }, canvas);
    this.#window = make("div", { class: "window", role: "presentation" }, lanes, this.#pool.element);
    this.#spacer = make("div", { class: "spacer", role: "presentation" });
    this.grid = make(
      "div",
      {
        class: "grid",
        role: "grid",
        tabindex: 0,
        "aria-label": "Events of the room",
        "aria-colcount": columns.length,
        "aria-readonly": "true",
      },
      make("div", { role: "rowgroup", class: "heads" }, head.element),
      this.#window,
      this.#spacer,
    );
    this.#painter = new Painter(canvas);
    container.append(this.grid);
    this.#listen();
  }

  /** Shows another room, or the same in another order or with other lines, in which the row of `still` keeps its place. */
  show(session: Session, display: DisplayRows, still?: Item): void {
    const anchor = session === this.#session ? this.#anchor(display, still) : undefined;
    if (session !== this.#session) {
      this.#session = session;
      this.#cache = new RowCache(session.engine, display.lines, session.opened.rows, () => this.refresh());
      this.#moment = new Moment(session.edges);
      this.#fresh = true;
      this.#gutter.reset();
      this.#narrowing.reset();
      this.#canvasWidth = 2 * canvasStep;
      this.scroll.moveTo(0);
      // Items of the room before mean nothing in this one.
      this.#selected = this.#hovered = this.#flashed = this.#second = undefined;
    }
    this.#display = display;
    this.#cache?.arrange(display.lines);
    this.grid.setAttribute("aria-rowcount", String(display.count + 1));
    if (this.#width === 0) this.#measure();
    else this.#fit();
    anchor?.();
    this.#writeBar();
  }

  /** Puts a row back where it was when the lines have changed: `still`, or the selected one if it is in the window, or the first. */
  #anchor(next: DisplayRows, still: Item | undefined): (() => void) | undefined {
    const display = this.#display;
    if (display === undefined || display.lines === next.lines || display.count === 0) return undefined;
    const [first, last] = this.scroll.window();
    const wanted = still ?? this.#selected;
    const at = wanted === undefined ? -1 : display.indexOf(wanted);
    const index = at >= first && at <= last ? at : first;
    const item = display.itemAt(index);
    const y = this.scroll.offset(index);
    // What a query had left out is a row before it is several: those begin where that was.
    const opens = display.run(item)?.folded === false && next.run(item) === undefined;
    const to = opens ? index : next.indexOf(next.shownFor(item));
    return () => this.scroll.moveTo(to * this.scroll.rowHeight - y);
  }

  /** What a room's window would show first. */
  get firstWindow(): FirstWindow {
    const height = this.scroll.viewHeight || innerHeight;
    return { direction: this.#display?.direction ?? "newest", rows: Math.ceil(height / this.scroll.rowHeight) + 1 };
  }

  /** Asks for rows again that have come: they are told better now. */
  renew(): void {
    this.#cache?.renew();
    this.refresh();
  }

  select(item: Item | undefined): void {
    this.#selected = item;
    const event = item !== undefined && this.#display?.isEvent(item) === true ? item : undefined;
    this.#moment?.select(event);
    this.refresh();
  }

  hover(item: Item | undefined): void {
    if (item === this.#hovered) return;
    this.#hovered = item;
    this.refresh();
  }

  /** Marks the event that the selected one is compared with. */
  markSecond(item: Item | undefined): void {
    this.#second = item;
    this.refresh();
  }

  /** Numbers rows by the steps of a resolution, in the margin of their text. */
  number(steps: ReadonlyMap<Row, StepMark> | undefined): void {
    this.#steps = steps;
    this.refresh();
  }

  /** Marks the events that were collected for a merge that nobody made. */
  collect(rows: readonly Row[]): void {
    this.#collected = new Set(rows);
    this.refresh();
  }

  /** Shows one slot's value in the lanes, or none. */
  trace(trace: Trace | undefined): void {
    this.#trace = trace;
    this.refresh();
  }

  /** Lights what a search found. */
  mark(needle: string): void {
    this.#needle = needle.toLowerCase();
    this.refresh();
  }

  /** Scrolls as little as needed to show an item's row. */
  reveal(item: Item): void {
    if (this.#display === undefined) return;
    this.scroll.reveal(this.#display.indexOf(item), 1);
    this.#writeBar();
  }

  /** Shows an item's row after a jump: the row flashes if the list had to move. */
  jump(item: Item): void {
    if (this.#display === undefined) return;
    const before = this.scroll.top;
    this.scroll.center(this.#display.indexOf(item));
    if (this.scroll.top === before) return;
    this.#writeBar();
    this.#flashed = item;
    // With reduced motion the mark stays until the next key: see `settle`.
    clearTimeout(this.#flashTimer);
    if (!this.#still.matches) this.#flashTimer = window.setTimeout(() => this.settle(), flashMs);
  }

  /** Takes the flash of the last jump away. */
  settle(): void {
    this.#flashed = undefined;
    this.refresh();
  }

  /** Says in the column's head how many lanes share the last place. */
  tellBundle(lanes: number): void {
    setText(this.#graphHead, lanes === 0 ? "graph" : `graph +${lanes} lanes`);
  }

  /** Brings a row, whole or not, to the middle of the window. */
  scrollTo(row: number): void {
    this.scroll.moveTo(row * this.scroll.rowHeight - this.scroll.viewHeight / 2);
    this.#writeBar();
  }

  toTop(): void {
    this.scroll.moveTo(0);
    this.#writeBar();
  }

  /** The first row that is wholly in the window. */
  get firstWholeIndex(): number {
    return Math.min(this.scroll.count - 1, Math.ceil(this.scroll.top / this.scroll.rowHeight));
  }

  get pageRows(): number {
    return Math.max(1, Math.floor(this.scroll.viewHeight / this.scroll.rowHeight) - 1);
  }

  recolour(): void {
    this.#colours = readColours();
    this.refresh();
  }

  #listen(): void {
    new ResizeObserver(() => this.#measure()).observe(this.grid);
    this.#narrow.addEventListener("change", () => this.#measure());
    this.grid.addEventListener("scroll", () => {
      // What was written here comes back as an event, rounded to the screen's pixels.
      const at = this.grid.scrollTop;
      if (Math.abs(at - this.#barAt) < 1) return;
      this.#barAt = at;
      // A list that has become shorter moves the bar; where it shall be is written in the next frame.
      if (this.#barMoved) return;
      this.scroll.moveToBar(at);
      this.refresh();
    });
    this.grid.addEventListener(
      "wheel",
      (event) => {
        // Where the scrollbar's pixels are the list's, the browser scrolls best.
        if (!this.scroll.scaled || event.ctrlKey) return;
        event.preventDefault();
        const unit =
          event.deltaMode === WheelEvent.DOM_DELTA_LINE
            ? this.scroll.rowHeight
            : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
              ? this.scroll.viewHeight
              : 1;
        this.scroll.moveTo(this.scroll.top + event.deltaY * unit);
        this.#writeBar();
      },
      { passive: false },
    );
    this.#window.addEventListener("click", (event) => {
      const item = this.#itemAt(event);
      if (item === undefined) return;
      const run = this.#display?.run(item);
      if (run !== undefined) this.#events.opened(run);
      else if (event.ctrlKey || event.metaKey) this.#events.compared(item);
      else this.#events.selected(item);
    });
    this.#window.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.#events.hovered(this.#itemAt(event));
    });
    this.#window.addEventListener("pointerleave", () => this.#events.hovered(undefined));
  }

  #itemAt(event: MouseEvent): Item | undefined {
    if (this.#display === undefined) return undefined;
    const index = this.scroll.indexAt(event.clientY - this.#window.getBoundingClientRect().top);
    return index >= 0 && index < this.#display.count ? this.#display.itemAt(index) : undefined;
  }

  /** Takes the grid's measures: asking for them makes the browser lay the page out. */
  #measure(): void {
    if (this.#display === undefined) return;
    const [width, height] = [this.grid.clientWidth, this.grid.clientHeight];
    this.#outerWidth = this.grid.offsetWidth;
    const narrow = this.#narrow.matches;
    if (width === this.#width && height === this.#height && narrow === this.#wasNarrow) return;
    this.#width = width;
    this.#height = height;
    this.#wasNarrow = narrow;
    this.#narrowing.reset();
    this.#fit();
    this.#writeBar();
    // At once, not in the next frame: a resized canvas is empty.
    this.#render(performance.now());
  }

  /** Gives the list its size, by what it has to show and by the grid's. */
  #fit(): void {
    const rowHeight = this.#narrow.matches ? 44 : 24;
    const height = Math.max(0, this.#height - (this.#narrow.matches ? 0 : headHeight));
    this.scroll.resize(this.#display?.count ?? 0, rowHeight, height);
    this.#window.style.height = `${height}px`;
    this.#spacer.style.height = `${Math.max(0, this.scroll.spacerHeight - height)}px`;
    this.#sizeCanvas();
  }

  #sizeCanvas(): void {
    this.#painter.resize(Math.min(this.#canvasWidth, this.#widestGutter()), this.scroll.viewHeight);
  }

  #writeBar(): void {
    this.#barMoved = true;
    this.refresh();
  }

  /** Writing makes the browser lay the page out: at the beginning of a frame, and only if there is something to write. */
  #moveBar(): void {
    if (!this.#barMoved) return;
    this.#barMoved = false;
    const position = this.scroll.barPosition;
    if (Math.abs(position - this.#barAt) < 0.5) return;
    this.grid.scrollTop = position;
    this.#barAt = position;
  }

  #laneWidth(): number {
    return this.#narrow.matches ? 10 : 16;
  }

  #widestGutter(): number {
    return Math.max(96, Math.floor(this.#width * widestShare));
  }

  #render(now: number): void {
    const session = this.#session;
    const display = this.#display;
    const moment = this.#moment;
    const cache = this.#cache;
    if (session === undefined || display === undefined || moment === undefined || cache === undefined) return;
    this.#moveBar();
    const [first, last] = this.scroll.window();
    const { top, rowHeight, viewHeight } = this.scroll;
    const rowsWait = this.#pace.frame(now, top, rowHeight, viewHeight);
    const filled = last < first ? last : Math.min(display.count - 1, first + RowPool.size(this.scroll) - 1);
    if (last >= first) this.#need(display, cache, first, filled);
    const lanes = Math.floor((this.#widestGutter() - 16 - afterLanes) / this.#laneWidth());
    const scene: Scene = {
      scroll: this.scroll,
      display,
      edges: session.edges,
      moment,
      selected: this.#selected,
      hovered: this.#hovered,
      view: (row) => cache.get(row),
      merges: session.merges,
      trace: this.#trace,
      colours: this.#colours,
      width: this.#widestGutter(),
      laneWidth: this.#laneWidth(),
      cap: lanes,
    };
    const widest = this.#painter.paint(scene);
    // A second lane that comes and goes, as in most rooms, moves no text.
    const seen = Math.min(Math.max(1, widest), lanes);
    const wanted = 16 + seen * this.#laneWidth() + afterLanes;
    if (wanted > this.#canvasWidth) {
      this.#canvasWidth = canvasStep * Math.ceil(wanted / canvasStep);
      this.#sizeCanvas();
      this.#painter.paint(scene);
    }
    const width = this.#gutter.step(wanted, now, this.#pace.flung(now), this.#still.matches);
    if (width !== this.#gutterWidth) this.grid.style.setProperty("--gutter", `${width}px`);
    this.#gutterWidth = width;
    const fitting = this.#narrowing.step(this.#outerWidth, width);
    if (fitting !== this.#columns) this.grid.dataset.columns = String(fitting);
    this.#columns = fitting;
    if (this.#gutter.moving) this.refresh();
    const bundle = Math.max(0, widest - lanes);
    if (bundle !== this.#bundle) {
      this.#bundle = bundle;
      this.#events.bundled(bundle);
    }
    const known = { session, display, cache, trace: this.#trace };
    if (rowsWait || !this.#fillRows(known, moment, first, filled)) this.refresh();
    this.#events.drawn();
  }

  #need(display: DisplayRows, cache: RowCache, first: number, last: number): void {
    const ranges: (readonly [number, number])[] = [];
    if (first < display.historyCount && display.lines.historyCount > 0) {
      ranges.push(display.linesWithin(first, Math.min(last, display.historyCount - 1)));
    }
    const firstOutlier = display.historyCount + 1;
    if (last >= firstOutlier) {
      const before = firstOutlier - display.lines.historyCount;
      ranges.push([Math.max(first, firstOutlier) - before, last - before]);
    }
    cache.need(ranges);
  }

  /** Returns whether all of them are there: on a slow machine the first rows of a room come a frame before the others. */
  #fillRows(known: Known, moment: Moment, first: number, last: number): boolean {
    const { session, display } = known;
    const numberOf = (item: Item | undefined, of: "snapshotBefore" | "groupAfter"): number =>
      item !== undefined && display.isHeld(item) ? session[of](item) : 0;
    const chosen = numberOf(this.#selected, "snapshotBefore");
    const chosenGroup = numberOf(this.#selected, "groupAfter");
    // An event that is hidden is shown by its run.
    const selected = this.#selected === undefined ? undefined : display.shownFor(this.#selected);
    const state = (index: number): RowState => {
      const item = display.itemAt(index);
      return {
        item,
        index,
        content: contentOf(item, known),
        selected: item === selected,
        hovered: item === this.#hovered,
        known: !moment.active || moment.knows(display.eventOf(item) ?? Infinity),
        flashed: item === this.#flashed,
        second: item === this.#second || this.#collected.has(item),
        step: display.isHeld(item) ? this.#steps?.get(item) : undefined,
        needle: this.#needle,
        span: session.span,
        snapshot: numberOf(item, "snapshotBefore"),
        sameSnapshot: chosen !== 0 && numberOf(item, "snapshotBefore") === chosen,
        group: numberOf(item, "groupAfter"),
        sameGroup: chosenGroup !== 0 && numberOf(item, "groupAfter") === chosenGroup,
      };
    };
    const until = this.#fresh ? performance.now() + fillMs : Infinity;
    this.#fresh = false;
    const at = selected === undefined ? -1 : display.indexOf(selected);
    const all = this.#pool.show(this.scroll, first, last, at, state, until);
    setAttribute(this.grid, "aria-activedescendant", selected === undefined ? undefined : `row-${selected}`);
    return all;
  }
}
