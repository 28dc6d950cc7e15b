//! The nodes of all versions' trees, and the way down from a root.
//!
//! An inner node has 8 children, a leaf 16 events; both are plain arrays of numbers, the slots being dense. Node 0 of
//! either kind is all zeros and means "nothing below", and 0 in a leaf means "absent", so walks need no special case
//! for either. A node is never changed, and its children have lower numbers than it has. Relies on `paged` and `cons`.

use super::{OutOfMemory, cons::Cons, cons::hash_words};
use crate::column::Column;
use crate::nid::{EventNid, Slot};

pub(super) const LEAF: usize = 16;
pub(super) const FAN_OUT: usize = 8;
const LEAF_BITS: u32 = 4;
const FAN_OUT_BITS: u32 = 3;
/// 16·8^10 slots are more than there are numbers.
pub(super) const MAX_HEIGHT: usize = 10;

pub(super) type Leaf = [u32; LEAF];
pub(super) type Inner = [u32; FAN_OUT];

/// A tree: the number of its root, an inner node, or a leaf when the height is 0.
///
/// A tree stands for the taller one whose child 0 it is, so maps of different heights are walked together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Tree {
    pub(super) node: u32,
    pub(super) height: u8,
}

impl Tree {
    pub(super) const EMPTY: Self = Self { node: 0, height: 0 };
}

/// Returns which child of a node at `level` (1 and up) leads to `slot`.
#[inline]
pub(super) const fn child_index(level: u8, slot: u32) -> usize {
    (slot >> (LEAF_BITS + FAN_OUT_BITS * (level as u32 - 1))) as usize & (FAN_OUT - 1)
}

/// Returns the first slot below child `index` of a node at `level` whose own first slot is `start`.
#[inline]
pub(super) const fn child_start(level: u8, start: u32, index: usize) -> u32 {
    start | (index as u32) << (LEAF_BITS + FAN_OUT_BITS * (level as u32 - 1))
}

/// Returns the least height, `from` or more, of a tree with room for `slot`.
#[inline]
pub(super) const fn height_for(from: u8, slot: u32) -> u8 {
    let mut height = from;
    while !covers(height, slot) {
        height += 1;
    }
    height
}

#[inline]
const fn covers(height: u8, slot: u32) -> bool {
    height as usize >= MAX_HEIGHT || slot >> (LEAF_BITS + FAN_OUT_BITS * height as u32) == 0
}

/// Returns a bit for each place where the two differ.
#[inline]
pub(super) fn unequal<const N: usize>(a: &[u32; N], b: &[u32; N]) -> u32 {
    let bits: [u32; N] = core::array::from_fn(|at| u32::from(a[at] != b[at]) << at);
    bits.into_iter().fold(0, core::ops::BitOr::bitor)
}

/// The places of the bits that are set, in order.
pub(super) struct Places(pub(super) u32);

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let at = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(at)
    }
}

/// Both arenas, and the caches of the nodes that merges made.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    inner: Column<Inner>,
    leaves: Column<Leaf>,
    merged_inner: Cons,
    merged_leaves: Cons,
}

impl Nodes {
    pub(super) fn new() -> Self {
        Self {
            inner: Column::of([0; FAN_OUT]),
            leaves: Column::of([0; LEAF]),
            merged_inner: Cons::default(),
            merged_leaves: Cons::default(),
        }
    }

    #[inline]
    pub(super) fn leaf(&self, node: u32) -> &Leaf {
        self.leaves.at(node)
    }

    #[inline]
    pub(super) fn inner(&self, node: u32) -> &Inner {
        self.inner.at(node)
    }

    /// Returns the event at `slot`, 0 if there is none.
    #[inline]
    pub(super) fn get(&self, tree: Tree, slot: u32) -> u32 {
        self.leaf(self.leaf_of(tree, slot))[slot as usize & (LEAF - 1)]
    }

    /// Returns the number of the leaf that `slot` is in.
    #[inline]
    fn leaf_of(&self, tree: Tree, slot: u32) -> u32 {
        if !covers(tree.height, slot) {
            return 0;
        }
        let mut node = tree.node;
        for level in (1..=tree.height).rev() {
            node = self.inner(node)[child_index(level, slot)];
        }
        node
    }

    /// Returns whether each slot has the event that stands with it. What a room begins with, which its events are checked
    /// against, is in the first leaf: going down to that once serves all.
    pub(super) fn has_all(&self, tree: Tree, entries: &[(Slot, Option<EventNid>)]) -> bool {
        let first = self.leaf(self.leaf_of(tree, 0));
        entries.iter().all(|&(Slot(slot), event)| {
            let leaf = if slot < LEAF as u32 { first } else { self.leaf(self.leaf_of(tree, slot)) };
            leaf[slot as usize & (LEAF - 1)] == event.map_or(0, EventNid::get)
        })
    }

    /// Returns child `index` of `tree`, seen as a tree of height `level` (its own or a taller one).
    #[inline]
    pub(super) fn child(&self, tree: Tree, level: u8, index: usize) -> Tree {
        if tree.height == level {
            let node = self.inner(tree.node)[index];
            let height = level - 1;
            Tree { node, height }
        } else if index == 0 {
            tree
        } else {
            let height = level - 1;
            Tree { node: 0, height }
        }
    }

    /// Returns the part of `tree` that a tree of height `level` covers.
    pub(super) fn lowered(&self, mut tree: Tree, level: u8) -> Tree {
        while tree.height > level {
            tree = self.child(tree, tree.height, 0);
        }
        tree
    }

    /// Returns the number of a leaf with this content: 0 when there is nothing in it, else an equal one of `alike` (a
    /// merge's other parents), else one that an earlier merge made (for `merge`), else a new one.
    #[inline]
    pub(super) fn put_leaf(&mut self, content: Leaf, alike: [Tree; 2], merge: bool) -> Result<u32, OutOfMemory> {
        put(&mut self.leaves, &mut self.merged_leaves, content, 0, alike, merge)
    }

    /// As [`put_leaf`](Self::put_leaf), for an inner node at `level`.
    #[inline]
    pub(super) fn put_inner(
        &mut self,
        content: Inner,
        level: u8,
        alike: [Tree; 2],
        merge: bool,
    ) -> Result<u32, OutOfMemory> {
        put(&mut self.inner, &mut self.merged_inner, content, level, alike, merge)
    }

    /// Returns the numbers of inner nodes and of leaves.
    pub(super) const fn lens(&self) -> (u32, u32) {
        (self.inner.len() as u32, self.leaves.len() as u32)
    }

    /// Drops the newest nodes, down to these numbers of inner nodes and leaves.
    pub(super) fn truncate(&mut self, (inner, leaves): (u32, u32)) {
        cut(&mut self.inner, &mut self.merged_inner, inner);
        cut(&mut self.leaves, &mut self.merged_leaves, leaves);
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.inner.memory_bytes()
            + self.leaves.memory_bytes()
            + self.merged_inner.memory_bytes()
            + self.merged_leaves.memory_bytes()
    }
}

#[inline]
fn put<const N: usize>(
    arena: &mut Column<[u32; N]>,
    merged: &mut Cons,
    content: [u32; N],
    level: u8,
    alike: [Tree; 2],
    merge: bool,
) -> Result<u32, OutOfMemory> {
    if content == [0; N] {
        return Ok(0);
    }
    if !merge {
        return Ok(arena.try_push(content)?);
    }
    for tree in alike {
        if tree.height == level && tree.node != 0 && *arena.at(tree.node) == content {
            return Ok(tree.node);
        }
    }
    let hash = hash_words(&content);
    // The same numbers can mean leaves in one node and inner nodes in another: only an older child can be a child.
    let newest_child = if level > 1 { content.into_iter().max().unwrap_or(0) } else { 0 };
    let is_it = |node| node > newest_child && *arena.at(node) == content;
    if let Some(node) = merged.find(hash, is_it) {
        return Ok(node);
    }
    let node = arena.try_push(content)?;
    merged.insert(node, hash, |node| hash_words(arena.at(node)))?;
    Ok(node)
}

fn cut<const N: usize>(arena: &mut Column<[u32; N]>, merged: &mut Cons, len: u32) {
    for node in (len..arena.len() as u32).rev() {
        merged.remove_newest(node, hash_words(arena.at(node)));
    }
    arena.truncate(len as usize);
}
