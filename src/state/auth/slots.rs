//! Which state has a say in whether an event is allowed.

use crate::nid::{EventStateKeyNid, EventTypeNid};

type Pair = (EventTypeNid, EventStateKeyNid);

/// The (type, state key) pairs that the rules ask for to check one event: at most six, none twice.
#[derive(Clone, Copy, Debug)]
pub struct AuthSlots {
    pairs: [Pair; 6],
    len: u8,
}

impl AuthSlots {
    pub(super) const fn new() -> Self {
        Self { pairs: [(EventTypeNid::CREATE, EventStateKeyNid::EMPTY); 6], len: 0 }
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

    /// Iterates over the pairs.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Pair> {
        self.as_slice().iter().copied()
    }
}
