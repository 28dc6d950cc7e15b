//! The tables that servers store a room in, a page at a time, read from the model.
//!
//! Names and columns are those of the servers' own schemas. A row is made when its page is asked for.

use crate::event::table::Verdict;
use crate::nid::EventNid;
use crate::room::{Room, RoomError};
use crate::sort;
use crate::state::map::StateMaps;
use crate::storage::{Block, Group, GroupId, ListNid, Numbering, RoomServer, Runs};
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

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A page of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The names of the columns.
    pub columns: &'static [&'static str],
    /// The rows of the page.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows the whole table has.
    pub total: u64,
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

    fn columns(self) -> &'static [&'static str] {
        NAMES.iter().find(|entry| entry.1 == self).map_or(&[], |entry| entry.2)
    }
}

/// Returns up to `limit` rows of a table from row `offset` on.
///
/// # Errors
/// If memory runs out.
pub fn table(room: &mut Room, name: TableName, offset: usize, limit: usize) -> Result<Table, RoomError> {
    // Bringing the one model up to date is no use to who asks for the other's.
    if name.is_of_groups() {
        room.groups()?;
    } else {
        room.room_server()?;
    }
    if name.comes_in_runs() && room.runs(name as usize).is_none() {
        let runs = Runs::new(&|run| run_len(room, name, run));
        room.keep_runs(name as usize, runs);
    }
    let room = &*room;
    let (server, groups, maps) = room.tables();
    let page = |total: usize| {
        let start = offset.min(total);
        (total, start..start.saturating_add(limit).min(total))
    };
    if name.comes_in_runs() {
        let (total, rows) = in_runs(room, name, offset, limit);
        return Ok(Table { columns: name.columns(), rows, total });
    }
    let (total, rows) = match name {
        TableName::Rooms => {
            let (total, range) = page(usize::from(!server.rows().is_empty()));
            (total, range.map(|_| room_row(room, server)).collect())
        }
        TableName::EventTypes => {
            let (total, range) = page(server.names().0);
            (total, named(range, |row| server.type_row(room.strings(), row)))
        }
        TableName::EventStateKeys => {
            let (total, range) = page(server.names().1);
            (total, named(range, |row| server.state_key_row(room.strings(), row)))
        }
        TableName::Events => {
            let (total, range) = page(server.rows().len());
            (total, part(server.rows(), range).iter().map(|&nid| event_row(room, server, nid)).collect())
        }
        TableName::StateSnapshots => {
            let (total, range) = page(server.blocks().snapshots().len());
            let row = |row: usize| snapshot_row(server, row);
            (total, range.map(row).collect())
        }
        TableName::StateBlocks => {
            let (total, range) = page(server.blocks().blocks().len());
            (total, range.map(|row| block_row(server, maps, row as u32)).collect())
        }
        TableName::PreviousEvents => {
            let (total, range) = page(server.previous().len());
            (total, part(server.previous(), range).iter().map(|&nid| previous_row(room, server, nid)).collect())
        }
        TableName::ForwardExtremities => {
            let tips = room.forward_extremities();
            let (total, range) = page(tips.len());
            (total, ids(room, part(&tips, range)))
        }
        TableName::BackwardExtremities => {
            let gaps: Vec<EventNid> = room.extremities().gaps().iter().map(|gap| gap.0).collect();
            let (total, range) = page(gaps.len());
            (total, ids(room, part(&gaps, range)))
        }
        TableName::StateGroups => {
            let (total, range) = page(groups.all().len());
            let row = |(index, group): (usize, &Group)| {
                vec![(range.start as u32 + index as u32 + 1).into(), room.strings().event_id(group.event).into()]
            };
            (total, part(groups.all(), range.clone()).iter().enumerate().map(row).collect())
        }
        _ => (0, Vec::new()),
    };
    Ok(Table { columns: name.columns(), rows, total: total as u64 })
}

fn part<T>(rows: &[T], range: Range<usize>) -> &[T] {
    rows.get(range).unwrap_or_default()
}

fn named<'a>(range: Range<usize>, row: impl Fn(usize) -> Option<(u32, &'a str)>) -> Vec<Vec<Cell>> {
    range.filter_map(row).map(|(number, name)| vec![number.into(), name.into()]).collect()
}

fn ids(room: &Room, nids: &[EventNid]) -> Vec<Vec<Cell>> {
    nids.iter().map(|&nid| vec![room.strings().event_id(nid).into()]).collect()
}

fn room_row(room: &Room, server: &RoomServer) -> Vec<Cell> {
    let mut latest: Vec<u32> = server.latest().iter().map(|&nid| server.event_nid(nid)).collect();
    sort::ascending(&mut latest);
    vec![
        1.into(),
        room.room_id().unwrap_or_default().into(),
        Cell::Numbers(latest),
        server.last_sent().map_or(0, |nid| server.event_nid(nid)).into(),
        server.room_list().map_or(0, |list| server.snapshot_nid(list)).into(),
        room.version().map_or("", |version| version.id).into(),
    ]
}

fn event_row(room: &Room, server: &RoomServer, nid: EventNid) -> Vec<Cell> {
    let events = room.events();
    vec![
        server.event_nid(nid).into(),
        events.kind(nid).map_or(0, |kind| server.type_nid(kind.index())).into(),
        events.state_key(nid).map_or(0, |key| server.state_key_nid(key.index())).into(),
        server.before(nid).map_or(0, |list| server.snapshot_nid(list)).into(),
        Cell::Number(events.depth(nid)),
        room.strings().event_id(nid).into(),
        Cell::Numbers(server.auth_event_nids(events, nid, room.implied_auth_event(nid))),
        Cell::Flag(events.verdict(nid) == Verdict::Rejected),
        Cell::Flag(server.is_sent(nid)),
    ]
}

fn snapshot_row(server: &RoomServer, row: usize) -> Vec<Cell> {
    let list = server.blocks().snapshots().get(row).copied().unwrap_or(ListNid::EMPTY);
    let blocks = server.list_blocks(list);
    // Go's empty list of the one database, and its nil of the other.
    let hash = match server.numbering() {
        Numbering::Postgres if blocks.is_empty() => hash("null"),
        _ => hash(&json(&blocks)),
    };
    vec![server.snapshot_row_nid(row as u32).into(), Cell::Numbers(blocks), Cell::Text(hash)]
}

fn block_row(server: &RoomServer, maps: &StateMaps, row: u32) -> Vec<Cell> {
    let events = server.block_events(maps, row);
    let hash = hash(&json(&events));
    vec![server.block_nid(row).into(), Cell::Numbers(events), Cell::Text(hash)]
}

fn previous_row(room: &Room, server: &RoomServer, nid: EventNid) -> Vec<Cell> {
    let children = match server.numbering() {
        Numbering::Sqlite => Cell::Text(server.previous_text(nid)),
        Numbering::Dense | Numbering::Postgres => Cell::Numbers(server.children(room.events(), nid)),
    };
    vec![room.strings().event_id(nid).into(), children]
}

/// Returns how many rows of a table the block, group or event with this place has; `None` where there are no more.
fn run_len(room: &Room, name: TableName, run: usize) -> Option<u64> {
    let (server, groups, maps) = room.tables();
    let held = || room.events().held().get(run).copied();
    Some(match name {
        TableName::StateBlockEntries => match *server.blocks().blocks().get(run)? {
            Block::Event(_) => 1,
            Block::State(state) => maps.len(state).into(),
        },
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

/// Returns a page of a table whose rows come in runs: the entries of the blocks, by block and then by event; the rows of
/// the state groups, by group and then by slot; an edge for each parent that an event names, in order of arrival.
fn in_runs(room: &Room, name: TableName, offset: usize, limit: usize) -> (u64, Vec<Vec<Cell>>) {
    let len = |run| run_len(room, name, run);
    let Some(runs) = room.runs(name as usize) else { return (0, Vec::new()) };
    let (mut run, mut before) = runs.find(offset as u64, &len);
    let mut rows = Vec::new();
    while rows.len() < limit
        && let Some(length) = len(run)
    {
        if length > 0 {
            let from = (offset as u64).saturating_sub(before) as usize;
            push_run(room, name, run, from..from.saturating_add(limit - rows.len()), &mut rows);
        }
        before += length;
        run += 1;
    }
    (runs.total(), rows)
}

fn push_run(room: &Room, name: TableName, run: usize, wanted: Range<usize>, rows: &mut Vec<Vec<Cell>>) {
    let (server, groups, maps) = room.tables();
    let (events, strings) = (room.events(), room.strings());
    let id = |nid: EventNid| Cell::from(strings.event_id(nid));
    let number = run as GroupId + 1;
    match name {
        TableName::StateBlockEntries => {
            let block_nid = server.block_nid(run as u32);
            room.with_block_members(run as u32, |members| {
                for &nid in members.iter().skip(wanted.start).take(wanted.len()) {
                    rows.push(vec![
                        block_nid.into(),
                        events.kind(nid).map_or(0, |kind| server.type_nid(kind.index())).into(),
                        events.state_key(nid).map_or(0, |key| server.state_key_nid(key.index())).into(),
                        server.event_nid(nid).into(),
                    ]);
                }
            });
        }
        TableName::StateGroupsState => {
            for (slot, nid) in groups.rows(maps, number).into_iter().skip(wanted.start).take(wanted.len()) {
                let Some((kind, key)) = room.slots().pair(slot) else { continue };
                rows.push(vec![number.into(), strings.event_type(kind).into(), strings.state_key(key).into(), id(nid)]);
            }
        }
        TableName::StateGroupEdges => {
            rows.push(vec![number.into(), groups.get(number).map_or(0, |group| group.previous).into()]);
        }
        _ => {
            let Some(&nid) = events.held().get(run) else { return };
            if name == TableName::EventToStateGroups {
                rows.push(vec![id(nid), groups.of(nid).into()]);
                return;
            }
            for &parent in events.prev_events(nid).iter().skip(wanted.start).take(wanted.len()) {
                rows.push(vec![id(nid), id(parent)]);
            }
        }
    }
}

/// Compact JSON, as it is hashed.
fn json(numbers: &[u32]) -> String {
    let mut text = String::from("[");
    for (place, number) in numbers.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&number.to_string());
    }
    text.push(']');
    text
}

/// BLAKE2b of 256 bits, in hexadecimal (Dendrite, `roomserver/types/types.go`).
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Blake2b::<U32>::digest(text);
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |&digit| char::from(digit));
    digest.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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
        assert_eq!(json(&[]), "[]");
        assert_eq!(json(&[1, 20, 3]), "[1,20,3]");
    }
}
