// The shapes of nodes. Shape tells before colour does: dot, square, hollow, diamond inside, bar, second ring, cross, half ring,
// dashed ring, dashed diamond, an arrow back. Every node first cuts a little of its lane away, so that it stands free on any row's background.
import type { RowView } from "../protocol.ts";
import type { Colours } from "./colours.ts";
import type { MergeFacts } from "./merges.ts";

const turn = 2 * Math.PI;

export interface Place {
  x: number;
  y: number;
  /** -1 if children are above, 1 if below. */
  childSide: -1 | 1;
}

function disc(c: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  c.beginPath();
  c.arc(x, y, r, 0, turn);
}

/** Clears a disc of the lane around a node. */
function cut(c: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  c.globalCompositeOperation = "destination-out";
  disc(c, x, y, r);
  c.fill();
  c.globalCompositeOperation = "source-over";
}

export function selectionDisc(c: CanvasRenderingContext2D, { x, y }: Place, k: Colours): void {
  cut(c, x, y, 10.5);
  disc(c, x, y, 9);
  c.fillStyle = k.sel;
  c.fill();
  c.strokeStyle = k.acc;
  c.lineWidth = 1.75;
  c.stroke();
}

/** The bar of a fork, on the side of its children. */
function forkBar(c: CanvasRenderingContext2D, { x, y, childSide }: Place, colour: string): void {
  c.fillStyle = colour;
  c.fillRect(x - 5, y + childSide * 6.5 - 0.75, 10, 1.5);
}

function cross(c: CanvasRenderingContext2D, { x, y }: Place, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = 2;
  c.beginPath();
  c.moveTo(x - 4, y - 4);
  c.lineTo(x + 4, y + 4);
  c.moveTo(x + 4, y - 4);
  c.lineTo(x - 4, y + 4);
  c.stroke();
}

function halfRing(c: CanvasRenderingContext2D, { x, y }: Place, colour: string): void {
  c.strokeStyle = colour;
  c.fillStyle = colour;
  c.lineWidth = 1.75;
  disc(c, x, y, 4.2);
  c.stroke();
  c.beginPath();
  c.arc(x, y, 4.2, turn / 4, (3 * turn) / 4);
  c.fill();
}

export interface NodeFacts {
  view: RowView;
  known: boolean;
  selected: boolean;
  fork: boolean;
  /** What it did as a merge, where that is worth telling. */
  merge?: MergeFacts | undefined;
}

/** Inside a merge's ring: the states that met in it differ. */
function diamond(c: CanvasRenderingContext2D, { x, y }: Place, colour: string): void {
  c.fillStyle = colour;
  c.beginPath();
  c.moveTo(x, y - 3);
  c.lineTo(x + 3, y);
  c.lineTo(x, y + 3);
  c.lineTo(x - 3, y);
  c.fill();
}

/** An arrow that turns back, right of the node: a value was reset. */
export function resetArrow(
  c: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
): void {
  c.strokeStyle = c.fillStyle = colour;
  c.lineWidth = 1.5;
  c.beginPath();
  c.arc(x, y, 3.2, -0.3 * turn, 0.42 * turn);
  c.stroke();
  c.beginPath();
  c.moveTo(x - 4, y - 4.6);
  c.lineTo(x + 0.2, y - 3.4);
  c.lineTo(x - 3, y - 0.6);
  c.fill();
}

export function eventNode(c: CanvasRenderingContext2D, place: Place, facts: NodeFacts, k: Colours): void {
  const { x, y } = place;
  const { view, known, selected } = facts;
  const quiet = known || selected ? k.lane2 : k.lane;
  const loud = known || selected ? k.ink : k.lane2;
  if (selected) selectionDisc(c, place, k);
  if (view.tip) {
    if (!selected) cut(c, x, y, 9);
    c.strokeStyle = k.ok;
    c.lineWidth = 1.5;
    // Inside the selection's ring two rings must stay two.
    disc(c, x, y, selected ? 6.2 : 7.5);
    c.stroke();
  }
  if (!selected && !view.tip) cut(c, x, y, view.stateKey === null && view.parentCount < 2 ? 4.7 : 6.4);
  // After the cut, which would take its middle away.
  if (facts.fork && !selected) forkBar(c, place, known ? k.lane2 : k.lane);
  if (view.verdict === "rejected") {
    cross(c, place, k.bad);
  } else if (view.verdict === "soft-failed") {
    halfRing(c, place, k.warn);
  } else if (view.parentCount > 1) {
    c.lineWidth = 1.75;
    if (view.stateKey === null) {
      c.strokeStyle = quiet;
      disc(c, x, y, 4.6);
      c.stroke();
    } else {
      c.strokeStyle = loud;
      c.strokeRect(x - 4.25, y - 4.25, 8.5, 8.5);
    }
    if ((facts.merge?.conflicted ?? 0) > 0) diamond(c, place, k.warn);
  } else if (view.stateKey === null) {
    c.fillStyle = quiet;
    disc(c, x, y, 3.2);
    c.fill();
  } else {
    c.fillStyle = loud;
    c.fillRect(x - 4, y - 4, 8, 8);
  }
  if ((facts.merge?.resets ?? 0) > 0) {
    cut(c, x + 13, y, 6.5);
    resetArrow(c, x + 13, y, k.bad);
  }
}

export interface GroupFacts {
  selected: boolean;
  /** It is stored in full: nothing below it is read. */
  full: boolean;
  /** It is not in the chain of the selected one. */
  aside: boolean;
}

/** A state group: a square as a state event has, with a floor under it where a chain ends. */
export function groupNode(c: CanvasRenderingContext2D, place: Place, facts: GroupFacts, k: Colours): void {
  const { x, y } = place;
  if (facts.selected) selectionDisc(c, place, k);
  else cut(c, x, y, 6.4);
  c.fillStyle = c.strokeStyle = facts.aside ? k.lane2 : k.ink;
  c.lineWidth = 1.75;
  if (facts.aside) c.strokeRect(x - 3.25, y - 3.25, 6.5, 6.5);
  else c.fillRect(x - 4, y - 4, 8, 8);
  if (facts.full) c.fillRect(x - 7, y + 6, 14, 1.75);
}

/** Stands where a row has not come from the worker yet. */
export function pendingNode(c: CanvasRenderingContext2D, { x, y }: Place, k: Colours): void {
  c.fillStyle = k.lane;
  disc(c, x, y, 2);
  c.fill();
}

/** Three dots along the lane, which goes on through them. */
export function runNode(
  c: CanvasRenderingContext2D,
  place: Place,
  selected: boolean,
  known: boolean,
  k: Colours,
): void {
  const { x, y } = place;
  if (selected) selectionDisc(c, place, k);
  else {
    c.globalCompositeOperation = "destination-out";
    c.fillRect(x - 3, y - 9, 6, 18);
    c.globalCompositeOperation = "source-over";
  }
  c.fillStyle = known || selected ? k.lane2 : k.lane;
  for (const step of [-5, 0, 5]) {
    disc(c, x, y + step, 1.6);
    c.fill();
  }
}

export function gapNode(c: CanvasRenderingContext2D, place: Place, selected: boolean, k: Colours): void {
  if (selected) selectionDisc(c, place, k);
  else cut(c, place.x, place.y, 6.2);
  c.strokeStyle = k.lane2;
  c.lineWidth = 1.5;
  c.setLineDash([2, 1.9]);
  disc(c, place.x, place.y, 4.6);
  c.stroke();
  c.setLineDash([]);
}

export function outlierNode(c: CanvasRenderingContext2D, place: Place, selected: boolean, k: Colours): void {
  const { x, y } = place;
  if (selected) selectionDisc(c, place, k);
  c.strokeStyle = k.lane2;
  c.lineWidth = 1.5;
  c.setLineDash([2, 1.6]);
  c.beginPath();
  c.moveTo(x, y - 5.5);
  c.lineTo(x + 5.5, y);
  c.lineTo(x, y + 5.5);
  c.lineTo(x - 5.5, y);
  c.closePath();
  c.stroke();
  c.setLineDash([]);
}
