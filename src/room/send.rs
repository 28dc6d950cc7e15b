//! Making events, as a server makes them for its users.

use super::stage::create_version;
use super::{AddOptions, Room, RoomError};
use crate::event::canonical::{Members, write_string, write_value};
use crate::event::content::domain;
use crate::event::hash;
use crate::event::json::Reader;
use crate::event::pdu::MAX_DEPTH;
use crate::event::table::{Arrival, EventRow, EventTable};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};
use crate::sort;
use crate::state::auth::Rules;
use core::fmt::Write as _;

/// An event that somebody wants to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The event type.
    pub kind: String,
    /// The state key, for a state event.
    pub state_key: Option<String>,
    /// The sender's user id.
    pub sender: String,
    /// The content: the text of a JSON object.
    pub content: String,
    /// In milliseconds.
    pub origin_server_ts: i64,
    /// The parents; by default [`Room::next_prev_events`].
    pub prev_events: Option<Vec<String>>,
}

impl Room {
    /// Makes an event on the forward extremities as a server would, and adds it. Its auth events are those that the state
    /// before it has for it (server-server API, "Auth events selection"); its depth is one more than its deepest parent's.
    /// It has a content hash and no signatures. The rules may refuse it like any other: see its verdict.
    ///
    /// # Errors
    /// If a parent or the state there is not known, there is no room version, or the draft is not an event.
    pub fn send(&mut self, draft: &Draft) -> Result<EventNid, RoomError> {
        let creates = draft.kind == "m.room.create" && draft.state_key.as_deref() == Some("");
        let version = match self.version {
            Some(version) => version,
            None if creates => create_version(&draft.content).map_err(RoomError::UnknownRoomVersion)?,
            None => return Err(RoomError::NoRoomVersion),
        };
        let prev = match &draft.prev_events {
            Some(ids) => ids.iter().map(|id| self.find(id)).collect::<Result<_, _>>()?,
            None => self.next_prev_events(),
        };
        let auth = if creates { Vec::new() } else { self.auth_events_for(draft, version, &prev)? };
        let text = self.compose(draft, version, &prev, &auth)?;
        let report = self.add(text.as_bytes(), AddOptions::default())?;
        match (report.events.first(), report.problems.first()) {
            (Some(&nid), _) => Ok(nid),
            (None, Some(problem)) => Err(RoomError::BadArgument(problem.message.clone())),
            (None, None) => Err(RoomError::BadArgument("the room holds this very event already".to_owned())),
        }
    }

    /// Returns the events of the state before the draft that have a say in it.
    fn auth_events_for(
        &mut self,
        draft: &Draft,
        version: &'static RoomVersion,
        prev: &[EventNid],
    ) -> Result<Vec<EventNid>, RoomError> {
        let mut versions = Vec::with_capacity(prev.len());
        for &parent in prev {
            versions.push(self.states.after(parent).ok_or_else(|| self.unknown_state(parent))?);
        }
        sort::distinct(&mut versions);
        // The draft in columns of its own, so that the rules can say what it needs.
        let kind = self.strings.intern_type(&draft.kind)?;
        let sender = self.strings.intern_state_key(&draft.sender)?;
        let state_key = match &draft.state_key {
            Some(key) => Some(self.strings.intern_state_key(key)?),
            None => None,
        };
        let nid = EventNid::from_index(0);
        let mut alone = EventTable::default();
        alone.grow(1);
        alone.facts_mut().read(nid, kind, state_key, &draft.content, None, &mut self.strings)?;
        let row = EventRow { kind, state_key, slot: None, sender, depth: 0, origin_server_ts: 0 };
        alone.hold(nid, row, Arrival::Live, &[], &[]);
        let needed = Rules::new(&alone, &self.strings, version, None, None).auth_slots(nid);
        let needed: Vec<(EventTypeNid, EventStateKeyNid)> = needed.iter().collect();
        let mark = self.states.maps.mark();
        let state = self.resolve_versions(&versions, &mut ());
        let auth = state.map(|state| {
            needed
                .iter()
                .filter(|needed| !(version.room_id_is_hash() && needed.0 == EventTypeNid::CREATE))
                .filter_map(|&(kind, key)| self.states.maps.get(state, self.slots.find(kind, key)?))
                .collect()
        });
        self.states.maps.rollback(mark);
        auth
    }

    /// Writes the event.
    fn compose(
        &self,
        draft: &Draft,
        version: &'static RoomVersion,
        prev: &[EventNid],
        auth: &[EventNid],
    ) -> Result<String, RoomError> {
        let bad = |error| RoomError::BadArgument(format!("the content is not a JSON object: {error}"));
        let mut content = String::new();
        let mut reader = Reader::new(&draft.content);
        Members::read(&draft.content).and_then(|members| members.write(&mut content)).map_err(bad)?;
        reader.skip().and_then(|_| reader.end()).map_err(bad)?;
        let depth = prev.iter().map(|&parent| self.events.depth(parent)).max().map_or(1, |depth| depth + 1);
        let references = |nids: &[EventNid]| {
            let mut out = String::from("[");
            for (index, &nid) in nids.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                if version.computes_ids() {
                    write_string(self.strings.event_id(nid), &mut out);
                } else {
                    out.push('[');
                    write_string(self.strings.event_id(nid), &mut out);
                    out.push_str(",{}]");
                }
            }
            out.push(']');
            out
        };
        let mut text = String::from("{");
        let mut field = |key: &str, value: &str| _ = write!(text, "\"{key}\":{value},");
        let quoted = |string: &str| {
            let mut out = String::new();
            write_string(string, &mut out);
            out
        };
        field("auth_events", &references(auth));
        field("content", &content);
        field("depth", &depth.min(MAX_DEPTH).to_string());
        field("origin_server_ts", &draft.origin_server_ts.to_string());
        field("prev_events", &references(prev));
        let creates = draft.kind == "m.room.create";
        let server = domain(&draft.sender).unwrap_or("localhost");
        if !(creates && version.room_id_is_hash()) {
            let room_id = self.room_id.clone().unwrap_or_else(|| {
                let seed = format!("{}{}{content}", draft.sender, draft.origin_server_ts);
                format!("!{}:{server}", hash::opaque_id(&seed))
            });
            field("room_id", &quoted(&room_id));
        }
        field("sender", &quoted(&draft.sender));
        if let Some(key) = &draft.state_key {
            field("state_key", &quoted(key));
        }
        field("type", &quoted(&draft.kind));
        if !version.computes_ids() {
            let id = format!("${}:{server}", hash::opaque_id(&text));
            let _ = write!(text, "\"event_id\":{},", quoted(&id));
        }
        text.pop();
        text.push('}');
        let sha256 = Members::read(&text).and_then(|members| hash::content_hash(&members, version)).map_err(bad)?;
        text.pop();
        let _ = write!(text, ",\"hashes\":{{\"sha256\":\"{sha256}\"}},\"signatures\":{{}}}}");
        let mut canonical = String::with_capacity(text.len());
        write_value(&text, &mut canonical).map_err(bad)?;
        Ok(canonical)
    }
}
