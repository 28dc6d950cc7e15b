// JSON as text with its parts told apart, and the ids of events in it as links. The text is cut into parts by one pass of a
// pattern: what it does not know stays plain text.
import { button, make } from "../dom.ts";

/** Strings (with the colon that makes them names), numbers, and the three words. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

/** A reference to an event: what room versions 3 and up use, and what 1 and 2 do. */
const eventId = /^"\$[^"\\\s]{8,254}"$/;

/** Texts beyond this are shown plain: a part each would be slow, and nobody reads them by colour. */
const longestLit = 200_000;

/** Fills `pre` with `text`. `held` tells which ids can be followed; `go` follows one. */
export function fillJson(
  pre: HTMLElement,
  text: string,
  held: ReadonlySet<string>,
  go: (eventId: string) => void,
): void {
  if (text.length > longestLit) {
    pre.textContent = text;
    return;
  }
  const parts: (Node | string)[] = [];
  let done = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(done, match.index));
    const [whole, string, colon] = match;
    if (string === undefined) {
      parts.push(make("span", { class: "value" }, whole));
    } else if (colon !== undefined) {
      parts.push(make("span", { class: "name" }, string), colon);
    } else if (eventId.test(string) && held.has(string.slice(1, -1))) {
      const id = string.slice(1, -1);
      parts.push(
        '"',
        button({ class: "plain link id" }, () => go(id), id),
        '"',
      );
    } else {
      parts.push(make("span", { class: "string" }, string));
    }
    done = match.index + whole.length;
  }
  parts.push(text.slice(done));
  pre.replaceChildren(...parts);
}
