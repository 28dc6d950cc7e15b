// Which rows the list has and in which order: all events or what a search means, runs folded or open, newest or oldest first. The
// address says so too. The selection stays, as far as it is shown.
import { DisplayRows, type Item } from "./history/display.ts";
import { Lines, type Run } from "./history/lines.ts";
import type { Minimap } from "./history/minimap.ts";
import type { HistoryView } from "./history/view.ts";
import { showingInAddress, writeShowing } from "./place.ts";
import { parseQuery, textOf } from "./query.ts";
import type { Selection } from "./selection.ts";
import type { Session } from "./session.ts";
import type { Search } from "./shell/search.ts";
import type { Shown } from "./shown.ts";
import type { Stage } from "./stage.ts";
import { Walk } from "./walk.ts";

export interface ArrangementParts {
  history: HistoryView;
  minimap: Minimap;
  search: Search;
  shown: Shown;
  selection: Selection;
}

export class Arrangement {
  readonly #stage: Stage;
  readonly #parts: ArrangementParts;

  constructor(stage: Stage, parts: ArrangementParts) {
    this.#stage = stage;
    this.#parts = parts;
  }

  /** Every event of the stage's room has its row, until what is shown of it is worked out. */
  showRoom(session: Session): void {
    const { opened } = session;
    const direction = this.#stage.display?.direction ?? "newest";
    const lines = Lines.each(session.heldCount, session.edges);
    this.#arrange(new DisplayRows(lines, session.eventCount, opened.outlierCount, opened.gaps, direction));
    this.#parts.shown.showRoom(session);
  }

  #arrange(display: DisplayRows, still?: Item): void {
    const { session } = this.#stage;
    if (session === undefined) return;
    const { history, minimap, search, selection } = this.#parts;
    this.#stage.display = display;
    this.#stage.walk = new Walk(session, display);
    minimap.show(session, display);
    history.show(session, display, still);
    search.showOrder(display.direction === "newest");
    selection.tell();
  }

  /** Other events have lines of their own than before. */
  rearrange(lines: Lines, still: Item | undefined): void {
    const display = this.#stage.display?.arranged(lines);
    if (display === undefined) return;
    this.#arrange(display, still);
    const { selection, shown } = this.#parts;
    const selected = selection.item;
    // A run that is open now is its events.
    if (selected !== undefined && selected > display.shelf && display.run(selected) === undefined)
      selection.select(display.shownFor(selected), "step");
    // It was selected while the lines were worked out.
    else if (selected !== undefined && display.isHeld(selected) && display.runOf(selected)?.folded === true)
      void shown.open(selected, still);
  }

  /** Shows all events of a run, and selects the first of them if the run was. */
  async openRun(run: Run): Promise<void> {
    const { display } = this.#stage;
    if (display === undefined) return;
    const { selection, shown } = this.#parts;
    const item = display.runItem(run);
    const index = display.indexOf(item);
    const wasSelected = selection.item === item;
    if (!(await shown.open(run.oldest, item))) return;
    if (wasSelected && !run.folded) selection.select(this.#stage.display?.itemAt(index), "step");
  }

  turn(): void {
    const { display } = this.#stage;
    if (display === undefined) return;
    const { history, selection } = this.#parts;
    this.#arrange(display.turned(display.direction === "newest" ? "oldest" : "newest"));
    if (selection.item === undefined) history.toTop();
    else history.jump(selection.item);
  }

  /** Shows what the address says. */
  followAddress(): void {
    const { query, only, folded } = showingInAddress();
    this.#parts.search.ask(query);
    this.#set(only, folded);
  }

  only(): void {
    const { shown } = this.#parts;
    this.#set(!shown.only, shown.folded);
    this.#tell(true);
  }

  fold(): void {
    const { shown } = this.#parts;
    this.#set(shown.only, !shown.folded);
    this.#tell(true);
  }

  #set(only: boolean, folded: boolean): void {
    const { search, shown } = this.#parts;
    shown.set(only, folded);
    search.showOnly(only);
    search.showFolded(folded);
  }

  /** The search has found something, or was changed. */
  found(query: string): void {
    const { history, minimap, search, selection, shown } = this.#parts;
    history.mark(textOf(parseQuery(query)));
    if (search.isDone) shown.found(search.meant);
    this.#tell(false);
    minimap.mark(search.rows);
    selection.tell();
  }

  #tell(jump: boolean): void {
    const { only, folded } = this.#parts.shown;
    writeShowing({ query: this.#parts.search.query, only, folded }, jump);
  }
}
