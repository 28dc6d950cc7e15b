// npm run build: the finished npm package in pkg/.

import { buildPackage } from "./lib/package.mjs";
import { script } from "./lib/run.mjs";

await script(buildPackage);
