// What the tab "Why" says in its own words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { ranges } = await load("why/mainline.ts");

test("numbers of steps are written together where they follow one another", () => {
  assert.equal(ranges([]), "");
  assert.equal(ranges([7]), "7");
  assert.equal(ranges([1, 2, 3, 5, 7, 8]), "1–3, 5, 7–8");
});
