// The letters by which the states of a merge's parents and the values of a traced slot are known, each with a colour of its own
// while there are few.
import { make } from "../dom.ts";

export function letterOf(parent: number): string {
  return parent < 26 ? String.fromCharCode(65 + parent) : String(parent + 1);
}

export function letterClass(parent: number): string {
  return parent < 4 ? `letter ${"abcd"[parent]}` : "letter";
}

/** A letter in its box: filled where the parent has the value. */
export function letterMark(parent: number, filled: boolean): HTMLElement {
  return make("span", { class: `${letterClass(parent)}${filled ? " filled" : ""}` }, letterOf(parent));
}
