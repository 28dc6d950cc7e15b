// The lanes of the whole room as the minimap draws them: which lanes are in use at each pixel, and by which traced value. All
// edges are looked at, so a row's pixel is worked out once and kept while list and height stay the same.
import type { DisplayRows } from "./display.ts";
import { letterCount, type Trace } from "./trace.ts";

/** Lanes with a place of their own; the ones beyond share the last. */
const lanesShown = 5;

export class LaneMap {
  /** By line of the history: its pixel. */
  readonly #pixels: Uint16Array;
  readonly #height: number;
  readonly #display: DisplayRows;

  /** `height`: pixels that all rows of the list take, `row` of them each. */
  constructor(display: DisplayRows, height: number, row: number) {
    this.#display = display;
    this.#height = Math.ceil(height);
    this.#pixels = Uint16Array.from({ length: display.lines.historyCount }, (_, line) =>
      Math.floor((display.indexOfLine(line) + 0.5) * row),
    );
  }

  /**
   * Calls `draw` for each stretch of a lane that is in use and looks the same: by the letter of the traced value that most of it
   * has, from 1; 0 where no value has one.
   */
  stretches(trace: Trace | undefined, draw: (lane: number, letter: number, from: number, to: number) => void): void {
    const { lines } = this.#display;
    const { edgeChild, edgeParent, edgeLane } = lines.edges.columns;
    const [pixels, height] = [this.#pixels, this.#height];
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
