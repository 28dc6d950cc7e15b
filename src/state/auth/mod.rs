//! The authorization rules: whether an event is allowed, room versions 1 to 12.
//!
//! Pure functions over the columns of events; nothing here changes a room. The rules are those of the Matrix specification
//! ("Authorization rules" of each room version) in the order in which Synapse 1.163 applies them, with its answers where
//! the specification leaves something open. An event goes through [`Rules::size_limits`] and
//! [`Rules::state_independent`] once; through [`Rules::state_dependent`] against its own auth events, against the state
//! before it, against the room's state when it arrives, and again whenever resolution tries it.
//!
//! Three things are not checked here, because nothing here holds what they need: that all events are of one room, that a
//! version 12 create event has no room id (both are found when events are read), and signatures of events.
//!
//! Relies on [`crate::event`] (columns, facts, room versions) and [`crate::nid`].

mod describe;
mod ed25519;
mod levels;
mod member;
mod power_levels;
mod refusal;
mod slots;

pub use levels::CREATOR_LEVEL;
pub use refusal::{LevelGap, Refusal, RefusalCode, Subject};
pub use slots::AuthSlots;

use crate::event::content::{AdditionalCreators, AuthorisedVia, Create, Creator, LevelName, Membership, Redacts};
use crate::event::content::{VersionName, domain};
use crate::event::table::{EventTable, Head, Verdict};
use crate::event::version::{EventFormat, RoomVersion};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Strings};

/// The longest sender, type, state key, room id or event id, in bytes.
pub const MAX_ID_BYTES: usize = 255;

/// The rules of one room.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    table: &'a EventTable,
    strings: &'a Strings,
    version: &'a RoomVersion,
    create: Option<EventNid>,
    room_id: Option<&'a str>,
    aliases: Option<EventTypeNid>,
}

type Check = Result<(), Refusal>;

/// Makes a refusal that is about the event itself.
const fn refuse(rule: RefusalCode) -> Check {
    Err(Refusal::new(rule))
}

impl<'a> Rules<'a> {
    /// Returns the rules over these columns. `create` is the room's create event, held or not: version 12 implies it in
    /// every event's auth events. `room_id` is checked against the create event's sender in versions 1 to 11, if given.
    #[must_use]
    pub fn new(
        table: &'a EventTable,
        strings: &'a Strings,
        version: &'a RoomVersion,
        create: Option<EventNid>,
        room_id: Option<&'a str>,
    ) -> Self {
        let aliases = if version.special_case_aliases_auth { strings.find_type("m.room.aliases") } else { None };
        Self { table, strings, version, create, room_id, aliases }
    }

    /// Checks that none of an event's ids is longer than 255 bytes.
    ///
    /// Synapse has always dropped events with an id of more than 255 characters. Of those whose ids have fewer characters
    /// but more bytes it keeps the ones of versions 1 to 10 as rejected (`oversized_event`) and drops the others.
    ///
    /// # Errors
    /// The refusal, if one is longer.
    pub fn size_limits(&self, event: EventNid) -> Check {
        let (Some(kind), Some(sender)) = (self.table.kind(event), self.table.sender(event)) else {
            return refuse(RefusalCode::NotHeld);
        };
        let room_id = self.room_id.map_or(0, str::len);
        let own = || self.strings.longest(event, kind, [Some(sender), self.table.state_key(event)]);
        if room_id > MAX_ID_BYTES || self.strings.may_exceed(MAX_ID_BYTES) && own() > MAX_ID_BYTES {
            return refuse(RefusalCode::Oversized);
        }
        Ok(())
    }

    /// Checks an event by what needs no state: a create event's content, any other's list of auth events.
    ///
    /// A verdict of rejected on an auth event counts; any other (an outlier's) passes. [`RefusalCode::MissingAuthEvent`]
    /// says that the event cannot be judged yet, not that it is to be rejected.
    ///
    /// # Errors
    /// The first refusal.
    pub fn state_independent(&self, event: EventNid) -> Check {
        self.named_slots(event, &mut AuthSlots::default())
    }

    /// As [`Rules::state_independent`]; fills in [`Rules::auth_slots`] with the auth event that the event names for each.
    ///
    /// # Errors
    /// The first refusal; what is in `slots` means nothing then.
    pub fn named_slots(&self, event: EventNid, slots: &mut AuthSlots) -> Check {
        slots.clear();
        let Some(head) = self.table.head(event) else { return refuse(RefusalCode::NotHeld) };
        if head.kind == EventTypeNid::CREATE {
            return self.check_create(event);
        }
        self.fill_in(event, head, slots);
        let mut has_create = false;
        for &auth_event in self.table.auth_events(event) {
            let blame = |rule| Err(Refusal::new(rule).blame(Some(auth_event)));
            let Some(own) = self.table.head(auth_event) else { return blame(RefusalCode::MissingAuthEvent) };
            let position = own.state_key.and_then(|key| slots.position(own.kind, key));
            let (Some(position), Some(slot)) = (position, own.slot) else {
                return blame(RefusalCode::UnexpectedAuthEvent);
            };
            if own.kind == EventTypeNid::CREATE {
                if self.version.room_id_is_hash() {
                    return blame(RefusalCode::CreateInAuthEvents);
                }
                has_create = true;
            }
            if !slots.name(position, auth_event, slot) {
                return blame(RefusalCode::DuplicateAuthEvent);
            }
            if own.verdict == Verdict::Rejected {
                return blame(RefusalCode::RejectedAuthEvent);
            }
        }
        if self.version.room_id_is_hash() {
            let Some(create) = self.create else { return refuse(RefusalCode::NoCreateEvent) };
            let blame = |rule| Err(Refusal::new(rule).blame(self.create));
            let Some(implied) = self.table.head(create) else { return blame(RefusalCode::MissingAuthEvent) };
            if implied.verdict == Verdict::Rejected {
                return blame(RefusalCode::RejectedAuthEvent);
            }
            if let (Some(position), Some(slot)) =
                (slots.position(EventTypeNid::CREATE, EventStateKeyNid::EMPTY), implied.slot)
            {
                slots.name(position, create, slot);
            }
        } else if !has_create {
            return refuse(RefusalCode::NoCreateEvent);
        }
        Ok(())
    }

    #[cold]
    fn check_create(&self, event: EventNid) -> Check {
        let (Some(sender), Some(create)) = (self.table.sender(event), self.table.facts().create(event)) else {
            return refuse(RefusalCode::NotHeld);
        };
        if !self.table.prev_events(event).is_empty() {
            return refuse(RefusalCode::CreateHasParents);
        }
        if let (Some(room_id), false) = (self.room_id, self.version.room_id_is_hash()) {
            let server = domain(self.strings.state_key(sender));
            if server.is_none() || domain(room_id) != server {
                return refuse(RefusalCode::CreateRoomId);
            }
        }
        match &create.room_version {
            VersionName::Absent => {}
            VersionName::Is(name) if RoomVersion::find(name).is_some() => {}
            VersionName::Is(_) | VersionName::Malformed => return refuse(RefusalCode::UnsupportedRoomVersion),
        }
        if !self.version.implicit_room_creator && create.creator == Creator::Absent {
            return refuse(RefusalCode::NoCreator);
        }
        if self.version.creators_outrank && create.additional_creators == AdditionalCreators::Malformed {
            return refuse(RefusalCode::BadAdditionalCreators);
        }
        Ok(())
    }

    /// Returns which state has a say in whether the event is allowed (specification, server-server API, "Auth events
    /// selection"): the slots that its auth events may set. Empty for a create event and for one that is not held.
    #[must_use]
    pub fn auth_slots(&self, event: EventNid) -> AuthSlots {
        let mut slots = AuthSlots::default();
        if let Some(head) = self.table.head(event)
            && head.kind != EventTypeNid::CREATE
        {
            self.fill_in(event, head, &mut slots);
        }
        slots
    }

    fn fill_in(&self, event: EventNid, Head { kind, state_key, sender, .. }: Head, slots: &mut AuthSlots) {
        slots.push(EventTypeNid::CREATE, EventStateKeyNid::EMPTY);
        slots.push(EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY);
        slots.push(EventTypeNid::MEMBER, sender);
        let (EventTypeNid::MEMBER, Some(target)) = (kind, state_key) else { return };
        slots.push(EventTypeNid::MEMBER, target);
        let facts = self.table.facts();
        let membership = facts.membership(event);
        if let Membership::Join | Membership::Invite | Membership::Knock = membership {
            slots.push(EventTypeNid::JOIN_RULES, EventStateKeyNid::EMPTY);
        }
        if membership == Membership::Invite {
            let signed = facts.third_party_invite(event).and_then(|invite| invite.signed.as_ref());
            if let Some(token) = signed.and_then(|signed| signed.token) {
                slots.push(EventTypeNid::THIRD_PARTY_INVITE, token);
            }
        }
        if membership == Membership::Join
            && self.version.restricted_join_rule
            && let Some(AuthorisedVia::User(user)) = facts.authorised_via(event)
        {
            slots.push(EventTypeNid::MEMBER, user);
        }
    }

    /// Checks an event against a state. `get` returns the event in a slot of that state; it is asked only for slots in
    /// [`Rules::auth_slots`], and what it returns is taken as it is, rejected or not. In version 12 the room's create event
    /// need not be in the state.
    ///
    /// # Errors
    /// The first refusal.
    pub fn state_dependent(
        &self,
        event: EventNid,
        get: impl Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>,
    ) -> Check {
        self.check_against(event, &get)
    }

    // Compiled once for all states that an event is held against: the rules are kilobytes, a call by reference is
    // nothing beside them.
    fn check_against(
        &self,
        event: EventNid,
        get: &dyn Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>,
    ) -> Check {
        let Some(Head { kind, state_key, sender, .. }) = self.table.head(event) else {
            return refuse(RefusalCode::NotHeld);
        };
        if kind == EventTypeNid::CREATE {
            return Ok(());
        }
        let create_event = get(EventTypeNid::CREATE, EventStateKeyNid::EMPTY).or_else(|| self.implied_create());
        let Some((create_event, create)) =
            create_event.and_then(|event| Some((event, self.table.facts().create(event)?)))
        else {
            return refuse(RefusalCode::NoCreateEvent);
        };
        let state = State { rules: self, event, sender, create_event, create, get };
        if !create.federate {
            state.check_federation(sender)?;
        }
        if self.aliases == Some(kind) {
            return state.check_aliases(state_key);
        }
        if kind == EventTypeNid::MEMBER {
            return state.check_member(state_key);
        }
        state.check_joined(sender, RefusalCode::SenderNotJoined)?;
        let powers = state.powers();
        let level = powers.user_level(sender)?;
        if kind == EventTypeNid::THIRD_PARTY_INVITE {
            let needed = powers.named(LevelName::Invite)?;
            return powers.need(level, needed, RefusalCode::InviteLevel);
        }
        powers.need(level, powers.send_level(kind, state_key.is_some())?, RefusalCode::SendLevel)?;
        if let Some(key) = state_key
            && key != sender
            && key != EventStateKeyNid::EMPTY
            && self.strings.state_key(key).starts_with('@')
        {
            return Err(Refusal::new(RefusalCode::StateKeyOfAnother).about(Subject::User(key)));
        }
        match kind {
            EventTypeNid::POWER_LEVELS => state.check_power_levels(state_key, &powers, level),
            EventTypeNid::REDACTION => state.check_redaction(&powers, level),
            _ => Ok(()),
        }
    }

    /// Returns whether resolution (v2, v2.1) sorts the event among the power events: those that set power levels, join
    /// rules or create, and those by which somebody removes or bans another.
    #[must_use]
    pub fn is_power_event(&self, event: EventNid) -> bool {
        let Some(key) = self.table.state_key(event) else { return false };
        match self.table.kind(event) {
            Some(EventTypeNid::POWER_LEVELS | EventTypeNid::JOIN_RULES | EventTypeNid::CREATE) => {
                key == EventStateKeyNid::EMPTY
            }
            Some(EventTypeNid::MEMBER) => {
                matches!(self.table.facts().membership(event), Membership::Leave | Membership::Ban)
                    && self.table.sender(event) != Some(key)
            }
            _ => false,
        }
    }

    /// Returns the create event that version 12 implies, unless it was rejected.
    fn implied_create(&self) -> Option<EventNid> {
        let create = self.create.filter(|_| self.version.room_id_is_hash())?;
        (self.table.verdict(create) != Verdict::Rejected).then_some(create)
    }
}

/// One event against one state.
struct State<'r, 'a, G> {
    rules: &'r Rules<'a>,
    event: EventNid,
    sender: EventStateKeyNid,
    create_event: EventNid,
    create: &'a Create,
    get: G,
}

impl<G: Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>> State<'_, '_, G> {
    fn member(&self, user: EventStateKeyNid) -> Option<EventNid> {
        (self.get)(EventTypeNid::MEMBER, user)
    }

    fn membership(&self, member: Option<EventNid>) -> Membership {
        member.map_or(Membership::Missing, |member| self.rules.table.facts().membership(member))
    }

    fn check_joined(&self, user: EventStateKeyNid, rule: RefusalCode) -> Check {
        let member = self.member(user);
        if self.membership(member) == Membership::Join {
            return Ok(());
        }
        Err(Refusal::new(rule).blame(member).about(Subject::User(user)))
    }

    /// Refuses users of other servers than the creator's.
    #[inline(never)]
    fn check_federation(&self, user: EventStateKeyNid) -> Check {
        let server = |user| domain(self.rules.strings.state_key(user));
        let creator = self.rules.table.sender(self.create_event);
        match server(user) {
            None => Err(Refusal::new(RefusalCode::NotAUserId).about(Subject::User(user))),
            own if own == creator.and_then(server) => Ok(()),
            Some(_) => {
                Err(Refusal::new(RefusalCode::NotFederated).blame(Some(self.create_event)).about(Subject::User(user)))
            }
        }
    }

    #[inline(never)]
    fn check_aliases(&self, state_key: Option<EventStateKeyNid>) -> Check {
        let own = domain(self.rules.strings.state_key(self.sender));
        match state_key.filter(|&key| key != EventStateKeyNid::EMPTY) {
            Some(key) if Some(self.rules.strings.state_key(key)) == own => Ok(()),
            _ => refuse(RefusalCode::AliasesStateKey),
        }
    }

    #[inline(never)]
    fn check_redaction(&self, powers: &levels::Powers<'_>, level: i64) -> Check {
        let needed = powers.named(LevelName::Redact)?;
        // From version 3 on, whose event is redacted is looked at when the redaction is applied.
        if level >= needed || self.rules.version.format != EventFormat::ChosenIds {
            return Ok(());
        }
        match self.rules.table.facts().redacts(self.event) {
            Redacts::Nothing | Redacts::SameServer => Ok(()),
            Redacts::OtherServer | Redacts::Malformed => powers.need(level, needed, RefusalCode::RedactLevel),
        }
    }
}

#[cfg(test)]
mod tests;
