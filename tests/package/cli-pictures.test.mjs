// What the commands print for captured rooms, word for word. UPDATE_SNAPSHOTS=1 writes the pictures anew: look at them
// before they are committed.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { captured, file, roomscope } from "./command.mjs";

const PICTURES = join(import.meta.dirname, "pictures");
const UPDATE = process.env.UPDATE_SNAPSHOTS === "1";

for (const name of ["north-pier-v11-hs1", "north-pier-v12-hs1", "north-pier-v12-hs3", "v1-s1-hs1", "v10-s2-hs3"]) {
  file(`${name}.ndjson`, captured(name));
}
const PIER = "north-pier-v11-hs1.ndjson";

/** By name of the picture. */
const CALLS = {
  help: ["--help"],
  "help-log": ["help", "log"],
  "summary-pier": [PIER],
  "summary-late": ["summary", "north-pier-v12-hs3.ndjson"],
  "summary-pier-json": [PIER, "--json"],
  "log-pier": ["log", PIER],
  "log-pier-colours": ["log", PIER, "-n", "30"],
  "log-v1": ["log", "v1-s1-hs1.ndjson"],
  "log-torn": ["log", "v10-s2-hs3.ndjson"],
  "state-pier": ["state", PIER],
  "state-before": ["state", PIER, "7tA8", "--before", "--type", "m.room.member"],
  "history-topic": ["history", PIER, "m.room.topic"],
  "history-member": ["history", PIER, "m.room.member", "@fay:beta.example"],
  "diff-events": ["diff", PIER, "6cJy-Il", "XU3hKOW"],
  "diff-files": ["diff", "north-pier-v12-hs1.ndjson", "north-pier-v12-hs3.ndjson"],
  "explain-merge": ["explain", PIER, "7tA8UNg"],
  "explain-soft-failed": ["explain", PIER, "cPBh06U"],
  "explain-v1": ["explain", "v1-s1-hs1.ndjson", "179529327738h"],
  "explain-create": ["explain", PIER, "Q8VjS_H"],
  "dot-pier": ["dot", PIER, "-n", "12"],
  "table-snapshots": ["table", PIER, "state_snapshots", "-n", "20"],
  "table-events": ["table", PIER, "events", "-n", "12", "--offset", "100", "--numbering", "sqlite"],
  "table-edges-json": ["table", PIER, "event_edges", "-n", "3", "--json"],
  "sql-synapse": ["sql", "synapse", "postgres", "!room:example.org"],
  "sql-dendrite-stored": ["sql", "dendrite", "sqlite", "!room:example.org", "--stored"],
};

mkdirSync(PICTURES, { recursive: true });
for (const [name, args] of Object.entries(CALLS)) {
  test(`picture: roomscope ${args.join(" ")}`, async () => {
    const { out, err, code } = await roomscope(args, name.endsWith("-colours") ? { env: { FORCE_COLOR: "1" } } : {});
    assert.equal(err, "");
    assert.equal(code, args[0] === "diff" ? 1 : 0);
    const path = join(PICTURES, `${name}.txt`);
    if (UPDATE) writeFileSync(path, out);
    assert.equal(out, readFileSync(path, "utf8"));
  });
}
