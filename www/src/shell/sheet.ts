// The shortcut sheet, written from the command table.
import { make } from "../dom.ts";
import { terms, writing } from "../query.ts";
import { type Command, commands, type Group, shownKeys } from "../commands.ts";

const groups: readonly Group[] = ["Move", "Find", "Show", "Room"];

export function keyCaps(command: Command<never>): HTMLElement[] {
  return shownKeys(command).map((key) => make("kbd", {}, key));
}

/** A popover: `esc` and a click elsewhere close it, and the focus goes back to where it was. */
export function makeSheet(): HTMLElement {
  const list = make("div", { class: "groups" });
  for (const group of groups) {
    const rows = commands
      .filter((command) => command.group === group)
      .map((command) => make("div", {}, make("dt", {}, command.label), make("dd", {}, ...keyCaps(command))));
    list.append(make("section", {}, make("h3", {}, group), make("dl", {}, ...rows)));
  }
  const words = [...Object.values(terms), ...writing].map(([example, meaning]) =>
    make("div", {}, make("dt", {}, meaning), make("dd", {}, make("code", {}, example))),
  );
  list.append(make("section", {}, make("h3", {}, "In a search"), make("dl", {}, ...words)));
  return make(
    "div",
    { id: "keys", class: "sheet", popover: "auto", role: "dialog", "aria-labelledby": "keys-title", tabindex: 0 },
    make("h2", { id: "keys-title" }, "Keys"),
    list,
  );
}
