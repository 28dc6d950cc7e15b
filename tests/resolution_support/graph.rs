//! The auth DAG of a test room, for the engine's walks.

use roomscope::event::table::EventTable;
use roomscope::nid::{EventNid, Slot};
use roomscope::state::auth_difference::AuthGraph;

/// Edges both ways and generations, all worked out anew when something is added.
#[derive(Default)]
pub struct AuthDag {
    auth: Vec<Vec<EventNid>>,
    children: Vec<Vec<EventNid>>,
    generations: Vec<u32>,
    slots: Vec<Option<Slot>>,
}

impl AuthDag {
    /// Brings the DAG up to date with a table in which auth events may be held later than those that name them.
    pub fn update(&mut self, events: &EventTable) {
        let ids = events.ids();
        self.auth = vec![Vec::new(); ids];
        self.children = vec![Vec::new(); ids];
        self.generations = vec![0; ids];
        self.slots = vec![None; ids];
        for &event in events.held() {
            self.auth[event.index()] = events.auth_events(event).to_vec();
            self.slots[event.index()] = events.slot(event);
            for auth_event in events.auth_events(event) {
                self.children[auth_event.index()].push(event);
            }
        }
        let mut left: Vec<usize> = self.auth.iter().map(Vec::len).collect();
        let mut ready: Vec<usize> = (0..ids).filter(|&index| left[index] == 0).collect();
        while let Some(index) = ready.pop() {
            for child in &self.children[index] {
                let child = child.index();
                self.generations[child] = self.generations[child].max(self.generations[index] + 1);
                left[child] -= 1;
                if left[child] == 0 {
                    ready.push(child);
                }
            }
        }
    }

    /// Takes back the last event added.
    pub fn pop(&mut self, events: &EventTable, event: EventNid) {
        for auth_event in events.auth_events(event) {
            self.children[auth_event.index()].retain(|&child| child != event);
        }
        self.auth[event.index()] = Vec::new();
        self.slots[event.index()] = None;
    }

    /// Adds one event whose auth events are in already.
    pub fn push(&mut self, events: &EventTable, event: EventNid) {
        let ids = events.ids();
        self.auth.resize(ids, Vec::new());
        self.children.resize(ids, Vec::new());
        self.generations.resize(ids, 0);
        self.slots.resize(ids, None);
        let auth = events.auth_events(event).to_vec();
        self.slots[event.index()] = events.slot(event);
        self.generations[event.index()] = auth.iter().map(|auth| self.generations[auth.index()] + 1).max().unwrap_or(0);
        for auth_event in &auth {
            self.children[auth_event.index()].push(event);
        }
        self.auth[event.index()] = auth;
    }
}

impl AuthGraph for AuthDag {
    type Children<'a> = core::iter::Copied<core::slice::Iter<'a, EventNid>>;

    fn auth_events(&self, event: EventNid) -> &[EventNid] {
        self.auth.get(event.index()).map_or(&[], |auth| auth)
    }

    fn auth_generation(&self, event: EventNid) -> u32 {
        self.generations.get(event.index()).copied().unwrap_or_default()
    }

    fn auth_children(&self, event: EventNid) -> Self::Children<'_> {
        self.children.get(event.index()).map_or(&[][..], |children| children).iter().copied()
    }

    fn slot(&self, event: EventNid) -> Option<Slot> {
        self.slots.get(event.index()).copied().flatten()
    }
}
