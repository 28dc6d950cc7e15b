// Reading JSON5 (https://spec.json5.org), the JSON that people write by hand: comments, single quotes, bare keys, commas
// at the end. Infinity and NaN, which JSON5 has and no event can hold, are refused.

/** Where and why a text is no JSON5. */
export class Json5Error extends Error {
  /** 1-based. */
  readonly line: number;

  constructor(message: string, text: string, at: number) {
    const lines = text.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
    super(`column ${(lines.at(-1) as string).length + 1}: ${message}`);
    this.line = lines.length;
  }
}

/** Deeper than any event may be, and no danger to the stack. */
const MOST_DEPTH = 500;

const SPACE = /\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//y;
const WORD = /true|false|null/y;
const NUMBER = /([+-]?)(0[xX][\dA-Fa-f]+|(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/y;
const NAME = /(?:[$_\p{ID_Start}]|\\u[\dA-Fa-f]{4})(?:[$\u200c\u200d\p{ID_Continue}]|\\u[\dA-Fa-f]{4})*/uy;
const NAME_ESCAPE = /\\u(....)/g;
/** What may follow neither a word nor a number. */
const MORE = /[$\w\p{ID_Continue}\\.]/uy;
const PLAIN = { '"': /[^"\\\n\r]+/y, "'": /[^'\\\n\r]+/y };
const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|0(?!\d)|\r\n|[^1-9xu0])/uy;
const ESCAPES: Record<string, string> = {
  ...{ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" },
  // A line that goes on.
  ...{ "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": "" },
};
const WORDS: Record<string, unknown> = { true: true, false: false, null: null };

/**
 * Returns the value of a text.
 *
 * @throws Json5Error
 */
export function parseJson5(text: string): unknown {
  let at = 0;

  function fail(message: string): never {
    throw new Json5Error(message, text, at);
  }

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  }

  /** What comes next, past white space and comments; undefined at the end. */
  function next(): string | undefined {
    while (match(SPACE));
    if (text.startsWith("/*", at)) fail("the comment does not end");
    return text[at];
  }

  function string(): string {
    const quote = text[at] as '"' | "'";
    const start = at++;
    let value = "";
    for (;;) {
      const plain = match(PLAIN[quote]);
      if (plain !== null) value += plain[0];
      else if (text[at] === "\\") {
        const escape = match(ESCAPE);
        if (escape === null) return fail("there is no such escape");
        const [whole, byte, unit] = escape;
        const code = byte ?? unit;
        const name = whole.slice(1);
        value += code === undefined ? (ESCAPES[name] ?? name) : String.fromCharCode(Number.parseInt(code, 16));
      } else break;
    }
    if (text[at] !== quote) {
      at = start;
      fail("the string does not end on its line");
    }
    at += 1;
    return value;
  }

  function key(first: string): string {
    if (first === '"' || first === "'") return string();
    const name = match(NAME);
    if (name === null) return fail("a key or } was expected");
    return name[0].replace(NAME_ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }

  /** Passes a comma, if it is not the end of the list. */
  function comma(end: string): void {
    const first = next();
    if (first === ",") at += 1;
    else if (first !== end) fail(`a comma or ${end} was expected`);
  }

  function object(depth: number): object {
    // Without a prototype a key can be called anything.
    const value: Record<string, unknown> = Object.create(null);
    at += 1;
    for (let first = next(); first !== "}"; first = next()) {
      const name = key(first ?? fail("the text ends inside of an object"));
      if (next() !== ":") fail("a colon was expected");
      at += 1;
      value[name] = read(depth);
      comma("}");
    }
    at += 1;
    return value;
  }

  function array(depth: number): unknown[] {
    const values: unknown[] = [];
    at += 1;
    while (next() !== "]") {
      values.push(read(depth));
      comma("]");
    }
    at += 1;
    return values;
  }

  function plain(): unknown {
    const start = at;
    const word = match(WORD);
    const number = word === null ? match(NUMBER) : null;
    const more = match(MORE);
    if ((word ?? number) !== null && more === null) {
      if (word !== null) return WORDS[word[0]];
      const [, sign, digits] = number as RegExpExecArray;
      return sign === "-" ? -Number(digits) : Number(digits);
    }
    at = start;
    return fail(at < text.length ? "a value was expected" : "the text ends where a value was expected");
  }

  function read(depth: number): unknown {
    if (depth > MOST_DEPTH) fail(`more than ${MOST_DEPTH} values stand inside one another`);
    const first = next();
    if (first === "{") return object(depth + 1);
    if (first === "[") return array(depth + 1);
    return first === '"' || first === "'" ? string() : plain();
  }

  const value = read(0);
  if (next() !== undefined) fail("the text goes on after its end");
  return value;
}
