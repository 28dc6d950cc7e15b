//! Making a version from another one and a batch of writes.
//!
//! The hash and the size of the result follow from the writes alone, so a version that is there already is found before
//! any node is written. What is written is the way from the root to each leaf touched, once for the whole batch.
//! Relies on `nodes`, `diff` and `index`.

use core::ops::ControlFlow;

use super::nodes::{FAN_OUT, LEAF, MAX_HEIGHT, Nodes, Tree, child_index, height_for};
use super::{OutOfMemory, Row, StateMaps, Version};

/// A slot, what the base has there and what goes there; 0 is no event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) slot: u32,
    pub(super) old: u32,
    pub(super) event: u32,
}

/// A batch of writes that each change the base, in slot order.
pub(super) struct Batch<'a> {
    pub(super) base: Version,
    /// Versions likely to have parts in common with the result.
    pub(super) alike: &'a [Version],
    pub(super) writes: &'a [Write],
    /// Whether to look for nodes that earlier merges made.
    pub(super) merge: bool,
}

impl StateMaps {
    /// Returns the version that `batch` gives: an earlier one of the same content if there is one.
    pub(super) fn apply(&mut self, batch: &Batch<'_>) -> Result<Version, OutOfMemory> {
        if batch.writes.is_empty() {
            return Ok(batch.base);
        }
        let mut row = *self.row(batch.base);
        let before = row.tree();
        row.base = batch.base.0;
        for &Write { slot, old, event } in batch.writes {
            row.hash = row.hash.without(slot, old).with(slot, event);
            row.len = row.len + u32::from(event != 0) - u32::from(old != 0);
            if event != 0 {
                row.height = height_for(row.height, slot);
            }
        }
        if let Some(version) = self.find(&row, before, batch.writes) {
            return Ok(version);
        }
        let mark = self.mark();
        let added = self.add(row, before, batch);
        if added.is_err() {
            self.rollback(mark);
        }
        added
    }

    /// Returns the version that is `before` with `writes`; `row` has its hash and size.
    fn find(&mut self, row: &Row, before: Tree, writes: &[Write]) -> Option<Version> {
        if row.len == 0 {
            return Some(Version::EMPTY);
        }
        let (nodes, rows) = (&self.nodes, &self.rows);
        let found = self.index.find(row.hash, |version| {
            let candidate = rows.at(version);
            candidate.hash == row.hash
                && candidate.len == row.len
                && is_written(nodes, before, candidate.tree(), writes)
        });
        found.map(Version)
    }

    fn add(&mut self, mut row: Row, before: Tree, batch: &Batch<'_>) -> Result<Version, OutOfMemory> {
        let mut alike = [Tree::EMPTY; 2];
        for (tree, &version) in alike.iter_mut().zip(batch.alike) {
            *tree = self.nodes.lowered(self.row(version).tree(), row.height);
        }
        let merge = batch.merge;
        row.root = self.nodes.write(row.height, before, alike, batch.writes, merge)?;
        let version = self.rows.try_push(row)?;
        let rows = &self.rows;
        self.index.insert(version, row.hash, |version| rows.at(version).hash)?;
        Ok(Version(version))
    }
}

/// Returns whether `after` is `before` with `writes`, each of which changes `before`.
fn is_written(nodes: &Nodes, before: Tree, after: Tree, writes: &[Write]) -> bool {
    let mut expected = writes.iter();
    let unlike = nodes.diff(before, after, &mut |slot, _, event| {
        if expected.next().is_some_and(|write| (write.slot, write.event) == (slot, event)) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    unlike.is_continue() && expected.next().is_none()
}

impl Nodes {
    /// Returns the root of the tree of height `level` that is `tree` with `writes`.
    fn write(
        &mut self,
        level: u8,
        tree: Tree,
        alike: [Tree; 2],
        writes: &[Write],
        merge: bool,
    ) -> Result<u32, OutOfMemory> {
        if let &[Write { slot, event, .. }] = writes
            && tree.height == level
            && !merge
        {
            return self.write_one(tree, slot, event);
        }
        if level == 0 {
            let mut leaf = *self.leaf(tree.node);
            for &Write { slot, event, .. } in writes {
                leaf[slot as usize & (LEAF - 1)] = event;
            }
            return self.put_leaf(leaf, alike, merge);
        }
        let lifted = tree.height < level;
        let mut children = if lifted { [0; FAN_OUT] } else { *self.inner(tree.node) };
        let mut writes = writes;
        if lifted && writes.first().is_none_or(|write| child_index(level, write.slot) != 0) {
            children[0] = self.lift(tree, level - 1)?;
        }
        while let Some(first) = writes.first() {
            let index = child_index(level, first.slot);
            let here = writes.partition_point(|write| child_index(level, write.slot) == index);
            let (here, later) = writes.split_at(here);
            let below = self.child(tree, level, index);
            let alike = if merge { alike.map(|tree| self.child(tree, level, index)) } else { alike };
            children[index] = self.write(level - 1, below, alike, here, merge)?;
            writes = later;
        }
        self.put_inner(children, level, alike, merge)
    }

    /// Returns the root of the tree of the same height that is `tree` with `event` at `slot`.
    ///
    /// What nearly every event asks for: the way down and up again, without the splitting of batches.
    fn write_one(&mut self, tree: Tree, slot: u32, event: u32) -> Result<u32, OutOfMemory> {
        let no_others = [Tree::EMPTY; 2];
        let mut way = [0; MAX_HEIGHT + 1];
        let mut node = tree.node;
        for level in (1..=tree.height).rev() {
            way[level as usize] = node;
            node = self.inner(node)[child_index(level, slot)];
        }
        let mut leaf = *self.leaf(node);
        leaf[slot as usize & (LEAF - 1)] = event;
        node = self.put_leaf(leaf, no_others, false)?;
        for level in 1..=tree.height {
            let mut children = *self.inner(way[level as usize]);
            children[child_index(level, slot)] = node;
            node = self.put_inner(children, level, no_others, false)?;
        }
        Ok(node)
    }

    /// Returns the root of height `level` above `tree`, which is its child 0 all the way down.
    fn lift(&mut self, tree: Tree, level: u8) -> Result<u32, OutOfMemory> {
        let mut node = tree.node;
        for level in tree.height..level {
            let mut children = [0; FAN_OUT];
            children[0] = node;
            node = self.put_inner(children, level + 1, [Tree::EMPTY; 2], false)?;
        }
        Ok(node)
    }
}
