// The page as one thing: which room is open, which item is selected, and what each command does to that. Parts of the page
// tell the app what was asked of them and show what they are told; they do not know each other.
import { type Actions, dispatchKeys } from "./commands.ts";
import { afterFrame, part, setAttribute } from "./dom.ts";
import { DisplayRows, type Item } from "./history/display.ts";
import { Lines, type Run } from "./history/lines.ts";
import { sameSlot } from "./history/trace.ts";
import { HistoryView } from "./history/view.ts";
import { Minimap } from "./history/minimap.ts";
import { Inspector } from "./inspector/inspector.ts";
import { forgetLast } from "./last.ts";
import {
  carriedInAddress,
  carry,
  followPlace,
  placeInAddress,
  showingInAddress,
  traceInAddress,
  writePlace,
  writeShowing,
  writeTrace,
} from "./place.ts";
import type { Gap, OpenOptions, Row, RowView, Slot } from "./protocol.ts";
import { parseQuery, textOf } from "./query.ts";
import { Rooms } from "./rooms.ts";
import type { Session } from "./session.ts";
import { Shown } from "./shown.ts";
import { dragDivider } from "./shell/divider.ts";
import { ExportSheet, type Part } from "./shell/export.ts";
import { Files } from "./shell/files.ts";
import { Footer } from "./shell/footer.ts";
import { Notice } from "./shell/notice.ts";
import { Problems } from "./shell/problems.ts";
import { Search } from "./shell/search.ts";
import { makeSheet } from "./shell/sheet.ts";
import { PlayView } from "./play/play-view.ts";
import { Welcome } from "./shell/welcome.ts";
import { FocusBar } from "./why/focus-bar.ts";
import { followTheme, switchTheme } from "./shell/theme.ts";
import { TopBar, type View } from "./shell/top-bar.ts";
import { TraceBar } from "./shell/trace-bar.ts";
import { TablesView } from "./storage/tables-view.ts";
import { Tracing } from "./tracing.ts";
import { type LandmarkKind, Walk } from "./walk.ts";

/** Edges from the selected event that count as around it. */
const stepsAround = 4;

/** How the selection came about, which decides how far the list moves. */
type Way = "step" | "jump" | "click";

export class App implements Actions {
  #session: Session | undefined;
  #display: DisplayRows | undefined;
  #walk: Walk | undefined;
  readonly #shown = new Shown((lines, still) => this.#rearrange(lines, still));
  #selected: Item | undefined;
  /** The event that the selected one is compared with. */
  #second: Item | undefined;
  /** What the inspector tells about: its answer comes after the selection. */
  #inspected: RowView | undefined;
  #inspecting: Promise<void> = Promise.resolve();
  #view: View = "history";

  readonly #topBar: TopBar;
  readonly #notice = new Notice(part("notice"), part("main"));
  readonly #search: Search;
  readonly #welcome: Welcome;
  readonly #problems: Problems;
  readonly #focusBar: FocusBar;
  readonly #tracing: Tracing;
  readonly #history: HistoryView;
  readonly #minimap: Minimap;
  readonly #inspector: Inspector;
  readonly #tables: TablesView;
  readonly #play: PlayView;
  readonly #footer: Footer;
  readonly #rooms = new Rooms(this.#notice, {
    show: (session, eventId) => this.#show(session, eventId),
    window: () => this.#history.firstWindow,
    listed: (sessions) => this.#topBar.listRooms(sessions),
  });
  readonly #files = new Files((files) => void this.#rooms.openFiles(files));
  readonly #sheet = makeSheet();
  readonly #export = new ExportSheet({ eventId: () => this.#inspected?.eventId, parts: () => this.#parts() });

  constructor() {
    const list = part("history");
    this.#topBar = new TopBar(part("top"), this.#bound());
    this.#topBar.showView(this.#view);
    this.#search = new Search(list, {
      found: (needle) => this.#found(needle),
      stepHit: (forward) => this.stepHit(forward),
      left: () => this.#history.grid.focus(),
      turn: () => this.turn(),
      only: () => this.only(),
      fold: () => this.fold(),
    });
    this.#welcome = new Welcome(list, this.#bound());
    this.#problems = new Problems(list);
    this.#focusBar = new FocusBar(list, (rows) => this.#shown.focus(rows));
    const traceBar = new TraceBar({
      go: (row) => this.#select(row, "jump"),
      hover: (row) => this.#history.hover(row),
      stop: () => {
        this.#traceSlot(undefined);
        this.#history.grid.focus();
      },
    });
    list.append(traceBar.element);
    this.#tracing = new Tracing(traceBar, (trace) => {
      this.#history.trace(trace);
      this.#minimap.trace(trace);
      this.#inspector.trace(trace);
    });
    this.#history = new HistoryView(list, {
      selected: (item) => this.#clicked(item),
      opened: (run) => void this.#openRun(run),
      compared: (item) => void this.#compare(item, true),
      hovered: (item) => {
        this.#history.hover(item);
        this.#inspector.light(item);
      },
      drawn: () => this.#minimap.follow(this.#history.scroll, this.#selectedIndex()),
      bundled: (lanes) => this.#history.tellBundle(lanes),
    });
    this.#minimap = new Minimap(part("minimap"), (row) => this.#history.scrollTo(row));
    this.#inspector = new Inspector(part("inspector"), {
      go: (item) => this.#follow(item),
      goGap: (gap) => void this.#goToGap(gap),
      hover: (item) => this.#history.hover(item),
      choose: () => this.choose(),
      trace: (slot) => this.#traceSlot(slot),
      compareNone: () => void this.#compare(undefined),
      swap: () => {
        const [first, second] = [this.#selected, this.#second];
        if (second === undefined) return;
        void this.#compare(first);
        this.#select(second, "jump");
      },
      openLesson: (lesson) =>
        void this.#rooms.openLesson(lesson).then((shown) => {
          if (shown) void this.showView("play");
        }),
      openSample: (sample) => void this.#rooms.openSample(sample),
      forget: () => void forgetLast(),
      closed: () => this.#history.grid.focus(),
      widened: (wide) => this.#widen(wide),
      focus: (focus) => {
        this.#focusBar.show(focus);
        this.#history.number(focus?.steps);
      },
      point: (row) => {
        this.#history.reveal(this.#display?.shownFor(row) ?? row);
        this.#history.hover(row);
      },
      collected: (rows) => this.#history.collect(rows),
      goTable: (name, nid) => {
        const shown = this.showView("tables");
        void shown.then(() => this.#tables.openAt(name, nid)).then(() => this.#tables.focus());
      },
    });
    this.#tables = new TablesView(part("tables"), {
      go: (row) => this.#select(row, "jump"),
      hover: (row) => this.#history.hover(row),
      number: (numbering) => void this.#rooms.again({ numbering }, this.#inspected?.eventId),
    });
    this.#play = new PlayView(part("play"), { stepped: (row) => this.#select(row, "step") });
    this.#footer = new Footer(part("footer"), { next: (kind) => this.stepTo(kind, true) });
    document.body.append(this.#sheet, this.#export.element);
    dragDivider(part("divider"), part("main"));
    dispatchKeys(this);
    followTheme((theme) => {
      this.#topBar.showTheme(theme);
      this.#history.recolour();
      this.#minimap.recolour();
    });
    this.#followShowing();
    writeTrace(traceInAddress(), false);
    followPlace(
      (id) => {
        this.#followShowing();
        this.#restoreTrace();
        void this.#goToId(id);
      },
      (room, id) => {
        this.#followShowing();
        void this.#rooms.goTo(room, id);
      },
    );
  }

  /** Shows what the address says. */
  #followShowing(): void {
    const { query, only, folded } = showingInAddress();
    this.#search.ask(query);
    this.#setShown(only, folded);
  }

  #setShown(only: boolean, folded: boolean): void {
    this.#shown.set(only, folded);
    this.#search.showOnly(only);
    this.#search.showFolded(folded);
  }

  /** The parts of the top bar call these as plain functions. */
  #bound() {
    return {
      showRoom: () => {
        this.#select(undefined, "step");
        this.#inspector.open();
      },
      choose: () => this.choose(),
      openExport: () => this.openExport(),
      switchTheme: () => this.switchTheme(),
      showKeys: () => this.showKeys(),
      switchTo: (session: Session) => this.#rooms.switchTo(session, this.#inspected?.eventId),
      showView: (view: View) => void this.showView(view),
      rule: (rules: OpenOptions["rules"]) => void this.#rooms.again({ rules }, this.#inspected?.eventId),
    };
  }

  /** Opens what the address carries, what was open last, or the sample. */
  start(): Promise<void> {
    return this.#rooms.start(carriedInAddress());
  }

  #show(session: Session, selected: string | undefined): void {
    const first = this.#session === undefined;
    this.#session = session;
    this.#selected = undefined;
    this.#inspected = undefined;
    void this.#compare(undefined);
    const { opened } = session;
    const direction = this.#display?.direction ?? "newest";
    const lines = Lines.each(session.heldCount, session.edges);
    this.#arrange(new DisplayRows(lines, session.eventCount, opened.outlierCount, opened.gaps, direction));
    this.#shown.showRoom(session);
    this.#topBar.showRoom(session);
    this.#welcome.showRoom(session);
    this.#problems.showRoom(session);
    this.#footer.showRoom(session);
    this.#learn(session);
    this.#search.showRoom(session);
    this.#history.select(undefined);
    this.#inspector.showRoom(session);
    this.#export.showRoom(session);
    void this.#showRoomIn(this.#view);
    const slot = first ? traceInAddress() : this.#tracing.slot;
    writeTrace(slot, false);
    this.#tracing.showRoom(session, slot);
    const place = selected ?? (first ? placeInAddress() : undefined);
    const left = carry(session.origin.carried ?? {});
    if (place !== undefined) void this.#goToId(place);
    else writePlace(undefined, left);
  }

  /** Asks for what the first rows can do without: what follows from the answers would come between them and their frame. */
  #learn(session: Session): void {
    const isShown = (): boolean => session === this.#session;
    afterFrame(() => {
      if (!isShown()) return;
      session.learnIds(() => isShown() && this.#history.renew());
      session.wantMerges(() => {
        if (!isShown()) return;
        this.#footer.showMerges(session);
        this.#minimap.showMerges();
        this.#history.refresh();
      });
    });
  }

  /** A view hears of the room when it is first seen with it. */
  async #showRoomIn(view: View): Promise<void> {
    const session = this.#session;
    if (session === undefined || view === "history") return;
    session.wantNumbers(() => this.#history.refresh());
    if (view === "play") this.#play.showRoom(session, session.origin.lesson, this.#inspected?.row);
    else await this.#tables.showRoom(session).then(() => this.#tables.select(this.#inspected));
  }

  /** Resolves when the view shows the selected event. */
  async showView(view: View): Promise<void> {
    if (this.#view === view) return;
    this.#view = view;
    part("tables").hidden = view !== "tables";
    part("play").hidden = view !== "play";
    part("inspector").hidden = view !== "history";
    if (view !== "play") this.#play.stop();
    this.#topBar.showView(view);
    this.#widen(this.#inspector.isWide);
    await this.#showRoomIn(view);
  }

  /** Gives the panel beside the history most of the page: the history narrows and stays. */
  #widen(wide: boolean): void {
    const main = part("main");
    setAttribute(main, "data-view", this.#view);
    main.classList.toggle("wide", wide || this.#view !== "history");
    if (wide) this.#session?.wantNumbers(() => this.#history.refresh());
  }

  #arrange(display: DisplayRows, still?: Item): void {
    if (this.#session === undefined) return;
    this.#display = display;
    this.#walk = new Walk(this.#session, display);
    this.#minimap.show(this.#session, display);
    this.#history.show(this.#session, display, still);
    this.#search.showOrder(display.direction === "newest");
    this.#tellPlace();
  }

  /** Other events have lines of their own than before. */
  #rearrange(lines: Lines, still: Item | undefined): void {
    const display = this.#display?.arranged(lines);
    if (display === undefined) return;
    this.#arrange(display, still);
    const selected = this.#selected;
    // A run that is open now is its events.
    if (selected !== undefined && selected > display.shelf && display.run(selected) === undefined)
      this.#select(display.shownFor(selected), "step");
    // It was selected while the lines were worked out.
    else if (selected !== undefined && display.isHeld(selected) && display.runOf(selected)?.folded === true)
      void this.#shown.open(selected, still);
  }

  /** Shows all events of a run, and selects the first of them if the run was. */
  async #openRun(run: Run): Promise<void> {
    const display = this.#display;
    if (display === undefined) return;
    const item = display.runItem(run);
    const index = display.indexOf(item);
    const wasSelected = this.#selected === item;
    if (!(await this.#shown.open(run.oldest, item))) return;
    if (wasSelected && !run.folded) this.#select(this.#display?.itemAt(index), "step");
  }

  /** Selects an item; if it is hidden, as soon as it is not. */
  #select(item: Item | undefined, way: Way): void {
    const session = this.#session;
    const display = this.#display;
    if (session === undefined || display === undefined) return;
    if (item !== undefined && display.isHeld(item) && display.runOf(item) !== undefined) {
      void this.#shown.open(item).then((open) => {
        if (open && session === this.#session) this.#select(item, way);
      });
      return;
    }
    this.#history.settle();
    if (item !== undefined) this.#welcome.close();
    this.#selected = item;
    this.#shown.selected = item !== undefined && display.isHeld(item) ? item : undefined;
    this.#history.select(item);
    this.#tellPlace();
    if (item === undefined) {
      this.#inspected = undefined;
      this.#inspector.showRoom(session);
      void this.#tables.select(undefined);
      this.#tracing.follow(undefined, []);
      writePlace(undefined, false);
      return;
    }
    if (way === "step") this.#history.reveal(item);
    else if (way === "jump") this.#history.jump(item);
    const run = display.run(item);
    if (run !== undefined) {
      this.#inspected = undefined;
      this.#inspector.showRun(run, () => void this.#openRun(run));
      return;
    }
    this.#inspecting = this.#inspector.show(session, display, item).then(
      (detail) => {
        if (detail === undefined) return;
        const { view } = detail;
        this.#inspected = view;
        if (display.isEvent(item)) this.#tracing.follow(item, detail.parentStates);
        if (this.#view === "tables") void this.#tables.select(view);
        if (this.#view === "play") this.#play.showRow(view.row);
        writePlace(view.eventId, way === "jump");
      },
      (error: unknown) => this.#notice.failed(`The event could not be read: ${String(error)}.`),
    );
  }

  #clicked(item: Item): void {
    this.#select(item, "click");
    this.#inspector.open();
  }

  /** Compares the selection with another event; `show` brings the difference up at once. */
  async #compare(item: Item | undefined, show = false): Promise<void> {
    if (item !== undefined && this.#display?.isHeld(item) !== true) return;
    this.#second = item;
    this.#history.markSecond(item);
    const rows = item === undefined ? [] : await this.#session?.engine.call("rows", { from: item, count: 1 });
    if (this.#second !== item) return;
    this.#inspector.compare(rows?.[0]);
    if (show) this.#inspector.chooseTab("state");
  }

  /** Goes where a link leads, and takes the focus along: the link itself is gone by then. */
  #follow(item: Item | undefined): void {
    if (item === undefined) return;
    this.#select(item, "jump");
    if (this.#inspector.hasFocus && !this.#inspector.covers) this.#history.grid.focus();
    else if (this.#inspector.hasFocus) this.#inspector.focus();
  }

  async #goToId(id: string | undefined): Promise<void> {
    if (id === undefined) {
      this.#select(undefined, "jump");
      return;
    }
    const row = await this.#session?.engine.call("locate", { id });
    if (row !== undefined && row !== this.#selected) this.#select(row, "jump");
  }

  async #goToGap({ row, missingId }: Gap): Promise<void> {
    if (this.#display?.runOf(row) !== undefined && !(await this.#shown.open(row))) return;
    const display = this.#display;
    this.#follow(display?.gapsOf(row).find((item) => display.gap(item)?.missingId === missingId));
  }

  #found(query: string): void {
    this.#history.mark(textOf(parseQuery(query)));
    if (this.#search.isDone) this.#shown.found(this.#search.meant);
    this.#tellShowing(false);
    this.#minimap.mark(this.#search.rows);
    this.#tellPlace();
  }

  #selectedIndex(): number | undefined {
    return this.#selected === undefined ? undefined : this.#display?.indexOf(this.#selected);
  }

  #tellPlace(): void {
    const display = this.#display;
    const walk = this.#walk;
    if (display === undefined || walk === undefined) return;
    const selected = this.#selected;
    this.#footer.showPlace(selected === undefined ? undefined : display.indexOf(selected), display.count);
    this.#search.showPlace(selected === undefined ? undefined : walk.placeAmong(this.#search.rows, selected));
  }

  // Commands, in the order of the table.

  step(rows: number): void {
    const display = this.#display;
    if (display === undefined || display.count === 0) return;
    if (this.#selected === undefined) {
      this.#select(display.itemAt(this.#history.firstWholeIndex), "step");
      return;
    }
    const index = Math.max(0, Math.min(display.count - 1, display.indexOf(this.#selected) + rows));
    this.#select(display.itemAt(index), "step");
  }

  stepPage(pages: number): void {
    this.step(pages * this.#history.pageRows);
  }

  stepToEnd(end: "first" | "last"): void {
    const display = this.#display;
    if (display === undefined || display.count === 0) return;
    this.#select(display.itemAt(end === "first" ? 0 : display.count - 1), "step");
  }

  stepToParent(): void {
    this.#stepBy((walk, item) => walk.parent(item));
  }

  stepToChild(): void {
    this.#stepBy((walk, item) => walk.child(item));
  }

  #stepBy(next: (walk: Walk, item: Item) => Item | undefined): void {
    if (this.#walk === undefined) return;
    if (this.#selected === undefined) {
      this.step(0);
      return;
    }
    const item = next(this.#walk, this.#selected);
    if (item !== undefined) this.#select(item, "step");
  }

  stepTo(kind: LandmarkKind, forward: boolean): void {
    const item = this.#walk?.landmark(kind, this.#selected, forward);
    if (item !== undefined) this.#select(item, "jump");
  }

  openSearch(): void {
    this.#search.focus();
  }

  stepHit(forward: boolean): void {
    const item = this.#walk?.nextAmong(this.#search.rows, this.#selected, forward);
    if (item !== undefined) this.#select(item, "jump");
  }

  turn(): void {
    const display = this.#display;
    if (display === undefined) return;
    this.#arrange(display.turned(display.direction === "newest" ? "oldest" : "newest"));
    if (this.#selected === undefined) this.#history.toTop();
    else this.#history.jump(this.#selected);
  }

  /** Traces a slot, or none; a step that can be gone back. */
  #traceSlot(slot: Slot | undefined): void {
    if (slot === undefined) this.#tracing.stop();
    else void this.#tracing.start(slot);
    writeTrace(slot, true);
  }

  #restoreTrace(): void {
    const slot = traceInAddress();
    if (slot === undefined) this.#tracing.stop();
    else void this.#tracing.start(slot);
  }

  /** The slot that has the focus in the state, else that of the selected event; without either it stops, or shows where to choose. */
  async trace(): Promise<void> {
    let slot = this.#inspector.focusedSlot;
    if (slot === undefined) {
      await this.#inspecting;
      const { type, stateKey } = this.#inspected ?? {};
      if (type !== undefined && stateKey != null) slot = { type, stateKey };
    }
    const { slot: traced } = this.#tracing;
    if (traced !== undefined && (slot === undefined || sameSlot(slot, traced))) this.#traceSlot(undefined);
    else if (slot !== undefined) this.#traceSlot(slot);
    else {
      this.showTab("state");
      this.#inspector.focus();
    }
  }

  switchTheme(): void {
    switchTheme();
  }

  only(): void {
    this.#setShown(!this.#shown.only, this.#shown.folded);
    this.#tellShowing(true);
  }

  fold(): void {
    this.#setShown(this.#shown.only, !this.#shown.folded);
    this.#tellShowing(true);
  }

  #tellShowing(jump: boolean): void {
    const { only, folded } = this.#shown;
    writeShowing({ query: this.#search.query, only, folded }, jump);
  }

  /** Reads the selected event; of a run, shows its events instead. */
  focusInspector(): void {
    const run = this.#selected === undefined ? undefined : this.#display?.run(this.#selected);
    if (run === undefined) this.#inspector.focus();
    else void this.#openRun(run);
  }

  choose(): void {
    this.#files.choose();
  }

  showTab(id: "event" | "state" | "storage" | "why" | "graphs"): void {
    void this.showView("history");
    if (this.#selected === undefined) this.step(0);
    this.#inspector.chooseTab(id);
    this.#inspector.open();
  }

  showGraph(kind: "auth" | "groups"): void {
    this.showTab("graphs");
    this.#inspector.chooseGraph(kind);
  }

  collect(): void {
    this.#inspector.collect();
  }

  compareHere(): void {
    if (this.#selected !== undefined) void this.#compare(this.#selected === this.#second ? undefined : this.#selected);
  }

  play(step: -1 | 0 | 1): void {
    if (step !== 0 && this.#view === "history" && this.#inspector.step(step)) return;
    void this.showView("play");
    if (step === 0) this.#play.run();
    else this.#play.step(step);
  }

  openExport(): void {
    this.#export.open();
  }

  /** Parts of the history of which one may want the graph. */
  #parts(): Part[] {
    const { edges, eventCount } = this.#session ?? {};
    const display = this.#display;
    if (edges === undefined || eventCount === undefined || display === undefined) return [];
    const [first, last] = this.#history.scroll.window();
    const window: Row[] = [];
    for (let index = first; index <= last; index++)
      if (display.isEvent(display.itemAt(index))) window.push(display.itemAt(index));
    const parts: Part[] = [
      { name: "history", count: eventCount },
      { name: "in the window", count: window.length, rows: window },
    ];
    const found = [...this.#search.rows].filter((row) => display.isEvent(row));
    if (found.length > 0) parts.push({ name: "found", count: found.length, rows: found });
    const selected = this.#selected;
    if (selected !== undefined && display.isEvent(selected)) {
      const rows = edges.around(selected, stepsAround);
      parts.push({ name: "around the selected", count: rows.length, rows });
    }
    return parts;
  }

  showKeys(): void {
    this.#sheet.togglePopover();
  }

  back(): void {
    if (this.#sheet.matches(":popover-open")) this.#sheet.hidePopover();
    else if (this.#export.isOpen) this.#export.close();
    else if (this.#notice.isShown) this.#notice.clear();
    else if (this.#view !== "history") {
      void this.showView("history");
      this.#history.grid.focus();
    } else if (this.#inspector.isWide && !this.#inspector.covers) {
      this.#inspector.narrow();
      this.#history.grid.focus();
    } else if (this.#inspector.hasFocus || (this.#inspector.covers && this.#inspector.isOpen)) {
      this.#inspector.close();
      this.#history.grid.focus();
    } else if (this.#second !== undefined) void this.#compare(undefined);
    else if (this.#search.query !== "") this.#search.clear();
    else if (this.#problems.isOpen) this.#problems.close();
    else this.#select(undefined, "step");
  }
}
