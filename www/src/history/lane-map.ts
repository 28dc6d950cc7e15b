// The lanes of the whole room as the minimap draws them: which lanes are in use at each pixel, and by which traced value. All
// edges are looked at, in parts, so that a frame need not wait for a million of them; a row's pixel is worked out once and kept
// while list and height stay the same.
import type { DisplayRows } from "./display.ts";
import { letterCount, type Trace } from "./trace.ts";

/** Lanes with a place of their own; the ones beyond share the last. */
const lanesShown = 5;
/** Lines or edges in a part of the work: a millisecond or two, also where it has not run before. */
const part = 1 << 12;

export class LaneMap {
  /** By line of the history: its pixel. */
  #pixels: Uint16Array | undefined;
  readonly #row: number;
  readonly #height: number;
  readonly #display: DisplayRows;

  /** `height`: pixels that all rows of the list take, `row` of them each. */
  constructor(display: DisplayRows, height: number, row: number) {
    this.#display = display;
    this.#height = Math.ceil(height);
    this.#row = row;
  }

  *#pixelsOf(display: DisplayRows): Generator<undefined, Uint16Array> {
    const pixels = new Uint16Array(display.lines.historyCount);
    for (let line = 0; line < pixels.length; line++) {
      pixels[line] = Math.floor((display.indexOfLine(line) + 0.5) * this.#row);
      if (line % part === part - 1) yield undefined;
    }
    return pixels;
  }

  /**
   * Calls `draw` for each stretch of a lane that is in use and looks the same: by the letter of the traced value that most of it
   * has, from 1; 0 where no value has one. Yields after each part of the work, and draws in the end.
   */
  *stretches(
    trace: Trace | undefined,
    draw: (lane: number, letter: number, from: number, to: number) => void,
  ): Generator<undefined, void> {
    const pixels = (this.#pixels ??= yield* this.#pixelsOf(this.#display));
    const height = this.#height;
    const { lines } = this.#display;
    const { edgeChild, edgeParent, edgeLane } = lines.edges.columns;
    const looks = trace === undefined ? 1 : letterCount + 1;
    // Where edges begin and end, by lane, letter and pixel: the running sum tells where a lane is in use.
    const change = Array.from({ length: lanesShown * looks }, () => new Int32Array(height + 2));
    for (let e = 0; e < edgeChild.length; e++) {
      const a = pixels[edgeChild[e]!]!;
      const b = pixels[edgeParent[e]!]!;
      const letter = trace === undefined ? 0 : trace.letterOf(lines.rowAt(edgeParent[e]!));
      const column = change[Math.min(edgeLane[e]!, lanesShown - 1) * looks + letter]!;
      column[Math.min(a, b)]!++;
      column[Math.max(a, b) + 1]!--;
      if (e % part === part - 1) yield undefined;
    }
    const open = new Int32Array(looks);
    for (let lane = 0; lane < lanesShown; lane++) {
      const columns = change.slice(lane * looks, (lane + 1) * looks);
      open.fill(0);
      let [from, shown] = [0, -1];
      for (let y = 0; y <= height; y++) {
        let most = -1;
        for (let letter = 0; letter < looks; letter++) {
          open[letter]! += columns[letter]![y]!;
          // Grey only where there is nothing else.
          if (open[letter]! > 0 && (most <= 0 || open[letter]! > open[most]!)) most = letter;
        }
        if (y === height) most = -1;
        if (most === shown) continue;
        if (shown >= 0) draw(lane, shown, from, y);
        [from, shown] = [y, most];
      }
    }
  }
}
