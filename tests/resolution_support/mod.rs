//! Small rooms for the tests and benches of state resolution, straight from the layers below: no import, no room.

// Not every test or bench uses everything, and none of it is an interface.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::must_use_candidate)]
// Small numbers and texts.
#![allow(clippy::cast_possible_wrap, clippy::format_push_string)]

pub mod generator;
pub mod graph;
pub mod naive;

use roomscope::event::content::Facts;
use roomscope::event::table::{Arrival, EventRow, EventTable, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot, Slots, Strings};
use roomscope::state::auth::Rules;
use roomscope::state::map::{StateMaps, Version};
use roomscope::state::resolution::{Account, Observer, Resolver, RoomView};

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu {
    pub id: String,
    pub kind: String,
    pub state_key: Option<String>,
    pub sender: String,
    pub content: String,
    pub ts: i64,
    pub depth: u64,
    pub prev: Vec<String>,
    pub auth: Vec<String>,
}

/// A room that holds whatever it is told to.
pub struct TestRoom {
    pub version: &'static RoomVersion,
    pub strings: Strings,
    pub slots: Slots,
    pub events: EventTable,
    pub maps: StateMaps,
    pub create: Option<EventNid>,
    pub pdus: Vec<(EventNid, Pdu)>,
    pub resolver: Resolver,
    pub graph: graph::AuthDag,
}

impl TestRoom {
    pub fn new(version: &str) -> Self {
        Self {
            version: RoomVersion::find(version).unwrap(),
            strings: Strings::new(7),
            slots: Slots::default(),
            events: EventTable::default(),
            maps: StateMaps::new(),
            create: None,
            pdus: Vec::new(),
            resolver: Resolver::default(),
            graph: graph::AuthDag::default(),
        }
    }

    /// Holds an event, accepted.
    pub fn hold(&mut self, pdu: Pdu) -> EventNid {
        let nid = self.strings.intern_event(&pdu.id).unwrap();
        let ids = |strings: &mut Strings, ids: &[String]| -> Vec<EventNid> {
            let mut nids: Vec<EventNid> = Vec::new();
            for id in ids {
                let nid = strings.intern_event(id).unwrap();
                if !nids.contains(&nid) {
                    nids.push(nid);
                }
            }
            nids
        };
        let prev = ids(&mut self.strings, &pdu.prev);
        let auth = ids(&mut self.strings, &pdu.auth);
        let kind = self.strings.intern_type(&pdu.kind).unwrap();
        let sender = self.strings.intern_state_key(&pdu.sender).unwrap();
        let state_key = pdu.state_key.as_ref().map(|key| self.strings.intern_state_key(key).unwrap());
        let slot = state_key.map(|key| self.slots.intern(kind, key));
        let row = EventRow { kind, state_key, slot, sender, depth: pdu.depth, origin_server_ts: pdu.ts };
        self.events.grow(self.strings.events());
        let facts: &mut Facts = self.events.facts_mut();
        facts.read(nid, kind, state_key, &pdu.content, None, &mut self.strings).unwrap();
        self.events.hold(nid, row, Arrival::Live, &prev, &auth);
        self.events.set_verdict(nid, Verdict::Accepted);
        if kind == EventTypeNid::CREATE {
            self.create = Some(nid);
        }
        self.pdus.push((nid, pdu));
        self.graph.push(&self.events, nid);
        nid
    }

    /// Lets go of the event held last, as far as it is not in a column that can be rolled back.
    pub fn forget_last(&mut self) {
        if let Some((event, _)) = self.pdus.pop() {
            self.graph.pop(&self.events, event);
        }
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules::new(&self.events, &self.strings, self.version, self.create, None)
    }

    pub fn nid(&self, id: &str) -> EventNid {
        self.strings.find_event(id).unwrap()
    }

    pub fn id(&self, event: EventNid) -> &str {
        self.strings.event_id(event)
    }

    pub fn slot(&self, kind: &str, key: &str) -> Option<Slot> {
        self.slots.find(self.strings.find_type(kind)?, self.strings.find_state_key(key)?)
    }

    /// The state after an event whose state before is `before`.
    pub fn after(&mut self, before: Version, event: EventNid) -> Version {
        match self.events.slot(event) {
            Some(slot) => self.maps.set(before, slot, Some(event)).unwrap(),
            None => before,
        }
    }

    /// The state with exactly these events.
    pub fn state(&mut self, ids: &[&str]) -> Version {
        let mut entries: Vec<_> = ids
            .iter()
            .map(|id| {
                let event = self.nid(id);
                (self.events.slot(event).unwrap(), event)
            })
            .collect();
        entries.sort_unstable();
        self.maps.from_entries(Version::EMPTY, &entries).unwrap()
    }

    /// The event ids in a state, sorted.
    pub fn ids(&self, version: Version) -> Vec<&str> {
        let mut ids: Vec<_> = self.maps.iter(version).map(|(_, event)| self.id(event)).collect();
        ids.sort_unstable();
        ids
    }

    pub fn resolve(&mut self, parents: &[Version]) -> Version {
        self.resolve_observed(parents, &mut ())
    }

    pub fn account(&mut self, parents: &[Version]) -> (Version, Account) {
        let mut account = Account::default();
        let version = self.resolve_observed(parents, &mut account);
        (version, account)
    }

    pub fn resolve_observed(&mut self, parents: &[Version], observer: &mut impl Observer) -> Version {
        let rules = Rules::new(&self.events, &self.strings, self.version, self.create, None);
        let view = RoomView {
            events: &self.events,
            strings: &self.strings,
            slots: &self.slots,
            version: self.version,
            rules,
            create: self.create,
            trusts_checks: false,
            graph: &self.graph,
        };
        self.resolver.resolve(&mut self.maps, &view, parents, observer).unwrap()
    }

    pub fn values(&mut self, parents: &[Version], slots: &[Slot]) -> Vec<Option<EventNid>> {
        let rules = Rules::new(&self.events, &self.strings, self.version, self.create, None);
        let view = RoomView {
            events: &self.events,
            strings: &self.strings,
            slots: &self.slots,
            version: self.version,
            rules,
            create: self.create,
            trusts_checks: false,
            graph: &self.graph,
        };
        let mut values = Vec::new();
        self.resolver.values(&self.maps, &view, parents, slots, &mut values).unwrap();
        values
    }

    /// The ids of the auth events that an event of these facts takes from a state (v12 leaves create out).
    pub fn auth_from(&mut self, state: Version, draft: &Pdu) -> Vec<String> {
        // The rules read held events: the draft is held under an id of its own and let go of at once.
        let strings = self.strings.mark();
        let table = self.events.mark();
        let slots = self.slots.len();
        let create = self.create;
        let id = format!("{}-draft", draft.id);
        let nid = self.hold(Pdu { id, auth: Vec::new(), prev: Vec::new(), ..draft.clone() });
        let pairs: Vec<(EventTypeNid, EventStateKeyNid)> = self.rules().auth_slots(nid).iter().collect();
        let auth = pairs
            .iter()
            .filter_map(|&(kind, key)| self.maps.get(state, self.slots.find(kind, key)?))
            .filter(|&event| !(self.version.room_id_is_hash() && Some(event) == create))
            .map(|event| self.id(event).to_owned())
            .collect();
        self.forget_last();
        self.events.rollback(table);
        self.strings.rollback(strings);
        self.slots.truncate(slots);
        self.create = create;
        auth
    }

    /// Whether the rules allow a held event against a state.
    pub fn allowed_in(&self, state: Version, event: EventNid) -> bool {
        let get = |kind, key| self.maps.get(state, self.slots.find(kind, key)?);
        self.rules().state_dependent(event, get).is_ok()
    }

    /// Whether the rules allow a held event against its own auth events.
    pub fn allowed_by_its_auth_events(&self, event: EventNid) -> bool {
        let get = |kind, key| {
            let of =
                |&auth: &EventNid| self.events.kind(auth) == Some(kind) && self.events.state_key(auth) == Some(key);
            self.events.auth_events(event).iter().copied().find(of)
        };
        self.rules().state_independent(event).is_ok() && self.rules().state_dependent(event, get).is_ok()
    }
}
