//! The event ids that were named lately, each found with one look at memory.
//!
//! Events name each other over a short distance: the parent is one of the last few events, and most auth events are those of
//! the events around. To find such an id here costs one line
//! of memory, often cached, instead of one of a table, one of ends and one or two of text, which in a large room are not.
//! Relies on nothing; which ids are equal is decided by all of their bytes.

use super::EventNid;
use super::words::{ID_LENGTH, words};

/// The most ids that are remembered, in 64 kB that stay near the processor.
const MOST: usize = 1 << 10;
/// The fewest.
const FEWEST: usize = 1 << 5;

/// Remembers ids of the usual length, each in the one place that its bytes choose; a later one takes it over.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    /// Its length is a power of two.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))] // One line of a cache each.
struct Entry {
    id: [u64; 6],
    nid: Option<EventNid>,
}

impl Recent {
    /// Returns the NID of an id, if it has been named lately.
    #[allow(clippy::inline_always)] // As its one caller: seven ids an event.
    #[inline(always)]
    pub(super) fn find(&self, id: &[u8; ID_LENGTH]) -> Option<EventNid> {
        let id = words(id);
        let entry = self.entries.get(self.place(&id))?;
        if entry.id == id { entry.nid } else { None }
    }

    /// Remembers an id; `known` is how many there are.
    pub(super) fn insert(&mut self, id: &[u8; ID_LENGTH], nid: EventNid, known: usize) {
        if self.entries.len() < MOST && self.entries.len() < known.max(FEWEST) {
            let length = known.next_power_of_two().clamp(FEWEST, MOST);
            self.entries.clear();
            self.entries.resize(length, Entry::default());
        }
        let id = words(id);
        let place = self.place(&id);
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Entry { id, nid: Some(nid) };
        }
    }

    /// Returns the bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }

    /// Forgets everything: numbers have been taken back.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    #[allow(clippy::inline_always)] // As its callers.
    #[inline(always)]
    fn place(&self, id: &[u64; 6]) -> usize {
        // The first byte is the same in all of them.
        let mixed = (id[0] >> 8).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & self.entries.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> [u8; ID_LENGTH] {
        let text = format!("${number:043}");
        let mut id: [u8; ID_LENGTH] = text.as_bytes().try_into().unwrap();
        id[1..5].copy_from_slice(&number.to_le_bytes());
        id
    }

    #[test]
    fn answers_with_what_was_put_in_or_not_at_all() {
        let mut recent = Recent::default();
        assert_eq!(recent.find(&id(1)), None);
        let mut found = 0;
        for number in 0..50_000 {
            recent.insert(&id(number), EventNid::from_index(number as usize), number as usize + 1);
            assert_eq!(recent.find(&id(number)), Some(EventNid::from_index(number as usize)));
            let earlier = number.saturating_sub(20);
            let held = recent.find(&id(earlier));
            assert!(held.is_none_or(|nid| nid == EventNid::from_index(earlier as usize)));
            found += u32::from(held.is_some());
        }
        assert!(found > 45_000, "{found}");
        assert!(recent.entries.len() == MOST);
        // Ids that differ in the last character alone have one place.
        let mut other = id(49_999);
        other[ID_LENGTH - 1] ^= 1;
        assert_eq!(recent.find(&other), None);
        recent.clear();
        assert_eq!(recent.find(&id(49_999)), None);
    }
}
