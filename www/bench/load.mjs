// What large rooms cost in the browser: node bench/load.mjs [events …], after `npm run build`.
//
// The first table. `open` and `first rows` are timed from here, from the call that chooses the file to the answer that the room is
// told in the top bar and that its rows stand: they hold what it takes to drive a browser from outside. `frame` is the time between two
// frames while the list is scrolled from its first row to its last, `step` that from a key to the next frame. Neither can be less
// than the screen's interval, 16.7 ms at 60 frames a second. `longest task` is the longest that the page's thread was held, of
// which the browser tells from 50 ms on.
//
// The second table has the same without the driver and without the screen. `heard` is how long the file took to reach the page;
// `open` and `painted` are timed by the page's clock from then until the room is told and until the frame with its rows was painted.
// `frame work` and `step work` are what the page's thread did for a frame: the browser's own count of the processor's time that tasks
// took there (script, style, layout and painting), divided by the frames.
//
// The third: what it costs to fold the room and to show only what is found.
//
// Each file is the first that is opened on its page, two seconds after that has opened itself with its sample: nobody chooses a file
// sooner, and by then the page has got ready for it. BENCH_WAIT=0 chooses it at once.
import { mkdtempSync, rmSync, createWriteStream } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ready, settled, start } from "../e2e/harness.mjs";
import { large } from "../e2e/rooms.mjs";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000, 1_000_000];
const frames = 240;
/** Milliseconds from the page to its file. */
const wait = Number(process.env.BENCH_WAIT ?? 2000);
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

/** Has the page take the times of what is opened next: it hears of a file, tells the room, has painted the rows. */
function takeTimes(page, words) {
  return page.evaluate((words) => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask" });
    const times = (globalThis.times = { asked: performance.timeOrigin + performance.now() });
    const heard = () => {
      const from = performance.now();
      times.heard = performance.timeOrigin + from - times.asked;
      // A message comes after the frame that it was sent in has been painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const rows = [...document.querySelectorAll(".window .row:not([hidden])")];
        const full = rows.length * 24 >= document.querySelector(".window").clientHeight;
        const stand = full && rows.every((row) => row.querySelector(".graph").getAttribute("aria-label") !== "");
        if (stand) times.painted = performance.now() - from;
        else requestAnimationFrame(() => port2.postMessage(null));
      };
      new MutationObserver((_, observer) => {
        if (document.querySelector(".top .size").textContent !== words) return;
        times.open = performance.now() - from;
        observer.disconnect();
        port2.postMessage(null);
      }).observe(document.querySelector(".top"), { childList: true, characterData: true, subtree: true });
    };
    addEventListener("change", heard, { capture: true, once: true });
  }, words);
}

/** Milliseconds that the processor has worked for the page's thread so far. */
async function worked(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * metrics.find(({ name }) => name === "TaskDuration").value;
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
const inside = [];
const arranged = [];
try {
  for (const size of sizes) {
    const file = join(folder, `${size}.ndjson`);
    await write(file, size);
    const { page, done } = await viewer.open();
    await page.waitForTimeout(wait);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const words = `${new Intl.NumberFormat("en").format(size)} events`;
    await takeTimes(page, words);
    const from = performance.now();
    await page.setInputFiles("input[type=file]", file);
    await page.waitForFunction((words) => document.querySelector(".top .size").textContent === words, words, {
      timeout: 300_000,
      polling: 20,
    });
    const opened = performance.now() - from;
    await ready(page);
    await settled(page);
    const first = performance.now() - from;
    const told = await page.evaluate(() => globalThis.times);
    const before = await worked(session);
    const times = await scroll(page);
    const frameWork = ((await worked(session)) - before) / frames;
    await page.keyboard.press("Home");
    await settled(page);
    const still = await worked(session);
    const stepped = await step(page);
    const stepWork = ((await worked(session)) - still) / steps;
    inside.push([
      new Intl.NumberFormat("en").format(size),
      ...[told.heard, told.open, told.painted, frameWork, stepWork].map(ms),
    ]);
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
    const folded = await scroll(page);
    await arrange(page, "z");
    const found = await search(page, "is:merge");
    const only = await arrange(page, "a");
    arranged.push([
      new Intl.NumberFormat("en").format(size),
      ...[fold.took, fold.longest, folded[folded.length >> 1], folded.at(-1), found, only.took, only.longest].map(ms),
    ]);
    await done();
    rmSync(file);
  }
  console.log();
  row(["events", "heard", "open", "painted", "frame work", "step work"]);
  for (const cells of inside) row(cells);
  console.log();
  row(["events", "fold", "longest task", "frame", "worst frame", "find is:merge", "show only", "longest task"]);
  for (const cells of arranged) row(cells);
} finally {
  await viewer.close();
  rmSync(folder, { recursive: true });
}
