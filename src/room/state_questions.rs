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
use crate::state::resolution::{Account, Conflict};
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
    /// The slots in conflict that were reset ([`ChangeCause::Reset`](super::ChangeCause::Reset)), in slot order.
    pub resets: Vec<Slot>,
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
        sort::distinct(&mut parents);
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
        if !self.events.is_checked(nid) {
            let mut auth_events = self.events.auth_events(nid).iter().copied();
            return Some(match auth_events.find(|&event| !self.events.is_checked(event)) {
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
        let reset = |conflict: &&Conflict| {
            let value = |&version| self.states.maps.get(version, conflict.slot);
            self.is_reset(conflict.winner, &versions.iter().map(value).collect::<Vec<_>>())
        };
        let resets = account.conflicts.iter().filter(reset).map(|conflict| conflict.slot).collect();
        Ok(Explanation { parents: states, account, resets, result: entries? })
    }
}
