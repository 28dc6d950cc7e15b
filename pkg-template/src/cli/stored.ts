// The long form of an export, `roomscope sql --stored`: rows of a server's tables, one a line, of which the events'
// have the event at their end, byte for byte. What stands in the other tables is not read.

const START = Buffer.from('{"table":"');
const TABLES = ["events", "roomserver_events"].map((name) => Buffer.from(`{"table":"${name}",`));
/** Quotes inside of texts are escaped, so this is the key and nothing else. */
const KEY = Buffer.from(',"pdu":');
const LINE_END = 10;

/** Whether an input begins as such an export does; no event does. */
export function isStored(head: Uint8Array): boolean {
  return START.equals(head.subarray(0, START.length));
}

/** The event of a row, with a line end; undefined for rows of other tables. */
function eventOf(row: Buffer): Buffer | undefined {
  if (!TABLES.some((start) => start.equals(row.subarray(0, start.length)))) return undefined;
  const at = row.indexOf(KEY);
  if (at < 0) return undefined;
  const event = Buffer.from(row.subarray(at + KEY.length));
  // The row's own brace gives its place to the end of the line.
  event[event.length - 1] = LINE_END;
  return event;
}

/** The events alone, one a line. */
export async function* eventsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const events: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
      const row = Buffer.concat([...rest, bytes.subarray(start, end)]);
      const event = eventOf(row);
      if (event !== undefined) events.push(event);
      rest = [];
      start = end + 1;
    }
    rest.push(bytes.subarray(start));
    if (events.length > 0) yield Buffer.concat(events);
  }
  const last = eventOf(Buffer.concat(rest));
  if (last !== undefined) yield last;
}
