// The elements of the rows in the window: as many as fit, each filled again when its row has left. They stand where they belong in a
// stretch of the list, which is moved as a whole, so that a row that stays is not touched.
import { make } from "../dom.ts";
import { RowElement, type RowState } from "./row.ts";
import type { ScrollModel } from "./scroll.ts";

/** Rows in a row that keep their place while the list moves: few enough for pixels to be exact. */
const rowsInStretch = 4096;

export class RowPool {
  readonly element = make("div", { class: "rows", role: "rowgroup" });
  readonly #rows: RowElement[] = [];
  /** Shows the selected row while it is outside the window: whoever listens to the list must find it in the document. */
  readonly #far = new RowElement();
  #at = NaN;

  constructor() {
    this.element.append(this.#far.element);
    this.#far.hide();
  }

  /** How many rows have elements: one more than fit, so that a row has the same element while it scrolls through. */
  static size(scroll: ScrollModel): number {
    return Math.ceil(scroll.viewHeight / scroll.rowHeight) + 1;
  }

  /**
   * Shows the rows `first` to `last` as `state` tells, and the selected one wherever it is; -1: there is none. Those that could not
   * be filled before `until` are left out; false if there are any.
   */
  show(
    scroll: ScrollModel,
    first: number,
    last: number,
    selected: number,
    state: (index: number) => RowState,
    until = Infinity,
  ): boolean {
    while (this.#rows.length < RowPool.size(scroll)) {
      const row = new RowElement();
      this.#rows.push(row);
      this.element.append(row.element);
    }
    const stretch = first - (first % rowsInStretch);
    const from = scroll.offset(stretch);
    if (from !== this.#at) this.element.style.transform = `translateY(${from}px)`;
    this.#at = from;
    const used = this.#rows.length;
    let all = true;
    for (let index = first; index < first + used; index++) {
      const row = this.#rows[index % used]!;
      if (index > last) row.hide();
      else if (!all || (until !== Infinity && performance.now() > until)) {
        all = false;
        row.hide();
      } else row.show(state(index), (index - stretch) * scroll.rowHeight);
    }
    if (selected < 0 || (selected >= first && selected <= last)) {
      this.#far.hide();
      return all;
    }
    const outside = selected < first ? -2 * scroll.rowHeight : scroll.viewHeight + scroll.rowHeight;
    this.#far.show(state(selected), outside - from);
    return all;
  }
}
