// Playing a room: the teaching rooms, their steps by key and by time, and the README's tables beside ours.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

const at = (page, n, total) =>
  page.waitForFunction(
    ([n, total]) => document.querySelector(".where").textContent === `Step ${n} of ${total}`,
    [n, total],
  );

async function lesson(page, id, total) {
  await page.click(`[data-lesson=${id}]`);
  await at(page, 1, total);
}

const selected = (page) => page.locator(".window .row[aria-selected=true] .event").first().textContent();

test("a teaching room is played by key, and each step tells what it did", async () => {
  const { page, done } = await viewer.open();
  await lesson(page, "conflict", 8);
  assert.equal(await page.locator("h1").textContent(), "A fork with a conflict");
  for (let step = 2; step <= 6; step++) {
    await page.keyboard.press("f");
    await at(page, step, 8);
  }
  assert.equal(
    await page.locator(".play .did").textContent(),
    "Block 6 is new, snapshot 7 = 6, state group 7 is new, the room has 2 tips now.",
  );
  assert.match(await page.locator(".play .caption").textContent(), /one full block/);
  assert.equal(
    await page.locator(".card:has-text('state_blocks') .card-row.new").textContent(),
    "6[1, 2, 3, 4, 6]+ new",
  );
  assert.equal(await selected(page), "topictwo");
  await page.keyboard.press("f");
  await at(page, 7, 8);
  assert.equal(await page.locator(".card:has-text('forward_extremities') .gone").count(), 2);
  await page.keyboard.press("b");
  await at(page, 6, 8);
  // The selection and the step are one.
  await page.keyboard.press("End");
  await at(page, 1, 8);
  assert.equal(await page.locator(".play h2").textContent(), "alice sets create");
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#inspector").isVisible());
  await done();
});

test("a room plays by itself to its end, and can be held", async () => {
  const { page, done } = await viewer.open();
  await lesson(page, "readme", 6);
  await page.clock.install();
  await page.click(".play-bar button:has-text('Play')");
  await page.clock.runFor(1700);
  await at(page, 2, 6);
  await page.keyboard.press("p");
  await page.clock.runFor(5000);
  await at(page, 2, 6);
  await page.locator(".play-bar input").focus();
  await page.keyboard.press("End");
  await at(page, 6, 6);
  assert.ok(await page.locator(".play-bar button:has-text('Next')").isDisabled());
  await done();
});

test("the README's tables stand beside ours, each wrong place with its sentence", async () => {
  const { page, done } = await viewer.open();
  await lesson(page, "readme", 6);
  await page.waitForSelector(".printed");
  assert.deepEqual(await page.locator(".printed .wrong").allTextContents(), [
    "2",
    "2",
    "3",
    "2",
    "3",
    "{1,3,6}",
    "2",
    "2",
    "2",
    "6",
  ]);
  assert.deepEqual(await page.locator(".printed .right").allTextContents(), [
    "5",
    "5",
    "8",
    "5",
    "8",
    "{1,3,5}",
    "5",
    "5",
    "5",
    "5",
  ]);
  assert.equal(await page.locator(".printed li").count(), 10);
  await done();
});

test("a captured room is played in the order of its arrival", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("3");
  await at(page, 1, 205);
  await page.click(".play-bar button:has-text('Next')");
  await at(page, 2, 205);
  assert.equal(await page.locator(".play .caption").isVisible(), false);
  assert.match(
    await page.locator(".play .did").textContent(),
    /^Interned @ada:alpha\.example as 2, block 2 is new, snapshot 3 = 1, 2, state group \d+ is new\.$/,
  );
  await done();
});
