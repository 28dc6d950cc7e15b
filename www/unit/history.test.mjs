// Rows, scrolling, edges and ancestors against the plain way to work each of them out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, madeLayout, random } from "./load.mjs";

const { ScrollModel, spacerLimit } = await load("history/scroll.ts");
const { Edges } = await load("history/edges.ts");
const { Moment } = await load("history/moment.ts");
const { traceEdge } = await load("history/geometry.ts");
const { Gutter } = await load("history/gutter.ts");
const { graphColumns } = await load("worker/columns.ts");

test("ten million rows: the last is reached, each can be shown, wheel and scrollbar agree", () => {
  const scroll = new ScrollModel();
  const [rows, height] = [10_000_000, 700];
  scroll.resize(rows, 24, height);
  assert.ok(scroll.scaled);
  assert.ok(scroll.spacerHeight <= spacerLimit);
  scroll.moveToBar(scroll.spacerHeight - height);
  assert.equal(scroll.window()[1], rows - 1);
  assert.equal(scroll.offset(rows - 1) + 24, height);
  for (const index of [0, 1, 4_999_999, rows - 2, rows - 1]) {
    scroll.reveal(index, 1);
    const y = scroll.offset(index);
    assert.ok(y >= 0 && y + 24 <= height, `row ${index} at ${y}`);
    assert.ok(scroll.barPosition >= 0 && scroll.barPosition <= scroll.spacerHeight - height);
  }
  scroll.moveTo(1_000_000 * 24);
  const before = scroll.window()[0];
  scroll.moveTo(scroll.top + 240);
  assert.equal(scroll.window()[0], before + 10);
  const { top } = scroll;
  scroll.moveToBar(scroll.barPosition);
  assert.ok(Math.abs(scroll.top - top) < 1);
});

test("a list that fits does not scroll, and keeps its top row when rows grow", () => {
  const scroll = new ScrollModel();
  scroll.resize(10, 24, 700);
  scroll.moveTo(100);
  assert.equal(scroll.top, 0);
  assert.deepEqual(scroll.window(), [0, 9]);
  scroll.resize(0, 24, 700);
  assert.ok(scroll.window()[1] < scroll.window()[0]);
  scroll.resize(1000, 24, 700);
  scroll.moveTo(24 * 100);
  scroll.resize(1000, 44, 700);
  assert.equal(scroll.window()[0], 100);
});

test("edges that cross a window are found, each once", () => {
  for (const [rows, seed] of [
    [40, 1],
    [900, 2],
    [3000, 3],
  ]) {
    const layout = madeLayout(rows, seed);
    const edges = new Edges(graphColumns(layout));
    const next = random(seed);
    for (let round = 0; round < 200; round++) {
      const oldest = next(rows);
      const newest = Math.min(rows - 1, oldest + next(60));
      const found = [];
      edges.crossing(oldest, newest, (e) => found.push(`${edges.columns.edgeChild[e]}-${edges.columns.edgeParent[e]}`));
      const wanted = [];
      layout.edgeFrom.forEach((child, i) => {
        if (child >= oldest && layout.edgeTo[i] <= newest) wanted.push(`${child}-${layout.edgeTo[i]}`);
      });
      assert.deepEqual(found.sort(), wanted.sort());
    }
  }
});

test("parents and children are those of the layout", () => {
  const layout = madeLayout(500, 7);
  const edges = new Edges(graphColumns(layout));
  for (let row = 0; row < 500; row++) {
    const parents = [...layout.edgeTo].filter((_, i) => layout.edgeFrom[i] === row);
    const children = [...layout.edgeFrom].filter((_, i) => layout.edgeTo[i] === row);
    assert.deepEqual([...edges.parents(row)].sort(), parents.sort());
    assert.deepEqual([...edges.children(row)].sort(), children.sort());
    assert.equal(edges.heldParentCount(row), parents.length);
    assert.equal(edges.childCount(row), children.length);
  }
});

test("lists of open edges stay small where every edge is long", () => {
  const rows = 100_000;
  const layout = {
    eventCount: rows,
    laneCount: 1,
    lane: new Uint32Array(rows),
    edgeFrom: Uint32Array.from({ length: rows - 1 }, (_, i) => i + 1),
    edgeTo: new Uint32Array(rows - 1),
    edgeLane: new Uint32Array(rows - 1),
  };
  const columns = graphColumns(layout);
  assert.ok(columns.openEdge.length <= 2 * rows + 65_536);
  let found = 0;
  new Edges(columns).crossing(50_000, 50_030, () => found++);
  assert.equal(found, rows - 50_000);
});

test("the selection knows its ancestors and nothing else", () => {
  const rows = 700;
  const layout = madeLayout(rows, 11);
  const edges = new Edges(graphColumns(layout));
  const moment = new Moment(edges);
  const next = random(5);
  assert.ok(moment.knows(3), "nothing is selected");
  for (let round = 0; round < 40; round++) {
    const selected = next(rows);
    const known = new Set([selected]);
    const waiting = [selected];
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      for (const parent of edges.parents(row)) {
        if (!known.has(parent)) waiting.push(parent);
        known.add(parent);
      }
    }
    moment.select(selected);
    // In any order of looking.
    for (let look = 0; look < 200; look++) {
      const row = next(rows);
      assert.equal(moment.knows(row), known.has(row), `${row} from ${selected}`);
    }
  }
  moment.select(undefined);
  assert.ok(moment.knows(rows - 1));
});

test("a bend takes one row, and an edge of a million rows is drawn no longer than the window", () => {
  const lanes = { width: 16, first: 16, rowHeight: 24, viewHeight: 240, cap: 100 };
  const drawn = (edge) => {
    const path = [];
    traceEdge(
      {
        moveTo: (x, y) => path.push(["M", x, y]),
        lineTo: (x, y) => path.push(["L", x, y]),
        bezierCurveTo: (_a, _b, _c, _d, x, y) => path.push(["C", x, y]),
      },
      edge,
      lanes,
    );
    return path;
  };
  assert.deepEqual(drawn({ childLane: 0, childY: 12, lane: 1, parentLane: 0, parentY: 108 }), [
    ["M", 16, 12],
    ["C", 32, 36],
    ["M", 32, 36],
    ["L", 32, 84],
    ["M", 32, 84],
    ["C", 16, 108],
  ]);
  // Oldest first: the parent is above.
  assert.deepEqual(drawn({ childLane: 0, childY: 60, lane: 0, parentLane: 1, parentY: 12 }).at(-1), ["C", 32, 12]);
  const long = drawn({ childLane: 2, childY: -1e6, lane: 2, parentLane: 2, parentY: 1e6 });
  // Cut by whole dashes, so that they stand still in a scroll.
  assert.deepEqual(long, [
    ["M", 48, -1e6 + 999_960],
    ["L", 48, 264],
  ]);
  assert.deepEqual(drawn({ childLane: 0, childY: -500, lane: 0, parentLane: 0, parentY: -300 }), []);
});

test("the gutter eases, holds still in a fling, and jumps where motion is not wanted", () => {
  const gutter = new Gutter();
  assert.equal(gutter.step(64, 0, false, false), 64);
  assert.equal(gutter.step(160, 10, true, false), 64, "held");
  const first = gutter.step(160, 20, false, false);
  const half = gutter.step(160, 60, false, false);
  assert.ok(first <= half && half > 64 && half < 160);
  assert.equal(gutter.step(160, 200, false, false), 160);
  assert.ok(!gutter.moving);
  assert.equal(gutter.step(80, 210, false, true), 80);
});
