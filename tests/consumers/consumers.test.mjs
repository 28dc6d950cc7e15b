// The packed package in the projects of people who install it: each way in, each bundler, each way to find types, and
// every one really runs a room.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build, createServer } from "vite";
import webpack from "webpack";
import { serve } from "./serve.mjs";

const execute = promisify(execFile);
const TOP = join(import.meta.dirname, "../..");
/** Where scripts/lib/consumer.mjs has installed the package, and where the projects go. */
const FOLDER = join(TOP, "target/consumers");
const PACKAGE = join(FOLDER, "node_modules/roomscope");
const SAMPLE = join(TOP, "www/samples/north-pier-v11.ndjson");
const TSC = join(TOP, "node_modules/typescript/bin/tsc");

/** What every project must come to. */
const EXPECTED = [
  "!rYntfXhvoNDSitDgVP:alpha.example",
  205,
  16,
  ["$en-Rj33YXlJ7Ycg3OaqLkzLZL1oi6ENkat9539XOGcs", "$-i6EKSXy57GrG9pu_XTVRbyhDhMNjv_2bWMD3eDM2qE"],
];

/**
 * @param {string} name
 * @returns {string} a fresh copy of the project, with the package installed and nothing else
 */
function project(name) {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(import.meta.dirname, "projects", name), folder, { recursive: true });
  cpSync(PACKAGE, join(folder, "node_modules/roomscope"), { recursive: true });
  return folder;
}

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
});
after(() => browser.close());

/**
 * Opens a page and waits for what it comes to.
 *
 * @param {string} address
 */
async function shows(address) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  try {
    await page.goto(address);
    await page.waitForFunction("document.title !== ''", undefined, { timeout: 20_000 }).catch(() => {});
    assert.deepEqual(wrong, []);
    assert.deepEqual(JSON.parse(await page.title()), EXPECTED);
  } finally {
    await page.close();
  }
}

/**
 * @param {string} folder
 * @param {string} script
 */
async function runs(folder, script) {
  const { stdout, stderr } = await execute(process.execPath, [script, SAMPLE], { cwd: folder });
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), EXPECTED);
}

test("Node, ES modules", () => runs(project("node-esm"), "main.js"));

test("Node, CommonJS: require()", () => runs(project("node-cjs"), "main.js"));

for (const [resolution, module] of [
  ["nodenext", "nodenext"],
  ["bundler", "esnext"],
]) {
  test(`TypeScript, moduleResolution ${resolution}`, async () => {
    const folder = project("typescript");
    const args = ["--project", ".", "--moduleResolution", resolution, "--module", module];
    const types = ["--typeRoots", join(TOP, "node_modules/@types")];
    const compiled = await execute(process.execPath, [TSC, ...args, ...types], { cwd: folder }).catch((error) => error);
    assert.equal(compiled.stdout, "");
    await runs(folder, "main.js");
  });
}

test("Vite: build, on the page and in a worker", async () => {
  const root = project("vite");
  await build({ root, configFile: false, logLevel: "error", worker: { format: "es" }, build: { target: "es2022" } });
  copyFileSync(SAMPLE, join(root, "dist/room.ndjson"));
  const wasm = readdirSync(join(root, "dist/assets")).filter((name) => name.endsWith(".wasm"));
  assert.equal(wasm.length, 1, "the wasm is shipped once");
  const server = await serve([join(root, "dist")]);
  await shows(server.origin).finally(() => server.close());
});

test("Vite: development server, on the page and in a worker", async () => {
  const root = project("vite");
  copyFileSync(SAMPLE, join(root, "room.ndjson"));
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0 },
  });
  await server.listen();
  try {
    await shows(/** @type {string} */ (server.resolvedUrls?.local[0]));
  } finally {
    await server.close();
  }
});

test("webpack", async () => {
  const root = project("webpack");
  const compiler = webpack({
    context: root,
    mode: "production",
    entry: "./main.js",
    output: { path: join(root, "dist") },
    experiments: { outputModule: true },
    // It finds 244 kB much, of anything.
    performance: { hints: false },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  assert.equal(stats?.toString({ all: false, errors: true, warnings: true }), "");
  copyFileSync(SAMPLE, join(root, "dist/room.ndjson"));
  const server = await serve([join(root, "dist"), root]);
  await shows(server.origin).finally(() => server.close());
});

test("esbuild, with the wasm inside", async () => {
  const root = project("esbuild-inline");
  const outdir = join(root, "dist");
  const { warnings } = await esbuild.build({
    ...{ absWorkingDir: root, entryPoints: ["main.js"], bundle: true, format: "esm", minify: true, outdir },
    logLevel: "silent",
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(readdirSync(outdir), ["main.js"]);
  copyFileSync(SAMPLE, join(outdir, "room.ndjson"));
  const server = await serve([outdir, root]);
  await shows(server.origin).finally(() => server.close());
});

test("no bundler: a page with an import map", async () => {
  const root = project("import-map");
  copyFileSync(SAMPLE, join(root, "room.ndjson"));
  const server = await serve([root]);
  await shows(server.origin).finally(() => server.close());
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: PACKAGE, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("attw finds nothing, whichever way types are looked up", async () => {
  const cli = createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json");
  const tarball = readdirSync(join(TOP, "target/pack")).find((name) => name.endsWith(".tgz"));
  assert.ok(tarball !== undefined && existsSync(PACKAGE));
  const args = [
    ...[
      join(cli, "../dist/index.js"),
      join(TOP, "target/pack", tarball),
      "--format",
      "ascii",
      "--no-color",
      "--no-emoji",
    ],
    // "node10" knows no exports, and TypeScript no longer knows it.
    ...["--profile", "node16"],
    // The package is ES modules alone, which require() of Node 20.19 and TypeScript's nodenext take as they are.
    ...["--ignore-rules", "cjs-resolves-to-esm"],
    // No module, but an address.
    ...["--exclude-entrypoints", "core_bg.wasm"],
  ];
  const outcome = await execute(process.execPath, args).catch((error) => error);
  assert.equal(outcome.code ?? 0, 0, outcome.stdout);
  assert.match(outcome.stdout, /bundler: OK/);
});
