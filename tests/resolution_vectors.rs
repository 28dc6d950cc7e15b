//! Published cases of state resolution, as facts: Synapse's suites for v1, v2 and v2.1 (`tests/test_state.py`,
//! `tests/state/test_v2.py`, `tests/state/test_v21.py`), the two problems of MSC4297 as ruma-state-res has them, and the
//! case that tells v2 from v2.1 by a mainline alone.

#![cfg(not(target_arch = "wasm32"))]
// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

mod resolution_support;

use resolution_support::{Pdu, TestRoom};
use roomscope::state::map::Version;
use roomscope::state::resolution::{Account, Outcome, SortKeys};
use std::collections::{BTreeMap, BTreeSet};

const ALICE: &str = "@alice:example.com";
const BOB: &str = "@bob:example.com";
const CHARLIE: &str = "@charlie:example.com";
const EVE: &str = "@eve:example.com";
const ZARA: &str = "@zara:example.com";

const JOIN: &str = r#"{"membership":"join"}"#;
const BAN: &str = r#"{"membership":"ban"}"#;
const LEAVE: &str = r#"{"membership":"leave"}"#;

/// Name, sender, type, state key, content.
type Event = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str);

fn pdu(event: &Event, ts: i64, depth: u64, prev: Vec<String>, auth: Vec<String>) -> Pdu {
    let &(id, sender, kind, key, content) = event;
    Pdu {
        id: id.to_owned(),
        kind: kind.to_owned(),
        state_key: key.map(str::to_owned),
        sender: sender.to_owned(),
        content: content.to_owned(),
        ts,
        depth,
        prev,
        auth,
    }
}

/// Builds a graph of chains ("A on B on C …"), each event with auth events from the state before it and an earlier time
/// than those after it, and returns the names in the state before `at`.
fn state_before(version: &str, events: &[Event], chains: &[&str], at: &str, with_auth: bool) -> BTreeSet<String> {
    let mut room = TestRoom::new(version);
    let mut parents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in events {
        parents.entry(event.0).or_default();
    }
    for chain in chains {
        let names: Vec<&str> = chain.split_whitespace().collect();
        for pair in names.windows(2) {
            parents.get_mut(pair[0]).unwrap().insert(pair[1]);
        }
    }
    let mut after: BTreeMap<&str, Version> = BTreeMap::new();
    let mut depths: BTreeMap<&str, u64> = BTreeMap::new();
    for ts in 0.. {
        // Of those whose parents are there, the first by name.
        let ready =
            |name: &&str| !after.contains_key(name) && parents[name].iter().all(|parent| after.contains_key(parent));
        let name = *parents.keys().find(|name| ready(name)).unwrap();
        let event = events.iter().find(|event| event.0 == name).unwrap();
        let mut versions: Vec<Version> = parents[name].iter().map(|parent| after[parent]).collect();
        versions.dedup();
        let before = room.resolve(&versions);
        if name == at {
            return room.ids(before).into_iter().map(str::to_owned).collect();
        }
        let depth = 1 + parents[name].iter().map(|parent| depths[parent]).max().unwrap_or(0);
        let prev = parents[name].iter().map(|&parent| parent.to_owned()).collect();
        let mut pdu = pdu(event, ts, depth, prev, Vec::new());
        if with_auth {
            pdu.auth = room.auth_from(before, &pdu);
        }
        let nid = room.hold(pdu);
        let state = room.after(before, nid);
        after.insert(name, state);
        depths.insert(name, depth);
    }
    unreachable!()
}

const TOPIC: &str = "m.room.topic";
const LEVELS: &str = "m.room.power_levels";
const RULES: &str = "m.room.join_rules";
const MEMBER: &str = "m.room.member";
const ROOT: Option<&str> = Some("");

/// Runs one of the v2 cases, all of which begin with the same eight events. `changed` is what `END` has in place of, or
/// beyond, what `START` had.
fn v2_case(events: &[Event], chains: &[&str], changed: &[&str]) {
    let mut all: Vec<Event> = vec![
        ("CREATE", ALICE, "m.room.create", ROOT, r#"{"creator":"@alice:example.com"}"#),
        ("IMA", ALICE, MEMBER, Some(ALICE), JOIN),
        ("IPOWER", ALICE, LEVELS, ROOT, r#"{"users":{"@alice:example.com":100}}"#),
        ("IJR", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#),
        ("IMB", BOB, MEMBER, Some(BOB), JOIN),
        ("IMC", CHARLIE, MEMBER, Some(CHARLIE), JOIN),
        ("IMZ", ZARA, MEMBER, Some(ZARA), JOIN),
        ("START", ZARA, "m.room.message", None, "{}"),
        ("END", ZARA, "m.room.message", None, "{}"),
    ];
    all.extend_from_slice(events);
    let mut all_chains = vec!["START IMZ IMC IMB IJR IPOWER IMA CREATE"];
    all_chains.extend_from_slice(chains);
    let before_start = state_before("2", &all, &all_chains, "START", true);
    let end = state_before("2", &all, &all_chains, "END", true);
    let fresh: BTreeSet<&str> = end.difference(&before_start).map(String::as_str).collect();
    assert_eq!(fresh, changed.iter().copied().collect());
}

const ALICE_AND_BOB: &str = r#"{"users":{"@alice:example.com":100,"@bob:example.com":50}}"#;
const BOB_AT_ZERO: &str = r#"{"users":{"@alice:example.com":100,"@bob:example.com":0}}"#;

#[test]
fn v2_a_ban_beats_power_levels_by_the_banned() {
    v2_case(
        &[
            ("PA", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("MA", ALICE, MEMBER, Some(ALICE), JOIN),
            ("MB", ALICE, MEMBER, Some(BOB), BAN),
            ("PB", BOB, LEVELS, ROOT, ALICE_AND_BOB),
        ],
        &["END MB MA PA START", "END PB PA"],
        &["PA", "MA", "MB"],
    );
}

#[test]
fn v2_new_join_rules_cannot_be_evaded() {
    // The content has no `join_rule` ("join_rules", as the case has it), which reads as invite.
    v2_case(
        &[
            ("JR", ALICE, RULES, ROOT, r#"{"join_rules":"private"}"#),
            ("ME", "@evelyn:example.com", MEMBER, Some("@evelyn:example.com"), JOIN),
        ],
        &["END JR START", "END ME START"],
        &["JR"],
    );
}

#[test]
fn v2_power_levels_off_the_line_are_replayed() {
    let all_three = r#"{"users":{"@alice:example.com":100,"@bob:example.com":50,"@charlie:example.com":50}}"#;
    let charlie_at_zero = r#"{"users":{"@alice:example.com":100,"@bob:example.com":50,"@charlie:example.com":0}}"#;
    v2_case(
        &[
            ("PA", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("PB", BOB, LEVELS, ROOT, all_three),
            ("PC", CHARLIE, LEVELS, ROOT, charlie_at_zero),
        ],
        &["END PC PB PA START", "END PA"],
        &["PC"],
    );
}

#[test]
fn v2_topic_basic() {
    v2_case(
        &[
            ("T1", ALICE, TOPIC, ROOT, "{}"),
            ("PA1", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("T2", ALICE, TOPIC, ROOT, "{}"),
            ("PA2", ALICE, LEVELS, ROOT, BOB_AT_ZERO),
            ("PB", BOB, LEVELS, ROOT, ALICE_AND_BOB),
            ("T3", BOB, TOPIC, ROOT, "{}"),
        ],
        &["END PA2 T2 PA1 T1 START", "END T3 PB PA1"],
        &["PA2", "T2"],
    );
}

#[test]
fn v2_topic_goes_back_with_the_ban_of_its_sender() {
    v2_case(
        &[
            ("T1", ALICE, TOPIC, ROOT, "{}"),
            ("PA", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("T2", BOB, TOPIC, ROOT, "{}"),
            ("MB", ALICE, MEMBER, Some(BOB), BAN),
        ],
        &["END MB T2 PA T1 START", "END T1"],
        &["T1", "MB", "PA"],
    );
}

#[test]
fn v2_topic_after_a_merge() {
    v2_case(
        &[
            ("T1", ALICE, TOPIC, ROOT, "{}"),
            ("PA1", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("T2", ALICE, TOPIC, ROOT, "{}"),
            ("PA2", ALICE, LEVELS, ROOT, BOB_AT_ZERO),
            ("PB", BOB, LEVELS, ROOT, ALICE_AND_BOB),
            ("T3", BOB, TOPIC, ROOT, "{}"),
            ("MZ1", ZARA, "m.room.message", None, "{}"),
            ("T4", ALICE, TOPIC, ROOT, "{}"),
        ],
        &["END T4 MZ1 PA2 T2 PA1 T1 START", "END MZ1 T3 PB PA1"],
        &["T4", "PA2"],
    );
}

#[test]
fn v2_the_mainline_decides_before_time() {
    let guarded = r#"{"users":{"@alice:example.com":100,"@bob:example.com":50},"events":{"m.room.power_levels":100}}"#;
    v2_case(
        &[
            ("T1", ALICE, TOPIC, ROOT, "{}"),
            ("PA1", ALICE, LEVELS, ROOT, ALICE_AND_BOB),
            ("T2", ALICE, TOPIC, ROOT, "{}"),
            ("PA2", ALICE, LEVELS, ROOT, guarded),
            ("PB", BOB, LEVELS, ROOT, ALICE_AND_BOB),
            ("T3", BOB, TOPIC, ROOT, "{}"),
            ("T4", ALICE, TOPIC, ROOT, "{}"),
        ],
        &["END T3 PA2 T2 PA1 T1 START", "END T4 PB PA1"],
        &["T3", "PA2"],
    );
}

#[test]
fn v2_what_only_one_branch_has_is_a_conflict_that_is_resolved_in_its_favour() {
    let events = [
        ("CREATE", ALICE, "m.room.create", ROOT, r#"{"creator":"@alice:example.com"}"#),
        ("IMA", ALICE, MEMBER, Some(ALICE), JOIN),
        ("IJR", ALICE, RULES, ROOT, r#"{"join_rule":"public"}"#),
        ("IMB", BOB, MEMBER, Some(BOB), JOIN),
        ("IMC", CHARLIE, MEMBER, Some(CHARLIE), JOIN),
        ("END", ALICE, "m.room.message", None, "{}"),
    ];
    let state = state_before("2", &events, &["END IMB IJR IMA CREATE", "END IMC IJR"], "END", true);
    let expected = ["CREATE", "IMA", "IJR", "IMB", "IMC"];
    assert_eq!(state, expected.into_iter().map(str::to_owned).collect());
}

const USER: &str = "@user_id:example.com";
const USER_2: &str = "@user_id2:example.com";
const CREATOR: &str = r#"{"creator":"@user_id:example.com"}"#;

fn v1_case(events: &[Event], chains: &[&str], at: &str, expected: &[&str]) {
    let state = state_before("1", events, chains, at, false);
    assert_eq!(state, expected.iter().map(|&name| name.to_owned()).collect());
}

#[test]
fn v1_the_deeper_event_wins() {
    // C is made deeper than B by a message below it.
    v1_case(
        &[
            ("START", USER, "m.room.create", ROOT, CREATOR),
            ("A", USER, MEMBER, Some(USER), JOIN),
            ("B", USER, "m.room.name", ROOT, "{}"),
            ("M", USER, "m.room.message", None, "{}"),
            ("C", USER, "m.room.name", ROOT, "{}"),
            ("D", USER, "m.room.message", None, "{}"),
        ],
        &["D B A START", "D C M A"],
        "D",
        &["START", "A", "C"],
    );
}

#[test]
fn v1_a_ban_undoes_what_the_banned_did_meanwhile() {
    let banned = "@user_id_2:example.com";
    v1_case(
        &[
            ("START", USER, "m.room.create", ROOT, CREATOR),
            ("A", USER, MEMBER, Some(USER), JOIN),
            ("B", USER, "m.room.name", ROOT, "{}"),
            ("C", USER, MEMBER, Some(banned), BAN),
            ("D", banned, "m.room.name", ROOT, "{}"),
            ("E", USER, "m.room.message", None, "{}"),
        ],
        &["E C B A START", "E D B"],
        "E",
        &["START", "A", "B", "C"],
    );
}

#[test]
fn v1_power_levels_win_over_what_they_forbid() {
    let before = r#"{"events":{"m.room.name":50},"users":{"@user_id:example.com":100,"@user_id2:example.com":60}}"#;
    let after = r#"{"events":{"m.room.name":50},"users":{"@user_id2:example.com":30}}"#;
    v1_case(
        &[
            ("A1", USER, "m.room.create", ROOT, CREATOR),
            ("A2", USER, MEMBER, Some(USER), JOIN),
            ("A3", USER, MEMBER, Some(USER_2), JOIN),
            ("A4", USER, LEVELS, ROOT, before),
            ("A5", USER, "m.room.name", ROOT, "{}"),
            ("B", USER, LEVELS, ROOT, after),
            ("C", USER_2, "m.room.name", ROOT, "{}"),
            ("D", USER, "m.room.message", None, "{}"),
        ],
        &["D B A5 A4 A3 A2 A1", "D C A5"],
        "D",
        &["A1", "A2", "A3", "A5", "B"],
    );
}

#[test]
fn v1_depth_is_what_counts_whichever_state_comes_first() {
    for (first, second, winner) in [(1, 2, "SECOND"), (2, 1, "FIRST")] {
        let mut room = TestRoom::new("1");
        let levels = r#"{"users":{"@foo:bar":"100","@user_id:example.com":"100"}}"#;
        let events: [Event; 5] = [
            ("CREATE", "@foo:bar", "m.room.create", ROOT, r#"{"creator":"@foo:bar"}"#),
            ("LEVELS", USER, LEVELS, ROOT, levels),
            ("MEMBER", USER, MEMBER, Some(USER), JOIN),
            ("FIRST", USER, "test1", Some("1"), "{}"),
            ("SECOND", USER, "test1", Some("1"), "{}"),
        ];
        for (event, depth) in events.iter().zip([1, 1, 1, first, second]) {
            room.hold(pdu(event, 0, depth, vec![], vec![]));
        }
        let parents = [
            room.state(&["CREATE", "LEVELS", "MEMBER", "FIRST"]),
            room.state(&["CREATE", "LEVELS", "MEMBER", "SECOND"]),
        ];
        let (resolved, account) = room.account(&parents);
        assert_eq!(room.ids(resolved), room.ids(parents[usize::from(winner == "SECOND")]));
        assert_eq!(account.algorithm_name(), "v1");
        assert_eq!(account.unconflicted, 3);
        let steps: Vec<_> = account.steps.iter().map(|step| (room.id(step.event), step.outcome.name())).collect();
        let loser = if winner == "FIRST" { "SECOND" } else { "FIRST" };
        assert_eq!(steps, [(winner, "allowed"), (loser, "skipped")]);
    }
}

#[test]
fn v1_of_equal_depth_the_least_sha1_wins_and_members_the_greatest() {
    // The hashes begin with 2f20f7, 739c9e, 011624 and 7d6d9b, in the order of the last four.
    let mut room = TestRoom::new("1");
    let events: [Event; 6] = [
        ("CREATE", USER, "m.room.create", ROOT, CREATOR),
        ("MEMBER", USER, MEMBER, Some(USER), JOIN),
        ("FIRST", USER, "test1", Some("1"), "{}"),
        ("SECOND", USER, "test1", Some("1"), "{}"),
        ("INVITED", USER, MEMBER, Some(BOB), r#"{"membership":"invite"}"#),
        ("BANNED", USER, MEMBER, Some(BOB), BAN),
    ];
    for event in &events {
        room.hold(pdu(event, 0, 5, vec![], vec![]));
    }
    let parents =
        [room.state(&["CREATE", "MEMBER", "FIRST", "INVITED"]), room.state(&["CREATE", "MEMBER", "SECOND", "BANNED"])];
    let (_, account) = room.account(&parents);
    let sha1 = |keys| match keys {
        SortKeys::V1Auth { sha1, .. } | SortKeys::V1Other { sha1, .. } => sha1,
        SortKeys::Power { .. } | SortKeys::Mainline { .. } => unreachable!(),
    };
    let of = |phase: &str| -> Vec<_> {
        account.steps.iter().filter(|step| step.keys.phase() == phase).map(|step| (sha1(step.keys), *step)).collect()
    };
    let (members, others) = (of("v1-auth"), of("v1-other"));
    assert_eq!((members.len(), others.len()), (2, 2));
    assert_eq!([members[0].0[0], members[1].0[0], others[0].0[0], others[1].0[0]], [0x7d, 0x01, 0x2f, 0x73]);
    assert_eq!(others[0].1.outcome, Outcome::Allowed);
    assert_eq!(members[0].1.outcome, Outcome::Allowed, "the first of the chain is not asked");
}

/// Holds events given as (name, sender, type, key, content, auth events), a millisecond apart. In versions before 12 every
/// one but the first has the first as its first auth event.
fn room_of(version: &str, events: &[(Event, &str)]) -> TestRoom {
    let mut room = TestRoom::new(version);
    for (ts, (event, auth)) in (0_i64..).zip(events) {
        let mut auth: Vec<String> = auth.split_whitespace().map(str::to_owned).collect();
        if ts > 0 && version != "12" {
            auth.insert(0, events[0].0.0.to_owned());
        }
        let prev = if ts == 1 { vec![events[0].0.0.to_owned()] } else { Vec::new() };
        room.hold(pdu(event, ts, 5, prev, auth));
    }
    room
}

fn resolve_names(room: &mut TestRoom, states: &[&str]) -> (BTreeSet<String>, Account) {
    let parents: Vec<Version> =
        states.iter().map(|state| room.state(&state.split_whitespace().collect::<Vec<_>>())).collect();
    let (resolved, account) = room.account(&parents);
    (room.ids(resolved).into_iter().map(str::to_owned).collect(), account)
}

fn names(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

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
