//! The way up: is an event in the chain of one that all states agree on?
//!
//! A search upward along reverse auth edges, depth first. Whatever it is done with without a hit has no agreed event above
//! it, and whatever led to a hit has, so both answers are remembered and no event is asked twice. Relies on `seen`.

use super::seen::{Below, Seen};
use super::states::Agreed;
use super::{AuthGraph, OutOfMemory};

/// The search.
pub(super) struct Up<'s, 'a, G: AuthGraph + 'a> {
    states: &'s Agreed<'a, G>,
    /// Places of the events being asked, the one asked first at the bottom, and where to go on above each.
    way: Vec<(u32, G::Children<'a>)>,
}

impl<'s, 'a, G: AuthGraph> Up<'s, 'a, G> {
    pub(super) fn new(states: &'s Agreed<'a, G>) -> Self {
        Self { states, way: Vec::new() }
    }

    /// Returns whether the event at `place` is agreed on or below such an event, taking steps off `left`; `None` if they do
    /// not suffice, and then the search is over.
    pub(super) fn is_below_agreed(
        &mut self,
        seen: &mut Seen,
        place: u32,
        left: &mut usize,
    ) -> Result<Option<bool>, OutOfMemory> {
        let mut next = Some(place);
        loop {
            if let Some(place) = next {
                let met = seen.at_mut(place);
                if met.below_agreed == Below::Unknown && self.states.is_agreed(met.event) {
                    met.below_agreed = Below::Yes;
                }
                match met.below_agreed {
                    Below::Unknown => {
                        if *left == 0 {
                            return Ok(None);
                        }
                        *left -= 1;
                        met.below_agreed = Below::BeingAsked;
                        let children = self.states.graph.auth_children(met.event);
                        self.way.try_reserve(1)?;
                        self.way.push((place, children));
                    }
                    Below::Yes => {
                        for (place, _) in self.way.drain(..) {
                            seen.at_mut(place).below_agreed = Below::Yes;
                        }
                        return Ok(Some(true));
                    }
                    Below::No | Below::BeingAsked => {}
                }
            }
            let Some((place, children)) = self.way.last_mut() else {
                return Ok(Some(false));
            };
            next = if let Some(event) = children.next() {
                Some(seen.meet(event)?)
            } else {
                seen.at_mut(*place).below_agreed = Below::No;
                self.way.pop();
                None
            };
        }
    }
}
