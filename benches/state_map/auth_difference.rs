//! The auth difference against full auth chains, in a room of a million state events.

use std::hint::black_box;
use std::time::Instant;

use roomscope::nid::{EventNid, Slot};
use roomscope::state::auth_difference::{AuthGraph, AuthWalks};
use roomscope::state::map::{Differences, StateMaps, Version};

use crate::quickest;
use crate::rooms::Random;

const CREATE: usize = 0;
const POWER_LEVELS: Slot = Slot(1);
const JOIN_RULES: Slot = Slot(2);
const FIRST_MEMBER: u32 = 8;

/// An auth graph in flat columns, reverse edges and all.
#[derive(Default)]
struct Graph {
    slots: Vec<Slot>,
    generations: Vec<u32>,
    ends: Vec<usize>,
    edges: Vec<EventNid>,
    child_ends: Vec<usize>,
    children: Vec<EventNid>,
}

impl AuthGraph for Graph {
    type Children<'a> = std::iter::Copied<std::slice::Iter<'a, EventNid>>;

    fn auth_events(&self, event: EventNid) -> &[EventNid] {
        let start = if event.index() == 0 { 0 } else { self.ends[event.index() - 1] };
        &self.edges[start..self.ends[event.index()]]
    }

    fn auth_generation(&self, event: EventNid) -> u32 {
        self.generations[event.index()]
    }

    fn auth_children(&self, event: EventNid) -> Self::Children<'_> {
        let start = if event.index() == 0 { 0 } else { self.child_ends[event.index() - 1] };
        self.children[start..self.child_ends[event.index()]].iter().copied()
    }

    fn slot(&self, event: EventNid) -> Option<Slot> {
        Some(self.slots[event.index()])
    }
}

impl Graph {
    fn add(&mut self, slot: Slot, auth_events: &[Option<EventNid>]) -> EventNid {
        let event = EventNid::from_index(self.slots.len());
        let named = auth_events.iter().flatten().copied();
        let generation = named.clone().map(|named| self.generations[named.index()] + 1).max();
        self.generations.push(generation.unwrap_or(0));
        self.edges.extend(named);
        self.ends.push(self.edges.len());
        self.slots.push(slot);
        event
    }

    fn find_children(&mut self) {
        let mut counts = vec![0usize; self.slots.len() + 1];
        for named in &self.edges {
            counts[named.index() + 1] += 1;
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        self.children = vec![EventNid::from_index(0); self.edges.len()];
        for index in 0..self.slots.len() {
            let start = if index == 0 { 0 } else { self.ends[index - 1] };
            for named in &self.edges[start..self.ends[index]] {
                self.children[counts[named.index()]] = EventNid::from_index(index);
                counts[named.index()] += 1;
            }
        }
        counts.pop();
        self.child_ends = counts;
    }

    /// Adds a random state event on top of `state`: mostly a member's, now and then power levels.
    fn step(&mut self, maps: &mut StateMaps, state: Version, members: u32, random: &mut Random) -> Version {
        let member = Slot(FIRST_MEMBER + random.below(members as usize) as u32);
        let own = maps.get(state, member);
        let levels = maps.get(state, POWER_LEVELS);
        let create = Some(EventNid::from_index(CREATE));
        let (slot, event) = if random.chance(30) && own.is_some() {
            (POWER_LEVELS, self.add(POWER_LEVELS, &[create, levels, own]))
        } else {
            let rules = maps.get(state, JOIN_RULES);
            (member, self.add(member, &[create, levels, rules, own]))
        };
        maps.set(state, slot, Some(event)).unwrap()
    }

    /// The plain way: the chain of each state as a bit set.
    fn full_chains(&self, maps: &StateMaps, versions: &[Version]) -> Vec<EventNid> {
        let words = self.slots.len().div_ceil(64);
        let (mut union, mut intersection) = (vec![0u64; words], vec![!0u64; words]);
        for &version in versions {
            let mut chain = vec![0u64; words];
            let mut left: Vec<_> = maps.iter(version).map(|(_, event)| event).collect();
            while let Some(event) = left.pop() {
                let (word, bit) = (event.index() / 64, 1u64 << (event.index() % 64));
                if chain[word] & bit == 0 {
                    chain[word] |= bit;
                    left.extend(self.auth_events(event));
                }
            }
            for (word, bits) in chain.into_iter().enumerate() {
                union[word] |= bits;
                intersection[word] &= bits;
            }
        }
        let events = (0..self.slots.len())
            .filter(|index| (union[index / 64] & !intersection[index / 64]) >> (index % 64) & 1 == 1);
        events.map(EventNid::from_index).collect()
    }
}

fn in_a_room_of(events: u32, members: u32) {
    println!("auth difference in a room of {events} state events, {members} members");
    for (parents, own) in [(2, 8), (20, 8), (2, 500), (20, 500), (200, 8)] {
        let mut random = Random(31);
        let mut graph = Graph::default();
        let mut maps = StateMaps::new();
        let create = graph.add(Slot(0), &[]);
        let levels = graph.add(POWER_LEVELS, &[Some(create)]);
        let rules = graph.add(JOIN_RULES, &[Some(create), Some(levels)]);
        let first = [(Slot(0), create), (POWER_LEVELS, levels), (JOIN_RULES, rules)];
        let mut trunk = maps.from_entries(Version::EMPTY, &first).unwrap();
        for _ in 0..events {
            trunk = graph.step(&mut maps, trunk, members, &mut random);
        }
        let versions: Vec<_> = (0..parents)
            .map(|_| (0..own).fold(trunk, |state, _| graph.step(&mut maps, state, members, &mut random)))
            .collect();
        graph.find_children();
        let mut differences = Differences::new();
        maps.diff_many(&versions, &mut differences).unwrap();
        let mut walks = AuthWalks::new();
        let mut found = Vec::new();
        let walk = quickest(1, || {
            found = walks.difference(&graph, &maps, &versions, &differences).unwrap();
        });
        let subgraph = quickest(1, || {
            black_box(walks.conflicted_subgraph(&graph, &found).unwrap());
        });
        let whole = walks.walks_from_the_whole();
        // The chains of two of many parents are enough to know what one costs.
        let start = Instant::now();
        let (of, times) = if parents <= 20 { (&versions[..], 1) } else { (&versions[..2], parents / 2) };
        let by_definition = graph.full_chains(&maps, of);
        let full = start.elapsed().as_nanos() as f64 * f64::from(times);
        if times == 1 {
            assert_eq!(found, by_definition);
        }
        println!(
            "  {parents:>3} parents, {own:>3} own events each: {:>5} events, {:>8.1} µs, {:>7.0}x less than full chains ({:.0} ms); subgraph {:.1} µs; {whole} walks from the whole",
            found.len(),
            walk / 1e3,
            full / walk,
            full / 1e6,
            subgraph / 1e3,
        );
    }
}

/// One slot, an early value against the newest: the budget runs out.
fn reset() {
    let mut random = Random(37);
    let mut graph = Graph::default();
    let mut maps = StateMaps::new();
    let create = graph.add(Slot(0), &[]);
    let levels = graph.add(POWER_LEVELS, &[Some(create)]);
    let first = [(Slot(0), create), (POWER_LEVELS, levels)];
    let mut state = maps.from_entries(Version::EMPTY, &first).unwrap();
    let mut early = levels;
    for number in 0..1_000_000 {
        state = graph.step(&mut maps, state, 100_000, &mut random);
        if number == 10_000 {
            early = maps.get(state, POWER_LEVELS).unwrap();
        }
    }
    graph.find_children();
    let versions = [state, maps.set(state, POWER_LEVELS, Some(early)).unwrap()];
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    let mut walks = AuthWalks::new();
    let mut found = 0;
    let walk = quickest(1, || {
        found = walks.difference(&graph, &maps, &versions, &differences).unwrap().len();
    });
    println!(
        "  early power levels against the newest: {found} events, {:.2} ms, {} walks from the whole",
        walk / 1e6,
        walks.walks_from_the_whole()
    );
}

pub(crate) fn run() {
    in_a_room_of(10_000, 1_000);
    in_a_room_of(1_000_000, 100_000);
    reset();
}
