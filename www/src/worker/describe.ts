// One event in words, as the row of the list tells it. What changed is told against the event's own auth events: the
// member event and power levels under which it was sent. Content is read as unknown JSON and trusted in nothing.
import type { EventInfo as WholeEventInfo } from "roomscope";
import type { Summary } from "../protocol.ts";
import { prettyJson } from "./json.ts";

/** What of an event the words depend on. */
export type EventInfo = Pick<WholeEventInfo, "type" | "stateKey" | "sender" | "authEvents">;

export type Content = Record<string, unknown>;

/** Looks an auth event up; undefined if it is not held or the room keeps no JSON. */
export type Lookup = (eventId: string) => { type: string; stateKey: string | null; content: Content } | undefined;

/** Longer texts are cut: a row shows a line, the inspector all. */
const longest = 280;

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `value` if it is a JSON object, else an empty one. */
export function objectOf(value: unknown): Content {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Content) : {};
}

/** `@ada:alpha.example` → `ada`. */
function localpart(user: string): string {
  const end = user.indexOf(":");
  return user.startsWith("@") ? user.slice(1, end < 0 ? undefined : end) : user;
}

/** The type as rows show it: well-known types without their `m.` or `m.room.`. */
export function shortType(type: string): string {
  return type.startsWith("m.room.") ? type.slice(7) : type.startsWith("m.") ? type.slice(2) : type;
}

function shortId(eventId: string): string {
  return eventId.slice(1, 8);
}

/** Content found through the auth events whose type and state key match, as they were when the event was sent. */
function sentUnder(info: EventInfo, lookup: Lookup, type: string, stateKey: string): Content | undefined {
  for (const id of info.authEvents) {
    const found = lookup(id);
    if (found?.type === type && found.stateKey === stateKey) return found.content;
  }
  return undefined;
}

function member(info: EventInfo, content: Content, before: Content | undefined): string {
  const key = info.stateKey ?? "";
  const who = localpart(key);
  const by = localpart(info.sender);
  const self = info.sender === key;
  const was = textOf(before?.["membership"]);
  const name = textOf(content["displayname"]);
  const reason = textOf(content["reason"]);
  const because = reason === undefined || reason === "" ? "" : `: ${reason}`;
  switch (textOf(content["membership"])) {
    case "join": {
      if (was !== "join") return name === undefined || name === who ? `${who} joined` : `${who} joined as “${name}”`;
      const old = textOf(before?.["displayname"]);
      if (name !== old) return name === undefined ? `${who} has no name any more` : `${who} is now “${name}”`;
      return before?.["avatar_url"] === content["avatar_url"] ? `${who} stays joined` : `${who} has a new avatar`;
    }
    case "leave":
      if (self) return was === "invite" ? `${who} declined the invite` : `${who} left${because}`;
      if (was === "ban") return `${by} lifted the ban on ${who}`;
      return was === "invite" ? `${by} withdrew the invite of ${who}` : `${by} removed ${who}${because}`;
    case "ban":
      return `${by} banned ${who}${because}`;
    case "invite":
      return `${by} invited ${who}`;
    case "knock":
      return `${who} knocks${because}`;
    default:
      return `${who}: membership ${prettyJson(content["membership"] ?? null, true)}`;
  }
}

const namedLevels = ["ban", "kick", "redact", "invite", "events_default", "state_default", "users_default"];

function level(value: unknown): string {
  return typeof value === "number" || typeof value === "string" ? String(value) : "none";
}

function powerLevels(content: Content, before: Content | undefined): string {
  const users = objectOf(content["users"]);
  if (before === undefined) {
    const shown = Object.keys(users).map((user) => `${localpart(user)} ${level(users[user])}`);
    return shown.length === 0
      ? "set"
      : shown.slice(0, 4).join(", ") + (shown.length > 4 ? ` and ${shown.length - 4} more` : "");
  }
  const changes: string[] = [];
  const compare = (name: string, from: unknown, to: unknown, fallback: unknown): void => {
    const a = level(from ?? fallback);
    const b = level(to ?? fallback);
    if (a !== b) changes.push(`${name} ${a} → ${b}`);
  };
  const usersBefore = objectOf(before["users"]);
  const usual = before["users_default"] ?? 0;
  for (const user of new Set([...Object.keys(usersBefore), ...Object.keys(users)])) {
    compare(localpart(user), usersBefore[user], users[user], usual);
  }
  for (const name of namedLevels) compare(name, before[name], content[name], undefined);
  const eventsBefore = objectOf(before["events"]);
  const events = objectOf(content["events"]);
  for (const type of new Set([...Object.keys(eventsBefore), ...Object.keys(events)])) {
    compare(shortType(type), eventsBefore[type], events[type], undefined);
  }
  return changes.length === 0
    ? "unchanged"
    : changes.slice(0, 4).join(", ") + (changes.length > 4 ? ` and ${changes.length - 4} more` : "");
}

function message(content: Content, sender: string): string | undefined {
  const body = textOf(content["body"]);
  if (body === undefined) return undefined;
  switch (textOf(content["msgtype"])) {
    case "m.emote":
      return `* ${localpart(sender)} ${body}`;
    case "m.image":
    case "m.file":
    case "m.audio":
    case "m.video":
    case "m.location":
      return `${String(content["msgtype"]).slice(2)}: ${body}`;
    default:
      return body;
  }
}

/**
 * The one value by which a well-known state event is known. A create event without a version is of version 1, unless the room was
 * read as one of another, as scenarios are.
 */
function stateValue(type: string, content: Content, roomVersion: string | undefined): string | undefined {
  switch (type) {
    case "m.room.create":
      return `room version ${textOf(content["room_version"]) ?? roomVersion ?? "1"}`;
    case "m.room.name":
      return textOf(content["name"]);
    case "m.room.topic":
      return textOf(content["topic"]);
    case "m.room.join_rules":
      return textOf(content["join_rule"]);
    case "m.room.history_visibility":
      return textOf(content["history_visibility"]);
    case "m.room.guest_access":
      return textOf(content["guest_access"]);
    case "m.room.canonical_alias":
      return textOf(content["alias"]) ?? "none";
    case "m.room.avatar":
      return textOf(content["url"]) ?? "none";
    case "m.room.encryption":
      return textOf(content["algorithm"]);
    case "m.room.tombstone":
      return `replaced by ${textOf(content["replacement_room"]) ?? "?"}`;
    case "m.room.third_party_invite":
      return `invited ${textOf(content["display_name"]) ?? "somebody"}`;
    case "m.room.pinned_events": {
      const pinned = content["pinned"];
      if (!Array.isArray(pinned)) return undefined;
      return pinned.length === 0
        ? "nothing"
        : pinned
            .map((id) => shortId(String(id)))
            .slice(0, 6)
            .join(", ");
    }
    default:
      return undefined;
  }
}

/** What a state event sets, without who did it: the value of a slot. `roomVersion`: by which the room was read. */
export function valueWords(type: string, content: Content, roomVersion?: string): string {
  if (type === "m.room.member") {
    const name = textOf(content["displayname"]);
    const membership = textOf(content["membership"]) ?? "?";
    return cut(name === undefined ? membership : `${membership} · “${name}”`);
  }
  if (type === "m.room.power_levels") return cut(powerLevels(content, undefined));
  return cut(stateValue(type, content, roomVersion) ?? prettyJson(content, true));
}

function stateEvent(info: EventInfo, content: Content, lookup: Lookup, roomVersion: string | undefined): Summary {
  const { type, stateKey } = info;
  const label = shortType(type);
  const words = (text: string): Summary => ({ kind: "state", label, key: "", text: cut(text), code: false });
  if (type === "m.room.member") return words(member(info, content, sentUnder(info, lookup, type, stateKey ?? "")));
  if (type === "m.room.power_levels") return words(powerLevels(content, sentUnder(info, lookup, type, "")));
  const value = stateValue(type, content, roomVersion);
  if (value !== undefined) return words(value === "" ? "none" : value);
  return { kind: "state", label, key: cut(stateKey ?? ""), text: cut(prettyJson(content, true)), code: true };
}

/** The row's words for an event; `content` is absent if the room keeps no JSON. `roomVersion`: by which the room was read. */
export function describe(
  info: EventInfo,
  content: Content | undefined,
  redacts: unknown,
  lookup: Lookup,
  roomVersion?: string,
): Summary {
  const label = shortType(info.type);
  const note = (text: string): Summary => ({ kind: "note", label: "", key: "", text, code: false });
  if (content === undefined)
    return {
      kind: info.stateKey === null ? "message" : "state",
      label,
      key: cut(info.stateKey ?? ""),
      text: "",
      code: false,
    };
  if (info.stateKey !== null) return stateEvent(info, content, lookup, roomVersion);
  const said = (text: string, withLabel = true): Summary => ({
    kind: "message",
    label: withLabel ? label : "",
    key: "",
    text: cut(text),
    code: false,
  });
  switch (info.type) {
    case "m.room.message": {
      const text = message(content, info.sender);
      return text === undefined ? note("message without content, redacted") : said(text, false);
    }
    case "m.room.encrypted":
      return note("encrypted message");
    case "m.room.redaction": {
      const target = textOf(content["redacts"]) ?? textOf(redacts);
      const reason = textOf(content["reason"]);
      return said(`${target === undefined ? "of nothing" : `of ${shortId(target)}`}${reason ? `: ${reason}` : ""}`);
    }
    case "m.reaction": {
      const relation = objectOf(content["m.relates_to"]);
      return said(`${textOf(relation["key"]) ?? "?"} to ${shortId(textOf(relation["event_id"]) ?? "")}`);
    }
    default: {
      const body = textOf(content["body"]);
      if (body !== undefined) return said(body);
      return { kind: "message", label, key: "", text: cut(prettyJson(content, true)), code: true };
    }
  }
}
