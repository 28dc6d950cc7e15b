// Installing system packages where that is possible without asking anybody: Debian or Ubuntu, as root.

import { run, timed, which } from "./run.mjs";

/**
 * @param {string[]} packages
 * @returns {Promise<boolean>} whether they are installed now; false where apt-get is not there or this is not root
 */
export async function aptInstall(packages) {
  if (which("apt-get") === undefined || process.getuid?.() !== 0) return false;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  return timed(`installing ${packages.join(" and ")} with apt-get`, async () => {
    const install = () =>
      run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env, limit: 900 });
    if ((await install()).code === 0) return true;
    // A fresh image has no package lists, or old ones.
    return (await run("apt-get", ["update"], { env, limit: 300 })).code === 0 && (await install()).code === 0;
  });
}
