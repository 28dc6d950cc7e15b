//! Comparing rooms, giving them out, saving and loading them, for JavaScript.

use super::headroom::{Headroom, reserve};
use super::state::diff_lists;
use super::{RawRoom, Result, throw};
use crate::event::hash::Hasher;
use crate::event::json::Reader;
use crate::event::pdu::{Pdu, PduError};
use crate::event::version::RoomVersion;
use crate::room::Loader;
use crate::view::dot::{Cluster, clustered, dot};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

/// About how many bytes go out at a time: a room's JSON is not held twice in WebAssembly's memory.
const CHUNK_BYTES: usize = 1 << 20;

#[wasm_bindgen]
impl RawRoom {
    /// What sets another server's view of the room apart: `[onlyHere, onlyThere, differing, verdicts, currentState]`, ids
    /// as `[ids, ends]`, the two verdicts of each event that differs as numbers (the order of `Verdict`), and the state as
    /// [`diff_lists`].
    pub fn compare(&mut self, other: &mut RawRoom) -> Result<Array> {
        let comparison = self.room.compare(&mut other.room).map_err(|error| throw(&error))?;
        let mut here = Vec::with_capacity(comparison.differing.len());
        let mut verdicts = Vec::with_capacity(2 * comparison.differing.len());
        for &(ours, theirs) in &comparison.differing {
            here.push(ours);
            verdicts.extend([self.room.events().verdict(ours) as u8, other.room.events().verdict(theirs) as u8]);
        }
        let lists = Array::of3(&self.ids(&comparison.only_here), &other.ids(&comparison.only_there), &self.ids(&here));
        lists.push(&Uint8Array::from(&*verdicts));
        lists.push(&diff_lists(&self.room, &other.room, &comparison.current_state));
        Ok(lists)
    }

    /// The state after an event in another server's view of the room against that in this one, as [`diff_lists`].
    #[wasm_bindgen(js_name = stateDiffTo)]
    pub fn state_diff_to(&self, other: &RawRoom, id: &str) -> Result<Option<Array>> {
        let diff = self.room.state_diff_to(&other.room, id).map_err(|error| throw(&error))?;
        Ok(diff.map(|diff| diff_lists(&self.room, &other.room, &diff)))
    }

    /// The JSON of some events, one a line, as `[bytes]`; or a part of that of all, from number `from` in order of arrival
    /// on, as `[bytes, next]`.
    pub fn ndjson(&self, ids: Option<Vec<String>>, thin: bool, from: usize) -> Result<Array> {
        let mut out = String::new();
        if let Some(ids) = ids {
            self.room.write_ndjson(&self.find_all(&ids)?, thin, &mut out).map_err(|error| throw(&error))?;
            return Ok(Array::of1(&Uint8Array::from(out.as_bytes())));
        }
        let held = self.room.events().held();
        let mut next = from;
        while out.len() < CHUNK_BYTES
            && let Some(nid) = held.get(next..=next)
        {
            self.room.write_ndjson(nid, thin, &mut out).map_err(|error| throw(&error))?;
            next += 1;
        }
        Ok(Array::of2(&Uint8Array::from(out.as_bytes()), &(next as u32).into()))
    }

    /// The id that a room version computes for an event, whatever else the event lacks; none where the sender's server
    /// chooses it.
    #[allow(clippy::unused_self, reason = "calls go through a room, whose instance may have been replaced")]
    #[wasm_bindgen(js_name = eventIdOf)]
    pub fn event_id_of(&self, event: &str, room_version: &str) -> Option<String> {
        let version = RoomVersion::find(room_version).filter(|version| version.computes_ids())?;
        let mut pdu = Pdu::default();
        match pdu.read(&mut Reader::new(event)) {
            Ok(()) | Err(PduError::Missing(_)) => {}
            Err(_) => return None,
        }
        let mut id = String::new();
        Hasher::default().event_id(&pdu, version, &mut id).ok()?;
        Some(id)
    }

    /// The first bytes of the room as it is saved.
    #[wasm_bindgen(js_name = saveHead)]
    pub fn save_head(&self) -> Result<Vec<u8>> {
        self.room.save_head().map_err(|error| throw(&error))
    }

    /// Further bytes, which hold events from number `from` on, as `[bytes, next]`.
    #[wasm_bindgen(js_name = saveEvents)]
    pub fn save_events(&self, from: usize) -> Result<Array> {
        let (bytes, next) = self.room.save_events(from).map_err(|error| throw(&error))?;
        Ok(Array::of2(&Uint8Array::from(&*bytes), &(next as u32).into()))
    }

    /// The graph of some events, or of all but outliers, as DOT. `cluster`: 0 none, 1 by snapshot, 2 by state group.
    pub fn dot(&mut self, ids: Option<Vec<String>>, cluster: u8) -> Result<String> {
        let events = match ids {
            Some(ids) => self.find_all(&ids)?,
            None => self.room.topological().to_vec(),
        };
        let cluster = match cluster {
            0 => return Ok(dot(&self.room, &events)),
            1 => Cluster::Snapshot,
            _ => Cluster::StateGroup,
        };
        clustered(&mut self.room, &events, cluster).map_err(|error| throw(&error))
    }
}

/// A saved room that is being read.
#[wasm_bindgen]
pub struct RawLoader {
    loader: Loader,
    headroom: Headroom,
}

#[wasm_bindgen]
impl RawLoader {
    /// Begins to read `expected` bytes. `seed` is a random number.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: f64, expected: usize) -> Self {
        reserve(expected);
        Self { loader: Loader::new(seed.to_bits()), headroom: Headroom::now() }
    }

    /// Reads the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.loader.push(bytes).map_err(|error| throw(&error))?;
        self.headroom.keep();
        Ok(())
    }

    /// Returns the room, when all bytes have been read. The loader is of no more use then.
    pub fn finish(&mut self) -> Result<RawRoom> {
        let loader = core::mem::replace(&mut self.loader, Loader::new(0));
        Ok(RawRoom::holding(loader.finish().map_err(|error| throw(&error))?))
    }
}
