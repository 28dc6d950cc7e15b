// Text for a terminal: colours where they are wanted, columns, and nothing in it that a room could use to steer the
// terminal. Whatever comes out of a room goes through `plain` before it is printed.

/** What a piece of text stands for; the colour follows from it. */
export type Tone = "id" | "strong" | "dim" | "ok" | "bad" | "warn";

const CODES: Record<Tone, number> = { id: 36, strong: 1, dim: 2, ok: 32, bad: 31, warn: 33 };

/** Paints a text, or leaves it as it is where there are no colours. */
export type Paint = (tone: Tone, text: string) => string;

/**
 * Whether a stream gets colours: `NO_COLOR` and `FORCE_COLOR` decide (https://no-color.org), else whether it is a
 * terminal that has them.
 */
export function wantsColour(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env["FORCE_COLOR"] !== undefined) return !["0", "false"].includes(env["FORCE_COLOR"]);
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return stream.isTTY && stream.hasColors();
}

/** The painter for a stream. */
export function painter(colour: boolean): Paint {
  return colour ? (tone, text) => (text === "" ? "" : `\u001b[${CODES[tone]}m${text}\u001b[0m`) : (_, text) => text;
}

/**
 * Characters that move the cursor, start an escape sequence, break the line or turn the direction of writing: Unicode's
 * control and format characters, and the two separators of lines. The joiner of emoji is harmless.
 */
const STEERING = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const JOINER = "\u200d";

/** A text out of a room, safe to print on one line. */
export function plain(text: string): string {
  return text.replace(STEERING, (character) => {
    if (character === "\n" || character === "\t") return " ";
    if (character === JOINER) return character;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

const COLOUR = /\u001b\[\d+m/g;
/** What fills two columns: East Asian wide characters and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}|\u200d/u;

function columnsOf(character: string): number {
  if (character < "\u0300") return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** How many columns a text fills, colours left out. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text.replace(COLOUR, "")) columns += columnsOf(character);
  return columns;
}

/** Fills a text up with spaces. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Cuts a text without colours to so many columns, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (text.length <= columns && text.length === width(text)) return text;
  let used = 0;
  let end = 0;
  let last = 0;
  for (const character of text) {
    const next = used + columnsOf(character);
    if (next > columns) return columns < 1 ? "" : `${text.slice(0, last)}…`;
    // The ellipsis takes a column as well.
    if (next < columns) last = end + character.length;
    used = next;
    end += character.length;
  }
  return text;
}

/** Cuts a line with colours to the width of the terminal. */
export function fit(line: string, columns: number | undefined): string {
  if (columns === undefined || width(line) <= columns) return line;
  let [kept, used] = ["", 0];
  for (const [piece] of line.matchAll(/\u001b\[\d+m|[^\u001b]+/g)) {
    if (piece.startsWith("\u001b")) {
      kept += piece;
    } else if (used < columns) {
      const part = cut(piece, Math.max(1, columns - used));
      kept += part;
      used += part.endsWith("…") && part !== piece ? columns : width(part);
    }
  }
  return kept;
}

/** Rows as lines, every column as wide as its widest cell; the last one is left ragged. */
export function* aligned(rows: readonly string[][], indent = ""): Generator<string> {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  }
  for (const row of rows) {
    const cells = row.map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0)));
    yield (indent + cells.join("  ")).trimEnd();
  }
}

const grouped = new Intl.NumberFormat("en");

/** 12345 → "12,345". */
export function count(number: number): string {
  return grouped.format(number);
}

/** (2, "tip") → "2 tips"; a third word where an s is not enough. */
export function counted(number: number, word: string, words = `${word}s`): string {
  return `${count(number)} ${number === 1 ? word : words}`;
}

/** Milliseconds as day and time to the second, UTC. */
export function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "no time" : date.toISOString().slice(0, 19).replace("T", " ");
}
