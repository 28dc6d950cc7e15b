//! The room: the one door in. Taking events in, asking questions.
//!
//! [`Room`] joins the layers: an input is read into a [`Batch`], its events enter the columns, and each is judged. A
//! question never changes the room, and a call that fails leaves it as it was.

mod batch;
mod compare;
mod dendrite;
mod error;
mod export;
mod given;
mod journal;
mod judge;
mod load;
mod options;
mod questions;
mod save;
mod send;
mod slot_values;
mod stage;
mod state_questions;
mod states;
mod storage;
mod take_in;
mod texts;

pub use batch::Batch;
pub use compare::Comparison;
pub use error::RoomError;
pub use load::Loader;
pub use options::{AddOptions, AddReport, HOP_LIMIT, MOST_PROBLEMS, Order, Problem, RoomOptions, RuleSet};
pub use questions::{EventInfo, TimelineOptions, TimelineOrder};
pub use send::Draft;
pub use slot_values::{Change, ChangeCause, Merge, SlotValues};
pub use state_questions::{Explanation, ParentState, StateDiff};
pub use states::Against;
pub use storage::{CompressionFigures, EventEffects, MOST_IMPROVED, StorageFigures};

use crate::event::table::EventTable;
use crate::event::version::RoomVersion;
use crate::graph::{Extremities, Orderings};
use crate::nid::{EventNid, Slots, Strings};
use crate::state::auth::AuthSlots;
use crate::state::map::Version;
use core::cell::{OnceCell, RefCell};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use journal::Journal;
use judge::TipStates;
use states::States;
use storage::Storage;
use texts::Texts;

/// A Matrix room and what a homeserver makes of its events.
#[derive(Debug)]
pub struct Room {
    options: RoomOptions,
    version: Option<&'static RoomVersion>,
    room_id: Option<String>,
    create: Option<EventNid>,
    strings: Strings,
    slots: Slots,
    events: EventTable,
    texts: Texts,
    orderings: Orderings,
    extremities: Extremities,
    states: States,
    /// Who waits for an event: to come, to be checked, or for its state.
    waiting: HashMap<EventNid, Vec<EventNid>, FixedState>,
    waiting_for_create: Vec<EventNid>,
    journal: Journal,
    storage: Storage,
    tip_states: TipStates,
    /// Scratch memory of judging: what the rules ask for, with what the event at hand names.
    named: AuthSlots,
    parent_versions: Vec<Version>,
    tip_versions: Vec<Version>,
    slot_values: Vec<Option<EventNid>>,
    busy: bool,
    topological: OnceCell<Vec<EventNid>>,
    by_stream: OnceCell<Vec<EventNid>>,
    /// Both orders with outliers among them, where there are any: pages of them follow one another.
    with_outliers: [OnceCell<Vec<EventNid>>; 2],
    /// The public ids of states, by version, as far as somebody asked.
    state_ids: RefCell<Vec<u128>>,
}

impl Room {
    /// Opens an empty room.
    #[must_use]
    pub fn new(options: RoomOptions) -> Self {
        Self {
            version: options.room_version,
            room_id: options.room_id.clone(),
            create: None,
            strings: Strings::new(options.seed),
            slots: Slots::default(),
            events: EventTable::default(),
            texts: Texts::default(),
            orderings: Orderings::default(),
            extremities: Extremities::default(),
            states: States::default(),
            waiting: HashMap::default(),
            waiting_for_create: Vec::new(),
            journal: Journal::default(),
            storage: Storage::new(&options),
            named: AuthSlots::default(),
            parent_versions: Vec::new(),
            tip_states: TipStates::default(),
            tip_versions: Vec::new(),
            slot_values: Vec::new(),
            busy: false,
            topological: OnceCell::new(),
            by_stream: OnceCell::new(),
            with_outliers: [OnceCell::new(), OnceCell::new()],
            state_ids: RefCell::default(),
            options,
        }
    }

    /// Returns the room id, once an event or an option has said it.
    #[must_use]
    pub fn room_id(&self) -> Option<&str> {
        self.room_id.as_deref()
    }

    /// Returns the room version, once the create event or an option has said it.
    #[must_use]
    pub fn version(&self) -> Option<&'static RoomVersion> {
        self.version
    }

    /// Returns how many events are held, outliers and rejected ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns whether no event is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Returns the strings behind the NIDs.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Returns the types and state keys behind slots.
    #[must_use]
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Returns the events' columns.
    #[must_use]
    pub fn events(&self) -> &EventTable {
        &self.events
    }

    /// Returns the stream orderings.
    #[must_use]
    pub fn orderings(&self) -> &Orderings {
        &self.orderings
    }

    /// Returns the tips and gaps.
    #[must_use]
    pub fn extremities(&self) -> &Extremities {
        &self.extremities
    }

    /// Returns whether the events' own text is kept.
    #[must_use]
    pub fn keeps_json(&self) -> bool {
        self.options.keep_json
    }

    /// Lets go of the events' own text, and keeps no more of it: as if the room had been made not to.
    pub fn forget_json(&mut self) {
        self.options.keep_json = false;
        self.texts = Texts::default();
    }

    /// Returns the bytes of memory that the room holds: without and with the events' own text.
    #[must_use]
    pub fn memory_bytes(&self) -> (usize, usize) {
        let model = self.strings.memory_bytes()
            + self.slots.memory_bytes()
            + self.events.memory_bytes()
            + self.orderings.memory_bytes()
            + self.extremities.memory_bytes()
            + self.states.memory_bytes()
            + self.journal.memory_bytes()
            + self.storage.memory_bytes()
            + self.waiting.allocation_size();
        (model, model + self.texts.memory_bytes())
    }

    fn strings_before(&self, batch: &Batch) -> usize {
        batch.events_before().min(self.strings.events())
    }

    fn forget_orders(&mut self) {
        self.topological.take();
        self.by_stream.take();
        self.with_outliers = [OnceCell::new(), OnceCell::new()];
    }
}
