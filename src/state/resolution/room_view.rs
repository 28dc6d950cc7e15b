//! What a resolution reads of the room.

use crate::event::table::{EventTable, Verdict};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slots, Strings};
use crate::state::auth::Rules;

/// The columns of a room, its rules and its auth DAG (`graph`).
#[derive(Clone, Copy, Debug)]
pub struct RoomView<'a, G> {
    /// The events. Those with a verdict of rejected do not get into resolved state, and authorise nothing.
    pub events: &'a EventTable,
    /// Event ids, which decide what nothing else does.
    pub strings: &'a Strings,
    /// The slots of the state maps.
    pub slots: &'a Slots,
    /// The room version.
    pub version: &'a RoomVersion,
    /// The rules, over the same columns.
    pub rules: Rules<'a>,
    /// The create event, held or not: in version 12 every other event's auth events imply it.
    pub create: Option<EventNid>,
    /// Whether events were checked against their own auth events by these rules: which of them were checked and not
    /// rejected have then passed.
    pub trusts_checks: bool,
    /// The auth DAG, for walks in both directions.
    pub graph: &'a G,
}

impl<'a, G> RoomView<'a, G> {
    pub(super) fn id(&self, event: EventNid) -> &'a str {
        self.strings.event_id(event)
    }

    /// Returns an event's auth events, held or not, with the one that version 12 implies.
    pub(super) fn auth_events(&self, event: EventNid) -> impl DoubleEndedIterator<Item = EventNid> + 'a {
        let implied = self.create.filter(|&create| self.version.room_id_is_hash() && create != event);
        implied.into_iter().chain(self.events.auth_events(event).iter().copied())
    }

    /// Returns whether the event is held and sets the room's power levels.
    #[inline]
    pub(super) fn is_power_levels(&self, event: EventNid) -> bool {
        self.is_of(event, EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY)
    }

    /// Returns the first held power levels event among an event's auth events.
    #[inline]
    pub(super) fn power_levels_above(&self, event: EventNid) -> Option<EventNid> {
        self.events.auth_events(event).iter().copied().find(|&event| self.is_power_levels(event))
    }

    #[inline]
    pub(super) fn is_of(&self, event: EventNid, kind: EventTypeNid, key: EventStateKeyNid) -> bool {
        self.events.kind(event) == Some(kind) && self.events.state_key(event) == Some(key)
    }

    /// Returns whether the event is held and was not rejected, so that it can authorise others.
    #[inline]
    pub(super) fn authorises(&self, event: EventNid) -> bool {
        self.events.holds(event) && self.events.verdict(event) != Verdict::Rejected
    }
}
