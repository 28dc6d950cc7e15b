// The page as somebody first sees it, and what a selection shows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { inspected, lanePixels, ready, rows, selectedRow, settled, start } from "./harness.mjs";

const sample = readFileSync(new URL("../samples/north-pier-v11.ndjson", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const ink = [0x1b, 0x1d, 0x1f];
const lane2 = [0x76, 0x7c, 0x82];
const ok = [0x1a, 0x7a, 0x4a];

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

test("the sample opens with its rows and its lanes", async () => {
  const { page, done } = await viewer.open();
  assert.equal(await page.locator("h1").textContent(), "North pier");
  assert.equal(await page.locator(".top .tag").textContent(), "v11");
  assert.equal(await page.title(), "North pier – roomscope");
  // The grid counts its head as a row.
  assert.equal(await page.locator(".grid").getAttribute("aria-rowcount"), String(sample.length + 1));
  assert.equal(await page.locator("#tips").textContent(), "◎ 2 tips");
  assert.equal(await page.locator("#gaps").textContent(), "0 gaps");

  const seen = await rows(page);
  assert.ok(seen.length >= 30 && seen.length <= 36, `${seen.length} rows in the window`);
  const deepest = sample.reduce((a, b) => (b.depth > a.depth ? b : a));
  assert.equal(seen[0].depth, String(deepest.depth));
  assert.match(seen[0].graph, /^lane \d, tip$/);
  assert.equal(seen[0].event, "oktip");
  assert.deepEqual(
    seen.map((row) => row.index),
    seen.map((_, i) => i),
  );
  // What is not in the window has no element, but for one spare row.
  assert.ok((await page.locator(".row").count()) <= seen.length + 3);

  assert.ok((await lanePixels(page, lane2)) > 500, "lanes are drawn");
  assert.ok((await lanePixels(page, ink)) > 100, "state events are drawn");
  assert.ok((await lanePixels(page, ok, 0, 24)) > 20, "the tip's ring stands in its row");
  assert.equal(await lanePixels(page, ok, 24, 72), 0, "and in no other");
  await done();
});

test("events are told in words by type", async () => {
  const { page, done } = await viewer.open({ viewport: { width: 1440, height: 6000 } });
  const seen = await rows(page);
  assert.equal(seen.length, sample.length);
  const told = new Set(seen.map((row) => row.event));
  for (const words of [
    "createroom version 11",
    "nameNorth pier",
    "history_visibilityshared",
    "join_rulesinvite",
    "memberbo joined as “Bo”",
    "memberivo left",
    "power_levelshana 50 → 75",
    "topicNext meeting Thursday",
    "good morning all",
  ]) {
    assert.ok(told.has(words), words);
  }
  assert.equal(seen.filter((row) => row.graph.includes("merge of 2")).length, 14);
  assert.equal(seen.filter((row) => row.graph.includes("no parents")).length, 1);
  await done();
});

test("a click selects a row and shows its facts and its JSON", async () => {
  const { page, done } = await viewer.open();
  await page.mouse.click(300, 44 + 40 + 24 + 4.5 * 24);
  await inspected(page);
  const row = (await rows(page))[4];
  assert.ok(row.selected);
  const id = await inspected(page);
  assert.equal(id.slice(1, 8), row.id);
  const shown = JSON.parse(await page.locator("pre.json").textContent());
  const sent = sample.find((pdu) => pdu.depth === 142);
  assert.deepEqual(shown, sent);
  assert.equal(Object.keys(shown)[0], "type");
  assert.equal(await page.locator("#place").textContent(), `row 5 of ${sample.length}`);
  assert.equal(await page.locator(".inspector .verdict .tag").first().textContent(), "✓ accepted");

  await page.click(".headline button:has-text('copy')");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), id);
  await done();
});

test("the selection is a moment: what it did not know is dim", async () => {
  const { page, done } = await viewer.open();
  await page.mouse.click(300, 44 + 40 + 24 + 4.5 * 24);
  await settled(page);
  const seen = await rows(page);
  assert.deepEqual(
    seen.slice(0, 8).map((row) => row.unknown),
    [true, true, true, true, false, false, false, false],
  );
  await done();
});

test("parents, children and auth events are links, in the JSON too", async () => {
  const { page, done } = await viewer.open();
  await page.mouse.click(300, 44 + 40 + 24 + 4.5 * 24);
  const from = await inspected(page);
  const parent = await page.locator(".links .go").first().locator(".short").textContent();
  await page.locator(".links .go").first().click();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent !== id, from);
  assert.equal((await inspected(page)).slice(1, 8), parent);
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains("grid")), "the focus is with the row");

  const there = await inspected(page);
  const linked = page.locator("pre.json .id").first();
  const target = await linked.textContent();
  await linked.click();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent === id, target);
  await page.goBack();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent === id, there);
  await done();
});

test("the address leads to the event again", async () => {
  const first = await viewer.open();
  await first.page.keyboard.press("End");
  const id = await inspected(first.page);
  await first.page.waitForFunction((id) => decodeURIComponent(location.hash).endsWith(id), id);
  const { hash } = new URL(first.page.url());
  await first.done();
  const second = await viewer.open({ path: `/${hash}` });
  await second.page.waitForFunction((id) => document.querySelector("h2.full-id")?.textContent === id, id);
  assert.equal((await selectedRow(second.page)).index, sample.length - 1);
  await second.done();
});

test("dark and light follow the system, the key, and the last choice", async () => {
  const { page, done } = await viewer.open({ colorScheme: "dark" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const darkLane = [0x8d, 0x95, 0x9c];
  assert.equal(await background(), "rgb(19, 21, 23)");
  assert.ok((await lanePixels(page, darkLane)) > 500, "lanes are drawn for the dark");
  await page.keyboard.press("i");
  await settled(page);
  assert.equal(await background(), "rgb(255, 255, 255)");
  assert.equal(await lanePixels(page, darkLane), 0);
  await page.reload();
  await ready(page);
  assert.equal(await background(), "rgb(255, 255, 255)");
  await page.click("#theme");
  assert.equal(await background(), "rgb(19, 21, 23)");
  await done();
});
