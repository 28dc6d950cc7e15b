// Rooms made for the tests: small ones to break, large ones to scroll. Ids are given, so that a test knows them.

const roomId = "!made:one.example";
const user = "@ada:one.example";

/** The n-th event's id: 43 characters, told apart by the first seven. */
export function madeId(n) {
  return `$${n.toString(36).padStart(7, "0")}${"x".repeat(36)}`;
}

const levels = { users: { [user]: 100 }, users_default: 0, events_default: 0, state_default: 50 };

function event(n, type, content, rest) {
  return {
    event_id: madeId(n),
    type,
    room_id: roomId,
    sender: user,
    content,
    depth: n + 1,
    prev_events: n === 0 ? [] : [madeId(n - 1)],
    auth_events: [0, 1, 2].filter((k) => k < n).map(madeId),
    origin_server_ts: 1_700_000_000_000 + n * 1000,
    hashes: { sha256: "x" },
    signatures: {},
    ...rest,
  };
}

/** Create, join and power levels: what every made room begins with. */
export function beginning() {
  return [
    event(0, "m.room.create", { room_version: "10", creator: user }, { state_key: "" }),
    event(1, "m.room.member", { membership: "join" }, { state_key: user }),
    event(2, "m.room.power_levels", levels, { state_key: "" }),
  ];
}

/** A message, or whatever `rest` makes of it. */
export function message(n, body, rest = {}) {
  return event(n, "m.room.message", { msgtype: "m.text", body }, rest);
}

/** `count` events; every hundredth is a fork whose branches meet again ten events on. */
export function* large(count) {
  yield* beginning();
  for (let n = 3; n < count; n++) {
    const at = n % 100;
    const rest = {};
    if (at === 50) rest.prev_events = [madeId(n - 2)];
    if (at === 60) rest.prev_events = [madeId(n - 1), madeId(n - 11)];
    yield message(n, `message ${n}`, rest);
  }
}

/** One event a line. */
export function ndjson(events) {
  return `${[...events].map((each) => JSON.stringify(each)).join("\n")}\n`;
}
