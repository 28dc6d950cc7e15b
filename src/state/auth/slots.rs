//! Which state has a say in whether an event is allowed.

use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};

type Pair = (EventTypeNid, EventStateKeyNid);

/// The (type, state key) pairs that the rules ask for to check one event: at most six, none twice. Beside each what the
/// event names for it among its auth events, where that has been looked up.
#[derive(Clone, Copy, Debug)]
pub struct AuthSlots {
    pairs: [Pair; Self::MOST],
    named: [Option<(EventNid, Slot)>; Self::MOST],
    len: u8,
}

impl Default for AuthSlots {
    fn default() -> Self {
        Self { pairs: [(EventTypeNid::CREATE, EventStateKeyNid::EMPTY); Self::MOST], named: [None; Self::MOST], len: 0 }
    }
}

impl AuthSlots {
    /// The most pairs that the rules ask for.
    pub const MOST: usize = 6;

    pub(super) fn clear(&mut self) {
        self.named = [None; Self::MOST];
        self.len = 0;
    }

    pub(super) fn push(&mut self, kind: EventTypeNid, key: EventStateKeyNid) {
        if self.position(kind, key).is_some() {
            return;
        }
        if let Some(pair) = self.pairs.get_mut(usize::from(self.len)) {
            *pair = (kind, key);
            self.len += 1;
        }
    }

    /// Returns the pairs.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[Pair] {
        self.pairs.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Returns how many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns where a pair stands in the list, if it does.
    #[inline]
    #[must_use]
    pub fn position(&self, kind: EventTypeNid, key: EventStateKeyNid) -> Option<usize> {
        self.as_slice().iter().position(|&pair| pair == (kind, key))
    }

    /// Notes what the event names for a pair, by its place; returns false if it names something else for it already, or
    /// there is no such pair.
    #[inline]
    pub(super) fn name(&mut self, position: usize, event: EventNid, slot: Slot) -> bool {
        match self.named.get_mut(position) {
            Some(entry @ None) => {
                *entry = Some((event, slot));
                true
            }
            _ => false,
        }
    }

    /// Returns what the event names for a pair.
    #[inline]
    #[must_use]
    pub fn named(&self, kind: EventTypeNid, key: EventStateKeyNid) -> Option<EventNid> {
        let position = self.position(kind, key)?;
        self.named.get(position).copied().flatten().map(|(event, _)| event)
    }

    /// Iterates over the pairs, each with what the event names for it.
    #[inline]
    pub fn with_named(&self) -> impl Iterator<Item = (Pair, Option<(EventNid, Slot)>)> {
        self.as_slice().iter().copied().zip(self.named)
    }

    /// Iterates over the pairs.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Pair> {
        self.as_slice().iter().copied()
    }
}
