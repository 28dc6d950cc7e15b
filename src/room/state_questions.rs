//! Questions about state: what it is at an event, what changed, and how a merge was decided.
//!
//! Some of these work a resolution out that the room does not hold. The versions made for that are taken back before the
//! answer is given, so that a question leaves no trace.

use super::states::Against;
use super::{Room, RoomError, RuleSet};
use crate::event::table::{Arrival, Verdict};
use crate::nid::{EventNid, Slot};
use crate::sort;
use crate::state::map::{StateMaps, Version};
use crate::state::resolution::Account;
use sha2::{Digest as _, Sha256};

/// The difference of two states, by slot. Of two rooms: slots and events of the second are numbers of that room.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateDiff {
    /// In the second state alone.
    pub added: Vec<(Slot, EventNid)>,
    /// In the first state alone.
    pub removed: Vec<(Slot, EventNid)>,
    /// Another event in the second state than in the first: the slot in the first, the event there and the other.
    pub changed: Vec<(Slot, EventNid, EventNid)>,
}

/// Why a value changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeCause {
    /// The event set it.
    Set,
    /// A merge chose between its parents' values.
    Resolved,
    /// At a merge an older value came back, or a value was lost.
    Reset,
}

/// One change of a slot's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The event at which it changed.
    pub event: EventNid,
    /// The value after that.
    pub value: Option<EventNid>,
    /// Why.
    pub cause: ChangeCause,
}

/// One state that parents have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParentState {
    /// The parents that have it.
    pub events: Vec<EventNid>,
    /// The state's public id.
    pub state_id: u128,
}

/// How the state before an event came about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// One for each different state of the parents.
    pub parents: Vec<ParentState>,
    /// What the resolution did.
    pub account: Account,
    /// The resulting state, in slot order.
    pub result: Vec<(Slot, EventNid)>,
}

impl Room {
    /// Returns the state before an event in slot order, or `None` if it is not known.
    #[must_use]
    pub fn state_before(&self, nid: EventNid) -> Option<Vec<(Slot, EventNid)>> {
        Some(self.states.maps.iter(self.states.before(nid)?).collect())
    }

    /// Returns the state after an event in slot order, or `None` if it is not known.
    #[must_use]
    pub fn state_after(&self, nid: EventNid) -> Option<Vec<(Slot, EventNid)>> {
        Some(self.states.maps.iter(self.states.after(nid)?).collect())
    }

    /// Returns the room's current state: the resolution of the states after the tips. By Dendrite's rules it is what the
    /// room's own snapshot holds.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn current_state(&mut self) -> Result<Vec<(Slot, EventNid)>, RoomError> {
        if self.options.rules == RuleSet::Dendrite {
            let (server, _, maps) = self.tables();
            let state = server.room_list().map_or(Version::EMPTY, |list| server.blocks().state(list));
            return Ok(maps.iter(state).collect());
        }
        let tips: Vec<Version> = self.tips().iter().filter_map(|&tip| self.states.after(tip)).collect();
        self.with_resolved(&tips, |maps, version| maps.iter(version).collect())
    }

    /// Works out a resolution, lets `read` look at it, and takes back what was made for it.
    fn with_resolved<T>(
        &mut self,
        parents: &[Version],
        read: impl FnOnce(&StateMaps, Version) -> T,
    ) -> Result<T, RoomError> {
        let mut parents = parents.to_vec();
        sort::in_place(&mut parents, |a, b| a < b);
        parents.dedup();
        let mark = self.states.maps.mark();
        let answer = self.resolve_versions(&parents, &mut ()).map(|version| read(&self.states.maps, version));
        self.states.maps.rollback(mark);
        answer
    }

    /// Returns the public id of a state: the sum of a 128-bit hash of each event id in it. It says the same in every room
    /// and on every server; equal states have equal ids, and different ones different ids unless SHA-256 is broken.
    #[must_use]
    pub fn state_id(&self, nid: EventNid) -> Option<u128> {
        Some(self.version_id(&self.states.maps, self.states.after(nid)?))
    }

    fn version_id(&self, maps: &StateMaps, version: Version) -> u128 {
        let mut ids = self.state_ids.borrow_mut();
        while ids.len() <= version.number() as usize {
            let next = Version::from_number(ids.len() as u32);
            let base = maps.base(next);
            let mut sum = ids.get(base.number() as usize).copied().unwrap_or_default();
            maps.diff(base, next, |_, old, new| {
                sum = sum.wrapping_sub(old.map_or(0, |nid| self.id_hash(nid)));
                sum = sum.wrapping_add(new.map_or(0, |nid| self.id_hash(nid)));
            });
            ids.push(sum);
        }
        ids.get(version.number() as usize).copied().unwrap_or_default()
    }

    fn id_hash(&self, nid: EventNid) -> u128 {
        let digest = Sha256::digest(self.strings.event_id(nid));
        digest.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
    }

    /// Returns the state after `b` against the state after `a`; `None` stands for the empty state.
    ///
    /// # Errors
    /// If one of them is not known.
    pub fn state_diff(&self, a: Option<EventNid>, b: Option<EventNid>) -> Result<StateDiff, RoomError> {
        let version = |nid: Option<EventNid>| match nid {
            None => Ok(Version::EMPTY),
            Some(nid) => self.states.after(nid).ok_or_else(|| self.unknown_state(nid)),
        };
        let mut diff = StateDiff::default();
        self.states.maps.diff(version(a)?, version(b)?, |slot, old, new| match (old, new) {
            (None, Some(new)) => diff.added.push((slot, new)),
            (Some(old), None) => diff.removed.push((slot, old)),
            (Some(old), Some(new)) => diff.changed.push((slot, old, new)),
            (None, None) => {}
        });
        Ok(diff)
    }

    /// Returns the error that says why the state at an event is not known.
    #[must_use]
    pub fn unknown_state(&self, nid: EventNid) -> RoomError {
        let id = self.strings.event_id(nid).to_owned();
        RoomError::UnknownState(id, self.reason(nid).unwrap_or_default())
    }

    /// Returns why an event was refused, or what it waits for; `None` if it is accepted.
    #[must_use]
    pub fn reason(&self, nid: EventNid) -> Option<String> {
        if let Some((refusal, against)) = self.states.refusals.get(&nid) {
            let against = match against {
                Against::AuthEvents => "by its auth events",
                Against::StateBefore => "by the state before it",
                Against::CurrentState => "by the room's state when it arrived",
            };
            return Some(format!("{}, {against}", refusal.describe(nid, &self.events, &self.strings)));
        }
        if self.events.verdict(nid) != Verdict::Outlier || !self.events.holds(nid) {
            return None;
        }
        let id = |nid| self.strings.event_id(nid);
        if self.version.is_none() {
            return Some("the room version is not known: the create event is missing".to_owned());
        }
        if !self.checked.contains(nid) {
            let mut auth_events = self.events.auth_events(nid).iter().copied();
            return Some(match auth_events.find(|&event| !self.checked.contains(event)) {
                Some(event) if !self.events.holds(event) => format!("its auth event {} is not held", id(event)),
                Some(event) => format!("its auth event {} cannot be checked yet", id(event)),
                None => "the create event is not held".to_owned(),
            });
        }
        if self.events.arrival(nid) == Arrival::Outlier {
            return Some("it came as an outlier: the state before it was not asked for".to_owned());
        }
        if let Some(missing) = self.states.given.get(&nid).and_then(|&given| self.not_held(given)) {
            return Some(format!("{}, which is in the state given before it, is not held", id(missing)));
        }
        let mut parents = self.events.prev_events(nid).iter().copied();
        Some(match parents.find(|&parent| self.states.after(parent).is_none()) {
            Some(parent) if !self.events.holds(parent) => format!("its parent {} is not held", id(parent)),
            Some(parent) => format!("the state at its parent {} is not known", id(parent)),
            None => "the state at one of its auth events is not known".to_owned(),
        })
    }

    /// Returns every change of a slot's value along the room, in topological order.
    ///
    /// At a merge the value before it is held against each parent's: where all parents had the same and the merge has
    /// another, or none, or where a value came out that another parent's value had followed, it is a reset.
    #[must_use]
    pub fn state_history(&self, slot: Slot) -> Vec<Change> {
        let value = |version: Version| self.states.maps.get(version, slot);
        let mut changes = Vec::new();
        for &nid in self.topological() {
            let (Some(before), Some(after)) = (self.states.before(nid), self.states.after(nid)) else { continue };
            let parents = || {
                let known = self.events.prev_events(nid).iter().filter_map(|&parent| self.states.after(parent));
                known.map(value)
            };
            let merged = value(before);
            if self.events.prev_events(nid).len() > 1 && parents().any(|parent| parent != merged) {
                let cause = if self.is_reset(merged, parents()) { ChangeCause::Reset } else { ChangeCause::Resolved };
                changes.push(Change { event: nid, value: merged, cause });
            }
            if value(after) != merged {
                changes.push(Change { event: nid, value: value(after), cause: ChangeCause::Set });
            }
        }
        changes
    }

    /// Returns whether a merge that came out with `merged` lost a value, or went back behind one of the parents'.
    fn is_reset(&self, merged: Option<EventNid>, mut parents: impl Iterator<Item = Option<EventNid>>) -> bool {
        let Some(merged) = merged else { return true };
        parents.any(|parent| parent.is_some_and(|parent| parent != merged && self.replaced(merged, parent)))
    }

    /// Returns whether the state before `newer` had `older` in its slot, or a value that did: whether it replaced it.
    fn replaced(&self, older: EventNid, newer: EventNid) -> bool {
        let Some(slot) = self.events.slot(newer) else { return false };
        let mut value = newer;
        // Versions are numbered by first sight: the state before an event has a lower number than any with it in.
        let Some(oldest) = self.states.before(older) else { return false };
        let mut last = u32::MAX;
        while let Some(before) = self.states.before(value) {
            if before.number() >= last || before <= oldest {
                return false;
            }
            last = before.number();
            match self.states.maps.get(before, slot) {
                Some(earlier) if earlier == older => return true,
                Some(earlier) => value = earlier,
                None => return false,
            }
        }
        false
    }

    /// Tells how the state before an event came about.
    ///
    /// # Errors
    /// If the state at a parent is not known, or memory runs out.
    pub fn explain(&mut self, nid: EventNid) -> Result<Explanation, RoomError> {
        let parents = self.events.prev_events(nid).to_vec();
        self.explain_parents(&parents)
    }

    /// Tells what an event with these parents would make of their states. Nothing is added.
    ///
    /// # Errors
    /// If the state at a parent is not known, or memory runs out.
    pub fn explain_parents(&mut self, parents: &[EventNid]) -> Result<Explanation, RoomError> {
        let mut groups: Vec<(Version, Vec<EventNid>)> = Vec::new();
        for &parent in parents {
            let version = self.states.after(parent).ok_or_else(|| self.unknown_state(parent))?;
            match groups.iter_mut().find(|group| group.0 == version) {
                Some(group) => group.1.push(parent),
                None => groups.push((version, vec![parent])),
            }
        }
        let versions: Vec<Version> = groups.iter().map(|group| group.0).collect();
        let states = groups
            .into_iter()
            .map(|(version, events)| ParentState { events, state_id: self.version_id(&self.states.maps, version) })
            .collect();
        let mut account = Account::default();
        let mark = self.states.maps.mark();
        let result = self.resolve_versions(&versions, &mut account);
        let entries = result.map(|version| self.states.maps.iter(version).collect());
        self.states.maps.rollback(mark);
        Ok(Explanation { parents: states, account, result: entries? })
    }
}
