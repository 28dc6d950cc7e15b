// The mainline drawn: the chain of power levels from the newest back, and which steps were sent under which of them. Where an event
// stands on it decides when it is tried, and that is hard to see from a number.
import { button, make } from "../dom.ts";
import { counted } from "../format.ts";
import type { WhyStep } from "../protocol.ts";

/** Places that are drawn; older ones are told together. */
const placesShown = 8;

/** Numbers of steps as people write them: "3, 5–7". */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let from = 0; from < numbers.length;) {
    let to = from;
    while (numbers[to + 1] === numbers[to]! + 1) to++;
    parts.push(from === to ? String(numbers[from]) : `${numbers[from]}–${numbers[to]}`);
    from = to + 1;
  }
  return parts.join(", ");
}

/** Nothing if no step was ordered by the mainline. */
export function mainline(steps: readonly WhyStep[], choose: (index: number) => void): HTMLElement | undefined {
  const under = new Map<number, number[]>();
  steps.forEach(({ phase, keys }, i) => {
    const place = keys["mainlinePosition"];
    if (phase !== "mainline" || typeof place !== "number") return;
    const numbers = under.get(place);
    if (numbers === undefined) under.set(place, [i + 1]);
    else numbers.push(i + 1);
  });
  if (under.size === 0) return undefined;
  const places = [...under.keys()].sort((a, b) => a - b);
  const last = Math.min(Math.max(...places), placesShown - 1);
  const list = make("ol", {});
  for (let place = 0; place <= last; place++) {
    const numbers = under.get(place);
    const first = numbers?.[0];
    list.append(
      make(
        "li",
        { class: numbers === undefined ? "" : "used" },
        make("span", { class: "place" }, String(place)),
        first === undefined || numbers === undefined
          ? undefined
          : button({ class: "plain" }, () => choose(first - 1), make("strong", {}, ranges(numbers))),
      ),
    );
  }
  const older = places.filter((place) => place > last).reduce((sum, place) => sum + under.get(place)!.length, 0);
  return make(
    "section",
    { class: "mainline" },
    make(
      "h3",
      {},
      "Mainline",
      make("span", { class: "note" }, " the chain of power levels, the newest first, and the steps sent under each"),
    ),
    list,
    older > 0 ? make("p", { class: "note" }, `${counted(older, "step")} under older ones`) : undefined,
  );
}
