// A PDU as indented JSON. Written without recursion, since nesting is the room's choice, and with every character that
// could hide or reorder text written as an escape, since what is shown must be what is there.

/** Control, bidirectional, zero-width and separator characters. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function escaped(text: string): string {
  return JSON.stringify(text).replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Deeper values are written on one line: an indent that grows with the nesting would grow the text by its square. */
const deepestIndent = 24;

type Frame = { entries: Iterator<[string, unknown]>; list: boolean; empty: boolean };

/** What people look for first stands first; what nobody reads, last. Other keys stand between, as they come. */
const firstKeys = [
  "event_id",
  "type",
  "state_key",
  "sender",
  "content",
  "redacts",
  "depth",
  "prev_events",
  "auth_events",
];
const lastKeys = ["room_id", "origin", "origin_server_ts", "unsigned", "hashes", "signatures"];

/** A PDU's JSON for reading: the order of its top keys is ours, everything else as it is. */
export function pduJson(pdu: object): string {
  const others = Object.keys(pdu).filter((key) => !firstKeys.includes(key) && !lastKeys.includes(key));
  const keys = [...firstKeys, ...others, ...lastKeys].filter((key) => Object.hasOwn(pdu, key));
  // Own properties throughout: a key may be called `__proto__`.
  const ordered: object = Object.create(null);
  for (const key of keys) {
    Object.defineProperty(ordered, key, { value: (pdu as Record<string, unknown>)[key], enumerable: true });
  }
  return prettyJson(ordered);
}

/** `value` as JSON, two spaces an indent; one line for nested parts if `compact`. */
export function prettyJson(value: unknown, compact = false): string {
  const out: string[] = [];
  const stack: Frame[] = [];
  const newline = (depth: number): void => {
    if (!compact && depth <= deepestIndent) out.push("\n", "  ".repeat(depth));
  };
  const open = (v: unknown): void => {
    if (typeof v === "string") {
      out.push(escaped(v));
    } else if (typeof v === "object" && v !== null) {
      const list = Array.isArray(v);
      out.push(list ? "[" : "{");
      stack.push({ entries: entriesOf(v), list, empty: true });
    } else {
      out.push(String(v));
    }
  };
  open(value);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { done, value: entry } = frame.entries.next();
    if (done === true) {
      stack.pop();
      if (!frame.empty) newline(stack.length);
      out.push(frame.list ? "]" : "}");
      continue;
    }
    if (!frame.empty) out.push(compact || stack.length > deepestIndent ? ", " : ",");
    frame.empty = false;
    newline(stack.length);
    if (!frame.list) out.push(escaped(entry[0]), ": ");
    open(entry[1]);
  }
  return out.join("");
}

function* entriesOf(v: object): Generator<[string, unknown]> {
  if (Array.isArray(v)) {
    for (const item of v) yield ["", item];
  } else {
    for (const key of Object.keys(v)) yield [key, (v as Record<string, unknown>)[key]];
  }
}
