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
    /// The state before it, if a parent of it is missing.
    given: Option<Vec<usize>>,
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
        Self {
            id: text("id"),
            pdu: text("pdu"),
            given: places(&event["given"]),
            verdict: text("verdict"),
            by: text("by"),
            after: places(&event["after"]).unwrap(),
            tips: places(&event["tips"]).unwrap(),
        }
    }
}

/// Returns a list of places, unless it is null.
fn places(list: &Value) -> Option<Vec<usize>> {
    Some(list.as_array()?.iter().map(|place| place.as_u64().unwrap() as usize).collect())
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

/// A room and the places of the events that it has taken in.
struct World {
    room: Room,
    events: Vec<EventNid>,
}

impl World {
    /// Returns the places of events, in order.
    fn places(&self, events: impl IntoIterator<Item = EventNid>) -> Vec<usize> {
        let place = |nid: EventNid| self.events.iter().position(|&event| event == nid).unwrap();
        let mut places: Vec<usize> = events.into_iter().map(place).collect();
        places.sort_unstable();
        places
    }

    /// Takes an event in, and returns what differs.
    fn add(&mut self, told: &Told) -> Option<String> {
        let id = |&place: &usize| self.room.strings().event_id(self.events[place]).to_owned();
        let state_before = told.given.as_ref().map(|state| state.iter().map(id).collect());
        let options = AddOptions { verify: true, state_before, ..AddOptions::default() };
        let report = self.room.add(told.pdu.as_bytes(), options).unwrap();
        if report.events.len() != 1 || !report.problems.is_empty() {
            return Some(format!("problems: {:?}", report.problems));
        }
        let Ok(nid) = self.room.find(&told.id) else { return Some("its id is another".to_owned()) };
        self.events.push(nid);
        let verdict = match self.room.events().verdict(nid) {
            Verdict::Accepted => "accepted",
            Verdict::SoftFailed => "soft-failed",
            Verdict::Rejected => "rejected",
            Verdict::Outlier => "outlier",
        };
        let reason = self.room.reason(nid).unwrap_or_default();
        if verdict != told.verdict || !reason.ends_with(ending(&told.by)) {
            return Some(format!("{verdict}: {reason}"));
        }
        let after = self.places(self.room.state_after(nid).unwrap().into_iter().map(|entry| entry.1));
        let tips = self.places(self.room.forward_extremities());
        (after != told.after || tips != told.tips)
            .then(|| format!("the state after it is {after:?}, the tips are {tips:?}"))
    }

    /// Returns how the room's state differs from what it should be, if that is known.
    fn current_differs(&mut self, told: Option<Vec<usize>>) -> Option<String> {
        let current = self.room.current_state().unwrap();
        let current = self.places(current.into_iter().map(|entry| entry.1));
        told.filter(|told| *told != current).map(|told| format!("the room's state is {current:?}, not {told:?}"))
    }
}

#[test]
fn rooms_that_break_the_rules_are_what_synapse_makes_of_them() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/synapse_rules/rooms.ndjson.gz");
    let path = std::env::var("ROOMSCOPE_SYNAPSE_ROOMS").unwrap_or_else(|_| sample.to_owned());
    let mut differences = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut versions = BTreeSet::new();
    let mut gaps = 0;
    for line in BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines() {
        let told: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let mut world = World { room: Room::new(RoomOptions::default()), events: Vec::new() };
        let difference = told["events"].as_array().unwrap().iter().map(Told::of).find_map(|event| {
            *counts.entry(format!("{} {}", event.verdict, event.by)).or_default() += 1;
            gaps += usize::from(event.given.is_some());
            let difference = world.add(&event)?;
            let Told { id, pdu, verdict, by, after, tips, .. } = event;
            Some(format!("{id}: {verdict} {by}, {after:?} {tips:?}\n  {difference}\n  {pdu}"))
        });
        let difference = difference.or_else(|| world.current_differs(places(&told["current"])));
        differences.extend(difference.map(|it| format!("version {}, seed {}, {it}", told["version"], told["seed"])));
        versions.insert(told["version"].to_string());
    }
    println!("{counts:?}, {gaps} gaps");
    assert!(differences.is_empty(), "{} rooms differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(versions.len(), 12);
    assert!(counts.len() == 4 && counts.values().all(|&count| count >= 5) && gaps > 50, "{counts:?}, {gaps} gaps");
}
