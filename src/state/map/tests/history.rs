//! The maps against one plain `BTreeMap` a version, on random histories.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::nodes::{FAN_OUT, LEAF};
use super::super::*;
use super::{event, slot};

type Model = BTreeMap<u32, u32>;

/// What a history does. Versions are picked by a number taken modulo how many there are.
#[derive(Clone, Debug)]
enum Op {
    Set { version: usize, slot: u32, event: u32 },
    Merge { parents: Vec<usize>, choices: Vec<usize>, more: Vec<(u32, u32)> },
    Given { near: usize, like: usize, changes: Vec<(u32, u32)> },
    Undone(Vec<Op>),
}

/// The maps, what they ought to hold, and the maps of the same history without what was undone.
struct History {
    maps: StateMaps,
    twin: StateMaps,
    models: Vec<Model>,
    numbers: BTreeMap<Model, Version>,
}

fn write(model: &mut Model, slot: u32, event: u32) {
    if event == 0 {
        model.remove(&slot);
    } else {
        model.insert(slot, event);
    }
}

fn dump(maps: &StateMaps) -> (Vec<Row>, Vec<[u32; FAN_OUT]>, Vec<[u32; LEAF]>) {
    let (inner, leaves) = maps.nodes.lens();
    (
        (0..maps.versions()).map(|at| *maps.rows.at(at)).collect(),
        (0..inner).map(|at| *maps.nodes.inner(at)).collect(),
        (0..leaves).map(|at| *maps.nodes.leaf(at)).collect(),
    )
}

impl History {
    fn new() -> Self {
        Self {
            maps: StateMaps::new(),
            twin: StateMaps::new(),
            models: vec![Model::new()],
            numbers: BTreeMap::from([(Model::new(), Version::EMPTY)]),
        }
    }

    fn pick(&self, number: usize) -> Version {
        Version((number % self.models.len()) as u32)
    }

    fn model(&self, version: Version) -> &Model {
        &self.models[version.0 as usize]
    }

    fn run(&mut self, op: &Op, in_twin: bool) {
        match op {
            Op::Set { version, slot: at, event: to } => {
                let version = self.pick(*version);
                let mut model = self.model(version).clone();
                write(&mut model, *at, *to);
                let made = |maps: &mut StateMaps| maps.set(version, slot(*at), event(*to));
                self.made(&model, in_twin, made);
            }
            Op::Merge { parents, choices, more } => {
                let parents: Vec<_> = parents.iter().map(|&number| self.pick(number)).collect();
                let differing = self.plain_differences(&parents);
                let mut writes: Model = more.iter().copied().collect();
                for ((&slot, values), choice) in differing.iter().zip(choices.iter().cycle()) {
                    let values: Vec<_> = values.keys().collect();
                    writes.insert(slot, *values[choice % values.len()]);
                }
                let mut model = self.model(parents[0]).clone();
                for (&slot, &event) in &writes {
                    write(&mut model, slot, event);
                }
                let writes: Vec<_> = writes.iter().map(|(&at, &to)| (slot(at), event(to))).collect();
                let made = |maps: &mut StateMaps| maps.merge(parents[0], &parents[1..], &writes);
                self.made(&model, in_twin, made);
            }
            Op::Given { near, like, changes } => {
                let near = self.pick(*near);
                let mut model = self.model(self.pick(*like)).clone();
                for &(slot, event) in changes {
                    write(&mut model, slot, event);
                }
                let entries: Vec<_> = model.iter().map(|(&at, &to)| (slot(at), event(to).unwrap())).collect();
                let made = |maps: &mut StateMaps| maps.from_entries(near, &entries);
                self.made(&model, in_twin, made);
            }
            Op::Undone(ops) => {
                let (mark, versions, numbers) = (self.maps.mark(), self.models.len(), self.numbers.clone());
                let before = dump(&self.maps);
                for op in ops {
                    self.run(op, false);
                }
                self.maps.rollback(mark);
                self.models.truncate(versions);
                self.numbers = numbers;
                assert_eq!(before, dump(&self.maps));
                assert_eq!(mark, self.maps.mark());
            }
        }
    }

    /// Makes a version that ought to hold `model`, and checks that it is a new one exactly when the content is new.
    fn made(&mut self, model: &Model, in_twin: bool, make: impl Fn(&mut StateMaps) -> Result<Version, OutOfMemory>) {
        let version = make(&mut self.maps).unwrap();
        if in_twin {
            assert_eq!(make(&mut self.twin), Ok(version));
        }
        let new = Version(self.models.len() as u32);
        let expected = self.numbers.get(model).copied().unwrap_or(new);
        assert_eq!(version, expected);
        if version == new {
            self.models.push(model.clone());
            self.numbers.insert(model.clone(), version);
            assert!(self.maps.base(version) < version);
        }
        assert_eq!(self.maps.versions() as usize, self.models.len());
    }

    /// Per slot where `versions` differ, who holds each event (0: none).
    fn plain_differences(&self, versions: &[Version]) -> BTreeMap<u32, BTreeMap<u32, BTreeSet<usize>>> {
        let slots: BTreeSet<u32> = versions.iter().flat_map(|&version| self.model(version).keys().copied()).collect();
        let mut differences = BTreeMap::new();
        for slot in slots {
            let mut values = BTreeMap::<u32, BTreeSet<usize>>::new();
            for (place, &version) in versions.iter().enumerate() {
                let event = self.model(version).get(&slot).copied().unwrap_or(0);
                values.entry(event).or_default().insert(place);
            }
            if values.len() > 1 {
                differences.insert(slot, values);
            }
        }
        differences
    }

    fn check_content(&self) {
        for (number, model) in self.models.iter().enumerate() {
            let version = Version(number as u32);
            let pairs: Vec<_> = self.maps.iter(version).map(|(slot, event)| (slot.0, event.get())).collect();
            let expected: Vec<_> = model.iter().map(|(&slot, &event)| (slot, event)).collect();
            assert_eq!(pairs, expected);
            assert_eq!(self.maps.iter(version).len(), model.len());
            assert_eq!(self.maps.len(version) as usize, model.len());
            assert_eq!(self.maps.is_empty(version), model.is_empty());
            let hash = model.iter().fold(SetHash::EMPTY, |hash, (&slot, &event)| hash.with(slot, event));
            assert_eq!(self.maps.hash(version), hash);
            let near = model.keys().flat_map(|&at| [at.wrapping_sub(1), at, at.wrapping_add(1)]);
            for at in near.chain([0, u32::MAX]) {
                let expected = model.get(&at).copied().and_then(EventNid::new);
                assert_eq!(self.maps.get(version, slot(at)), expected);
            }
            let entries: Vec<_> = self.maps.iter(version).map(|(slot, event)| (slot, Some(event))).collect();
            assert!(self.maps.has_all(version, &entries));
            for wrong in [0, model.len() / 2, model.len().saturating_sub(1)].into_iter().filter(|_| !model.is_empty()) {
                for replaced in [None, Some(EventNid::from_index(1 << 31))] {
                    let mut entries = entries.clone();
                    entries[wrong].1 = replaced;
                    assert!(!self.maps.has_all(version, &entries));
                }
            }
            let absent = model.keys().max().map_or(0, |&at| at.saturating_add(1));
            let has = |event| self.maps.has_all(version, &[(slot(absent), event)]);
            let held = model.get(&absent).copied().and_then(EventNid::new);
            assert!(has(held));
            assert!(!has(Some(EventNid::from_index(1 << 31))));
            assert_eq!(has(None), held.is_none());
        }
    }

    fn check_diffs(&self, pairs: &[(usize, usize)]) {
        for &(a, b) in pairs {
            let (a, b) = (self.pick(a), self.pick(b));
            let mut found = Vec::new();
            self.maps.diff(a, b, |slot, a, b| found.push((slot, a, b)));
            let expected: Vec<_> = self
                .plain_differences(&[a, b])
                .into_keys()
                .map(|at| (slot(at), self.maps.get(a, slot(at)), self.maps.get(b, slot(at))))
                .collect();
            assert_eq!(found, expected);
            let mut seen = 0;
            let stopped = self.maps.try_diff(b, a, |slot, b, a| {
                assert_eq!((slot, a, b), expected[seen]);
                seen += 1;
                if seen == 2 { ControlFlow::Break(slot) } else { ControlFlow::Continue(()) }
            });
            assert_eq!(stopped.break_value(), expected.get(1).map(|difference| difference.0));
        }
    }

    fn check_diff_many(&self, picks: &[usize], choices: &[usize]) {
        let versions: Vec<_> = picks.iter().map(|&number| self.pick(number)).collect();
        let mut differences = Differences::new();
        self.maps.diff_many(&versions, &mut differences).unwrap();
        let expected = self.plain_differences(&versions);
        let mut found = BTreeMap::new();
        let mut last = None;
        for (slot, candidates) in differences.iter() {
            assert!(last < Some(slot) && candidates.is_sorted_by_key(|candidate| candidate.event));
            last = Some(slot);
            let values = candidates.iter().map(|candidate| {
                let mut holders = BTreeSet::new();
                differences.for_each_holder(candidate.holders, |place| assert!(holders.insert(place)));
                let mask = holders.iter().fold(0u64, |mask, place| mask | 1u64.wrapping_shl(*place as u32));
                let expected = (versions.len() <= 64).then_some(mask);
                assert_eq!(differences.mask(candidate.holders), expected);
                (candidate.event.map_or(0, EventNid::get), holders)
            });
            found.insert(slot.0, values.collect());
        }
        assert_eq!(found, expected);
        assert_eq!(differences.len(), expected.len());

        let winners: Vec<_> = differences
            .iter()
            .zip(choices.iter().cycle())
            .map(|((_, candidates), choice)| candidates[choice % candidates.len()].event)
            .collect();
        let held = |version: Version| {
            let slots = expected.keys().zip(&winners);
            slots.filter(|&(&at, &winner)| self.maps.get(version, slot(at)) == winner).count()
        };
        let most_held: Vec<_> = differences
            .iter()
            .map(|(slot, candidates)| {
                let held = |candidate: &&Candidate| expected[&slot.0][&candidate.event.map_or(0, EventNid::get)].len();
                candidates.iter().max_by_key(held).unwrap().event
            })
            .collect();
        assert_eq!(differences.most_typical(), differences.closest(&most_held));
        assert!(expected.keys().all(|&at| differences.contains(slot(at))));
        assert_eq!(differences.contains(slot(50)), expected.contains_key(&50));
        if let Some(most) = versions.iter().map(|&version| held(version)).max() {
            let first = versions.iter().position(|&version| held(version) == most);
            assert_eq!(differences.closest(&winners).ok(), first);
        }
    }

    /// Children have lower numbers than their nodes, and nothing but node 0 is all zeros.
    fn check_nodes(&self) {
        let (rows, inner, leaves) = dump(&self.maps);
        assert!(inner[0] == [0; FAN_OUT] && leaves[0] == [0; LEAF]);
        assert!(inner[1..].iter().all(|node| *node != [0; FAN_OUT]));
        assert!(leaves[1..].iter().all(|node| *node != [0; LEAF]));
        let mut left: BTreeSet<_> = rows.iter().map(|row| (row.height, row.root)).collect();
        while let Some((height, node)) = left.pop_last() {
            if height == 0 {
                assert!((node as usize) < leaves.len());
            } else {
                for &child in &inner[node as usize] {
                    assert!(child == 0 || height == 1 || child < node);
                    left.insert((height - 1, child));
                }
            }
        }
    }
}

/// Slots around the capacities of all heights, neighbours in a few leaves, and any.
fn any_slot() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => 0..48u32,
        2 => (0..10u32, 0..3u32).prop_map(|(height, off)| (16 << (3 * height)) + off - 1),
        1 => any::<u32>(),
        1 => Just(u32::MAX),
    ]
}

fn any_event() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0u32), 6 => 1..4u32, 1 => 1..=u32::MAX]
}

fn any_version() -> impl Strategy<Value = usize> {
    // The newest are more often built upon.
    prop_oneof![any::<usize>(), 0..64usize]
}

fn any_op() -> impl Strategy<Value = Op> {
    let writes = || prop::collection::vec((any_slot(), any_event()), 0..6);
    let picks = prop::collection::vec(any_version(), 1..5);
    let choices = prop::collection::vec(any::<usize>(), 1..6);
    let step = prop_oneof![
        5 => (any_version(), any_slot(), any_event())
            .prop_map(|(version, slot, event)| Op::Set { version, slot, event }),
        3 => (picks, choices, writes())
            .prop_map(|(parents, choices, more)| Op::Merge { parents, choices, more }),
        1 => (any_version(), any_version(), writes())
            .prop_map(|(near, like, changes)| Op::Given { near, like, changes }),
    ];
    step.prop_recursive(2, 12, 8, |op| prop::collection::vec(op, 1..8).prop_map(Op::Undone))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn maps_hold_what_plain_maps_hold(
        ops in prop::collection::vec(any_op(), 1..60),
        pairs in prop::collection::vec((any::<usize>(), any::<usize>()), 20),
        few in prop::collection::vec(prop::collection::vec(any::<usize>(), 0..9), 10),
        many in prop::collection::vec(any::<usize>(), 60..90),
        choices in prop::collection::vec(any::<usize>(), 1..9),
    ) {
        let mut history = History::new();
        for op in &ops {
            history.run(op, true);
        }
        history.check_content();
        history.check_nodes();
        history.check_diffs(&pairs);
        for picks in &few {
            history.check_diff_many(picks, &choices);
        }
        history.check_diff_many(&many, &choices);
        // What was undone has left nothing: not even a node more.
        assert_eq!(dump(&history.maps), dump(&history.twin));
    }
}
