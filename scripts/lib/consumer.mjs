// What a user's `npm install roomscope` would give: the package packed as it would be published, and installed where
// tests import it by name.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.mjs";
import { ROOT } from "./run.mjs";

/** Packs pkg/ and returns the tarball. */
async function pack() {
  const out = join(ROOT, "target/pack");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await npm("Packing the npm package", ["pack", join(ROOT, "pkg"), "--pack-destination", out]);
  const { version } = JSON.parse(readFileSync(join(ROOT, "pkg/package.json"), "utf8"));
  return join(out, `roomscope-${version}.tgz`);
}

/** @param {string} cwd a folder with a package.json */
async function install(cwd) {
  const tarball = await pack();
  // npm takes an unchanged version number for an unchanged package.
  rmSync(join(cwd, "node_modules/roomscope"), { recursive: true, force: true });
  await npm(
    "Installing the packed package",
    ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", tarball],
    { cwd },
  );
}

/** Packs pkg/ and installs the tarball for tests/package. */
export function installForTests() {
  return install(join(ROOT, "tests/package"));
}

/** Packs pkg/ and installs the tarball, and nothing else, in target/consumers, for the projects of tests/consumers. */
export async function installForConsumers() {
  const cwd = join(ROOT, "target/consumers");
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "package.json"), '{ "private": true }\n');
  await install(cwd);
}
