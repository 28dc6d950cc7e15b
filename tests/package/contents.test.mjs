// What the published package holds, as npm unpacked it.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const folder = join(import.meta.dirname, "node_modules/roomscope");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

test("the version is the crate's", () => {
  const cargo = readFileSync(join(import.meta.dirname, "../../Cargo.toml"), "utf8");
  assert.equal(manifest.version, /^version = "(.+)"$/m.exec(cargo)?.[1]);
});

test("every file that the manifest names is there", () => {
  const files = JSON.stringify(manifest).match(/\.\/dist\/[\w.]+/g) ?? [];
  assert.ok(files.length > 8);
  for (const name of files) assert.ok(existsSync(join(folder, name)), name);
});

test("entries that start the engine at import are listed as having side effects", () => {
  const starting = readdirSync(join(folder, "dist")).filter(
    (name) => name.endsWith(".js") && /;start\(/.test(readFileSync(join(folder, "dist", name), "utf8")),
  );
  assert.deepEqual(starting.map((name) => `./dist/${name}`).sort(), [...manifest.sideEffects].sort());
});

test("there is one wasm, a licence of each kind, a README, and nothing but dist beside them", () => {
  assert.deepEqual(readdirSync(folder).sort(), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"]);
  const wasm = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".wasm"));
  assert.deepEqual(wasm, ["core_bg.wasm"]);
});

test("the command is there with its SQL, and no types of its inside", () => {
  assert.match(readFileSync(join(folder, manifest.bin.roomscope), "utf8"), /^#!\/usr\/bin\/env node\n/);
  const servers = ["dendrite.postgres", "dendrite.sqlite", "synapse.postgres", "synapse.sqlite"];
  assert.deepEqual(
    readdirSync(join(folder, "dist/sql")).sort(),
    servers.map((name) => `${name}.sql`),
  );
  assert.deepEqual(readdirSync(join(folder, "dist/cli")), ["main.js"]);
});

test("an entry is one file beside what all of them share", () => {
  const names = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".js"));
  assert.deepEqual(names.sort(), ["inline.js", "node.js", "shared.js", "web.js"]);
  for (const name of names) {
    const imports = readFileSync(join(folder, "dist", name), "utf8").matchAll(/\bfrom ?"(\.[^"]+)"/g);
    assert.ok(
      [...imports].every(([, path]) => path === "./shared.js"),
      name,
    );
  }
});

test("it is published with provenance, from the repository that it names", () => {
  assert.deepEqual(manifest.publishConfig, { access: "public", provenance: true });
  const { repository } = manifest;
  if (repository !== undefined) assert.match(repository.url, /^git\+https:\/\/[^@]+\.git$/);
});

test("nothing needs to be installed beside it", () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts, undefined);
});

test("the wasm names no folder of the machine that built it", () => {
  const wasm = readFileSync(join(folder, "dist/core_bg.wasm"), "latin1");
  assert.ok(!wasm.includes(homedir()));
  assert.ok(!wasm.includes(".cargo/registry"));
});
