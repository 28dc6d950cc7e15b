//! The auth DAG's edges backwards: who names an event as an auth event.
//!
//! They are kept for state events alone; messages cite, but are never cited.

use crate::column::Column;
use crate::nid::EventNid;

/// Reverse edges, in columns by event.
#[derive(Clone, Debug, Default)]
pub struct AuthDag {
    /// For each event the last of its entries in `children`, plus 1; 0 if there is none.
    last_child: Column<u32>,
    /// A child, and the entry before it of the same parent, plus 1.
    children: Column<(EventNid, u32)>,
}

impl AuthDag {
    /// Makes room for events with NIDs up to `ids`.
    pub fn grow(&mut self, ids: usize) {
        self.last_child.grow(ids, 0);
    }

    /// Returns as many columns without any edge: to go through what has been once more, when nobody knew yet who would name
    /// whom. A walk among events of that time would lose its way among those that came later.
    #[must_use]
    pub fn without_children(&self) -> Self {
        let mut young = Self::default();
        young.grow(self.last_child.len());
        young
    }

    /// Takes note of a state event and what it names.
    pub fn add(&mut self, nid: EventNid, auth_events: &[EventNid]) {
        for parent in auth_events {
            let Some(last) = self.last_child.get_mut(parent.index()) else { continue };
            self.children.push((nid, *last));
            *last = self.children.len() as u32;
        }
    }

    /// Returns the state events that name an event as an auth event, the latest first.
    #[must_use]
    pub fn children(&self, nid: EventNid) -> AuthChildren<'_> {
        let next = self.last_child.get(nid.index()).copied().unwrap_or_default();
        AuthChildren { children: &self.children, next }
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.last_child.memory_bytes() + self.children.memory_bytes()
    }
}

/// The state events that name an event as an auth event.
#[derive(Clone, Debug)]
pub struct AuthChildren<'a> {
    children: &'a Column<(EventNid, u32)>,
    next: u32,
}

impl Iterator for AuthChildren<'_> {
    type Item = EventNid;

    fn next(&mut self) -> Option<EventNid> {
        let (child, before) = *self.children.get((self.next as usize).checked_sub(1)?)?;
        self.next = before;
        Some(child)
    }
}
