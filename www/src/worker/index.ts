// The worker's side of the protocol: calls wait in a queue and are worked off step by step, so that a cancelled call is
// dropped before any work goes into it, and a long search never keeps the rows of the window waiting.
import { init, Room } from "roomscope";
import type {
  Calls,
  Delivery,
  Failure,
  FirstWindow,
  Found,
  FromWorker,
  LineColumns,
  Opened,
  OpenOptions,
  Request,
  SlotColumn,
  ToWorker,
} from "../protocol.ts";
import { unpack } from "../share/packed.ts";
import { lineBuffers } from "./arrange.ts";
import { transferable } from "./columns.ts";
import { deliver, openInput, openSave, unpackError } from "./input.ts";
import { readJournal } from "./journal.ts";
import { practise } from "./practise.ts";
import { OpenRoom } from "./room.ts";
import { deliveriesOf } from "./share.ts";

/** Milliseconds of search between looks at the queue. */
const findSlice = 12;
/** Reading is the greater part of opening; the engine tells the rest. */
const readingShare = 0.7;

/** Yields progress; returns the result. */
type Steps = AsyncGenerator<unknown, unknown>;
type Job = { id: number; steps: Steps };

/** The engine is made ready before anybody asks for it: it comes first. */
let engineCame: (starting: Promise<void>) => void;
const ready = new Promise<void>((resolve) => (engineCame = resolve));
// Whoever asks hears of it.
ready.catch(() => undefined);
let room: OpenRoom | undefined;
let queue: Job[] = [];
let working = false;

function reply(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function failure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal";
  return { code, message };
}

function opened(): OpenRoom {
  if (room === undefined) throw Object.assign(new Error("no room is open"), { code: "no-room" });
  return room;
}

/** Takes in what is told event by event. */
function openDeliveries(deliveries: readonly Delivery[], options: OpenOptions, window: FirstWindow): Opened {
  const engine = new Room(options);
  const report = deliver(engine, deliveries);
  room = new OpenRoom(engine, options);
  return room.opened(report, window);
}

async function open(id: number, { source, options, insist, window }: Calls["open"]["params"]): Promise<Opened> {
  if (!(source instanceof Blob)) {
    const carried = "link" in source ? unpack(source.link) : { options, deliveries: source };
    const [told] = await Promise.all([carried, ready]);
    return openDeliveries(told.deliveries, insist ? options : told.options, window);
  }
  const [input] = await Promise.all([openInput(source), ready]);
  if (input.kind === "save") {
    const saved = await openSave(source);
    if (insist) return openDeliveries(deliveriesOf(saved.room, saved.bytes, false), options, window);
    room = new OpenRoom(saved.room, readJournal(saved.bytes).options);
    return room.opened({ added: saved.room.size, duplicates: 0, problems: [] }, window);
  }
  const engine = new Room(options);
  const onProgress = (done: number): void => reply({ id, progress: Math.max(done, readingShare * input.share()) });
  const report = await engine.addAsync(input.bytes, { onProgress }).catch((error: unknown) => {
    throw input.kind === "gzip" ? unpackError(error) : error;
  });
  if (engine.size === 0) {
    const first = report.problems[0];
    const reason = first === undefined ? "it is empty" : `line ${first.at}: ${first.message}`;
    throw Object.assign(new Error(`no event could be read (${reason})`), { code: "no-events" });
  }
  room = new OpenRoom(engine, options);
  return room.opened(report, window);
}

async function* steps(request: Request): Steps {
  switch (request.call) {
    case "open":
      return open(request.id, request.params);
    case "practise": {
      const { source, options, window } = request.params;
      await ready;
      return yield* practise(source, options, window, () => queue.length > 0);
    }
    case "learn":
      return yield* opened().learn(findSlice);
    case "rows":
      return opened().rows(request.params.from, request.params.count);
    case "lines":
      return opened().lines(request.params.rows, request.params.runs);
    case "arrange":
      return yield* opened().arrange(request.params);
    case "locate":
      return opened().locate(request.params.id);
    case "detail": {
      const detail = opened().detail(request.params.row);
      if (detail === undefined) throw Object.assign(new Error("there is no such row"), { code: "no-row" });
      return detail;
    }
    case "find":
      return yield* opened().find(request.params.query, findSlice);
    case "numbers": {
      const { before, groups } = yield* opened().storage.numbers();
      return { snapshots: before.slice(), groups: groups.slice() };
    }
    case "storage":
      return yield* opened().storage.detail(request.params.row, request.params.moment);
    case "figures":
      return opened().figures();
    case "table":
      return yield* opened().storage.page(
        request.params.name,
        request.params.offset,
        request.params.limit,
        request.params.sort,
      );
    case "state":
      return opened().states.state(request.params.row, request.params.moment, request.params.filter);
    case "diff":
      return opened().states.diff(request.params.a, request.params.b);
    case "history":
      return opened().states.history(request.params.type, request.params.stateKey);
    case "slot":
      return opened().states.column(request.params.type, request.params.stateKey);
    case "entries":
      return opened().states.entries(request.params.rows);
    case "merges":
      return yield* opened().merges(findSlice);
    case "explain":
      return opened().states.explain(request.params.row);
    case "resolve":
      return opened().states.resolve(request.params.rows);
    case "play":
      return yield* opened().play(request.params);
    case "place":
      return yield* opened().storage.place(request.params.name, request.params.nid, request.params.sort);
    case "linked":
      return yield* opened().linked(request.params.row, request.params.by, request.params.all);
    case "link":
      return opened().link(request.params.thin);
    case "file":
      return opened().file(request.params.form, request.params.rows);
  }
}

function transferOf(value: unknown): Transferable[] {
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if ("snapshots" in value) {
    const { snapshots, groups } = value as Calls["numbers"]["result"];
    return [snapshots.buffer, groups.buffer];
  }
  if ("runLine" in value) return lineBuffers(value as LineColumns);
  if ("graph" in value) return [...transferable((value as Opened).graph), (value as Opened).tips.buffer as ArrayBuffer];
  if ("setters" in value) return [(value as SlotColumn).values.buffer];
  if ("scanned" in value) return [(value as Found).rows.buffer as ArrayBuffer];
  return [];
}

/** One step of the first job; what has more to do goes to the end. */
async function work(job: Job): Promise<void> {
  try {
    const { done, value } = await job.steps.next();
    if (done === true) {
      reply({ id: job.id, result: value }, transferOf(value));
    } else {
      reply({ id: job.id, progress: value }, transferOf(value));
      queue.push(job);
    }
  } catch (error) {
    reply({ id: job.id, error: failure(error) });
  }
}

const { port1: wake, port2: turn } = new MessageChannel();

/** Lets messages that have come meanwhile be heard, cancellations above all. A timer would wait 4 ms each time. */
function listen(): Promise<void> {
  return new Promise((resolve) => {
    turn.onmessage = () => resolve();
    wake.postMessage(null);
  });
}

async function workOff(): Promise<void> {
  if (working) return;
  working = true;
  await listen();
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    await work(job);
    await listen();
  }
  working = false;
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if ("engine" in data) {
    engineCame(init(data.engine));
    return;
  }
  if ("cancel" in data) {
    const waiting = queue.find((job) => job.id === data.cancel);
    if (waiting === undefined) return;
    queue = queue.filter((job) => job !== waiting);
    reply({ id: waiting.id, error: { code: "cancelled", message: "the call was cancelled" } });
    return;
  }
  queue.push({ id: data.id, steps: steps(data) });
  void workOff();
});
