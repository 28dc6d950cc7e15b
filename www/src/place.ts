// Where somebody is, in the page's address: the selected event. Jumps become steps of the browser's back and forward; stepping
// from row to row only rewrites the last one.

const key = "event";

export function placeInAddress(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get(key) ?? undefined;
}

/** Browsers refuse to rewrite the address at the speed of a held key: the last of many steps is written. */
const restMs = 200;
let timer = 0;
let unwritten: (() => void) | undefined;

function writeNow(): void {
  clearTimeout(timer);
  unwritten?.();
  unwritten = undefined;
}

function addressOf(eventId: string | undefined): string {
  const hash = eventId === undefined ? "" : `#${new URLSearchParams({ [key]: eventId }).toString()}`;
  return `${location.pathname}${location.search}${hash}`;
}

export function writePlace(eventId: string | undefined, jump: boolean): void {
  if (jump) {
    // Back must lead to where one was, and that may not have been written yet.
    writeNow();
    if (placeInAddress() !== eventId) history.pushState(null, "", addressOf(eventId));
    return;
  }
  clearTimeout(timer);
  unwritten = () => history.replaceState(null, "", addressOf(eventId));
  timer = window.setTimeout(writeNow, restMs);
}

export function followPlace(moved: (eventId: string | undefined) => void): void {
  addEventListener("popstate", () => moved(placeInAddress()));
}
