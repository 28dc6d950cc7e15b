// What every test of the viewer stands on: the built page behind its own server, one Chromium, and pages that fail their test
// on any console error, any uncaught exception and any request to another origin.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-sync",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
];

/** Starts server and browser; `close` ends both. CHROMIUM names another browser than the system's. */
export async function start() {
  const server = await preview({ root, logLevel: "error", preview: { host: "127.0.0.1", port: 0 } });
  const address = server.httpServer.address();
  assert.ok(address !== null && typeof address === "object");
  const origin = `http://127.0.0.1:${address.port}`;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  return {
    origin,
    /** Opens the page; `options` are those of a browser context, and `path` what follows the origin. */
    async open({ path = "/", ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        timezoneId: "UTC",
        permissions: ["clipboard-read", "clipboard-write"],
        ...options,
      });
      const page = await context.newPage();
      const wrong = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
      });
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("request", (request) => {
        if (!request.url().startsWith(`${origin}/`)) wrong.push(`request to ${request.url()}`);
      });
      await page.goto(`${origin}${path}`);
      await ready(page);
      return {
        page,
        /** To be called at the end of each test: nothing may have gone wrong meanwhile. */
        async done() {
          await context.close();
          assert.deepEqual(wrong, []);
        },
      };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Waits until a room is open and nothing is being read. */
export async function ready(page) {
  await page.waitForFunction(() => {
    const grid = document.querySelector(".grid");
    return grid?.getAttribute("aria-rowcount") !== null && document.querySelector("#main[aria-busy]") === null;
  });
  await settled(page);
}

/** Waits until the rows of the window have come and two frames have been drawn. */
export async function settled(page) {
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll(".window .row:not([hidden])")];
    return (
      rows.length > 0 &&
      rows.every((row) => row.querySelector(".graph").getAttribute("aria-label") !== "" || row.dataset.kind === "shelf")
    );
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The rows in the window from top to bottom, as text by column. */
export function rows(page) {
  return page.evaluate(() => {
    const window = document.querySelector(".window").getBoundingClientRect();
    return [...document.querySelectorAll(".window .row:not([hidden])")]
      .map((row) => ({ row, box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > window.top && box.top < window.bottom)
      .sort((a, b) => a.box.top - b.box.top)
      .map(({ row, box }) => {
        const text = (column) => row.querySelector(`.${column}`).textContent.trim();
        return {
          index: Number(row.getAttribute("aria-rowindex")) - 2,
          selected: row.getAttribute("aria-selected") === "true",
          unknown: row.classList.contains("unknown"),
          kind: row.dataset.kind,
          graph: row.querySelector(".graph").getAttribute("aria-label"),
          sender: text("sender"),
          event: text("event"),
          id: text("id"),
          depth: text("depth"),
          stream: text("stream"),
          time: text("time"),
          top: box.top,
        };
      });
  });
}

/** The one selected row, in the window or not. */
export async function selectedRow(page) {
  return page.evaluate(() => {
    const grid = document.querySelector(".grid");
    const row = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    return row === null ? null : { index: Number(row.getAttribute("aria-rowindex")) - 2, text: row.textContent };
  });
}

/** Waits until the selected row is that at `index`, drawn: after a jump it comes with the rows of its place. */
export async function selects(page, index) {
  await page.waitForFunction((index) => {
    const row = document.getElementById(document.querySelector(".grid").getAttribute("aria-activedescendant") ?? "");
    return row !== null && Number(row.getAttribute("aria-rowindex")) - 2 === index;
  }, index);
}

/** The event id in the inspector's head, once it is that of the selection. */
export async function inspected(page) {
  await settled(page);
  await page.waitForFunction(() => {
    const row = document.getElementById(document.querySelector(".grid").getAttribute("aria-activedescendant") ?? "");
    const id = row?.querySelector(".id")?.textContent.trim() ?? "";
    return document.querySelector(".inspector h2.full-id")?.textContent.startsWith(`$${id}`);
  });
  return page.locator(".inspector h2.full-id").textContent();
}

/** Waits until `check` holds: for what is drawn some frames after it was asked for. */
export async function eventually(page, check) {
  const until = Date.now() + 10_000;
  while (!(await check())) {
    assert.ok(Date.now() < until, `it never came: ${check}`);
    await page.waitForTimeout(20);
  }
}

/** Drops a file on the page, as the system does. */
export async function drop(page, name, text) {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      return data;
    },
    [name, text],
  );
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("#history", type, { dataTransfer: transfer });
}

/** How many pixels of the lanes have a colour near `rgb`, in the part of the window between two heights. */
export function lanePixels(page, [r, g, b], from = 0, to = Infinity) {
  return page.evaluate(
    ([r, g, b, from, to]) => {
      const canvas = document.querySelector(".lanes canvas");
      const scale = devicePixelRatio;
      const top = Math.floor(from * scale);
      const height = Math.min(canvas.height, Math.floor(to * scale)) - top;
      // Read from a copy: reading the page's own canvas would change how it is drawn.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, top, canvas.width, height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const near = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24;
        if (near && data[i + 3] > 200) count++;
      }
      return count;
    },
    [r, g, b, from, Math.min(to, 1e6)],
  );
}
