//! Order does not matter: the same events, in whatever order and batches, with or without outliers first, make the same
//! room. (Of hostile events, without: see `an_outlier_that_is_rejected_later_takes_nothing_with_it`.)
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use roomscope::event::table::{Arrival, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::room::{AddOptions, Order, Room, RoomOptions};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::hostile;
use support::rooms::{moves, stories, texts};

/// What must not depend on order: of each event the state after it and its verdict (soft failure aside), the gaps, and
/// the tips unless something soft-failed.
#[derive(PartialEq, Debug)]
struct Outcome {
    events: BTreeMap<String, (Option<u128>, Verdict, Vec<String>)>,
    gaps: BTreeSet<String>,
    tips: Option<BTreeSet<String>>,
    current: Option<usize>,
}

fn outcome(room: &mut Room) -> Outcome {
    let id = |room: &Room, nid| room.strings().event_id(nid).to_owned();
    let mut soft_failures = false;
    let held = room.events().held().to_vec();
    let events = held
        .iter()
        .map(|&nid| {
            let verdict = match room.events().verdict(nid) {
                Verdict::SoftFailed => {
                    soft_failures = true;
                    Verdict::Accepted
                }
                verdict => verdict,
            };
            let mut parents: Vec<String> = room.events().prev_events(nid).iter().map(|&prev| id(room, prev)).collect();
            parents.sort();
            (id(room, nid), (room.state_id(nid), verdict, parents))
        })
        .collect();
    let gaps = room.extremities().gaps().into_iter().map(|gap| id(room, gap.0)).collect();
    let tips = (!soft_failures).then(|| room.forward_extremities().iter().map(|&nid| id(room, nid)).collect());
    let current = (!soft_failures).then(|| room.current_state().unwrap().len());
    Outcome { events, gaps, tips, current }
}

fn add(room: &mut Room, lines: &[&str], arrival: Arrival, order: Order) {
    let report = room.add(lines.join("\n").as_bytes(), AddOptions { arrival, order, ..AddOptions::default() }).unwrap();
    assert_eq!(report.problems, []);
}

/// The lines in the order of their keys.
fn shuffled<'a>(lines: &'a [String], keys: &[u32]) -> Vec<&'a str> {
    let mut keyed: Vec<(u32, &str)> =
        lines.iter().enumerate().map(|(place, line)| (keys[place % keys.len()], line.as_str())).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, line)| line).collect()
}

/// Tips depend on which run soft-failed; only those of runs without are compared.
fn alike(mut a: Outcome, mut b: Outcome) -> Result<(), TestCaseError> {
    if a.tips.is_none() || b.tips.is_none() {
        (a.tips, b.tips, a.current, b.current) = (None, None, None, None);
    }
    prop_assert_eq!(a, b);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_same_events_make_the_same_room(
        version in prop::sample::select(vec!["1", "2", "3", "6", "8", "10", "11", "12"]),
        moves in moves(40),
        keys in prop::collection::vec(any::<u32>(), 64),
        batch in 1_usize..20,
        given_order: bool,
        outliers_first: bool,
    ) {
        let texts = texts(version, &moves);
        let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
        let order = if given_order { Order::Given } else { Order::Causal };

        let mut forwards = Room::new(RoomOptions::default());
        add(&mut forwards, &lines, Arrival::Live, Order::Causal);
        let expected = outcome(&mut forwards);

        let mut one_by_one = Room::new(RoomOptions::default());
        for line in &lines {
            add(&mut one_by_one, &[line], Arrival::Live, order);
        }
        alike(outcome(&mut one_by_one), expected)?;
        let expected = outcome(&mut forwards);

        // The version must be known before ids can be computed: give it.
        let room_version = forwards.version();
        let backwards: Vec<&str> = lines.iter().rev().copied().collect();
        let mut room = Room::new(RoomOptions { room_version, ..RoomOptions::default() });
        for part in backwards.chunks(batch) {
            add(&mut room, part, Arrival::Live, order);
        }
        alike(outcome(&mut room), expected)?;
        let expected = outcome(&mut forwards);

        let shuffled = shuffled(&texts, &keys);
        let mut room = Room::new(RoomOptions { room_version, ..RoomOptions::default() });
        if outliers_first {
            let some: Vec<&str> = shuffled.iter().step_by(3).copied().collect();
            add(&mut room, &some, Arrival::Outlier, order);
        }
        for part in shuffled.chunks(batch) {
            add(&mut room, part, Arrival::Live, order);
        }
        alike(outcome(&mut room), expected)?;
    }

    /// Events that break the rules are refused alike, whatever has come before them: one too that names, among its auth events,
    /// one that turns out to be rejected only when the state before that is known.
    #[test]
    fn hostile_events_make_the_same_room(
        version in prop::sample::select(vec!["1", "2", "3", "6", "8", "10", "11", "12"]),
        events in hostile::events(60),
        keys in prop::collection::vec(any::<u32>(), 64),
        batch in 1_usize..20,
        given_order: bool,
    ) {
        let texts = hostile::texts(version, &events);
        let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut forwards = Room::new(RoomOptions::default());
        add(&mut forwards, &lines, Arrival::Live, Order::Causal);
        prop_assert_eq!(forwards.len(), lines.len());
        let room_version = forwards.version();
        let shuffled = shuffled(&texts, &keys);
        let mut room = Room::new(RoomOptions { room_version, ..RoomOptions::default() });
        for part in shuffled.chunks(batch) {
            add(&mut room, part, Arrival::Live, if given_order { Order::Given } else { Order::Causal });
        }
        alike(outcome(&mut room), outcome(&mut forwards))?;
    }

    /// The walks of resolution go by auth generation: it is higher than that of each auth event, also where events do not
    /// wait for these.
    #[test]
    fn auth_generations_are_an_order_whatever_came_first(
        version in prop::sample::select(vec!["2", "6", "12"]),
        story in stories(40),
        keys in prop::collection::vec(any::<u32>(), 64),
        batch in 1_usize..20,
        enforce_auth: bool,
    ) {
        let texts = story.texts(version);
        let room_version = RoomVersion::find(version);
        let lines = shuffled(&texts, &keys);
        let mut room = Room::new(RoomOptions { room_version, enforce_auth, ..RoomOptions::default() });
        for part in lines.chunks(batch) {
            add(&mut room, part, Arrival::Live, Order::Given);
        }
        let events = room.events();
        let mut edges = 0;
        for &nid in events.held().iter().filter(|&&nid| events.slot(nid).is_some()) {
            prop_assert!(events.is_checked(nid));
            for &auth_event in events.auth_events(nid) {
                prop_assert!(events.generation(nid) > events.generation(auth_event));
                edges += 1;
            }
        }
        prop_assert!(edges > 0 || version == "12");
    }

    /// Without some of the events the rest is there all the same, and when they come the room is whole.
    #[test]
    fn a_gap_closes_without_a_trace(
        version in prop::sample::select(vec!["2", "10", "12"]),
        story in stories(30),
        missing in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let texts = story.texts(version);
        let mut whole = Room::new(RoomOptions::default());
        let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
        add(&mut whole, &lines, Arrival::Live, Order::Causal);

        let missing: BTreeSet<usize> = missing.iter().map(|index| index.index(lines.len())).collect();
        let (held, late): (Vec<_>, Vec<_>) = lines.iter().enumerate().partition(|(place, _)| !missing.contains(place));
        let held: Vec<&str> = held.into_iter().map(|(_, line)| *line).collect();
        let late: Vec<&str> = late.into_iter().map(|(_, line)| *line).collect();
        let mut room = Room::new(RoomOptions { room_version: whole.version(), ..RoomOptions::default() });
        add(&mut room, &held, Arrival::Live, Order::Causal);
        prop_assert_eq!(room.len(), held.len());
        for nid in room.events().held() {
            // Whatever is known without the missing events is right.
            if let Some(state) = room.state_id(*nid) {
                let there = whole.find(room.strings().event_id(*nid)).unwrap();
                prop_assert_eq!(Some(state), whole.state_id(there));
            }
        }
        add(&mut room, &late, Arrival::Live, Order::Causal);
        alike(outcome(&mut room), outcome(&mut whole))?;
    }
}

fn event(id: &str, kind: &str, sender: &str, content: &Value, prev: &[&str], auth: &[&str]) -> String {
    let key = if kind == "m.room.member" { sender } else { "" };
    json!({
        "event_id": id, "room_id": "!r:x", "type": kind, "state_key": key, "sender": sender, "content": content, "depth": 1,
        "origin_server_ts": 1, "prev_events": prev, "auth_events": auth,
    })
    .to_string()
}

/// A room whose `$levels-late` are rejected by the state before it alone: their sender has left. A topic names them.
fn room_with_late_rejection() -> [String; 6] {
    let a = "@a:x";
    let member = |membership: &str| json!({"membership": membership});
    let levels = |invite: u32| json!({"users": {a: 100}, "invite": invite});
    let auth = ["$create", "$join", "$levels"];
    [
        event("$create", "m.room.create", a, &json!({"room_version": "10", "creator": a}), &[], &[]),
        event("$join", "m.room.member", a, &member("join"), &["$create"], &["$create"]),
        event("$levels", "m.room.power_levels", a, &levels(0), &["$join"], &["$create", "$join"]),
        event("$leave", "m.room.member", a, &member("leave"), &["$levels"], &auth),
        event("$levels-late", "m.room.power_levels", a, &levels(1), &["$leave"], &auth),
        event("$topic", "m.room.topic", a, &json!({}), &["$levels"], &["$create", "$join", "$levels-late"]),
    ]
}

fn verdicts(room: &Room) -> [Verdict; 2] {
    ["$levels-late", "$topic"].map(|id| room.events().verdict(room.find(id).unwrap()))
}

/// An auth event whose parent is missing passes for the time being; who names it waits for what becomes of it.
#[test]
fn an_auth_event_may_turn_out_to_be_rejected() {
    let lines = room_with_late_rejection();
    for order in [[0, 1, 2, 3, 4, 5], [0, 1, 2, 5, 4, 3], [5, 4, 0, 1, 2, 3]] {
        let mut room = Room::new(RoomOptions::default());
        for place in order {
            add(&mut room, &[&lines[place]], Arrival::Live, Order::Given);
        }
        assert_eq!(verdicts(&room), [Verdict::Rejected; 2], "{order:?}");
        let reason = room.reason(room.find("$topic").unwrap()).unwrap();
        assert!(reason.contains("auth event $levels-late was itself rejected"), "{reason}");
    }
}

/// An outlier is good enough as an auth event, and what it has helped to accept stays accepted.
#[test]
fn an_outlier_that_is_rejected_later_takes_nothing_with_it() {
    let lines = room_with_late_rejection();
    let mut room = Room::new(RoomOptions::default());
    add(&mut room, &[&lines[0], &lines[1], &lines[2]], Arrival::Live, Order::Given);
    add(&mut room, &[&lines[4]], Arrival::Outlier, Order::Given);
    add(&mut room, &[&lines[5]], Arrival::Live, Order::Given);
    assert_eq!(verdicts(&room), [Verdict::Outlier, Verdict::Accepted]);
    add(&mut room, &[&lines[3], &lines[4]], Arrival::Live, Order::Given);
    assert_eq!(verdicts(&room), [Verdict::Rejected, Verdict::Accepted]);
}

/// What the test of hostile events stands on: they are not all refused, nor for few reasons.
#[test]
fn hostile_rooms_have_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let (mut verdicts, mut reasons) = ([0; 4], BTreeSet::new());
    for version in ["1", "6", "10", "12"].repeat(25) {
        let events = hostile::events(60).new_tree(&mut runner).unwrap().current();
        let texts = hostile::texts(version, &events);
        let mut room = Room::new(RoomOptions::default());
        add(&mut room, &texts.iter().map(String::as_str).collect::<Vec<_>>(), Arrival::Live, Order::Causal);
        for &nid in room.events().held() {
            verdicts[room.events().verdict(nid) as usize] += 1;
            reasons
                .extend(room.reason(nid).map(|reason| reason.replace(|digit: char| !digit.is_ascii_lowercase(), "")));
        }
    }
    let [outliers, accepted, soft_failed, rejected] = verdicts;
    assert_eq!(outliers, 0);
    assert!(accepted > 500 && rejected > 500 && soft_failed > 50, "{verdicts:?}");
    assert!(reasons.len() > 30, "{reasons:?}");
}
