// Play: the room as it grows. One event a step, in the order in which they reached the server; its sentence, the tables that it
// touched with the new rows lit, and for the teaching rooms what there is to see. Back, next, a slider, and by time.
import type { TableName } from "roomscope";
import { button, make, setText } from "../dom.ts";
import { count, shortId, splitUser } from "../format.ts";
import type { Lesson } from "../lessons/rooms.ts";
import type { Card, PlayStep, Row } from "../protocol.ts";
import type { Session } from "../session.ts";
import { lightOf } from "../storage/lit.ts";
import { cellParts } from "../storage/table.ts";
import { tracks } from "../storage/columns.ts";
import { effectWords, subjectWords } from "../storage/words.ts";
import { besidePrinted } from "./printed-view.ts";

export interface PlayActs {
  /** The step's event is the selection. */
  stepped(row: Row): void;
}

const perStepMs = 1600;

/** What a table's rows are, for those who see it for the first time. */
const notes: Partial<Record<TableName, string>> = {
  state_blocks: "lists of events",
  state_snapshots: "lists of blocks",
  events: "state_snapshot_nid is the state before",
  state_groups: "Synapse: one for each state",
  event_types: "interned once",
  event_state_keys: "interned once",
};

export class PlayView {
  readonly #acts: PlayActs;
  readonly #where = make("p", { class: "where", "aria-live": "polite" });
  readonly #title = make("h2", { class: "foreign" });
  readonly #caption = make("p", { class: "caption" });
  readonly #sentence = make("p", { class: "did foreign" });
  readonly #cards = make("div", { class: "cards" });
  readonly #beside = make("div", {});
  readonly #body: HTMLElement;
  readonly #slider = make("input", { type: "range", min: 1, value: 1, "aria-label": "step" });
  readonly #back = button({ class: "button" }, () => this.step(-1), "← Back");
  readonly #next = button({ class: "button primary" }, () => this.step(1), "Next →");
  readonly #run = button({ class: "button" }, () => this.run(), "Play");
  #session: Session | undefined;
  #shown: PlayStep | undefined;
  /** Where the last step asked for leads; answers may be on their way. */
  #wanted = 0;
  #asked: AbortController | undefined;
  #timer = 0;

  constructor(place: HTMLElement, acts: PlayActs) {
    this.#acts = acts;
    this.#body = make(
      "div",
      { class: "play-body", tabindex: 0, "data-scrolls": true, role: "region", "aria-label": "the step" },
      this.#where,
      this.#title,
      this.#caption,
      this.#sentence,
      this.#cards,
      this.#beside,
    );
    this.#slider.addEventListener("input", () => this.#go(Number(this.#slider.value) - 1));
    place.append(this.#body, make("div", { class: "play-bar" }, this.#back, this.#next, this.#run, this.#slider));
  }

  /** Shows a room at the event of a row, or at its first. */
  showRoom(session: Session, lesson: Lesson | undefined, row: Row | undefined): void {
    this.stop();
    this.#session = session;
    this.#shown = undefined;
    this.#beside.replaceChildren();
    if (lesson?.id === "readme") {
      void besidePrinted(session).then((parts) => {
        if (session === this.#session) this.#beside.replaceChildren(...parts);
      });
    }
    if (row === undefined) this.#go(0);
    else this.showRow(row);
  }

  /** Follows the selection. */
  showRow(row: Row): void {
    if (this.#shown?.view.row === row) return;
    void this.#ask({ row });
  }

  step(by: number): void {
    this.#go(this.#wanted + by);
  }

  /** Steps by time until the end, or stops doing so. */
  run(): void {
    if (this.#timer !== 0) {
      this.stop();
      return;
    }
    if (this.#wanted + 1 >= (this.#shown?.total ?? 0)) this.#go(0);
    setText(this.#run, "Pause");
    this.#timer = window.setInterval(() => {
      if (this.#wanted + 1 >= (this.#shown?.total ?? 0)) this.stop();
      else this.step(1);
    }, perStepMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = 0;
    setText(this.#run, "Play");
  }

  focus(): void {
    this.#next.focus();
  }

  #go(place: number): void {
    const last = (this.#shown?.total ?? 1) - 1;
    void this.#ask({ place: Math.max(0, Math.min(last, place)) });
  }

  async #ask(at: { place: number } | { row: Row }): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    if ("place" in at) this.#wanted = at.place;
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const step = await session.engine.call("play", at, { signal }).catch(() => undefined);
    if (step === undefined || signal.aborted) return;
    this.#shown = step;
    this.#wanted = step.place;
    this.#fill(step, session.origin.lesson);
    if ("place" in at) this.#acts.stepped(step.view.row);
  }

  #fill(step: PlayStep, lesson: Lesson | undefined): void {
    const { place, total, storage, view } = step;
    setText(this.#where, `Step ${count(place + 1)} of ${count(total)}`);
    const who = splitUser(view.sender)[0];
    setText(this.#title, subjectWords(who, view.summary));
    const caption = lesson?.captions[view.eventId];
    setText(this.#caption, caption ?? "");
    this.#caption.hidden = caption === undefined;
    const words = effectWords(storage).join(", ");
    setText(this.#sentence, `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`);
    const wide = (card: Card): boolean => card.name === "events";
    const cardsOf = (some: Card[]): HTMLElement[] => some.map((card) => this.#card(card, step, wide(card)));
    this.#cards.replaceChildren(
      ...cardsOf(step.cards.filter((card) => !wide(card))),
      ...tipsCard(step),
      ...cardsOf(step.cards.filter(wide)),
    );
    this.#slider.max = String(total);
    this.#slider.value = String(place + 1);
    this.#slider.setAttribute("aria-valuetext", `step ${place + 1} of ${total}`);
    this.#back.disabled = place === 0;
    this.#next.disabled = place + 1 >= total;
  }

  #card({ name, columns, rows, above }: Card, { storage }: PlayStep, wide: boolean): HTMLElement {
    const table = tableOf(columns);
    if (above > 0) table.append(make("div", { class: "more" }, `${count(above)} above`));
    for (const cells of rows) {
      const light = lightOf(name, cells, storage);
      const row = make("div", { class: `card-row ${light ?? ""}`, role: "row" });
      row.append(...columns.map((column, i) => make("span", { role: "cell" }, ...cellParts(column, cells[i]))));
      if (light === "new") row.append(make("span", { class: "mark", role: "cell" }, "+ new"));
      else if (light === "used") row.append(make("span", { class: "mark", role: "cell" }, "used"));
      table.append(row);
    }
    return cardOf(name, notes[name] ?? "", table, wide);
  }
}

function tableOf(columns: readonly string[]): HTMLElement {
  const table = make("div", { class: "card-table", role: "table" });
  table.style.setProperty("--tracks", `${tracks(columns)} 48px`);
  table.append(
    make(
      "div",
      { class: "card-row card-head", role: "row" },
      ...columns.map((column) => make("span", { role: "columnheader" }, column)),
    ),
  );
  return table;
}

function cardOf(name: string, note: string, table: HTMLElement, wide: boolean): HTMLElement {
  table.setAttribute("aria-label", name);
  // Its columns may need more room than a phone has.
  if (wide) table.tabIndex = 0;
  return make(
    "section",
    { class: wide ? "card wide" : "card" },
    make("h3", {}, make("span", { class: "mono" }, name), make("span", { class: "note" }, note)),
    table,
  );
}

/** The tips before and after, if the step changed them. */
function tipsCard({ storage }: PlayStep): HTMLElement[] {
  const { forwardExtremitiesBefore: before, forwardExtremitiesAfter: after } = storage.effects;
  const gone = before.filter((id) => !after.includes(id));
  if (gone.length === 0 && before.length === after.length) return [];
  const table = tableOf(["event_id"]);
  const add = (id: string, kind: string, mark: string): void => {
    const name = id.length > 20 ? `$${shortId(id)}…` : id;
    table.append(
      make(
        "div",
        { class: `card-row ${kind}`, role: "row" },
        make("span", { role: "cell", title: id }, name),
        make("span", { class: "mark", role: "cell" }, mark),
      ),
    );
  };
  for (const id of gone.slice(0, 5)) add(id, "gone", "− gone");
  for (const id of after.slice(0, 8)) add(id, before.includes(id) ? "" : "new", before.includes(id) ? "" : "+ new");
  return [cardOf("forward_extremities", "tips", table, false)];
}
