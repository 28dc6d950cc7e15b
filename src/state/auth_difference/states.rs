//! The states whose chains are compared: what they agree on and what they do not. Relies on the state map.

use super::{AuthGraph, Differences, EventNid, Slot, StateMaps, Version};

/// At most 64 states and where they differ.
pub(super) struct Agreed<'a, G> {
    pub(super) graph: &'a G,
    pub(super) maps: &'a StateMaps,
    pub(super) versions: &'a [Version],
    pub(super) differences: &'a Differences,
}

impl<G: AuthGraph> Agreed<'_, G> {
    /// Returns a bit for each state.
    pub(super) fn all(&self) -> u64 {
        u64::MAX >> (64 - self.versions.len().clamp(1, 64))
    }

    /// Returns the events at the slots where the states differ, each with the states that have it.
    pub(super) fn candidates(&self) -> impl Iterator<Item = (EventNid, u64)> {
        let candidates = self.differences.iter().flat_map(|(_, candidates)| candidates);
        candidates.filter_map(|held| Some((held.event?, self.differences.mask(held.holders)?)))
    }

    /// Returns how many slots the first of the states has, which the others hardly differ from.
    pub(super) fn slots(&self) -> usize {
        self.versions.first().map_or(0, |&first| self.maps.len(first) as usize)
    }

    /// Returns whether all states have `event`, or it is one of those that stand in a slot where they differ.
    pub(super) fn is_agreed_or_candidate(&self, event: EventNid) -> bool {
        self.graph.slot(event).is_some_and(|slot| match self.differences.candidates(slot) {
            Some(candidates) => candidates.binary_search_by_key(&Some(event), |candidate| candidate.event).is_ok(),
            None => self.is_in_first(event, slot),
        })
    }

    /// Returns whether all states have `event`.
    pub(super) fn is_agreed(&self, event: EventNid) -> bool {
        self.graph.slot(event).is_some_and(|slot| self.is_in_first(event, slot) && !self.differences.contains(slot))
    }

    fn is_in_first(&self, event: EventNid, slot: Slot) -> bool {
        self.versions.first().and_then(|&first| self.maps.get(first, slot)) == Some(event)
    }

    /// Returns the events that all states have.
    pub(super) fn agreed(&self) -> impl Iterator<Item = EventNid> {
        let held = self.versions.first().map(|&first| self.maps.iter(first));
        let mut differ = self.differences.iter().map(|(slot, _)| slot).peekable();
        held.into_iter().flatten().filter_map(move |(slot, event)| {
            while differ.next_if(|&other| other < slot).is_some() {}
            (differ.peek() != Some(&slot)).then_some(event)
        })
    }
}
