//! Random rooms of events that no server of good will would make: auth events left out, out of date, of the wrong kind or
//! named twice, contents that make no sense, depths that are lies, and the same clock for all.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What an event is, in small numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
pub struct Wild {
    /// How far back from the newest event each parent lies.
    back: Vec<u8>,
    kind: u8,
    who: u8,
    whom: u8,
    ts: u8,
    /// What is wrong with its auth events, if anything.
    auth: u8,
    pick: u8,
}

pub fn events(most: usize) -> impl Strategy<Value = Vec<Wild>> {
    let one = (prop::collection::vec(0_u8..7, 1..4), 0_u8..18, 0_u8..4, 0_u8..4, 0_u8..6, 0_u8..30, any::<u8>());
    let event = one.prop_map(|(back, kind, who, whom, ts, auth, pick)| Wild { back, kind, who, whom, ts, auth, pick });
    prop::collection::vec(event, 1..most)
}

pub const USERS: [&str; 4] = ["@a:x", "@b:x", "@c:y", "@d:y"];
const RULES: [&str; 3] = ["invite", "knock", "restricted"];

/// The kinds whose content makes no sense.
const NONSENSE: [u8; 2] = [9, 11];

type Slots = BTreeMap<(String, String), String>;

struct Made {
    id: String,
    slot: Option<(String, String)>,
    joins: bool,
    /// What an onlooker takes for the state after it: that after its first parent, with what looks like a proper change.
    after: Slots,
}

struct Maker {
    version: u32,
    texts: Vec<String>,
    made: Vec<Made>,
}

impl Maker {
    /// The order of ids has nothing to do with that of events.
    fn id(&self, number: usize) -> String {
        let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if self.version < 3 { format!("${mixed}:x") } else { format!("${mixed:043}") }
    }

    fn room_id(&self) -> String {
        if self.version < 12 { "!r:x".to_owned() } else { self.id(0).replace('$', "!") }
    }

    fn references(&self, ids: &[String]) -> Value {
        if self.version < 3 { ids.iter().map(|id| json!([id, {}])).collect() } else { json!(ids) }
    }

    fn make(&mut self, kind: &str, key: Option<&str>, content: &Value, event: &Wild) {
        let number = self.made.len();
        let parents: Vec<&Made> = event
            .back
            .iter()
            .filter_map(|&back| self.made.get(number.checked_sub(1 + usize::from(back) % number.max(1))?))
            .collect();
        let sender = USERS[usize::from(event.who)];
        let before = parents.first().map(|parent| parent.after.clone()).unwrap_or_default();
        let auth = self.auth_events((kind, key, content), sender, &before, event);
        let mut ids: Vec<String> = parents.iter().map(|parent| parent.id.clone()).collect();
        ids.dedup();
        let id = self.id(number);
        let depth = if event.pick == 0 { 1_000 } else { number + 1 };
        let mut pdu = json!({
            "event_id": id, "type": kind, "sender": sender, "content": content, "depth": depth,
            "origin_server_ts": 10 + u64::from(event.ts), "prev_events": self.references(&ids),
            "auth_events": self.references(&auth), "hashes": {},
        });
        if self.version < 12 || number > 0 {
            pdu["room_id"] = json!(self.room_id());
        }
        if let Some(key) = key {
            pdu["state_key"] = json!(key);
        }
        let slot = key.map(|key| (kind.to_owned(), key.to_owned()));
        let joins = kind == "m.room.member" && content["membership"] == "join";
        let member = before.get(&("m.room.member".to_owned(), sender.to_owned()));
        let is_joined = joins || self.made.iter().any(|made| Some(&made.id) == member && made.joins);
        let is_proper = (is_joined || number == 0) && event.auth > 4 && !NONSENSE.contains(&event.kind);
        let mut after = before;
        if let Some(slot) = slot.clone().filter(|_| is_proper) {
            after.insert(slot, id.clone());
        }
        self.made.push(Made { id, slot, joins, after });
        self.texts.push(pdu.to_string());
    }

    fn auth_events(
        &self,
        (kind, key, content): (&str, Option<&str>, &Value),
        sender: &str,
        before: &Slots,
        event: &Wild,
    ) -> Vec<String> {
        if kind == "m.room.create" {
            return Vec::new();
        }
        let mut wanted = vec![("m.room.power_levels", ""), ("m.room.member", sender)];
        if self.version < 12 {
            wanted.push(("m.room.create", ""));
        }
        if let (true, Some(key)) = (kind == "m.room.member", key) {
            if ["join", "invite", "knock"].contains(&content["membership"].as_str().unwrap_or_default()) {
                wanted.push(("m.room.join_rules", ""));
            }
            if key != sender {
                wanted.push(("m.room.member", key));
            }
        }
        let find = |&(kind, key): &(&str, &str)| before.get(&(kind.to_owned(), key.to_owned())).cloned();
        let mut auth: Vec<String> = wanted.iter().filter_map(find).collect();
        let pick = usize::from(event.pick);
        match event.auth {
            // Left out.
            0 if !auth.is_empty() => _ = auth.remove(pick % auth.len()),
            // Out of date, or from another branch.
            1 | 2 if !auth.is_empty() => {
                let place = pick % auth.len();
                let slot = self.made.iter().find(|made| made.id == auth[place]).and_then(|made| made.slot.clone());
                let others: Vec<&Made> = self.made.iter().filter(|made| made.slot == slot).collect();
                auth[place].clone_from(&others[pick % others.len()].id);
            }
            // Anything at all.
            3 => auth.extend(self.made.get(pick % self.made.len().max(1)).map(|made| made.id.clone())),
            // Twice.
            4 => auth.extend(auth.first().cloned()),
            _ => {}
        }
        auth
    }
}

/// Makes a room of a version and returns the text of its events in order, the create event first. Their ids are given.
pub fn texts(version: &str, events: &[Wild]) -> Vec<String> {
    let number: u32 = version.parse().unwrap();
    let mut maker = Maker { version: number, texts: Vec::new(), made: Vec::new() };
    let good = Wild { back: vec![0], kind: 0, who: 0, whom: 0, ts: 0, auth: 9, pick: 1 };
    let a = USERS[0];
    maker.make(
        "m.room.create",
        Some(""),
        &json!({"room_version": version, "creator": a}),
        &Wild { back: vec![], ..good.clone() },
    );
    maker.make("m.room.member", Some(a), &json!({"membership": "join"}), &good);
    let levels = |b: u8, c: u8| {
        let mut users = json!({"@b:x": b, "@c:y": c});
        if number < 12 {
            users["@a:x"] = json!(100);
        }
        json!({"users": users, "invite": 0})
    };
    maker.make("m.room.power_levels", Some(""), &levels(50, 0), &good);
    maker.make("m.room.join_rules", Some(""), &json!({"join_rule": "public"}), &good);
    for who in 1..4 {
        let key = Some(USERS[usize::from(who)]);
        maker.make("m.room.member", key, &json!({"membership": "join"}), &Wild { who, ..good.clone() });
    }
    for event in events {
        let (who, whom) = (USERS[usize::from(event.who)], USERS[usize::from(event.whom)]);
        let member = |membership: &str| json!({"membership": membership});
        let (kind, key, content) = match event.kind {
            0..=3 => ("m.room.member", Some(who), member("join")),
            4 => ("m.room.member", Some(who), member("leave")),
            5 => ("m.room.member", Some(whom), member("leave")),
            6 => ("m.room.member", Some(whom), member("ban")),
            7 => ("m.room.member", Some(whom), member("invite")),
            8 => ("m.room.member", Some(whom), member("knock")),
            9 => ("m.room.member", Some(who), json!({"membership": [event.pick]})),
            10 => ("m.room.power_levels", Some(""), levels(10 * event.ts, 20 * (event.ts % 4))),
            11 => ("m.room.power_levels", Some(""), json!({"users": {"@a:x": "100"}, "ban": "fifty"})),
            12 => ("m.room.join_rules", Some(""), json!({"join_rule": RULES[usize::from(event.ts) % RULES.len()]})),
            13 => ("m.room.join_rules", Some(""), json!({"join_rule": "public"})),
            14 => ("m.room.topic", Some(""), json!({"topic": event.pick})),
            15 => ("m.room.name", Some(who), json!({})),
            16 => ("m.room.third_party_invite", Some("token"), json!({"public_key": 3})),
            _ => ("m.room.message", None, json!({"body": event.pick})),
        };
        maker.make(kind, key, &content, event);
    }
    maker.texts
}
