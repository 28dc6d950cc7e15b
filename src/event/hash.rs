//! Content hashes and event ids.
//!
//! The specification's "Calculating the content hash for an event" and "Calculating the reference hash for an event"
//! (server-server API), with Synapse's list of keys to leave out. A [`Hasher`] is for many events as they are read; the
//! functions beside it are for one whose members are at hand. Relies on [`super::redact`] and [`super::pdu`].

use super::canonical::{Members, Writer};
use super::json::{JsonError, Str};
use super::pdu::Pdu;
use super::redact::{redact, write_content};
use super::version::{EventFormat, RoomVersion};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Computes hashes of events one after another in the same memory.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    canonical: Writer,
}

impl Hasher {
    /// Returns the content hash of the event that `text` holds: as [`content_hash`], in one pass.
    ///
    /// # Errors
    /// If `text` is not a well-formed object; what [`Pdu::read`] read is.
    pub fn content_hash(&mut self, text: &str, version: &RoomVersion) -> Result<String, JsonError> {
        self.content_hash_without(text, version, "")
    }

    /// As [`Hasher::content_hash`], as if the event had no member `left_out`.
    ///
    /// # Errors
    /// As [`Hasher::content_hash`].
    pub fn content_hash_without(
        &mut self,
        text: &str,
        version: &RoomVersion,
        left_out: &str,
    ) -> Result<String, JsonError> {
        self.canonical.clear();
        self.canonical.object(text, |key| counts_for_content_hash(key, version) && key != left_out)?;
        Ok(STANDARD_NO_PAD.encode(Sha256::digest(self.canonical.text())))
    }

    /// Writes the id of an event into `id`: as [`event_id`], from what reading the event has found.
    ///
    /// # Errors
    /// If a value of the event is malformed; what [`Pdu::read`] read is not.
    pub fn event_id(&mut self, pdu: &Pdu<'_>, version: &RoomVersion, id: &mut String) -> Result<(), JsonError> {
        self.write_redacted(pdu, version)?;
        write_id(self.canonical.text(), version, id);
        Ok(())
    }

    /// Writes the event, redacted and without what does not count. The keys stand in their canonical order; of which of
    /// them survive [`super::redact::keeps_top_level`] is the full list.
    fn write_redacted(&mut self, pdu: &Pdu<'_>, version: &RoomVersion) -> Result<(), JsonError> {
        let out = &mut self.canonical;
        out.clear();
        let kind = pdu.kind.map(Str::decode).unwrap_or_default();
        let old = |text| if version.updated_redaction_rules { "" } else { text };
        let room_id = pdu.room_id.filter(|_| added_by_client_apis(&kind, version) != "room_id");

        out.verbatim("{\"auth_events\":");
        write_references(&pdu.auth_events, pdu.raw.auth_events, out)?;
        out.verbatim(",\"content\":");
        write_content(pdu.content, &kind, version, out)?;
        write_member(",\"depth\":", pdu.raw.depth, out)?;
        write_member(",\"hashes\":", pdu.raw.hashes, out)?;
        write_member(",\"membership\":", old(pdu.raw.membership), out)?;
        write_member(",\"origin\":", old(pdu.raw.origin), out)?;
        write_member(",\"origin_server_ts\":", pdu.raw.origin_server_ts, out)?;
        out.verbatim(",\"prev_events\":");
        write_references(&pdu.prev_events, pdu.raw.prev_events, out)?;
        write_member(",\"prev_state\":", old(pdu.raw.prev_state), out)?;
        write_string_member(",\"room_id\":", room_id, out);
        write_string_member(",\"sender\":", pdu.sender, out);
        write_string_member(",\"state_key\":", pdu.state_key, out);
        write_string_member(",\"type\":", pdu.kind, out);
        out.verbatim("}");
        Ok(())
    }
}

fn write_member(key: &str, value: &str, out: &mut Writer) -> Result<(), JsonError> {
    if value.is_empty() {
        return Ok(());
    }
    out.verbatim(key);
    out.value(value)
}

fn write_string_member(key: &str, value: Option<Str<'_>>, out: &mut Writer) {
    if let Some(value) = value {
        out.verbatim(key);
        out.string(value);
    }
}

/// Writes a list of references whose text is `raw`; as it stands, if it is no longer than its ids, quotes and commas.
fn write_references(ids: &[Str<'_>], raw: &str, out: &mut Writer) -> Result<(), JsonError> {
    let shortest = ids.iter().try_fold(1 + usize::from(ids.is_empty()), |length, id| {
        id.as_written().map(|id| length + id.len() + "\"\",".len())
    });
    if shortest == Some(raw.len()) {
        out.verbatim(raw);
        return Ok(());
    }
    out.value(raw)
}

fn write_id(redacted: &str, version: &RoomVersion, id: &mut String) {
    let digest = Sha256::digest(redacted);
    id.clear();
    id.push('$');
    if version.format == EventFormat::HashIds {
        STANDARD_NO_PAD.encode_string(digest, id);
    } else {
        URL_SAFE_NO_PAD.encode_string(digest, id);
    }
}

/// Returns the member that client APIs add to an event of type `kind`, which lacks it on the wire; "" if there is none. The
/// event id aside, which they add to all (Synapse `serialize_event_value`; docs/exports.md).
#[must_use]
pub fn added_by_client_apis(kind: &str, version: &RoomVersion) -> &'static str {
    match kind {
        "m.room.create" if version.room_id_is_hash() => "room_id",
        "m.room.redaction" if version.updated_redaction_rules => "redacts",
        _ => "",
    }
}

fn counts_for_content_hash(key: &str, version: &RoomVersion) -> bool {
    match key {
        "unsigned" | "signatures" | "hashes" | "age_ts" | "outlier" | "destinations" => false,
        // Exports add the id to events that do not have one on the wire.
        "event_id" => !version.computes_ids(),
        _ => true,
    }
}

/// Returns the content hash of an event, in unpadded base64 as `hashes.sha256` has it.
///
/// # Errors
/// If a value of the event is malformed; what [`Members::read`] returned is not.
pub fn content_hash(event: &Members<'_>, version: &RoomVersion) -> Result<String, JsonError> {
    let mut event = event.clone();
    event.retain(|key| counts_for_content_hash(key, version));
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
    let mut id = String::with_capacity(44);
    write_id(&text, version, &mut id);
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
    use crate::event::json::Reader;

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
                let (mut pdu, mut id) = (Pdu::default(), String::new());
                pdu.read(&mut Reader::new(text)).unwrap();
                Hasher::default().event_id(&pdu, version, &mut id).unwrap();
                assert_eq!(id, expected);
            }
        }
    }

    /// Redaction and canonical form come out alike from members and from what reading has found, whatever is there.
    #[test]
    fn both_ways_to_a_hash_agree() {
        let base = [
            ("auth_events", r#"["$a","$b"]"#),
            (
                "content",
                r#"{"membership":"join","body":"x","third_party_invite":{"signed":{"b":1,"a":2},"c":3},"creator":"@a:x"}"#,
            ),
            ("depth", "7"),
            ("hashes", r#"{"sha256":"abc"}"#),
            ("origin_server_ts", "1000"),
            ("prev_events", r#"["$p"]"#),
            ("room_id", r#""!r:x""#),
            ("sender", r#""@a:x""#),
            ("signatures", r#"{"x":{"ed25519:1":"s"}}"#),
            ("type", r#""m.room.member""#),
            ("unsigned", r#"{"age_ts":1}"#),
        ];
        let changes = [
            ("type", r#""m.room.message""#),
            ("type", r#""m.room.create""#),
            ("type", r#""m.room.\u0063reate""#),
            ("type", r#""\"""#),
            ("auth_events", "[]"),
            ("auth_events", "[ ]"),
            ("auth_events", r#"[ "$a"]"#),
            ("auth_events", r#"["\u0024a"]"#),
            ("auth_events", r#"[["$a",{"sha256":"x"}]]"#),
            ("prev_events", r#"["$p","$q", "$r"]"#),
            ("prev_events", "[]"),
            ("content", "{}"),
            ("content", r#"{ "membership" : "j\u006fin" }"#),
            ("content", r#"{"third\u005fparty_invite":{"x":1}}"#),
            ("content", r#"{"third_party_invite":{"signed":1},"third_party_invite":2,"membership":"x"}"#),
            ("hashes", r#"{ "x":[1.50, -0],"sha256":"abc"}"#),
            ("hashes", "1"),
            ("depth", "0"),
            ("origin_server_ts", "-0"),
            ("state_key", r#""""#),
            ("state_key", r#""\u00e9\n""#),
            ("origin", r#""x""#),
            ("origin", r#"{"b":1,"a":2}"#),
            ("membership", r#""join""#),
            ("prev_state", "[]"),
            ("age_ts", "5"),
            ("event_id", r#""$e""#),
            ("extra", "1"),
            ("redacts", r#""$r""#),
            ("room_id", r#""!\u0072""#),
        ];
        let mut hasher = Hasher::default();
        let mut id = String::new();
        for change in changes {
            let with = |key: &str, value: &str| format!("\"{key}\":{value}");
            let kept = base.iter().filter(|(key, _)| *key != change.0).map(|(key, value)| with(key, value));
            // Once alone, and once after another value of the same key, which does not count.
            let first = base.iter().find(|(key, _)| *key == change.0).map(|(key, value)| with(key, value));
            for first in [None, first] {
                let all: Vec<String> = kept.clone().chain(first).chain([with(change.0, change.1)]).collect();
                let text = format!("{{{}}}", all.join(","));
                let mut pdu = Pdu::default();
                pdu.read(&mut Reader::new(&text)).unwrap();
                for number in 3..=12 {
                    let version = RoomVersion::find(&number.to_string()).unwrap();
                    let members = Members::read(&text).unwrap();
                    assert_eq!(
                        hasher.content_hash(&text, version).unwrap(),
                        content_hash(&members, version).unwrap(),
                        "{text}"
                    );
                    let expected = event_id(members, &pdu.kind.unwrap().decode(), version).unwrap();
                    hasher.event_id(&pdu, version, &mut id).unwrap();
                    assert_eq!(id, expected, "{text} in version {number}");
                }
            }
        }
    }
}
