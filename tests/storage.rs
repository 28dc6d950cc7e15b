//! Blocks and snapshots of random rooms: what is stored reads back as the state, without doubles and without holes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use proptest::prelude::*;
use roomscope::event::table::{Arrival, Verdict};
use roomscope::event::version::RoomVersion;
use roomscope::nid::{EventNid, Slot};
use roomscope::room::{AddOptions, Draft, Order, Room, RoomOptions, RuleSet};
use roomscope::storage::{MOST_BLOCKS, Numbering};
use roomscope::view::tables::{Cell, Cells, Part, Table, TableName, table, write_table};
use std::collections::{BTreeMap, BTreeSet};
use support::rooms::stories;

fn whole(room: &mut Room, name: &str) -> Table {
    table(room, TableName::find(name).unwrap(), 0, usize::MAX).unwrap()
}

fn all(room: &mut Room) -> Vec<Table> {
    TableName::all().collect::<Vec<_>>().into_iter().map(|name| whole(room, name)).collect()
}

fn number(cell: &Cell) -> u64 {
    match cell {
        Cell::Number(number) => *number,
        _ => panic!("{cell:?} is no number"),
    }
}

fn list(cell: &Cell) -> Vec<u64> {
    match cell {
        Cell::Numbers(numbers) => numbers.iter().map(|&number| number.into()).collect(),
        _ => panic!("{cell:?} is no list"),
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        _ => panic!("{cell:?} is no text"),
    }
}

/// What each snapshot holds, as a person reads it out of the tables: blocks in the order of their numbers, later ones over
/// earlier ones. 0 stands for what is not known.
fn snapshots(room: &mut Room) -> BTreeMap<u64, Option<BTreeSet<u64>>> {
    let mut entries: BTreeMap<u64, BTreeMap<(u64, u64), u64>> = BTreeMap::new();
    for row in whole(room, "state_block_entries").rows {
        let entry = ((number(&row[1]), number(&row[2])), number(&row[3]));
        entries.entry(number(&row[0])).or_default().extend([entry]);
    }
    let mut snapshots = BTreeMap::from([(0, None)]);
    for row in whole(room, "state_snapshots").rows {
        let blocks = list(&row[1]);
        assert!(blocks.is_sorted() && blocks.len() <= MOST_BLOCKS, "{blocks:?}");
        let state: BTreeMap<(u64, u64), u64> =
            blocks.iter().flat_map(|block| entries.get(block).expect("the block is there").clone()).collect();
        snapshots.insert(number(&row[0]), Some(state.into_values().collect()));
    }
    snapshots
}

fn event_nids(room: &mut Room, state: &[(Slot, EventNid)]) -> BTreeSet<u64> {
    let server = room.room_server().unwrap();
    state.iter().map(|&(_, nid)| u64::from(server.event_nid(nid))).collect()
}

fn check(room: &mut Room) -> Result<(), TestCaseError> {
    let snapshots = snapshots(room);
    let rows = whole(room, "events").rows;
    prop_assert_eq!(rows.len(), room.len());
    for row in rows {
        let id = text(&row[5]);
        let state = room.state_before(room.find(&id).unwrap());
        let expected = state.map(|state| event_nids(room, &state));
        prop_assert_eq!(&snapshots[&number(&row[3])], &expected, "before {}", id);
    }
    for row in whole(room, "rooms").rows {
        let current = room.current_state().unwrap();
        let expected = event_nids(room, &current);
        prop_assert_eq!(snapshots[&number(&row[4])].clone().unwrap_or_default(), expected, "the room's own");
    }
    for name in ["state_blocks", "state_snapshots"] {
        let rows = whole(room, name).rows;
        let contents: BTreeSet<Vec<u64>> = rows.iter().map(|row| list(&row[1])).collect();
        let hashes: BTreeSet<String> = rows.iter().map(|row| text(&row[2])).collect();
        prop_assert_eq!((contents.len(), hashes.len()), (rows.len(), rows.len()), "{} has doubles", name);
        prop_assert!(contents.iter().all(|list| list.is_sorted()));
    }
    Ok(())
}

fn add(room: &mut Room, line: &str, arrival: Arrival) {
    room.add(line.as_bytes(), AddOptions { arrival, order: Order::Given, ..AddOptions::default() }).unwrap();
}

fn open(version: &str, rules: RuleSet, numbering: Numbering) -> Room {
    Room::new(RoomOptions { room_version: RoomVersion::find(version), rules, numbering, ..RoomOptions::default() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// In whatever order events come, as whatever they come.
    #[test]
    fn what_is_stored_reads_back(
        story in stories(60),
        version in prop::sample::select(vec!["1", "6", "11", "12"]),
        dendrite: bool,
        numbering in prop::sample::select(vec![Numbering::Dense, Numbering::Sqlite, Numbering::Postgres]),
        arrivals in prop::collection::vec(0_u8..8, 64),
        shuffle in prop::collection::vec(0_usize..64, 6),
        version_is_given: bool,
    ) {
        let mut lines = story.texts(version);
        let length = lines.len();
        for pair in shuffle.chunks(2) {
            lines.swap(pair[0] % length, pair[1] % length);
        }
        let rules = if dendrite { RuleSet::Dendrite } else { RuleSet::Specification };
        let given = if version_is_given { version } else { "" };
        let mut room = open(given, rules, numbering);
        let mut asked = open(given, rules, numbering);
        for (line, arrival) in lines.iter().zip(arrivals.iter().cycle()) {
            let arrival = match arrival {
                0 => Arrival::Outlier,
                1 => Arrival::Backfill,
                _ => Arrival::Live,
            };
            add(&mut room, line, arrival);
            add(&mut asked, line, arrival);
            asked.room_server().unwrap();
        }
        for line in &lines {
            add(&mut room, line, Arrival::Live);
            add(&mut asked, line, Arrival::Live);
        }
        check(&mut room)?;
        prop_assert_eq!(all(&mut room), all(&mut asked), "it matters when one asks");
        if numbering == Numbering::Dense {
            for name in ["event_types", "event_state_keys", "events", "state_blocks", "state_snapshots"] {
                let numbers: Vec<u64> = whole(&mut room, name).rows.iter().map(|row| number(&row[0])).collect();
                prop_assert_eq!(numbers, (1..).take(whole(&mut room, name).total as usize).collect::<Vec<u64>>(), "{}", name);
            }
        }
    }

    /// Pages are parts of the whole.
    #[test]
    fn pages_are_parts(story in stories(40), offset in 0_usize..60, limit in 0_usize..20) {
        let mut room = open("11", RuleSet::Specification, Numbering::Dense);
        for line in story.texts("11") {
            add(&mut room, &line, Arrival::Live);
        }
        for name in TableName::all() {
            let page = table(&mut room, TableName::find(name).unwrap(), offset, limit).unwrap();
            let all = whole(&mut room, name);
            let expected: Vec<_> = all.rows.iter().skip(offset).take(limit).cloned().collect();
            prop_assert_eq!((page.rows, page.total), (expected, all.rows.len() as u64), "{}", name);
        }
    }

    /// Of a long block the beginning is told without the rest, and how long it is.
    #[test]
    fn long_blocks_can_be_told_in_part(story in stories(60), list_limit in 0_usize..8) {
        let mut room = open("11", RuleSet::Specification, Numbering::Dense);
        for line in story.texts("11") {
            add(&mut room, &line, Arrival::Live);
        }
        let all = whole(&mut room, "state_blocks").rows;
        let mut told = InPart::default();
        let name = TableName::find("state_blocks").unwrap();
        let part = Part { offset: 0, limit: usize::MAX, list_limit, beginning: list_limit };
        write_table(&mut room, name, part, &mut told).unwrap();
        prop_assert_eq!(told.table.rows.len(), all.len());
        for (row, whole) in told.table.rows.iter().zip(&all) {
            if list(&whole[1]).len() <= list_limit {
                prop_assert_eq!(row, whole);
            } else {
                prop_assert_eq!(list(&row[1]), &list(&whole[1])[..list_limit]);
                prop_assert_eq!(row.len(), 2);
            }
        }
        let lengths = all.iter().map(|row| list(&row[1]).len() as u32).filter(|&len| len as usize > list_limit);
        prop_assert_eq!(told.lengths, lengths.collect::<Vec<_>>());
    }
}

/// Rows as they are told, and how long the lists are that are not told whole.
#[derive(Default)]
struct InPart {
    table: Table,
    lengths: Vec<u32>,
}

impl Cells for InPart {
    fn begin(&mut self) {
        self.table.begin();
    }

    fn number(&mut self, number: u64) {
        self.table.number(number);
    }

    fn text(&mut self, text: &str) {
        self.table.text(text);
    }

    fn numbers(&mut self, numbers: &[u32]) {
        self.table.numbers(numbers);
    }

    fn flag(&mut self, flag: bool) {
        self.table.flag(flag);
    }

    fn beginning(&mut self, numbers: &[u32], len: u32) {
        self.table.numbers(numbers);
        self.lengths.push(len);
    }

    fn end(&mut self) {}
}

fn founded() -> Room {
    let mut room = open("11", RuleSet::Specification, Numbering::Dense);
    let mut send = |kind: &str, key: &str, content: &str| send(&mut room, kind, Some(key), "@a:x", content);
    send("m.room.create", "", r#"{"room_version":"11"}"#);
    send("m.room.member", "@a:x", r#"{"membership":"join"}"#);
    room
}

fn send(room: &mut Room, kind: &str, key: Option<&str>, sender: &str, content: &str) -> EventNid {
    let draft = Draft {
        kind: kind.to_owned(),
        state_key: key.map(str::to_owned),
        sender: sender.to_owned(),
        content: content.to_owned(),
        origin_server_ts: i64::try_from(room.len()).unwrap(),
        prev_events: None,
    };
    let nid = room.send(&draft).unwrap();
    assert_eq!(room.events().verdict(nid), Verdict::Accepted);
    nid
}

/// The 65th state event's successor is the first whose list is one full block (Dendrite, `maxStateBlockNIDs`).
#[test]
fn a_long_chain_of_state_collapses_at_64_blocks() {
    let mut room = founded();
    let mut chain: Vec<EventNid> = room.events().held().to_vec();
    for number in 0..200 {
        chain.push(send(&mut room, "m.room.topic", Some(""), "@a:x", &format!(r#"{{"topic":"{number}"}}"#)));
    }
    let server = room.room_server().unwrap();
    let lengths: Vec<usize> = chain.iter().map(|&nid| server.blocks().len(server.before(nid).unwrap())).collect();
    // Before the k-th event of the chain are the blocks of the k − 1 before it, or of those since the last full one.
    let expected: Vec<usize> =
        (0..chain.len()).map(|before| if before <= 64 { before } else { (before - 65) % 64 + 1 }).collect();
    assert_eq!(lengths, expected);
    check(&mut room).unwrap();
}

/// What a message did, and what a state event did, in the words of the teaching view.
#[test]
fn effects_tell_what_each_event_did() {
    let mut room = founded();
    let topic = send(&mut room, "m.room.topic", Some(""), "@a:x", r#"{"topic":"one"}"#);
    let message = send(&mut room, "m.room.message", None, "@a:x", r#"{"body":"hello"}"#);
    let told = room.effects(topic).unwrap();
    assert_eq!(told.event_nid, 3);
    assert_eq!(told.types, [(8, "m.room.topic".to_owned())]);
    assert_eq!((told.new_blocks, told.reused_blocks), (vec![3], vec![2]));
    assert_eq!((told.new_snapshots, told.reused_snapshots), (vec![4], vec![3]));
    assert_eq!((told.tips_before.len(), told.tips_after), (1, vec![topic]));
    let told = room.effects(message).unwrap();
    assert_eq!((told.event_nid, told.types.len()), (4, 1));
    assert_eq!((told.new_blocks, told.reused_blocks, told.new_snapshots), (vec![], vec![3], vec![]));
    assert_eq!((told.tips_before, told.tips_after), (vec![topic], vec![message]));
    let figures = room.storage_figures().unwrap();
    // 0 before the create event, then 1, 2 and 3 rows.
    assert_eq!((figures.full_state_rows, figures.block_rows, figures.snapshot_rows), (6, 3, 4));
}
