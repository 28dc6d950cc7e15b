// The command line as a program among others: what it reads, how it ends, and that a room cannot steer a terminal.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Room } from "roomscope";
import { captured, COMMAND, file, roomscope, shell } from "./command.mjs";
import { FORK, message, ndjson } from "./events.mjs";

const NAME = "north-pier-v11-hs1";
const EVENTS = captured(NAME);
const FILE = file("room.ndjson", EVENTS);
const ROOM = new Room();
ROOM.add(EVENTS);

test("a file, gzip, standard input and gzip on standard input are one room", async () => {
  const packed = gzipSync(EVENTS);
  const fromFile = await roomscope([FILE, "--json"]);
  assert.equal(fromFile.code, 0);
  for (const { out } of [
    await roomscope(["summary", file("room.ndjson.gz", packed), "--json"]),
    await roomscope(["--json"], { input: EVENTS }),
    await roomscope(["summary", "-", "--json"], { input: packed }),
    await shell(`cat ${FILE} | "$0" --json`),
    await shell(`"$0" <(cat ${FILE}) --json`),
  ]) {
    assert.equal(out, fromFile.out);
  }
});

test("--json prints what the calls of the package return", async () => {
  const json = async (...args) => JSON.parse((await roomscope([...args, "--json"])).out);
  const merge = ROOM.rows().find(({ prevEvents }) => prevEvents.length > 1).eventId;
  const sorted = (entries) => entries.map(String).sort();
  assert.deepEqual(sorted(await json("state", FILE)), sorted(ROOM.currentState()));
  assert.deepEqual(sorted(await json("state", FILE, merge)), sorted(ROOM.stateAfter(merge)));
  assert.deepEqual(sorted(await json("state", FILE, merge, "--before")), sorted(ROOM.stateBefore(merge)));
  assert.deepEqual(await json("history", FILE, "m.room.topic"), ROOM.stateHistory("m.room.topic", ""));
  assert.deepEqual(await json("explain", FILE, merge), ROOM.explain(merge));
  const [tip] = ROOM.forwardExtremities();
  assert.deepEqual(await json("diff", FILE, merge, tip), ROOM.stateDiff(merge, tip));
  assert.equal(await json("dot", FILE), ROOM.toDot());
  const { out } = await roomscope(["log", FILE, "--json"]);
  const lines = out.trimEnd().split("\n").map(JSON.parse);
  assert.deepEqual(
    lines.map(({ merge: _, ...event }) => event),
    ROOM.rows({ direction: "b" }).map((event) => JSON.parse(JSON.stringify(event))),
  );
  const { rows, conflicted, resets } = ROOM.merges();
  const merges = [...rows].map((row, index) => [row, { conflicted: conflicted[index], resets: resets[index] }]);
  assert.ok(merges.some(([, { resets }]) => resets > 0));
  assert.deepEqual(
    lines.toReversed().flatMap(({ merge }, row) => (merge === undefined ? [] : [[row, merge]])),
    merges,
  );
});

test("every short id that the log shows leads to its event", async () => {
  const ids = ROOM.timeline();
  const { out } = await roomscope(["log", FILE]);
  const shown = out.split("\n").flatMap((line) => /(\S{7})  \d\d-\d\d/.exec(line)?.[1] ?? []);
  assert.equal(shown.length, ids.length);
  assert.equal(new Set(shown).size, ids.length);
  const dashed = shown.find((id) => id.startsWith("-"));
  assert.ok(dashed, "one that looks like an option");
  for (const id of [dashed, shown[3], `$${shown[3]}`, ids[2]]) {
    const { out: page, code } = await roomscope(["explain", FILE, id]);
    assert.equal(code, 0);
    assert.ok(page.includes(`\n${ids.find((full) => full.startsWith(id.startsWith("$") ? id : `$${id}`))} · `));
  }
});

test("no line of the graph begins or ends in nothing", async () => {
  const [up, down] = ["│╯╰┤├┴┼", "│╮╭┤├┬┼"];
  for (const name of [NAME, "v10-s50-hs1", "v10-s2-hs1", "v6-s1-hs1", "v1-s1-hs1"]) {
    const { out } = await roomscope(["log"], { input: captured(name) });
    const rows = out.trimEnd().split("\n");
    assert.ok(rows.length > 30);
    const [node] = [/[•■○□◆✕◐◇]/];
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1] ?? "";
      const end = row.search(node) + 1;
      assert.ok(end > 0, row);
      const graph = row.slice(0, row.search(/ {2}\S{7,} {2}\d\d-\d\d/));
      for (const [column, cell] of [...graph].entries()) {
        const below = next[column] ?? " ";
        if (down.includes(cell)) assert.ok(up.includes(below) || node.test(below), `${row}\n${next}`);
        if (up.includes(below) && column < graph.length) {
          assert.ok(down.includes(cell) || node.test(cell), `${row}\n${next}`);
        }
      }
    }
  }
});

test("a gigabyte goes through in a fraction of that memory where no contents are wanted", async () => {
  const [EVENT_BYTES, COUNT] = [60_000, 18_000];
  async function* events() {
    for (const event of FORK.slice(0, 2)) yield `${JSON.stringify(event)}\n`;
    const body = "x".repeat(EVENT_BYTES);
    for (let i = 0; i < COUNT; i++) {
      yield `${JSON.stringify(message(`$m${i}`, [i === 0 ? "$join" : `$m${i - 1}`], { depth: i + 3, content: { body } }))}\n`;
    }
  }
  const tell = "process.on('exit', () => console.error(process.resourceUsage().maxRSS))";
  const child = spawn(process.execPath, ["--import", `data:text/javascript,${tell}`, COMMAND, "state", "-", "--json"]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  const closed = once(child, "close");
  await pipeline(Readable.from(events()), child.stdin);
  assert.deepEqual(await closed, [0, null]);
  assert.equal(JSON.parse(out).length, 2);
  const kilobytes = Number(err);
  assert.ok(kilobytes < (EVENT_BYTES * COUNT) / 1000 / 4, `${kilobytes} kB`);
});

test("exit codes: 0 done, 1 differs, 2 not understood or not readable, with one line that says why", async () => {
  const [a, b] = [ROOM.timeline()[4], ROOM.forwardExtremities()[0]];
  const code = async (...args) => (await roomscope(args)).code;
  assert.equal(await code("diff", FILE, a, a), 0);
  assert.equal(await code("diff", FILE, a, b), 1);
  assert.equal(await code("diff", FILE, FILE), 0);
  assert.equal(
    await code("diff", FILE, file("shorter.ndjson", EVENTS.subarray(0, EVENTS.lastIndexOf("\n", -2) + 1))),
    1,
  );
  for (const [args, reason] of [
    [["nowhere.ndjson"], /no such file/],
    [["."], /folder/],
    [["state", FILE, "zzz"], /No event of room.ndjson/],
    [["state", FILE, "Z"], /any of \d events/],
    [["state", FILE, ""], /single quotes/],
    [["state", FILE, "--before"], /needs an event/],
    [["explain", FILE], /Usage: roomscope explain FILE EVENT/],
    [["summary", FILE, FILE], /too much/],
    [["summary", FILE, "--frobnicate"], /Unknown option/],
    [["log", FILE, "--limit", "many"], /whole number/],
    [["log", FILE, "--limit"], /argument missing/],
    [["table", FILE, "nonsense"], /Tables: rooms, /],
    [["table", FILE, "rooms", "--numbering", "mysql"], /sqlite or postgres/],
    [["help", "frobnicate"], /no command/],
    [["sql", "synapse", "oracle", "!r"], /sqlite or postgres/],
    [["sql", "synapse", "sqlite", "!r' or '1'='1"], /no room id/],
    [[file("text.txt", "What is this?\n")], /no event/],
    [[file("cut.gz", gzipSync(EVENTS).subarray(0, 5000))], /end too early/],
    [[file("bad.gz", Buffer.from(gzipSync(EVENTS)).fill(255, 3000, 3500))], /damaged/],
    [[file("homeserver.db", "SQLite format 3\0…")], /roomscope sql/],
    [["diff", FILE, file("other.ndjson", captured("v1-s1-hs1"))], /the other is/],
  ]) {
    const outcome = await roomscope(args);
    assert.equal(outcome.code, 2, args.join(" "));
    assert.equal(outcome.out, "");
    assert.match(outcome.err, reason);
    assert.ok(
      outcome.err.split("\n").every((line) => line === "" || line.startsWith("roomscope: ") || line.includes(":1:")),
    );
  }
});

test("what cannot be read is told with its line, and the rest is shown", async () => {
  const input = Buffer.concat([ndjson(FORK), Buffer.from("not json\n")]);
  const { code, out, err } = await roomscope(["log"], { input });
  assert.equal(code, 0);
  assert.match(err, /standard input:6: bad-json: /);
  assert.equal(out.trimEnd().split("\n").length, FORK.length);
});

test("a list as long as a state is shown as far as a line goes, and is whole for scripts", async () => {
  const room = new Room({ roomVersion: "11" });
  const sender = "@ada:example.org";
  const send = (type, stateKey, content, of = sender) => room.send({ type, stateKey, sender: of, content });
  send("m.room.create", "", { room_version: "11" });
  send("m.room.member", sender, { membership: "join" });
  send("m.room.join_rules", "", { join_rule: "public" });
  for (let i = 0; i < 100; i += 1) send("m.room.member", `@m${i}:x`, { membership: "join" }, `@m${i}:x`);
  const name = file("crowd.ndjson", room.toNdjson());
  const { out } = await roomscope(["table", name, "state_blocks"]);
  const { rows } = room.table("state_blocks");
  const long = rows.find(([, list]) => list.length > 64);
  const shown = out.split("\n").find((line) => line.includes(`  [${long[1].slice(0, 64).join(", ")}, … `));
  assert.match(shown, new RegExp(`^ *${long[0]}  .* … ${long[1].length - 64} more\\]  ${long[2]}$`));
  assert.deepEqual(JSON.parse((await roomscope(["table", name, "state_blocks", "--json"])).out).rows, [...rows]);
});

test("tables come in parts, whole, and as the package has them", async () => {
  const events = captured("v10-s50-hs1");
  const large = file("large.ndjson", events);
  const room = new Room();
  room.add(events);
  assert.ok(room.table("state_block_entries").total > 1000, "more than one part");
  for (const name of ["events", "state_block_entries", "rooms", "backward_extremities"]) {
    const { out } = await roomscope(["table", large, name, "--json"]);
    assert.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(room.table(name))));
  }
  const { out } = await roomscope(["table", large, "state_block_entries"]);
  assert.equal(out.trimEnd().split("\n").length, 1 + room.table("state_block_entries").total);
  const part = JSON.parse((await roomscope(["table", large, "events", "--json", "-n", "3", "--offset", "7"])).out);
  assert.deepEqual(part.rows, room.table("events", { offset: 7, limit: 3 }).rows);
});

test("the rows of a server's tables are read for the events in them", async () => {
  const lines = EVENTS.toString().trimEnd().split("\n");
  const rows = lines.map((pdu, i) => `{"table":"events","event_id":"$${i}","internal_metadata":{},"pdu":${pdu}}`);
  const stored = ['{"table":"schema_version","version":94}', ...rows, '{"table":"event_edges","event_id":"x"}'];
  const { out: expected } = await roomscope([FILE, "--json"]);
  for (const end of ["\n", ""]) {
    const { out, err } = await roomscope(["--json"], { input: Buffer.from(stored.join("\n") + end) });
    assert.equal(err, "");
    assert.equal(out, expected);
  }
  const dendrite = rows.map((row) => row.replace('"events"', '"roomserver_events"')).join("\n");
  assert.equal((await roomscope(["--json"], { input: gzipSync(dendrite) })).out, expected);
});

test("a pipe that closes early ends it quietly", async () => {
  const long = [...FORK.slice(0, 2)];
  for (let i = 0; i < 20_000; i++) long.push(message(`$m${i}`, [i === 0 ? "$join" : `$m${i - 1}`], { depth: i + 3 }));
  file("long.ndjson", ndjson(long));
  const { out, err, code } = await shell(`"$0" log long.ndjson | head -n 2`);
  assert.equal(out.split("\n").length, 3);
  assert.equal(err, "");
  assert.equal(code, 0);
});

test("contents are let go of when input turns out to be large, piped or packed", async () => {
  file("small.ndjson", ndjson(FORK));
  const much = "{ cat small.ndjson; head -c 540000000 /dev/zero | tr '\\0' '\\n'; }";
  const plain = await roomscope(["state", "small.ndjson"]);
  for (const [how, name] of [
    [`${much} | "$0" state -`, "standard input"],
    [`${much} | gzip -1 > packed.gz; "$0" state packed.gz`, "packed.gz"],
    [`${much} > plain.ndjson; "$0" state plain.ndjson; rm plain.ndjson`, "plain.ndjson"],
  ]) {
    const { out, err } = await shell(how);
    assert.equal(err, `roomscope: ${name} is large: contents are not kept, and so not shown.\n`);
    assert.equal(out.split("\n").length, plain.out.split("\n").length);
    assert.notEqual(out, plain.out);
  }
  // A command that is about nothing but contents keeps them.
  const { out, err } = await shell(`${much} | "$0" thin -`);
  assert.equal(err, "");
  assert.equal(out, (await roomscope(["thin", "small.ndjson"])).out);
});

test("a large room's storage is worked out where it is asked for", async () => {
  const line = (i) =>
    `{"event_id":"$m${i}","type":"m","sender":"@a:x","room_id":${JSON.stringify(FORK[0].room_id)},"content":{},"depth":${i + 3},"origin_server_ts":1,"prev_events":["${i === 0 ? "$join" : `$m${i - 1}`}"],"auth_events":[]}`;
  const lines = Array.from({ length: 250_001 }, (_, i) => line(i));
  file("large.ndjson", Buffer.concat([ndjson(FORK.slice(0, 2)), Buffer.from(`\n${lines.join("\n")}\n`)]));
  assert.match((await roomscope(["large.ndjson"])).out, /^storage +left out .*--storage/m);
  const { storage } = JSON.parse((await roomscope(["summary", "large.ndjson", "--json", "--storage"])).out);
  // Two state events, a block each.
  assert.deepEqual([storage.blockRows, storage.fullStateRows > 250_000], [2, true]);
});

test("a TARDIS scenario is a room", async () => {
  file(
    "hello.json5",
    `// by hand
{ tardis_version: 1, room_id: '!r:x', events: [
  { type: 'm.room.create', state_key: '', sender: '@a:x', content: { creator: '@a:x' }, prev_events: [], auth_events: [], event_id: '$C' },
  { type: 'm.room.member', state_key: '@a:x', sender: '@a:x', content: { membership: 'join' }, prev_events: ['$C'], auth_events: ['$C'], event_id: '$J' },
] }`,
  );
  const { out, err, code } = await roomscope(["state", "hello.json5", "--json"]);
  assert.deepEqual([err, code], ["", 0]);
  assert.deepEqual(JSON.parse(out), [
    ["m.room.create", "", "$C"],
    ["m.room.member", "@a:x", "$J"],
  ]);
  file("broken.json5", "{ events: [\n  { type: 'm.room.create', ]\n}");
  const broken = await roomscope(["broken.json5"]);
  assert.match(broken.err, /broken\.json5:2: bad-json: column/);
  assert.equal(broken.code, 2);
});

test("colours are for terminals, unless the environment says otherwise", async () => {
  const colour = /\u001b\[/;
  const out = async (env) => (await roomscope(["log", FILE, "-n", "5"], { env })).out;
  assert.doesNotMatch(await out({}), colour);
  assert.match(await out({ FORCE_COLOR: "1" }), colour);
  assert.doesNotMatch(await out({ FORCE_COLOR: "0" }), colour);
  assert.doesNotMatch(await out({ NO_COLOR: "1" }), colour);
});

test("nothing in a room reaches the terminal as anything but text", async () => {
  const evil = "\u001b]0;owned\u0007\u001b[2J\r\u202e\u009b31m\u2028";
  const state = { type: `m.${evil}`, state_key: evil, depth: 3, content: { [evil]: evil } };
  const room = [
    ...FORK.slice(0, 2),
    message("$a", ["$join"], state),
    message(`$${evil}`, ["$a", `$gone${evil}`], { depth: 4, content: { body: evil }, sender: `@${evil}:example.org` }),
  ];
  file("evil.ndjson", ndjson(room));
  for (const args of [
    ["evil.ndjson"],
    ["log", "evil.ndjson"],
    ["state", "evil.ndjson"],
    ["explain", "evil.ndjson", "a"],
  ]) {
    const { out, err } = await roomscope(args);
    assert.ok(out.length > 100);
    assert.doesNotMatch(
      out + err,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/u,
      args.join(" "),
    );
  }
});

test("thin: the ids, the states and the verdicts of every capture, and no message", async () => {
  for (const name of [NAME, "v1-s1-hs1", "v3-s1-hs2", "v6-s1-hs1", "v9-s1-hs3", "v10-s2-hs1", "v12-s3-hs2"]) {
    const events = captured(name);
    const { out } = await roomscope(["thin"], { input: events });
    assert.ok(!out.includes('"body"'));
    const [whole, thin] = [new Room(), new Room()];
    whole.add(events);
    assert.deepEqual(thin.add(out).problems, []);
    const { onlyHere, onlyThere, differing } = whole.compare(thin);
    assert.deepEqual([onlyHere, onlyThere, differing.length], [[], [], 0], name);
  }
});

test("the SQL gets the events out of a database as the server keeps them", async (context) => {
  const { code } = await shell("command -v sqlite3");
  if (code !== 0) return context.skip("sqlite3 is not installed");
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
  const rows = EVENTS.toString().trimEnd().split("\n");
  const inserts = rows.flatMap((json, i) => [
    `insert into events values (${i}, ${quoted(ROOM.roomId)}, ${i});`,
    `insert into event_json values (${i}, ${quoted(json)});`,
  ]);
  inserts.push("insert into events values (-1, '!other', 1); insert into event_json values (-1, '{}');");
  const tables = "create table events (event_id, room_id, stream_ordering); create table event_json (event_id, json);";
  file("make.sql", `begin; ${tables}\n${inserts.join("\n")}\ncommit;`);
  const script = `sqlite3 synapse.db < make.sql && "$0" sql synapse sqlite '${ROOM.roomId}' | sqlite3 -readonly synapse.db`;
  const { out, err } = await shell(script);
  assert.equal(err, "");
  assert.deepEqual(out.trimEnd().split("\n"), rows);
});
