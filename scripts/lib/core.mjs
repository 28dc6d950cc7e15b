// From Rust to the generated files of the binding: core.js, core.d.ts and core_bg.wasm, and the last as a JavaScript
// module, all in target/binding. Skipped when no input has changed.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { bindgenTools, checkRust, wasm32 } from "./cargo.mjs";
import { heartbeat, mustRun, ROOT, say, timed } from "./run.mjs";
import { stampOf, unlessDone } from "./stamp.mjs";

/** Where the generated files are, relative to the top. */
export const BINDING = "target/binding";

const INPUTS = ["src", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/lib/core.mjs"];

// What every engine has that runs simd128 (Chrome 91, Firefox 89, Safari 16.4, Node 16.4). Named one by one: all that
// wasm-opt knows would let it emit what Node 20 refuses.
const FEATURES = [
  "simd",
  "bulk-memory",
  "nontrapping-float-to-int",
  "sign-ext",
  "mutable-globals",
  "reference-types",
  "multivalue",
].map((name) => `--enable-${name}`);

// Left to itself wasm-opt puts whatever is called from one place alone into its caller, be it ever so large and rarely
// called. The engine compiles functions while they run, the hot ones twice, and large ones out of proportion: without this
// it spends twice the time on that, and the file is 2 % larger.
const INLINING = "--one-caller-inline-max-function-size=400";

/**
 * Panic messages name source files. Where those are on the machine that builds is nobody's business, and two machines
 * shall make the same file.
 *
 * @returns {string[]} arguments for cargo
 */
function withoutPaths() {
  const registry = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry/src");
  const flags = [`--remap-path-prefix=${registry}=`];
  // Added to the flags in .cargo/config.toml, where RUSTFLAGS would replace them.
  return ["--config", `target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`];
}

/**
 * Writes the wasm once more as a JavaScript module, for the package's `./inline` entry.
 *
 * @param {string} out
 */
function inlineModule(out) {
  const base64 = readFileSync(join(out, "core_bg.wasm")).toString("base64");
  writeFileSync(join(out, "core_inline.js"), `export const base64 =\n  "${base64}";\n`);
  writeFileSync(join(out, "core_inline.d.ts"), "export const base64: string;\n");
}

/**
 * Makes the binding if it is not there or out of date.
 *
 * @returns {Promise<{ version: string, stamp: string }>} the crate's version, and a hash that changes with the binding
 */
export async function buildCore() {
  const rust = await checkRust();
  const stamp = stampOf(INPUTS, [rust.rustc]);
  const out = join(ROOT, BINDING);
  await unlessDone(join(out, "stamp"), stamp, async () => {
    const target = await wasm32();
    say(`wasm32 target: ${target.name}`);
    const tools = await bindgenTools();
    await timed("compiling the core for wasm32", () =>
      mustRun(
        "Compiling the core for wasm32",
        "cargo",
        ["build", "--release", "--lib", "--target", "wasm32-unknown-unknown", ...target.args, ...withoutPaths()],
        { env: target.env, onLine: heartbeat() },
      ),
    );
    const wasm = join(rust.targetDir, "wasm32-unknown-unknown/release/roomscope.wasm");
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    await mustRun("wasm-bindgen", tools.bindgen, [
      ...[wasm, "--target", "web", "--out-name", "core", "--out-dir", out],
      // The package's own entries say where the wasm is, so that bundlers see that file once.
      "--omit-default-module-path",
      // A trap leaves the instance unusable; with this the process goes on with a fresh one.
      "--experimental-reset-state-function",
    ]);
    const raw = join(out, "core_bg.wasm");
    const optimised = join(out, "core_bg.opt.wasm");
    await timed("optimising with wasm-opt", () =>
      mustRun("wasm-opt", process.execPath, [
        join(ROOT, "node_modules/binaryen/bin/wasm-opt"),
        ...[raw, "-O3", INLINING, ...FEATURES, "--strip-producers", "-o", optimised],
      ]),
    );
    renameSync(optimised, raw);
    inlineModule(out);
  });
  return { version: rust.version, stamp };
}
