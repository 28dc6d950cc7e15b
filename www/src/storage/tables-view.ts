// The view "Tables": what a server's database holds for this room, table by table, with the selected event's rows lit and every
// number a link. The history stands beside it; a row's event and the selected event are the same thing.
import type { TableName } from "roomscope";
import { button, make, setText } from "../dom.ts";
import { count, splitUser } from "../format.ts";
import type { OpenOptions, Row, RowView, StorageDetail } from "../protocol.ts";
import type { Session } from "../session.ts";
import type { Target } from "./columns.ts";
import { TableGrid } from "./table.ts";
import { effectWords, subjectWords } from "./words.ts";

export interface TablesActs {
  go(row: Row): void;
  hover(row: Row | undefined): void;
  /** Opens the room again, numbered in another way. */
  number(numbering: OpenOptions["numbering"]): void;
}

const models: readonly { name: string; tables: readonly TableName[] }[] = [
  {
    name: "Dendrite",
    tables: [
      "events",
      "state_snapshots",
      "state_blocks",
      "state_block_entries",
      "event_types",
      "event_state_keys",
      "previous_events",
      "rooms",
    ],
  },
  {
    name: "Synapse",
    tables: [
      "event_to_state_groups",
      "state_groups",
      "state_group_edges",
      "state_groups_state",
      "event_edges",
      "forward_extremities",
      "backward_extremities",
    ],
  },
];

const numberings: readonly [OpenOptions["numbering"], string][] = [
  ["dense", "Without holes"],
  ["sqlite", "SQLite"],
  ["postgres", "PostgreSQL"],
];

export class TablesView {
  readonly #acts: TablesActs;
  readonly #grid: TableGrid;
  readonly #tabs = new Map<TableName, { tab: HTMLButtonElement; total: HTMLElement }>();
  readonly #numberings = new Map<OpenOptions["numbering"], HTMLButtonElement>();
  readonly #sentence = make("p", { class: "did foreign", "aria-live": "polite" });
  #session: Session | undefined;
  #name: TableName = "events";
  #detail: StorageDetail | undefined;
  #asked: AbortController | undefined;

  constructor(place: HTMLElement, acts: TablesActs) {
    this.#acts = acts;
    this.#grid = new TableGrid({
      follow: (target) => void this.#follow(target),
      hover: (target) => void this.#hover(target),
    });
    const list = make("div", {
      class: "table-tabs",
      role: "tablist",
      "aria-label": "tables",
      "aria-orientation": "vertical",
    });
    for (const { name, tables } of models) {
      list.append(make("h3", { role: "presentation" }, name));
      for (const table of tables) list.append(this.#tab(table));
    }
    list.addEventListener("keydown", (event) => this.#tabKey(event));
    this.#grid.element.id = "table";
    place.append(
      make(
        "div",
        { class: "tables-head" },
        this.#sentence,
        make("span", { class: "note" }, "Numbered"),
        make("div", { class: "choices", role: "group", "aria-label": "numbering" }, ...this.#choices()),
      ),
      make("div", { class: "tables-body" }, list, this.#grid.element),
    );
  }

  #tab(table: TableName): HTMLElement {
    const total = make("span", { class: "total" });
    const tab = button(
      { class: "plain", role: "tab", "aria-controls": "table", tabindex: -1 },
      () => void this.open(table),
      make("span", { class: "mono" }, table),
      total,
    );
    this.#tabs.set(table, { tab, total });
    return tab;
  }

  #choices(): HTMLElement[] {
    return numberings.map(([numbering, name]) => {
      const choice = button({}, () => this.#acts.number(numbering), name);
      this.#numberings.set(numbering, choice);
      return choice;
    });
  }

  #tabKey(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const names = [...this.#tabs.keys()];
    const next = names[(names.indexOf(this.#name) + step + names.length) % names.length]!;
    void this.open(next);
    this.#tabs.get(next)?.tab.focus();
  }

  /** Shows a room; what it holds is asked for when the view is seen. */
  async showRoom(session: Session): Promise<void> {
    this.#session = session;
    this.#detail = undefined;
    this.#grid.light(undefined);
    setText(this.#sentence, "Choose an event to see which rows are its own.");
    for (const [numbering, choice] of this.#numberings)
      choice.setAttribute("aria-pressed", String(numbering === session.options.numbering));
    await this.open(this.#name);
    for (const [name, { total }] of this.#tabs) {
      const page = await session.engine.call("table", { name, offset: 0, limit: 0 });
      if (session !== this.#session) return;
      setText(total, count(page.total));
    }
  }

  /** Shows a table: at a row if one is given, else where the selected event's first row is. */
  async open(name: TableName, at?: number): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#name = name;
    for (const [each, { tab }] of this.#tabs) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
    }
    await this.#grid.show(session, name, at ?? (await this.#placeOf(name)));
  }

  async openAt(name: TableName, nid: number): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const { index } = await session.engine.call("place", { name, nid, sort: this.#grid.sortOf(name) });
    if (session === this.#session) await this.open(name, index);
  }

  focus(): void {
    this.#grid.element.focus();
  }

  /** Lights what belongs to the selected event. */
  async select(view: RowView | undefined): Promise<void> {
    this.#asked?.abort();
    const session = this.#session;
    if (session === undefined || view === undefined) {
      this.#detail = undefined;
      this.#grid.light(undefined);
      setText(this.#sentence, "Choose an event to see which rows are its own.");
      return;
    }
    const { signal } = (this.#asked = new AbortController());
    await session.engine.call("storage", { row: view.row, moment: "after" }, { signal }).then(
      async (detail) => {
        if (signal.aborted || detail === undefined) return;
        this.#detail = detail;
        this.#grid.light(detail);
        const who = subjectWords(splitUser(view.sender)[0], view.summary);
        this.#sentence.replaceChildren(make("strong", {}, who), `: ${effectWords(detail).join(", ")}.`);
        const at = await this.#placeOf(this.#name);
        if (!signal.aborted && at !== undefined) await this.#grid.show(session, this.#name, at);
      },
      () => undefined,
    );
  }

  /** The row of a table that belongs to the selected event. */
  async #placeOf(name: TableName): Promise<number | undefined> {
    const [session, detail] = [this.#session, this.#detail];
    if (session === undefined || detail === undefined) return undefined;
    const { effects, snapshot } = detail;
    const numbers: Partial<Record<TableName, number | undefined>> = {
      events: detail.eventNid,
      state_snapshots: effects.newSnapshots.at(-1) ?? detail.before,
      state_blocks: effects.newBlocks.at(-1) ?? snapshot?.layers[0]?.nid,
      state_block_entries: effects.newBlocks.at(-1) ?? snapshot?.layers[0]?.nid,
      state_groups: detail.group?.nid,
      state_group_edges: detail.group?.nid,
      state_groups_state: detail.group?.nid,
      event_types: detail.typeNid,
      event_state_keys: detail.keyNid,
    };
    const nid = numbers[name];
    if (nid === undefined || nid === 0) return undefined;
    return (await session.engine.call("place", { name, nid, sort: this.#grid.sortOf(name) })).index;
  }

  async #rowOf(target: Target): Promise<Row | undefined> {
    const session = this.#session;
    if ("eventId" in target) return session?.engine.call("locate", { id: target.eventId });
    if (target.table !== "events") return undefined;
    return (await session?.engine.call("place", { name: "events", nid: target.nid }))?.row;
  }

  async #follow(target: Target): Promise<void> {
    const row = await this.#rowOf(target);
    if (row !== undefined) this.#acts.go(row);
    else if ("table" in target && target.table !== "events") await this.openAt(target.table, target.nid);
  }

  async #hover(target: Target | undefined): Promise<void> {
    this.#acts.hover(target === undefined ? undefined : await this.#rowOf(target));
  }
}
