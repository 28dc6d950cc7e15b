// Running the command line as npm installed it, on captured rooms.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** What npm links into node_modules/.bin. */
export const COMMAND = join(import.meta.dirname, "node_modules/.bin/roomscope");

/** A folder that the commands run in, with rooms in files. */
const FOLDER = mkdtempSync(join(tmpdir(), "roomscope-"));

/** No colours but where a test asks for them. */
const ENVIRONMENT = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };

/**
 * @param {string} name of a capture
 * @returns {Buffer} its events, as the server gave them
 */
export function captured(name) {
  const bytes = readFileSync(new URL(`../captures/${name}.json.gz`, import.meta.url));
  const { events } = JSON.parse(gunzipSync(bytes).toString());
  return Buffer.from(events.map((event) => `${JSON.stringify(event[7])}\n`).join(""));
}

/**
 * @param {string} name
 * @param {Uint8Array | string} content
 * @returns {string} the name, which the commands can use
 */
export function file(name, content) {
  writeFileSync(join(FOLDER, name), content);
  return name;
}

/**
 * @typedef {{ code: number, out: string, err: string }} Outcome
 *
 * @param {string[]} args
 * @param {{ input?: Uint8Array, env?: Record<string, string> }} [options]
 * @returns {Promise<Outcome>}
 */
export function roomscope(args, { input, env } = {}) {
  return new Promise((done) => {
    const options = { cwd: FOLDER, env: { ...ENVIRONMENT, ...env }, maxBuffer: 1 << 28 };
    const child = execFile(COMMAND, args, options, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
    // A command that wants no input may end before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/**
 * Runs a shell script with `roomscope` as its `$0`.
 *
 * @param {string} script
 * @returns {Promise<Outcome>}
 */
export function shell(script) {
  return new Promise((done) => {
    const child = spawn("bash", ["-o", "pipefail", "-c", script, COMMAND], { cwd: FOLDER, env: ENVIRONMENT });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => done({ code, out, err }));
  });
}
