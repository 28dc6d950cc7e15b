//! A tree's pairs in slot order. Relies on `nodes`.

use super::nodes::{FAN_OUT, Inner, LEAF, Leaf, MAX_HEIGHT, Nodes, Tree, child_start};
use super::{EventNid, Slot};

/// The pairs of one version in slot order; see [`StateMaps::iter`](super::StateMaps::iter).
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    nodes: &'a Nodes,
    /// The inner nodes on the way down, the root first, each with the child to go to next and its first slot.
    way: [(&'a Inner, usize, u32); MAX_HEIGHT],
    depth: usize,
    height: u8,
    leaf: &'a Leaf,
    next_in_leaf: usize,
    leaf_start: u32,
    left: u32,
}

impl<'a> Iter<'a> {
    pub(super) fn new(nodes: &'a Nodes, tree: Tree, len: u32) -> Self {
        let mut iter = Self {
            nodes,
            way: [(nodes.inner(0), 0, 0); MAX_HEIGHT],
            depth: 0,
            height: tree.height,
            leaf: nodes.leaf(0),
            next_in_leaf: LEAF,
            leaf_start: 0,
            left: len,
        };
        if tree.height == 0 {
            iter.leaf = nodes.leaf(tree.node);
            iter.next_in_leaf = 0;
        } else {
            iter.way[0].0 = nodes.inner(tree.node);
            iter.depth = 1;
        }
        iter
    }

    /// Goes to the next leaf that holds something; `None` at the end.
    fn next_leaf(&mut self) -> Option<()> {
        while self.depth > 0 {
            let (children, index, start) = self.way[self.depth - 1];
            if index == FAN_OUT {
                self.depth -= 1;
                continue;
            }
            self.way[self.depth - 1].1 += 1;
            let child = children[index];
            if child == 0 {
                continue;
            }
            let level = self.height - (self.depth as u8 - 1);
            let start = child_start(level, start, index);
            if level == 1 {
                self.leaf = self.nodes.leaf(child);
                self.leaf_start = start;
                self.next_in_leaf = 0;
                return Some(());
            }
            self.way[self.depth] = (self.nodes.inner(child), 0, start);
            self.depth += 1;
        }
        None
    }
}

impl Iterator for Iter<'_> {
    type Item = (Slot, EventNid);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while self.next_in_leaf < LEAF {
                let at = self.next_in_leaf;
                self.next_in_leaf += 1;
                if let Some(event) = EventNid::new(self.leaf[at]) {
                    self.left -= 1;
                    return Some((Slot(self.leaf_start | at as u32), event));
                }
            }
            self.next_leaf()?;
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl core::iter::FusedIterator for Iter<'_> {}
