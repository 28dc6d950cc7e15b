// The Rust side of the set-up: is Rust there, how wasm32 is built on this machine, and the wasm-bindgen command line
// at the version that Cargo.lock names. All answers are looked up afresh; only what was built is kept (target/tools).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { heartbeat, mustRun, once, ROOT, run, Stop, say, timed, which } from "./run.mjs";

const TARGET = "wasm32-unknown-unknown";
const TOOLS = join(ROOT, "target/tools");

/**
 * @typedef {object} Wasm32
 * @property {string} name which way it is, for people
 * @property {string[]} args for every cargo call
 * @property {Record<string, string>} env for every cargo call
 * @property {boolean} clippy whether clippy can check this target
 */

/**
 * @param {string} found like "1.95.0"
 * @param {string} least like "1.90"
 * @returns {boolean}
 */
export function atLeast(found, least) {
  const a = found.split(".").map(Number);
  const b = least.split(".").map(Number);
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Checks Node's version against package.json. */
export function checkNode() {
  const least = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).engines.node.replace(">=", "");
  if (!atLeast(process.versions.node, least)) {
    throw new Stop(
      `Node ${least} or newer is needed, this is ${process.versions.node}: install it from https://nodejs.org.`,
    );
  }
}

/**
 * Checks that cargo and rustc are there and new enough.
 *
 * @returns {Promise<{ rustc: string, version: string, targetDir: string }>} rustc's version, the crate's version and
 *   cargo's target folder
 */
export const checkRust = once(async () => {
  const manifest = readFileSync(join(ROOT, "Cargo.toml"), "utf8");
  const least = /^rust-version = "(.+)"$/m.exec(manifest)?.[1] ?? "1.90";
  const answer = await run("rustc", ["--version"]);
  const found = /^rustc (\d+\.\d+\.\d+)/m.exec(answer.output)?.[1];
  if (which("cargo") === undefined || answer.code !== 0 || found === undefined) {
    throw new Stop(`Rust ${least} or newer is needed: install it with rustup from https://rustup.rs.`);
  }
  if (!atLeast(found, least)) {
    throw new Stop(`Rust ${least} or newer is needed, this is ${found}: run "rustup update stable".`);
  }
  const metadata = await mustRun("reading Cargo.toml", "cargo", ["metadata", "--no-deps", "--format-version", "1"]);
  const { packages, target_directory: targetDir } = JSON.parse(metadata.slice(metadata.indexOf("{")));
  return { rustc: found, version: packages[0].version, targetDir };
});

/** @returns {Promise<boolean>} whether rustc on PATH has a standard library for wasm32 */
async function hasTarget() {
  const { code, output } = await run("rustc", ["--print", "target-libdir", "--target", TARGET]);
  const folder = output.trim();
  return code === 0 && existsSync(folder) && readdirSync(folder).some((name) => name.startsWith("libstd-"));
}

/** @returns {Promise<Wasm32 | undefined>} the way through Debian's rustc-web, which builds std from its source */
async function debianWay() {
  const rustc = "/usr/bin/rustc";
  const source = "/usr/lib/rustlib/src/rust/library/std";
  if (!existsSync(rustc) || !existsSync(source)) return undefined;
  const sysroot = (await mustRun("Asking rustc for its folder", "rustc", ["--print", "sysroot"])).trim();
  const lld = join(sysroot, "lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
  return {
    name: "Debian's rustc-web, std built from source",
    args: ["-Z", "build-std=std,panic_abort"],
    env: {
      RUSTC: rustc,
      RUSTC_BOOTSTRAP: "1",
      ...(existsSync(lld) ? { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: lld } : {}),
    },
    clippy: false,
  };
}

/**
 * Finds or makes a way to build for wasm32: an installed target, then rustup, then Debian's rustc-web.
 *
 * @returns {Promise<Wasm32>}
 */
export const wasm32 = once(async () => {
  /** @type {Omit<Wasm32, "name">} */
  const plain = { args: [], env: {}, clippy: true };
  if (await hasTarget()) return { name: "installed", ...plain };
  if (which("rustup") !== undefined) {
    const added = await timed(`adding the ${TARGET} target with rustup`, () =>
      run("rustup", ["target", "add", TARGET]),
    );
    if (added.code === 0 && (await hasTarget())) return { name: "added with rustup", ...plain };
    say("rustup could not add it; trying Debian's rustc-web");
  }
  let way = await debianWay();
  if (way === undefined && (await aptInstall(["rustc-web", "rust-web-src"]))) way = await debianWay();
  if (way === undefined) {
    throw new Stop(
      `Rust's ${TARGET} target is needed: run "rustup target add ${TARGET}", or install Debian's rustc-web and rust-web-src.`,
    );
  }
  return way;
});

/** @returns {Promise<string>} the version of wasm-bindgen that Cargo.lock holds */
export async function bindgenVersion() {
  const path = join(ROOT, "Cargo.lock");
  if (!existsSync(path)) await mustRun("writing Cargo.lock", "cargo", ["generate-lockfile"]);
  const found = /name = "wasm-bindgen"\nversion = "(.+)"/.exec(readFileSync(path, "utf8").replaceAll("\r\n", "\n"));
  if (found?.[1] === undefined) throw new Stop("Cargo.lock names no wasm-bindgen.");
  return found[1];
}

/**
 * The wasm-bindgen command line and its test runner at exactly the version of the crate: from PATH if it is that
 * version, else built once and kept under target/tools.
 *
 * @returns {Promise<{ bindgen: string, testRunner: string, version: string }>}
 */
export const bindgenTools = once(async () => {
  const version = await bindgenVersion();
  const own = {
    bindgen: join(TOOLS, "bin/wasm-bindgen"),
    testRunner: join(TOOLS, "bin/wasm-bindgen-test-runner"),
    version,
  };
  const onPath = { bindgen: which("wasm-bindgen"), testRunner: which("wasm-bindgen-test-runner") };
  for (const { bindgen, testRunner } of [own, onPath]) {
    if (bindgen === undefined || testRunner === undefined || !existsSync(bindgen) || !existsSync(testRunner)) continue;
    const { output } = await run(bindgen, ["--version"]);
    if (output.trim() === `wasm-bindgen ${version}`) return { bindgen, testRunner, version };
  }
  await timed(`building wasm-bindgen-cli ${version}, some minutes, once`, () =>
    mustRun(
      `Building wasm-bindgen-cli ${version}`,
      "cargo",
      ["install", "wasm-bindgen-cli", "--version", version, "--root", TOOLS, "--force"],
      { onLine: heartbeat() },
    ),
  );
  return own;
});
