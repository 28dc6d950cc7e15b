// The state at an event as people read it: slot by slot with its value in words, what differs from where, how one slot came to
// its value, and how a merge was resolved. The engine compares states by what they do not share; nothing here walks a room.
import type { EventInfo, Resolution, Room, StateEntry } from "roomscope";
import type {
  Difference,
  KeyChange,
  ParentState,
  Row,
  Slot,
  SlotColumn,
  StateRow,
  StateView,
  WhySlot,
  WhyStep,
  WhyView,
} from "../protocol.ts";
import type { RowIds } from "./ids.ts";
import { type Content, objectOf, valueWords } from "./describe.ts";
import { eventsNamed } from "./named.ts";

/** Rows that are sent at a time: more is for the filter to find. */
const rowsShown = 400;
/** Longer states stay in the engine's order: sorting them would be felt. */
const longestSorted = 20_000;
const changesShown = 5000;
const stepsShown = 2000;

function slotOf(type: string, stateKey: string): string {
  return `${type}\u0000${stateKey}`;
}

function compare(a: readonly [string, string, ...unknown[]], b: readonly [string, string, ...unknown[]]): number {
  const create = Number(b[0] === "m.room.create") - Number(a[0] === "m.room.create");
  const own = Number(b[0].startsWith("m.")) - Number(a[0].startsWith("m."));
  return create || own || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

export class States {
  readonly #room: Room;
  readonly #ids: RowIds;

  constructor(room: Room, ids: RowIds) {
    this.#room = room;
    this.#ids = ids;
  }

  /** The state before or after an event, the slots that changed here first; `filter` is part of a type, key or value. */
  state(row: Row, moment: "before" | "after", filter: string): StateView | undefined {
    const room = this.#room;
    const info = room.event(this.#ids.at(row) ?? "");
    if (info === undefined) return undefined;
    const { eventId } = info;
    const state = moment === "before" ? room.stateBefore(eventId) : room.stateAfter(eventId);
    if (state === undefined) return { known: false, total: 0, parents: [], changed: [], same: [], more: 0 };
    const parents = this.#parentStates(info.prevEvents);
    const before = moment === "before" ? state : (room.stateBefore(eventId) ?? []);
    const held = parents.map(({ eventIds }) => this.#differing(eventIds[0]!, info, moment, before));
    const first = valueIn(before, info.type, info.stateKey) === undefined;
    const resets = this.#resets(row, eventId);
    const needle = filter.trim().toLowerCase();
    const [changed, same]: [StateRow[], StateRow[]] = [[], []];
    let more = 0;
    for (const entry of state.length > longestSorted ? state : state.toSorted(compare)) {
      const [type, stateKey, id] = entry;
      const slot = slotOf(type, stateKey);
      const differs = held.some((slots) => slots.has(slot));
      const own = id === eventId;
      const reset = resets.delete(slot);
      const list = differs || own ? changed : same;
      if (needle === "" && list.length >= rowsShown) {
        more++;
        continue;
      }
      const shown = this.#entry(entry);
      if (needle !== "" && ![type, stateKey, shown.value].some((text) => text.toLowerCase().includes(needle))) continue;
      if (list.length >= rowsShown) {
        more++;
        continue;
      }
      if (own) shown.change = first ? "added" : "changed";
      else if (reset) shown.change = "reset";
      else if (differs) shown.change = "resolved";
      if (parents.length > 1 && differs) shown.heldBy = held.map((slots) => !slots.has(slot));
      list.push(shown);
    }
    // What is left was lost: the state has nothing there.
    for (const [slot, { type, stateKey }] of resets) {
      if (![type, stateKey].some((text) => text.toLowerCase().includes(needle))) continue;
      const heldBy = held.map((slots) => !slots.has(slot));
      const lost = { eventId: "", row: undefined, sender: "", depth: 0, change: "reset" } as const;
      changed.push({ type, stateKey, value: "no value any more", ...lost, heldBy });
    }
    return { known: true, total: state.length, parents, changed, same, more };
  }

  /** The slots that a merge reset. */
  #resets(row: Row, eventId: string): Map<string, Slot> {
    // The resolution is gone through again only where there is something to tell.
    if (!((this.#room.merges({ offset: row, limit: 1 }).resets[0] ?? 0) > 0)) return new Map();
    const { conflicted } = this.#room.explain(eventId);
    return new Map(conflicted.flatMap((each) => (each.reset ? [[slotOf(each.type, each.stateKey), each]] : [])));
  }

  /** Of a merge, a parent for each distinct state: those by which its letters are known. */
  parentRows(prevEvents: readonly string[]): Row[] {
    if (new Set(prevEvents).size < 2) return [];
    return this.#parentStates(prevEvents).flatMap(({ row }) => row ?? []);
  }

  /** The parents, one for each distinct state; those whose state is unknown are left out. */
  #parentStates(ids: readonly string[]): ParentState[] {
    const states = new Map<string, string[]>();
    for (const id of new Set(ids)) {
      const stateId = this.#room.event(id)?.stateId;
      if (stateId == null) continue;
      const same = states.get(stateId);
      if (same === undefined) states.set(stateId, [id]);
      else same.push(id);
    }
    return [...states.values()].map((eventIds) => ({
      eventIds,
      row: this.#ids.rowOf(eventIds[0]!),
      sender: this.#room.event(eventIds[0]!)?.sender ?? "",
    }));
  }

  /** The slots in which the state after a parent differs from that before (or after) one of its children. */
  #differing(parent: string, info: EventInfo, moment: "before" | "after", before: readonly StateEntry[]): Set<string> {
    // The engine compares states after events, by what they do not share: only the event's own slot may stand apart from that.
    const { added, removed, changed } = this.#room.stateDiff(parent, info.eventId);
    const slots = new Set([...added, ...removed].map(([type, key]) => slotOf(type, key)));
    for (const { type, stateKey } of changed) slots.add(slotOf(type, stateKey));
    const { type, stateKey } = info;
    if (moment === "after" || stateKey === null) return slots;
    const theirs = valueIn(this.#room.stateAfter(parent), type, stateKey);
    if (theirs === valueIn(before, type, stateKey)) slots.delete(slotOf(type, stateKey));
    else slots.add(slotOf(type, stateKey));
    return slots;
  }

  #entry([type, stateKey, eventId]: StateEntry): StateRow {
    const pdu = this.#room.pdu(eventId) as Content | undefined;
    return {
      type,
      stateKey,
      value: pdu === undefined ? "" : valueWords(type, objectOf(pdu["content"]), this.#room.roomVersion),
      eventId,
      row: this.#ids.rowOf(eventId),
      sender: this.#room.event(eventId)?.sender ?? "",
      depth: this.#room.event(eventId)?.depth ?? 0,
      change: "",
    };
  }

  /** What the state after `b` has that the state after `a` has not, and the other way round. */
  diff(a: Row, b: Row): Difference | undefined {
    const [from, to] = [this.#ids.at(a), this.#ids.at(b)];
    if (from === undefined || to === undefined) return undefined;
    if (this.#room.event(from)?.stateId == null || this.#room.event(to)?.stateId == null)
      return { known: false, total: 0, slots: [], count: 0 };
    const { added, removed, changed } = this.#room.stateDiff(from, to);
    const all: [string, string, string | null, string | null][] = [
      ...removed.map(([type, key, id]): [string, string, string, null] => [type, key, id, null]),
      ...added.map(([type, key, id]): [string, string, null, string] => [type, key, null, id]),
      ...changed.map(({ type, stateKey, from, to }): [string, string, string, string] => [type, stateKey, from, to]),
    ];
    all.sort(compare);
    return {
      known: true,
      total: this.#room.stateAfter(to)?.length ?? 0,
      count: all.length,
      slots: all.slice(0, rowsShown).map(([type, stateKey, old, now]) => ({
        type,
        stateKey,
        from: old === null ? undefined : this.#entry([type, stateKey, old]),
        to: now === null ? undefined : this.#entry([type, stateKey, now]),
      })),
    };
  }

  /** Every change of a slot, oldest first. */
  history(type: string, stateKey: string): KeyChange[] {
    return this.#room
      .stateHistory(type, stateKey)
      .slice(-changesShown)
      .flatMap(({ eventId, value, cause }) => {
        const row = this.#ids.rowOf(eventId);
        if (row === undefined) return [];
        return [{ row, cause, value: value === null ? undefined : this.#entry([type, stateKey, value]) }];
      });
  }

  /** The value of a slot along the room, in a column. */
  column(type: string, stateKey: string): SlotColumn {
    const { values, eventIds } = this.#room.slotValues(type, stateKey);
    return { values, setters: Uint32Array.from(eventIds, (id) => this.#ids.rowOf(id) ?? 0xffff_ffff) };
  }

  /** What single state events set. */
  entries(rows: readonly Row[]): StateRow[] {
    return rows.flatMap((row) => this.#ids.at(row) ?? []).map((id) => this.#link(id));
  }

  /** How the state before an event came about. */
  explain(row: Row): WhyView | undefined {
    const eventId = this.#ids.at(row);
    if (eventId === undefined) return undefined;
    return this.#why(this.#room.explain(eventId), this.#room.event(eventId)?.prevEvents ?? []);
  }

  /** The merge that an event with these parents would make; without any, that of all tips. */
  resolve(rows: readonly Row[]): WhyView {
    const ids = rows.length === 0 ? this.#room.forwardExtremities() : rows.flatMap((row) => this.#ids.at(row) ?? []);
    return this.#why(this.#room.resolve(ids), ids);
  }

  #why(resolution: Resolution, prevEvents: readonly string[]): WhyView {
    const parents = this.#parentStates(prevEvents);
    const wanted = new Set(resolution.conflicted.map(({ type, stateKey }) => slotOf(type, stateKey)));
    const held = parents.map(({ eventIds }) => {
      const values = new Map<string, string>();
      if (wanted.size === 0) return values;
      for (const [type, key, id] of this.#room.stateAfter(eventIds[0]!) ?? []) {
        const slot = slotOf(type, key);
        if (wanted.has(slot)) values.set(slot, id);
      }
      return values;
    });
    const winners = new Map(resolution.conflicted.map((each) => [slotOf(each.type, each.stateKey), each.winner]));
    const slots = resolution.conflicted.slice(0, rowsShown).map(({ type, stateKey, winner }): WhySlot => ({
      type,
      stateKey,
      winner,
      held: held.map((values) => {
        const id = values.get(slotOf(type, stateKey));
        return id === undefined ? undefined : this.#entry([type, stateKey, id]);
      }),
    }));
    return {
      algorithm: resolution.algorithm,
      parents,
      unconflicted: resolution.unconflicted,
      conflictedCount: resolution.conflicted.length,
      slots,
      authDifference: resolution.authDifference.slice(0, rowsShown).map((id) => this.#link(id)),
      authDifferenceCount: resolution.authDifference.length,
      subgraphCount: resolution.conflictedSubgraph.length,
      steps: this.#steps(resolution, winners),
      stepCount: resolution.steps.length,
      denied: resolution.steps.filter((step) => step.outcome === "denied").length,
      resultCount: resolution.result.length,
    };
  }

  #link(eventId: string): StateRow {
    const info = this.#room.event(eventId);
    return this.#entry([info?.type ?? "", info?.stateKey ?? "", eventId]);
  }

  #steps({ steps }: Resolution, winners: ReadonlyMap<string, string | null>): WhyStep[] {
    const shown = steps.slice(0, stepsShown).map((step) => ({ step, entry: this.#link(step.eventId) }));
    // From the last step on: which step of the same slot writes over this one.
    const next = new Map<string, number>();
    const fates: string[] = [];
    for (let i = shown.length - 1; i >= 0; i--) {
      const { step, entry } = shown[i]!;
      const slot = slotOf(entry.type, entry.stateKey);
      const later = next.get(slot);
      if (step.outcome !== "allowed") fates[i] = step.outcome;
      else if (later !== undefined) fates[i] = `until ${later + 1}`;
      else fates[i] = winners.get(slot) === step.eventId ? "stands" : "not kept";
      if (step.outcome === "allowed") next.set(slot, i);
    }
    return shown.map(({ step, entry }, i) => ({
      phase: step.phase,
      outcome: step.outcome,
      keys: step.keys,
      reason: step.reason ?? "",
      named: eventsNamed(step.reason ?? "", (id) => this.#ids.rowOf(id)),
      fate: fates[i]!,
      entry,
    }));
  }
}

function valueIn(
  state: readonly StateEntry[] | undefined,
  type: string | undefined,
  stateKey: string | null | undefined,
) {
  return state?.find(([t, k]) => t === type && k === stateKey)?.[2];
}
