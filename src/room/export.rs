//! Giving the room's events out again: as they came, or thinned.

use super::{Room, RoomError};
use crate::event::thin::thin;
use crate::nid::EventNid;

impl Room {
    /// Writes the JSON of events as they came, one a line, to `out`; `thinned`, without all content that no auth rule,
    /// resolution or event id needs (see [`crate::event::thin`]). All events in order of arrival are
    /// [`EventTable::held`](crate::event::table::EventTable::held).
    ///
    /// # Errors
    /// If the room does not keep the JSON of one of them or, for thinning, has no version yet. `out` has the lines up to
    /// there then.
    pub fn write_ndjson(&self, events: &[EventNid], thinned: bool, out: &mut String) -> Result<(), RoomError> {
        let mut thin_text = String::new();
        for &nid in events {
            let (Some(mut text), Some(kind)) = (self.text(nid), self.events.kind(nid)) else {
                return Err(RoomError::NoJson);
            };
            if thinned {
                let version = self.version.ok_or(RoomError::NoRoomVersion)?;
                thin_text.clear();
                // What was read as an event is well-formed.
                thin(text, self.strings.event_type(kind), version, &mut thin_text)
                    .map_err(|error| RoomError::BadArgument(error.to_string()))?;
                text = &thin_text;
            }
            write_line(text, out);
        }
        Ok(())
    }
}

/// Writes a JSON text as one line. A line break in it is white space between tokens, which need none.
pub(super) fn write_line(text: &str, out: &mut String) {
    for part in text.split(['\n', '\r']) {
        out.push_str(part);
    }
    out.push('\n');
}
