//! The events a room holds, in flat columns.
//!
//! One entry per interned event id ([`EventNid`]), held or only named by others; everything is a number. Edges lie in
//! two lists of NIDs, by `prev_events` (each parent once) and by `auth_events`, in the order in which the event names them.
//! What the auth rules and state resolution read of an event's content is kept in [`Facts`]. Relies on [`crate::nid`].

use super::content::Facts;
use crate::column;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};

/// How an event reached this server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Arrival {
    /// As it was sent.
    #[default]
    Live,
    /// Fetched later to fill history.
    Backfill,
    /// Fetched alone, to authorise others.
    Outlier,
}

/// What the checks made of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verdict {
    /// The state before it is not known (yet): checked against its auth events alone.
    #[default]
    Outlier,
    /// Passed every check.
    Accepted,
    /// Passed against its auth events and the state before it, failed against the room's state on arrival.
    SoftFailed,
    /// Failed against its auth events or the state before it.
    Rejected,
}

/// What is known of an event when it has been read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventRow {
    /// The event type.
    pub kind: EventTypeNid,
    /// The state key, for a state event.
    pub state_key: Option<EventStateKeyNid>,
    /// The slot of type and state key, for a state event.
    pub slot: Option<Slot>,
    /// The sender's user id.
    pub sender: EventStateKeyNid,
    /// The depth that the event claims, 0 to 2^53 − 1: its topological ordering, and nothing to rely on.
    pub depth: u64,
    /// When it was sent by its sender's clock, in milliseconds.
    pub origin_server_ts: i64,
}

/// Lists of event NIDs, one list an event, end to end in one column.
#[derive(Clone, Debug, Default)]
struct EdgeLists {
    starts: Vec<u32>,
    lengths: Vec<u8>,
    targets: Vec<EventNid>,
}

impl EdgeLists {
    fn get(&self, nid: EventNid) -> &[EventNid] {
        let (Some(&start), Some(&length)) = (self.starts.get(nid.index()), self.lengths.get(nid.index())) else {
            return &[];
        };
        self.targets.get(start as usize..start as usize + length as usize).unwrap_or_default()
    }

    fn set(&mut self, nid: EventNid, targets: &[EventNid]) {
        let start = self.targets.len() as u32;
        // Readers refuse longer lists (20 parents, 10 auth events).
        let targets = targets.get(..targets.len().min(u8::MAX as usize)).unwrap_or_default();
        column::reserve(&mut self.targets, targets.len());
        self.targets.extend_from_slice(targets);
        if let (Some(at), Some(length)) = (self.starts.get_mut(nid.index()), self.lengths.get_mut(nid.index())) {
            *at = start;
            *length = targets.len() as u8;
        }
    }

    fn grow(&mut self, len: usize) {
        column::grow(&mut self.starts, len, 0);
        column::grow(&mut self.lengths, len, 0);
    }

    fn memory_bytes(&self) -> usize {
        4 * self.starts.capacity() + self.lengths.capacity() + 4 * self.targets.capacity()
    }
}

/// The columns of all events of a room.
#[derive(Clone, Debug, Default)]
pub struct EventTable {
    kinds: Vec<Option<EventTypeNid>>,
    state_keys: Vec<Option<EventStateKeyNid>>,
    slots: Vec<u32>,
    senders: Vec<Option<EventStateKeyNid>>,
    depths: Vec<u64>,
    timestamps: Vec<i64>,
    status: Vec<(Arrival, Verdict)>,
    prev: EdgeLists,
    auth: EdgeLists,
    held: Vec<EventNid>,
    /// How many of them are in each slot.
    held_in: Vec<u32>,
    facts: Facts,
}

/// Where the columns stood at some point; see [`EventTable::rollback`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventTableMark {
    ids: usize,
    held: usize,
    prev: usize,
    auth: usize,
}

const NO_SLOT: u32 = u32::MAX;

impl EventTable {
    /// Makes room for events with NIDs up to `ids`.
    pub fn grow(&mut self, ids: usize) {
        if ids <= self.kinds.len() {
            return;
        }
        column::grow(&mut self.kinds, ids, None);
        column::grow(&mut self.state_keys, ids, None);
        column::grow(&mut self.slots, ids, NO_SLOT);
        column::grow(&mut self.senders, ids, None);
        column::grow(&mut self.depths, ids, 0);
        column::grow(&mut self.timestamps, ids, 0);
        column::grow(&mut self.status, ids, (Arrival::Live, Verdict::Outlier));
        self.prev.grow(ids);
        self.auth.grow(ids);
    }

    /// Holds an event: fills its row. `prev` names each parent once. [`EventTable::grow`] has made room.
    pub fn hold(&mut self, nid: EventNid, row: EventRow, arrival: Arrival, prev: &[EventNid], auth: &[EventNid]) {
        let index = nid.index();
        set(&mut self.kinds, index, Some(row.kind));
        set(&mut self.state_keys, index, row.state_key);
        set(&mut self.slots, index, row.slot.map_or(NO_SLOT, |slot| slot.0));
        set(&mut self.senders, index, Some(row.sender));
        set(&mut self.depths, index, row.depth);
        set(&mut self.timestamps, index, row.origin_server_ts);
        set(&mut self.status, index, (arrival, Verdict::Outlier));
        self.prev.set(nid, prev);
        self.auth.set(nid, auth);
        if let Some(slot) = row.slot {
            column::grow(&mut self.held_in, slot.0 as usize + 1, 0);
            if let Some(count) = self.held_in.get_mut(slot.0 as usize) {
                *count += 1;
            }
        }
        column::reserve(&mut self.held, 1);
        self.held.push(nid);
    }

    /// Returns whether another event than the held event `nid` is held that sets `slot`, whatever became of it.
    #[must_use]
    pub fn has_other(&self, slot: Slot, nid: EventNid) -> bool {
        let held = self.held_in.get(slot.0 as usize).copied().unwrap_or_default();
        held > u32::from(self.slot(nid) == Some(slot))
    }

    /// Returns how many events are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Returns whether no event is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Returns how many event ids the columns have room for: one more than the highest index of a NID.
    #[must_use]
    pub fn ids(&self) -> usize {
        self.kinds.len()
    }

    /// Returns the held events in the order in which they were taken in.
    #[must_use]
    pub fn held(&self) -> &[EventNid] {
        &self.held
    }

    /// Returns whether the event is held (as anything, outliers and rejected events included).
    #[must_use]
    pub fn holds(&self, nid: EventNid) -> bool {
        self.kind(nid).is_some()
    }

    /// Returns the row of a held event.
    #[must_use]
    pub fn row(&self, nid: EventNid) -> Option<EventRow> {
        Some(EventRow {
            kind: self.kind(nid)?,
            state_key: self.state_key(nid),
            slot: self.slot(nid),
            sender: self.sender(nid)?,
            depth: self.depth(nid),
            origin_server_ts: self.origin_server_ts(nid),
        })
    }

    /// Returns the type of a held event.
    #[must_use]
    pub fn kind(&self, nid: EventNid) -> Option<EventTypeNid> {
        self.kinds.get(nid.index()).copied().flatten()
    }

    /// Returns the state key of a held state event.
    #[must_use]
    pub fn state_key(&self, nid: EventNid) -> Option<EventStateKeyNid> {
        self.state_keys.get(nid.index()).copied().flatten()
    }

    /// Returns the slot of a held state event.
    #[must_use]
    pub fn slot(&self, nid: EventNid) -> Option<Slot> {
        self.slots.get(nid.index()).filter(|&&slot| slot != NO_SLOT).map(|&slot| Slot(slot))
    }

    /// Returns the sender of a held event.
    #[must_use]
    pub fn sender(&self, nid: EventNid) -> Option<EventStateKeyNid> {
        self.senders.get(nid.index()).copied().flatten()
    }

    /// Returns the depth of a held event.
    #[must_use]
    pub fn depth(&self, nid: EventNid) -> u64 {
        self.depths.get(nid.index()).copied().unwrap_or_default()
    }

    /// Returns `origin_server_ts` of a held event, in milliseconds.
    #[must_use]
    pub fn origin_server_ts(&self, nid: EventNid) -> i64 {
        self.timestamps.get(nid.index()).copied().unwrap_or_default()
    }

    /// Returns the parents that the event names, held or not.
    #[must_use]
    pub fn prev_events(&self, nid: EventNid) -> &[EventNid] {
        self.prev.get(nid)
    }

    /// Returns the auth events that the event names, held or not. In version 12 the create event is not among them.
    #[must_use]
    pub fn auth_events(&self, nid: EventNid) -> &[EventNid] {
        self.auth.get(nid)
    }

    /// Returns how the event reached us.
    #[must_use]
    pub fn arrival(&self, nid: EventNid) -> Arrival {
        self.status.get(nid.index()).map_or(Arrival::Live, |status| status.0)
    }

    /// Sets how the event reached us: an outlier becomes an event.
    pub fn set_arrival(&mut self, nid: EventNid, arrival: Arrival) {
        if let Some(status) = self.status.get_mut(nid.index()) {
            status.0 = arrival;
        }
    }

    /// Returns what the checks made of a held event.
    #[must_use]
    pub fn verdict(&self, nid: EventNid) -> Verdict {
        self.status.get(nid.index()).map_or(Verdict::Outlier, |status| status.1)
    }

    /// Sets what the checks made of an event.
    pub fn set_verdict(&mut self, nid: EventNid, verdict: Verdict) {
        if let Some(status) = self.status.get_mut(nid.index()) {
            status.1 = verdict;
        }
    }

    /// Returns what the rules read of the events' contents.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns the same, to add to.
    pub fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    /// Returns where the columns stand now.
    #[must_use]
    pub fn mark(&self) -> EventTableMark {
        EventTableMark {
            ids: self.kinds.len(),
            held: self.held.len(),
            prev: self.prev.targets.len(),
            auth: self.auth.targets.len(),
        }
    }

    /// Lets go of every event held since `mark`. Arrivals and verdicts changed since then are not restored.
    pub fn rollback(&mut self, mark: EventTableMark) {
        for nid in self.held.drain(mark.held..) {
            let slot = self.slots.get(nid.index()).map_or(NO_SLOT, |&slot| slot);
            if let Some(count) = self.held_in.get_mut(slot as usize) {
                *count -= 1;
            }
            set(&mut self.kinds, nid.index(), None);
            self.facts.forget(nid);
        }
        self.kinds.truncate(mark.ids);
        self.state_keys.truncate(mark.ids);
        self.slots.truncate(mark.ids);
        self.senders.truncate(mark.ids);
        self.depths.truncate(mark.ids);
        self.timestamps.truncate(mark.ids);
        self.status.truncate(mark.ids);
        for (edges, targets) in [(&mut self.prev, mark.prev), (&mut self.auth, mark.auth)] {
            edges.starts.truncate(mark.ids);
            edges.lengths.truncate(mark.ids);
            edges.targets.truncate(targets);
        }
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        (self.kinds.capacity() + self.state_keys.capacity() + self.slots.capacity() + self.senders.capacity()) * 4
            + (self.depths.capacity() + self.timestamps.capacity()) * 8
            + self.status.capacity() * 2
            + (self.held.capacity() + self.held_in.capacity()) * 4
            + self.prev.memory_bytes()
            + self.auth.memory_bytes()
            + self.facts.memory_bytes()
    }
}

fn set<T>(column: &mut [T], index: usize, value: T) {
    if let Some(entry) = column.get_mut(index) {
        *entry = value;
    }
}
