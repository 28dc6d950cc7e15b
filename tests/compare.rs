//! Comparing two servers' views of one room: all that sets them apart, and nothing that does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::table::{Arrival, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::nid::EventNid;
use roomscope::room::{AddOptions, Comparison, Order, Room, RoomOptions, StateDiff};
use std::collections::{BTreeMap, BTreeSet};
use support::rooms::{stories, texts};
use support::{Capture, State, readable, replay};

fn ids(room: &Room, nids: &[EventNid]) -> Vec<String> {
    nids.iter().map(|&nid| room.strings().event_id(nid).to_owned()).collect()
}

fn state_after(room: &Room, id: &str) -> Option<State> {
    Some(readable(room, &room.state_after(room.find(id).ok()?)?))
}

/// Makes the second state of the first and the difference.
fn patched(here: &Room, there: &Room, mut state: State, diff: &StateDiff) -> State {
    for (slot, old) in readable(here, &diff.removed) {
        assert_eq!(state.remove(&slot), Some(old));
    }
    for (slot, new) in readable(there, &diff.added) {
        assert_eq!(state.insert(slot, new), None);
    }
    for &(slot, from, to) in &diff.changed {
        let (slot, from) = readable(here, &[(slot, from)]).pop_first().unwrap();
        let to = there.strings().event_id(to).to_owned();
        assert_ne!(from, to);
        assert_eq!(state.insert(slot, to), Some(from));
    }
    state
}

/// Checks a comparison against what the two rooms say by themselves.
fn check(here: &mut Room, there: &mut Room) -> Comparison {
    let comparison = here.compare(there).unwrap();
    let held = |room: &Room| ids(room, room.events().held()).into_iter().collect::<BTreeSet<_>>();
    let (ours, theirs) = (held(here), held(there));
    let set = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(set(ids(here, &comparison.only_here)), &ours - &theirs);
    assert_eq!(set(ids(there, &comparison.only_there)), &theirs - &ours);
    let mut differing = BTreeMap::new();
    for &(a, b) in &comparison.differing {
        let id = here.strings().event_id(a);
        assert_eq!(id, there.strings().event_id(b));
        differing.insert(id.to_owned(), (here.events().verdict(a), there.events().verdict(b)));
    }
    let mut expected = BTreeMap::new();
    for id in &ours & &theirs {
        let verdicts =
            (here.events().verdict(here.find(&id).unwrap()), there.events().verdict(there.find(&id).unwrap()));
        let states = state_after(here, &id).zip(state_after(there, &id));
        let parted = verdicts.0 != verdicts.1 && verdicts.0 != Verdict::Outlier && verdicts.1 != Verdict::Outlier;
        let diff = here.state_diff_to(there, &id).unwrap();
        if let Some((ours, theirs)) = &states {
            assert_eq!(diff.is_some(), ours != theirs);
            let diff = diff.unwrap_or_default();
            assert_eq!(&patched(here, there, ours.clone(), &diff), theirs);
        } else {
            assert_eq!(diff, None);
        }
        if parted || states.is_some_and(|(ours, theirs)| ours != theirs) {
            expected.insert(id, verdicts);
        }
    }
    assert_eq!(differing, expected);
    let order: Vec<EventNid> = comparison.differing.iter().map(|pair| pair.0).collect();
    let mut sorted = order.clone();
    here.orderings().sort(here.events(), &mut sorted);
    assert_eq!(order, sorted);
    let (ours, theirs) = (here.current_state().unwrap(), there.current_state().unwrap());
    let (ours, theirs) = (readable(here, &ours), readable(there, &theirs));
    assert_eq!(patched(here, there, ours, &comparison.current_state), theirs);
    comparison
}

/// What a server stored of an event: its verdict, and the state after it if it knew that.
fn stored(capture: &Capture) -> BTreeMap<String, (Verdict, Option<State>)> {
    let of = |event: &support::StoredEvent| {
        let verdict = match event {
            event if event.rejected => Verdict::Rejected,
            event if event.soft_failed => Verdict::SoftFailed,
            event if event.outlier => Verdict::Outlier,
            _ => Verdict::Accepted,
        };
        (event.id.clone(), (verdict, capture.event_group.get(&event.id).map(|&group| capture.unfold(group))))
    };
    capture.events.iter().map(of).collect()
}

/// The captures of one room from its servers: what differs is what differs in the servers' own tables.
#[test]
fn captured_views_of_one_room() {
    let mut rooms: BTreeMap<String, Vec<Capture>> = BTreeMap::new();
    for capture in support::captures() {
        rooms.entry(capture.room_id.clone()).or_default().push(capture);
    }
    let (mut pairs, mut lacking, mut differing) = (0, 0, 0);
    for views in rooms.into_values() {
        for (at, first) in views.iter().enumerate() {
            for second in views.get(at + 1..).unwrap() {
                let (mut here, mut there) = (replay(first, |pdu| pdu), replay(second, |pdu| pdu));
                let comparison = check(&mut here, &mut there);
                let (ours, theirs) = (stored(first), stored(second));
                let mut expected = BTreeSet::new();
                for (id, our) in &ours {
                    let Some(their) = theirs.get(id) else { continue };
                    let verdicts = our.0 != their.0 && our.0 != Verdict::Outlier && their.0 != Verdict::Outlier;
                    if verdicts || our.1.as_ref().zip(their.1.as_ref()).is_some_and(|(our, their)| our != their) {
                        expected.insert(id.clone());
                    }
                }
                let nids: Vec<EventNid> = comparison.differing.iter().map(|pair| pair.0).collect();
                let found: BTreeSet<String> = ids(&here, &nids).into_iter().collect();
                assert_eq!(found, expected, "{} and {}", first.name, second.name);
                pairs += 1;
                lacking += comparison.only_here.len() + comparison.only_there.len();
                differing += found.len();
            }
        }
    }
    assert!(pairs > 30 && lacking > 100, "{pairs} pairs, {lacking} events held by one alone, {differing} that differ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Two servers that each lack some events and got the rest in another order.
    #[test]
    fn random_views_of_one_room(
        version in prop::sample::select(vec!["1", "2", "6", "10", "12"]),
        story in stories(40),
        keys in prop::collection::vec(any::<u32>(), 64),
        lacking in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..4),
    ) {
        let texts = story.texts(version);
        let lacks = |there: bool| -> BTreeSet<usize> {
            lacking.iter().filter(|lacking| lacking.1 == there).map(|lacking| lacking.0.index(texts.len())).collect()
        };
        let options = || RoomOptions { room_version: RoomVersion::find(version), ..RoomOptions::default() };
        let (mut here, mut there) = (Room::new(options()), Room::new(options()));
        let some: Vec<&str> =
            texts.iter().enumerate().filter(|(at, _)| !lacks(false).contains(at)).map(|(_, text)| &**text).collect();
        here.add(some.join("\n").as_bytes(), AddOptions::default()).unwrap();
        let mut others: Vec<(u32, &str)> = texts
            .iter()
            .enumerate()
            .filter(|(at, _)| !lacks(true).contains(at))
            .map(|(at, text)| (keys[at % keys.len()], &**text))
            .collect();
        others.sort_unstable();
        for (at, (_, text)) in others.iter().enumerate() {
            let arrival = if at % 5 == 4 { Arrival::Outlier } else { Arrival::Live };
            there.add(text.as_bytes(), AddOptions { arrival, order: Order::Given, ..AddOptions::default() }).unwrap();
        }
        let forth = check(&mut here, &mut there);
        let back = check(&mut there, &mut here);
        prop_assert_eq!(forth.only_here, back.only_there);
        prop_assert_eq!(forth.differing.len(), back.differing.len());
    }
}

#[test]
fn other_rooms_are_refused() {
    let mut here = Room::new(RoomOptions::default());
    here.add(texts("10", &[]).join("\n").as_bytes(), AddOptions::default()).unwrap();
    let mut elsewhere = Room::new(RoomOptions { room_id: Some("!else:x".to_owned()), ..RoomOptions::default() });
    assert_eq!(here.compare(&mut elsewhere).unwrap_err().code(), "wrong-room");
    let mut empty = Room::new(RoomOptions { room_version: RoomVersion::find("9"), ..RoomOptions::default() });
    assert_eq!(here.compare(&mut empty).unwrap_err().code(), "wrong-room-version");
    let mut nothing = Room::new(RoomOptions::default());
    assert_eq!(here.compare(&mut nothing).unwrap().only_here.len(), here.len());
    assert_eq!(here.state_diff_to(&nothing, "$nowhere").unwrap_err().code(), "unknown-event");
}
