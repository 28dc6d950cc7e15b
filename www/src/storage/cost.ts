// What the whole room costs to store, in rows: a bar for each way of storing it, on one scale. Figures that the engine does not
// give are left out.
import { make } from "../dom.ts";
import { count, counted } from "../format.ts";
import type { Figures } from "../protocol.ts";

const ways: readonly [figure: string, name: string, note: string][] = [
  ["fullStateRows", "Every state in full", "rows, were each event’s state stored"],
  ["blockRows", "Dendrite’s blocks", "rows of state_block_entries"],
  ["snapshotRows", "Dendrite’s snapshots", "lists of blocks"],
  ["stateGroupRows", "Synapse’s state groups", "rows of state_groups_state"],
  ["compressedStateGroupRows", "Synapse, compressed", "after levels 100, 50, 25"],
  ["improvedStateGroupRows", "Synapse, best layout", "deltas on any earlier group, no longer chains"],
  ["leastStateGroupRows", "No layout has fewer", "a proved bound"],
];

export function costPanel(figures: Figures, events: number): HTMLElement {
  const panel = make(
    "section",
    { class: "cost" },
    make("h3", {}, "Cost of the whole room"),
    make("p", { class: "note" }, `rows, ${counted(events, "event")}`),
  );
  const most = Math.max(1, ...ways.map(([figure]) => figures[figure] ?? 0));
  for (const [figure, name, note] of ways) {
    const rows = figures[figure];
    if (rows === undefined) continue;
    const bar = make("span", { class: figure === "fullStateRows" ? "bar full" : "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", String(rows / most));
    panel.append(
      make(
        "div",
        { class: "way" },
        make("span", { class: "name" }, name),
        make("span", { class: "mono" }, count(rows)),
        bar,
        make("span", { class: "note" }, note),
      ),
    );
  }
  return panel;
}
