//! Rooms as real servers held them: every event that the server accepted passes the rules, and the others fail.
//!
//! Checked against each event's own auth events, and against the state before it where the server stored that state for
//! its only parent. `ROOMSCOPE_CAPTURES` names a folder with more rooms than the few that lie here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]
#![cfg(not(target_arch = "wasm32"))]

use flate2::read::GzDecoder;
use roomscope::event::table::{Arrival, EventRow, EventTable, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slots, Strings};
use roomscope::state::auth::{Refusal, Rules};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;

type State = HashMap<(EventTypeNid, EventStateKeyNid), EventNid>;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// An event as the capture has it: id, stream ordering, depth, whether it is an outlier, why it was rejected, whether it
/// was soft-failed, when it was received, and itself.
struct Row<'a>(&'a Value);

impl Row<'_> {
    fn id(&self) -> &str {
        text(&self.0[0])
    }

    fn is_rejected(&self) -> bool {
        !self.0[4].is_null()
    }

    fn pdu(&self) -> &Value {
        &self.0[7]
    }
}

/// Returns the rows of the events that the capture holds.
fn rows(capture: &Value) -> impl Iterator<Item = Row<'_>> {
    list(&capture["events"]).iter().map(Row)
}

struct World {
    table: EventTable,
    strings: Strings,
    create: Option<EventNid>,
    states: HashMap<EventNid, State>,
}

impl World {
    fn new(capture: &Value) -> Self {
        let (mut table, mut strings, mut slots) = (EventTable::default(), Strings::new(5), Slots::default());
        let mut create = None;
        for row in rows(capture) {
            let pdu = row.pdu();
            let nid = strings.intern_event(row.id()).unwrap();
            // Versions 1 and 2 name an event with its hashes, later ones without.
            let mut ids = |key: &str| -> Vec<EventNid> {
                let id = |named: &Value| text(if named.is_array() { &named[0] } else { named }).to_owned();
                list(&pdu[key]).iter().map(|named| strings.intern_event(&id(named)).unwrap()).collect()
            };
            let (prev, auth) = (ids("prev_events"), ids("auth_events"));
            let kind = strings.intern_type(text(&pdu["type"])).unwrap();
            let state_key = pdu["state_key"].as_str().map(|key| strings.intern_state_key(key).unwrap());
            let sender = strings.intern_state_key(text(&pdu["sender"])).unwrap();
            let slot = state_key.map(|key| slots.intern(kind, key));
            table.grow(strings.events());
            let event = EventRow { kind, state_key, slot, sender, depth: 1, origin_server_ts: 1 };
            table.hold(nid, event, Arrival::Live, &prev, &auth);
            if row.is_rejected() {
                table.set_verdict(nid, Verdict::Rejected);
            }
            let (content, redacts) = (pdu["content"].to_string(), pdu["redacts"].as_str());
            table.facts_mut().read(nid, kind, state_key, &content, redacts, &mut strings).unwrap();
            if kind == EventTypeNid::CREATE {
                create = Some(nid);
            }
        }
        let mut world = Self { table, strings, create, states: HashMap::new() };
        world.unfold(capture);
        world
    }

    /// Makes the state of each group from its rows and the group's that it adds to, which always has a lesser number.
    fn unfold(&mut self, capture: &Value) {
        let mut groups: Vec<&Value> = list(&capture["groups"]).iter().collect();
        groups.sort_by_key(|group| group[0].as_u64());
        let mut states: HashMap<Option<u64>, State> = HashMap::from([(None, State::new())]);
        for group in groups {
            let mut state = states[&group[2].as_u64()].clone();
            for row in list(&group[3]) {
                let kind = self.strings.intern_type(text(&row[0])).unwrap();
                let key = self.strings.intern_state_key(text(&row[1])).unwrap();
                // A group is made before its event is checked: some are of events that were then refused and not kept.
                let event = self.strings.intern_event(text(&row[2])).unwrap();
                state.insert((kind, key), event);
            }
            states.insert(group[0].as_u64(), state);
        }
        for pair in list(&capture["event_group"]) {
            let event = self.strings.intern_event(text(&pair[0])).unwrap();
            self.states.insert(event, states[&pair[1].as_u64()].clone());
        }
    }
}

fn captures() -> Vec<PathBuf> {
    let folder = std::env::var_os("ROOMSCOPE_CAPTURES")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures")), PathBuf::from);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".json.gz"));
    paths.sort();
    assert!(!paths.is_empty(), "no captured rooms in {}", folder.display());
    paths
}

#[test]
fn captured_events_pass_where_the_server_let_them() {
    let (mut by_auth_events, mut by_state) = (0, 0);
    for path in captures() {
        let capture: Value = serde_json::from_reader(GzDecoder::new(File::open(&path).unwrap())).unwrap();
        let version = RoomVersion::find(text(&capture["room_version"])).unwrap();
        let world = World::new(&capture);
        let table = &world.table;
        let rules = Rules::new(table, &world.strings, version, world.create, Some(text(&capture["room_id"])));
        for row in rows(&capture) {
            let id = row.id();
            let event = world.strings.find_event(id).unwrap();
            let check = |outcome: Result<(), Refusal>, what: &str| {
                let reason = outcome.map_err(|refusal| refusal.describe(event, table, &world.strings));
                assert_eq!(reason.is_ok(), !row.is_rejected(), "{}: {id} against {what}: {reason:?}", path.display());
            };
            let named = |kind, key| {
                let mut auth = table.auth_events(event).iter().copied();
                auth.rfind(|&auth| table.kind(auth) == Some(kind) && table.state_key(auth) == Some(key))
            };
            let first = rules.size_limits(event).and_then(|()| rules.state_independent(event));
            check(first.and_then(|()| rules.state_dependent(event, named)), "its auth events");
            by_auth_events += 1;
            let &[parent] = table.prev_events(event) else { continue };
            let Some(state) = world.states.get(&parent) else { continue };
            if table.verdict(parent) != Verdict::Rejected {
                check(
                    rules.state_dependent(event, |kind, key| state.get(&(kind, key)).copied()),
                    "the state before it",
                );
                by_state += 1;
            }
        }
    }
    println!("{by_auth_events} events against their auth events, {by_state} against the state before them");
    assert!(by_auth_events > 100 && by_state > 50);
}
