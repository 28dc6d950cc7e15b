// Lanes for a graph of lines, as the engine lays out that of all events: a first parent keeps its child's lane down to the
// parent's line, where all lanes that meet there close into the leftmost; a further parent joins the lane that waits for it
// already, else takes the first free one.

/** The lowest number first. */
class Heap {
  readonly #all: number[] = [];

  push(value: number): void {
    const all = this.#all;
    let at = all.length;
    for (; at > 0 && all[(at - 1) >> 1]! > value; at = (at - 1) >> 1) all[at] = all[(at - 1) >> 1]!;
    all[at] = value;
  }

  pop(): number | undefined {
    const all = this.#all;
    const least = all[0];
    const last = all.pop();
    if (last === undefined || all.length === 0) return least;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= all.length) break;
      if (below + 1 < all.length && all[below + 1]! < all[below]!) below++;
      if (all[below]! >= last) break;
      all[at] = all[below]!;
      at = below;
    }
    all[at] = last;
    return least;
  }
}

const none = 0xffff_ffff;

/** Edges are in the order of their children; a line of which `isNode` is false has none and takes no lane. */
export function assignLanes(
  edgeFrom: Uint32Array,
  edgeTo: Uint32Array,
  lineCount: number,
  isNode: (line: number) => boolean,
): { lane: Uint32Array; edgeLane: Uint32Array; laneCount: number } {
  const lane = new Uint32Array(lineCount);
  const edgeLane = new Uint32Array(edgeFrom.length);
  /** By line: a lane that waits for it; by lane: another that waits for the same. */
  const waiting = new Uint32Array(lineCount).fill(none);
  const another: number[] = [];
  const free = new Heap();
  let laneCount = 0;
  const take = (): number => free.pop() ?? laneCount++;
  const wait = (for_: number, in_: number): void => {
    another[in_] = waiting[for_]!;
    waiting[for_] = in_;
  };
  const leftmost = (line: number): number => {
    let least = none;
    for (let each = waiting[line]!; each !== none; each = another[each]!) least = Math.min(least, each);
    return least;
  };
  let end = edgeFrom.length;
  for (let line = lineCount - 1; line >= 0; line--) {
    if (!isNode(line)) continue;
    const own = waiting[line] === none ? take() : leftmost(line);
    lane[line] = own;
    for (let each = waiting[line]!; each !== none; each = another[each]!) if (each !== own) free.push(each);
    let start = end;
    while (start > 0 && edgeFrom[start - 1] === line) start--;
    for (let e = start; e < end; e++) {
      const to = edgeTo[e]!;
      if (e === start) {
        edgeLane[e] = own;
        wait(to, own);
      } else if (waiting[to] !== none) {
        edgeLane[e] = leftmost(to);
      } else {
        const next = take();
        edgeLane[e] = next;
        wait(to, next);
      }
    }
    if (start === end) free.push(own);
    end = start;
  }
  return { lane, edgeLane, laneCount };
}
