// The published types, with a strict compiler and both ways in which it finds packages.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const TSC = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

for (const [resolution, module] of [
  ["nodenext", "nodenext"],
  ["bundler", "esnext"],
]) {
  test(`a strict consumer compiles with moduleResolution ${resolution}`, () => {
    const args = [
      ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--lib", "esnext,dom"],
      ...["--types", "", "--moduleResolution", resolution, "--module", module, "types/consumer.ts"],
    ];
    const { status, stdout } = spawnSync(process.execPath, [TSC, ...args], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
  });
}
