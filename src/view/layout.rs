//! Lanes: where to draw the event graph, one row an event.
//!
//! Rows are filled from the oldest up, each event in one lane. An event goes on in the lane of its first parent if nothing
//! stands above that parent there yet; otherwise it takes the leftmost lane that has been empty since the parent's row.
//! An edge to a further parent runs in that parent's lane if it is empty in between, else in the leftmost lane that is.
//! A lane is free again as soon as nothing runs in it, so there are few.
//!
//! An event's place depends on older rows alone: what is drawn never moves when newer events arrive. An edge between
//! rows costs O(log lanes), from a segment tree over the lanes' last used rows.

use crate::event::table::EventTable;
use crate::nid::EventNid;
use crate::sort;

/// The layout of a graph, in columns. Row 0 is the oldest event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// The lane of each row's event, 0 the leftmost.
    pub lane: Vec<u32>,
    /// How many lanes there are.
    pub lane_count: u32,
    /// Each edge's child, by row, in order of the rows at which they end.
    pub edge_from: Vec<u32>,
    /// Each edge's parent, by row.
    pub edge_to: Vec<u32>,
    /// The lane in which the edge runs between the two rows.
    pub edge_lane: Vec<u32>,
}

/// Lays out the events of `order`, which are rows 0, 1, 2 … Parents that are not among them have no edge.
#[must_use]
pub fn layout(events: &EventTable, order: &[EventNid]) -> Layout {
    const NO_ROW: u32 = u32::MAX;
    let mut row_of = vec![NO_ROW; events.ids()];
    for (row, nid) in order.iter().enumerate() {
        if let Some(entry) = row_of.get_mut(nid.index()) {
            *entry = row as u32;
        }
    }
    let row_of = |nid: EventNid| row_of.get(nid.index()).copied().filter(|&row| row != NO_ROW);
    // Depth is only claimed: a parent can stand above its child. Such an edge is drawn when the parent's row comes.
    let mut late: Vec<(u32, u32)> = Vec::new();
    for (row, &nid) in order.iter().enumerate() {
        for parent in events.prev_events(nid).iter().filter_map(|&parent| row_of(parent)) {
            if parent > row as u32 {
                late.push((parent, row as u32));
            }
        }
    }
    // They were found in order of the child.
    sort::by_number(&mut late, |edge| edge.0);
    let mut late = late.into_iter().peekable();
    let mut drawing = Drawing::default();
    for (row, &nid) in order.iter().enumerate() {
        let row = row as u32;
        let mut parents = events.prev_events(nid).iter().filter_map(|&parent| row_of(parent)).filter(|&p| p < row);
        let first = parents.next();
        drawing.place(row, first);
        for parent in parents {
            drawing.join(row, parent, row, parent);
        }
        while let Some(&(_, child)) = late.peek().filter(|edge| edge.0 == row) {
            late.next();
            drawing.join(row, child, child, row);
        }
    }
    drawing.layout.lane_count = drawing.lanes.len() as u32;
    drawing.layout
}

#[derive(Default)]
struct Drawing {
    layout: Layout,
    lanes: Lanes,
    /// Of each row, whether its event has a child in the rows so far.
    continued: Vec<bool>,
}

impl Drawing {
    /// Gives the event of a row its lane, and its first parent's edge.
    fn place(&mut self, row: u32, first: Option<u32>) {
        let lane = match first {
            Some(parent) => {
                let lane = self.lane(parent);
                if self.lanes.is_free_since(lane, parent) { lane } else { self.lanes.leftmost_free_since(parent) }
            }
            None => self.leftmost_abandoned(),
        };
        self.lanes.use_until(lane, row);
        self.layout.lane.push(lane);
        self.continued.push(false);
        if let Some(parent) = first {
            self.edge(row, parent, lane);
        }
    }

    /// Draws an edge between the newest row and an older one.
    fn join(&mut self, row: u32, older: u32, child: u32, parent: u32) {
        let theirs = self.lane(older);
        let lane = if self.lanes.is_free_since(theirs, older) { theirs } else { self.lanes.leftmost_free_since(older) };
        self.lanes.use_until(lane, row);
        self.edge(child, parent, lane);
    }

    /// Returns a lane for an event without a parent: the leftmost that no event waits in for its first child, among the
    /// first few, else a new one.
    fn leftmost_abandoned(&mut self) -> u32 {
        const LOOKED_AT: usize = 64;
        let abandoned = (0..self.lanes.len().min(LOOKED_AT) as u32).find(|&lane| {
            let used = self.lanes.used_until(lane);
            self.lane(used) != lane || self.continued.get(used as usize) == Some(&true)
        });
        abandoned.unwrap_or_else(|| self.lanes.open())
    }

    fn edge(&mut self, child: u32, parent: u32, lane: u32) {
        if let Some(continued) = self.continued.get_mut(parent as usize) {
            *continued = true;
        }
        self.layout.edge_from.push(child);
        self.layout.edge_to.push(parent);
        self.layout.edge_lane.push(lane);
    }

    fn lane(&self, row: u32) -> u32 {
        self.layout.lane.get(row as usize).copied().unwrap_or_default()
    }
}

/// The last row in which each lane is used, with the least of every subtree above: a complete binary tree in an array.
#[derive(Default)]
struct Lanes {
    count: usize,
    leaves: usize,
    least: Vec<u32>,
}

impl Lanes {
    fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing runs in the lane above `row`.
    fn is_free_since(&self, lane: u32, row: u32) -> bool {
        self.used_until(lane) <= row
    }

    /// Returns the leftmost lane in which nothing runs above `row`, opening one if there is none.
    fn leftmost_free_since(&mut self, row: u32) -> u32 {
        if self.least.get(1).is_none_or(|&least| least > row) {
            return self.open();
        }
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            if self.least.get(node).is_none_or(|&least| least > row) {
                node += 1;
            }
        }
        (node - self.leaves) as u32
    }

    /// Returns the last row in which the lane is used.
    fn used_until(&self, lane: u32) -> u32 {
        self.least.get(self.leaves + lane as usize).copied().unwrap_or(u32::MAX)
    }

    /// Opens a new lane on the right.
    fn open(&mut self) -> u32 {
        if self.count == self.leaves {
            let old = core::mem::take(&mut self.least);
            let from = self.leaves;
            self.leaves = (2 * self.leaves).max(4);
            self.least = vec![u32::MAX; 2 * self.leaves];
            for lane in 0..self.count {
                self.set(lane, old.get(from + lane).copied().unwrap_or(u32::MAX));
            }
        }
        self.count += 1;
        (self.count - 1) as u32
    }

    fn use_until(&mut self, lane: u32, row: u32) {
        self.set(lane as usize, row);
    }

    fn set(&mut self, lane: usize, row: u32) {
        let mut node = self.leaves + lane;
        if let Some(entry) = self.least.get_mut(node) {
            *entry = row;
        }
        while node > 1 {
            node /= 2;
            let child = |at: usize| self.least.get(at).copied().unwrap_or(u32::MAX);
            let least = child(2 * node).min(child(2 * node + 1));
            if let Some(entry) = self.least.get_mut(node) {
                *entry = least;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::table::{Arrival, EventRow};
    use crate::nid::{EventStateKeyNid, EventTypeNid};
    use proptest::prelude::*;

    /// Rows with their parents, by row.
    fn drawn(rows: &[Vec<usize>]) -> Layout {
        let mut events = EventTable::default();
        events.grow(rows.len());
        let nids: Vec<EventNid> = (0..rows.len()).map(EventNid::from_index).collect();
        for (row, parents) in rows.iter().enumerate() {
            let prev: Vec<EventNid> = parents.iter().map(|&parent| nids[parent]).collect();
            let facts = EventRow {
                kind: EventTypeNid::MEMBER,
                state_key: None,
                slot: None,
                sender: EventStateKeyNid::EMPTY,
                depth: row as u64,
                origin_server_ts: 0,
            };
            events.hold(nids[row], facts, Arrival::Live, &prev, &[]);
        }
        layout(&events, &nids)
    }

    fn any_rows() -> impl Strategy<Value = Vec<Vec<usize>>> {
        (1_usize..30).prop_flat_map(|n| {
            prop::collection::vec(prop::collection::btree_set(0..n, 0..4), n).prop_map(|rows| {
                // Mostly older parents, sometimes newer ones: depth can lie.
                rows.into_iter()
                    .enumerate()
                    .map(|(row, parents)| parents.into_iter().filter(|&parent| parent != row).collect())
                    .collect()
            })
        })
    }

    #[test]
    fn a_chain_is_one_lane_and_a_fork_two() {
        let chain = drawn(&[vec![], vec![0], vec![1], vec![2]]);
        assert_eq!((chain.lane, chain.lane_count), (vec![0; 4], 1));
        let fork = drawn(&[vec![], vec![0], vec![0], vec![1], vec![2], vec![3, 4], vec![5], vec![5]]);
        assert_eq!(fork.lane, [0, 0, 1, 0, 1, 0, 0, 1]);
        assert_eq!(fork.edge_lane, [0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(fork.lane_count, 2);
    }

    #[test]
    fn many_forks_of_one_event_stay_cheap() {
        let mut rows = vec![vec![]];
        rows.extend((0..50_000).map(|_| vec![0]));
        rows.push((1..=20).collect());
        let star = drawn(&rows);
        assert_eq!(star.lane_count, 50_000);
        assert_eq!(star.edge_from.len(), 50_020);
    }

    proptest! {
        /// Every edge is drawn once, and in no row do two things stand or run in one lane.
        #[test]
        fn nothing_overlaps(rows in any_rows()) {
            let layout = drawn(&rows);
            let mut edges: Vec<(usize, usize)> =
                layout.edge_from.iter().zip(&layout.edge_to).map(|(&c, &p)| (c as usize, p as usize)).collect();
            edges.sort_unstable();
            let mut expected: Vec<(usize, usize)> =
                rows.iter().enumerate().flat_map(|(row, parents)| parents.iter().map(move |&p| (row, p))).collect();
            expected.sort_unstable();
            prop_assert_eq!(edges, expected);
            let mut used: Vec<Vec<bool>> = vec![vec![false; layout.lane_count as usize]; rows.len()];
            for (row, &lane) in layout.lane.iter().enumerate() {
                prop_assert!(!std::mem::replace(&mut used[row][lane as usize], true));
            }
            for edge in 0..layout.edge_from.len() {
                let (a, b) = (layout.edge_from[edge] as usize, layout.edge_to[edge] as usize);
                for row in &mut used[a.min(b) + 1..a.max(b)] {
                    prop_assert!(!std::mem::replace(&mut row[layout.edge_lane[edge] as usize], true));
                }
            }
        }

        /// What is drawn does not move when newer events arrive.
        #[test]
        fn old_rows_stay(rows in any_rows(), keep in any::<prop::sample::Index>()) {
            let causal: Vec<Vec<usize>> =
                rows.iter().enumerate().map(|(row, p)| p.iter().copied().filter(|&p| p < row).collect()).collect();
            let keep = keep.index(causal.len()) + 1;
            let (all, some) = (drawn(&causal), drawn(&causal[..keep]));
            prop_assert_eq!(&all.lane[..keep], &some.lane[..]);
            prop_assert_eq!(&all.edge_lane[..some.edge_lane.len()], &some.edge_lane[..]);
        }
    }
}
