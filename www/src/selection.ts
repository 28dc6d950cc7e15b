// Which item is selected, how one gets to another, and which second event it is compared with. Everybody who shows the selection is
// told here. What is hidden in a run is selected as soon as it is shown.
import type { Item } from "./history/display.ts";
import type { Run } from "./history/lines.ts";
import type { HistoryView } from "./history/view.ts";
import type { Inspector } from "./inspector/inspector.ts";
import { writePlace } from "./place.ts";
import type { PlayView } from "./play/play-view.ts";
import type { Gap, RowView } from "./protocol.ts";
import type { Footer } from "./shell/footer.ts";
import type { Notice } from "./shell/notice.ts";
import type { Search } from "./shell/search.ts";
import type { Welcome } from "./shell/welcome.ts";
import type { Shown } from "./shown.ts";
import type { Stage } from "./stage.ts";
import type { TablesView } from "./storage/tables-view.ts";
import type { Tracing } from "./tracing.ts";
import type { LandmarkKind, Walk } from "./walk.ts";

/** How the selection came about, which decides how far the list moves. */
type Way = "step" | "jump" | "click";

export interface SelectionParts {
  history: HistoryView;
  inspector: Inspector;
  tables: TablesView;
  play: PlayView;
  tracing: Tracing;
  search: Search;
  footer: Footer;
  welcome: Welcome;
  notice: Notice;
  shown: Shown;
  /** A run that is to be shown in full. */
  openRun(run: Run): void;
}

export class Selection {
  readonly #stage: Stage;
  readonly #parts: SelectionParts;
  #item: Item | undefined;
  #second: Item | undefined;
  #inspected: RowView | undefined;
  #inspecting: Promise<void> = Promise.resolve();

  constructor(stage: Stage, parts: SelectionParts) {
    this.#stage = stage;
    this.#parts = parts;
  }

  get item(): Item | undefined {
    return this.#item;
  }

  /** The event that the selected one is compared with. */
  get second(): Item | undefined {
    return this.#second;
  }

  /** What the inspector tells about: its answer comes after the selection. */
  get inspected(): RowView | undefined {
    return this.#inspected;
  }

  /** Resolves when the inspector tells about the selection. */
  get inspecting(): Promise<void> {
    return this.#inspecting;
  }

  get index(): number | undefined {
    return this.#item === undefined ? undefined : this.#stage.display?.indexOf(this.#item);
  }

  /** Another room is shown: nothing is selected in it yet. */
  forget(): void {
    this.#item = undefined;
    this.#inspected = undefined;
    void this.compare(undefined);
  }

  /** Selects an item; if it is hidden, as soon as it is not. */
  select(item: Item | undefined, way: Way): void {
    const { session, display } = this.#stage;
    const { history, inspector, tables, play, tracing, welcome, notice, shown, openRun } = this.#parts;
    if (session === undefined || display === undefined) return;
    if (item !== undefined && display.isHeld(item) && display.runOf(item) !== undefined) {
      void shown.open(item).then((open) => {
        if (open && session === this.#stage.session) this.select(item, way);
      });
      return;
    }
    history.settle();
    if (item !== undefined) welcome.close();
    this.#item = item;
    shown.selected = item !== undefined && display.isHeld(item) ? item : undefined;
    history.select(item);
    this.tell();
    if (item === undefined) {
      this.#inspected = undefined;
      inspector.showRoom(session);
      void tables.select(undefined);
      tracing.follow(undefined, []);
      writePlace(undefined, false);
      return;
    }
    if (way === "step") history.reveal(item);
    else if (way === "jump") history.jump(item);
    const run = display.run(item);
    if (run !== undefined) {
      this.#inspected = undefined;
      inspector.showRun(run, () => openRun(run));
      return;
    }
    this.#inspecting = inspector.show(session, display, item).then(
      (detail) => {
        if (detail === undefined) return;
        const { view } = detail;
        this.#inspected = view;
        if (display.isEvent(item)) tracing.follow(item, detail.parentStates);
        if (this.#stage.view === "tables") void tables.select(view);
        if (this.#stage.view === "play") play.showRow(view.row);
        writePlace(view.eventId, way === "jump");
      },
      (error: unknown) => notice.failed(`The event could not be read: ${String(error)}.`),
    );
  }

  /** Tells where the selection is in the list and among what was found. */
  tell(): void {
    const { display, walk } = this.#stage;
    const { footer, search } = this.#parts;
    if (display === undefined || walk === undefined) return;
    footer.showPlace(this.index, display.count);
    search.showPlace(this.#item === undefined ? undefined : walk.placeAmong(search.rows, this.#item));
  }

  /** Compares the selection with another event; `show` brings the difference up at once. */
  async compare(item: Item | undefined, show = false): Promise<void> {
    const { session, display } = this.#stage;
    const { history, inspector } = this.#parts;
    if (item !== undefined && display?.isHeld(item) !== true) return;
    this.#second = item;
    history.markSecond(item);
    const rows = item === undefined ? [] : await session?.engine.call("rows", { from: item, count: 1 });
    if (this.#second !== item) return;
    inspector.compare(rows?.[0]);
    if (show) inspector.chooseTab("state");
  }

  /** The selected event becomes the second one as well, or there is none any more. */
  compareHere(): void {
    if (this.#item !== undefined) void this.compare(this.#item === this.#second ? undefined : this.#item);
  }

  /** The second event becomes the selected one, and the other way round. */
  swap(): void {
    const [first, second] = [this.#item, this.#second];
    if (second === undefined) return;
    void this.compare(first);
    this.select(second, "jump");
  }

  /** Goes where a link leads, and takes the focus along: the link itself is gone by then. */
  follow(item: Item | undefined): void {
    if (item === undefined) return;
    const { history, inspector } = this.#parts;
    this.select(item, "jump");
    if (inspector.hasFocus && !inspector.covers) history.grid.focus();
    else if (inspector.hasFocus) inspector.focus();
  }

  async goToId(id: string | undefined): Promise<void> {
    if (id === undefined) {
      this.select(undefined, "jump");
      return;
    }
    const row = await this.#stage.session?.engine.call("locate", { id });
    if (row !== undefined && row !== this.#item) this.select(row, "jump");
  }

  async goToGap({ row, missingId }: Gap): Promise<void> {
    if (this.#stage.display?.runOf(row) !== undefined && !(await this.#parts.shown.open(row))) return;
    const { display } = this.#stage;
    this.follow(display?.gapsOf(row).find((item) => display.gap(item)?.missingId === missingId));
  }

  step(rows: number): void {
    const { display } = this.#stage;
    if (display === undefined || display.count === 0) return;
    if (this.#item === undefined) {
      this.select(display.itemAt(this.#parts.history.firstWholeIndex), "step");
      return;
    }
    const index = Math.max(0, Math.min(display.count - 1, display.indexOf(this.#item) + rows));
    this.select(display.itemAt(index), "step");
  }

  stepToEnd(end: "first" | "last"): void {
    const { display } = this.#stage;
    if (display === undefined || display.count === 0) return;
    this.select(display.itemAt(end === "first" ? 0 : display.count - 1), "step");
  }

  stepBy(next: (walk: Walk, item: Item) => Item | undefined): void {
    const { walk } = this.#stage;
    if (walk === undefined) return;
    if (this.#item === undefined) {
      this.step(0);
      return;
    }
    const item = next(walk, this.#item);
    if (item !== undefined) this.select(item, "step");
  }

  stepTo(kind: LandmarkKind, forward: boolean): void {
    const item = this.#stage.walk?.landmark(kind, this.#item, forward);
    if (item !== undefined) this.select(item, "jump");
  }

  stepHit(forward: boolean): void {
    const item = this.#stage.walk?.nextAmong(this.#parts.search.rows, this.#item, forward);
    if (item !== undefined) this.select(item, "jump");
  }
}
