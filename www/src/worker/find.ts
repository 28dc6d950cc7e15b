// Which rows a query means. Terms are answered for all rows at once, from columns; text is looked for in columns first, and in an
// event's words only where all else holds.
import type { Found, Row } from "../protocol.ts";
import { type Part, parseQuery, type Phrase } from "../query.ts";
import { containing, type Mask, matches, type Searched } from "./matches.ts";

/** Rows between two looks at the clock. */
const step = 64;

/** What is looked for in words: the rows whose words need not be looked at, and a test of words for the others. */
interface Text {
  told: Mask;
  needle: string;
  not: boolean;
}

interface Asked {
  /** The rows for which all terms hold. */
  terms: Mask;
  texts: Text[];
}

/** Text that is part of an id's beginning, a type, state key or sender, as far as columns tell. */
function inColumns({ text, not }: Phrase, { ids, facts }: Searched): Text {
  const told = containing(facts.type, facts.types, text);
  for (const mask of [
    containing(facts.sender, facts.strings, text),
    containing(facts.stateKey, facts.strings, text),
    // Ids tell their letters' case.
    ids.beginningMask(text),
  ]) {
    for (let row = 0; row < told.length; row++) told[row]! |= mask[row]!;
  }
  return { told, needle: text.toLowerCase(), not };
}

function ask(part: Part, searched: Searched): Asked {
  const all = new Uint8Array(searched.ids.count).fill(1);
  for (const term of part.terms) {
    const mask = matches(term, searched);
    const wanted = term.not ? 0 : 1;
    for (let row = 0; row < all.length; row++) if (mask[row] !== wanted) all[row] = 0;
  }
  return { terms: all, texts: part.phrases.map((phrase) => inColumns(phrase, searched)) };
}

/** The rows of which one part's terms hold, where there is no text to look for. */
function rowsOf(parts: readonly Asked[], total: number): Uint32Array {
  const rows = new Uint32Array(total);
  let count = 0;
  for (let row = 0; row < total; row++) {
    let meant = 0;
    for (let part = 0; part < parts.length; part++) meant |= parts[part]!.terms[row]!;
    if (meant === 1) rows[count++] = row;
  }
  return rows.slice(0, count);
}

/**
 * The rows that a query means, newest first in parts of about `slice` milliseconds. `words` tells what a row says.
 *
 * Throws an error with the code "bad-query" and a sentence if a term cannot mean anything.
 */
export function* find(
  query: string,
  searched: Searched,
  words: (row: Row) => string,
  slice: number,
): Generator<Found, null> {
  const parts = parseQuery(query).map((part) => ask(part, searched));
  const total = searched.ids.count;
  if (parts.every(({ texts }) => texts.length === 0)) {
    yield { rows: rowsOf(parts, total), scanned: total, total };
    return null;
  }
  let scanned = 0;
  do {
    const found: Row[] = [];
    const end = performance.now() + slice;
    do {
      const to = total - scanned;
      const from = Math.max(0, to - step);
      for (let row = from; row < to; row++) {
        let said: string | undefined;
        const says = (needle: string): boolean => (said ??= words(row).toLowerCase()).includes(needle);
        const holds = (text: Text): boolean => (text.told[row] === 1 || says(text.needle)) !== text.not;
        if (parts.some(({ terms, texts }) => terms[row] === 1 && texts.every(holds))) found.push(row);
      }
      scanned += to - from;
    } while (scanned < total && performance.now() < end);
    yield { rows: Uint32Array.from(found).sort(), scanned, total };
  } while (scanned < total);
  return null;
}
