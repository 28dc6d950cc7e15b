//! Reading captured rooms: what real servers stored, and the steps in which they took it in.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod hostile;
pub mod rooms;
pub mod told;

use flate2::read::GzDecoder;
use roomscope::event::table::Arrival;
use roomscope::nid::{EventNid, Slot};
use roomscope::room::{AddOptions, Room, RoomOptions};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// One event as a server stored it.
pub struct StoredEvent {
    pub id: String,
    pub stream: i64,
    pub depth: u64,
    pub outlier: bool,
    pub rejected: bool,
    pub soft_failed: bool,
    /// The PDU as it stands in the capture.
    pub pdu: Value,
}

/// A room as one Synapse server held it; see `tests/captures/README.md`.
pub struct Capture {
    pub name: String,
    pub room_version: String,
    pub room_id: String,
    pub events: Vec<StoredEvent>,
    /// Outliers that became events: at which place of the stream, and which.
    pub ex_outliers: Vec<(i64, String)>,
    pub edges: BTreeSet<(String, String)>,
    pub forward: BTreeSet<String>,
    pub backward: BTreeSet<String>,
    pub groups: BTreeMap<i64, Group>,
    pub event_group: BTreeMap<String, i64>,
    pub auth: BTreeSet<(String, String)>,
    pub current: State,
}

pub type State = BTreeMap<(String, String), String>;

pub struct Group {
    /// The event that it was made for.
    pub event: String,
    pub previous: Option<i64>,
    pub rows: State,
}

/// One event to take in: how it came, and the state before it where that was given.
pub struct Step {
    pub kind: String,
    pub pdu: String,
    pub state_before: Option<Vec<String>>,
}

fn unpack(path: &Path) -> Value {
    serde_json::from_reader(GzDecoder::new(fs::File::open(path).unwrap())).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn pairs(value: &Value) -> BTreeSet<(String, String)> {
    rows(value).iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
}

fn state(value: &Value) -> State {
    rows(value).iter().map(|row| ((text(&row[0]), text(&row[1])), text(&row[2]))).collect()
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

/// All captured rooms, by name.
pub fn captures() -> Vec<Capture> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.sort();
    assert_eq!(paths.len(), 38, "the captures are there");
    paths.iter().map(|path| capture(path)).collect()
}

/// All rooms that a real Dendrite was fed with, by name.
pub fn dendrite_files() -> Vec<(String, Value)> {
    let folder = folder().join("dendrite");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().trim_end_matches(".json.gz").to_owned();
    paths.iter().map(|path| (name(path), unpack(path))).collect()
}

pub fn capture(path: &Path) -> Capture {
    let room = unpack(path);
    Capture {
        name: path.file_name().unwrap().to_str().unwrap().trim_end_matches(".json.gz").to_owned(),
        room_version: text(&room["room_version"]),
        room_id: text(&room["room_id"]),
        events: rows(&room["events"])
            .iter()
            .map(|row| StoredEvent {
                id: text(&row[0]),
                stream: row[1].as_i64().unwrap(),
                depth: row[2].as_u64().unwrap(),
                outlier: row[3].as_bool().unwrap(),
                rejected: !row[4].is_null(),
                soft_failed: row[5].as_bool().unwrap(),
                pdu: row[7].clone(),
            })
            .collect(),
        ex_outliers: rows(&room["ex_outlier"]).iter().map(|row| (row[0].as_i64().unwrap(), text(&row[1]))).collect(),
        edges: pairs(&room["edges"]),
        forward: rows(&room["forward"]).iter().map(text).collect(),
        backward: rows(&room["backward"]).iter().map(text).collect(),
        groups: rows(&room["groups"])
            .iter()
            .map(|row| {
                (
                    row[0].as_i64().unwrap(),
                    Group { event: text(&row[1]), previous: row[2].as_i64(), rows: state(&row[3]) },
                )
            })
            .collect(),
        event_group: rows(&room["event_group"]).iter().map(|row| (text(&row[0]), row[1].as_i64().unwrap())).collect(),
        auth: pairs(&room["auth"]),
        current: state(&room["current"]),
    }
}

impl Capture {
    /// The state that a group unfolds to: the nearest row of each slot along its chain of deltas.
    pub fn unfold(&self, group: i64) -> State {
        let mut state = State::new();
        let mut next = Some(group);
        while let Some(group) = next {
            let group = &self.groups[&group];
            for (slot, event) in &group.rows {
                state.entry(slot.clone()).or_insert_with(|| event.clone());
            }
            next = group.previous;
        }
        state
    }

    /// The steps in which the server took the room in.
    pub fn steps(&self) -> Vec<Step> {
        let path = folder().join("dendrite").join(format!("{}.json.gz", self.name));
        let replay = unpack(&path);
        rows(&replay["steps"])
            .iter()
            .map(|step| Step {
                kind: text(&step["kind"]),
                pdu: step["pdu"].to_string(),
                state_before: step["state_before"].as_array().map(|ids| ids.iter().map(text).collect()),
            })
            .collect()
    }
}

impl Capture {
    /// The steps in which the server took the room in, out of its own tables: the live and the backfilled stream, joined
    /// so that nothing comes before what it stands on and state groups come in the order of their numbers; the state given
    /// where a full group shows that it was.
    pub fn own_steps(&self) -> Vec<Step> {
        let was_outlier = |event: &StoredEvent| event.outlier || self.ex_outliers.iter().any(|(_, id)| *id == event.id);
        let mut places: Vec<(i64, &StoredEvent, bool)> =
            self.events.iter().map(|event| (event.stream, event, was_outlier(event))).collect();
        for (stream, id) in &self.ex_outliers {
            places.push((*stream, self.events.iter().find(|event| event.id == *id).unwrap(), false));
        }
        places.sort_by_key(|place| place.0.abs());
        let mut first_groups: BTreeMap<&str, i64> = BTreeMap::new();
        for (&number, group) in self.groups.iter().rev() {
            first_groups.insert(&group.event, number);
        }
        let streams = [true, false].map(|back| {
            let stream: Vec<_> = places.iter().filter(|place| (place.0 < 0) == back).copied().collect();
            let mut next_group = i64::MAX;
            let mut groups: Vec<i64> = stream
                .iter()
                .rev()
                .map(|(_, event, outlier)| {
                    let own = first_groups.get(&*event.id).filter(|_| !outlier);
                    next_group = own.copied().unwrap_or(i64::MAX).min(next_group);
                    next_group
                })
                .collect();
            groups.reverse();
            (stream, groups)
        });
        let mut held: BTreeSet<String> = BTreeSet::new();
        let mut at = [0, 0];
        let mut steps = Vec::new();
        while at != [streams[0].0.len(), streams[1].0.len()] {
            let waits = |which: usize| match streams[which].0.get(at[which]) {
                None => (true, true, i64::MAX),
                Some((_, _, true)) => (false, false, streams[which].1[at[which]]),
                Some((_, event, false)) => {
                    let needed = self.given(&event.id).unwrap_or_else(|| parents(&event.pdu));
                    (false, needed.iter().any(|id| !held.contains(id)), streams[which].1[at[which]])
                }
            };
            let which = usize::from(waits(1) < waits(0));
            let (_, event, outlier) = streams[which].0[at[which]];
            at[which] += 1;
            held.insert(event.id.clone());
            let kind = match (outlier, which) {
                (true, _) => "outlier",
                (false, 0) => "old",
                (false, _) => "new",
            };
            let state_before = (!outlier).then(|| self.given(&event.id)).flatten();
            steps.push(Step { kind: kind.to_owned(), pdu: event.pdu.to_string(), state_before });
        }
        steps
    }

    /// The state that was given with an event: that of a full group made for it, other than where a chain grew too long.
    /// A server may have begun with an event more than once: the groups are those that it has in the end.
    fn given(&self, id: &str) -> Option<Vec<String>> {
        let own = &self.groups[self.event_group.get(id)?];
        let sets_state = own.event == id && own.rows.values().any(|event| event == id);
        let before = if sets_state { &self.groups[&own.previous?] } else { own };
        // A merge whose result fits on none of its parents is stored in full as well.
        let pdu = &self.events.iter().find(|event| event.id == id)?.pdu;
        let parents: Vec<Option<&i64>> = parents(pdu).iter().map(|parent| self.event_group.get(parent)).collect();
        let merged = parents.iter().all(Option::is_some) && parents.iter().any(|group| *group != parents[0]);
        let full = before.event == id && before.previous.is_none() && !before.rows.is_empty();
        (full && !merged).then(|| before.rows.values().cloned().collect())
    }
}

/// Takes a captured room in as its server did; `change` has a hand in each PDU.
pub fn replay(capture: &Capture, change: impl Fn(String) -> String) -> Room {
    replay_into(Room::new(RoomOptions::default()), capture, change)
}

/// Takes a captured room in likewise into a room that has been opened.
pub fn replay_into(room: Room, capture: &Capture, change: impl Fn(String) -> String) -> Room {
    replay_steps(room, capture, capture.steps(), change)
}

fn parents(pdu: &Value) -> Vec<String> {
    // Versions 1 and 2 name an event by its id and hash.
    rows(&pdu["prev_events"]).iter().map(|parent| text(parent.get(0).unwrap_or(parent))).collect()
}

/// Takes a captured room in by the given steps.
pub fn replay_steps(mut room: Room, capture: &Capture, steps: Vec<Step>, change: impl Fn(String) -> String) -> Room {
    for step in steps {
        let arrival = match &*step.kind {
            "new" => Arrival::Live,
            "old" => Arrival::Backfill,
            _ => Arrival::Outlier,
        };
        let options = AddOptions { arrival, state_before: step.state_before, ..AddOptions::default() };
        let report = room.add(change(step.pdu).as_bytes(), options).unwrap();
        assert_eq!(report.problems, [], "{}", capture.name);
    }
    // A few outliers stand in no step: invites that came before the room, and what a join's answer left over.
    for event in capture.events.iter().filter(|event| room.find(&event.id).is_err()).collect::<Vec<_>>() {
        assert!(event.outlier, "{} in {}", event.id, capture.name);
        let options = AddOptions { arrival: Arrival::Outlier, ..AddOptions::default() };
        let report = room.add(change(event.pdu.to_string()).as_bytes(), options).unwrap();
        assert_eq!(report.problems, [], "{}", capture.name);
    }
    room
}

/// A state by its strings.
pub fn readable(room: &Room, entries: &[(Slot, EventNid)]) -> State {
    entries
        .iter()
        .map(|&(slot, nid)| {
            let (kind, key) = room.slots().pair(slot).unwrap();
            let pair = (room.strings().event_type(kind).to_owned(), room.strings().state_key(key).to_owned());
            (pair, room.strings().event_id(nid).to_owned())
        })
        .collect()
}
