//! ruma-state-res over a test room: an independent engine.

#![allow(dead_code, unreachable_pub, clippy::must_use_candidate)]

use super::resolution_support::naive::{Key, Naive, State};
use super::resolution_support::{Pdu, TestRoom};
use roomscope::state::map::Version;
use ruma_events::TimelineEventType;
use ruma_events::exports::ruma_common::{
    EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, RoomVersionId, UserId,
};
use ruma_state_res::utils::event_id_set::EventIdSet;
use ruma_state_res::{Event, StateMap};
use serde_json::value::RawValue;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub struct RumaEvent {
    id: OwnedEventId,
    room: Option<OwnedRoomId>,
    sender: OwnedUserId,
    ts: u32,
    kind: TimelineEventType,
    content: Box<RawValue>,
    state_key: Option<String>,
    prev: Vec<OwnedEventId>,
    auth: Vec<OwnedEventId>,
}

impl Event for RumaEvent {
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
        MilliSecondsSinceUnixEpoch(self.ts.into())
    }

    fn event_type(&self) -> &TimelineEventType {
        &self.kind
    }

    fn content(&self) -> &RawValue {
        &self.content
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
        None
    }

    fn rejected(&self) -> bool {
        false
    }
}

/// The events of a room as ruma wants them, and a reckoner for what the caller has to bring.
pub struct Ruma {
    version: RoomVersionId,
    events: HashMap<OwnedEventId, Arc<RumaEvent>>,
    create: Option<OwnedEventId>,
}

fn event_id(id: &str) -> OwnedEventId {
    OwnedEventId::try_from(id).unwrap()
}

impl Ruma {
    pub fn new(version: &str) -> Self {
        Self { version: RoomVersionId::try_from(version).unwrap(), events: HashMap::new(), create: None }
    }

    pub fn add(&mut self, pdu: &Pdu) {
        let id = event_id(&pdu.id);
        if pdu.kind == "m.room.create" {
            self.create = Some(id.clone());
        }
        let room = match (&self.version, &self.create) {
            (RoomVersionId::V12, Some(create)) if *create == id => None,
            (RoomVersionId::V12, Some(create)) => {
                Some(OwnedRoomId::try_from(format!("!{}", &create.as_str()[1..])).unwrap())
            }
            _ => Some(OwnedRoomId::try_from("!room:a").unwrap()),
        };
        let event = RumaEvent {
            id: id.clone(),
            room,
            sender: OwnedUserId::try_from(pdu.sender.as_str()).unwrap(),
            ts: u32::try_from(pdu.ts).unwrap(),
            kind: TimelineEventType::from(pdu.kind.as_str()),
            content: RawValue::from_string(pdu.content.clone()).unwrap(),
            state_key: pdu.state_key.clone(),
            prev: pdu.prev.iter().map(|id| event_id(id)).collect(),
            auth: pdu.auth.iter().map(|id| event_id(id)).collect(),
        };
        self.events.insert(id, Arc::new(event));
    }

    pub fn state(room: &TestRoom, version: Version) -> StateMap<OwnedEventId> {
        room.maps
            .iter(version)
            .map(|(slot, event)| {
                let (kind, key) = room.slots.pair(slot).unwrap();
                let key = room.strings.state_key(key).to_owned();
                ((room.strings.event_type(kind).into(), key), event_id(room.id(event)))
            })
            .collect()
    }

    /// The inclusive auth chain of a whole state.
    pub fn chain(&self, state: &StateMap<OwnedEventId>) -> EventIdSet<OwnedEventId> {
        let mut chain = EventIdSet::new();
        let mut todo: Vec<&OwnedEventId> = state.values().collect();
        while let Some(id) = todo.pop() {
            if chain.insert(id.clone()) {
                todo.extend(self.events[id].auth.iter());
            }
        }
        chain
    }

    pub fn resolve(
        &self,
        states: &[StateMap<OwnedEventId>],
        chains: Vec<EventIdSet<OwnedEventId>>,
        subgraph: impl Fn(&BTreeSet<String>) -> BTreeSet<String>,
    ) -> StateMap<OwnedEventId> {
        let rules = self.version.rules().unwrap();
        ruma_state_res::resolve(
            &rules.authorization,
            rules.state_res.v2_rules().unwrap(),
            states,
            chains,
            |id: &EventId| self.events.get(id).cloned(),
            |conflicted: &StateMap<Vec<OwnedEventId>>| {
                let conflicted = conflicted.values().flatten().map(ToString::to_string).collect();
                Some(subgraph(&conflicted).iter().map(|id| event_id(id)).collect())
            },
        )
        .unwrap()
    }

    /// What ruma makes of these states of a room whose events it has all been given.
    pub fn resolve_versions(&self, room: &TestRoom, parents: &[Version]) -> State {
        let states: Vec<StateMap<OwnedEventId>> = parents.iter().map(|&parent| Self::state(room, parent)).collect();
        let chains = states.iter().map(|state| self.chain(state)).collect();
        let naive = Naive { room };
        let resolved = self.resolve(&states, chains, |conflicted| naive.conflicted_subgraph(conflicted));
        let plain = |((kind, key), id): (_, OwnedEventId)| -> (Key, String) {
            let kind: ruma_events::StateEventType = kind;
            ((kind.to_string(), key), id.to_string())
        };
        resolved.into_iter().map(plain).collect()
    }
}
