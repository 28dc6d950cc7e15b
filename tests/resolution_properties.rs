//! The engine's resolution against a plain second one on random rooms, rejected and missing events included.

#![cfg(not(target_arch = "wasm32"))]
// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

mod resolution_support;

use proptest::prelude::*;
use resolution_support::generator::{Generator, Habits};
use resolution_support::naive::{Naive, State};
use roomscope::nid::Slot;
use roomscope::state::map::Version;
use std::collections::BTreeSet;

/// Resolves some states of a random room both ways and compares everything that can be seen.
fn compare(version: &str, seed: u64, habits: Habits, steps: usize) -> Result<(), TestCaseError> {
    let mut generator = Generator::new(version, seed, habits);
    for _ in 0..steps {
        let merged = generator.step();
        let some = generator.states_to_merge();
        for parents in merged.into_iter().chain([some]) {
            check(&mut generator, &parents)?;
        }
    }
    Ok(())
}

fn check(generator: &mut Generator, parents: &[Version]) -> Result<(), TestCaseError> {
    let room = &mut generator.room;
    let (resolved, account) = room.account(parents);
    let unobserved = room.resolve(parents);
    prop_assert_eq!(resolved, unobserved, "an observer changes nothing");
    let slots: Vec<Slot> = (0..room.slots.len() as u32).map(Slot).collect();
    let values = room.values(parents, &slots);
    for (&slot, &value) in slots.iter().zip(&values) {
        prop_assert_eq!(room.maps.get(resolved, slot), value, "values agree with the version");
        prop_assert_eq!(room.values(parents, &[slot]), vec![value], "one at a time, too");
    }
    let naive = Naive { room };
    let states: Vec<State> = parents.iter().map(|&parent| naive.state(parent)).collect();
    let expected = naive.resolve(&states);
    prop_assert_eq!(naive.state(resolved), expected);
    if account.algorithm_name() != "v1" && parents.len() > 1 {
        let names = |events: &[roomscope::nid::EventNid]| -> BTreeSet<String> {
            events.iter().map(|&event| room.id(event).to_owned()).collect()
        };
        prop_assert_eq!(names(&account.auth_difference), naive.auth_difference(&states));
        if account.algorithm_name() == "v2.1" {
            let conflicted: BTreeSet<String> = states
                .iter()
                .flatten()
                .filter(|(key, id)| !states.iter().all(|state| state.get(*key) == Some(id)))
                .map(|(_, id)| id.clone())
                .collect();
            prop_assert_eq!(names(&account.conflicted_subgraph), naive.conflicted_subgraph(&conflicted));
        }
    }
    for conflict in &account.conflicts {
        prop_assert_eq!(room.maps.get(resolved, conflict.slot), conflict.winner);
    }
    if parents.len() > 1 {
        let slots: BTreeSet<_> = states.iter().flat_map(State::keys).collect();
        prop_assert_eq!(account.unconflicted as usize + account.conflicts.len(), slots.len());
    } else {
        prop_assert_eq!(account.algorithm_name(), "none");
    }
    Ok(())
}

const VERSIONS: [&str; 8] = ["1", "2", "3", "6", "8", "10", "11", "12"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepted_events_only(version in prop::sample::select(&VERSIONS[..]), seed: u64) {
        compare(version, seed, Habits::default(), 40)?;
    }

    #[test]
    fn with_rejected_events_in_states(version in prop::sample::select(&VERSIONS[..]), seed: u64) {
        compare(version, seed, Habits { rejected: true, missing: false, ..Habits::default() }, 40)?;
    }

    #[test]
    fn with_missing_and_rejected_events(version in prop::sample::select(&VERSIONS[..]), seed: u64) {
        compare(version, seed, Habits { rejected: true, missing: true, ..Habits::default() }, 40)?;
    }
}
