// The page as one thing: its parts, which room is open, and what each command does. Parts of the page tell the app what was asked of
// them and show what they are told; they do not know each other. What is selected and which rows there are is left to those who know.
import { Arrangement } from "./arrangement.ts";
import { type Actions, dispatchKeys } from "./commands.ts";
import { afterFrame, part } from "./dom.ts";
import { HistoryView } from "./history/view.ts";
import { Minimap } from "./history/minimap.ts";
import { Inspector } from "./inspector/inspector.ts";
import { forgetLast } from "./last.ts";
import {
  carriedInAddress,
  carry,
  followPlace,
  placeInAddress,
  traceInAddress,
  writePlace,
  writeTrace,
} from "./place.ts";
import { partsOf } from "./parts.ts";
import type { OpenOptions } from "./protocol.ts";
import { Rooms } from "./rooms.ts";
import { Selection } from "./selection.ts";
import type { Session } from "./session.ts";
import { Shown } from "./shown.ts";
import { dragDivider } from "./shell/divider.ts";
import { ExportSheet } from "./shell/export.ts";
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
import { Stage } from "./stage.ts";
import { TablesView } from "./storage/tables-view.ts";
import { Tracing } from "./tracing.ts";
import { Views } from "./views.ts";
import type { LandmarkKind } from "./walk.ts";

export class App implements Actions {
  readonly #stage = new Stage();
  readonly #shown = new Shown((lines, still) => this.#arrangement.rearrange(lines, still));
  readonly #selection: Selection;
  readonly #arrangement: Arrangement;
  readonly #views: Views;
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
  readonly #export = new ExportSheet({
    eventId: () => this.#selection.inspected?.eventId,
    parts: () => partsOf(this.#stage, this.#history.scroll.window(), this.#search.rows, this.#selection.item),
  });

  constructor() {
    const list = part("history");
    this.#topBar = new TopBar(part("top"), this.#bound());
    this.#topBar.showView(this.#stage.view);
    this.#search = new Search(list, {
      found: (query) => this.#arrangement.found(query),
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
      go: (row) => this.#selection.select(row, "jump"),
      hover: (row) => this.#history.hover(row),
      stop: () => {
        this.#tracing.choose(undefined);
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
      selected: (item) => {
        this.#selection.select(item, "click");
        this.#inspector.open();
      },
      opened: (run) => void this.#arrangement.openRun(run),
      compared: (item) => void this.#selection.compare(item, true),
      hovered: (item) => {
        this.#history.hover(item);
        this.#inspector.light(item);
      },
      drawn: () => this.#minimap.follow(this.#history.scroll, this.#selection.index),
      bundled: (lanes) => this.#history.tellBundle(lanes),
    });
    this.#minimap = new Minimap(part("minimap"), (row) => this.#history.scrollTo(row));
    this.#inspector = new Inspector(part("inspector"), {
      go: (item) => this.#selection.follow(item),
      goGap: (gap) => void this.#selection.goToGap(gap),
      hover: (item) => this.#history.hover(item),
      choose: () => this.choose(),
      trace: (slot) => this.#tracing.choose(slot),
      compareNone: () => void this.#selection.compare(undefined),
      swap: () => this.#selection.swap(),
      openLesson: (lesson) =>
        void this.#rooms.openLesson(lesson).then((shown) => {
          if (shown) void this.showView("play");
        }),
      openSample: (sample) => void this.#rooms.openSample(sample),
      forget: () => void forgetLast(),
      closed: () => this.#history.grid.focus(),
      widened: (wide) => this.#views.widen(wide),
      focus: (focus) => {
        this.#focusBar.show(focus);
        this.#history.number(focus?.steps);
      },
      point: (row) => {
        this.#history.reveal(this.#stage.display?.shownFor(row) ?? row);
        this.#history.hover(row);
      },
      collected: (rows) => this.#history.collect(rows),
      goTable: (name, nid) => {
        const shown = this.showView("tables");
        void shown.then(() => this.#tables.openAt(name, nid)).then(() => this.#tables.focus());
      },
    });
    this.#tables = new TablesView(part("tables"), {
      go: (row) => this.#selection.select(row, "jump"),
      hover: (row) => this.#history.hover(row),
      number: (numbering) => void this.#rooms.again({ numbering }, this.#selection.inspected?.eventId),
    });
    this.#play = new PlayView(part("play"), { stepped: (row) => this.#selection.select(row, "step") });
    this.#footer = new Footer(part("footer"), { next: (kind) => this.stepTo(kind, true) });
    this.#selection = new Selection(this.#stage, {
      history: this.#history,
      inspector: this.#inspector,
      tables: this.#tables,
      play: this.#play,
      tracing: this.#tracing,
      search: this.#search,
      footer: this.#footer,
      welcome: this.#welcome,
      notice: this.#notice,
      shown: this.#shown,
      openRun: (run) => void this.#arrangement.openRun(run),
    });
    this.#arrangement = new Arrangement(this.#stage, {
      history: this.#history,
      minimap: this.#minimap,
      search: this.#search,
      shown: this.#shown,
      selection: this.#selection,
    });
    this.#views = new Views(this.#stage, {
      topBar: this.#topBar,
      history: this.#history,
      inspector: this.#inspector,
      tables: this.#tables,
      play: this.#play,
      selection: this.#selection,
    });
    document.body.append(this.#sheet, this.#export.element);
    dragDivider(part("divider"), part("main"));
    dispatchKeys(this);
    followTheme((theme) => {
      this.#topBar.showTheme(theme);
      this.#history.recolour();
      this.#minimap.recolour();
    });
    this.#arrangement.followAddress();
    writeTrace(traceInAddress(), false);
    followPlace(
      (id) => {
        this.#arrangement.followAddress();
        this.#tracing.followAddress();
        void this.#selection.goToId(id);
      },
      (room, id) => {
        this.#arrangement.followAddress();
        void this.#rooms.goTo(room, id);
      },
    );
  }

  /** The parts of the top bar call these as plain functions. */
  #bound() {
    return {
      showRoom: () => {
        this.#selection.select(undefined, "step");
        this.#inspector.open();
      },
      choose: () => this.choose(),
      openExport: () => this.openExport(),
      switchTheme: () => this.switchTheme(),
      showKeys: () => this.showKeys(),
      switchTo: (session: Session) => this.#rooms.switchTo(session, this.#selection.inspected?.eventId),
      showView: (view: View) => void this.showView(view),
      rule: (rules: OpenOptions["rules"]) => void this.#rooms.again({ rules }, this.#selection.inspected?.eventId),
    };
  }

  /** Opens what the address carries, what was open last, or the sample. */
  start(): Promise<void> {
    return this.#rooms.start(carriedInAddress());
  }

  #show(session: Session, selected: string | undefined): void {
    const first = this.#stage.session === undefined;
    this.#stage.session = session;
    this.#selection.forget();
    this.#arrangement.showRoom(session);
    this.#topBar.showRoom(session);
    this.#welcome.showRoom(session);
    this.#problems.showRoom(session);
    this.#footer.showRoom(session);
    this.#learn(session);
    this.#search.showRoom(session);
    this.#history.select(undefined);
    this.#inspector.showRoom(session);
    this.#export.showRoom(session);
    void this.#views.showRoom();
    const slot = first ? traceInAddress() : this.#tracing.slot;
    writeTrace(slot, false);
    this.#tracing.showRoom(session, slot);
    const place = selected ?? (first ? placeInAddress() : undefined);
    const left = carry(session.origin.carried ?? {});
    if (place !== undefined) void this.#selection.goToId(place);
    else writePlace(undefined, left);
  }

  /** Asks for what the first rows can do without: what follows from the answers would come between them and their frame. */
  #learn(session: Session): void {
    const isShown = (): boolean => session === this.#stage.session;
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

  showView(view: View): Promise<void> {
    return this.#views.show(view);
  }

  // Commands, in the order of the table.

  step(rows: number): void {
    this.#selection.step(rows);
  }

  stepPage(pages: number): void {
    this.step(pages * this.#history.pageRows);
  }

  stepToEnd(end: "first" | "last"): void {
    this.#selection.stepToEnd(end);
  }

  stepToParent(): void {
    this.#selection.stepBy((walk, item) => walk.parent(item));
  }

  stepToChild(): void {
    this.#selection.stepBy((walk, item) => walk.child(item));
  }

  stepTo(kind: LandmarkKind, forward: boolean): void {
    this.#selection.stepTo(kind, forward);
  }

  openSearch(): void {
    this.#search.focus();
  }

  stepHit(forward: boolean): void {
    this.#selection.stepHit(forward);
  }

  turn(): void {
    this.#arrangement.turn();
  }

  /** The slot that has the focus in the state, else that of the selected event; without either it stops, or shows where to choose. */
  async trace(): Promise<void> {
    let slot = this.#inspector.focusedSlot;
    if (slot === undefined) {
      await this.#selection.inspecting;
      const { type, stateKey } = this.#selection.inspected ?? {};
      if (type !== undefined && stateKey != null) slot = { type, stateKey };
    }
    if (this.#tracing.toggle(slot)) return;
    this.showTab("state");
    this.#inspector.focus();
  }

  switchTheme(): void {
    switchTheme();
  }

  only(): void {
    this.#arrangement.only();
  }

  fold(): void {
    this.#arrangement.fold();
  }

  /** Reads the selected event; of a run, shows its events instead. */
  focusInspector(): void {
    const run = this.#selection.item === undefined ? undefined : this.#stage.display?.run(this.#selection.item);
    if (run === undefined) this.#inspector.focus();
    else void this.#arrangement.openRun(run);
  }

  choose(): void {
    this.#files.choose();
  }

  showTab(id: "event" | "state" | "storage" | "why" | "graphs"): void {
    void this.showView("history");
    if (this.#selection.item === undefined) this.step(0);
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
    this.#selection.compareHere();
  }

  play(step: -1 | 0 | 1): void {
    if (step !== 0 && this.#stage.view === "history" && this.#inspector.step(step)) return;
    void this.showView("play");
    if (step === 0) this.#play.run();
    else this.#play.step(step);
  }

  openExport(): void {
    this.#export.open();
  }

  showKeys(): void {
    this.#sheet.togglePopover();
  }

  back(): void {
    if (this.#sheet.matches(":popover-open")) this.#sheet.hidePopover();
    else if (this.#export.isOpen) this.#export.close();
    else if (this.#notice.isShown) this.#notice.clear();
    else if (this.#stage.view !== "history") {
      void this.showView("history");
      this.#history.grid.focus();
    } else if (this.#inspector.isWide && !this.#inspector.covers) {
      this.#inspector.narrow();
      this.#history.grid.focus();
    } else if (this.#inspector.hasFocus || (this.#inspector.covers && this.#inspector.isOpen)) {
      this.#inspector.close();
      this.#history.grid.focus();
    } else if (this.#selection.second !== undefined) void this.#selection.compare(undefined);
    else if (this.#search.query !== "") this.#search.clear();
    else if (this.#problems.isOpen) this.#problems.close();
    else this.#selection.select(undefined, "step");
  }
}
