// Events that a sentence of the engine names: why something was refused, and by which event. The engine writes ids whole, so that
// one that is held is told from whatever else a room puts into a sentence.
import type { Named, Row } from "../protocol.ts";

/** Nothing in a sentence goes on from an id but a space, a bracket, or what ends a part of it. */
const words = /\$[^\s()]+/g;
const endings = /[.,:;]+$/;

/** The held events that `text` names, each once, in the order in which it does. */
export function eventsNamed(text: string, rowOf: (eventId: string) => Row | undefined): Named[] {
  const found = new Map<string, Row>();
  for (const [word] of text.matchAll(words)) {
    for (const eventId of new Set([word, word.replace(endings, "")])) {
      const row = rowOf(eventId);
      if (row === undefined) continue;
      found.set(eventId, row);
      break;
    }
  }
  return [...found].map(([eventId, row]) => ({ eventId, row }));
}
