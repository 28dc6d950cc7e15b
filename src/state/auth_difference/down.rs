//! The walk down along auth events, by auth generation, highest first.
//!
//! An event is walked on from when everything above it has been, so it then knows all the states whose chains it is in.
//! The walk ends when nothing waits that is missing from some chain: below that, the chains are one. Relies on `seen`.

use std::collections::BinaryHeap;

use super::seen::Seen;
use super::{AuthGraph, EventNid, OutOfMemory};

/// A walk down.
#[derive(Clone, Debug, Default)]
pub(super) struct Down {
    /// The bits of all states.
    pub(super) all: u64,
    /// The generation below which nothing is walked on from.
    pub(super) lowest: u32,
    /// Places of the events that were in some chains, but not in all, when the walk went on from them.
    pub(super) partial: Vec<u32>,
    /// Generation and place of those that wait.
    waiting: BinaryHeap<u64>,
    /// How many of them are missing from some chain.
    waiting_partial: usize,
}

impl Down {
    /// Puts `event` into the chains of `holders` too.
    #[inline]
    pub(super) fn raise(
        &mut self,
        seen: &mut Seen,
        graph: &impl AuthGraph,
        event: EventNid,
        holders: u64,
    ) -> Result<(), OutOfMemory> {
        let place = seen.meet(event)?;
        let met = seen.at_mut(place);
        let (before, after) = (met.holders, met.holders | holders);
        if before == after {
            return Ok(());
        }
        met.holders = after;
        if met.waits {
            if after == self.all {
                self.waiting_partial -= 1;
            }
            return Ok(());
        }
        met.waits = true;
        self.waiting_partial += usize::from(after != self.all);
        self.waiting.try_reserve(1)?;
        let generation = u64::from(graph.auth_generation(event));
        self.waiting.push(generation << 32 | u64::from(place));
        Ok(())
    }

    /// Walks to where the chains are one, taking steps off `left`. Returns `false` if there are none left before that.
    ///
    /// `is_agreed` says of an event that all states have it, and saves the walk down to where their chains would meet in it.
    pub(super) fn walk(
        &mut self,
        seen: &mut Seen,
        graph: &impl AuthGraph,
        is_agreed: impl Fn(EventNid) -> bool,
        left: &mut usize,
    ) -> Result<bool, OutOfMemory> {
        while self.waiting_partial > 0 {
            let Some(next) = self.waiting.pop() else {
                break;
            };
            let generation = (next >> 32) as u32;
            if generation < self.lowest {
                break;
            }
            if *left == 0 {
                return Ok(false);
            }
            *left -= 1;
            let place = next as u32;
            let met = seen.at_mut(place);
            met.waits = false;
            let (event, holders) = (met.event, met.holders);
            if holders != self.all {
                self.waiting_partial -= 1;
                self.partial.try_reserve(1)?;
                self.partial.push(place);
            }
            for &auth_event in graph.auth_events(event) {
                let below = seen.meet(auth_event)?;
                let is_new = seen.at(below).holders == 0;
                let in_all = is_new && holders != self.all && is_agreed(auth_event);
                let holders = if in_all { self.all } else { holders };
                self.raise(seen, graph, auth_event, holders)?;
            }
        }
        Ok(true)
    }

    /// Adds the event at `place` to `found` if it is still missing from some chain.
    pub(super) fn keep(&self, seen: &Seen, place: u32, found: &mut Vec<EventNid>) -> Result<(), OutOfMemory> {
        let met = seen.at(place);
        if met.holders != self.all {
            found.try_reserve(1)?;
            found.push(met.event);
        }
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.lowest = 0;
        self.partial.clear();
        self.waiting.clear();
        self.waiting_partial = 0;
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.waiting.capacity() * size_of::<u64>() + self.partial.capacity() * size_of::<u32>()
    }
}
