// A small graph as a list with lanes, drawn like the history and by the same shapes: a row a node, the newest on top. Only the rows
// in the window have elements. It has the focus as one thing; its keys move a row, and enter goes where the row leads.
import { make, oncePerFrame, setText } from "../dom.ts";
import { shortId, splitUser } from "../format.ts";
import { type Colours, readColours } from "../history/colours.ts";
import { type LaneMetrics, laneX, traceEdge } from "../history/geometry.ts";
import { eventNode, groupNode } from "../history/nodes.ts";
import { Painter } from "../history/painter.ts";
import { tags } from "../history/row.ts";
import type { LinkedGraph, LinkedNode, Row } from "../protocol.ts";

export interface LaneListActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
  /** Shows a group's row in its table. */
  openGroup(nid: number): void;
}

const rowHeight = 24;
const laneWidth = 14;
const lanesAtMost = 12;

export class LaneList {
  readonly element: HTMLElement;
  readonly #acts: LaneListActs;
  readonly #canvas = make("canvas");
  readonly #painter = new Painter(this.#canvas);
  readonly #window: HTMLElement;
  readonly #spacer = make("div", { class: "spacer", role: "presentation" });
  /** By index in the list. */
  readonly #rows = new Map<number, HTMLElement>();
  #colours: Colours = readColours();
  #graph: LinkedGraph | undefined;
  #active = 0;
  /** Whether enter means the number at the row's end. */
  #atEnd = false;
  #hovered: Row | undefined;
  readonly #refresh = oncePerFrame(() => this.#render());

  constructor(acts: LaneListActs) {
    this.#acts = acts;
    this.#window = make(
      "div",
      { class: "lane-window", role: "rowgroup" },
      make("div", { class: "lanes", role: "presentation" }, this.#canvas),
    );
    this.element = make(
      "div",
      { class: "lane-list", role: "grid", tabindex: 0, "data-scrolls": true, "aria-readonly": "true" },
      this.#window,
      this.#spacer,
    );
    this.element.addEventListener("scroll", () => this.#refresh(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", (event) => this.#click(event));
    this.element.addEventListener("pointermove", (event) => this.#hover(this.#indexAt(event)));
    this.element.addEventListener("pointerleave", () => this.#hover(undefined));
    new ResizeObserver(() => this.#refresh()).observe(this.element);
    new MutationObserver(() => {
      this.#colours = readColours();
      this.#refresh();
    }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  show(graph: LinkedGraph, label: string): void {
    this.#graph = graph;
    this.#atEnd = false;
    this.#active = this.#indexOf(graph.selected);
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-rowcount", String(graph.nodes.length));
    this.element.style.setProperty(
      "--linked-lanes",
      `${22 + Math.min(graph.lanes.laneCount - 1, lanesAtMost) * laneWidth + 12}px`,
    );
    this.#spacer.style.height = `${graph.nodes.length * rowHeight}px`;
    this.element.scrollTop = Math.max(0, (this.#active - 6) * rowHeight);
    this.#refresh();
  }

  /** Lights the row of an event that is hovered elsewhere. */
  light(row: Row | undefined): void {
    if (row === this.#hovered) return;
    this.#hovered = row;
    if (this.#graph !== undefined && this.element.isConnected) this.#refresh();
  }

  #indexOf(place: number): number {
    return (this.#graph?.nodes.length ?? 0) - 1 - place;
  }

  #node(index: number): LinkedNode | undefined {
    return this.#graph?.nodes[this.#indexOf(index)];
  }

  #render(): void {
    const graph = this.#graph;
    if (graph === undefined) return;
    const height = this.element.clientHeight;
    const top = this.element.scrollTop;
    this.#window.style.height = `${height}px`;
    this.#spacer.style.marginTop = `${-height}px`;
    const first = Math.max(0, Math.floor(top / rowHeight));
    const last = Math.min(graph.nodes.length - 1, Math.ceil((top + height) / rowHeight));
    for (const [index, row] of this.#rows) {
      if (index >= first && index <= last) continue;
      row.remove();
      this.#rows.delete(index);
    }
    for (let index = first; index <= last; index++) this.#fill(index, index * rowHeight - top);
    if (this.#rows.has(this.#active)) this.element.setAttribute("aria-activedescendant", `linked-${this.#active}`);
    else this.element.removeAttribute("aria-activedescendant");
    this.#paint(graph, top, height, first, last);
  }

  #fill(index: number, y: number): void {
    const node = this.#node(index);
    if (node === undefined) return;
    let row = this.#rows.get(index);
    if (row === undefined) {
      row = rowOf(node, index);
      this.#rows.set(index, row);
      this.#window.append(row);
    }
    row.style.transform = `translateY(${y}px)`;
    const active = index === this.#active;
    row.setAttribute("aria-selected", String(active));
    row.classList.toggle("hover", node.view !== undefined && node.view.row === this.#hovered);
    row.querySelector(".end")?.classList.toggle("chosen", active && this.#atEnd);
  }

  #paint(graph: LinkedGraph, top: number, height: number, first: number, last: number): void {
    const { edgeFrom, edgeTo, edgeLane, lane, laneCount } = graph.lanes;
    const width = 22 + Math.min(laneCount - 1, lanesAtMost) * laneWidth + 12;
    this.#painter.resize(width, height);
    const c = this.#painter.begin();
    const m: LaneMetrics = { width: laneWidth, first: 16, rowHeight, viewHeight: height, cap: lanesAtMost };
    const y = (place: number): number => this.#indexOf(place) * rowHeight - top + rowHeight / 2;
    const quiet = new Path2D();
    const lit = new Path2D();
    const activePlace = this.#indexOf(this.#active);
    for (let e = 0; e < edgeFrom.length; e++) {
      const [child, parent] = [edgeFrom[e]!, edgeTo[e]!];
      if (this.#indexOf(child) > last || this.#indexOf(parent) < first) continue;
      const path = child === activePlace || parent === activePlace ? lit : quiet;
      const ends = { childLane: lane[child]!, childY: y(child), parentLane: lane[parent]!, parentY: y(parent) };
      traceEdge(path, { ...ends, lane: edgeLane[e]! }, m);
    }
    c.lineWidth = 1.5;
    c.strokeStyle = this.#colours.lane2;
    c.stroke(quiet);
    c.lineWidth = 2.25;
    c.strokeStyle = this.#colours.ink3;
    c.stroke(lit);
    for (let index = first; index <= last; index++) {
      const node = this.#node(index);
      const place = this.#indexOf(index);
      const at = { x: laneX(lane[place]!, m), y: y(place), childSide: -1 as const };
      const selected = place === graph.selected;
      if (node?.group !== undefined)
        groupNode(
          c,
          at,
          { selected, full: node.group.previous === 0, aside: node.group.hop === undefined },
          this.#colours,
        );
      else if (node?.view !== undefined)
        eventNode(c, at, { view: node.view, selected, known: true, fork: false }, this.#colours);
    }
  }

  #indexAt(event: MouseEvent): number | undefined {
    const y = event.clientY - this.element.getBoundingClientRect().top + this.element.scrollTop;
    const index = Math.floor(y / rowHeight);
    return this.#node(index) === undefined ? undefined : index;
  }

  #hover(index: number | undefined): void {
    const row = index === undefined ? undefined : this.#node(index)?.view?.row;
    this.light(row);
    this.#acts.hover(row);
  }

  #click(event: MouseEvent): void {
    const index = this.#indexAt(event);
    if (index === undefined) return;
    this.#active = index;
    this.#atEnd = event.target instanceof Element && event.target.closest(".end") !== null;
    this.#refresh();
    this.#follow();
  }

  /** Goes where the active row leads. */
  #follow(): void {
    const node = this.#node(this.#active);
    if (this.#atEnd && node?.group !== undefined) this.#acts.openGroup(node.group.nid);
    else if (node?.view !== undefined) this.#acts.go(node.view.row);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 1);
    const count = this.#graph?.nodes.length ?? 0;
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#move(this.#active + 1),
      ArrowUp: () => this.#move(this.#active - 1),
      PageDown: () => this.#move(this.#active + page),
      PageUp: () => this.#move(this.#active - page),
      Home: () => this.#move(0),
      End: () => this.#move(count - 1),
      ArrowRight: () => (this.#atEnd = true),
      ArrowLeft: () => (this.#atEnd = false),
      Enter: () => this.#follow(),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
    this.#refresh();
  }

  #move(index: number): void {
    this.#active = Math.max(0, Math.min((this.#graph?.nodes.length ?? 1) - 1, index));
    const y = this.#active * rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (y < scrollTop) this.element.scrollTop = y;
    else if (y + rowHeight > scrollTop + clientHeight) this.element.scrollTop = y + rowHeight - clientHeight;
    const row = this.#node(this.#active)?.view?.row;
    this.#hovered = row;
    this.#acts.hover(row);
  }
}

function rowOf({ view, group }: LinkedNode, index: number): HTMLElement {
  const cell = (name: string, ...parts: (Node | string)[]): HTMLElement =>
    make("div", { class: `cell ${name}`, role: "gridcell" }, ...parts);
  const what =
    view === undefined
      ? [make("span", { class: "text note" }, "made for no event that is held")]
      : [
          make("span", { class: "label foreign" }, view.summary.label),
          make("span", { class: `text foreign${view.summary.code ? " code" : ""}` }, view.summary.text),
        ];
  const row = make(
    "div",
    {
      class: group !== undefined && group.hop === undefined ? "linked-row aside" : "linked-row",
      role: "row",
      id: `linked-${index}`,
      "aria-rowindex": index + 1,
    },
    cell("graph"),
    cell("event", ...what, ...(group === undefined && view !== undefined ? tags(view) : [])),
  );
  const graph = row.firstElementChild;
  if (group === undefined) {
    if (view === undefined) return row;
    graph?.setAttribute("aria-label", view.verdict === "accepted" ? "auth event" : `auth event, ${view.verdict}`);
    row.append(cell("who foreign", splitUser(view.sender)[0]), cell("end mono", shortId(view.eventId)));
    return row;
  }
  const { nid, previous, hop, rows, events } = group;
  graph?.setAttribute("aria-label", previous === 0 ? "stored in full" : `stands on group ${previous}`);
  const place = hop === undefined ? "beside" : previous === 0 ? "in full" : hop === 0 ? "" : `hop ${hop}`;
  const count = make("span", {});
  setText(count, `${rows} ${rows === 1 ? "row" : "rows"} · ${events} ${events === 1 ? "event" : "events"}`);
  row.append(cell("who", place), cell("counts", count), cell("end mono", String(nid)));
  return row;
}
