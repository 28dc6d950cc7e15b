#!/usr/bin/env node
// `npx roomscope`: finds the command, and prints what it yields. Exit codes: 0 done, 1 what was compared differs, 2 not
// understood or not readable.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Command } from "./command.js";
import { diff } from "./diff.js";
import { Refusal } from "./errors.js";
import { explain } from "./explain.js";
import { dot, thin } from "./export.js";
import { commandHelp, generalHelp } from "./help.js";
import { history } from "./history.js";
import { isPiped, note } from "./input.js";
import { log } from "./log.js";
import { sql } from "./sql.js";
import { state } from "./state.js";
import { summary } from "./summary.js";
import { table } from "./table.js";
import { painter, wantsColour } from "./terminal.js";
import { print } from "./print.js";

const COMMANDS: readonly Command[] = [summary, log, state, history, diff, explain, table, thin, dot, sql];

const COMMON = {
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

/** Exit code for what was not understood or could not be read. */
const REFUSED = 2;

/** Finds the command that is meant, and the words for it: the summary is the one that needs no name. */
function commandOf(args: readonly string[]): [command: Command, rest: string[]] {
  const named = COMMANDS.find(({ name }) => name === args[0]);
  return named === undefined ? [summary, [...args]] : [named, args.slice(1)];
}

/** Whether a word is an event id that begins with a dash and not an option: those of more than one letter have two. */
function isDashedId(arg: string): boolean {
  return /^-[\w-]{4,}$/.test(arg) && !/^--|^-[a-z]\d+$/i.test(arg);
}

/** Reads a command's arguments. */
function read(command: Command, args: readonly string[]) {
  const end = args.indexOf("--");
  const marked = args.map((arg, index) => ((end < 0 || index < end) && isDashedId(arg) ? `$${arg}` : arg));
  try {
    return parseArgs({ args: marked, options: { ...command.options, ...COMMON }, allowPositionals: true });
  } catch (error) {
    // The first sentence says what is wrong, the others are about parseArgs itself.
    throw new Refusal(`${(error as Error).message.split(". ")[0] ?? ""}.`, true);
  }
}

function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

async function* run(args: string[]): AsyncGenerator<string, number | undefined> {
  const asked = args[0] === "help" || args[0] === "--help" || args[0] === "-h";
  if (asked || (args.length === 0 && !isPiped())) {
    const about = COMMANDS.find(({ name }) => name === args[1]);
    if (args[1] !== undefined && about === undefined) throw new Refusal(`There is no command "${args[1]}".`, true);
    yield about === undefined ? generalHelp(COMMANDS) : commandHelp(about);
    return 0;
  }
  const [command, rest] = commandOf(args);
  const { values, positionals } = read(command, rest);
  if (values["help"] === true) {
    yield commandHelp(command);
    return 0;
  }
  if (values["version"] === true) {
    yield version();
    return 0;
  }
  const [least, most] = command.words;
  // A command whose first word is a file reads what is piped in if there is no word at all.
  const words = positionals.length === 0 && command.takes.startsWith("FILE") && isPiped() ? ["-"] : positionals;
  if (words.length < least || words.length > most) {
    const problem = words.length < least ? "Something is missing" : `"${String(words[most])}" is too much`;
    throw new Refusal(`${problem}. Usage: roomscope ${command.name} ${command.takes}`, true);
  }
  const paint = painter(wantsColour(process.stdout));
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  return yield* command.run({
    words,
    options: values as Record<string, string | boolean | undefined>,
    json: values.json === true,
    paint,
    columns,
  });
}

try {
  process.exitCode = await print(run(process.argv.slice(2)));
} catch (error) {
  const expected = error instanceof Refusal || (error as { name?: unknown }).name === "RoomscopeError";
  if (!expected) throw error;
  note((error as Error).message);
  if (error instanceof Refusal && error.usage) note('"roomscope --help" lists the commands.');
  process.exitCode = REFUSED;
}
