// What large rooms cost in the browser: node bench/load.mjs [events …], after `npm run build`. For each size the time until the first
// rows stand, until the room is open, the median and the worst frame while the list is scrolled from end to end, the time of a
// step, and the longest that the page's own thread was held; then what it costs to fold the room and to show only what is found.
import { mkdtempSync, rmSync, createWriteStream } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ready, settled, start } from "../e2e/harness.mjs";
import { large } from "../e2e/rooms.mjs";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000, 1_000_000];
const frames = 240;
const steps = 60;

async function write(file, size) {
  const out = createWriteStream(file);
  let lines = [];
  const flush = async () => {
    if (!out.write(`${lines.join("\n")}\n`)) await once(out, "drain");
    lines = [];
  };
  for (const event of large(size)) {
    lines.push(JSON.stringify(event));
    if (lines.length === 5000) await flush();
  }
  if (lines.length > 0) await flush();
  out.end();
  await once(out, "finish");
}

/** Milliseconds between frames while the list is scrolled from its first row to its last. */
function scroll(page) {
  return page.evaluate(async (frames) => {
    const grid = document.querySelector(".grid");
    const times = [];
    let last = performance.now();
    for (let i = 0; i <= frames; i++) {
      grid.scrollTop = ((grid.scrollHeight - grid.clientHeight) * i) / frames;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  }, frames);
}

/** Milliseconds from a key to the frame in which the next row is selected. */
function step(page) {
  return page.evaluate(async (steps) => {
    const grid = document.querySelector(".grid");
    grid.focus();
    const times = [];
    for (let i = 0; i < steps; i++) {
      const from = performance.now();
      grid.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - from);
    }
    return times.sort((a, b) => a - b);
  }, steps);
}

/** Milliseconds from a key to the frame with the rows that it leaves, and the longest that the page's thread was held meanwhile. */
async function arrange(page, key) {
  return page.evaluate(async (key) => {
    const grid = document.querySelector(".grid");
    const rows = () => grid.getAttribute("aria-rowcount");
    const before = rows();
    globalThis.longest = 0;
    const from = performance.now();
    grid.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    while (rows() === before) await new Promise(requestAnimationFrame);
    const took = performance.now() - from;
    // Long tasks are told a moment after they end.
    await new Promise((done) => setTimeout(done, 300));
    return { took, longest: globalThis.longest };
  }, key);
}

/** Puts a query into the field and waits until it is answered. */
async function search(page, query) {
  const from = performance.now();
  await page.fill("input[type=search]", query);
  await page.waitForFunction(() => / found$/.test(document.querySelector(".hits").textContent), undefined, {
    timeout: 120_000,
  });
  return performance.now() - from;
}

const folder = mkdtempSync(join(tmpdir(), "roomscope-bench-"));
const viewer = await start();
const ms = (n) => `${n.toFixed(n < 100 ? 1 : 0)} ms`;
const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(11) : cell.padStart(14))).join(""));
row(["events", "open", "first rows", "frame", "worst frame", "step", "worst step", "longest task"]);
const arranged = [];
try {
  for (const size of sizes) {
    const file = join(folder, `${size}.ndjson`);
    await write(file, size);
    const { page, done } = await viewer.open();
    await page.evaluate(() => {
      globalThis.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
      }).observe({ type: "longtask" });
    });
    const from = performance.now();
    await page.setInputFiles("input[type=file]", file);
    const words = `${new Intl.NumberFormat("en").format(size)} events`;
    await page.waitForFunction((words) => document.querySelector(".top .size").textContent === words, words, {
      timeout: 300_000,
      polling: 20,
    });
    const opened = performance.now() - from;
    await ready(page);
    await settled(page);
    const first = performance.now() - from;
    const times = await scroll(page);
    await page.keyboard.press("Home");
    await settled(page);
    const stepped = await step(page);
    const longest = await page.evaluate(() => globalThis.longest);
    row([
      new Intl.NumberFormat("en").format(size),
      ...[
        opened,
        first,
        times[times.length >> 1],
        times.at(-1),
        stepped[stepped.length >> 1],
        stepped.at(-1),
        longest,
      ].map(ms),
    ]);
    const fold = await arrange(page, "z");
    const frames = await scroll(page);
    await arrange(page, "z");
    const found = await search(page, "is:merge");
    const only = await arrange(page, "a");
    arranged.push([
      new Intl.NumberFormat("en").format(size),
      ...[fold.took, fold.longest, frames[frames.length >> 1], frames.at(-1), found, only.took, only.longest].map(ms),
    ]);
    await done();
    rmSync(file);
  }
  console.log();
  row(["events", "fold", "longest task", "frame", "worst frame", "find is:merge", "show only", "longest task"]);
  for (const cells of arranged) row(cells);
} finally {
  await viewer.close();
  rmSync(folder, { recursive: true });
}
