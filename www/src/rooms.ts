// The rooms that are open: usually one; several where several files were given, each as one server's view of the room. Each has a
// worker of its own. Until a room could be opened, and if it cannot, those before it stay.
import { Engine, EngineError } from "./engine.ts";
import { forgetLast, keepLast, lastFiles } from "./last.ts";
import type { Lesson } from "./lessons/rooms.ts";
import type { OpenOptions } from "./protocol.ts";
import { type Origin, Session } from "./session.ts";
import type { Notice } from "./shell/notice.ts";

export interface RoomsActs {
  /** Shows a room, at an event if one is given. */
  show(session: Session, eventId: string | undefined): void;
  /** Which rooms one can switch between has changed. */
  listed(sessions: readonly Session[]): void;
}

export class Rooms {
  readonly #notice: Notice;
  readonly #acts: RoomsActs;
  #options: OpenOptions = { rules: "specification", numbering: "dense", auth: "enforce" };
  #sessions: Session[] = [];
  #shown: Session | undefined;
  #loading: Engine | undefined;

  constructor(notice: Notice, acts: RoomsActs) {
    this.#notice = notice;
    this.#acts = acts;
  }

  /** Opens the files of last time, or else the sample: an empty page would tell nobody anything. */
  async start(sampleUrl: string): Promise<void> {
    const files = await lastFiles();
    if (files.length > 0) await this.openFiles(files, false);
    if (this.#shown === undefined) await this.openSample(sampleUrl);
  }

  /** Opens files, the first in place of what was open; the page finds them again after a reload if `keep`. */
  async openFiles(files: readonly File[], keep = true): Promise<void> {
    this.#options = { ...this.#options, auth: "enforce" };
    let opened = 0;
    for (const file of files) {
      const session = await this.#load({ name: file.name, sample: false, source: file });
      if (session === undefined) continue;
      if (opened++ === 0) this.#replace([session]);
      else this.#list([...this.#sessions, session]);
      if (opened === 1) this.#show(session);
    }
    if (opened > 0 && keep) void keepLast(files);
    if (opened === 0 && !keep) void forgetLast();
  }

  async openSample(url: string): Promise<void> {
    const name = "north-pier-v11.ndjson";
    const response = await fetch(url);
    if (!response.ok) this.#notice.failed(`${name} could not be opened: the server answered ${response.status}.`);
    else await this.#open({ name, sample: true, source: await response.blob() });
  }

  /** Opens a teaching room; false if something else was opened meanwhile. */
  async openLesson(lesson: Lesson): Promise<boolean> {
    const { name, deliveries: source } = lesson;
    this.#options = { ...this.#options, auth: lesson.auth };
    await this.#open({ name, sample: true, source, lesson });
    return this.#shown?.origin.lesson === lesson;
  }

  /** Opens the shown room in another way, and stays at the same event. */
  async again(options: Partial<OpenOptions>, eventId: string | undefined): Promise<void> {
    const before = this.#shown;
    if (before === undefined) return;
    this.#options = { ...before.options, ...options };
    const session = await this.#load(before.origin);
    if (session === undefined || this.#shown !== before) return;
    before.close();
    this.#list(this.#sessions.map((each) => (each === before ? session : each)));
    this.#show(session, eventId);
  }

  /** Shows another of the open rooms, at the same event if it has it. */
  switchTo(session: Session, eventId: string | undefined): void {
    if (session !== this.#shown) this.#show(session, eventId);
  }

  async #open(origin: Origin): Promise<void> {
    const session = await this.#load(origin);
    if (session === undefined) return;
    this.#replace([session]);
    this.#show(session);
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

  /** Reads a room in a new worker; what hinders that is said on the page. */
  async #load(origin: Origin): Promise<Session | undefined> {
    this.#loading?.close();
    const engine = new Engine();
    const options = this.#options;
    this.#loading = engine;
    this.#notice.loading(origin.name, () => engine.close());
    try {
      const opened = await engine.open(origin.source, options, (share) => {
        if (this.#loading === engine) this.#notice.progress(share);
      });
      this.#notice.clear();
      return new Session(engine, opened, origin, options);
    } catch (error) {
      engine.close();
      if (this.#loading !== engine) return undefined;
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof EngineError && error.code === "closed") this.#notice.clear();
      else this.#notice.failed(`${origin.name} could not be opened: ${reason}.`);
      return undefined;
    } finally {
      if (this.#loading === engine) this.#loading = undefined;
    }
  }
}
