/**
 * The branches of a room: what the next events can build on, each with the state there, and how states come together.
 * Several servers write at once, so a branch can be built on twice (a fork) and branches are joined (a merge).
 *
 * A state value is `{ id, hash, at, ts, version, old, levelsVersion, isPower, … }`: the event, its place in the room, how often
 * its slot had been set before on that branch, what it replaced, and under which power levels it was sent.
 */

import { EMPTY, merge } from "./state_map.mjs";

const MOST_TIPS = 6;
const FORK = 0.08;
const MERGE = 0.085;
const THREE_PARENTS = 0.1;

export class Branches {
  #random;
  /** `{ heads, root, extended }`; an extended one has a child, and can be built on but not merged. */
  #open = [];

  constructor(random) {
    this.#random = random;
  }

  /** Whether what `next` just gave was all there is. */
  get none() {
    return this.#open.length === 0;
  }

  /** Where the next event goes: `{ heads, root }`, heads being the parents. `quiet`: no fork, no merge. */
  next(quiet) {
    if (this.#open.length === 0) return { heads: [], root: EMPTY };
    const random = this.#random;
    if (!quiet && random.chance(MERGE)) {
      const merged = this.#merge(random.chance(THREE_PARENTS) ? 3 : 2);
      if (merged !== undefined) return merged;
    }
    const index = random.below(this.#open.length);
    const branch = this.#open[index];
    if (!quiet && this.#open.length < MOST_TIPS && random.chance(FORK)) branch.extended = true;
    else this.#open.splice(index, 1);
    return branch;
  }

  /** A new event on what `next` gave. */
  grow(head, root) {
    this.#open.push({ heads: [head], root, extended: false });
  }

  #merge(count) {
    const free = this.#open.filter((branch) => !branch.extended);
    if (free.length < 2) return undefined;
    while (free.length > count) free.splice(this.#random.below(free.length), 1);
    this.#open = this.#open.filter((branch) => !free.includes(branch));
    return {
      heads: free.flatMap((branch) => branch.heads),
      root: free.map((branch) => branch.root).reduce((a, b) => merge(a, b, winner)),
    };
  }
}

/**
 * What resolution would choose, nearly always, without its cost: what came after the other; else a ban; else an act of
 * power loses to what is checked after it; else the newer power levels, the later time, the greater id.
 */
function winner(a, b) {
  if (follows(a, b)) return a;
  if (follows(b, a)) return b;
  if ((a.membership === "ban") !== (b.membership === "ban")) return a.membership === "ban" ? a : b;
  if (a.isPower !== b.isPower) return a.isPower ? b : a;
  const order = a.levelsVersion - b.levelsVersion || a.ts - b.ts || (a.id < b.id ? -1 : 1);
  return order > 0 ? a : b;
}

function follows(later, earlier) {
  let value = later;
  while (value !== undefined && value.version > earlier.version) value = value.old;
  return value === earlier;
}
