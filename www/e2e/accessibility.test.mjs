// What axe finds, in both themes and at every width that changes the layout. The rules run in the page as it is served.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { settled, start } from "./harness.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  drawer: { viewport: { width: 900, height: 800 } },
  phone: { viewport: { width: 390, height: 844 } },
};

for (const [look, options] of Object.entries(looks)) {
  test(`axe finds nothing: ${look}`, async () => {
    const { page, done } = await viewer.open(options);
    await page.evaluate(axe);
    const violations = () =>
      page.evaluate(async () => {
        const { violations, passes } = await globalThis.axe.run();
        if (passes.length < 10) throw new Error(`axe ran only ${passes.length} rules`);
        return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
      });
    assert.deepEqual(await violations(), [], "at the start");
    await page.keyboard.press("z");
    await page.locator(".row[data-kind=run]").first().waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await violations(), [], "with a folded run selected");
    await page.keyboard.press("z");
    await page.keyboard.press("/");
    await page.keyboard.type("is:odd");
    await page.locator(".query-problem:not(:empty)").waitFor();
    assert.deepEqual(await violations(), [], "with a query that means nothing");
    for (const key of ["Escape", "Escape", "Escape"]) await page.keyboard.press(key);
    await page.keyboard.press("m");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("pre.json") !== null);
    await settled(page);
    assert.deepEqual(await violations(), [], "with an event selected");
    await page.keyboard.press("?");
    assert.deepEqual(await violations(), [], "with the keys shown");
    await page.keyboard.press("Escape");
    await page.keyboard.press("s");
    await page.waitForSelector(".state-row");
    await page.locator(".state-row .opens").first().click();
    await page.waitForSelector(".key-strip");
    assert.deepEqual(await violations(), [], "with its state");
    await page.keyboard.press("w");
    await page.waitForSelector(".step-card");
    assert.deepEqual(await violations(), [], "with its resolution");
    await page.keyboard.press("d");
    await page.waitForSelector(".layer");
    assert.deepEqual(await violations(), [], "with its storage");
    await page.keyboard.press("2");
    await page.waitForSelector(".table-row.new");
    assert.deepEqual(await violations(), [], "with the tables");
    await page.keyboard.press("3");
    await page.waitForSelector(".card");
    assert.deepEqual(await violations(), [], "while playing");
    await done();
  });
}

test("with reduced motion nothing eases, and a jump stays marked until the next key", async () => {
  const { page, done } = await viewer.open({ reducedMotion: "reduce" });
  await page.keyboard.press("End");
  await page.keyboard.press("e");
  await settled(page);
  await page.waitForTimeout(800);
  const flashed = page.locator(".row.flash");
  assert.equal(await flashed.count(), 1);
  assert.equal(await flashed.evaluate((row) => getComputedStyle(row).outlineStyle), "solid");
  await page.keyboard.press("ArrowDown");
  await settled(page);
  assert.equal(await flashed.count(), 0);
  await done();
});

test("a jump flashes its row for a moment", async () => {
  const { page, done } = await viewer.open();
  // Watched from within: on a busy machine the moment may pass before anybody asks.
  await page.evaluate(() => {
    globalThis.flashed = 0;
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.classList.contains("flash"))) globalThis.flashed++;
    }).observe(document.querySelector(".window"), { subtree: true, attributeFilter: ["class"] });
  });
  await page.keyboard.press("End");
  await page.keyboard.press("e");
  await page.waitForFunction(() => globalThis.flashed > 0 && document.querySelector(".row.flash") === null);
  await done();
});
