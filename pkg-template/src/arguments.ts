// What callers give, checked before the engine sees it.

import { RoomscopeError } from "./errors.js";
import type { EventId, TimelineOptions } from "./types.js";

/** An object of options; `null` and strings have no options in them, and would pass for none. */
export function given<T extends object>(options: T, name = "Options"): T {
  if (typeof options === "object" && options !== null) return options;
  throw new RoomscopeError("bad-argument", `${name} must be an object, not ${shown(options)}.`);
}

/** A value that should be another, in a message. Not every object can be made a string. */
function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** A value as JSON; undefined for what JSON leaves out. */
export function asJson(name: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RoomscopeError("bad-argument", `${name} cannot be written as JSON: ${reason}`, { cause });
  }
}

export function timelineArguments(options: TimelineOptions): [boolean, boolean, number, number, boolean] {
  given(options);
  return [
    oneOf("order", options.order, ["topological", "stream"]) === "stream",
    oneOf("direction", options.direction, ["f", "b"]) === "b",
    count("offset", options.offset, 0),
    count("limit", options.limit, 0xffff_ffff),
    options.outliers === true,
  ];
}

export function count(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return value === undefined ? otherwise : 0xffff_ffff;
  if (!Number.isInteger(value) || value < 0) {
    throw new RoomscopeError("bad-argument", `${name} must be a whole number from 0 up, not ${shown(value)}.`);
  }
  return Math.min(value, 0xffff_ffff);
}

/** The most edges of a chain of state groups. */
export function hops(value: number | undefined): number {
  const limit = count("hopLimit", value, 100);
  if (limit > 0xffff) throw new RoomscopeError("bad-argument", `hopLimit must be at most 65535, not ${limit}.`);
  return limit;
}

/** The sizes of the compressor's levels. */
export function levels(sizes: unknown): Uint32Array {
  if (!Array.isArray(sizes) || sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new RoomscopeError("bad-argument", "levels must be a list of whole numbers from 1 up.");
  }
  return Uint32Array.from(sizes as number[], (size) => Math.min(size, 0xffff));
}

export function oneOf<T extends string>(name: string, value: T | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  const words = allowed.map((word) => `"${word}"`).join(" or ");
  throw new RoomscopeError("bad-argument", `${name} must be ${words}, not ${shown(value)}.`);
}

/** The binding takes the length of whatever it is given for a string's: anything else would crash the engine. */
export function string(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new RoomscopeError("bad-argument", `${name} must be a string, not of type ${typeof value}.`);
}

export function idOrNull(name: string, value: EventId | null): string | undefined {
  return value === null ? undefined : string(name, value);
}

export function strings(name: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new RoomscopeError("bad-argument", `${name} must be a list of strings.`);
}
