//! State resolution: which state follows from parents whose states differ; v1, v2 and v2.1 (room versions 1, 2–11, 12).
//!
//! One [`Resolver`] a room keeps the scratch memory; a [`RoomView`] says what it may read. There are two ways in:
//!
//! - [`Resolver::resolve`] gives the resolved state as a [`Version`]: one of the parents where it comes out equal to one.
//! - [`Resolver::values`] gives the resolved values of a few slots and makes no version: for checks against the current
//!   state when there are several tips. Where the tips agree it only looks.
//!
//! Both are exact to the specification as Synapse applies it; `v1` and `v2` say where that departs from it. Whoever
//! passes an [`Account`] as observer gets the whole story of the same run, whoever passes `&mut ()` pays nothing for it.
//!
//! The cost follows what differs between the parents, not the room: the slots in conflict are the diff of the state maps,
//! the auth difference is walked down from the candidates (`conflict`), the state being decided is an overlay on one
//! parent (`partial`), the tree that mainlines are chains of is kept (`mainline`), and the result is written as one
//! batch. With c events in the full conflicted set that is O(c log c) and the rules' own work; nothing recurses.
//!
//! Relies on [`crate::event`], [`crate::nid`], [`super::auth`], [`super::map`] and [`super::auth_difference`].

mod account;
mod conflict;
mod mainline;
mod partial;
mod power_order;
mod room_view;
mod scratch;
#[cfg(test)]
mod tests;
mod v1;
mod v2;

use self::conflict::FullConflict;
use self::partial::PartialState;
use self::v1::V1;
use self::v2::V2;
use super::auth_difference::AuthGraph;
use super::map::{Candidate, Differences, OutOfMemory, StateMaps, Version};
use crate::event::version::ResolutionAlgorithm;
use crate::nid::{EventNid, Slot};
use crate::sort;

pub use self::account::{Account, Conflict, Observer, Outcome, SortKeys, Step};
pub use self::room_view::RoomView;

/// Up to so many slots are told apart from those that have no say: each is looked for among all events in conflict.
const MOST_RELEVANT: usize = 32;

/// Resolves states, keeping its scratch memory from one call to the next.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    differences: Differences,
    /// The slots that differ, ascending.
    differing: Vec<Slot>,
    conflict: FullConflict,
    partial: PartialState,
    v1: V1,
    v2: V2,
    relevant: Vec<Slot>,
    winners: Vec<Option<EventNid>>,
    writes: Vec<(Slot, Option<EventNid>)>,
}

/// What one run stands on: the maps, the room, and any of the parents, for what all of them agree on.
#[derive(Clone, Copy)]
struct Ground<'a, G> {
    maps: &'a StateMaps,
    room: &'a RoomView<'a, G>,
    first: Version,
}

impl Resolver {
    /// Returns the state that follows from the states `parents`: the one that all are, or else the resolved one. No
    /// parents give the empty state. A parent may be named twice, but needs not.
    ///
    /// # Errors
    /// [`OutOfMemory`]; the maps have not changed then.
    pub fn resolve<G: AuthGraph, O: Observer>(
        &mut self,
        maps: &mut StateMaps,
        room: &RoomView<'_, G>,
        parents: &[Version],
        observer: &mut O,
    ) -> Result<Version, OutOfMemory> {
        let Some(&first) = parents.first() else { return Ok(Version::EMPTY) };
        if parents.iter().all(|&parent| parent == first) {
            return Ok(first);
        }
        self.compare(maps, room, parents, observer)?;
        self.decide(&Ground { maps, room, first }, false, observer)?;
        self.winners.clear();
        self.writes.clear();
        for (slot, _) in self.differences.iter() {
            let winner = self.partial.decided(slot);
            self.winners.push(winner);
            self.writes.push((slot, winner));
            observer.decided(slot, winner);
        }
        let base = parents.get(self.differences.closest(&self.winners)?).copied().unwrap_or(first);
        // What the auth difference brought into slots that no parent has stays in.
        let differing = self.writes.len();
        for slot in self.partial.slots() {
            if self.differing.binary_search(&slot).is_err() && maps.get(first, slot).is_none() {
                self.writes.push((slot, self.partial.decided(slot)));
            }
        }
        if self.writes.len() > differing {
            sort::in_place(&mut self.writes, |a, b| a.0 < b.0);
        }
        maps.merge(base, parents, &self.writes)
    }

    /// Fills `values` with what the state resolved from `parents` has in each of `slots`. Publishes no version.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn values<G: AuthGraph>(
        &mut self,
        maps: &StateMaps,
        room: &RoomView<'_, G>,
        parents: &[Version],
        slots: &[Slot],
        values: &mut Vec<Option<EventNid>>,
    ) -> Result<(), OutOfMemory> {
        values.clear();
        let Some((&first, others)) = parents.split_first() else {
            values.resize(slots.len(), None);
            return Ok(());
        };
        values.extend(slots.iter().map(|&slot| maps.get(first, slot)));
        let others = || others.iter().filter(|&&other| other != first);
        let agreed = slots.iter().zip(&*values).all(|(&slot, value)| {
            // A slot that is empty everywhere may be filled from the auth difference.
            others().next().is_none() || value.is_some() && others().all(|&other| maps.get(other, slot) == *value)
        });
        if agreed {
            return Ok(());
        }
        self.compare(maps, room, parents, &mut ())?;
        let brings = |slot| self.conflict.events().iter().any(|&event| room.events.slot(event) == Some(slot));
        let open = slots
            .iter()
            .zip(&*values)
            .any(|(&slot, value)| self.differing.binary_search(&slot).is_ok() || value.is_none() && brings(slot));
        if !open {
            return Ok(());
        }
        let are_few = self.find_relevant(room, slots);
        self.decide(&Ground { maps, room, first }, are_few, &mut ())?;
        for (&slot, value) in slots.iter().zip(values) {
            if value.is_none() || self.differing.binary_search(&slot).is_ok() {
                *value = self.partial.decided(slot);
            }
        }
        Ok(())
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        4 * (self.differing.capacity() + self.relevant.capacity())
            + self.conflict.memory_bytes()
            + self.partial.memory_bytes()
            + self.v1.memory_bytes()
            + self.v2.memory_bytes()
            + size_of::<Option<EventNid>>() * self.winners.capacity()
            + size_of::<(Slot, Option<EventNid>)>() * self.writes.capacity()
    }

    /// Finds what is in conflict between parents that are not all equal.
    fn compare<G: AuthGraph, O: Observer>(
        &mut self,
        maps: &StateMaps,
        room: &RoomView<'_, G>,
        parents: &[Version],
        observer: &mut O,
    ) -> Result<(), OutOfMemory> {
        let algorithm = room.version.resolution;
        maps.diff_many(parents, &mut self.differences)?;
        self.differing.clear();
        self.differing.extend(self.differences.iter().map(|(slot, _)| slot));
        if O::LISTENS {
            self.tell_start(maps, algorithm, parents, observer);
        }
        self.conflict.clear();
        if algorithm != ResolutionAlgorithm::V1 {
            self.conflict.collect(maps, room, parents, &self.differences, observer)?;
        }
        Ok(())
    }

    /// Tells how much is in conflict. v1 does not count slots as such where all parents that have an event have the same.
    fn tell_start<O: Observer>(
        &self,
        maps: &StateMaps,
        algorithm: ResolutionAlgorithm,
        parents: &[Version],
        observer: &mut O,
    ) {
        let Some(&first) = parents.first() else { return };
        let present =
            |candidates: &[Candidate]| candidates.iter().filter(|candidate| candidate.event.is_some()).count();
        let in_conflict = |candidates: &[Candidate]| algorithm != ResolutionAlgorithm::V1 || present(candidates) > 1;
        let mut unconflicted = maps.len(first);
        for (slot, candidates) in self.differences.iter() {
            unconflicted -= u32::from(maps.get(first, slot).is_some());
            unconflicted += u32::from(!in_conflict(candidates));
        }
        observer.started(algorithm, unconflicted);
        for (slot, candidates) in self.differences.iter().filter(|(_, candidates)| in_conflict(candidates)) {
            observer.conflicted(slot, &mut candidates.iter().filter_map(|candidate| candidate.event));
        }
    }

    /// Finds the slots that have a say in what is decided about some slots: what the rules ask for to check the events in
    /// conflict there, and so on. Returns whether they are at most [`MOST_RELEVANT`]; it stops looking beyond.
    fn find_relevant<G>(&mut self, room: &RoomView<'_, G>, slots: &[Slot]) -> bool {
        self.relevant.clear();
        self.relevant.extend(slots);
        let mut seen = 0;
        while let Some(&slot) = self.relevant.get(seen) {
            seen += 1;
            for &event in self.conflict.events().iter().filter(|&&event| room.events.slot(event) == Some(slot)) {
                for asked in room.rules.auth_slots(event).iter() {
                    let asked = room.slots.find(asked.0, asked.1).filter(|slot| !self.relevant.contains(slot));
                    self.relevant.extend(asked);
                }
                if self.relevant.len() > MOST_RELEVANT {
                    return false;
                }
            }
        }
        true
    }

    /// Decides the slots in conflict: all, or in v2 at least those that [`Resolver::find_relevant`] has found.
    fn decide<G, O: Observer>(
        &mut self,
        ground: &Ground<'_, G>,
        only_relevant: bool,
        observer: &mut O,
    ) -> Result<(), OutOfMemory> {
        let partial = &mut self.partial;
        if ground.room.version.resolution == ResolutionAlgorithm::V1 {
            self.v1.run(ground, &self.differences, partial, observer)
        } else {
            let conflict = self.conflict.events();
            let relevant = only_relevant.then_some(&*self.relevant);
            self.v2.run(ground, &self.differing, conflict, relevant, partial, observer)
        }
    }
}
