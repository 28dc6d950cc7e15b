//! Options and reports of the calls on a room.

use crate::event::table::Arrival;
use crate::event::version::RoomVersion;
use crate::nid::EventNid;
use crate::storage::Numbering;

/// `MAX_STATE_DELTA_HOPS` of Synapse on SQLite. On PostgreSQL it counts otherwise, which makes 99 of it.
pub const HOP_LIMIT: u16 = 100;

/// How a room is opened.
#[derive(Clone, Debug)]
pub struct RoomOptions {
    /// The room version; by default what the create event says.
    pub room_version: Option<&'static RoomVersion>,
    /// The room id; by default what the create event says, or the first event.
    pub room_id: Option<String>,
    /// Whether event auth is enforced. Without it every event whose parents are known is accepted; none waits for its auth
    /// events, and a conflict is resolved with those that have come.
    pub enforce_auth: bool,
    /// Whose rules decide.
    pub rules: RuleSet,
    /// How the tables of blocks and snapshots are numbered.
    pub numbering: Numbering,
    /// The most edges of a chain of state groups.
    pub hop_limit: u16,
    /// Whether each event's JSON is kept.
    pub keep_json: bool,
    /// A secret for the interner's hash; shows nowhere. Any number will do, best an unpredictable one.
    pub seed: u64,
}

impl RoomOptions {
    /// Returns whether it matters that an event is delivered again: to the numbers of a real database, and to Dendrite.
    pub(super) fn counts_deliveries(&self) -> bool {
        self.numbering.is_exact() || self.rules == RuleSet::Dendrite
    }
}

impl Default for RoomOptions {
    fn default() -> Self {
        Self {
            room_version: None,
            room_id: None,
            enforce_auth: true,
            rules: RuleSet::Specification,
            numbering: Numbering::Dense,
            hop_limit: HOP_LIMIT,
            keep_json: true,
            seed: 0,
        }
    }
}

/// Whose rules decide what becomes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RuleSet {
    /// The specification's, as Synapse applies them.
    #[default]
    Specification,
    /// Dendrite's, as it takes events in and stores them without other servers to ask.
    Dendrite,
}

/// The order in which an input is taken in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// Sorted so that parents and auth events come first; an input that is so already keeps its order.
    #[default]
    Causal,
    /// As given.
    Given,
}

/// How an input is taken in.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// How its events reached us.
    pub arrival: Arrival,
    /// In which order they are taken in.
    pub order: Order,
    /// The state before the input's first event, as ids of held state events.
    pub state_before: Option<Vec<String>>,
    /// The states before other events, held or in the input: the event's id, and ids of state events.
    pub states_before: Vec<(String, Vec<String>)>,
    /// Whether given event ids and content hashes are checked (room version 3 and up).
    pub verify: bool,
}

/// Something in an input that could not be taken in, or should be looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Problem {
    /// The 1-based line or array position.
    pub at: u32,
    /// The event's id, where it is known.
    pub event_id: Option<String>,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

/// The most problems of one input that are told: a file of another kind has one a line, and each costs a hundred bytes.
pub const MOST_PROBLEMS: usize = 100_000;

/// What came of an input.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AddReport {
    /// The events taken in, in order: new ones, and outliers that became events.
    pub events: Vec<EventNid>,
    /// How many were held already.
    pub duplicates: u32,
    /// Of the events taken in, how many are accepted …
    pub accepted: u32,
    /// … soft-failed …
    pub soft_failed: u32,
    /// … rejected …
    pub rejected: u32,
    /// … or without known state.
    pub outliers: u32,
    /// What could not be taken in, by its place in the input; at most [`MOST_PROBLEMS`], those that were found first.
    pub problems: Vec<Problem>,
    /// How many more there were.
    pub more_problems: u32,
}
