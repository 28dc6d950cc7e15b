// The language of the search field: words that are looked for, and terms with a colon that say what kind of event is meant. All
// must hold; one with a minus in front must not. `OR` stands between two such queries of which one must hold. What is no term is
// text; what stands in quotation marks is one piece.

export interface Term {
  name: TermName;
  value: string;
  not: boolean;
}

/** A piece of text, as it was written. */
export interface Phrase {
  text: string;
  not: boolean;
}

/** What must hold together. */
export interface Part {
  terms: Term[];
  phrases: Phrase[];
}

/** Of several parts one must hold; none means nothing. */
export type Query = readonly Part[];

/** What `is:` knows, in the order in which it is told. */
export const kinds = [
  "state",
  "message",
  "merge",
  "fork",
  "tip",
  "gap",
  "conflicted",
  "reset",
  "accepted",
  "rejected",
  "soft-failed",
  "outlier",
] as const;

export type Kind = (typeof kinds)[number];

/** Every term with what it means: the parser and the sheet of keys read this table. */
export const terms = {
  type: ["type:topic", "part of the type"],
  key: ["key:@ada", "part of the state key"],
  sender: ["sender:beta", "part of the sender"],
  server: ["server:beta.example", "part of the sender's server"],
  is: ["is:merge", kinds.join(", ")],
  depth: ["depth:10..20", "between two depths, or at one"],
  ancestors: ["ancestors:QOk3", "what an event knew, by the beginning of its id"],
  descendants: ["descendants:QOk3", "what knew of it"],
  between: ["between:QOk3..x9Bd", "after the one and before the other"],
  near: ["near:QOk3..2", "at most so many edges away"],
  auth: ["auth:QOk3", "its auth chain"],
} as const;

/** What can be written beside terms. */
export const writing = [
  ['"on the way"', "text of several words"],
  ["-is:state", "not that"],
  ["is:merge OR is:fork", "one of the two"],
] as const;

export type TermName = keyof typeof terms;

function isTerm(name: string): name is TermName {
  return Object.hasOwn(terms, name);
}

/** A word, or what stands in quotation marks, perhaps after a minus, a name and a colon. */
const piece = /(-?)(?:([a-z]+):)?"([^"]*)"|\S+/g;

/** Reads a query; nothing is an error, for it is read while it is being typed. */
export function parseQuery(query: string): Query {
  const parts: Part[] = [];
  let part: Part = { terms: [], phrases: [] };
  let words: string[] = [];
  const endWords = (): void => {
    if (words.length > 0) part.phrases.push({ text: words.join(" "), not: false });
    words = [];
  };
  const endPart = (): void => {
    endWords();
    if (part.terms.length + part.phrases.length > 0) parts.push(part);
    part = { terms: [], phrases: [] };
  };
  for (const [word, minus, quotedName, quoted] of query.matchAll(piece)) {
    if (word === "OR") {
      endPart();
      continue;
    }
    const [, not = minus ?? "", name = quotedName, value = quoted] = /^(-?)([a-z]+):([^"]+)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined && value !== "" && isTerm(name)) {
      endWords();
      part.terms.push({ name, value, not: not === "-" });
    } else if (quoted !== undefined && quotedName === undefined) {
      endWords();
      if (quoted !== "") part.phrases.push({ text: quoted, not: minus === "-" });
    } else {
      words.push(word);
    }
  }
  endPart();
  return parts;
}

/** The text that is looked for and can be marked where it stands. */
export function textOf(query: Query): string {
  return query.flatMap(({ phrases }) => phrases).find(({ not }) => !not)?.text ?? "";
}
