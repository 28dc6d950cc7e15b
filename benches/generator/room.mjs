/**
 * The life of a busy federated room, event by event: who does what, on which branch, and the PDU that their server makes of it
 * (parents, auth events chosen from the state on that branch, depth, hashes, id). Nothing is kept of an event but what state and
 * later events refer to, so a room of any length fits in memory.
 */

import { Branches } from "./branch.mjs";
import * as content from "./content.mjs";
import { contentHash, eventId, referenceHash } from "./pdu.mjs";
import { People } from "./people.mjs";
import { firstLevels, levelOf, levelsContent } from "./power.mjs";
import { Random } from "./random.mjs";
import { get, set } from "./state_map.mjs";

const CREATE = 0;
const LEVELS = 1;
const JOIN_RULES = 2;
const HISTORY = 3;
const NAME = 4;
const TOPIC = 5;
const PINNED = 6;
const FIRST_MEMBER = 16;

const START = 1_700_000_000_000;
const MEAN_GAP_MS = 20_000;
const RECENT = 200;
/** An ancestor in a slot is looked for among this many events: branches do not live longer. */
const REMEMBERED = 50_000;
const CLOSED_FOR = 40;

/**
 * Yields `{ id, pdu }`; the PDU has an `event_id` in versions 1 and 2 alone.
 * The same options give the same events.
 */
export function* room({ events, members, seed, version }) {
  const life = new Life({ events, members, seed, version });
  for (let at = 0; at < events; at++) yield life.step(at);
}

class Life {
  #random;
  #version;
  #people;
  #events;
  #branches;
  #roomId;
  #clock = START;
  #at = 0;
  #here;
  #nextUser = 1;
  #everJoined = [0];
  #invited = [];
  #gone = [];
  #banned = [];
  #recent = [];
  #closedUntil = -1;
  #founding;

  constructor({ events, members, seed, version }) {
    this.#random = new Random(seed);
    this.#version = version;
    this.#events = events;
    this.#people = new People(members, this.#random);
    this.#branches = new Branches(this.#random);
    this.#roomId = `!${this.#random.letters(18)}:${this.#people.server(0).name}`;
    this.#founding = this.#foundingDrafts();
  }

  step(at) {
    this.#at = at;
    this.#clock += Math.ceil(-MEAN_GAP_MS * Math.log(1 - this.#random.unit()));
    this.#here = this.#branches.next(this.#founding.length > 0 || at <= this.#closedUntil);
    const due = at === this.#closedUntil ? this.#joinRules("public") : this.#founding.shift();
    return this.#make(due ?? this.#somebodyActs() ?? this.#say());
  }

  // What can happen. Each answers a draft `{ type, sender, content, … }`, or nothing where it cannot happen on this branch.

  #foundingDrafts() {
    const version = this.#version;
    const creator = version >= 11 ? {} : { creator: this.#people.id(0) };
    const levels = firstLevels(version);
    const profile = content.userProfile(this.#random, this.#people.server(0).name);
    return [
      { type: "m.room.create", slot: CREATE, content: { room_version: String(version), ...creator } },
      {
        type: "m.room.member",
        slot: FIRST_MEMBER,
        content: { ...profile, membership: "join" },
        value: { membership: "join", profile },
      },
      {
        type: "m.room.power_levels",
        slot: LEVELS,
        content: levelsContent(levels, this.#people, version),
        value: { levels },
      },
      { type: "m.room.join_rules", slot: JOIN_RULES, content: { join_rule: "public" } },
      { type: "m.room.history_visibility", slot: HISTORY, content: { history_visibility: "shared" } },
      { type: "m.room.name", slot: NAME, content: content.roomName(this.#random) },
      { type: "m.room.topic", slot: TOPIC, content: content.topic(this.#random) },
    ].map((draft) => ({ sender: 0, ...draft }));
  }

  #somebodyActs() {
    let lot = this.#random.unit();
    const happens = (share) => (lot -= share) < 0;
    if (happens(this.#joinShare())) return this.#join();
    if (happens(0.14)) return this.#react();
    if (happens(0.08)) return this.#sayEncrypted();
    if (happens(0.035)) return this.#rename();
    if (happens(0.008)) return this.#redact();
    if (happens(0.005)) return this.#leave();
    if (happens(0.004)) return this.#invite();
    if (happens(0.004)) return this.#acceptInvite();
    if (happens(0.003)) return this.#comeBack();
    if (happens(0.003)) return this.#setRoom();
    if (happens(0.0006)) return this.#remove("leave");
    if (happens(0.0006)) return this.#remove("ban");
    if (happens(0.0003)) return this.#unban();
    if (happens(0.0003)) return this.#changeLevels();
    if (happens(0.0005)) return this.#close();
    return this.#say();
  }

  /** 85 % of the members come in the first quarter of the room's life. */
  #joinShare() {
    const quarter = this.#events / 4;
    const share =
      this.#at < quarter ? (0.85 * this.#people.count) / quarter : (0.15 * this.#people.count) / (3 * quarter);
    return Math.min(0.7, share);
  }

  #say() {
    const sender = this.#someMember();
    const text = content.message(this.#random, this.#people.server(sender).name, this.#earlierMessage());
    return { type: "m.room.message", sender, content: text, isTalk: true };
  }

  #sayEncrypted() {
    return {
      type: "m.room.encrypted",
      sender: this.#someMember(),
      content: content.encrypted(this.#random),
      isTalk: true,
    };
  }

  #react() {
    const recent = this.#earlierMessage();
    return (
      recent && { type: "m.reaction", sender: this.#someMember(), content: content.reaction(this.#random, recent) }
    );
  }

  #redact() {
    const recent = this.#earlierMessage();
    if (recent === undefined) return undefined;
    const byAuthor = this.#random.chance(0.85) && this.#membership(recent.user) === "join";
    const sender = byAuthor ? recent.user : this.#somebodyWith(50);
    const target = { redacts: recent.id };
    return { type: "m.room.redaction", sender, ...this.#redactionOf(target, content.reason(this.#random)) };
  }

  #redactionOf(target, reason) {
    return this.#version >= 11 ? { content: { ...reason, ...target } } : { content: reason, top: target };
  }

  #join() {
    if (this.#nextUser >= this.#people.count) return undefined;
    if (this.#closed()) return this.#invite();
    const user = this.#nextUser++;
    this.#everJoined.push(user);
    return this.#memberDraft(user, user, "join", content.userProfile(this.#random, this.#people.server(user).name));
  }

  #invite() {
    if (this.#nextUser >= this.#people.count) return undefined;
    const user = this.#nextUser++;
    this.#invited.push(user);
    return this.#memberDraft(
      this.#someMember(),
      user,
      "invite",
      content.userProfile(this.#random, this.#people.server(user).name),
    );
  }

  #acceptInvite() {
    const user = this.#takeFrom(this.#invited, "invite");
    if (user === undefined) return undefined;
    this.#everJoined.push(user);
    return this.#memberDraft(user, user, "join", this.#member(user).profile);
  }

  #comeBack() {
    if (this.#closed()) return undefined;
    const user = this.#takeFrom(this.#gone, "leave");
    return user === undefined ? undefined : this.#memberDraft(user, user, "join", this.#member(user).profile);
  }

  #rename() {
    const user = this.#someMember();
    return this.#memberDraft(user, user, "join", content.userProfile(this.#random, this.#people.server(user).name));
  }

  #leave() {
    const user = this.#someMember();
    if (levelOf(this.#levels(), user, this.#version) > 0) return undefined;
    this.#gone.push(user);
    return this.#memberDraft(user, user, "leave");
  }

  /** A kick or a ban. */
  #remove(membership) {
    const user = this.#someMember();
    if (levelOf(this.#levels(), user, this.#version) > 0) return undefined;
    (membership === "ban" ? this.#banned : this.#gone).push(user);
    return this.#memberDraft(this.#somebodyWith(50), user, membership);
  }

  #unban() {
    const user = this.#takeFrom(this.#banned, "ban");
    if (user === undefined) return undefined;
    this.#gone.push(user);
    return this.#memberDraft(this.#somebodyWith(50), user, "leave");
  }

  #setRoom() {
    const sender = this.#somebodyWith(50);
    const lot = this.#random.unit();
    if (lot < 0.5) return { type: "m.room.topic", slot: TOPIC, sender, content: content.topic(this.#random) };
    if (lot < 0.7) return { type: "m.room.name", slot: NAME, sender, content: content.roomName(this.#random) };
    const recent = this.#earlierMessage();
    return recent && { type: "m.room.pinned_events", slot: PINNED, sender, content: { pinned: [recent.id] } };
  }

  /** The creator makes somebody a moderator, or takes it back. */
  #changeLevels() {
    const user = this.#someMember();
    if (user === 0) return undefined;
    const levels = new Map(this.#levels());
    if (levels.has(user) || levels.size > 40) levels.delete([...levels.keys()].find((other) => other !== 0));
    else levels.set(user, 50);
    return {
      type: "m.room.power_levels",
      slot: LEVELS,
      sender: 0,
      content: levelsContent(levels, this.#people, this.#version),
      value: { levels },
    };
  }

  /** By invitation for a while. Nobody forks meanwhile, or resolution would undo what others did under the other rule. */
  #close() {
    if (!this.#branches.none) return undefined;
    this.#closedUntil = this.#at + CLOSED_FOR;
    return this.#joinRules("invite");
  }

  #joinRules(rule) {
    return { type: "m.room.join_rules", slot: JOIN_RULES, sender: 0, content: { join_rule: rule } };
  }

  #closed() {
    return this.#at < this.#closedUntil;
  }

  // Who is there, on this branch.

  #member(user) {
    return get(this.#here.root, FIRST_MEMBER + user);
  }

  #membership(user) {
    return this.#member(user)?.membership;
  }

  #levels() {
    return get(this.#here.root, LEVELS).levels;
  }

  #someMember() {
    for (let tries = 0; tries < 8; tries++) {
      const user = this.#everJoined[this.#random.skewed(this.#everJoined.length)];
      if (this.#membership(user) === "join") return user;
    }
    return 0;
  }

  #somebodyWith(level) {
    const users = [...this.#levels()].filter(([user, has]) => has >= level && this.#membership(user) === "join");
    return users.length === 0 ? 0 : this.#random.pick(users)[0];
  }

  #takeFrom(users, membership) {
    const index = this.#random.below(users.length);
    const user = users[index];
    if (user === undefined || this.#membership(user) !== membership) return undefined;
    users[index] = users.at(-1);
    users.pop();
    return user;
  }

  #earlierMessage() {
    return this.#recent[this.#random.below(this.#recent.length)];
  }

  #memberDraft(sender, user, membership, profile = undefined) {
    const extra = profile ?? (sender === user ? {} : content.reason(this.#random));
    return {
      type: "m.room.member",
      slot: FIRST_MEMBER + user,
      sender,
      content: { ...extra, membership },
      value: {
        membership,
        profile: profile ?? this.#member(user)?.profile ?? {},
        isPower: sender !== user && membership !== "invite",
      },
    };
  }

  // The event.

  #make({ type, slot, sender, content: body, top, value, isTalk }) {
    const version = this.#version;
    const { heads, root } = this.#here;
    const ts = this.#clock + this.#random.below(4000) - 2000;
    const server = this.#people.server(sender);
    const replaced = slot === undefined ? undefined : get(root, slot);
    const reference = version <= 2 ? ({ id, hash }) => [id, { sha256: hash }] : ({ id }) => id;

    const pdu = {
      signatures: { [server.name]: { [server.key]: this.#random.base64(64) } },
      unsigned: this.#unsigned(sender, ts, replaced),
      room_id: this.#roomId,
      ...(version <= 2 && { event_id: `$${this.#at}${this.#random.letters(8)}:${server.name}` }),
      auth_events: this.#authEvents(type, slot, sender, body).map(reference),
      prev_events: heads.map(reference),
      content: body,
      depth: heads.reduce((deepest, head) => Math.max(deepest, head.depth), 0) + 1,
      hashes: undefined,
      origin_server_ts: ts,
      sender: this.#people.id(sender),
      ...(slot !== undefined && { state_key: slot >= FIRST_MEMBER ? this.#people.id(slot - FIRST_MEMBER) : "" }),
      type,
      ...top,
    };
    if (version >= 12 && type === "m.room.create") delete pdu.room_id;
    pdu.hashes = { sha256: contentHash(pdu) };

    const hash = version <= 2 ? referenceHash(pdu, version) : undefined;
    const id = pdu.event_id ?? eventId(pdu, version);
    if (version >= 12 && type === "m.room.create") this.#roomId = `!${id.slice(1)}`;

    this.#branches.grow(
      { id, hash, depth: pdu.depth },
      slot === undefined ? root : set(root, slot, this.#stateValue({ id, hash, ts, value, replaced })),
    );
    if (isTalk) this.#remember({ id, sender: pdu.sender, user: sender });
    return { id, pdu };
  }

  #stateValue({ id, hash, ts, value, replaced }) {
    if (replaced?.old !== undefined && replaced.old.at < this.#at - REMEMBERED) replaced.old = undefined;
    const levelsVersion = get(this.#here.root, LEVELS)?.version ?? 0;
    return {
      id,
      hash,
      at: this.#at,
      ts,
      version: (replaced?.version ?? 0) + 1,
      old: replaced,
      levelsVersion,
      isPower: false,
      ...value,
    };
  }

  /** A server notes the time on its own users' events, and what a state event took the place of. */
  #unsigned(sender, ts, replaced) {
    return {
      ...(this.#people.isLocal(sender) && { age_ts: ts }),
      ...(replaced !== undefined && { replaces_state: replaced.id }),
    };
  }

  /** What the auth rules can ask for, of the state on this branch. */
  #authEvents(type, slot, sender, body) {
    if (type === "m.room.create") return [];
    const slots = this.#version >= 12 ? [LEVELS] : [CREATE, LEVELS];
    slots.push(FIRST_MEMBER + sender);
    if (type === "m.room.member") {
      if (slot !== FIRST_MEMBER + sender) slots.push(slot);
      if (body.membership === "join" || body.membership === "invite") slots.push(JOIN_RULES);
    }
    return slots.map((wanted) => get(this.#here.root, wanted)).filter((value) => value !== undefined);
  }

  #remember(message) {
    if (this.#recent.length < RECENT) this.#recent.push(message);
    else this.#recent[this.#random.below(RECENT)] = message;
  }
}
