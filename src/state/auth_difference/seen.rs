//! Which events a walk has met, and what it knows of each.
//!
//! A flat column from event number to a place among those met, cleared by going through these. A hash map in its stead
//! makes the same walk fifteen times slower. Relies on `nid`.

use super::{EventNid, OutOfMemory};

/// What a walk knows of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Met {
    pub(super) event: EventNid,
    /// The states whose chains it is in, as far as known.
    pub(super) holders: u64,
    /// Whether it waits to be walked on from.
    pub(super) waits: bool,
    pub(super) below_agreed: Below,
}

/// Whether an event is one that all states agree on, or is in the chain of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Below {
    Unknown,
    BeingAsked,
    No,
    Yes,
}

/// The events met.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// By event: 1 more than its place in `met`, or 0.
    places: Vec<u32>,
    met: Vec<Met>,
}

impl Seen {
    /// Returns the place of `event`, which counts as met from now on.
    #[inline]
    pub(super) fn meet(&mut self, event: EventNid) -> Result<u32, OutOfMemory> {
        let index = event.index();
        if index >= self.places.len() {
            self.places.try_reserve(index + 1 - self.places.len())?;
            self.places.resize(index + 1, 0);
        }
        if let Some(place) = self.places[index].checked_sub(1) {
            return Ok(place);
        }
        self.met.try_reserve(1)?;
        let place = self.met.len() as u32;
        self.met.push(Met { event, holders: 0, waits: false, below_agreed: Below::Unknown });
        self.places[index] = place + 1;
        Ok(place)
    }

    #[inline]
    pub(super) fn at(&self, place: u32) -> &Met {
        &self.met[place as usize]
    }

    #[inline]
    pub(super) fn at_mut(&mut self, place: u32) -> &mut Met {
        &mut self.met[place as usize]
    }

    pub(super) fn clear(&mut self) {
        for met in self.met.drain(..) {
            self.places[met.event.index()] = 0;
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>() + self.met.capacity() * size_of::<Met>()
    }
}
