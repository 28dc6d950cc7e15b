//! Two servers' views of one room: what only one of them holds, and where they part.
//!
//! Two rooms number their events and slots each in its own way, so events are matched once by their ids, and states by
//! their public ids ([`Room::state_id`]), which say the same in every room. Entries are only looked at where states
//! differ and somebody asks how ([`Room::state_diff_to`]).

use super::state_questions::StateDiff;
use super::{Room, RoomError, TimelineOptions};
use crate::event::table::Verdict;
use crate::graph::bits::EventBits;
use crate::nid::{EventNid, Slot};

/// What sets one room apart from another. Events of the other room are numbers of that room.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// Held by the first alone, in topological order.
    pub only_here: Vec<EventNid>,
    /// Held by the second alone, in topological order.
    pub only_there: Vec<EventNid>,
    /// Held by both, with another state after it or another verdict, in topological order: the first is where they parted.
    /// What one of them holds but cannot place in the graph (an outlier, or an event behind a gap) is no difference.
    pub differing: Vec<(EventNid, EventNid)>,
    /// The current state of the second against that of the first.
    pub current_state: StateDiff,
}

impl Room {
    /// Compares this room with another server's view of it.
    ///
    /// # Errors
    /// If it is another room, or read by another room version; or memory runs out.
    pub fn compare(&mut self, other: &mut Self) -> Result<Comparison, RoomError> {
        self.check_same_room(other)?;
        let (here, there) = (self.current_state()?, other.current_state()?);
        let current_state = self.diff_entries(&here, other, &there);
        let mut comparison = Comparison { current_state, ..Comparison::default() };
        let all = TimelineOptions { outliers: true, ..TimelineOptions::default() };
        let mut shared = EventBits::with_ids(other.events.ids());
        for here in self.timeline(all) {
            let Some(there) = other.held(self.strings.event_id(here)) else {
                comparison.only_here.push(here);
                continue;
            };
            shared.insert(there);
            if self.parts_from(here, other, there) {
                comparison.differing.push((here, there));
            }
        }
        comparison.only_there = other.timeline(all);
        comparison.only_there.retain(|&there| !shared.contains(there));
        Ok(comparison)
    }

    /// Returns the state after an event in another server's view of the room against the state after it in this one:
    /// `removed` is here alone, `added` there. `None` where they are equal, or one of them is not known.
    ///
    /// # Errors
    /// If one of the rooms does not hold the event, or it is another room.
    pub fn state_diff_to(&self, other: &Self, id: &str) -> Result<Option<StateDiff>, RoomError> {
        self.check_same_room(other)?;
        let (here, there) = (self.find(id)?, other.find(id)?);
        if self.state_id(here) == other.state_id(there) {
            return Ok(None);
        }
        let states = self.state_after(here).zip(other.state_after(there));
        Ok(states.map(|(here, there)| self.diff_entries(&here, other, &there)))
    }

    fn check_same_room(&self, other: &Self) -> Result<(), RoomError> {
        match (self.room_id(), other.room_id()) {
            (Some(here), Some(there)) if here != there => {
                return Err(RoomError::WrongRoom(here.to_owned(), there.to_owned()));
            }
            _ => {}
        }
        match (self.version, other.version) {
            (Some(here), Some(there)) if here != there => Err(RoomError::WrongRoomVersion(here.id, there.id)),
            _ => Ok(()),
        }
    }

    fn held(&self, id: &str) -> Option<EventNid> {
        self.strings.find_event(id).filter(|&nid| self.events.holds(nid))
    }

    /// Returns whether two rooms came to different ends about an event. One that has not come to any does not differ.
    fn parts_from(&self, here: EventNid, other: &Self, there: EventNid) -> bool {
        let verdicts = (self.events.verdict(here), other.events.verdict(there));
        if verdicts.0 != verdicts.1 && verdicts.0 != Verdict::Outlier && verdicts.1 != Verdict::Outlier {
            return true;
        }
        self.state_id(here).zip(other.state_id(there)).is_some_and(|(here, there)| here != there)
    }

    /// Returns a state of another room against one of this room, both in slot order.
    fn diff_entries(&self, here: &[(Slot, EventNid)], other: &Self, there: &[(Slot, EventNid)]) -> StateDiff {
        let mut diff = StateDiff::default();
        let mut met = 0;
        for &(slot, from) in here {
            let theirs = self.slot_in(slot, other);
            let place = theirs.and_then(|theirs| there.binary_search_by_key(&theirs, |entry| entry.0).ok());
            match place.and_then(|place| there.get(place)) {
                None => diff.removed.push((slot, from)),
                Some(&(_, to)) => {
                    met += 1;
                    if self.strings.event_id(from) != other.strings.event_id(to) {
                        diff.changed.push((slot, from, to));
                    }
                }
            }
        }
        if met < there.len() {
            let absent = |slot| {
                let ours = other.slot_in(slot, self);
                ours.is_none_or(|ours| here.binary_search_by_key(&ours, |entry| entry.0).is_err())
            };
            diff.added.extend(there.iter().filter(|entry| absent(entry.0)));
        }
        diff
    }

    /// Returns the slot of the same type and state key in another room.
    fn slot_in(&self, slot: Slot, other: &Self) -> Option<Slot> {
        let (kind, key) = self.slots.pair(slot)?;
        let kind = other.strings.find_type(self.strings.event_type(kind))?;
        let key = other.strings.find_state_key(self.strings.state_key(key))?;
        other.slots.find(kind, key)
    }
}
