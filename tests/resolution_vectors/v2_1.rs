//! Where v2.1 and v2 part, and who sorts where.

use super::resolution_support::TestRoom;
use super::{
    ALICE, BOB, CHARLIE, EVE, Event, JOIN, LEAVE, LEVELS, MEMBER, ROOT, RULES, TOPIC, ZARA, names, pdu, resolve_names,
    room_of,
};
use roomscope::state::resolution::SortKeys;
use std::collections::BTreeSet;

/// MSC4297, problem A: everybody who could set join rules has left, and join rules are in conflict.
#[test]
fn msc4297_a_join_rules_are_lost_in_v2_and_kept_in_v2_1() {
    for (version, alice, rules) in [("11", r#"{"users":{"@alice:example.com":100}}"#, ""), ("12", "{}", "JR2")] {
        let events: [(Event, &str); 10] = [
            (("CREATE", ALICE, "m.room.create", ROOT, r#"{"room_version":"11"}"#), ""),
            (("MA1", ALICE, MEMBER, Some(ALICE), JOIN), ""),
            (("PL", ALICE, LEVELS, ROOT, alice), "MA1"),
            (("JR1", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#), "MA1 PL"),
            (("MB1", BOB, MEMBER, Some(BOB), JOIN), "PL JR1"),
            (("MC1", CHARLIE, MEMBER, Some(CHARLIE), JOIN), "PL JR1"),
            (("JR2", ALICE, RULES, ROOT, r#"{"join_rule":"invite"}"#), "PL MA1"),
            (("MA2", ALICE, MEMBER, Some(ALICE), LEAVE), "PL MA1"),
            (("MB2", BOB, MEMBER, Some(BOB), JOIN), "PL MB1 JR2"),
            (("MC2", CHARLIE, MEMBER, Some(CHARLIE), JOIN), "PL MC1 JR2"),
        ];
        let mut room = room_of(version, &events);
        let (state, _) = resolve_names(&mut room, &["CREATE PL MC1 JR2 MA2 MB2", "CREATE PL JR1 MB1 MA2 MC2"]);
        assert_eq!(state, names(&format!("CREATE MA2 MB2 MC2 PL {rules}")), "version {version}");
    }
}

/// MSC4297, problem B: power levels that nobody names directly are lost without the conflicted subgraph.
#[test]
fn msc4297_b_power_levels_go_back_in_v2_and_not_in_v2_1() {
    for (version, expected) in [("11", "PL1"), ("12", "PL3")] {
        let alice = if version == "11" { r#""@alice:example.com":100"# } else { "" };
        let comma = if version == "11" { "," } else { "" };
        let first = format!(r#"{{"users":{{{alice}}}}}"#);
        let second = format!(r#"{{"users":{{{alice}{comma}"@bob:example.com":50}}}}"#);
        let third = format!(r#"{{"users":{{{alice}{comma}"@bob:example.com":50,"@charlie:example.com":50}}}}"#);
        let [first, second, third] = [first, second, third].map(|content| &*content.leak());
        let events: [(Event, &str); 11] = [
            (("CREATE", ALICE, "m.room.create", ROOT, r#"{"room_version":"11"}"#), ""),
            (("MA", ALICE, MEMBER, Some(ALICE), JOIN), ""),
            (("PL1", ALICE, LEVELS, ROOT, first), "MA"),
            (("JR", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#), "MA PL1"),
            (("MB", BOB, MEMBER, Some(BOB), JOIN), "PL1 JR"),
            (("MC", CHARLIE, MEMBER, Some(CHARLIE), JOIN), "PL1 JR"),
            (("PL2", ALICE, LEVELS, ROOT, second), "PL1 MA"),
            (("PL3", BOB, LEVELS, ROOT, third), "PL2 MB"),
            (("MZ", ZARA, MEMBER, Some(ZARA), JOIN), "PL3 JR"),
            (("ME1", EVE, MEMBER, Some(EVE), JOIN), "PL3 JR"),
            (("ME2", EVE, MEMBER, Some(EVE), JOIN), "PL3 ME1 JR"),
        ];
        let mut room = room_of(version, &events);
        let (state, account) = resolve_names(&mut room, &["CREATE MA PL1 JR MB MC ME2", "CREATE MA JR MB MC PL3 MZ"]);
        assert_eq!(state, names(&format!("CREATE MA JR MB MC ME2 MZ {expected}")), "version {version}");
        let subgraph: BTreeSet<&str> = account.conflicted_subgraph.iter().map(|&event| room.id(event)).collect();
        let is_v21 = account.algorithm_name() == "v2.1";
        assert_eq!(subgraph.contains("PL2"), is_v21, "between the two sides");
        assert!(!subgraph.contains("CREATE"), "below them");
    }
}

/// A member who cites power levels of long ago, beside members who cite the newest: her earlier event is replayed after.
#[test]
fn v2_1_replays_the_conflicted_subgraph_by_the_mainline() {
    let events: [(Event, &str); 11] = [
        (("CREATE", ALICE, "m.room.create", ROOT, "{}"), ""),
        (("MA", ALICE, MEMBER, Some(ALICE), JOIN), ""),
        (("PL1", ALICE, LEVELS, ROOT, r#"{"users":{}}"#), "MA"),
        (("JR", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#), "MA PL1"),
        (("MB", BOB, MEMBER, Some(BOB), JOIN), "PL1 JR"),
        (("MC", CHARLIE, MEMBER, Some(CHARLIE), JOIN), "PL1 JR"),
        (("PL2", ALICE, LEVELS, ROOT, r#"{"users":{"@bob:example.com":50}}"#), "MA PL1"),
        (("PL3", BOB, LEVELS, ROOT, r#"{"users":{"@bob:example.com":50,"@charlie:example.com":50}}"#), "MB PL2"),
        (("ME1", EVE, MEMBER, Some(EVE), JOIN), "PL3 JR"),
        (("ME2", EVE, MEMBER, Some(EVE), JOIN), "PL1 JR ME1"),
        (("MZ", ZARA, MEMBER, Some(ZARA), JOIN), "PL3 JR"),
    ];
    let mut room = room_of("12", &events);
    let (state, account) = resolve_names(&mut room, &["CREATE MA MB MC ME2 PL1 JR", "CREATE MA MB MC MZ PL3 JR"]);
    assert_eq!(state, names("CREATE MA MB MC ME1 MZ PL3 JR"));
    let difference: BTreeSet<&str> = account.auth_difference.iter().map(|&event| room.id(event)).collect();
    assert!(!difference.contains("CREATE"));
    let order: Vec<_> = account
        .steps
        .iter()
        .filter_map(|step| match step.keys {
            SortKeys::Mainline { position, .. } => Some((room.id(step.event), position)),
            _ => None,
        })
        .collect();
    assert_eq!(order, [("ME2", 1), ("ME1", 3), ("MZ", 3)]);
}

/// The join rules' senders have all left, which both sides agree on.
#[test]
fn v2_1_begins_with_the_empty_state() {
    let events: [(Event, &str); 7] = [
        (("CREATE", ALICE, "m.room.create", ROOT, "{}"), ""),
        (("MA1", ALICE, MEMBER, Some(ALICE), JOIN), ""),
        (("PL", ALICE, LEVELS, ROOT, r#"{"users":{"@bob:example.com":100}}"#), "MA1"),
        (("JR1", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#), "MA1 PL"),
        (("MB", BOB, MEMBER, Some(BOB), JOIN), "PL JR1"),
        (("JR2", ALICE, RULES, ROOT, r#"{"join_rule":"invite"}"#), "MA1 PL"),
        (("MA2", ALICE, MEMBER, Some(ALICE), LEAVE), "PL MA1"),
    ];
    let mut room = room_of("12", &events);
    let (state, _) = resolve_names(&mut room, &["CREATE MA2 MB PL JR2", "CREATE MA2 MB PL JR1"]);
    assert_eq!(state, names("CREATE MA2 MB PL JR2"));
}

/// Two topics in conflict and power levels that are not: v2 goes by the mainline, v2.1 has none and goes by time.
#[test]
fn an_unconflicted_mainline_counts_in_v2_alone() {
    for (version, winner, positions) in [("11", "T2", [1, 2]), ("12", "T1", [0, 0])] {
        let alice = if version == "11" { r#""@alice:example.com":100,"# } else { "" };
        let levels = format!(r#"{{"users":{{{alice}"@bob:example.com":50}}}}"#).leak();
        let mut room = TestRoom::new(version);
        let events: [(Event, i64, &str); 8] = [
            (("CREATE", ALICE, "m.room.create", ROOT, "{}"), 0, ""),
            (("A", ALICE, MEMBER, Some(ALICE), JOIN), 1, ""),
            (("P1", ALICE, LEVELS, ROOT, levels), 2, "A"),
            (("JR", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#), 3, "A P1"),
            (("B", BOB, MEMBER, Some(BOB), JOIN), 4, "P1 JR"),
            (("P2", ALICE, LEVELS, ROOT, levels), 5, "A P1"),
            (("T1", BOB, TOPIC, ROOT, "{}"), 100, "B P1"),
            (("T2", BOB, TOPIC, ROOT, "{}"), 50, "B P2"),
        ];
        for (number, (event, ts, auth)) in events.iter().enumerate() {
            let mut auth: Vec<String> = auth.split_whitespace().map(str::to_owned).collect();
            if number > 0 && version == "11" {
                auth.push("CREATE".to_owned());
            }
            let prev = if number == 1 { vec!["CREATE".to_owned()] } else { Vec::new() };
            room.hold(pdu(event, *ts, 5, prev, auth));
        }
        let (state, account) = resolve_names(&mut room, &["CREATE A P2 JR B T1", "CREATE A P2 JR B T2"]);
        assert!(state.contains(winner), "version {version}: {state:?}");
        let of = |id: &str| {
            let step = account.steps.iter().find(|step| room.id(step.event) == id).unwrap();
            match step.keys {
                SortKeys::Mainline { position, .. } => position,
                _ => unreachable!(),
            }
        };
        assert_eq!([of("T1"), of("T2")], positions, "version {version}");
    }
}

/// Without power levels among its auth events the creator's events sort at 100: by `content.creator` up to version 10, by
/// the create event's sender from 11 on.
#[test]
fn the_creator_without_power_levels_sorts_at_100() {
    for (version, by_sender, by_content) in [("10", 0, 100), ("11", 100, 0)] {
        let mut room = TestRoom::new(version);
        let events: [(Event, &str); 3] = [
            (("CREATE", ALICE, "m.room.create", ROOT, r#"{"creator":"@bob:example.com"}"#), ""),
            (("A", ALICE, RULES, ROOT, "{}"), "CREATE"),
            (("B", BOB, RULES, ROOT, "{}"), "CREATE"),
        ];
        for (event, auth) in &events {
            room.hold(pdu(event, 0, 1, vec![], auth.split_whitespace().map(str::to_owned).collect()));
        }
        let (_, account) = resolve_names(&mut room, &["CREATE A", "CREATE B"]);
        let level = |id: &str| {
            account
                .steps
                .iter()
                .find_map(|step| match step.keys {
                    SortKeys::Power { power_level, .. } if room.id(step.event) == id => Some(power_level),
                    _ => None,
                })
                .unwrap()
        };
        assert_eq!((level("A"), level("B")), (by_sender, by_content), "version {version}");
    }
}
