// A journey without a pointer, and what those who listen are told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, inspected, rows, selectedRow, selects, settled, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

const count = 205;

test("every row is reached by keys alone, and the focus is never lost", async () => {
  const { page, done } = await viewer.open();
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    await settled(page);
  };

  const index = async () => (await selectedRow(page))?.index;

  await press("ArrowDown");
  await selects(page, 0);
  await press("ArrowDown", "ArrowDown", "j", "k");
  await selects(page, 2);
  await press("End");
  await selects(page, count - 1);
  assert.match((await selectedRow(page)).text, /createroom version 11/);
  await press("ArrowDown");
  await selects(page, count - 1);
  await press("Home");
  await selects(page, 0);
  const page1 = (await rows(page)).filter((row) => row.top + 24 <= 900 - 28).length;
  await press("PageDown");
  assert.ok((await index()) >= page1 - 3 && (await index()) <= page1, `one window down is row ${await index()}`);
  await press("PageUp");
  await selects(page, 0);

  // To the parent and back; at a fork, back to where one came from.
  await press("ArrowLeft");
  const parent = await index();
  assert.ok(parent > 0);
  await press("ArrowRight");
  await selects(page, 0);
  await press("m");
  assert.match((await rows(page)).find((row) => row.selected).graph, /merge of 2/);
  const merge = await index();
  await press("m", "M");
  await selects(page, merge);
  await press("e");
  // After the last tip comes the first.
  await selects(page, 0);
  await press("e");
  await selects(page, 3);
  assert.match((await rows(page)).find((row) => row.selected).graph, /, tip$/);

  await press("Enter");
  assert.ok(await page.evaluate(() => document.activeElement.closest(".inspector") !== null));
  await press("Escape");
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains("grid")));

  await press("r");
  assert.equal(await page.locator("#order").textContent(), "Oldest first ↓");
  assert.match((await rows(page)).find((row) => row.selected).graph, /, tip$/, "the selection stays");
  await press("Home");
  assert.match((await selectedRow(page)).text, /createroom version 11/);
  await press("r", "Escape");
  assert.equal(await selectedRow(page), null);
  assert.equal(await page.locator(".intro h2").textContent(), "See what happened to a room.");
  await done();
});

test("search finds by id, sender, type and text, and steps through what it found", async () => {
  const { page, done } = await viewer.open();
  const found = async (query) => {
    await page.keyboard.press("/");
    await page.keyboard.type(query);
    await page.waitForFunction(() =>
      /\d found|nothing found|\d of \d/.test(document.querySelector(".hits").textContent),
    );
    return page.locator(".hits").textContent();
  };
  assert.equal(await found("topic"), "12 found");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".hits").textContent(), "1 of 12");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await page.locator(".hits").textContent(), "2 of 12");
  assert.equal(await page.locator(".row[aria-selected=true] mark").first().textContent(), "topic");
  await page.keyboard.press("Shift+Enter");
  assert.equal(await page.locator(".hits").textContent(), "1 of 12");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".hits").textContent(), "");
  // Rows are drawn again in the next frame.
  await eventually(page, async () => (await page.locator("mark").count()) === 0);
  await page.keyboard.press("Escape");
  await found("zebra");
  // The search runs on while one types: what is told first may be of less than the word.
  await page.locator(".hits", { hasText: "nothing found" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  const id = await inspected(page);
  assert.equal(await found(id.slice(0, 9)), "1 of 1");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.match(await found("@hana:"), /^\d\d found$/);
  await page.keyboard.press("Escape");
  // Enter waits for what was typed, and does not step among what was found before it.
  await page.keyboard.type("is:merge");
  await page.keyboard.press("Enter");
  await page.locator(".hits", { hasText: /^\d+ of 14$/ }).waitFor();
  assert.match((await selectedRow(page)).text, /merge of 2/);
  await done();
});

test("the sheet of keys is written from the table that dispatches them", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("?");
  const sheet = page.locator("#keys");
  assert.ok(await sheet.isVisible());
  const caps = await sheet.locator("kbd").allTextContents();
  for (const key of ["↑", "↓", "←", "→", "home", "end", "page up", "/", "t", "y", "i", "?", "esc"])
    assert.ok(caps.includes(key), key);
  await page.keyboard.press("Escape");
  assert.ok(!(await sheet.isVisible()));
  const footer = await page.locator(".footer .keys").textContent();
  assert.equal(footer, "↑↓step←→parent, child/searchsdwstate, stored, whyttrace?all keys");
  await done();
});

test("those who listen are told rows, counts and the graph", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("m");
  await settled(page);
  const told = await page.evaluate(() => {
    const grid = document.querySelector("[role=grid]");
    const row = document.getElementById(grid.getAttribute("aria-activedescendant"));
    return {
      name: grid.getAttribute("aria-label"),
      rowcount: grid.getAttribute("aria-rowcount"),
      colcount: grid.getAttribute("aria-colcount"),
      index: row.getAttribute("aria-rowindex"),
      role: row.getAttribute("role"),
      cells: row.querySelectorAll("[role=gridcell]").length,
      heads: grid.querySelectorAll("[role=columnheader]").length,
    };
  });
  assert.deepEqual(told, {
    name: "Events of the room",
    rowcount: "206",
    colcount: "9",
    index: "17",
    role: "row",
    cells: 9,
    heads: 9,
  });
  // Out of the window the selected row stays in the document.
  await page.mouse.move(300, 500);
  await page.mouse.wheel(0, 3000);
  await page.waitForFunction(() => document.querySelector(".grid").scrollTop > 2000);
  await settled(page);
  await selects(page, 15);
  await page.keyboard.press("ArrowDown");
  await settled(page);
  assert.ok(
    (await rows(page)).some((row) => row.selected && row.index === 16),
    "the next step brings it back",
  );
  await done();
});
