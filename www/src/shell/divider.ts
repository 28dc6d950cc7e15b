// The line between history and inspector, which can be dragged or moved by keys.

const least = 400;
const mostShare = 0.6;
/** Wider where there is much room. */
const usual = (room: number): number => Math.max(540, Math.min(860, Math.floor(room * 0.24)));
const keyStep = 16;

export function dragDivider(divider: HTMLElement, main: HTMLElement): void {
  let width = usual(main.clientWidth);
  const set = (wanted: number): void => {
    const most = Math.max(least, Math.floor(main.clientWidth * mostShare));
    width = Math.round(Math.max(least, Math.min(most, wanted)));
    main.style.setProperty("--inspector", `${width}px`);
    divider.setAttribute("aria-valuenow", String(width));
    divider.setAttribute("aria-valuemax", String(most));
  };
  for (const [name, value] of Object.entries({
    role: "separator",
    tabindex: "0",
    "aria-label": "width of the inspector",
    "aria-orientation": "vertical",
    "aria-valuemin": String(least),
  })) {
    divider.setAttribute(name, value);
  }
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  divider.addEventListener("pointermove", (event) => {
    if (divider.hasPointerCapture(event.pointerId)) set(main.getBoundingClientRect().right - event.clientX);
  });
  divider.addEventListener("dblclick", () => set(usual(main.clientWidth)));
  divider.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    set(width + (event.key === "ArrowLeft" ? keyStep : -keyStep));
  });
  addEventListener("resize", () => set(width));
  set(width);
}
