//! The walks against the definitions, on random auth graphs.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// An auth graph in plain columns; event n has index n - 1.
#[derive(Clone, Debug, Default)]
struct Graph {
    auth_events: Vec<Vec<EventNid>>,
    generations: Vec<u32>,
    children: Vec<Vec<EventNid>>,
    slots: Vec<Option<Slot>>,
    /// How often somebody has asked for auth events.
    asked: Cell<usize>,
}

impl AuthGraph for Graph {
    type Children<'a> = core::iter::Copied<core::slice::Iter<'a, EventNid>>;

    fn auth_events(&self, event: EventNid) -> &[EventNid] {
        self.asked.set(self.asked.get() + 1);
        &self.auth_events[event.index()]
    }

    fn auth_generation(&self, event: EventNid) -> u32 {
        self.generations[event.index()]
    }

    fn auth_children(&self, event: EventNid) -> Self::Children<'_> {
        self.children[event.index()].iter().copied()
    }

    fn slot(&self, event: EventNid) -> Option<Slot> {
        self.slots[event.index()]
    }
}

impl Graph {
    /// Makes a graph of events given in causal order: a slot, and auth events by how far back they are. The numbers are
    /// dealt out by `numbers`, so that auth events can have higher ones than what names them.
    fn new(events: &[(u32, Vec<usize>)], numbers: &[usize]) -> Self {
        let mut graph = Self {
            auth_events: vec![Vec::new(); events.len()],
            generations: vec![0; events.len()],
            children: vec![Vec::new(); events.len()],
            slots: vec![None; events.len()],
            asked: Cell::new(0),
        };
        for (at, (slot, back)) in events.iter().enumerate() {
            let event = EventNid::from_index(numbers[at]);
            graph.slots[event.index()] = Some(Slot(*slot));
            let named: BTreeSet<_> = back
                .iter()
                .filter_map(|back| at.checked_sub(back + 1))
                .map(|named| EventNid::from_index(numbers[named]))
                .collect();
            for &named in &named {
                graph.children[named.index()].push(event);
                let generation = graph.generations[named.index()] + 1;
                let held = &mut graph.generations[event.index()];
                *held = generation.max(*held);
            }
            graph.auth_events[event.index()] = named.into_iter().collect();
        }
        graph
    }

    /// Returns the inclusive auth chain of `events`.
    fn chain(&self, events: impl IntoIterator<Item = EventNid>) -> BTreeSet<EventNid> {
        let mut left: Vec<_> = events.into_iter().collect();
        let mut chain = BTreeSet::new();
        while let Some(event) = left.pop() {
            if chain.insert(event) {
                left.extend(self.auth_events(event));
            }
        }
        chain
    }
}

/// Union minus intersection of the chains.
fn by_definition(graph: &Graph, maps: &StateMaps, versions: &[Version]) -> Vec<EventNid> {
    let mut counts = BTreeMap::new();
    for &version in versions {
        for event in graph.chain(maps.iter(version).map(|(_, event)| event)) {
            *counts.entry(event).or_insert(0) += 1;
        }
    }
    let in_some = counts.into_iter().filter(|&(_, count)| count < versions.len());
    in_some.map(|(event, _)| event).collect()
}

const SLOTS: u32 = 24;

/// Events in causal order; most name near ones, some the first ones, like power levels and creates are named.
fn any_events() -> impl Strategy<Value = Vec<(u32, Vec<usize>)>> {
    let back = prop_oneof![4 => 0..6usize, 1 => 0..60usize];
    let event = (0..SLOTS, prop::collection::vec(back, 0..4));
    prop::collection::vec(event, 4..90)
}

fn any_graph() -> impl Strategy<Value = Graph> {
    any_events().prop_flat_map(|events| {
        let in_order: Vec<_> = (0..events.len()).collect();
        let numbers = prop_oneof![Just(in_order.clone()), Just(in_order).prop_shuffle()];
        (Just(events), numbers).prop_map(|(events, numbers)| Graph::new(&events, &numbers))
    })
}

/// A state: for some slots, which of the slot's events it has; the others are as in the state before it.
type Picks = Vec<(u32, usize)>;

fn any_picks(states: core::ops::Range<usize>) -> impl Strategy<Value = (Picks, Vec<Picks>)> {
    let pick = |slots| prop::collection::vec((0..SLOTS, any::<usize>()), slots);
    (pick(0..40), prop::collection::vec(pick(0..4), states))
}

fn versions_of(graph: &Graph, maps: &mut StateMaps, (base, others): &(Picks, Vec<Picks>)) -> Vec<Version> {
    let mut choices = vec![vec![None]; SLOTS as usize];
    for (index, slot) in graph.slots.iter().enumerate() {
        choices[slot.unwrap().0 as usize].push(Some(EventNid::from_index(index)));
    }
    let mut with = |version, picks: &Picks| {
        picks.iter().fold(version, |version, &(slot, pick)| {
            let choices = &choices[slot as usize];
            maps.set(version, Slot(slot), choices[pick % choices.len()]).unwrap()
        })
    };
    let base = with(Version::EMPTY, base);
    others.iter().map(|picks| with(base, picks)).collect()
}

/// Checks all ways of finding the difference; returns whether the budget was in the way of the last.
fn check_difference(graph: &Graph, picks: &(Picks, Vec<Picks>)) -> Result<bool, TestCaseError> {
    let mut maps = StateMaps::new();
    let versions = versions_of(graph, &mut maps, picks);
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    let expected = by_definition(graph, &maps, &versions);
    if AuthWalks::is_among_candidates(graph, &maps, &versions, &differences) {
        let is_candidate = |event: &EventNid| {
            let slot = graph.slot(*event).unwrap();
            differences.candidates(slot).is_some_and(|held| held.iter().any(|held| held.event == Some(*event)))
        };
        prop_assert!(expected.iter().all(is_candidate), "{:?}", expected);
    }
    let generous = Budget { steps: usize::MAX / 2, for_a_seed: 0, for_a_slot: 0 };
    let none = Budget { steps: 0, for_a_seed: 0, for_a_slot: 0 };
    let little = Budget { steps: 3, for_a_seed: 1, for_a_slot: 0 };
    let mut walks = AuthWalks::new();
    for budget in [generous, none, little, AuthWalks::new().budget] {
        walks.budget = budget;
        let found = walks.difference(graph, &maps, &versions, &differences).unwrap();
        prop_assert_eq!(&found, &expected, "{:?}", budget);
    }
    walks = AuthWalks::with_budget(none);
    walks.difference(graph, &maps, &versions, &differences).unwrap();
    Ok(walks.walks_from_the_whole() > 0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_difference_is_union_minus_intersection(graph in any_graph(), picks in any_picks(1..6)) {
        check_difference(&graph, &picks)?;
    }

    #[test]
    fn the_subgraph_lies_between_conflicted_events(
        graph in any_graph(),
        picks in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let events = graph.slots.len();
        let conflicted: BTreeSet<_> =
            picks.iter().map(|pick| EventNid::from_index(pick % events)).collect();
        let below = graph.chain(conflicted.iter().copied());
        let expected: Vec<_> = below
            .into_iter()
            .filter(|&event| !graph.chain([event]).is_disjoint(&conflicted))
            .collect();
        let conflicted: Vec<_> = conflicted.into_iter().collect();
        let mut walks = AuthWalks::new();
        for _ in 0..2 {
            prop_assert_eq!(&walks.conflicted_subgraph(&graph, &conflicted).unwrap(), &expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn more_states_than_bits_make_no_difference(graph in any_graph(), picks in any_picks(62..140)) {
        check_difference(&graph, &picks)?;
    }
}

/// A create, and in turn power levels that name the ones before and a member that names them.
fn long_chain(len: usize) -> Graph {
    let mut events = vec![(0, vec![])];
    for at in 1..=len {
        let create = events.len() - 1;
        events.push((1, vec![create, 1]));
        events.push((1 + at as u32, vec![create + 1, 0]));
    }
    Graph::new(&events, &(0..events.len()).collect::<Vec<_>>())
}

#[test]
fn an_old_value_against_a_new_one_runs_over_the_budget_once() {
    let len = 20_000;
    let graph = long_chain(len);
    let mut maps = StateMaps::new();
    let levels = |at: usize| Some(EventNid::from_index(2 * at - 1));
    let state = |maps: &mut StateMaps, at| {
        let create = maps.set(Version::EMPTY, Slot(0), Some(EventNid::from_index(0))).unwrap();
        maps.set(create, Slot(1), levels(at)).unwrap()
    };
    let versions = [state(&mut maps, 1), state(&mut maps, len)];
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    let mut walks = AuthWalks::new();
    let found = walks.difference(&graph, &maps, &versions, &differences).unwrap();
    assert_eq!(found, by_definition(&graph, &maps, &versions));
    assert_eq!(walks.walks_from_the_whole(), 1);

    let versions = [state(&mut maps, len - 9), state(&mut maps, len)];
    maps.diff_many(&versions, &mut differences).unwrap();
    let found = walks.difference(&graph, &maps, &versions, &differences).unwrap();
    assert_eq!(found, by_definition(&graph, &maps, &versions));
    assert_eq!(walks.walks_from_the_whole(), 1);
}

#[test]
fn parts_that_agree_among_themselves_are_compared() {
    let graph = long_chain(3);
    let mut maps = StateMaps::new();
    let mut levels = |event| maps.set(Version::EMPTY, Slot(1), Some(EventNid::from_index(event))).unwrap();
    let (old, new) = (levels(1), levels(3));
    let versions = [[old; AT_ONCE - 1], [new; AT_ONCE - 1]].concat();
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    let found = AuthWalks::new().difference(&graph, &maps, &versions, &differences);
    assert_eq!(found, Ok(vec![EventNid::from_index(3)]));
}

#[test]
fn without_a_budget_the_whole_states_are_walked() {
    let graph = long_chain(3);
    let picks = (vec![(0, 1)], vec![vec![(1, 1)], vec![(1, 2)]]);
    assert!(check_difference(&graph, &picks).unwrap());
}

#[test]
fn cycles_end() {
    let mut graph = long_chain(4);
    let (first, last) = (EventNid::from_index(1), EventNid::from_index(7));
    graph.auth_events[first.index()].push(last);
    graph.children[last.index()].push(first);
    let mut maps = StateMaps::new();
    let versions = [first, last].map(|event| maps.set(Version::EMPTY, Slot(1), Some(event)).unwrap());
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    let mut walks = AuthWalks::new();
    assert!(walks.difference(&graph, &maps, &versions, &differences).is_ok());
    assert!(walks.conflicted_subgraph(&graph, &[first, last]).is_ok());
}

/// Create, power levels, a membership and two that follow it, one that stands on newer power levels, and one that stands on
/// an event that no state has: the usual ways to differ are seen through at a look, the others are not.
#[test]
fn what_differs_in_the_usual_ways_adds_nothing() {
    // create 1, levels 2, member 3, its successors 4 and 5, levels 6, another member 7 on those, 8 on one that was replaced.
    let (create, levels, member, other) = (0, 1, 2, 3);
    let events = [
        (create, vec![]),
        (levels, vec![0]),
        (member, vec![1, 0]),
        (member, vec![2, 1, 0]),
        (member, vec![3, 2, 0]),
        (levels, vec![4, 3]),
        (other, vec![5, 0]),
        (other, vec![6, 5, 3]),
    ];
    let graph = Graph::new(&events, &[0, 1, 2, 3, 4, 5, 6, 7]);
    let mut maps = StateMaps::new();
    let state = |maps: &mut StateMaps, events: &[usize]| {
        events.iter().fold(Version::EMPTY, |version, &event| {
            let event = EventNid::from_index(event - 1);
            maps.set(version, graph.slot(event).unwrap(), Some(event)).unwrap()
        })
    };
    for (states, expected) in [
        // One renames; two in turn; one beside new levels that the other has.
        (vec![vec![1, 2, 3], vec![1, 2, 4]], true),
        (vec![vec![1, 2, 4], vec![1, 2, 3], vec![1, 2, 3]], true),
        (vec![vec![1, 6, 3, 7], vec![1, 2, 3]], true),
        // What lies between the two is in no state.
        (vec![vec![1, 2, 3], vec![1, 2, 5]], false),
        (vec![vec![1, 2, 4], vec![1, 2, 5, 8]], true),
        (vec![vec![1, 2, 5], vec![1, 2, 5, 8]], false),
    ] {
        let versions: Vec<_> = states.iter().map(|events| state(&mut maps, events)).collect();
        let mut differences = Differences::new();
        maps.diff_many(&versions, &mut differences).unwrap();
        let found = AuthWalks::is_among_candidates(&graph, &maps, &versions, &differences);
        assert_eq!(found, expected, "{states:?}");
    }
}

/// A merge of as many branches as there are candidates in each of two slots, power levels and topics that stand on them.
#[test]
fn a_look_at_many_candidates_costs_no_more_than_each_of_them() {
    const BRANCHES: usize = 200;
    let (create, levels, topic) = (0, 1, 2);
    let branches = (0..BRANCHES).flat_map(|branch| [(levels, vec![2 * branch]), (topic, vec![0])]);
    let events: Vec<_> = core::iter::once((create, Vec::new())).chain(branches).collect();
    let graph = Graph::new(&events, &(0..events.len()).collect::<Vec<_>>());
    let mut maps = StateMaps::new();
    let base = maps.set(Version::EMPTY, Slot(create), Some(EventNid::from_index(0))).unwrap();
    let branch = |branch: usize| {
        let levels_set = maps.set(base, Slot(levels), Some(EventNid::from_index(1 + 2 * branch))).unwrap();
        maps.set(levels_set, Slot(topic), Some(EventNid::from_index(2 + 2 * branch))).unwrap()
    };
    let versions: Vec<_> = (0..BRANCHES).map(branch).collect();
    let mut differences = Differences::new();
    maps.diff_many(&versions, &mut differences).unwrap();
    graph.asked.set(0);
    assert!(AuthWalks::is_among_candidates(&graph, &maps, &versions, &differences));
    assert!(graph.asked.get() <= 4 * BRANCHES, "{}", graph.asked.get());
}
