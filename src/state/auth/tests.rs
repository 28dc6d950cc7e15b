//! Rooms in a few lines: each event is a JSON array `[id, type, state key or null, sender, content, extras]`, the extras
//! being `prev`, `auth` and `redacts`. An event without `prev` follows some other event.

mod levels;
mod lists;
mod members;
mod messages;
mod words;

use super::*;
use crate::event::table::{Arrival, EventRow, Verdict};
use crate::nid::{EventNid, Slots};
use serde_json::Value;

/// Every room version's identifier.
const ALL: &str = "1 2 3 4 5 6 7 8 9 10 11 12";

struct World {
    table: EventTable,
    strings: Strings,
    version: &'static RoomVersion,
    create: Option<EventNid>,
    events: Vec<EventNid>,
}

impl World {
    fn new(version: &str, lines: &[&str]) -> Self {
        let mut strings = Strings::new(1);
        let mut table = EventTable::default();
        let mut slots = Slots::default();
        let mut events = Vec::new();
        let mut create = None;
        for line in lines {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            let text = |at: usize| value[at].as_str().unwrap();
            let nid = strings.intern_event(text(0)).unwrap();
            let kind = strings.intern_type(text(1)).unwrap();
            let state_key = value[2].as_str().map(|key| strings.intern_state_key(key).unwrap());
            let sender = strings.intern_state_key(text(3)).unwrap();
            let mut ids = |key: &str| -> Option<Vec<EventNid>> {
                let ids = value[5][key].as_array()?;
                Some(ids.iter().map(|id| strings.intern_event(id.as_str().unwrap()).unwrap()).collect())
            };
            let prev = ids("prev");
            let auth = ids("auth").unwrap_or_default();
            let is_create = kind == EventTypeNid::CREATE && state_key == Some(EventStateKeyNid::EMPTY);
            let prev = match prev {
                Some(prev) => prev,
                None if is_create => Vec::new(),
                None => vec![strings.intern_event("$parent").unwrap()],
            };
            table.grow(strings.events());
            assert!(!table.holds(nid), "{line}: an id of its own");
            let slot = state_key.map(|key| slots.intern(kind, key));
            let row = EventRow { kind, state_key, slot, sender, depth: 1, origin_server_ts: 1 };
            table.hold(nid, row, Arrival::Live, &prev, &auth);
            // As it was written: duplicate keys count.
            let content = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(line).unwrap()[4].get();
            let redacts = value[5]["redacts"].as_str();
            table.facts_mut().read(nid, kind, state_key, content, redacts, &mut strings).unwrap();
            events.push(nid);
            if is_create && create.is_none() {
                create = Some(nid);
            }
        }
        let version = RoomVersion::find(version).unwrap();
        Self { table, strings, version, create, events }
    }

    fn rules(&self) -> Rules<'_> {
        Rules::new(&self.table, &self.strings, self.version, self.create, None)
    }

    fn nid(&self, id: &str) -> EventNid {
        self.strings.find_event(id).unwrap()
    }

    /// Checks the last event against the state that those before it make, in the order in which they stand.
    fn last(&self) -> Check {
        let (&event, before) = self.events.split_last().unwrap();
        self.rules().state_dependent(event, |kind, key| {
            let is_in =
                |&event: &EventNid| self.table.kind(event) == Some(kind) && self.table.state_key(event) == Some(key);
            before.iter().rev().copied().find(is_in)
        })
    }
}

/// alice made the room and has 100, bob has 50, carol and dave have nothing; erin was never in it. Versions 1 to 11.
const BASE: &[&str] = &[
    r#"["$create", "m.room.create", "", "@alice:a", {"creator":"@alice:a"}]"#,
    r#"["$alice", "m.room.member", "@alice:a", "@alice:a", {"membership":"join"}]"#,
    r#"["$levels", "m.room.power_levels", "", "@alice:a", {"users":{"@alice:a":100,"@bob:b":50}}]"#,
    r#"["$rules", "m.room.join_rules", "", "@alice:a", {"join_rule":"public"}]"#,
    r#"["$bob", "m.room.member", "@bob:b", "@bob:b", {"membership":"join"}]"#,
    r#"["$carol", "m.room.member", "@carol:c", "@carol:c", {"membership":"join"}]"#,
    r#"["$dave", "m.room.member", "@dave:d", "@dave:d", {"membership":"join"}]"#,
];

/// The same for version 12, where the creator's level is not set.
const BASE_12: &[&str] = &[
    r#"["$create", "m.room.create", "", "@alice:a", {"room_version":"12","additional_creators":["@ada:a"]}]"#,
    r#"["$alice", "m.room.member", "@alice:a", "@alice:a", {"membership":"join"}]"#,
    r#"["$levels", "m.room.power_levels", "", "@alice:a", {"users":{"@bob:b":50}}]"#,
    r#"["$rules", "m.room.join_rules", "", "@alice:a", {"join_rule":"public"}]"#,
    r#"["$bob", "m.room.member", "@bob:b", "@bob:b", {"membership":"join"}]"#,
    r#"["$carol", "m.room.member", "@carol:c", "@carol:c", {"membership":"join"}]"#,
    r#"["$dave", "m.room.member", "@dave:d", "@dave:d", {"membership":"join"}]"#,
];

/// Says what the rules of each version make of the last of `lines` after the base room: "ok" or the refusal's code.
#[track_caller]
fn case(versions: &str, lines: &[&str], expected: &str) {
    for version in versions.split(' ') {
        let base = if version == "12" { BASE_12 } else { BASE };
        let all: Vec<&str> = base.iter().chain(lines).copied().collect();
        bare(version, &all, expected);
    }
}

/// The same without a base room.
#[track_caller]
fn bare(version: &str, lines: &[&str], expected: &str) {
    let outcome = World::new(version, lines).last();
    let code = outcome.map_or_else(|refusal| refusal.rule.code(), |()| "ok");
    assert_eq!(code, expected, "version {version}: {}", lines.last().unwrap());
}

/// Returns the line of a member event.
fn member(target: &str, sender: &str, membership: &str) -> String {
    format!(
        r#"["$m-{target}-{sender}-{membership}", "m.room.member", "{target}", "{sender}", {{"membership":"{membership}"}}]"#
    )
}

fn levels(sender: &str, content: &str) -> String {
    let sum: u32 = content.bytes().map(u32::from).sum();
    format!(r#"["$levels-{sum}-{sender}", "m.room.power_levels", "", "{sender}", {content}]"#)
}

fn join_rule(rule: &str) -> String {
    format!(r#"["$rule-{rule}", "m.room.join_rules", "", "@alice:a", {{"join_rule":"{rule}"}}]"#)
}

#[test]
fn codes_are_words_of_their_own() {
    let mut codes: Vec<&str> = RefusalCode::ALL.iter().map(|code| code.code()).collect();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn refusals_are_small() {
    assert!(size_of::<Refusal>() <= 40);
    assert_eq!(size_of::<Check>(), size_of::<Refusal>());
}

/// Returns a public key, and the `signed` part of an invite for `@erin:e` by the token `token`.
fn signed_invite() -> (String, String) {
    use base64::Engine;
    let message = r#"{"mxid":"@erin:e","token":"token"}"#;
    let (key, signature) = ed25519::tests::sign(&[9; 32], message.as_bytes());
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    let signatures = format!(r#"{{"id.server":{{"ed25519:0":"{}"}}}}"#, base64(&signature));
    let signed = format!(r#"{{"token":"token", "unsigned":{{}}, "mxid":"@erin:e","signatures":{signatures}}}"#);
    (base64(&key), signed)
}
