//! The graph of every captured room, with the server's own flags: ids, depths, edges, tips and gaps are the server's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use roomscope::event::canonical::Members;
use roomscope::event::hash;
use roomscope::event::json::Reader;
use roomscope::event::pdu::Pdu;
use roomscope::event::table::{Arrival, EventRow, EventTable, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::graph::Extremities;
use roomscope::nid::{EventNid, Strings};
use std::collections::BTreeSet;
use support::Capture;

/// Every id and every content hash.
#[test]
fn ids_and_content_hashes_are_the_servers() {
    let (mut ids, mut hashes, mut redacted) = (0, 0, 0);
    for capture in support::captures() {
        let version = RoomVersion::find(&capture.room_version).unwrap();
        for event in &capture.events {
            let text = event.pdu.to_string();
            let mut pdu = Pdu::default();
            pdu.read(&mut Reader::new(&text)).unwrap();
            let members = Members::read(&text).unwrap();
            let hash = hash::content_hash(&members, version).unwrap();
            hashes += 1;
            if hash != pdu.sha256.unwrap().decode() {
                // Stored JSON of a redacted event has lost its content, never anything else.
                assert!(is_redacted(&event.pdu), "{} in {}", event.id, capture.name);
                redacted += 1;
            }
            if version.computes_ids() {
                ids += 1;
                let kind = pdu.kind.unwrap().decode();
                assert_eq!(hash::event_id(members, &kind, version).unwrap(), event.id, "in {}", capture.name);
            } else {
                assert_eq!(pdu.event_id.unwrap().decode(), event.id);
            }
        }
    }
    assert!(ids > 2_500 && hashes > 3_000 && redacted < 100, "{ids} ids, {hashes} hashes, {redacted} redacted");
}

fn is_redacted(pdu: &serde_json::Value) -> bool {
    pdu["content"].as_object().unwrap().is_empty() || pdu["unsigned"].get("redacted_because").is_some()
}

struct Graph {
    strings: Strings,
    events: EventTable,
    extremities: Extremities,
}

impl Graph {
    /// Takes the events of a capture in, in an order of one's own, with the server's flags.
    fn new<'a>(events: impl Iterator<Item = &'a support::StoredEvent>) -> Self {
        let mut graph =
            Self { strings: Strings::new(1), events: EventTable::default(), extremities: Extremities::default() };
        for event in events {
            graph.take_in(event);
        }
        graph
    }

    fn take_in(&mut self, event: &support::StoredEvent) {
        let text = event.pdu.to_string();
        let mut pdu = Pdu::default();
        pdu.read(&mut Reader::new(&text)).unwrap();
        let strings = &mut self.strings;
        let nid = strings.intern_event(&event.id).unwrap();
        let mut nids = |ids: &[roomscope::event::json::Str<'_>]| -> Vec<EventNid> {
            ids.iter().map(|id| strings.intern_event(&id.decode()).unwrap()).collect()
        };
        let (prev, auth) = (nids(&pdu.prev_events), nids(&pdu.auth_events));
        let row = EventRow {
            kind: strings.intern_type(&pdu.kind.unwrap().decode()).unwrap(),
            state_key: pdu.state_key.map(|key| strings.intern_state_key(&key.decode()).unwrap()),
            slot: None,
            sender: strings.intern_state_key(&pdu.sender.unwrap().decode()).unwrap(),
            depth: pdu.depth,
            origin_server_ts: pdu.origin_server_ts,
        };
        let arrival = match event {
            event if event.outlier => Arrival::Outlier,
            event if event.stream < 0 => Arrival::Backfill,
            _ => Arrival::Live,
        };
        let verdict = match event {
            event if event.rejected => Verdict::Rejected,
            event if event.soft_failed => Verdict::SoftFailed,
            _ => Verdict::Accepted,
        };
        self.events.grow(self.strings.events());
        self.events.hold(nid, row, arrival, &prev, &auth);
        self.extremities.arrived(&self.events, nid);
        self.events.set_verdict(nid, verdict);
        self.extremities.judged(&self.events, nid);
    }

    fn ids(&self, nids: impl IntoIterator<Item = EventNid>) -> BTreeSet<String> {
        nids.into_iter().map(|nid| self.strings.event_id(nid).to_owned()).collect()
    }

    fn check(&self, capture: &Capture) {
        let name = &capture.name;
        let id = |nid| self.strings.event_id(nid).to_owned();
        for event in &capture.events {
            assert_eq!(self.events.depth(self.strings.find_event(&event.id).unwrap()), event.depth, "{name}");
        }
        let kept = self.events.held().iter().filter(|&&nid| self.events.verdict(nid) != Verdict::Rejected);
        let edges: BTreeSet<(String, String)> =
            kept.flat_map(|&nid| self.events.prev_events(nid).iter().map(move |&prev| (id(nid), id(prev)))).collect();
        assert_eq!(edges, capture.edges, "{name}");
        assert_eq!(self.ids(self.extremities.tips().iter().copied()), capture.forward, "{name}");
        let gaps = self.ids(self.extremities.gaps().into_iter().map(|gap| gap.0));
        assert_eq!(gaps, capture.backward, "{name}");
    }
}

#[test]
fn edges_tips_and_gaps_are_the_servers_in_any_order() {
    for capture in support::captures() {
        Graph::new(capture.events.iter()).check(&capture);
        Graph::new(capture.events.iter().rev()).check(&capture);
        // A shuffle that is the same every time: by the ids themselves.
        let mut shuffled: Vec<_> = capture.events.iter().collect();
        shuffled.sort_by_key(|event| &event.id[event.id.len().min(5)..]);
        Graph::new(shuffled.into_iter()).check(&capture);
    }
}
