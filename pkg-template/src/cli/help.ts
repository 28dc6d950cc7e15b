// The texts of `--help`.

import type { Command } from "./command.js";

const GENERAL = `Opens up a Matrix room: the event graph, the state at every event, and why each event was accepted or refused.

Usage: roomscope [COMMAND] FILE …

`;

const MORE = `
FILE is a room's events as a server gives them: NDJSON, a JSON array or a federation answer, gzip or not; or a TARDIS
scenario (JSON5). "-" or nothing is standard input. "roomscope sql" prints what gets a room out of a server's database.
EVENT is an event id or how it begins, with or without the $ (which shells want in single quotes).

  --json          print what the package's call returns, for scripts
  -h, --help      help, also for one command: roomscope log --help
  -V, --version   the version

Colours are for terminals; NO_COLOR and FORCE_COLOR decide otherwise.
Exit codes: 0 done · 1 what was compared differs · 2 not understood or not readable

Examples:
  roomscope room.ndjson                          what is in this room, and what is wrong with it
  zcat room.ndjson.gz | roomscope log | less     its graph, newest event first
  roomscope state room.ndjson 7tA8UNg --type m.room.member
  roomscope explain room.ndjson 7tA8UNg           who won at this merge, and why`;

/** The list of commands. */
export function generalHelp(commands: readonly Command[]): string {
  const usages = commands.map(({ name, takes }) => `${name} ${takes}`);
  const widest = Math.max(...usages.map((usage) => usage.length));
  const list = commands.map(({ about }, index) => `  ${(usages[index] ?? "").padEnd(widest)}   ${about}\n`);
  return `${GENERAL}${list.join("")}${MORE}`;
}

/** One command's own page. */
export function commandHelp({ name, takes, about, help }: Command): string {
  const sentence = `${about.slice(0, 1).toUpperCase()}${about.slice(1)}.`;
  return `Usage: roomscope ${name} ${takes}\n\n${sentence}\n\n${help.replace(/^\n/, "")}`;
}
