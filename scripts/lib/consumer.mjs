// What a user's `npm install roomscope` would give: the package packed as it would be published, and installed into
// tests/package, where the tests import it by name.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.mjs";
import { ROOT } from "./run.mjs";

/** Packs pkg/ and installs the tarball for tests/package. */
export async function installForTests() {
  const out = join(ROOT, "target/pack");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await npm("Packing the npm package", ["pack", join(ROOT, "pkg"), "--pack-destination", out]);
  const cwd = join(ROOT, "tests/package");
  // npm takes an unchanged version number for an unchanged package.
  rmSync(join(cwd, "node_modules/roomscope"), { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, "pkg/package.json"), "utf8"));
  await npm(
    "Installing the packed package",
    ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", join(out, `roomscope-${version}.tgz`)],
    { cwd },
  );
}
