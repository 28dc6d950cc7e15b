// npm test: every check there is, each as a named step with its time. A failed step does not stop the others; the
// last line counts all tests. `npm test -- package viewer` runs only the steps whose names contain one of the words.

import { Stop, script } from "./lib/run.mjs";
import { runSteps } from "./lib/steps.mjs";
import { steps } from "./steps.mjs";

await script(async () => {
  const wanted = process.argv.slice(2);
  const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  if (chosen.length === 0) throw new Stop(`No step is called so. Steps: ${steps.map(({ name }) => name).join(", ")}.`);
  const { passed, failed } = await runSteps(chosen);
  console.log(`passed: ${passed} failed: ${failed}`);
  if (failed > 0) process.exitCode = 1;
});
