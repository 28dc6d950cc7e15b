// Every command of the viewer, once: its keys, its words, what it does. Keys are dispatched from this table, and the shortcut
// sheet and the keys in the footer are written from it, so they cannot tell different stories.

import type { LandmarkKind } from "./walk.ts";

export type Group = "Move" | "Find" | "Show" | "Room";

/** Where the keys count: "history" not while typing or scrolling elsewhere; "page" wherever no text is being typed. */
export type Scope = "history" | "page";

export interface Command<A> {
  /** As `KeyboardEvent.key`, with `Shift+` before keys that are no characters. The first ones are the ones shown. */
  keys: readonly string[];
  /** How the keys are written for people; the keys themselves if absent. */
  shown?: readonly string[];
  label: string;
  group: Group;
  scope: Scope;
  /** Stands in the footer, with these words. */
  footer?: string;
  /** `key` is the one of `keys` that was pressed. */
  run(app: A, key: string): void;
}

/** What the commands need of the page. */
export interface Actions {
  step(rows: number): void;
  stepPage(pages: number): void;
  stepToEnd(end: "first" | "last"): void;
  stepToParent(): void;
  stepToChild(): void;
  stepTo(kind: LandmarkKind, forward: boolean): void;
  openSearch(): void;
  stepHit(forward: boolean): void;
  turn(): void;
  only(): void;
  fold(): void;
  trace(): Promise<void>;
  switchTheme(): void;
  focusInspector(): void;
  choose(): void;
  openExport(): void;
  showKeys(): void;
  showTab(id: "event" | "state" | "storage" | "why"): void;
  showGraph(kind: "auth" | "groups"): void;
  compareHere(): void;
  collect(): void;
  showView(view: "history" | "tables" | "play"): void | Promise<void>;
  play(step: -1 | 0 | 1): void;
  back(): void;
}

export const commands: readonly Command<Actions>[] = [
  {
    keys: ["ArrowUp", "ArrowDown", "k", "j"],
    shown: ["↑", "↓"],
    label: "row above, row below",
    group: "Move",
    scope: "history",
    footer: "step",
    run: (app, key) => app.step(key === "ArrowDown" || key === "j" ? 1 : -1),
  },
  {
    keys: ["ArrowLeft", "ArrowRight", "h", "l"],
    shown: ["←", "→"],
    label: "parent, child",
    group: "Move",
    scope: "page",
    footer: "parent, child",
    run: (app, key) => (key === "ArrowLeft" || key === "h" ? app.stepToParent() : app.stepToChild()),
  },
  {
    keys: ["PageUp", "PageDown"],
    shown: ["page up", "page down"],
    label: "a window up, down",
    group: "Move",
    scope: "history",
    run: (app, key) => app.stepPage(key === "PageDown" ? 1 : -1),
  },
  {
    keys: ["Home", "End"],
    shown: ["home", "end"],
    label: "first row, last row",
    group: "Move",
    scope: "history",
    run: (app, key) => app.stepToEnd(key === "Home" ? "first" : "last"),
  },
  {
    keys: ["m", "M"],
    label: "next merge, merge before",
    group: "Move",
    scope: "page",
    run: (app, key) => app.stepTo("merge", key === "m"),
  },
  {
    keys: ["y", "Y"],
    label: "next conflicted merge, merge before",
    group: "Move",
    scope: "page",
    run: (app, key) => app.stepTo("conflict", key === "y"),
  },
  {
    keys: ["q", "Q"],
    label: "next reset, reset before",
    group: "Move",
    scope: "page",
    run: (app, key) => app.stepTo("reset", key === "q"),
  },
  {
    keys: ["e", "E"],
    label: "next tip, tip before",
    group: "Move",
    scope: "page",
    run: (app, key) => app.stepTo("tip", key === "e"),
  },
  {
    keys: ["g", "G"],
    label: "next gap, gap before",
    group: "Move",
    scope: "page",
    run: (app, key) => app.stepTo("gap", key === "g"),
  },
  {
    keys: ["/"],
    label: "search",
    group: "Find",
    scope: "page",
    footer: "search",
    run: (app) => app.openSearch(),
  },
  {
    keys: ["n", "N"],
    label: "next found row, row before",
    group: "Find",
    scope: "page",
    run: (app, key) => app.stepHit(key === "n"),
  },
  {
    keys: ["a"],
    label: "show all and mark what is found, or show only that",
    group: "Find",
    scope: "page",
    run: (app) => app.only(),
  },
  {
    keys: ["Enter"],
    shown: ["enter"],
    label: "read the selected event, or show a run",
    group: "Show",
    scope: "history",
    run: (app) => app.focusInspector(),
  },
  {
    keys: ["s", "d", "w"],
    label: "state, how it is stored, why",
    group: "Show",
    scope: "page",
    footer: "state, stored, why",
    run: (app, key) => app.showTab(key === "s" ? "state" : key === "d" ? "storage" : "why"),
  },
  {
    keys: ["u", "U"],
    label: "its auth chain, its state groups, as graphs",
    group: "Show",
    scope: "page",
    run: (app, key) => app.showGraph(key === "u" ? "auth" : "groups"),
  },
  {
    keys: ["c"],
    label: "compare with this event: then select another (or control-click one)",
    group: "Show",
    scope: "page",
    run: (app) => app.compareHere(),
  },
  {
    keys: ["v"],
    label: "collect this event for a merge that nobody made (see why)",
    group: "Show",
    scope: "page",
    run: (app) => app.collect(),
  },
  {
    keys: ["1", "2", "3"],
    label: "history, tables, play",
    group: "Show",
    scope: "page",
    run: (app, key) => app.showView(key === "1" ? "history" : key === "2" ? "tables" : "play"),
  },
  {
    keys: ["b", "f"],
    label: "play, or steps of why: back, forward",
    group: "Move",
    scope: "page",
    run: (app, key) => app.play(key === "b" ? -1 : 1),
  },
  {
    keys: ["p"],
    label: "play: go on by itself, stop",
    group: "Move",
    scope: "page",
    run: (app) => app.play(0),
  },
  {
    keys: ["r"],
    label: "newest first or oldest first",
    group: "Show",
    scope: "page",
    run: (app) => app.turn(),
  },
  {
    keys: ["z"],
    label: "fold runs of messages, or show them",
    group: "Show",
    scope: "page",
    run: (app) => app.fold(),
  },
  {
    keys: ["t"],
    label: "trace the slot of the selected event, or the focused one in State; stop tracing",
    group: "Show",
    scope: "page",
    footer: "trace",
    run: (app) => void app.trace(),
  },
  {
    keys: ["i"],
    label: "dark or light",
    group: "Show",
    scope: "page",
    run: (app) => app.switchTheme(),
  },
  {
    keys: ["Escape"],
    shown: ["esc"],
    label: "back: close, or select nothing",
    group: "Show",
    scope: "page",
    run: (app) => app.back(),
  },
  {
    keys: ["o"],
    label: "open files (or drop or paste them)",
    group: "Room",
    scope: "page",
    run: (app) => app.choose(),
  },
  {
    keys: ["x"],
    label: "export: a link with the room in it, files",
    group: "Room",
    scope: "page",
    run: (app) => app.openExport(),
  },
  {
    keys: ["?"],
    label: "all keys",
    group: "Room",
    scope: "page",
    footer: "all keys",
    run: (app) => app.showKeys(),
  },
];

/** The keys of a command as people read them. */
export function shownKeys(command: Command<never>): readonly string[] {
  return command.shown ?? command.keys;
}

function keyOf(event: KeyboardEvent): string {
  return event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Keys that a focused button or a scrollable part needs itself. */
function isTaken(event: KeyboardEvent, scope: Scope): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (event.key === "Enter" && target.closest("button, a, [role=tab]") !== null) return true;
  return scope === "history" && target.closest("[data-scrolls]") !== null;
}

/** Runs the command of each key that no field, button or scrollable part needs itself. */
export function dispatchKeys(app: Actions, table: readonly Command<Actions>[] = commands): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = keyOf(event);
    const command = table.find((each) => each.keys.includes(key));
    if (command === undefined || isTaken(event, command.scope)) return;
    event.preventDefault();
    command.run(app, key);
  });
}
