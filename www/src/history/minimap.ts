// The whole room at a glance, beside the list: which lanes are in use where, by which traced value, tips,
// gaps, conflicts, resets, what a search found, and the part that
// the window shows. It says nothing that the list does not say too, so it is for pointers alone.
import { make } from "../dom.ts";
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
/** A short room does not fill the map: a row is never higher than this. */
const highestRow = 4;
const lowestFrame = 8;
/** How long letters must stay before the map follows them. */
const restMs = 60;

export class Minimap {
  readonly #canvas = make("canvas");
  readonly #context: CanvasRenderingContext2D;
  /** What does not change while one scrolls. */
  #still: OffscreenCanvas | undefined;
  #colours: Colours = readColours();
  #session: Session | undefined;
  #display: DisplayRows | undefined;
  #hits: Uint32Array = new Uint32Array();
  #trace: Trace | undefined;
  #laneMap: LaneMap | undefined;
  #waiting = 0;
  #scroll: ScrollModel | undefined;
  #selected: number | undefined;
  #width = 0;
  #height = 0;

  /** `scrollTo` brings the middle of the window to a place, in rows. */
  constructor(place: HTMLElement, scrollTo: (row: number) => void) {
    const context = this.#canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.#context = context;
    place.append(this.#canvas);
    new ResizeObserver(() => {
      this.#width = place.clientWidth;
      this.#height = place.clientHeight;
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
    if (hits === this.#hits) return;
    this.#hits = hits;
    this.#redraw();
  }

  /** Shows one slot's value in the lanes, or none. Letters may change with every step: only those that stay are drawn. */
  trace(trace: Trace | undefined): void {
    this.#trace = trace;
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.#redraw(), restMs);
  }

  /** What merges did has become known. */
  showMerges(): void {
    this.#redraw();
  }

  recolour(): void {
    this.#colours = readColours();
    this.#redraw();
  }

  /** Shows where the list is now; `selected` is the index of the selected row. */
  follow(scroll: ScrollModel, selected: number | undefined): void {
    this.#scroll = scroll;
    this.#selected = selected;
    this.#paint();
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
    this.#still = new OffscreenCanvas(w, h);
    const c = this.#still.getContext("2d");
    const session = this.#session;
    const display = this.#display;
    if (c === null || session === undefined || display === undefined) return;
    c.scale(scale, scale);
    if (this.#width > 40) this.#lanes(c, display);
    this.#marks(c, session, display);
    this.#paint();
  }

  #lanes(c: OffscreenCanvasRenderingContext2D, display: DisplayRows): void {
    const map = (this.#laneMap ??= new LaneMap(display, this.#height, this.#rowHeight));
    const { lane, va, vb, vc, vd } = this.#colours;
    const colours = [lane, va, vb, vc, vd];
    map.stretches(this.#trace, (number, letter, from, to) => {
      c.fillStyle = colours[letter]!;
      c.fillRect(firstLane + number * laneStep, from, laneStep - 2, to - from);
    });
  }

  #marks(c: OffscreenCanvasRenderingContext2D, session: Session, display: DisplayRows): void {
    const row = this.#rowHeight;
    const middle = (index: number): number => (index + 0.5) * row;
    const x = this.#width - (this.#width > 40 ? marksFromRight : this.#width / 2);
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
    const diamonds = this.#width > 40 ? this.#width - conflictsFromRight : conflictsAt;
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
    const still = this.#still;
    if (still === undefined) return;
    const c = this.#context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const scroll = this.#scroll;
    const row = this.#rowHeight;
    const frame = (draw: (y: number, height: number) => void): void => {
      if (scroll === undefined || scroll.maxTop === 0) return;
      const height = Math.max(lowestFrame, (scroll.viewHeight / scroll.rowHeight) * row);
      draw(Math.min((scroll.top / scroll.rowHeight) * row, this.#height - height), height);
    };
    c.scale(devicePixelRatio, devicePixelRatio);
    c.fillStyle = this.#colours.sel;
    frame((y, height) => c.fillRect(0, y, this.#width, height));
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(still, 0, 0);
    c.scale(devicePixelRatio, devicePixelRatio);
    c.strokeStyle = this.#colours.acc;
    c.lineWidth = 1;
    frame((y, height) => c.strokeRect(0.5, Math.round(y) + 0.5, this.#width - 1, Math.max(1, Math.round(height) - 1)));
    if (this.#selected === undefined) return;
    c.fillStyle = this.#colours.acc;
    c.fillRect(0, Math.round((this.#selected + 0.5) * row) - 1, this.#width, 2);
  }
}

/** Calls `draw` for each of `count` heights that is at least `step` pixels from the last drawn: more would not be seen. */
function everyPixel(count: number, height: (i: number) => number, draw: (y: number) => void, step = 1): void {
  let last = Number.NaN;
  for (let i = 0; i < count; i++) {
    const y = height(i);
    if (Math.abs(y - last) < step) continue;
    last = y;
    draw(y);
  }
}
