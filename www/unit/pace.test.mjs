// What keeps the list's frames in time, and its columns in place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Pace } = await load("history/pace.ts");
const { fit, numberColumns } = await load("history/numbers.ts");

globalThis.window = globalThis;

/** Frames at these times and places, of a window of 800 pixels and rows of 24; whether the rows wait in each. */
function waits(frames) {
  const pace = new Pace(() => undefined);
  return frames.map(([now, top]) => pace.frame(now, top, 24, 800));
}

test("rows wait where whole windows go by and frames come late, never twice", () => {
  const late = [0, 20, 40, 60, 80, 100].map((now, i) => [now, i * 1000]);
  assert.deepEqual(waits(late), [false, false, true, false, true, false]);
});

test("rows do not wait while frames are in time", () => {
  const inTime = [0, 16.7, 33.3, 50, 66.7].map((now, i) => [now, i * 1000]);
  assert.deepEqual(waits(inTime), [false, false, false, false, false]);
});

test("rows do not wait where some of them stay", () => {
  const within = [0, 20, 40, 60, 80].map((now, i) => [now, i * 400]);
  assert.deepEqual(waits(within), [false, false, false, false, false]);
});

test("a list that was flung settles a moment after", async () => {
  let settled = 0;
  const pace = new Pace(() => settled++);
  pace.frame(1000, 24, 24, 800);
  assert.equal(pace.flung(1000), false);
  pace.frame(1020, 500, 24, 800);
  assert.equal(pace.flung(1100), true);
  assert.equal(pace.flung(1141), false);
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(settled, 1);
});

test("numbers fit their columns, whatever they are", () => {
  for (const column of ["depth", "stream"]) {
    for (const n of [0, 7, 999_999, 1_234_567, -1, -1_234_567, 2 ** 53 - 1, -(2 ** 31)]) {
      const text = fit(n, column);
      assert.ok(text.length < numberColumns[column], `${n} in ${column}: ${text}`);
      assert.ok(!text.includes("-"), text);
    }
  }
  assert.equal(fit(1_234_567, "depth"), "1234567");
  assert.equal(fit(-42, "stream"), "−42");
  assert.equal(fit(2 ** 53 - 1, "depth"), "9.0e15");
});
