// Which rows are shown: runs of messages folded, and a search that decides. By keys alone, but where a click is the point.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspected, rows, selectedRow, selects, settled, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

const all = 205;

const place = (page) => page.locator("#place").textContent();
const rowCount = async (page) => Number(await page.locator(".grid").getAttribute("aria-rowcount")) - 1;

/** Waits until the list has another number of rows than it had. */
async function rearranged(page, before) {
  await page.waitForFunction(
    (before) => Number(document.querySelector(".grid").getAttribute("aria-rowcount")) - 1 !== before,
    before,
  );
  await settled(page);
}

/** Waits until the list has as many rows. */
async function hasRows(page, count) {
  await page.waitForFunction(
    (count) => Number(document.querySelector(".grid").getAttribute("aria-rowcount")) - 1 === count,
    count,
  );
  await settled(page);
}

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

/** Presses a key that changes which rows there are. */
async function pressed(page, key) {
  const before = await rowCount(page);
  await page.keyboard.press(key);
  await rearranged(page, before);
}

async function search(page, query) {
  await page.keyboard.press("/");
  await page.keyboard.type(query);
  await page.locator(".hits", { hasText: /^[\d,]+ found$|^nothing found$|^\d+ of \d+$/ }).waitFor();
}

/** All rows of the list from top to bottom, however long it is. */
async function everyRow(page) {
  const seen = new Map();
  await page.locator(".grid").evaluate((grid) => (grid.scrollTop = 0));
  for (let from = -1; seen.size > from;) {
    from = seen.size;
    await settled(page);
    for (const row of await rows(page)) seen.set(row.index, row);
    await page.locator(".grid").evaluate((grid) => (grid.scrollTop += 600));
  }
  return [...seen.values()].sort((a, b) => a.index - b.index);
}

const counts = (list) => list.filter(({ kind }) => kind === "run").map(({ event }) => Number(/^\d+/.exec(event)[0]));
const sum = (list) => list.reduce((total, each) => total + each, 0);

test("runs of messages fold into rows that say how many and who, and open again", async () => {
  const { page, done } = await viewer.open();
  await pressed(page, "z");
  assert.equal(await page.locator("#fold").getAttribute("aria-pressed"), "true");
  const folded = await everyRow(page);
  assert.equal(folded.length, await rowCount(page));
  assert.equal(await place(page), `${folded.length} rows`);
  const runs = folded.filter(({ kind }) => kind === "run");
  assert.equal(folded.length - runs.length + sum(counts(folded)), all, "every event is shown or counted");
  assert.ok(runs.length > 10 && folded.length < 120);
  for (const { event, graph } of runs) {
    assert.match(event, /^\d+ messages · [a-z]+(, [a-z]+){0,2}( and \d+ more)?show$/);
    assert.match(graph, /^lane \d, messages that follow one another$/);
  }
  const four = runs.find(({ event }) => event === "4 messages · emil, doranshow") ?? runs[0];
  assert.ok(four !== undefined);
  // State events, merges, forks and tips keep their rows.
  assert.equal(folded.filter(({ graph }) => /merge of|fork to|tip/.test(graph)).length, 14 + (await forks(page)));

  // Down to the first run, which opens with enter; the rows are those that it counted.
  await press(page, "Home", "ArrowDown");
  const run = await selectedRow(page);
  assert.match(run.text, /^2 messages · dora/);
  assert.match(await page.locator(".inspector h2").first().textContent(), /^2 messages$/);
  await pressed(page, "Enter");
  assert.equal(await rowCount(page), folded.length + 1);
  assert.match((await selectedRow(page)).text, /^dora/);
  assert.ok(await page.evaluate(() => document.activeElement.closest(".inspector") === null));
  // Folding anew closes what was open, but not over the selection.
  await pressed(page, "z");
  assert.equal(await rowCount(page), all);
  const selected = await selectedRow(page);
  await pressed(page, "z");
  assert.equal(await rowCount(page), folded.length + 1);
  assert.equal((await selectedRow(page)).text, selected.text);
  await done();
});

/** Forks and tips that are no merges. */
async function forks(page) {
  await page.locator(".grid").evaluate((grid) => (grid.scrollTop = 0));
  const list = await everyRow(page);
  return list.filter(({ graph }) => /fork to|tip/.test(graph) && !/merge of/.test(graph)).length;
}

test("a jump into a folded run opens it, and parents and children lead through runs", async () => {
  const { page, done } = await viewer.open();
  // The message above the second run of the folded list, and its parent.
  await pressed(page, "z");
  const folded = await rowCount(page);
  await press(page, "Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft");
  const run = await selectedRow(page);
  assert.match(run.text, /^10 messages/);
  await press(page, "ArrowLeft");
  assert.doesNotMatch((await selectedRow(page)).text, /messages/);
  await press(page, "ArrowRight");
  await selects(page, run.index);
  // A search finds what is folded; going there shows it.
  await search(page, "back online");
  await page.keyboard.press("Escape");
  await press(page, "Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("type:message depth:..60");
  await page.locator(".hits", { hasText: /^\d+ found$/ }).waitFor();
  await pressed(page, "Enter");
  assert.ok((await rowCount(page)) > folded);
  assert.match(await page.locator(".hits").textContent(), /^1 of \d+$/);
  const hit = await selectedRow(page);
  assert.ok((await rows(page)).some((row) => row.index === hit.index && row.selected && row.kind === "message"));
  await done();
});

test("a click opens a run", async () => {
  const { page, done } = await viewer.open();
  const before = await rowCount(page);
  await page.click("#fold");
  await rearranged(page, before);
  const folded = await rowCount(page);
  const row = page.locator(".row[data-kind=run]").first();
  const length = Number(/^\d+/.exec(await row.locator(".text").textContent())[0]);
  await row.locator(".show").click();
  await rearranged(page, folded);
  assert.equal(await rowCount(page), folded + length - 1);
  await done();
});

test("a search shows only what it means, counts what lies between, and draws the graph among it", async () => {
  const { page, done } = await viewer.open();
  await search(page, "is:merge");
  await page.keyboard.press("ArrowDown");
  await pressed(page, "a");
  for (const direction of ["Newest first ↓", "Oldest first ↓"]) {
    assert.equal(await page.locator("#order").textContent(), direction);
    const list = await everyRow(page);
    const shown = list.filter(({ kind }) => kind !== "run");
    assert.equal(shown.length, 14);
    for (const { graph } of shown) assert.match(graph, /merge of 2/);
    assert.equal(14 + sum(counts(list)), all);
    for (const { kind, event, graph } of list) {
      if (kind !== "run") continue;
      assert.match(event, /^\d+ events?show$/);
      assert.equal(graph, "left out by the search");
    }
    assert.deepEqual(
      list.map(({ index }) => index),
      list.map((_, index) => index),
    );
    await press(page, "r");
  }
  // Parents and children are the nearest ones that are shown.
  await press(page, "Home");
  assert.match((await selectedRow(page)).text, /^15 events/);
  await press(page, "ArrowDown", "ArrowLeft");
  await selects(page, 3);
  assert.equal(await place(page), "row 4 of 25");
  // Enter on what is left out shows it, from its newest event on.
  await press(page, "Home");
  await pressed(page, "Enter");
  assert.equal(await rowCount(page), 25 + 14);
  await selects(page, 0);
  assert.match((await rows(page))[0].graph, /tip/);
  // Without a query everything is shown again.
  await page.keyboard.press("/");
  await pressed(page, "Escape");
  assert.equal(await rowCount(page), all);
  await done();
});

test("an event that a search leaves out is reached all the same, and nothing found is one row", async () => {
  const { page, done } = await viewer.open();
  await press(page, "End");
  const create = await inspected(page);
  await press(page, "Escape");
  await page.click("#only >> text=Show only");
  await page.keyboard.press("/");
  await page.keyboard.type("zebra");
  await hasRows(page, 1);
  const [only] = await rows(page);
  assert.equal(only.event, "205 eventsshow");
  await page.keyboard.press("Escape");
  await hasRows(page, all);
  await page.keyboard.type("is:tip");
  await hasRows(page, 4);
  await page.evaluate((id) => (location.hash = `event=${id}`), create);
  await page.waitForFunction(() =>
    /create/.test(document.querySelector(".row[aria-selected=true]")?.textContent ?? ""),
  );
  assert.equal(await inspected(page), create);
  await done();
});

test("what a term cannot mean is said, and hides nothing", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("a");
  await page.keyboard.press("/");
  await page.keyboard.type("ancestors:nowhere");
  const problem = page.locator(".query-problem");
  await problem.filter({ hasText: "No event has an id that begins with “nowhere”." }).waitFor();
  assert.equal(await page.locator(".hits").textContent(), "");
  assert.equal(await rowCount(page), all);
  await page.keyboard.press("Escape");
  await page.keyboard.type("is:odd");
  await problem.filter({ hasText: "“is:” knows state" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await problem.textContent(), "");
  await done();
});

test("query and toggles are in the address, and back and forward go through them", async () => {
  const { page, done } = await viewer.open({ path: "/#find=is%3Amerge&only=" });
  await rearranged(page, all);
  assert.equal(await rowCount(page), 25);
  assert.equal(await page.locator("input[type=search]").inputValue(), "is:merge");
  assert.equal(await page.locator("#only [aria-pressed=true]").textContent(), "Show only");
  await pressed(page, "a");
  assert.equal(await rowCount(page), all);
  await pressed(page, "z");
  const folded = await rowCount(page);
  assert.match(page.url(), /#find=is%3Amerge&folded=$/);
  await page.goBack();
  await rearranged(page, folded);
  assert.equal(await rowCount(page), all);
  assert.equal(await page.locator("#fold").getAttribute("aria-pressed"), "false");
  await page.goBack();
  await rearranged(page, all);
  assert.equal(await rowCount(page), 25);
  await page.goForward();
  await rearranged(page, 25);
  assert.equal(await rowCount(page), all);
  await page.reload();
  await settled(page);
  assert.equal(await page.locator("input[type=search]").inputValue(), "is:merge");
  await done();
});

test("the sheet tells every term", async () => {
  const { page, done } = await viewer.open();
  await page.keyboard.press("?");
  const told = await page.locator("#keys code").allTextContents();
  for (const example of ["is:merge", "depth:10..20", "near:QOk3..2", "is:merge OR is:fork", '"on the way"'])
    assert.ok(told.includes(example), example);
  await done();
});
