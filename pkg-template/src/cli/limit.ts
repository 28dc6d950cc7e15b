// `--limit N`, where a command has it.

import type { Call } from "./command.js";
import { Refusal } from "./errors.js";

/**
 * The number that follows `--limit`; infinite where it is not given.
 *
 * @throws Refusal if it is no whole number from 1 up
 */
export function limitOf({ options }: Call): number {
  const text = options["limit"];
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Refusal(`--limit takes a whole number from 1 up, not ${String(text)}.`, true);
  }
  return limit;
}
