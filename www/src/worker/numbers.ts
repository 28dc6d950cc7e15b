// What the tables know about every event and snapshot, in columns: made once, when somebody first asks how the room is stored,
// in slices, so that the rows of the window need not wait. With it no question about numbers walks a table again.
import type { Room } from "roomscope";
import type { RowIds } from "./ids.ts";
import { numbers, scan } from "./tables.ts";

export class Numbers {
  /** By row of the table `events`, which is in the order of `eventNid`. */
  #eventNid = new Uint32Array();
  #typeNid = new Uint32Array();
  #keyNid = new Uint32Array();
  /** The row of the history (or of the shelf) of each row of `events`. */
  #row = new Uint32Array();
  /** By row of the history: its place in `events`, counted from 1; 0 if the tables do not have it. */
  #place = new Uint32Array();
  /** By row of the history. */
  #before = new Uint32Array();
  #snapshotsWith = new Map<number, number>();
  /** By row of the history: its state group. */
  #group = new Uint32Array();
  /** By state group: the one it stands on; 0 if it is stored in full. */
  #previousGroup = new Uint32Array();

  /** Makes the columns; yields after each part of the work. */
  *fill(room: Room, ids: RowIds): Generator<undefined> {
    const { total } = room.table("events", { limit: 0 });
    this.#eventNid = new Uint32Array(total);
    this.#typeNid = new Uint32Array(total);
    this.#keyNid = new Uint32Array(total);
    this.#row = new Uint32Array(total);
    this.#place = new Uint32Array(ids.count);
    this.#before = new Uint32Array(ids.count);
    yield* scan(room, "events", ([nid, type, key, snapshot, , eventId], index) => {
      this.#eventNid[index] = Number(nid);
      this.#typeNid[index] = Number(type);
      this.#keyNid[index] = Number(key);
      const row = ids.rowOf(String(eventId));
      if (row === undefined) return;
      this.#row[index] = row;
      this.#place[row] = index + 1;
      this.#before[row] = Number(snapshot);
    });
    const snapshotsWith = new Map<number, number>();
    yield* scan(room, "state_snapshots", ([, blocks]) => {
      for (const block of numbers(blocks)) snapshotsWith.set(block, (snapshotsWith.get(block) ?? 0) + 1);
    });
    this.#snapshotsWith = snapshotsWith;
    this.#group = new Uint32Array(ids.count);
    yield* scan(room, "event_to_state_groups", ([eventId, group]) => {
      const row = ids.rowOf(String(eventId));
      if (row !== undefined) this.#group[row] = Number(group);
    });
    this.#previousGroup = new Uint32Array(room.table("state_groups", { limit: 0 }).total + 1);
    yield* scan(room, "state_group_edges", ([group, previous]) => {
      this.#previousGroup[Number(group)] = Number(previous);
    });
  }

  /** The state group of each row of the history: the state after it; 0 where there is none. */
  get groups(): Uint32Array<ArrayBuffer> {
    return this.#group;
  }

  /** A state group and those it stands on, down to one that is stored in full. */
  chain(group: number): number[] {
    const chain: number[] = [];
    for (let at = group; at !== 0; at = this.#previousGroup[at] ?? 0) chain.push(at);
    return chain;
  }

  /** The group that a state group stands on; 0 if it is stored in full. */
  previous(group: number): number {
    return this.#previousGroup[group] ?? 0;
  }

  /** Further groups that stand on one of a chain, at most `each` on each, and how many more there are. */
  standingOn(chain: readonly number[], each: number): { siblings: number[]; more: number } {
    const within = new Set(chain);
    const found = new Map<number, number>();
    const siblings: number[] = [];
    let more = 0;
    this.#previousGroup.forEach((previous, group) => {
      if (!within.has(previous) || within.has(group)) return;
      const count = found.get(previous) ?? 0;
      found.set(previous, count + 1);
      if (count < each) siblings.push(group);
      else more++;
    });
    return { siblings, more };
  }

  /** How many events have each of these groups after them. */
  eventsOf(groups: ReadonlySet<number>): Map<number, number> {
    const counts = new Map<number, number>();
    for (const group of this.#group) if (groups.has(group)) counts.set(group, (counts.get(group) ?? 0) + 1);
    return counts;
  }

  /** The snapshot before each row of the history; 0 where it is not known. */
  get before(): Uint32Array<ArrayBuffer> {
    return this.#before;
  }

  /** Where the table `events` has the event of a row. */
  placeOf(row: number): number | undefined {
    const place = this.#place[row];
    return place === undefined || place === 0 ? undefined : place - 1;
  }

  /** How many events the table `events` has. */
  get count(): number {
    return this.#eventNid.length;
  }

  /** Where the table `events` has the event with this number. */
  find(eventNid: number): number | undefined {
    let low = 0;
    let high = this.#eventNid.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#eventNid[middle]! < eventNid) low = middle + 1;
      else high = middle;
    }
    return this.#eventNid[low] === eventNid ? low : undefined;
  }

  eventNid(place: number): number {
    return this.#eventNid[place] ?? 0;
  }

  typeNid(place: number): number {
    return this.#typeNid[place] ?? 0;
  }

  keyNid(place: number): number {
    return this.#keyNid[place] ?? 0;
  }

  /** The row of the history of a row of `events`. */
  rowAt(place: number): number {
    return this.#row[place] ?? 0;
  }

  /** How many snapshots list a block. */
  snapshotsWith(blockNid: number): number {
    return this.#snapshotsWith.get(blockNid) ?? 0;
  }
}
