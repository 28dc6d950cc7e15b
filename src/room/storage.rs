//! The room as servers store it: worked out when somebody asks, step by step as the room took its events in.

use super::journal::Step;
use super::{Room, RoomError, RoomOptions, RuleSet};
use crate::event::table::{Arrival, Verdict};
use crate::graph::Extremities;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use crate::sort;
use crate::state::map::{StateMaps, Version};
use crate::storage::compress::{self, Compressor, Layout};
use crate::storage::{Columns, Effect, GroupId, Groups, ListNid, RoomServer, Runs};
use core::cell::RefCell;

/// The tables, and how far they follow the room.
#[derive(Debug)]
pub(super) struct Storage {
    pub(super) server: RoomServer,
    /// How many steps of the journal the room server's tables hold.
    position: usize,
    /// The tips as they were at that step.
    tips: Extremities,
    /// The different states of the tips when there were last several, and what follows from them.
    tip_states: Vec<Version>,
    tips_resolved: Version,
    groups: Groups,
    /// How many steps of the journal the groups hold.
    grouped: usize,
    /// Where the runs of tables begin, by table, and how many steps that holds for.
    runs: Vec<(usize, usize, Runs)>,
    /// The run of a table whose events somebody last asked for, and those: pages follow one another.
    members: RefCell<((usize, usize), Vec<EventNid>)>,
    /// The figures, and how many steps they hold for.
    figures: Option<(usize, StorageFigures)>,
}

impl Storage {
    pub(super) fn new(options: &RoomOptions) -> Self {
        let dendrite = options.rules == RuleSet::Dendrite;
        Self {
            server: RoomServer::new(options.numbering, dendrite, dendrite),
            position: 0,
            tips: Extremities::default(),
            tip_states: Vec::new(),
            tips_resolved: Version::EMPTY,
            groups: Groups::new(options.hop_limit),
            grouped: 0,
            runs: Vec::new(),
            members: RefCell::new(((0, usize::MAX), Vec::new())),
            figures: None,
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.server.memory_bytes()
            + self.tips.memory_bytes()
            + self.groups.memory_bytes()
            + self.runs.iter().map(|runs| runs.2.memory_bytes()).sum::<usize>()
    }
}

/// What taking one event in did to the tables, in the numbers that they show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EventEffects {
    /// The event's own number.
    pub event_nid: u32,
    /// The types that were interned: number and type.
    pub types: Vec<(u32, String)>,
    /// The state keys that were interned: number and key.
    pub state_keys: Vec<(u32, String)>,
    /// The blocks that were made …
    pub new_blocks: Vec<u32>,
    /// … and those that were found again.
    pub reused_blocks: Vec<u32>,
    /// The snapshots that were made …
    pub new_snapshots: Vec<u32>,
    /// … and those that were found again.
    pub reused_snapshots: Vec<u32>,
    /// The state groups that were made for it.
    pub groups: Vec<GroupId>,
    /// The room's tips before it …
    pub tips_before: Vec<EventNid>,
    /// … and after it.
    pub tips_after: Vec<EventNid>,
}

/// What rewriting the state groups would save.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompressionFigures {
    /// The groups as Synapse stores them.
    pub stored: Layout,
    /// The groups as `rust-synapse-compress-state` would store them.
    pub compressed: Layout,
    /// How many groups that one changes.
    pub changed: u32,
    /// How many groups it has to store in full because nothing fits below them …
    pub resets: u32,
    /// … and their rows.
    pub reset_rows: u64,
    /// A layout with fewer rows.
    pub improved: Layout,
    /// Fewer rows than these no layout can have.
    pub least_rows: u64,
}

/// The most state groups for which the figures tell of the best layout: finding it takes seconds beyond.
pub const MOST_IMPROVED: usize = 2_000;

/// What storing the room's state costs, in rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StorageFigures {
    /// If the state before each event were stored in full.
    pub full_state_rows: u64,
    /// Entries of blocks.
    pub block_rows: u64,
    /// Snapshots.
    pub snapshot_rows: u64,
    /// State groups.
    pub groups: u64,
    /// Rows of state groups.
    pub group_rows: u64,
    /// Groups that no event and no other group refers to.
    pub unreferenced_groups: u64,
    /// Rows of state groups after the compressor's rewrite.
    pub compressed_rows: u64,
    /// Rows of state groups in the best layout known here, unless there are more than [`MOST_IMPROVED`].
    pub improved_rows: Option<u64>,
    /// Fewer rows than these no layout can have.
    pub least_rows: u64,
    /// The most edges from a state group to one that is stored in full.
    pub longest_chain: u32,
}

impl Room {
    /// Returns the tables of Dendrite's room server for this room, up to date.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn room_server(&mut self) -> Result<&RoomServer, RoomError> {
        // Under Dendrite's rules they lead, and are never behind.
        if self.options.rules == RuleSet::Specification && self.storage.position < self.journal.len() {
            let mut storage = core::mem::replace(&mut self.storage, Storage::new(&self.options));
            let young = self.states.dag.without_children();
            let dag = core::mem::replace(&mut self.states.dag, young);
            let done = self.follow(&mut storage);
            self.states.dag = dag;
            // What was worked out in part is thrown away: it would be begun again in the middle of a step.
            done?;
            self.storage = storage;
        }
        Ok(&self.storage.server)
    }

    fn follow(&mut self, storage: &mut Storage) -> Result<(), RoomError> {
        for position in 0..storage.position {
            self.name_again(position);
        }
        while let Some((nid, step)) = self.journal.get(storage.position) {
            self.name_again(storage.position);
            storage.server.begin(nid);
            match step {
                Step::Arrived(arrival) | Step::Again(arrival) => self.stored(&mut storage.server, nid, arrival),
                Step::Decided | Step::Given => self.decided(storage, nid)?,
                Step::Settled => {
                    self.stored(&mut storage.server, nid, Arrival::Live);
                    self.decided(storage, nid)?;
                }
            }
            storage.position += 1;
        }
        Ok(())
    }

    /// Takes note of what an event names, when it comes for the first time.
    fn name_again(&mut self, position: usize) {
        if let Some((nid, Step::Arrived(_) | Step::Settled)) = self.journal.get(position)
            && self.events.slot(nid).is_some()
        {
            self.states.dag.add(nid, self.events.auth_events(nid));
        }
    }

    /// Returns the state groups that Synapse would have made of this room, up to date.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn groups(&mut self) -> Result<&Groups, RoomError> {
        let Self { storage, journal, states, events, .. } = self;
        while let Some((nid, step)) = journal.get(storage.grouped) {
            storage.grouped += 1;
            if let (Step::Decided | Step::Given | Step::Settled, Some(before)) = (step, states.before(nid)) {
                let added = storage.groups.add(&mut states.maps, events, nid, before, step == Step::Given);
                if let Err(error) = added {
                    // Half a step is no ground to go on from.
                    (storage.groups, storage.grouped) = (Groups::new(self.options.hop_limit), 0);
                    return Err(error.into());
                }
            }
        }
        Ok(&self.storage.groups)
    }

    /// Returns the rows of a state group, in slot order; those of groups that [`Room::groups`] has made.
    #[must_use]
    pub fn group_rows(&self, id: GroupId) -> Vec<(Slot, EventNid)> {
        self.storage.groups.rows(&self.states.maps, id)
    }

    /// Returns the state maps that blocks and groups stand on.
    #[must_use]
    pub fn state_maps(&self) -> &StateMaps {
        &self.states.maps
    }

    /// Returns what rewriting the state groups would save: by `rust-synapse-compress-state` with levels of these sizes, and
    /// by a better layout of chains as long as those levels allow.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn compress(&mut self, levels: &[u32]) -> Result<CompressionFigures, RoomError> {
        let (stored, compressor) = self.compressor(levels)?;
        let (groups, maps) = (self.storage.groups.all(), &self.states.maps);
        let limit = compress::longest_chain(levels).max(stored.longest);
        let improved = compress::improve(maps, groups, limit, &[&stored, &compressor.layout]);
        Ok(CompressionFigures {
            least_rows: compress::least_rows(maps, groups),
            stored,
            compressed: compressor.layout,
            changed: compressor.changed,
            resets: compressor.resets,
            reset_rows: compressor.reset_rows,
            improved,
        })
    }

    fn compressor(&mut self, levels: &[u32]) -> Result<(Layout, Compressor), RoomError> {
        let groups = self.groups()?.all().to_vec();
        let mut compressor = Compressor::new(levels);
        compressor.run(&self.states.maps, &groups, groups.len());
        Ok((compress::stored(&groups), compressor))
    }

    fn stored(&self, server: &mut RoomServer, nid: EventNid, arrival: Arrival) {
        if arrival == Arrival::Outlier && server.has(nid) {
            return;
        }
        if arrival != Arrival::Outlier {
            self.look_up_keys(server, nid);
        }
        server.store(Columns { events: &self.events, strings: &self.strings }, nid);
    }

    /// Looks up the state keys that checking an event needs.
    pub(super) fn look_up_keys(&self, server: &mut RoomServer, nid: EventNid) {
        let Some(version) = self.version.filter(|_| server.numbering().is_exact()) else { return };
        let asked = self.columns(version).rules().auth_slots(nid);
        let users = |(kind, key): (EventTypeNid, EventStateKeyNid)| {
            matches!(kind, EventTypeNid::MEMBER | EventTypeNid::THIRD_PARTY_INVITE).then_some(key)
        };
        server.look_up_keys(&self.strings, asked.iter().filter_map(users));
    }

    fn decided(&mut self, storage: &mut Storage, nid: EventNid) -> Result<(), RoomError> {
        let Storage { server, tips, tip_states, tips_resolved, .. } = storage;
        let Some(before) = self.states.before(nid) else { return Ok(()) };
        let list = match *self.events.prev_events(nid) {
            [parent] if server.before(parent).is_some() && self.states.after(parent) == Some(before) => {
                server.after(&mut self.states.maps, &self.events, parent, Some(before))?
            }
            _ => server.whole(&mut self.states.maps, &self.events, before)?,
        };
        server.set_before(nid, list);
        if self.events.verdict(nid) == Verdict::Accepted && self.events.arrival(nid) == Arrival::Live {
            server.mark_sent(nid);
        }
        tips.judged(&self.events, nid);
        if tips.changes().is_empty() {
            return Ok(());
        }
        tips.forget_changes();
        let mut latest = tips.tips().to_vec();
        sort::ascending(&mut latest);
        let list = match *latest {
            [] => None,
            [tip] => {
                let after = self.states.after(tip);
                Some(server.after(&mut self.states.maps, &self.events, tip, after)?)
            }
            _ => {
                let mut states: Vec<Version> = latest.iter().filter_map(|&tip| self.states.after(tip)).collect();
                sort::distinct(&mut states);
                // Most events set no state: the tips are others then, and their states the same.
                if states != *tip_states {
                    *tips_resolved = self.resolve_versions(&states, &mut ())?;
                    *tip_states = states;
                }
                let state = *tips_resolved;
                match server.room_list().filter(|&list| server.blocks().state(list) == state) {
                    Some(list) => Some(list),
                    None => Some(server.whole(&mut self.states.maps, &self.events, state)?),
                }
            }
        };
        server.set_latest(latest, list);
        Ok(())
    }

    /// Returns the tips by the room's rules, in no order that means anything.
    pub(super) fn tips(&self) -> &[EventNid] {
        match self.options.rules {
            RuleSet::Specification => self.extremities.tips(),
            RuleSet::Dendrite => self.storage.server.latest(),
        }
    }

    /// Returns what taking an event in did to the tables, all the times that it came taken together.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn effects(&mut self, nid: EventNid) -> Result<EventEffects, RoomError> {
        if !self.storage.server.effects().are_kept() {
            let follows = RoomServer::new(self.options.numbering, false, true);
            (self.storage.server, self.storage.position, self.storage.tips) = (follows, 0, Extremities::default());
        }
        self.room_server()?;
        self.groups()?;
        let server = &self.storage.server;
        let mut effects = EventEffects { event_nid: server.event_nid(nid), ..EventEffects::default() };
        let mut tips: Vec<EventNid> = Vec::new();
        let mut came = false;
        for (other, turn) in server.effects().turns() {
            let own = other == nid;
            if own && !core::mem::replace(&mut came, true) {
                effects.tips_before.clone_from(&tips);
            }
            for effect in turn {
                match effect {
                    Effect::Tip(index) => tips.push(EventNid::from_index(index as usize)),
                    Effect::NoTip(index) => tips.retain(|&tip| tip != EventNid::from_index(index as usize)),
                    _ if !own => {}
                    Effect::Type(index) => {
                        let name = self.strings.event_type(EventTypeNid::from_index(index as usize)).to_owned();
                        effects.types.push((server.type_nid(index as usize), name));
                    }
                    Effect::StateKey(index) => {
                        let key = self.strings.state_key(EventStateKeyNid::from_index(index as usize)).to_owned();
                        effects.state_keys.push((server.state_key_nid(index as usize), key));
                    }
                    Effect::NewBlock(row) => effects.new_blocks.push(server.block_nid(row)),
                    Effect::ReusedBlock(row) => effects.reused_blocks.push(server.block_nid(row)),
                    Effect::NewSnapshot(row) => effects.new_snapshots.push(server.snapshot_row_nid(row)),
                    Effect::ReusedSnapshot(row) => effects.reused_snapshots.push(server.snapshot_row_nid(row)),
                }
            }
            if own {
                effects.tips_after.clone_from(&tips);
            }
        }
        let groups = self.storage.groups.all();
        effects.groups = (1..).zip(groups).filter(|(_, group)| group.event == nid).map(|(id, _)| id).collect();
        Ok(effects)
    }

    /// Returns what storing the room's state costs, in rows.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn storage_figures(&mut self) -> Result<StorageFigures, RoomError> {
        let steps = self.journal.len();
        if let Some((_, figures)) = self.storage.figures.filter(|known| known.0 == steps) {
            return Ok(figures);
        }
        self.room_server()?;
        let (stored, compressor) = self.compressor(&compress::LEVELS)?;
        let (server, groups, maps) = (&self.storage.server, self.storage.groups.all(), &self.states.maps);
        let blocks = 0..server.blocks().blocks().len() as u32;
        let full = |&nid: &EventNid| {
            server.before(nid).map_or(0, |list: ListNid| u64::from(maps.len(server.blocks().state(list))))
        };
        let figures = StorageFigures {
            full_state_rows: server.rows().iter().map(full).sum(),
            block_rows: blocks.map(|row| u64::from(server.block_len(maps, row))).sum(),
            snapshot_rows: server.blocks().snapshots().len() as u64,
            groups: groups.len() as u64,
            group_rows: stored.rows,
            unreferenced_groups: self.storage.groups.unreferenced() as u64,
            compressed_rows: compressor.layout.rows,
            improved_rows: (groups.len() <= MOST_IMPROVED).then(|| {
                let limit = compress::longest_chain(&compress::LEVELS).max(stored.longest);
                compress::improve(maps, groups, limit, &[&stored, &compressor.layout]).rows
            }),
            least_rows: compress::least_rows(maps, groups),
            longest_chain: stored.longest,
        };
        self.storage.figures = Some((steps, figures));
        Ok(figures)
    }

    /// Returns where the runs of a table begin, if that is known and nothing has happened since.
    pub(crate) fn runs(&self, table: usize) -> Option<&Runs> {
        let known = self.storage.runs.iter().find(|runs| runs.0 == table && runs.1 == self.journal.len());
        known.map(|runs| &runs.2)
    }

    /// Remembers where the runs of a table begin.
    pub(crate) fn keep_runs(&mut self, table: usize, runs: Runs) {
        let steps = self.journal.len();
        self.storage.runs.retain(|runs| runs.1 == steps);
        self.storage.runs.push((table, steps, runs));
    }

    /// Shows the events of a run of a table, as `members` returns them unless they are those that were shown last.
    pub(crate) fn with_members(
        &self,
        table: usize,
        run: usize,
        members: &dyn Fn() -> Vec<EventNid>,
        show: &mut dyn FnMut(&[EventNid]),
    ) {
        let mut known = self.storage.members.borrow_mut();
        if known.0 != (table, run) {
            *known = ((table, run), members());
        }
        show(&known.1);
    }

    /// Returns both models' tables as they are, and the state maps that they stand on.
    pub(crate) fn tables(&self) -> (&RoomServer, &Groups, &StateMaps) {
        (&self.storage.server, &self.storage.groups, &self.states.maps)
    }
}
