// Running other programs and talking to the person at the terminal. Everything that starts a process goes through
// `run`, so that output, time limits and Ctrl-C behave alike in every step. Node built-ins only: these scripts run
// before anything is installed.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The top folder of the repository. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** A failure that a person can act on: one sentence, no stack. */
export class Stop extends Error {}

/**
 * @typedef {object} Result
 * @property {number} code exit code; 124 when the time limit was hit, 127 when the program does not exist
 * @property {string} output standard output and standard error, interleaved as they came
 *
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the top folder
 * @property {Record<string, string | undefined>} [env] added to this process's environment; undefined removes
 * @property {boolean} [live] also pass the output on as it comes
 * @property {number} [limit] seconds after which it is killed, with its children
 * @property {(line: string) => void} [onLine] told every line as it comes
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** @param {import("node:child_process").ChildProcess} child */
function killTree(child) {
  if (child.pid === undefined) return;
  try {
    // Each child leads its own process group, so browsers and servers that it started end with it.
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

// Children do not share this process's group, so whatever ends it must end them too.
process.once("exit", () => {
  for (const child of running) killTree(child);
});
for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])) {
  process.once(signal, () => process.exit(code));
}

/**
 * Runs a program to its end. Never throws for a failing program: the exit code says so.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    running.add(child);
    let output = "";
    let rest = "";
    let timedOut = false;
    const timer =
      options.limit === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            killTree(child);
          }, options.limit * 1000);

    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (/** @type {string} */ text) => {
        output += text;
        if (options.live) process.stdout.write(text);
        if (options.onLine) {
          const lines = (rest + text).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) options.onLine(line);
        }
      });
    }
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      running.delete(child);
      done({ code, output });
    };
    child.on("error", (error) => {
      output += `${error.message}\n`;
      finish(127);
    });
    child.on("close", (code) => {
      if (timedOut) output += `\nstopped: still running after ${options.limit} s\n`;
      finish(timedOut ? 124 : (code ?? 1));
    });
  });
}

/**
 * Runs a program that must succeed; throws a {@link Stop} with the end of its output when it does not.
 *
 * @param {string} what what was being done, for the message
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its output
 */
export async function mustRun(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    const tail = options?.live ? "" : `\n${output.trimEnd().split("\n").slice(-60).join("\n")}`;
    throw new Stop(`${what} failed (exit code ${code}).${tail}`);
  }
  return output;
}

/**
 * @param {string} name of a program
 * @returns {string | undefined} its path, if it is on PATH
 */
export function which(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && existsSync(path)) return path;
  }
  return undefined;
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {() => Promise<T>} does the work at the first call and gives that call's answer ever after
 */
export function once(work) {
  /** @type {Promise<T> | undefined} */
  let answer;
  return () => (answer ??= work());
}

/** @param {string} text one line that says what is being done or was found */
export function say(text) {
  console.log(`• ${text}`);
}

const QUIET_SECONDS = 20;

/**
 * @returns {(line: string) => void} a listener for a long run's lines, which shows one now and then
 */
export function heartbeat() {
  let told = Date.now();
  return (line) => {
    if (Date.now() - told < QUIET_SECONDS * 1000 || line.trim() === "") return;
    told = Date.now();
    console.log(`    … ${line.trim().slice(0, 110)}`);
  };
}

/**
 * Does one piece of work, saying so before and how long it took after.
 *
 * @template T
 * @param {string} text
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(text, work) {
  const start = performance.now();
  console.log(`• ${text} …`);
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds >= 1) console.log(`  done in ${seconds.toFixed(1)} s`);
  return result;
}

/**
 * Runs a script's main function; a {@link Stop} ends it with its sentence alone.
 *
 * @param {() => Promise<void>} main
 */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`\nroomscope: ${error.message}`);
    process.exitCode = 1;
  }
}
