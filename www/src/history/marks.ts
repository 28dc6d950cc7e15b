// Text with what was searched for lit up. Built from text nodes; the search decides nothing about markup.
import { setText } from "../dom.ts";

/** Fills `element` with `text`, wrapping each occurrence of `needle` (lower case, may be empty) in <mark>. */
export function fillMarked(element: Element, text: string, needle: string): void {
  const folded = needle === "" ? "" : text.toLowerCase();
  // Some letters change their length with their case; then places in one are not places in the other.
  let at = needle === "" || folded.length !== text.length ? -1 : folded.indexOf(needle);
  if (at < 0) {
    if (element.childElementCount > 0) element.textContent = text;
    else setText(element, text);
    return;
  }
  const parts: (string | Node)[] = [];
  let done = 0;
  while (at >= 0) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + needle.length);
    parts.push(text.slice(done, at), mark);
    done = at + needle.length;
    at = folded.indexOf(needle, done);
  }
  parts.push(text.slice(done));
  element.replaceChildren(...parts);
}
