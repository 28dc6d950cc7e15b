//! Mainline ordering (specification, room version 2, "Mainline ordering").
//!
//! The mainline of a power levels event is the chain of power levels events from it down through auth events. Events that
//! are not power events are sorted by where on that chain they stand: by the first event of it that is reached by going
//! down the chain of power levels events from the event itself.
//!
//! The mainline can be as long as the room's history, but whoever stands on it does so near its top. So neither chain is
//! walked to its end: the event's chain and the mainline go down in turns, a step each, until one reaches what the other
//! has seen. All that was seen is kept for the next event of the same call. A place is therefore counted from the top;
//! positions as the specification and servers give them, counted from the start, are made only for observers.

use super::RoomView;
use super::column::Column;
use crate::nid::EventNid;
use crate::state::map::OutOfMemory;

/// On the chain of the event at hand, above where it meets the mainline.
const PENDING: u32 = u32::MAX;
/// Stands on no event of the mainline.
const OFF: u32 = u32::MAX - 1;

/// A mainline, walked as far as anybody asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Mainline {
    /// By power levels event: [`PENDING`], [`OFF`], or 1 + the place from the top of the mainline event it stands on.
    seen: Column,
    /// The first event of the mainline that is not in `seen` as such.
    next: Option<EventNid>,
    /// How many are.
    reached: u32,
    path: Vec<EventNid>,
}

impl Mainline {
    /// Starts from the power levels event that the power phase has left.
    pub(super) fn start<G>(
        &mut self,
        room: &RoomView<'_, G>,
        power_levels: Option<EventNid>,
    ) -> Result<(), OutOfMemory> {
        self.next = power_levels;
        self.reached = 0;
        self.seen.start(room.events.ids())
    }

    /// Returns a number that sorts events as the mainline does: 0 for those that stand on none of it, and the higher the
    /// newer the mainline event that an event stands on.
    pub(super) fn rank<G>(&mut self, room: &RoomView<'_, G>, event: EventNid) -> u32 {
        match self.place(room, event) {
            OFF => 0,
            place => u32::MAX - place,
        }
    }

    /// Returns what [`SortKeys::Mainline`](super::SortKeys::Mainline) calls the position of an event with this rank.
    /// Walks the mainline to its end.
    pub(super) fn position<G>(&mut self, room: &RoomView<'_, G>, rank: u32) -> u32 {
        while self.step(room).is_some() {}
        match rank {
            0 => 0,
            rank => self.reached - (u32::MAX - rank),
        }
    }

    /// Returns how many mainline events are newer than the one that the event stands on, or [`OFF`].
    fn place<G>(&mut self, room: &RoomView<'_, G>, event: EventNid) -> u32 {
        self.path.clear();
        let mut at = if room.is_power_levels(event) { Some(event) } else { room.power_levels_above(event) };
        let place = loop {
            if let Some(here) = at {
                match self.seen.get(here.index()) {
                    0 => {
                        self.seen.set(here.index(), PENDING);
                        self.path.push(here);
                        at = room.power_levels_above(here);
                    }
                    // Auth events that go in a circle end here; ids that servers choose (versions 1 and 2) allow it.
                    PENDING => at = None,
                    OFF => break OFF,
                    known => break known - 1,
                }
            } else if self.path.is_empty() {
                break OFF;
            }
            match self.step(room) {
                Some((met, place)) if met => break place,
                None if at.is_none() => break OFF,
                _ => {}
            }
        };
        let number = if place == OFF { OFF } else { place + 1 };
        for event in &self.path {
            self.seen.set(event.index(), number);
        }
        place
    }

    /// Goes one event down the mainline. Returns whether the path has been there already, and the event's place.
    fn step<G>(&mut self, room: &RoomView<'_, G>) -> Option<(bool, u32)> {
        let event = self.next?;
        let before = self.seen.get(event.index());
        if before != 0 && before != PENDING {
            // A circle: the mainline ends.
            self.next = None;
            return None;
        }
        let place = self.reached;
        self.reached += 1;
        self.seen.set(event.index(), place + 1);
        self.next = room.power_levels_above(event);
        if before == 0 {
            return Some((false, place));
        }
        // What the path saw further down is mainline too, and not known as such yet.
        while let Some(last) = self.path.pop() {
            if last == event {
                break;
            }
            self.seen.set(last.index(), 0);
        }
        Some((true, place))
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.seen.memory_bytes() + 4 * self.path.capacity()
    }
}
