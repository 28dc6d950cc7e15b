// A stored state drawn on one axis: a column a slot, a layer a line, the newest on top. One reads down a column to the first
// filled square. Snapshots are drawn so, and whatever else is a stack of layers over the same slots can be drawn below them.
import { button, make } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Layer, Row, Slot, Square } from "../protocol.ts";
import { slotName, slotTitle } from "./slots.ts";

export interface LayerActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
}

/** A stack of layers and how it is spoken of. */
export interface Stack {
  /** e.g. "Snapshot 607". */
  title: string;
  note: string;
  /** What one layer is called. */
  unit: string;
  layers: readonly Layer[];
  /** As many layers in a row from which nothing is read become one line. */
  foldFrom: number;
  /** Right of a layer: what becomes of it elsewhere. */
  end(layer: Layer): string;
  /** Goes to the layer's row in its table. */
  open(layer: Layer): void;
}

/** The names of the columns, and the slot that the event itself set in blue. */
export function axis(slots: readonly Slot[], own: number | undefined): HTMLElement {
  const head = make(
    "div",
    { class: "axis" },
    make("p", { class: "how" }, "one column a slot: read down to the first filled square"),
  );
  const names = make("div", { class: "names" });
  slots.forEach((slot, column) => {
    const name = make("span", { class: "slot foreign", title: slotTitle(slot) }, slotName(slot));
    name.classList.toggle("own", column === own);
    name.style.setProperty("--at", String(column));
    names.append(name);
  });
  head.append(names);
  return head;
}

export function stack(
  { title, note, unit, layers, foldFrom, end, open }: Stack,
  slots: readonly Slot[],
  acts: LayerActs,
) {
  const list = make("ol", { class: "layers", "aria-label": `${title}, its ${unit}s from the newest` });
  let folded: Layer[] = [];
  const unfold = (): void => {
    if (folded.length >= foldFrom)
      list.append(make("li", { class: "fold" }, `⋮ ${counted(folded.length, unit)}, nothing read`));
    else for (const layer of folded) list.append(line(layer));
    folded = [];
  };
  const line = (layer: Layer): HTMLElement => layerLine(layer, unit, end(layer), slots, () => open(layer), acts);
  for (const layer of layers) {
    if (layer.hidden === 0 && !layer.fresh && layer.squares.every((square) => !square.read)) {
      folded.push(layer);
      continue;
    }
    unfold();
    list.append(line(layer));
  }
  unfold();
  return make("section", { class: "stack" }, make("h3", {}, title, make("span", { class: "note" }, note)), list);
}

function layerLine(
  layer: Layer,
  unit: string,
  end: string,
  slots: readonly Slot[],
  open: () => void,
  acts: LayerActs,
): HTMLElement {
  const strip = make("div", { class: "strip", "aria-hidden": "true" });
  for (const square of layer.squares) strip.append(squareMark(square, slots[square.column], acts));
  const more = layer.hidden === 0 ? "" : `, ${count(layer.hidden)} read without a column`;
  const told = layer.squares.map((square) => squareWords(square, slots[square.column])).join(", ");
  return make(
    "li",
    { class: layer.fresh ? "layer fresh" : "layer" },
    button({ class: "plain nid", title: `${unit} ${layer.nid} in its table` }, open, `${unit} ${layer.nid}`),
    make("span", { class: "rows" }, `${counted(layer.total, "row")}${more}`),
    strip,
    make("span", { class: "told" }, told),
    make("span", { class: "end" }, end),
  );
}

function squareWords({ read, own }: Square, slot: Slot | undefined): string {
  const name = slot === undefined ? "" : slotName(slot);
  return `${name}: ${own ? "added by this event" : read ? "read" : "overridden"}`;
}

function squareMark(square: Square, slot: Slot | undefined, acts: LayerActs): HTMLElement {
  const mark = make("span", {
    class: `square-mark ${square.own ? "own" : square.read ? "read" : "over"}`,
    title: slot === undefined ? "" : slotTitle(slot),
  });
  mark.style.setProperty("--at", String(square.column));
  mark.addEventListener("click", () => acts.go(square.row));
  mark.addEventListener("pointerenter", () => acts.hover(square.row));
  mark.addEventListener("pointerleave", () => acts.hover(undefined));
  return mark;
}
