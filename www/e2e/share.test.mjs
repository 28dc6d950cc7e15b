// A room on its way out of the page and in again: the link that carries it, its damage, and the files. By keyboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { inspected, ready, rows, settled, start } from "./harness.mjs";
import { beginning, message, ndjson } from "./rooms.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

/** The events of a room that a real server held, without those it knew no history of. */
function captured(name) {
  const file = new URL(`../../tests/captures/${name}.json.gz`, import.meta.url);
  const { events } = JSON.parse(gunzipSync(readFileSync(file)));
  return ndjson(events.filter(([, , , outlier]) => !outlier).map((row) => row.at(-1)));
}

async function openText(page, name, data) {
  await page.setInputFiles("input[type=file]", { name, mimeType: "application/x-ndjson", buffer: Buffer.from(data) });
  await page.waitForFunction((name) => document.querySelector(".inspector .full-id")?.textContent === name, name);
  await ready(page);
}

/** Opens the sheet by its key and waits for the link. */
async function openExport(page) {
  await page.keyboard.press("x");
  await page.waitForFunction(() => document.querySelector(".copy-line input").value !== "");
}

/** Presses enter on the focused button and reads what was copied. */
async function copied(page) {
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".copy-line .button").textContent === "Copied");
  return page.evaluate(() => navigator.clipboard.readText());
}

const pathOf = (link) => new URL(link).pathname + new URL(link).hash;

for (const name of ["north-pier-v12-hs1", "v10-s1-hs1"]) {
  test(`a thin link to an event of ${name} opens the room there, and nobody’s words are in it`, async () => {
    const first = await viewer.open();
    await openText(first.page, `${name}.ndjson`, captured(name));
    const size = await first.page.locator(".top .size").textContent();
    await first.page.keyboard.press("m");
    const id = await inspected(first.page);
    const before = (await rows(first.page)).map(({ graph, id, depth }) => [graph, id, depth]);
    await openExport(first.page);
    assert.match(
      await first.page.locator(".export .length").textContent(),
      /^[\d,]+ characters, leads to the selected event/,
    );
    const link = await copied(first.page);
    assert.ok(link.startsWith(`${viewer.origin}/#room=`) && link.length < 60_200, `${link.length} characters`);
    await first.page.keyboard.press("Escape");
    assert.equal(await first.page.locator("#export").isVisible(), false);
    await first.done();

    const second = await viewer.open({ path: pathOf(link) });
    await second.page.waitForFunction((id) => document.querySelector("h2.full-id")?.textContent === id, id);
    assert.equal(await second.page.locator(".top .size").textContent(), size);
    await settled(second.page);
    const seen = await rows(second.page);
    assert.deepEqual(
      seen.map(({ graph, id, depth }) => [graph, id, depth]),
      before,
    );
    assert.ok(seen.some(({ event }) => event.startsWith("message without content")));
    await second.done();
  });
}

test("the room stays in the address while one moves in it, after a reload too, and leaves it with another room", async () => {
  const first = await viewer.open();
  await openExport(first.page);
  // Back over the field to the second choice.
  await first.page.keyboard.press("Shift+Tab");
  await first.page.keyboard.press("Shift+Tab");
  await first.page.keyboard.press("Enter");
  assert.equal(await first.page.locator(".export [aria-pressed=true]").first().textContent(), "Whole");
  await first.page.waitForFunction(() => document.querySelector(".copy-line input").value !== "");
  await first.page.locator(".copy-line .button").focus();
  const link = await copied(first.page);
  await first.done();

  const { page, done } = await viewer.open({ path: pathOf(link) });
  assert.equal(await page.locator("h1").textContent(), "North pier");
  await page.keyboard.press("End");
  const id = await inspected(page);
  await page.waitForFunction((id) => decodeURIComponent(location.hash).endsWith(id), id);
  assert.ok(page.url().startsWith(`${viewer.origin}/#room=`));
  await page.reload();
  await ready(page);
  await page.waitForFunction((id) => document.querySelector("h2.full-id")?.textContent === id, id);
  // The same room under other rules is still the link's.
  await page.click("button:has-text('Dendrite')");
  await page.waitForSelector(".rules [aria-pressed=true]:has-text('Dendrite')");
  await ready(page);
  assert.equal(await page.locator("h1").textContent(), "North pier");
  await openText(page, "made.ndjson", ndjson([...beginning(), message(3, "hello")]));
  await page.waitForFunction(() => !location.hash.includes("room="));
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("h1").textContent === "North pier");
  await page.goForward();
  await page.waitForFunction(() => document.querySelector(".inspector .full-id")?.textContent === "made.ndjson");
  await done();
});

test("a damaged link says so in one sentence, and the page is not blank", async () => {
  const first = await viewer.open();
  await openExport(first.page);
  const link = pathOf(await copied(first.page));
  await first.done();
  const middle = link.length >> 1;
  for (const [path, words] of [
    [link.slice(0, middle), "the link is damaged or was cut short"],
    [
      link.slice(0, middle) + (link[middle] === "A" ? "B" : "A") + link.slice(middle + 1),
      "the link is damaged or was cut short",
    ],
    ["/#room=", "the link is damaged or was cut short"],
    ["/#room=%00%ff<b>", "the link is damaged or was cut short"],
  ]) {
    const { page, done } = await viewer.open({ path });
    assert.equal(
      await page.locator(".notice .failed .said").textContent(),
      `The room in this link could not be opened: ${words}.`,
    );
    assert.equal(await page.locator("h1").textContent(), "North pier");
    assert.ok((await rows(page)).length > 20);
    await done();
  }
});

test("a room that is too large for a link says how large, and what to do instead", async () => {
  const { page, done } = await viewer.open();
  const many = [
    ...beginning(),
    ...Array.from({ length: 3000 }, (_, i) => message(i + 3, `message ${i} ${Math.sin(i)} ${Math.cos(i)}`)),
  ];
  await openText(page, "long.ndjson", ndjson(many));
  // Without its words it is small enough.
  await openExport(page);
  await page.click(".export button:has-text('Whole')");
  await page.waitForFunction(() => document.querySelector(".export .length").textContent.startsWith("Too long"));
  assert.match(
    await page.locator(".export .length").textContent(),
    /^Too long for a link: [\d,]{6,} characters, and beyond 60,000 links get lost\. Try it thin, or save a file instead\.$/,
  );
  assert.equal(await page.locator(".copy-line .button").getAttribute("aria-disabled"), "true");
  await done();
});

async function saved(page, form) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`[data-file=${form}]`).press("Enter"),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test("files: whole, thin, saved and drawn", async () => {
  const { page, done } = await viewer.open();
  const text = captured("north-pier-v12-hs1");
  await openText(page, "pier.ndjson.gz", text);
  const size = await page.locator(".top .size").textContent();
  await page.keyboard.press("m");
  const id = await inspected(page);
  await openExport(page);
  const whole = await saved(page, "ndjson");
  assert.equal(whole.name, "pier.ndjson");
  assert.deepEqual(whole.bytes.toString().trim().split("\n").sort(), text.trim().split("\n").sort());
  const thin = await saved(page, "thin");
  assert.equal(thin.name, "pier.thin.ndjson");
  assert.equal(thin.bytes.toString().includes('"body"'), false);
  const save = await saved(page, "save");
  assert.equal(save.name, "pier.roomscope");
  await page.click(".export .choices button:has-text('around')");
  const dot = await saved(page, "dot");
  assert.equal(dot.name, "pier.dot");
  assert.match(dot.bytes.toString(), /^digraph /);
  assert.ok(dot.bytes.toString().includes(id.slice(1, 7)));
  const around = Number(/\d+/.exec(await page.locator(".export .choices button:has-text('around')").textContent())[0]);
  assert.ok(around > 4 && around < 40, `${around} events around the selected one`);
  await page.keyboard.press("Escape");

  await openText(page, "pier.roomscope", save.bytes);
  assert.equal(await page.locator(".top .size").textContent(), size);
  assert.equal(await page.locator(".notice > *").count(), 0);
  await page.click("button:has-text('Dendrite')");
  await page.waitForSelector(".rules [aria-pressed=true]:has-text('Dendrite')");
  await ready(page);
  assert.equal(await page.locator(".top .size").textContent(), size);
  const torn = Buffer.from(save.bytes);
  torn[torn.length >> 1] ^= 1;
  await page.setInputFiles("input[type=file]", { name: "torn.roomscope", mimeType: "", buffer: torn });
  assert.match(
    await page.locator(".notice .failed .said").textContent(),
    /^torn\.roomscope could not be opened: .*\.$/,
  );
  await done();
});

test("a teaching room is carried by its name", async () => {
  const { page, done } = await viewer.open();
  await page.click(".sample[data-lesson=conflict]");
  await page.waitForFunction(() => location.hash === "#lesson=conflict");
  const name = await page.locator("h1").textContent();
  await openExport(page);
  const link = await copied(page);
  assert.match(link, /#lesson=conflict/);
  await page.keyboard.press("Escape");
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("h1").textContent === "North pier");
  await page.goForward();
  await page.waitForFunction((name) => document.querySelector("h1").textContent === name, name);
  await done();
});
