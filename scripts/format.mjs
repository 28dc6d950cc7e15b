// npm run format: Rust and TypeScript, as `npm test` wants them.

import { join } from "node:path";
import { dependencies } from "./lib/npm.mjs";
import { mustRun, ROOT, script } from "./lib/run.mjs";

await script(async () => {
  await dependencies(".");
  await mustRun("cargo fmt", "cargo", ["fmt"], { live: true });
  const prettier = join(ROOT, "node_modules/prettier/bin/prettier.cjs");
  await mustRun("Prettier", process.execPath, [prettier, "--write", "--log-level", "warn", "."], { live: true });
});
