// The letters by which the states of a merge's parents are known, each with a colour of its own while there are few.
import { make } from "../dom.ts";

export function letterOf(parent: number): string {
  return parent < 26 ? String.fromCharCode(65 + parent) : String(parent + 1);
}

/** A letter in its box: filled where the parent has the value. */
export function letterMark(parent: number, filled: boolean): HTMLElement {
  const kind = parent < 4 ? ` ${"abcd"[parent]}` : "";
  return make("span", { class: `letter${kind}${filled ? " filled" : ""}` }, letterOf(parent));
}
