//! Forward extremities (tips) and backward extremities (gaps).
//!
//! The rules are Synapse's (`storage/controllers/persist_events.py` and `_update_backward_extremeties`), freed of the
//! order of arrival:
//!
//! - A tip is an accepted live event that is not *covered*. An accepted event covers its parents; a covered soft-failed
//!   event covers its own (`A ← S(soft-failed) ← E` leaves E alone), a rejected one does not (`A ← R(rejected) ← E`
//!   leaves A and E). Covering never ends, so each event is covered at most once and all of it costs O(edges).
//! - A gap is a parent that is not held, or held only as an outlier, of an event that is neither an outlier nor rejected.
//!
//! Where Synapse's tables depend on the order of arrival, these do not: a rejected event counts as held, and a create
//! event that arrives after its children closes the gap that it was.

use super::bits::EventBits;
use crate::event::table::{Arrival, EventTable, Verdict};
use crate::nid::EventNid;
use crate::sort;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Up to so many tips are looked through: rooms seldom have more for long.
const FEW: usize = 16;

/// The tips and gaps of a room, kept up to date event by event.
#[derive(Clone, Debug, Default)]
pub struct Extremities {
    covered: EventBits,
    tips: Vec<EventNid>,
    /// The place of each tip among them, if they are more than [`FEW`].
    tip_places: HashMap<EventNid, u32, FixedState>,
    gaps: HashMap<EventNid, Vec<EventNid>, FixedState>,
    work: Vec<EventNid>,
    /// What has become a tip (true) or ceased to be one since that was forgotten.
    changes: Vec<(EventNid, bool)>,
}

impl Extremities {
    /// Takes note of an event that has just been held, or of an outlier that has just become an event: it fills the gap
    /// that it was and opens those of its missing parents. Its arrival has been set; its verdict may come later.
    pub fn arrived(&mut self, events: &EventTable, nid: EventNid) {
        if events.arrival(nid) == Arrival::Outlier {
            return;
        }
        if !self.gaps.is_empty() {
            self.gaps.remove(&nid);
        }
        for &parent in events.prev_events(nid) {
            if !events.holds_as_event(parent) {
                self.gaps.entry(parent).or_default().push(nid);
            }
        }
    }

    /// Takes note of an event's verdict, which has just been set.
    pub fn judged(&mut self, events: &EventTable, nid: EventNid) {
        if events.arrival(nid) == Arrival::Outlier {
            return;
        }
        match events.verdict(nid) {
            Verdict::Accepted => {
                self.cover_parents(events, nid);
                if events.arrival(nid) == Arrival::Live && !self.covered.contains(nid) {
                    self.add_tip(nid);
                }
            }
            Verdict::SoftFailed if self.covered.contains(nid) => self.cover_parents(events, nid),
            Verdict::SoftFailed | Verdict::Outlier => {}
            Verdict::Rejected => {
                for parent in events.prev_events(nid) {
                    let Some(children) = self.gaps.get_mut(parent) else { continue };
                    children.retain(|&child| child != nid);
                    if children.is_empty() {
                        self.gaps.remove(parent);
                    }
                }
            }
        }
    }

    fn cover_parents(&mut self, events: &EventTable, nid: EventNid) {
        for &parent in events.prev_events(nid) {
            self.cover(events, parent);
        }
        while let Some(nid) = self.work.pop() {
            self.cover(events, nid);
        }
    }

    fn cover(&mut self, events: &EventTable, nid: EventNid) {
        if !self.covered.insert(nid) {
            return;
        }
        self.remove_tip(nid);
        if events.verdict(nid) == Verdict::SoftFailed && events.arrival(nid) != Arrival::Outlier {
            self.work.extend_from_slice(events.prev_events(nid));
        }
    }

    fn add_tip(&mut self, nid: EventNid) {
        if self.place_of(nid).is_some() {
            return;
        }
        self.tips.push(nid);
        let new = if self.tips.len() == FEW + 1 { 0 } else { self.tips.len() - 1 };
        if self.tips.len() > FEW {
            self.tip_places.extend((new as u32..).zip(self.tips.iter().skip(new)).map(|(place, &tip)| (tip, place)));
        }
        self.changes.push((nid, true));
    }

    fn remove_tip(&mut self, nid: EventNid) {
        let Some(place) = self.place_of(nid) else { return };
        self.changes.push((nid, false));
        self.tips.swap_remove(place);
        if self.tips.len() < FEW {
            return;
        }
        self.tip_places.remove(&nid);
        if self.tips.len() == FEW {
            self.tip_places.clear();
        } else if let Some(&moved) = self.tips.get(place) {
            self.tip_places.insert(moved, place as u32);
        }
    }

    fn place_of(&self, tip: EventNid) -> Option<usize> {
        if self.tips.len() > FEW {
            return self.tip_places.get(&tip).map(|&place| place as usize);
        }
        self.tips.iter().position(|&other| other == tip)
    }

    /// Returns the tips, in no order that means anything.
    #[must_use]
    pub fn tips(&self) -> &[EventNid] {
        &self.tips
    }

    /// Returns which events have become tips (true) or ceased to be since [`Extremities::forget_changes`], in order.
    #[must_use]
    pub fn changes(&self) -> &[(EventNid, bool)] {
        &self.changes
    }

    /// Forgets which events have become tips or ceased to be.
    pub fn forget_changes(&mut self) {
        self.changes.clear();
    }

    /// Returns whether this event is a gap: named as a parent and not held as an event.
    #[must_use]
    pub fn is_gap(&self, nid: EventNid) -> bool {
        self.gaps.contains_key(&nid)
    }

    /// Returns the gaps, each with the events that name it, by the numbers of their NIDs.
    #[must_use]
    pub fn gaps(&self) -> Vec<(EventNid, &[EventNid])> {
        let mut gaps: Vec<EventNid> = self.gaps.keys().copied().collect();
        sort::by_number(&mut gaps, EventNid::get);
        gaps.into_iter().filter_map(|gap| Some((gap, &**self.gaps.get(&gap)?))).collect()
    }

    /// Returns the bytes of memory held, roughly.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.covered.memory_bytes()
            + self.tips.capacity() * 4
            + self.tip_places.allocation_size()
            + self.gaps.allocation_size()
            + 4 * self.work.capacity()
            + 8 * self.changes.capacity()
    }
}
