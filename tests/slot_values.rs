//! The value of a slot along the room and what merges did, against the plain way to work each of them out of whole states.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, Slot};
use roomscope::room::{AddOptions, ChangeCause, Merge, Room, RoomOptions, SlotValues};
use std::collections::{BTreeMap, BTreeSet};
use support::replay;
use support::rooms::{stories, texts};

type Slots = BTreeMap<Slot, EventNid>;

fn before(room: &Room, nid: EventNid) -> Option<Slots> {
    Some(room.state_before(nid)?.into_iter().collect())
}

fn after(room: &Room, nid: EventNid) -> Option<Slots> {
    Some(room.state_after(nid)?.into_iter().collect())
}

/// Whether `newer` replaced `older`, or what replaced it did, and so on.
fn replaced(room: &Room, slot: Slot, older: EventNid, newer: EventNid) -> bool {
    let mut value = newer;
    let mut seen = BTreeSet::new();
    while seen.insert(value) {
        match before(room, value).and_then(|state| state.get(&slot).copied()) {
            Some(earlier) if earlier == older => return true,
            Some(earlier) => value = earlier,
            None => return false,
        }
    }
    false
}

/// What a merge did, and the slots that it reset.
fn merged(room: &Room, row: usize, nid: EventNid) -> Option<(Merge, Vec<Slot>)> {
    let parents = room.events().prev_events(nid);
    let own = before(room, nid).filter(|_| parents.len() > 1)?;
    let states: Vec<Slots> = parents.iter().filter_map(|&parent| after(room, parent)).collect();
    let slots: BTreeSet<Slot> = states.iter().chain([&own]).flat_map(|state| state.keys().copied()).collect();
    let (mut conflicted, mut resets) = (0, Vec::new());
    for slot in slots {
        let value = own.get(&slot).copied();
        let values: Vec<Option<EventNid>> = states.iter().map(|state| state.get(&slot).copied()).collect();
        conflicted += u32::from(values.iter().any(|&other| Some(&other) != values.first()));
        let back = |parent: &Option<EventNid>| {
            let behind = |value, parent| parent != value && replaced(room, slot, value, parent);
            *parent != value && value.is_none_or(|value| parent.is_some_and(|parent| behind(value, parent)))
        };
        if values.iter().any(back) {
            resets.push(slot);
        }
    }
    Some((Merge { row: row as u32, conflicted, resets: resets.len() as u32 }, resets))
}

/// Checks everything against the plain way; returns how many merges conflicted, and how many slots were reset.
fn check(room: &mut Room) -> (usize, usize) {
    let rows = room.topological().to_vec();
    let states: Vec<Option<Slots>> = rows.iter().map(|&nid| after(room, nid)).collect();
    let mut slots: BTreeSet<Slot> = states.iter().flatten().flat_map(|state| state.keys().copied()).collect();
    slots.extend(rows.iter().filter_map(|&nid| room.events().slot(nid)));
    for &slot in &slots {
        let SlotValues { values, events } = room.slot_values(Some(slot));
        assert_eq!(values.len(), rows.len());
        assert_eq!(events.iter().collect::<BTreeSet<_>>().len(), events.len(), "each value is told once");
        for (state, &value) in states.iter().zip(&values) {
            let told = (value != SlotValues::UNKNOWN).then(|| value.checked_sub(1).map(|place| events[place as usize]));
            assert_eq!(told, state.as_ref().map(|state| state.get(&slot).copied()));
        }
    }
    let merges: Vec<(Merge, Vec<Slot>)> =
        rows.iter().enumerate().filter_map(|(row, &nid)| merged(room, row, nid)).collect();
    assert_eq!(room.merges(0, usize::MAX).unwrap(), merges.iter().map(|merge| merge.0).collect::<Vec<_>>());
    let part = |row: u32| (3..rows.len() - 1).contains(&(row as usize));
    let some: Vec<Merge> = merges.iter().map(|merge| merge.0).filter(|merge| part(merge.row)).collect();
    assert_eq!(room.merges(3, rows.len().saturating_sub(4)).unwrap(), some);
    let mut told: BTreeSet<(EventNid, Slot)> = BTreeSet::new();
    for &slot in &slots {
        let changes = room.state_history(slot);
        told.extend(
            changes.iter().filter(|change| change.cause == ChangeCause::Reset).map(|change| (change.event, slot)),
        );
    }
    let reset = merges.iter().flat_map(|(merge, slots)| slots.iter().map(|&slot| (rows[merge.row as usize], slot)));
    assert_eq!(told, reset.collect());
    let conflicted = merges.iter().filter(|merge| merge.0.conflicted > 0).count();
    (conflicted, told.len())
}

#[test]
fn captured_rooms() {
    let (mut conflicted, mut resets) = (0, 0);
    for capture in support::captures() {
        let mut room = replay(&capture, |pdu| pdu);
        let told = check(&mut room);
        conflicted += told.0;
        resets += told.1;
    }
    assert!(conflicted > 300 && resets > 10, "{conflicted} merges conflicted, {resets} slots reset");
}

#[test]
fn of_no_slot_there_is_no_value() {
    let room = Room::new(RoomOptions::default());
    assert_eq!(room.slot_values(None), SlotValues::default());
    assert_eq!(room.merges(0, usize::MAX).unwrap(), []);
    let mut room = Room::new(RoomOptions { room_version: RoomVersion::find("11"), ..RoomOptions::default() });
    for text in texts("11", &[]) {
        room.add(text.as_bytes(), AddOptions::default()).unwrap();
    }
    assert_eq!(room.slot_values(None).values, vec![0; room.len()]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn random_rooms(story in stories(40), version in prop::sample::select(vec!["1", "6", "11", "12"])) {
        let mut room = Room::new(RoomOptions { room_version: RoomVersion::find(version), ..RoomOptions::default() });
        // Asked in between, so that what is remembered must not outlive the next event.
        for text in story.texts(version) {
            room.add(text.as_bytes(), AddOptions::default()).unwrap();
            room.merges(0, usize::MAX).unwrap();
        }
        check(&mut room);
    }

    /// What a merge is said to have reset, its explanation says too.
    #[test]
    fn explanations(story in stories(40), version in prop::sample::select(vec!["2", "11"])) {
        let mut room = Room::new(RoomOptions { room_version: RoomVersion::find(version), ..RoomOptions::default() });
        for text in story.texts(version) {
            room.add(text.as_bytes(), AddOptions::default()).unwrap();
        }
        for (row, nid) in room.topological().to_vec().into_iter().enumerate() {
            let Some((_, resets)) = merged(&room, row, nid) else { continue };
            prop_assert_eq!(room.explain(nid).unwrap().resets, resets);
        }
    }
}
