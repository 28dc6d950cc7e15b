//! The authorization rules against ruma-state-res, another implementation of them, on random events and states.
//!
//! Every disagreement is one of those that [`known_difference`] names, each with its reason; each of them does occur.
//! `ROOMSCOPE_AUTH_CASES` sets how many cases are tried (default 20,000).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]
#![cfg(not(target_arch = "wasm32"))]

mod case;

use case::{Case, NAMED, Pdu, USERS};
use roomscope::event::content::Facts;
use roomscope::event::table::{Arrival, EventRow, EventTable, Verdict};
use roomscope::event::thin::thin;
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slots, Strings};
use roomscope::state::auth::{Refusal, Rules};
use ruma_events::StateEventType;
use ruma_events::exports::ruma_common::{EventId, OwnedEventId};
use serde_json::json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The same events in this crate's columns.
struct World {
    table: EventTable,
    strings: Strings,
}

/// The content of an event, as it is or thinned.
type Content<'a> = &'a dyn Fn(&Pdu) -> String;

fn whole(event: &Pdu) -> String {
    event.raw.get().to_owned()
}

fn thinned(event: &Pdu, version: &RoomVersion) -> String {
    let (kind, mut out) = (event.kind.to_string(), String::new());
    thin(&format!("{{\"content\":{}}}", event.raw), &kind, version, &mut out).unwrap();
    serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(&out).unwrap()["content"].get().to_owned()
}

impl World {
    fn new(events: &[&Pdu], content: Content<'_>) -> Self {
        let (mut table, mut strings, mut slots) = (EventTable::default(), Strings::new(3), Slots::default());
        for event in events {
            let nid = strings.intern_event(event.id.as_str()).unwrap();
            let mut ids = |ids: &[OwnedEventId]| -> Vec<EventNid> {
                ids.iter().map(|id| strings.intern_event(id.as_str()).unwrap()).collect()
            };
            let (prev, auth) = (ids(&event.prev), ids(&event.auth));
            let kind = strings.intern_type(&event.kind.to_string()).unwrap();
            let state_key = event.state_key.as_deref().map(|key| strings.intern_state_key(key).unwrap());
            let sender = strings.intern_state_key(event.sender.as_str()).unwrap();
            let slot = state_key.map(|key| slots.intern(kind, key));
            table.grow(strings.events());
            let row = EventRow { kind, state_key, slot, sender, depth: 1, origin_server_ts: 1 };
            table.hold(nid, row, Arrival::Live, &prev, &auth);
            if event.rejected {
                table.set_verdict(nid, Verdict::Rejected);
            }
            let redacts = event.redacts.as_ref().map(|id| id.as_str());
            // Which of two offenders is named depends on their numbers: those are to be the same with all content and without.
            let mut all = Facts::default();
            all.read(nid, kind, state_key, event.raw.get(), redacts, &mut strings).unwrap();
            table.facts_mut().read(nid, kind, state_key, &content(event), redacts, &mut strings).unwrap();
        }
        Self { table, strings }
    }

    fn rules<'a>(&'a self, version: &'a RoomVersion) -> Rules<'a> {
        let room_id = (!version.room_id_is_hash()).then_some("!room:a");
        Rules::new(&self.table, &self.strings, version, self.strings.find_event("$create"), room_id)
    }

    fn nid(&self, event: &Pdu) -> EventNid {
        self.strings.find_event(event.id.as_str()).unwrap()
    }
}

fn ours(case: &Case, content: Content<'_>) -> Result<(), Refusal> {
    let events: Vec<&Pdu> = case.state.iter().chain([&case.event]).collect();
    let world = World::new(&events, content);
    let state: BTreeMap<(EventTypeNid, EventStateKeyNid), EventNid> = case
        .state
        .iter()
        .map(|event| world.nid(event))
        .map(|nid| ((world.table.kind(nid).unwrap(), world.table.state_key(nid).unwrap()), nid))
        .collect();
    let event = world.nid(&case.event);
    let rules = world.rules(case.version);
    let slots = rules.auth_slots(event);
    rules.state_dependent(event, |kind, key| {
        assert!(slots.position(kind, key).is_some(), "{kind:?} {key:?} is not among the event's slots");
        state.get(&(kind, key)).copied()
    })
}

fn theirs(case: &Case) -> Result<(), String> {
    let fetch = |kind: &StateEventType, key: &str| case.in_state(&kind.to_string(), key);
    ruma_state_res::check_state_dependent_auth_rules(&case.rules(), &case.event, fetch)
}

/// Where Synapse, whose rules ours are, and Ruma do not agree. Returns the reason.
fn known_difference(case: &Case, ours: Result<(), Refusal>, theirs: &Result<(), String>) -> Option<&'static str> {
    let kind = case.event.kind.to_string();
    let membership = case.event.content["membership"].as_str();
    let allows = ours.is_ok() && theirs.is_err();
    let levels = case.in_state("m.room.power_levels", "");
    match kind.as_str() {
        "m.room.member" if allows && membership == Some("join") => {
            let rule = case.in_state("m.room.join_rules", "").and_then(|event| event.content["join_rule"].as_str());
            rule.is_none().then_some("without a join rule a room is an invite room; Ruma lets nobody join")
        }
        "m.room.member" if ours.is_err_and(|refusal| refusal.rule.code() == "not-federated") && theirs.is_ok() => Some(
            "in a closed room nobody of another server can be a member event's target; Ruma looks at the sender alone",
        ),
        "m.room.redaction" if allows && case.number() < 3 && case.event.redacts.is_none() => {
            Some("a redaction of nothing passes in versions 1 and 2; Ruma asks that the servers be the same")
        }
        "m.room.power_levels" if allows && case.event.state_key.as_deref() == Some("x") => {
            Some("power levels under another key have no predecessor; Ruma compares them with those in force")
        }
        "m.room.power_levels" if allows => {
            let old = &levels?.content;
            let defaulted = NAMED.iter().any(|&(key, default)| {
                old.get(key).is_some() != case.event.content.get(key).is_some() && default > case.sender_level()
            });
            defaulted.then_some("a level that is set for the first time, or removed, is compared as it stands; Ruma takes the default for what is missing")
        }
        _ => None,
    }
}

fn cases() -> u64 {
    std::env::var("ROOMSCOPE_AUTH_CASES").map_or(20_000, |cases| cases.parse().expect("a number of cases"))
}

#[test]
fn events_against_states() {
    let mut differences: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut allowed, mut codes) = (0, BTreeMap::new());
    for seed in 0..cases() {
        let case = Case::new(seed);
        let (ours, theirs) = (ours(&case, &whole), theirs(&case));
        match ours {
            Ok(()) => allowed += 1,
            Err(refusal) => *codes.entry(refusal.rule.code()).or_insert(0) += 1,
        }
        if ours.is_ok() == theirs.is_ok() {
            continue;
        }
        let Some(reason) = known_difference(&case, ours, &theirs) else {
            panic!(
                "seed {seed}, version {}: ours {ours:?}, Ruma's {theirs:?}\n{:#?}\nstate: {:#?}",
                case.version.id, case.event, case.state
            );
        };
        *differences.entry(reason).or_default() += 1;
    }
    println!("{allowed} of {} allowed; refused: {codes:#?}\ndifferences: {differences:#?}", cases());
    assert_eq!(differences.len(), 5, "each known difference occurs: {differences:#?}");
    // The cases are worth something only if they reach the rules.
    assert!(allowed > cases() / 10);
    assert!(codes.len() >= 30, "{codes:#?}");
}

/// Thinning leaves all that the rules read: the outcome is the same, and so is the reason.
#[test]
fn thinned_events_against_thinned_states() {
    let mut thinner = 0;
    for seed in 0..cases() {
        let case = Case::new(seed);
        let thin = |event: &Pdu| thinned(event, case.version);
        thinner += u32::from(thin(&case.event) != whole(&case.event));
        assert_eq!(ours(&case, &thin), ours(&case, &whole), "seed {seed}, version {}", case.version.id);
    }
    assert!(u64::from(thinner) > cases() / 50, "{thinner}");
}

#[test]
fn lists_of_auth_events() {
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..cases() {
        let mut case = Case::new(seed ^ 0xa11);
        if case.random.chance(5) {
            case.event = case.state[0].clone();
            if case.random.chance(30) {
                case.event.content.as_object_mut().unwrap().remove("creator");
            }
            if case.random.chance(20) {
                case.event.content["additional_creators"] = case.random.pick(&["x", "@b:b"]).into();
            }
            if case.random.chance(20) {
                case.event.content["additional_creators"] = json!([case.random.pick(&["x", "@b:b"])]);
            }
            if case.random.chance(20) {
                case.event.prev = vec![OwnedEventId::try_from("$parent").unwrap()];
            }
            case.event.raw = serde_json::value::to_raw_value(&case.event.content).unwrap();
            case.event.id = OwnedEventId::try_from("$other").unwrap();
        } else {
            let again = case.pdu("again", "m.room.member", Some(case.event.sender.as_str()), USERS[0], json!({}));
            let message = case.pdu("message", "m.room.message", None, USERS[0], json!({}));
            case.state.extend([again, message]);
            let slots = ruma_state_res::auth_types_for_event(
                &case.event.kind,
                &case.event.sender,
                case.event.state_key.as_deref(),
                &case.event.raw,
                &case.rules(),
            )
            .unwrap();
            let expected = |event: &Pdu| {
                slots.iter().any(|(kind, key)| {
                    kind.to_string() == event.kind.to_string() && Some(key) == event.state_key.as_ref()
                })
            };
            let mut auth = Vec::new();
            for at in 0..case.state.len() {
                let likely = expected(&case.state[at]) && case.state[at].id.as_str() != "$again";
                if case.random.chance(if likely { 90 } else { 3 }) {
                    auth.push(case.state[at].id.clone());
                }
                case.state[at].rejected = case.random.chance(2);
            }
            if case.random.chance(3) {
                auth.push(OwnedEventId::try_from("$gone").unwrap());
            }
            if case.random.chance(3) && !auth.is_empty() {
                let again = auth[case.random.next() as usize % auth.len()].clone();
                auth.push(again);
            }
            case.event.auth = auth;
        }
        let events: Vec<&Pdu> = case.state.iter().chain([&case.event]).collect();
        let world = World::new(&events, &whole);
        let ours = world.rules(case.version).state_independent(world.nid(&case.event));
        let fetch = |id: &EventId| case.state.iter().find(|event| event.id == id);
        let theirs = ruma_state_res::check_state_independent_auth_rules(&case.rules(), &case.event, fetch);
        assert_eq!(
            ours.is_ok(),
            theirs.is_ok(),
            "seed {seed}, version {}: {ours:?}, {theirs:?}\n{:#?}",
            case.version.id,
            case.event
        );
        *outcomes.entry(ours.map_or_else(|refusal| refusal.rule.code(), |()| "ok")).or_default() += 1;
    }
    assert!(outcomes.len() >= 9, "{outcomes:#?}");
}
