//! Questions about state, for JavaScript.

use super::objects::state_id;
use super::{RawRoom, Result, joined, throw, to_js};
use crate::nid::{EventNid, Slot};
use crate::room::{ChangeCause, Explanation, Room, StateDiff};
use crate::state::resolution::{Outcome, SortKeys};
use js_sys::{Array, Uint32Array};
use serde::Serialize;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl RawRoom {
    /// The state before an event as `[strings, ends]`, three strings an entry: type, state key, event id.
    #[wasm_bindgen(js_name = stateBefore)]
    pub fn state_before(&self, id: &str) -> Option<Array> {
        Some(entries(&self.room, &self.room.state_before(self.room.find(id).ok()?)?))
    }

    /// The state after an event, likewise.
    #[wasm_bindgen(js_name = stateAfter)]
    pub fn state_after(&self, id: &str) -> Option<Array> {
        Some(entries(&self.room, &self.room.state_after(self.room.find(id).ok()?)?))
    }

    /// The current state, likewise.
    #[wasm_bindgen(js_name = currentState)]
    pub fn current_state(&mut self) -> Result<Array> {
        let state = self.room.current_state().map_err(|error| throw(&error))?;
        Ok(entries(&self.room, &state))
    }

    /// The state after `b` against the state after `a`, as [`diff_lists`].
    #[wasm_bindgen(js_name = stateDiff)]
    pub fn state_diff(&self, a: Option<String>, b: Option<String>) -> Result<Array> {
        let find = |id: Option<String>| id.map(|id| self.room.find(&id)).transpose();
        let diff =
            find(a).and_then(|a| find(b).and_then(|b| self.room.state_diff(a, b))).map_err(|error| throw(&error))?;
        Ok(diff_lists(&self.room, &self.room, &diff))
    }

    /// Every change of one slot's value.
    #[wasm_bindgen(js_name = stateHistory)]
    pub fn state_history(&self, kind: &str, key: &str) -> Result<JsValue> {
        let strings = self.room.strings();
        let changes = self.slot(kind, key).map(|slot| self.room.state_history(slot)).unwrap_or_default();
        let objects: Vec<HistoryObject<'_>> = changes
            .into_iter()
            .map(|change| HistoryObject {
                event_id: strings.event_id(change.event),
                value: change.value.map(|nid| strings.event_id(nid)),
                cause: match change.cause {
                    ChangeCause::Set => "set",
                    ChangeCause::Resolved => "resolved",
                    ChangeCause::Reset => "reset",
                },
            })
            .collect();
        to_js(&objects)
    }

    /// The value of one slot after every event, as `[places, ids, ends]`.
    #[wasm_bindgen(js_name = slotValues)]
    pub fn slot_values(&self, kind: &str, key: &str) -> Array {
        let answer = self.room.slot_values(self.slot(kind, key));
        let list = self.ids(&answer.events);
        list.unshift(&Uint32Array::from(&*answer.values));
        list
    }

    /// What the merges among some rows did, three numbers each: the row, slots in conflict, slots reset.
    pub fn merges(&self, offset: usize, limit: usize) -> Result<Vec<u32>> {
        let merges = self.room.merges(offset, limit).map_err(|error| throw(&error))?;
        Ok(merges.iter().flat_map(|merge| [merge.row, merge.conflicted, merge.resets]).collect())
    }

    fn slot(&self, kind: &str, key: &str) -> Option<Slot> {
        let strings = self.room.strings();
        self.room.slots().find(strings.find_type(kind)?, strings.find_state_key(key)?)
    }

    /// How the state before an event came about, as `[account, strings, ends]`.
    pub fn explain(&mut self, id: &str) -> Result<Array> {
        let nid = self.room.find(id).map_err(|error| throw(&error))?;
        let explanation = self.room.explain(nid).map_err(|error| throw(&error))?;
        self.resolution(&explanation)
    }

    /// The merge that an event with these parents would make, likewise.
    pub fn resolve(&mut self, ids: Vec<String>) -> Result<Array> {
        let parents = self.find_all(&ids)?;
        let explanation = self.room.explain_parents(&parents).map_err(|error| throw(&error))?;
        self.resolution(&explanation)
    }

    fn resolution(&self, explanation: &Explanation) -> Result<Array> {
        let room = &self.room;
        let id = |nid: EventNid| room.strings().event_id(nid);
        let account = &explanation.account;
        let resolved = account.algorithm.is_some();
        let object = ResolutionObject {
            algorithm: account.algorithm_name(),
            parents: explanation
                .parents
                .iter()
                .map(|parent| ParentObject {
                    event_ids: parent.events.iter().map(|&nid| id(nid)).collect(),
                    state_id: state_id(parent.state_id),
                })
                .collect(),
            unconflicted: if resolved { account.unconflicted } else { explanation.result.len() as u32 },
            conflicted: account
                .conflicts
                .iter()
                .map(|conflict| {
                    let (kind, state_key) = pair(room, conflict.slot);
                    ConflictObject {
                        kind,
                        state_key,
                        candidates: conflict.candidates.iter().map(|&nid| id(nid)).collect(),
                        winner: conflict.winner.map(id),
                        reset: explanation.resets.binary_search(&conflict.slot).is_ok(),
                    }
                })
                .collect(),
            auth_difference: account.auth_difference.iter().map(|&nid| id(nid)).collect(),
            conflicted_subgraph: account.conflicted_subgraph.iter().map(|&nid| id(nid)).collect(),
            steps: account
                .steps
                .iter()
                .map(|step| StepObject {
                    phase: step.keys.phase(),
                    event_id: id(step.event),
                    outcome: step.outcome.name(),
                    keys: keys(&step.keys),
                    reason: match &step.outcome {
                        Outcome::Denied(refusal) => Some(refusal.describe(step.event, room.events(), room.strings())),
                        Outcome::Allowed | Outcome::Skipped => None,
                    },
                })
                .collect(),
        };
        let result = entries(room, &explanation.result);
        result.unshift(&to_js(&object)?);
        Ok(result)
    }
}

fn pair(room: &Room, slot: Slot) -> (&str, &str) {
    match room.slots().pair(slot) {
        Some((kind, key)) => (room.strings().event_type(kind), room.strings().state_key(key)),
        None => ("", ""),
    }
}

fn entries(room: &Room, state: &[(Slot, EventNid)]) -> Array {
    joined(&mut state.iter().flat_map(|&(slot, nid)| {
        let (kind, key) = pair(room, slot);
        [kind, key, room.strings().event_id(nid)]
    }))
}

/// How a state of room `there` differs from one of room `here`: `[added, removed, changed]`, the last with four strings
/// an entry: type, state key, the event here and there.
pub(super) fn diff_lists(here: &Room, there: &Room, diff: &StateDiff) -> Array {
    let changed = joined(&mut diff.changed.iter().flat_map(|&(slot, from, to)| {
        let (kind, key) = pair(here, slot);
        [kind, key, here.strings().event_id(from), there.strings().event_id(to)]
    }));
    Array::of3(&entries(there, &diff.added), &entries(here, &diff.removed), &changed)
}

/// The keys that sort an event, by the names of the public surface.
fn keys(keys: &SortKeys) -> BTreeMap<&'static str, Key> {
    match *keys {
        SortKeys::Power { power_level, origin_server_ts } => {
            [("powerLevel", Key::Number(power_level as f64)), ("originServerTs", Key::Number(origin_server_ts as f64))]
                .into()
        }
        SortKeys::Mainline { position, origin_server_ts } => [
            ("mainlinePosition", Key::Number(f64::from(position))),
            ("originServerTs", Key::Number(origin_server_ts as f64)),
        ]
        .into(),
        SortKeys::V1Auth { depth, sha1 } | SortKeys::V1Other { depth, sha1 } => {
            let hex = sha1.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            [("depth", Key::Number(depth as f64)), ("sha1", Key::Text(hex))].into()
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Key {
    Number(f64),
    Text(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryObject<'a> {
    event_id: &'a str,
    value: Option<&'a str>,
    cause: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResolutionObject<'a> {
    algorithm: &'static str,
    parents: Vec<ParentObject<'a>>,
    unconflicted: u32,
    conflicted: Vec<ConflictObject<'a>>,
    auth_difference: Vec<&'a str>,
    conflicted_subgraph: Vec<&'a str>,
    steps: Vec<StepObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ParentObject<'a> {
    event_ids: Vec<&'a str>,
    state_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConflictObject<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    state_key: &'a str,
    candidates: Vec<&'a str>,
    winner: Option<&'a str>,
    reset: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepObject<'a> {
    phase: &'static str,
    event_id: &'a str,
    outcome: &'static str,
    keys: BTreeMap<&'static str, Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}
