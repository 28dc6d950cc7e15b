//! Who has which power level, and which level is needed for what.

use super::{Check, Refusal, RefusalCode, Rules, State, Subject};
use crate::event::content::{Create, Creator, Level, LevelName, MalformedLevel, PowerLevels};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};

/// The level of a version 12 room's creators: above every level that can be set (MSC4289).
pub const CREATOR_LEVEL: i64 = 1 << 53;

/// The level of the creator of a room without power levels.
const LONE_CREATOR_LEVEL: i64 = 100;

impl Rules<'_> {
    /// Returns the user who is the room's creator by this create event: its sender from version 11 on, `creator` of its
    /// content before.
    #[must_use]
    pub fn creator(&self, create_event: EventNid) -> Option<EventStateKeyNid> {
        if self.version.implicit_room_creator {
            return self.table.sender(create_event);
        }
        match self.table.facts().create(create_event)?.creator {
            Creator::Is(user) => Some(user),
            Creator::Absent | Creator::Malformed => None,
        }
    }

    /// Returns whether nobody's level is above the user's: whether they are among the creators of a version 12 room.
    #[must_use]
    pub fn outranks(&self, create_event: EventNid, user: EventStateKeyNid) -> bool {
        self.version.creators_outrank
            && (self.table.sender(create_event) == Some(user)
                || self.table.facts().create(create_event).is_some_and(|create| create.names_creator(user)))
    }

    /// Returns a user's power level in a state with these create and power levels events: [`CREATOR_LEVEL`] for creators
    /// in version 12; without power levels 100 for the creator and 0 for others.
    ///
    /// # Errors
    /// If the power levels hold something else than a level where the user's should be.
    pub fn user_level(
        &self,
        user: EventStateKeyNid,
        create: Option<EventNid>,
        power_levels: Option<EventNid>,
    ) -> Result<i64, MalformedLevel> {
        if create.is_some_and(|create| self.outranks(create, user)) {
            return Ok(CREATOR_LEVEL);
        }
        match power_levels.and_then(|event| self.table.facts().power_levels(event)) {
            Some(levels) => level_in(levels, user),
            None if create.and_then(|create| self.creator(create)) == Some(user) => Ok(LONE_CREATOR_LEVEL),
            None => Ok(0),
        }
    }

    /// Returns the power level by which resolution (v2, v2.1) sorts a power event: that of its sender by the event's own
    /// auth events, rejected ones included. Of several power levels events the last counts. Power levels that cannot be
    /// read give 0; Synapse fails there.
    #[must_use]
    pub fn sort_level(&self, event: EventNid) -> i64 {
        let Some(sender) = self.table.sender(event) else { return 0 };
        let mut create = None;
        let mut power_levels = None;
        for &auth_event in self.table.auth_events(event) {
            if self.table.state_key(auth_event) != Some(EventStateKeyNid::EMPTY) {
                continue;
            }
            match self.table.kind(auth_event) {
                Some(EventTypeNid::CREATE) => create = Some(auth_event),
                Some(EventTypeNid::POWER_LEVELS) => power_levels = Some(auth_event),
                _ => {}
            }
        }
        if self.version.room_id_is_hash() && self.table.kind(event) != Some(EventTypeNid::CREATE) {
            create = self.create;
        }
        self.user_level(sender, create, power_levels).unwrap_or(0)
    }
}

#[inline]
fn level_in(levels: &PowerLevels, user: EventStateKeyNid) -> Result<i64, MalformedLevel> {
    if levels.users.is_malformed() {
        return Err(MalformedLevel);
    }
    let own = levels.users.get(user).map_or(Ok(None), Level::looked_up)?;
    match own {
        Some(level) => Ok(level),
        None => named_in(levels, LevelName::UsersDefault),
    }
}

#[inline]
fn named_in(levels: &PowerLevels, name: LevelName) -> Result<i64, MalformedLevel> {
    let level = levels.named(name).map_or(Ok(None), Level::looked_up)?;
    Ok(level.unwrap_or(name.default_level()))
}

/// The power levels of a state.
pub(super) struct Powers<'s> {
    rules: &'s Rules<'s>,
    create_event: EventNid,
    event: Option<EventNid>,
    levels: Option<&'s PowerLevels>,
}

impl<'a, G: Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>> State<'_, 'a, G> {
    #[inline]
    pub(super) fn powers(&self) -> Powers<'_> {
        let event = (self.get)(EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY);
        let levels = event.and_then(|event| self.rules.table.facts().power_levels(event));
        Powers { rules: self.rules, create_event: self.create_event, event, levels }
    }

    pub(super) fn create(&self) -> &'a Create {
        self.create
    }
}

impl Powers<'_> {
    /// Returns the power levels event.
    pub(super) fn event(&self) -> Option<EventNid> {
        self.event
    }

    fn readable<T>(&self, level: Result<T, MalformedLevel>) -> Result<T, Refusal> {
        level.map_err(|_| Refusal::new(RefusalCode::MalformedPowerLevels).blame(self.event))
    }

    #[inline]
    pub(super) fn user_level(&self, user: EventStateKeyNid) -> Result<i64, Refusal> {
        if let (Some(levels), false) = (self.levels, self.rules.version.creators_outrank) {
            return self.readable(level_in(levels, user));
        }
        self.readable(self.rules.user_level(user, Some(self.create_event), self.event))
    }

    #[inline]
    pub(super) fn named(&self, name: LevelName) -> Result<i64, Refusal> {
        match self.levels {
            Some(levels) => self.readable(named_in(levels, name)),
            None => Ok(name.default_level()),
        }
    }

    /// Returns the level needed to send events of a type. `null` for the type means that it is not listed; `null` as a
    /// default is no level.
    #[inline]
    pub(super) fn send_level(&self, kind: EventTypeNid, is_state: bool) -> Result<i64, Refusal> {
        let name = if is_state { LevelName::StateDefault } else { LevelName::EventsDefault };
        let Some(levels) = self.levels else { return Ok(name.default_level()) };
        if levels.events.is_malformed() {
            return self.readable(Err(MalformedLevel));
        }
        let listed = levels.events.get(kind).map_or(Ok(None), Level::looked_up);
        match self.readable(listed)? {
            Some(level) => Ok(level),
            None => self.readable(levels.named(name).map_or(Ok(name.default_level()), Level::compared)),
        }
    }

    /// Refuses the event by `rule` unless the sender's level is at least what is needed.
    #[inline]
    pub(super) fn need(&self, level: i64, needed: i64, rule: RefusalCode) -> Check {
        if level >= needed {
            return Ok(());
        }
        Err(Refusal::new(rule).blame(self.event).levels(needed, level))
    }

    /// Refuses the event by `rule` unless the sender's level is above the target's.
    pub(super) fn need_above(&self, level: i64, target: EventStateKeyNid, rule: RefusalCode) -> Check {
        let target_level = self.user_level(target)?;
        if level > target_level {
            return Ok(());
        }
        Err(Refusal::new(rule).blame(self.event).about(Subject::User(target)).levels(target_level, level))
    }
}
