// From 320 pixels up: columns leave in order, the inspector becomes a drawer and then a sheet, nothing overflows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rows, settled, start } from "./harness.mjs";

let viewer;
before(async () => {
  viewer = await start();
});
after(() => viewer.close());

const visibleColumns = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".row:not([hidden])")]
      .slice(1, 2)
      .flatMap((row) =>
        [...row.querySelectorAll(".cell, .server")]
          .filter((cell) => cell.getClientRects().length > 0)
          .map((cell) => cell.classList[1] ?? cell.className),
      ),
  );

/** The columns of the head, and whether each stands over its column: what is seen of it within what is seen of the cell. */
const heads = (page) =>
  page.evaluate(() => {
    const row = document.querySelectorAll(".row:not([hidden])")[1];
    return [...document.querySelectorAll(".head .cell")]
      .filter((head) => head.getClientRects().length > 0)
      .map((head) => {
        const [a, b] = [head, row.querySelector(`.cell.${head.classList[1]}`)].map((e) => e.getBoundingClientRect());
        return [head.classList[1], Math.abs(a.left - b.left) < 1.5 && Math.abs(a.right - b.right) < 1.5];
      });
  });

test("columns leave in order as the list narrows", async () => {
  const expected = new Map([
    [1440, ["graph", "sender", "server", "event", "id", "depth", "stream", "time"]],
    [812, ["graph", "sender", "server", "event", "id", "depth", "stream"]],
    [742, ["graph", "sender", "server", "event", "id", "depth"]],
  ]);
  for (const [width, columns] of expected) {
    const { page, done } = await viewer.open({ viewport: { width, height: 800 } });
    assert.deepEqual(await visibleColumns(page), columns, `at ${width}`);
    const named = columns.filter((name) => name !== "server");
    assert.deepEqual(
      await heads(page),
      named.map((name) => [name, true]),
      `at ${width}`,
    );
    await done();
  }
});

test("columns leave where lanes take their place, and come back", async () => {
  // A chain, and twelve branches at its end.
  const event = (id, parents, depth) => ({
    event_id: `$${id}`,
    room_id: "!r:x",
    type: "m.room.message",
    sender: "@a:x",
    content: { body: id },
    depth,
    origin_server_ts: depth,
    prev_events: parents.map((id) => `$${id}`),
    auth_events: [],
  });
  const branches = Array.from({ length: 12 }, (_, branch) => `branch${branch}`);
  const chain = Array.from({ length: 60 }, (_, place) => `chain${place}`);
  const create = { ...event("create", [], 1), type: "m.room.create", state_key: "", content: { room_version: "11" } };
  const events = [
    create,
    ...chain.map((id, place) => event(id, [place === 0 ? "create" : chain[place - 1]], place + 2)),
    ...branches.map((id) => event(id, [chain.at(-1)], 62)),
    event("merge", branches, 63),
  ];
  const { page, done } = await viewer.open({ viewport: { width: 1440, height: 600 } });
  const buffer = Buffer.from(events.map((event) => JSON.stringify(event)).join("\n"));
  await page.setInputFiles("input[type=file]", { name: "room.ndjson", mimeType: "", buffer });
  await page.waitForFunction(() => document.querySelector(".top .size")?.textContent.startsWith("74"));
  await settled(page);
  assert.deepEqual(await visibleColumns(page), ["graph", "sender", "server", "event", "id", "depth", "stream"]);
  assert.ok((await page.locator(".row:not([hidden]) .event").nth(1).boundingBox()).width > 180);
  const named = ["graph", "sender", "event", "id", "depth", "stream"];
  assert.deepEqual(
    await heads(page),
    named.map((name) => [name, true]),
  );
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".grid").dataset.columns === "4");
  assert.ok((await visibleColumns(page)).includes("time"));
  await done();
});

for (const width of [320, 390, 640, 800, 1100, 3840]) {
  test(`nothing overflows at ${width} pixels`, async () => {
    const { page, done } = await viewer.open({ viewport: { width, height: 844 } });
    assert.ok(
      await page.evaluate(
        () => document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth,
      ),
    );
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll(".top *, .search *, .footer *")]
        .filter(
          (part) =>
            part.getClientRects().length > 0 &&
            part.getBoundingClientRect().right > innerWidth + 0.5 &&
            getComputedStyle(part.parentElement).overflow === "visible",
        )
        .map((part) => part.className || part.tagName),
    );
    assert.deepEqual(outside, []);
    await page.mouse.click(width < 1100 ? width / 2 : 300, 500);
    await page.waitForFunction(() => document.querySelector(".inspector h2.full-id") !== null);
    await settled(page);
    assert.ok(await page.locator("pre.json").isVisible());
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await done();
  });
}

test("on a phone rows have two lines and the sheet has three heights", async () => {
  const { page, done } = await viewer.open({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  });
  const seen = await rows(page);
  assert.equal(seen[1].top - seen[0].top, 44);
  await page.touchscreen.tap(200, 300);
  const sheet = page.locator(".inspector");
  await page.waitForFunction(() => document.querySelector(".inspector").classList.contains("open"));
  const height = async () => {
    await page.waitForFunction(() => document.querySelector(".inspector").getAnimations().length === 0);
    return (await sheet.boundingBox()).height;
  };
  const heights = [await height()];
  for (let i = 0; i < 2; i++) {
    await page.tap(".grip");
    heights.push(await height());
  }
  assert.equal(new Set(heights).size, 3);
  await page.tap(".inspector .close");
  await page.waitForFunction(() => getComputedStyle(document.querySelector(".inspector")).visibility === "hidden");
  await page.tap("h1 button");
  assert.equal(await page.locator(".intro h2").textContent(), "See what happened to a room.");
  await page.tap(".inspector .close");
  assert.ok(!(await page.evaluate(() => document.querySelector(".inspector").classList.contains("open"))));
  await done();
});

test("the drawer opens with enter and closes with escape, and gives the focus back", async () => {
  const { page, done } = await viewer.open({ viewport: { width: 900, height: 800 } });
  await page.keyboard.press("ArrowDown");
  assert.ok(!(await page.locator("pre.json").isVisible()), "stepping does not cover the list");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "inspector-body");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.classList.contains("grid"));
  await page.waitForFunction(() => getComputedStyle(document.querySelector(".inspector")).visibility === "hidden");
  await done();
});

test("the divider moves by keys and keeps its limits", async () => {
  const { page, done } = await viewer.open();
  const divider = page.locator("#divider");
  assert.equal(await divider.getAttribute("aria-valuenow"), "540");
  await divider.focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal((await page.locator(".inspector").boundingBox()).width, 556);
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  assert.equal((await page.locator(".inspector").boundingBox()).width, 400);
  await done();
});
