// Where lanes and edges run. A bend takes exactly one row: a cubic whose tangents are vertical at both ends, so that lanes
// stay lanes. An edge leaves its child's lane in the child's row and enters its parent's lane in the parent's.

/** What of a canvas path an edge needs; a `Path2D` is one. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
}

export interface LaneMetrics {
  /** Pixels from one lane to the next, and to the middle of the first. */
  width: number;
  first: number;
  rowHeight: number;
  viewHeight: number;
  /** Lanes from this one on share one place: the bundle. */
  cap: number;
}

export function laneX(lane: number, m: LaneMetrics): number {
  return m.first + Math.min(lane, m.cap) * m.width;
}

/** One edge: lanes and heights of its ends, and the lane it runs in between. The parent may be above or below. */
export interface EdgeEnds {
  childLane: number;
  childY: number;
  parentLane: number;
  parentY: number;
  lane: number;
}

export function traceEdge(pen: Pen, edge: EdgeEnds, m: LaneMetrics): void {
  const down = edge.parentY > edge.childY ? 1 : -1;
  const bend = down * m.rowHeight;
  const x0 = laneX(edge.childLane, m);
  const x1 = laneX(edge.parentLane, m);
  let x = laneX(edge.lane, m);
  const rows = Math.abs(edge.parentY - edge.childY) / m.rowHeight;
  // No room for two bends: straight from the one lane to the other.
  if (rows < 1.5) x = x0;

  let y = edge.childY;
  if (x !== x0) {
    curve(pen, x0, y, x, y + bend, m);
    y += bend;
  }
  const end = x === x1 ? edge.parentY : edge.parentY - bend;
  vertical(pen, x, y, end, m);
  if (x !== x1) curve(pen, x, end, x1, edge.parentY, m);
}

function inView(y0: number, y1: number, m: LaneMetrics): boolean {
  return Math.max(y0, y1) >= 0 && Math.min(y0, y1) <= m.viewHeight;
}

function curve(pen: Pen, x0: number, y0: number, x1: number, y1: number, m: LaneMetrics): void {
  if (!inView(y0, y1, m)) return;
  const h = y1 - y0;
  pen.moveTo(x0, y0);
  pen.bezierCurveTo(x0, y0 + 0.55 * h, x1, y0 + 0.45 * h, x1, y1);
}

/** A line may be cut at its beginning by multiples of this: every dash repeats after it, and must not crawl along in a scroll. */
const cutStep = 30;

/** Cut to the window: an edge may be millions of pixels long. */
function vertical(pen: Pen, x: number, y0: number, y1: number, m: LaneMetrics): void {
  if (!inView(y0, y1, m)) return;
  const [top, bottom] = [-m.rowHeight, m.viewHeight + m.rowHeight];
  const from =
    y0 < top
      ? y0 + cutStep * Math.floor((top - y0) / cutStep)
      : y0 > bottom
        ? y0 - cutStep * Math.floor((y0 - bottom) / cutStep)
        : y0;
  pen.moveTo(x, from);
  pen.lineTo(x, Math.max(top, Math.min(bottom, y1)));
}
