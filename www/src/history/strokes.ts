// The looks of edges: by the letter of the traced value, by whether the selection knows it, and by whether it leads past events
// that are left out. Edges of one look are drawn together, those that the selection does not know first.
import type { Colours } from "./colours.ts";
import { letterCount, letterDashes } from "./trace.ts";

export interface EdgeLook {
  /** From 1; 0 where nothing is traced, or the value has no letter. */
  letter: number;
  known: boolean;
  indirect: boolean;
}

const indirectDash = [2, 4];
/** What the selection does not know is as faint as the plain lanes outside its past. */
const unknownShare = 0.38;

function place({ letter, known, indirect }: EdgeLook): number {
  return (known ? 2 : 0) * (letterCount + 1) + 2 * letter + (indirect ? 1 : 0);
}

export class Strokes {
  readonly #paths: (Path2D | undefined)[] = [];

  /** The path that edges of one look are added to. */
  of(look: EdgeLook): Path2D {
    return (this.#paths[place(look)] ??= new Path2D());
  }

  draw(c: CanvasRenderingContext2D, k: Colours): void {
    const colours = ["", k.va, k.vb, k.vc, k.vd];
    for (const known of [false, true]) {
      for (let letter = 0; letter <= letterCount; letter++) {
        for (const indirect of [false, true]) {
          const path = this.#paths[place({ letter, known, indirect })];
          if (path === undefined) continue;
          c.strokeStyle = letter === 0 ? (known ? k.lane2 : k.lane) : colours[letter]!;
          c.lineWidth = letter !== 0 && known ? 2.25 : 1.5;
          c.globalAlpha = letter !== 0 && !known ? unknownShare : 1;
          c.setLineDash(indirect ? indirectDash : letterDashes[letter]!);
          c.stroke(path);
        }
      }
    }
    c.globalAlpha = 1;
    c.setLineDash([]);
  }
}
