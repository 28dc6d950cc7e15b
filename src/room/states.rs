//! The state before and after every event, and what hangs on it.
//!
//! A state is a [`Version`] of the room's state maps; an event has two, before and after it, as numbers in columns. Who
//! asks for rules or a resolution gets a view that borrows the room's other columns, so that both can be held at once.

use super::options::{RoomOptions, RuleSet};
use super::slot_values::Lineage;
use crate::column::Column;
use crate::event::table::EventTable;
use crate::event::version::RoomVersion;
use crate::graph::auth_dag::{AuthChildren, AuthDag};
use crate::nid::{EventNid, Slot, Slots, Strings};
use crate::state::auth::{Refusal, Rules};
use crate::state::auth_difference::AuthGraph;
use crate::state::map::{StateMaps, Version};
use crate::state::resolution::{Resolver, RoomView};
use core::cell::OnceCell;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Against what an event failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Against {
    /// Its own auth events, or what needs no state.
    AuthEvents,
    /// The state before it.
    StateBefore,
    /// The room's state when it arrived.
    CurrentState,
}

/// The states of all events.
#[derive(Debug, Default)]
pub(super) struct States {
    pub(super) maps: StateMaps,
    pub(super) resolver: Resolver,
    pub(super) dag: AuthDag,
    /// States that were given, until their event is judged.
    pub(super) given: HashMap<EventNid, Version, FixedState>,
    pub(super) refusals: HashMap<EventNid, (Refusal, Against), FixedState>,
    before: Column<u32>,
    after: Column<u32>,
    /// What replaced what, as far as somebody asked.
    pub(super) lineage: OnceCell<Lineage>,
}

const UNKNOWN: u32 = u32::MAX;

impl States {
    pub(super) fn grow(&mut self, ids: usize) {
        self.dag.grow(ids);
        self.before.grow(ids, UNKNOWN);
        self.after.grow(ids, UNKNOWN);
    }

    pub(super) fn before(&self, nid: EventNid) -> Option<Version> {
        known(&self.before, nid)
    }

    pub(super) fn after(&self, nid: EventNid) -> Option<Version> {
        known(&self.after, nid)
    }

    pub(super) fn set(&mut self, nid: EventNid, before: Version, after: Version) {
        self.lineage.take();
        self.before.set(nid.index(), before.number());
        self.after.set(nid.index(), after.number());
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.maps.memory_bytes()
            + self.resolver.memory_bytes()
            + self.dag.memory_bytes()
            + self.before.memory_bytes()
            + self.after.memory_bytes()
            + self.given.allocation_size()
            + self.refusals.allocation_size()
    }
}

fn known(column: &Column<u32>, nid: EventNid) -> Option<Version> {
    column.get(nid.index()).copied().filter(|&number| number != UNKNOWN).map(Version::from_number)
}

/// The columns that rules and resolution read.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) options: &'a RoomOptions,
    pub(super) events: &'a EventTable,
    pub(super) strings: &'a Strings,
    pub(super) slots: &'a Slots,
    pub(super) version: &'static RoomVersion,
    pub(super) create: Option<EventNid>,
    pub(super) room_id: Option<&'a str>,
}

impl<'a> Columns<'a> {
    pub(super) fn rules(&self) -> Rules<'a> {
        Rules::new(self.events, self.strings, self.version, self.create, self.room_id)
    }

    pub(super) fn view<'v>(&self, graph: &'v AuthView<'a>) -> RoomView<'v, AuthView<'a>>
    where
        'a: 'v,
    {
        RoomView {
            events: self.events,
            strings: self.strings,
            slots: self.slots,
            version: self.version,
            rules: self.rules(),
            create: self.create,
            trusts_checks: self.options.enforce_auth && self.options.rules == RuleSet::Specification,
            graph,
        }
    }
}

/// The auth DAG as the walks of resolution see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct AuthView<'a> {
    pub(super) events: &'a EventTable,
    pub(super) dag: &'a AuthDag,
}

impl AuthGraph for AuthView<'_> {
    type Children<'b>
        = AuthChildren<'b>
    where
        Self: 'b;

    fn auth_events(&self, event: EventNid) -> &[EventNid] {
        self.events.auth_events(event)
    }

    fn auth_generation(&self, event: EventNid) -> u32 {
        self.events.generation(event)
    }

    fn auth_children(&self, event: EventNid) -> Self::Children<'_> {
        self.dag.children(event)
    }

    fn slot(&self, event: EventNid) -> Option<Slot> {
        self.events.slot(event)
    }
}
