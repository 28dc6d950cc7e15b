//! An append-only column in pages, cut back only from its end.
//!
//! A growing `Vec` holds up to twice its data, and three times while it moves; WebAssembly memory never shrinks, so that
//! peak would be paid for good. A page is allocated once and never moved. Only the first one grows from small, so that a
//! room of ten events stays small. Relies on nothing.

use super::OutOfMemory;

const PAGE_BITS: u32 = 12;
const PAGE: usize = 1 << PAGE_BITS;
const FIRST: usize = 16;

/// A column of `T`, addressed by `u32`.
#[derive(Clone, Debug)]
pub(super) struct Paged<T> {
    pages: Vec<Vec<T>>,
    len: u32,
}

impl<T: Copy> Paged<T> {
    pub(super) const fn new() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }

    /// Returns the column that holds only `first`: the entry that stands for nothing.
    pub(super) fn of(first: T) -> Self {
        let mut column = Self::new();
        column.pages.push(vec![first]);
        column.len = 1;
        column
    }

    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// Returns entry `at`, which must be below [`len`](Self::len).
    #[inline]
    pub(super) fn get(&self, at: u32) -> &T {
        &self.pages[(at >> PAGE_BITS) as usize][at as usize & (PAGE - 1)]
    }

    /// Appends `entry` and returns its place. Fails when memory, or the numbers, have run out; the column is then unchanged.
    #[inline]
    pub(super) fn push(&mut self, entry: T) -> Result<u32, OutOfMemory> {
        let at = self.len;
        let (page, place) = ((at >> PAGE_BITS) as usize, at as usize & (PAGE - 1));
        if place == 0 || page == 0 {
            self.make_room(page)?;
        }
        self.pages[page].push(entry);
        self.len += 1;
        Ok(at)
    }

    fn make_room(&mut self, page: usize) -> Result<(), OutOfMemory> {
        if self.len == u32::MAX {
            return Err(OutOfMemory);
        }
        if page == self.pages.len() {
            self.pages.try_reserve(1)?;
            let mut new = Vec::new();
            new.try_reserve_exact(if page == 0 { FIRST } else { PAGE })?;
            self.pages.push(new);
        }
        let entries = &mut self.pages[page];
        if entries.len() == entries.capacity() {
            let more = entries.len().max(FIRST).min(PAGE - entries.len());
            entries.try_reserve_exact(more)?;
        }
        Ok(())
    }

    /// Drops the entries from `len` on.
    pub(super) fn truncate(&mut self, len: u32) {
        if len >= self.len {
            return;
        }
        self.len = len;
        self.pages.truncate((len as usize).div_ceil(PAGE));
        let whole = self.pages.len().saturating_sub(1) * PAGE;
        if let Some(last) = self.pages.last_mut() {
            last.truncate(len as usize - whole);
        }
    }

    /// Returns the bytes held, in use or not.
    pub(super) fn memory_bytes(&self) -> usize {
        let entries: usize = self.pages.iter().map(Vec::capacity).sum();
        entries * size_of::<T>() + self.pages.capacity() * size_of::<Vec<T>>()
    }
}
