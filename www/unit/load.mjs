// The viewer's modules for tests in Node: through Vite, which knows TypeScript.
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

/** Imports a module of src/ by its path there. */
export async function load(path) {
  const file = fileURLToPath(new URL(`../src/${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: "error" });
  return module;
}

/** Numbers from 0 up to `n`, the same in every run. */
export function random(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A layout as the engine gives it: every row but the first has one to three older parents, mostly near. */
export function madeLayout(rows, seed) {
  const next = random(seed);
  const [edgeFrom, edgeTo, edgeLane] = [[], [], []];
  for (let row = 1; row < rows; row++) {
    const parents = new Set();
    for (let k = 0; k <= (next(5) === 0 ? 2 : 0); k++)
      parents.add(row - 1 - (next(50) === 0 ? next(row) : next(Math.min(row, 3))));
    for (const parent of parents) {
      edgeFrom.push(row);
      edgeTo.push(parent);
      edgeLane.push(next(6));
    }
  }
  return {
    eventCount: rows,
    laneCount: 6,
    lane: Uint32Array.from({ length: rows }, () => next(6)),
    edgeFrom: Uint32Array.from(edgeFrom),
    edgeTo: Uint32Array.from(edgeTo),
    edgeLane: Uint32Array.from(edgeLane),
  };
}
