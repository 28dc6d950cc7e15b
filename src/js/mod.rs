//! The binding for JavaScript: converts, calls, converts back, and knows nothing else.
//!
//! Private to the npm package, whose facade gives it its public shape. Bytes come in as bytes; long lists of ids go out as
//! one string with the places of their ends, columns as typed arrays, and what consists of many small values as one JSON
//! text: making objects from here costs several times as much, a call a property. A failed call throws an `Error` with a
//! `code`.

#![allow(clippy::cast_precision_loss, reason = "depth and milliseconds are below 2^53, and JavaScript has doubles")]
#![allow(clippy::needless_pass_by_value, reason = "what comes from JavaScript comes by value")]

mod columns;
mod exchange;
mod headroom;
mod objects;
mod state;
mod storage;

use crate::event::table::Arrival;
use crate::event::version::RoomVersion;
use crate::nid::EventNid;
use crate::room::{
    AddOptions, Batch, Draft, Order, Problem, Room, RoomError, RoomOptions, RuleSet, TimelineOptions, TimelineOrder,
};
use crate::storage::Numbering;
use crate::view::json::Json;
use crate::view::layout::layout;
use headroom::{Headroom, reserve};
use js_sys::{Array, Reflect, Uint32Array};
use objects::{write_event, write_ids};
use wasm_bindgen::prelude::*;

/// How many problems go out at a time: there can be one a line, and a string has an end.
const PROBLEMS: usize = 10_000;
/// How many ids of what was added: all those of a large room in one text would take as much memory again as the room does.
const IDS: usize = 1 << 15;

/// Lets the message of a panic reach JavaScript, where a trap would only say "unreachable". The package throws the
/// instance away after it.
#[wasm_bindgen(start)]
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| {
        let error = js_sys::Error::new(&info.to_string());
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&error, &"code".into(), &"internal".into());
        wasm_bindgen::throw_val(error.into());
    }));
}

/// A room, the input that it is reading, and what came of the last one.
#[wasm_bindgen]
pub struct RawRoom {
    room: Room,
    batch: Option<Batch>,
    added: Vec<EventNid>,
    problems: Vec<Problem>,
    headroom: Headroom,
}

type Result<T> = core::result::Result<T, JsValue>;

#[wasm_bindgen]
impl RawRoom {
    /// Opens an empty room. `numbering`: 0 dense, 1 SQLite's, 2 PostgreSQL's. `seed` is a random number.
    #[allow(clippy::too_many_arguments, reason = "each option by itself: an object would have to be read")]
    #[wasm_bindgen(constructor)]
    pub fn new(
        room_version: Option<String>,
        room_id: Option<String>,
        enforce_auth: bool,
        dendrite: bool,
        numbering: u8,
        hop_limit: u16,
        keep_json: bool,
        seed: f64,
    ) -> Result<Self> {
        let room_version = match room_version {
            Some(id) => match RoomVersion::find(&id) {
                Some(version) => Some(version),
                None => return Err(throw(&RoomError::UnknownRoomVersion(id))),
            },
            None => None,
        };
        let rules = if dendrite { RuleSet::Dendrite } else { RuleSet::Specification };
        let numbering = match numbering {
            0 => Numbering::Dense,
            1 => Numbering::Sqlite,
            _ => Numbering::Postgres,
        };
        let options = RoomOptions {
            room_version,
            room_id,
            enforce_auth,
            rules,
            numbering,
            hop_limit,
            keep_json,
            seed: seed.to_bits(),
        };
        Ok(Self::holding(Room::new(options)))
    }

    /// Begins to read an input of `expected` bytes, 0 if that is not known. `arrival`: 0 live, 1 backfill, 2 outlier.
    pub fn begin(
        &mut self,
        arrival: u8,
        given_order: bool,
        verify: bool,
        state_before: Option<Vec<String>>,
        expected: usize,
    ) -> Result<()> {
        let arrival = match arrival {
            0 => Arrival::Live,
            1 => Arrival::Backfill,
            _ => Arrival::Outlier,
        };
        let order = if given_order { Order::Given } else { Order::Causal };
        let options = AddOptions { arrival, order, state_before, verify, ..AddOptions::default() };
        self.batch = Some(self.room.begin(options).map_err(|error| throw(&error))?);
        if self.room.keeps_json() {
            reserve(expected);
        }
        Ok(())
    }

    /// Says that the input is a scenario: its room version, for a room that has none yet. Ids in it are not checked.
    pub fn scenario(&mut self, room_version: &str) -> Result<()> {
        let Some(batch) = &mut self.batch else { return Ok(()) };
        batch.as_scenario(room_version).map_err(|error| throw(&error))
    }

    /// Gives the state before an event of the input, or before one that is held.
    pub fn give(&mut self, event: String, state: Vec<String>) {
        if let Some(batch) = &mut self.batch {
            batch.give(event, state);
        }
    }

    /// Reads the next bytes of the input.
    pub fn push(&mut self, bytes: Vec<u8>) {
        if let Some(batch) = &mut self.batch {
            self.room.push_owned(batch, bytes);
            self.headroom.keep();
        }
    }

    /// Ends the reading; returns how many events there are to take in.
    pub fn prepare(&mut self) -> Result<usize> {
        let Some(batch) = &mut self.batch else { return Ok(0) };
        self.room.prepare(batch).map_err(|error| throw(&error))?;
        Ok(batch.progress().0)
    }

    /// Takes in up to `count` events; returns whether there are more.
    pub fn advance(&mut self, count: usize) -> Result<bool> {
        let Some(batch) = &mut self.batch else { return Ok(false) };
        let more = self.room.advance(batch, count).map_err(|error| throw(&error))?;
        self.headroom.keep();
        Ok(more)
    }

    /// Ends the input and returns what came of it in numbers, as JSON.
    pub fn conclude(&mut self) -> String {
        let Some(batch) = self.batch.take() else { return String::new() };
        let report = self.room.conclude(batch);
        let counts = objects::report(&report);
        (self.added, self.problems) = (report.events, report.problems);
        counts
    }

    /// The next of the events that the input ended last has added, as `[ids, ends]`; none of them when all have been told.
    pub fn added(&mut self) -> Array {
        let rest = self.added.split_off(self.added.len().min(IDS));
        let next = core::mem::replace(&mut self.added, rest);
        self.ids(&next)
    }

    /// The next of the problems of the input that was ended last, as JSON; none of them when all have been told.
    pub fn problems(&mut self) -> String {
        let rest = self.problems.split_off(self.problems.len().min(PROBLEMS));
        objects::problems(&core::mem::replace(&mut self.problems, rest))
    }

    /// Gives up the input.
    pub fn abort(&mut self) {
        if let Some(batch) = self.batch.take() {
            self.room.abort(batch);
        }
    }

    /// The room id.
    #[wasm_bindgen(js_name = roomId)]
    pub fn room_id(&self) -> Option<String> {
        self.room.room_id().map(str::to_owned)
    }

    /// The room version.
    #[wasm_bindgen(js_name = roomVersion)]
    pub fn room_version(&self) -> Option<String> {
        self.room.version().map(|version| version.id.to_owned())
    }

    /// How many events are held.
    pub fn size(&self) -> usize {
        self.room.len()
    }

    /// Whether an event is held.
    pub fn has(&self, id: &str) -> bool {
        self.room.find(id).is_ok()
    }

    /// What is known of an event, as JSON.
    pub fn event(&self, id: &str) -> Option<String> {
        let nid = self.room.find(id).ok()?;
        let mut out = Json::default();
        write_event(&self.room, nid, &mut out);
        Some(out.into_text())
    }

    /// An event's JSON.
    pub fn text(&self, id: &str) -> Option<String> {
        self.room.find(id).ok().and_then(|nid| self.room.text(nid)).map(str::to_owned)
    }

    /// A page of the timeline as `[ids, ends]`.
    pub fn timeline(&self, by_stream: bool, backwards: bool, offset: usize, limit: usize, outliers: bool) -> Array {
        self.ids(&self.room.timeline(timeline_options(by_stream, backwards, offset, limit, outliers)))
    }

    /// What is known of the events of a page of the timeline, as JSON.
    pub fn rows(&self, by_stream: bool, backwards: bool, offset: usize, limit: usize, outliers: bool) -> String {
        let mut out = Json::default();
        out.open('[');
        for nid in self.room.timeline(timeline_options(by_stream, backwards, offset, limit, outliers)) {
            write_event(&self.room, nid, &mut out);
        }
        out.close(']');
        out.into_text()
    }

    /// The forward extremities as `[ids, ends]`.
    #[wasm_bindgen(js_name = forwardExtremities)]
    pub fn forward_extremities(&self) -> Array {
        self.ids(&self.room.forward_extremities())
    }

    /// What the next event names, as `[ids, ends]`.
    #[wasm_bindgen(js_name = nextPrevEvents)]
    pub fn next_prev_events(&self) -> Array {
        self.ids(&self.room.next_prev_events())
    }

    /// The events whose parents are not all held, as JSON.
    #[wasm_bindgen(js_name = backwardExtremities)]
    pub fn backward_extremities(&self) -> String {
        let mut out = Json::default();
        out.open('[');
        for (child, missing) in self.room.backward_extremities() {
            out.open('{');
            out.key("eventId");
            out.string(self.room.strings().event_id(child));
            out.key("missing");
            write_ids(&self.room, &missing, &mut out);
            out.close('}');
        }
        out.close(']');
        out.into_text()
    }

    /// The auth chain of some events as `[ids, ends]`.
    #[wasm_bindgen(js_name = authChain)]
    pub fn auth_chain(&self, ids: Vec<String>) -> Result<Array> {
        let nids = self.find_all(&ids)?;
        Ok(self.ids(&self.room.auth_chain(&nids)))
    }

    /// The lane layout, as `[laneCount, lane, edgeFrom, edgeTo, edgeLane]`.
    pub fn layout(&self) -> Array {
        let layout = layout(self.room.events(), self.room.topological());
        let lists = Array::of1(&layout.lane_count.into());
        for column in [&layout.lane, &layout.edge_from, &layout.edge_to, &layout.edge_lane] {
            lists.push(&Uint32Array::from(&**column));
        }
        lists
    }

    /// Makes an event, adds it and returns its id.
    pub fn send(
        &mut self,
        kind: String,
        state_key: Option<String>,
        sender: String,
        content: String,
        origin_server_ts: f64,
        prev_events: Option<Vec<String>>,
    ) -> Result<String> {
        let origin_server_ts = origin_server_ts as i64;
        let draft = Draft { kind, state_key, sender, content, origin_server_ts, prev_events };
        let nid = self.room.send(&draft).map_err(|error| throw(&error))?;
        Ok(self.room.strings().event_id(nid).to_owned())
    }

    /// Bytes of memory that the room holds: without and with the events' own text.
    #[wasm_bindgen(js_name = memoryBytes)]
    pub fn memory_bytes(&self) -> Vec<u32> {
        let (model, all) = self.room.memory_bytes();
        vec![model as u32, all as u32]
    }

    /// Lets go of the events' own text, and keeps no more of it.
    #[wasm_bindgen(js_name = forgetJson)]
    pub fn forget_json(&mut self) {
        self.room.forget_json();
    }

    fn holding(room: Room) -> Self {
        Self { room, batch: None, added: Vec::new(), problems: Vec::new(), headroom: Headroom::now() }
    }

    fn find_all(&self, ids: &[String]) -> Result<Vec<EventNid>> {
        ids.iter().map(|id| self.room.find(id).map_err(|error| throw(&error))).collect()
    }

    fn ids(&self, nids: &[EventNid]) -> Array {
        joined(&mut nids.iter().map(|&nid| self.room.strings().event_id(nid)))
    }
}

/// Strings as one string and where each ends in it, in UTF-16 units: a fraction of the cost of a string each.
// Compiled once, whatever the strings come from.
fn joined(strings: &mut dyn Iterator<Item = &str>) -> Array {
    let mut text = String::new();
    let mut ends = Vec::with_capacity(strings.size_hint().0);
    let mut end = 0;
    for string in strings {
        if text.is_empty() {
            // Most lists are of ids, which are of one length.
            text.reserve(string.len() * ends.capacity());
        }
        text.push_str(string);
        end += if string.is_ascii() { string.len() } else { string.encode_utf16().count() };
        ends.push(end as u32);
    }
    Array::of2(&text.into(), &Uint32Array::from(&*ends))
}

fn timeline_options(by_stream: bool, backwards: bool, offset: usize, limit: usize, outliers: bool) -> TimelineOptions {
    let order = if by_stream { TimelineOrder::Stream } else { TimelineOrder::Topological };
    TimelineOptions { order, backwards, offset, limit, outliers }
}

/// Returns the error as an `Error` with a `code`.
fn throw(error: &RoomError) -> JsValue {
    let object = js_sys::Error::new(&error.to_string());
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}
