//! A state that is given for an event which has been judged already: the room comes out as if it had come with that state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::table::{Arrival, Verdict};
use roomscope::nid::EventNid;
use roomscope::room::{AddOptions, Order, Room, RoomOptions};
use support::rooms::stories;
use support::told::told;

fn add(room: &mut Room, lines: &[String], options: AddOptions) {
    let options = AddOptions { order: Order::Given, ..options };
    assert_eq!(room.add(lines.join("\n").as_bytes(), options).unwrap().problems, []);
}

fn id(room: &Room, nid: EventNid) -> String {
    room.strings().event_id(nid).to_owned()
}

/// The ids of some of a room's state events, of those with one slot the last.
fn some_state(room: &Room, of: &[EventNid], chosen: &[bool]) -> Vec<String> {
    let state_events = of.iter().filter(|&&nid| room.events().slot(nid).is_some());
    let some = state_events.enumerate().filter(|(place, _)| chosen[place % chosen.len()]);
    some.map(|(_, &nid)| id(room, nid)).collect()
}

/// Rooms that say the same of everything, also when they have been saved and loaded.
fn alike(mut late: Room, mut early: Room) -> Result<(), TestCaseError> {
    let (late_text, early_text) = (told(&mut late), told(&mut early));
    let differs = late_text.lines().zip(early_text.lines()).find(|(late, early)| late != early);
    prop_assert_eq!(differs, None);
    prop_assert!(late_text == early_text);
    let mut loaded = Room::load(&late.save().unwrap(), 3).unwrap();
    prop_assert!(told(&mut loaded) == late_text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn given_later_is_as_given_at_first(
        version in prop::sample::select(vec!["1", "2", "6", "10", "11", "12"]),
        story in stories(40),
        at in any::<prop::sample::Index>(),
        chosen in prop::collection::vec(any::<bool>(), 1..12),
        enforce_auth: bool,
        outliers: bool,
        split in any::<prop::sample::Index>(),
    ) {
        let texts = story.texts(version);
        let at = 1 + at.index(texts.len() - 1);
        let options = RoomOptions { enforce_auth, ..RoomOptions::default() };

        let mut late = Room::new(options.clone());
        let known: Vec<String> = texts[..at].iter().filter(|_| outliers).step_by(3).cloned().collect();
        add(&mut late, &known, AddOptions { arrival: Arrival::Outlier, ..AddOptions::default() });
        // More than one batch, one of them fetched.
        let (first, rest) = texts.split_at(split.index(texts.len()));
        add(&mut late, first, AddOptions::default());
        add(&mut late, rest, AddOptions { arrival: Arrival::Backfill, ..AddOptions::default() });
        prop_assert_eq!(late.len(), texts.len());
        let ids: Vec<EventNid> = {
            let mut probe = Room::new(RoomOptions::default());
            add(&mut probe, &texts, AddOptions::default());
            probe.events().held().iter().map(|&nid| late.find(&id(&probe, nid)).unwrap()).collect()
        };
        let state = some_state(&late, &ids[..at], &chosen);
        let given = AddOptions { state_before: Some(state), ..AddOptions::default() };
        add(&mut late, &texts[at..=at], given.clone());

        let mut early = Room::new(options);
        add(&mut early, &known, AddOptions { arrival: Arrival::Outlier, ..AddOptions::default() });
        let split = first.len();
        for (place, text) in texts.iter().enumerate() {
            let arrival = if place < split { Arrival::Live } else { Arrival::Backfill };
            let options = if place == at { given.clone() } else { AddOptions::default() };
            add(&mut early, std::slice::from_ref(text), AddOptions { arrival, ..options });
        }
        alike(late, early)?;
    }

    /// Also where events of that state came after it: it waits for them.
    #[test]
    fn whatever_state_is_given(
        version in prop::sample::select(vec!["2", "10", "12"]),
        story in stories(40),
        at in any::<prop::sample::Index>(),
        more in any::<prop::sample::Index>(),
        chosen in prop::collection::vec(any::<bool>(), 1..12),
    ) {
        let texts = story.texts(version);
        let mut late = Room::new(RoomOptions::default());
        add(&mut late, &texts, AddOptions::default());
        let ids = late.events().held().to_vec();
        let (at, more) = (1 + at.index(ids.len() - 1), 1 + more.index(ids.len() - 1));
        let state = some_state(&late, &ids, &chosen);
        let other = some_state(&late, &ids[..more], &[true]);
        let (event, another) = (id(&late, ids[at]), id(&late, ids[more]));
        add(&mut late, &texts[more..=more], AddOptions { state_before: Some(other.clone()), ..AddOptions::default() });
        add(&mut late, &texts[at..=at], AddOptions { state_before: Some(state.clone()), ..AddOptions::default() });

        let mut early = Room::new(RoomOptions::default());
        let states_before = vec![(another, other), (event, state.clone())];
        add(&mut early, &texts, AddOptions { states_before, ..AddOptions::default() });

        let mut given: Vec<_> = state.iter().map(|id| late.find(id).unwrap()).collect();
        // Of two events for one slot the last one named stands.
        given.reverse();
        let mut slots = Vec::new();
        given.retain(|&nid| {
            let slot = late.events().slot(nid);
            let is_first = !slots.contains(&slot);
            slots.push(slot);
            is_first
        });
        given.sort_unstable();
        if late.events().verdict(ids[at]) != Verdict::Outlier {
            let mut before: Vec<_> = late.state_before(ids[at]).unwrap().into_iter().map(|entry| entry.1).collect();
            before.sort_unstable();
            prop_assert_eq!(before, given);
        }
        alike(late, early)?;
    }
}

fn state_ids(room: &Room, nid: EventNid) -> Vec<String> {
    room.state_after(nid).unwrap().into_iter().map(|entry| id(room, entry.1)).collect()
}

/// What follows from the state is worked out anew: who may do what, and the tips.
#[test]
fn a_ban_that_was_not_there_lets_its_victim_speak() {
    let event = |id: &str,
                 kind: &str,
                 key: Option<&str>,
                 sender: &str,
                 content: &str,
                 depth: u32,
                 prev: &str,
                 auth: &str| {
        let key = key.map_or(String::new(), |key| format!(r#""state_key":"{key}","#));
        format!(
            r#"{{"event_id":"{id}","type":"{kind}",{key}"sender":"{sender}","room_id":"!r:x","content":{content},"depth":{depth},"origin_server_ts":{depth},"prev_events":[{prev}],"auth_events":[{auth}]}}"#
        )
    };
    let lines = [
        event("$create", "m.room.create", Some(""), "@a:x", r#"{"room_version":"11"}"#, 1, "", ""),
        event(
            "$a",
            "m.room.member",
            Some("@a:x"),
            "@a:x",
            r#"{"membership":"join"}"#,
            2,
            r#""$create""#,
            r#""$create""#,
        ),
        event(
            "$rules",
            "m.room.join_rules",
            Some(""),
            "@a:x",
            r#"{"join_rule":"public"}"#,
            3,
            r#""$a""#,
            r#""$create","$a""#,
        ),
        event(
            "$b",
            "m.room.member",
            Some("@b:x"),
            "@b:x",
            r#"{"membership":"join"}"#,
            4,
            r#""$rules""#,
            r#""$create","$rules""#,
        ),
        event(
            "$ban",
            "m.room.member",
            Some("@b:x"),
            "@a:x",
            r#"{"membership":"ban"}"#,
            5,
            r#""$b""#,
            r#""$create","$a","$b""#,
        ),
        event("$word", "m.room.message", None, "@b:x", r#"{"body":"still here"}"#, 6, r#""$ban""#, r#""$create","$b""#),
        event("$next", "m.room.topic", Some(""), "@a:x", r#"{"topic":"t"}"#, 7, r#""$word""#, r#""$create","$a""#),
    ];
    let mut room = Room::new(RoomOptions::default());
    add(&mut room, &lines, AddOptions::default());
    let [word, next] = ["$word", "$next"].map(|id| room.find(id).unwrap());
    assert_eq!(room.events().verdict(word), Verdict::Rejected);
    assert!(state_ids(&room, next).contains(&"$ban".to_owned()));

    let state = ["$create", "$a", "$rules", "$b"].map(str::to_owned).to_vec();
    let report =
        room.add(lines[5].as_bytes(), AddOptions { state_before: Some(state), ..AddOptions::default() }).unwrap();
    assert_eq!((report.events.len(), report.duplicates), (0, 1));
    assert_eq!((room.events().verdict(word), room.reason(word)), (Verdict::Accepted, None));
    assert!(!state_ids(&room, next).contains(&"$ban".to_owned()));
    assert!(state_ids(&room, next).contains(&"$b".to_owned()));
    assert_eq!(room.forward_extremities(), [next]);
}
