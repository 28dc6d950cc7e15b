// Numbers, times, ids and counts as the viewer writes them.

const grouped = new Intl.NumberFormat("en", { useGrouping: true });

/** 12345 → "12,345". */
export function count(n: number): string {
  return grouped.format(n);
}

/** (2, "tip") → "2 tips". */
export function counted(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

function dateOf(ts: number): Date | undefined {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function clock(d: Date): string {
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

function day(d: Date): string {
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** What tells the rows of a room apart by time: its clock alone, its day too, or years. */
export type TimeSpan = "day" | "year" | "years";

/** How far two moments are apart, in local days and years. */
export function spanOf(a: number, b: number): TimeSpan {
  const [from, to] = [dateOf(a), dateOf(b)];
  if (from === undefined || to === undefined || from.getFullYear() !== to.getFullYear()) return "years";
  return day(from) === day(to) ? "day" : "year";
}

/** A row's time, local, as precise as fits its column: to the tenth of a second, to the minute, or the day. */
export function rowTime(ts: number, span: TimeSpan): string {
  const d = dateOf(ts);
  if (d === undefined) return "no time";
  if (span === "years") return day(d);
  if (span === "year") return `${day(d).slice(5)} ${clock(d).slice(0, 5)}`;
  return `${clock(d)}.${Math.floor(d.getMilliseconds() / 100)}`;
}

/** Day and time, local, to the second. */
export function fullTime(ts: number): string {
  const d = dateOf(ts);
  return d === undefined ? "no time" : `${day(d)} ${clock(d)}`;
}

/** The same moment for machines and other time zones. */
export function utcTime(ts: number): string {
  return dateOf(ts)?.toISOString() ?? String(ts);
}

/** `@ada:alpha.example` → ["ada", "alpha.example"]. */
export function splitUser(user: string): [local: string, server: string] {
  const colon = user.indexOf(":");
  const local = colon < 0 ? user : user.slice(0, colon);
  return [local.startsWith("@") ? local.slice(1) : local, colon < 0 ? "" : user.slice(colon + 1)];
}

/** The characters of an id by which people know it. */
export function shortId(id: string): string {
  return id.slice(1, 8);
}
