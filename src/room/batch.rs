//! A batch: the events of one input, as far as they have been read and until they are taken in.
//!
//! [`super::stage`] fills it, [`super::take_in`] works it off. What it holds is as long as the input and lies in pages, so
//! that it can go again piece by piece.

use super::RoomError;
use super::options::{AddOptions, MOST_PROBLEMS, Problem};
use super::texts::Found;
use crate::column::{self, Column, Lists};
use crate::event::hash::Hasher;
use crate::event::pdu::Role;
use crate::event::table::{Arrival, EventRow, EventTable};
use crate::event::version::RoomVersion;
use crate::graph::bits::EventBits;
use crate::import::Importer;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Interner, InternerFull, StringsMark};

/// One event that has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Staged {
    pub(super) nid: EventNid,
    pub(super) row: EventRow,
    /// Where its edges lie in [`Batch::edges`]: parents, then auth events.
    pub(super) edges: u32,
    pub(super) parents: u8,
    pub(super) auth_events: u8,
    pub(super) at: u32,
    /// The room id in [`Batch::rooms`], if the event names one.
    pub(super) room: Option<u32>,
    /// What its place in the input says of it.
    pub(super) role: Role,
    /// Whether it is held already, or stands earlier in the input: it matters to a server's numbers alone.
    pub(super) again: bool,
}

impl Staged {
    pub(super) fn is_create(&self) -> bool {
        self.row.kind == EventTypeNid::CREATE && self.row.state_key == Some(EventStateKeyNid::EMPTY)
    }
}

/// An input that is being read; see [`super::Room::begin`].
#[derive(Debug)]
pub struct Batch {
    pub(super) options: AddOptions,
    pub(super) version: Option<&'static RoomVersion>,
    pub(super) staged: Column<Staged>,
    pub(super) edges: Lists<EventNid>,
    /// How many event ids were known when each page of `staged` was full.
    pub(super) known: Vec<u32>,
    /// What the event at hand names, while it is being read.
    pub(super) named: Vec<EventNid>,
    pub(super) rooms: Interner,
    pub(super) problems: Vec<Problem>,
    pub(super) more_problems: u32,
    pub(super) duplicates: u32,
    /// The order of taking in, and how far it has come.
    pub(super) order: Vec<u32>,
    pub(super) next: usize,
    /// Whether that is the order in which they were read: of what has been taken in nothing is needed any more then.
    pub(super) as_read: bool,
    /// The events that have been taken in, for the first time.
    pub(super) taken: Vec<EventNid>,
    /// The first event of the input, which the given state belongs to: in a `send_join` answer the join.
    pub(super) first: Option<EventNid>,
    /// The state that a `send_join` answer gives, in its order.
    pub(super) answered_state: Vec<EventNid>,
    /// Whether the input has an auth chain, which makes a `state` answer of its `pdus`.
    pub(super) has_auth_chain: bool,
    pub(super) strings: StringsMark,
    pub(super) slots: usize,
    /// Whether states have been given with it.
    pub(super) gave: bool,
    pub(super) seen: EventBits,
    /// The type of the event before: mostly the next one's as well.
    pub(super) kind: Option<EventTypeNid>,
    pub(super) importer: Importer,
    pub(super) deferred: Vec<(u32, Role, String)>,
    pub(super) hasher: Hasher,
    /// Where computed ids are written, one after another.
    pub(super) id: String,
    /// The piece of input at hand, if it can be kept as it is, and whose texts have been found in it.
    pub(super) piece: Piece,
}

/// Where a piece of input that can be kept as it is lies in memory, and what is to be kept of it.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) found: Vec<Found>,
}

impl Piece {
    /// Notes that an event's text is to be kept, if it stands in this piece of input; returns whether it does.
    pub(super) fn find(&mut self, nid: EventNid, text: &str) -> bool {
        let start = (text.as_ptr() as usize).wrapping_sub(self.start);
        let within = start < self.length && text.len() <= self.length - start;
        if within {
            self.found.push(Found { nid, start: start as u32, length: text.len() as u32 });
        }
        within
    }
}

impl Batch {
    /// Returns a batch that nothing has been read into; `strings` and `slots` say how many the room has.
    pub(super) fn new(
        options: AddOptions,
        version: Option<&'static RoomVersion>,
        strings: StringsMark,
        slots: usize,
    ) -> Self {
        Self {
            options,
            version,
            staged: Column::default(),
            edges: Lists::default(),
            known: Vec::new(),
            named: Vec::new(),
            rooms: Interner::new(0),
            problems: Vec::new(),
            more_problems: 0,
            duplicates: 0,
            order: Vec::new(),
            next: 0,
            as_read: false,
            taken: Vec::new(),
            first: None,
            answered_state: Vec::new(),
            has_auth_chain: false,
            strings,
            slots,
            gave: false,
            seen: EventBits::default(),
            kind: None,
            importer: Importer::default(),
            deferred: Vec::new(),
            hasher: Hasher::default(),
            id: String::new(),
            piece: Piece::default(),
        }
    }

    /// Takes the input for one whose events need not be what their ids say, and of this room version if the room has none.
    ///
    /// # Errors
    /// If the room version is not known.
    pub fn as_scenario(&mut self, room_version: &str) -> Result<(), RoomError> {
        let version = RoomVersion::find(room_version);
        let version = version.ok_or_else(|| RoomError::UnknownRoomVersion(room_version.to_owned()))?;
        self.options.verify = false;
        self.version.get_or_insert(version);
        Ok(())
    }

    /// Gives the state before an event of the input, or before one that is held, as ids of state events.
    pub fn give(&mut self, event: String, state: Vec<String>) {
        self.options.states_before.push((event, state));
    }

    pub(super) fn problem(&mut self, at: u32, event_id: Option<String>, code: &'static str, message: String) {
        if self.problems.len() >= MOST_PROBLEMS {
            self.more_problems = self.more_problems.saturating_add(1);
            return;
        }
        self.problems.push(Problem { at, event_id, code, message });
    }

    /// Returns what was read of a held event, as if it had just been read. Its edges are the batch's only ones.
    pub(super) fn stage_again(&mut self, events: &EventTable, nid: EventNid, again: bool) -> Option<Staged> {
        let (prev, auth) = (events.prev_events(nid), events.auth_events(nid));
        let [parents, auth_events] = [prev.len() as u8, auth.len() as u8];
        self.edges.clear();
        let edges = self.edges.push(prev.len() + auth.len(), prev.iter().chain(auth).copied());
        let row = events.row(nid)?;
        Some(Staged { nid, row, edges, parents, auth_events, at: 0, room: None, role: Role::Event, again })
    }

    /// Returns the number of a room id; nearly all are the first one's.
    pub(super) fn room(&mut self, id: &str) -> Result<u32, InternerFull> {
        if self.rooms.is(0, id) { Ok(0) } else { self.rooms.intern(id).map(|room| room as u32) }
    }

    /// Returns the parents of an event, then its auth events.
    pub(super) fn named(&self, staged: &Staged) -> &[EventNid] {
        self.edges.get(staged.edges, staged.parents as usize + staged.auth_events as usize)
    }

    /// Returns what must be taken in before an event: what it names; before one that comes again the first of it.
    pub(super) fn waits_for<'a>(&'a self, staged: &'a Staged) -> &'a [EventNid] {
        if staged.again { core::slice::from_ref(&staged.nid) } else { self.named(staged) }
    }

    pub(super) fn parents(&self, staged: &Staged) -> &[EventNid] {
        self.named(staged).get(..staged.parents as usize).unwrap_or_default()
    }

    pub(super) fn auth_events(&self, staged: &Staged) -> &[EventNid] {
        self.named(staged).get(staged.parents as usize..).unwrap_or_default()
    }

    /// Drops what `keep` says no to; returns how many events that are.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Self, &Staged) -> bool) -> usize {
        let mut staged = core::mem::take(&mut self.staged);
        let before = staged.len();
        staged.retain(|staged| keep(self, staged));
        let dropped = before - staged.len();
        if dropped > 0 {
            self.known.clear();
        }
        self.staged = staged;
        dropped
    }

    /// Returns how many ids were known when a page of events had been read, if these are taken in in that order.
    pub(super) fn ids_of_page(&self, page: usize) -> Option<usize> {
        self.known.get(page).filter(|_| self.as_read).map(|&known| known as usize)
    }

    /// Gives back the memory of what has been taken in, as far as nobody asks for it any more.
    pub(super) fn forget_taken(&mut self) {
        if self.as_read && column::page_at(self.next).is_some() {
            self.staged.forget_before(self.next);
            if let Some(next) = self.staged.get(self.next) {
                self.edges.forget_before(next.edges);
            }
        }
    }

    /// Returns how an event reached us, by its place in the input: what an answer gives beside the events that were asked
    /// for is there to authorise them.
    pub(super) fn arrival(&self, role: Role) -> Arrival {
        match role {
            Role::Event => self.options.arrival,
            Role::Pdu if !self.has_auth_chain => self.options.arrival,
            Role::Pdu | Role::AuthChain | Role::State => Arrival::Outlier,
        }
    }

    /// Returns how many event ids the room had seen before this batch.
    pub(super) fn events_before(&self) -> usize {
        self.strings.events()
    }

    /// Returns how many events have been read and how many of them have been taken in.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.staged.len(), self.next)
    }
}
