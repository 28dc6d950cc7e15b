"""Makes rooms that break the rules, and asks Synapse's own code what it makes of them.

    python3 -m venv target/synapse
    target/synapse/bin/pip install matrix-synapse==1.163.2
    PYTHONHASHSEED=0 target/synapse/bin/python tests/synapse_rules/make.py --rooms 3 --events 80 --odd 0.2 --seed 40 out.ndjson.gz

These are the rooms of `rooms.ndjson.gz`. (The hash seed orders the sets in Synapse's code, and so decides what comes first
where an event fails in one way and is refused in another.)

Each room is a line: `{"version", "seed", "events": [{"id", "pdu", "given", "verdict", "by", "after", "tips"}]}`. `pdu` is the
event's JSON as text, on the wire: from version 3 on without its id. `given` is the state before it where a parent of it is
missing, else null. `by` says what refused it: its auth events ("own"), the state before it ("before"), or the room's state
when it came ("now"). `after` and `tips` are the state after the event and the room's tips then. All states are events by
their places in `events`. The line ends with the room's `current` state, null if Synapse cannot resolve it.

No server runs: events are made, their hashes and ids computed, checked and resolved by the functions that a server calls, in
the order in which it calls them (`FederationEventHandler._check_event_auth`, `_check_for_soft_fail`,
`_calculate_new_extremities`).
What makes these functions fail other than by refusing (a level that is no number, a user id without a server) is left out of
the room: a server would not store it.
"""

import argparse
import gzip
import hashlib
import json
import logging
import random
from collections import Counter

from signedjson.key import decode_signing_key_base64
from signedjson.sign import sign_json
from synapse import event_auth
from synapse.api.errors import AuthError, EventSizeError
from synapse.api.room_versions import KNOWN_ROOM_VERSIONS, StateResolutionVersions
from synapse.crypto.event_signing import compute_content_hash
from synapse.events import make_event_from_dict
from synapse.events.utils import validate_canonicaljson
from synapse.state import v1, v2
from synapse.storage.databases.main.event_federation import StateDifference
from unpaddedbase64 import encode_base64

USERS = ["@a:x", "@b:x", "@c:y", "@d:y"]
NO_USERS = ["@e:z", "f:x", "@:x", "@g:", "@A:x", "@b:x ", "@\u00fc:x", "@h:x:1", "@" + "l" * 260 + ":x"]
NO_LEVELS = [
    *(-5, 1, 49, 51, 99, 101, 2**31, 2**53 - 1, -(2**53 - 1), 2**53, 1e20, 1e3, 50.0, 49.9, 0.5, -0.5),
    *("50", "100", " 50 ", "+7", "5_0", "0x10", "", "abc", "-3", "050", "1e2", "50.0", "\n50", "50\u2003", str(2**53 + 1)),
    *(None, True, False, [], {}, [50]),
]
NOISE = [1, "x", "\x7f\u2028", [1, {"b": 2, "a": 1}], None, {"signed": {"a": 1}, "x": 2}, True, '"\\\b\f\n\r\t\x1f/']
NOISY_KEYS = [
    *("n", "\u00e9", "a\0", "\U0001f600", "third_party_invite", "join_authorised_via_users_server", "allow", "creator"),
    *("redacts", "users", "invite", "history_visibility", "aliases", "public_key"),
]
# One whose public half has a + and a /.
KEY = decode_signing_key_base64("ed25519", "k", "B" * 42 + "A")
PUBLIC = encode_base64(KEY.verify_key.encode())
URL_SAFE = PUBLIC.replace("+", "-").replace("/", "_")


class Clock:
    async def sleep(self, *_):
        pass


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("it waits for something")


class Room:
    """What a server holds, and the store that Synapse's functions ask."""

    def __init__(self, version, rng):
        self.version, self.rules, self.rng = version, KNOWN_ROOM_VERSIONS[version], rng
        self.id, self.create = "!r:x", None
        self.events, self.order, self.chains = {}, [], {}
        self.after, self.rejected, self.soft_failed, self.tips = {}, set(), set(), set()
        self.told, self.failures = [], Counter()

    async def get_events(self, ids, redact_behaviour=None, get_prev_content=False, allow_rejected=False):
        return {id: self.events[id] for id in ids if allow_rejected or id not in self.rejected}

    async def get_auth_chain_difference(self, _room, states, conflicted, _unpersisted):
        chains = [set().union(*map(self.chain, state)) for state in states]
        subgraph = None
        if conflicted is not None:
            behind = set().union(*map(self.chain, conflicted))
            subgraph = {id for id in behind if self.chain(id) & conflicted}
        return StateDifference(set().union(*chains) - set.intersection(*chains), subgraph)

    def chain(self, id):
        if id not in self.chains:
            self.chains[id] = {id}.union(*map(self.chain, self.events[id].auth_event_ids()))
        return self.chains[id]

    def resolve(self, all):
        states = []
        for state in all:
            if state not in states:
                states.append(state)
        if len(states) < 2:
            return states[0] if states else {}
        if self.rules.state_res == StateResolutionVersions.V1:
            get = lambda ids: self.get_events(ids, allow_rejected=True)
            return dict(run(v1.resolve_events_with_store(self.id, self.rules, states, None, get)))
        return dict(run(v2.resolve_events_with_store(Clock(), self.id, self.rules, states, None, self)))

    def add(self, kind, key, sender, content, parents, auth="as it should be", more=None):
        """Makes an event, has it checked and takes it in."""
        try:
            self.take_in(*self.make(kind, key, sender, content, parents, auth, more or {}), parents)
        except Exception as failure:  # Whatever Synapse fails by.
            self.failures[type(failure).__name__] += 1

    def make(self, kind, key, sender, content, parents, auth, more):
        rng, before = self.rng, self.resolve([self.after[id] for id in parents])
        if rng.random() < 0.1:
            content = {**content, rng.choice(NOISY_KEYS): rng.choice(NOISE)}
        named = lambda ids: [[id, {"sha256": "x"}] for id in ids] if self.version in ("1", "2") else ids
        pdu = {
            "type": kind,
            "sender": sender,
            "content": content,
            "auth_events": [],
            "signatures": {},
            "depth": 1 + max((self.events[id].depth for id in parents if id in self.events), default=len(self.told)),
            "origin_server_ts": 10 + rng.randrange(6),
            "prev_events": named(parents),
        }
        if self.create or self.version != "12":
            pdu["room_id"] = self.id
        if key is not None:
            pdu["state_key"] = key
        if self.version in ("1", "2"):
            pdu["event_id"] = f"${len(self.told)}:x"
        if rng.random() < 0.1:
            pdu[rng.choice(["unsigned", "origin", "membership", "prev_state", "age_ts", "extra"])] = rng.choice(
                [{}, {"age": 1}]
            )
        pdu.update(more)
        if self.rules.strict_canonicaljson:
            validate_canonicaljson(pdu)
        draft = make_event_from_dict({**pdu, "hashes": {"sha256": ""}}, self.rules)
        asked = event_auth.auth_types_for_event(self.rules, draft)
        state = self.after[self.rng.choice(parents)] if auth == "of one parent" else before
        ids = self.spoil([state[slot] for slot in sorted(asked, key=str) if slot in state], auth)
        pdu["auth_events"] = named([id for id in ids if self.version != "12" or id != self.create][:10])
        pdu["hashes"] = {"sha256": encode_base64(compute_content_hash(pdu, hashlib.sha256)[1])}
        return pdu, make_event_from_dict(pdu, self.rules), before, asked

    def spoil(self, ids, auth):
        rng, state = self.rng, [id for id in self.order if self.events[id].is_state()]
        slot = lambda id: (self.events[id].type, self.events[id].state_key)
        if auth == "one left out" and ids:
            ids.pop(rng.randrange(len(ids)))
        elif auth == "one out of date" and ids:
            place = rng.randrange(len(ids))
            ids[place] = rng.choice([id for id in state if slot(id) == slot(ids[place]) and id not in self.rejected])
        elif auth == "one too many":
            ids.append(rng.choice(self.order))
        elif auth == "one twice" and ids:
            ids.append(ids[0])
        elif auth == "in any order":
            rng.shuffle(ids)
        elif auth == "one rejected":
            ids += rng.sample([id for id in state if id in self.rejected], 1)
        return ids

    def check(self, event, before, asked, parents):
        """`_check_event_auth`, then `_check_for_soft_fail`."""
        try:
            event_auth._check_size_limits(event)
            claimed = [self.events[id] for id in event.auth_event_ids()]
            run(event_auth.check_state_independent_auth_rules(self, event))
            event_auth.check_state_dependent_auth_rules(event, claimed)
        except AuthError:
            return "rejected", "own"
        except EventSizeError as error:
            if error.unpersistable:
                raise
            return "rejected", "own"
        try:
            calculated = [before[slot] for slot in asked if slot in before]
            if Counter(calculated) != Counter(event.auth_event_ids()):
                event_auth.check_state_dependent_auth_rules(event, [self.events[id] for id in calculated])
        except AuthError:
            return "rejected", "before"
        try:
            if self.tips and self.tips != set(parents):
                given = [before] if self.missing(parents) else []
                now = self.resolve([self.after[id] for id in sorted(self.tips)] + given)
                state = [self.events[id] for slot, id in now.items() if slot in asked]
                event_auth.check_state_dependent_auth_rules(event, state)
        except AuthError:
            return "soft-failed", "now"
        return "accepted", None

    def current(self):
        """The room's state, as places; null if Synapse cannot resolve it."""
        try:
            now = self.resolve([self.after[id] for id in sorted(self.tips)])
        except Exception as failure:
            self.failures[type(failure).__name__] += 1
            return None
        return sorted(self.order.index(id) for id in now.values())

    def missing(self, parents):
        return [id for id in parents if id not in self.events]

    def take_in(self, pdu, event, before, asked, parents):
        id = event.event_id
        assert id not in self.events
        verdict, by = self.check(event, before, asked, parents)
        if verdict == "rejected":
            event = make_event_from_dict(pdu, self.rules, rejected_reason="auth_error")
            self.rejected.add(id)
        elif verdict == "soft-failed":
            self.soft_failed.add(id)
        if self.create is None:
            self.create = id
            self.id = "!" + id[1:] if self.version == "12" else self.id
        self.events[id] = event
        self.order.append(id)
        is_in = event.is_state() and verdict != "rejected"
        self.after[id] = {**before, (event.type, event.state_key): id} if is_in else before
        if verdict == "accepted":
            self.tips = (self.tips | {id}) - self.covered(parents)
        place = {id: place for place, id in enumerate(self.order)}
        given = sorted(place[id] for id in before.values()) if self.missing(parents) else None
        self.told.append(
            {
                "id": id,
                "pdu": json.dumps(pdu),
                "given": given,
                "verdict": verdict,
                "by": by,
                "after": sorted(place[id] for id in self.after[id].values()),
                "tips": sorted(place[id] for id in self.tips),
            }
        )

    def covered(self, parents):
        """What is no tip beneath an accepted event: its parents, and those of soft-failed ones among them."""
        covered, next = set(parents), list(parents)
        while next:
            id = next.pop()
            if id in self.soft_failed:
                new = set(self.events[id].prev_event_ids()) - covered
                covered |= new
                next += new
        return covered


class Maker:
    """Draws what happens in a room; `odd` says how often that makes no sense."""

    def __init__(self, version, seed, odd):
        self.rng, self.odd = random.Random(f"{version}/{seed}/{odd}"), odd
        self.room = Room(version, self.rng)

    def chance(self, share):
        return self.rng.random() < share

    def user(self):
        return self.rng.choice(NO_USERS if self.chance(self.odd * 0.3) else USERS)

    def level(self, *usual):
        return self.rng.choice(NO_LEVELS if self.chance(self.odd) else usual)

    def levels(self):
        rng = self.rng
        if self.chance(self.odd * 0.2):
            key = rng.choice(["users", "events", "notifications"])
            return {key: rng.choice([[], "", "x", None, {}, 0, [1]])}
        first = 1 if self.room.version == "12" and self.chance(0.97) else 0
        usual = lambda user: (100,) if user == "@a:x" and self.chance(0.8) else (0, 50, 50, 100)
        users = {user: self.level(*usual(user)) for user in USERS[first:] if self.chance(0.8)}
        if self.chance(self.odd * 0.5):
            users[self.user()] = self.level(50)
        content = {"users": users}
        for name in ("users_default", "events_default", "state_default", "ban", "kick", "redact", "invite"):
            if self.chance(0.3):
                content[name] = self.level(0, 0, 50, 50, 50, 100)
        if self.chance(0.6):
            kinds = ("name", "power_levels", "topic", "message", "member", "third_party_invite", "redaction")
            content["events"] = {f"m.room.{kind}": self.level(0, 50, 100) for kind in kinds if self.chance(0.3)}
        if self.chance(0.2):
            content["notifications"] = {"room": self.level(50)}
        return content

    def vouched(self, target):
        """`third_party_invite` of an invite."""
        rng = self.rng
        signed = {"mxid": target if self.chance(0.9) else self.user(), "token": rng.choice(["t", "t", "t", "u", 3, None])}
        if self.chance(0.1):
            signed["more"] = rng.choice(NOISE)
        signed = sign_json(signed, "id.x", KEY)
        signature = signed["signatures"]["id.x"]["ed25519:k"]
        if self.chance(0.2):
            signed["signatures"] = rng.choice(
                [
                    *({}, [], None, {"id.x": []}, {"id.x": {}}, {"id.x": {"ed25519:k": 4}}, {"id.x": {"rsa:1": "a"}}),
                    *({"a": {}, "id.x": {"rsa:1": signature, "ed25519:k": signature}}, {"id.x": {"ed25519:k": "AAAA"}}),
                    *({"id.x": {"ed25519:k": signature + more}} for more in ("=", "==", "A")),
                    {"id.x": {"ed25519:k": signature.replace("+", "-").replace("/", "_")}},
                    # The first of several counts.
                    {"id.x": {"ed25519:z": "A" * 86, "ed25519:k": signature}},
                    {"id.x": {"ed25519:a": "A" * 86, "ed25519:k": signature}},
                    {"id.y": {"ed25519:1": "A" * 86}, "id.x": {"ed25519:k": signature}},
                    {"id.w": {"ed25519:1": "A" * 86}, "id.x": {"ed25519:k": signature}},
                ]
            )
        return rng.choice([{}, [], None, {"signed": 3}, {"signed": {}}]) if self.chance(0.1) else {"signed": signed}

    def key_event(self):
        keys = [
            *({"public_key": key} for key in (PUBLIC, PUBLIC, URL_SAFE, URL_SAFE, PUBLIC + "=", PUBLIC.replace("+", "-"))),
            *({"public_keys": [{"public_key": key}]} for key in (PUBLIC, URL_SAFE)),
        ]
        wrong = [{}, {"public_key": 3}, {"public_keys": 3}, {"public_keys": []}, {"public_keys": [{}]}]
        return self.rng.choice(wrong if self.chance(self.odd * 0.5) else keys)

    def begin(self):
        rng, room = self.rng, self.room
        content = {"room_version": room.version, "creator": "@a:x"}
        if room.version in ("11", "12"):
            del content["creator"]
        if self.chance(0.1):
            content["m.federate"] = rng.choice([True, False, "false", 0, None])
        if room.version == "12" and self.chance(0.4):
            content["additional_creators"] = rng.choice([["@b:x"], ["@c:y", "@d:y"], [], ["@b:x", "@b:x"]])
        room.add("m.room.create", "", "@a:x", content, [])
        last = lambda: room.order[-1:]
        room.add("m.room.member", "@a:x", "@a:x", {"membership": "join"}, last())
        if self.chance(0.9):
            levels = {} if room.version == "12" else {"@a:x": 100}
            usual = {"users": {**levels, "@b:x": 50}, "invite": rng.choice([0, 50])}
            room.add("m.room.power_levels", "", "@a:x", self.levels() if self.chance(0.3) else usual, last())
        if self.chance(0.9):
            rule = rng.choice(["public", "public", "public", "invite", "knock", "restricted"])
            room.add("m.room.join_rules", "", "@a:x", {"join_rule": rule}, last())
        for user in USERS[1:]:
            if self.chance(0.7):
                room.add("m.room.member", user, user, {"membership": "join"}, last())

    def parents(self):
        """Some of the last events; now and then one that nobody has, with the state after it, as another server would give it."""
        rng, room = self.rng, self.room
        if self.chance(0.05):
            gap = f"${rng.getrandbits(256):043x}"[:44] + (":x" if room.version in ("1", "2") else "")
            room.after[gap] = room.after[rng.choice(room.order)]
            return [gap, *rng.sample(room.order[-7:], rng.choice([0, 0, 1]))]
        if self.chance(0.5) and room.tips:
            return sorted(room.tips)[:3]
        last = room.order[-7:]
        return list(dict.fromkeys(rng.choice(last) for _ in range(rng.choice([1, 1, 2, 3]))))

    def sender(self, parents):
        state = self.room.after[parents[0]]
        events = {user: self.room.events.get(state.get(("m.room.member", user))) for user in USERS}
        joined = [user for user, event in events.items() if event and event.content.get("membership") == "join"]
        return self.rng.choice(joined) if joined and self.chance(0.9) else self.user()

    def step(self):
        rng, odd, room = self.rng, self.chance(self.odd), self.room
        parents = self.parents()
        who, whom = self.sender(parents), self.user()
        spoilt = [
            "one left out",
            *["one out of date"] * 3,
            *["of one parent"] * 3,
            "one too many",
            "one twice",
            "in any order",
            "one rejected",
        ]
        auth = rng.choice(spoilt) if self.chance(self.odd) else "as it should be"
        add = lambda kind, key, content, **more: room.add(kind, key, who, content, parents, auth, more)
        member = lambda target, membership, **more: add("m.room.member", target, {"membership": membership, **more})
        shares = {
            "join": 5, "join by authority": 1, "leave": 1, "kick": 1, "ban": 1, "invite": 2, "knock": 1, "odd member": 0.5,
            "levels": 3, "join rules": 1, "topic": 3, "name": 1, "key": 1, "vouched": 2, "aliases": 0.5, "redaction": 1,
            "other": 3,
        }  # fmt: skip
        match rng.choices(list(shares), list(shares.values()))[0]:
            case "join":
                member(who, "join")
            case "join by authority":
                via = rng.choice([3, None, "", "x", "@e:z"] if odd else USERS)
                member(who, "join", join_authorised_via_users_server=via)
            case "leave":
                member(who, "leave")
            case "kick":
                member(whom, "leave")
            case "ban":
                member(whom, "ban")
            case "invite":
                member(whom, "invite")
            case "knock":
                member(rng.choice([who, who, whom]), "knock")
            case "odd member":
                member(whom, rng.choice([3, None, "Join", "", [], True]) if odd else "join")
            case "levels":
                add("m.room.power_levels", rng.choice(["", whom]) if odd else "", self.levels())
            case "join rules":
                rules = ["public"] * 4 + ["invite", "knock", "restricted", "knock_restricted", "private"]
                content = {"join_rule": rng.choice([3, None, "Public", "", []] if odd else rules)}
                add("m.room.join_rules", "", {} if odd and self.chance(0.2) else content)
            case "topic":
                add("m.room.topic", rng.choice(["", "", "", "x", who, whom]), {"topic": "x"})
            case "name":
                add("m.room.name", rng.choice(["", who, whom, "@", who + "_x", "a@b"]), {})
            case "key":
                add("m.room.third_party_invite", rng.choice(["t", "t", "u", ""]), self.key_event())
            case "vouched":
                membership = rng.choice(["join", "leave", "knock", "ban"]) if odd and self.chance(0.2) else "invite"
                member(whom, membership, third_party_invite=self.vouched(whom))
            case "aliases":
                add("m.room.aliases", rng.choice(["x", "y", "", "z", None]), {"aliases": []})
            case "redaction":
                redacts = {"redacts": rng.choice(["$x", "$x:y", "", "x"] if odd else room.order)}
                content, more = (redacts, {}) if room.version in ("11", "12") else ({}, redacts)
                add("m.room.redaction", "" if odd else None, content, **more)
            case "other":
                kinds = ["", "m.room.member", "m.room.power_levels", "m.room.create", "\u00fc" * 140, "m.room.message"]
                kind = rng.choice(kinds if odd else ["m.room.message"])
                add(kind, rng.choice([None, None, "x", "\u00fc" * 140]), {})

    def story(self, events):
        self.begin()
        for _ in range(3 * events):
            if len(self.room.order) < events:
                self.step()
        return self.room


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", type=int, default=1, help="of each version")
    parser.add_argument("--events", type=int, default=60, help="in each room")
    parser.add_argument("--odd", type=float, default=0.1, help="the share of what makes no sense")
    parser.add_argument("out")
    options = parser.parse_args()
    # What fails is counted.
    logging.disable()
    failures, verdicts = Counter(), Counter()
    with open(options.out, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as out:
        for seed in range(options.seed, options.seed + options.rooms):
            for version in map(str, range(1, 13)):
                room = Maker(version, seed, options.odd).story(options.events)
                line = {"version": version, "seed": seed, "events": room.told, "current": room.current()}
                out.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
                failures.update(room.failures)
                verdicts.update((event["verdict"], event["by"]) for event in room.told)
    print(dict(verdicts), "left out:", dict(failures))


if __name__ == "__main__":
    main()
