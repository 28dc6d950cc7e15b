//! Rooms that break the rules, taken in event by event: ids, verdicts, states and tips are what Synapse's own code makes of
//! them. `make.py` makes such rooms and says how.
//!
//! A sample lies here; `ROOMSCOPE_SYNAPSE_ROOMS=out.ndjson.gz cargo test --release --test synapse_rules` takes others.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic in a test is its report")]

use flate2::read::GzDecoder;
use roomscope::event::table::Verdict;
use roomscope::nid::EventNid;
use roomscope::room::{AddOptions, Room, RoomOptions};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};

struct Told {
    id: String,
    /// As it comes over the wire: from version 3 on without its id.
    pdu: String,
    verdict: String,
    /// What refused it, or nothing.
    by: String,
    /// The state after it and the room's tips then, as places among the events.
    after: Vec<usize>,
    tips: Vec<usize>,
}

impl Told {
    fn of(event: &Value) -> Self {
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let places = |key: &str| -> Vec<usize> {
            event[key].as_array().unwrap().iter().map(|place| place.as_u64().unwrap() as usize).collect()
        };
        Self {
            id: text("id"),
            pdu: text("pdu"),
            verdict: text("verdict"),
            by: text("by"),
            after: places("after"),
            tips: places("tips"),
        }
    }
}

/// Returns how a reason ends that says what an event was held against.
fn ending(by: &str) -> &'static str {
    match by {
        "own" => ", by its auth events",
        "before" => ", by the state before it",
        "now" => ", by the room's state when it arrived",
        _ => "",
    }
}

/// Takes an event in, and returns what differs.
fn differs(room: &mut Room, told: &Told, places: &mut BTreeMap<EventNid, usize>) -> Option<String> {
    let report = room.add(told.pdu.as_bytes(), AddOptions { verify: true, ..AddOptions::default() }).unwrap();
    if report.events.len() != 1 || !report.problems.is_empty() {
        return Some(format!("problems: {:?}", report.problems));
    }
    let Ok(nid) = room.find(&told.id) else { return Some("its id is another".to_owned()) };
    places.insert(nid, places.len());
    let verdict = match room.events().verdict(nid) {
        Verdict::Accepted => "accepted",
        Verdict::SoftFailed => "soft-failed",
        Verdict::Rejected => "rejected",
        Verdict::Outlier => "outlier",
    };
    let reason = room.reason(nid).unwrap_or_default();
    if verdict != told.verdict || !reason.ends_with(ending(&told.by)) {
        return Some(format!("{verdict}: {reason}"));
    }
    let sorted = |nids: &mut dyn Iterator<Item = EventNid>| {
        let mut sorted: Vec<usize> = nids.map(|nid| places[&nid]).collect();
        sorted.sort_unstable();
        sorted
    };
    let after = sorted(&mut room.state_after(nid).unwrap().iter().map(|entry| entry.1));
    let tips = sorted(&mut room.forward_extremities().into_iter());
    (after != told.after || tips != told.tips)
        .then(|| format!("the state after it is {after:?}, the tips are {tips:?}"))
}

#[test]
fn rooms_that_break_the_rules_are_what_synapse_makes_of_them() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/synapse_rules/rooms.ndjson.gz");
    let path = std::env::var("ROOMSCOPE_SYNAPSE_ROOMS").unwrap_or_else(|_| sample.to_owned());
    let mut differences = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut versions = BTreeSet::new();
    for line in BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines() {
        let told: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let mut room = Room::new(RoomOptions::default());
        let mut places = BTreeMap::new();
        for event in told["events"].as_array().unwrap().iter().map(Told::of) {
            *counts.entry(format!("{} {}", event.verdict, event.by)).or_default() += 1;
            if let Some(difference) = differs(&mut room, &event, &mut places) {
                let Told { id, pdu, verdict, by, after, tips } = event;
                differences.push(format!(
                    "version {}, seed {}, {id}: {verdict} {by}, {after:?} {tips:?}\n  {difference}\n  {pdu}",
                    told["version"], told["seed"]
                ));
                // What comes after it has reason to differ.
                break;
            }
        }
        versions.insert(told["version"].to_string());
    }
    println!("{counts:?}");
    assert!(differences.is_empty(), "{} rooms differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(versions.len(), 12);
    assert!(counts.len() == 4 && counts.values().all(|&count| count >= 5), "{counts:?}");
}
