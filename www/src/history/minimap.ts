// The whole room at a glance, beside the list: which lanes are in use where, by which traced value, tips,
// gaps, conflicts, resets, what a search found, and the part that
// the window shows. It says nothing that the list does not say too, so it is for pointers alone.
import { afterFrame, make } from "../dom.ts";
import type { Session } from "../session.ts";
import { type Colours, readColours } from "./colours.ts";
import type { DisplayRows } from "./display.ts";
import { LaneMap } from "./lane-map.ts";
import { resetArrow } from "./nodes.ts";
import type { ScrollModel } from "./scroll.ts";
import type { Trace } from "./trace.ts";

const laneStep = 6;
const firstLane = 10;
const marksFromRight = 27;
const conflictsFromRight = 19;
/** From the left, on narrow pages. */
const conflictsAt = 4;
/** Diamonds nearer than this would be one. */
const conflictStep = 3;
const hitsFromRight = 14;
/** A narrower map has marks alone. */
const widthOfMarks = 40;
/** A short room does not fill the map: a row is never higher than this. */
const highestRow = 4;
const lowestFrame = 8;
/** How long the lanes may hold the page's thread at a time. */
const sliceMs = 6;
/** The lanes of so few events are drawn at once. */
const smallRoom = 1000;
/** How long letters must stay before the map follows them. */
const restMs = 60;

export class Minimap {
  readonly #canvas = make("canvas");
  readonly #context: CanvasRenderingContext2D;
  /** What does not change while one scrolls: lanes, and the marks on them. */
  #lanes: OffscreenCanvas | undefined;
  #marks: OffscreenCanvas | undefined;
  #colours: Colours = readColours();
  #session: Session | undefined;
  #display: DisplayRows | undefined;
  #hits: Uint32Array = new Uint32Array();
  #trace: Trace | undefined;
  #laneMap: LaneMap | undefined;
  #waiting = 0;
  /** The work on the lanes that goes on in later tasks. */
  #drawing = 0;
  /** How often the lanes have been begun. */
  #turn = 0;
  #scroll: ScrollModel | undefined;
  #selected: number | undefined;
  /** Where window and selection were when they were last painted. */
  #place = "";
  #width = 0;
  #height = 0;

  /** `scrollTo` brings the middle of the window to a place, in rows. */
  constructor(place: HTMLElement, scrollTo: (row: number) => void) {
    const context = this.#canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.#context = context;
    place.append(this.#canvas);
    new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width === this.#width && height === this.#height) return;
      this.#width = width;
      this.#height = height;
      this.#laneMap = undefined;
      this.#redraw();
    }).observe(place);
    const follow = (event: PointerEvent): void => {
      const y = event.clientY - place.getBoundingClientRect().top;
      if (this.#rowHeight > 0) scrollTo(y / this.#rowHeight);
    };
    place.addEventListener("pointerdown", (event) => {
      place.setPointerCapture(event.pointerId);
      follow(event);
    });
    place.addEventListener("pointermove", (event) => {
      if (place.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  show(session: Session, display: DisplayRows): void {
    if (session !== this.#session) this.#hits = new Uint32Array();
    this.#session = session;
    this.#display = display;
    this.#laneMap = undefined;
    this.#redraw();
  }

  mark(hits: Uint32Array): void {
    if (hits === this.#hits || (hits.length === 0 && this.#hits.length === 0)) return;
    this.#hits = hits;
    this.#drawMarks();
    this.#paint();
  }

  /** Shows one slot's value in the lanes, or none. Letters may change with every step: only those that stay are drawn. */
  trace(trace: Trace | undefined): void {
    this.#trace = trace;
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.#drawLanes(), restMs);
  }

  /** What merges did has become known. */
  showMerges(): void {
    this.#drawMarks();
    this.#paint();
  }

  recolour(): void {
    this.#colours = readColours();
    this.#redraw();
  }

  /** Shows where the list is now; `selected` is the index of the selected row. */
  follow(scroll: ScrollModel, selected: number | undefined): void {
    this.#scroll = scroll;
    this.#selected = selected;
    const { y, height } = this.#frame() ?? { y: -1, height: 0 };
    const place = `${y} ${height} ${this.#selectedY()}`;
    // In a large room many rows share a pixel.
    if (place === this.#place) return;
    this.#place = place;
    this.#paint();
  }

  /** Where the window is on the map, in whole pixels; undefined where it shows all. */
  #frame(): { y: number; height: number } | undefined {
    const scroll = this.#scroll;
    if (scroll === undefined || scroll.maxTop === 0) return undefined;
    const row = this.#rowHeight;
    const height = Math.max(lowestFrame, (scroll.viewHeight / scroll.rowHeight) * row);
    const y = Math.min((scroll.top / scroll.rowHeight) * row, this.#height - height);
    return { y: Math.round(y), height: Math.round(height) };
  }

  #selectedY(): number | undefined {
    return this.#selected === undefined ? undefined : Math.round((this.#selected + 0.5) * this.#rowHeight) - 1;
  }

  get #rowHeight(): number {
    const count = this.#display?.count ?? 0;
    return count === 0 ? 0 : Math.min(highestRow, this.#height / count);
  }

  #redraw(): void {
    const scale = devicePixelRatio;
    const [w, h] = [Math.round(this.#width * scale), Math.round(this.#height * scale)];
    if (w === 0 || h === 0) return;
    if (this.#canvas.width !== w || this.#canvas.height !== h) {
      this.#canvas.width = w;
      this.#canvas.height = h;
    }
    this.#lanes = undefined;
    this.#drawMarks();
    this.#drawLanes();
    this.#paint();
  }

  /** An empty layer of the map, in the page's pixels. */
  #layer(): [OffscreenCanvas, OffscreenCanvasRenderingContext2D] | undefined {
    if (this.#canvas.width === 0 || this.#canvas.height === 0) return undefined;
    const layer = new OffscreenCanvas(this.#canvas.width, this.#canvas.height);
    const c = layer.getContext("2d");
    c?.scale(devicePixelRatio, devicePixelRatio);
    return c === null ? undefined : [layer, c];
  }

  /** Draws the lanes: those of a large room in tasks of their own, for which no frame waits. */
  #drawLanes(): void {
    clearTimeout(this.#drawing);
    const turn = ++this.#turn;
    const display = this.#display;
    const made = this.#layer();
    if (display === undefined || made === undefined || this.#width <= widthOfMarks) return;
    const [layer, c] = made;
    const map = (this.#laneMap ??= new LaneMap(display, this.#height, this.#rowHeight));
    const { lane, va, vb, vc, vd } = this.#colours;
    const colours = [lane, va, vb, vc, vd];
    const steps = map.stretches(this.#trace, (number, letter, from, to) => {
      c.fillStyle = colours[letter]!;
      c.fillRect(firstLane + number * laneStep, from, laneStep - 2, to - from);
    });
    const work = (): void => {
      const end = performance.now() + sliceMs;
      while (steps.next().done !== true) {
        if (performance.now() < end) continue;
        this.#drawing = window.setTimeout(work);
        return;
      }
      this.#lanes = layer;
      this.#paint();
    };
    if (display.lines.historyCount <= smallRoom) work();
    // The rows come first.
    else
      afterFrame(() => {
        if (turn === this.#turn) work();
      });
  }

  #drawMarks(): void {
    const session = this.#session;
    const display = this.#display;
    const made = this.#layer();
    if (session === undefined || display === undefined || made === undefined) return;
    const [layer, c] = made;
    this.#marks = layer;
    const row = this.#rowHeight;
    const middle = (index: number): number => (index + 0.5) * row;
    const x = this.#width - (this.#width > widthOfMarks ? marksFromRight : this.#width / 2);
    c.lineWidth = 1.5;
    c.strokeStyle = this.#colours.lane2;
    const ring = (y: number, radius: number): void => {
      c.beginPath();
      c.arc(x, y, radius, 0, 2 * Math.PI);
      c.stroke();
    };
    everyPixel(
      display.gapCount,
      (order) => middle(display.indexOf(display.gapItem(order))),
      (y) => ring(y, 2),
    );
    c.strokeStyle = this.#colours.ok;
    const { tips } = session.opened;
    everyPixel(
      tips.length,
      (i) => middle(display.indexOf(tips[i]!)),
      (y) => ring(Math.max(4, y), 3),
    );
    const { conflicts, resets } = session.merges;
    const diamonds = this.#width > widthOfMarks ? this.#width - conflictsFromRight : conflictsAt;
    c.fillStyle = this.#colours.warn;
    everyPixel(
      conflicts.length,
      (i) => middle(display.indexOf(conflicts[i]!)),
      (y) => {
        c.beginPath();
        c.moveTo(diamonds, y - 3);
        c.lineTo(diamonds + 2.5, y);
        c.lineTo(diamonds, y + 3);
        c.lineTo(diamonds - 2.5, y);
        c.fill();
      },
      conflictStep,
    );
    everyPixel(
      resets.length,
      (i) => middle(display.indexOf(resets[i]!)),
      (y) => {
        c.clearRect(diamonds - 5, y - 5, 10, 10);
        resetArrow(c, diamonds, y, this.#colours.bad);
      },
      2 * conflictStep,
    );
    c.fillStyle = this.#colours.litl;
    const hits = this.#hits;
    everyPixel(
      hits.length,
      (i) => middle(display.indexOf(hits[i]!)),
      (y) => c.fillRect(this.#width - hitsFromRight, Math.round(y) - 1, 12, 2),
    );
  }

  #paint(): void {
    if (this.#marks === undefined) return;
    const c = this.#context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const frame = this.#frame();
    c.scale(devicePixelRatio, devicePixelRatio);
    c.fillStyle = this.#colours.sel;
    if (frame !== undefined) c.fillRect(0, frame.y, this.#width, frame.height);
    c.setTransform(1, 0, 0, 1, 0, 0);
    for (const layer of [this.#lanes, this.#marks]) if (layer !== undefined) c.drawImage(layer, 0, 0);
    c.scale(devicePixelRatio, devicePixelRatio);
    c.strokeStyle = this.#colours.acc;
    c.lineWidth = 1;
    if (frame !== undefined) c.strokeRect(0.5, frame.y + 0.5, this.#width - 1, Math.max(1, frame.height - 1));
    const selected = this.#selectedY();
    if (selected === undefined) return;
    c.fillStyle = this.#colours.acc;
    c.fillRect(0, selected, this.#width, 2);
  }
}

/**
 * Calls `draw` for heights of `count` that are at least `step` pixels from the last drawn: more would not be seen. Heights go one
 * way, so those between need not be looked at.
 */
function everyPixel(count: number, height: (i: number) => number, draw: (y: number) => void, step = 1): void {
  for (let i = 0; i < count;) {
    const y = height(i);
    draw(y);
    let high = count;
    for (let low = ++i; low < high;) {
      const middle = (low + high) >>> 1;
      if (Math.abs(height(middle) - y) < step) low = middle + 1;
      else high = middle;
      i = low;
    }
  }
}
