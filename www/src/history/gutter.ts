// The width of the lanes. Text starts right of the widest lane in the window, eased when that changes, and held still while the
// list is flung, so that nobody has to read text that moves in two directions.

const easeMs = 120;

export class Gutter {
  #width = 0;
  #from = 0;
  #target = 0;
  #since = 0;
  #fresh = true;

  /** Forgets the past: the next width is taken at once. */
  reset(): void {
    this.#fresh = true;
  }

  get moving(): boolean {
    return this.#width !== this.#target;
  }

  /** The width at this moment on the way to `target`. `hold` keeps it where it is going; `still` goes there at once. */
  step(target: number, now: number, hold: boolean, still: boolean): number {
    if (this.#fresh || still) {
      this.#fresh = false;
      this.#width = this.#target = this.#from = target;
      return target;
    }
    if (!hold && target !== this.#target) {
      this.#from = this.#width;
      this.#target = target;
      this.#since = now;
    }
    const share = Math.min(1, (now - this.#since) / easeMs);
    const eased = 1 - (1 - share) ** 3;
    this.#width = share >= 1 ? this.#target : Math.round(this.#from + (this.#target - this.#from) * eased);
    return this.#width;
  }
}
