//! The full conflicted set: what resolution v2 and v2.1 sort and try.
//!
//! The events in conflict themselves, the auth difference of the parents' states, and in v2.1 the conflicted subgraph; of
//! these the state events that are held. Nothing here looks at what all parents agree on.

use super::RoomView;
use super::account::Observer;
use crate::event::version::ResolutionAlgorithm;
use crate::nid::EventNid;
use crate::sort;
use crate::state::auth_difference::{AuthGraph, AuthWalks};
use crate::state::map::{Differences, OutOfMemory, StateMaps, Version};

/// The full conflicted set of one resolution after another.
#[derive(Clone, Debug, Default)]
pub(super) struct FullConflict {
    walks: AuthWalks,
    events: Vec<EventNid>,
}

impl FullConflict {
    /// Returns the events, by number.
    pub(super) fn events(&self) -> &[EventNid] {
        &self.events
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
    }

    /// Collects the events for `parents`, which differ by `differences`.
    pub(super) fn collect<G: AuthGraph, O: Observer>(
        &mut self,
        maps: &StateMaps,
        room: &RoomView<'_, G>,
        parents: &[Version],
        differences: &Differences,
        observer: &mut O,
    ) -> Result<(), OutOfMemory> {
        self.events.clear();
        for (_, candidates) in differences.iter() {
            self.events.try_reserve(candidates.len())?;
            self.events.extend(candidates.iter().filter_map(|candidate| candidate.event));
        }
        sort::distinct(&mut self.events);
        let subgraph = if room.version.resolution == ResolutionAlgorithm::V21 {
            self.walks.conflicted_subgraph(room.graph, &self.events)?
        } else {
            Vec::new()
        };
        observer.conflicted_subgraph(&subgraph);
        self.events.try_reserve(subgraph.len())?;
        self.events.extend(subgraph);
        // Candidates are in already: nothing more is wanted of the difference, unless somebody listens.
        let adds_nothing = AuthWalks::is_among_candidates(room.graph, maps, parents, differences);
        if O::LISTENS || !adds_nothing || cfg!(debug_assertions) {
            let difference = self.walks.difference(room.graph, maps, parents, differences)?;
            debug_assert!(!adds_nothing || difference.iter().all(|event| self.events.contains(event)));
            observer.auth_difference(&difference);
            self.events.try_reserve(difference.len())?;
            self.events.extend(difference);
        }
        sort::distinct(&mut self.events);
        // A state event that is held has a slot.
        self.events.retain(|&event| room.events.slot(event).is_some());
        Ok(())
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.walks.memory_bytes() + 4 * self.events.capacity()
    }
}
