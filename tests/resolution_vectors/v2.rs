//! Synapse's cases for v2. All begin with the same eight events.

use super::{ALICE, BAN, BOB, CHARLIE, Event, JOIN, LEVELS, MEMBER, ROOT, RULES, TOPIC, ZARA, state_before};
use std::collections::BTreeSet;

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
