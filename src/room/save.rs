//! A room as bytes: what it was told, and nothing that follows from that.
//!
//! A saved room holds the strings in the order of their NIDs, the deliveries and given states ([`super::journal`]), and the
//! events' JSON. Loading ([`super::load`]) takes the events in once more, so that a state or a verdict is never read from
//! bytes that somebody else may have written, and needs no trust. A room that does not keep its events' JSON writes the
//! least that says the same.
//!
//! | part | bytes |
//! |---|---|
//! | mark | [`MARK`] |
//! | form | u32: [`FORM`] |
//! | frames | the head, then events until there is one for each event delivered |
//! | each frame | u32: length of its body; u64: [`checksum`] of its body and its place among the frames; the body |
//! | head | u32s: auth enforced (1), JSON kept (2), room id by option (4); rules; numbering; hop limit; room version by option, and present (0: none); then room id; event ids, types, state keys; slots (type, state key); deliveries (event's index times 4, plus arrival); given states |
//! | events | one JSON text a line, in order of first delivery |
//!
//! Numbers are little-endian, strings are their length as a u32 and their UTF-8, lists their length as a u32 and their
//! items.

use super::export::write_line;
use super::{Room, RoomError, RoomOptions};
use crate::event::canonical::write_string;
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use core::fmt::Write as _;
use core::ops::Range;

/// What every saved room begins with. The line break tells when somebody treated it as text.
pub(super) const MARK: &[u8; 16] = b"roomscope save\r\n";
/// The form that this version of the crate writes and reads.
pub(super) const FORM: u32 = 1;
/// The length of a frame's own head.
pub(super) const FRAME_HEAD: usize = 12;

/// How many bytes of events go into one frame, about.
const FRAME_BYTES: usize = 1 << 20;

impl Room {
    /// Returns the whole room as bytes; [`Room::load`] makes a room of them that has the same NIDs and gives the same
    /// answers.
    ///
    /// # Errors
    /// If events are being added, or the room is too large to be saved.
    pub fn save(&self) -> Result<Vec<u8>, RoomError> {
        let mut bytes = self.save_head()?;
        let mut next = 0;
        while next < self.len() {
            let (frame, after) = self.save_events(next)?;
            bytes.extend_from_slice(&frame);
            next = after;
        }
        Ok(bytes)
    }

    /// Returns the first bytes of a saved room: all but the events.
    ///
    /// # Errors
    /// As [`Room::save`].
    pub fn save_head(&self) -> Result<Vec<u8>, RoomError> {
        if self.busy {
            return Err(RoomError::Busy);
        }
        let mut out = Vec::new();
        // All of them, so that a new option is not forgotten.
        let RoomOptions { room_version, room_id, enforce_auth, rules, numbering, hop_limit, keep_json, seed: _ } =
            &self.options;
        put(&mut out, u32::from(*enforce_auth) | u32::from(*keep_json) << 1 | u32::from(room_id.is_some()) << 2);
        put(&mut out, *rules as u32);
        put(&mut out, *numbering as u32);
        put(&mut out, u32::from(*hop_limit));
        put(&mut out, number(*room_version));
        put(&mut out, number(self.version));
        put_string(&mut out, self.room_id().unwrap_or_default());
        let strings = &self.strings;
        put_strings(&mut out, strings.events(), &|index| strings.event_id(EventNid::from_index(index)));
        put_strings(&mut out, strings.types(), &|index| strings.event_type(EventTypeNid::from_index(index)));
        put_strings(&mut out, strings.state_keys(), &|index| strings.state_key(EventStateKeyNid::from_index(index)));
        put(&mut out, self.slots.len() as u32);
        for slot in 0..self.slots.len() as u32 {
            let (kind, key) = self.slots.pair(Slot(slot)).map_or((0, 0), |(kind, key)| (kind.get(), key.get()));
            put(&mut out, kind);
            put(&mut out, key);
        }
        let delivered = |steps: Range<usize>| steps.filter_map(|position| self.journal.delivery(position));
        put(&mut out, delivered(0..self.journal.len()).count() as u32);
        for (nid, arrival) in delivered(0..self.journal.len()) {
            put(&mut out, (nid.index() as u32) << 2 | arrival as u32);
        }
        put(&mut out, self.journal.given().len() as u32);
        let (mut steps, mut deliveries) = (0, 0);
        for given in self.journal.given() {
            deliveries += delivered(steps..given.after).count();
            steps = given.after;
            put(&mut out, deliveries as u32);
            put(&mut out, given.event.get());
            put(&mut out, u32::from(given.comes));
            put(&mut out, self.states.maps.len(given.state));
            for (Slot(slot), event) in self.states.maps.iter(given.state) {
                put(&mut out, slot);
                put(&mut out, event.get());
            }
        }
        let mut bytes = MARK.to_vec();
        put(&mut bytes, FORM);
        put_frame(&mut bytes, &out, 0)?;
        Ok(bytes)
    }

    /// Returns further bytes of a saved room: the events from number `from` on in order of first delivery, as many as make
    /// a frame, and the number of the next event.
    ///
    /// # Errors
    /// As [`Room::save`].
    pub fn save_events(&self, from: usize) -> Result<(Vec<u8>, usize), RoomError> {
        let mut lines = String::new();
        let mut next = from;
        while lines.len() < FRAME_BYTES
            && let Some(&nid) = self.events.held().get(next)
        {
            match self.text(nid) {
                Some(text) => write_line(text, &mut lines),
                None => self.write_least(nid, &mut lines),
            }
            next += 1;
        }
        let mut bytes = Vec::new();
        put_frame(&mut bytes, lines.as_bytes(), from as u32 + 1)?;
        Ok((bytes, next))
    }

    /// Writes the least JSON that reads as what is kept of an event.
    fn write_least(&self, nid: EventNid, out: &mut String) {
        let (Some(kind), Some(sender)) = (self.events.kind(nid), self.events.sender(nid)) else { return };
        let state_key = self.events.state_key(nid);
        let (strings, facts) = (&self.strings, self.events.facts());
        out.push_str("{\"content\":");
        facts.write_content(nid, kind, state_key, strings, out);
        let (depth, sent_at) = (self.events.depth(nid), self.events.origin_server_ts(nid));
        // Writing to a String cannot fail.
        let _ = write!(out, ",\"depth\":{depth},\"origin_server_ts\":{sent_at}");
        let founds = kind == EventTypeNid::CREATE && self.version.is_some_and(RoomVersion::room_id_is_hash);
        let redacts = facts.redacted_id(nid, kind, strings);
        for (key, value) in [
            (",\"event_id\":", Some(strings.event_id(nid))),
            (",\"room_id\":", self.room_id().filter(|_| !founds)),
            (",\"redacts\":", redacts.as_deref()),
            (",\"sender\":", Some(strings.state_key(sender))),
            (",\"state_key\":", state_key.map(|key| strings.state_key(key))),
            (",\"type\":", Some(strings.event_type(kind))),
        ] {
            if let Some(value) = value {
                out.push_str(key);
                write_string(value, out);
            }
        }
        for (key, edges) in [
            (",\"prev_events\":[", self.events.prev_events(nid)),
            ("],\"auth_events\":[", self.events.auth_events(nid)),
        ] {
            out.push_str(key);
            for (index, &target) in edges.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_string(strings.event_id(target), out);
            }
        }
        out.push_str("]}\n");
    }
}

/// Returns the number by which a room version is saved: its place among all, from 1.
fn number(version: Option<&RoomVersion>) -> u32 {
    let place = version.and_then(|version| RoomVersion::all().iter().position(|other| other.id == version.id));
    place.map_or(0, |place| place as u32 + 1)
}

// Not worth a copy for each number.
#[inline(never)]
fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_string(out: &mut Vec<u8>, string: &str) {
    put(out, string.len() as u32);
    out.extend_from_slice(string.as_bytes());
}

fn put_strings<'a>(out: &mut Vec<u8>, count: usize, string: &dyn Fn(usize) -> &'a str) {
    put(out, count as u32);
    for index in 0..count {
        put_string(out, string(index));
    }
}

fn put_frame(out: &mut Vec<u8>, body: &[u8], place: u32) -> Result<(), RoomError> {
    put(out, u32::try_from(body.len()).map_err(|_| RoomError::Full)?);
    out.extend_from_slice(&checksum(body, place).to_le_bytes());
    out.extend_from_slice(body);
    Ok(())
}

/// Returns a number that is another one when a few of the bytes are, or when they stand in another place: it finds damage,
/// and is no proof of where they come from.
pub(super) fn checksum(bytes: &[u8], place: u32) -> u64 {
    // Each step can be undone, so that no change is lost on the way.
    let mix = |sum: u64, word: u64| {
        let mixed = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 32
    };
    let mut sum = mix(u64::from(place), bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        sum = mix(sum, u64::from_le_bytes(*word));
    }
    rest.iter().fold(sum, |sum, &byte| mix(sum, u64::from(byte)))
}
