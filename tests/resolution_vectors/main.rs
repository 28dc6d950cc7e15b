//! Published cases of state resolution, as facts: Synapse's suites for v1, v2 and v2.1 (`tests/test_state.py`,
//! `tests/state/test_v2.py`, `tests/state/test_v21.py`), the two problems of MSC4297 as ruma-state-res has them, and the
//! case that tells v2 from v2.1 by a mainline alone.

#![cfg(not(target_arch = "wasm32"))]
// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

#[path = "../resolution_support/mod.rs"]
mod resolution_support;
mod v1;
mod v2;
mod v2_1;

use resolution_support::{Pdu, TestRoom};
use roomscope::state::map::Version;
use roomscope::state::resolution::Account;
use std::collections::{BTreeMap, BTreeSet};

const ALICE: &str = "@alice:example.com";
const BOB: &str = "@bob:example.com";
const CHARLIE: &str = "@charlie:example.com";
const EVE: &str = "@eve:example.com";
const ZARA: &str = "@zara:example.com";

const JOIN: &str = r#"{"membership":"join"}"#;
const BAN: &str = r#"{"membership":"ban"}"#;
const LEAVE: &str = r#"{"membership":"leave"}"#;

/// Name, sender, type, state key, content.
type Event = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str);

fn pdu(event: &Event, ts: i64, depth: u64, prev: Vec<String>, auth: Vec<String>) -> Pdu {
    let &(id, sender, kind, key, content) = event;
    Pdu {
        id: id.to_owned(),
        kind: kind.to_owned(),
        state_key: key.map(str::to_owned),
        sender: sender.to_owned(),
        content: content.to_owned(),
        ts,
        depth,
        prev,
        auth,
    }
}

/// Builds a graph of chains ("A on B on C …"), each event with auth events from the state before it and an earlier time
/// than those after it, and returns the names in the state before `at`.
fn state_before(version: &str, events: &[Event], chains: &[&str], at: &str, with_auth: bool) -> BTreeSet<String> {
    let mut room = TestRoom::new(version);
    let mut parents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in events {
        parents.entry(event.0).or_default();
    }
    for chain in chains {
        let names: Vec<&str> = chain.split_whitespace().collect();
        for pair in names.windows(2) {
            parents.get_mut(pair[0]).unwrap().insert(pair[1]);
        }
    }
    let mut after: BTreeMap<&str, Version> = BTreeMap::new();
    let mut depths: BTreeMap<&str, u64> = BTreeMap::new();
    for ts in 0.. {
        // Of those whose parents are there, the first by name.
        let ready =
            |name: &&str| !after.contains_key(name) && parents[name].iter().all(|parent| after.contains_key(parent));
        let name = *parents.keys().find(|name| ready(name)).unwrap();
        let event = events.iter().find(|event| event.0 == name).unwrap();
        let mut versions: Vec<Version> = parents[name].iter().map(|parent| after[parent]).collect();
        versions.dedup();
        let before = room.resolve(&versions);
        if name == at {
            return room.ids(before).into_iter().map(str::to_owned).collect();
        }
        let depth = 1 + parents[name].iter().map(|parent| depths[parent]).max().unwrap_or(0);
        let prev = parents[name].iter().map(|&parent| parent.to_owned()).collect();
        let mut pdu = pdu(event, ts, depth, prev, Vec::new());
        if with_auth {
            pdu.auth = room.auth_from(before, &pdu);
        }
        let nid = room.hold(pdu);
        let state = room.after(before, nid);
        after.insert(name, state);
        depths.insert(name, depth);
    }
    unreachable!()
}

const TOPIC: &str = "m.room.topic";
const LEVELS: &str = "m.room.power_levels";
const RULES: &str = "m.room.join_rules";
const MEMBER: &str = "m.room.member";
const ROOT: Option<&str> = Some("");

/// Holds events given as (name, sender, type, key, content, auth events), a millisecond apart. In versions before 12 every
/// one but the first has the first as its first auth event.
fn room_of(version: &str, events: &[(Event, &str)]) -> TestRoom {
    let mut room = TestRoom::new(version);
    for (ts, (event, auth)) in (0_i64..).zip(events) {
        let mut auth: Vec<String> = auth.split_whitespace().map(str::to_owned).collect();
        if ts > 0 && version != "12" {
            auth.insert(0, events[0].0.0.to_owned());
        }
        let prev = if ts == 1 { vec![events[0].0.0.to_owned()] } else { Vec::new() };
        room.hold(pdu(event, ts, 5, prev, auth));
    }
    room
}

fn resolve_names(room: &mut TestRoom, states: &[&str]) -> (BTreeSet<String>, Account) {
    let parents: Vec<Version> =
        states.iter().map(|state| room.state(&state.split_whitespace().collect::<Vec<_>>())).collect();
    let (resolved, account) = room.account(&parents);
    (room.ids(resolved).into_iter().map(str::to_owned).collect(), account)
}

fn names(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}
