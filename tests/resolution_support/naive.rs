//! A second resolution, written straight from the specification over sets and sorted maps of strings: slow, plain, and
//! nothing in common with the engine's but the authorization rules.

use super::TestRoom;
use roomscope::event::table::Verdict;
use roomscope::event::version::ResolutionAlgorithm;
use roomscope::nid::{EventNid, EventTypeNid};
use sha1::Digest as _;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub type Key = (String, String);
pub type State = BTreeMap<Key, String>;

pub struct Naive<'a> {
    pub room: &'a TestRoom,
}

impl Naive<'_> {
    pub fn state(&self, version: roomscope::state::map::Version) -> State {
        self.room.maps.iter(version).map(|(slot, event)| (self.key_of(slot), self.room.id(event).to_owned())).collect()
    }

    fn key_of(&self, slot: roomscope::nid::Slot) -> Key {
        let (kind, key) = self.room.slots.pair(slot).unwrap();
        (self.room.strings.event_type(kind).to_owned(), self.room.strings.state_key(key).to_owned())
    }

    fn nid(&self, id: &str) -> EventNid {
        self.room.nid(id)
    }

    fn held(&self, id: &str) -> bool {
        self.room.events.holds(self.nid(id))
    }

    fn rejected(&self, id: &str) -> bool {
        self.room.events.verdict(self.nid(id)) == Verdict::Rejected
    }

    fn key(&self, id: &str) -> Option<Key> {
        let nid = self.nid(id);
        let kind = self.room.events.kind(nid)?;
        let key = self.room.events.state_key(nid)?;
        Some((self.room.strings.event_type(kind).to_owned(), self.room.strings.state_key(key).to_owned()))
    }

    fn auth(&self, id: &str) -> Vec<String> {
        let nid = self.nid(id);
        let mut auth: Vec<String> = Vec::new();
        if self.room.version.room_id_is_hash() && self.room.create != Some(nid) {
            auth.extend(self.room.create.map(|create| self.room.id(create).to_owned()));
        }
        auth.extend(self.room.events.auth_events(nid).iter().map(|&nid| self.room.id(nid).to_owned()));
        auth
    }

    pub fn chain(&self, from: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let mut chain = BTreeSet::new();
        let mut todo: Vec<String> = from.into_iter().collect();
        while let Some(id) = todo.pop() {
            if chain.insert(id.clone()) {
                todo.extend(self.auth(&id));
            }
        }
        chain
    }

    pub fn resolve(&self, states: &[State]) -> State {
        match self.room.version.resolution {
            ResolutionAlgorithm::V1 => self.resolve_v1(states),
            ResolutionAlgorithm::V2 => self.resolve_v2(states, false),
            ResolutionAlgorithm::V21 => self.resolve_v2(states, true),
        }
    }

    pub fn auth_difference(&self, states: &[State]) -> BTreeSet<String> {
        let chains: Vec<_> = states.iter().map(|state| self.chain(state.values().cloned())).collect();
        let union: BTreeSet<String> = chains.iter().flatten().cloned().collect();
        union.into_iter().filter(|id| !chains.iter().all(|chain| chain.contains(id))).collect()
    }

    pub fn conflicted_subgraph(&self, conflicted: &BTreeSet<String>) -> BTreeSet<String> {
        let down = self.chain(conflicted.iter().cloned());
        down.into_iter().filter(|id| !self.chain([id.clone()]).is_disjoint(conflicted)).collect()
    }

    fn resolve_v2(&self, states: &[State], v21: bool) -> State {
        let mut unconflicted = State::new();
        let mut conflicted = BTreeSet::new();
        for (key, id) in states.iter().flatten() {
            if states.iter().all(|state| state.get(key) == Some(id)) {
                unconflicted.insert(key.clone(), id.clone());
            } else {
                conflicted.insert(id.clone());
            }
        }
        if conflicted.is_empty() {
            return unconflicted;
        }
        let mut full = self.auth_difference(states);
        if v21 {
            full.extend(self.conflicted_subgraph(&conflicted));
        }
        full.extend(conflicted);
        full.retain(|id| self.held(id));

        // The power events and what they cite in the set.
        let mut graph: BTreeSet<String> =
            full.iter().filter(|id| self.room.rules().is_power_event(self.nid(id))).cloned().collect();
        loop {
            let more: Vec<String> = graph
                .iter()
                .flat_map(|id| self.auth(id))
                .filter(|id| full.contains(id) && !graph.contains(id))
                .collect();
            if more.is_empty() {
                break;
            }
            graph.extend(more);
        }
        let mut sorted: Vec<String> = Vec::new();
        while let Some(next) = graph
            .iter()
            .filter(|id| !self.auth(id).iter().any(|auth| graph.contains(auth)))
            .min_by_key(|id| {
                let nid = self.nid(id);
                (Reverse(self.room.rules().sort_level(nid)), self.room.events.origin_server_ts(nid), (*id).clone())
            })
            .cloned()
        {
            graph.remove(&next);
            sorted.push(next);
        }
        let base = if v21 { State::new() } else { unconflicted.clone() };
        let mut state = self.iterative(&sorted, base);

        let mut mainline: Vec<String> = Vec::new();
        let mut next = state.get(&("m.room.power_levels".to_owned(), String::new())).cloned();
        while let Some(id) = next {
            next = self.power_levels_of(&id);
            mainline.push(id);
        }
        let position = |id: &String| {
            let mut at = Some(id.clone());
            while let Some(id) = at {
                if let Some(index) = mainline.iter().position(|other| *other == id) {
                    return mainline.len() - index;
                }
                at = self.power_levels_of(&id);
            }
            0
        };
        let mut rest: Vec<String> = full.into_iter().filter(|id| !sorted.contains(id)).collect();
        rest.sort_by_key(|id| (position(id), self.room.events.origin_server_ts(self.nid(id)), id.clone()));
        state = self.iterative(&rest, state);
        state.extend(unconflicted);
        state
    }

    fn power_levels_of(&self, id: &str) -> Option<String> {
        let key = Some(("m.room.power_levels".to_owned(), String::new()));
        self.auth(id).into_iter().find(|auth| self.held(auth) && self.key(auth) == key)
    }

    fn iterative(&self, ids: &[String], mut state: State) -> State {
        for id in ids {
            if self.rejected(id) {
                continue;
            }
            let mut pool = State::new();
            for auth in self.auth(id) {
                if self.held(&auth)
                    && !self.rejected(&auth)
                    && let Some(key) = self.key(&auth)
                {
                    pool.insert(key, auth);
                }
            }
            for (kind, key) in self.room.rules().auth_slots(self.nid(id)).iter() {
                let key = (self.room.strings.event_type(kind).to_owned(), self.room.strings.state_key(key).to_owned());
                if let Some(current) = state.get(&key)
                    && self.held(current)
                    && !self.rejected(current)
                {
                    pool.insert(key, current.clone());
                }
            }
            if self.allowed(id, &pool)
                && let Some(key) = self.key(id)
            {
                state.insert(key, id.clone());
            }
        }
        state
    }

    fn allowed(&self, id: &str, pool: &State) -> bool {
        let strings = &self.room.strings;
        let get = |kind: EventTypeNid, key| {
            let key = (strings.event_type(kind).to_owned(), strings.state_key(key).to_owned());
            pool.get(&key).map(|id| self.nid(id))
        };
        self.room.rules().state_dependent(self.nid(id), get).is_ok()
    }

    fn resolve_v1(&self, states: &[State]) -> State {
        let mut values: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
        for (key, id) in states.iter().flatten() {
            values.entry(key.clone()).or_default().insert(id.clone());
        }
        let mut result = State::new();
        let mut pool = State::new();
        let mut contested: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        for (key, ids) in &values {
            let usable = |id: &&String| self.held(id) && !self.rejected(id);
            let left: Vec<String> = ids.iter().filter(usable).cloned().collect();
            if let (1, Some(id)) = (ids.len(), ids.first()) {
                result.insert(key.clone(), id.clone());
                if !left.is_empty() {
                    pool.insert(key.clone(), id.clone());
                }
            } else if let [only] = &left[..] {
                result.insert(key.clone(), only.clone());
            } else if !left.is_empty() {
                contested.insert(key.clone(), left);
            }
        }
        for ids in contested.values_mut() {
            ids.sort_by_key(|id| {
                let sha1 = sha1::Sha1::digest(id.as_bytes()).to_vec();
                (Reverse(self.room.events.depth(self.nid(id))), sha1)
            });
        }
        let turn = |key: &Key| match (key.0.as_str(), key.1.as_str()) {
            ("m.room.power_levels", "") => 0,
            ("m.room.join_rules", _) => 1,
            ("m.room.member", _) => 2,
            _ => 3,
        };
        for number in 0..4 {
            let mut decided = State::new();
            for (key, ids) in contested.iter().filter(|(key, _)| turn(key) == number) {
                let winner = if number < 3 {
                    let mut winner = ids.last().unwrap();
                    let mut pool = pool.clone();
                    for id in ids.iter().rev().skip(1) {
                        pool.insert(key.clone(), winner.clone());
                        if !self.allowed(id, &pool) {
                            break;
                        }
                        winner = id;
                    }
                    winner
                } else {
                    ids.iter().find(|id| self.allowed(id, &pool)).unwrap_or_else(|| ids.last().unwrap())
                };
                decided.insert(key.clone(), winner.clone());
            }
            pool.extend(decided.clone());
            result.extend(decided);
        }
        result
    }
}
