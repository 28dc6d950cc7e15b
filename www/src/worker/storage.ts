// How one event's state is stored: its snapshot as layers on one axis of slots, what taking the event in did, and which numbers
// of the tables belong to it. Everything is read back from the tables, so that what is shown is what is stored.
import type { EventInfo, Room } from "roomscope";
import type {
  GroupView,
  Layer,
  LinkedGraph,
  Located,
  Row,
  RowView,
  Slot,
  SnapshotView,
  Square,
  StorageDetail,
  TableCells,
  TablePage,
  TableSort,
} from "../protocol.ts";
import type { RowIds } from "./ids.ts";
import { groupGraph } from "./linked.ts";
import { Numbers } from "./numbers.ts";
import { mostSorted, SortedTables } from "./sorted.ts";
import { type Cells, numbers, PagedTable } from "./tables.ts";

type TableName = Parameters<Room["table"]>[0];

/** Beyond these only slots that something lies above are columns of their own. */
const columnsShown = 40;
/** Numbers of a list that are sent to be shown; the count tells of the rest. */
const listShown = 48;
const longestText = 400;

/** A type and a key as one number. */
function slotKey(typeNid: number, keyNid: number): number {
  return typeNid * 2 ** 32 + keyNid;
}

interface Block {
  nid: number;
  /** Places in the table `events`. */
  places: number[];
}

export class Storage {
  readonly #room: Room;
  readonly #ids: RowIds;
  readonly #children: (row: Row) => Uint32Array;
  readonly #tables = new Map<string, PagedTable>();
  readonly #sorted: SortedTables;
  #numbers: Numbers | undefined;

  /** `children` tells the rows of an event's children. */
  constructor(room: Room, ids: RowIds, children: (row: Row) => Uint32Array) {
    this.#room = room;
    this.#ids = ids;
    this.#children = children;
    this.#sorted = new SortedTables(room);
  }

  /** The columns that everything below stands on; yields while they are being made. */
  *numbers(): Generator<undefined, Numbers> {
    if (this.#numbers === undefined) {
      const made = new Numbers();
      yield* made.fill(this.#room, this.#ids);
      this.#numbers = made;
    }
    return this.#numbers;
  }

  #table(name: TableName): PagedTable {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, (table = new PagedTable(this.#room, name)));
    return table;
  }

  /** A page of a table, lists and texts cut to what a row can show. */
  *page(name: TableName, offset: number, limit: number, sort?: TableSort): Generator<undefined, TablePage> {
    const order = sort === undefined ? undefined : yield* this.#sorted.order(name, sort);
    const { columns, ...inOrder } = this.#room.table(name, {
      ...(order === undefined ? { offset, limit } : { limit: 0 }),
      listLimit: listShown,
    });
    const { total } = inOrder;
    const { rows, cut = [] } = order === undefined ? inOrder : this.#sorted.rows(name, order, offset, limit, listShown);
    const lengths = new Map(cut.map(({ row, length }) => [row, length]));
    const shown: TableCells[] = [];
    for (const [row, cells] of rows.entries()) {
      const length = lengths.get(row);
      shown.push(cells.map((cell) => shortened(cell, length)));
      // The hash of a whole state takes milliseconds.
      if (length !== undefined) yield undefined;
    }
    return { columns, rows: shown, total, sortable: total <= mostSorted };
  }

  /** Where a table has the row with this number (or that of an event, for the tables that name events by id). */
  *place(name: TableName, nid: number, sort?: TableSort): Generator<undefined, Located> {
    const order = sort === undefined ? undefined : yield* this.#sorted.order(name, sort);
    const shown = (place: number | undefined): number | undefined =>
      place === undefined || order === undefined ? place : order.indexOf(place);
    if (name !== "events") return { index: shown(this.#table(name).find(nid)) };
    const place = (yield* this.numbers()).find(nid);
    return { index: shown(place), row: place === undefined ? undefined : (yield* this.numbers()).rowAt(place) };
  }

  /** The state groups around that of an event, as a graph. */
  *groups(row: Row, viewOf: (row: Row) => RowView | undefined): Generator<undefined, LinkedGraph | undefined> {
    const numbers = yield* this.numbers();
    const [groups, rows] = [this.#table("state_groups"), this.#table("state_groups_state")];
    return groupGraph(numbers, groups, rows, this.#ids, row, viewOf);
  }

  *detail(row: Row, moment: "before" | "after"): Generator<undefined, StorageDetail | undefined> {
    const all = yield* this.numbers();
    const place = all.placeOf(row);
    const info = this.#room.event(this.#ids.at(row) ?? "");
    if (info === undefined || place === undefined) return undefined;
    const effects = this.#room.effects(info.eventId);
    const before = all.before[row] ?? 0;
    const after = this.#after(all, row, info, before, [...effects.newSnapshots, ...effects.reusedSnapshots]);
    const shown = moment === "after" && after !== 0 ? after : before;
    const snapshot = shown === 0 ? undefined : this.#snapshot(all, shown, place, new Set(effects.newBlocks));
    return {
      eventId: info.eventId,
      eventNid: all.eventNid(place),
      typeNid: all.typeNid(place),
      keyNid: all.keyNid(place),
      before,
      after,
      effects,
      lists: effects.newSnapshots.map((nid) => ({ nid, blocks: this.#blocksOf(nid) })),
      moment: shown === after && moment === "after" ? "after" : "before",
      snapshot,
      group:
        snapshot === undefined
          ? undefined
          : this.#group(all, row, info, moment, snapshot.slots, new Set(effects.newStateGroups)),
    };
  }

  /** The state group of the same moment, as the deltas of its chain on the axis of the snapshot. */
  #group(
    all: Numbers,
    row: Row,
    info: EventInfo,
    moment: "before" | "after",
    slots: readonly Slot[],
    fresh: ReadonlySet<number>,
  ): GroupView | undefined {
    const after = all.groups[row] ?? 0;
    let nid = after;
    if (moment === "before" && info.stateKey !== null && info.verdict !== "rejected") {
      // What a state event adds stands on the state before it, unless its chain was full.
      const parent = new Set(info.prevEvents).size === 1 ? this.#ids.rowOf(info.prevEvents[0]!) : undefined;
      nid = all.chain(after)[1] ?? (parent === undefined ? 0 : (all.groups[parent] ?? 0));
    }
    if (nid === 0) return undefined;
    const columnOf = new Map(slots.map(({ type, stateKey }, column) => [`${type}\u0000${stateKey}`, column]));
    const found = new Set<string>();
    let deepest = 0;
    const layers = all.chain(nid).map((group, hop): Layer => {
      const squares: Square[] = [];
      let hidden = 0;
      const rows = this.#groupRows(group);
      for (const [, type, stateKey, eventId] of rows) {
        const slot = `${String(type)}\u0000${String(stateKey)}`;
        const column = columnOf.get(slot);
        const read = !found.has(slot);
        if (read) deepest = hop;
        if (column === undefined) hidden += read ? 1 : 0;
        else squares.push({ column, row: this.#ids.rowOf(String(eventId)) ?? 0, read, own: eventId === info.eventId });
        found.add(slot);
      }
      squares.sort((a, b) => a.column - b.column);
      return { nid: group, total: rows.length, squares, hidden, fresh: fresh.has(group), shared: hop };
    });
    return { nid, layers, read: deepest + 1 };
  }

  /** The rows of one state group. */
  #groupRows(group: number): Cells[] {
    const first = this.#table("state_groups_state").find(group);
    const rows: Cells[] = [];
    if (first === undefined) return rows;
    for (let limit = 16; ; limit *= 4) {
      const part = this.#room.table("state_groups_state", { offset: first + rows.length, limit }).rows;
      const end = part.findIndex(([nid]) => nid !== group);
      rows.push(...(end < 0 ? part : part.slice(0, end)));
      if (end >= 0 || part.length < limit) return rows;
    }
  }

  /**
   * The stored snapshot of the state after an event; 0 if there is none. Nothing in the tables points at it: it is the one before
   * a child that has no other parent, or the one that was made from the snapshot before by adding the event's own block.
   */
  #after(all: Numbers, row: Row, info: EventInfo, before: number, made: readonly number[]): number {
    if (before === 0) return 0;
    if (info.stateKey === null || info.verdict === "rejected") return before;
    for (const child of this.#children(row)) {
      const snapshot = all.before[child] ?? 0;
      if (snapshot !== 0 && new Set(this.#room.event(this.#ids.at(child) ?? "")?.prevEvents).size === 1)
        return snapshot;
    }
    const known = new Set(this.#blocksOf(before));
    const place = all.placeOf(row);
    const own = place === undefined ? 0 : all.eventNid(place);
    const extended = made.find((nid) => {
      const added = this.#blocksOf(nid).filter((block) => !known.has(block));
      const events = added.length === 1 ? this.#eventsOf(added[0]!) : [];
      return events.length === 1 && events[0] === own;
    });
    if (extended !== undefined) return extended;
    const tips = this.#room.forwardExtremities();
    const room = tips.length === 1 && tips[0] === info.eventId ? this.#table("rooms").row(0) : undefined;
    return Number(room?.[4] ?? 0);
  }

  #blocksOf(snapshot: number): number[] {
    return numbers(this.#table("state_snapshots").get(snapshot)?.[1]);
  }

  #eventsOf(block: number): number[] {
    return numbers(this.#table("state_blocks").get(block)?.[1]);
  }

  #snapshot(all: Numbers, nid: number, own: number, fresh: ReadonlySet<number>): SnapshotView {
    // The later block wins, so the newest lies on top.
    const blocks: Block[] = this.#blocksOf(nid)
      .toReversed()
      .map((block) => ({ nid: block, places: this.#eventsOf(block).flatMap((event) => all.find(event) ?? []) }));
    const slotOf = (place: number): number => slotKey(all.typeNid(place), all.keyNid(place));
    const inBlocks = new Map<number, number>();
    for (const block of blocks) {
      for (const place of block.places) inBlocks.set(slotOf(place), (inBlocks.get(slotOf(place)) ?? 0) + 1);
    }
    const { slots, columnOf } = this.#axis(blocks, inBlocks, slotOf);
    const found = new Set<number>();
    const layers = blocks.map(({ nid, places }): Layer => {
      const squares: Square[] = [];
      let hidden = 0;
      for (const place of places) {
        const slot = slotOf(place);
        const column = columnOf.get(slot);
        const read = !found.has(slot);
        if (column !== undefined) squares.push({ column, row: all.rowAt(place), read, own: place === own });
        else if (read) hidden++;
      }
      for (const place of places) found.add(slotOf(place));
      squares.sort((a, b) => a.column - b.column);
      return { nid, total: places.length, squares, hidden, fresh: fresh.has(nid), shared: all.snapshotsWith(nid) };
    });
    return { nid, slots, slotCount: inBlocks.size, layers };
  }

  /** The columns: every slot where there are few; else those that more than one layer has, or that lie above the largest. */
  #axis(blocks: readonly Block[], inBlocks: ReadonlyMap<number, number>, slotOf: (place: number) => number) {
    let wanted = [...inBlocks.keys()];
    if (wanted.length > columnsShown) {
      const largest = blocks.reduce((a, b) => (b.places.length > a.places.length ? b : a)).nid;
      const above = new Set(blocks.flatMap((block) => (block.nid === largest ? [] : block.places.map(slotOf))));
      wanted = wanted.filter((slot) => above.has(slot) || inBlocks.get(slot)! > 1);
    }
    const slots = wanted.map((slot) => ({ slot, ...this.#slot(slot) })).sort((a, b) => compareSlots(a, b));
    const columnOf = new Map(slots.map(({ slot }, column) => [slot, column]));
    return { slots: slots.map(({ type, stateKey }): Slot => ({ type, stateKey })), columnOf };
  }

  #slot(slot: number): Slot {
    const type = Math.floor(slot / 2 ** 32);
    const text = (cells: Cells | undefined): string => String(cells?.[1] ?? "").slice(0, longestText);
    return {
      type: text(this.#table("event_types").get(type)),
      stateKey: text(this.#table("event_state_keys").get(slot % 2 ** 32)),
    };
  }
}

/** The room's own slots first, by name; then those of others. */
function compareSlots(a: Slot, b: Slot): number {
  const own = Number(b.type.startsWith("m.")) - Number(a.type.startsWith("m."));
  const create = Number(b.type === "m.room.create") - Number(a.type === "m.room.create");
  return own || create || order(a.type, b.type) || order(a.stateKey, b.stateKey);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A cell as a row shows it; `length` is that of the list, where the engine has cut it. */
function shortened(cell: Cells[number], length: number | undefined): TableCells[number] {
  if (Array.isArray(cell)) {
    const count = length ?? cell.length;
    return count > listShown ? { first: cell.slice(0, listShown), count } : cell;
  }
  return typeof cell === "string" && cell.length > longestText ? `${cell.slice(0, longestText)}…` : cell;
}
