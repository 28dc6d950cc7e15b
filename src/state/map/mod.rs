//! The state map: slot to event, persistent, one version for every state the room was ever in.
//!
//! A version is a radix tree over the dense slot numbers (`nodes`: 8 children to an inner node, 16 events to a leaf) whose
//! nodes are never changed. A new version copies the way from the root to what it writes and shares everything else; a
//! merge writes its whole batch at once. All nodes lie in two append-only columns, all versions in a third.
//!
//! - **Equal content is the same [`Version`]**, whatever way it came about: each version has a 128-bit set hash (`hash`),
//!   kept up to date in O(1) for each write, that finds a version of the same hash (`index`), and a walk over what the two
//!   do not share confirms it. The hash proposes, the tree decides.
//! - **A diff costs what differs**, times the height at most, because a walk turns back where two trees have the same node
//!   (`diff`, `many`). Versions of unequal height are walked together: the shorter one is child 0 of the taller.
//! - **Undoing is forgetting**: [`mark`](StateMaps::mark) and [`rollback`](StateMaps::rollback) cut the columns back, after
//!   which everything, numbers included, is as if it had never been.
//!
//! Heights follow the highest slot: 16·8^h slots to a tree of height h, at most 10. A node that becomes all zeros is node
//! 0, so that what has gone away compares equal to what was never there.
//!
//! Costs, n slots in use, w slots written, d slots that differ:
//!
//! | operation | time | bytes |
//! |---|---|---|
//! | [`get`](StateMaps::get) | O(log n) | |
//! | [`set`](StateMaps::set) | O(log n) | a leaf of 64 and up to log₈(n/16) inner nodes of 32 |
//! | [`merge`](StateMaps::merge) | O(w log n) | less than w times that: ways are shared |
//! | [`diff`](StateMaps::diff) | O(1 + d log n) | |
//! | [`iter`](StateMaps::iter) | O(n) | |
//! | [`len`](StateMaps::len), [`hash`](StateMaps::hash), [`base`](StateMaps::base) | O(1) | 32 and at most 16 in the index, a version |
//!
//! In a room of a million events and a hundred thousand members with forks and merges that is about 210 bytes a version,
//! and 10 scattered slots are told apart in about 0.3 µs (`benches/state_map.rs`). Relies on `nid`.

mod cons;
mod diff;
mod differences;
mod hash;
mod index;
mod iter;
mod many;
mod nodes;
#[cfg(test)]
mod tests;
mod write;

use core::ops::ControlFlow;

use self::index::Index;
use self::nodes::{Nodes, Tree};
use self::write::{Batch, Write};
use crate::column::{Column, NoRoom};
use crate::nid::{EventNid, Slot};

pub use self::differences::{Candidate, Differences, Holders};
pub use self::hash::SetHash;
pub use self::iter::Iter;

/// The memory for a new version, or for an answer, was not to be had. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("out of memory")]
pub struct OutOfMemory;

impl OutOfMemory {
    /// The stable code of this error.
    pub const CODE: &'static str = "out-of-memory";
}

impl From<NoRoom> for OutOfMemory {
    fn from(_: NoRoom) -> Self {
        Self
    }
}

impl From<std::collections::TryReserveError> for OutOfMemory {
    fn from(_: std::collections::TryReserveError) -> Self {
        Self
    }
}

/// One state of the room: equal versions of one [`StateMaps`] have equal content, and unequal ones have not.
///
/// Numbered in the order in which contents were first seen. Only good for the `StateMaps` that gave it, until a rollback
/// takes it back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version(u32);

impl Version {
    /// The empty map.
    pub const EMPTY: Self = Self(0);

    /// Returns the version of this number, for who keeps numbers in columns of its own.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns the number: 0 for the empty map, then in order of first sight without a gap.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Where [`StateMaps::rollback`] goes back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    versions: u32,
    nodes: (u32, u32),
}

/// All state maps of one room.
#[derive(Clone, Debug)]
pub struct StateMaps {
    nodes: Nodes,
    rows: Column<Row>,
    index: Index,
    /// The writes of the merge at hand, kept for its allocation.
    writes: Vec<Write>,
}

/// A version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Row {
    hash: SetHash,
    root: u32,
    len: u32,
    base: u32,
    height: u8,
}

impl Row {
    const EMPTY: Self = Self { hash: SetHash::EMPTY, root: 0, len: 0, base: 0, height: 0 };

    const fn tree(&self) -> Tree {
        Tree { node: self.root, height: self.height }
    }
}

impl Default for StateMaps {
    fn default() -> Self {
        Self::new()
    }
}

impl StateMaps {
    /// Returns the maps of a room without events: only the empty one.
    #[must_use]
    pub fn new() -> Self {
        Self { nodes: Nodes::new(), rows: Column::of(Row::EMPTY), index: Index::new(), writes: Vec::new() }
    }

    /// Returns the number of versions, the empty one included.
    #[must_use]
    pub const fn versions(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Returns the event at `slot`, if there is one.
    #[must_use]
    #[inline]
    pub fn get(&self, version: Version, slot: Slot) -> Option<EventNid> {
        EventNid::new(self.nodes.get(self.row(version).tree(), slot.0))
    }

    /// Returns whether each slot has the event that stands with it, or none where that is `None`.
    #[must_use]
    pub fn has_all(&self, version: Version, entries: &[(Slot, Option<EventNid>)]) -> bool {
        self.nodes.has_all(self.row(version).tree(), entries)
    }

    /// Returns the number of slots in use.
    #[must_use]
    pub fn len(&self, version: Version) -> u32 {
        self.row(version).len
    }

    /// Returns whether no slot is in use, which only [`Version::EMPTY`] can say.
    #[must_use]
    pub fn is_empty(&self, version: Version) -> bool {
        self.len(version) == 0
    }

    /// Returns the set hash of the content.
    #[must_use]
    pub fn hash(&self, version: Version) -> SetHash {
        self.row(version).hash
    }

    /// Returns the version that this one was first written on top of: an earlier one, or the empty one for itself.
    #[must_use]
    pub fn base(&self, version: Version) -> Version {
        Version(self.row(version).base)
    }

    /// Returns the slots in use and their events, in slot order.
    #[must_use]
    pub fn iter(&self, version: Version) -> Iter<'_> {
        let row = self.row(version);
        Iter::new(&self.nodes, row.tree(), row.len)
    }

    /// Calls `visit` with (slot, event in `a`, event in `b`) for each slot where the versions differ, in slot order.
    pub fn diff(&self, a: Version, b: Version, mut visit: impl FnMut(Slot, Option<EventNid>, Option<EventNid>)) {
        let _: ControlFlow<()> = self.try_diff(a, b, |slot, a, b| {
            visit(slot, a, b);
            ControlFlow::Continue(())
        });
    }

    /// As [`diff`](Self::diff), until `visit` breaks; returns what it broke with.
    pub fn try_diff<B>(
        &self,
        a: Version,
        b: Version,
        mut visit: impl FnMut(Slot, Option<EventNid>, Option<EventNid>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut visit = |slot, a, b| visit(Slot(slot), EventNid::new(a), EventNid::new(b));
        self.nodes.diff(self.row(a).tree(), self.row(b).tree(), &mut visit)
    }

    /// Returns `version` with `event` at `slot`, or without an event there.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`]; nothing has changed then.
    pub fn set(&mut self, version: Version, slot: Slot, event: Option<EventNid>) -> Result<Version, OutOfMemory> {
        let event = event.map_or(0, EventNid::get);
        let old = self.nodes.get(self.row(version).tree(), slot.0);
        if old == event {
            return Ok(version);
        }
        let slot = slot.0;
        let writes = &[Write { slot, old, event }];
        self.apply(&Batch { base: version, alike: &[], writes, merge: false })
    }

    /// Returns `base` with all of `writes`, whose slots must ascend strictly; `None` takes a slot's event out.
    ///
    /// For states that were merged: `others` are the other parents. Parts that come out as in one of them (the first two
    /// are looked at), or as in an earlier merge, are shared. Least is written when `base` is the parent that has the most
    /// of the result ([`Differences::closest`]).
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`]; nothing has changed then.
    pub fn merge(
        &mut self,
        base: Version,
        others: &[Version],
        writes: &[(Slot, Option<EventNid>)],
    ) -> Result<Version, OutOfMemory> {
        debug_assert!(writes.is_sorted_by(|a, b| a.0 < b.0), "slots must ascend strictly");
        let tree = self.row(base).tree();
        let mut effective = core::mem::take(&mut self.writes);
        effective.clear();
        effective.try_reserve(writes.len())?;
        for &(Slot(slot), event) in writes {
            let (old, event) = (self.nodes.get(tree, slot), event.map_or(0, EventNid::get));
            if old != event {
                effective.push(Write { slot, old, event });
            }
        }
        let result = self.apply(&Batch { base, alike: others, writes: &effective, merge: true });
        self.writes = effective;
        result
    }

    /// Returns the version with exactly `entries`, whose slots must ascend strictly, written as changes to `near`.
    ///
    /// For states that were given whole. The more `near` has in common with the entries, the more is shared;
    /// [`Version::EMPTY`] always serves.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`]; nothing has changed then.
    pub fn from_entries(&mut self, near: Version, entries: &[(Slot, EventNid)]) -> Result<Version, OutOfMemory> {
        let mut writes = Vec::new();
        writes.try_reserve(entries.len())?;
        let mut held = self.iter(near).peekable();
        for &(slot, event) in entries {
            while let Some((gone, _)) = held.next_if(|&(held, _)| held < slot) {
                writes.try_reserve(1)?;
                writes.push((gone, None));
            }
            if held.next_if(|&(held, _)| held == slot) != Some((slot, event)) {
                writes.try_reserve(1)?;
                writes.push((slot, Some(event)));
            }
        }
        for (gone, _) in held {
            writes.try_reserve(1)?;
            writes.push((gone, None));
        }
        self.merge(near, &[], &writes)
    }

    /// Returns where everything stands now, to come back to.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { versions: self.rows.len() as u32, nodes: self.nodes.lens() }
    }

    /// Forgets every version made since `mark`. What is made afterwards gets the numbers that it would have got then.
    pub fn rollback(&mut self, mark: Mark) {
        for version in (mark.versions..self.rows.len() as u32).rev() {
            self.index.remove_newest(version, self.rows.at(version).hash);
        }
        self.rows.truncate(mark.versions as usize);
        self.nodes.truncate(mark.nodes);
    }

    /// Returns the bytes held for all versions, in use or kept for what comes next.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.nodes.memory_bytes()
            + self.rows.memory_bytes()
            + self.index.memory_bytes()
            + self.writes.capacity() * size_of::<Write>()
    }

    /// Returns the bytes that the nodes of all versions take: what a call adds to it is what the call wrote.
    #[must_use]
    pub fn node_bytes(&self) -> usize {
        let (inner, leaves) = self.nodes.lens();
        inner as usize * size_of::<nodes::Inner>() + leaves as usize * size_of::<nodes::Leaf>()
    }

    #[inline]
    fn row(&self, version: Version) -> &Row {
        self.rows.at(version.0)
    }
}
