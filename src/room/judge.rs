//! Judging events: the state before and after each, and its verdict.
//!
//! An event is checked against its own auth events first, then against the state before it, and if it is live against the
//! room's state on arrival (Synapse `_check_event_auth`, `_check_for_soft_fail`; the specification's "Checks performed on
//! receipt of a PDU"). Whatever it needs and is not there yet, it waits for: an auth event that has not come or has not
//! been checked, a parent whose state is not known. When that is there it is looked at again, the least depth first,
//! without recursion, and ends as if it had come in order. A rejected event's state after is the state before it.
//!
//! One thing does depend on what came first, for an event is judged once: an outlier is good enough as an auth event. If it
//! comes as an event later and is then rejected by the state before it, what has been accepted with its help stays accepted.

use super::journal::Step;
use super::states::{Against, AuthView, Columns};
use super::{Room, RoomError};
use crate::event::table::{Arrival, AuthEventsAtHand, EventTable, Verdict};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot, Slots};
use crate::sort;
use crate::state::auth::{AuthSlots, Refusal, Rules};
use crate::state::map::{OutOfMemory, StateMaps, Version};
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
        let at_hand = self.events.auth_events_at_hand(nid);
        let mut is_named = false;
        if !self.events.is_checked(nid) {
            if let Some(missing) = self.unchecked_auth_event(nid, at_hand) {
                return Ok(Look::Waits(missing));
            }
            self.events.set_checked(nid, at_hand);
            if self.options.enforce_auth {
                if let Err(refusal) = self.check_own(nid, version) {
                    self.reject(nid, refusal, Against::AuthEvents);
                    self.extremities.judged(&self.events, nid);
                }
                is_named = true;
            } else {
                self.raise_generations(nid);
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
            None => match self.state_from_parents(nid, at_hand)? {
                Ok(before) => before,
                Err(missing) => return Ok(Look::Waits(missing)),
            },
        };
        self.journal.push(nid, if given.is_some() { Step::Given } else { Step::Decided });
        self.decide(nid, version, before, is_named)?;
        self.wake(queue, nid);
        Ok(Look::Done)
    }

    /// Lets the auth generations of those that name an event, and so on, follow its own: with auth off they have not waited
    /// for it.
    fn raise_generations(&mut self, nid: EventNid) {
        let mut raised = vec![nid];
        while let Some(event) = raised.pop() {
            let above = self.events.generation(event) + 1;
            for child in self.states.dag.children(event) {
                if self.events.raise_generation(child, above) {
                    raised.push(child);
                }
            }
        }
    }

    /// Returns an auth event that has not come or has not been checked. With auth off none is needed.
    fn unchecked_auth_event(&self, nid: EventNid, at_hand: AuthEventsAtHand) -> Option<EventNid> {
        if !self.options.enforce_auth {
            return None;
        }
        let implied = || self.implied_auth_event(nid).filter(|&event| !self.events.is_checked(event));
        at_hand.unchecked.or_else(implied)
    }

    /// Returns the auth event that an event has without naming it: from version 12 on, the create event.
    pub(crate) fn implied_auth_event(&self, nid: EventNid) -> Option<EventNid> {
        let implied = self.version.is_some_and(|version| version.room_id_is_hash());
        self.create.filter(|&create| implied && create != nid)
    }

    /// Checks an event by its size, its list of auth events, and against them.
    fn check_own(&mut self, nid: EventNid, version: &'static RoomVersion) -> Result<(), Refusal> {
        let (rules, named) = self.rules_and_named(version);
        rules.size_limits(nid)?;
        rules.named_slots(nid, named)?;
        rules.state_dependent(nid, |kind, key| named.named(kind, key))
    }

    /// Notes what an event names for each slot that the rules ask for. Its list may fail where it has passed before: an auth
    /// event that it has waited for may have turned out to be rejected by the state before it.
    fn look_up_named(&mut self, nid: EventNid, version: &'static RoomVersion) -> Result<(), Refusal> {
        let (rules, named) = self.rules_and_named(version);
        rules.named_slots(nid, named)
    }

    fn rules_and_named(&mut self, version: &'static RoomVersion) -> (Rules<'_>, &mut AuthSlots) {
        let Self { named, options, events, strings, slots, create, room_id, .. } = self;
        let (create, room_id) = (*create, room_id.as_deref());
        (Columns { options, events, strings, slots, version, create, room_id }.rules(), named)
    }

    /// Returns the state before an event as its parents have it, or a parent or auth event that it waits for.
    fn state_from_parents(
        &mut self,
        nid: EventNid,
        at_hand: AuthEventsAtHand,
    ) -> Result<Result<Version, EventNid>, RoomError> {
        let mut parents: Vec<Version> = core::mem::take(&mut self.parent_versions);
        parents.clear();
        for &parent in self.events.prev_events(nid) {
            let Some(after) = self.states.after(parent) else { return Ok(Err(parent)) };
            if !parents.contains(&after) {
                parents.push(after);
            }
        }
        if at_hand.any_unsettled && self.options.enforce_auth {
            // An auth event whose own state may yet show it rejected.
            let may = |&event: &EventNid| self.events.is_unsettled(event) && self.states.after(event).is_none();
            if let Some(event) = self.events.auth_events(nid).iter().copied().find(may) {
                return Ok(Err(event));
            }
        }
        let before = match *parents {
            [only] => only,
            _ => self.resolve_versions(&parents, &mut ())?,
        };
        self.parent_versions = parents;
        Ok(Ok(before))
    }

    /// Returns the state that follows from several, publishing it as a version; `observer` is told how.
    #[inline(never)]
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
        let Self { options, events, strings, slots, create, room_id, states, .. } = self;
        let (create, room_id, options) = (*create, room_id.as_deref(), &*options);
        let columns = Columns { options, events, strings, slots, version, create, room_id };
        let graph = AuthView { events, dag: &states.dag };
        Ok(states.resolver.resolve(&mut states.maps, &columns.view(&graph), parents, observer)?)
    }

    /// Decides an event's verdict, its state before being known, and its state after. `is_named` says that
    /// [`Room::check_own`] has just looked at it.
    #[inline(never)]
    fn decide(
        &mut self,
        nid: EventNid,
        version: &'static RoomVersion,
        before: Version,
        is_named: bool,
    ) -> Result<(), RoomError> {
        let verdict = match self.events.verdict(nid) {
            Verdict::Rejected => Verdict::Rejected,
            _ if self.options.enforce_auth => self.check_in_state(nid, version, before, is_named)?,
            _ => Verdict::Accepted,
        };
        let after = match self.events.slot(nid) {
            Some(slot) if verdict != Verdict::Rejected => self.states.maps.set(before, slot, Some(nid))?,
            _ => before,
        };
        self.states.set(nid, before, after);
        self.events.set_verdict(nid, verdict);
        self.extremities.judged(&self.events, nid);
        match *self.extremities.changes() {
            // A message takes the place of its parent: nothing has become of the states.
            [(old, false), (new, true)] if self.states.after(old) == self.states.after(new) => {}
            _ => {
                for &(tip, is_tip) in self.extremities.changes() {
                    if let Some(state) = self.states.after(tip) {
                        self.tip_states.change(state, is_tip);
                    }
                }
            }
        }
        self.extremities.forget_changes();
        Ok(())
    }

    /// Checks an event that has passed against its own auth events against the state before it, and the room's state.
    fn check_in_state(
        &mut self,
        nid: EventNid,
        version: &'static RoomVersion,
        before: Version,
        is_named: bool,
    ) -> Result<Verdict, RoomError> {
        if !is_named && let Err(refusal) = self.look_up_named(nid, version) {
            self.reject(nid, refusal, Against::AuthEvents);
            return Ok(Verdict::Rejected);
        }
        let own = Own::new(&self.named, &self.slots, |slot| self.events.has_other(slot, nid));
        let is_before = own.is_in(&self.states.maps, before);
        let get = |kind, key| self.states.maps.get(before, self.slots.find(kind, key)?);
        let check = || self.columns(version).rules().state_dependent(nid, get);
        if is_before {
            debug_assert_eq!(check(), Ok(()), "the state before it has its own auth events, which allow it");
        } else if let Err(refusal) = check() {
            self.reject(nid, refusal, Against::StateBefore);
            return Ok(Verdict::Rejected);
        }
        if !self.can_soft_fail(nid) {
            return Ok(Verdict::Accepted);
        }
        let as_named = is_before && self.is_in_all_tips(before, &own);
        if as_named && !cfg!(debug_assertions) {
            return Ok(Verdict::Accepted);
        }
        let Some(refusal) = self.soft_failure(nid, version, before)? else { return Ok(Verdict::Accepted) };
        debug_assert!(!as_named, "all tips have its own auth events: {refusal:?}");
        self.states.refusals.insert(nid, (refusal, Against::CurrentState));
        Ok(Verdict::SoftFailed)
    }

    #[cold]
    fn reject(&mut self, nid: EventNid, refusal: Refusal, against: Against) {
        self.states.refusals.insert(nid, (refusal, against));
        self.events.set_verdict(nid, Verdict::Rejected);
    }

    /// Returns whether an event is checked against the room's state on arrival: if it is live, and its parents are not just
    /// the tips. In a room with more than [`MOST_TIP_STATES`] different states at its tips nothing is: each check would
    /// resolve them all.
    fn can_soft_fail(&self, nid: EventNid) -> bool {
        let tips = self.extremities.tips();
        let parents = self.events.prev_events(nid);
        self.events.arrival(nid) == Arrival::Live
            && !tips.is_empty()
            && self.tip_states.counts.len() <= MOST_TIP_STATES
            && !(tips.len() == parents.len() && tips.iter().all(|tip| parents.contains(tip)))
    }

    /// Returns whether the state resolved from the tips has the same as an event's own auth events in all slots that the
    /// rules ask for, as the state `before` it has: for that all tips have. A slot that is empty in all of them may be
    /// filled from the auth difference, if there is anything to fill it with.
    fn is_in_all_tips(&self, before: Version, own: &Own) -> bool {
        !own.may_be_filled && self.tip_states.iter().all(|state| state == before || own.is_in(&self.states.maps, state))
    }

    /// Checks an event against the room's state on arrival: the resolution of the states after the tips, and of the state
    /// before the event if a parent of it is not held (Synapse `_check_for_soft_fail`).
    #[inline(never)]
    fn soft_failure(
        &mut self,
        nid: EventNid,
        version: &'static RoomVersion,
        before: Version,
    ) -> Result<Option<Refusal>, RoomError> {
        let parents = self.events.prev_events(nid);
        let gap = parents.iter().any(|&parent| self.states.after(parent).is_none());
        let mut current: Vec<Version> = core::mem::take(&mut self.tip_versions);
        current.clear();
        current.extend(self.tip_states.iter().chain(gap.then_some(before)));
        sort::distinct(&mut current);
        let Self { options, events, strings, slots, create, room_id, states, slot_values, .. } = self;
        let (create, room_id, options) = (*create, room_id.as_deref(), &*options);
        let columns = Columns { options, events, strings, slots, version, create, room_id };
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
            options: &self.options,
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

/// What the rules ask for to check an event, slot by slot, with the event that it names itself. It has passed against these:
/// against a state that has the same in these slots the rules would only say again what they have said.
#[derive(Clone, Copy, Debug)]
struct Own {
    entries: [(Slot, Option<EventNid>); AuthSlots::MOST],
    len: usize,
    /// Whether it names nothing for a slot that some event is in.
    may_be_filled: bool,
}

impl Own {
    fn new(named: &AuthSlots, slots: &Slots, has_other: impl Fn(Slot) -> bool) -> Self {
        let mut own = Self { entries: [(Slot(0), None); AuthSlots::MOST], len: 0, may_be_filled: false };
        for ((kind, key), named) in named.with_named() {
            let entry = match named {
                Some((event, slot)) => (slot, Some(event)),
                None => match slots.find(kind, key) {
                    Some(slot) if has_other(slot) => {
                        own.may_be_filled = true;
                        (slot, None)
                    }
                    _ => continue,
                },
            };
            if let Some(place) = own.entries.get_mut(own.len) {
                *place = entry;
                own.len += 1;
            }
        }
        own
    }

    fn is_in(&self, maps: &StateMaps, state: Version) -> bool {
        maps.has_all(state, self.entries.get(..self.len).unwrap_or_default())
    }
}

type Queue = BinaryHeap<(Reverse<(u64, i32)>, EventNid)>;
