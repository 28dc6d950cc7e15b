// What a command is: a name, what it takes, and a generator of lines. Commands print nothing themselves, so one place
// cares for pipes that close and terminals that are slow.

import type { ParseArgsConfig } from "node:util";
import type { EventId, EventInfo } from "../index.js";
import { gist } from "./gist.js";
import type { Opened } from "./input.js";
import { type Paint, plain } from "./terminal.js";

/** How a command was called. */
export interface Call {
  /** What stands after its name, options left out; as many as it takes. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  readonly paint: Paint;
  /** The width of the terminal; undefined where the output is none. */
  readonly columns: number | undefined;
}

/** A command of `roomscope`. */
export interface Command {
  readonly name: string;
  /** What follows the name, as in `FILE [EVENT]`. */
  readonly takes: string;
  /** Words that it takes, at least and at most. */
  readonly words: readonly [least: number, most: number];
  /** One line for the list of commands. */
  readonly about: string;
  /** Paragraphs, options and examples for its own help. */
  readonly help: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  /** Yields lines without their ends; returns the exit code, 0 if none. */
  run(call: Call): AsyncGenerator<string, number | undefined>;
}

/** What a call of the package returned, for scripts. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Cells that tell one event in a list: its id, what and whose it is, and what it says. */
export function eventCells({ room, ids }: Opened, paint: Paint, id: EventId): string[] {
  const event = room.event(id);
  if (event === undefined) return [paint("id", ids.short(id)), paint("bad", "not held"), "", ""];
  return [paint("id", ids.short(id)), slotOf(paint, event), plain(event.sender), gist(room, ids, id)];
}

/** An event's type, with its key if it is a state event. */
export function slotOf(paint: Paint, { type, stateKey }: Pick<EventInfo, "type" | "stateKey">): string {
  if (stateKey === null) return plain(type);
  return stateKey === "" ? paint("strong", plain(type)) : `${paint("strong", plain(type))} ${plain(stateKey)}`;
}
