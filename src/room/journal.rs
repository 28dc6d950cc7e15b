//! What the room did, step by step: which event was taken in, and when its state was decided.
//!
//! How a server stores a room depends on this order. The storage models are worked out from it when somebody asks for
//! them, so that taking events in pays four bytes a step and nothing else. All that a room knows follows from its
//! deliveries, the states that it was given and the events' own words: that is what a saved room holds ([`super::save`]).

use crate::column::Column;
use crate::event::table::Arrival;
use crate::nid::EventNid;
use crate::state::map::Version;

/// What happened to an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// It was taken in, or came again as something else than an outlier.
    Arrived(Arrival),
    /// It was held already, and delivered again.
    Again(Arrival),
    /// Its verdict and the state before it became known.
    Decided,
    /// The same, by a state that was given with it.
    Given,
    /// It was taken in live and decided at once.
    Settled,
}

/// A state that was given for the time before an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    /// How many steps came before it.
    pub(super) after: usize,
    pub(super) event: EventNid,
    pub(super) state: Version,
    /// Whether the event came with it.
    pub(super) comes: bool,
}

/// The steps of a room, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    given: Vec<Given>,
    /// An event's index times 16, plus the step's code.
    steps: Column<u32>,
}

const CODE_BITS: u32 = 4;
const STEPS: [Step; 9] = [
    Step::Arrived(Arrival::Live),
    Step::Arrived(Arrival::Backfill),
    Step::Arrived(Arrival::Outlier),
    Step::Decided,
    Step::Again(Arrival::Live),
    Step::Again(Arrival::Backfill),
    Step::Again(Arrival::Outlier),
    Step::Settled,
    Step::Given,
];

impl Journal {
    pub(super) fn push(&mut self, nid: EventNid, step: Step) {
        let word = |step| (nid.index() as u32) << CODE_BITS | code(step);
        match (self.steps.last_mut(), step) {
            (Some(last), Step::Decided) if *last == word(Step::Arrived(Arrival::Live)) => *last = word(Step::Settled),
            _ => self.steps.push(word(step)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn get(&self, position: usize) -> Option<(EventNid, Step)> {
        let word = *self.steps.get(position)?;
        let step = *STEPS.get((word & ((1 << CODE_BITS) - 1)) as usize)?;
        Some((EventNid::from_index((word >> CODE_BITS) as usize), step))
    }

    /// Returns which event was delivered in a step, and how; `None` for a step that followed from others.
    pub(super) fn delivery(&self, position: usize) -> Option<(EventNid, Arrival)> {
        match self.get(position)? {
            (nid, Step::Arrived(arrival) | Step::Again(arrival)) => Some((nid, arrival)),
            (nid, Step::Settled) => Some((nid, Arrival::Live)),
            (_, Step::Decided | Step::Given) => None,
        }
    }

    /// Takes note of a given state.
    pub(super) fn give(&mut self, event: EventNid, state: Version, comes: bool) {
        self.given.push(Given { after: self.steps.len(), event, state, comes });
    }

    /// Returns the state that was last given for an event.
    pub(super) fn given_for(&self, event: EventNid) -> Option<Version> {
        self.given.iter().rev().find(|given| given.event == event).map(|given| given.state)
    }

    /// Returns the states that were given, in order.
    pub(super) fn given(&self) -> &[Given] {
        &self.given
    }

    /// Forgets the state that was given for an event that was then not stored.
    pub(super) fn take_back_given(&mut self, event: EventNid) {
        let Some(place) = self.given.iter().rposition(|given| given.event == event) else { return };
        let after = self.given.get(place).map_or(0, |given| given.after);
        let came = |position| self.delivery(position).is_some_and(|delivery| delivery.0 == event);
        if !(after..self.steps.len()).any(came) {
            self.given.remove(place);
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.steps.memory_bytes() + size_of::<Given>() * self.given.capacity()
    }
}

fn code(step: Step) -> u32 {
    STEPS.iter().position(|&other| other == step).unwrap_or_default() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_noted_and_joins_what_came_at_once() {
        let nid = EventNid::from_index;
        let mut journal = Journal::default();
        let live = Step::Arrived(Arrival::Live);
        let outlier = Step::Arrived(Arrival::Outlier);
        for (event, step) in [
            (nid(4), live),
            (nid(4), Step::Decided),
            (nid(7), outlier),
            (nid(1), live),
            (nid(7), Step::Decided),
            (nid(1), Step::Decided),
            (nid(1), Step::Again(Arrival::Backfill)),
        ] {
            journal.push(event, step);
        }
        let steps: Vec<_> = (0..journal.len()).filter_map(|position| journal.get(position)).collect();
        let again = Step::Again(Arrival::Backfill);
        let expected = [
            (nid(4), Step::Settled),
            (nid(7), outlier),
            (nid(1), live),
            (nid(7), Step::Decided),
            (nid(1), Step::Decided),
            (nid(1), again),
        ];
        assert_eq!(steps, expected);
        assert_eq!(journal.get(6), None);
        let deliveries: Vec<_> = (0..journal.len()).filter_map(|position| journal.delivery(position)).collect();
        let expected = [(4, Arrival::Live), (7, Arrival::Outlier), (1, Arrival::Live), (1, Arrival::Backfill)];
        assert_eq!(deliveries, expected.map(|(index, arrival)| (nid(index), arrival)));
    }

    #[test]
    fn a_state_given_for_nothing_is_forgotten() {
        let (first, second) = (EventNid::from_index(0), EventNid::from_index(1));
        let mut journal = Journal::default();
        journal.give(first, Version::EMPTY, true);
        journal.push(first, Step::Arrived(Arrival::Live));
        journal.give(second, Version::EMPTY, true);
        journal.take_back_given(first);
        assert_eq!(journal.given().len(), 2);
        journal.take_back_given(second);
        assert_eq!(journal.given().len(), 1);
    }
}
