//! Judging events: the state before and after each, and its verdict.
//!
//! An event whose parents' states are not all known waits for the first of them. When that is known, it is looked at
//! again, in causal order and without recursion, and ends as if it had come in order.

use super::{Room, RoomError};
use crate::event::table::{Arrival, Verdict};
use crate::nid::EventNid;

impl Room {
    /// Judges an event that has just been taken in, and whatever waited for it.
    pub(super) fn judge(&mut self, nid: EventNid) -> Result<(), RoomError> {
        let mut queue = vec![nid];
        while let Some(nid) = queue.pop() {
            if self.events.arrival(nid) == Arrival::Outlier || self.known.contains(nid) {
                continue;
            }
            let missing = self.events.prev_events(nid).iter().copied().find(|&parent| !self.known.contains(parent));
            if let Some(parent) = missing {
                self.waiting.entry(parent).or_default().push(nid);
                continue;
            }
            self.known.insert(nid);
            self.events.set_verdict(nid, Verdict::Accepted);
            self.extremities.judged(&self.events, nid);
            if let Some(waiting) = self.waiting.remove(&nid) {
                queue.extend(waiting);
            }
        }
        Ok(())
    }

    /// Takes note of the state given for the batch's first event.
    pub(super) fn set_given_state(&mut self, _batch: &super::Batch) -> Result<(), RoomError> {
        Ok(())
    }
}
