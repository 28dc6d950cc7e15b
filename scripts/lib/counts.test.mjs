import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast } from "./cargo.mjs";
import { countsIn, verdict } from "./counts.mjs";

test("cargo's counts are summed over its binaries", () => {
  const output = [
    "running 2 tests",
    "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
    "test result: FAILED. 5 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
  ].join("\n");
  assert.deepEqual(countsIn(output), { passed: 7, failed: 1 });
});

test("node's counts are read in both forms, coloured or not", () => {
  assert.deepEqual(countsIn("# tests 5\n# pass 3\n# fail 1\n# cancelled 1"), { passed: 3, failed: 2 });
  assert.deepEqual(countsIn("\u001b[34mℹ pass 4\u001b[39m\n\u001b[34mℹ fail 0\u001b[39m"), { passed: 4, failed: 0 });
});

test("text that only mentions counts is not counted", () => {
  assert.equal(countsIn("we saw # pass 3 and 4 passed; 1 failed"), undefined);
});

test("a step that ends badly has at least one failure, whatever it printed", () => {
  assert.deepEqual(verdict(101, "error: could not compile"), { passed: 0, failed: 1 });
  assert.deepEqual(verdict(1, "# pass 3\n# fail 0"), { passed: 3, failed: 1 });
  assert.deepEqual(verdict(1, "# pass 3\n# fail 2"), { passed: 3, failed: 2 });
  assert.deepEqual(verdict(0, ""), { passed: 1, failed: 0 });
});

test("versions compare by number, not by letter", () => {
  assert.equal(atLeast("20.20.2", "20.19"), true);
  assert.equal(atLeast("20.9.0", "20.19"), false);
  assert.equal(atLeast("1.100.0", "1.90"), true);
  assert.equal(atLeast("22.0.0", "20.19"), true);
});
