// Where the list stands. Browsers refuse elements higher than some ten to thirty million pixels, which is less than a million
// rows; so the spacer that gives the scrollbar its size is capped and the scrollbar's position is scaled to the list's. Wheel
// and keys move by real pixels all the same. Row offsets for the text and for the canvas come from here and nowhere else.

/** The highest spacer: under the limit of every browser, also for transformed parts. */
export const spacerLimit = 8_000_000;

export class ScrollModel {
  #count = 0;
  #rowHeight = 24;
  #viewHeight = 0;
  #top = 0;

  /** Pixels between the top of the first row and the top of the window. */
  get top(): number {
    return this.#top;
  }

  get count(): number {
    return this.#count;
  }

  get rowHeight(): number {
    return this.#rowHeight;
  }

  get viewHeight(): number {
    return this.#viewHeight;
  }

  get contentHeight(): number {
    return this.#count * this.#rowHeight;
  }

  get maxTop(): number {
    return Math.max(0, this.contentHeight - this.#viewHeight);
  }

  get spacerHeight(): number {
    return Math.min(this.contentHeight, spacerLimit);
  }

  /** True if the scrollbar's pixels are not the list's. */
  get scaled(): boolean {
    return this.contentHeight > spacerLimit;
  }

  /** Takes new measures; the row at the top of the window stays there. */
  resize(count: number, rowHeight: number, viewHeight: number): void {
    const topRow = this.#top / this.#rowHeight;
    this.#count = count;
    this.#rowHeight = rowHeight;
    this.#viewHeight = viewHeight;
    this.moveTo(topRow * rowHeight);
  }

  moveTo(top: number): void {
    this.#top = Math.max(0, Math.min(this.maxTop, top));
  }

  /** The scrollbar's position for where the list is. */
  get barPosition(): number {
    if (!this.scaled) return this.#top;
    return (this.#top / this.maxTop) * (this.spacerHeight - this.#viewHeight);
  }

  /** Follows the scrollbar. */
  moveToBar(position: number): void {
    this.moveTo(this.scaled ? (position / (this.spacerHeight - this.#viewHeight)) * this.maxTop : position);
  }

  /** The top edge of a row, in pixels from the top of the window. */
  offset(index: number): number {
    return index * this.#rowHeight - this.#top;
  }

  /** The row at a distance from the top of the window. */
  indexAt(y: number): number {
    return Math.floor((y + this.#top) / this.#rowHeight);
  }

  /** First and last row of which anything is in the window; last < first if there is none. */
  window(): [first: number, last: number] {
    const first = Math.max(0, this.indexAt(0));
    const last = Math.min(this.#count - 1, Math.ceil((this.#top + this.#viewHeight) / this.#rowHeight) - 1);
    return [first, last];
  }

  /** Moves as little as needed for a row to be wholly in the window, `margin` rows from its edges where there is room. */
  reveal(index: number, margin = 0): void {
    const keep = Math.min(margin * this.#rowHeight, Math.max(0, (this.#viewHeight - this.#rowHeight) / 2));
    const y = this.offset(index);
    if (y < keep) this.moveTo(this.#top + y - keep);
    else if (y + this.#rowHeight + keep > this.#viewHeight)
      this.moveTo(this.#top + y + this.#rowHeight + keep - this.#viewHeight);
  }

  /** Brings a far row to a third of the window, so that what comes after it is seen as well. */
  center(index: number): void {
    const y = this.offset(index);
    if (y < 0 || y + this.#rowHeight > this.#viewHeight) this.moveTo(index * this.#rowHeight - this.#viewHeight / 3);
  }
}
