//! The engine's resolution against ruma-state-res, an independent implementation, on random rooms that love conflict.
//!
//! A sample by default; `ROOMSCOPE_RESOLUTIONS=100000 cargo test --release --test resolution_oracle` for a long run.
//!
//! The two are known to differ in three points, in all of which the engine follows Synapse:
//!
//! - Events that were rejected are passed over here and tried there. The rooms made here hold accepted events alone.
//! - A join or knock for which no join rules event is in sight is judged as if the rule were "invite" here, and refused
//!   there. Whoever cites join rules always has them in sight. Rooms that have lost theirs (resolution v2 can do that, see
//!   problem A of MSC4297) make such events: resolutions that let one in are counted apart, and may differ.
//! - A level that power levels set for the first time, or remove, is compared with the sender's as it stands here; there the
//!   default counts where nothing stands. Power levels in the rooms made here always list every level.

#![cfg(not(target_arch = "wasm32"))]
// A panic is how a test fails.
#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

#[path = "resolution_support/ruma.rs"]
mod oracle;
mod resolution_support;

use oracle::Ruma;
use resolution_support::generator::{Generator, Habits};
use resolution_support::naive::{Naive, State};
use resolution_support::{TestRoom, naive};
use roomscope::event::content::Membership;
use roomscope::nid::{EventNid, EventTypeNid};
use roomscope::state::map::Version;
use roomscope::state::resolution::Outcome;

const VERSIONS: [&str; 11] = ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

#[derive(Default, Debug)]
struct Count {
    resolutions: usize,
    conflicts: usize,
    denied: usize,
    without_join_rules: usize,
    of_these_different: usize,
}

/// Whether the event is a join or knock that cites no join rules. The room's first join needs none.
fn cites_no_join_rules(room: &TestRoom, event: EventNid) -> bool {
    let is_join_rules = |auth: &EventNid| room.events.kind(*auth) == Some(EventTypeNid::JOIN_RULES);
    room.events.kind(event) == Some(EventTypeNid::MEMBER)
        && matches!(room.events.facts().membership(event), Membership::Join | Membership::Knock)
        && room.events.prev_events(event) != room.create.as_slice()
        && !room.events.auth_events(event).iter().any(is_join_rules)
}

fn compare(generator: &mut Generator, ruma: &Ruma, parents: &[Version], count: &mut Count, seed: u64) {
    if parents.len() < 2 {
        return;
    }
    let room = &mut generator.room;
    let (resolved, account) = room.account(parents);
    let ours: State = Naive { room }.state(resolved);
    let theirs = ruma.resolve_versions(room, parents);
    count.resolutions += 1;
    count.conflicts += account.conflicts.len();
    count.denied += account.steps.iter().filter(|step| matches!(step.outcome, Outcome::Denied(_))).count();
    if account.steps.iter().any(|step| step.outcome == Outcome::Allowed && cites_no_join_rules(room, step.event)) {
        count.without_join_rules += 1;
        count.of_these_different += usize::from(ours != theirs);
        return;
    }
    if ours != theirs {
        let pick = |state: &State, other: &State| -> Vec<(naive::Key, String)> {
            state
                .iter()
                .filter(|(key, id)| other.get(*key) != Some(id))
                .map(|(key, id)| (key.clone(), id.clone()))
                .collect()
        };
        let steps: Vec<String> = account
            .steps
            .iter()
            .map(|step| {
                let pdu = &room.pdus.iter().find(|(event, _)| *event == step.event).unwrap().1;
                format!("{:?}\n    {pdu:?}", (step.keys, step.outcome))
            })
            .collect();
        panic!(
            "version {} seed {seed}: ours {:#?}\ntheirs {:#?}\nsteps {}",
            room.version.id,
            pick(&ours, &theirs),
            pick(&theirs, &ours),
            steps.join("\n")
        );
    }
}

#[test]
fn agrees_with_ruma_on_rooms_that_love_conflict() {
    let wanted: usize = std::env::var("ROOMSCOPE_RESOLUTIONS").map_or(2_000, |text| text.parse().unwrap());
    let mut count = Count::default();
    let habits = Habits { explicit_levels: true, ..Habits::default() };
    let mut seed = 0;
    while count.resolutions < wanted {
        for version in VERSIONS {
            seed += 1;
            let mut generator = Generator::new(version, seed, habits);
            let mut ruma = Ruma::new(version);
            let mut known = 0;
            for _ in 0..60 {
                let merged = generator.step();
                for (_, pdu) in &generator.room.pdus[known..] {
                    ruma.add(pdu);
                }
                known = generator.room.pdus.len();
                let some = generator.states_to_merge();
                for parents in merged.into_iter().chain([some]) {
                    compare(&mut generator, &ruma, &parents, &mut count, seed);
                }
            }
        }
    }
    println!("{count:?}");
    assert!(count.conflicts > 2 * count.resolutions, "hardly any conflict: {count:?}");
    assert!(count.denied > count.resolutions / 2, "hardly anything was refused: {count:?}");
    assert!(count.without_join_rules < count.resolutions / 20, "too few comparisons count: {count:?}");
}
