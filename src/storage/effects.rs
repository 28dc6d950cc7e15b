//! What taking each event in did to the tables: the teaching view.

use crate::nid::EventNid;

/// One thing that happened while an event was taken in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// An event type was interned: its index among the room's types.
    Type(u32),
    /// A state key was interned: its index among the room's state keys.
    StateKey(u32),
    /// A block was made: its row.
    NewBlock(u32),
    /// A block was found to be there: its row.
    ReusedBlock(u32),
    /// A snapshot was made: its row.
    NewSnapshot(u32),
    /// A snapshot was found to be there: its row.
    ReusedSnapshot(u32),
    /// An event became a tip: the index of its NID.
    Tip(u32),
    /// An event ceased to be a tip: the index of its NID.
    NoTip(u32),
}

type Make = fn(u32) -> Effect;
const KINDS: [Make; 8] = [
    Effect::Type,
    Effect::StateKey,
    Effect::NewBlock,
    Effect::ReusedBlock,
    Effect::NewSnapshot,
    Effect::ReusedSnapshot,
    Effect::Tip,
    Effect::NoTip,
];
const KIND_BITS: u32 = 3;

/// Everything that happened, event by event, in four bytes each.
#[derive(Clone, Debug)]
pub struct Effects {
    /// An event, and where what it did ends.
    turns: Vec<(EventNid, u32)>,
    /// A kind in the low bits, a number above.
    words: Vec<u32>,
    on: bool,
}

impl Effects {
    /// Returns a record that is kept (`on`) or not.
    pub(super) fn new(on: bool) -> Self {
        Self { turns: Vec::new(), words: Vec::new(), on }
    }

    /// Returns whether what happens is remembered.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        self.on
    }

    /// Begins an event's turn: what follows is its doing.
    pub(super) fn begin(&mut self, nid: EventNid) {
        if self.on && self.turns.last().is_none_or(|turn| turn.0 != nid) {
            self.turns.push((nid, self.words.len() as u32));
        }
    }

    pub(super) fn push(&mut self, effect: Effect) {
        if !self.on {
            return;
        }
        let (kind, number) = match effect {
            Effect::Type(number) => (0, number),
            Effect::StateKey(number) => (1, number),
            Effect::NewBlock(number) => (2, number),
            Effect::ReusedBlock(number) => (3, number),
            Effect::NewSnapshot(number) => (4, number),
            Effect::ReusedSnapshot(number) => (5, number),
            Effect::Tip(number) => (6, number),
            Effect::NoTip(number) => (7, number),
        };
        self.words.push(number << KIND_BITS | kind);
        if let Some(turn) = self.turns.last_mut() {
            turn.1 = self.words.len() as u32;
        }
    }

    /// Iterates over all turns in order: an event, and what it did. An event has a turn for each time it came or was
    /// decided upon while others came between.
    pub fn turns(&self) -> impl Iterator<Item = (EventNid, impl Iterator<Item = Effect>)> {
        let mut start = 0;
        self.turns.iter().map(move |&(nid, end)| {
            let words = self.words.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            (nid, words.iter().filter_map(|&word| decode(word)))
        })
    }

    pub(super) fn memory_bytes(&self) -> usize {
        8 * self.turns.capacity() + 4 * self.words.capacity()
    }
}

fn decode(word: u32) -> Option<Effect> {
    let make = KINDS.get((word & ((1 << KIND_BITS) - 1)) as usize)?;
    Some(make(word >> KIND_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_each_event_did() {
        let nid = EventNid::from_index;
        let all: Vec<Effect> = KINDS.iter().zip(3..).map(|(make, number)| make(number)).collect();
        let mut effects = Effects::new(true);
        effects.begin(nid(5));
        for &effect in &all {
            effects.push(effect);
        }
        effects.begin(nid(2));
        effects.begin(nid(5));
        effects.push(Effect::Tip(9));
        effects.begin(nid(5));
        effects.push(Effect::NoTip(9));
        let turns: Vec<(EventNid, Vec<Effect>)> =
            effects.turns().map(|(nid, effects)| (nid, effects.collect())).collect();
        assert_eq!(turns, [(nid(5), all), (nid(2), vec![]), (nid(5), vec![Effect::Tip(9), Effect::NoTip(9)])]);
    }
}
