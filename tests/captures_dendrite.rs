//! What a real Dendrite room server stored for given events, on both of its databases: every table equal row for row and
//! hash for hash, and the room's own row after every step.
//!
//! Files whose events Dendrite resolved otherwise than the specification wants are left to its own rules of resolution.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test is its report")]

mod support;

use roomscope::event::table::Arrival;
use roomscope::room::{AddOptions, Order, Room, RoomOptions, RuleSet};
use roomscope::storage::Numbering;
use roomscope::view::tables::{Cell, TableName, table};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TABLES: [&str; 6] =
    ["event_types", "event_state_keys", "events", "state_blocks", "state_snapshots", "previous_events"];

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Number(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Numbers(numbers) => json!(numbers),
        Cell::Flag(flag) => json!(flag),
    }
}

fn rows(room: &mut Room, name: &str) -> Vec<Value> {
    let whole = table(room, TableName::find(name).unwrap(), 0, usize::MAX).unwrap();
    assert_eq!(whole.rows.len() as u64, whole.total);
    whole.rows.iter().map(|row| row.iter().map(value).collect()).collect()
}

/// The room's row: its latest events as a set, the event sent last, its snapshot. `null` while there is no room.
fn room_row(room: &mut Room) -> Value {
    match rows(room, "rooms").first() {
        None => Value::Null,
        Some(row) => json!([row[2], row[3], row[4]]),
    }
}

fn sorted(row: &Value) -> Value {
    let mut row = row.clone();
    if let Some(latest) = row.get_mut(0).and_then(Value::as_array_mut) {
        latest.sort_by_key(|nid| nid.as_u64());
    }
    row
}

fn compare(name: &str, file: &Value, database: &str, differences: &mut Vec<String>) {
    let numbering = if database == "sqlite" { Numbering::Sqlite } else { Numbering::Postgres };
    let mut room = Room::new(RoomOptions { rules: RuleSet::Dendrite, numbering, ..RoomOptions::default() });
    let expected = &file[database];
    for (number, step) in file["steps"].as_array().unwrap().iter().enumerate() {
        let arrival = match step["kind"].as_str().unwrap() {
            "new" => Arrival::Live,
            "old" => Arrival::Backfill,
            _ => Arrival::Outlier,
        };
        let ids = |ids: &Vec<Value>| ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        let state_before = step["state_before"].as_array().map(ids);
        let options = AddOptions { arrival, order: Order::Given, state_before, ..AddOptions::default() };
        let report = room.add(step["pdu"].to_string().as_bytes(), options).unwrap();
        let stored = expected["outcomes"][number].as_str().is_none_or(|outcome| outcome == "InputWasRejected");
        if stored != report.problems.is_empty() {
            differences.push(format!("{name} {database} step {}: {:?}", number + 1, report.problems));
            return;
        }
        let (ours, theirs) = (room_row(&mut room), sorted(&expected["room_after"][number]));
        if ours != theirs {
            let id = &step["pdu"]["event_id"];
            differences.push(format!("{name} {database} step {} {id}: room {ours}, not {theirs}", number + 1));
            return;
        }
    }
    for table in TABLES {
        let key = |row: &Value| row[0].to_string();
        let (mut ours, mut theirs) = (rows(&mut room, table), expected[table].as_array().unwrap().clone());
        if table == "previous_events" {
            // The order of rows is the database's.
            ours.sort_by_key(key);
            theirs.sort_by_key(key);
        }
        if ours != theirs {
            let at = ours
                .iter()
                .zip(&theirs)
                .position(|(ours, theirs)| ours != theirs)
                .unwrap_or(ours.len().min(theirs.len()));
            differences.push(format!(
                "{name} {database} {table}: row {at} of {}, {}: {:?}, not {:?}",
                ours.len(),
                theirs.len(),
                ours.get(at).map(Value::to_string),
                theirs.get(at).map(Value::to_string)
            ));
        }
    }
}

#[test]
fn every_table_is_dendrites() {
    let mut differences = Vec::new();
    let mut names = BTreeSet::new();
    for (name, file) in support::dendrite_files() {
        if file["differs_from_synapse"].as_array().is_some_and(|events| !events.is_empty()) {
            continue;
        }
        for database in ["sqlite", "postgres"] {
            compare(&name, &file, database, &mut differences);
        }
        names.insert(name);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(names.len(), 46, "{names:?}");
}
