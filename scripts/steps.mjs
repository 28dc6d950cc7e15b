// What `npm test` runs, in order: cheap checks first, then what needs the wasm build, then what needs a browser.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./lib/browser.mjs";
import { bindgenTools, checkNode, checkRust, wasm32 } from "./lib/cargo.mjs";
import { installForConsumers, installForTests } from "./lib/consumer.mjs";
import { dependencies, npmResult } from "./lib/npm.mjs";
import { buildPackage } from "./lib/package.mjs";
import { ROOT, run } from "./lib/run.mjs";

/** @typedef {import("./lib/steps.mjs").Work} Work */

const TARGET = ["--target", "wasm32-unknown-unknown"];

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Work}
 */
const cargo =
  (args, env = {}) =>
  (options) =>
    run("cargo", args, { ...options, env });

/**
 * @param {string} script in node_modules
 * @param {string[]} args
 * @returns {Work}
 */
const tool = (script, args) => async (options) => {
  await dependencies(".");
  return run(process.execPath, [join(ROOT, "node_modules", script), ...args], options);
};

/** @type {Work} */
async function setUp() {
  checkNode();
  await checkRust();
  await dependencies(".");
  await wasm32();
  await bindgenTools();
  await browser();
  return { code: 0, output: "" };
}

/** @type {Work} */
async function wasmLints(options) {
  const target = await wasm32();
  if (!target.clippy) {
    // Clippy brings its own compiler, for which a std built by another one is of no use.
    return { code: 0, output: "", skipped: `clippy cannot use ${target.name}` };
  }
  return run("cargo", ["clippy", "--lib", "--test", "wasm", ...TARGET, "--", "-D", "warnings"], options);
}

/**
 * The same test file in both hosts: tests/wasm.rs names none, so the runner's environment decides.
 *
 * @param {"node" | "browser"} host
 * @returns {Work}
 */
const wasmTests = (host) => async (options) => {
  const target = await wasm32();
  const { testRunner } = await bindgenTools();
  const inBrowser = host === "browser" ? { ...(await browser()), WASM_BINDGEN_USE_BROWSER: "1" } : {};
  return run("cargo", ["test", "--test", "wasm", ...TARGET, ...target.args], {
    ...options,
    env: { ...target.env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: testRunner, ...inBrowser },
  });
};

/** @type {Work} */
async function packageTests(options) {
  await buildPackage();
  await installForTests();
  const folder = join(ROOT, "tests/package");
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
  return run(process.execPath, ["--test", "--test-reporter=spec", ...files], { ...options, cwd: folder });
}

/** @type {Work} */
async function consumers(options) {
  await buildPackage();
  await dependencies("tests/consumers");
  await installForConsumers();
  const env = await browser();
  const cwd = join(ROOT, "tests/consumers");
  return run(process.execPath, ["--test", "--test-reporter=spec", "consumers.test.mjs"], { ...options, cwd, env });
}

/**
 * The pages of the package's types, in target/typedoc; what is not documented is an error.
 *
 * @type {Work}
 */
async function apiPages(options) {
  await buildPackage();
  await dependencies("tests/consumers");
  await installForConsumers();
  const cwd = join(ROOT, "tests/consumers");
  return run(process.execPath, ["node_modules/typedoc/bin/typedoc"], { ...options, cwd });
}

/** @type {Work} */
async function viewerTests(options) {
  await buildPackage();
  await dependencies("www");
  const env = await browser();
  return npmResult(["run", "e2e"], { ...options, cwd: join(ROOT, "www"), env });
}

/** @type {import("./lib/steps.mjs").Step[]} */
export const steps = [
  { name: "set-up", limit: 1800, work: setUp },
  { name: "scripts", limit: 60, work: (options) => run(process.execPath, ["--test", "scripts/lib/"], options) },
  { name: "rust format", limit: 60, work: cargo(["fmt", "--check"]) },
  {
    name: "typescript format",
    limit: 120,
    work: tool("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]),
  },
  { name: "clippy (native)", limit: 900, work: cargo(["clippy", "--all-targets", "--", "-D", "warnings"]) },
  { name: "clippy (wasm32)", limit: 900, work: wasmLints },
  { name: "rustdoc", limit: 900, work: cargo(["doc", "--no-deps"], { RUSTDOCFLAGS: "-D warnings" }) },
  { name: "native tests", limit: 1800, work: cargo(["test", "--no-fail-fast"]) },
  {
    name: "npm package",
    limit: 1800,
    work: async () => {
      await buildPackage();
      return { code: 0, output: "" };
    },
  },
  { name: "typescript (scripts)", limit: 120, work: tool("typescript/bin/tsc", ["-p", "scripts"]) },
  { name: "wasm tests in Node", limit: 900, work: wasmTests("node") },
  { name: "wasm tests in Chromium", limit: 900, work: wasmTests("browser") },
  { name: "package tests", limit: 600, work: packageTests },
  { name: "consumers", limit: 600, work: consumers },
  { name: "typedoc", limit: 300, work: apiPages },
  ...(existsSync(join(ROOT, "www/package.json")) ? [{ name: "viewer", limit: 900, work: viewerTests }] : []),
];
