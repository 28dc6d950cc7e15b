// How fast the list moves. A list that is flung holds some things still until it settles; and where whole windows go by in one frame
// each, which nobody reads, the rows come in every other frame if that is what keeps the frames in time.

/** Rows a frame beyond which the list counts as flung, and how long after that it settles. */
const flingRows = 3;
const settleMs = 120;
/** A frame took longer than the screen shows one, at the usual sixty a second. */
const lateMs = 17.5;

export class Pace {
  readonly #settled: () => void;
  #top = 0;
  #frameAt = -Infinity;
  #flungAt = -Infinity;
  #timer = 0;
  /** The last frame showed other rows than the one before it, all of them. */
  #showedOthers = false;

  /** `settled` is called when a list that was flung has come to rest. */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Notes where the list stands in this frame; returns whether its rows are to wait for the next. */
  frame(now: number, top: number, rowHeight: number, viewHeight: number): boolean {
    const moved = Math.abs(top - this.#top);
    this.#top = top;
    if (moved > flingRows * rowHeight) {
      this.#flungAt = now;
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(this.#settled, settleMs);
    }
    const others = moved >= viewHeight;
    const waits = others && this.#showedOthers && now - this.#frameAt > lateMs;
    this.#showedOthers = others && !waits;
    this.#frameAt = now;
    return waits;
  }

  /** Whether the list is flung, or was a moment ago. */
  flung(now: number): boolean {
    return now - this.#flungAt < settleMs;
  }
}
