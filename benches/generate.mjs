/**
 * Makes a realistic room as NDJSON, one PDU a line, the same for the same options:
 *
 *     node benches/generate.mjs --events 200000 --members 10000 --seed 1 --version 11 --ids --out room.ndjson
 *     node benches/generate.mjs --check [folder of captures]
 *
 * A file that was made with the same options by the same generator is used again. `generator/` has the parts; benches and
 * tests call `roomFile`.
 */

import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { checkCaptures } from "./generator/check.mjs";
import { CAPACITY } from "./generator/state_map.mjs";
import { room } from "./generator/room.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DEFAULTS = { events: 200_000, members: 10_000, seed: 1, version: 11, ids: false, utf8: false };
const CHUNK = 1 << 20;

/** What the command line of a benchmark says of its room, for `parseArgs`. */
export const ROOM_OPTIONS = Object.fromEntries(
  ["events", "members", "version"].map((name) => [name, { type: "string", default: String(DEFAULTS[name]) }]),
);

/** The same as numbers, for {@link roomFile}. */
export function shapeOf({ events, members, version }) {
  return { events: Number(events), members: Number(members), version: Number(version) };
}

/**
 * The path of the room's file, made if need be. `ids` gives each line an `event_id`, as client and admin interfaces do (versions 1 and 2
 * have it always). Characters beyond ASCII are escaped, as Synapse stores them, unless `utf8` asks for them as they are.
 * Throws a RangeError for options that make no room.
 */
export function roomFile(options = {}) {
  const { out, ...given } = options;
  const wanted = { ...DEFAULTS, ...given };
  validate(wanted);
  const path = out ?? join(HERE, "../target/bench", fileName(wanted));
  const stamp = JSON.stringify({ ...wanted, generator: generatorHash() });
  if (existsSync(path) && existsSync(`${path}.made`) && readFileSync(`${path}.made`, "utf8") === stamp) return path;
  mkdirSync(dirname(path), { recursive: true });
  write(`${path}.part`, wanted);
  renameSync(`${path}.part`, path);
  writeFileSync(`${path}.made`, stamp);
  return path;
}

function validate({ events, members, seed, version }) {
  const within = (name, value, low, high) => {
    if (!Number.isSafeInteger(value) || value < low || value > high)
      throw new RangeError(`--${name} must be a whole number from ${low} to ${high}, not ${value}`);
  };
  within("events", events, 1, 2 ** 31);
  within("members", members, 1, CAPACITY - 16);
  within("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  within("version", version, 1, 12);
}

function fileName({ events, members, seed, version, ids, utf8 }) {
  return `room-v${version}-${events}-${members}-${seed}${ids ? "-ids" : ""}${utf8 ? "-utf8" : ""}.ndjson`;
}

/** A changed generator makes other files. */
function generatorHash() {
  const hash = createHash("sha256");
  const parts = readdirSync(join(HERE, "generator"))
    .sort()
    .map((name) => join(HERE, "generator", name));
  for (const part of [...parts, fileURLToPath(import.meta.url)]) hash.update(readFileSync(part));
  return hash.digest("hex");
}

function write(path, options) {
  const file = openSync(path, "w");
  let chunk = "";
  for (const { id, pdu } of room(options)) {
    chunk += `${line(id, pdu, options)}\n`;
    if (chunk.length < CHUNK) continue;
    writeSync(file, chunk);
    chunk = "";
  }
  writeSync(file, chunk);
  closeSync(file);
}

function line(id, pdu, { ids, utf8 }) {
  const text = JSON.stringify(ids && pdu.event_id === undefined ? { event_id: id, ...pdu } : pdu);
  return utf8 ? text : text.replace(BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const BEYOND_ASCII = /[\u0080-\uffff]/g;

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      events: { type: "string" },
      members: { type: "string" },
      seed: { type: "string" },
      version: { type: "string" },
      out: { type: "string" },
      ids: { type: "boolean" },
      utf8: { type: "boolean" },
      check: { type: "boolean" },
    },
  });
  if (values.check) {
    process.exitCode = checkCaptures(positionals[0] ?? join(HERE, "../tests/captures")) ? 0 : 1;
    return;
  }
  const { check: _check, ...options } = values;
  for (const name of ["events", "members", "seed", "version"])
    if (options[name] !== undefined) options[name] = Number(options[name]);
  console.log(roomFile(options));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(`generate: ${error.message}`);
    process.exitCode = 2;
  }
}
