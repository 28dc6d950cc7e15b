//! Reading events: JSON, room versions, canonical JSON, redaction, hashes and ids, and the columns that held events
//! become. Relies on [`crate::nid`] alone.

pub mod canonical;
pub mod content;
mod float;
pub mod hash;
pub mod json;
pub mod pdu;
pub mod redact;
pub mod table;
pub mod thin;
pub mod version;
