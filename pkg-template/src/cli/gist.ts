// What an event says, in a few words: enough to recognise it in a list.

import type { EventId, Room } from "../index.js";
import type { Ids } from "./ids.js";
import { cut, plain } from "./terminal.js";

type Fields = Record<string, unknown>;

/** Room for a gist in columns. */
const LENGTH = 60;
const LISTED = 4;

/** The membership that a member event sets, in words. */
export function membershipOf(content: Fields): string {
  return typeof content["membership"] === "string" ? plain(content["membership"]) : "no membership";
}

/** The content of an event; undefined where texts are not kept. */
export function contentOf(room: Room, id: EventId): Fields | undefined {
  const pdu = room.pdu(id) as Fields | undefined;
  if (pdu === undefined) return undefined;
  const content = pdu["content"];
  return typeof content === "object" && content !== null ? (content as Fields) : {};
}

/** What an event says, in a few words on one line; empty where texts are not kept. */
export function gist(room: Room, ids: Ids, id: EventId): string {
  const pdu = room.pdu(id) as Fields | undefined;
  if (pdu === undefined) return "";
  const content = contentOf(room, id) ?? {};
  const words = WORDS[String(pdu["type"])] ?? other;
  return cut(ids.shortIn(words(content, pdu) ?? other(content)), LENGTH);
}

function text(content: Fields, key: string): string | undefined {
  return typeof content[key] === "string" ? content[key] : undefined;
}

function quoted(words: string | undefined): string | undefined {
  return words === undefined ? undefined : `“${words}”`;
}

function other(content: Fields): string {
  const keys = Object.keys(content).length;
  return keys === 0 ? "no content" : JSON.stringify(content);
}

/** By event type; undefined where the content is not as it should be. */
const WORDS: Record<string, (content: Fields, pdu: Fields) => string | undefined> = {
  "m.room.create": (content) => `version ${text(content, "room_version") ?? "1"}`,
  "m.room.member": (content) => {
    const reason = text(content, "reason");
    return membershipOf(content) + (reason === undefined ? "" : `: “${reason}”`);
  },
  "m.room.power_levels": (content) => {
    const users = content["users"];
    if (typeof users !== "object" || users === null) return undefined;
    const levels = Object.entries(users).sort((a, b) => Number(b[1]) - Number(a[1]));
    const listed = levels.slice(0, LISTED).map(([user, level]) => `${localpart(user)} ${String(level)}`);
    if (levels.length === 0) return "names nobody";
    return listed.join(", ") + (levels.length > LISTED ? " …" : "");
  },
  "m.room.join_rules": (content) => text(content, "join_rule"),
  "m.room.history_visibility": (content) => text(content, "history_visibility"),
  "m.room.guest_access": (content) => text(content, "guest_access"),
  "m.room.canonical_alias": (content) => text(content, "alias"),
  "m.room.encryption": (content) => text(content, "algorithm"),
  "m.room.name": (content) => quoted(text(content, "name")),
  "m.room.topic": (content) => quoted(text(content, "topic")),
  "m.room.message": (content) => quoted(text(content, "body")),
  "m.room.tombstone": (content) => text(content, "replacement_room"),
  "m.room.pinned_events": ({ pinned }) => {
    if (!Array.isArray(pinned)) return undefined;
    return pinned.length === 0 ? "none" : pinned.slice(0, LISTED).map(String).join(", ");
  },
  "m.room.redaction": (content, pdu) => {
    const redacts = text(pdu, "redacts") ?? text(content, "redacts");
    return redacts === undefined ? undefined : `of ${redacts}`;
  },
};

/** `@ada:alpha.example` → "ada". */
export function localpart(user: string): string {
  return /^@([^:]+):/.exec(user)?.[1] ?? user;
}
