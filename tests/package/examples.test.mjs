// The examples of the documentation, run: those beside the calls, those of the READMEs, and the commands of the help and
// of the pages for users. What an example talks about but does not make is made here.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { captured, COMMAND, roomscope } from "./command.mjs";

const execute = promisify(execFile);
const TOP = join(import.meta.dirname, "../..");
/** Beneath the installed package, so that its name is found, and with the files that examples name. */
const FOLDER = join(import.meta.dirname, "node_modules/.examples");

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const EVENTS = captured("north-pier-v11-hs1");
writeFileSync(join(FOLDER, "room.ndjson"), EVENTS);
writeFileSync(join(FOLDER, "room.ndjson.gz"), gzipSync(EVENTS));
writeFileSync(join(FOLDER, "stored.ndjson"), EVENTS);
writeFileSync(join(FOLDER, "ours.ndjson"), EVENTS);
writeFileSync(join(FOLDER, "theirs.ndjson"), captured("north-pier-v11-hs2"));
writeFileSync(join(FOLDER, "theirs.ndjson.gz"), gzipSync(captured("north-pier-v11-hs2")));

const read = (name) => readFileSync(join(TOP, name), "utf8");

/**
 * @param {string} code
 * @param {string} name
 */
async function runs(code, name) {
  const file = join(FOLDER, `${name.replaceAll(/\W+/g, "-")}.mjs`);
  writeFileSync(file, code);
  const { stderr } = await execute(process.execPath, [file], { cwd: FOLDER });
  assert.equal(stderr, "");
}

/** What the examples beside the calls take for granted. */
const GIVEN = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { init, Room, RoomscopeError } from "roomscope";
  const bytes = readFileSync("room.ndjson");
  const room = new Room();
  room.add(bytes);
  const [ours, theirs] = [room, new Room()];
  theirs.add(readFileSync("theirs.ndjson"));
  const [before, after] = [room.timeline()[9], room.forwardExtremities()[0]];
  const eventId = after;
  const file = new Blob([bytes]);
  const bar = {};
  const { signal } = new AbortController();
`;

test("the examples beside the calls", async () => {
  const dist = join(import.meta.dirname, "node_modules/roomscope/dist");
  let run = 0;
  for (const name of readdirSync(dist).filter((file) => file.endsWith(".d.ts") && !file.startsWith("core"))) {
    const comments = readFileSync(join(dist, name), "utf8").matchAll(/\/\*\*(.*?)\*\/\s*(\S+)/gs);
    for (const [, comment, subject] of comments) {
      for (const [, example] of comment.matchAll(/@example\n(.*?)(?=\n\s*\* @|$)/gs)) {
        const code = example.replaceAll(/^\s*\* ?/gm, "");
        // In a block of its own, since an example may make what others take for granted.
        await runs(`${GIVEN}\n{\n${code}\n}\n`, `${name}-${subject}-${run}`);
        run += 1;
      }
    }
  }
  assert.ok(run >= 10, `${run} were found`);
});

for (const page of ["README.md", "pkg-template/README.md"]) {
  test(`the JavaScript of ${page}`, async () => {
    const blocks = [...read(page).matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
    assert.ok(blocks.length > 0);
    for (const [index, code] of blocks.entries()) {
      // One block goes on where another has made the imports.
      const imports = [
        ["Room", 'import { Room } from "roomscope";'],
        ["readFileSync", 'import { readFileSync } from "node:fs";'],
      ].filter(([name]) => !new RegExp(`import .*\\b${name}\\b`).test(code));
      const given = "const file = new Blob([await (await import('node:fs/promises')).readFile('room.ndjson')]);";
      await runs(`${imports.map(([, line]) => line).join("\n")}\n${given}\n${code}`, `${page}-${index}`);
    }
  });
}

/**
 * @param {string} line of a shell; what stands behind a pipe, and where the output goes, is somebody else's
 * @returns {string[]} the arguments of the command in it
 */
function argumentsIn(line) {
  const words = /(?:npx )?roomscope(.*)/.exec(line)?.[1].split(/ [|>#] ?| {3,}/)[0] ?? "";
  return [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

test("the commands in the pages for users and in the help", async () => {
  const pages = ["README.md", "pkg-template/README.md", "docs/exports.md"].map(read);
  const lines = pages.flatMap((page) => page.match(/^npx roomscope .*$/gm) ?? []);
  const { out: help } = await roomscope(["--help"]);
  const names = [...help.matchAll(/^ {2}([a-z]+) [A-Z]/gm)].map(([, name]) => name);
  assert.ok(names.length >= 9);
  for (const name of names)
    lines.push(...((await roomscope(["help", name])).out.match(/^ {2}.*roomscope .*$/gm) ?? []));
  lines.push(...help.slice(help.indexOf("Examples:")).match(/^ {2}.*roomscope.*$/gm));
  assert.ok(lines.length > 30);
  const seen = new Set();
  for (const line of lines) {
    const args = argumentsIn(line);
    const key = args.join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    const { code, err } = await new Promise((done) => {
      const options = { cwd: FOLDER, maxBuffer: 1 << 28 };
      const child = execFile(COMMAND, args, options, (error, _, text) => done({ code: error?.code ?? 0, err: text }));
      child.stdin.on("error", () => {});
      child.stdin.end(EVENTS);
    });
    assert.equal(err, "", line);
    assert.equal(code, args[0] === "diff" ? 1 : 0, line);
  }
});
