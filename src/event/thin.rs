//! Thinning: an event without the content that no auth rule, resolution or event id needs.
//!
//! What redaction keeps must stay, since an event's id is a hash over it. What the auth rules read beyond that is kept as
//! well, so that a thinned room resolves as the room does; nothing else is. Hashes and signatures stay: signatures cover
//! the redacted form, and the content hash says that something was taken away, as it does of a redacted event. Values
//! are copied as they stand. Relies on [`super::redact`].

use super::hash::added_by_client_apis;
use super::json::{JsonError, Kind, Reader};
use super::redact::{KeptContent, keeps_top_level, kept_content};
use super::version::RoomVersion;

/// Returns what the auth rules read of the content of an event of type `kind` and redaction takes away. Beside these they
/// look into `third_party_invite` of members, of which `signed` stays in every version.
#[must_use]
pub fn needed_content(kind: &str, version: &RoomVersion) -> &'static [&'static str] {
    match kind {
        "m.room.create" => &["room_version", "m.federate"],
        "m.room.power_levels" if version.limit_notifications_power_levels => &["invite", "notifications"],
        "m.room.power_levels" => &["invite"],
        "m.room.member" if version.restricted_join_rule => &["join_authorised_via_users_server"],
        "m.room.third_party_invite" => &["public_key", "public_keys"],
        _ => &[],
    }
}

/// Writes the event `text` of type `kind` thinned.
///
/// # Errors
/// If `text` is not a well-formed event; what [`super::pdu::Pdu::read`] read is.
pub fn thin(text: &str, kind: &str, version: &RoomVersion, out: &mut String) -> Result<(), JsonError> {
    let redacts = kind == "m.room.redaction" && !version.updated_redaction_rules;
    write_object(text, out, &mut |key, value, out| {
        if key == "content" {
            thin_content(value, kind, version, out)?;
            return Ok(Value::Written);
        }
        // Servers refuse a create event with what client APIs add to it.
        let kept = keeps_top_level(key, version) && key != added_by_client_apis(kind, version);
        Ok(Value::kept_if(kept || redacts && key == "redacts"))
    })
}

fn thin_content(text: &str, kind: &str, version: &RoomVersion, out: &mut String) -> Result<(), JsonError> {
    let KeptContent::Keys(kept) = kept_content(kind, version) else {
        out.push_str(text);
        return Ok(());
    };
    let needed = needed_content(kind, version);
    write_object(text, out, &mut |key, value, out| {
        if key != "third_party_invite" || kind != "m.room.member" {
            return Ok(Value::kept_if(kept.contains(&key) || needed.contains(&key)));
        }
        // That it is there counts, whatever it is; redaction keeps an object alone.
        if Reader::new(value).kind()? == Kind::Object {
            write_object(value, out, &mut |key, _, _| Ok(Value::kept_if(key == "signed")))?;
        } else {
            out.push_str("null");
        }
        Ok(Value::Written)
    })
}

/// What becomes of a member's value.
enum Value {
    /// The member is left out.
    Left,
    /// It is copied as it stands.
    Kept,
    /// Something has been written for it.
    Written,
}

impl Value {
    fn kept_if(kept: bool) -> Self {
        if kept { Self::Kept } else { Self::Left }
    }
}

/// Is given a member's key and value.
type Decide<'a> = dyn FnMut(&str, &str, &mut String) -> Result<Value, JsonError> + 'a;

fn write_object(text: &str, out: &mut String, decide: &mut Decide<'_>) -> Result<(), JsonError> {
    out.push('{');
    let first = out.len();
    Reader::new(text).object(|reader, key| {
        let value = reader.skip()?;
        let before = out.len();
        out.push_str(if before > first { ",\"" } else { "\"" });
        out.push_str(key.raw());
        out.push_str("\":");
        match decide(&key.decode(), value, out)? {
            Value::Left => out.truncate(before),
            Value::Kept => out.push_str(value),
            Value::Written => {}
        }
        Ok::<_, JsonError>(())
    })?;
    out.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(text: &str, kind: &str, version: &str) -> String {
        let mut out = String::new();
        thin(text, kind, RoomVersion::find(version).unwrap(), &mut out).unwrap();
        out
    }

    fn thinned_content(content: &str, kind: &str, version: &str) -> String {
        let out = thinned(&format!("{{\"content\":{content}}}"), kind, version);
        out["{\"content\":".len()..out.len() - 1].to_owned()
    }

    #[test]
    fn keeps_what_redaction_keeps_and_the_rules_read() {
        type Kept<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&str, &str, Kept<'_>); 10] = [
            ("m.room.message", r#"{"body":"x","membership":"y"}"#, &[("1", "{}"), ("12", "{}")]),
            (
                "m.room.create",
                r#"{"creator":"@a:x","room_version":"6","m.federate":false,"predecessor":{}}"#,
                &[
                    ("1", r#"{"creator":"@a:x","room_version":"6","m.federate":false}"#),
                    ("10", r#"{"creator":"@a:x","room_version":"6","m.federate":false}"#),
                    ("11", r#"{"creator":"@a:x","room_version":"6","m.federate":false,"predecessor":{}}"#),
                ],
            ),
            (
                "m.room.power_levels",
                r#"{"users":{ "@a:x":100.0},"invite":50,"notifications":{"room":50},"historical":2}"#,
                &[
                    ("5", r#"{"users":{ "@a:x":100.0},"invite":50}"#),
                    ("6", r#"{"users":{ "@a:x":100.0},"invite":50,"notifications":{"room":50}}"#),
                    ("12", r#"{"users":{ "@a:x":100.0},"invite":50,"notifications":{"room":50}}"#),
                ],
            ),
            (
                "m.room.member",
                r#"{"displayname":"A","membership":"join","join_authorised_via_users_server":"@b:x","reason":"r"}"#,
                &[
                    ("7", r#"{"membership":"join"}"#),
                    ("8", r#"{"membership":"join","join_authorised_via_users_server":"@b:x"}"#),
                    ("12", r#"{"membership":"join","join_authorised_via_users_server":"@b:x"}"#),
                ],
            ),
            (
                "m.room.member",
                r#"{"third_party_invite":{"display_name":"c","signed":{"token":"t"}},"avatar_url":1}"#,
                &[
                    ("1", r#"{"third_party_invite":{"signed":{"token":"t"}}}"#),
                    ("12", r#"{"third_party_invite":{"signed":{"token":"t"}}}"#),
                ],
            ),
            (
                "m.room.member",
                r#"{"third_party_invite":{"display_name":"c"}}"#,
                &[("1", r#"{"third_party_invite":{}}"#), ("12", r#"{"third_party_invite":{}}"#)],
            ),
            (
                "m.room.member",
                r#"{"third_party_invite":"secret"}"#,
                &[("1", r#"{"third_party_invite":null}"#), ("12", r#"{"third_party_invite":null}"#)],
            ),
            (
                "m.room.join_rules",
                r#"{"join_rule":"restricted","allow":[],"x":1}"#,
                &[("7", r#"{"join_rule":"restricted"}"#), ("8", r#"{"join_rule":"restricted","allow":[]}"#)],
            ),
            (
                "m.room.third_party_invite",
                r#"{"display_name":"c","public_key":"k","public_keys":[],"key_validity_url":"u"}"#,
                &[("1", r#"{"public_key":"k","public_keys":[]}"#), ("12", r#"{"public_key":"k","public_keys":[]}"#)],
            ),
            ("m.room.redaction", r#"{"redacts":"$x","reason":"r"}"#, &[("10", "{}"), ("11", r#"{"redacts":"$x"}"#)]),
        ];
        for (kind, content, expected) in cases {
            for (version, kept) in expected {
                assert_eq!(&thinned_content(content, kind, version), kept, "{kind} in {version}");
            }
        }
    }

    #[test]
    fn keeps_top_level_keys_as_redaction_does_and_redacts() {
        let text = r#"{"type":"m.room.redaction","content":{"reason":"r"},"unsigned":{"a":1},"redacts":"$x","origin":"x","hashes":{},"signatures":{},"extra":1}"#;
        assert_eq!(
            thinned(text, "m.room.redaction", "10"),
            r#"{"type":"m.room.redaction","content":{},"redacts":"$x","origin":"x","hashes":{},"signatures":{}}"#
        );
        assert_eq!(
            thinned(text, "m.room.redaction", "11"),
            r#"{"type":"m.room.redaction","content":{},"hashes":{},"signatures":{}}"#
        );
        assert!(!thinned(text, "m.room.message", "10").contains("redacts"));
    }

    /// Of two members with one key the last counts: both are thinned.
    #[test]
    fn thins_what_does_not_count_either() {
        let text = r#"{"content":{"body":"1"},"\u0063ontent":{"body":"2","third_party_invite":3}}"#;
        assert_eq!(thinned(text, "m.room.message", "11"), r#"{"content":{},"\u0063ontent":{}}"#);
    }
}
