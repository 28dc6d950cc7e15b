//! State groups: state as Synapse stores it.
//!
//! A group is a state that some event has after it (or before it, where the event was rejected). It is stored as the
//! difference to an earlier group, or in full where it has none or the chain of differences has grown too long. Here no
//! difference is stored: a group is a version of the state maps and a previous group, and its rows are found when
//! somebody asks. The rules are those of Synapse's `StateHandler.calculate_context_info`, `_make_state_cache_entry` and
//! `StateGroupDataStore.store_state_group`.

use crate::event::table::{EventTable, Verdict};
use crate::nid::{EventNid, Slot};
use crate::sort;
use crate::state::map::{OutOfMemory, StateMaps, Version};
use core::hash::BuildHasher;
use core::ops::ControlFlow;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A state group's number, 1 and up; 0 stands for none.
pub type GroupId = u32;

/// One state group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// The state.
    pub state: Version,
    /// The group that it is stored as a difference to, 0 if it is stored in full.
    pub previous: GroupId,
    /// The group that it was made from, whether or not it is stored as a difference to that one; 0 if from none.
    pub parent: GroupId,
    /// The event that it was made for.
    pub event: EventNid,
    /// How many rows it is stored as.
    pub rows: u32,
    /// How many edges lead from it to a group that is stored in full.
    pub hops: u16,
}

/// The state groups of a room.
#[derive(Clone, Debug)]
pub struct Groups {
    groups: Vec<Group>,
    /// By index of the event's NID: its group.
    of_event: Vec<GroupId>,
    /// Where in `merged` the merge of some groups stands, by hash.
    merges: HashMap<u64, u32, FixedState>,
    /// Merges, end to end: how many groups were merged, those groups, and the group that it was given.
    merged: Vec<u32>,
    hop_limit: u16,
}

impl Groups {
    /// Returns a room without groups, whose chains shall have at most `hop_limit` edges (Synapse: 100 on SQLite, 99 on
    /// PostgreSQL).
    #[must_use]
    pub fn new(hop_limit: u16) -> Self {
        Self { groups: Vec::new(), of_event: Vec::new(), merges: HashMap::default(), merged: Vec::new(), hop_limit }
    }

    /// Gives an event its group; `before` is the state before it, and whether that was given from outside.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn add(
        &mut self,
        maps: &mut StateMaps,
        events: &EventTable,
        nid: EventNid,
        before: Version,
        given: bool,
    ) -> Result<(), OutOfMemory> {
        let before = self.before(maps, events, nid, before, given);
        let after = match (events.slot(nid), self.get(before)) {
            (Some(slot), Some(group)) => {
                let state = maps.set(group.state, slot, Some(nid))?;
                self.delta(maps, nid, state, before)
            }
            _ => before,
        };
        if self.of_event.len() <= nid.index() {
            self.of_event.resize(events.ids().max(nid.index() + 1), 0);
        }
        if let Some(group) = self.of_event.get_mut(nid.index()) {
            // What the rejected event would have set is left behind, and nothing refers to it.
            *group = if events.verdict(nid) == Verdict::Rejected { before } else { after };
        }
        Ok(())
    }

    fn before(&mut self, maps: &StateMaps, events: &EventTable, nid: EventNid, state: Version, given: bool) -> GroupId {
        // Nobody gives an empty state.
        if given && !maps.is_empty(state) {
            return self.full(maps, nid, state, 0);
        }
        let mut parents: Vec<GroupId> = events.prev_events(nid).iter().map(|&parent| self.of(parent)).collect();
        sort::distinct(&mut parents);
        match *parents {
            [] => self.full(maps, nid, state, 0),
            [only] if only != 0 => only,
            _ => self.merge(maps, nid, state, &parents),
        }
    }

    fn merge(&mut self, maps: &StateMaps, nid: EventNid, state: Version, parents: &[GroupId]) -> GroupId {
        let hash = FixedState::default().hash_one(parents);
        if let Some(&place) = self.merges.get(&hash)
            && let Some((&count, rest)) = self.merged.get(place as usize..).and_then(<[u32]>::split_first)
            && rest.get(..count as usize) == Some(parents)
            && let Some(&group) = rest.get(count as usize)
        {
            return group;
        }
        let same = parents.iter().copied().find(|&parent| self.get(parent).is_some_and(|group| group.state == state));
        let group = same.unwrap_or_else(|| match self.closest(maps, state, parents) {
            Some(base) => self.delta(maps, nid, state, base),
            None => self.full(maps, nid, state, 0),
        });
        self.merges.insert(hash, self.merged.len() as u32);
        self.merged.push(parents.len() as u32);
        self.merged.extend_from_slice(parents);
        self.merged.push(group);
        group
    }

    /// Returns the group to which a state differs least, of those that have no slot that it lacks.
    fn closest(&self, maps: &StateMaps, state: Version, parents: &[GroupId]) -> Option<GroupId> {
        // Equal differences: the order of a small set of numbers in CPython, which is what decides there.
        let mut order = parents.to_vec();
        sort::in_place(&mut order, |a, b| (a % 8, a) < (b % 8, b));
        let mut best = None;
        for parent in order {
            let Some(rows) = self.get(parent).and_then(|group| difference(maps, group.state, state)) else { continue };
            if best.is_none_or(|(least, _)| rows < least) {
                best = Some((rows, parent));
            }
        }
        best.map(|(_, parent)| parent)
    }

    fn delta(&mut self, maps: &StateMaps, nid: EventNid, state: Version, previous: GroupId) -> GroupId {
        let Some(&base) = self.get(previous).filter(|base| base.hops < self.hop_limit) else {
            return self.full(maps, nid, state, previous);
        };
        // The row of an event that the state has already is written all the same.
        let rows = difference(maps, base.state, state).unwrap_or_default().max(1);
        self.push(Group { state, previous, parent: previous, event: nid, rows, hops: base.hops + 1 })
    }

    fn full(&mut self, maps: &StateMaps, nid: EventNid, state: Version, parent: GroupId) -> GroupId {
        self.push(Group { state, previous: 0, parent, event: nid, rows: maps.len(state), hops: 0 })
    }

    fn push(&mut self, group: Group) -> GroupId {
        self.groups.push(group);
        self.groups.len() as GroupId
    }

    /// Returns a group.
    #[must_use]
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        self.groups.get((id as usize).checked_sub(1)?)
    }

    /// Returns an event's group, 0 if it has none.
    #[must_use]
    pub fn of(&self, nid: EventNid) -> GroupId {
        self.of_event.get(nid.index()).copied().unwrap_or_default()
    }

    /// Returns all groups; the first has number 1.
    #[must_use]
    pub fn all(&self) -> &[Group] {
        &self.groups
    }

    /// Returns a group's rows, in slot order.
    #[must_use]
    pub fn rows(&self, maps: &StateMaps, id: GroupId) -> Vec<(Slot, EventNid)> {
        let Some(group) = self.get(id) else { return Vec::new() };
        let Some(base) = self.get(group.previous) else { return maps.iter(group.state).collect() };
        let mut rows = Vec::with_capacity(group.rows as usize);
        maps.diff(base.state, group.state, |slot, _, new| rows.extend(new.map(|new| (slot, new))));
        if rows.is_empty() {
            rows.extend(maps.iter(group.state).find(|&(_, event)| event == group.event));
        }
        rows
    }

    /// Returns how many groups there are that no event has: those of rejected state events.
    #[must_use]
    pub fn unreferenced(&self) -> usize {
        let mut referenced = vec![false; self.groups.len() + 1];
        let mut mark = |id: GroupId| referenced.get_mut(id as usize).map_or((), |entry| *entry = true);
        for &id in &self.of_event {
            mark(id);
        }
        for group in &self.groups {
            mark(group.previous);
        }
        referenced.iter().skip(1).filter(|referenced| !**referenced).count()
    }

    /// Returns the bytes of memory held, the state maps aside.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Group>() * self.groups.capacity()
            + 4 * (self.of_event.capacity() + self.merged.capacity())
            + self.merges.allocation_size()
    }
}

/// Returns how many rows turn one state into another, or `None` if the other lacks a slot: rows only add and replace.
pub(super) fn difference(maps: &StateMaps, from: Version, to: Version) -> Option<u32> {
    let mut rows = 0;
    let flow = maps.try_diff(from, to, |_, _, new| {
        rows += 1;
        if new.is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    flow.is_continue().then_some(rows)
}
