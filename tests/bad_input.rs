//! Bad input: each fault is a problem with a stable code and its place, and costs nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

use roomscope::room::{AddOptions, AddReport, MOST_PROBLEMS, Order, Room, RoomError, RoomOptions};

const CREATE: &str = r#"{"event_id":"$c","type":"m.room.create","state_key":"","sender":"@a:x","room_id":"!r:x","content":{"room_version":"10","creator":"@a:x"},"origin_server_ts":1,"depth":1,"prev_events":[],"auth_events":[]}"#;
const JOIN: &str = r#"{"event_id":"$j","type":"m.room.member","state_key":"@a:x","sender":"@a:x","room_id":"!r:x","content":{"membership":"join"},"origin_server_ts":2,"depth":2,"prev_events":["$c"],"auth_events":["$c"]}"#;

/// A message of the room with some fields replaced.
fn message(id: &str, change: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("event_id", format!("\"{id}\"")),
        ("type", "\"m.room.message\"".to_owned()),
        ("sender", "\"@a:x\"".to_owned()),
        ("room_id", "\"!r:x\"".to_owned()),
        ("content", r#"{"body":"x"}"#.to_owned()),
        ("origin_server_ts", "3".to_owned()),
        ("depth", "3".to_owned()),
        ("prev_events", r#"["$j"]"#.to_owned()),
        ("auth_events", r#"["$c","$j"]"#.to_owned()),
    ];
    for &(key, value) in change {
        fields.retain(|field| field.0 != key);
        if !value.is_empty() {
            fields.push((key, value.to_owned()));
        }
    }
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn add(lines: &[&str]) -> (Room, AddReport) {
    let mut room = Room::new(RoomOptions::default());
    let report = room.add(lines.join("\n").as_bytes(), AddOptions::default()).unwrap();
    (room, report)
}

fn codes(report: &AddReport) -> Vec<(u32, &'static str)> {
    report.problems.iter().map(|problem| (problem.at, problem.code)).collect()
}

#[test]
fn one_bad_line_among_good_ones_is_one_problem() {
    let parents =
        |count: usize| format!("[{}]", (0..count).map(|n| format!("\"$p{n}\"")).collect::<Vec<_>>().join(","));
    let (many, large) = (parents(21), format!(r#"{{"body":"{}"}}"#, "x".repeat(70_000)));
    let huge = format!(r#"{{"body":"{}"}}"#, "x".repeat(3_000_000));
    let good = message("$m", &[]);
    for (bad, code) in [
        (good[..good.len() - 20].to_owned(), "bad-json"),
        ("not json".to_owned(), "bad-json"),
        ("[1,2]".to_owned(), "not-an-event"),
        ("17".to_owned(), "not-an-event"),
        ("{}".to_owned(), "missing-field"),
        ("{\"a\":".repeat(100_000), "too-deep"),
        (message("$b", &[("depth", "-1")]), "bad-depth"),
        (message("$b", &[("depth", "1152921504606846976")]), "bad-depth"),
        (message("$b", &[("depth", "\"3\"")]), "bad-depth"),
        (message("$b", &[("sender", "7")]), "bad-field"),
        (message("$b", &[("content", "[]")]), "bad-field"),
        (message("$b", &[("prev_events", "{}")]), "bad-field"),
        (message("$b", &[("prev_events", "")]), "missing-field"),
        (message("$b", &[("type", "")]), "missing-field"),
        (message("$b", &[("prev_events", r#"["$b"]"#)]), "cycle"),
        (message("$b", &[("auth_events", r#"["$c","$b"]"#)]), "cycle"),
        (message("$b", &[("prev_events", &many)]), "too-many-prev-events"),
        (message("$b", &[("content", &large)]), "too-large"),
        (message("$b", &[("content", &huge)]), "too-large"),
        (message("$b", &[("room_id", "\"!other:x\"")]), "wrong-room"),
        (CREATE.replace("\"$c\"", "\"$c2\""), "second-create"),
    ] {
        let (room, report) = add(&[CREATE, &bad, JOIN, &good]);
        assert_eq!(codes(&report), [(2, code)], "{}", &bad[..bad.len().min(120)]);
        assert_eq!((report.events.len(), report.accepted), (3, 3));
        assert_eq!(room.len(), 3);
        // And as an element of an array.
        let mut room = Room::new(RoomOptions::default());
        let array = format!("[{CREATE},{bad},{JOIN},{good}]");
        let report = room.add(array.as_bytes(), AddOptions::default()).unwrap();
        if code != "bad-json" && code != "too-deep" {
            assert_eq!((codes(&report), room.len()), (vec![(2, code)], 3), "{}", &bad[..bad.len().min(120)]);
        } else {
            // Where a broken element ends can be in doubt; what came before it is there.
            assert!(codes(&report).contains(&(2, code)), "{:?}", codes(&report));
            assert!(!room.is_empty());
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    let mut bytes = format!("{CREATE}\n").into_bytes();
    bytes.extend_from_slice(b"{\"type\":\"\xff\"}\n");
    bytes.extend_from_slice(JOIN.as_bytes());
    let mut room = Room::new(RoomOptions::default());
    let report = room.add(&bytes, AddOptions::default()).unwrap();
    assert_eq!((codes(&report), room.len()), (vec![(2, "bad-utf8")], 2));
    for nothing in ["", "\n\n", "[]", "\u{feff}"] {
        let report = Room::new(RoomOptions::default()).add(nothing.as_bytes(), AddOptions::default()).unwrap();
        assert_eq!(report, AddReport::default(), "{nothing:?}");
    }
}

#[test]
fn cycles_are_refused_and_what_follows_them_waits() {
    let a = message("$x", &[("prev_events", r#"["$z"]"#)]);
    let b = message("$y", &[("prev_events", r#"["$x"]"#)]);
    let c = message("$z", &[("prev_events", r#"["$y"]"#)]);
    let after = message("$after", &[("prev_events", r#"["$z"]"#)]);
    let (room, report) = add(&[CREATE, JOIN, &a, &b, &c, &after]);
    assert_eq!(codes(&report), [(3, "cycle"), (4, "cycle"), (5, "cycle")]);
    assert_eq!((room.len(), report.outliers), (3, 1));
    let waiting = room.find("$after").unwrap();
    assert_eq!(room.reason(waiting).unwrap(), "its parent $z is not held");
    // A cycle that closes in a later call is no different: nothing hangs, and the event that closes it is refused.
    let mut room = Room::new(RoomOptions::default());
    let report = room.add([CREATE, JOIN, &a, &b].join("\n").as_bytes(), AddOptions::default()).unwrap();
    assert_eq!((codes(&report), report.outliers), (vec![], 2));
    let report = room.add(c.as_bytes(), AddOptions { order: Order::Given, ..AddOptions::default() }).unwrap();
    assert_eq!((codes(&report), room.len()), (vec![(1, "cycle")], 4));
}

#[test]
fn a_parent_named_twice_counts_once() {
    let twice = message("$m", &[("prev_events", r#"["$j","$j"]"#)]);
    let (room, report) = add(&[CREATE, JOIN, &twice]);
    assert_eq!((codes(&report), report.accepted), (vec![], 3));
    let nid = room.find("$m").unwrap();
    assert_eq!(room.events().prev_events(nid).len(), 1);
}

#[test]
fn an_auth_event_named_twice_is_refused_as_servers_do() {
    let twice = message("$m", &[("auth_events", r#"["$c","$j","$j"]"#)]);
    let (_, report) = add(&[CREATE, JOIN, &twice]);
    assert_eq!((codes(&report), report.rejected), (vec![], 1));
}

#[test]
fn the_version_is_found_wherever_the_create_event_stands() {
    let (room, report) = add(&[&message("$m", &[]), JOIN, CREATE]);
    assert_eq!((codes(&report), report.accepted), (vec![], 3));
    assert_eq!(room.version().unwrap().id, "10");
    let without_id = message("$m", &[("event_id", "")]);
    let (_, report) = add(&[&without_id]);
    assert_eq!(codes(&report), [(1, "no-room-version")]);
    let unknown = CREATE.replace("\"10\"", "\"org.example.99\"");
    let (_, report) = add(&[&unknown]);
    assert_eq!(codes(&report), [(1, "unknown-room-version")]);
}

#[test]
fn verification_reports_and_takes_in() {
    let tampered = JOIN.replace("\"auth_events\"", "\"hashes\":{\"sha256\":\"AAAA\"},\"auth_events\"");
    let mut room = Room::new(RoomOptions::default());
    let options = AddOptions { verify: true, ..AddOptions::default() };
    let report = room.add(format!("{CREATE}\n{tampered}").as_bytes(), options).unwrap();
    assert_eq!(codes(&report), [(1, "id-mismatch"), (2, "hash-mismatch"), (2, "id-mismatch")]);
    assert_eq!(report.accepted, 2);
}

#[test]
fn a_call_that_fails_leaves_the_room_as_it_was() {
    let (mut room, _) = add(&[CREATE, JOIN]);
    let before = (room.len(), room.strings().events(), room.memory_bytes().1);
    let options = AddOptions { state_before: Some(vec!["$nowhere".to_owned()]), ..AddOptions::default() };
    let error = room.add(message("$m", &[]).as_bytes(), options).unwrap_err();
    assert_eq!(error, RoomError::UnknownEvent("$nowhere".to_owned()));
    assert_eq!((room.len(), room.strings().events()), (before.0, before.1));
    assert!(room.find("$m").is_err());
    let report = room.add(message("$m", &[]).as_bytes(), AddOptions::default()).unwrap();
    assert_eq!((report.accepted, codes(&report)), (1, vec![]));
    let batch = room.begin(AddOptions::default()).unwrap();
    assert_eq!(room.add(b"", AddOptions::default()).unwrap_err(), RoomError::Busy);
    room.abort(batch);
    assert!(room.add(b"", AddOptions::default()).is_ok());
}

#[test]
fn events_of_two_rooms_that_take_turns_are_told_apart() {
    let other = |id: usize| message(&format!("$o{id}"), &[("room_id", "\"!other:x\"")]);
    let ours = |id: usize| message(&format!("$m{id}"), &[]);
    let lines: Vec<String> = (0..2_000).flat_map(|id| [other(id), ours(id)]).collect();
    let mut all = vec![CREATE, JOIN];
    all.extend(lines.iter().map(String::as_str));
    let (room, report) = add(&all);
    let expected: Vec<(u32, &str)> = (0..2_000).map(|id| (3 + 2 * id, "wrong-room")).collect();
    assert_eq!(codes(&report), expected);
    assert_eq!((room.len(), report.accepted), (2_002, 2_002));
}

#[test]
fn a_first_call_that_fails_names_no_room() {
    let mut room = Room::new(RoomOptions::default());
    let options = AddOptions { state_before: Some(vec!["$nowhere".to_owned()]), ..AddOptions::default() };
    room.add(CREATE.as_bytes(), options).unwrap_err();
    assert_eq!((room.room_id(), room.version(), room.len()), (None, None, 0));
    let other = CREATE.replace("!r:x", "!other:x");
    assert_eq!(room.add(other.as_bytes(), AddOptions::default()).unwrap().accepted, 1);
    assert_eq!(room.room_id(), Some("!other:x"));
}

/// What is read in pieces that the room may keep gives what the same bytes give at once, texts and problems included:
/// with events cut at the ends of pieces, faults, and events of which nothing is kept in between.
#[test]
fn pieces_of_input_that_are_kept_change_nothing() {
    let body = format!(r#"{{"body":"é{}"}}"#, "x".repeat(700));
    let mut lines = vec![CREATE.to_owned(), JOIN.to_owned()];
    for number in 0..1_000 {
        let id = format!("$m{number}");
        lines.push(match number % 97 {
            0 => "not json".to_owned(),
            1 => message(&id, &[("room_id", "\"!other:x\""), ("content", &body)]),
            2 => message("$m0", &[("content", &body)]),
            _ => message(&id, &[("content", &body)]),
        });
    }
    let bytes = lines.join("\n").into_bytes();
    let whole = {
        let mut room = Room::new(RoomOptions::default());
        let report = room.add(&bytes, AddOptions::default()).unwrap();
        (room, report)
    };
    for size in [bytes.len(), 300_000, 100_001, 70_000, 5_000] {
        let mut room = Room::new(RoomOptions::default());
        let mut batch = room.begin(AddOptions::default()).unwrap();
        for piece in bytes.chunks(size) {
            room.push_owned(&mut batch, piece.to_vec());
        }
        let report = room.finish(batch).unwrap();
        assert_eq!(report, whole.1, "{size}");
        for &nid in whole.0.events().held() {
            let here = room.find(whole.0.strings().event_id(nid)).unwrap();
            assert_eq!(room.text(here), whole.0.text(nid), "{size}");
        }
        // The whole is kept as it came, or copied, and never twice.
        let (model, total) = room.memory_bytes();
        assert!(total - model < bytes.len() * 5 / 4 + (2 << 20), "{size}: {}", total - model);
    }
    let mut room = Room::new(RoomOptions::default());
    let mut batch = room.begin(AddOptions::default()).unwrap();
    room.push_owned(&mut batch, bytes);
    room.abort(batch);
    assert!(room.is_empty() && room.find("$c").is_err());
}

/// A file of another kind has a problem a line: they are counted, and what can be read is.
#[test]
fn a_file_of_something_else_does_not_fill_the_memory() {
    let lines = [CREATE, JOIN].into_iter().chain(core::iter::repeat_n("x", MOST_PROBLEMS + 500)).collect::<Vec<_>>();
    let (room, report) = add(&lines);
    assert_eq!((room.len(), report.accepted), (2, 2));
    assert_eq!((report.problems.len(), report.more_problems), (MOST_PROBLEMS, 500));
    assert_eq!(report.problems.last().map(|problem| problem.at as usize), Some(MOST_PROBLEMS + 2));
}

/// Columns grow, and what has been read is let go of, a few thousand events at a time: nobody can tell. Nor can they when
/// another room's events among these are dropped, some come twice, some wait for others, or an input is given up half-way.
#[test]
fn a_long_input_is_taken_in_as_many_short_ones_are() {
    const EVENTS: usize = 9_500;
    let event = |number: usize| {
        let parent = |back: usize| number.checked_sub(back).map_or("$j".to_owned(), |parent| format!("$m{parent}"));
        let parents = if number % 7 == 3 { vec![parent(1), parent(3)] } else { vec![parent(1 + number % 2)] };
        let parents: Vec<String> = parents.iter().map(|parent| format!("\"{parent}\"")).collect();
        let profile = number.is_multiple_of(50);
        let name = format!(r#"{{"membership":"join","displayname":"{number}"}}"#);
        let mut change = vec![("prev_events", format!("[{}]", parents.join(","))), ("depth", (number + 3).to_string())];
        if profile {
            change.extend([("type", "\"m.room.member\"".to_owned()), ("content", name)]);
            change.push(("state_key", "\"@a:x\"".to_owned()));
        }
        let change: Vec<(&str, &str)> = change.iter().map(|(key, value)| (*key, value.as_str())).collect();
        message(&format!("$m{number}"), &change)
    };
    let mut lines = vec![CREATE.to_owned(), JOIN.to_owned()];
    lines.extend((0..EVENTS).map(event));
    let own = lines.len();
    let expected = {
        let mut room = Room::new(RoomOptions::default());
        for part in lines.chunks(300) {
            assert_eq!(codes(&room.add(part.join("\n").as_bytes(), AddOptions::default()).unwrap()), []);
        }
        room
    };
    let states = |room: &Room| {
        let held = room.events().held();
        let of = |&nid| (room.strings().event_id(nid).to_owned(), room.state_id(nid), room.events().verdict(nid));
        held.iter().map(of).collect::<Vec<_>>()
    };
    let expected_states = states(&expected);

    let (room, report) = add(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((report.events.len(), report.accepted as usize, room.len()), (own, own, own));
    assert_eq!(states(&room), expected_states);
    assert_eq!(room.strings().events(), room.events().ids());

    // Events of another room, and some twice.
    let mut mixed = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        mixed.push(line.clone());
        if number % 3 == 0 {
            mixed.push(message(&format!("$other{number}"), &[("room_id", "\"!other:x\"")]));
        }
        if number % 100 == 99 {
            mixed.push(lines[number - 50].clone());
        }
    }
    let (room, report) = add(&mixed.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((report.events.len(), report.duplicates as usize), (own, own / 100));
    assert_eq!(states(&room), expected_states);

    // Step by step, with questions in between; given up, and once more.
    let mut room = Room::new(RoomOptions::default());
    let mut batch = room.begin(AddOptions::default()).unwrap();
    room.push(&mut batch, lines.join("\n").as_bytes());
    room.prepare(&mut batch).unwrap();
    for step in 1..=5 {
        assert!(room.advance(&mut batch, 1_000).unwrap());
        assert_eq!(room.len(), step * 1_000);
        let last = *room.events().held().last().unwrap();
        assert!(room.explain(last).is_ok());
        assert!(!room.forward_extremities().is_empty());
        let ahead = room.find("$m9000");
        assert!(ahead.is_err(), "{ahead:?} has not been taken in");
    }
    room.abort(batch);
    assert_eq!(room.strings().events(), room.events().ids());
    assert_eq!(states(&room), expected_states[..5_000]);
    let report = room.add(lines.join("\n").as_bytes(), AddOptions::default()).unwrap();
    assert_eq!((report.events.len(), report.duplicates), (own - 5_000, 5_000));
    assert_eq!(states(&room), expected_states);
}
