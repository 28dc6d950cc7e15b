// The language of the search field: words that are looked for, and terms with a colon that say what kind of event is meant. All
// terms must hold; one with a minus in front must not. What is no term is text.

export interface Term {
  name: TermName;
  value: string;
  not: boolean;
}

export interface Query {
  /** The words that are no terms, in lower case. */
  text: string;
  terms: Term[];
}

/** Every term with what it means: the parser and the sheet of keys read this table. */
export const terms = {
  type: ["type:topic", "part of the type"],
  key: ["key:@ada", "part of the state key"],
  sender: ["sender:beta", "part of the sender"],
  is: ["is:merge", "state, message, merge, fork, tip, conflicted, rejected, soft-failed, outlier"],
  ancestors: ["ancestors:QOk3", "what an event knew, by the beginning of its id"],
  descendants: ["descendants:QOk3", "what knew of it"],
  between: ["between:QOk3..x9Bd", "after the one and before the other"],
  auth: ["auth:QOk3", "its auth chain"],
} as const;

export type TermName = keyof typeof terms;

function isTerm(name: string): name is TermName {
  return Object.hasOwn(terms, name);
}

/** Reads a query; nothing is an error, for it is read while it is being typed. */
export function parseQuery(query: string): Query {
  const text: string[] = [];
  const found: Term[] = [];
  for (const word of query.trim().split(/\s+/)) {
    const match = /^(-?)([a-z]+):(.+)$/.exec(word);
    const [, minus, name, value] = match ?? [];
    if (name !== undefined && value !== undefined && isTerm(name)) found.push({ name, value, not: minus === "-" });
    else text.push(word);
  }
  return { text: text.join(" ").toLowerCase(), terms: found };
}
