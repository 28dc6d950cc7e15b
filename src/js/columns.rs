//! What is known of all events of the history, in columns, for JavaScript.

use super::{RawRoom, joined};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};
use js_sys::{Array, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl RawRoom {
    /// The columns, in the order of the layout: types, state keys and senders as places in the two lists of strings (from
    /// 1; 0 is none), depths, verdicts, how many parents are named; then both lists as `strings, ends`.
    pub fn columns(&self) -> Array {
        let (events, strings) = (self.room.events(), self.room.strings());
        let order = self.room.topological();
        let places =
            |of: &dyn Fn(EventNid) -> u32| Uint32Array::from(&*order.iter().map(|&nid| of(nid)).collect::<Vec<u32>>());
        let bytes =
            |of: &dyn Fn(EventNid) -> u8| Uint8Array::from(&*order.iter().map(|&nid| of(nid)).collect::<Vec<u8>>());
        let depths: Vec<f64> = order.iter().map(|&nid| events.depth(nid) as f64).collect();
        let types = joined(&mut (0..strings.types()).map(|index| strings.event_type(EventTypeNid::from_index(index))));
        let keys =
            joined(&mut (0..strings.state_keys()).map(|index| strings.state_key(EventStateKeyNid::from_index(index))));
        let columns = Array::of4(
            &places(&|nid| events.kind(nid).map_or(0, EventTypeNid::get)),
            &places(&|nid| events.state_key(nid).map_or(0, EventStateKeyNid::get)),
            &places(&|nid| events.sender(nid).map_or(0, EventStateKeyNid::get)),
            &Float64Array::from(&*depths),
        );
        columns.push(&bytes(&|nid| events.verdict(nid) as u8));
        columns.push(&bytes(&|nid| events.prev_events(nid).len() as u8));
        columns.push(&types);
        columns.push(&keys);
        columns
    }
}
