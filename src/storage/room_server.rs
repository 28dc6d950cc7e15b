//! Dendrite's room server: what its tables hold of one room.
//!
//! The room says what happens to each event and in which order; this gives out the numbers, makes blocks and snapshots or
//! finds them again, and keeps the room's own row. The rules are those of Dendrite's code (`roomserver/internal/input`,
//! `roomserver/state`, `roomserver/storage/shared`). Where that code loads a wrong state (a block that is found again has
//! a lower number than the blocks it should win against, and loses), [`RoomServer::after`] stores the whole state, unless
//! it is asked to do as Dendrite does.

use super::MOST_BLOCKS;
use super::blocks::{Block, Blocks, ListNid};
use super::effects::{Effect, Effects};
use super::numbering::{Names, Numbering, Sequence};
use crate::event::table::{EventTable, Verdict};
use crate::graph::bits::EventBits;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Strings, WELL_KNOWN_STATE_KEYS, WELL_KNOWN_TYPES};
use crate::sort;
use crate::state::map::{OutOfMemory, StateMaps, Version};
use core::cell::OnceCell;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The room's columns that the tables stand on.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// The events.
    pub events: &'a EventTable,
    /// Their strings.
    pub strings: &'a Strings,
}

/// The tables of one room.
#[derive(Clone, Debug)]
pub struct RoomServer {
    numbering: Numbering,
    types: Names,
    state_keys: Names,
    /// Events in the order in which they were stored.
    rows: Vec<EventNid>,
    sequence: Sequence,
    /// By index of the event's NID: its row + 1.
    row_of: Vec<u32>,
    /// By index of the event's NID: the list of the snapshot before it + 1.
    before: Vec<u32>,
    sent: EventBits,
    /// Events that others name as parents.
    referenced: EventBits,
    /// Events named as parents, in order of first mention.
    previous: Vec<EventNid>,
    /// For SQLite's `previous_events`: by parent, the index of the child stored last, times two, and one if it was not the
    /// first.
    last_store: HashMap<u64, u32, FixedState>,
    /// Whether these tables lead: what became of an auth event is then what had become of it when it was asked for.
    leads: bool,
    /// If they do, auth events that were rejected when an event that names them was stored: left out of its list for good.
    left_out: HashMap<u64, u32, FixedState>,
    blocks: Blocks,
    block_numbers: Sequence,
    snapshot_numbers: Sequence,
    latest: Vec<EventNid>,
    last_sent: Option<EventNid>,
    room_list: Option<ListNid>,
    effects: Effects,
    children: OnceCell<Children>,
}

impl RoomServer {
    /// Returns the tables of a fresh server. They may lead, so that the room goes by them step by step, or follow a room
    /// that has gone on already. What each event did is remembered if `keeps_effects` says so: it takes as much memory as
    /// the rest.
    #[must_use]
    pub fn new(numbering: Numbering, leads: bool, keeps_effects: bool) -> Self {
        let mut types = Names::new(numbering, WELL_KNOWN_TYPES.len());
        if numbering.is_exact() {
            // Dendrite's ACL cache looks `m.room.server_acl` up when the server starts.
            types.skip();
        }
        Self {
            numbering,
            types,
            state_keys: Names::new(numbering, WELL_KNOWN_STATE_KEYS.len()),
            rows: Vec::new(),
            sequence: Sequence::new(numbering),
            row_of: Vec::new(),
            before: Vec::new(),
            sent: EventBits::default(),
            referenced: EventBits::default(),
            previous: Vec::new(),
            last_store: HashMap::default(),
            leads,
            left_out: HashMap::default(),
            blocks: Blocks::default(),
            block_numbers: Sequence::new(numbering),
            snapshot_numbers: Sequence::new(numbering),
            latest: Vec::new(),
            last_sent: None,
            room_list: None,
            effects: Effects::new(keeps_effects),
            children: OnceCell::new(),
        }
    }

    /// Returns whose numbers these are.
    #[must_use]
    pub fn numbering(&self) -> Numbering {
        self.numbering
    }

    /// Begins what one event does: all effects until the next call are its own.
    pub fn begin(&mut self, nid: EventNid) {
        self.effects.begin(nid);
    }

    /// Looks state keys up, as checking an event does: Dendrite gives those a number that have none yet, in the order of
    /// the strings (`EventStateKeyNIDs`). Dense numbers are given to what is stored alone.
    pub fn look_up_keys(&mut self, strings: &Strings, keys: impl Iterator<Item = EventStateKeyNid>) {
        if !self.numbering.is_exact() {
            return;
        }
        let mut keys: Vec<EventStateKeyNid> = keys.filter(|key| self.state_keys.number(key.index()) == 0).collect();
        sort::in_place(&mut keys, |&a, &b| strings.state_key(a) < strings.state_key(b));
        for key in keys {
            self.intern_key(key);
        }
    }

    fn intern_key(&mut self, key: EventStateKeyNid) {
        if let (_, true) = self.state_keys.intern(key.index()) {
            self.effects.push(Effect::StateKey(key.index() as u32));
        }
    }

    /// Stores an event's row, or finds it there; takes note of the parents it names. The event's verdict and those of its
    /// auth events have been set as far as they are known.
    pub fn store(&mut self, columns: Columns<'_>, nid: EventNid) {
        let Columns { events, strings } = columns;
        if let Some(kind) = events.kind(nid) {
            let server_acl = self.numbering.is_exact() && strings.event_type(kind) == SERVER_ACL;
            let (_, new) = if server_acl { self.types.claim(kind.index()) } else { self.types.intern(kind.index()) };
            if new {
                self.effects.push(Effect::Type(kind.index() as u32));
            }
        }
        if let Some(key) = events.state_key(nid) {
            self.intern_key(key);
        }
        if self.row_of.len() <= nid.index() {
            // As far as the room's own columns reach: they all grow together.
            let length = events.ids().max(nid.index() + 1);
            self.row_of.resize(length, 0);
            self.before.resize(length, 0);
        }
        if self.has(nid) {
            self.sequence.burn();
        } else {
            self.rows.push(nid);
            self.sequence.add();
            if let Some(row) = self.row_of.get_mut(nid.index()) {
                *row = self.rows.len() as u32;
            }
            for &auth_event in events.auth_events(nid) {
                if self.leads && events.verdict(auth_event) == Verdict::Rejected {
                    self.left_out.insert(pair(nid, auth_event), 0);
                }
            }
        }
        let first = self.event_nid(nid) == 1;
        for &parent in events.prev_events(nid) {
            if self.referenced.insert(parent) {
                self.previous.push(parent);
                if self.numbering == Numbering::Sqlite {
                    self.last_store.insert(u64::from(parent.get()), (nid.index() as u32) << 1);
                }
            } else if let Some(last) = self.last_store.get_mut(&u64::from(parent.get())).filter(|_| !first) {
                // What it takes for the old list is "1", so event 1 counts as being in it.
                *last = (nid.index() as u32) << 1 | 1;
            }
        }
        self.children.take();
    }

    /// Returns whether an event has a row.
    #[must_use]
    pub fn has(&self, nid: EventNid) -> bool {
        self.row_of.get(nid.index()).is_some_and(|&row| row != 0)
    }

    /// Returns whether a stored event names this one as a parent.
    #[must_use]
    pub fn is_referenced(&self, nid: EventNid) -> bool {
        self.referenced.contains(nid)
    }

    /// Returns the list of the snapshot before an event, `None` while it is not known.
    #[must_use]
    pub fn before(&self, nid: EventNid) -> Option<ListNid> {
        self.before.get(nid.index())?.checked_sub(1).map(ListNid::from_number)
    }

    /// Sets the snapshot before an event.
    pub fn set_before(&mut self, nid: EventNid, list: ListNid) {
        if let Some(before) = self.before.get_mut(nid.index()) {
            *before = list.number() + 1;
        }
    }

    /// Stores a snapshot of one block that holds a whole state, or of none for the empty state.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn whole(&mut self, maps: &mut StateMaps, events: &EventTable, state: Version) -> Result<ListNid, OutOfMemory> {
        let block = (!maps.is_empty(state)).then_some(Block::State(state));
        self.add_state(maps, events, ListNid::EMPTY, block)
    }

    /// Stores the snapshot after an event whose snapshot before it is known, as a block on top of that one, or whole where
    /// that list is full (Dendrite, `CalculateAndStoreStateAfterEvents` of one event). `state` is the state after the event
    /// that it has to load: where sorting the blocks by number would load another, the state is stored whole. Without
    /// `state` it is done as Dendrite does, whatever that loads.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn after(
        &mut self,
        maps: &mut StateMaps,
        events: &EventTable,
        nid: EventNid,
        state: Option<Version>,
    ) -> Result<ListNid, OutOfMemory> {
        let before = self.before(nid).unwrap_or(ListNid::EMPTY);
        let Some(slot) = events.slot(nid).filter(|_| events.verdict(nid) != Verdict::Rejected) else {
            return Ok(before);
        };
        if state == Some(self.blocks.state(before)) {
            return Ok(before);
        }
        let block = Block::Event(nid);
        let found = self.blocks.find(maps, block);
        let loses = || self.blocks.rows(before).last().is_some_and(|last| found.is_some_and(|found| found <= *last));
        if self.blocks.len(before) < MOST_BLOCKS && !(state.is_some() && loses()) {
            let named = state.is_none() && found.is_some() && self.blocks.names(maps, events, before, nid);
            return self.add_state(maps, events, before, (!named).then_some(block));
        }
        let state = match state {
            Some(state) => state,
            None => maps.set(self.blocks.state(before), slot, Some(nid))?,
        };
        self.whole(maps, events, state)
    }

    /// Dendrite's `AddState`: makes the block or finds it, then the snapshot.
    fn add_state(
        &mut self,
        maps: &mut StateMaps,
        events: &EventTable,
        base: ListNid,
        block: Option<Block>,
    ) -> Result<ListNid, OutOfMemory> {
        let mut list = base;
        if let Some(block) = block {
            let (row, new) = self.blocks.intern(maps, block);
            if new {
                self.block_numbers.add();
                self.effects.push(Effect::NewBlock(row));
            } else {
                self.block_numbers.burn();
                self.effects.push(Effect::ReusedBlock(row));
            }
            list = self.blocks.with(maps, events, base, row)?;
        }
        let (row, new) = self.blocks.store(list);
        if new {
            self.snapshot_numbers.add();
            self.effects.push(Effect::NewSnapshot(row));
        } else {
            self.snapshot_numbers.burn();
            self.effects.push(Effect::ReusedSnapshot(row));
        }
        Ok(list)
    }

    /// Sets the room's own row: its latest events, and the list of its snapshot, which is the state after them.
    pub fn set_latest(&mut self, latest: Vec<EventNid>, list: Option<ListNid>) {
        let old = core::mem::replace(&mut self.latest, latest);
        for nid in &self.latest {
            if !old.contains(nid) {
                self.effects.push(Effect::Tip(nid.index() as u32));
            }
        }
        for nid in old {
            if !self.latest.contains(&nid) {
                self.effects.push(Effect::NoTip(nid.index() as u32));
            }
        }
        self.room_list = list;
    }

    /// Notes that an event has been sent out to clients.
    pub fn mark_sent(&mut self, nid: EventNid) {
        self.sent.insert(nid);
        self.last_sent = Some(nid);
    }

    /// Returns whether an event has been sent out to clients.
    #[must_use]
    pub fn is_sent(&self, nid: EventNid) -> bool {
        self.sent.contains(nid)
    }

    /// Returns the room's latest events: its tips, as the room server has them.
    #[must_use]
    pub fn latest(&self) -> &[EventNid] {
        &self.latest
    }

    /// Returns the event that was sent out last.
    #[must_use]
    pub fn last_sent(&self) -> Option<EventNid> {
        self.last_sent
    }

    /// Returns the list of the room's own snapshot.
    #[must_use]
    pub fn room_list(&self) -> Option<ListNid> {
        self.room_list
    }

    /// Returns the blocks and snapshots.
    #[must_use]
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// Returns what each event did.
    #[must_use]
    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// Returns the stored events, by row.
    #[must_use]
    pub fn rows(&self) -> &[EventNid] {
        &self.rows
    }

    /// Returns the number of a stored event, 0 of any other.
    #[must_use]
    pub fn event_nid(&self, nid: EventNid) -> u32 {
        let row = self.row_of.get(nid.index()).and_then(|row| row.checked_sub(1));
        row.map_or(0, |row| self.sequence.number(row))
    }

    /// Returns the number of an event type, by its index among the room's types; 0 if it has not been used.
    #[must_use]
    pub fn type_nid(&self, index: usize) -> u32 {
        self.types.number(index)
    }

    /// Returns the number of a state key, by its index among the room's state keys; 0 if it has not been used.
    #[must_use]
    pub fn state_key_nid(&self, index: usize) -> u32 {
        self.state_keys.number(index)
    }

    /// Returns how many event types and state keys are interned.
    #[must_use]
    pub fn names(&self) -> (usize, usize) {
        (self.types.len(), self.state_keys.len())
    }

    /// Returns a row of the event types: the number and the type.
    #[must_use]
    pub fn type_row<'a>(&self, strings: &'a Strings, row: usize) -> Option<(u32, &'a str)> {
        let (number, index) = self.types.row(row)?;
        Some((number, index.map_or(SERVER_ACL, |index| strings.event_type(EventTypeNid::from_index(index)))))
    }

    /// Returns a row of the state keys: the number and the key.
    #[must_use]
    pub fn state_key_row<'a>(&self, strings: &'a Strings, row: usize) -> Option<(u32, &'a str)> {
        let (number, index) = self.state_keys.row(row)?;
        Some((number, index.map_or("", |index| strings.state_key(EventStateKeyNid::from_index(index)))))
    }

    /// Returns the number of a block by its row.
    #[must_use]
    pub fn block_nid(&self, row: u32) -> u32 {
        self.block_numbers.number(row)
    }

    /// Returns the number of the snapshot of a list, 0 if it has none.
    #[must_use]
    pub fn snapshot_nid(&self, list: ListNid) -> u32 {
        self.blocks.snapshot(list).map_or(0, |row| self.snapshot_numbers.number(row))
    }

    /// Returns the number of a snapshot by its row.
    #[must_use]
    pub fn snapshot_row_nid(&self, row: u32) -> u32 {
        self.snapshot_numbers.number(row)
    }

    /// Returns how many events are in a block.
    #[must_use]
    pub fn block_len(&self, maps: &StateMaps, row: u32) -> u32 {
        match self.blocks.blocks().get(row as usize) {
            Some(&Block::Event(_)) => 1,
            Some(&Block::State(state)) => maps.len(state),
            None => 0,
        }
    }

    /// Returns the events in a block, by their numbers.
    #[must_use]
    pub fn block_members(&self, maps: &StateMaps, row: u32) -> Vec<EventNid> {
        match self.blocks.blocks().get(row as usize) {
            Some(&Block::Event(nid)) => vec![nid],
            Some(&Block::State(state)) => {
                // A bit a row brings them into order in a tenth of the time of sorting them.
                let mut bits = vec![0_u64; self.rows.len().div_ceil(64)];
                for (_, nid) in maps.iter(state) {
                    let row = self.row_of.get(nid.index()).and_then(|row| row.checked_sub(1)).unwrap_or_default();
                    if let Some(word) = bits.get_mut(row as usize / 64) {
                        *word |= 1 << (row % 64);
                    }
                }
                let mut members = Vec::with_capacity(maps.len(state) as usize);
                for (rows, mut word) in self.rows.chunks(64).zip(bits) {
                    while let Some(&nid) = rows.get(word.trailing_zeros() as usize) {
                        members.push(nid);
                        word &= word - 1;
                    }
                }
                members
            }
            None => Vec::new(),
        }
    }

    /// Returns the numbers of the events in a block, ascending.
    #[must_use]
    pub fn block_events(&self, maps: &StateMaps, row: u32) -> Vec<u32> {
        self.block_members(maps, row).into_iter().map(|nid| self.event_nid(nid)).collect()
    }

    /// Returns the lowest numbers of the events in a block, so many.
    #[must_use]
    pub fn first_block_events(&self, maps: &StateMaps, events: &EventTable, row: u32, wanted: usize) -> Vec<u32> {
        if let Some(&Block::State(state)) = self.blocks.blocks().get(row as usize) {
            // What has been in the room for long stands in early rows, and a look at each is less work than sorting them all.
            let looked_at = self.rows.iter().take(maps.len(state) as usize);
            let members =
                looked_at.filter(|&&nid| events.slot(nid).is_some_and(|slot| maps.get(state, slot) == Some(nid)));
            let first: Vec<u32> = members.take(wanted).map(|&nid| self.event_nid(nid)).collect();
            if first.len() == wanted {
                return first;
            }
        }
        let mut numbers = self.block_events(maps, row);
        numbers.truncate(wanted);
        numbers
    }

    /// Returns the numbers of a list's blocks, ascending.
    #[must_use]
    pub fn list_blocks(&self, list: ListNid) -> Vec<u32> {
        self.blocks.rows(list).into_iter().map(|row| self.block_nid(row)).collect()
    }

    /// Returns the numbers of the auth events in an event's row: those that were stored and not rejected. `implied` is the
    /// one that the room version implies, which comes first.
    #[must_use]
    pub fn auth_event_nids(&self, events: &EventTable, nid: EventNid, implied: Option<EventNid>) -> Vec<u32> {
        let rejected = |auth_event| {
            if self.leads {
                self.left_out.contains_key(&pair(nid, auth_event))
            } else {
                events.verdict(auth_event) == Verdict::Rejected
            }
        };
        let stored = |&auth_event: &EventNid| self.has(auth_event) && !rejected(auth_event);
        let auth_events = implied.into_iter().chain(events.auth_events(nid).iter().copied());
        auth_events.filter(stored).map(|auth_event| self.event_nid(auth_event)).collect()
    }

    /// Returns the events named as parents, in order of first mention.
    #[must_use]
    pub fn previous(&self) -> &[EventNid] {
        &self.previous
    }

    /// Returns the numbers of the stored events that name an event as parent, in the order in which they were stored.
    #[must_use]
    pub fn children(&self, events: &EventTable, nid: EventNid) -> Vec<u32> {
        let children = self.children.get_or_init(|| Children::new(events, &self.rows));
        let mut numbers: Vec<u32> = children.of(nid).map(|row| self.sequence.number(row)).collect();
        numbers.reverse();
        numbers
    }

    /// Returns the text that SQLite's table of previous events holds for a parent. Reading the old list, that database is
    /// asked whether there is one, and answers 1: all children but the last are lost (Dendrite,
    /// `sqlite3/previous_events_table.go`).
    #[must_use]
    pub fn previous_text(&self, nid: EventNid) -> String {
        match self.last_store.get(&u64::from(nid.get())) {
            None => String::new(),
            Some(&last) => match self.event_nid(EventNid::from_index((last >> 1) as usize)) {
                number if last & 1 == 1 => format!("1,{number}"),
                number => number.to_string(),
            },
        }
    }

    /// Returns the bytes of memory held, the state maps aside.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.types.memory_bytes()
            + self.state_keys.memory_bytes()
            + 4 * (self.rows.capacity() + self.row_of.capacity() + self.before.capacity() + self.previous.capacity())
            + self.sequence.memory_bytes()
            + self.block_numbers.memory_bytes()
            + self.snapshot_numbers.memory_bytes()
            + self.sent.memory_bytes()
            + self.referenced.memory_bytes()
            + self.last_store.allocation_size()
            + self.left_out.allocation_size()
            + self.blocks.memory_bytes()
            + self.effects.memory_bytes()
            + self.children.get().map_or(0, Children::memory_bytes)
    }
}

const SERVER_ACL: &str = "m.room.server_acl";

fn pair(nid: EventNid, other: EventNid) -> u64 {
    u64::from(nid.get()) << 32 | u64::from(other.get())
}

/// The children of every event, as chains from the last stored to the first.
#[derive(Clone, Debug)]
struct Children {
    /// By index of the parent's NID: the place of its last child in `links` + 1.
    last: Vec<u32>,
    /// A child's row, and the place of the one before it + 1.
    links: Vec<(u32, u32)>,
}

impl Children {
    fn new(events: &EventTable, rows: &[EventNid]) -> Self {
        let mut children = Self { last: vec![0; events.ids()], links: Vec::with_capacity(rows.len()) };
        for (row, &nid) in rows.iter().enumerate() {
            for parent in events.prev_events(nid) {
                if let Some(last) = children.last.get_mut(parent.index()) {
                    children.links.push((row as u32, *last));
                    *last = children.links.len() as u32;
                }
            }
        }
        children
    }

    fn of(&self, nid: EventNid) -> impl Iterator<Item = u32> {
        let mut place = self.last.get(nid.index()).copied().unwrap_or_default();
        core::iter::from_fn(move || {
            let &(row, before) = self.links.get((place as usize).checked_sub(1)?)?;
            place = before;
            Some(row)
        })
    }

    fn memory_bytes(&self) -> usize {
        4 * self.last.capacity() + 8 * self.links.capacity()
    }
}
