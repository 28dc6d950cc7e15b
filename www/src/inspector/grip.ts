// The grip of the sheet that the panel is on phones: a click or a drag takes it from one height to the next, a drag down from the
// lowest closes it.
import { button } from "../dom.ts";

/** Heights of the sheet, in shares of the page. */
const heights = ["30%", "56%", "92%"] as const;
/** A pointer that moves less is a click. */
const dragPixels = 12;

export function makeGrip(panel: HTMLElement, close: () => void): HTMLButtonElement {
  let height = 0;
  const set = (step: number): void => {
    height = Math.max(0, Math.min(heights.length - 1, step));
    panel.style.setProperty("--sheet", heights[height]!);
  };
  const grip = button({ class: "grip", "aria-label": "height of this panel" }, () =>
    set((height + 1) % heights.length),
  );
  let from = 0;
  grip.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointerup", (event) => {
    const moved = event.clientY - from;
    if (Math.abs(moved) < dragPixels) return;
    // A drag is not a click: the button would step once more.
    grip.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
    if (moved > 0 && height === 0) close();
    else set(height + (moved < 0 ? 1 : -1));
  });
  set(1);
  return grip;
}
