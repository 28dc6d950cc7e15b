// The codes of errors are a closed list: what the engine and the package throw, and what the docs explain, is the same.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const DIST = join(import.meta.dirname, "node_modules/roomscope/dist");
const SOURCE = join(import.meta.dirname, "../../src");

const read = (...path) => readFileSync(join(...path), "utf8");
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, code]) => code))].sort();

const types = read(DIST, "errors.d.ts");
const declared = all(/type ErrorCode =([^;]*);/.exec(types)[1], /"([a-z-]+)"/g);

test("every code is explained", () => {
  assert.deepEqual(all(types, /^ \* - `([a-z-]+)`: /gm), declared);
});

test("the engine and the package throw these codes and no others", () => {
  const rust = all(read(SOURCE, "room/error.rs"), /Self::\w+(?:\(.*\))? => "([a-z-]+)"/g);
  assert.ok(rust.length > 8);
  const scripts = readdirSync(DIST).filter((name) => name.endsWith(".js"));
  const facade = scripts.flatMap((name) => all(read(DIST, name), /new RoomscopeError\(\s*"([a-z-]+)"/g));
  assert.deepEqual([...new Set([...rust, ...facade])].sort(), declared);
});

test("the docs of calls name no other code", () => {
  const named = all(read(DIST, "room.d.ts"), /@throws RoomscopeError ((?:`[a-z-]+`(?:, )?)+)/g);
  const codes = named.flatMap((list) => all(list, /`([a-z-]+)`/g));
  assert.ok(codes.length > 10);
  for (const code of codes) assert.ok(declared.includes(code), code);
});
