//! Stream and topological orderings.
//!
//! Stream orderings follow arrival: 1, 2, 3 … for live events, −1, −2, −3 … for backfilled events and outliers. An outlier
//! that becomes an event keeps its own (Synapse does the same, `shared/spec` §5: "de-outliering keeps the original
//! stream ordering"). Topological order is by claimed depth, then by stream ordering: how Synapse reads history.

use crate::column::Column;
use crate::event::table::{Arrival, EventTable};
use crate::nid::EventNid;
use crate::sort;

/// The stream ordering of every held event.
#[derive(Clone, Debug, Default)]
pub struct Orderings {
    stream: Column<i32>,
    live: i32,
    backfilled: i32,
}

impl Orderings {
    /// Makes room for events with NIDs up to `ids`.
    pub fn grow(&mut self, ids: usize) {
        self.stream.grow(ids, 0);
    }

    /// Gives the event, which has just been held, its stream ordering. [`Orderings::grow`] has made room.
    pub fn assign(&mut self, nid: EventNid, arrival: Arrival) {
        let next = if arrival == Arrival::Live {
            self.live += 1;
            self.live
        } else {
            self.backfilled += 1;
            -self.backfilled
        };
        self.stream.set(nid.index(), next);
    }

    /// Returns the stream ordering of a held event.
    #[must_use]
    pub fn stream(&self, nid: EventNid) -> i32 {
        self.stream.get(nid.index()).copied().unwrap_or_default()
    }

    /// Returns all held events in topological order: by depth, then by stream ordering.
    #[must_use]
    pub fn topological(&self, events: &EventTable) -> Vec<EventNid> {
        let mut order = events.held().to_vec();
        self.sort(events, &mut order);
        order
    }

    /// Sorts events topologically.
    pub fn sort(&self, events: &EventTable, order: &mut [EventNid]) {
        self.sort_by_stream(order);
        sort::by_number(order, |nid| events.depth(nid) as u32);
        sort::by_number(order, |nid| (events.depth(nid) >> 32) as u32);
    }

    /// Returns all held events by stream ordering.
    #[must_use]
    pub fn by_stream(&self, events: &EventTable) -> Vec<EventNid> {
        let mut order = events.held().to_vec();
        self.sort_by_stream(&mut order);
        order
    }

    fn sort_by_stream(&self, order: &mut [EventNid]) {
        // With the sign turned over, numbers are in the order of what they stand for.
        sort::by_number(order, |nid| self.stream(nid).cast_unsigned() ^ 1 << 31);
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.stream.memory_bytes()
    }
}
