// What the page weighs on the wire, wasm included and sample rooms left out.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const most = 300_000;
const dist = new URL("../dist/", import.meta.url);

test("the page weighs at most 300 kB with brotli", (t) => {
  const files = ["index.html", ...readdirSync(new URL("assets/", dist)).map((name) => `assets/${name}`)];
  const sizes = files
    .filter((name) => !/\.(ndjson|link)$/.test(name))
    .map((name) => [name, brotliCompressSync(readFileSync(new URL(name, dist))).length]);
  for (const [name, size] of sizes) t.diagnostic(`${name} ${size}`);
  const sum = sizes.reduce((all, [, size]) => all + size, 0);
  t.diagnostic(`together ${sum}`);
  assert.ok(sizes.length >= 5 && sum <= most, `${sum} bytes`);
});
