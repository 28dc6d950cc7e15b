// The history of one slot as a strip: every change where it stands in the room, told apart by its cause in shape and place, and
// by the colour of its value while the slot is traced. The last changes are listed below it in words.
import { button, make } from "../dom.ts";
import type { Trace } from "../history/trace.ts";
import type { KeyChange, Row, StateRow } from "../protocol.ts";
import type { Session } from "../session.ts";
import { idLink, slotCell, type StateActs } from "./rows.ts";

const listed = 6;
const causes = { set: "set", resolved: "resolved at a merge", reset: "reset at a merge" } as const;
const signs = { set: "", resolved: "◆", reset: "↺" } as const;

/** The rows of the events that the ticks of a strip stand for. */
const rowOf = new WeakMap<Element, Row>();

/** Gives the ticks in `place` the colours that their values have in the lanes; without a trace those of their causes. */
export function colourStrip(place: Element, trace: Trace | undefined): void {
  for (const mark of place.querySelectorAll<HTMLElement>(".change")) {
    const letter = trace?.letterOf(rowOf.get(mark) ?? -1) ?? 0;
    if (letter === 0) mark.style.removeProperty("--value");
    else mark.style.setProperty("--value", `var(--v${"abcd"[letter - 1]})`);
  }
}

export async function keyStrip(
  place: HTMLElement,
  session: Session,
  slot: StateRow,
  at: Row,
  acts: StateActs,
): Promise<void> {
  const { type, stateKey } = slot;
  const changes = await session.engine.call("history", { type, stateKey }).catch(() => undefined);
  if (changes === undefined) return;
  const sum = (cause: KeyChange["cause"]): number => changes.filter((change) => change.cause === cause).length;
  const strip = make("div", { class: "key-strip", "aria-hidden": "true" });
  const last = Math.max(1, session.eventCount - 1);
  for (const change of changes) {
    const title = wordsOf(change);
    const mark = make("span", { class: `change ${change.cause}`, title }, change.cause === "reset" ? signs.reset : "");
    mark.style.setProperty("--at", String(change.row / last));
    rowOf.set(mark, change.row);
    mark.addEventListener("click", () => acts.go(change.row));
    strip.append(mark);
  }
  const here = make("span", { class: "here" });
  here.style.setProperty("--at", String(Math.min(at, last) / last));
  strip.append(here);
  // The changes up to the selection, and the one after it.
  const until = changes.findIndex((change) => change.row > at);
  const end = until < 0 ? changes.length : until + 1;
  const near = changes.slice(Math.max(0, end - listed), end).toReversed();
  place.replaceChildren(
    make(
      "p",
      { class: "strip-head" },
      make("span", {}, "history of ", slotCell(type, stateKey, true)),
      make("span", {}, `set ${sum("set")} · resolved ${sum("resolved")} · reset ${sum("reset")}`),
    ),
    strip,
    make(
      "ul",
      { class: "changes" },
      ...near.map((change) =>
        make(
          "li",
          { class: change.cause },
          make("span", { class: "sign" }, signs[change.cause]),
          button({ class: "plain link" }, () => acts.go(change.row), causes[change.cause]),
          make("span", { class: "value foreign" }, change.value?.value ?? "no value any more"),
          change.value === undefined ? undefined : idLink(change.value, acts),
        ),
      ),
    ),
  );
}

function wordsOf({ cause, value }: KeyChange): string {
  return `${causes[cause]}: ${value?.value ?? "no value any more"}`;
}
