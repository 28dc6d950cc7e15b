// Which view stands beside the list: the panel about the selection, the tables, or the room being played. A view hears of the room
// when it is first seen with it.
import { part, setAttribute } from "./dom.ts";
import type { HistoryView } from "./history/view.ts";
import type { Inspector } from "./inspector/inspector.ts";
import type { PlayView } from "./play/play-view.ts";
import type { Selection } from "./selection.ts";
import type { TopBar, View } from "./shell/top-bar.ts";
import type { Stage } from "./stage.ts";
import type { TablesView } from "./storage/tables-view.ts";

export interface ViewParts {
  topBar: TopBar;
  history: HistoryView;
  inspector: Inspector;
  tables: TablesView;
  play: PlayView;
  selection: Selection;
}

export class Views {
  readonly #stage: Stage;
  readonly #parts: ViewParts;

  constructor(stage: Stage, parts: ViewParts) {
    this.#stage = stage;
    this.#parts = parts;
  }

  /** Shows the stage's room in the view that is seen, which does so by itself if that is the history. */
  async showRoom(): Promise<void> {
    const { session, view } = this.#stage;
    if (session === undefined || view === "history") return;
    const { history, play, selection, tables } = this.#parts;
    session.wantNumbers(() => history.refresh());
    if (view === "play") play.showRoom(session, session.origin.lesson, selection.inspected?.row);
    else await tables.showRoom(session).then(() => tables.select(selection.inspected));
  }

  /** Resolves when the view shows the selected event. */
  async show(view: View): Promise<void> {
    if (this.#stage.view === view) return;
    this.#stage.view = view;
    const { inspector, play, topBar } = this.#parts;
    part("tables").hidden = view !== "tables";
    part("play").hidden = view !== "play";
    part("inspector").hidden = view !== "history";
    if (view !== "play") play.stop();
    topBar.showView(view);
    this.widen(inspector.isWide);
    await this.showRoom();
  }

  /** Gives the panel beside the history most of the page: the history narrows and stays. */
  widen(wide: boolean): void {
    const { session, view } = this.#stage;
    const main = part("main");
    setAttribute(main, "data-view", view);
    main.classList.toggle("wide", wide || view !== "history");
    if (wide) session?.wantNumbers(() => this.#parts.history.refresh());
  }
}
