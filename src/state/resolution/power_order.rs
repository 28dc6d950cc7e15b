//! Reverse topological power ordering (specification, room version 2): Kahn's algorithm with a heap.
//!
//! Power events and those of their auth chains that are in the full conflicted set, auth events before the events that
//! cite them; of those whose turn it could be, first the one whose sender has the highest level, then the earliest, then
//! the one with the least event id. The comparison is made once for all events, so that the heap holds numbers alone:
//! n log n comparisons of strings at most, and time linear in the edges.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use super::RoomView;
use super::scratch::Scratch;
use crate::nid::EventNid;
use crate::sort;

/// In the full conflicted set, and not in the graph (yet).
const WAITING: u32 = 1;
/// Has had its turn.
const SORTED: u32 = 2;
/// Number 0 in the graph.
const FIRST: u32 = 3;

/// An event of the graph, with what it is sorted by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) event: EventNid,
    pub(super) power_level: i64,
    pub(super) origin_server_ts: i64,
    /// How many of its auth events are in the graph and have not had their turn.
    waits_for: u32,
}

/// The scratch memory of an ordering.
#[derive(Clone, Debug, Default)]
pub(super) struct PowerOrder {
    graph: Vec<Ranked>,
    /// (auth event, event that cites it), both as numbers in the graph.
    edges: Vec<(u32, u32)>,
    /// Where the edges of each auth event begin, sorted by it.
    starts: Vec<u32>,
    /// Numbers in the graph, by rank; and the other way round.
    by_rank: Vec<u32>,
    ranks: Vec<u32>,
    heap: BinaryHeap<Reverse<u32>>,
    sorted: Vec<Ranked>,
}

impl PowerOrder {
    /// Returns the power events of the full conflicted set `conflict` in order. `places` has been started for all
    /// events; afterwards [`PowerOrder::has_had_its_turn`] tells by it who is among those returned.
    pub(super) fn sort<G>(&mut self, room: &RoomView<'_, G>, conflict: &[EventNid], places: &mut Scratch) -> &[Ranked] {
        for event in conflict {
            places.set(event.index(), WAITING);
        }
        self.collect(room, conflict, places);
        self.rank(room);
        self.link();
        self.take_turns(places);
        &self.sorted
    }

    /// Returns whether the event was sorted here, and is not left for the mainline phase.
    pub(super) fn has_had_its_turn(places: &Scratch, event: EventNid) -> bool {
        places.get(event.index()) == SORTED
    }

    /// Fills the graph: the power events, then what is reached from them.
    fn collect<G>(&mut self, room: &RoomView<'_, G>, conflict: &[EventNid], places: &mut Scratch) {
        self.graph.clear();
        self.edges.clear();
        for &event in conflict {
            if room.rules.is_power_event(event) {
                self.add(room, event, places);
            }
        }
        let mut number = 0;
        while let Some(event) = self.graph.get(number).map(|ranked| ranked.event) {
            for auth_event in room.auth_events(event) {
                let place = match places.get(auth_event.index()) {
                    WAITING => self.add(room, auth_event, places),
                    place if place >= FIRST => place,
                    _ => continue,
                };
                self.edges.push((place - FIRST, number as u32));
                if let Some(ranked) = self.graph.get_mut(number) {
                    ranked.waits_for += 1;
                }
            }
            number += 1;
        }
    }

    /// Returns the event's place: its number, counted from [`FIRST`].
    fn add<G>(&mut self, room: &RoomView<'_, G>, event: EventNid, places: &mut Scratch) -> u32 {
        let place = self.graph.len() as u32 + FIRST;
        places.set(event.index(), place);
        self.graph.push(Ranked {
            event,
            power_level: room.rules.sort_level(event),
            origin_server_ts: room.events.origin_server_ts(event),
            waits_for: 0,
        });
        place
    }

    fn rank<G>(&mut self, room: &RoomView<'_, G>) {
        let Self { graph, by_rank, ranks, .. } = self;
        by_rank.clear();
        by_rank.extend(0..graph.len() as u32);
        let keys = |number: u32| {
            let ranked = graph.get(number as usize);
            ranked.map(|ranked| (Reverse(ranked.power_level), ranked.origin_server_ts, room.id(ranked.event)))
        };
        sort::in_place(by_rank, |&a, &b| keys(a) < keys(b));
        ranks.clear();
        ranks.resize(graph.len(), 0);
        for (rank, &number) in by_rank.iter().enumerate() {
            if let Some(entry) = ranks.get_mut(number as usize) {
                *entry = rank as u32;
            }
        }
    }

    fn link(&mut self) {
        sort::by_number(&mut self.edges, |edge| edge.0);
        self.starts.clear();
        let mut edge = 0;
        for number in 0..=self.graph.len() as u32 {
            while self.edges.get(edge).is_some_and(|&(auth_event, _)| auth_event < number) {
                edge += 1;
            }
            self.starts.push(edge as u32);
        }
    }

    /// Whoever waits for nobody may have its turn; events whose auth events go in a circle never do.
    fn take_turns(&mut self, places: &mut Scratch) {
        self.sorted.clear();
        self.heap.clear();
        for (ranked, &rank) in self.graph.iter().zip(&self.ranks) {
            if ranked.waits_for == 0 {
                self.heap.push(Reverse(rank));
            }
        }
        while let Some(Reverse(rank)) = self.heap.pop() {
            let Some(&number) = self.by_rank.get(rank as usize) else { continue };
            let Some(&ranked) = self.graph.get(number as usize) else { continue };
            places.set(ranked.event.index(), SORTED);
            self.sorted.push(ranked);
            let start = self.starts.get(number as usize).map_or(0, |&start| start as usize);
            let end = self.starts.get(number as usize + 1).map_or(0, |&end| end as usize);
            for &(_, citing) in self.edges.get(start..end).unwrap_or_default() {
                let Some(citing_event) = self.graph.get_mut(citing as usize) else { continue };
                citing_event.waits_for -= 1;
                if citing_event.waits_for == 0
                    && let Some(&rank) = self.ranks.get(citing as usize)
                {
                    self.heap.push(Reverse(rank));
                }
            }
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        size_of::<Ranked>() * (self.graph.capacity() + self.sorted.capacity())
            + 8 * self.edges.capacity()
            + 4 * (self.starts.capacity() + self.by_rank.capacity() + self.ranks.capacity() + self.heap.capacity())
    }
}
