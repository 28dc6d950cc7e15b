//! Content hashes and event ids.
//!
//! The specification's "Calculating the content hash for an event" and "Calculating the reference hash for an event"
//! (server-server API), with Synapse's list of keys to leave out. Relies on [`super::redact`].

use super::canonical::Members;
use super::json::JsonError;
use super::redact::redact;
use super::version::{EventFormat, RoomVersion};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Returns the content hash of an event, in unpadded base64 as `hashes.sha256` has it.
///
/// # Errors
/// If a value of the event is malformed; what [`Members::read`] returned is not.
pub fn content_hash(event: &Members<'_>, version: &RoomVersion) -> Result<String, JsonError> {
    let mut event = event.clone();
    event.retain(|key| {
        !matches!(key, "unsigned" | "signatures" | "hashes" | "age_ts" | "outlier" | "destinations")
            // Exports add the id to events that do not have one on the wire.
            && !(key == "event_id" && version.computes_ids())
    });
    let mut text = String::new();
    event.write(&mut text)?;
    Ok(STANDARD_NO_PAD.encode(Sha256::digest(text)))
}

/// Returns the id of an event of type `kind` in a room version that computes ids (3 and up): `$` and the unpadded base64
/// of its reference hash.
///
/// # Errors
/// If a value of the event is malformed; what [`Members::read`] returned is not.
pub fn event_id(event: Members<'_>, kind: &str, version: &RoomVersion) -> Result<String, JsonError> {
    let mut content = String::new();
    let mut event = redact(event, kind, version, &mut content)?;
    event.retain(|key| !matches!(key, "signatures" | "unsigned" | "age_ts" | "event_id"));
    let mut text = String::with_capacity(1024);
    event.write(&mut text)?;
    let digest = Sha256::digest(text);
    let mut id = String::with_capacity(44);
    id.push('$');
    if version.format == EventFormat::HashIds {
        STANDARD_NO_PAD.encode_string(digest, &mut id);
    } else {
        URL_SAFE_NO_PAD.encode_string(digest, &mut id);
    }
    Ok(id)
}

/// Returns 18 letters that follow from `text` alone: the opaque part of a room id, or of an event id where the sender's
/// server chooses it (versions 1 and 2).
#[must_use]
pub fn opaque_id(text: &str) -> String {
    let mut id = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    id.retain(|character| character.is_ascii_alphanumeric());
    id.truncate(18);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published vectors: the specification's appendix "Test vectors" (event signing), with the hashes of its two events.
    #[test]
    fn published_content_hashes() {
        let minimal = r#"{"room_id":"!x:domain","sender":"@a:domain","origin":"domain","origin_server_ts":1000000,"signatures":{},"hashes":{},"type":"X","content":{},"prev_events":[],"auth_events":[],"depth":3,"unsigned":{"age_ts":1000000}}"#;
        let v1 = RoomVersion::find("1").unwrap();
        assert_eq!(
            content_hash(&Members::read(minimal).unwrap(), v1).unwrap(),
            "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"
        );
        let redactable = r#"{"content":{"body":"Here is the message content"},"event_id":"$0:domain","hashes":{},"origin":"domain","origin_server_ts":1000000,"type":"m.room.message","room_id":"!r:domain","sender":"@u:domain","signatures":{},"unsigned":{"age_ts":1000000}}"#;
        assert_eq!(
            content_hash(&Members::read(redactable).unwrap(), v1).unwrap(),
            "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g"
        );
    }

    /// The vectors of Synapse's `tests/crypto/test_event_signing.py`, as facts.
    #[test]
    fn content_hashes_of_synapse() {
        let v1 = RoomVersion::find("1").unwrap();
        for (event, expected) in [
            (
                r#"{"event_id":"$0:domain","origin":"domain","origin_server_ts":1000000,"signatures":{},"type":"X","unsigned":{"age_ts":1000000}}"#,
                "6tJjLpXtggfke8UxFhAKg82QVkJzvKOVOOSjUDK4ZSI",
            ),
            (
                r#"{"content":{"body":"Here is the message content"},"event_id":"$0:domain","origin":"domain","origin_server_ts":1000000,"type":"m.room.message","room_id":"!r:domain","sender":"@u:domain","signatures":{},"unsigned":{"age_ts":1000000}}"#,
                "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g",
            ),
        ] {
            assert_eq!(content_hash(&Members::read(event).unwrap(), v1).unwrap(), expected);
        }
    }

    /// The vector of Synapse's `rust/src/events/utils.rs`, as facts: one event, its id in versions 10 and 3, redacted or not.
    #[test]
    fn event_ids_of_synapse() {
        let event = r#"{"auth_events":["$gbHO7IPUHybc7ULFnT7P0r3iWlZFHGmr6zBfEYCUyKw","$hy1eZFYcgNxMFNNBgCD5fyOzyWRcBkxfNcrUI5ZpZlE","$Nt_z68EwFfPqBeHjzEHGsp461Z4EfNEzR-KH5bOYdOY"],"prev_events":["$4FbpZrgPQTwoLD9H5y7jcikucCypUOn78mXhQX7WliY"],"type":"m.room.message","room_id":"!DHmIIVvxFASSFgDGzr:localhost:8008","sender":"@tester_b:localhost:8008","content":{"msgtype":"m.text","body":"invited people can see history","m.mentions":{}},"depth":24,"origin":"localhost:8008","origin_server_ts":1731769874137,"hashes":{"sha256":"FoYV1w3TW/B2mVT0gX2/BZKpCwrrvGXqXFdUhN9LZYU"},"signatures":{"localhost:8008":{"ed25519:a_phSE":"G8cfk/m97sndxMNrEZ2nMMSXkVeJE05G7if4JiVzAwGfD3TwnF/jfSHt2acWrpNqv/aEhZug3WLofc2id+rVBw"}},"unsigned":{"age_ts":1731769874137}}"#;
        let redacted =
            event.replace(r#"{"msgtype":"m.text","body":"invited people can see history","m.mentions":{}}"#, "{}");
        for (version, expected) in [
            ("10", "$zRz9jjiT9wZc3Hl9ij_74aCmTjqV3YMlj9sj3Uqxg6o"),
            ("3", "$zRz9jjiT9wZc3Hl9ij/74aCmTjqV3YMlj9sj3Uqxg6o"),
        ] {
            let version = RoomVersion::find(version).unwrap();
            for text in [event, &redacted] {
                assert_eq!(event_id(Members::read(text).unwrap(), "m.room.message", version).unwrap(), expected);
            }
        }
    }
}
