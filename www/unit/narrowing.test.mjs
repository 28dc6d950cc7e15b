// Columns leave as the list narrows or lanes spread, and do not flicker while lanes come and go.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Narrowing } = await load("history/narrowing.ts");

test("columns leave one by one, by the list's width or by what lanes leave of it", () => {
  const at = (list, gutter) => new Narrowing().step(list, gutter);
  assert.deepEqual(
    [1000, 760, 759, 680, 679, 600, 599, 520, 519].map((list) => at(list, 64)),
    [4, 4, 3, 3, 2, 2, 1, 1, 0],
  );
  const words = [620, 619, 532, 531, 470, 469, 400, 399];
  assert.deepEqual(
    words.map((words) => at(1000, 1000 - words)),
    [4, 3, 3, 2, 2, 1, 1, 0],
  );
});

test("what lanes have pushed out comes back when there is something to spare", () => {
  const narrowing = new Narrowing();
  const steps = [300, 381, 380, 357, 356, 381].map((gutter) => narrowing.step(1000, gutter));
  assert.deepEqual(steps, [4, 3, 3, 3, 4, 3]);
  // Several at once, both ways; and at once where the past is forgotten.
  assert.deepEqual(
    [601, 0].map((gutter) => narrowing.step(1000, gutter)),
    [0, 4],
  );
  narrowing.step(1000, 381);
  narrowing.reset();
  assert.equal(narrowing.step(1000, 380), 4);
});
