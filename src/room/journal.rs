//! What the room did, step by step: which event was taken in, and when its state was decided.
//!
//! How a server stores a room depends on this order. The storage models are worked out from it when somebody asks for
//! them, so that taking events in pays four bytes a step and nothing else.

use crate::event::table::Arrival;
use crate::nid::EventNid;

/// What happened to an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// It was taken in, or came again as something else than an outlier.
    Arrived(Arrival),
    /// It was held already, and delivered again.
    Again(Arrival),
    /// Its verdict and the state before it became known.
    Decided,
    /// It was taken in live and decided at once.
    Settled,
}

/// The steps of a room, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    /// An event's index times 8, plus the step's code.
    steps: Vec<u32>,
}

const CODE_BITS: u32 = 3;
const STEPS: [Step; 1 << CODE_BITS] = [
    Step::Arrived(Arrival::Live),
    Step::Arrived(Arrival::Backfill),
    Step::Arrived(Arrival::Outlier),
    Step::Decided,
    Step::Again(Arrival::Live),
    Step::Again(Arrival::Backfill),
    Step::Again(Arrival::Outlier),
    Step::Settled,
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

    pub(super) fn memory_bytes(&self) -> usize {
        4 * self.steps.capacity()
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
    }
}
