//! Writing contents again: the least JSON that reads as what is kept of an event.
//!
//! For rooms that do not keep their events' JSON, so that they can be saved all the same and read by the one reader that
//! there is.

use super::member::{has_third_party_invite, is_authorised};
use super::power_levels::{EVENTS, NOTIFICATIONS, Shape, USERS};
use super::{
    AdditionalCreators, AuthorisedVia, Create, Creator, Facts, JoinRule, Level, LevelName, Membership, PowerLevels,
    Redacts, VersionName, domain,
};
use crate::event::canonical::write_string;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Strings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use core::fmt::Write as _;

impl Facts {
    /// Writes a content of which [`Facts::read`] would keep what is kept of this event.
    pub fn write_content(
        &self,
        nid: EventNid,
        kind: EventTypeNid,
        state_key: Option<EventStateKeyNid>,
        strings: &Strings,
        out: &mut String,
    ) {
        out.push('{');
        match (kind, state_key) {
            (EventTypeNid::MEMBER, Some(_)) => self.write_member(nid, strings, out),
            (EventTypeNid::JOIN_RULES, Some(_)) => {
                let rule = match self.join_rule(nid) {
                    JoinRule::Invite => "\"invite\"",
                    JoinRule::Public => "\"public\"",
                    JoinRule::Knock => "\"knock\"",
                    JoinRule::Restricted => "\"restricted\"",
                    JoinRule::KnockRestricted => "\"knock_restricted\"",
                    JoinRule::Other => MALFORMED,
                };
                write_member("join_rule", rule, out);
            }
            (EventTypeNid::POWER_LEVELS, Some(_)) => {
                if let Some(levels) = self.power_levels(nid) {
                    write_levels(levels, strings, out);
                }
            }
            (EventTypeNid::CREATE, _) => {
                if let Some(create) = self.create(nid) {
                    write_create(create, strings, out);
                }
            }
            (EventTypeNid::THIRD_PARTY_INVITE, Some(_)) => {
                if let Some(keys) = self.third_party_keys(nid) {
                    write_key("public_keys", out);
                    out.push('[');
                    for (index, key) in keys.keys.iter().enumerate() {
                        out.push_str(if index > 0 { ",{\"public_key\":\"" } else { "{\"public_key\":\"" });
                        STANDARD_NO_PAD.encode_string(key, out);
                        out.push_str("\"}");
                    }
                    out.push(']');
                }
            }
            _ => {}
        }
        out.push('}');
    }

    /// Returns an event id that this redaction could name: of the same server, or not, as it does.
    #[must_use]
    pub fn redacted_id(&self, nid: EventNid, kind: EventTypeNid, strings: &Strings) -> Option<String> {
        let own = strings.event_id(nid);
        let mut id = String::new();
        match self.redacts(nid) {
            _ if kind != EventTypeNid::REDACTION => return None,
            Redacts::Nothing => return None,
            Redacts::SameServer => id.push_str(own),
            Redacts::OtherServer => {
                id.push_str("$:.");
                id.push_str(domain(own).unwrap_or_default());
            }
            Redacts::Malformed => {}
        }
        Some(id)
    }

    fn write_member(&self, nid: EventNid, strings: &Strings, out: &mut String) {
        let membership = match self.membership(nid) {
            Membership::Missing => None,
            Membership::Join => Some("\"join\""),
            Membership::Leave => Some("\"leave\""),
            Membership::Invite => Some("\"invite\""),
            Membership::Ban => Some("\"ban\""),
            Membership::Knock => Some("\"knock\""),
            Membership::Other => Some(MALFORMED),
        };
        if let Some(membership) = membership {
            write_member("membership", membership, out);
        }
        if is_authorised(self.tag(nid)) {
            write_key("join_authorised_via_users_server", out);
            match self.authorised_via(nid) {
                Some(AuthorisedVia::User(user)) => write_string(strings.state_key(user), out),
                Some(AuthorisedVia::Null) => out.push_str("null"),
                Some(AuthorisedVia::Malformed) | None => out.push_str(MALFORMED),
            }
        }
        if has_third_party_invite(self.tag(nid)) {
            write_key("third_party_invite", out);
            out.push('{');
            if let Some(signed) = self.third_party_invite(nid).and_then(|invite| invite.signed.as_ref()) {
                write_member("signed", &signed.text, out);
            }
            out.push('}');
        }
    }
}

/// A value that is none of those that mean something, wherever one is read.
const MALFORMED: &str = "[]";

/// Begins the next member of an object.
fn write_key(key: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    write_string(key, out);
    out.push(':');
}

fn write_member(key: &str, value: &str, out: &mut String) {
    write_key(key, out);
    out.push_str(value);
}

fn write_create(create: &Create, strings: &Strings, out: &mut String) {
    match create.creator {
        Creator::Absent => {}
        Creator::Is(user) => {
            write_key("creator", out);
            write_string(strings.state_key(user), out);
        }
        Creator::Malformed => write_member("creator", MALFORMED, out),
    }
    match &create.additional_creators {
        AdditionalCreators::Users(users) => {
            write_key("additional_creators", out);
            out.push('[');
            for (index, &user) in users.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_string(strings.state_key(user), out);
            }
            out.push(']');
        }
        AdditionalCreators::Malformed => write_member("additional_creators", "0", out),
    }
    match &create.room_version {
        VersionName::Absent => {}
        VersionName::Is(name) => {
            write_key("room_version", out);
            write_string(name, out);
        }
        VersionName::Malformed => write_member("room_version", MALFORMED, out),
    }
    if !create.federate {
        write_member("m.federate", "false", out);
    }
}

fn write_levels(levels: &PowerLevels, strings: &Strings, out: &mut String) {
    for (place, name) in LevelName::ALL.into_iter().enumerate() {
        if let Some(level) = levels.named(name) {
            write_key(name.key(), out);
            write_level(level, levels.is_loose(place), out);
        }
    }
    let map =
        |key: &str, place: usize, shape: Shape, entries: &mut dyn Iterator<Item = (&str, Level)>, out: &mut String| {
            write_key(key, out);
            match shape {
                Shape::Object => {}
                Shape::Empty => return out.push_str("[]"),
                Shape::Other => return out.push('0'),
            }
            out.push('{');
            // One is enough to make the whole map such a thing.
            let mut loose = levels.is_loose(place);
            for (name, level) in entries {
                write_key(name, out);
                write_level(level, core::mem::take(&mut loose), out);
            }
            out.push('}');
        };
    // Of keys that are no user ids the one read last is remembered.
    let is_last = |user: EventStateKeyNid| Some(user) == levels.not_a_user;
    let others = levels.users.iter().filter(|user| !is_last(user.0));
    let last = levels.users.iter().filter(|user| is_last(user.0));
    let mut users = others.chain(last).map(|(user, level)| (strings.state_key(user), level));
    map("users", USERS, levels.users.shape(), &mut users, out);
    let mut events = levels.events.iter().map(|(kind, level)| (strings.event_type(kind), level));
    map("events", EVENTS, levels.events.shape(), &mut events, out);
    let mut notifications = levels.notifications.iter().map(|(key, level)| (strings.state_key(key), level));
    map("notifications", NOTIFICATIONS, levels.notifications.shape(), &mut notifications, out);
}

/// Writes a level; a `loose` one as something other than an integer: no rule tells a string from other such things.
fn write_level(level: Level, loose: bool, out: &mut String) {
    let quote = if loose { "\"" } else { "" };
    match level.looked_up() {
        Ok(Some(level)) => {
            out.push_str(quote);
            // Writing to a String cannot fail.
            let _ = write!(out, "{level}");
            out.push_str(quote);
        }
        Ok(None) => out.push_str("null"),
        Err(_) => out.push_str(MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(
        content: &str,
        kind: EventTypeNid,
        id: &str,
        redacts: Option<&str>,
        strings: &mut Strings,
    ) -> (Facts, EventNid) {
        let mut facts = Facts::default();
        let nid = strings.intern_event(id).unwrap();
        facts.read(nid, kind, Some(EventStateKeyNid::EMPTY), content, redacts, strings).unwrap();
        (facts, nid)
    }

    /// Reads a content, writes it and reads that.
    fn assert_reads_alike(content: &str, kind: EventTypeNid) {
        let mut strings = Strings::new(3);
        let (facts, nid) = read(content, kind, "$event", None, &mut strings);
        let seen = strings.mark();
        let mut again = String::new();
        facts.write_content(nid, kind, Some(EventStateKeyNid::EMPTY), &strings, &mut again);
        let (copy, _) = read(&again, kind, "$event", None, &mut strings);
        assert_eq!(seen, strings.mark(), "{content} became {again}, with other strings");
        assert_eq!(facts.tag(nid), copy.tag(nid), "{content} became {again}");
        assert_eq!(facts.create(nid), copy.create(nid), "{content} became {again}");
        assert_eq!(facts.power_levels(nid), copy.power_levels(nid), "{content} became {again}");
        assert_eq!(facts.authorised_via(nid), copy.authorised_via(nid), "{content} became {again}");
        assert_eq!(facts.third_party_invite(nid), copy.third_party_invite(nid), "{content} became {again}");
        assert_eq!(facts.third_party_keys(nid), copy.third_party_keys(nid), "{content} became {again}");
    }

    #[test]
    fn what_is_written_reads_alike() {
        for (kind, contents) in [
            (
                EventTypeNid::MEMBER,
                &[
                    "{}",
                    r#"{"membership":"join"}"#,
                    r#"{"membership":"leave","join_authorised_via_users_server":"@a:\"x"}"#,
                    r#"{"membership":"invite","join_authorised_via_users_server":null}"#,
                    r#"{"membership":"ban","join_authorised_via_users_server":5}"#,
                    r#"{"membership":"knock","third_party_invite":7}"#,
                    r#"{"membership":"party","third_party_invite":{"signed":{"mxid":"@b:x"}}}"#,
                    r#"{"membership":{},"third_party_invite":{"signed":{"mxid":"@b:x","token":"t","signatures":{"x":{"ed25519:0":"qRUkTndB+zC3L0P11uJBnGlIuCbUevwr7XifQW4T/8eKILqFdyz0JD5M9VOnP86nGos/ctohM/Qz2Vsyr/QQAg"}}}}}"#,
                ] as &[&str],
            ),
            (
                EventTypeNid::JOIN_RULES,
                &[
                    "{}",
                    r#"{"join_rule":"public"}"#,
                    r#"{"join_rule":"knock"}"#,
                    r#"{"join_rule":"restricted"}"#,
                    r#"{"join_rule":"knock_restricted"}"#,
                    r#"{"join_rule":"private"}"#,
                    r#"{"join_rule":3}"#,
                ],
            ),
            (
                EventTypeNid::CREATE,
                &[
                    "{}",
                    r#"{"creator":"@a:x","room_version":"10","m.federate":false,"additional_creators":["@c:x","@b:x"]}"#,
                    r#"{"creator":1,"room_version":2,"m.federate":3,"additional_creators":4}"#,
                    r#"{"additional_creators":["nobody"]}"#,
                ],
            ),
            (
                EventTypeNid::THIRD_PARTY_INVITE,
                &[
                    "{}",
                    r#"{"public_key":"/RckOFqgx1tk+3jNYC+h2ZH96/drE8WO1wLqyDXp9hg","public_keys":[{"public_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},{}]}"#,
                ],
            ),
            (
                EventTypeNid::POWER_LEVELS,
                &[
                    "{}",
                    r#"{"users":{"nobody":1,"@a:x":100,"noone":2,"@b:x":9223372036854775807},"events":{"m.room.name":-5},"ban":50}"#,
                    r#"{"users":[],"events":"x","notifications":{"room":"50"},"kick":null,"invite":"7","redact":{},"ban":1.5}"#,
                ],
            ),
            (EventTypeNid::from_index(100), &["{}", r#"{"body":1}"#]),
        ] {
            for content in contents {
                assert_reads_alike(content, kind);
            }
        }
    }

    #[test]
    fn redactions_name_the_same_server_or_not() {
        for (id, redacts) in [
            ("$a:x", Some("$b:x")),
            ("$a:x", Some("$b:y")),
            ("$a:.", Some("$b:y")),
            ("$a:x", Some("$b")),
            ("$a", Some("$b:x")),
            ("$a", Some("$b")),
            ("$a", None),
        ] {
            let mut strings = Strings::new(3);
            let (facts, nid) = read("{}", EventTypeNid::REDACTION, id, redacts, &mut strings);
            let written = facts.redacted_id(nid, EventTypeNid::REDACTION, &strings);
            let (copy, _) = read("{}", EventTypeNid::REDACTION, id, written.as_deref(), &mut strings);
            assert_eq!(facts.redacts(nid), copy.redacts(nid), "{redacts:?} became {written:?}");
        }
    }

    proptest! {
        #[test]
        fn power_levels_read_alike(
            named in prop::collection::vec((0..LevelName::ALL.len(), level()), 0..8),
            maps in prop::collection::vec(prop::option::of(prop::collection::vec((name(), level()), 0..5)), 3),
        ) {
            let mut members: Vec<String> =
                named.iter().map(|(name, level)| format!("\"{}\":{level}", LevelName::ALL[*name].key())).collect();
            for (key, map) in ["users", "events", "notifications"].into_iter().zip(maps) {
                let Some(map) = map else { continue };
                let entries: Vec<String> = map.iter().map(|(name, level)| format!("\"{name}\":{level}")).collect();
                members.push(format!("\"{key}\":{{{}}}", entries.join(",")));
            }
            assert_reads_alike(&format!("{{{}}}", members.join(",")), EventTypeNid::POWER_LEVELS);
        }
    }

    fn level() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<i64>().prop_map(|level| level.to_string()),
            prop::sample::select(vec!["0", "50", "\"50\"", "50.5", "null", "[]", "true", "\"x\"", "1e400"])
                .prop_map(str::to_owned),
        ]
    }

    fn name() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["@a:x", "@b:x", "@c:y", "nobody", "noone", "room", "m.room.name"])
    }
}
