// Where the source lives, for the package's manifest. npm accepts the provenance of a package only if its manifest names
// the repository that publishes it, so a build in CI says what CI says, and nothing is written down here.

import { ROOT, run } from "./run.mjs";

/**
 * @typedef {{ type: "git", url: string }} Repository
 * @typedef {{ homepage?: string, bugs?: { url: string }, repository?: Repository }} Links
 */

/**
 * @param {string} address of a page or of a clone
 * @returns {string | undefined} the page's address alone; undefined where it is none that others could open
 */
function pageOf(address) {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  const path = pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  // Whoever cloned with a token in the address does not want it published: user and password stay behind.
  return protocol === "https:" && path.length > 1 ? `https://${host}${path}` : undefined;
}

/**
 * @param {Record<string, string | undefined>} env GitHub's variables, or GitLab's
 * @param {string} remote where the clone came from, if from anywhere
 * @returns {Links} nothing where nobody knows
 */
export function linksOf(env, remote) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, CI_PROJECT_URL: project } = env;
  const address = server && name ? `${server}/${name}` : (project ?? remote);
  const page = pageOf(address);
  if (page === undefined) return {};
  return {
    homepage: `${page}#readme`,
    bugs: { url: `${page}/issues` },
    repository: { type: "git", url: `git+${page}.git` },
  };
}

/** @returns {Promise<Links>} of this clone */
export async function links() {
  const { code, output } = await run("git", ["remote", "get-url", "origin"], { cwd: ROOT });
  return linksOf(process.env, code === 0 ? output.trim() : "");
}
