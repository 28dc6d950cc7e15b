// From the compiled modules of the facade to the files that are shipped: what all entries share in one file, each entry in
// one, and the command line in one. Every file that an import has to find costs a process that starts as much as some
// fifty functions in one do.

import { join } from "node:path";

/** The ways into the package. */
export const ENTRIES = ["node.js", "web.js", "inline.js"];
/** What they share, so that those of one process have one engine. */
const SHARED = "shared.js";

/**
 * @param {string} from a folder of compiled modules, with the generated binding
 * @param {string} to
 */
export async function bundle(from, to) {
  // Installed by now: scripts that run before anything is import this module's importers.
  const { build } = await import("esbuild");
  /**
   * @param {string[]} entryPoints
   * @param {(path: string) => string | undefined} elsewhere where a module is found, if not in the bundle
   */
  const write = (entryPoints, elsewhere = () => undefined) =>
    build({
      entryPoints: entryPoints.map((name) => join(from, name)),
      outdir: to,
      outbase: from,
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      external: ["node:*"],
      // Names stay as they are: they are what a stack in a report is read by.
      minifyWhitespace: true,
      minifySyntax: true,
      logLevel: "error",
      plugins: [
        {
          name: "elsewhere",
          setup({ onResolve }) {
            onResolve({ filter: /^\./ }, ({ path }) => {
              const place = elsewhere(path);
              return place === undefined ? undefined : { path: place, external: true };
            });
          },
        },
      ],
    });
  await write([SHARED]);
  await write(ENTRIES, (path) => (/\/(index|engine)\.js$/.test(path) ? `./${SHARED}` : undefined));
  await write(["cli/main.js"], (path) => (path.startsWith("../") ? path : undefined));
}
