//! Random rooms that love conflict: power fights, ban races, join-rule flips, topic wars, equal timestamps.

use super::{Pdu, TestRoom};
use roomscope::event::table::Verdict;
use roomscope::nid::EventNid;
use roomscope::state::map::Version;

/// The generator `SplitMix64`: the same seed, the same rooms.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What the rooms have in common.
#[derive(Clone, Copy, Default)]
pub struct Habits {
    /// Events that the rules refuse are held as rejected, and may get into states.
    pub rejected: bool,
    /// Some auth events and state events are never held.
    pub missing: bool,
    /// Power levels always list every level by name, so that none is ever set for the first time or removed.
    pub explicit_levels: bool,
}

const USERS: [&str; 6] = ["@anna:a", "@bert:b", "@cleo:c", "@dora:a", "@emil:b", "@fred:c"];
const LEVELS: [i64; 7] = [0, 10, 25, 50, 50, 75, 100];

pub struct Generator {
    pub room: TestRoom,
    pub random: Random,
    /// Every event with the state after it.
    pub states: Vec<(EventNid, Version)>,
    /// Places in `states` that nothing follows.
    heads: Vec<usize>,
    habits: Habits,
    levels: [Option<i64>; 6],
}

impl Generator {
    pub fn new(version: &str, seed: u64, habits: Habits) -> Self {
        let mut generator = Self {
            room: TestRoom::new(version),
            random: Random(seed),
            states: Vec::new(),
            heads: Vec::new(),
            habits,
            levels: [None; 6],
        };
        generator.begin();
        generator
    }

    fn number(&self) -> u64 {
        self.room.version.id.parse().unwrap()
    }

    /// Ids as of the version: chosen ones, or something that looks like a hash, in random order.
    fn fresh_id(&mut self) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let length = if self.number() < 3 { 8 } else { 42 };
        let name: String = (0..length).map(|_| char::from(self.random.pick(LETTERS))).collect();
        if self.number() < 3 { format!("${name}:a") } else { format!("${name}A") }
    }

    fn begin(&mut self) {
        let creator = USERS[0];
        let mut content = format!(r#"{{"room_version":"{}""#, self.room.version.id);
        if self.number() < 11 {
            content.push_str(&format!(r#","creator":"{creator}""#));
        }
        if self.number() >= 12 && self.random.one_in(2) {
            content.push_str(r#","additional_creators":["@bert:b"]"#);
        }
        content.push('}');
        self.plain("m.room.create", "", creator, &content);
        self.plain("m.room.member", creator, creator, r#"{"membership":"join"}"#);
        if self.random.one_in(8) {
            // Without power levels the creator has 100 and everybody else 0.
            self.plain("m.room.join_rules", "", creator, r#"{"join_rule":"public"}"#);
        } else {
            self.levels[1] = Some(50);
            self.levels[2] = Some(50);
            let content = self.power_levels_content();
            self.plain("m.room.power_levels", "", creator, &content);
            self.plain("m.room.join_rules", "", creator, r#"{"join_rule":"public"}"#);
        }
        for user in [USERS[1], USERS[2]] {
            self.plain("m.room.member", user, user, r#"{"membership":"join"}"#);
        }
    }

    /// An event on all heads, which must pass.
    fn plain(&mut self, kind: &str, key: &str, sender: &str, content: &str) {
        let draft = self.draft(kind, Some(key), sender, content.to_owned());
        let heads = core::mem::take(&mut self.heads);
        assert!(self.add(draft, &heads), "{kind} by {sender} must pass");
    }

    fn draft(&mut self, kind: &str, key: Option<&str>, sender: &str, content: String) -> Pdu {
        let id = self.fresh_id();
        // Few different times, and not in order: what decides is often the next key.
        let ts = 1_000 + self.states.len() as i64 / 8 + self.random.below(4) as i64;
        Pdu {
            id,
            kind: kind.to_owned(),
            state_key: key.map(str::to_owned),
            sender: sender.to_owned(),
            content,
            ts,
            depth: 0,
            prev: Vec::new(),
            auth: Vec::new(),
        }
    }

    fn power_levels_content(&mut self) -> String {
        let is_creator = |user: &str| {
            self.room.pdus.first().is_some_and(|(_, create)| {
                self.room.version.id == "12" && (create.sender == user || create.content.contains(user))
            })
        };
        let mut users: Vec<String> = Vec::new();
        for (user, level) in USERS.iter().zip(self.levels) {
            if let (Some(level), false) = (level, is_creator(user)) {
                users.push(format!(r#""{user}":{level}"#));
            }
        }
        let creator = USERS[0];
        if self.room.version.id != "12" && self.levels[0].is_none() {
            users.push(format!(r#""{creator}":100"#));
        }
        let mut content = format!(r#"{{"users":{{{}}}"#, users.join(","));
        for name in ["users_default", "state_default", "ban", "kick", "invite", "events_default"] {
            let listed = self.random.one_in(9);
            if self.habits.explicit_levels && !listed {
                let level = if matches!(name, "state_default" | "ban" | "kick") { 50 } else { 0 };
                content.push_str(&format!(r#","{name}":{level}"#));
            } else if listed {
                let level = self.random.pick(&LEVELS);
                content.push_str(&format!(r#","{name}":{level}"#));
            }
        }
        if self.random.one_in(4) {
            let level = self.random.pick(&LEVELS);
            content.push_str(&format!(r#","events":{{"m.room.topic":{level}}}"#));
        }
        content.push('}');
        content
    }

    /// Adds an event somewhere; returns the states that it resolved, if it merged any.
    pub fn step(&mut self) -> Option<Vec<Version>> {
        let parents = self.parents();
        let draft = self.something();
        let mut versions: Vec<Version> = parents.iter().map(|&parent| self.states[parent].1).collect();
        versions.sort_unstable();
        versions.dedup();
        self.add(draft, &parents);
        (versions.len() > 1).then_some(versions)
    }

    /// Some states that are not the same.
    pub fn states_to_merge(&mut self) -> Vec<Version> {
        let count = 2 + self.random.below(4);
        let mut versions: Vec<Version> = Vec::new();
        for _ in 0..count {
            let recent = self.states.len().min(25);
            let back = if self.random.one_in(4) { self.states.len() } else { recent };
            let place = self.states.len() - 1 - self.random.below(back);
            let version = self.states[place].1;
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        versions
    }

    fn parents(&mut self) -> Vec<usize> {
        let heads = self.heads.len();
        if heads > 1 && (heads > 6 || self.random.one_in(4)) {
            let mut parents = self.heads.clone();
            for at in (1..parents.len()).rev() {
                let other = self.random.below(at + 1);
                parents.swap(at, other);
            }
            parents.truncate(2 + self.random.below(2));
            return parents;
        }
        if self.random.one_in(5) {
            let recent = self.states.len().min(20);
            return vec![self.states.len() - 1 - self.random.below(recent)];
        }
        vec![self.heads[self.random.below(heads)]]
    }

    fn something(&mut self) -> Pdu {
        let sender = if self.random.one_in(3) { USERS[0] } else { self.random.pick(&USERS) };
        let other = self.random.pick(&USERS);
        match self.random.below(20) {
            0..=4 => {
                for level in &mut self.levels {
                    if self.random.one_in(4) {
                        *level = (!self.random.one_in(4)).then_some(self.random.pick(&LEVELS));
                    }
                }
                if self.random.one_in(2) {
                    self.levels[0] = Some(100);
                }
                let content = self.power_levels_content();
                self.draft("m.room.power_levels", Some(""), sender, content)
            }
            5..=7 => {
                let membership = self.random.pick(&["ban", "ban", "leave", "leave", "invite"]);
                self.draft("m.room.member", Some(other), sender, format!(r#"{{"membership":"{membership}"}}"#))
            }
            8..=11 => {
                let membership = self.random.pick(&["join", "join", "join", "leave", "knock"]);
                let mut content = format!(r#"{{"membership":"{membership}""#);
                if membership == "join" && self.random.one_in(4) {
                    content.push_str(&format!(r#","join_authorised_via_users_server":"{other}""#));
                }
                content.push('}');
                self.draft("m.room.member", Some(sender), sender, content)
            }
            12 | 13 => {
                let rule = self.random.pick(&["public", "public", "invite", "knock", "restricted", "knock_restricted"]);
                let content = format!(r#"{{"join_rule":"{rule}","allow":[]}}"#);
                self.draft("m.room.join_rules", Some(""), sender, content)
            }
            14..=17 => self.draft("m.room.topic", Some(""), sender, r#"{"topic":"war"}"#.to_owned()),
            18 => self.draft("m.room.name", Some(""), sender, r#"{"name":"here"}"#.to_owned()),
            _ => self.draft("org.example.own", Some(sender), sender, "{}".to_owned()),
        }
    }

    /// Adds a draft on these events; returns whether it was accepted. What is not is held only if rejected events are.
    fn add(&mut self, mut draft: Pdu, parents: &[usize]) -> bool {
        let mut versions: Vec<Version> = parents.iter().map(|&parent| self.states[parent].1).collect();
        versions.sort_unstable();
        versions.dedup();
        let before = self.room.resolve(&versions);
        draft.prev = parents.iter().map(|&parent| self.room.id(self.states[parent].0).to_owned()).collect();
        draft.depth = 1 + draft.prev.iter().map(|id| self.room.events.depth(self.room.nid(id))).max().unwrap_or(0);
        // Some take their auth events from elsewhere, as a server with another view of the room would.
        let source = if self.states.len() > 8 && self.random.one_in(8) {
            // From where there were join rules on.
            let place = 4 + self.random.below(self.states.len() - 4);
            self.states[place].1
        } else {
            before
        };
        draft.auth = self.room.auth_from(source, &draft);
        if self.habits.missing && self.random.one_in(25) {
            let id = self.fresh_id();
            draft.auth.push(id);
        }
        let strings = self.room.strings.mark();
        let table = self.room.events.mark();
        let slots = self.room.slots.len();
        let event = self.room.hold(draft);
        let passes =
            self.room.allowed_in(before, event) && (self.room.allowed_by_its_auth_events(event) || self.habits.missing);
        if !passes && !self.habits.rejected {
            self.room.forget_last();
            self.room.events.rollback(table);
            self.room.strings.rollback(strings);
            self.room.slots.truncate(slots);
            return false;
        }
        if !passes {
            self.room.events.set_verdict(event, Verdict::Rejected);
        }
        // A given state may hold a rejected event.
        let in_state = passes || self.random.one_in(2);
        let after = if in_state { self.room.after(before, event) } else { before };
        self.heads.retain(|head| !parents.contains(head));
        self.heads.push(self.states.len());
        self.states.push((event, after));
        passes
    }
}
