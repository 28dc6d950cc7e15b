//! Saving and loading: the same room comes back, and goes on as the other does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::table::Arrival;
use roomscope::room::{AddOptions, Order, Room, RoomOptions, RuleSet};
use roomscope::storage::Numbering;
use support::replay;
use support::rooms::{stories, texts};
use support::told::told;

fn json(room: &Room) -> Option<String> {
    let mut out = String::new();
    room.write_ndjson(room.events().held(), false, &mut out).ok()?;
    Some(out)
}

/// Saves and loads a room, and checks that it is the same.
fn loaded(room: &mut Room, name: &str) -> Room {
    let bytes = room.save().unwrap();
    let mut again = Room::load(&bytes, 99).unwrap();
    let (before, after) = (told(room), told(&mut again));
    if before != after {
        let differs = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
        panic!("{name}: {:#?}", differs.collect::<Vec<_>>());
    }
    assert_eq!(json(room), json(&again), "{name}");
    assert!(again.save().unwrap() == bytes, "{name} is saved otherwise");
    again
}

#[test]
fn captured_rooms_come_back() {
    for capture in support::captures() {
        loaded(&mut replay(&capture, |pdu| pdu), &capture.name);
        let numbering = Numbering::Postgres;
        let forgetful = RoomOptions { keep_json: false, numbering, ..RoomOptions::default() };
        let mut room = support::replay_into(Room::new(forgetful), &capture, |pdu| pdu);
        assert_eq!(json(&loaded(&mut room, &capture.name)), None);
    }
}

fn add(room: &mut Room, lines: &[String], arrival: Arrival) {
    room.add(lines.join("\n").as_bytes(), AddOptions { arrival, order: Order::Given, ..AddOptions::default() })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// In any state, gaps and outliers included, and what comes afterwards is taken alike.
    #[test]
    fn random_rooms_come_back_and_go_on(
        version in prop::sample::select(vec!["1", "2", "6", "10", "11", "12"]),
        story in stories(40),
        keys in prop::collection::vec(any::<u32>(), 64),
        at in any::<prop::sample::Index>(),
        keep_json: bool,
        enforce_auth: bool,
        room_id: bool,
        dendrite: bool,
        numbering in prop::sample::select(vec![Numbering::Dense, Numbering::Sqlite, Numbering::Postgres]),
    ) {
        let texts = story.texts(version);
        let mut whole = Room::new(RoomOptions::default());
        add(&mut whole, &texts, Arrival::Live);
        let mut order: Vec<(u32, &String)> =
            texts.iter().enumerate().map(|(at, text)| (keys[at % keys.len()], text)).collect();
        order.sort_unstable();
        let order: Vec<String> = order.into_iter().map(|(_, text)| text.clone()).collect();
        let mut room = Room::new(RoomOptions {
            room_version: whole.version(),
            room_id: whole.room_id().filter(|_| room_id).map(str::to_owned),
            keep_json,
            enforce_auth,
            rules: if dendrite { RuleSet::Dendrite } else { RuleSet::Specification },
            numbering,
            hop_limit: 7,
            seed: 5,
        });
        let outliers: Vec<String> = order.iter().step_by(3).cloned().collect();
        add(&mut room, &outliers, Arrival::Outlier);
        let (first, rest) = order.split_at(at.index(order.len()));
        for (place, text) in first.iter().enumerate() {
            let arrival = if place % 4 == 3 { Arrival::Backfill } else { Arrival::Live };
            add(&mut room, std::slice::from_ref(text), arrival);
        }
        // A state is given for an event that is held and waits, or for one that comes with it.
        let create = whole.strings().event_id(whole.events().held()[0]).to_owned();
        if room.find(&create).is_ok() && let Some(text) = rest.first() {
            let options = AddOptions { state_before: Some(vec![create]), ..AddOptions::default() };
            room.add(text.as_bytes(), options).unwrap();
        }
        let mut again = loaded(&mut room, version);
        for text in rest {
            add(&mut room, std::slice::from_ref(text), Arrival::Live);
            add(&mut again, std::slice::from_ref(text), Arrival::Live);
        }
        prop_assert_eq!(told(&mut room), told(&mut again));
        let bytes = again.save().unwrap();
        prop_assert!(Room::load(&bytes, 0).unwrap().save().unwrap() == bytes);
    }
}

#[test]
fn an_empty_room_comes_back() {
    let options = RoomOptions { room_id: Some("!r:x".to_owned()), ..RoomOptions::default() };
    assert_eq!(loaded(&mut Room::new(options), "empty").room_id(), Some("!r:x"));
    loaded(&mut Room::new(RoomOptions::default()), "empty");
}

/// Dendrite stores again what it had rejected, and does not store what it cannot check.
#[test]
fn rooms_under_dendrites_rules_come_back() {
    let mut refused = 0;
    for capture in support::captures() {
        let rules = RuleSet::Dendrite;
        let mut room = Room::new(RoomOptions { rules, numbering: Numbering::Sqlite, ..RoomOptions::default() });
        // Some come late, and what needs them is not stored before.
        let mut steps: Vec<_> = capture.steps().into_iter().enumerate().collect();
        steps.sort_by_key(|(at, _)| if at % 23 == 9 { at + 15 } else { *at });
        for (at, step) in steps {
            let arrival = match &*step.kind {
                "new" => Arrival::Live,
                "old" => Arrival::Backfill,
                _ => Arrival::Outlier,
            };
            let options =
                AddOptions { arrival, order: Order::Given, state_before: step.state_before, ..AddOptions::default() };
            // Some come twice, one after the other or in one input.
            let text = if at % 7 == 3 { format!("{0}\n{0}", step.pdu) } else { step.pdu };
            for _ in 0..=usize::from(at % 5 == 2) {
                match room.add(text.as_bytes(), options.clone()) {
                    Ok(report) => refused += report.problems.len(),
                    // A state that names what was not stored.
                    Err(error) => assert_eq!(error.code(), "unknown-event"),
                }
            }
        }
        loaded(&mut room, &capture.name);
    }
    assert!(refused > 10, "{refused} not stored");
}

/// Nothing of an input that was given up comes back, but what was told of it by then.
#[test]
fn an_input_that_was_given_up_leaves_a_room_that_can_be_saved() {
    let texts = texts("11", &[]);
    let mut room = Room::new(RoomOptions::default());
    add(&mut room, &texts[..2], Arrival::Live);
    let create = room.strings().event_id(room.events().held()[0]).to_owned();
    let mut batch = room.begin(AddOptions { state_before: Some(vec![create]), ..AddOptions::default() }).unwrap();
    room.push(&mut batch, texts[3].as_bytes());
    room.prepare(&mut batch).unwrap();
    assert_eq!(room.save().unwrap_err().code(), "busy");
    room.abort(batch);
    let mut again = loaded(&mut room, "given up");
    add(&mut room, &texts[2..], Arrival::Live);
    add(&mut again, &texts[2..], Arrival::Live);
    assert_eq!(told(&mut room), told(&mut again));
}

#[test]
fn other_bytes_are_refused_with_a_reason() {
    let code = |bytes: &[u8]| Room::load(bytes, 0).unwrap_err().code();
    assert_eq!(code(b""), "not-a-save");
    assert_eq!(code(b"room"), "not-a-save");
    assert_eq!(code(b"{\"type\":\"m.room.create\"}"), "not-a-save");
    let mut room = Room::new(RoomOptions::default());
    add(&mut room, &texts("11", &[]), Arrival::Live);
    let bytes = room.save().unwrap();
    let mut newer = bytes.clone();
    newer[16] += 1;
    assert_eq!(code(&newer), "unknown-save-form");
    let twice: Vec<u8> = bytes.iter().chain(&bytes).copied().collect();
    assert_eq!(code(&twice), "damaged-save");
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(code(&longer), "damaged-save");
    // Cut anywhere, or changed anywhere, it is refused: each byte is under a checksum or is one.
    for length in 0..bytes.len() {
        let code = code(&bytes[..length]);
        assert!(if length < 20 { code == "not-a-save" } else { code == "damaged-save" }, "cut at {length}: {code}");
    }
    for at in 0..bytes.len() {
        for flip in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            assert!(Room::load(&changed, 0).is_err(), "byte {at} changed");
        }
    }
}
