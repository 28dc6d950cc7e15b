//! Dense numbers for (event type, state key) pairs. Relies on `crate::column`.

use super::{EventStateKeyNid, EventTypeNid, Slot};
use crate::column::Column;
use core::hash::BuildHasher;
use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Numbers each (type, state key) pair 0, 1, 2 … in order of first sight, so that members who join together lie together
/// in a state map. The keys are numbers handed out by the interner, not chosen by input: the hash needs no secret.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    pairs: Vec<(EventTypeNid, EventStateKeyNid)>,
    /// By state key, the slot of that membership + 1, or 0: nearly all slots of a large room, each asked for by every event
    /// of its user.
    members: Column<u32>,
    /// The slots of all other types.
    table: HashTable<u32>,
}

impl Slots {
    /// Returns the slot of a pair, if it has one.
    #[must_use]
    pub fn find(&self, kind: EventTypeNid, key: EventStateKeyNid) -> Option<Slot> {
        if kind == EventTypeNid::MEMBER {
            return self.members.get(key.index())?.checked_sub(1).map(Slot);
        }
        let found = self.table.find(hash(kind, key), |&slot| self.pairs.get(slot as usize) == Some(&(kind, key)))?;
        Some(Slot(*found))
    }

    /// Returns the slot of a pair, giving it the next one if it has none. There are never more slots than interned
    /// strings times types; the room's limit on strings keeps them below 2^32.
    pub fn intern(&mut self, kind: EventTypeNid, key: EventStateKeyNid) -> Slot {
        if let Some(slot) = self.find(kind, key) {
            return slot;
        }
        let slot = self.pairs.len() as u32;
        self.pairs.push((kind, key));
        if kind == EventTypeNid::MEMBER {
            self.members.grow(key.index() + 1, 0);
            self.members.set(key.index(), slot + 1);
            return Slot(slot);
        }
        let pairs = &self.pairs;
        self.table.insert_unique(hash(kind, key), slot, |&slot| {
            pairs.get(slot as usize).map_or(0, |&(kind, key)| hash(kind, key))
        });
        Slot(slot)
    }

    /// Returns the type and state key of a slot.
    #[must_use]
    pub fn pair(&self, slot: Slot) -> Option<(EventTypeNid, EventStateKeyNid)> {
        self.pairs.get(slot.0 as usize).copied()
    }

    /// Returns how many slots there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Returns whether there is no slot.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Forgets every slot from number `len` on.
    pub fn truncate(&mut self, len: usize) {
        for slot in (len..self.pairs.len()).rev() {
            let Some(&(kind, key)) = self.pairs.get(slot) else { continue };
            if kind == EventTypeNid::MEMBER {
                self.members.set(key.index(), 0);
            } else if let Ok(entry) = self.table.find_entry(hash(kind, key), |&held| held as usize == slot) {
                entry.remove();
            }
        }
        self.pairs.truncate(len);
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        8 * self.pairs.capacity() + self.members.memory_bytes() + self.table.allocation_size()
    }
}

fn hash(kind: EventTypeNid, key: EventStateKeyNid) -> u64 {
    FixedState::default().hash_one(u64::from(kind.get()) << 32 | u64::from(key.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pairs_by_first_sight_and_forgets_from_the_end() {
        let pair = |kind, key| (EventTypeNid::from_index(kind), EventStateKeyNid::from_index(key));
        let member = EventTypeNid::MEMBER.index();
        let mut slots = Slots::default();
        for round in 0..2 {
            let pairs = [pair(member, 0), pair(0, member), pair(7, 1), pair(member, 2), pair(7, 3)];
            for (number, (kind, key)) in pairs.into_iter().enumerate() {
                assert_eq!(slots.intern(kind, key), Slot(number as u32));
                assert_eq!(slots.pair(Slot(number as u32)), Some((kind, key)));
            }
            if round == 0 {
                slots.truncate(2);
                assert_eq!(slots.len(), 2);
                for (number, (kind, key)) in pairs.into_iter().enumerate() {
                    assert_eq!(slots.find(kind, key), (number < 2).then_some(Slot(number as u32)));
                }
            }
        }
    }
}
