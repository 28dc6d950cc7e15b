// A small button that copies a text and says so in its own place.
import { button, setText } from "../dom.ts";

const saidMs = 1200;

/** Rejects where there is no clipboard, too: pages without TLS have none. */
async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** `text` is asked for when it is needed: it may be long. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const element = button(
    { class: "button small", "aria-live": "polite" },
    () => {
      const say = (word: string): void => {
        setText(element, word);
        setTimeout(() => setText(element, label), saidMs);
      };
      write(text()).then(
        () => say("copied"),
        () => say("not allowed"),
      );
    },
    label,
  );
  return element;
}
