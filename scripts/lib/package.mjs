// From the binding and pkg-template/ to the finished npm package in pkg/: the TypeScript facade compiled around the
// generated files and bundled into few, a package.json with the crate's version, the licences, and a check of the sizes.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, ENTRIES } from "./bundle.mjs";
import { checkNode } from "./cargo.mjs";
import { BINDING, buildCore } from "./core.mjs";
import { locked } from "./lock.mjs";
import { dependencies } from "./npm.mjs";
import { links } from "./repository.mjs";
import { mustRun, ROOT, say, timed } from "./run.mjs";
import { checkBudget } from "./sizes.mjs";
import { stampOf, unlessDone } from "./stamp.mjs";

const PKG = join(ROOT, "pkg");
const NEXT = join(ROOT, "target/pkg-next");
/** Where the facade is compiled to, one file a module. */
const MODULES = join(ROOT, "target/modules");
const INPUTS = [
  ...["pkg-template", "LICENSE-MIT", "LICENSE-APACHE", "package-lock.json", "tsconfig.base.json"],
  ...["package.mjs", "bundle.mjs", "repository.mjs", "sizes.mjs"].map((name) => `scripts/lib/${name}`),
  "scripts/budget.json",
];

/**
 * @param {string[]} entries
 * @returns {Set<string>} the files with their types, and those that these import
 */
function typesOf(entries) {
  const files = new Set(entries.map((name) => name.replace(/js$/, "d.ts")));
  for (const file of files) {
    const imports = readFileSync(join(MODULES, file), "utf8").matchAll(/(?:from|import\() ?"\.\/([^"]+)\.js"/g);
    for (const [, name] of imports) files.add(`${name}.d.ts`);
  }
  return files;
}

/**
 * @param {string} version of the crate, and so of the package
 * @param {import("./repository.mjs").Links} where
 */
async function assemble(version, where) {
  rmSync(NEXT, { recursive: true, force: true });
  const dist = join(NEXT, "dist");
  mkdirSync(dist, { recursive: true });
  rmSync(MODULES, { recursive: true, force: true });
  cpSync(join(ROOT, BINDING), MODULES, { recursive: true });
  await mustRun("Compiling the TypeScript facade", process.execPath, [
    ...[join(ROOT, "node_modules/typescript/bin/tsc"), "-p", join(ROOT, "pkg-template"), "--outDir", MODULES],
  ]);
  await bundle(MODULES, dist);
  for (const name of typesOf(ENTRIES)) cpSync(join(MODULES, name), join(dist, name));
  cpSync(join(ROOT, BINDING, "core_bg.wasm"), join(dist, "core_bg.wasm"));
  cpSync(join(ROOT, "pkg-template/sql"), join(dist, "sql"), { recursive: true });

  const manifest = JSON.parse(readFileSync(join(ROOT, "pkg-template/package.json"), "utf8"));
  writeFileSync(
    join(NEXT, "package.json"),
    `${JSON.stringify({ name: manifest.name, version, ...manifest, ...where }, null, 2)}\n`,
  );
  cpSync(join(ROOT, "pkg-template/README.md"), join(NEXT, "README.md"));
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(ROOT, name), join(NEXT, name));

  await checkBudget(dist);
  // Swapped in whole: whoever has the package open sees the old one or the new one.
  const old = join(ROOT, "target/pkg-old");
  rmSync(old, { recursive: true, force: true });
  if (existsSync(PKG)) renameSync(PKG, old);
  renameSync(NEXT, PKG);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Leaves the finished npm package in pkg/, doing only what is out of date.
 *
 * @returns {Promise<void>}
 */
export function buildPackage() {
  checkNode();
  return locked(async () => {
    await dependencies(".");
    const core = await buildCore();
    const where = await links();
    const stamp = stampOf(INPUTS, [core.stamp, JSON.stringify(where)]);
    // A stamp of a package that somebody has deleted counts for nothing.
    const file = join(ROOT, "target/pkg.stamp");
    if (!existsSync(join(PKG, "package.json"))) rmSync(file, { force: true });
    const built = await unlessDone(file, stamp, () =>
      timed("making the npm package in pkg/", () => assemble(core.version, where)),
    );
    if (!built) say("pkg/ is up to date");
  });
}
