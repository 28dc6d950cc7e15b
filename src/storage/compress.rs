//! Layouts of state groups that take fewer rows.
//!
//! Which groups there are and what they hold stays as it is; only what each is stored as a difference to changes. One
//! layout is that of `rust-synapse-compress-state`, exactly. The other is ours: for chains as long as that one's, a group
//! stands on whichever group above it in its chain costs fewest rows for the room that it leaves below the limit.

use super::groups::{Group, GroupId, difference};
use crate::state::map::{StateMaps, Version};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The levels that the compressor starts from, the finest first.
pub const LEVELS: [u32; 3] = [100, 50, 25];

/// What each group is stored as a difference to, and what that costs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// By group, the first at 0: the group that it stands on, 0 where it is stored in full.
    pub previous: Vec<GroupId>,
    /// All rows.
    pub rows: u64,
    /// The most edges from a group to one that is stored in full.
    pub longest: u32,
}

/// The compressor at work: groups in the order of their numbers, as many at a time as one likes.
#[derive(Clone, Debug)]
pub struct Compressor {
    levels: Vec<Level>,
    hops: Vec<u32>,
    /// The groups so far.
    pub layout: Layout,
    /// How many are stored otherwise than they were.
    pub changed: u32,
    /// How many of those had to be stored in full because no group that they could stand on has all its slots in them …
    pub resets: u32,
    /// … and the rows of those.
    pub reset_rows: u64,
}

/// A level of the compressor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// How many groups it takes.
    pub size: u32,
    /// How many it has taken.
    pub len: u32,
    /// The last of them.
    pub head: GroupId,
}

impl Compressor {
    /// Returns a compressor with levels of these sizes, the finest first.
    #[must_use]
    pub fn new(sizes: &[u32]) -> Self {
        Self {
            levels: sizes.iter().map(|&size| Level { size, len: 0, head: 0 }).collect(),
            hops: Vec::new(),
            layout: Layout::default(),
            changed: 0,
            resets: 0,
            reset_rows: 0,
        }
    }

    /// Returns the levels as they stand.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Leaves the groups below `end` as they are: they are outside of the range that is asked for.
    pub fn pass(&mut self, groups: &[Group], end: usize) {
        for group in groups.iter().take(end).skip(self.hops.len()) {
            self.push(group.previous, group.rows);
        }
    }

    /// Rewrites the groups below `end` that have not been (`src/compressor.rs` of `rust-synapse-compress-state`).
    pub fn run(&mut self, maps: &StateMaps, groups: &[Group], end: usize) {
        for (index, group) in groups.iter().enumerate().take(end).skip(self.hops.len()) {
            let candidate = self.candidate(index as GroupId + 1);
            if candidate == group.previous {
                self.push(group.previous, group.rows);
                continue;
            }
            self.changed += 1;
            let mut base = candidate;
            let mut rows = None;
            while let Some(below) = state(groups, base) {
                rows = difference(maps, below, group.state);
                if rows.is_some() {
                    break;
                }
                base = self.layout.previous.get(base as usize - 1).copied().unwrap_or_default();
            }
            let full = maps.len(group.state);
            if rows.is_none() && candidate != 0 {
                self.resets += 1;
                self.reset_rows += u64::from(full);
            }
            self.push(base, rows.unwrap_or(full));
        }
    }

    /// Returns the group that the levels want a group to stand on, and puts that one into them.
    fn candidate(&mut self, id: GroupId) -> GroupId {
        for level in &mut self.levels {
            if level.len < level.size {
                let head = level.head;
                (level.len, level.head) = (level.len + 1, id);
                return head;
            }
            (level.len, level.head) = (1, id);
        }
        0
    }

    fn push(&mut self, previous: GroupId, rows: u32) {
        self.layout.push(&mut self.hops, previous, rows);
    }
}

impl Layout {
    fn push(&mut self, hops: &mut Vec<u32>, previous: GroupId, rows: u32) {
        let hop = hop(hops, previous);
        hops.push(hop);
        self.longest = self.longest.max(hop);
        self.rows += u64::from(rows);
        self.previous.push(previous);
    }
}

/// Returns the groups as they are stored.
#[must_use]
pub fn stored(groups: &[Group]) -> Layout {
    Layout {
        previous: groups.iter().map(|group| group.previous).collect(),
        rows: groups.iter().map(|group| u64::from(group.rows)).sum(),
        longest: groups.iter().map(|group| u32::from(group.hops)).max().unwrap_or_default(),
    }
}

/// Returns the most edges that the compressor's levels let a chain have.
#[must_use]
pub fn longest_chain(levels: &[u32]) -> u32 {
    levels.iter().map(|size| size.saturating_sub(1)).sum()
}

/// Returns a layout with fewer rows, of chains with at most `limit` edges.
///
/// A group stands on the one that it differs least from, of the group that it was made from, the one made before it and one
/// with the same state, as long as that one's chain is short enough. Where it is not, it stands on a group further up that
/// chain: the one where the rows that it costs beyond one, for each edge that is gained below the limit, are fewest. If
/// all that comes out worse than a layout that is there already, `others`, whose chains are short enough, that one is it.
#[must_use]
pub fn improve(maps: &StateMaps, groups: &[Group], limit: u32, others: &[&Layout]) -> Layout {
    let mut layout = Layout::default();
    let mut hops: Vec<u32> = Vec::with_capacity(groups.len());
    let mut with_state: HashMap<u64, u32, FixedState> = HashMap::default();
    for group in groups {
        let last = layout.previous.len() as GroupId;
        let same = with_state.insert(u64::from(group.state.number()), last + 1).unwrap_or_default();
        let full = maps.len(group.state);
        let (previous, rows) = match nearest(maps, groups, group, &[group.parent, last, same]) {
            None => (0, full),
            Some((id, rows)) if hop(&hops, id) <= limit => (id, rows),
            Some((id, _)) => {
                let mut best = (0, full, limit);
                let mut above = id;
                while let Some(below) = state(groups, above) {
                    let gain = (limit + 1).saturating_sub(hop(&hops, above));
                    // A step that gains little is soon to be made again.
                    if gain > limit / 16
                        && let Some(rows) = difference(maps, below, group.state)
                        && cost(rows, gain) <= cost(best.1, best.2)
                    {
                        best = (above, rows, gain);
                    }
                    above = layout.previous.get(above as usize - 1).copied().unwrap_or_default();
                }
                (best.0, best.1)
            }
        };
        layout.push(&mut hops, previous, rows);
    }
    let better = others.iter().filter(|other| other.longest <= limit && other.rows < layout.rows);
    match better.min_by_key(|other| other.rows) {
        Some(&other) => other.clone(),
        None => layout,
    }
}

/// Rows beyond the one that every change costs, for each edge gained: as a fraction of whole numbers that compares exactly.
fn cost(rows: u32, gain: u32) -> u64 {
    (u64::from(rows.saturating_sub(1)) << 32) / u64::from(gain.max(1))
}

/// Returns which of some groups one differs least from, and by how many rows.
fn nearest(maps: &StateMaps, groups: &[Group], group: &Group, candidates: &[GroupId]) -> Option<(GroupId, u32)> {
    let mut best: Option<(GroupId, u32)> = None;
    for &id in candidates {
        if let Some(below) = state(groups, id)
            && let Some(rows) = difference(maps, below, group.state)
            && best.is_none_or(|best| rows < best.1)
        {
            best = Some((id, rows));
        }
    }
    best
}

/// Returns fewer rows than which no layout can have: a row for each value that a slot ever has, and one for each state
/// beyond the first.
#[must_use]
pub fn least_rows(maps: &StateMaps, groups: &[Group]) -> u64 {
    let mut states: HashMap<u64, u32, FixedState> = HashMap::default();
    let mut events: HashMap<u64, u32, FixedState> = HashMap::default();
    let mut last = Version::EMPTY;
    for group in groups {
        if states.insert(u64::from(group.state.number()), 0).is_none() {
            maps.diff(last, group.state, |_, _, new| {
                if let Some(new) = new {
                    events.insert(u64::from(new.get()), 0);
                }
            });
            last = group.state;
        }
    }
    let first = groups.first().map_or(0, |group| u64::from(maps.len(group.state)));
    let changes = (states.len() as u64).saturating_sub(1);
    (events.len() as u64).max(first + changes)
}

fn state(groups: &[Group], id: GroupId) -> Option<Version> {
    Some(groups.get((id as usize).checked_sub(1)?)?.state)
}

/// Returns how many edges a group on `previous` has below it.
fn hop(hops: &[u32], previous: GroupId) -> u32 {
    (previous as usize).checked_sub(1).map_or(0, |index| hops.get(index).map_or(0, |hops| hops + 1))
}
