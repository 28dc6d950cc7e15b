//! What differs between many versions: per slot, the distinct events and who holds each.
//!
//! All trees are walked together, but down each way only the *distinct* nodes go, each with the set of versions that
//! have it. Ten thousand versions that each changed a slot of their own are ten thousand nodes at the root, a few at
//! each leaf, and one everywhere else. As soon as two nodes are left, the walk is the plain diff of two.
//!
//! A set of versions is a bit mask up to 64 versions. Beyond, it is a version's number or a union of two sets, kept as a
//! pair: making one costs the same whatever its size, and only who wants to see the members pays for them.
//! Relies on `nodes` and `diff`; `differences` holds the answer.

use core::ops::ControlFlow;

use super::nodes::{FAN_OUT, Nodes, Places, Tree, child_start, unequal};
use super::{Candidate, Differences, EventNid, Holders, OutOfMemory, Slot, StateMaps, Version};
use crate::sort;

pub(super) const MASK_BITS: usize = 64;

/// A tree or an event, as a number, and the versions that have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    what: u64,
    holders: Holders,
}

impl StateMaps {
    /// Finds the slots where not all of `versions` agree; absent is a value like any other. `differences` is overwritten.
    ///
    /// Costs what the versions do not share, with a sort of the distinct nodes at each step down.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`]; `differences` then holds nothing.
    pub fn diff_many(&self, versions: &[Version], differences: &mut Differences) -> Result<(), OutOfMemory> {
        differences.clear(versions.len());
        let result = self.collect(versions, differences);
        if result.is_err() {
            differences.clear(0);
        }
        differences.pool.clear();
        result
    }

    fn collect(&self, versions: &[Version], into: &mut Differences) -> Result<(), OutOfMemory> {
        let mut height = 0;
        into.pool.try_reserve(versions.len())?;
        for (index, &version) in versions.iter().enumerate() {
            let tree = self.row(version).tree();
            height = tree.height.max(height);
            let holders = Holders::only(index, versions.len());
            into.pool.push(Held::tree(tree, holders));
        }
        into.group(0)?;
        Walk { nodes: &self.nodes, into }.below(height, 0, 0)
    }
}

struct Walk<'a> {
    nodes: &'a Nodes,
    into: &'a mut Differences,
}

impl Walk<'_> {
    /// Goes on below the distinct trees in the pool from `from` on, seen as of height `level`, whose first slot is `start`.
    fn below(&mut self, level: u8, from: usize, start: u32) -> Result<(), OutOfMemory> {
        match self.into.pool[from..] {
            [] | [_] => Ok(()),
            [a, b] => self.below_two(level, a, b, start),
            _ if level == 0 => self.leaves(from, start),
            _ => self.children(level, from, start),
        }
    }

    fn children(&mut self, level: u8, from: usize, start: u32) -> Result<(), OutOfMemory> {
        let to = self.into.pool.len();
        self.into.pool.try_reserve(to - from)?;
        for index in Places(self.unequal_children(level, &self.into.pool[from..])) {
            for at in from..to {
                let held = self.into.pool[at];
                let child = self.nodes.child(held.as_tree(), level, index);
                self.into.pool.push(Held::tree(child, held.holders));
            }
            self.into.group(to)?;
            self.below(level - 1, to, child_start(level, start, index))?;
            self.into.pool.truncate(to);
        }
        Ok(())
    }

    fn leaves(&mut self, from: usize, start: u32) -> Result<(), OutOfMemory> {
        let to = self.into.pool.len();
        self.into.pool.try_reserve(to - from)?;
        let leaf = |held: &Held| self.nodes.leaf(held.as_tree().node);
        for at_slot in Places(unequal_to_first(self.into.pool[from..].iter().map(leaf))) {
            for at in from..to {
                let held = self.into.pool[at];
                let what = u64::from(self.nodes.leaf(held.as_tree().node)[at_slot]);
                self.into.pool.push(Held { what, ..held });
            }
            self.into.group(to)?;
            self.into.add_from_pool(start | at_slot as u32, to)?;
            self.into.pool.truncate(to);
        }
        Ok(())
    }

    /// Returns a bit for each child in which the trees differ, or may.
    fn unequal_children(&self, level: u8, trees: &[Held]) -> u32 {
        let inner = |held: &Held| {
            let tree = held.as_tree();
            (tree.height == level || tree.node == 0).then(|| self.nodes.inner(tree.node))
        };
        if trees.iter().all(|held| inner(held).is_some()) {
            unequal_to_first(trees.iter().filter_map(inner))
        } else {
            (1 << FAN_OUT) - 1
        }
    }

    fn below_two(&mut self, level: u8, a: Held, b: Held, start: u32) -> Result<(), OutOfMemory> {
        let into = &mut *self.into;
        let mut visit = |slot, in_a: u32, in_b: u32| {
            let of_a = Candidate { event: EventNid::new(in_a), holders: a.holders };
            let of_b = Candidate { event: EventNid::new(in_b), holders: b.holders };
            let pair = if in_a < in_b { [of_a, of_b] } else { [of_b, of_a] };
            match into.add(slot, &pair) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(error),
            }
        };
        match self.nodes.diff_at(level, a.as_tree(), b.as_tree(), start, &mut visit) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        }
    }
}

/// Returns a bit for each place where one of the nodes differs from the first.
fn unequal_to_first<'a, const N: usize>(mut nodes: impl Iterator<Item = &'a [u32; N]>) -> u32 {
    let Some(first) = nodes.next() else {
        return 0;
    };
    nodes.fold(0, |places, node| places | unequal(first, node))
}

impl Held {
    fn tree(tree: Tree, holders: Holders) -> Self {
        // The empty tree is the same one at any height.
        let height = if tree.node == 0 { 0 } else { tree.height };
        let what = u64::from(height) << 32 | u64::from(tree.node);
        Self { what, holders }
    }

    fn as_tree(self) -> Tree {
        Tree { node: self.what as u32, height: (self.what >> 32) as u8 }
    }
}

impl Holders {
    fn only(index: usize, of: usize) -> Self {
        Self(if of <= MASK_BITS { 1 << index } else { index as u64 })
    }
}

impl Differences {
    fn clear(&mut self, versions: usize) {
        self.versions = versions;
        self.slots.clear();
        self.ends.clear();
        self.candidates.clear();
        self.unions.clear();
        self.pool.clear();
    }

    fn add(&mut self, slot: u32, candidates: &[Candidate]) -> Result<(), OutOfMemory> {
        self.slots.try_reserve(1)?;
        self.ends.try_reserve(1)?;
        self.candidates.try_reserve(candidates.len())?;
        self.slots.push(Slot(slot));
        self.candidates.extend_from_slice(candidates);
        self.ends.push(self.candidates.len() as u32);
        Ok(())
    }

    fn add_from_pool(&mut self, slot: u32, from: usize) -> Result<(), OutOfMemory> {
        self.add(slot, &[])?;
        let events = &self.pool[from..];
        self.candidates.try_reserve(events.len())?;
        for held in events {
            let event = EventNid::new(held.what as u32);
            self.candidates.push(Candidate { event, holders: held.holders });
        }
        if let Some(end) = self.ends.last_mut() {
            *end = self.candidates.len() as u32;
        }
        Ok(())
    }

    /// Leaves one entry of each kind in the pool from `from` on, in order, with the union of its holders.
    fn group(&mut self, from: usize) -> Result<(), OutOfMemory> {
        let entries = &self.pool[from..];
        let Some(first) = entries.first().copied() else {
            return Ok(());
        };
        // The union of everybody is not needed.
        if entries.iter().all(|held| held.what == first.what) {
            self.pool.truncate(from + 1);
            return Ok(());
        }
        sort::in_place(&mut self.pool[from..], |a, b| a.what < b.what);
        let mut last = from;
        for at in from + 1..self.pool.len() {
            let held = self.pool[at];
            if held.what == self.pool[last].what {
                self.pool[last].holders = self.union(self.pool[last].holders, held.holders)?;
            } else {
                last += 1;
                self.pool[last] = held;
            }
        }
        self.pool.truncate(last + 1);
        Ok(())
    }

    fn union(&mut self, a: Holders, b: Holders) -> Result<Holders, OutOfMemory> {
        if self.versions <= MASK_BITS {
            return Ok(Holders(a.0 | b.0));
        }
        let union = self.versions + self.unions.len();
        self.unions.try_reserve(1)?;
        self.unions.push((a.0 as u32, b.0 as u32));
        Ok(Holders(union as u64))
    }
}
