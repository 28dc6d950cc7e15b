// The teaching rooms: small rooms of version 2, whose readable ids are as they are given, and what each of their steps is there to
// show. They are the rooms that a real Dendrite was fed with (the captures "readme", "fork_merge_conflict" and "linear_70"), so
// what its database held for them is known.
import type { Delivery, OpenOptions } from "../protocol.ts";

export interface Lesson {
  id: string;
  name: string;
  about: string;
  auth: OpenOptions["auth"];
  deliveries: readonly Delivery[];
  /** What to look at, by event id. */
  captions: Readonly<Record<string, string>>;
  /** The room drawn small, on 16 by 16: lines, and what is filled. */
  picture: { lines: readonly string[]; filled: readonly string[] };
}

interface Draft {
  type: string;
  key?: string;
  sender: string;
  content: object;
  /** Numbers of the events that it names. */
  prev: readonly number[];
  auth: readonly number[];
}

const digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

const idOf = (n: number): string => `$${n}:foo`;

/** The n-th event of a room, counted from 1, as room versions 1 and 2 write events. */
function pdu(n: number, depth: number, { type, key, sender, content, prev, auth }: Draft): object {
  const named = (numbers: readonly number[]): unknown[] => numbers.map((each) => [idOf(each), { sha256: digest }]);
  return {
    event_id: idOf(n),
    room_id: "!r:foo",
    type,
    sender,
    content,
    origin_server_ts: (n + 1) * 1000,
    origin: "foo",
    prev_events: named(prev),
    auth_events: named(auth),
    depth,
    hashes: { sha256: digest },
    signatures: { foo: { "ed25519:1": "x" } },
    ...(key === undefined ? {} : { state_key: key }),
  };
}

function pdus(drafts: readonly Draft[]): object[] {
  const depths: number[] = [0];
  return drafts.map((draft, i) => {
    const depth = 1 + Math.max(0, ...draft.prev.map((parent) => depths[parent] ?? 0));
    depths.push(depth);
    return pdu(i + 1, depth, draft);
  });
}

const foo = "@user:foo";
const bar = "@user:bar";
const member = (sender: string, content: object, prev: number, auth: number[]): Draft => ({
  type: "m.room.member",
  key: sender,
  sender,
  content: { membership: "join", ...content },
  prev: prev === 0 ? [] : [prev],
  auth,
});
const message = (sender: string, body: string, prev: number[], auth: number[]): Draft => ({
  type: "m.room.message",
  sender,
  content: { body },
  prev,
  auth,
});

const readmeEvents = pdus([
  { type: "m.room.create", key: "", sender: foo, content: { creator: foo, room_version: "2" }, prev: [], auth: [] },
  member(foo, {}, 1, [1]),
  member(bar, {}, 2, [1]),
  message(bar, "x", [3], [1, 3]),
  member(foo, { displayname: "F" }, 4, [1, 2]),
  message(foo, "y", [5], [1, 5]),
]);

const alice = "@alice:foo";
const set = (type: string, content: object, prev: number, auth: number[]): Draft => ({
  type: `m.room.${type}`,
  key: "",
  sender: alice,
  content,
  prev: [prev],
  auth,
});
const levels = { users: { [alice]: 100 }, users_default: 0, events_default: 0, state_default: 0 };
const beginning: Draft[] = [
  { type: "m.room.create", key: "", sender: alice, content: { creator: alice, room_version: "2" }, prev: [], auth: [] },
  member(alice, {}, 1, [1]),
  set("power_levels", levels, 2, [1, 2]),
  set("join_rules", { join_rule: "public" }, 3, [1, 3, 2]),
];
const powers = [1, 3, 2];

export const lessons: readonly Lesson[] = [
  {
    id: "readme",
    name: "The room server’s own example",
    about: "6 events · joining from afar, and the tables that Dendrite’s README prints",
    auth: "off",
    deliveries: [
      { events: readmeEvents.slice(0, 2), arrival: "outlier" },
      { events: readmeEvents.slice(2, 3), arrival: "live", stateBefore: [idOf(1), idOf(2)] },
      { events: readmeEvents.slice(3), arrival: "live" },
    ],
    captions: {
      [idOf(1)]:
        "Our server joins from afar: another one hands it the room’s state. These events are held without what came before them, as outliers, so the state before them is not known and their snapshot is 0.",
      [idOf(2)]:
        "The second event of the state that was handed over. Its user is a state key that the room had not seen.",
      [idOf(3)]:
        "Our own user’s join comes with the state before it, the events 1 and 2. Both go into one block, and a snapshot lists that block. The join is a block of its own, for those that follow.",
      [idOf(4)]:
        "A message sets nothing. It points at the snapshot that the join left behind, and nothing else is written.",
      [idOf(5)]:
        "foo takes a name. The state before it is still snapshot 2; after it a third block lies on top, and its row overrides foo’s row in block 1.",
      [idOf(6)]:
        "The state before this message is snapshot 3: the events 1, 3 and 5. The README prints 1, 3 and 6 here, but 6 is this message.",
    },
    picture: {
      lines: ["M2 6l2 2l-2 2l-2-2zM6.5 6l2 2l-2 2l-2-2zM10 8h6"],
      filled: ["M9 6.5h3v3h-3z", "M13 6.5h3v3h-3z"],
    },
  },
  {
    id: "conflict",
    name: "A fork with a conflict",
    about: "8 events · two topics at once, and what the merge makes of them",
    auth: "enforce",
    deliveries: [
      {
        events: pdus([
          ...beginning,
          set("topic", { topic: "one" }, 4, powers),
          set("topic", { topic: "two" }, 4, powers),
          message(alice, "hi", [5, 6], powers),
          set("name", { name: "n" }, 7, powers),
        ]),
        arrival: "live",
      },
    ],
    captions: {
      [idOf(1)]: "Before the first event there is no state, and that is stored too: an empty snapshot.",
      [idOf(2)]: "The state before it is the create event: one block, one snapshot that lists it.",
      [idOf(3)]:
        "Each state event adds one block, and a snapshot that lists the blocks before it and the new one. No row is written twice.",
      [idOf(4)]: "Four slots, four blocks of one row each.",
      [idOf(5)]: "A topic. Another server is about to set one as well, and does not know of this.",
      [idOf(6)]:
        "The second topic on the same parent. The room has two tips now, so its state is the resolution of both: it is no longer an old list plus one block, and is written as one full block.",
      [idOf(7)]:
        "The message names both topics as parents. Their states differ in one slot, so they are resolved. Same power, so the clock decides: the younger topic is tried last, and stands.",
      [idOf(8)]: "From here on it is simple again: the full block, and one more on top.",
    },
    picture: {
      lines: ["M1.5 8h2C5 8 5 4 7 4h2c2 0 2 4 3.5 4h2", "M3.5 8C5 8 5 12 7 12h2c2 0 2-4 3.5-4"],
      filled: ["M0 6.5h3v3H0z", "M6.5 2.5h3v3h-3z", "M6.5 10.500h3v3h-3z", "M13 6.500h3v3h-3z"],
    },
  },
  {
    id: "collapse",
    name: "Sixty-four blocks",
    about: "70 events · blocks reused until the list is full, then collapsed into one",
    auth: "enforce",
    deliveries: [
      {
        events: pdus([
          ...beginning,
          ...Array.from({ length: 66 }, (_, i) => set("topic", { topic: String(i) }, i + 4, powers)),
        ]),
        arrival: "live",
      },
    ],
    captions: {
      [idOf(5)]: "From here on one slot changes again and again. Every change is one row, in a block of its own.",
      [idOf(6)]: "The block below still has the old topic. It is overridden: held, listed, and never read.",
      [idOf(64)]: "The sixty-fourth state event fills the list: 64 blocks, of which 59 hold topics that nobody reads.",
      [idOf(65)]:
        "A sixty-fifth block would be too many. The whole state is written as one new block instead, five rows, and the list begins again.",
      [idOf(66)]: "The next change lies on top of the full block.",
    },
    picture: {
      lines: ["M0 8h12"],
      filled: ["M0 7h2v2H0z", "M3 7h2v2H3z", "M6 7h2v2H6z", "M9 7h2v2H9z", "M11.500 5.500h4.500v5h-4.500z"],
    },
  },
];
