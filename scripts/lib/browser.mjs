// Chromium and its driver for the tests that need a browser: the one named in the environment, the one on this
// machine, or the distribution's where it can be installed.

import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";
import { once, Stop, which } from "./run.mjs";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** @returns {{ CHROMIUM: string, CHROMEDRIVER: string } | undefined} */
function find() {
  const browser = process.env.CHROMIUM ?? BROWSERS.map(which).find((path) => path !== undefined);
  const driver = process.env.CHROMEDRIVER ?? which("chromedriver");
  if (browser === undefined || driver === undefined || !existsSync(browser) || !existsSync(driver)) return undefined;
  return { CHROMIUM: browser, CHROMEDRIVER: driver };
}

/**
 * Finds or installs Chromium and chromedriver.
 *
 * @returns {Promise<{ CHROMIUM: string, CHROMEDRIVER: string }>} their paths, as the tests' environment names them
 */
export const browser = once(async () => {
  let found = find();
  if (found === undefined && (await aptInstall(["chromium", "chromium-driver"]))) found = find();
  if (found === undefined) {
    throw new Stop(
      "Chromium and chromedriver are needed for the browser tests: install them (Debian: apt-get install chromium chromium-driver), or set CHROMIUM and CHROMEDRIVER to their paths.",
    );
  }
  return found;
});
