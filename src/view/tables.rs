//! The tables that servers store a room in, a page at a time, read from the model.
//!
//! Names and columns are those of the servers' own schemas. A row is made when its page is asked for.

use super::json::{Json, hex};
use crate::event::table::Verdict;
use crate::nid::EventNid;
use crate::room::{Room, RoomError};
use crate::sort;
use crate::storage::{Group, GroupId, ListNid, Numbering, RoomServer, Runs};
use blake2::{Blake2b, Digest as _, digest::consts::U32};
use core::ops::Range;

/// A value in a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list of numbers.
    Numbers(Vec<u32>),
    /// Yes or no.
    Flag(bool),
}

/// What rows are written into, cell by cell.
pub trait Cells {
    /// Begins a row.
    fn begin(&mut self);
    /// A number.
    fn number(&mut self, number: u64);
    /// A text.
    fn text(&mut self, text: &str);
    /// A list of numbers.
    fn numbers(&mut self, numbers: &[u32]);
    /// Yes or no.
    fn flag(&mut self, flag: bool);
    /// A list of `len` numbers and its hash, of which only the first numbers are told: neither is at hand.
    fn beginning(&mut self, numbers: &[u32], len: u32);
    /// Ends the row.
    fn end(&mut self);
}

/// A page of a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// The rows of the page.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows the whole table has.
    pub total: u64,
}

impl Table {
    fn push(&mut self, cell: Cell) {
        if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
    }
}

impl Cells for Table {
    fn begin(&mut self) {
        self.rows.push(Vec::new());
    }

    fn number(&mut self, number: u64) {
        self.push(Cell::Number(number));
    }

    fn text(&mut self, text: &str) {
        self.push(Cell::Text(text.to_owned()));
    }

    fn numbers(&mut self, numbers: &[u32]) {
        self.push(Cell::Numbers(numbers.to_vec()));
    }

    fn flag(&mut self, flag: bool) {
        self.push(Cell::Flag(flag));
    }

    fn beginning(&mut self, numbers: &[u32], _: u32) {
        self.numbers(numbers);
    }

    fn end(&mut self) {}
}

/// The tables there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableName {
    /// Dendrite's `roomserver_rooms`.
    Rooms,
    /// Dendrite's `roomserver_event_types`.
    EventTypes,
    /// Dendrite's `roomserver_event_state_keys`.
    EventStateKeys,
    /// Dendrite's `roomserver_events`.
    Events,
    /// Dendrite's `roomserver_state_snapshots`.
    StateSnapshots,
    /// Dendrite's `roomserver_state_block`.
    StateBlocks,
    /// The events of the blocks, a row each, as they once were stored and are still loaded.
    StateBlockEntries,
    /// Dendrite's `roomserver_previous_events`.
    PreviousEvents,
    /// Synapse's `event_forward_extremities`.
    ForwardExtremities,
    /// Synapse's `event_backward_extremities`: what is missing.
    BackwardExtremities,
    /// Synapse's `event_edges`.
    EventEdges,
    /// Synapse's `state_groups`.
    StateGroups,
    /// Synapse's `state_group_edges`.
    StateGroupEdges,
    /// Synapse's `state_groups_state`.
    StateGroupsState,
    /// Synapse's `event_to_state_groups`.
    EventToStateGroups,
}

const NAMES: [(&str, TableName, &[&str]); 15] = [
    (
        "rooms",
        TableName::Rooms,
        &["nid", "room_id", "latest_event_nids", "last_event_sent_nid", "state_snapshot_nid", "room_version"],
    ),
    ("event_types", TableName::EventTypes, &["nid", "type"]),
    ("event_state_keys", TableName::EventStateKeys, &["nid", "key"]),
    (
        "events",
        TableName::Events,
        &[
            "event_nid",
            "event_type_nid",
            "event_state_key_nid",
            "state_snapshot_nid",
            "depth",
            "event_id",
            "auth_event_nids",
            "is_rejected",
            "sent_to_output",
        ],
    ),
    ("state_snapshots", TableName::StateSnapshots, &["nid", "state_block_nids", "hash"]),
    ("state_blocks", TableName::StateBlocks, &["nid", "event_nids", "hash"]),
    (
        "state_block_entries",
        TableName::StateBlockEntries,
        &["state_block_nid", "event_type_nid", "event_state_key_nid", "event_nid"],
    ),
    ("previous_events", TableName::PreviousEvents, &["previous_event_id", "event_nids"]),
    ("forward_extremities", TableName::ForwardExtremities, &["event_id"]),
    ("backward_extremities", TableName::BackwardExtremities, &["event_id"]),
    ("event_edges", TableName::EventEdges, &["event_id", "prev_event_id"]),
    ("state_groups", TableName::StateGroups, &["id", "event_id"]),
    ("state_group_edges", TableName::StateGroupEdges, &["state_group", "prev_state_group"]),
    ("state_groups_state", TableName::StateGroupsState, &["state_group", "type", "state_key", "event_id"]),
    ("event_to_state_groups", TableName::EventToStateGroups, &["event_id", "state_group"]),
];

impl TableName {
    /// Returns the table with a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        NAMES.iter().find(|entry| entry.0 == name).map(|entry| entry.1)
    }

    /// Returns the names of all tables.
    pub fn all() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|entry| entry.0)
    }

    fn is_of_groups(self) -> bool {
        use TableName::{EventToStateGroups, StateGroupEdges, StateGroups, StateGroupsState};
        matches!(self, StateGroups | StateGroupEdges | StateGroupsState | EventToStateGroups)
    }

    /// Whether a block, a group or an event has any number of rows.
    fn comes_in_runs(self) -> bool {
        use TableName::{EventEdges, EventToStateGroups, StateBlockEntries, StateGroupEdges, StateGroupsState};
        matches!(self, StateBlockEntries | EventEdges | StateGroupEdges | StateGroupsState | EventToStateGroups)
    }

    /// Returns the names of its columns.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        NAMES.iter().find(|entry| entry.1 == self).map_or(&[], |entry| entry.2)
    }
}

/// Which part of a table is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Rows to pass over.
    pub offset: usize,
    /// Rows at most.
    pub limit: usize,
    /// Blocks with more events than so many are not told whole …
    pub list_limit: usize,
    /// … but so many of their events, and no hash.
    pub beginning: usize,
}

/// Returns up to `limit` rows of a table from row `offset` on.
///
/// # Errors
/// If memory runs out.
pub fn table(room: &mut Room, name: TableName, offset: usize, limit: usize) -> Result<Table, RoomError> {
    let mut table = Table::default();
    table.total = write_table(room, name, Part { offset, limit, list_limit: usize::MAX, beginning: 0 }, &mut table)?;
    Ok(table)
}

/// Writes a part of a table, and returns how many rows the whole table has.
///
/// # Errors
/// If memory runs out.
pub fn write_table(room: &mut Room, name: TableName, part: Part, out: &mut impl Cells) -> Result<u64, RoomError> {
    // Bringing the one model up to date is no use to who asks for the other's.
    if name.is_of_groups() {
        room.groups()?;
    } else {
        room.room_server()?;
    }
    if name.comes_in_runs() {
        if room.runs(name as usize).is_none() {
            let runs = Runs::new(&|run| run_len(room, name, run));
            room.keep_runs(name as usize, runs);
        }
        return Ok(write_runs(room, name, part, out));
    }
    let (server, groups, _) = room.tables();
    let (tips, gaps);
    let listed: &[EventNid] = match name {
        TableName::Events => server.rows(),
        TableName::PreviousEvents => server.previous(),
        TableName::ForwardExtremities => {
            tips = room.forward_extremities();
            &tips
        }
        TableName::BackwardExtremities => {
            gaps = room.extremities().gaps().iter().map(|gap| gap.0).collect::<Vec<_>>();
            &gaps
        }
        _ => &[],
    };
    let total = match name {
        TableName::Rooms => usize::from(!server.rows().is_empty()),
        TableName::EventTypes => server.names().0,
        TableName::EventStateKeys => server.names().1,
        TableName::StateSnapshots => server.blocks().snapshots().len(),
        TableName::StateBlocks => server.blocks().blocks().len(),
        TableName::StateGroups => groups.all().len(),
        _ => listed.len(),
    };
    let start = part.offset.min(total);
    for row in start..start.saturating_add(part.limit).min(total) {
        out.begin();
        let event = listed.get(row).copied();
        match name {
            TableName::Rooms => write_room(room, server, out),
            TableName::EventTypes => write_name(server.type_row(room.strings(), row), out),
            TableName::EventStateKeys => write_name(server.state_key_row(room.strings(), row), out),
            TableName::StateSnapshots => write_snapshot(server, row, out),
            TableName::StateBlocks => write_block(room, row as u32, part, out),
            TableName::StateGroups => {
                out.number(row as u64 + 1);
                out.text(groups.all().get(row).map_or("", |group: &Group| room.strings().event_id(group.event)));
            }
            TableName::Events => event.map_or((), |nid| write_event(room, server, nid, out)),
            _ => {
                out.text(event.map_or("", |nid| room.strings().event_id(nid)));
                match event.filter(|_| name == TableName::PreviousEvents) {
                    None => {}
                    Some(nid) if server.numbering() == Numbering::Sqlite => out.text(&server.previous_text(nid)),
                    Some(nid) => out.numbers(&server.children(room.events(), nid)),
                }
            }
        }
        out.end();
    }
    Ok(total as u64)
}

fn write_name(row: Option<(u32, &str)>, out: &mut impl Cells) {
    let (number, name) = row.unwrap_or_default();
    out.number(number.into());
    out.text(name);
}

fn write_room(room: &Room, server: &RoomServer, out: &mut impl Cells) {
    let mut latest: Vec<u32> = server.latest().iter().map(|&nid| server.event_nid(nid)).collect();
    sort::ascending(&mut latest);
    out.number(1);
    out.text(room.room_id().unwrap_or_default());
    out.numbers(&latest);
    out.number(server.last_sent().map_or(0, |nid| server.event_nid(nid)).into());
    out.number(server.room_list().map_or(0, |list| server.snapshot_nid(list)).into());
    out.text(room.version().map_or("", |version| version.id));
}

fn write_event(room: &Room, server: &RoomServer, nid: EventNid, out: &mut impl Cells) {
    let events = room.events();
    out.number(server.event_nid(nid).into());
    out.number(events.kind(nid).map_or(0, |kind| server.type_nid(kind.index())).into());
    out.number(events.state_key(nid).map_or(0, |key| server.state_key_nid(key.index())).into());
    out.number(server.before(nid).map_or(0, |list| server.snapshot_nid(list)).into());
    out.number(events.depth(nid));
    out.text(room.strings().event_id(nid));
    out.numbers(&server.auth_event_nids(events, nid, room.implied_auth_event(nid)));
    out.flag(events.verdict(nid) == Verdict::Rejected);
    out.flag(server.is_sent(nid));
}

fn write_snapshot(server: &RoomServer, row: usize, out: &mut impl Cells) {
    let list = server.blocks().snapshots().get(row).copied().unwrap_or(ListNid::EMPTY);
    let blocks = server.list_blocks(list);
    out.number(server.snapshot_row_nid(row as u32).into());
    out.numbers(&blocks);
    // Go's empty list of the one database, and its nil of the other.
    match server.numbering() {
        Numbering::Postgres if blocks.is_empty() => out.text(&hash("null")),
        _ => out.text(&hash_of(&blocks)),
    }
}

fn write_block(room: &Room, row: u32, part: Part, out: &mut impl Cells) {
    let (server, _, maps) = room.tables();
    out.number(server.block_nid(row).into());
    let len = server.block_len(maps, row);
    if len as usize > part.list_limit {
        out.beginning(&server.first_block_events(maps, room.events(), row, part.beginning), len);
        return;
    }
    let events = server.block_events(maps, row);
    out.numbers(&events);
    out.text(&hash_of(&events));
}

/// Returns how many rows of a table the block, group or event with this place has; `None` where there are no more.
fn run_len(room: &Room, name: TableName, run: usize) -> Option<u64> {
    let (server, groups, maps) = room.tables();
    let held = || room.events().held().get(run).copied();
    Some(match name {
        TableName::StateBlockEntries if run < server.blocks().blocks().len() => {
            server.block_len(maps, run as u32).into()
        }
        TableName::StateBlockEntries => return None,
        TableName::StateGroupsState => groups.all().get(run)?.rows.into(),
        TableName::StateGroupEdges => u64::from(groups.all().get(run)?.previous != 0),
        TableName::EventToStateGroups => u64::from(groups.of(held()?) != 0),
        _ => {
            let nid = held()?;
            let stored = room.events().verdict(nid) != Verdict::Rejected;
            if stored { room.events().prev_events(nid).len() as u64 } else { 0 }
        }
    })
}

/// Writes a part of a table whose rows come in runs: the entries of the blocks, by block and then by event; the rows of
/// the state groups, by group and then by slot; an edge for each parent that an event names, in order of arrival.
fn write_runs(room: &Room, name: TableName, part: Part, out: &mut impl Cells) -> u64 {
    let len = |run| run_len(room, name, run);
    let Some(runs) = room.runs(name as usize) else { return 0 };
    let (mut run, mut before) = runs.find(part.offset as u64, &len);
    let mut left = part.limit;
    while left > 0
        && let Some(length) = len(run)
    {
        if length > 0 {
            let from = (part.offset as u64).saturating_sub(before) as usize;
            let wanted = from..from.saturating_add(left).min(length as usize);
            left -= wanted.len();
            write_run(room, name, run, wanted, out);
        }
        before += length;
        run += 1;
    }
    runs.total()
}

fn write_run(room: &Room, name: TableName, run: usize, wanted: Range<usize>, out: &mut impl Cells) {
    let (server, groups, maps) = room.tables();
    let (events, strings) = (room.events(), room.strings());
    let number = run as GroupId + 1;
    match name {
        TableName::StateBlockEntries => {
            let block_nid = server.block_nid(run as u32);
            let members = || server.block_members(maps, run as u32);
            room.with_members(name as usize, run, &members, &mut |members| {
                for &nid in members.get(wanted.clone()).unwrap_or_default() {
                    out.begin();
                    out.number(block_nid.into());
                    out.number(events.kind(nid).map_or(0, |kind| server.type_nid(kind.index())).into());
                    out.number(events.state_key(nid).map_or(0, |key| server.state_key_nid(key.index())).into());
                    out.number(server.event_nid(nid).into());
                    out.end();
                }
            });
        }
        TableName::StateGroupsState => {
            let members = || groups.rows(maps, number).into_iter().map(|row| row.1).collect();
            room.with_members(name as usize, run, &members, &mut |members| {
                for &nid in members.get(wanted.clone()).unwrap_or_default() {
                    out.begin();
                    out.number(number.into());
                    out.text(events.kind(nid).map_or("", |kind| strings.event_type(kind)));
                    out.text(events.state_key(nid).map_or("", |key| strings.state_key(key)));
                    out.text(strings.event_id(nid));
                    out.end();
                }
            });
        }
        TableName::StateGroupEdges => {
            out.begin();
            out.number(number.into());
            out.number(groups.get(number).map_or(0, |group| group.previous).into());
            out.end();
        }
        _ => {
            let Some(&nid) = events.held().get(run) else { return };
            let of_group = name == TableName::EventToStateGroups;
            for place in wanted {
                out.begin();
                out.text(strings.event_id(nid));
                match events.prev_events(nid).get(place) {
                    Some(&parent) if !of_group => out.text(strings.event_id(parent)),
                    _ => out.number(groups.of(nid).into()),
                }
                out.end();
            }
        }
    }
}

/// Returns the hash that a block or a snapshot with these numbers is found by: of their list as compact JSON.
#[must_use]
pub fn hash_of(numbers: &[u32]) -> String {
    let mut json = Json::default();
    json.numbers(numbers);
    hash(json.text())
}

/// BLAKE2b of 256 bits, in hexadecimal (Dendrite, `roomserver/types/types.go`).
fn hash(text: &str) -> String {
    hex(&Blake2b::<U32>::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `shared/spec` of the state storage, §1: computed with Python's `hashlib`.
    #[test]
    fn hashes_as_dendrite_does() {
        let cases = [
            ("[]", "c2c013c86a9c92e22f966f3d8617768f8b7a44c902adcc097bfa1e098afb4e1f"),
            ("null", "6bfb9a89e7917438ddb17fb73d74243df565eae70968b5a290cf5f3563d76bef"),
            ("[1]", "4059d6427fe606b45c45735991c7b76c6177d9b0ef573782aba3d979f8ceb45e"),
            ("[1,2,3,4,5,6]", "4552eecb122b71c04592f4783d589117ff61bf91982b354b596022e7c646d423"),
        ];
        for (text, expected) in cases {
            assert_eq!(hash(text), expected);
        }
        assert_eq!(hash_of(&[1, 2, 3, 4, 5, 6]), hash("[1,2,3,4,5,6]"));
    }
}
