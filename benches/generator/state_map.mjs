/**
 * The state of one branch: slot to value, persistent, so that a fork costs nothing and a merge looks only at what differs.
 * A radix tree of fixed height over dense slots, 32 ways; every write copies one path. Slots are numbered by the caller.
 */

const BITS = 5;
const WAYS = 1 << BITS;
const LEVELS = 4;

/** Slots that fit: enough for a million members. */
export const CAPACITY = WAYS ** LEVELS;

export const EMPTY = undefined;

export function get(root, slot) {
  let node = root;
  for (let shift = BITS * (LEVELS - 1); node !== undefined && shift >= 0; shift -= BITS) {
    node = node[(slot >>> shift) & (WAYS - 1)];
  }
  return node;
}

export function set(root, slot, value) {
  const newRoot = copy(root);
  let node = newRoot;
  for (let shift = BITS * (LEVELS - 1); shift > 0; shift -= BITS) {
    const way = (slot >>> shift) & (WAYS - 1);
    node[way] = copy(node[way]);
    node = node[way];
  }
  node[slot & (WAYS - 1)] = value;
  return newRoot;
}

/** Both states in one: where they differ, `winner(a, b)` decides between two values; a value against none stands. */
export function merge(a, b, winner, level = LEVELS) {
  if (a === b || b === undefined) return a;
  if (a === undefined) return b;
  if (level === 0) return winner(a, b);
  let merged = a;
  for (let way = 0; way < WAYS; way++) {
    const child = merge(a[way], b[way], winner, level - 1);
    if (child === a[way]) continue;
    if (merged === a) merged = a.slice();
    merged[way] = child;
  }
  return merged;
}

function copy(node) {
  return node === undefined ? new Array(WAYS).fill(undefined) : node.slice();
}
