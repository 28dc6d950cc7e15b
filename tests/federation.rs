//! Federation answers: a room joined by a `send_join` answer is the room that its other events make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use roomscope::event::table::{Arrival, Verdict};
use roomscope::room::{AddOptions, Room, RoomOptions};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::rooms::{Move, texts};

/// A room of version 10, its events' texts, and the same taken in whole.
fn whole() -> (Vec<String>, Room) {
    let step = |kind, who, ts| Move { back: vec![0], kind, who, whom: 0, ts };
    let moves = [step(0, 1, 1), step(9, 0, 2), step(11, 1, 3), step(0, 2, 4), step(11, 2, 5), step(9, 0, 1)];
    let texts = texts("10", &moves);
    let mut room = Room::new(RoomOptions::default());
    room.add(texts.join("\n").as_bytes(), AddOptions::default()).unwrap();
    (texts, room)
}

fn pdus(room: &Room, ids: impl IntoIterator<Item = roomscope::nid::EventNid>) -> Vec<Value> {
    ids.into_iter().map(|nid| serde_json::from_str(room.text(nid).unwrap()).unwrap()).collect()
}

#[test]
fn a_send_join_answer_is_taken_in_as_a_joining_server_does() {
    let (texts, whole) = whole();
    // @c:y joins; what follows its join comes as it is sent.
    let join = whole
        .events()
        .held()
        .iter()
        .copied()
        .find(|&nid| whole.event(nid).unwrap().sender == "@c:y")
        .expect("the room has a third member");
    let state: Vec<_> = whole.state_before(join).unwrap().into_iter().map(|entry| entry.1).collect();
    let chain = whole.auth_chain(&state);
    let after = texts.iter().position(|text| Some(text.as_str()) == whole.text(join)).unwrap() + 1;
    for keys in [["auth_chain", "event", "state"], ["state", "event", "auth_chain"], ["event", "auth_chain", "state"]] {
        let parts: Vec<String> = keys
            .iter()
            .map(|&key| {
                let value = match key {
                    "state" => json!(pdus(&whole, state.iter().copied())),
                    "auth_chain" => json!(pdus(&whole, chain.iter().copied())),
                    _ => pdus(&whole, [join]).remove(0),
                };
                format!("\"{key}\":{value}")
            })
            .collect();
        let answer =
            format!("{{\"origin\":\"x\",\"members_omitted\":false,{},\"servers_in_room\":[\"x\"]}}", parts.join(","));
        for chunk in [answer.len(), 100, 7] {
            let mut room = Room::new(RoomOptions::default());
            let mut batch = room.begin(AddOptions::default()).unwrap();
            // A list of events must come first, or the answer is told from an event by its other keys.
            for part in answer.as_bytes().chunks(chunk) {
                room.push(&mut batch, part);
            }
            let report = room.finish(batch).unwrap();
            assert_eq!(report.problems, [], "{keys:?} in chunks of {chunk}");
            let joined = room.find(whole.strings().event_id(join)).unwrap();
            assert_eq!((report.accepted, room.reason(joined)), (1, None), "{keys:?}");
            assert_eq!(room.forward_extremities(), [joined]);
            room.add(texts[after..].join("\n").as_bytes(), AddOptions::default()).unwrap();
            for &nid in room.events().held() {
                let there = whole.find(room.strings().event_id(nid)).unwrap();
                match room.events().arrival(nid) {
                    Arrival::Live => {
                        assert_eq!(room.events().verdict(nid), Verdict::Accepted);
                        assert_eq!(room.state_id(nid), whole.state_id(there));
                    }
                    _ => assert_eq!(room.state_id(nid), None),
                }
            }
            let current: BTreeSet<_> =
                room.forward_extremities().iter().map(|&nid| room.strings().event_id(nid).to_owned()).collect();
            assert_eq!(current.len(), 1);
        }
    }
}

#[test]
fn other_answers_are_their_events() {
    let (_, whole) = whole();
    let all: Vec<_> = whole.events().held().to_vec();
    // A transaction or a backfill answer: the events themselves.
    let mut room = Room::new(RoomOptions::default());
    let answer = json!({"origin": "x", "origin_server_ts": 5, "pdus": pdus(&whole, all.iter().copied()), "edus": []});
    let report = room.add(answer.to_string().as_bytes(), AddOptions::default()).unwrap();
    assert_eq!((report.problems.len(), report.accepted as usize), (0, whole.len()));
    // A state answer: outliers, whichever list comes first; then the event that it was asked for.
    let last = *all.last().unwrap();
    let state: Vec<_> = whole.state_before(last).unwrap().into_iter().map(|entry| entry.1).collect();
    let (pdus_text, chain) =
        (json!(pdus(&whole, state.iter().copied())), json!(pdus(&whole, whole.auth_chain(&state))));
    for answer in [
        format!("{{\"auth_chain\":{chain},\"pdus\":{pdus_text}}}"),
        format!("{{\"pdus\":{pdus_text},\"auth_chain\":{chain}}}"),
    ] {
        let mut room = Room::new(RoomOptions::default());
        let report = room.add(answer.as_bytes(), AddOptions::default()).unwrap();
        assert_eq!((report.problems.len(), report.outliers as usize), (0, room.len()));
        let ids = state.iter().map(|&nid| whole.strings().event_id(nid).to_owned()).collect();
        let options = AddOptions { state_before: Some(ids), ..AddOptions::default() };
        let report = room.add(whole.text(last).unwrap().as_bytes(), options).unwrap();
        assert_eq!((report.problems.len(), report.accepted), (0, 1));
        let here = room.find(whole.strings().event_id(last)).unwrap();
        assert_eq!(room.state_id(here), whole.state_id(last));
    }
}

#[test]
fn a_cut_answer_keeps_what_came_before() {
    let (_, whole) = whole();
    let answer = json!({"auth_chain": pdus(&whole, whole.events().held().iter().copied())}).to_string();
    let mut room = Room::new(RoomOptions::default());
    let report = room.add(&answer.as_bytes()[..answer.len() - 40], AddOptions::default()).unwrap();
    assert_eq!(report.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["bad-json"]);
    assert_eq!(room.len(), whole.len() - 1);
}
