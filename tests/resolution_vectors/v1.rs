//! Synapse's cases for v1.

use super::resolution_support::TestRoom;
use super::{BAN, BOB, Event, JOIN, LEVELS, MEMBER, ROOT, pdu, state_before};
use roomscope::state::resolution::{Outcome, SortKeys};

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
