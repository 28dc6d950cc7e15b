//! Judging events: the state before and after each, and its verdict.
//!
//! An event is checked against its own auth events first, then against the state before it, and if it is live against the
//! room's state on arrival (Synapse `_check_event_auth`, `_check_for_soft_fail`; the specification's "Checks performed on
//! receipt of a PDU"). Whatever it needs and is not there yet, it waits for: an auth event that has not come or has not
//! been checked, a parent whose state is not known. When that is there it is looked at again, the least depth first,
//! without recursion, and ends as if it had come in order. A rejected event's state after is the state before it.

use super::journal::Step;
use super::passed::Message;
use super::states::{Against, AuthView, Columns};
use super::{Room, RoomError};
use crate::event::table::{Arrival, EventTable, Verdict};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot, Slots};
use crate::sort;
use crate::state::auth::{MAX_ID_BYTES, Refusal};
use crate::state::map::{OutOfMemory, Version};
use crate::state::resolution::Observer;
use core::cmp::Reverse;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::BinaryHeap;

impl From<OutOfMemory> for RoomError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// The most different states at a room's tips against which soft failure is checked. Rooms in the wild have had some
/// 1,600 tips, nearly all with equal states; without a bound a hostile room costs the square of its events.
const MOST_TIP_STATES: usize = 1_000;

/// The states after the tips, each with the number of tips that have it.
#[derive(Clone, Debug, Default)]
pub(super) struct TipStates {
    counts: HashMap<Version, u32, FixedState>,
}

impl TipStates {
    fn change(&mut self, state: Version, is_tip: bool) {
        let count = self.counts.entry(state).or_insert(0);
        *count = if is_tip { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            self.counts.remove(&state);
        }
    }

    /// The different states, in no order: who needs one sorts.
    fn iter(&self) -> impl Iterator<Item = Version> {
        self.counts.keys().copied()
    }
}

/// What became of a look at an event.
enum Look {
    /// It waits for this event.
    Waits(EventNid),
    /// It waits for the create event, which says the room version.
    WaitsForCreate,
    /// There is nothing more to find out.
    Done,
}

impl Room {
    /// Judges an event that has just been taken in, and whatever waited for it.
    pub(super) fn judge(&mut self, nid: EventNid) -> Result<(), RoomError> {
        let mut queue = BinaryHeap::new();
        if Some(nid) == self.create {
            for nid in core::mem::take(&mut self.waiting_for_create) {
                self.enqueue(&mut queue, nid);
            }
        }
        // A given state may have been waiting for it to come, checked or not.
        if !self.states.given.is_empty() {
            self.wake(&mut queue, nid);
        }
        // Mostly nothing waits, and the event never sees the queue.
        let mut next = Some(nid);
        while let Some(nid) = next.take().or_else(|| queue.pop().map(|waiting| waiting.1)) {
            match self.look(nid, &mut queue)? {
                Look::Waits(other) => self.waiting.entry(other).or_default().push(nid),
                Look::WaitsForCreate => self.waiting_for_create.push(nid),
                Look::Done => {}
            }
        }
        Ok(())
    }

    fn enqueue(&self, queue: &mut Queue, nid: EventNid) {
        queue.push((Reverse((self.events.depth(nid), self.orderings.stream(nid))), nid));
    }

    fn wake(&mut self, queue: &mut Queue, nid: EventNid) {
        if self.waiting.is_empty() {
            return;
        }
        for waiting in self.waiting.remove(&nid).unwrap_or_default() {
            self.enqueue(queue, waiting);
        }
    }

    fn look(&mut self, nid: EventNid, queue: &mut Queue) -> Result<Look, RoomError> {
        let Some(version) = self.version else { return Ok(Look::WaitsForCreate) };
        if self.states.after(nid).is_some() {
            return Ok(Look::Done);
        }
        // In version 12 every event stands on the create event without naming it.
        if self.create.is_none() && version.room_id_is_hash() && self.options.enforce_auth {
            return Ok(Look::WaitsForCreate);
        }
        if !self.checked.contains(nid) {
            if let Some(missing) = self.unchecked_auth_event(nid) {
                return Ok(Look::Waits(missing));
            }
            self.checked.insert(nid);
            self.events.fix_generation(nid);
            if self.options.enforce_auth
                && let Err(refusal) = self.check_own(nid, version)
            {
                self.reject(nid, refusal, Against::AuthEvents);
                self.extremities.judged(&self.events, nid);
            }
            self.wake(queue, nid);
        }
        if self.events.arrival(nid) == Arrival::Outlier {
            return Ok(Look::Done);
        }
        let given = self.states.given.get(&nid).copied();
        let before = match given {
            Some(given) => {
                if let Some(missing) = self.not_held(given) {
                    return Ok(Look::Waits(missing));
                }
                self.states.given.remove(&nid);
                given
            }
            None => match self.state_from_parents(nid)? {
                Ok(before) => before,
                Err(missing) => return Ok(Look::Waits(missing)),
            },
        };
        self.journal.push(nid, if given.is_some() { Step::Given } else { Step::Decided });
        self.decide(nid, version, before)?;
        self.wake(queue, nid);
        Ok(Look::Done)
    }

    /// Returns an auth event that has not come or has not been checked. With auth off none is needed.
    fn unchecked_auth_event(&self, nid: EventNid) -> Option<EventNid> {
        if !self.options.enforce_auth {
            return None;
        }
        let mut needed = self.events.auth_events(nid).iter().copied().chain(self.implied_auth_event(nid));
        needed.find(|&auth_event| !self.checked.contains(auth_event))
    }

    /// Returns the auth event that an event has without naming it: from version 12 on, the create event.
    pub(crate) fn implied_auth_event(&self, nid: EventNid) -> Option<EventNid> {
        let implied = self.version.is_some_and(|version| version.room_id_is_hash());
        self.create.filter(|&create| implied && create != nid)
    }

    /// Checks an event by its size, its list of auth events, and against them.
    fn check_own(&mut self, nid: EventNid, version: &'static RoomVersion) -> Result<(), Refusal> {
        // In version 12 the create event counts without being named.
        let create = self.create.filter(|&create| self.events.verdict(create) != Verdict::Rejected);
        let message = create.and_then(|_| Message::of(&self.events, nid));
        if let Some(message) = message
            && self.passed.contains(&self.events, message)
            && self.strings.event_id_length(nid) <= MAX_ID_BYTES
        {
            debug_assert_eq!(self.check_own_in_full(nid, version), Ok(()), "a message like it has passed");
            return Ok(());
        }
        self.check_own_in_full(nid, version)?;
        if let Some(message) = message {
            self.passed.insert(message);
        }
        Ok(())
    }

    fn check_own_in_full(&self, nid: EventNid, version: &'static RoomVersion) -> Result<(), Refusal> {
        let columns = self.columns(version);
        let rules = columns.rules();
        rules.size_limits(nid)?;
        rules.state_independent(nid)?;
        let own = self.events.auth_events(nid);
        rules.state_dependent(nid, |kind, key| {
            own.iter()
                .copied()
                .find(|&event| self.events.kind(event) == Some(kind) && self.events.state_key(event) == Some(key))
        })
    }

    /// Returns the state before an event as its parents have it, or a parent or auth event that it waits for.
    fn state_from_parents(&mut self, nid: EventNid) -> Result<Result<Version, EventNid>, RoomError> {
        let mut parents: Vec<Version> = core::mem::take(&mut self.parent_versions);
        parents.clear();
        for &parent in self.events.prev_events(nid) {
            let Some(after) = self.states.after(parent) else { return Ok(Err(parent)) };
            if !parents.contains(&after) {
                parents.push(after);
            }
        }
        // An auth event whose own state may yet show it rejected.
        let unsettled = self
            .events
            .auth_events(nid)
            .iter()
            .copied()
            .find(|&event| self.events.is_unsettled(event) && self.states.after(event).is_none());
        if let (Some(event), true) = (unsettled, self.options.enforce_auth) {
            return Ok(Err(event));
        }
        let before = self.resolve_versions(&parents, &mut ())?;
        self.parent_versions = parents;
        Ok(Ok(before))
    }

    /// Returns the state that follows from several, publishing it as a version; `observer` is told how.
    pub(super) fn resolve_versions(
        &mut self,
        parents: &[Version],
        observer: &mut impl Observer,
    ) -> Result<Version, RoomError> {
        match *parents {
            [] => return Ok(Version::EMPTY),
            [only] => return Ok(only),
            _ => {}
        }
        let Some(version) = self.version else { return Err(RoomError::NoRoomVersion) };
        let Self { events, strings, slots, create, room_id, states, .. } = self;
        let columns = Columns { events, strings, slots, version, create: *create, room_id: room_id.as_deref() };
        let graph = AuthView { events, dag: &states.dag };
        Ok(states.resolver.resolve(&mut states.maps, &columns.view(&graph), parents, observer)?)
    }

    /// Decides an event's verdict, its state before being known, and its state after.
    fn decide(&mut self, nid: EventNid, version: &'static RoomVersion, before: Version) -> Result<(), RoomError> {
        let mut verdict = self.events.verdict(nid);
        if verdict != Verdict::Rejected {
            verdict = Verdict::Accepted;
            if self.options.enforce_auth {
                let as_named = self.names_all(nid, version) && self.has_auth_events(nid, version, before);
                let get = |kind, key| self.states.maps.get(before, self.slots.find(kind, key)?);
                let check = || self.columns(version).rules().state_dependent(nid, get);
                let allowed = if as_named {
                    debug_assert_eq!(check(), Ok(()), "its own auth events are in the state, and allow it");
                    Ok(())
                } else {
                    check()
                };
                if let Err(refusal) = allowed {
                    self.reject(nid, refusal, Against::StateBefore);
                    verdict = Verdict::Rejected;
                } else if let Some(refusal) = self.soft_failure(nid, version, before, as_named)? {
                    self.states.refusals.insert(nid, (refusal, Against::CurrentState));
                    verdict = Verdict::SoftFailed;
                }
            }
        }
        let after = match self.events.slot(nid) {
            Some(slot) if verdict != Verdict::Rejected => self.states.maps.set(before, slot, Some(nid))?,
            _ => before,
        };
        self.states.set(nid, before, after);
        self.events.set_verdict(nid, verdict);
        self.extremities.judged(&self.events, nid);
        for &(tip, is_tip) in self.extremities.changes() {
            if let Some(state) = self.states.after(tip) {
                self.tip_states.change(state, is_tip);
            }
        }
        self.extremities.forget_changes();
        Ok(())
    }

    /// Returns whether an event that has passed against its own auth events names one for each slot that the rules ask
    /// for. In a state that has the same events there the rules would only say again what they have said.
    fn names_all(&self, nid: EventNid, version: &'static RoomVersion) -> bool {
        let asked = self.columns(version).rules().auth_slots(nid);
        // What it names is in slots that the rules ask for, no two in one. Version 12 implies the create event.
        let implied = usize::from(!asked.is_empty() && version.room_id_is_hash());
        let named = self.events.auth_events(nid).len() + implied;
        let used = |&(kind, key): &_| used_slot(&self.slots, &self.events, nid, kind, key).is_some();
        asked.len() == named || asked.iter().filter(used).count() == named
    }

    /// Returns whether a state has all of an event's auth events.
    fn has_auth_events(&self, nid: EventNid, version: &'static RoomVersion, state: Version) -> bool {
        let implied = self.create.filter(|_| version.room_id_is_hash());
        let needed = implied.iter().chain(self.events.auth_events(nid));
        let mut stateless = false;
        let entries = needed.filter_map(|&event| {
            let slot = self.events.slot(event);
            stateless |= slot.is_none();
            Some((slot?, event))
        });
        self.states.maps.has_all(state, entries) && !stateless
    }

    fn reject(&mut self, nid: EventNid, refusal: Refusal, against: Against) {
        self.states.refusals.insert(nid, (refusal, against));
        self.events.set_verdict(nid, Verdict::Rejected);
    }

    /// Checks a live event against the room's state on arrival: the resolution of the states after the tips, and of the
    /// state before the event if a parent of it is not held (Synapse `_check_for_soft_fail`). In a room with more than
    /// [`MOST_TIP_STATES`] different states at its tips nothing soft-fails: each check would resolve them all.
    /// `as_named` says that the event names all that the rules ask for, and that the state before it has the same there.
    fn soft_failure(
        &mut self,
        nid: EventNid,
        version: &'static RoomVersion,
        before: Version,
        as_named: bool,
    ) -> Result<Option<Refusal>, RoomError> {
        let tips = self.extremities.tips();
        let parents = self.events.prev_events(nid);
        if self.events.arrival(nid) != Arrival::Live || tips.is_empty() {
            return Ok(None);
        }
        if tips.len() == parents.len() && tips.iter().all(|tip| parents.contains(tip)) {
            return Ok(None);
        }
        let gap = parents.iter().any(|&parent| self.states.after(parent).is_none());
        if self.tip_states.counts.len() > MOST_TIP_STATES
            || as_named
                && self.tip_states.iter().all(|state| state == before || self.has_auth_events(nid, version, state))
        {
            return Ok(None);
        }
        let mut current: Vec<Version> = core::mem::take(&mut self.tip_versions);
        current.clear();
        current.extend(self.tip_states.iter().chain(gap.then_some(before)));
        sort::distinct(&mut current);
        let Self { events, strings, slots, create, room_id, states, slot_values, .. } = self;
        let columns = Columns { events, strings, slots, version, create: *create, room_id: room_id.as_deref() };
        let graph = AuthView { events, dag: &states.dag };
        let view = columns.view(&graph);
        let asked = view.rules.auth_slots(nid);
        let wanted: Vec<(EventTypeNid, EventStateKeyNid, Slot)> = asked
            .iter()
            .filter_map(|(kind, key)| Some((kind, key, used_slot(slots, events, nid, kind, key)?)))
            .collect();
        let wanted_slots: Vec<Slot> = wanted.iter().map(|wanted| wanted.2).collect();
        states.resolver.values(&states.maps, &view, &current, &wanted_slots, slot_values)?;
        let allowed = view.rules.state_dependent(nid, |kind, key| {
            let place = wanted.iter().position(|wanted| (wanted.0, wanted.1) == (kind, key))?;
            slot_values.get(place).copied().flatten()
        });
        self.tip_versions = current;
        Ok(allowed.err())
    }

    pub(super) fn columns(&self, version: &'static RoomVersion) -> Columns<'_> {
        Columns {
            events: &self.events,
            strings: &self.strings,
            slots: &self.slots,
            version,
            create: self.create,
            room_id: self.room_id.as_deref(),
        }
    }
}

/// Returns the slot of a pair, unless no other event than `nid` is in it: such a slot is empty in every state before the
/// event, and nothing brings one into it.
fn used_slot(
    slots: &Slots,
    events: &EventTable,
    nid: EventNid,
    kind: EventTypeNid,
    key: EventStateKeyNid,
) -> Option<Slot> {
    slots.find(kind, key).filter(|&slot| events.has_other(slot, nid))
}

type Queue = BinaryHeap<(Reverse<(u64, i32)>, EventNid)>;
