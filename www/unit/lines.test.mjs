// Which rows there are, and the graph on them, against the plain way to work each of them out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, madeLayout, random } from "./load.mjs";

const { DisplayRows } = await load("history/display.ts");
const { Lines } = await load("history/lines.ts");
const { Edges } = await load("history/edges.ts");
const { graphColumns } = await load("worker/columns.ts");
const { arrange } = await load("worker/arrange.ts");

function finish(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A room with gaps and outliers, and any part of its lines. */
function madeRoom(next, part) {
  const events = 1 + next(60);
  const outliers = next(3) === 0 ? 1 + next(6) : 0;
  const total = events + outliers;
  // Mostly lines, so that there is something to fold.
  const layout = next(2) === 0 ? madeLayout(events, next(1000)) : chain(events, next);
  const graph = graphColumns(layout);
  const gaps = Array.from({ length: next(6) }, (_, g) => ({ row: next(events), childId: "$c", missingId: `$m${g}` }));
  const isPlain = Uint8Array.from({ length: total }, (_, row) =>
    next(8) === 0 || gaps.some((gap) => gap.row === row) ? 0 : 1,
  );
  const options = {
    rows: part === "all" ? undefined : Uint32Array.from({ length: total }, (_, row) => row).filter(() => next(3) === 0),
    folded: part !== "few" || next(2) === 0,
    opened: next(3) === 0 ? [next(total), next(total)] : [],
  };
  const columns = finish(arrange(graph, total, options, (row) => isPlain[row] === 1));
  return { events, outliers, total, graph, gaps, isPlain, options, columns, lines: Lines.of(columns) };
}

/** Two branches whose events alternate, which meet now and then. */
function chain(rows, next) {
  const [edgeFrom, edgeTo, edgeLane] = [[], [], []];
  const heads = [0, 0];
  for (let row = 1; row < rows; row++) {
    const branch = next(2);
    const parents = new Set(next(12) === 0 ? heads : [heads[branch]]);
    for (const parent of parents) {
      edgeFrom.push(row);
      edgeTo.push(parent);
      edgeLane.push(branch);
    }
    heads[branch] = row;
    if (parents.size > 1) heads.fill(row);
  }
  const lane = new Uint32Array(rows);
  const numbers = (list) => Uint32Array.from(list);
  return {
    eventCount: rows,
    laneCount: 2,
    lane,
    edgeFrom: numbers(edgeFrom),
    edgeTo: numbers(edgeTo),
    edgeLane: numbers(edgeLane),
  };
}

function checkRows(display, { events, outliers, total, gaps, lines }, direction) {
  const items = Array.from({ length: display.count }, (_, index) => display.itemAt(index));
  assert.equal(new Set(items).size, items.length);
  items.forEach((item, index) => assert.equal(display.indexOf(item), index));
  // Every event is shown by itself or by one run, which has as many as it says.
  const hidden = new Map();
  for (let row = 0; row < total; row++) {
    const shown = display.shownFor(row);
    assert.equal(display.indexOf(row), display.indexOf(shown));
    assert.equal(items[display.indexOf(row)], shown);
    if (shown !== row) hidden.set(shown, (hidden.get(shown) ?? 0) + 1);
    assert.equal(display.runOf(row) === undefined, shown === row);
  }
  for (const item of items) {
    const run = display.run(item);
    if (run === undefined) continue;
    assert.equal(hidden.get(item), run.length);
    assert.equal(display.itemOn(run.line), item);
  }
  // History first, in its order; then the shelf with the outliers, the oldest first.
  const history = items.slice(0, display.historyCount);
  const ages = history.filter((item) => display.gap(item) === undefined).map((item) => display.eventOf(item));
  assert.deepEqual(
    ages,
    ages.toSorted((a, b) => (direction === "newest" ? b - a : a - b)),
  );
  assert.ok(ages.every((row) => row < events));
  const rest = items.slice(display.historyCount);
  if (outliers === 0) assert.deepEqual(rest, []);
  else assert.equal(rest[0], display.shelf);
  const below = rest.slice(1).map((item) => display.eventOf(item));
  assert.deepEqual(
    below,
    below.toSorted((a, b) => a - b),
  );
  // A gap stands on the older side of the event that names it, with nothing but its like between.
  const shown = gaps.filter(({ row }) => display.runOf(row) === undefined);
  assert.equal(history.filter((item) => display.gap(item) !== undefined).length, shown.length);
  items.forEach((item, index) => {
    const gap = display.gap(item);
    if (gap === undefined) return;
    const toward = direction === "newest" ? -1 : 1;
    let at = index;
    while (display.gap(items[at]) !== undefined) at += toward;
    assert.equal(items[at], gap.row);
    assert.ok(display.gapsOf(gap.row).includes(item));
  });
  // The lines of a window are those of its rows, or of the next ones where it begins or ends with gaps.
  for (let first = 0; first < history.length; first++) {
    const last = Math.min(history.length - 1, first + 7);
    const [oldest, newest] = display.linesWithin(first, last);
    for (const item of history.slice(first, last + 1)) {
      if (display.gap(item) !== undefined) continue;
      const line = lines.lineOf(display.eventOf(item));
      assert.ok(line >= oldest && line <= newest);
    }
  }
}

test("every row shows one item and every item has one row, both ways round, with gaps, outliers and runs", () => {
  const next = random(1);
  for (let round = 0; round < 240; round++) {
    const room = madeRoom(next, ["all", "some", "few"][round % 3]);
    const complete = Lines.each(room.total, new Edges(room.graph));
    for (const direction of ["newest", "oldest"]) {
      for (const lines of [complete, room.lines]) {
        const display = new DisplayRows(lines, room.events, room.outliers, room.gaps, direction);
        checkRows(display, { ...room, lines }, direction);
        const other = display.turned(direction === "newest" ? "oldest" : "newest");
        assert.equal(other.turned(direction).indexOf(0), display.indexOf(0));
        assert.equal(
          display.arranged(complete).count,
          new DisplayRows(complete, room.events, room.outliers, room.gaps, direction).count,
        );
      }
    }
  }
});

test("a run that is folded is messages that follow one another alone", () => {
  const next = random(2);
  let seen = 0;
  for (let round = 0; round < 120; round++) {
    const { events, graph, isPlain, options, lines } = madeRoom(next, "all");
    const edges = new Edges(graph);
    const opened = new Set(options.opened);
    const linked = (row) => isPlain[row] === 1 && edges.heldParentCount(row) === 1 && edges.childCount(row) === 1;
    const runs = new Map();
    for (let row = 0; row < events; row++) {
      const run = lines.runAt(lines.lineOf(row));
      if (run === undefined) continue;
      seen++;
      assert.ok(run.folded && run.length > 1);
      assert.ok(linked(row) && !opened.has(row));
      const before = runs.get(run.line);
      if (before !== undefined) assert.deepEqual([...edges.parents(row)], [before]);
      else assert.equal(run.oldest, row);
      runs.set(run.line, row);
    }
    // Two that follow one another stand on one line, if nothing of their run was opened.
    for (let row = 0; row < events; row++) {
      const [parent] = edges.parents(row);
      if (linked(row) && parent !== undefined && linked(parent) && opened.size === 0)
        assert.equal(lines.lineOf(row), lines.lineOf(parent));
    }
  }
  assert.ok(seen > 500);
});

test("what a query means has a line, what was opened has, and nothing lies between two runs of what it leaves out", () => {
  const next = random(3);
  for (let round = 0; round < 120; round++) {
    const { total, events, options, lines } = madeRoom(next, "few");
    for (const row of options.rows) {
      const run = lines.runAt(lines.lineOf(row));
      assert.ok(run === undefined || run.folded);
    }
    for (const row of options.opened) assert.equal(lines.runAt(lines.lineOf(row)), undefined);
    for (let line = 1; line < lines.count; line++) {
      if (line === lines.historyCount) continue;
      const [a, b] = [lines.runAt(line - 1), lines.runAt(line)];
      assert.ok(a === undefined || b === undefined || a.folded || b.folded);
    }
    const meant = new Set([...options.rows, ...options.opened]);
    if (options.opened.length === 0 && !options.folded) {
      for (let row = 0; row < total; row++)
        assert.equal(meant.has(row), lines.runAt(lines.lineOf(row)) === undefined, `${row} of ${events}`);
    }
  }
});

test("one line reaches another along the drawn edges exactly if it does in the room", () => {
  const next = random(4);
  for (let round = 0; round < 150; round++) {
    const { events, graph, columns, lines } = madeRoom(next, ["all", "some", "few"][round % 3]);
    const room = new Edges(graph);
    const isNode = (line) => lines.runAt(line)?.folded !== false;
    /** Lines with a node that are reached from a row: at once, and at all. */
    const reach = (row) => {
      const all = new Set();
      const waiting = [...room.parents(row)];
      const met = new Set();
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (met.has(at)) continue;
        met.add(at);
        if (isNode(lines.lineOf(at))) all.add(lines.lineOf(at));
        waiting.push(...room.parents(at));
      }
      return all;
    };
    const wanted = Array.from({ length: lines.historyCount }, () => new Set());
    for (let row = 0; row < events; row++) {
      const line = lines.lineOf(row);
      if (isNode(line)) for (const other of reach(row)) if (other !== line) wanted[line].add(other);
    }
    const found = [];
    for (let line = 0; line < lines.historyCount; line++) {
      found[line] = new Set();
      for (const parent of lines.edges.parents(line)) {
        assert.ok(isNode(parent) && isNode(line) && parent < line);
        found[line].add(parent);
        for (const further of found[parent]) found[line].add(further);
      }
      assert.deepEqual([...found[line]].sort(), [...wanted[line]].sort());
    }
    // Those that lead past something say so; of them none says what others imply.
    const { edgeChild, edgeParent } = columns.graph;
    edgeChild.forEach((child, e) => {
      let direct = false;
      for (let row = 0; row < events; row++) {
        if (lines.lineOf(row) === child && [...room.parents(row)].some((at) => lines.lineOf(at) === edgeParent[e]))
          direct = true;
      }
      assert.equal(lines.isIndirect(e), !direct);
      if (direct) return;
      const others = [...lines.edges.parents(child)].filter((parent) => parent !== edgeParent[e]);
      assert.ok(!others.some((parent) => found[parent].has(edgeParent[e])));
    });
  }
});

test("no two edges to different events share a lane side by side", () => {
  const next = random(5);
  for (let round = 0; round < 100; round++) {
    const { columns } = madeRoom(next, "some");
    const { edgeChild, edgeParent, edgeLane, eventCount, lane, laneCount } = columns.graph;
    const taken = new Map();
    const take = (line, where, by) => {
      const place = `${line}-${where}`;
      assert.equal(taken.get(place) ?? by, by);
      taken.set(place, by);
      assert.ok(where < laneCount);
    };
    edgeChild.forEach((child, e) => {
      for (let line = edgeParent[e] + 1; line < child; line++) take(line, edgeLane[e], `to ${edgeParent[e]}`);
    });
    for (let line = 0; line < eventCount; line++) {
      if (edgeChild.includes(line) || edgeParent.includes(line)) take(line, lane[line], `node ${line}`);
    }
  }
});
