/**
 * Proves `pdu.mjs` on events that real servers stored: every id (in versions 1 and 2, every reference hash that a later event
 * names) and every content hash, of all captures in a folder.
 */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { contentHash, eventId, referenceHash } from "./pdu.mjs";

/** Prints a line for each capture; answers whether all that could be checked was right, and something was. */
export function checkCaptures(folder) {
  const totals = { files: 0, ids: 0, references: 0, contents: 0, emptied: 0, wrong: 0 };
  for (const name of readdirSync(folder).sort()) {
    const capture = readCapture(join(folder, name));
    if (capture === undefined) continue;
    const found = checkCapture(capture);
    totals.files++;
    for (const key of Object.keys(found)) totals[key] += found[key];
    if (found.wrong > 0) console.log(`${name}: ${found.wrong} wrong`);
  }
  console.log(
    `${totals.files} captures: ${totals.ids} ids, ${totals.references} reference hashes and ${totals.contents} content hashes computed, ` +
      `${totals.emptied} redacted events whose content the server has dropped, ${totals.wrong} wrong`,
  );
  return totals.wrong === 0 && totals.ids + totals.references > 0;
}

/** A capture has `room_version` and `events`, rows that begin with the event id and end with the PDU; other files are passed over. */
function readCapture(path) {
  if (!/\.json(\.gz)?$/.test(path)) return undefined;
  const bytes = readFileSync(path);
  const capture = JSON.parse(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  const isCapture =
    capture.room_version !== undefined &&
    Array.isArray(capture.events?.[0]) &&
    typeof capture.events[0].at(-1) === "object";
  return isCapture ? capture : undefined;
}

function checkCapture({ room_version, events }) {
  const version = Number(room_version);
  const pdus = new Map(events.map((row) => [row[0], row.at(-1)]));
  const redactions = new Set([...pdus.values()].map((pdu) => pdu.redacts ?? pdu.content.redacts));
  const found = { ids: 0, references: 0, contents: 0, emptied: 0, wrong: 0 };
  for (const [id, pdu] of pdus) {
    if (version >= 3) {
      found.ids++;
      found.wrong += eventId(pdu, version) === id ? 0 : 1;
    } else {
      for (const [parent, { sha256 }] of [...pdu.prev_events, ...pdu.auth_events]) {
        if (sha256 === undefined || !pdus.has(parent)) continue;
        found.references++;
        found.wrong += referenceHash(pdus.get(parent), version) === sha256 ? 0 : 1;
      }
    }
    if (contentHash(pdu) === pdu.hashes.sha256) found.contents++;
    else if (redactions.has(id)) found.emptied++;
    else found.wrong++;
  }
  return found;
}
