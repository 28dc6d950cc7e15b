// The graphs beside the history: auth chain and state groups, by keyboard, against what the events themselves say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { inspected, settled, start } from "./harness.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

async function accessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
  });
  assert.deepEqual(found, []);
}

const linked = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".linked-row")]
      .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
      .map((row) => ({
        event: row.querySelector(".event").textContent,
        graph: row.querySelector(".graph").getAttribute("aria-label"),
        end: row.querySelector(".end").textContent,
      })),
  );

test("the auth chain of an event as a graph, reduced or with all edges, leads into the history", async () => {
  const { page, done } = await viewer.open();
  for (let i = 0; i < 3; i++) await page.keyboard.press("m");
  const id = await inspected(page);
  await page.keyboard.press("u");
  await page.waitForSelector(".linked-row");
  const rows = await linked(page);
  const words = await page.locator(".graphs > .note").textContent();
  assert.equal(rows[0].end, id.slice(1, 8), "the event itself is on top");
  assert.match(rows.at(-1).event, /^create/);
  assert.match(
    words,
    new RegExp(`^${rows.length - 1} events in its auth chain; reduced: \\d+ edges that others imply left out\\.$`),
  );
  const implied = Number(/reduced: (\d+)/.exec(words)[1]);
  assert.ok(implied > 5);
  await page.locator(".graphs button:has-text('All edges')").press("Enter");
  await page.waitForFunction(() => document.querySelector(".graphs > .note").textContent.includes("implied by others"));
  const [all, again] = (await page.locator(".graphs > .note").textContent()).match(/\d+(?= edges|\s*of)/g).map(Number);
  assert.ok(all > implied && again === implied);
  await accessible(page);

  // Down to the next event and into the history.
  await page.locator(".lane-list").focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForSelector(".row.hover, .linked-row[aria-rowindex='2'].hover");
  await page.keyboard.press("Enter");
  const second = rows[1].end;
  await page.waitForFunction((id) => document.querySelector("h2.full-id").textContent.slice(1, 8) === id, second);
  // The tab stays, with the chain of that event.
  await page.waitForFunction((id) => document.querySelector(".linked-row .end")?.textContent === id, second);
  await done();
});

test("the state groups that a state is stored on, with those beside them, and the way to their table", async () => {
  const { page, done } = await viewer.open({ colorScheme: "dark" });
  for (let i = 0; i < 3; i++) await page.keyboard.press("m");
  await inspected(page);
  await page.keyboard.press("d");
  await page.waitForSelector(".as-graph");
  const title = await page.locator(".stack h3", { hasText: "State group" }).textContent();
  const [, nid, hops] = /State group (\d+).*a chain of (\d+) hops/.exec(title);
  await page.locator(".as-graph").press("Enter");
  await page.waitForSelector(".linked-row");
  const rows = await linked(page);
  const words = await page.locator(".graphs > .note").textContent();
  assert.match(
    words,
    new RegExp(
      `^A chain of ${hops} hops down to the group that is stored in full, \\d+ rows together; beside it \\d+ group`,
    ),
  );
  assert.ok(rows.some(({ end }) => end === nid));
  assert.equal(rows.at(-1).graph, "stored in full");
  // Each group but the last stands on one below it.
  rows.slice(0, -1).forEach(({ graph }, at) => {
    const on = /^stands on group (\d+)$/.exec(graph)[1];
    assert.ok(
      rows.slice(at + 1).some(({ end }) => end === on),
      graph,
    );
  });
  const beside = Number(/beside it (\d+)/.exec(words)[1]);
  assert.equal(rows.length, Number(hops) + 1 + beside);
  await accessible(page);

  await page.locator(".lane-list").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".table-row.active");
  assert.equal(await page.locator(".table-row.active .table-cell").first().textContent(), rows.at(-1).end);
  await settled(page);
  await done();
});
