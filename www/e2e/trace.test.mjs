// A traced slot in the lanes, the bar and the minimap; conflicts and resets wherever they are told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, inspected, lanePixels, ready, rows, selectedRow, selects, settled, start } from "./harness.mjs";
import { ndjson, takenBack } from "./rooms.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

/** The colours of A to D. */
const colours = [
  [0x00, 0x78, 0x8a],
  [0xb8, 0x52, 0x0a],
  [0x6f, 0x2b, 0x8c],
  [0x43, 0x4a, 0x10],
];

async function sum(counts) {
  return (await Promise.all(counts)).reduce((a, b) => a + b);
}

const bar = (page) => page.locator(".trace-bar");
const letters = (page) => bar(page).locator(".value .letter").allTextContents();

/** Waits until the bar has words for all its letters. */
async function traced(page, slot) {
  await page.waitForFunction(
    (slot) =>
      document.querySelector(".trace-bar .traced").textContent === `Lanes show ${slot}` &&
      [...document.querySelectorAll(".trace-bar .words")].every((words) => words.textContent !== "") &&
      document.querySelector(".trace-bar .values").childElementCount > 0,
    slot,
  );
  await settled(page);
}

/** How many pixels of the minimap have a colour near `rgb`. */
function mapPixels(page, [r, g, b]) {
  return page.evaluate(
    ([r, g, b]) => {
      const canvas = document.querySelector(".minimap canvas");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const near = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24;
        if (near && data[i + 3] > 200) count++;
      }
      return count;
    },
    [r, g, b],
  );
}

test("t traces the selected event's slot: lanes, bar, rows, words and minimap carry its values", async () => {
  const { page, done } = await viewer.open();
  const select = async (query) => {
    await page.keyboard.press("/");
    await page.keyboard.type(query);
    await page.locator(".hits", { hasText: "found" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await settled(page);
  };
  assert.equal(await bar(page).isVisible(), false);
  const lanes = () => sum(colours.map((colour) => lanePixels(page, colour)));
  assert.equal(await lanes(), 0);
  await select("type:m.room.topic");
  const id = await inspected(page);
  await page.keyboard.press("t");
  await traced(page, "topic");
  assert.deepEqual(await letters(page), ["A", "B", "C", "D"]);
  await eventually(page, async () => (await lanes()) > 100);
  await eventually(page, async () => (await sum(colours.map((colour) => mapPixels(page, colour)))) > 100);
  const row = (await rows(page)).find((each) => each.selected);
  assert.match(row.graph, /, sets topic: [ABCD]$/);
  assert.match(row.event, /^topic[ABCD]/);
  assert.match(
    (await rows(page)).find((each) => each.index === row.index - 1).graph,
    /, topic is ([ABCD]|another value)$/,
  );
  assert.equal(new URL(page.url()).hash, `#${new URLSearchParams({ event: id, trace: "m.room.topic" })}`);

  // The way back stops it, the way forward brings it again, and so does the address alone.
  await page.goBack();
  await page.waitForFunction(() => document.querySelector(".trace-bar").hidden);
  await eventually(page, async () => (await lanes()) === 0);
  await page.goForward();
  await traced(page, "topic");
  await page.reload();
  await ready(page);
  await traced(page, "topic");
  assert.equal(await inspected(page), id);

  // The same key stops, a word does, and a value leads to the event that set it.
  await bar(page).locator(".value").first().click();
  const setter = await inspected(page);
  assert.match((await rows(page)).find((each) => each.selected).graph, /sets topic: [ABCD]$/);
  await page.keyboard.press("t");
  assert.equal(await bar(page).isVisible(), false);
  await page.keyboard.press("t");
  await traced(page, "topic");
  await bar(page).locator(".stop").click();
  assert.equal(await bar(page).isVisible(), false);
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains("grid")));
  assert.equal(await inspected(page), setter);
  await done();
});

test("a slot of the state is traced by a click or a key, and its letters are those of the parents", async () => {
  const { page, done } = await viewer.open();
  for (let i = 0; i < 3; i++) await page.keyboard.press("m");
  await page.keyboard.press("s");
  await page.waitForSelector(".state-row");
  const row = page.locator(".state-row:has(.marks .letter.filled)").first();
  const name = (await row.locator(".slot-name").first().textContent()).replace(/^m\.room\./, "").split(":")[0];
  await row.locator(".opens").click();
  await traced(page, name);
  assert.ok(await row.locator(".key-strip").isVisible());
  assert.match(await row.locator(".strip-head").textContent(), /^history of .*set \d+ · resolved \d+ · reset \d+$/);
  const held = await row.locator(".marks .letter.filled").allTextContents();
  const winner = await row.locator(".value").first().textContent();
  const lettered = await bar(page)
    .locator(".value")
    .evaluateAll((all) => all.map((each) => [...each.children].map((part) => part.textContent)));
  assert.deepEqual(
    lettered.filter(([, words]) => words === winner).map(([letter]) => letter),
    held.slice(0, 1),
    "the value that stands has the letter of the parent that held it",
  );
  const ticks = () =>
    row
      .locator(".key-strip .change")
      .evaluateAll((all) => all.map((each) => each.style.getPropertyValue("--value")).filter((value) => value !== ""));
  await eventually(page, async () => (await ticks()).includes(`var(--v${held[0].toLowerCase()})`));
  // Again: the strip closes and the lanes are grey. By key alone it comes back.
  await row.locator(".opens").click();
  assert.equal(await bar(page).isVisible(), false);
  await row.locator(".opens").focus();
  await page.keyboard.press("t");
  await traced(page, name);
  await done();
});

test("conflicts and resets are told by node, tag, word, footer, map, state and strip, and keys lead to them", async () => {
  const { page, done } = await viewer.open();
  await page.locator("#conflicts").waitFor();
  assert.match(await page.locator("#conflicts").textContent(), /^◆ \d+ conflicted merges$/);
  assert.equal(await page.locator("#resets").textContent(), "↺ 2 resets");
  await page.keyboard.press("y");
  await settled(page);
  const first = (await rows(page)).find((each) => each.selected);
  assert.match(first.graph, /merge of 2, \d+ slots? conflicted/);
  assert.match(first.event, /◆ merge of 2 · \d+ conflicted/);
  await page.keyboard.press("y");
  await page.keyboard.press("Y");
  await settled(page);
  await selects(page, first.index);
  await page.locator("#conflicts").click();
  await settled(page);
  assert.notEqual((await selectedRow(page)).index, first.index);

  await page.setInputFiles("input[type=file]", {
    name: "taken-back.ndjson",
    mimeType: "text/plain",
    buffer: Buffer.from(ndjson(takenBack())),
  });
  await page.waitForFunction(() => document.querySelector(".top .size").textContent === "9 events");
  await ready(page);
  await page.locator("#resets").waitFor();
  assert.equal(await page.locator("#resets").textContent(), "↺ 1 reset");
  await page.keyboard.press("q");
  await settled(page);
  const merge = (await rows(page)).find((each) => each.selected);
  assert.match(merge.graph, /merge of 2, 2 slots conflicted, 1 slot reset/);
  assert.match(merge.event, /◆ merge of 2 · 2 conflicted↺ 1 reset/);
  await eventually(page, async () => (await mapPixels(page, [0xc0, 0x2a, 0x24])) > 3);
  await eventually(page, async () => (await lanePixels(page, [0xc0, 0x2a, 0x24])) > 5);
  await page.keyboard.press("s");
  const topic = page.locator(".state-row:has(.sign.reset)");
  await topic.waitFor();
  assert.match(await topic.textContent(), /↺m\.room\.topicebb/);
  await topic.locator(".opens").click();
  await page.waitForSelector(".key-strip .change.reset");
  assert.match(await topic.locator(".strip-head").textContent(), /set 2 · resolved 0 · reset 1$/);
  await traced(page, "topic");
  assert.deepEqual(await letters(page), ["A", "B"]);
  await eventually(page, async () => (await lanePixels(page, colours[1])) > 5);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("is:reset");
  await page.locator(".hits", { hasText: "1 of 1" }).waitFor();
  await done();
});
