//! Every captured room, taken in as the server took it in: states, verdicts, tips, gaps and current state are the server's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use roomscope::event::table::Verdict;
use roomscope::nid::EventNid;
use roomscope::room::Room;
use std::collections::BTreeSet;
use support::{readable, replay};

fn ids(room: &Room, nids: impl IntoIterator<Item = EventNid>) -> BTreeSet<String> {
    nids.into_iter().map(|nid| room.strings().event_id(nid).to_owned()).collect()
}

#[test]
fn states_verdicts_and_extremities_are_the_servers() {
    let mut differences = Vec::new();
    let (mut states, mut rooms) = (0, 0);
    for capture in support::captures() {
        let mut room = replay(&capture, |pdu| pdu);
        rooms += 1;
        for event in &capture.events {
            let nid = room.find(&event.id).unwrap();
            let expected = match event {
                event if event.rejected => Verdict::Rejected,
                event if event.soft_failed => Verdict::SoftFailed,
                event if event.outlier => Verdict::Outlier,
                _ => Verdict::Accepted,
            };
            if room.events().verdict(nid) != expected {
                differences.push(format!(
                    "{}: {} is {:?}, not {expected:?}: {:?}",
                    capture.name,
                    event.id,
                    room.events().verdict(nid),
                    room.reason(nid)
                ));
            }
            let theirs = capture.event_group.get(&event.id).map(|&group| capture.unfold(group));
            let ours = room.state_after(nid).map(|entries| readable(&room, &entries));
            states += usize::from(theirs.is_some());
            if ours != theirs {
                differences.push(format!(
                    "{}: state after {} ({:?}): ours {:?} rows, theirs {:?}",
                    capture.name,
                    event.id,
                    room.reason(nid),
                    ours.map(|state| state.len()),
                    theirs.map(|state| state.len())
                ));
            }
        }
        let tips = ids(&room, room.forward_extremities());
        if tips != capture.forward {
            differences.push(format!("{}: tips {tips:?}, not {:?}", capture.name, capture.forward));
        }
        let gaps = ids(&room, room.extremities().gaps().into_iter().map(|gap| gap.0));
        if gaps != capture.backward {
            differences.push(format!("{}: gaps {gaps:?}, not {:?}", capture.name, capture.backward));
        }
        // A server whose users have all left keeps no current state.
        if !capture.current.is_empty() {
            let current = room.current_state().unwrap();
            if readable(&room, &current) != capture.current {
                differences.push(format!("{}: current state", capture.name));
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert!(rooms == 38 && states > 3_000, "{rooms} rooms, {states} states");
}
