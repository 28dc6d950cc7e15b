//! Questions about single events and about the graph.

use super::{Room, RoomError};
use crate::event::table::{Arrival, Verdict};
use crate::graph::walk;
use crate::nid::EventNid;

/// What is known of one event.
#[derive(Clone, Debug)]
pub struct EventInfo<'a> {
    /// The event.
    pub nid: EventNid,
    /// Its id.
    pub event_id: &'a str,
    /// The event type.
    pub kind: &'a str,
    /// The state key, for a state event.
    pub state_key: Option<&'a str>,
    /// The sender's user id.
    pub sender: &'a str,
    /// Milliseconds.
    pub origin_server_ts: i64,
    /// The depth it claims: its topological ordering.
    pub depth: u64,
    /// Positive for live events, negative for backfilled events and outliers.
    pub stream_ordering: i32,
    /// How it reached us.
    pub arrival: Arrival,
    /// The parents that it names.
    pub prev_events: Vec<&'a str>,
    /// The auth events that it names.
    pub auth_events: Vec<&'a str>,
    /// What the checks made of it.
    pub verdict: Verdict,
}

/// The order of a timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimelineOrder {
    /// By depth, then by stream ordering.
    #[default]
    Topological,
    /// By stream ordering.
    Stream,
}

/// Which part of a timeline is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimelineOptions {
    /// The order.
    pub order: TimelineOrder,
    /// Newest first.
    pub backwards: bool,
    /// How many events to pass over.
    pub offset: usize,
    /// How many events at most.
    pub limit: usize,
    /// Whether outliers are told as well.
    pub outliers: bool,
}

impl Default for TimelineOptions {
    fn default() -> Self {
        Self { order: TimelineOrder::Topological, backwards: false, offset: 0, limit: usize::MAX, outliers: false }
    }
}

impl Room {
    /// Returns the NID of a held event.
    ///
    /// # Errors
    /// If no such event is held.
    pub fn find(&self, id: &str) -> Result<EventNid, RoomError> {
        let unknown = || RoomError::UnknownEvent(id.to_owned());
        self.strings.find_event(id).filter(|&nid| self.events.holds(nid)).ok_or_else(unknown)
    }

    /// Returns what is known of a held event.
    #[must_use]
    pub fn event(&self, nid: EventNid) -> Option<EventInfo<'_>> {
        let (kind, sender) = (self.events.kind(nid)?, self.events.sender(nid)?);
        let ids = |nids: &[EventNid]| nids.iter().map(|&nid| self.strings.event_id(nid)).collect();
        Some(EventInfo {
            nid,
            event_id: self.strings.event_id(nid),
            kind: self.strings.event_type(kind),
            state_key: self.events.state_key(nid).map(|key| self.strings.state_key(key)),
            sender: self.strings.state_key(sender),
            origin_server_ts: self.events.origin_server_ts(nid),
            depth: self.events.depth(nid),
            stream_ordering: self.orderings.stream(nid),
            arrival: self.events.arrival(nid),
            prev_events: ids(self.events.prev_events(nid)),
            auth_events: ids(self.events.auth_events(nid)),
            verdict: self.events.verdict(nid),
        })
    }

    /// Returns the text of a held event, unless the room was told not to keep it.
    #[must_use]
    pub fn text(&self, nid: EventNid) -> Option<&str> {
        self.texts.get(nid).filter(|_| self.events.holds(nid))
    }

    /// Returns all held events but outliers in topological order, the row order of the layout.
    #[must_use]
    pub fn topological(&self) -> &[EventNid] {
        self.topological.get_or_init(|| self.without_outliers(self.orderings.topological(&self.events)))
    }

    fn without_outliers(&self, mut order: Vec<EventNid>) -> Vec<EventNid> {
        order.retain(|&nid| self.events.arrival(nid) != Arrival::Outlier);
        order
    }

    /// Returns a part of the timeline. Outliers, which reached us outside the graph, are left out unless asked for; an
    /// event whose state merely is not known yet is not one of them.
    #[must_use]
    pub fn timeline(&self, options: TimelineOptions) -> Vec<EventNid> {
        let [topological, by_stream] = &self.with_outliers;
        let outliers = options.outliers && self.topological().len() < self.events.held().len();
        let order = match (options.order, outliers) {
            (TimelineOrder::Topological, false) => self.topological(),
            (TimelineOrder::Stream, false) => {
                self.by_stream.get_or_init(|| self.without_outliers(self.orderings.by_stream(&self.events)))
            }
            (TimelineOrder::Topological, true) => topological.get_or_init(|| self.orderings.topological(&self.events)),
            (TimelineOrder::Stream, true) => by_stream.get_or_init(|| self.orderings.by_stream(&self.events)),
        };
        let part = order.iter().copied();
        if options.backwards {
            part.rev().skip(options.offset).take(options.limit).collect()
        } else {
            part.skip(options.offset).take(options.limit).collect()
        }
    }

    /// Returns the forward extremities, deepest first, the newest of equally deep ones first.
    #[must_use]
    pub fn forward_extremities(&self) -> Vec<EventNid> {
        let mut tips = self.tips().to_vec();
        self.orderings.sort(&self.events, &mut tips);
        tips.reverse();
        tips
    }

    /// Returns what the next event names as its parents: the ten deepest tips (Synapse
    /// `_get_prev_events_for_room_txn`).
    #[must_use]
    pub fn next_prev_events(&self) -> Vec<EventNid> {
        let mut tips = self.forward_extremities();
        tips.truncate(10);
        tips
    }

    /// Returns the events whose parents are not all held, in topological order, each with the parents that are missing.
    #[must_use]
    pub fn backward_extremities(&self) -> Vec<(EventNid, Vec<EventNid>)> {
        let gaps = self.extremities.gaps();
        let mut children: Vec<EventNid> = gaps.iter().flat_map(|(_, children)| *children).copied().collect();
        self.orderings.sort(&self.events, &mut children);
        children.dedup();
        let missing = |child: EventNid| {
            let parents = self.events.prev_events(child).iter().copied();
            parents.filter(|&parent| self.extremities.is_gap(parent)).collect()
        };
        children.into_iter().map(|child| (child, missing(child))).collect()
    }

    /// Returns the auth chain of some events: all held events that they reach by auth events, in topological order. The
    /// given events are in it only where another of them reaches them. In version 12 the create event ends every chain.
    #[must_use]
    pub fn auth_chain(&self, from: &[EventNid]) -> Vec<EventNid> {
        let implicit = self.create.filter(|_| self.version.is_some_and(|version| version.room_id_is_hash()));
        let start = from.iter().flat_map(|&nid| self.events.auth_events(nid)).copied();
        let start: Vec<EventNid> =
            start.chain(implicit.filter(|&create| from.iter().any(|&nid| nid != create))).collect();
        let mut chain = walk::reachable(self.events.ids(), start, |nid| self.events.auth_events(nid));
        chain.retain(|&nid| self.events.holds(nid));
        self.orderings.sort(&self.events, &mut chain);
        chain
    }
}
