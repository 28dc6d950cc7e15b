//! Thinning: a room without its content has the same event ids, and is judged and resolved alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::thin::thin;
use roomscope::event::version::RoomVersion;
use roomscope::room::{AddOptions, Order, Room, RoomError, RoomOptions};
use serde_json::Value;
use support::replay;
use support::rooms::{stories, texts};

fn thinned(text: &str, version: &'static RoomVersion) -> String {
    let pdu: Value = serde_json::from_str(text).unwrap();
    let mut out = String::new();
    thin(text, pdu["type"].as_str().unwrap(), version, &mut out).unwrap();
    out
}

fn export(room: &Room, thin: bool) -> String {
    let mut out = String::new();
    room.write_ndjson(room.events().held(), thin, &mut out).unwrap();
    out
}

fn assert_alike(room: &Room, other: &Room, name: &str) {
    assert_eq!(room.len(), other.len(), "{name}");
    for &nid in room.events().held() {
        let id = room.strings().event_id(nid);
        let there = other.find(id).expect("an id has changed");
        assert_eq!(room.events().verdict(nid), other.events().verdict(there), "{id} in {name}");
        assert_eq!(room.state_id(nid), other.state_id(there), "{id} in {name}");
        assert_eq!(room.reason(nid), other.reason(there), "{id} in {name}");
    }
    let tips = |room: &Room| {
        let tips = room.forward_extremities().into_iter().map(|nid| room.strings().event_id(nid).to_owned());
        tips.collect::<Vec<_>>()
    };
    assert_eq!(tips(room), tips(other), "{name}");
}

#[test]
fn captured_rooms_keep_their_ids_states_and_verdicts() {
    let (mut events, mut smaller) = (0, 0);
    for capture in support::captures() {
        let version = RoomVersion::find(&capture.room_version).unwrap();
        let whole = replay(&capture, |pdu| pdu);
        assert_alike(&whole, &replay(&capture, |pdu| thinned(&pdu, version)), &capture.name);
        events += whole.len();

        // Exported and read again, all at once.
        let (full, thin) = (export(&whole, false), export(&whole, true));
        assert_eq!((full.lines().count(), thin.lines().count()), (whole.len(), whole.len()), "{}", capture.name);
        let read = |text: &str| {
            let mut room = Room::new(RoomOptions::default());
            let options = AddOptions { verify: true, order: Order::Given, ..AddOptions::default() };
            let report = room.add(text.as_bytes(), options).unwrap();
            // A thinned event is a redacted one to whoever looks at its content hash.
            assert!(report.problems.iter().all(|problem| problem.code == "hash-mismatch"), "{:?}", report.problems);
            (room, report.problems.len())
        };
        let ((full, mismatches), (thin, thin_mismatches)) = (read(&full), read(&thin));
        assert_alike(&full, &thin, &capture.name);
        smaller += thin_mismatches - mismatches;
        // What is thin stays as it is.
        assert_eq!(export(&thin, true), export(&thin, false));
    }
    assert!(events > 3_500 && smaller > 1_000, "{events} events, {smaller} of them thinner");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn random_rooms_resolve_alike(
        version in prop::sample::select(vec!["1", "2", "3", "6", "8", "9", "10", "11", "12"]),
        story in stories(40),
    ) {
        let mut whole = Room::new(RoomOptions::default());
        whole.add(story.texts(version).join("\n").as_bytes(), AddOptions::default()).unwrap();
        let thin = export(&whole, true);
        prop_assert!(!thin.contains("\"n\":") && !thin.contains("topic\":"));
        let mut room = Room::new(RoomOptions::default());
        room.add(thin.as_bytes(), AddOptions { order: Order::Given, ..AddOptions::default() }).unwrap();
        assert_alike(&whole, &room, version);
    }
}

#[test]
fn lines_are_lines_whatever_the_input_looked_like() {
    let text = texts("11", &[]).remove(0);
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
    let mut room = Room::new(RoomOptions::default());
    room.add(pretty.replace('\n', "\r\n").as_bytes(), AddOptions::default()).unwrap();
    for thin in [false, true] {
        let line = export(&room, thin);
        assert_eq!(line.find(['\r', '\n']), Some(line.len() - 1));
        let mut again = Room::new(RoomOptions::default());
        again.add(line.as_bytes(), AddOptions::default()).unwrap();
        assert_alike(&room, &again, "pretty");
    }
}

#[test]
fn a_room_without_json_says_so() {
    let mut room = Room::new(RoomOptions { keep_json: false, ..RoomOptions::default() });
    room.add(texts("11", &[]).join("\n").as_bytes(), AddOptions::default()).unwrap();
    let error = room.write_ndjson(room.events().held(), false, &mut String::new()).unwrap_err();
    assert_eq!((&error, error.code()), (&RoomError::NoJson, "no-json"));
}
