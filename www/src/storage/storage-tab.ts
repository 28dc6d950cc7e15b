// The tab "Storage": how servers keep the state at the selected event. The sentence of what the event did, the snapshot on its
// slot axis, and beside them what is new and what the room costs. The state group of the same state is a second stack below, on the same axis.
import { button, make } from "../dom.ts";
import { count, counted, splitUser } from "../format.ts";
import type { Detail, GroupView, Layer, Slot, SnapshotView, StorageDetail } from "../protocol.ts";
import type { Session } from "../session.ts";
import { costPanel } from "./cost.ts";
import { axis, type LayerActs, stack } from "./layers.ts";
import { effectWords, subjectWords } from "./words.ts";

export interface StorageTabActs extends StorageActs {
  /** Shows the state groups as a graph. */
  showGraph(): void;
}

export interface StorageActs extends LayerActs {
  /** Shows a row of a table. */
  goTable(name: "events" | "state_snapshots" | "state_blocks" | "state_groups", nid: number): void;
}

const blocksAtMost = 64;
/** The engine's default, as Synapse has it on SQLite. */
const hopsAtMost = 100;

export class StorageTab {
  readonly element = make("div", { class: "storage" });
  readonly #acts: StorageTabActs;
  #moment: "before" | "after" = "after";
  #asked: AbortController | undefined;

  constructor(acts: StorageTabActs) {
    this.#acts = acts;
  }

  /** Shows the storage of an event; what is shown stays until the answer is there. */
  show(detail: Detail, session: Session): void {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const { signal } = asked;
    const params = { row: detail.view.row, moment: this.#moment };
    session.engine.call("storage", params, { signal }).then(
      (storage) => {
        if (signal.aborted) return;
        if (storage === undefined)
          this.element.replaceChildren(make("p", { class: "empty" }, "The tables have no row of it."));
        else this.#fill(detail, storage, session);
      },
      (error: unknown) => {
        if (!signal.aborted) this.element.replaceChildren(make("p", { class: "empty" }, String(error)));
      },
    );
  }

  /** The cost is the room's: it is worked out once, after what was asked for first. */
  #cost(session: Session): HTMLElement {
    const place = make("div", {});
    void session.figures().then((figures) => place.replaceChildren(costPanel(figures, session.heldCount)));
    return place;
  }

  #fill(detail: Detail, storage: StorageDetail, session: Session): void {
    const { view } = detail;
    const drawn = make("div", { class: "drawn" });
    drawn.append(
      make(
        "p",
        { class: "did foreign" },
        make("strong", {}, subjectWords(splitUser(view.sender)[0], view.summary)),
        `: ${effectWords(storage).join(", ")}.`,
      ),
      this.#moments(detail, storage, session),
    );
    const { snapshot } = storage;
    if (snapshot === undefined) {
      const why = "The state before this event is not known, so no snapshot is stored for it: its number is 0.";
      drawn.append(make("p", { class: "empty" }, why));
    } else {
      drawn.append(this.#drawing(snapshot, storage.group));
    }
    this.element.replaceChildren(
      drawn,
      make("aside", { class: "beside", "aria-label": "Storage" }, key(), this.#news(storage), this.#cost(session)),
    );
  }

  #moments(detail: Detail, storage: StorageDetail, session: Session): HTMLElement {
    const choice = (moment: "before" | "after", name: string, nid: number): HTMLElement =>
      button(
        { "aria-pressed": String(storage.moment === moment), disabled: nid === 0 },
        () => {
          this.#moment = moment;
          this.show(detail, session);
        },
        name,
      );
    const same = storage.before === storage.after;
    const note =
      storage.moment === "before"
        ? "the state before this event: what its row in events points at"
        : same
          ? "the state after this event, the same as before it"
          : "the state after this event, stored for those that follow it";
    return make(
      "div",
      { class: "moments" },
      make(
        "div",
        { class: "choices", role: "group", "aria-label": "which state" },
        choice("before", "Before", storage.before),
        choice("after", "After", storage.after),
      ),
      make("span", { class: "note" }, storage.after === 0 ? `${note}; no snapshot after it is stored` : note),
    );
  }

  #drawing(snapshot: SnapshotView, group: GroupView | undefined): HTMLElement {
    const { slots, layers } = snapshot;
    const own = layers.flatMap((layer) => layer.squares).find((square) => square.own)?.column;
    const drawing = make(
      "div",
      { class: "stacks", tabindex: 0, "data-scrolls": true, role: "region", "aria-label": "the state as it is stored" },
      axis(slots, own),
      stack(
        {
          title: `Snapshot ${snapshot.nid}`,
          note: snapshotNote(snapshot),
          unit: "block",
          layers,
          foldFrom: 3,
          end: (layer) => (layer.fresh ? "new here" : `in ${counted(layer.shared, "snapshot")}`),
          open: (layer) => this.#acts.goTable("state_blocks", layer.nid),
        },
        slots,
        this.#acts,
      ),
    );
    drawing.style.setProperty("--slots", String(Math.max(1, slots.length)));
    if (group !== undefined) drawing.append(this.#chain(group, slots));
    return drawing;
  }

  #chain({ nid, layers, read }: GroupView, slots: readonly Slot[]): HTMLElement {
    const hops = layers.length - 1;
    const section = stack(
      {
        title: `State group ${nid}`,
        note: `Synapse · a chain of ${counted(hops, "hop")}, at most ${hopsAtMost} · ${counted(read, "group")} read to answer`,
        unit: "group",
        layers,
        foldFrom: 1,
        end: ({ fresh, shared }) => (fresh ? "new here" : shared === hops ? "root" : `hop ${shared}`),
        open: (layer) => this.#acts.goTable("state_groups", layer.nid),
      },
      slots,
      this.#acts,
    );
    section
      .querySelector("h3")
      ?.append(button({ class: "plain link as-graph" }, () => this.#acts.showGraph(), "as a graph →"));
    return section;
  }

  #news(storage: StorageDetail): HTMLElement {
    const { effects } = storage;
    const list = make("ul", { class: "news" });
    const add = (
      sign: string,
      word: string,
      table: Parameters<StorageActs["goTable"]>[0],
      nids: readonly number[],
    ): void => {
      for (const nid of nids.slice(0, 8)) {
        list.append(
          make(
            "li",
            {},
            make("strong", {}, `${sign} ${word} `),
            button({ class: "plain link mono" }, () => this.#acts.goTable(table, nid), String(nid)),
          ),
        );
      }
      if (nids.length > 8) list.append(make("li", { class: "note" }, `and ${count(nids.length - 8)} more`));
    };
    add("+", "event", "events", [storage.eventNid]);
    add("+", "block", "state_blocks", effects.newBlocks);
    add("+", "snapshot", "state_snapshots", effects.newSnapshots);
    add("+", "group", "state_groups", effects.newStateGroups);
    add("=", "block", "state_blocks", effects.reusedBlocks);
    add("=", "snapshot", "state_snapshots", effects.reusedSnapshots);
    return make("section", {}, make("h3", {}, "This event"), list);
  }
}

function snapshotNote({ layers, slotCount, slots }: SnapshotView): string {
  const parts = ["Dendrite", `${layers.length} of at most ${blocksAtMost} blocks`];
  const dead = (layer: Layer): number => layer.squares.filter((square) => !square.read).length;
  const heaviest = layers.reduce<Layer | undefined>(
    (a, b) => (a === undefined || dead(b) > dead(a) ? b : a),
    undefined,
  );
  if (heaviest !== undefined && heaviest.total > 1 && dead(heaviest) > 0)
    parts.push(`${count(dead(heaviest))} of ${counted(heaviest.total, "row")} of block ${heaviest.nid} overridden`);
  else if (heaviest !== undefined && dead(heaviest) > 0)
    parts.push(
      `${counted(
        layers.reduce((sum, layer) => sum + dead(layer), 0),
        "row",
      )} overridden`,
    );
  if (slotCount > slots.length)
    parts.push(`${count(slots.length)} of ${count(slotCount)} slots drawn: those with layers above`);
  return parts.join(" · ");
}

function key(): HTMLElement {
  const square = (kind: string, words: string): HTMLElement =>
    make("li", {}, make("span", { class: `square-mark ${kind}`, "aria-hidden": "true" }), words);
  return make(
    "section",
    {},
    make("h3", {}, "Squares"),
    make(
      "ul",
      { class: "key" },
      square("own", "added by this event"),
      square("read", "read"),
      square("over", "overridden, not read"),
    ),
  );
}
