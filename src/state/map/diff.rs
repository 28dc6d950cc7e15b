//! What differs between two trees, walking only what they do not share.
//!
//! Two trees share a part exactly where they have the same node, so a walk that turns back at equal numbers costs what
//! differs times the height, whatever the size of the maps. Relies on `nodes`.

use core::ops::ControlFlow;

use super::nodes::{FAN_OUT, Nodes, Places, Tree, child_start, unequal};

impl Nodes {
    /// Calls `visit` with (slot, event in `a`, event in `b`) for each slot where they differ, in slot order, until it breaks.
    pub(super) fn diff<B>(
        &self,
        a: Tree,
        b: Tree,
        visit: &mut impl FnMut(u32, u32, u32) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.diff_at(a.height.max(b.height), a, b, 0, visit)
    }

    /// As [`diff`](Self::diff), for trees seen as of height `level` whose first slot is `start`.
    pub(super) fn diff_at<B>(
        &self,
        level: u8,
        a: Tree,
        b: Tree,
        start: u32,
        visit: &mut impl FnMut(u32, u32, u32) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if a.height == level && b.height == level {
            return self.diff_nodes(level, a.node, b.node, start, visit);
        }
        self.diff_at(level - 1, self.child(a, level, 0), self.child(b, level, 0), start, visit)?;
        for index in 1..FAN_OUT {
            let (a, b) = (self.child(a, level, index), self.child(b, level, index));
            let start = child_start(level, start, index);
            self.diff_nodes(level - 1, a.node, b.node, start, visit)?;
        }
        ControlFlow::Continue(())
    }

    fn diff_nodes<B>(
        &self,
        level: u8,
        a: u32,
        b: u32,
        start: u32,
        visit: &mut impl FnMut(u32, u32, u32) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if a == b {
            return ControlFlow::Continue(());
        }
        if level == 0 {
            let (a, b) = (self.leaf(a), self.leaf(b));
            for at in Places(unequal(a, b)) {
                visit(start | at as u32, a[at], b[at])?;
            }
            return ControlFlow::Continue(());
        }
        let (a, b) = (self.inner(a), self.inner(b));
        for at in Places(unequal(a, b)) {
            self.diff_nodes(level - 1, a[at], b[at], child_start(level, start, at), visit)?;
        }
        ControlFlow::Continue(())
    }
}
