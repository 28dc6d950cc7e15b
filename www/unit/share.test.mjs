// What a link carries: the packing itself, its damage, and whole rooms that real servers stored, on their way through a link.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Room } from "roomscope";
import { load, random } from "./load.mjs";

const { pack, packedBytes, unpack } = await load("share/packed.ts");
const { deliveriesOf, linkText, slim } = await load("worker/share.ts");
const { readJournal } = await load("worker/journal.ts");
const { deliver, openInput, openSave } = await load("worker/input.ts");

const options = { rules: "specification", numbering: "dense", auth: "enforce" };
const sample = readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url));
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const packed = {
  options: { rules: "dendrite", numbering: "sqlite", auth: "off" },
  deliveries: [
    { events: '{"a":"ünïcödé \\u0000 \u{1f30a}"}\n{"b":"#&=?%"}', arrival: "live" },
    { events: "{}", arrival: "outlier", stateBefore: ["$x", "$y"] },
    { events: '{"c":1.0}', arrival: "backfill" },
  ],
};

test("what was packed comes out letter for letter", async () => {
  const text = await pack(packed);
  assert.match(text, /^[A-Za-z0-9_-]+$/);
  assert.equal(new URLSearchParams({ room: text }).toString(), `room=${text}`, "nothing of it needs an escape");
  assert.deepEqual(await unpack(text), packed);
  const large = { options, deliveries: [{ events: sample.toString().trim(), arrival: "live" }] };
  assert.deepEqual(await unpack(await pack(large)), large);
});

test("every link that is cut short or has a letter changed is refused in one sentence", async () => {
  const events = sample.toString().slice(0, 300);
  const text = await pack({ options, deliveries: [{ events, arrival: "live" }] });
  const refused = (damaged, words) =>
    assert.rejects(unpack(damaged), (error) => {
      assert.equal(error.code, "bad-link");
      assert.match(
        error.message,
        /^the link (is damaged or was cut short|was made by another version of roomscope)$/,
        words,
      );
      return true;
    });
  for (let length = 0; length < text.length - 1; length++) await refused(text.slice(0, length), `${length} letters`);
  const next = random(7);
  for (let at = 0; at < text.length - 1; at++) {
    const letter = letters[(letters.indexOf(text[at]) + 1 + next(63)) % 64];
    await refused(text.slice(0, at) + letter + text.slice(at + 1), `letter ${at}`);
  }
  for (const other of ["", "%", "not a link", "eJwDAAAAAAE"]) await refused(other, other);
});

test("a link that is whole and says something else is refused", async () => {
  const made = async (text) =>
    (await packedBytes(text)).toBase64?.() ?? Buffer.from(await packedBytes(text)).toString("base64url");
  const head = { roomscope: 1, ...options, parts: [[1, "live"]] };
  const other = /another version/;
  for (const [line, words] of [
    ["", other],
    ["hello", other],
    ["null", other],
    [JSON.stringify({ ...head, roomscope: 2 }), other],
    [JSON.stringify({ ...head, rules: "mine" }), other],
    [JSON.stringify({ ...head, parts: [[0, "live"]] }), other],
    [JSON.stringify({ ...head, parts: [[1, "soon"]] }), other],
    [JSON.stringify({ ...head, parts: [[1, "live", [1]]] }), other],
    [JSON.stringify({ ...head, parts: [[2, "live"]] }), /damaged/],
    [JSON.stringify({ ...head, parts: [] }), /damaged/],
  ])
    await assert.rejects(unpack(await made(`${line}\n{}`)), words, line);
  await assert.rejects(unpack(await made(" ".repeat(65 * 1024 * 1024))), /more than a small room/);
});

test("a line loses its signatures only where the rest stays as it is", () => {
  assert.equal(
    slim('{"type":"a","signatures":{"x":{}},"unsigned":{"age":1},"content":{"a":"b c"}}'),
    '{"type":"a","content":{"a":"b c"}}',
  );
  assert.equal(slim('{ "signatures": {}, "type": "a  b" }'), '{"type":"a  b"}');
  for (const exact of [
    '{"a":1.0,"signatures":{}}',
    '{"a":1,"a":2,"signatures":{}}',
    '{"a":12345678901234567890,"signatures":{}}',
  ])
    assert.equal(slim(exact), exact);
});

/** The room as a real server took it in, event by event. */
function captured(name) {
  const folder = new URL("../../tests/captures/dendrite/", import.meta.url);
  const { steps } = JSON.parse(gunzipSync(readFileSync(new URL(name, folder))));
  const room = new Room(options);
  const arrivals = { new: "live", old: "backfill", outlier: "outlier" };
  for (const { kind, pdu, state_before: stateBefore } of steps)
    room.add(pdu, { arrival: arrivals[kind], order: "given", ...(stateBefore ? { stateBefore } : {}) });
  return room;
}

const facts = (room) =>
  room
    .rows({ outliers: true })
    .map(({ eventId, verdict, stateId }) => `${eventId} ${verdict} ${stateId}`)
    .sort();

const names = readdirSync(new URL("../../tests/captures/dendrite/", import.meta.url)).filter((name) =>
  name.endsWith(".json.gz"),
);
for (const name of names) {
  test(`${name} comes out of a link with the same verdicts and states, or the link says how many differ`, async () => {
    const room = captured(name);
    for (const thin of [false, true]) {
      const again = new Room(options);
      deliver(again, deliveriesOf(room, room.save(), thin));
      const there = new Set(facts(again));
      const lost = facts(room).filter((each) => !there.has(each)).length;
      const link = await linkText(room, options, thin);
      assert.equal(again.size, room.size);
      if (link.text === undefined) {
        assert.ok(link.characters > 60_000);
        continue;
      }
      assert.equal(link.differing, lost);
      const opened = await unpack(link.text);
      assert.deepEqual(opened.options, options);
      const through = new Room(opened.options);
      deliver(through, opened.deliveries);
      assert.deepEqual(facts(through), facts(again));
      assert.equal(lost, 0);
    }
  });
}

test("of a large room the link is not made, and its length is told", async () => {
  const room = new Room();
  const body = "x".repeat(40);
  room.add(sample);
  const last = room.forwardExtremities()[0];
  const sender = room.event(last).sender;
  for (let n = 0; n < 4200; n++)
    room.send({ type: "m.room.message", sender, content: { body: `${n} ${body}` }, originServerTs: n });
  const link = await linkText(room, options, true);
  assert.equal(link.text, undefined);
  assert.ok(link.about && link.characters > 100_000, String(link.characters));
});

test("a saved room tells how it was opened", async () => {
  for (const told of [
    { rules: "dendrite", numbering: "postgres", auth: "off" },
    { rules: "specification", numbering: "sqlite", auth: "enforce" },
  ]) {
    const room = new Room(told);
    room.add(sample);
    const file = new Blob([room.save()]);
    assert.equal((await openInput(file)).kind, "save");
    const saved = await openSave(file);
    assert.deepEqual(readJournal(saved.bytes).options, told);
    assert.deepEqual(facts(saved.room), facts(room));
  }
});

test("files are told apart by how they begin, and read whole", async () => {
  for (const [kind, file, bytes] of [
    ["events", new Blob([sample]), sample],
    ["gzip", new Blob([gzipSync(sample)]), sample],
    ["events", new Blob(["{"]), Buffer.from("{")],
    ["events", new Blob([]), Buffer.alloc(0)],
  ]) {
    const input = await openInput(file);
    assert.equal(input.kind, kind);
    const pieces = [];
    for await (const piece of input.bytes) pieces.push(piece);
    assert.equal(Buffer.compare(Buffer.concat(pieces), bytes), 0);
    assert.equal(input.share(), 1);
  }
});
