//! The events a room holds, in flat columns.
//!
//! One entry per interned event id ([`EventNid`]), held or only named by others; everything is a number. Edges lie in
//! one list of NIDs, each event's `prev_events` (each parent once) before its `auth_events`, in the order in which it names them.
//! What the auth rules and state resolution read of an event's content is kept in [`Facts`]. Relies on [`crate::nid`].

use super::content::Facts;
use crate::column::{self, Column, Lists};
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

/// What the rules ask of a held event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// The event type.
    pub kind: EventTypeNid,
    /// The state key, for a state event.
    pub state_key: Option<EventStateKeyNid>,
    /// The slot of type and state key, for a state event.
    pub slot: Option<Slot>,
    /// The sender's user id.
    pub sender: EventStateKeyNid,
    /// What the checks made of it.
    pub verdict: Verdict,
}

/// What stands in the way of checking an event against those that it names as auth events, found in one pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AuthEventsAtHand {
    /// The first that has not been checked.
    pub unchecked: Option<EventNid>,
    /// Whether there is one that is no outlier and has not passed every check: it may be rejected, or nothing is known yet.
    pub any_unsettled: bool,
    /// The highest auth generation of them + 1, 0 without any.
    generation: u32,
}

/// What is asked of an event most, side by side: the events that another names are anywhere in the columns, and a line of
/// memory for each of these would cost more than all of the rules.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))] // Never across two lines of a cache.
struct Row {
    kind: Option<EventTypeNid>,
    state_key: Option<EventStateKeyNid>,
    /// The slot's number + 1, 0 if there is none.
    slot: u32,
    sender: Option<EventStateKeyNid>,
    /// Where its edges begin in the list of all.
    edges: u32,
    /// How many parents and auth events it names.
    lengths: [u8; 2],
    arrival: Arrival,
    verdict: Verdict,
    /// The auth generation + 1, 0 until the event has been checked against its auth events.
    checked: u32,
}

impl Row {
    fn is_unsettled(self) -> bool {
        self.arrival != Arrival::Outlier && matches!(self.verdict, Verdict::Outlier | Verdict::Rejected)
    }
}

/// The columns of all events of a room.
#[derive(Clone, Debug, Default)]
pub struct EventTable {
    rows: Column<Row>,
    depths: Column<u64>,
    timestamps: Column<i64>,
    /// Each event's parents, then its auth events.
    edges: Lists<EventNid>,
    held: Vec<EventNid>,
    /// How many of them are in each slot.
    held_in: Column<u32>,
    facts: Facts,
}

/// Where the columns stood at some point; see [`EventTable::rollback`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventTableMark {
    ids: usize,
    held: usize,
    edges: u32,
}

impl EventTable {
    /// Makes room for events with NIDs up to `ids`.
    pub fn grow(&mut self, ids: usize) {
        if ids <= self.rows.len() {
            return;
        }
        self.rows.grow(ids, Row::default());
        self.depths.grow(ids, 0);
        self.timestamps.grow(ids, 0);
    }

    /// Holds an event: fills its row. `prev` names each parent once. [`EventTable::grow`] has made room.
    pub fn hold(&mut self, nid: EventNid, row: EventRow, arrival: Arrival, prev: &[EventNid], auth: &[EventNid]) {
        let index = nid.index();
        // Readers refuse longer lists (20 parents, 10 auth events).
        let lengths = [prev, auth].map(|list| list.len().min(u8::MAX as usize));
        let held = Row {
            kind: Some(row.kind),
            state_key: row.state_key,
            slot: row.slot.map_or(0, |slot| slot.0 + 1),
            sender: Some(row.sender),
            edges: self.edges.push(
                lengths[0] + lengths[1],
                prev.iter().take(lengths[0]).chain(auth.iter().take(lengths[1])).copied(),
            ),
            lengths: lengths.map(|length| length as u8),
            arrival,
            verdict: Verdict::Outlier,
            checked: 0,
        };
        self.rows.set(index, held);
        self.depths.set(index, row.depth);
        self.timestamps.set(index, row.origin_server_ts);
        if let Some(slot) = row.slot {
            self.held_in.grow(slot.0 as usize + 1, 0);
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
        self.rows.len()
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

    /// Returns whether the event is held as more than an outlier.
    #[must_use]
    pub fn holds_as_event(&self, nid: EventNid) -> bool {
        self.rows.get(nid.index()).is_some_and(|row| row.kind.is_some() && row.arrival != Arrival::Outlier)
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

    /// Returns what the rules ask of a held event, in one look.
    #[inline]
    #[must_use]
    pub fn head(&self, nid: EventNid) -> Option<Head> {
        let &Row { kind, state_key, slot, sender, verdict, .. } = self.rows.get(nid.index())?;
        Some(Head { kind: kind?, state_key, slot: slot.checked_sub(1).map(Slot), sender: sender?, verdict })
    }

    /// Returns the type of a held event.
    #[must_use]
    pub fn kind(&self, nid: EventNid) -> Option<EventTypeNid> {
        self.rows.get(nid.index())?.kind
    }

    /// Returns the state key of a held state event.
    #[must_use]
    pub fn state_key(&self, nid: EventNid) -> Option<EventStateKeyNid> {
        self.rows.get(nid.index())?.state_key
    }

    /// Returns the slot of a held state event.
    #[must_use]
    pub fn slot(&self, nid: EventNid) -> Option<Slot> {
        self.rows.get(nid.index())?.slot.checked_sub(1).map(Slot)
    }

    /// Returns the sender of a held event.
    #[must_use]
    pub fn sender(&self, nid: EventNid) -> Option<EventStateKeyNid> {
        self.rows.get(nid.index())?.sender
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
        self.lists(nid).0
    }

    /// Returns the auth events that the event names, held or not. In version 12 the create event is not among them.
    #[must_use]
    pub fn auth_events(&self, nid: EventNid) -> &[EventNid] {
        self.lists(nid).1
    }

    fn lists(&self, nid: EventNid) -> (&[EventNid], &[EventNid]) {
        let Some(&Row { edges, lengths: [prev, auth], .. }) = self.rows.get(nid.index()) else { return (&[], &[]) };
        let both = self.edges.get(edges, prev as usize + auth as usize);
        both.split_at_checked(prev as usize).unwrap_or_default()
    }

    /// Returns an event's auth generation, 0 if it has not been checked: higher than that of each of its auth events, and so
    /// an order to walk by that nobody can write into an event.
    #[inline]
    #[must_use]
    pub fn generation(&self, nid: EventNid) -> u32 {
        self.rows.get(nid.index()).map_or(0, |row| row.checked.saturating_sub(1))
    }

    /// Returns whether an event has been checked against its auth events.
    #[inline]
    #[must_use]
    pub fn is_checked(&self, nid: EventNid) -> bool {
        self.rows.get(nid.index()).is_some_and(|row| row.checked > 0)
    }

    /// Returns what is known of an event's auth events.
    #[must_use]
    pub fn auth_events_at_hand(&self, nid: EventNid) -> AuthEventsAtHand {
        let mut at_hand = AuthEventsAtHand::default();
        for &event in self.auth_events(nid) {
            let row = self.rows.get(event.index()).copied().unwrap_or_default();
            if row.checked == 0 {
                at_hand.unchecked = at_hand.unchecked.or(Some(event));
            }
            at_hand.any_unsettled |= row.is_unsettled();
            at_hand.generation = at_hand.generation.max(row.checked.max(1));
        }
        at_hand
    }

    /// Takes note that an event is checked against its auth events, and fixes its generation.
    pub fn set_checked(&mut self, nid: EventNid, at_hand: AuthEventsAtHand) {
        if let Some(row) = self.rows.get_mut(nid.index()) {
            row.checked = at_hand.generation + 1;
        }
    }

    /// Raises the generation of an event that has been checked; returns whether that was lower. There is none higher than the
    /// number of events held: where ids are chosen, events may name each other in a circle.
    pub fn raise_generation(&mut self, nid: EventNid, generation: u32) -> bool {
        let most = self.held.len();
        match self.rows.get_mut(nid.index()) {
            Some(row) if row.checked > 0 && row.checked <= generation && generation as usize <= most => {
                row.checked = generation + 1;
                true
            }
            _ => false,
        }
    }

    /// Returns how the event reached us.
    #[must_use]
    pub fn arrival(&self, nid: EventNid) -> Arrival {
        self.rows.get(nid.index()).map_or(Arrival::Live, |row| row.arrival)
    }

    /// Sets how the event reached us: an outlier becomes an event.
    pub fn set_arrival(&mut self, nid: EventNid, arrival: Arrival) {
        if let Some(row) = self.rows.get_mut(nid.index()) {
            row.arrival = arrival;
        }
    }

    /// Returns what the checks made of a held event.
    #[must_use]
    pub fn verdict(&self, nid: EventNid) -> Verdict {
        self.rows.get(nid.index()).map_or(Verdict::Outlier, |row| row.verdict)
    }

    /// Returns whether an event is no outlier and has not passed every check: it may be rejected, or nothing is known yet.
    #[must_use]
    pub fn is_unsettled(&self, nid: EventNid) -> bool {
        self.rows.get(nid.index()).copied().unwrap_or_default().is_unsettled()
    }

    /// Sets what the checks made of an event.
    pub fn set_verdict(&mut self, nid: EventNid, verdict: Verdict) {
        if let Some(row) = self.rows.get_mut(nid.index()) {
            row.verdict = verdict;
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
        EventTableMark { ids: self.rows.len(), held: self.held.len(), edges: self.edges.end() }
    }

    /// Lets go of every event held since `mark`. Arrivals and verdicts changed since then are not restored.
    pub fn rollback(&mut self, mark: EventTableMark) {
        for nid in self.held.drain(mark.held..) {
            let row = self.rows.get_mut(nid.index()).map(core::mem::take).unwrap_or_default();
            let slot = row.slot.checked_sub(1);
            if let Some(count) = slot.and_then(|slot| self.held_in.get_mut(slot as usize)) {
                *count -= 1;
            }
            self.facts.forget(nid);
        }
        self.rows.truncate(mark.ids);
        self.depths.truncate(mark.ids);
        self.timestamps.truncate(mark.ids);
        self.edges.truncate(mark.edges);
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.rows.memory_bytes()
            + self.depths.memory_bytes()
            + self.timestamps.memory_bytes()
            + self.edges.memory_bytes()
            + self.held.capacity() * 4
            + self.held_in.memory_bytes()
            + self.facts.memory_bytes()
    }
}
