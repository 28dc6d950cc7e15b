// The rooms that are open: usually one; several where several files were given, each as one server's view of the room. Each has a
// worker of its own. Until a room could be opened, and if it cannot, those before it stay.
import { Engine, EngineError } from "./engine.ts";
import { forgetLast, keepLast, lastFiles } from "./last.ts";
import { type Lesson, lessons } from "./lessons/rooms.ts";
import { type Sample, samples } from "./lessons/samples.ts";
import type { Carried } from "./place.ts";
import type { FirstWindow, OpenOptions } from "./protocol.ts";
import { type Origin, Session } from "./session.ts";
import type { Notice } from "./shell/notice.ts";

export interface RoomsActs {
  /** Shows a room, at an event if one is given. */
  show(session: Session, eventId: string | undefined): void;
  /** What of a room is seen first. */
  window(): FirstWindow;
  /** Which rooms one can switch between has changed. */
  listed(sessions: readonly Session[]): void;
}

/** When what can wait is done at the latest, however busy the page is. */
const mostWaitMs = 1000;

/** Calls `work` when the page has nothing to do, or after `mostMs`; returns what prevents it. */
function whenIdle(work: () => void, mostMs: number): () => void {
  // Safari does not tell.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(work, mostMs);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(work, { timeout: mostMs });
  return () => cancelIdleCallback(asked);
}

export class Rooms {
  readonly #notice: Notice;
  readonly #acts: RoomsActs;
  #options: OpenOptions = { rules: "specification", numbering: "dense", auth: "enforce" };
  #sessions: Session[] = [];
  #shown: Session | undefined;
  #loading: Engine | undefined;
  /** The first one gets ready while the page looks for what to open. */
  #spare: Engine | undefined = new Engine();
  #practised = false;
  /** Whoever opens a room has the machine for that alone. */
  #stopPreparing: () => void = () => undefined;
  /** What was said of the last room that could not be opened. */
  #failed: string | undefined;

  constructor(notice: Notice, acts: RoomsActs) {
    this.#notice = notice;
    this.#acts = acts;
  }

  /** Opens the room that the address carries, or the files of last time, or else the sample: an empty page would tell nobody anything. */
  async start(carried: Carried): Promise<void> {
    if (!(await this.#openCarried(carried))) await this.#openUsual();
  }

  /** Opens another room that the address carries, at an event; what was open before it if it carries none. */
  async goTo(carried: Carried, eventId: string | undefined): Promise<void> {
    if (!(await this.#openCarried(carried, eventId))) await this.#openUsual(eventId);
  }

  async #openUsual(eventId?: string): Promise<void> {
    // What hindered a link from opening is said still when another room stands there.
    const said = this.#failed;
    const before = this.#shown;
    const files = await lastFiles();
    if (files.length > 0) await this.openFiles(files, false, eventId);
    if (this.#shown === before) await this.#openSample(samples[0], {}, eventId);
    if (said !== undefined) this.#notice.failed(said);
  }

  async #openCarried({ room, lesson: id, sample: sampleId }: Carried, eventId?: string): Promise<boolean> {
    this.#failed = undefined;
    const lesson = lessons.find((each) => each.id === id);
    if (lesson !== undefined) return this.openLesson(lesson, eventId);
    const sample = samples.find((each) => each.id === sampleId);
    if (sample !== undefined) return this.openSample(sample, eventId);
    if (room === undefined) return false;
    const name = "The room in this link";
    return this.#open({ name, sample: false, source: { link: room }, carried: { room } }, eventId);
  }

  /** Opens files, the first in place of what was open; the page finds them again after a reload if `keep`. */
  async openFiles(files: readonly File[], keep = true, eventId?: string): Promise<void> {
    this.#options = { ...this.#options, auth: "enforce" };
    this.#failed = undefined;
    let opened = 0;
    for (const file of files) {
      const session = await this.#load({ name: file.name, sample: false, source: file });
      if (session === undefined) continue;
      if (opened++ === 0) this.#replace([session]);
      else this.#list([...this.#sessions, session]);
      if (opened === 1) this.#show(session, eventId);
    }
    // A large file is long copied: what one looks at comes first.
    if (opened > 0 && keep) whenIdle(() => void keepLast(files), mostWaitMs);
    if (opened === 0 && !keep) void forgetLast();
  }

  /** Opens a sample; false if that could not be done. */
  openSample(sample: Sample, eventId?: string): Promise<boolean> {
    return this.#openSample(sample, { sample: sample.id }, eventId);
  }

  async #openSample(room: Sample, carried: Carried, eventId?: string): Promise<boolean> {
    const name = room.packed ? room.name : `${room.id}.ndjson`;
    const response = await fetch(room.url);
    if (!response.ok) {
      this.#notice.failed(`${name} could not be opened: the server answered ${response.status}.`);
      return false;
    }
    const source = room.packed ? { link: await response.text() } : await response.blob();
    return this.#open({ name, sample: true, source, room, carried }, eventId);
  }

  /** Opens a teaching room; false if something else was opened meanwhile. */
  async openLesson(lesson: Lesson, eventId?: string): Promise<boolean> {
    const { name, deliveries: source } = lesson;
    await this.#open({ name, sample: true, source, lesson, carried: { lesson: lesson.id } }, eventId);
    return this.#shown?.origin.lesson === lesson;
  }

  /** Opens the shown room in another way, and stays at the same event. */
  async again(options: Partial<OpenOptions>, eventId: string | undefined): Promise<void> {
    const before = this.#shown;
    if (before === undefined) return;
    this.#options = { ...before.options, ...options };
    const session = await this.#load(before.origin, true);
    if (session === undefined || this.#shown !== before) return;
    before.close();
    this.#list(this.#sessions.map((each) => (each === before ? session : each)));
    this.#show(session, eventId);
  }

  /** Shows another of the open rooms, at the same event if it has it. */
  switchTo(session: Session, eventId: string | undefined): void {
    if (session !== this.#shown) this.#show(session, eventId);
  }

  /** False if it could not be opened. */
  async #open(origin: Origin, eventId?: string): Promise<boolean> {
    this.#options = { ...this.#options, auth: origin.lesson?.auth ?? "enforce" };
    const session = await this.#load(origin);
    if (session === undefined) return false;
    this.#replace([session]);
    this.#show(session, eventId);
    return true;
  }

  #show(session: Session, eventId?: string): void {
    this.#shown = session;
    this.#acts.show(session, eventId);
  }

  #replace(sessions: Session[]): void {
    for (const session of this.#sessions) session.close();
    this.#list(sessions);
  }

  #list(sessions: Session[]): void {
    this.#sessions = sessions;
    this.#acts.listed(sessions);
  }

  /** An engine that waits already, or a new one. */
  #engine(): Engine {
    const engine = this.#spare ?? new Engine();
    this.#spare = undefined;
    return engine;
  }

  /**
   * Starts the next engine as soon as the page has nothing to do: that takes longer than reading a small room. The first one
   * practises meanwhile by what the page has just read: the first room that somebody brings is then read as fast as the second.
   */
  #prepare({ source }: Origin): void {
    this.#stopPreparing();
    this.#stopPreparing = whenIdle(() => {
      const engine = (this.#spare ??= new Engine());
      if (this.#practised || !(source instanceof Blob)) return;
      this.#practised = true;
      // Nothing is asked of it but this, and nobody waits for it.
      engine.call("practise", { source, options: this.#options, window: this.#acts.window() }).catch(() => undefined);
    }, mostWaitMs);
  }

  /** Reads a room in a new worker; what hinders that is said on the page. `insist`: by these options, whatever it brings along. */
  async #load(origin: Origin, insist = false): Promise<Session | undefined> {
    this.#loading?.close();
    this.#stopPreparing();
    const engine = this.#engine();
    const options = this.#options;
    this.#loading = engine;
    this.#notice.loading(origin.name, () => engine.close());
    try {
      const params = { source: origin.source, options, insist, window: this.#acts.window() };
      const opened = await engine.open(params, (share) => {
        if (this.#loading === engine) this.#notice.progress(share);
      });
      this.#notice.clear();
      return new Session(engine, opened, origin);
    } catch (error) {
      engine.close();
      if (this.#loading !== engine) return undefined;
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof EngineError && error.code === "closed") this.#notice.clear();
      else this.#notice.failed((this.#failed = `${origin.name} could not be opened: ${reason}.`));
      return undefined;
    } finally {
      if (this.#loading === engine) {
        this.#loading = undefined;
        this.#prepare(origin);
      }
    }
  }
}
