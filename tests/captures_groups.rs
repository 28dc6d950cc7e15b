//! State groups against those that real Synapse servers stored: which events share a group, what each group is stored as,
//! and on which group it stands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use roomscope::event::table::Verdict;
use roomscope::room::{Room, RoomOptions};
use std::collections::BTreeMap;

#[test]
fn groups_are_the_servers() {
    let mut differences = Vec::new();
    let (mut compared, mut full, mut bases, mut mates) = (0, 0, 0, 0);
    for capture in support::captures() {
        let mut room =
            support::replay_steps(Room::new(RoomOptions::default()), &capture, capture.own_steps(), |pdu| pdu);
        let groups = room.groups().unwrap().clone();
        for event in &capture.events {
            let nid = room.find(&event.id).unwrap();
            let rejected = room.events().verdict(nid) == Verdict::Rejected;
            if rejected != event.rejected {
                differences.push(format!("{}: {} is rejected: {:?}", capture.name, event.id, room.reason(nid)));
            }
        }
        // Ours to theirs and back: a partition of the events is equal exactly when both are functions.
        let (mut theirs_of, mut ours_of) = (BTreeMap::new(), BTreeMap::new());
        for event in &capture.events {
            let ours = groups.of(room.find(&event.id).unwrap());
            let theirs = capture.event_group.get(&event.id).copied();
            if (ours != 0) != theirs.is_some() {
                differences.push(format!("{}: {} has group {ours}, there {theirs:?}", capture.name, event.id));
                continue;
            }
            let Some(theirs) = theirs else { continue };
            let (there, here) = (*theirs_of.entry(ours).or_insert(theirs), *ours_of.entry(theirs).or_insert(ours));
            if there == theirs && here == ours {
                continue;
            }
            // Of two groups with one state, a merge of them takes either.
            if capture.unfold(there) == capture.unfold(theirs) {
                mates += 1;
            } else {
                differences.push(format!("{}: {} is of group {ours}, there {theirs}", capture.name, event.id));
            }
        }
        for (&ours, theirs) in &theirs_of {
            let (group, stored) = (groups.get(ours).unwrap(), &capture.groups[theirs]);
            compared += 1;
            full += usize::from(group.previous == 0);
            if group.rows as usize != stored.rows.len() {
                differences.push(format!(
                    "{}: group {ours} has {} rows, there {}",
                    capture.name,
                    group.rows,
                    stored.rows.len()
                ));
            }
            let previous = stored.previous.map_or(0, |previous| ours_of.get(&previous).copied().unwrap_or(u32::MAX));
            if group.previous != previous && previous != u32::MAX {
                // Of two groups that a merge differs from as much, either may be below it.
                // Equal numbers of rows have been seen above.
                if previous == 0 || group.previous == 0 {
                    differences.push(format!(
                        "{}: group {ours} stands on {}, there on {previous}",
                        capture.name, group.previous
                    ));
                }
                bases += 1;
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    // One merge of two groups with one state, and what came after it; ties of the base.
    assert_eq!((mates, bases), (12, 17));
    assert!(compared > 1_500 && full > 10, "{compared} groups, {full} in full");
}
