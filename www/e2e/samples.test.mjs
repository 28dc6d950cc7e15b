// The rooms that the page brings along, and what somebody sees who comes for the first time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ready, rows, settled, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

test("every sample opens by keyboard, with as many events as it says, and the address leads to it again", async () => {
  const { page, done } = await viewer.open();
  const count = await page.locator("[data-sample]").count();
  assert.ok(count >= 6);
  for (let at = 0; at < count; at++) {
    const card = page.locator("[data-sample]").nth(at);
    const id = await card.getAttribute("data-sample");
    const events = /^(\d+) events/.exec(await card.locator(".note").textContent())[1];
    await card.press("Enter");
    await page.waitForFunction((id) => location.hash === `#sample=${id}`, id);
    await page.waitForFunction(
      (words) => document.querySelector(".top .size").textContent === words,
      `${events} events`,
    );
    await ready(page);
    assert.equal(await page.locator(".notice > *").count(), 0);
    assert.equal(await page.locator("#problems").isVisible(), false);
  }
  const title = await page.locator("h1").textContent();
  await page.reload();
  await ready(page);
  assert.equal(await page.locator("h1").textContent(), title);
  await page.goBack();
  await page.waitForFunction((title) => document.querySelector("h1").textContent !== title, title);
  await done();
});

for (const [width, height] of [
  [320, 640],
  [900, 800],
]) {
  test(`at ${width} pixels the three sentences stand above the room until an event is selected`, async () => {
    const { page, done } = await viewer.open({ viewport: { width, height } });
    const welcome = page.locator("#welcome");
    assert.ok(await welcome.isVisible());
    const words = await welcome.locator("p").textContent();
    assert.equal(words.match(/[a-z]\.(?= |$)/g).length, 3, words);
    assert.ok((await rows(page)).length > 4, "the room is seen as well");
    // Nothing of it is cut off.
    for (const button of await welcome.locator("button").all()) {
      const box = await button.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width);
    }
    await page.keyboard.press("ArrowDown");
    await settled(page);
    assert.equal(await welcome.isVisible(), false);
    await done();
  });
}

test("where the panel stands beside the history it says the same, and nothing is said twice", async () => {
  const { page, done } = await viewer.open();
  assert.equal(await page.locator("#welcome").isVisible(), false);
  assert.equal(await page.locator(".intro p").textContent(), await page.locator("#welcome p").textContent());
  await done();
});
