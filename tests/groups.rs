//! State groups of random rooms, and their rewriting: published vectors, and what must hold of every layout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, Slot};
use roomscope::room::{AddOptions, Order, Room, RoomOptions};
use roomscope::state::map::{StateMaps, Version};
use roomscope::storage::compress::{Compressor, Layout, improve, least_rows, longest_chain, stored};
use roomscope::storage::{Group, GroupId};
use std::collections::BTreeMap;
use support::rooms::stories;

/// The groups of `rust-synapse-compress-state`'s tests: one a node, whose state says which node it is and names every
/// node of its chain; those in `roots` begin a chain, those in `full` are stored in full. Numbers there begin at 0.
struct Graph {
    maps: StateMaps,
    groups: Vec<Group>,
}

fn graph(nodes: u32, roots: &[u32], full: &[u32]) -> Graph {
    let mut maps = StateMaps::new();
    let mut groups: Vec<Group> = Vec::new();
    let event = |number: u32| EventNid::from_index(number as usize);
    for node in 0..nodes {
        let last = groups.last().filter(|_| !roots.contains(&node)).copied();
        let mut state = last.map_or(Version::EMPTY, |last| last.state);
        state = maps.set(state, Slot(0), Some(event(node))).unwrap();
        state = maps.set(state, Slot(node + 1), Some(event(1_000 + node))).unwrap();
        let previous = last.filter(|_| !full.contains(&node)).map_or(0, |_| node);
        let rows = if previous == 0 { maps.len(state) } else { 2 };
        let hops = if previous == 0 { 0 } else { last.map_or(0, |last| last.hops + 1) };
        groups.push(Group { state, previous, parent: last.map_or(0, |_| node), event: event(node), rows, hops });
    }
    Graph { maps, groups }
}

/// The edges of a layout, in numbers from 0.
fn edges(layout: &Layout) -> Vec<(u32, u32)> {
    (0..)
        .zip(&layout.previous)
        .filter(|(_, previous)| **previous != 0)
        .map(|(id, previous)| (id, previous - 1))
        .collect()
}

fn compress(graph: &Graph, sizes: &[u32], pass: usize) -> Compressor {
    let mut compressor = Compressor::new(sizes);
    compressor.pass(&graph.groups, pass);
    compressor.run(&graph.maps, &graph.groups, graph.groups.len());
    compressor
}

const LINEAR: [(u32, u32); 11] =
    [(1, 0), (2, 1), (4, 3), (5, 4), (6, 3), (7, 6), (8, 7), (9, 6), (10, 9), (11, 10), (13, 12)];

/// `compressor_tests.rs` and `compressor_integration_tests` of `rust-synapse-compress-state`.
#[test]
fn compresses_as_published() {
    let linear = graph(14, &[], &[]);
    let first = compress(&linear, &[3, 3], 0);
    assert_eq!(edges(&first.layout), LINEAR);
    assert_eq!((first.changed, first.resets), (4, 0));

    // Once more changes nothing.
    let mut again = graph(14, &[], &[]);
    for (group, &previous) in again.groups.iter_mut().zip(&first.layout.previous) {
        group.previous = previous;
    }
    assert_eq!(compress(&again, &[3, 3], 0).changed, 0);

    // All or some of it outside of the range.
    assert_eq!(compress(&linear, &[3, 3], 14).layout, stored(&linear.groups));
    let expected = [
        ((1..5).map(|node| (node, node - 1)).collect::<Vec<_>>()),
        vec![(6, 5), (7, 6), (9, 8), (10, 9), (11, 8), (12, 11), (13, 12), (14, 11), (15, 14), (16, 15), (18, 17)],
    ]
    .concat();
    assert_eq!(edges(&compress(&graph(19, &[], &[]), &[3, 3], 5).layout), expected);

    // A group cannot stand on one that has what it lacks.
    let two = compress(&graph(14, &[4], &[]), &[3, 3], 0);
    assert_eq!(edges(&two.layout), [(1, 0), (2, 1), (5, 4), (7, 6), (8, 7), (9, 6), (10, 9), (11, 10), (13, 12)]);
    assert_eq!((two.changed, two.resets, two.reset_rows), (5, 2, 6));

    let segments = graph(14, &[], &[3, 6, 9, 12]);
    assert_eq!((stored(&segments.groups).rows, compress(&segments, &[3, 3], 0).layout.rows), (58, 47));

    // In two goes, as the automatic compressor works.
    let mut goes = Compressor::new(&[3, 3]);
    goes.run(&linear.maps, &linear.groups, 7);
    let levels: Vec<_> = goes.levels().iter().map(|level| (level.size, level.len, level.head - 1)).collect();
    assert_eq!(levels, [(3, 1, 6), (3, 2, 6)]);
    goes.run(&linear.maps, &linear.groups, 14);
    assert_eq!(edges(&goes.layout), LINEAR);
    for (sizes, longest) in [(&[3, 3][..], 4), (&[10, 5], 13), (&[4, 4, 4], 9), (&[100, 50, 25], 172)] {
        assert_eq!(longest_chain(sizes), longest);
    }
}

/// Own measurements of that compressor's rules in another language: 1,000 keys, 10,000 groups of one change each.
#[test]
fn costs_what_it_is_known_to_cost_and_ours_less() {
    let mut maps = StateMaps::new();
    let mut state = Version::EMPTY;
    let mut groups: Vec<Group> = Vec::new();
    for number in 0..11_000_u32 {
        let event = EventNid::from_index(number as usize);
        state = maps.set(state, Slot(number % 1_000), Some(event)).unwrap();
        if number < 1_000 {
            continue;
        }
        let hops = groups.last().map_or(0, |last| (last.hops + 1) % 101);
        let previous = if hops == 0 { 0 } else { groups.len() as GroupId };
        let parent = groups.len() as GroupId;
        groups.push(Group { state, previous, parent, event, rows: if hops == 0 { 1_000 } else { 1 }, hops });
    }
    let mut compressor = Compressor::new(&[100, 50, 25]);
    compressor.run(&maps, &groups, groups.len());
    let before = stored(&groups);
    assert_eq!((before.rows, before.longest), (109_900, 100));
    // Which key changes when is not on record; here each changes in its turn.
    assert!(compressor.layout.rows.abs_diff(22_131) * 100 < 22_131 * 3, "{}", compressor.layout.rows);
    assert_eq!(compressor.layout.longest, 148);
    let improved = improve(&maps, &groups, longest_chain(&[100, 50, 25]), &[&before, &compressor.layout]);
    check(&maps, &groups, &improved).unwrap();
    assert!(improved.longest <= 172 && improved.rows < 21_000, "{} rows, {}", improved.rows, improved.longest);
    assert_eq!(least_rows(&maps, &groups), 10_999);
}

/// Every group unfolds to its state: the nearest value of each slot along its chain. And the rows are as many as said.
fn check(maps: &StateMaps, groups: &[Group], layout: &Layout) -> Result<(), TestCaseError> {
    let mut total = 0;
    let mut hops: Vec<u32> = Vec::new();
    for (index, (group, &previous)) in groups.iter().zip(&layout.previous).enumerate() {
        prop_assert!((previous as usize) <= index, "{} stands on {}", index + 1, previous);
        let base = groups.get((previous as usize).wrapping_sub(1)).map_or(Version::EMPTY, |base| base.state);
        let (mut rows, mut lost) = (0_u64, 0);
        maps.diff(base, group.state, |_, _, new| {
            rows += 1;
            lost += u32::from(new.is_none());
        });
        prop_assert_eq!(lost, 0, "{} cannot stand on {}", index + 1, previous);
        // What an event sets is a row, even where it stood there before.
        total += if group.previous == previous && previous != 0 { rows.max(1) } else { rows };
        hops.push(if previous == 0 { 0 } else { hops[previous as usize - 1] + 1 });
    }
    prop_assert_eq!(layout.rows, total);
    prop_assert_eq!(layout.longest, hops.into_iter().max().unwrap_or_default());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn groups_unfold_and_layouts_hold(
        story in stories(80),
        version in prop::sample::select(vec!["1", "6", "11", "12"]),
        hop_limit in 1_u16..8,
        levels in prop::collection::vec(1_u32..5, 1..4),
        given: bool,
    ) {
        let options = RoomOptions { room_version: RoomVersion::find(version), hop_limit, ..RoomOptions::default() };
        let mut room = Room::new(options);
        let mut all: Vec<String> = Vec::new();
        for line in story.texts(version) {
            let mut options = AddOptions { order: Order::Given, ..AddOptions::default() };
            if given && all.len() % 7 == 6 {
                // A server that asked another: any state will do.
                let state = room.state_after(*room.events().held().last().unwrap()).unwrap();
                options.state_before = Some(state.iter().map(|&(_, nid)| room.strings().event_id(nid).to_owned()).collect());
            }
            room.add(line.as_bytes(), options).unwrap();
            all.push(line);
        }
        let groups = room.groups().unwrap().clone();
        for &nid in room.events().held() {
            let state = if room.events().verdict(nid) == roomscope::event::table::Verdict::Rejected {
                room.state_before(nid)
            } else {
                room.state_after(nid)
            };
            let Some(state) = state else { continue };
            let mut unfolded: BTreeMap<Slot, EventNid> = BTreeMap::new();
            let (mut next, mut hops) = (groups.of(nid), 0);
            while let Some(group) = groups.get(next) {
                let rows = room.group_rows(next);
                prop_assert_eq!(rows.len(), group.rows as usize);
                for (slot, event) in rows {
                    unfolded.entry(slot).or_insert(event);
                }
                prop_assert!(group.previous < next);
                next = group.previous;
                hops += u16::from(next != 0);
            }
            prop_assert_eq!(unfolded.into_iter().collect::<Vec<_>>(), state);
            prop_assert!(hops <= hop_limit);
        }
        let figures = room.compress(&levels).unwrap();
        let maps = room.state_maps();
        for layout in [&figures.stored, &figures.compressed, &figures.improved] {
            check(maps, groups.all(), layout)?;
            prop_assert!(figures.least_rows <= layout.rows);
        }
        prop_assert!(figures.improved.rows <= figures.stored.rows.min(figures.compressed.rows));
        prop_assert!(figures.compressed.longest <= longest_chain(&levels).max(figures.stored.longest));
        prop_assert!(figures.improved.longest <= longest_chain(&levels).max(figures.stored.longest));
    }
}
