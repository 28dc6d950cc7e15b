//! Questions about state, for JavaScript.

use super::objects::{write_ids, write_or_null};
use super::{RawRoom, Result, joined, throw};
use crate::nid::{EventNid, Slot};
use crate::room::{ChangeCause, Explanation, Room, StateDiff};
use crate::state::resolution::{Outcome, SortKeys};
use crate::view::json::Json;
use js_sys::{Array, Uint32Array};
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

    /// Every change of one slot's value, as JSON.
    #[wasm_bindgen(js_name = stateHistory)]
    pub fn state_history(&self, kind: &str, key: &str) -> String {
        let strings = self.room.strings();
        let mut out = Json::default();
        out.open('[');
        for change in self.slot(kind, key).map(|slot| self.room.state_history(slot)).unwrap_or_default() {
            out.open('{');
            out.key("eventId");
            out.string(strings.event_id(change.event));
            out.key("value");
            write_or_null(change.value.map(|nid| strings.event_id(nid)), &mut out);
            out.key("cause");
            out.string(match change.cause {
                ChangeCause::Set => "set",
                ChangeCause::Resolved => "resolved",
                ChangeCause::Reset => "reset",
            });
            out.close('}');
        }
        out.close(']');
        out.into_text()
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

    /// How the state before an event came about, as `[account, strings, ends]`: the account as JSON, then the result.
    pub fn explain(&mut self, id: &str) -> Result<Array> {
        let nid = self.room.find(id).map_err(|error| throw(&error))?;
        let explanation = self.room.explain(nid).map_err(|error| throw(&error))?;
        Ok(self.resolution(&explanation))
    }

    /// The merge that an event with these parents would make, likewise.
    pub fn resolve(&mut self, ids: Vec<String>) -> Result<Array> {
        let parents = self.find_all(&ids)?;
        let explanation = self.room.explain_parents(&parents).map_err(|error| throw(&error))?;
        Ok(self.resolution(&explanation))
    }

    fn resolution(&self, explanation: &Explanation) -> Array {
        let room = &self.room;
        let account = &explanation.account;
        let resolved = account.algorithm.is_some();
        let mut out = Json::default();
        out.open('{');
        out.key("algorithm");
        out.string(account.algorithm_name());
        out.key("parents");
        out.open('[');
        for parent in &explanation.parents {
            out.open('{');
            out.key("eventIds");
            write_ids(room, &parent.events, &mut out);
            out.key("stateId");
            out.hex(&parent.state_id.to_be_bytes());
            out.close('}');
        }
        out.close(']');
        out.key("unconflicted");
        out.number(if resolved { account.unconflicted } else { explanation.result.len() as u32 }.into());
        out.key("conflicted");
        out.open('[');
        for conflict in &account.conflicts {
            let (kind, state_key) = pair(room, conflict.slot);
            out.open('{');
            out.key("type");
            out.string(kind);
            out.key("stateKey");
            out.string(state_key);
            out.key("candidates");
            write_ids(room, &conflict.candidates, &mut out);
            out.key("winner");
            write_or_null(conflict.winner.map(|nid| room.strings().event_id(nid)), &mut out);
            out.key("reset");
            out.flag(explanation.resets.binary_search(&conflict.slot).is_ok());
            out.close('}');
        }
        out.close(']');
        out.key("authDifference");
        write_ids(room, &account.auth_difference, &mut out);
        out.key("conflictedSubgraph");
        write_ids(room, &account.conflicted_subgraph, &mut out);
        out.key("steps");
        out.open('[');
        for step in &account.steps {
            out.open('{');
            out.key("phase");
            out.string(step.keys.phase());
            out.key("eventId");
            out.string(room.strings().event_id(step.event));
            out.key("outcome");
            out.string(step.outcome.name());
            out.key("keys");
            write_keys(&step.keys, &mut out);
            if let Outcome::Denied(refusal) = &step.outcome {
                out.key("reason");
                out.string(&refusal.describe(step.event, room.events(), room.strings()));
            }
            out.close('}');
        }
        out.close(']');
        out.close('}');
        let lists = entries(room, &explanation.result);
        lists.unshift(&out.into_text().into());
        lists
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

/// Writes the keys that sort an event, by the names of the public surface.
fn write_keys(keys: &SortKeys, out: &mut Json) {
    let (name, number, second) = match *keys {
        SortKeys::Power { power_level, origin_server_ts } => ("powerLevel", power_level, Ok(origin_server_ts)),
        SortKeys::Mainline { position, origin_server_ts } => {
            ("mainlinePosition", position.into(), Ok(origin_server_ts))
        }
        SortKeys::V1Auth { depth, sha1 } | SortKeys::V1Other { depth, sha1 } => {
            ("depth", depth.cast_signed(), Err(sha1))
        }
    };
    out.open('{');
    out.key(name);
    out.number(number);
    match second {
        Ok(origin_server_ts) => {
            out.key("originServerTs");
            out.number(origin_server_ts);
        }
        Err(sha1) => {
            out.key("sha1");
            out.hex(&sha1);
        }
    }
    out.close('}');
}
