//! Redaction: what of an event survives, by room version.
//!
//! The specification's "Redactions" section of each room version, as Synapse applies it. An event's id is a hash over
//! what survives. Relies on [`super::canonical`] and [`super::version`].

use super::canonical::{Members, Writer};
use super::json::JsonError;
use super::version::RoomVersion;

/// Which members of an event's `content` survive redaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeptContent {
    /// All of them.
    All,
    /// These alone; of `third_party_invite`, only `signed` inside it.
    Keys(&'static [&'static str]),
}

/// Returns whether a top-level key survives redaction.
#[must_use]
pub fn keeps_top_level(key: &str, version: &RoomVersion) -> bool {
    match key {
        "event_id" | "sender" | "room_id" | "hashes" | "signatures" | "content" | "type" | "state_key" | "depth"
        | "prev_events" | "auth_events" | "origin_server_ts" => true,
        "prev_state" | "membership" | "origin" => !version.updated_redaction_rules,
        _ => false,
    }
}

/// Returns what survives of the content of an event of type `kind`.
#[must_use]
pub fn kept_content(kind: &str, version: &RoomVersion) -> KeptContent {
    KeptContent::Keys(match kind {
        "m.room.member" if version.updated_redaction_rules => {
            &["membership", "join_authorised_via_users_server", "third_party_invite"]
        }
        "m.room.member" if version.restricted_join_rule_fix => &["membership", "join_authorised_via_users_server"],
        "m.room.member" => &["membership"],
        "m.room.create" if version.updated_redaction_rules => return KeptContent::All,
        "m.room.create" => &["creator"],
        "m.room.join_rules" if version.restricted_join_rule => &["join_rule", "allow"],
        "m.room.join_rules" => &["join_rule"],
        "m.room.power_levels" if version.updated_redaction_rules => {
            &["users", "users_default", "events", "events_default", "state_default", "ban", "kick", "redact", "invite"]
        }
        "m.room.power_levels" => {
            &["users", "users_default", "events", "events_default", "state_default", "ban", "kick", "redact"]
        }
        "m.room.aliases" if version.special_case_aliases_auth => &["aliases"],
        "m.room.history_visibility" => &["history_visibility"],
        "m.room.redaction" if version.updated_redaction_rules => &["redacts"],
        _ => &[],
    })
}

/// Returns the content `text` of an event of type `kind`, redacted, in canonical form.
///
/// # Errors
/// If `text` is not a well-formed JSON object.
pub fn redact_content(text: &str, kind: &str, version: &RoomVersion) -> Result<String, JsonError> {
    let mut content = Members::read(text)?;
    let mut invite = None;
    if let KeptContent::Keys(keys) = kept_content(kind, version) {
        content.retain(|key| keys.contains(&key));
        if let Some(text) = content.get("third_party_invite") {
            // An object without `signed` leaves an empty object, anything else nothing.
            if let Ok(mut members) = Members::read(text) {
                members.retain(|key| key == "signed");
                let mut out = String::new();
                members.write(&mut out)?;
                invite = Some(out);
            }
            content.retain(|key| key != "third_party_invite");
        }
    }
    if let Some(invite) = &invite {
        content.set("third_party_invite", invite);
    }
    let mut out = String::with_capacity(text.len());
    content.write(&mut out)?;
    Ok(out)
}

/// Writes the content `text` of an event of type `kind`, redacted: what [`redact_content`] returns, in one pass or none.
///
/// # Errors
/// If `text` is not a well-formed JSON object. What is read of it, that is: where nothing is kept, nothing is read.
pub fn write_content(text: &str, kind: &str, version: &RoomVersion, writer: &mut Writer) -> Result<(), JsonError> {
    match kept_content(kind, version) {
        KeptContent::All => writer.object(text, |_| true),
        KeptContent::Keys([]) => {
            writer.verbatim("{}");
            Ok(())
        }
        KeptContent::Keys(keys) => {
            let start = writer.text().len();
            let mut part = false;
            writer.object(text, |key| {
                part |= key == "third_party_invite";
                keys.contains(&key)
            })?;
            // A part of that value is kept: rare enough to begin again and go the long way.
            if part {
                writer.truncate(start);
                writer.verbatim(&redact_content(text, kind, version)?);
            }
            Ok(())
        }
    }
}

/// Returns an event, redacted, as members to write or hash. `content` is where the redacted content is kept: give an
/// empty string.
///
/// # Errors
/// If the event's content is not a well-formed JSON object.
pub fn redact<'a>(
    mut event: Members<'a>,
    kind: &str,
    version: &RoomVersion,
    content: &'a mut String,
) -> Result<Members<'a>, JsonError> {
    *content = redact_content(event.get("content").unwrap_or("{}"), kind, version)?;
    event.retain(|key| keeps_top_level(key, version));
    if kind == "m.room.create" && version.room_id_is_hash() {
        event.retain(|key| key != "room_id");
    }
    event.set("content", content);
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content rules by room version: the specification's "Redactions" sections.
    #[test]
    fn keeps_content_by_version() {
        type Kept<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&str, &str, Kept<'_>); 9] = [
            ("m.room.message", r#"{"body":"x","msgtype":"m.text"}"#, &[("1", "{}"), ("12", "{}")]),
            (
                "m.room.create",
                r#"{"creator":"@a:x","room_version":"11","m.federate":false}"#,
                &[
                    ("1", r#"{"creator":"@a:x"}"#),
                    ("10", r#"{"creator":"@a:x"}"#),
                    ("11", r#"{"creator":"@a:x","m.federate":false,"room_version":"11"}"#),
                ],
            ),
            (
                "m.room.member",
                r#"{"membership":"join","displayname":"A","join_authorised_via_users_server":"@b:x","third_party_invite":{"display_name":"c","signed":{"token":"t"}}}"#,
                &[
                    ("8", r#"{"membership":"join"}"#),
                    ("9", r#"{"join_authorised_via_users_server":"@b:x","membership":"join"}"#),
                    (
                        "11",
                        r#"{"join_authorised_via_users_server":"@b:x","membership":"join","third_party_invite":{"signed":{"token":"t"}}}"#,
                    ),
                ],
            ),
            (
                "m.room.member",
                r#"{"membership":"invite","third_party_invite":{"display_name":"c"}}"#,
                &[("10", r#"{"membership":"invite"}"#), ("11", r#"{"membership":"invite","third_party_invite":{}}"#)],
            ),
            (
                "m.room.member",
                r#"{"membership":"invite","third_party_invite":"no object"}"#,
                &[("11", r#"{"membership":"invite"}"#)],
            ),
            (
                "m.room.join_rules",
                r#"{"join_rule":"restricted","allow":[],"x":1}"#,
                &[("7", r#"{"join_rule":"restricted"}"#), ("8", r#"{"allow":[],"join_rule":"restricted"}"#)],
            ),
            (
                "m.room.power_levels",
                r#"{"users":{},"invite":50,"notifications":{"room":50},"ban":1,"historical":2}"#,
                &[("10", r#"{"ban":1,"users":{}}"#), ("11", r#"{"ban":1,"invite":50,"users":{}}"#)],
            ),
            ("m.room.aliases", r##"{"aliases":["#a:x"]}"##, &[("5", r##"{"aliases":["#a:x"]}"##), ("6", "{}")]),
            ("m.room.redaction", r#"{"redacts":"$x","reason":"y"}"#, &[("10", "{}"), ("11", r#"{"redacts":"$x"}"#)]),
        ];
        for (kind, content, expected) in cases {
            for (version, kept) in expected {
                let version = RoomVersion::find(version).unwrap();
                assert_eq!(&redact_content(content, kind, version).unwrap(), kept, "{kind} in {}", version.id);
                let mut writer = Writer::default();
                writer.verbatim(",");
                write_content(content, kind, version, &mut writer).unwrap();
                assert_eq!(writer.text(), format!(",{kept}"), "{kind} in {}", version.id);
            }
        }
    }

    #[test]
    fn keeps_top_level_keys_by_version() {
        let event = r#"{"type":"m.room.create","room_id":"!r","content":{},"origin":"x","membership":"join","prev_state":[],"redacts":"$x","state_key":"","extra":1}"#;
        for (version, kept) in [
            (
                "10",
                r#"{"content":{},"membership":"join","origin":"x","prev_state":[],"room_id":"!r","state_key":"","type":"m.room.create"}"#,
            ),
            ("11", r#"{"content":{},"room_id":"!r","state_key":"","type":"m.room.create"}"#),
            ("12", r#"{"content":{},"state_key":"","type":"m.room.create"}"#),
        ] {
            let version = RoomVersion::find(version).unwrap();
            let mut content = String::new();
            let redacted = redact(Members::read(event).unwrap(), "m.room.create", version, &mut content).unwrap();
            let mut out = String::new();
            redacted.write(&mut out).unwrap();
            assert_eq!(out, kept);
        }
    }
}
