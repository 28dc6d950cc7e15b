// Where somebody is, in the page's address: the selected event. Jumps become steps of the browser's back and forward; stepping
// from row to row only rewrites the last one.

const key = "event";

export function placeInAddress(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get(key) ?? undefined;
}

export function writePlace(eventId: string | undefined, jump: boolean): void {
  const hash = eventId === undefined ? "" : `#${new URLSearchParams({ [key]: eventId }).toString()}`;
  if (hash === location.hash) return;
  const url = `${location.pathname}${location.search}${hash}`;
  if (jump) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

export function followPlace(moved: (eventId: string | undefined) => void): void {
  addEventListener("popstate", () => moved(placeInAddress()));
}
