//! The tables, for JavaScript.

use super::objects::{write_ids, write_numbers};
use super::{RawRoom, Result, throw};
use crate::room::RoomError;
use crate::storage::compress::Layout;
use crate::view::json::Json;
use crate::view::tables::{Cells, Part, TableName, hash_of, write_table};
use js_sys::{Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// What is left out where it would take too long to work out.
const IMPROVED: &str = "improvedStateGroupRows";

#[wasm_bindgen]
impl RawRoom {
    /// Rows of a table as JSON: `{ columns, rows, cut, total }`. Of lists longer than `list_limit` only the `beginning` is
    /// in the row, and no hash; `cut` has the place of each such row on the page, and how long the list is.
    pub fn table(
        &mut self,
        name: &str,
        offset: usize,
        limit: usize,
        list_limit: usize,
        beginning: usize,
    ) -> Result<String> {
        let Some(known) = TableName::find(name) else {
            let names: Vec<&str> = TableName::all().collect();
            return Err(throw(&RoomError::UnknownTable(format!("{name:?}; there are {}", names.join(", ")))));
        };
        let mut page = Page::default();
        let part = Part { offset, limit, list_limit, beginning };
        page.json.open('{');
        page.json.key("columns");
        page.json.strings(&mut known.columns().iter().copied());
        page.json.key("rows");
        page.json.open('[');
        let total = write_table(&mut self.room, known, part, &mut page).map_err(|error| throw(&error))?;
        let Page { mut json, cut, .. } = page;
        json.close(']');
        json.key("cut");
        json.numbers(&cut);
        json.key("total");
        json.number(total.cast_signed());
        json.close('}');
        Ok(json.into_text())
    }

    /// The events of a block, by its row.
    #[wasm_bindgen(js_name = blockEvents)]
    pub fn block_events(&mut self, row: u32) -> Result<Vec<u32>> {
        self.room.room_server().map_err(|error| throw(&error))?;
        let (server, _, maps) = self.room.tables();
        Ok(server.block_events(maps, row))
    }

    /// The hash of a block, by its row.
    #[wasm_bindgen(js_name = blockHash)]
    pub fn block_hash(&mut self, row: u32) -> Result<String> {
        Ok(hash_of(&self.block_events(row)?))
    }

    /// What taking an event in did, as JSON.
    pub fn effects(&mut self, id: &str) -> Result<String> {
        let nid = self.room.find(id).map_err(|error| throw(&error))?;
        let effects = self.room.effects(nid).map_err(|error| throw(&error))?;
        let mut out = Json::default();
        out.open('{');
        out.key("eventNid");
        out.number(effects.event_nid.into());
        for (key, names) in [("internedTypes", &effects.types), ("internedStateKeys", &effects.state_keys)] {
            out.key(key);
            out.open('[');
            for (number, name) in names {
                out.open('[');
                out.number((*number).into());
                out.string(name);
                out.close(']');
            }
            out.close(']');
        }
        for (key, numbers) in [
            ("newBlocks", &effects.new_blocks),
            ("reusedBlocks", &effects.reused_blocks),
            ("newSnapshots", &effects.new_snapshots),
            ("reusedSnapshots", &effects.reused_snapshots),
            ("newStateGroups", &effects.groups),
        ] {
            out.key(key);
            out.numbers(numbers);
        }
        for (key, tips) in
            [("forwardExtremitiesBefore", &effects.tips_before), ("forwardExtremitiesAfter", &effects.tips_after)]
        {
            out.key(key);
            write_ids(&self.room, tips, &mut out);
        }
        out.close('}');
        Ok(out.into_text())
    }

    /// What storing the room's state costs, as JSON.
    pub fn storage(&mut self) -> Result<String> {
        let figures = self.room.storage_figures().map_err(|error| throw(&error))?;
        let all = [
            ("fullStateRows", figures.full_state_rows),
            ("blockRows", figures.block_rows),
            ("snapshotRows", figures.snapshot_rows),
            ("stateGroups", figures.groups),
            ("stateGroupRows", figures.group_rows),
            ("unreferencedStateGroups", figures.unreferenced_groups),
            ("compressedStateGroupRows", figures.compressed_rows),
            (IMPROVED, figures.improved_rows.unwrap_or_default()),
            ("leastStateGroupRows", figures.least_rows),
            ("longestDeltaChain", figures.longest_chain.into()),
        ];
        let known = |member: &(&'static str, u64)| member.0 != IMPROVED || figures.improved_rows.is_some();
        let mut out = Json::default();
        write_numbers(&mut all.into_iter().filter(known), &mut out);
        Ok(out.into_text())
    }

    /// What rewriting the state groups would save, as `[figures, stored, compressed, improved]`: JSON, then what each group
    /// stands on.
    #[wasm_bindgen(js_name = compressStateGroups)]
    pub fn compress_state_groups(&mut self, levels: &[u32]) -> Result<Array> {
        let figures = self.room.compress(levels).map_err(|error| throw(&error))?;
        let mut out = Json::default();
        let lists = Array::new();
        out.open('{');
        for (key, layout) in
            [("stored", &figures.stored), ("compressed", &figures.compressed), ("improved", &figures.improved)]
        {
            let Layout { previous, rows, longest } = layout;
            out.key(key);
            let figures = [("rows", *rows), ("longestDeltaChain", (*longest).into())];
            write_numbers(&mut figures.into_iter(), &mut out);
            lists.push(&Uint32Array::from(&**previous));
        }
        for (key, number) in [
            ("changed", figures.changed.into()),
            ("resets", figures.resets.into()),
            ("resetRows", figures.reset_rows),
            ("leastRows", figures.least_rows),
        ] {
            out.key(key);
            out.number(number.cast_signed());
        }
        out.close('}');
        lists.unshift(&out.into_text().into());
        Ok(lists)
    }
}

/// A page of a table that is being written.
#[derive(Default)]
struct Page {
    json: Json,
    /// How many rows it has.
    rows: u32,
    /// The rows whose lists are not told whole, each followed by the length of its list.
    cut: Vec<u32>,
}

impl Cells for Page {
    fn begin(&mut self) {
        self.json.open('[');
    }

    fn number(&mut self, number: u64) {
        self.json.number(number.cast_signed());
    }

    fn text(&mut self, text: &str) {
        self.json.string(text);
    }

    fn numbers(&mut self, numbers: &[u32]) {
        self.json.numbers(numbers);
    }

    fn flag(&mut self, flag: bool) {
        self.json.flag(flag);
    }

    fn beginning(&mut self, numbers: &[u32], len: u32) {
        self.json.numbers(numbers);
        self.json.null();
        self.cut.extend([self.rows, len]);
    }

    fn end(&mut self) {
        self.json.close(']');
        self.rows += 1;
    }
}
