//! Taking events in as Dendrite's room server does, without other servers to ask.
//!
//! Nothing waits: an event whose parents' states are not known is rejected, and may be un-rejected when it is delivered
//! again. The tables lead: the state before an event is what its snapshot loads, the room's state is that of its own
//! snapshot, and an event that a stored event names, whatever became of that one, is no tip (Dendrite,
//! `roomserver/internal/input/input_events.go` and `input_latest_events.go`). Auth rules and state resolution are the
//! specification's, but for what is in conflict: not a slot that only some of the states have.

use super::batch::{Batch, Staged};
use super::journal::Step;
use super::states::Against;
use super::{Room, RoomError};
use crate::event::table::{Arrival, Verdict};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventTypeNid};
use crate::sort;
use crate::state::auth::{Refusal, RefusalCode};
use crate::state::map::{Differences, Version};
use crate::storage::{Columns, ListNid, RoomServer};

/// The least events that a given state must have for soft failure to be checked against it.
const REWRITES: u32 = 2;

impl Room {
    /// Takes one event in, for the first time or again. Returns why it was not stored, if it was not.
    #[inline(never)]
    pub(super) fn deliver(&mut self, batch: &Batch, staged: &Staged) -> Result<Option<String>, RoomError> {
        let mut server =
            core::mem::replace(&mut self.storage.server, RoomServer::new(self.options.numbering, true, false));
        let given = self.states.given.remove(&staged.nid);
        let outcome = self.process(&mut server, batch, staged, given);
        self.storage.server = server;
        outcome
    }

    /// `processRoomEvent`.
    fn process(
        &mut self,
        server: &mut RoomServer,
        batch: &Batch,
        staged: &Staged,
        given: Option<Version>,
    ) -> Result<Option<String>, RoomError> {
        let (nid, arrival) = (staged.nid, batch.arrival(staged.role));
        let is_create = staged.is_create();
        let Some(version) = self.version.or(batch.version).filter(|_| is_create || self.create.is_some()) else {
            return Ok(Some("the room does not exist: its create event has not been stored".to_owned()));
        };
        let stays = server.has(nid) && self.events.verdict(nid) != Verdict::Rejected;
        if arrival == Arrival::Outlier && stays {
            return Ok(None);
        }
        let is_missing = |&&parent: &&EventNid| !server.has(parent) || server.before(parent).is_none();
        let missing = batch.parents(staged).iter().find(is_missing).copied().filter(|_| given.is_none() && !is_create);
        // A create event counts as known, whatever is known of the state before it.
        let known = |parent: EventNid| Some(parent) == self.create && server.has(parent);
        if arrival != Arrival::Outlier
            && let Some(parent) = missing.filter(|&parent| known(parent))
        {
            return Ok(Some(format!("there is no snapshot before its parent {}", self.strings.event_id(parent))));
        }
        let missing = missing.filter(|&parent| !known(parent));
        if let Some(&missing) = batch.auth_events(staged).iter().find(|&&auth_event| !server.has(auth_event)) {
            return Ok(Some(format!("its auth event {} has not been stored", self.strings.event_id(missing))));
        }

        self.hold(batch, staged, arrival);
        if is_create {
            (self.create, self.version) = (Some(nid), Some(version));
        }
        server.begin(nid);
        let mut refusal = self.check_stored(nid, version).err().map(|refusal| (refusal, Against::AuthEvents));
        if arrival == Arrival::Live && missing.is_some() && refusal.is_none() {
            refusal = Some((missing_parent(missing), Against::StateBefore));
        }
        let mut soft_refusal = None;
        if arrival == Arrival::Live && !is_create {
            soft_refusal = self.check_now(server, nid, version, given).err();
        }
        if arrival != Arrival::Outlier && !is_create && refusal.is_none() {
            let checked = self.check_before(server, nid, version, given, missing)?;
            refusal = checked.err().map(|refusal| (refusal, Against::StateBefore));
        }

        let stopped = refusal.is_some() || soft_refusal.is_some();
        // A row that was not rejected stays so, and what has been let through stays let through.
        let verdict = match (&refusal, &soft_refusal) {
            _ if stays && self.events.verdict(nid) == Verdict::Accepted => Verdict::Accepted,
            (Some(_), _) if !stays => Verdict::Rejected,
            (None, _) if arrival == Arrival::Outlier => Verdict::Outlier,
            (None, None) => Verdict::Accepted,
            _ => Verdict::SoftFailed,
        };
        self.events.set_verdict(nid, verdict);
        self.states.refusals.remove(&nid);
        let refusal = refusal.or(soft_refusal.map(|refusal| (refusal, Against::CurrentState)));
        if let Some(refusal) = refusal.filter(|_| verdict != Verdict::Accepted) {
            self.states.refusals.insert(nid, refusal);
        }
        server.store(Columns { events: &self.events, strings: &self.strings }, nid);
        self.extremities.arrived(&self.events, nid);
        if arrival == Arrival::Outlier {
            return Ok(None);
        }
        let list = match server.before(nid) {
            Some(list) if given.is_none() => Some(list),
            _ if missing.is_some() => None,
            _ => Some(self.store_before(server, nid, given)?),
        };
        if let Some(list) = list {
            server.set_before(nid, list);
            let before = server.blocks().state(list);
            let after = self.state_after_row(server, nid)?;
            self.states.set(nid, before, after);
            self.journal.push(nid, if given.is_some() { Step::Given } else { Step::Decided });
        }
        if arrival == Arrival::Live && !stopped {
            self.update_latest(server, nid, given.is_some())?;
        }
        Ok(None)
    }

    fn hold(&mut self, batch: &Batch, staged: &Staged, arrival: Arrival) {
        let (nid, auth_events) = (staged.nid, batch.auth_events(staged));
        if self.events.holds(nid) {
            if self.events.arrival(nid) == Arrival::Outlier {
                self.events.set_arrival(nid, arrival);
            }
        } else {
            self.events.hold(nid, staged.row, arrival, batch.parents(staged), auth_events);
            self.orderings.assign(nid, arrival);
            if staged.row.slot.is_some() {
                self.states.dag.add(nid, auth_events);
            }
            self.events.set_checked(nid, self.events.auth_events_at_hand(nid));
        }
    }

    /// Checks an event against those of its auth events that were not rejected.
    fn check_stored(&self, nid: EventNid, version: &'static RoomVersion) -> Result<(), Refusal> {
        if !self.options.enforce_auth {
            return Ok(());
        }
        let columns = self.columns(version);
        let rules = columns.rules();
        rules.size_limits(nid)?;
        if Some(nid) == self.create {
            rules.state_independent(nid)?;
        }
        let auth_events = self.events.auth_events(nid);
        rules.state_dependent(nid, |kind, key| {
            // Of two for one slot the last one counts: they are put into a map one after another.
            auth_events.iter().rev().copied().find(|&event| {
                self.events.verdict(event) != Verdict::Rejected
                    && self.events.kind(event) == Some(kind)
                    && self.events.state_key(event) == Some(key)
            })
        })
    }

    /// Checks a live event against the room's own snapshot, or against the state given with it (`CheckForSoftFail`).
    fn check_now(
        &self,
        server: &mut RoomServer,
        nid: EventNid,
        version: &'static RoomVersion,
        given: Option<Version>,
    ) -> Result<(), Refusal> {
        let given = given.filter(|&given| self.states.maps.len(given) >= REWRITES);
        let now = given.or(server.room_list().map(|list| server.blocks().state(list)));
        let Some(now) = now else {
            return if self.options.enforce_auth { Err(Refusal::new(RefusalCode::NoRoomState)) } else { Ok(()) };
        };
        self.look_up_keys(server, nid);
        self.check_against(nid, version, now)
    }

    /// Checks an event against the state before it (`processStateBefore`).
    fn check_before(
        &mut self,
        server: &mut RoomServer,
        nid: EventNid,
        version: &'static RoomVersion,
        given: Option<Version>,
        missing: Option<EventNid>,
    ) -> Result<Result<(), Refusal>, RoomError> {
        let before = match (given, self.events.prev_events(nid)) {
            (Some(given), _) => given,
            _ if missing.is_some() => return Ok(Err(missing_parent(missing))),
            (None, []) => return Ok(Err(Refusal::new(RefusalCode::NoParents))),
            // A room without latest events does not exist for those who ask about it.
            _ if server.latest().is_empty() && self.options.enforce_auth => {
                return Ok(Err(Refusal::new(RefusalCode::NoRoomState)));
            }
            (None, &[parent]) => {
                self.look_up_keys(server, nid);
                // Here the parent's own event counts whether or not it was rejected.
                let before = server.before(parent).map_or(Version::EMPTY, |list| server.blocks().state(list));
                match self.events.slot(parent) {
                    Some(slot) => self.states.maps.set(before, slot, Some(parent))?,
                    None => before,
                }
            }
            (None, parents) => {
                let parents = parents.to_vec();
                self.look_up_keys(server, nid);
                self.combined(server, &parents)?
            }
        };
        Ok(self.check_against(nid, version, before))
    }

    fn check_against(&self, nid: EventNid, version: &'static RoomVersion, state: Version) -> Result<(), Refusal> {
        if !self.options.enforce_auth {
            return Ok(());
        }
        let maps = &self.states.maps;
        self.columns(version).rules().state_dependent(nid, |kind, key| maps.get(state, self.slots.find(kind, key)?))
    }

    /// Makes the snapshot before an event (`calculateAndSetState`).
    fn store_before(
        &mut self,
        server: &mut RoomServer,
        nid: EventNid,
        given: Option<Version>,
    ) -> Result<ListNid, RoomError> {
        if let Some(given) = given {
            return Ok(server.whole(&mut self.states.maps, &self.events, given)?);
        }
        let parents = self.events.prev_events(nid).to_vec();
        self.store_after(server, &parents)
    }

    /// Makes the snapshot after some events (`calculateAndStoreStateAfterEvents`).
    fn store_after(&mut self, server: &mut RoomServer, nids: &[EventNid]) -> Result<ListNid, RoomError> {
        if let &[nid] = nids {
            return Ok(server.after(&mut self.states.maps, &self.events, nid, None)?);
        }
        let state = self.combined(server, nids)?;
        Ok(server.whole(&mut self.states.maps, &self.events, state)?)
    }

    /// Returns the state after several events.
    fn combined(&mut self, server: &RoomServer, nids: &[EventNid]) -> Result<Version, RoomError> {
        let mut states = Vec::with_capacity(nids.len());
        for &nid in nids {
            states.push(self.state_after_row(server, nid)?);
        }
        sort::distinct(&mut states);
        // A slot that some of the states lack is not in conflict if those that have it agree.
        let mut differences = Differences::default();
        self.states.maps.diff_many(&states, &mut differences)?;
        let mut agreed = Vec::new();
        for (slot, candidates) in differences.iter() {
            let mut present = candidates.iter().filter_map(|candidate| candidate.event);
            if let (Some(event), None) = (present.next(), present.next()) {
                agreed.push((slot, Some(event)));
            }
        }
        for state in &mut states {
            *state = self.states.maps.merge(*state, &[], &agreed)?;
        }
        sort::distinct(&mut states);
        self.resolve_versions(&states, &mut ())
    }

    /// Returns the state after an event: what its snapshot loads and, unless it was rejected, itself.
    fn state_after_row(&mut self, server: &RoomServer, nid: EventNid) -> Result<Version, RoomError> {
        let before = server.before(nid).map_or(Version::EMPTY, |list| server.blocks().state(list));
        Ok(match self.events.slot(nid) {
            Some(slot) if self.events.verdict(nid) != Verdict::Rejected => {
                self.states.maps.set(before, slot, Some(nid))?
            }
            _ => before,
        })
    }

    /// `updateLatestEvents`; `rewrites` if the state was given.
    fn update_latest(&mut self, server: &mut RoomServer, nid: EventNid, rewrites: bool) -> Result<(), RoomError> {
        if server.is_sent(nid) {
            return Ok(());
        }
        let (old, old_list) =
            if rewrites { (Vec::new(), None) } else { (server.latest().to_vec(), server.room_list()) };
        let changed = !old.contains(&nid) && !server.is_referenced(nid);
        let mut latest = old.clone();
        if changed {
            let parents = self.events.prev_events(nid);
            latest.retain(|&tip| !server.is_referenced(tip) && !parents.contains(&tip));
            latest.insert(0, nid);
        }
        if latest.is_empty() {
            // The whole step fails there, after the event has been stored.
            return Ok(());
        }
        let mut list = old_list;
        if changed || rewrites {
            let lists = |nids: &[EventNid]| {
                let mut lists: Vec<u32> =
                    nids.iter().map(|&nid| server.before(nid).map_or(0, ListNid::number)).collect();
                sort::distinct(&mut lists);
                lists
            };
            if self.events.slot(nid).is_some() || lists(&old) != lists(&latest) {
                list = Some(self.store_after(server, &latest)?);
                self.update_members(server, old_list, list);
            }
        }
        server.set_latest(latest, list);
        server.mark_sent(nid);
        Ok(())
    }

    /// `updateMemberships`, which looks up the senders of the members' events that have come into the room's state.
    fn update_members(&self, server: &mut RoomServer, old: Option<ListNid>, new: Option<ListNid>) {
        if !server.numbering().is_exact() {
            return;
        }
        let state = |list: Option<ListNid>| list.map_or(Version::EMPTY, |list| server.blocks().state(list));
        let mut added = Vec::new();
        self.states.maps.diff(state(old), state(new), |_, _, new| {
            added.extend(new.filter(|&event| self.events.kind(event) == Some(EventTypeNid::MEMBER)));
        });
        let place = |event: EventNid| self.events.state_key(event).map_or(0, |key| server.state_key_nid(key.index()));
        sort::by_number(&mut added, place);
        for event in added {
            server.look_up_keys(&self.strings, self.events.sender(event).into_iter());
        }
    }
}

fn missing_parent(parent: Option<EventNid>) -> Refusal {
    Refusal::new(RefusalCode::MissingParent).blame(parent)
}
