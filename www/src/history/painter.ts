// Draws the lanes of the window beside its text: edges that cross it, those outside the selection's past first, then the
// nodes of its rows. Nothing outside the window is looked at, and rows stand where the scroll model says.
import type { RowView } from "../protocol.ts";
import type { Colours } from "./colours.ts";
import type { DisplayRows, Item } from "./display.ts";
import type { Edges } from "./edges.ts";
import { type LaneMetrics, laneX, traceEdge } from "./geometry.ts";
import type { Merges } from "./merges.ts";
import type { Moment } from "./moment.ts";
import { eventNode, gapNode, outlierNode, pendingNode, type Place, runNode } from "./nodes.ts";
import type { ScrollModel } from "./scroll.ts";
import { Strokes } from "./strokes.ts";
import type { Trace } from "./trace.ts";

export interface Scene {
  scroll: ScrollModel;
  display: DisplayRows;
  /** The room's, whatever of it is drawn. */
  edges: Edges;
  moment: Moment;
  selected: Item | undefined;
  hovered: Item | undefined;
  view(row: number): RowView | undefined;
  /** What merges did. */
  merges: Merges;
  /** The slot that the lanes show. */
  trace: Trace | undefined;
  colours: Colours;
  /** Pixels that the lanes may take now, and lanes that fit into the most they may ever take. */
  width: number;
  laneWidth: number;
  cap: number;
}

export class Painter {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #width = 0;
  #height = 0;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.canvas = canvas;
    this.#context = context;
  }

  resize(width: number, height: number): void {
    const scale = devicePixelRatio;
    const [w, h] = [Math.ceil(width * scale), Math.ceil(height * scale)];
    if (this.canvas.width === w && this.canvas.height === h) return;
    this.canvas.width = w;
    this.canvas.height = h;
    this.canvas.style.width = `${w / scale}px`;
    this.canvas.style.height = `${h / scale}px`;
    this.#width = w / scale;
    this.#height = h / scale;
  }

  /** The empty canvas, in the page's pixels. */
  begin(): CanvasRenderingContext2D {
    const c = this.#context;
    c.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    c.clearRect(0, 0, this.#width, this.#height);
    return c;
  }

  /** Returns the rightmost lane of which anything is seen. */
  paint(scene: Scene): number {
    const c = this.begin();
    const { scroll, display } = scene;
    const [first, last] = scroll.window();
    if (last < first) return 0;
    c.save();
    c.beginPath();
    c.rect(0, 0, scene.width, this.#height);
    c.clip();
    const lanes: LaneMetrics = {
      width: scene.laneWidth,
      first: 16,
      rowHeight: scroll.rowHeight,
      viewHeight: scroll.viewHeight,
      cap: scene.cap,
    };
    const widest = Math.max(this.#edges(scene, lanes, first, last), this.#gapEdges(scene, lanes, first, last));
    for (let index = first; index <= last; index++) this.#node(scene, lanes, index, display.itemAt(index));
    c.restore();
    return widest;
  }

  #edges(scene: Scene, m: LaneMetrics, first: number, last: number): number {
    const { scroll, display, moment } = scene;
    const { lines } = display;
    if (lines.historyCount === 0 || first >= display.historyCount) return 0;
    const [oldest, newest] = display.linesWithin(first - 1, last + 1);
    const { edgeChild, edgeParent, edgeLane, lane } = lines.edges.columns;
    const middle = scroll.rowHeight / 2;
    const strokes = new Strokes();
    const lit = new Path2D();
    const hoveredRow = scene.hovered === undefined ? undefined : display.eventOf(scene.hovered);
    const hovered = hoveredRow === undefined ? undefined : lines.lineOf(hoveredRow);
    let widest = 0;
    // In a room with thousands of tips most edges only pass through the bundle, all in one line.
    const bundled = { known: false, unknown: false };
    lines.edges.crossing(oldest, newest, (e) => {
      const child = edgeChild[e]!;
      const parent = edgeParent[e]!;
      const kind = moment.knows(lines.rowAt(child)) ? "known" : "unknown";
      let letter = scene.trace?.letterOf(lines.rowAt(parent)) ?? 0;
      if (edgeLane[e]! >= m.cap && child > newest && parent < oldest) {
        widest = Math.max(widest, edgeLane[e]!);
        if (bundled[kind]) return;
        bundled[kind] = true;
        letter = 0;
      }
      const ends = {
        childLane: lane[child]!,
        childY: scroll.offset(display.indexOfLine(child)) + middle,
        parentLane: lane[parent]!,
        parentY: scroll.offset(display.indexOfLine(parent)) + middle,
        lane: edgeLane[e]!,
      };
      traceEdge(strokes.of({ letter, known: kind === "known", indirect: lines.isIndirect(e) }), ends, m);
      if (child === hovered || parent === hovered) traceEdge(lit, ends, m);
      widest = Math.max(widest, ends.lane);
      if (child <= newest) widest = Math.max(widest, ends.childLane);
      if (parent >= oldest) widest = Math.max(widest, ends.parentLane);
    });
    const c = this.#context;
    strokes.draw(c, scene.colours);
    if (hovered !== undefined) {
      c.lineWidth = 2.25;
      c.strokeStyle = scene.colours.ink3;
      c.stroke(lit);
    }
    return widest;
  }

  /** Dashed, from each event to the missing parents below it, in lanes that are free there. */
  #gapEdges(scene: Scene, m: LaneMetrics, first: number, last: number): number {
    const { scroll, display, moment } = scene;
    if (display.gapCount === 0) return 0;
    const middle = scroll.rowHeight / 2;
    const c = this.#context;
    c.lineWidth = 1.5;
    c.setLineDash([3, 3]);
    let widest = 0;
    for (let index = first - 1; index <= last + 1; index++) {
      if (index < 0 || index >= display.historyCount) continue;
      const item = display.itemAt(index);
      const gap = display.gap(item);
      if (gap === undefined) continue;
      const lane = this.#gapLane(scene, item, gap.row);
      widest = Math.max(widest, lane);
      const path = new Path2D();
      const childLane = display.lines.edges.lane(display.lines.lineOf(gap.row));
      const childY = scroll.offset(display.indexOf(gap.row)) + middle;
      traceEdge(path, { childLane, childY, parentLane: lane, parentY: scroll.offset(index) + middle, lane }, m);
      c.strokeStyle = moment.knows(gap.row) ? scene.colours.lane2 : scene.colours.lane;
      c.stroke(path);
    }
    c.setLineDash([]);
    return widest;
  }

  /** The lane of a gap's ring: the child's own if no edge to a held parent runs there, else the next free one. */
  #gapLane(scene: Scene, item: Item, row: number): number {
    const { display } = scene;
    const { edges } = display.lines;
    const { edgeParent, edgeLane } = edges.columns;
    const child = display.lines.lineOf(row);
    const taken = new Set<number>();
    edges.crossing(child, child, (e) => {
      if (edgeParent[e]! < child) taken.add(edgeLane[e]!);
    });
    let lane = edges.lane(child);
    for (const each of display.gapsOf(row)) {
      while (taken.has(lane)) lane++;
      if (each === item) break;
      taken.add(lane);
    }
    return lane;
  }

  #node(scene: Scene, m: LaneMetrics, index: number, item: Item): void {
    const { scroll, display, edges, moment, colours } = scene;
    const { lines } = display;
    const c = this.#context;
    const selected = item === scene.selected;
    const place = (lane: number): Place => ({
      x: laneX(lane, m),
      y: scroll.offset(index) + scroll.rowHeight / 2,
      childSide: display.direction === "newest" ? -1 : 1,
    });
    const gap = display.gap(item);
    if (gap !== undefined) {
      gapNode(c, place(this.#gapLane(scene, item, gap.row)), selected, colours);
    } else if (display.isEvent(item)) {
      const view = scene.view(item);
      const at = place(lines.edges.lane(lines.lineOf(item)));
      if (view === undefined) pendingNode(c, at, colours);
      else {
        const [known, fork] = [moment.knows(item), edges.childCount(item) > 1];
        eventNode(c, at, { view, selected, known, fork, merge: scene.merges.at(item) }, colours);
      }
    } else if (display.isHeld(item)) {
      outlierNode(c, place(0), selected, colours);
    } else {
      const run = display.run(item);
      if (run?.folded !== true) return;
      runNode(c, place(lines.edges.lane(run.line)), selected, moment.knows(run.oldest), colours);
    }
  }
}
