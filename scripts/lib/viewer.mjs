// The viewer's build: www/dist, out of www and the package that it imports by name.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dependencies, npm } from "./npm.mjs";
import { buildPackage } from "./package.mjs";
import { ROOT, timed } from "./run.mjs";
import { stampOf, unlessDone } from "./stamp.mjs";

/** Where the built viewer is. */
export const VIEWER = join(ROOT, "www/dist");

/** Builds the package and the viewer, as far as they are out of date. */
export async function buildViewer() {
  await buildPackage();
  await dependencies("www");
  const file = join(ROOT, "target/viewer.stamp");
  if (!existsSync(join(VIEWER, "index.html"))) rmSync(file, { force: true });
  await unlessDone(file, stampOf(["www", "pkg/package.json", "target/pkg.stamp"]), async () => {
    await timed("building the viewer", () => npm("Building the viewer", ["run", "build"], { cwd: join(ROOT, "www") }));
  });
}
