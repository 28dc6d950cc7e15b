//! Blocks and snapshots, without doubles.
//!
//! A block is one state event, or a whole state: then it is a version of the state maps, and its list of events is made
//! when somebody asks. Versions with equal content are one version, so that a block is found again without looking at its
//! events.
//!
//! The blocks of a snapshot are listed in the order of their numbers, each once. Such lists are the paths of a tree: a
//! list is a shorter list and a block more, so that a snapshot that adds a block to another costs one node, two equal
//! lists are one node, and the state that a list loads is found once. A snapshot is a list that has been stored.

use crate::event::table::EventTable;
use crate::nid::EventNid;
use crate::state::map::{OutOfMemory, StateMaps, Version};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// What a block holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Block {
    /// One state event.
    Event(EventNid),
    /// Every event of a state.
    State(Version),
}

/// A list of blocks: a node of the tree of lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ListNid(u32);

impl ListNid {
    /// The list without blocks.
    pub const EMPTY: Self = Self(0);

    /// Returns the number of the list, 0 and up.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// Returns the list with a number.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(number)
    }
}

#[derive(Clone, Copy, Debug)]
struct List {
    prefix: u32,
    /// The row of its last block.
    block: u32,
    /// What loading it gives: later blocks win.
    state: Version,
    /// The row of the snapshot, if it has been stored.
    snapshot: u32,
    len: u8,
}

const NOT_STORED: u32 = u32::MAX;

/// The blocks and snapshots of a room, as rows in the order of their making.
#[derive(Clone, Debug)]
pub struct Blocks {
    blocks: Vec<Block>,
    rows: HashMap<u64, u32, FixedState>,
    lists: Vec<List>,
    longer: HashMap<u64, u32, FixedState>,
    snapshots: Vec<ListNid>,
}

impl Default for Blocks {
    fn default() -> Self {
        let empty = List { prefix: 0, block: 0, state: Version::EMPTY, snapshot: NOT_STORED, len: 0 };
        Self {
            blocks: Vec::new(),
            rows: HashMap::default(),
            lists: vec![empty],
            longer: HashMap::default(),
            snapshots: Vec::new(),
        }
    }
}

impl Blocks {
    /// Returns the row of a block, and whether it has just been made.
    pub(super) fn intern(&mut self, maps: &StateMaps, block: Block) -> (u32, bool) {
        let block = single(maps, block);
        let next = self.blocks.len() as u32;
        let row = *self.rows.entry(key(block)).or_insert(next);
        if row == next {
            self.blocks.push(block);
        }
        (row, row == next)
    }

    /// Returns the row of a block that has been made.
    pub(super) fn find(&self, maps: &StateMaps, block: Block) -> Option<u32> {
        self.rows.get(&key(single(maps, block))).copied()
    }

    /// Returns the row of the snapshot of a list, and whether it has just been made.
    pub(super) fn store(&mut self, list: ListNid) -> (u32, bool) {
        let next = self.snapshots.len() as u32;
        let Some(entry) = self.lists.get_mut(list.0 as usize) else { return (next, false) };
        if entry.snapshot != NOT_STORED {
            return (entry.snapshot, false);
        }
        entry.snapshot = next;
        self.snapshots.push(list);
        (next, true)
    }

    /// Returns `list` and a block, which stands where its number puts it.
    pub(super) fn with(
        &mut self,
        maps: &mut StateMaps,
        events: &EventTable,
        list: ListNid,
        block: u32,
    ) -> Result<ListNid, OutOfMemory> {
        let mut later = Vec::new();
        let mut base = list;
        while base != ListNid::EMPTY && self.list(base).block > block {
            later.push(self.list(base).block);
            base = ListNid(self.list(base).prefix);
        }
        if base == ListNid::EMPTY || self.list(base).block < block {
            later.push(block);
        }
        while let Some(block) = later.pop() {
            base = self.longer(maps, events, base, block)?;
        }
        Ok(base)
    }

    /// Returns `list` and a block whose number is higher than those of the list.
    fn longer(
        &mut self,
        maps: &mut StateMaps,
        events: &EventTable,
        list: ListNid,
        block: u32,
    ) -> Result<ListNid, OutOfMemory> {
        let key = u64::from(list.0) << 32 | u64::from(block);
        if let Some(&known) = self.longer.get(&key) {
            return Ok(ListNid(known));
        }
        let below = self.list(list);
        let state = match self.blocks.get(block as usize) {
            Some(&Block::Event(event)) => match events.slot(event) {
                Some(slot) => maps.set(below.state, slot, Some(event))?,
                None => below.state,
            },
            Some(&Block::State(state)) if below.state == Version::EMPTY => state,
            Some(&Block::State(state)) => {
                let writes: Vec<_> = maps.iter(state).map(|(slot, event)| (slot, Some(event))).collect();
                maps.merge(below.state, &[state], &writes)?
            }
            None => below.state,
        };
        let number = self.lists.len() as u32;
        self.lists.push(List { prefix: list.0, block, state, snapshot: NOT_STORED, len: below.len + 1 });
        self.longer.insert(key, number);
        Ok(ListNid(number))
    }

    fn list(&self, list: ListNid) -> List {
        let empty = List { prefix: 0, block: 0, state: Version::EMPTY, snapshot: NOT_STORED, len: 0 };
        self.lists.get(list.0 as usize).copied().unwrap_or(empty)
    }

    /// Returns how many blocks a list has.
    #[must_use]
    pub fn len(&self, list: ListNid) -> usize {
        usize::from(self.list(list).len)
    }

    /// Returns the state that a list loads: its blocks in order, later ones over earlier ones (Dendrite,
    /// `LoadStateAtSnapshot`).
    #[must_use]
    pub fn state(&self, list: ListNid) -> Version {
        self.list(list).state
    }

    /// Returns the rows of a list's blocks, in order.
    #[must_use]
    pub fn rows(&self, list: ListNid) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.len(list));
        let mut list = list;
        while list != ListNid::EMPTY {
            rows.push(self.list(list).block);
            list = ListNid(self.list(list).prefix);
        }
        rows.reverse();
        rows
    }

    /// Returns the row of a list's snapshot, if it has been stored.
    #[must_use]
    pub fn snapshot(&self, list: ListNid) -> Option<u32> {
        Some(self.list(list).snapshot).filter(|&row| row != NOT_STORED)
    }

    /// Returns whether an event is in one of a list's blocks, whether or not a later block has another in its slot.
    #[must_use]
    pub fn names(&self, maps: &StateMaps, events: &EventTable, list: ListNid, event: EventNid) -> bool {
        let Some(slot) = events.slot(event) else { return false };
        self.rows(list).iter().any(|&row| match self.blocks.get(row as usize) {
            Some(&Block::Event(held)) => held == event,
            Some(&Block::State(state)) => maps.get(state, slot) == Some(event),
            None => false,
        })
    }

    /// Returns all blocks, by row.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns the lists of all snapshots, by row.
    #[must_use]
    pub fn snapshots(&self) -> &[ListNid] {
        &self.snapshots
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Block>() * self.blocks.capacity()
            + size_of::<List>() * self.lists.capacity()
            + 4 * self.snapshots.capacity()
            + self.rows.allocation_size()
            + self.longer.allocation_size()
    }
}

/// A state of one event is that event: equal lists are one block.
fn single(maps: &StateMaps, block: Block) -> Block {
    match block {
        Block::State(state) if maps.len(state) == 1 => {
            maps.iter(state).next().map_or(block, |(_, nid)| Block::Event(nid))
        }
        _ => block,
    }
}

fn key(block: Block) -> u64 {
    match block {
        Block::Event(nid) => u64::from(nid.get()),
        Block::State(state) => 1 << 32 | u64::from(state.number()),
    }
}
