// Files: dropped, chosen, broken, hostile.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { drop, inspected, lanePixels, ready, rows, selects, settled, start } from "./harness.mjs";
import { beginning, madeId, message, ndjson } from "./rooms.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

async function openText(page, name, data) {
  await page.setInputFiles("input[type=file]", { name, mimeType: "application/x-ndjson", buffer: Buffer.from(data) });
}

async function opened(page, words) {
  await page.waitForFunction((words) => document.querySelector(".top .size").textContent === words, words);
  await ready(page);
}

test("a dropped file opens", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("ArrowDown");
  await drop(page, "made.ndjson", ndjson([...beginning(), message(3, "hello")]));
  await opened(page, "4 events");
  assert.equal(await page.locator("h1").textContent(), "A room without a name");
  assert.equal((await rows(page))[0].event, "hellotip");
  assert.equal(await page.locator(".drop").isVisible(), false);
  assert.match(await page.locator(".intro p").textContent(), /Read from made\.ndjson/);
  await done();
});

test("a JSON array and a gzip file open", async () => {
  const { page, done } = await viewer.open();
  await openText(page, "array.json", JSON.stringify([...beginning(), message(3, "in an array")]));
  await opened(page, "4 events");
  await openText(page, "packed.ndjson.gz", gzipSync(ndjson([...beginning(), message(3, "a"), message(4, "packed")])));
  await opened(page, "5 events");
  assert.equal((await rows(page))[0].event, "packedtip");
  await done();
});

test("a file that cannot be read leaves the room alone and says so in one sentence", async () => {
  const { page, done } = await viewer.open();
  for (const [name, data] of [
    ["picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0])],
    ["empty.ndjson", ""],
    ["half.gz", gzipSync(ndjson(beginning())).subarray(0, 40)],
    ["other.json", '{"hello": "there"}'],
  ]) {
    await openText(page, name, data);
    const sentence = await page.locator(".notice .failed .said").textContent();
    assert.ok(sentence.startsWith(`${name} could not be opened: `), sentence);
    assert.match(sentence, /^[^\n]{20,300}\.$/);
    assert.equal(await page.locator("h1").textContent(), "North pier");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".notice > *").count(), 0);
  }
  await page.keyboard.press("ArrowDown");
  assert.match(await inspected(page), /^\$/);
  await done();
});

test("what of a file could not be read is listed with line and reason", async () => {
  const { page, done } = await viewer.open();
  const lines = ndjson([...beginning(), message(3, "fine")]).split("\n");
  lines.splice(2, 0, '{"type": "m.room.message", ');
  lines.push('{"type":"m.room.message","sender":"@ada:one.example"}');
  await openText(page, "torn.ndjson", lines.join("\n"));
  await opened(page, "4 events");
  assert.equal(
    await page.locator("#problems .sentence").textContent(),
    "4 events read; 2 lines of torn.ndjson could not be.",
  );
  await page.click("#problems button:has-text('show')");
  const items = await page.locator("#problems li").allTextContents();
  assert.equal(items.length, 2);
  assert.match(items[0], /^line 3bad-json./);
  assert.match(items[1], /^line 7missing-field./);
  await page.click("#problems button:has-text('dismiss')");
  assert.equal(await page.locator("#problems").isVisible(), false);
  await done();
});

test("missing parents have rows of their own", async () => {
  const { page, done } = await viewer.open();
  const lost = message(5, "after the gap", { prev_events: [madeId(4)] });
  await openText(page, "gap.ndjson", ndjson([...beginning(), message(3, "before the gap"), lost]));
  await opened(page, "5 events");
  const seen = await rows(page);
  assert.deepEqual(
    seen.map((row) => row.kind),
    ["message", "gap", "message", "state", "state", "state"],
  );
  assert.equal(seen[1].event, `not held, named by ${madeId(5).slice(1, 8)}`);
  assert.equal(seen[1].id, madeId(4).slice(1, 8));
  assert.match(seen[0].graph, /^lane \d, 1 of its parents not held, the state before it is not known$/);
  assert.match(seen[0].event, /^after the gap/);
  assert.match(seen[2].graph, /, tip$/);
  await page.keyboard.press("g");
  assert.equal(await inspected(page), madeId(4));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent === id, madeId(5));
  await done();
});

test("rejected and soft-failed events have their own shapes, tags and reasons", async () => {
  const { page, done } = await viewer.open();
  const bob = "@bob:two.example";
  const auth = (...ns) => ({ auth_events: ns.map(madeId) });
  const room = [
    ...beginning(),
    { ...message(3, ""), type: "m.room.join_rules", state_key: "", content: { join_rule: "public" } },
    {
      ...message(4, ""),
      type: "m.room.member",
      state_key: bob,
      sender: bob,
      content: { membership: "join" },
      ...auth(0, 2, 3),
    },
    { ...message(5, ""), type: "m.room.member", state_key: bob, content: { membership: "ban" }, ...auth(0, 1, 2, 4) },
    // Sent beside the ban, come after it.
    message(6, "but I was faster", { sender: bob, prev_events: [madeId(4)], depth: 6, ...auth(0, 2, 4) }),
    message(7, "never in the room", {
      sender: "@eve:three.example",
      prev_events: [madeId(5)],
      depth: 7,
      ...auth(0, 2),
    }),
  ];
  await openText(page, "verdicts.ndjson", ndjson(room));
  await opened(page, "8 events");
  const seen = await rows(page);
  const row = (words) => seen.find(({ event }) => event.startsWith(words));
  assert.match(row("never in the room").event, /✕ rejected.+/);
  assert.match(row("never in the room").graph, /, rejected$/);
  assert.match(row("but I was faster").event, /◐ soft-failed.+/);
  assert.match(row("but I was faster").graph, /, soft-failed$/);
  const band = (words) => [row(words).top - seen[0].top, row(words).top - seen[0].top + 24];
  assert.ok((await lanePixels(page, [0xc0, 0x2a, 0x24], ...band("never in the room"))) > 5, "a cross in its row");
  assert.ok((await lanePixels(page, [0x8a, 0x61, 0x00], ...band("but I was faster"))) > 5, "a half ring in its row");
  await page.keyboard.press("/");
  await page.keyboard.type("never in");
  await page.waitForFunction(() => document.querySelector(".hits").textContent === "1 found");
  await page.keyboard.press("Enter");
  await inspected(page);
  assert.equal(await page.locator(".inspector .verdict .tag").first().textContent(), "✕ rejected");

  // Why: what they were refused for comes first, and the event to blame is a link.
  const why = page.locator(".why-tab");
  await page.locator(".grid").focus();
  await page.keyboard.press("w");
  await why.locator(".refusal", { hasText: "@eve:three.example" }).waitFor();
  assert.equal(await why.locator(".why-title").first().textContent(), "Why it was rejected");
  assert.match(await why.locator(".empty").textContent(), /^It has one parent: /);
  await page.keyboard.press("/");
  await page.keyboard.type("but I was");
  await page.waitForFunction(() => document.querySelector(".hits").textContent === "1 found");
  await page.keyboard.press("Enter");
  await why.locator(".why-title", { hasText: "Why it was soft-failed" }).waitFor();
  await why.locator(".refusal button, .refusal a").first().click();
  await selects(page, 2);
  assert.equal(await inspected(page), madeId(5), "the ban");
  assert.equal(await why.locator(".refusal").count(), 0, "it passed");
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  assert.equal(await inspected(page), madeId(0));
  assert.match(await why.locator(".empty").textContent(), /^It has no parent: /);
  await done();
});

test("a hostile room stays text", async () => {
  const { page, done } = await viewer.open();
  const markup = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  const state = (n, type, key, content) => ({ ...message(n, ""), type, state_key: key, content });
  const hostile = [
    ...beginning(),
    state(3, "m.room.name", "", { name: markup }),
    message(4, markup),
    message(5, "right \u202e to \u2066left"),
    state(6, "__proto__", "constructor", { __proto__: null, ["__proto__"]: { toString: 1 } }),
    state(7, markup, markup, { [markup]: markup }),
    state(8, "m.room.topic", "", { topic: "x".repeat(60_000) }),
    { ...message(9, ""), content: { body: { not: "text" }, msgtype: 7 } },
    { ...message(10, ""), content: {} },
    message(11, "javascript:alert(1) \u0000 \ud83d\udc69\u200d\ud83d\ude80"),
  ];
  const unreadable = { ...message(12, ""), content: [markup] };
  await openText(page, `${markup}.ndjson`, ndjson([...hostile, unreadable]));
  await page.waitForFunction(() => document.querySelector("h1").textContent.startsWith("<img"));
  await ready(page);
  for (let i = 0; i < hostile.length; i++) {
    await page.keyboard.press("ArrowDown");
    await inspected(page);
    assert.ok((await page.locator("pre.json").textContent()).startsWith("{"));
  }
  await page.keyboard.press("/");
  await page.keyboard.type("<img");
  await page.waitForFunction(() => /found/.test(document.querySelector(".hits").textContent));
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("img, .window script, .inspector script, iframe").count(), 0);
  // Rows keep their place whatever stands in them.
  const seen = await rows(page);
  seen.forEach((row, i) => assert.equal(row.top, seen[0].top + i * 24));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await done();
});

test("characters that hide or turn text are written out in the JSON", async () => {
  const { page, done } = await viewer.open();
  await openText(page, "turned.ndjson", ndjson([...beginning(), message(3, "a\u202eb\u200bc")]));
  await opened(page, "4 events");
  await page.keyboard.press("ArrowDown");
  await inspected(page);
  const json = await page.locator("pre.json").textContent();
  assert.ok(json.includes("a\\u202eb\\u200bc"));
  assert.equal(JSON.parse(json).content.body, "a\u202eb\u200bc");
  await done();
});

test("several files are several views, and switching stays at the event", async () => {
  const { page, done } = await viewer.open();
  const file = (name, events) => ({ name, mimeType: "application/x-ndjson", buffer: Buffer.from(ndjson(events)) });
  const all = [...beginning(), message(3, "one"), message(4, "two")];
  await page.setInputFiles("input[type=file]", [file("alpha.ndjson", all), file("beta.ndjson", all.slice(0, 4))]);
  await opened(page, "5 events");
  await page.waitForFunction(() => document.querySelectorAll(".switch option").length === 2);
  await page.keyboard.press("End");
  const id = await inspected(page);
  await page.selectOption(".switch", "beta.ndjson");
  await opened(page, "4 events");
  await page.waitForFunction((id) => document.querySelector("h2.full-id")?.textContent === id, id);
  await page.selectOption(".switch", "alpha.ndjson");
  await opened(page, "5 events");
  await done();
});

test("pasted text opens, and the room is there again after a reload until it is forgotten", async () => {
  const { page, done } = await viewer.open();
  const text = ndjson([...beginning(), message(3, "pasted")]);
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, text);
  await opened(page, "4 events");
  const kept = () =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open("roomscope", 1).onsuccess = ({ target }) => {
            const request = target.result.transaction("files").objectStore("files").get("last");
            request.onsuccess = () => resolve(request.result?.length ?? 0);
            target.result.close();
          };
        }),
    );
  while ((await kept()) !== 1) await page.waitForTimeout(20);
  await page.reload();
  await ready(page);
  await opened(page, "4 events");
  assert.match(await page.locator(".intro p").textContent(), /pasted text/);
  await page.click("button:has-text('Forget this room')");
  while ((await kept()) !== 0) await page.waitForTimeout(20);
  await page.reload();
  await ready(page);
  await opened(page, "205 events");
  await done();
});

test("a hostile room stays text in its state, its storage and while it is played", async () => {
  const { page, done } = await viewer.open();
  const markup = "<img src=x onerror=alert(1)>";
  const state = (n, type, key, content) => message(n, "", { type, state_key: key, content });
  const events = [
    ...beginning(),
    state(3, `org.${markup}`, markup, { [markup]: markup }),
    state(4, "__proto__", "constructor", { ["__proto__"]: { x: 1 } }),
    state(5, "m.room.name", "", { name: `\u202e${"n".repeat(60_000)}` }),
    message(6, "end"),
  ];
  await openText(page, "hostile.ndjson", ndjson(events));
  await opened(page, "7 events");
  await page.keyboard.press("ArrowDown");
  for (const [key, part] of [
    ["s", ".state-row"],
    ["d", ".layer"],
    ["2", ".table-row.new"],
    ["3", ".card"],
  ]) {
    await page.keyboard.press(key);
    await page.waitForSelector(part);
    assert.equal(await page.locator("img").count(), 0);
  }
  await page.keyboard.press("2");
  await page.click("button:has-text('event_types')");
  await page.waitForFunction((text) => document.querySelector(".table-window").textContent.includes(text), markup);
  assert.ok((await page.locator(".table-window").textContent()).includes("__proto__"));
  await done();
});
