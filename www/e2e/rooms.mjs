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

/** A room in which a merge takes a topic back: who set it had lost the power to on the other branch. The merge is event 8. */
export function* takenBack() {
  const bo = "@bo:two.example";
  const state = (n, type, content, rest = {}) => message(n, "", { type, content, state_key: "", ...rest });
  yield* beginning().slice(0, 2);
  yield state(2, "m.room.power_levels", { ...levels, users: { [user]: 100, [bo]: 50 } });
  yield state(3, "m.room.join_rules", { join_rule: "public" });
  yield message(4, "", {
    type: "m.room.member",
    content: { membership: "join" },
    state_key: bo,
    sender: bo,
    auth_events: [0, 2, 3].map(madeId),
  });
  yield state(5, "m.room.topic", { topic: "ebb" });
  yield state(6, "m.room.topic", { topic: "flood" }, { sender: bo, auth_events: [0, 2, 4].map(madeId) });
  yield state(7, "m.room.power_levels", { ...levels, users: { [user]: 100 } }, { prev_events: [madeId(5)] });
  yield message(8, "together again", { prev_events: [madeId(6), madeId(7)], auth_events: [0, 1, 7].map(madeId) });
}
