//! Telling federation answers from events.

use crate::event::json::{JsonError, JsonFault, Kind, Reader};
use crate::event::pdu::Role;

/// Returns which list of a federation answer this key names.
pub(super) fn list(key: &str) -> Option<Role> {
    match key {
        "auth_chain" => Some(Role::AuthChain),
        "state" => Some(Role::State),
        "pdus" => Some(Role::Pdu),
        _ => None,
    }
}

/// Returns whether the object that comes next is a federation answer: whether a list of events comes before any key that
/// only an event has. Looks no further than that.
pub(super) fn begins(mut reader: Reader<'_>) -> Result<bool, JsonError> {
    if reader.kind()? != Kind::Object {
        return Ok(false);
    }
    reader.pass_byte();
    if reader.whitespace() == Some(b'}') {
        return Ok(false);
    }
    loop {
        let key = reader.key()?;
        match (reader.kind()?, &*key.decode()) {
            (Kind::Array, "auth_chain" | "state" | "pdus") => return Ok(true),
            (
                _,
                "type" | "sender" | "room_id" | "content" | "depth" | "prev_events" | "auth_events" | "event_id"
                | "hashes" | "signatures" | "state_key" | "unsigned",
            ) => return Ok(false),
            _ => _ = reader.skip()?,
        }
        match reader.whitespace() {
            Some(b',') => reader.pass_byte(),
            Some(_) => return Ok(false),
            None => return Err(reader.error(JsonFault::End)),
        }
    }
}
