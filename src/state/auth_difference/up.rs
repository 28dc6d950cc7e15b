//! The way up: is an event in the chain of one that all states agree on?
//!
//! A search upward along reverse auth edges, depth first. Whatever it is done with without a hit has no agreed event above
//! it, and whatever led to a hit has, so both answers are remembered and no event is asked twice. Relies on `seen`.

use super::seen::{Below, Seen};
use super::states::Agreed;
use super::{AuthGraph, OutOfMemory};

/// The search, kept for its allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Up {
    /// Places of the events being asked, the one asked first at the bottom.
    way: Vec<u32>,
}

impl Up {
    /// Returns whether the event at `place` is agreed on or below such an event, taking steps off `left`; `None` if they do
    /// not suffice.
    pub(super) fn is_below_agreed<'g, G: AuthGraph>(
        &mut self,
        seen: &mut Seen,
        graph: &'g G,
        states: &Agreed<'_, G>,
        place: u32,
        left: &mut usize,
    ) -> Result<Option<bool>, OutOfMemory> {
        // Where the search goes on, for each event of the way.
        let mut children: Vec<G::Children<'g>> = Vec::new();
        let mut next = Some(place);
        loop {
            if let Some(place) = next {
                let met = seen.at_mut(place);
                if met.below_agreed == Below::Unknown && states.is_agreed(met.event) {
                    met.below_agreed = Below::Yes;
                }
                match met.below_agreed {
                    Below::Unknown => {
                        if *left == 0 {
                            return Ok(None);
                        }
                        *left -= 1;
                        met.below_agreed = Below::BeingAsked;
                        children.try_reserve(1)?;
                        self.way.try_reserve(1)?;
                        children.push(graph.auth_children(met.event));
                        self.way.push(place);
                    }
                    Below::Yes => {
                        for place in self.way.drain(..) {
                            seen.at_mut(place).below_agreed = Below::Yes;
                        }
                        return Ok(Some(true));
                    }
                    Below::No | Below::BeingAsked => {}
                }
            }
            let Some(above) = children.last_mut() else {
                return Ok(Some(false));
            };
            next = if let Some(event) = above.next() {
                Some(seen.meet(event)?)
            } else {
                children.pop();
                if let Some(place) = self.way.pop() {
                    seen.at_mut(place).below_agreed = Below::No;
                }
                None
            };
        }
    }

    pub(super) fn clear(&mut self) {
        self.way.clear();
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.way.capacity() * size_of::<u32>()
    }
}
