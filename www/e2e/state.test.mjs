// The state at an event, the difference of two, a slot's history, and a merge explained.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspected, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

/** Goes to the n-th merge from the top. */
async function merge(page, n) {
  for (let i = 0; i < n; i++) await page.keyboard.press("m");
  return inspected(page);
}

test("the state at a merge: what was resolved, who held it, and the filter", async () => {
  const { page, done } = await viewer.open();
  await merge(page, 3);
  await page.keyboard.press("s");
  await page.waitForSelector(".state-row");
  assert.equal(await page.locator(".state .band h3").first().textContent(), "Resolved at this merge");
  assert.equal(await page.locator(".state-row .sign.resolved").count(), 4);
  assert.equal(await page.locator(".state-row").first().locator(".letter").count(), 2);
  assert.equal(await page.locator(".state-row").first().locator(".letter.filled").textContent(), "B");
  assert.equal(await page.locator(".state-row").count(), 16);
  await page.fill(".filter", "topic");
  await page.waitForFunction(() => document.querySelectorAll(".state-row").length === 1);
  await page.fill(".filter", "");
  await page.waitForFunction(() => document.querySelectorAll(".state-row").length === 16);
  const id = await page.locator(".state-row .link.mono").first().textContent();
  await page.locator(".state-row .link.mono").first().click();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent.slice(1, 8) === id, id);
  // The tab stays; the event that set it is marked as having done so.
  await page.waitForFunction(() => document.querySelector(".state-row .sign.changed, .state-row .sign.added") !== null);
  await done();
});

test("a slot opens into its history", async () => {
  const { page, done } = await viewer.open();
  await merge(page, 3);
  await page.keyboard.press("s");
  await page.waitForSelector(".state-row");
  const topic = page.locator(".state-row:has-text('m.room.topic') .opens");
  await topic.click();
  await page.waitForSelector(".key-strip .change");
  assert.equal(await topic.getAttribute("aria-expanded"), "true");
  const head = await page.locator(".strip-head").textContent();
  assert.match(head, /^history of topic/);
  const causes = head.match(/\d+/g).map(Number);
  assert.equal(
    await page.locator(".key-strip .change").count(),
    causes.reduce((a, b) => a + b),
  );
  const from = await inspected(page);
  await page.locator(".changes .link").last().click();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent !== id, from);
  await done();
});

test("control-click compares two events, by keys too", async () => {
  const { page, done } = await viewer.open();
  await merge(page, 5);
  await page
    .locator(".window .row")
    .nth(4)
    .click({ modifiers: ["Control"], position: { x: 300, y: 10 } });
  await page.waitForSelector(".pairs");
  assert.equal(await page.locator(".row.second").count(), 1);
  assert.match(await page.locator(".differ").textContent(), /^\d+ of \d+ slots differ$/);
  const differing = Number(/^\d+/.exec(await page.locator(".differ").textContent())[0]);
  assert.equal(await page.locator(".apart").count(), differing);
  assert.ok((await page.locator(".side.minus").count()) > 0 && (await page.locator(".side.plus").count()) > 0);
  const first = await page.locator(".pair .mono").first().textContent();
  await page.click("button:has-text('swap')");
  await page.waitForFunction((id) => document.querySelectorAll(".pair .mono")[1].textContent === id, first);
  assert.equal(Number(/^\d+/.exec(await page.locator(".differ").textContent())[0]), differing);

  await page.keyboard.press("Escape");
  await page.waitForSelector(".pairs", { state: "detached" });
  await page.locator(".grid").focus();
  await page.keyboard.press("c");
  await page.waitForSelector(".pairs");
  assert.match(await page.locator(".differ").textContent(), /^0 of/);
  await page.keyboard.press("End");
  await page.waitForFunction(() => /^[1-9]/.test(document.querySelector(".differ").textContent));
  await done();
});

test("a merge is explained step by step", async () => {
  const { page, done } = await viewer.open();
  await merge(page, 1);
  await page.keyboard.press("w");
  await page.waitForSelector(".step-card.denied");
  assert.match(await page.locator(".why-tab .did").textContent(), /2 histories disagreed on 1 of 16 slots.*1 denied/);
  assert.deepEqual(await page.locator(".phases strong").allTextContents(), [
    "1 Parents",
    "2 Conflicted",
    "3 Auth difference",
    "4 Mainline order",
    "5 Result",
  ]);
  assert.match(await page.locator(".step-card").textContent(), /^✕ Step 1 denied.*has not been invited/);
  assert.equal(await page.locator(".slots td.denied").count(), 1);
  await page.keyboard.press("f");
  assert.match(await page.locator(".step-card").textContent(), /^✓ Step 2 allowed.*its value stands/);
  await page.keyboard.press("b");
  assert.match(await page.locator(".step-card").textContent(), /^✕ Step 1/);
  // The event that the refusal names is a link in its words.
  const blamed = page.locator(".step-card p.dim .link");
  assert.match(await page.locator(".step-card p.dim").textContent(), / \(join rules [A-Za-z0-9_-]{7}\)$/);
  const blamedId = await blamed.getAttribute("title");
  assert.equal(await blamed.textContent(), blamedId.slice(1, 8));
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".why-tab").count(), 0);
  await page.keyboard.press("w");
  await blamed.click();
  assert.equal(await inspected(page), blamedId);
  await done();
});

test("what if all tips were merged", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("ArrowDown");
  await inspected(page);
  await page.keyboard.press("w");
  await page.click("button:has-text('all tips')");
  await page.waitForFunction(() =>
    /after all tips|nothing would be resolved/.test(document.querySelector(".why-tab").textContent),
  );
  await done();
});

test("why narrows the history to what it is about, with the steps on the rows", async () => {
  const { page, done } = await viewer.open();
  const merged = await merge(page, 3);
  const all = await page.locator(".grid").getAttribute("aria-rowcount");
  await page.keyboard.press("w");
  await page.waitForSelector(".row:not([hidden]) .step-mark:not([hidden])");
  const marks = page.locator(".row:not([hidden]) .step-mark:not([hidden])");
  assert.equal(await marks.count(), await page.locator(".step").count());
  assert.match(await page.locator(".focus-bar").textContent(), /^Conflicted sub-graph\d+ eventswhole room$/);
  assert.equal(await page.locator(".why-title .link").textContent(), merged.slice(1, 8));

  // A step lights its row; a row that was tried shows its step, and the resolution stays.
  await page.keyboard.press("f");
  await page.waitForFunction(() => document.querySelector(".row.hover .step-mark")?.textContent === "2");
  const title = await page.locator(".why-title").textContent();
  await page.locator(".row:not([hidden])", { has: page.locator(".step-mark:text-is('5')") }).click();
  await page.waitForFunction(() => document.querySelector(".step-card h3").textContent.includes("Step 5"));
  assert.equal(await page.locator(".why-title").textContent(), title);
  await page.locator(".focus-bar button").press("Enter");
  await page.waitForFunction((all) => document.querySelector(".grid").getAttribute("aria-rowcount") === all, all);
  await page.locator(".focus-bar button").press("Enter");
  await page.keyboard.press("Escape");
  await page.waitForFunction((all) => document.querySelector(".grid").getAttribute("aria-rowcount") === all, all);
  assert.equal(await marks.count(), 0);
  await done();
});

test("what if three collected events were merged", async () => {
  const { page, done } = await viewer.open();
  const collect = async () => {
    await inspected(page);
    await page.keyboard.press("v");
  };
  await merge(page, 4);
  await collect();
  await page.keyboard.press("ArrowRight");
  await collect();
  await page.keyboard.press("End");
  for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowUp");
  await collect();
  await page.keyboard.press("w");
  await page.waitForSelector(".chips li:nth-child(3)");
  assert.ok((await page.locator(".row.second").count()) >= 1, "what was collected is marked");
  await page.locator("button:has-text('Merge these 3')").press("Enter");
  await page.waitForFunction(() =>
    /after 3 collected events|nothing would be resolved/.test(document.querySelector(".why-tab").textContent),
  );
  await page.locator(".chips li button[aria-label^='leave']").first().press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".chips li").length === 2);
  await done();
});
