//! The auth difference: the events that are in the auth chains of some of several states, but not of all.
//!
//! The definition is union minus intersection of the inclusive auth chains of the whole states. Chains are as long as the
//! room is old, but nearly everything in them is in all of them. So the search starts from the candidates of the slots
//! where the states differ (`down`): they are walked down along auth events, in order of auth generation, each event
//! taking along the set of states whose chains it is in, until every chain has become one. An event on the way that all
//! states have is in all chains at once, and so is what lies below it. What is then left may still lie below an agreed
//! event that the walk did not pass, and that is looked for along the reverse edges (`up`), where one or two steps settle
//! it as a rule.
//!
//! The cost follows what the branches did, not the room. Where an old value stands against a new one (a reset, a given
//! state, a hostile room) the walks could wander through all that lies between, so they have a budget; past it, the walk
//! starts over from the whole states, whose cost is bounded by the states and the span between their events.
//!
//! Depth is no order to rely on, anybody can write it; and neither are event numbers, auth events may come late. The auth
//! generation is: an event's is higher than that of all its auth events.
//!
//! The conflicted subgraph of state resolution v2.1 (MSC4297) is a walk of the same kind (`subgraph`). Relies on `nid` and
//! on the state map.

mod down;
mod seen;
mod states;
mod subgraph;
#[cfg(test)]
mod tests;
mod up;

use self::down::Down;
use self::seen::Seen;
use self::states::Agreed;
use self::up::Up;
use super::map::{Candidate, Differences, OutOfMemory, StateMaps, Version};
use crate::nid::{EventNid, Slot};
use crate::sort;

/// States that are walked at once: a bit each.
const AT_ONCE: usize = 64;

/// What the walks need to know of the room's events.
///
/// Auth chains have no cycles. Should the edges given here have any, the walks end nevertheless.
pub trait AuthGraph {
    /// The events that name an event as an auth event.
    type Children<'a>: Iterator<Item = EventNid>
    where
        Self: 'a;

    /// Returns the auth events of `event`: none for an event that is not held.
    fn auth_events(&self, event: EventNid) -> &[EventNid];

    /// Returns a number higher than that of each of `event`'s auth events: 1 more than the highest, 0 without any.
    fn auth_generation(&self, event: EventNid) -> u32;

    /// Returns the events that name `event` as an auth event, of those at least that are state events or are named
    /// themselves: through no others does a chain go.
    fn auth_children(&self, event: EventNid) -> Self::Children<'_>;

    /// Returns the slot of a state event.
    fn slot(&self, event: EventNid) -> Option<Slot>;
}

/// The steps that the walks may take before they start over from the whole states: about what that would cost at least, so
/// that no question costs much more than twice the cheaper way.
#[derive(Clone, Copy, Debug)]
struct Budget {
    steps: usize,
    for_a_seed: usize,
    for_a_slot: usize,
}

/// What the walks write on; kept by the caller, it spares every call its allocations.
#[derive(Clone, Debug)]
pub struct AuthWalks {
    budget: Budget,
    seen: Seen,
    down: Down,
    from_the_whole: u64,
}

impl Default for AuthWalks {
    fn default() -> Self {
        Self::new()
    }
}

impl AuthWalks {
    /// Returns walks that have not been anywhere.
    #[must_use]
    pub fn new() -> Self {
        Self::with_budget(Budget { steps: 4_096, for_a_seed: 4, for_a_slot: 1 })
    }

    fn with_budget(budget: Budget) -> Self {
        Self { budget, seen: Seen::default(), down: Down::default(), from_the_whole: 0 }
    }

    /// Returns the auth difference of the states `versions`, by event number.
    ///
    /// `differences` is what [`StateMaps::diff_many`] gave for the same versions. Events that are only named, not held,
    /// are in it like others.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn difference<G: AuthGraph>(
        &mut self,
        graph: &G,
        maps: &StateMaps,
        versions: &[Version],
        differences: &Differences,
    ) -> Result<Vec<EventNid>, OutOfMemory> {
        let mut found = Vec::new();
        if versions.len() <= AT_ONCE {
            let agreed = Agreed { graph, maps, versions, differences };
            self.difference_at_once(graph, &agreed, &mut found)?;
        } else {
            // In the union but not in the intersection is what is in the chain of one and not in that of a fixed other.
            // A typical one, or each part would hold all that sets an outlier apart.
            let typical = versions[differences.most_typical()?];
            let mut part = Differences::new();
            for some in versions.chunks(AT_ONCE - 1) {
                let mut together = [typical; AT_ONCE];
                together[1..=some.len()].copy_from_slice(some);
                let versions = &together[..=some.len()];
                maps.diff_many(versions, &mut part)?;
                let agreed = Agreed { graph, maps, versions, differences: &part };
                self.difference_at_once(graph, &agreed, &mut found)?;
            }
        }
        sort::distinct(&mut found);
        Ok(found)
    }

    /// Returns whether the auth difference of these states has no events but candidates of the slots where they differ,
    /// for a reason that a look at each candidate shows: what it names as auth events is either a candidate as well or what
    /// all states have, and so in all chains with everything below it. Mostly it is so.
    pub fn is_among_candidates<G: AuthGraph>(
        graph: &G,
        maps: &StateMaps,
        versions: &[Version],
        differences: &Differences,
    ) -> bool {
        let states = Agreed { graph, maps, versions, differences };
        // Candidates mostly name the same as the one before.
        let mut before: &[EventNid] = &[];
        differences.iter().all(|(_, candidates)| {
            candidates.iter().all(|candidate| {
                let Some(event) = candidate.event else { return true };
                // What some states have and a successor of it in all others is in all chains as it is.
                let names_it =
                    |other: &Candidate| other.event.is_some_and(|other| graph.auth_events(other).contains(&event));
                if candidates.len() == 2 && candidates.iter().any(names_it) {
                    return true;
                }
                let named = graph.auth_events(event);
                let known = core::mem::replace(&mut before, named);
                named.iter().all(|named| known.contains(named) || states.is_agreed_or_candidate(*named))
            })
        })
    }

    /// Returns the bytes held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.seen.memory_bytes() + self.down.memory_bytes()
    }

    /// Returns how often a budget ran out and a walk started over from the whole states.
    #[must_use]
    pub const fn walks_from_the_whole(&self) -> u64 {
        self.from_the_whole
    }

    /// Adds the auth difference of at most [`AT_ONCE`] states to `found`, in no order.
    fn difference_at_once<G: AuthGraph>(
        &mut self,
        graph: &G,
        states: &Agreed<'_, G>,
        found: &mut Vec<EventNid>,
    ) -> Result<(), OutOfMemory> {
        if states.differences.is_empty() {
            return Ok(());
        }
        let result = self.walk_what_differs(graph, states, found);
        self.clear();
        if result? {
            return Ok(());
        }
        self.from_the_whole += 1;
        let result = self.walk_whole_states(graph, states, found);
        self.clear();
        result
    }

    /// Walks from the candidates. Returns `false`, with nothing found, if the budget did not suffice.
    fn walk_what_differs<G: AuthGraph>(
        &mut self,
        graph: &G,
        states: &Agreed<'_, G>,
        found: &mut Vec<EventNid>,
    ) -> Result<bool, OutOfMemory> {
        let mut seeds = 0;
        self.down.all = states.all();
        for (event, holders) in states.candidates() {
            self.down.raise(&mut self.seen, graph, event, holders)?;
            seeds += 1;
        }
        let mut left = self.budget.steps + self.budget.for_a_seed * seeds + self.budget.for_a_slot * states.slots();
        let is_agreed = |event| states.is_agreed(event);
        if !self.down.walk(&mut self.seen, graph, is_agreed, &mut left)? {
            return Ok(false);
        }
        let mut up = Up::new(states);
        let before = found.len();
        for &at in &self.down.partial {
            match up.is_below_agreed(&mut self.seen, at, &mut left)? {
                Some(true) => {}
                Some(false) => self.down.keep(&self.seen, at, found)?,
                None => {
                    found.truncate(before);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn walk_whole_states<G: AuthGraph>(
        &mut self,
        graph: &G,
        states: &Agreed<'_, G>,
        found: &mut Vec<EventNid>,
    ) -> Result<(), OutOfMemory> {
        self.down.all = states.all();
        for (event, holders) in states.candidates() {
            self.down.raise(&mut self.seen, graph, event, holders)?;
        }
        for event in states.agreed() {
            self.down.raise(&mut self.seen, graph, event, states.all())?;
        }
        let mut no_limit = usize::MAX;
        self.down.walk(&mut self.seen, graph, |_| false, &mut no_limit)?;
        for &at in &self.down.partial {
            self.down.keep(&self.seen, at, found)?;
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.seen.clear();
        self.down.clear();
    }
}
