// TARDIS scenarios: rooms written by hand for the room debugger of that name (https://github.com/matrix-org/tardis), in
// JSON5. An event of a scenario may lack what every PDU has; what is missing is filled in here as TARDIS does it, so that
// the ids that it computes are TARDIS's, and with them whatever an order by id decides.

import { Json5Error, parseJson5 } from "./json5.js";
import type { EventId, Problem } from "./types.js";

/** A scenario as the engine takes it. */
export interface Scenario {
  readonly roomVersion: string;
  /** Its events, as a JSON array. */
  readonly text: string;
  /** States before events that `precalculated_state_after` told of. */
  readonly states: readonly (readonly [EventId, EventId[]])[];
  readonly problems: readonly Problem[];
}

/** What has to be asked of the room and the engine. */
export interface Surroundings {
  readonly roomVersion: string | undefined;
  /** The depth of an event that the room holds. */
  depth(eventId: EventId): number | undefined;
  /** The id that a room version computes for an event; undefined if it computes none. */
  eventIdOf(event: string, roomVersion: string): EventId | undefined;
}

type Json = Record<string, unknown>;

const DEFAULT_VERSION = "10";
const START_MS = Date.UTC(2024, 0, 1);
const STEP_MS = 1000;
const MOST_DEPTH = Number.MAX_SAFE_INTEGER;

/** The keys that only a scenario has. Events have none of them, nor have federation answers. */
const OWN_KEYS = [
  ...["tardis_version", "events", "calculate_event_ids", "precalculated_state_after"],
  ...["annotations", "on_load_at_start"],
];
/** No scenario has these: nearly every event begins with one of them. */
const EVENT_KEYS = [
  ...["auth_events", "content", "depth", "event_id", "hashes", "origin", "origin_server_ts", "prev_events"],
  ...["redacts", "sender", "signatures", "state_key", "type", "unsigned"],
];
/** The whole of it is held as text. */
export const MOST_SCENARIO_BYTES = 1 << 28;
/** How much of an input is looked at. */
const HEAD_BYTES = 1 << 16;

const BLANK = /(?:[\s\ufeff]|\/\/[^\n]*\n|\/\*[^]*?\*\/)/y;
const MEMBER = /"([^"\\\n]*)"\s*:\s*("(?:[^"\\\n]|\\.)*"|[\w.+-]+)?/y;

/**
 * Whether an input is a scenario, as its beginning has it; undefined if more of it is needed. Whatever no other kind of
 * input begins with counts as one: a bare key, a key in single quotes.
 */
export function isScenario(head: Uint8Array, isAll: boolean): boolean | undefined {
  // Nearly every input is told by its first bytes.
  const unsure = isAll || head.length > HEAD_BYTES ? false : undefined;
  // The last character may have come in part.
  const text = new TextDecoder().decode(head.subarray(0, HEAD_BYTES), { stream: true });
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const next = () => {
    while (match(BLANK));
    return text[at];
  };
  const first = next();
  if (first === undefined || first === "/") return unsure;
  if (first !== "{") return false;
  at += 1;
  for (;;) {
    const start = next();
    if (start === undefined || start === "/") return unsure;
    if (/['$_\p{ID_Start}]/u.test(start)) return true;
    if (start !== '"') return false;
    const member = match(MEMBER);
    if (member === null) return unsure;
    const key = member[1] as string;
    if (OWN_KEYS.includes(key)) return true;
    if (EVENT_KEYS.includes(key)) return false;
    // What else there may be is passed over, if that is easily done.
    const end = next();
    if (end === undefined || end === '"') return unsure;
    if (end !== "," || member[2] === undefined) return false;
    at += 1;
  }
}

/** Reads a scenario. What is wrong with it is told, with its line or the place among its events. */
export function readScenario(bytes: Uint8Array, around: Surroundings): Scenario {
  const nothing = (at: number, code: string, message: string): Scenario => {
    return { roomVersion: DEFAULT_VERSION, text: "", states: [], problems: [{ at, code, message }] };
  };
  if (bytes.length > MOST_SCENARIO_BYTES) {
    return nothing(
      1,
      "too-large",
      `a scenario has at most ${MOST_SCENARIO_BYTES >> 20} MiB; give its events as NDJSON`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return nothing(1, "bad-utf8", "the scenario is not UTF-8");
  }
  let scenario: unknown;
  try {
    scenario = parse(text);
  } catch (error) {
    if (!(error instanceof Json5Error)) throw error;
    return nothing(error.line, "bad-json", error.message);
  }
  if (!isObject(scenario) || !Array.isArray(scenario["events"])) {
    return nothing(1, "missing-field", "the scenario has no list of `events`");
  }
  try {
    return new Reading(scenario, scenario["events"], around).scenario();
  } catch (error) {
    // The stack's end, in writing what JSON.parse has no trouble to read.
    if (!(error instanceof RangeError)) throw error;
    return nothing(1, "too-deep", "the scenario has too many values inside one another");
  }
}

/** Most scenarios that a program wrote are JSON, which is read much faster. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseJson5(text);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The ids of a list of references: in versions 1 and 2 each is a list that begins with one. */
function idsOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list.map((item) => (Array.isArray(item) ? item[0] : item)) : [];
}

/** A scenario on its way to PDUs. */
class Reading {
  readonly #scenario: Json;
  readonly #around: Surroundings;
  /** As they stand there; what is no object has a place too, and is for the engine to refuse. */
  readonly #all: readonly unknown[];
  readonly #events: readonly Json[];
  readonly #create: Json | undefined;
  readonly #version: string;
  readonly #computes: boolean;
  /** By the id in the scenario. */
  readonly #byId = new Map<unknown, Json>();
  /** From the id in the scenario to the one in the room. */
  readonly #ids = new Map<unknown, unknown>();
  /** By the id in the room, those that are done. */
  readonly #done = new Map<unknown, Json>();
  readonly #problems: Problem[] = [];

  constructor(scenario: Json, all: readonly unknown[], around: Surroundings) {
    this.#scenario = scenario;
    this.#around = around;
    this.#all = all;
    this.#events = all.filter(isObject);
    // Of two with one id the first counts, as for the room.
    for (const event of [...this.#events].reverse()) this.#byId.set(event["event_id"], event);
    this.#create = this.#events.find((event) => event["type"] === "m.room.create");
    const content = this.#create?.["content"];
    const named = scenario["room_version"] ?? (isObject(content) ? content["room_version"] : undefined);
    this.#version = around.roomVersion ?? String(named ?? DEFAULT_VERSION);
    this.#computes = scenario["calculate_event_ids"] === true;
  }

  scenario(): Scenario {
    this.#fillTimes();
    this.#fillRoomId();
    for (const event of this.#parentsFirst()) this.#finish(event);
    const states = this.#states();
    const text = `[${this.#all.map((event) => JSON.stringify(event)).join(",\n")}]`;
    return { roomVersion: this.#version, text, states, problems: this.#problems };
  }

  #fillTimes(): void {
    let time = START_MS;
    for (const event of this.#events) {
      event["origin_server_ts"] ||= time;
      time = Number(event["origin_server_ts"]) + STEP_MS;
    }
  }

  #fillRoomId(): void {
    const given = this.#scenario["room_id"];
    const create = this.#create;
    // From version 12 on the create event has none, and its id makes that of the others.
    const isHash = create !== undefined && Number(this.#version) >= 12;
    if (isHash) delete create["room_id"];
    const roomId = isHash ? String(this.#idOf(create)).replace("$", "!") : given;
    for (const event of this.#events) {
      if (isHash && event["room_id"] === given) delete event["room_id"];
      if (roomId !== undefined && !(isHash && event === create)) event["room_id"] ||= roomId;
    }
  }

  /** The id that an event has in the room, when all that counts towards it has been filled in. */
  #idOf(event: Json): unknown {
    const computed = this.#computes && this.#around.eventIdOf(JSON.stringify(event), this.#version);
    return computed || event["event_id"];
  }

  /** The events in an order in which those that they name come first, as far as there is one. */
  #parentsFirst(): Json[] {
    const order: Json[] = [];
    const entered = new Set<Json>();
    for (const start of this.#events) {
      const path = entered.has(start) ? [] : [start];
      for (let event = path.at(-1); event !== undefined; event = path.at(-1)) {
        entered.add(event);
        const named = [...idsOf(event["prev_events"]), ...idsOf(event["auth_events"])];
        const open = named.map((id) => this.#byId.get(id)).find((other) => other !== undefined && !entered.has(other));
        if (open !== undefined) path.push(open);
        else order.push(path.pop() as Json);
      }
    }
    return order;
  }

  /** Fills in an event's id and what goes by other events; those that it names are done. */
  #finish(event: Json): void {
    const given = event["event_id"];
    if (this.#computes) {
      for (const key of ["prev_events", "auth_events"]) {
        const list = event[key];
        if (Array.isArray(list)) event[key] = list.map((id) => this.#ids.get(id) ?? id);
      }
      event["event_id"] = this.#idOf(event);
    }
    if (!this.#ids.has(given)) this.#ids.set(given, event["event_id"]);
    // TARDIS knows neither, and so they do not count towards the id.
    event["depth"] ??= this.#depthAfter(idsOf(event["prev_events"]));
    if (event !== this.#create || Number(this.#version) < 12) event["room_id"] ??= this.#anyRoomId();
    this.#done.set(event["event_id"], event);
  }

  #depthAfter(parents: unknown[]): number {
    const depth = (id: unknown) => Number(this.#done.get(id)?.["depth"] ?? this.#around.depth(String(id))) || 0;
    return Math.min(1 + parents.reduce((most: number, id) => Math.max(most, depth(id)), 0), MOST_DEPTH);
  }

  /** A room id for a scenario that names none, on the server of who made the room, as the rules want it. */
  #anyRoomId(): string {
    const sender = String((this.#create ?? this.#events[0])?.["sender"]);
    return `!scenario:${sender.includes(":") ? sender.slice(sender.indexOf(":") + 1) : "tardis"}`;
  }

  /** The states before events that make those after them what the scenario says. */
  #states(): [EventId, EventId[]][] {
    const told = this.#scenario["precalculated_state_after"];
    const states: [EventId, EventId[]][] = [];
    for (const [id, list] of Object.entries(isObject(told) ? told : {})) {
      const event = this.#byId.get(id);
      const complain = (message: string) => {
        const at = event === undefined ? 1 : this.#all.indexOf(event) + 1;
        this.#problems.push({ at, eventId: id, code: "bad-field", message: `precalculated_state_after: ${message}` });
      };
      if (event === undefined) {
        complain(`${id} is no event of the scenario`);
        continue;
      }
      const inRoom = (other: unknown) => String(this.#ids.get(other) ?? other);
      const [own, state] = [inRoom(id), idsOf(list).map(inRoom)];
      if (event["state_key"] === undefined) {
        states.push([own, state]);
      } else if (state.includes(own)) {
        // Before it, its key had what it names as its predecessor, if it names one.
        const slot = (other: Json | undefined) => JSON.stringify([other?.["type"], other?.["state_key"]]);
        const named = idsOf(event["auth_events"]).filter((other) => slot(this.#done.get(other)) === slot(event));
        states.push([own, [...state.filter((other) => other !== own), ...named.map(String)]]);
      } else {
        complain(`the state after ${id}, a state event, does not hold it; that is for the rules to say`);
      }
    }
    return states;
  }
}
