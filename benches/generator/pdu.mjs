/**
 * What makes a PDU a PDU: canonical JSON, redaction, content hash and event id, for room versions 1 to 12.
 * Written apart from the engine, from the Matrix specification (room versions; appendices, "Signing JSON"), so that
 * the two check each other; `generate.mjs --check` proves it on events of real servers.
 */

import { createHash } from "node:crypto";

/** Matrix canonical JSON: keys in the order of their code points, nothing optional. */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  let text = "{";
  for (const key of Object.keys(value).sort(byCodePoint)) {
    text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${canonicalJson(value[key])}`;
  }
  return `${text}}`;
}

/** JavaScript compares UTF-16 units, which puts astral characters before U+E000 to U+FFFF; UTF-8 does not. */
function byCodePoint(left, right) {
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}

const SURROGATE = /[\ud800-\udfff]/;

const KEPT = [
  "event_id",
  "type",
  "room_id",
  "sender",
  "state_key",
  "content",
  "hashes",
  "depth",
  "prev_events",
  "auth_events",
  "origin_server_ts",
];
const KEPT_BEFORE_11 = [...KEPT, "prev_state", "membership", "origin"];

/** Keys of `content` that redaction keeps, by event type; "*" keeps all. */
function keptContent(type, version) {
  switch (type) {
    case "m.room.member":
      return version >= 9 ? ["membership", "join_authorised_via_users_server"] : ["membership"];
    case "m.room.create":
      return version >= 11 ? "*" : ["creator"];
    case "m.room.join_rules":
      return version >= 8 ? ["join_rule", "allow"] : ["join_rule"];
    case "m.room.power_levels": {
      const kept = ["users", "users_default", "events", "events_default", "state_default", "ban", "kick", "redact"];
      return version >= 11 ? [...kept, "invite"] : kept;
    }
    case "m.room.aliases":
      return version <= 5 ? ["aliases"] : [];
    case "m.room.history_visibility":
      return ["history_visibility"];
    case "m.room.redaction":
      return version >= 11 ? ["redacts"] : [];
    default:
      return [];
  }
}

/** The PDU as redaction leaves it, without signatures and `unsigned`: what an event's reference hash covers. */
export function redacted(pdu, version) {
  const result = {};
  for (const key of version >= 11 ? KEPT : KEPT_BEFORE_11) if (key in pdu) result[key] = pdu[key];
  if (version >= 12 && pdu.type === "m.room.create") delete result.room_id;
  const kept = keptContent(pdu.type, version);
  if (kept === "*") return result;
  result.content = {};
  for (const key of kept) if (key in pdu.content) result.content[key] = pdu.content[key];
  const signed = pdu.content.third_party_invite?.signed;
  if (version >= 11 && pdu.type === "m.room.member" && signed !== undefined) {
    result.content.third_party_invite = { signed };
  }
  return result;
}

/** `hashes.sha256` of a PDU: over all of it but what is added after signing. */
export function contentHash(pdu) {
  const { unsigned: _u, signatures: _s, hashes: _h, age_ts: _a, outlier: _o, destinations: _d, ...hashed } = pdu;
  return sha256(canonicalJson(hashed), "base64");
}

/** The reference hash as standard unpadded base64: the hash part of a reference in versions 1 and 2. */
export function referenceHash(pdu, version) {
  return sha256(referenceJson(pdu, version), "base64");
}

/** The id of an event in version 3 and up. `pdu` must not carry an `event_id`. */
export function eventId(pdu, version) {
  return `$${sha256(referenceJson(pdu, version), version === 3 ? "base64" : "base64url")}`;
}

function referenceJson(pdu, version) {
  return canonicalJson(redacted(pdu, version));
}

function sha256(text, encoding) {
  return createHash("sha256").update(text).digest(encoding).replace(/=+$/, "");
}
