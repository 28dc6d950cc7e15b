// How the room is stored: the tab with its slot axis, the tables, and the links between them and the history.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspected, rows, settled, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

/** Selects the oldest event whose row holds `text`. */
async function choose(page, text) {
  await page.fill(".search input", text);
  await page.waitForFunction(() => /found$/.test(document.querySelector(".hits").textContent));
  await page.press(".search input", "Shift+Enter");
  await page.press(".search input", "ArrowDown");
  await inspected(page);
}

const sentence = (page, place) => page.locator(`${place} .did`).textContent();

test("the tab draws the snapshot on its slots and says what the event did", async () => {
  const { page, done } = await viewer.open();
  await choose(page, "ivo left");
  await page.keyboard.press("d");
  await page.waitForSelector(".layer");
  assert.match(await sentence(page, ".storage"), /^ivo left: .*block \d+ is new, snapshot \d+ = .*\.$/);
  const snapshot = page.locator(".stack").first();
  const layers = await snapshot.locator(".layer").count();
  const title = await snapshot.locator("h3").textContent();
  assert.match(title, new RegExp(`^Snapshot \\d+Dendrite · ${layers} of at most 64 blocks`));
  assert.equal(await snapshot.locator(".layer.fresh .end").textContent(), "new here");
  assert.equal(await snapshot.locator(".layer .square-mark.own").count(), 1);
  // The state group of the same state stands below, on the same axis.
  const group = page.locator(".stack").nth(1);
  assert.match(await group.locator("h3").textContent(), /^State group \d+Synapse · a chain of \d+ hops?, at most 100/);
  assert.equal(await group.locator(".layer .square-mark.own").count(), 1);
  assert.equal(
    await group.locator(".layer .square-mark:not(.over)").count(),
    await snapshot.locator(".layer .square-mark:not(.over)").count(),
  );
  await page.waitForFunction(() => document.querySelectorAll(".cost .way").length === 7);
  assert.equal(await page.locator(".axis .slot.own").textContent(), "@ivo");
  // The history has narrowed, and tells the snapshot of each row.
  const width = await page.locator("#history").evaluate((list) => list.clientWidth);
  assert.ok(width <= 476 && width >= 384);
  await page.waitForFunction(() => document.querySelectorAll(".window .snapshot.same").length > 0);

  const after = await snapshot.locator("h3").textContent();
  await page.click("button:has-text('Before')");
  await page.waitForFunction((text) => document.querySelector(".stack h3").textContent !== text, after);
  assert.equal(await page.locator(".layer .square-mark.own").count(), 0);

  // Selecting another event keeps the tab; esc puts everything back.
  const first = await sentence(page, ".storage");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((text) => document.querySelector(".storage .did").textContent !== text, first);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".storage").count(), 0);
  assert.ok(await page.locator("#minimap").isVisible());
  await done();
});

test("a square leads to the event that set it, a block to its row", async () => {
  const { page, done } = await viewer.open();
  await choose(page, "ivo left");
  await page.keyboard.press("d");
  await page.waitForSelector(".layer.fresh");
  const from = await inspected(page);
  await page.locator(".layer:not(.fresh) .square-mark.read").first().click();
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent !== id, from);
  await page.goBack();
  await page.waitForSelector(".layer.fresh");
  const nid = (await page.locator(".layer.fresh .nid").first().textContent()).replace("block ", "");
  await page.locator(".layer.fresh .nid").first().click();
  await page.waitForSelector(".table-row.active.new");
  assert.match(await page.locator(".table-row.active").textContent(), new RegExp(`^${nid}\\[`));
  assert.equal(await page.locator("[role=tab][aria-selected=true] .mono").textContent(), "state_blocks");
  await done();
});

test("tables are linked both ways with the history", async () => {
  const { page, done } = await viewer.open();
  await choose(page, "ivo left");
  const id = await inspected(page);
  await page.keyboard.press("2");
  await page.waitForSelector(".table-row.new");
  const lit = await page.locator(".table-row.new").textContent();
  assert.ok(lit.includes(id));
  assert.equal(await page.locator(".table-tabs [aria-selected=true] .total").textContent(), "205");

  // From the event to its snapshot, to the last of its blocks, to the event in it.
  await page.locator(".table-row.new .table-cell").nth(3).locator(".link").click();
  await page.waitForFunction(
    () => document.querySelector(".table-grid").getAttribute("aria-label") === "table state_snapshots",
  );
  await page.waitForSelector(".table-row.active.used");
  await page.locator(".table-row.active .link").last().click();
  await page.waitForFunction(
    () => document.querySelector(".table-grid").getAttribute("aria-label") === "table state_blocks",
  );
  await page.waitForSelector(".table-row.active .link");
  const before = (await rows(page)).find((row) => row.selected).index;
  await page.locator(".table-row.active .link").first().click();
  await page.waitForFunction(
    (index) =>
      Number(document.querySelector(".window .row[aria-selected=true]")?.getAttribute("aria-rowindex")) - 2 !== index,
    before,
  );
  // And a click in the history lights the event's block.
  await settled(page);
  await page.waitForSelector(".table-row.new");
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#inspector").isVisible());
  await done();
});

test("the tables are walked by keys alone", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("2");
  await page.waitForSelector(".table-row .link");
  await page.locator(".table-tabs [aria-selected=true]").focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(
    () => document.querySelector(".table-grid").getAttribute("aria-label") === "table state_snapshots",
  );
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains("table-grid")));
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".table-row.active")?.id === "table-row-65");
  await page.waitForSelector(".table-row.active .link.chosen");
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => document.querySelector(".table-grid").getAttribute("aria-label") === "table state_blocks",
  );
  await page.waitForSelector(".table-row.active");
  await done();
});

test("rules and numbering open the room again at the same event", async () => {
  const { page, done } = await viewer.open();
  await choose(page, "ivo left");
  const id = await inspected(page);
  await page.keyboard.press("2");
  await page.waitForSelector(".table-row.new");
  const dense = await page.locator(".table-row.new").textContent();
  await page.click("button:has-text('SQLite')");
  await page.waitForFunction(
    (text) => ![null, text].includes(document.querySelector(".table-row.new")?.textContent ?? null),
    dense,
  );
  assert.ok((await page.locator(".table-row.new").textContent()).includes(id));
  assert.equal(await page.locator("button:has-text('SQLite')").getAttribute("aria-pressed"), "true");
  await page.click(".rules button:has-text('Dendrite')");
  await page.waitForFunction(() => document.querySelector(".rules [aria-pressed=true]").textContent === "Dendrite");
  await page.waitForSelector(".table-row.new");
  assert.equal(await inspected(page).catch(() => id), id);
  await done();
});

test("a table is sorted by a column's head, by keyboard, and back", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("2");
  await page.waitForSelector(".table-row.table-head button");
  await page.locator("[role=tab]", { hasText: "events" }).first().click();
  const column = (name) =>
    page.evaluate((name) => {
      const at = [...document.querySelectorAll(".table-head .table-cell")].findIndex(({ title }) => title === name);
      return [...document.querySelectorAll(".table-window .table-row:not([hidden])")]
        .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
        .map((row) => row.children[at]?.textContent ?? "");
    }, name);
  const head = page.locator(".table-head button[data-column=depth]");
  const sorted = (way) => page.waitForSelector(`.table-head [title=depth][aria-sort=${way}]`);
  await head.press("Enter");
  await head.press("Enter");
  await sorted("descending");
  await page.waitForFunction(() => document.querySelectorAll(".table-window .table-row:not([hidden])").length > 20);
  await page.waitForFunction(
    () => document.querySelector(".table-window .table-row[aria-rowindex='2'] .table-cell") !== null,
  );
  const depths = (await column("depth")).map(Number);
  assert.deepEqual(
    depths,
    depths.toSorted((a, b) => b - a),
  );
  assert.ok(depths[0] > depths.at(-1));
  // What belongs to the selected event is found in that order too.
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  await page.waitForSelector(".table-row.new.active");
  assert.equal(await page.locator(".table-row.active").getAttribute("aria-rowindex"), "206");
  await head.press("Enter");
  await page.waitForFunction(() => document.querySelector(".table-head [aria-sort]") === null);
  await done();
});
