// npm run dev: the viewer from its sources, reloading as they change. The package is built once, before.

import { join } from "node:path";
import { dependencies, npm } from "./lib/npm.mjs";
import { buildPackage } from "./lib/package.mjs";
import { ROOT, script } from "./lib/run.mjs";

await script(async () => {
  await buildPackage();
  await dependencies("www");
  await npm("The development server", ["run", "dev"], { cwd: join(ROOT, "www"), live: true });
});
