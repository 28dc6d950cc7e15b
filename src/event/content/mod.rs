//! What the auth rules and state resolution read of an event's content.
//!
//! An event's content is read once, when the event is taken in, and only for the few types that can matter: a byte in a
//! column for what most of them say (a membership, a join rule), maps beside it for the rest. Strings become numbers.
//! Reading never fails because content is malformed: that becomes a fact, on which the rules refuse later. Of a key that
//! stands twice in an object the last counts. Relies on [`crate::nid`] and on the JSON reader beside it.

mod create;
mod id;
mod level;
mod member;
mod power_levels;
mod third_party;
mod write;

pub use create::{AdditionalCreators, Create, Creator, VersionName};
pub use id::{domain, is_user_id};
pub use level::{Level, MalformedLevel};
pub use member::{AuthorisedVia, JoinRule, Membership, Redacts};
pub use power_levels::{LevelMap, LevelName, PowerLevels, Shape};
pub use third_party::{Signed, ThirdPartyInvite, ThirdPartyKeys};

use super::json::JsonError;
use crate::column::Column;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, InternerFull, Strings};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Keys are numbers that the interner hands out, not chosen by input: the hash needs no secret.
type ByEvent<T> = HashMap<EventNid, T, FixedState>;

/// What the rules read of the contents of a room's events.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// A membership with its flags, a join rule or what a redaction names, by the event's type; not 0 for every event
    /// with an entry in one of the maps.
    tags: Column<u8>,
    creates: ByEvent<Box<Create>>,
    power_levels: ByEvent<Box<PowerLevels>>,
    authorised_via: ByEvent<AuthorisedVia>,
    third_party_invites: ByEvent<Box<ThirdPartyInvite>>,
    third_party_keys: ByEvent<Box<ThirdPartyKeys>>,
}

/// The tag of an event of which only a map says more.
const IN_MAP: u8 = 1;

impl Facts {
    /// Reads the content of event `nid`: `content` is the text of a well-formed JSON object, `redacts` the event's own
    /// key of that name if it is a string (room versions 1 to 10). Returns at once for most types.
    ///
    /// # Errors
    /// If there is no room for the strings in it; nothing is kept of the event then.
    pub fn read(
        &mut self,
        nid: EventNid,
        kind: EventTypeNid,
        state_key: Option<EventStateKeyNid>,
        content: &str,
        redacts: Option<&str>,
        strings: &mut Strings,
    ) -> Result<(), InternerFull> {
        let tag = match (kind, state_key) {
            (EventTypeNid::MEMBER, Some(_)) => {
                let member = member::Member::read(content, strings)?;
                if let Some(via) = member.authorised_via {
                    self.authorised_via.insert(nid, via);
                }
                let tag = member.tag();
                if let Some(invite) = member.third_party_invite {
                    self.third_party_invites.insert(nid, invite);
                }
                tag
            }
            (EventTypeNid::REDACTION, _) => member::Redacts::read(strings.event_id(nid), redacts).tag(),
            (EventTypeNid::JOIN_RULES, Some(_)) => member::JoinRule::read(content).tag(),
            (EventTypeNid::POWER_LEVELS, Some(_)) => {
                self.power_levels.insert(nid, Box::new(PowerLevels::read(content, strings)?));
                IN_MAP
            }
            (EventTypeNid::CREATE, _) => {
                self.creates.insert(nid, Box::new(Create::read(content, strings)?));
                IN_MAP
            }
            (EventTypeNid::THIRD_PARTY_INVITE, Some(_)) => {
                self.third_party_keys.insert(nid, Box::new(ThirdPartyKeys::read(content)));
                IN_MAP
            }
            _ => return Ok(()),
        };
        self.tags.grow(nid.index() + 1, 0);
        self.tags.set(nid.index(), tag);
        Ok(())
    }

    /// Forgets an event.
    pub fn forget(&mut self, nid: EventNid) {
        match self.tags.get_mut(nid.index()) {
            Some(tag) if *tag != 0 => *tag = 0,
            _ => return,
        }
        self.creates.remove(&nid);
        self.power_levels.remove(&nid);
        self.authorised_via.remove(&nid);
        self.third_party_invites.remove(&nid);
        self.third_party_keys.remove(&nid);
    }

    /// Returns the membership that a member event sets.
    #[inline]
    #[must_use]
    pub fn membership(&self, nid: EventNid) -> Membership {
        Membership::of(self.tag(nid))
    }

    /// Returns `join_authorised_via_users_server` of a member event, if it has that key.
    #[must_use]
    pub fn authorised_via(&self, nid: EventNid) -> Option<AuthorisedVia> {
        if member::is_authorised(self.tag(nid)) { self.authorised_via.get(&nid).copied() } else { None }
    }

    /// Returns `third_party_invite` of a member event, if it has that key.
    #[must_use]
    pub fn third_party_invite(&self, nid: EventNid) -> Option<&ThirdPartyInvite> {
        if member::has_third_party_invite(self.tag(nid)) { Some(self.third_party_invites.get(&nid)?) } else { None }
    }

    /// Returns the rule that a join rules event sets.
    #[must_use]
    pub fn join_rule(&self, nid: EventNid) -> JoinRule {
        JoinRule::of(self.tag(nid))
    }

    /// Returns what is known of the event that a redaction names.
    #[must_use]
    pub fn redacts(&self, nid: EventNid) -> Redacts {
        Redacts::of(self.tag(nid))
    }

    /// Returns the levels of a power levels event.
    #[inline]
    #[must_use]
    pub fn power_levels(&self, nid: EventNid) -> Option<&PowerLevels> {
        Some(self.power_levels.get(&nid)?)
    }

    /// Returns the content of a create event.
    #[inline]
    #[must_use]
    pub fn create(&self, nid: EventNid) -> Option<&Create> {
        Some(self.creates.get(&nid)?)
    }

    /// Returns the public keys of an `m.room.third_party_invite` event.
    #[must_use]
    pub fn third_party_keys(&self, nid: EventNid) -> Option<&ThirdPartyKeys> {
        Some(self.third_party_keys.get(&nid)?)
    }

    /// Returns the bytes of memory held, the few bytes of third-party invites aside.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let mut bytes = self.tags.memory_bytes()
            + self.creates.allocation_size()
            + self.power_levels.allocation_size()
            + self.authorised_via.allocation_size()
            + self.third_party_invites.allocation_size()
            + self.third_party_keys.allocation_size();
        // A sum does not depend on the order.
        #[allow(clippy::iter_over_hash_type)]
        for levels in self.power_levels.values() {
            bytes += levels.memory_bytes();
        }
        bytes
    }

    #[inline]
    fn tag(&self, nid: EventNid) -> u8 {
        self.tags.get(nid.index()).copied().unwrap_or_default()
    }
}

/// Why reading stopped.
#[derive(Clone, Copy, Debug)]
enum Stop {
    /// The text is not the JSON that the caller has checked: what has been read so far is kept.
    Json,
    Full(InternerFull),
}

impl From<JsonError> for Stop {
    fn from(_: JsonError) -> Self {
        Self::Json
    }
}

impl From<InternerFull> for Stop {
    fn from(full: InternerFull) -> Self {
        Self::Full(full)
    }
}

/// Keeps the one error that a caller can do something about.
fn full(result: Result<(), Stop>) -> Result<(), InternerFull> {
    match result {
        Err(Stop::Full(full)) => Err(full),
        Ok(()) | Err(Stop::Json) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
