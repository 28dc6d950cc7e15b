//! Guessing what the next event names.
//!
//! Events come as servers wrote them: the parent is mostly the event before, the auth events are those of the event
//! before, but for the sender's membership, which is that of the sender's last event. To compare a string with a guess
//! costs a fraction of finding it in a table that no cache holds; nine of ten guesses are right. Wrong ones cost nothing
//! but the comparison.

use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Strings};

/// What the last events of a batch named.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    kind: Option<EventTypeNid>,
    event: Option<EventNid>,
    auth_events: Vec<EventNid>,
    /// By sender: of the auth events of their last event, one that the event before did not name.
    own: Vec<Option<EventNid>>,
}

impl Guesses {
    pub(super) fn kind(&self, strings: &Strings, name: &str) -> Option<EventTypeNid> {
        self.kind.filter(|&kind| strings.is_type(kind, name))
    }

    pub(super) fn parent(&self, strings: &Strings, id: &str) -> Option<EventNid> {
        self.event.filter(|&event| strings.is_event(event, id))
    }

    /// Guesses the auth event that stands at `place` in the list of an event of `sender`.
    pub(super) fn auth_event(
        &self,
        strings: &Strings,
        place: usize,
        sender: EventStateKeyNid,
        id: &str,
    ) -> Option<EventNid> {
        let guesses = [self.auth_events.get(place).copied(), self.own.get(sender.index()).copied().flatten()];
        guesses.into_iter().flatten().find(|&guess| strings.is_event(guess, id))
    }

    /// Takes note of what an event names.
    pub(super) fn note(
        &mut self,
        event: EventNid,
        kind: EventTypeNid,
        sender: EventStateKeyNid,
        auth_events: &[EventNid],
    ) {
        self.event = Some(event);
        self.kind = Some(kind);
        if auth_events == self.auth_events {
            return;
        }
        let other = auth_events.iter().enumerate().find(|&(place, event)| self.auth_events.get(place) != Some(event));
        if let Some((_, &own)) = other {
            if self.own.len() <= sender.index() {
                self.own.resize(sender.index() + 1, None);
            }
            if let Some(entry) = self.own.get_mut(sender.index()) {
                *entry = Some(own);
            }
        }
        self.auth_events.clear();
        self.auth_events.extend_from_slice(auth_events);
    }
}
