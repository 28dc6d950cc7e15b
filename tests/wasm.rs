//! The core where it is shipped: 32-bit, with simd128. Run once in Node and once in a browser, since both compile the
//! WebAssembly themselves. The binding around it is tested through the npm package.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]
#![cfg(target_arch = "wasm32")]

use roomscope::event::json::Reader;
use roomscope::room::{AddOptions, AddReport, Order, Room, RoomOptions, TimelineOptions, TimelineOrder};
use wasm_bindgen_test::wasm_bindgen_test;

/// A room of version 11 as a server gave it, in its stream order, without ids.
const NORTH_PIER: &[u8] = include_bytes!("../www/samples/north-pier-v11.ndjson");

fn added(room: &mut Room, bytes: &[u8], order: Order) -> AddReport {
    room.add(bytes, AddOptions { order, ..AddOptions::default() }).unwrap()
}

fn ids(room: &Room, order: TimelineOrder) -> Vec<&str> {
    let timeline = room.timeline(TimelineOptions { order, ..TimelineOptions::default() });
    timeline.into_iter().map(|nid| room.strings().event_id(nid)).collect()
}

/// Every event but the first names its parents by id, so one id that is computed wrongly leaves a gap.
#[wasm_bindgen_test]
fn computed_ids_are_those_that_the_events_name() {
    let mut room = Room::new(RoomOptions::default());
    let report = added(&mut room, NORTH_PIER, Order::Causal);
    assert_eq!(report.problems, []);
    assert_eq!(report.events.len(), NORTH_PIER.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count());
    assert_eq!(room.backward_extremities(), []);
    assert_eq!(room.version().map(|version| version.id), Some("11"));
    let create = room.find("$Q8VjS_HKyXDMyTboucQ_XCnbkc6wZv76HoDbiwtf8m8").unwrap();
    assert_eq!(room.event(create).unwrap().kind, "m.room.create");
}

#[wasm_bindgen_test]
fn content_hashes_are_those_that_the_events_carry() {
    let mut room = Room::new(RoomOptions::default());
    let report = room.add(NORTH_PIER, AddOptions { verify: true, ..AddOptions::default() }).unwrap();
    assert_eq!(report.problems, []);
}

#[wasm_bindgen_test]
fn backwards_is_the_same_graph() {
    let mut forwards = Room::new(RoomOptions::default());
    added(&mut forwards, NORTH_PIER, Order::Causal);
    let mut lines: Vec<&[u8]> = NORTH_PIER.split(|&byte| byte == b'\n').collect();
    lines.reverse();
    let mut backwards = Room::new(RoomOptions::default());
    // The version stands in the create event, which comes last now.
    added(&mut backwards, &lines.join(&b'\n'), Order::Given);

    let sorted = |room: &Room| {
        let mut ids: Vec<String> = ids(room, TimelineOrder::Topological).into_iter().map(str::to_owned).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(sorted(&backwards), sorted(&forwards));
    let tips = |room: &Room| {
        let mut tips: Vec<String> =
            room.forward_extremities().into_iter().map(|nid| room.strings().event_id(nid).to_owned()).collect();
        tips.sort_unstable();
        tips
    };
    assert_eq!(tips(&backwards), tips(&forwards));
    assert!(!tips(&forwards).is_empty());
}

/// The largest numbers that an event may carry are far beyond 32 bits.
#[wasm_bindgen_test]
fn numbers_beyond_32_bits_come_through() {
    let event = r#"{"event_id":"$x","room_id":"!r:h","type":"m.room.create","state_key":"","sender":"@a:h","content":{"room_version":"11"},"depth":9007199254740991,"origin_server_ts":9007199254740991,"prev_events":[],"auth_events":[]}"#;
    let mut room = Room::new(RoomOptions::default());
    assert_eq!(added(&mut room, event.as_bytes(), Order::Causal).problems, []);
    let info = room.event(room.find("$x").unwrap()).unwrap();
    assert_eq!((info.depth, info.origin_server_ts), (9_007_199_254_740_991, 9_007_199_254_740_991));

    let beyond = event.replace("$x", "$y").replace("9007199254740991,\"o", "9007199254740992,\"o");
    let report = added(&mut room, beyond.as_bytes(), Order::Causal);
    assert_eq!(report.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["bad-depth"]);
}

/// Strings are scanned sixteen bytes at a time here and eight elsewhere: every byte that ends the scan, at every place of
/// some blocks, with anything that nearly is one before it.
#[wasm_bindgen_test]
fn strings_end_where_they_end() {
    for plain in ['a', ' ', '!', '#', '[', ']', '\u{7f}', 'é', '𐍈'] {
        for count in 0..40 {
            let before = plain.to_string().repeat(count);
            for behind in ["", "x", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""] {
                let text = format!("\"{before}\"{behind}");
                assert_eq!(Reader::new(&text).string().unwrap().decode(), before);
                let text = format!("\"{before}\\n{before}\"{behind}");
                assert_eq!(Reader::new(&text).string().unwrap().decode(), format!("{before}\n{before}"));
                for control in ['\0', '\n', '\u{1f}'] {
                    let text = format!("\"{before}{control}\"{behind}");
                    assert_eq!(Reader::new(&text).string().unwrap_err().at, before.len() + 1);
                }
            }
        }
    }
}
