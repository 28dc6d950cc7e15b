//! States that are given from outside: what another server says the state before an event was.
//!
//! A given state stands, whatever the event's parents have. An event that has not been judged is judged by it, as soon as
//! all events in that state are held. One that has been takes it over: the room is told everything once more, with the
//! state in its place ([`Room::tell_again`]), so that it comes out as if the event had come with it. Dendrite's rules, which
//! are those of a running server, see a given state only with a delivery ([`super::dendrite`]).

use super::batch::Batch;
use super::{AddOptions, Room, RoomError, RuleSet};
use crate::event::table::{Arrival, Verdict};
use crate::nid::{EventNid, Slot};
use crate::sort;
use crate::state::map::Version;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

type Entries = Vec<(Slot, EventNid)>;

impl Room {
    /// Takes note of the states given with a batch, by options or by a `send_join` answer.
    #[inline(never)]
    pub(super) fn set_given_states(&mut self, batch: &mut Batch) -> Result<(), RoomError> {
        let answered = batch.options.state_before.is_none() && !batch.answered_state.is_empty();
        if batch.options.state_before.is_none() && batch.options.states_before.is_empty() && !answered {
            return Ok(());
        }
        // By place in the batch, what is about to be taken in.
        let mut coming: HashMap<EventNid, u32, FixedState> = HashMap::default();
        for &index in &batch.order {
            if let Some(staged) = batch.staged.get(index as usize) {
                coming.insert(staged.nid, index);
            }
        }
        let staged = |nid| batch.staged.get(*coming.get(&nid)? as usize);
        let slot_of = |nid| staged(nid).map_or_else(|| self.events.slot(nid), |staged| staged.row.slot);
        let find =
            |id: &str| self.strings.find_event(id).filter(|&nid| self.events.holds(nid) || coming.contains_key(&nid));
        let named = |ids: &[String]| -> Result<Entries, RoomError> {
            let mut entries = Entries::with_capacity(ids.len());
            for id in ids {
                let nid = find(id).ok_or_else(|| RoomError::UnknownEvent(id.clone()))?;
                let no_state =
                    || RoomError::BadArgument(format!("`stateBefore` names {id:?}, which is not a state event"));
                entries.push((slot_of(nid).ok_or_else(no_state)?, nid));
            }
            Ok(entries)
        };
        let mut states: Vec<(EventNid, Entries)> = Vec::new();
        let mut problems = Vec::new();
        if let Some(first) = batch.first {
            let mut entries = Entries::new();
            match &batch.options.state_before {
                Some(ids) => entries = named(ids)?,
                // What of an answer could not be read is a problem in the report already.
                None => {
                    for &nid in &batch.answered_state {
                        entries.extend(slot_of(nid).map(|slot| (slot, nid)));
                    }
                }
            }
            if answered || batch.options.state_before.is_some() {
                states.push((first, entries));
            }
        }
        for (id, ids) in &batch.options.states_before {
            // An event that is not there has been refused.
            let Some(event) = find(id) else { continue };
            match named(ids) {
                Ok(entries) => states.push((event, entries)),
                Err(error) => {
                    let at = staged(event).map_or(1, |staged| staged.at);
                    problems.push((at, id.clone(), error.to_string()));
                }
            }
        }
        for (at, id, message) in problems {
            batch.problem(at, Some(id), "bad-field", message);
        }

        let mut given = Vec::with_capacity(states.len());
        for (event, mut entries) in states {
            if self.options.rules == RuleSet::Dendrite {
                // There the one stored last stands, and those rejected fall away.
                entries.retain(|entry| self.events.verdict(entry.1) != Verdict::Rejected);
                sort::by_number(&mut entries, |entry| self.storage.server.event_nid(entry.1));
            }
            // Of several events for one slot the last one named stands.
            entries.reverse();
            sort::by_number(&mut entries, |entry| entry.0.0);
            entries.dedup_by_key(|entry| entry.0);
            given.push((event, self.states.maps.from_entries(Version::EMPTY, &entries)?));
        }
        batch.gave |= !given.is_empty();
        let is_new = |&(event, state): &(EventNid, Version)| {
            let same = |known| self.states.maps.hash(known) == self.states.maps.hash(state);
            self.knows(event) && !self.journal.given_for(event).is_some_and(same)
        };
        if given.iter().any(is_new) {
            return self.tell_again(&given);
        }
        for (event, state) in given {
            self.give_state(event, state, coming.contains_key(&event))?;
        }
        Ok(())
    }

    /// Takes note of the state before an event, unless it is known already; `comes` says that the event is about to be taken
    /// in, and need not be judged now.
    pub(super) fn give_state(&mut self, event: EventNid, state: Version, comes: bool) -> Result<(), RoomError> {
        if self.knows(event) {
            return Ok(());
        }
        self.journal.give(event, state, comes);
        self.states.given.insert(event, state);
        if self.options.rules == RuleSet::Specification && self.events.holds(event) && !comes {
            self.forget_waiting(event);
            self.judge(event)?;
        }
        Ok(())
    }

    /// Returns whether an event has been judged for good by the state before it.
    fn knows(&self, event: EventNid) -> bool {
        self.options.rules == RuleSet::Specification && self.states.after(event).is_some()
    }

    /// Returns an event of a state that is not held.
    pub(super) fn not_held(&self, state: Version) -> Option<EventNid> {
        self.states.maps.iter(state).map(|entry| entry.1).find(|&event| !self.events.holds(event))
    }

    /// Takes an event out of the lists of those that wait: it is about to be judged for another reason.
    fn forget_waiting(&mut self, nid: EventNid) {
        self.waiting.retain(|_, waiting| {
            waiting.retain(|&other| other != nid);
            !waiting.is_empty()
        });
    }

    /// Works everything out anew, as if each event for which a state was given, now or before, had come with it.
    fn tell_again(&mut self, given: &[(EventNid, Version)]) -> Result<(), RoomError> {
        let mut fresh = Self::new(self.options.clone());
        fresh.room_id.clone_from(&self.room_id);
        self.swap_words(&mut fresh);
        let told = fresh.hear(self, given);
        if told.is_err() {
            self.swap_words(&mut fresh);
            return told;
        }
        fresh.busy = self.busy;
        *self = fresh;
        Ok(())
    }

    /// Swaps what two rooms have read, and nothing that follows from it.
    fn swap_words(&mut self, other: &mut Self) {
        core::mem::swap(&mut self.strings, &mut other.strings);
        core::mem::swap(&mut self.slots, &mut other.slots);
        core::mem::swap(&mut self.texts, &mut other.texts);
        core::mem::swap(self.events.facts_mut(), other.events.facts_mut());
    }

    /// Takes in what another room has taken in, whose words this one has now.
    fn hear(&mut self, old: &Self, given: &[(EventNid, Version)]) -> Result<(), RoomError> {
        self.make_room(self.strings.events());
        let mut batch = self.begin(AddOptions::default())?;
        batch.version = old.version;
        let mut states: HashMap<EventNid, Version, FixedState> = HashMap::default();
        let old_given = || old.journal.given().iter().map(|given| (given.event, given.state));
        states.extend(old_given().chain(given.iter().copied()));
        for position in 0..old.journal.len() {
            let Some((nid, arrival)) = old.journal.delivery(position) else { continue };
            if arrival != Arrival::Outlier
                && let Some(state) = states.remove(&nid)
            {
                self.copy_given(old, nid, state)?;
            }
            let becomes = self.events.arrival(nid) == Arrival::Outlier && arrival != Arrival::Outlier;
            let again = self.events.holds(nid) && !becomes;
            let Some(staged) = batch.stage_again(&old.events, nid, again) else { continue };
            batch.options.arrival = arrival;
            self.receive(&batch, &staged)?;
        }
        // Those whose event has not come yet.
        for (event, _) in old_given().chain(given.iter().copied()) {
            if let Some(state) = states.remove(&event) {
                self.copy_given(old, event, state)?;
            }
        }
        Ok(())
    }

    fn copy_given(&mut self, old: &Self, event: EventNid, state: Version) -> Result<(), RoomError> {
        let entries: Entries = old.states.maps.iter(state).collect();
        let state = self.states.maps.from_entries(Version::EMPTY, &entries)?;
        self.give_state(event, state, true)
    }
}
