//! Random rooms that love conflict, made by sending: every event stands where a server could have put it.

use super::hostile::{self, USERS, Wild};
use proptest::prelude::*;
use roomscope::event::version::RoomVersion;
use roomscope::nid::EventNid;
use roomscope::room::{Draft, Room, RoomOptions};

/// What a random step does, in small numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
pub struct Move {
    /// How far back from the newest event each parent lies.
    pub back: Vec<u8>,
    pub kind: u8,
    pub who: u8,
    pub whom: u8,
    pub ts: u8,
}

pub fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    let one = (prop::collection::vec(0_u8..7, 1..4), 0_u8..12, 0_u8..4, 0_u8..4, 0_u8..6);
    let step = one.prop_map(|(back, kind, who, whom, ts)| Move { back, kind, who, whom, ts });
    prop::collection::vec(step, 1..most)
}

/// What makes a room of any kind.
#[derive(Clone, Debug)]
pub enum Story {
    Good(Vec<Move>),
    Hostile(Vec<Wild>),
}

/// Rooms of good will, and some that are not.
pub fn stories(most: usize) -> impl Strategy<Value = Story> {
    prop_oneof![2 => moves(most).prop_map(Story::Good), 1 => hostile::events(most).prop_map(Story::Hostile)]
}

impl Story {
    /// Makes the room of a version and returns the text of its events in order, the create event first.
    pub fn texts(&self, version: &str) -> Vec<String> {
        match self {
            Self::Good(moves) => texts(version, moves),
            Self::Hostile(events) => hostile::texts(version, events),
        }
    }
}

/// Makes a room of a version and returns the text of its events in order, the create event first.
pub fn texts(version: &str, moves: &[Move]) -> Vec<String> {
    let room_version = RoomVersion::find(version);
    let mut room = Room::new(RoomOptions { room_version, ..RoomOptions::default() });
    let mut events: Vec<EventNid> = Vec::new();
    let mut send = |kind: &str, key: Option<&str>, sender: &str, content: String, ts: i64, back: &[u8]| {
        let mut prev: Vec<String> = Vec::new();
        for &back in back {
            let Some(place) = events.len().checked_sub(1 + back as usize) else { continue };
            let id = room.strings().event_id(events[place]).to_owned();
            if !prev.contains(&id) {
                prev.push(id);
            }
        }
        if prev.is_empty() && !events.is_empty() {
            prev.push(room.strings().event_id(events[0]).to_owned());
        }
        let draft = Draft {
            kind: kind.to_owned(),
            state_key: key.map(str::to_owned),
            sender: sender.to_owned(),
            content,
            origin_server_ts: ts,
            prev_events: Some(prev),
        };
        // The same message twice is one event.
        if let Ok(nid) = room.send(&draft) {
            events.push(nid);
        }
    };
    let a = USERS[0];
    send("m.room.create", Some(""), a, format!(r#"{{"room_version":"{version}","creator":"{a}"}}"#), 1, &[]);
    send("m.room.member", Some(a), a, r#"{"membership":"join"}"#.to_owned(), 2, &[0]);
    let creator = if version == "12" { "" } else { r#""@a:x":100,"# };
    let levels = |b: u8, c: u8| format!(r#"{{"users":{{{creator}"@b:x":{b},"@c:y":{c}}},"invite":0}}"#);
    send("m.room.power_levels", Some(""), a, levels(50, 0), 3, &[0]);
    send("m.room.join_rules", Some(""), a, r#"{"join_rule":"public"}"#.to_owned(), 4, &[0]);
    for (number, step) in moves.iter().enumerate() {
        let (who, whom) = (USERS[step.who as usize], USERS[step.whom as usize]);
        let ts = 10 + i64::from(step.ts);
        let member = |membership: &str| format!(r#"{{"membership":"{membership}","n":{number}}}"#);
        let (kind, key, content) = match step.kind {
            0..=2 => ("m.room.member", Some(who), member("join")),
            3 => ("m.room.member", Some(who), member("leave")),
            4 => ("m.room.member", Some(whom), member("leave")),
            5 => ("m.room.member", Some(whom), member("ban")),
            6 => ("m.room.member", Some(whom), member("invite")),
            7 => ("m.room.power_levels", Some(""), levels(10 * step.ts, 20 * (step.ts % 4))),
            8 => {
                let rule = if step.ts % 2 == 0 { "invite" } else { "public" };
                ("m.room.join_rules", Some(""), format!(r#"{{"join_rule":"{rule}","n":{number}}}"#))
            }
            9 | 10 => ("m.room.topic", Some(""), format!(r#"{{"topic":"{number}"}}"#)),
            _ => ("m.room.message", None, format!(r#"{{"body":"{number}"}}"#)),
        };
        send(kind, key, who, content, ts, &step.back);
    }
    events.iter().map(|&nid| room.text(nid).unwrap().to_owned()).collect()
}
