//! How the values of slots come and go along the room: the history of one slot, its value at every event, and what each
//! merge did to the values of its parents.
//!
//! Whether a merge went back behind a value is a question about what replaced what: each state event replaced the one
//! that the state before it had in its slot. [`Lineage`] answers it in O(log n) however long the line is, with one link
//! far back for each event beside the one to its predecessor (Myers, "An applicative random-access stack", 1983).

use super::{Room, RoomError};
use crate::nid::{EventNid, Slot};
use crate::sort;
use crate::state::map::{Differences, Version};

/// Why a value changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeCause {
    /// The event set it.
    Set,
    /// A merge chose between its parents' values.
    Resolved,
    /// At a merge an older value came back, or a value was lost.
    Reset,
}

/// One change of a slot's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The event at which it changed.
    pub event: EventNid,
    /// The value after that.
    pub value: Option<EventNid>,
    /// Why.
    pub cause: ChangeCause,
}

/// What a merge did to the values of its parents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Merge {
    /// Its row in the topological order.
    pub row: u32,
    /// Slots in which the states of its parents differ.
    pub conflicted: u32,
    /// Slots that it reset.
    pub resets: u32,
}

/// The value of one slot after every event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SlotValues {
    /// By row of the topological order: the place of the value in `events`, counted from 1; 0 where the slot has none, and
    /// [`UNKNOWN`](Self::UNKNOWN) where the state is not known.
    pub values: Vec<u32>,
    /// The values, in the order in which they first stand in a row.
    pub events: Vec<EventNid>,
}

impl SlotValues {
    /// The state after the event is not known.
    pub const UNKNOWN: u32 = u32::MAX;
}

/// What each state event replaced.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    links: Vec<Link>,
}

/// The event that another replaced and one further back, and its place in the line: the first, which has none, is 1.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    back: Option<(EventNid, EventNid)>,
    place: u32,
}

impl Lineage {
    /// Of an event that is being looked at.
    const OPEN: Link = Link { back: None, place: u32::MAX };

    /// Lines up `events`, each behind what `previous` says.
    fn new(ids: usize, events: &[EventNid], previous: impl Fn(EventNid) -> Option<EventNid>) -> Self {
        let mut lineage = Self { links: vec![Link::default(); ids] };
        let mut way = Vec::new();
        for &event in events {
            let mut next = Some(event);
            while let Some(at) = next.filter(|&at| lineage.link(at).place == 0) {
                lineage.set(at, Self::OPEN);
                way.push(at);
                next = previous(at);
            }
            // A state that was given can make a line lead back into itself: it begins there.
            next = next.filter(|&at| lineage.link(at).place != Self::OPEN.place);
            while let Some(at) = way.pop() {
                lineage.put(at, next);
                next = Some(at);
            }
        }
        lineage
    }

    fn link(&self, nid: EventNid) -> Link {
        self.links.get(nid.index()).copied().unwrap_or_default()
    }

    fn set(&mut self, nid: EventNid, link: Link) {
        if let Some(entry) = self.links.get_mut(nid.index()) {
            *entry = link;
        }
    }

    /// Puts an event behind one that has its place.
    fn put(&mut self, nid: EventNid, previous: Option<EventNid>) {
        let place = |nid| self.link(nid).place;
        let far = |nid| self.link(nid).back.map_or(nid, |back| back.1);
        let link = match previous {
            None => Link { back: None, place: 1 },
            Some(previous) => {
                let (once, twice) = (far(previous), far(far(previous)));
                let even = place(previous) - place(once) == place(once) - place(twice);
                Link { back: Some((previous, if even { twice } else { previous })), place: place(previous) + 1 }
            }
        };
        self.set(nid, link);
    }

    /// Returns whether `newer` stands behind `older` in one line.
    fn replaced(&self, older: EventNid, newer: EventNid) -> bool {
        let place = self.link(older).place;
        let mut at = newer;
        while self.link(at).place > place {
            let Some((previous, far)) = self.link(at).back else { return false };
            at = if self.link(far).place >= place { far } else { previous };
        }
        at == older
    }
}

impl Room {
    /// Returns every change of a slot's value along the room, in topological order.
    ///
    /// At a merge the value before it is held against each parent's: where all parents had the same and the merge has
    /// another, or none, or where a value came out that another parent's value had followed, it is a reset.
    #[must_use]
    pub fn state_history(&self, slot: Slot) -> Vec<Change> {
        let value = |version: Version| self.states.maps.get(version, slot);
        let (mut changes, mut values) = (Vec::new(), Vec::new());
        for &nid in self.topological() {
            let (Some(before), Some(after)) = (self.states.before(nid), self.states.after(nid)) else { continue };
            let parents = self.events.prev_events(nid);
            let merged = value(before);
            if parents.len() > 1 {
                values.clear();
                values.extend(parents.iter().filter_map(|&parent| self.states.after(parent)).map(value));
                if values.iter().any(|&parent| parent != merged) {
                    let cause = if self.is_reset(merged, &values) { ChangeCause::Reset } else { ChangeCause::Resolved };
                    changes.push(Change { event: nid, value: merged, cause });
                }
            }
            if value(after) != merged {
                changes.push(Change { event: nid, value: value(after), cause: ChangeCause::Set });
            }
        }
        changes
    }

    /// Returns the value of a slot after every event of the topological order; of no slot it is none.
    #[must_use]
    pub fn slot_values(&self, slot: Option<Slot>) -> SlotValues {
        let mut answer = SlotValues::default();
        let mut places = vec![0; self.events.ids()];
        let mut last = (None, SlotValues::UNKNOWN);
        for &nid in self.topological() {
            let after = self.states.after(nid);
            if after != last.0 {
                let value = after.zip(slot).and_then(|(after, slot)| self.states.maps.get(after, slot));
                let place = match value.and_then(|value| Some((value, places.get_mut(value.index())?))) {
                    Some((value, place)) => {
                        if *place == 0 {
                            answer.events.push(value);
                            *place = answer.events.len() as u32;
                        }
                        *place
                    }
                    None if after.is_none() => SlotValues::UNKNOWN,
                    None => 0,
                };
                last = (after, place);
            }
            answer.values.push(last.1);
        }
        answer
    }

    /// Returns what every merge did, in topological order: each event with several parents whose state is known, among
    /// `limit` rows from `offset` on.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn merges(&self, offset: usize, limit: usize) -> Result<Vec<Merge>, RoomError> {
        let maps = &self.states.maps;
        let mut merges = Vec::new();
        let mut differences = Differences::new();
        let (mut versions, mut values) = (Vec::new(), Vec::new());
        for (row, &nid) in self.topological().iter().enumerate().skip(offset).take(limit) {
            let parents = self.events.prev_events(nid);
            let Some(before) = self.states.before(nid).filter(|_| parents.len() > 1) else { continue };
            versions.clear();
            versions.extend(parents.iter().filter_map(|&parent| self.states.after(parent)));
            sort::distinct(&mut versions);
            let mut merge = Merge { row: row as u32, conflicted: 0, resets: 0 };
            let known = versions.len();
            if !versions.contains(&before) {
                versions.push(before);
            }
            if versions.len() > 1 {
                maps.diff_many(&versions, &mut differences)?;
                for (slot, candidates) in differences.iter() {
                    // A value that no parent has is the merge's alone.
                    let theirs = candidates.iter().filter(|candidate| {
                        let mut held = false;
                        differences.for_each_holder(candidate.holders, |at| held |= at < known);
                        held
                    });
                    merge.conflicted += u32::from(theirs.count() > 1);
                    values.clear();
                    values.extend(candidates.iter().map(|candidate| candidate.event));
                    merge.resets += u32::from(self.is_reset(maps.get(before, slot), &values));
                }
            }
            merges.push(merge);
        }
        Ok(merges)
    }

    /// Returns whether a merge that came out with `merged` lost a value, or went back behind one of the parents'.
    pub(super) fn is_reset(&self, merged: Option<EventNid>, parents: &[Option<EventNid>]) -> bool {
        let Some(merged) = merged else { return true };
        parents.iter().flatten().any(|&parent| parent != merged && self.lineage().replaced(merged, parent))
    }

    fn lineage(&self) -> &Lineage {
        self.states.lineage.get_or_init(|| {
            let previous = |nid| self.states.maps.get(self.states.before(nid)?, self.events.slot(nid)?);
            Lineage::new(self.events.ids(), self.events.held(), previous)
        })
    }
}
