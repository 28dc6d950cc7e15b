// A row's id and numbers: four cells, but one line of text. What a browser lays out and paints costs by the line, and a list that is
// scrolled has thirty of these new in every frame; so the columns are kept by spaces, in a font whose characters are of one width.
import { make, setText } from "../dom.ts";
import { rowTime, shortId, type TimeSpan } from "../format.ts";
import type { RowView } from "../protocol.ts";

/** The columns in their order, with the characters that each has: the space before its words, or behind them, is among these. */
export const numberColumns = { id: 8, depth: 8, stream: 9, time: 13 } as const;

export type NumberColumn = keyof typeof numberColumns;

export function isNumberColumn(column: string): column is NumberColumn {
  return column in numberColumns;
}

/** A number as its column has place for it: large ones by their magnitude, "9.0e15". */
export function fit(n: number, column: NumberColumn): string {
  const text = String(n).replace("-", "−");
  return text.length < numberColumns[column] ? text : n.toExponential(1).replace("e+", "e").replace("-", "−");
}

/** What of an id stands in a row: what is wider or narrower than a letter of Latin, or turns the line around, is a dot there. */
function plain(id: string): string {
  return shortId(id).replace(/[^!-~]/gu, "·");
}

function cell(column: NumberColumn, ...children: Node[]): HTMLElement {
  return make("span", { class: `cell ${column}`, role: "gridcell" }, ...children);
}

function right(text: string, column: NumberColumn): string {
  return text.padStart(numberColumns[column]);
}

export class NumberCells {
  readonly #unique = document.createTextNode("");
  readonly #rest = make("span", { class: "rest" });
  readonly #depth = cell("depth");
  readonly #stream = cell("stream");
  readonly #time = cell("time");
  readonly element = make(
    "div",
    { class: "numbers mono", role: "presentation" },
    cell("id", this.#unique, this.#rest),
    this.#depth,
    this.#stream,
    this.#time,
  );

  show(view: RowView, span: TimeSpan): void {
    const id = plain(view.eventId);
    this.#write(id.slice(0, view.unique), id.slice(view.unique));
    setText(this.#depth, right(fit(view.depth, "depth"), "depth"));
    setText(this.#stream, right(fit(view.stream, "stream"), "stream"));
    setText(this.#time, right(rowTime(view.ts, span), "time"));
  }

  /** An id alone, or nothing. */
  showId(id: string): void {
    this.#write(plain(id), "");
    for (const [cell, column] of [
      [this.#depth, "depth"],
      [this.#stream, "stream"],
      [this.#time, "time"],
    ] as const) {
      setText(cell, right("", column));
    }
  }

  #write(unique: string, rest: string): void {
    if (this.#unique.data !== unique) this.#unique.data = unique;
    setText(this.#rest, rest.padEnd(numberColumns.id - unique.length));
  }
}
