//! Which messages have passed the rules, for the next ones like them.
//!
//! Whether a message is allowed by its own auth events follows from its type, its sender and those events; nothing else of
//! it counts but the length of its id. People send many messages under one list of auth events, so of ten messages nine
//! are like one that has passed. A small table holds the latest of these; one that is overwritten is checked anew.

use crate::event::table::{EventTable, Verdict};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};

const PLACES: usize = 1 << 10;
/// Create, power levels and the sender's membership.
const AUTH_EVENTS: usize = 3;

/// A message, as far as the rules see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Message {
    kind: EventTypeNid,
    sender: EventStateKeyNid,
    auth_events: [Option<EventNid>; AUTH_EVENTS],
}

impl Message {
    /// Returns what the rules see of an event, unless it is of a kind of which they see more: state, and redactions.
    pub(super) fn of(events: &EventTable, nid: EventNid) -> Option<Self> {
        let (kind, sender) = (events.kind(nid)?, events.sender(nid)?);
        if events.state_key(nid).is_some() || kind == EventTypeNid::REDACTION {
            return None;
        }
        let mut auth_events = [None; AUTH_EVENTS];
        let named = events.auth_events(nid);
        for (entry, &event) in auth_events.get_mut(..named.len())?.iter_mut().zip(named) {
            *entry = Some(event);
        }
        Some(Self { kind, sender, auth_events })
    }

    fn place(self) -> usize {
        (self.sender.index() ^ self.kind.index() << 7) % PLACES
    }
}

/// The latest messages that have passed.
#[derive(Debug, Default)]
pub(super) struct Passed {
    messages: Vec<Option<Message>>,
}

impl Passed {
    /// Returns whether such a message has passed, and none of its auth events has been rejected since.
    pub(super) fn contains(&self, events: &EventTable, message: Message) -> bool {
        let rejected = |&event: &EventNid| events.verdict(event) == Verdict::Rejected;
        self.messages.get(message.place()) == Some(&Some(message))
            && !message.auth_events.iter().flatten().any(rejected)
    }

    pub(super) fn insert(&mut self, message: Message) {
        self.messages.resize(PLACES, None);
        if let Some(place) = self.messages.get_mut(message.place()) {
            *place = Some(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::table::{Arrival, EventRow};
    use crate::nid::Slot;

    #[test]
    fn knows_like_messages_until_an_auth_event_is_rejected() {
        let nid = EventNid::from_index;
        let mut events = EventTable::default();
        events.grow(10);
        let message = EventRow {
            kind: EventTypeNid::from_index(20),
            state_key: None,
            slot: None,
            sender: EventStateKeyNid::from_index(5),
            depth: 1,
            origin_server_ts: 1,
        };
        let state = EventRow { state_key: Some(EventStateKeyNid::EMPTY), slot: Some(Slot(0)), ..message };
        let redaction = EventRow { kind: EventTypeNid::REDACTION, ..message };
        let of_another = EventRow { sender: EventStateKeyNid::from_index(6), ..message };
        let (three, two) = ([nid(0), nid(1), nid(2)], [nid(0), nid(2)]);
        let rows = [(message, &three[..]), (message, &three), (message, &two), (of_another, &three), (state, &three)];
        for (index, (row, auth_events)) in rows.into_iter().chain([(redaction, &three[..])]).enumerate() {
            events.hold(nid(3 + index), row, Arrival::Live, &[], auth_events);
        }
        let of = |index| Message::of(&events, nid(index));
        assert_eq!((of(7), of(8)), (None, None), "more of them counts");
        let mut passed = Passed::default();
        passed.insert(of(3).unwrap());
        let known: Vec<bool> = (3..7).map(|index| passed.contains(&events, of(index).unwrap())).collect();
        assert_eq!(known, [true, true, false, false]);
        let like = of(4).unwrap();
        events.set_verdict(nid(1), Verdict::Rejected);
        assert!(!passed.contains(&events, like));
    }
}
