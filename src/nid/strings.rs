//! The interned strings of one room: event ids, event types, and state keys with user ids.

use super::recent::Recent;
use super::users::Users;
use super::{
    EventNid, EventStateKeyNid, EventTypeNid, Interner, InternerFull, WELL_KNOWN_STATE_KEYS, WELL_KNOWN_TYPES,
};

/// How many events are looked ahead at: enough lines of memory to wait for at once.
const AT_ONCE: usize = 8;

/// The three interners of a room. Senders live among the state keys, so that the slot of a sender's own membership is
/// found without touching a string.
#[derive(Clone, Debug)]
pub struct Strings {
    event_ids: Interner,
    recent: Recent,
    types: Interner,
    state_keys: Interner,
    users: Users,
}

/// How many strings a room held at some point; see [`Strings::rollback`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StringsMark {
    event_ids: usize,
    types: usize,
    state_keys: usize,
}

impl StringsMark {
    /// Returns how many event ids there were.
    #[must_use]
    pub fn events(&self) -> usize {
        self.event_ids
    }
}

impl Strings {
    /// Returns interners that hold the well-known types and keys alone. `seed` keys their hashes and shows nowhere.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let with = |strings: &[&str]| {
            let mut interner = Interner::new(seed);
            for string in strings {
                // Seven short strings always fit.
                let _ = interner.intern(string);
            }
            interner
        };
        Self {
            event_ids: with(&[]),
            recent: Recent::default(),
            types: with(&WELL_KNOWN_TYPES),
            state_keys: with(&WELL_KNOWN_STATE_KEYS),
            users: Users::default(),
        }
    }

    /// Returns the NID of an event id, interning it if it is new.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_event(&mut self, id: &str) -> Result<EventNid, InternerFull> {
        match id.as_bytes().try_into().ok().and_then(|bytes| self.recent.find(bytes)) {
            Some(nid) => Ok(nid),
            None => self.intern_new_event(id),
        }
    }

    /// As [`Strings::intern_event`], for an id that is most likely new.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_new_event(&mut self, id: &str) -> Result<EventNid, InternerFull> {
        let nid = EventNid::from_index(self.event_ids.intern(id)?);
        if let Ok(bytes) = id.as_bytes().try_into() {
            self.recent.insert(bytes, nid, self.event_ids.len());
        }
        Ok(nid)
    }

    /// As [`Strings::intern_event`], for an id that an event of this sender names among its auth events.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_auth_event(&mut self, id: &str, sender: EventStateKeyNid) -> Result<EventNid, InternerFull> {
        let Ok(bytes) = id.as_bytes().try_into() else { return self.intern_new_event(id) };
        if let Some(nid) = self.recent.find(bytes).or_else(|| self.users.membership(sender, bytes)) {
            return Ok(nid);
        }
        let nid = self.intern_new_event(id)?;
        self.users.set_membership(sender, bytes, nid);
        Ok(nid)
    }

    /// Returns whether this is the NID of an event type.
    #[inline]
    #[must_use]
    pub fn is_type(&self, nid: EventTypeNid, name: &str) -> bool {
        self.types.is(nid.index(), name)
    }

    /// Returns the NID of an event type, interning it if it is new.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_type(&mut self, name: &str) -> Result<EventTypeNid, InternerFull> {
        self.types.intern(name).map(EventTypeNid::from_index)
    }

    /// Returns the NID of a state key or user id, interning it if it is new.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_state_key(&mut self, key: &str) -> Result<EventStateKeyNid, InternerFull> {
        self.state_keys.intern(key).map(EventStateKeyNid::from_index)
    }

    /// As [`Strings::intern_state_key`], for the sender of an event.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn intern_sender(&mut self, user: &str) -> Result<EventStateKeyNid, InternerFull> {
        let index = self.state_keys.intern_known(user, |index| self.users.is(index, user))?;
        let nid = EventStateKeyNid::from_index(index);
        self.users.note(nid, user);
        Ok(nid)
    }

    /// Looks at what the ids and senders of the next events, up to eight, will be looked up in, as far as they are known: in a large room that
    /// is anywhere in memory, and a processor waits for one line of it as long as for several that it is asked for together.
    pub fn look_ahead<'a>(&self, events: impl Iterator<Item = [Option<&'a str>; 2]>) {
        let mut homes = [(0, 0); AT_ONCE];
        for ([id, sender], home) in events.zip(&mut homes) {
            *home =
                (id.map_or(0, |id| self.event_ids.home(id)), sender.map_or(0, |sender| self.state_keys.home(sender)));
        }
        // Nothing but loads, so that one follows the other at once.
        let users = homes.map(|(_, sender)| self.state_keys.at_home(sender));
        let ids = homes.map(|(id, _)| self.event_ids.at_home(id));
        let lines = users.map(|user| self.users.probe(user));
        core::hint::black_box((ids, lines));
    }

    /// Returns the NID of an event id that has been seen.
    #[must_use]
    pub fn find_event(&self, id: &str) -> Option<EventNid> {
        self.event_ids.find(id).map(EventNid::from_index)
    }

    /// Returns the NID of an event type that has been seen.
    #[must_use]
    pub fn find_type(&self, name: &str) -> Option<EventTypeNid> {
        self.types.find(name).map(EventTypeNid::from_index)
    }

    /// Returns the NID of a state key or user id that has been seen.
    #[must_use]
    pub fn find_state_key(&self, key: &str) -> Option<EventStateKeyNid> {
        self.state_keys.find(key).map(EventStateKeyNid::from_index)
    }

    /// Returns the event id with this NID.
    #[must_use]
    pub fn event_id(&self, nid: EventNid) -> &str {
        self.event_ids.get(nid.index())
    }

    /// Returns the event type with this NID.
    #[must_use]
    pub fn event_type(&self, nid: EventTypeNid) -> &str {
        self.types.get(nid.index())
    }

    /// Returns the state key or user id with this NID.
    #[must_use]
    pub fn state_key(&self, nid: EventStateKeyNid) -> &str {
        self.state_keys.get(nid.index())
    }

    /// Returns the length in bytes of the longest of an event's own strings, without looking at them.
    #[must_use]
    pub fn longest(&self, event: EventNid, kind: EventTypeNid, keys: [Option<EventStateKeyNid>; 2]) -> usize {
        let keys = keys.map(|key| key.map_or(0, |key| self.state_keys.length(key.index())));
        self.event_ids.length(event.index()).max(self.types.length(kind.index())).max(keys[0]).max(keys[1])
    }

    /// Returns whether any string may be longer than `length` bytes: [`Strings::longest`] need not be asked if not.
    #[must_use]
    pub fn may_exceed(&self, length: usize) -> bool {
        [&self.event_ids, &self.types, &self.state_keys].into_iter().any(|strings| strings.may_exceed(length))
    }

    /// Returns the length in bytes of an event id.
    #[must_use]
    pub fn event_id_length(&self, nid: EventNid) -> usize {
        self.event_ids.length(nid.index())
    }

    /// Returns how many event ids have been seen; their NIDs are 1 to this.
    #[must_use]
    pub fn events(&self) -> usize {
        self.event_ids.len()
    }

    /// Returns how many event types have been seen; their NIDs are 1 to this.
    #[must_use]
    pub fn types(&self) -> usize {
        self.types.len()
    }

    /// Returns how many state keys and user ids have been seen; their NIDs are 1 to this.
    #[must_use]
    pub fn state_keys(&self) -> usize {
        self.state_keys.len()
    }

    /// Returns where the interners stand now.
    #[must_use]
    pub fn mark(&self) -> StringsMark {
        StringsMark { event_ids: self.event_ids.len(), types: self.types.len(), state_keys: self.state_keys.len() }
    }

    /// Forgets every string interned since `mark`.
    pub fn rollback(&mut self, mark: StringsMark) {
        self.recent.clear();
        self.users.clear();
        self.event_ids.truncate(mark.event_ids);
        self.types.truncate(mark.types);
        self.state_keys.truncate(mark.state_keys);
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.event_ids.memory_bytes()
            + self.recent.memory_bytes()
            + self.types.memory_bytes()
            + self.state_keys.memory_bytes()
            + self.users.memory_bytes()
    }
}
