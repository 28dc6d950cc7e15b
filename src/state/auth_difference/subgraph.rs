//! The conflicted subgraph of state resolution v2.1 (MSC4297, room version 12).
//!
//! It holds the events that lie between conflicted ones: in the auth chain of one, and with one in their own auth chain,
//! chains being inclusive. Nothing of a lower generation than all conflicted events can have one in its chain, so the walk
//! down ends there; the events met are then gone through from the lowest up, each asking its auth events. Relies on `seen`.

use super::{AuthGraph, AuthWalks, EventNid, OutOfMemory};
use crate::sort;

const REACHED: u64 = 1;
const BETWEEN: u64 = 2;

impl AuthWalks {
    /// Returns the conflicted subgraph of the events `conflicted`, by event number; they are part of it.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn conflicted_subgraph<G: AuthGraph>(
        &mut self,
        graph: &G,
        conflicted: &[EventNid],
    ) -> Result<Vec<EventNid>, OutOfMemory> {
        let result = self.between(graph, conflicted);
        self.clear();
        result
    }

    fn between<G: AuthGraph>(&mut self, graph: &G, conflicted: &[EventNid]) -> Result<Vec<EventNid>, OutOfMemory> {
        let generations = conflicted.iter().map(|&event| graph.auth_generation(event));
        let Some(lowest) = generations.min() else {
            return Ok(Vec::new());
        };
        self.down.all = REACHED | BETWEEN;
        self.down.lowest = lowest;
        for &event in conflicted {
            self.down.raise(&mut self.seen, graph, event, REACHED)?;
        }
        let mut no_limit = usize::MAX;
        self.down.walk(&mut self.seen, graph, |_| false, &mut no_limit)?;
        for &event in conflicted {
            let place = self.seen.meet(event)?;
            self.seen.at_mut(place).holders |= BETWEEN;
        }
        let mut found = Vec::new();
        for &place in self.down.partial.iter().rev() {
            let event = self.seen.at(place).event;
            let mut between = self.seen.at(place).holders & BETWEEN != 0;
            for &auth_event in graph.auth_events(event) {
                let below = self.seen.meet(auth_event)?;
                between |= self.seen.at(below).holders & BETWEEN != 0;
            }
            if between {
                self.seen.at_mut(place).holders |= BETWEEN;
                found.try_reserve(1)?;
                found.push(event);
            }
        }
        sort::ascending(&mut found);
        Ok(found)
    }
}
