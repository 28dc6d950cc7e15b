//! A set of NIDs as one bit each.

use crate::nid::EventNid;

/// A set of events, one bit an event: sixteen times smaller than a list and as fast as an array.
#[derive(Clone, Debug, Default)]
pub struct EventBits {
    words: Vec<u64>,
}

impl EventBits {
    /// Returns an empty set with room for `ids` events.
    #[must_use]
    pub fn with_ids(ids: usize) -> Self {
        Self { words: vec![0; ids.div_ceil(64)] }
    }

    /// Returns whether the event is in the set.
    #[must_use]
    pub fn contains(&self, nid: EventNid) -> bool {
        let (word, bit) = place(nid);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Puts the event in, growing the set as needed; returns whether it is new.
    pub fn insert(&mut self, nid: EventNid) -> bool {
        let (word, bit) = place(nid);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let Some(word) = self.words.get_mut(word) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        8 * self.words.capacity()
    }
}

fn place(nid: EventNid) -> (usize, u64) {
    (nid.index() / 64, 1 << (nid.index() % 64))
}
