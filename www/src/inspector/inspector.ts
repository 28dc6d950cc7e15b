// The panel that tells about the selection: head, tabs, body. A tab is a name and a way to fill the body; the panel keeps the
// chosen tab when the selection moves. Beside the history on wide screens, a drawer on narrower ones, a sheet on phones.
import { button, drawing, make, setAttribute } from "../dom.ts";
import { EngineError } from "../engine.ts";
import { counted } from "../format.ts";
import type { Run } from "../history/lines.ts";
import type { Trace } from "../history/trace.ts";
import type { Lesson } from "../lessons/rooms.ts";
import type { Sample } from "../lessons/samples.ts";
import type { DisplayRows, Item } from "../history/display.ts";
import type { Detail, Gap, Row, RowView, Slot } from "../protocol.ts";
import type { Session } from "../session.ts";
import { eventHead, EventTab } from "./event-tab.ts";
import { type GraphKind, GraphsTab } from "../graphs/graphs-tab.ts";
import { StateTab, type StateTabActs } from "../state/state-tab.ts";
import { type StorageActs, StorageTab } from "../storage/storage-tab.ts";
import { type WhyActs, WhyTab } from "../why/why-tab.ts";
import { makeGrip } from "./grip.ts";
import { linkList } from "./links.ts";
import { overview } from "./overview.ts";

export interface InspectorActs
  extends StorageActs, Omit<StateTabActs, "go" | "hover" | "showWhy">, Omit<WhyActs, "go" | "hover"> {
  go(item: Item): void;
  goGap(gap: Gap): void;
  hover(item: Item | undefined): void;
  choose(): void;
  openLesson(lesson: Lesson): void;
  openSample(sample: Sample): void;
  forget(): void;
  closed(): void;
  /** Says whether what is shown needs a wide panel. */
  widened(wide: boolean): void;
}

interface Tab {
  id: string;
  name: string;
  /** It needs more room than a column beside the history. */
  wide: boolean;
  fill(detail: Detail, session: Session): HTMLElement[];
}

/** Between two events that are shown while a key is held, which asks for more of them than anybody reads. */
const showingMs = 100;

export class Inspector {
  readonly #panel: HTMLElement;
  readonly #acts: InspectorActs;
  readonly #top = make("div", { class: "top-part" });
  readonly #body = make("div", { class: "body", id: "inspector-body", tabindex: 0, "data-scrolls": true });
  readonly #tabs: readonly Tab[];
  readonly #tabList = make("div", { class: "tabs", role: "tablist", "aria-label": "About this event" });
  readonly #tabButtons = new Map<Tab, HTMLElement>();
  readonly #why: WhyTab;
  readonly #graphs: GraphsTab;
  readonly #state: StateTab;
  /** The event that the selected one is compared with. */
  #second: RowView | undefined;
  #tab: Tab;
  #anew = false;
  #room: Session | undefined;
  /** The body may stand elsewhere than at its beginning: asking it would lay the page out. */
  #scrolled = false;
  #asked: AbortController | undefined;
  #shown: { detail: Detail; session: Session } | undefined;
  #shownAt = -Infinity;
  /** What will be shown in a moment: after the next frame, after some time. */
  #frame = 0;
  #timer = 0;

  constructor(panel: HTMLElement, acts: InspectorActs) {
    this.#panel = panel;
    this.#acts = acts;
    const events = new EventTab(acts);
    const event: Tab = {
      id: "event",
      name: "Event",
      wide: false,
      fill: (detail, session) => events.show(detail, session),
    };
    const storage = new StorageTab({ ...acts, showGraph: () => this.chooseGraph("groups") });
    this.#why = new WhyTab(acts);
    this.#graphs = new GraphsTab({ ...acts, openGroup: (nid) => acts.goTable("state_groups", nid) });
    this.#state = new StateTab({ ...acts, showWhy: () => this.chooseTab("why") });
    this.#tabs = [
      event,
      {
        id: "state",
        name: "State",
        wide: false,
        fill: (detail, session) => {
          this.#state.show(detail, session, this.#second);
          return [this.#state.element];
        },
      },
      {
        id: "storage",
        name: "Storage",
        wide: true,
        fill: (detail, session) => {
          storage.show(detail, session);
          return [storage.element];
        },
      },
      {
        id: "why",
        name: "Why",
        wide: true,
        fill: (detail, session) => {
          this.#why.show(detail, session, this.#anew);
          return [this.#why.element];
        },
      },
      {
        id: "graphs",
        name: "Graphs",
        wide: false,
        fill: (detail, session) => {
          this.#graphs.show(detail, session);
          return [this.#graphs.element];
        },
      },
    ];
    this.#tab = event;
    this.#makeTabs();
    this.#body.addEventListener("scroll", () => (this.#scrolled = true), { passive: true });
    const grip = makeGrip(panel, () => this.#leave());
    panel.append(grip, this.#top, this.#body);
  }

  get isOpen(): boolean {
    return this.#panel.classList.contains("open");
  }

  /** True where the panel covers the history instead of standing beside it. */
  get covers(): boolean {
    return getComputedStyle(this.#panel).position === "absolute";
  }

  open(): void {
    this.#panel.classList.add("open");
  }

  close(): void {
    this.#panel.classList.remove("open");
  }

  focus(): void {
    this.open();
    this.#body.focus();
  }

  get hasFocus(): boolean {
    return this.#panel.contains(document.activeElement);
  }

  /** Shows the room; another one when its rows have been painted, which come first. */
  showRoom(session: Session): void {
    this.#stop();
    this.#shown = undefined;
    if (session === this.#room) {
      this.#showRoom(session);
      return;
    }
    this.#why.showRoom();
    this.#room = session;
    this.#frame = requestAnimationFrame(() => {
      this.#timer = window.setTimeout(() => this.#showRoom(session));
    });
  }

  #showRoom(session: Session): void {
    this.#top.replaceChildren(
      make(
        "div",
        { class: "headline" },
        make("p", { class: "full-id mono foreign" }, session.origin.name),
        make("span", { class: "verdict" }, make("span", { class: "tag" }, session.sample ? "sample" : "file")),
        this.#closeButton(),
      ),
    );
    this.#fillBody("the room", overview(session, this.#acts));
  }

  /** Shows what an item is; an event's details come when the worker has them, and are returned then. */
  async show(session: Session, display: DisplayRows, item: Item): Promise<Detail | undefined> {
    this.#stop();
    const gap = display.gap(item);
    if (gap !== undefined) {
      await this.#showGap(session, gap);
      return undefined;
    }
    if (!display.isHeld(item)) {
      this.showRoom(session);
      return undefined;
    }
    const detail = await this.#detail(session, item);
    if (detail === undefined) return undefined;
    this.#shown = { detail, session };
    const wait = this.#shownAt + showingMs - performance.now();
    if (wait <= 0) this.#showEvent(detail, session);
    else this.#timer = window.setTimeout(() => this.#showEvent(detail, session), wait);
    return detail;
  }

  /** The slot on which the focus is. */
  get focusedSlot(): Slot | undefined {
    return this.#state.focusedSlot;
  }

  /** Shows what a row stands for that several events share. */
  showRun(run: Run, open: () => void): void {
    this.#stop();
    this.#shown = undefined;
    const what = counted(run.length, run.folded ? "message" : "event");
    this.#top.replaceChildren(
      make(
        "div",
        { class: "headline" },
        make("h2", {}, what),
        make("span", { class: "verdict" }, make("span", { class: "tag" }, run.folded ? "folded" : "left out")),
        this.#closeButton(),
      ),
      make(
        "p",
        { class: "by" },
        run.folded
          ? "One after the other, each the only child of the one before: nothing happened to the state here."
          : "The search means none of these. A dotted line in the graph leads past events like them.",
      ),
    );
    this.#fillBody("events that share a row", make("p", {}, button({ class: "button" }, open, `Show ${what}`)));
  }

  /** Asked for anew with each selection: only the last answer counts. */
  async #detail(session: Session, row: Row): Promise<Detail | undefined> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const detail = await session.engine.call("detail", { row }, { signal: asked.signal });
      return asked.signal.aborted ? undefined : detail;
    } catch (error) {
      if (error instanceof EngineError && (error.code === "cancelled" || error.code === "closed")) return undefined;
      throw error;
    }
  }

  #stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#asked = undefined;
  }

  #showEvent(detail: Detail, session: Session): void {
    clearTimeout(this.#timer);
    this.#shown = { detail, session };
    this.#shownAt = performance.now();
    for (const [tab, element] of this.#tabButtons) {
      const chosen = tab === this.#tab;
      setAttribute(element, "aria-selected", String(chosen));
      setAttribute(element, "tabindex", chosen ? "0" : "-1");
    }
    const [headline, by] = eventHead(detail.view);
    headline?.append(this.#closeButton());
    const heads = [headline, by].filter((part) => part !== undefined);
    // The tabs stay where they are: stepping through the room must not make them anew.
    if (this.#tabList.parentNode === this.#top) {
      while (this.#top.firstChild !== this.#tabList) this.#top.firstChild?.remove();
      this.#tabList.before(...heads);
    } else {
      this.#top.replaceChildren(...heads, this.#tabList);
    }
    this.#fillBody(undefined, ...this.#tab.fill(detail, session));
    setAttribute(this.#body, "aria-labelledby", `tab-${this.#tab.id}`);
  }

  #makeTabs(): void {
    this.#tabList.addEventListener("keydown", (event) => this.#tabKey(event));
    for (const tab of this.#tabs) {
      const element = button(
        { class: "plain", role: "tab", id: `tab-${tab.id}`, "aria-controls": "inspector-body" },
        () => this.#choose(tab),
        tab.name,
      );
      this.#tabButtons.set(tab, element);
      this.#tabList.append(element);
    }
  }

  #tabKey(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const count = this.#tabs.length;
    this.#choose(this.#tabs[(this.#tabs.indexOf(this.#tab) + step + count) % count]!);
  }

  async #showGap(session: Session, gap: Gap): Promise<void> {
    const child = await this.#detail(session, gap.row);
    if (child === undefined) return;
    this.#shown = undefined;
    this.#top.replaceChildren(
      make(
        "div",
        { class: "headline" },
        make("h2", { class: "full-id mono foreign" }, gap.missingId),
        make("span", { class: "verdict" }, make("span", { class: "tag" }, "not held")),
        this.#closeButton(),
      ),
      make(
        "p",
        { class: "by" },
        "A parent that this file does not have. What came before it on this branch is not known here.",
      ),
    );
    this.#fillBody(
      "a gap",
      ...linkList("Named by", "prev_events of", [{ eventId: gap.childId, view: child.view }], this.#acts),
    );
  }

  #choose(tab: Tab): void {
    this.chooseTab(tab.id);
    this.#top.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  }

  /** Chooses the tab with a name; the panel keeps it when the selection moves. */
  chooseTab(id: string): void {
    const tab = this.#tabs.find((each) => each.id === id);
    if (tab === undefined) return;
    this.#tab = tab;
    // Choosing a tab asks about the selected event itself, whatever the tab is showing.
    this.#anew = true;
    if (this.#shown !== undefined) this.#showEvent(this.#shown.detail, this.#shown.session);
    this.#anew = false;
  }

  /** Shows one of the graphs beside the history; the panel must have an event. */
  chooseGraph(kind: GraphKind): void {
    this.#graphs.choose(kind);
    this.chooseTab("graphs");
  }

  /** Lights an event that is hovered in the history. */
  light(row: Row | undefined): void {
    this.#graphs.light(row);
  }

  /** The lanes show another slot's value, or values in other colours. */
  trace(trace: Trace | undefined): void {
    this.#state.trace(trace);
  }

  /** Compares the selected event with another, or with none. */
  compare(second: RowView | undefined): void {
    this.#second = second;
    if (this.#shown !== undefined) this.#showEvent(this.#shown.detail, this.#shown.session);
  }

  /** Collects the shown event for a merge that nobody made, or leaves it out. */
  collect(): void {
    if (this.#shown !== undefined) this.#why.collect(this.#shown.detail.view);
  }

  /** Moves within what the tab shows, where it has steps of its own; false where it has none. */
  step(by: number): boolean {
    if (this.#tab.id !== "why" || this.#shown === undefined) return false;
    this.#why.step(by);
    return true;
  }

  /** True while a wide tab is shown; `narrow` goes back to the first. */
  get isWide(): boolean {
    return this.#tab.wide && this.#shown !== undefined;
  }

  narrow(): void {
    this.chooseTab(this.#tabs[0]!.id);
  }

  /** Without a label it is the panel of the chosen tab. */
  #fillBody(label: string | undefined, ...parts: HTMLElement[]): void {
    if (parts.length !== 1 || this.#body.firstChild !== parts[0] || this.#body.childElementCount !== 1)
      this.#body.replaceChildren(...parts);
    this.#acts.widened(this.isWide);
    if (this.#tab.id !== "why" || this.#shown === undefined) this.#why.leave();
    if (this.#scrolled) {
      this.#body.scrollTop = 0;
      this.#scrolled = false;
    }
    setAttribute(this.#body, "role", label === undefined ? "tabpanel" : "region");
    setAttribute(this.#body, "aria-label", label);
    if (label !== undefined) setAttribute(this.#body, "aria-labelledby", undefined);
  }

  #leave(): void {
    this.close();
    this.#acts.closed();
  }

  #closeButton(): HTMLButtonElement {
    return button(
      { class: "plain square close", "aria-label": "close" },
      () => this.#leave(),
      drawing(14, ["M3 3l10 10M13 3L3 13"]),
    );
  }
}
