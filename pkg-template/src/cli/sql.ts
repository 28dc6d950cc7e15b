// `roomscope sql`: prints the SQL that gets a room out of a server's database. It is printed and not run: no driver and
// no password comes into our hands, it goes through ssh, docker exec and sudo, and whoever runs it has read it.

import { readFileSync } from "node:fs";
import type { Command } from "./command.js";
import { asJson } from "./command.js";
import { Refusal } from "./errors.js";
import { plain } from "./terminal.js";

/** By server and database; `ROOM` stands for the room id as an SQL text. */
const EVENTS: Record<string, Record<string, string>> = {
  synapse: {
    sqlite: `select json from events join event_json using (event_id)
  where events.room_id=ROOM order by stream_ordering>0, abs(stream_ordering);`,
    postgres: `select json from events join event_json using (event_id)
  where events.room_id=ROOM order by stream_ordering>0, abs(stream_ordering);`,
  },
  dendrite: {
    sqlite: `select cast(event_json as text) from roomserver_rooms join roomserver_events using (room_nid)
  join roomserver_event_json using (event_nid) where room_id=ROOM order by event_nid;`,
    postgres: `select event_json from roomserver_rooms join roomserver_events using (room_nid)
  join roomserver_event_json using (event_nid) where room_id=ROOM order by event_nid;`,
  },
};

/** How what is printed is run. */
const RUN: Record<string, Record<string, string>> = {
  synapse: { sqlite: "sqlite3 -readonly homeserver.db", postgres: "psql -XAtq synapse" },
  dendrite: { sqlite: "sqlite3 -readonly dendrite_roomserver.db", postgres: "psql -XAtq dendrite" },
};

/** Without these psql holds all rows in memory, and goes on after an error. */
const PSQL = "\\set ON_ERROR_STOP on\n\\set FETCH_COUNT 2000\n";

/** A room id, quoted for SQL. Ids with quotes, spaces or backslashes are never made, so none is let through. */
function quoted(room: string): string {
  if (!/^![^\s'"\\\p{Cc}]+$/u.test(room)) {
    throw new Refusal(
      `${room === "" ? "The room id is empty" : `"${plain(room)}" is no room id`}. Room ids begin with "!"; in a shell, put them in single quotes.`,
    );
  }
  return `'${room}'`;
}

function stored(server: string, database: string, room: string): string {
  const script = readFileSync(new URL(`../sql/${server}.${database}.sql`, import.meta.url), "utf8");
  // The first line says how to run the file by itself; here the room is put in.
  return script.replace(/^--.*\n/, "").replace(/:'r'|:r\b/g, () => room);
}

/** The command. */
export const sql: Command = {
  name: "sql",
  takes: "SERVER DATABASE ROOM",
  words: [3, 3],
  about: "print the SQL that gets a room out of a server's database",
  options: { stored: { type: "boolean" } },
  help: `
SERVER is synapse or dendrite, DATABASE is sqlite or postgres. The SQL only reads; the server may keep running.

  --stored   not the events alone, but also what the server made of them (states, extremities, verdicts), one row of a
             table a line, to be compared; the other commands read the events out of it

Examples:
  roomscope sql synapse postgres '!ROOM' | psql -XAtq synapse > room.ndjson
  roomscope sql synapse sqlite '!ROOM' | sqlite3 -readonly homeserver.db > room.ndjson
  roomscope sql dendrite postgres '!ROOM' | ssh server psql -XAtq dendrite > room.ndjson
  roomscope sql dendrite sqlite '!ROOM' | sqlite3 -readonly dendrite_roomserver.db > room.ndjson`,
  async *run(call) {
    const [server = "", database = "", id = ""] = call.words;
    const events = EVENTS[server]?.[database];
    if (events === undefined) {
      throw new Refusal("SERVER is synapse or dendrite, DATABASE is sqlite or postgres.", true);
    }
    const room = quoted(id);
    const body =
      call.options["stored"] === true ? stored(server, database, room) : `${events.replace("ROOM", () => room)}\n`;
    const text = (database === "postgres" ? PSQL : "") + body;
    yield call.json ? asJson({ run: RUN[server]?.[database], sql: text }) : text.trimEnd();
    return 0;
  },
};
