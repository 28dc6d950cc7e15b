// npm start: builds what is out of date and serves the viewer. `npm start -- --port 8080` chooses the port.

import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { npm } from "./lib/npm.mjs";
import { ROOT, script, Stop } from "./lib/run.mjs";
import { buildViewer } from "./lib/viewer.mjs";

const DEFAULT_PORT = "4680";

/** @returns {number} */
function portFromArguments() {
  let text = DEFAULT_PORT;
  try {
    text = parseArgs({ options: { port: { type: "string" } } }).values.port ?? DEFAULT_PORT;
  } catch (error) {
    throw new Stop(`${/** @type {Error} */ (error).message}. Usage: npm start -- --port 8080`);
  }
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Stop(`${text} is no port number.`);
  return port;
}

/**
 * Asks before the build, which may take minutes, whether it will be of use.
 *
 * @param {number} port
 * @returns {Promise<void>}
 */
function checkFree(port) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on("error", () =>
      fail(new Stop(`Port ${port} is taken: stop what uses it, or choose another with "npm start -- --port 8080".`)),
    );
    probe.listen(port, "localhost", () => probe.close(() => done()));
  });
}

await script(async () => {
  const port = portFromArguments();
  await checkFree(port);
  await buildViewer();
  console.log(`\nroomscope is open at http://localhost:${port}/   (Ctrl-C ends it)`);
  // The viewer's own server knows the security headers that its worker needs.
  const args = ["run", "--silent", "preview", "--", "--host", "localhost", "--port", String(port), "--strictPort"];
  await npm("Serving the viewer", args, { cwd: join(ROOT, "www"), live: true });
});
