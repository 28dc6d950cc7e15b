//! Random rooms: a state, and an event to check against it, in the form in which Ruma takes events.

use roomscope::event::version::RoomVersion;
use ruma_events::TimelineEventType;
use ruma_events::exports::ruma_common::room_version_rules::AuthorizationRules;
use ruma_events::exports::ruma_common::{
    MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, UserId,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) const USERS: [&str; 5] = ["@alice:a", "@bob:b", "@anna:a", "@carol:c", "@dave:b"];
pub(crate) const NAMED: [(&str, i64); 7] = [
    ("users_default", 0),
    ("events_default", 0),
    ("state_default", 50),
    ("ban", 50),
    ("redact", 50),
    ("kick", 50),
    ("invite", 0),
];
const TYPES: [&str; 4] = ["m.room.message", "m.room.name", "m.room.power_levels", "m.room.redaction"];
const KEY: &str = "/RckOFqgx1tk+3jNYC+h2ZH96/drE8WO1wLqyDXp9hg";
const SIGNATURE: &str = "qRUkTndB+zC3L0P11uJBnGlIuCbUevwr7XifQW4T/8eKILqFdyz0JD5M9VOnP86nGos/ctohM/Qz2Vsyr/QQAg";

/// `SplitMix64`.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.next() as usize % from.len()]
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Pdu {
    pub(crate) id: OwnedEventId,
    pub(crate) room: Option<OwnedRoomId>,
    pub(crate) kind: TimelineEventType,
    pub(crate) state_key: Option<String>,
    pub(crate) sender: OwnedUserId,
    pub(crate) content: Value,
    pub(crate) raw: Box<RawValue>,
    pub(crate) prev: Vec<OwnedEventId>,
    pub(crate) auth: Vec<OwnedEventId>,
    pub(crate) redacts: Option<OwnedEventId>,
    pub(crate) rejected: bool,
}

impl ruma_state_res::Event for Pdu {
    type Id = OwnedEventId;

    fn event_id(&self) -> &OwnedEventId {
        &self.id
    }
    fn room_id(&self) -> Option<&RoomId> {
        self.room.as_deref()
    }
    fn sender(&self) -> &UserId {
        &self.sender
    }
    fn origin_server_ts(&self) -> MilliSecondsSinceUnixEpoch {
        MilliSecondsSinceUnixEpoch::now()
    }
    fn event_type(&self) -> &TimelineEventType {
        &self.kind
    }
    fn content(&self) -> &RawValue {
        &self.raw
    }
    fn state_key(&self) -> Option<&str> {
        self.state_key.as_deref()
    }
    fn prev_events(&self) -> Box<dyn DoubleEndedIterator<Item = &OwnedEventId> + '_> {
        Box::new(self.prev.iter())
    }
    fn auth_events(&self) -> Box<dyn DoubleEndedIterator<Item = &OwnedEventId> + '_> {
        Box::new(self.auth.iter())
    }
    fn redacts(&self) -> Option<&OwnedEventId> {
        self.redacts.as_ref()
    }
    fn rejected(&self) -> bool {
        self.rejected
    }
}

/// One state, and one event to check against it.
pub(crate) struct Case {
    pub(crate) random: Random,
    pub(crate) version: &'static RoomVersion,
    pub(crate) state: Vec<Pdu>,
    pub(crate) event: Pdu,
}

impl Case {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let version = &RoomVersion::all()[random.next() as usize % 12];
        let create = pdu(version, "create", "m.room.create", Some(""), USERS[0], json!({}));
        let mut case = Self { random, version, state: Vec::new(), event: create };
        case.make_state();
        case.make_event();
        case
    }

    pub(crate) fn pdu(&self, name: &str, kind: &str, state_key: Option<&str>, sender: &str, content: Value) -> Pdu {
        pdu(self.version, name, kind, state_key, sender, content)
    }

    pub(crate) fn number(&self) -> u32 {
        self.version.id.parse().unwrap()
    }

    fn make_state(&mut self) {
        let creator = if self.random.chance(90) { USERS[0] } else { USERS[1] };
        let mut create = json!({ "creator": creator, "room_version": self.version.id });
        if self.random.chance(8) {
            create["m.federate"] = json!(self.random.chance(30));
        }
        if self.random.chance(30) {
            create["additional_creators"] = json!(["@anna:a"]);
        }
        self.state.push(self.pdu("create", "m.room.create", Some(""), USERS[0], create));
        if self.random.chance(85) {
            let content = self.levels();
            self.state.push(self.pdu("levels", "m.room.power_levels", Some(""), USERS[0], content));
        }
        if self.random.chance(90) {
            let rule = self.rule();
            let content = if self.random.chance(3) { json!({}) } else { json!({ "join_rule": rule }) };
            self.state.push(self.pdu("rules", "m.room.join_rules", Some(""), USERS[0], content));
        }
        for user in USERS {
            if self.random.chance(80) {
                let odd = ["leave", "invite", "ban", "knock", "join"];
                let membership = if self.random.chance(55) { "join" } else { self.random.pick(&odd) };
                let sender = self.random.pick(&USERS);
                let content = json!({ "membership": membership });
                self.state.push(self.pdu(&format!("member-{user}"), "m.room.member", Some(user), sender, content));
            }
        }
        if self.random.chance(30) {
            let sender = self.random.pick(&USERS);
            let key = if self.random.chance(80) { KEY } else { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
            let content = json!({ "display_name": "x", "key_validity_url": "x", "public_key": key });
            self.state.push(self.pdu("token", "m.room.third_party_invite", Some("token"), sender, content));
        }
    }

    fn rule(&mut self) -> &'static str {
        self.random.pick(&["public", "public", "invite", "knock", "restricted", "knock_restricted", "private", "other"])
    }

    fn level(&mut self) -> Value {
        let level =
            self.random.pick(&[-1, 0, 0, 0, 1, 20, 49, 50, 50, 50, 51, 100, 100, 101, 9_007_199_254_740_991_i64]);
        if self.number() < 10 && self.random.chance(5) {
            return json!(self.random.pick(&["50", " 50 ", "+50", "-1", "100", "007"]));
        }
        json!(level)
    }

    fn levels(&mut self) -> Value {
        let mut content = json!({});
        if self.random.chance(70) {
            content["users"] = json!({ "@bob:b": 50, "@carol:c": 100 });
            if self.number() < 12 {
                content["users"]["@alice:a"] = json!(100);
            }
        }
        for _ in 0..self.random.next() % 8 {
            self.change_levels(&mut content);
        }
        content
    }

    fn change_levels(&mut self, content: &mut Value) {
        let level = self.level();
        let (map, key) = match self.random.next() % 6 {
            0 | 1 => {
                let key = self.random.pick(&NAMED).0;
                if self.random.chance(70) {
                    content[key] = level;
                } else {
                    content.as_object_mut().unwrap().remove(key);
                }
                return;
            }
            2 => ("events", self.random.pick(&TYPES)),
            3 => ("notifications", self.random.pick(&["room", "other"])),
            _ => ("users", self.random.pick(&USERS)),
        };
        if self.random.chance(75) {
            content[map][key] = level;
        } else if let Some(levels) = content[map].as_object_mut() {
            levels.remove(key);
        }
        if content[map].is_null() {
            content.as_object_mut().unwrap().remove(map);
        }
    }

    fn make_event(&mut self) {
        let sender = self.sender();
        let name = if self.number() < 3 { "event:a" } else { "event" };
        self.event = match self.random.next() % 20 {
            0 | 1 => self.pdu(name, "m.room.message", None, sender, json!({})),
            2 | 3 => {
                let key = self.random.pick(&["", "", "x", "@alice:a", "@bob:b", "@bob:b_x"]);
                self.pdu(name, "m.room.name", Some(key), sender, json!({}))
            }
            4 => {
                let key = self.random.pick(&[Some("a"), Some("b"), Some("c"), Some(""), None]);
                self.pdu(name, "m.room.aliases", key, sender, json!({}))
            }
            5 => {
                let mut event = self.pdu(name, "m.room.redaction", None, sender, json!({}));
                let redacts = self.random.pick(&[Some("$x:a"), Some("$x:b"), None]);
                event.redacts = redacts.map(|id| OwnedEventId::try_from(id).unwrap());
                event
            }
            6 => self.pdu(name, "m.room.third_party_invite", Some("tok"), sender, json!({})),
            7 => {
                let rule = self.rule();
                self.pdu(name, "m.room.join_rules", Some(""), sender, json!({ "join_rule": rule }))
            }
            8..=12 => {
                let current = self.in_state("m.room.power_levels", "").map(|event| event.content.clone());
                let mut content = current.filter(|_| self.random.chance(85)).unwrap_or_else(|| json!({}));
                for _ in 0..self.random.next() % 4 {
                    self.change_levels(&mut content);
                }
                if self.random.chance(2) {
                    content["users"]["nobody"] = json!(1);
                }
                let key = if self.random.chance(95) { "" } else { "x" };
                self.pdu(name, "m.room.power_levels", Some(key), sender, content)
            }
            _ => self.make_member(name, sender),
        };
        if self.random.chance(8) {
            self.event.prev = vec![self.state[0].id.clone()];
        }
    }

    /// Somebody, rather one who is in the room.
    fn sender(&mut self) -> &'static str {
        let any = self.random.pick(&USERS);
        if self.random.chance(15) {
            return any;
        }
        let is_in = |user: &str| {
            self.in_state("m.room.member", user).is_some_and(|member| member.content["membership"] == "join")
        };
        let members: Vec<&str> = USERS.into_iter().filter(|user| is_in(user)).collect();
        if members.is_empty() { any } else { self.random.pick(&members) }
    }

    fn make_member(&mut self, name: &str, sender: &str) -> Pdu {
        let membership =
            self.random.pick(&["join", "join", "join", "leave", "leave", "invite", "invite", "ban", "knock", "other"]);
        let by_oneself = matches!(membership, "join" | "knock");
        let sender = if by_oneself { self.random.pick(&USERS) } else { sender };
        let target =
            if self.random.chance(if by_oneself { 90 } else { 30 }) { sender } else { self.random.pick(&USERS) };
        let mut content = json!({ "membership": membership });
        if self.random.chance(40) {
            content["join_authorised_via_users_server"] = json!(self.random.pick(&USERS));
        }
        if membership == "invite" && self.random.chance(30) {
            let mxid = "@erin:e";
            let signed = json!({
                "mxid": mxid,
                "token": "token",
                "signatures": { "id.server": { "ed25519:0": SIGNATURE } },
            });
            content["third_party_invite"] = json!({ "display_name": "x", "signed": signed });
            let target = if self.random.chance(80) { mxid } else { target };
            return self.pdu(name, "m.room.member", Some(target), sender, content);
        }
        self.pdu(name, "m.room.member", Some(target), sender, content)
    }

    pub(crate) fn in_state(&self, kind: &str, key: &str) -> Option<&Pdu> {
        self.state.iter().find(|event| event.kind.to_string() == kind && event.state_key.as_deref() == Some(key))
    }

    pub(crate) fn rules(&self) -> AuthorizationRules {
        match self.number() {
            1 | 2 => AuthorizationRules::V1,
            3..=5 => AuthorizationRules::V3,
            6 => AuthorizationRules::V6,
            7 => AuthorizationRules::V7,
            8 | 9 => AuthorizationRules::V8,
            10 => AuthorizationRules::V10,
            11 => AuthorizationRules::V11,
            _ => AuthorizationRules::V12,
        }
    }

    /// The sender's level as the specification has it, for telling differences apart.
    pub(crate) fn sender_level(&self) -> i64 {
        let create = &self.state[0];
        let sender = self.event.sender.as_str();
        let additional =
            create.content["additional_creators"].as_array().is_some_and(|users| users.contains(&json!(sender)));
        if self.number() == 12 && (sender == create.sender.as_str() || additional) {
            return i64::MAX;
        }
        let Some(levels) = self.in_state("m.room.power_levels", "") else { return 0 };
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        number(&levels.content["users"][sender]).or_else(|| number(&levels.content["users_default"])).unwrap_or(0)
    }
}

fn pdu(version: &RoomVersion, name: &str, kind: &str, state_key: Option<&str>, sender: &str, content: Value) -> Pdu {
    let by_hash = version.room_id_is_hash();
    let room = if by_hash { "!create" } else { "!room:a" };
    let raw = serde_json::value::to_raw_value(&content).unwrap();
    Pdu {
        id: OwnedEventId::try_from(format!("${name}")).unwrap(),
        room: (!by_hash || kind != "m.room.create").then(|| OwnedRoomId::try_from(room).unwrap()),
        kind: TimelineEventType::from(kind),
        state_key: state_key.map(str::to_owned),
        sender: OwnedUserId::try_from(sender).unwrap(),
        content,
        raw,
        prev: if kind == "m.room.create" { Vec::new() } else { vec![OwnedEventId::try_from("$parent").unwrap()] },
        auth: Vec::new(),
        redacts: None,
        rejected: false,
    }
}
