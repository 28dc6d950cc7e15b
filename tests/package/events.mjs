// Small rooms for the tests, with short ids that can be read: given ids are kept as they are.

export const ROOM_ID = "!room:example.org";
const SENDER = "@ada:example.org";

/**
 * @param {string} id
 * @param {string[]} parents
 * @param {object} [more] members that replace the usual ones
 * @returns {Record<string, unknown>} a message as a PDU
 */
export function message(id, parents, more = {}) {
  return {
    event_id: id,
    room_id: ROOM_ID,
    type: "m.room.message",
    sender: SENDER,
    content: { body: id },
    depth: 10,
    origin_server_ts: 1_700_000_000_000,
    prev_events: parents,
    auth_events: ["$create", "$join"],
    ...more,
  };
}

/** A room that forks and is not joined again: $create, $join, then $a and $b side by side, $c on $a. */
export const FORK = [
  message("$create", [], {
    type: "m.room.create",
    state_key: "",
    content: { room_version: "11" },
    depth: 1,
    auth_events: [],
  }),
  message("$join", ["$create"], {
    type: "m.room.member",
    state_key: SENDER,
    content: { membership: "join" },
    depth: 2,
    auth_events: ["$create"],
  }),
  message("$a", ["$join"], { depth: 3 }),
  message("$b", ["$join"], { depth: 3 }),
  message("$c", ["$a"], { depth: 4 }),
];

/**
 * @param {object[]} events
 * @returns {Uint8Array} the events, one a line
 */
export function ndjson(events) {
  return new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}
