//! The tables, for JavaScript.

use super::{RawRoom, Result, throw};
use crate::nid::EventNid;
use crate::room::RoomError;
use crate::storage::compress::Layout;
use crate::view::tables::{Cell, TableName, table};
use js_sys::{Array, Object, Reflect, Uint32Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl RawRoom {
    /// Rows of a table as `{ columns, rows, total }`.
    pub fn table(&mut self, name: &str, offset: usize, limit: usize) -> Result<Object> {
        let Some(known) = TableName::find(name) else {
            let names: Vec<&str> = TableName::all().collect();
            let message = format!("there is no table {name:?}; there are {}", names.join(", "));
            return Err(throw(&RoomError::BadArgument(message)));
        };
        let page = table(&mut self.room, known, offset, limit).map_err(|error| throw(&error))?;
        let columns: Array = page.columns.iter().map(|&column| JsValue::from(column)).collect();
        let rows: Array = page.rows.iter().map(|row| row.iter().map(value).collect::<Array>()).collect();
        object(&[("columns", columns.into()), ("rows", rows.into()), ("total", JsValue::from(page.total as f64))])
    }

    /// What taking an event in did.
    pub fn effects(&mut self, id: &str) -> Result<Object> {
        let nid = self.room.find(id).map_err(|error| throw(&error))?;
        let effects = self.room.effects(nid).map_err(|error| throw(&error))?;
        let ids = |nids: &[EventNid]| -> JsValue {
            nids.iter().map(|&nid| JsValue::from(self.room.strings().event_id(nid))).collect::<Array>().into()
        };
        object(&[
            ("eventNid", effects.event_nid.into()),
            ("internedTypes", names(&effects.types)),
            ("internedStateKeys", names(&effects.state_keys)),
            ("newBlocks", numbers(&effects.new_blocks)),
            ("reusedBlocks", numbers(&effects.reused_blocks)),
            ("newSnapshots", numbers(&effects.new_snapshots)),
            ("reusedSnapshots", numbers(&effects.reused_snapshots)),
            ("newStateGroups", numbers(&effects.groups)),
            ("forwardExtremitiesBefore", ids(&effects.tips_before)),
            ("forwardExtremitiesAfter", ids(&effects.tips_after)),
        ])
    }

    /// What storing the room's state costs.
    pub fn storage(&mut self) -> Result<Object> {
        let figures = self.room.storage_figures().map_err(|error| throw(&error))?;
        let number = |rows: u64| JsValue::from(rows as f64);
        object(&[
            ("fullStateRows", number(figures.full_state_rows)),
            ("blockRows", number(figures.block_rows)),
            ("snapshotRows", number(figures.snapshot_rows)),
            ("stateGroups", number(figures.groups)),
            ("stateGroupRows", number(figures.group_rows)),
            ("unreferencedStateGroups", number(figures.unreferenced_groups)),
            ("compressedStateGroupRows", number(figures.compressed_rows)),
            ("improvedStateGroupRows", figures.improved_rows.map_or(JsValue::UNDEFINED, number)),
            ("leastStateGroupRows", number(figures.least_rows)),
            ("longestDeltaChain", figures.longest_chain.into()),
        ])
    }

    /// What rewriting the state groups would save.
    #[wasm_bindgen(js_name = compressStateGroups)]
    pub fn compress_state_groups(&mut self, levels: &[u32]) -> Result<Object> {
        let figures = self.room.compress(levels).map_err(|error| throw(&error))?;
        let number = |rows: u64| JsValue::from(rows as f64);
        let layout = |layout: &Layout| -> Result<JsValue> {
            let previous: JsValue = Uint32Array::from(&*layout.previous).into();
            let fields = [
                ("rows", number(layout.rows)),
                ("longestDeltaChain", layout.longest.into()),
                ("prevStateGroups", previous),
            ];
            object(&fields).map(JsValue::from)
        };
        object(&[
            ("stored", layout(&figures.stored)?),
            ("compressed", layout(&figures.compressed)?),
            ("changed", figures.changed.into()),
            ("resets", figures.resets.into()),
            ("resetRows", number(figures.reset_rows)),
            ("improved", layout(&figures.improved)?),
            ("leastRows", number(figures.least_rows)),
        ])
    }
}

fn value(cell: &Cell) -> JsValue {
    match cell {
        Cell::Number(number) => JsValue::from(*number as f64),
        Cell::Text(text) => text.as_str().into(),
        Cell::Numbers(list) => numbers(list),
        Cell::Flag(flag) => (*flag).into(),
    }
}

fn numbers(numbers: &[u32]) -> JsValue {
    // One by one a number costs a hundred times as much.
    Array::from(&Uint32Array::from(numbers)).into()
}

fn names(names: &[(u32, String)]) -> JsValue {
    names
        .iter()
        .map(|(number, name)| JsValue::from(Array::of2(&(*number).into(), &name.as_str().into())))
        .collect::<Array>()
        .into()
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object> {
    let object = Object::new();
    for (key, value) in fields {
        Reflect::set(&object, &(*key).into(), value)?;
    }
    Ok(object)
}
