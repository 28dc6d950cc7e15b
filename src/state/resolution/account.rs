//! The account of a resolution: what was in conflict, what was tried in which order, and what came of it.
//!
//! A resolution tells an [`Observer`] what it does while it does it. `()` does not listen, and everything that only an
//! observer wants is compiled out of that run; [`Account`] writes it all down.

use crate::event::version::ResolutionAlgorithm;
use crate::nid::{EventNid, Slot};
use crate::sort;
use crate::state::auth::Refusal;

/// Somebody who is told how a resolution goes, in the order of the methods here; steps come one by one.
pub trait Observer {
    /// Whether anybody listens. What costs time and is only for observers is not done otherwise.
    const LISTENS: bool;

    /// The parents differ: resolution begins. `unconflicted` is the number of slots that are not in conflict.
    fn started(&mut self, algorithm: ResolutionAlgorithm, unconflicted: u32) {
        let _ = (algorithm, unconflicted);
    }

    /// A slot is in conflict between these events, two or more of which may be left if one of the parents has none.
    /// Called in slot order.
    fn conflicted(&mut self, slot: Slot, candidates: &mut dyn Iterator<Item = EventNid>) {
        let _ = (slot, candidates);
    }

    /// These events are in the auth chains of some parents' states, but not of all (v2, v2.1).
    fn auth_difference(&mut self, events: &[EventNid]) {
        let _ = events;
    }

    /// These events lie on a way from a conflicted event down to another (v2.1).
    fn conflicted_subgraph(&mut self, events: &[EventNid]) {
        let _ = events;
    }

    /// An event was tried, or passed over.
    fn tried(&mut self, step: Step) {
        let _ = step;
    }

    /// This is the outcome for a slot in which parents differ, in conflict or not. Called in slot order.
    fn decided(&mut self, slot: Slot, winner: Option<EventNid>) {
        let _ = (slot, winner);
    }
}

/// Nobody listens.
impl Observer for () {
    const LISTENS: bool = false;
}

/// One event's turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The event.
    pub event: EventNid,
    /// Which ordering it stood in, and what put it in its place there.
    pub keys: SortKeys,
    /// What came of it.
    pub outcome: Outcome,
}

/// What an event is sorted by: first by the first field, then by the second, last by its event id (v1 has its hash).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SortKeys {
    /// Reverse topological power ordering: auth events first, then the highest level, then the earliest.
    Power {
        /// The sender's level by the event's own auth events.
        power_level: i64,
        /// In milliseconds.
        origin_server_ts: i64,
    },
    /// Mainline ordering: the lowest position first, then the earliest.
    Mainline {
        /// How many power levels events the mainline has from its start up to the first one that the event stands on; 0
        /// if it stands on none.
        position: u32,
        /// In milliseconds.
        origin_server_ts: i64,
    },
    /// v1: power levels, join rules and members, from the least depth up; each must be allowed by the one before.
    V1Auth {
        /// As the event claims.
        depth: u64,
        /// SHA-1 of the event id; of equal depths the greatest first.
        sha1: [u8; 20],
    },
    /// v1: all other slots, from the greatest depth down, until one is allowed.
    V1Other {
        /// As the event claims.
        depth: u64,
        /// SHA-1 of the event id; of equal depths the least first.
        sha1: [u8; 20],
    },
}

impl SortKeys {
    /// Returns the name of the phase: `power`, `mainline`, `v1-auth` or `v1-other`.
    #[must_use]
    pub const fn phase(&self) -> &'static str {
        match self {
            Self::Power { .. } => "power",
            Self::Mainline { .. } => "mainline",
            Self::V1Auth { .. } => "v1-auth",
            Self::V1Other { .. } => "v1-other",
        }
    }
}

/// What came of an event's turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is in the state from here on.
    Allowed,
    /// The rules refuse it against the state decided so far. In [`SortKeys::V1Other`] the last one wins all the same.
    Denied(Refusal),
    /// It was not tried: it had been rejected before (v2, v2.1), or another one had already won or failed (v1).
    Skipped,
}

impl Outcome {
    /// Returns the name: `allowed`, `denied` or `skipped`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied(_) => "denied",
            Self::Skipped => "skipped",
        }
    }
}

/// A slot in conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The slot.
    pub slot: Slot,
    /// The events that parents have there, in the order of their numbers.
    pub candidates: Vec<EventNid>,
    /// What the resolved state has there.
    pub winner: Option<EventNid>,
}

/// Everything that an observer is told, written down.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// `None` if there was nothing to resolve: one state, or equal ones. All else is empty then.
    ///
    /// In v2.1 the state that the first power event is tried against is the empty one, and what the power events leave is
    /// where the mainline phase begins; unconflicted state is laid over the result. In v2 the first power event is tried
    /// against the unconflicted state.
    pub algorithm: Option<ResolutionAlgorithm>,
    /// The number of slots that were not in conflict.
    pub unconflicted: u32,
    /// The slots in conflict, in slot order.
    pub conflicts: Vec<Conflict>,
    /// The auth difference, in the order of the events' numbers; conflicted events that are in it included.
    pub auth_difference: Vec<EventNid>,
    /// The conflicted subgraph (v2.1), in the order of the events' numbers; conflicted events included.
    pub conflicted_subgraph: Vec<EventNid>,
    /// What was tried, in order.
    pub steps: Vec<Step>,
}

impl Account {
    /// Returns the name of the algorithm: `none`, `v1`, `v2` or `v2.1`.
    #[must_use]
    pub const fn algorithm_name(&self) -> &'static str {
        match self.algorithm {
            None => "none",
            Some(ResolutionAlgorithm::V1) => "v1",
            Some(ResolutionAlgorithm::V2) => "v2",
            Some(ResolutionAlgorithm::V21) => "v2.1",
        }
    }
}

impl Observer for Account {
    const LISTENS: bool = true;

    fn started(&mut self, algorithm: ResolutionAlgorithm, unconflicted: u32) {
        *self = Self { algorithm: Some(algorithm), unconflicted, ..Self::default() };
    }

    fn conflicted(&mut self, slot: Slot, candidates: &mut dyn Iterator<Item = EventNid>) {
        let mut candidates: Vec<EventNid> = candidates.collect();
        sort::ascending(&mut candidates);
        self.conflicts.push(Conflict { slot, candidates, winner: None });
    }

    fn auth_difference(&mut self, events: &[EventNid]) {
        self.auth_difference.extend_from_slice(events);
    }

    fn conflicted_subgraph(&mut self, events: &[EventNid]) {
        self.conflicted_subgraph.extend_from_slice(events);
    }

    fn tried(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn decided(&mut self, slot: Slot, winner: Option<EventNid>) {
        if let Ok(at) = self.conflicts.binary_search_by_key(&slot, |conflict| conflict.slot)
            && let Some(conflict) = self.conflicts.get_mut(at)
        {
            conflict.winner = winner;
        }
    }
}
