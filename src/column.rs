//! What is as long as the room: columns in pages.
//!
//! A growing `Vec` holds up to twice its data, and three times while it moves; WebAssembly memory never shrinks, so that
//! peak would be paid for good, and the holes that moving leaves with it. A page is allocated once and never moved. Only the
//! first one of a column grows from small, so that a room of ten events stays small. Relies on nothing.

use std::collections::TryReserveError;

const PAGE_BITS: u32 = 12;
const PAGE: usize = 1 << PAGE_BITS;
const FIRST: usize = 16;

/// Returns which page of a column begins at entry `at`, if one does.
pub(crate) const fn page_at(at: usize) -> Option<usize> {
    if at & (PAGE - 1) == 0 { Some(at >> PAGE_BITS) } else { None }
}

/// There is no memory left, or no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoRoom;

impl From<TryReserveError> for NoRoom {
    fn from(_: TryReserveError) -> Self {
        Self
    }
}

/// A column of fewer than 2^32 entries, cut back only from its end.
#[derive(Clone, Debug)]
pub(crate) struct Column<T> {
    /// All but the last are full.
    pages: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T: Copy> Column<T> {
    /// Returns the column that holds only `first`: the entry that stands for nothing.
    pub(crate) fn of(first: T) -> Self {
        Self { pages: vec![vec![first]], len: 1 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Iterates over the entries.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flatten()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at >> PAGE_BITS)?.get(at & (PAGE - 1))
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pages.get_mut(at >> PAGE_BITS)?.get_mut(at & (PAGE - 1))
    }

    /// Sets entry `at`, if there is one.
    #[inline]
    pub(crate) fn set(&mut self, at: usize, entry: T) {
        if let Some(held) = self.get_mut(at) {
            *held = entry;
        }
    }

    /// Returns entry `at`, which must be below [`len`](Self::len).
    #[inline]
    pub(crate) fn at(&self, at: u32) -> &T {
        &self.pages[(at >> PAGE_BITS) as usize][at as usize & (PAGE - 1)]
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.pages.last_mut()?.last_mut()
    }

    /// Appends an entry and returns its place. Fails when memory, or the numbers, have run out; the column is then unchanged.
    #[inline]
    pub(crate) fn try_push(&mut self, entry: T) -> Result<u32, NoRoom> {
        let at = self.len;
        let (page, place) = (at >> PAGE_BITS, at & (PAGE - 1));
        if place == 0 || page == 0 {
            self.make_room(page, 1)?;
        }
        self.pages[page].push(entry);
        self.len += 1;
        Ok(at as u32)
    }

    /// As [`try_push`](Self::try_push), where running out of memory ends everything.
    pub(crate) fn push(&mut self, entry: T) {
        if self.try_push(entry).is_err() {
            no_memory::<T>();
        }
    }

    /// Makes the column at least `len` long, filling it up with `value`.
    pub(crate) fn grow(&mut self, len: usize, value: T) {
        while self.len < len {
            let page = self.len >> PAGE_BITS;
            let more = (len - self.len).min(PAGE - (self.len & (PAGE - 1)));
            if self.make_room(page, more).is_err() {
                no_memory::<T>();
            }
            let entries = &mut self.pages[page];
            entries.resize(entries.len() + more, value);
            self.len += more;
        }
    }

    /// Makes room for `more` entries in a page, the last one or the one after it.
    fn make_room(&mut self, page: usize, more: usize) -> Result<(), NoRoom> {
        if self.len >= u32::MAX as usize {
            return Err(NoRoom);
        }
        if page == self.pages.len() {
            self.pages.try_reserve(1)?;
            let mut new = Vec::new();
            new.try_reserve_exact(if page == 0 { FIRST.max(more) } else { PAGE })?;
            self.pages.push(new);
        }
        let entries = &mut self.pages[page];
        if entries.capacity() - entries.len() < more {
            let more = entries.len().max(FIRST).max(more).min(PAGE - entries.len());
            entries.try_reserve_exact(more)?;
        }
        Ok(())
    }

    /// Removes the last entry.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.pages.last_mut()?;
        let entry = last.pop()?;
        self.len -= 1;
        if last.is_empty() && self.pages.len() > 1 {
            self.pages.pop();
        }
        Some(entry)
    }

    /// Drops the entries that `keep` says no to; the others move up.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let mut kept = 0;
        for at in 0..self.len {
            let Some(&entry) = self.get(at) else { continue };
            if keep(&entry) {
                self.set(kept, entry);
                kept += 1;
            }
        }
        self.truncate(kept);
    }

    /// Gives back the memory of the entries before `at`, by whole pages: they are not to be asked for any more.
    pub(crate) fn forget_before(&mut self, at: usize) {
        forget(&mut self.pages, at >> PAGE_BITS);
    }

    /// Drops the entries from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.len = len;
        self.pages.truncate(len.div_ceil(PAGE));
        let whole = self.pages.len().saturating_sub(1) * PAGE;
        if let Some(last) = self.pages.last_mut() {
            last.truncate(len - whole);
        }
    }

    /// Drops every entry.
    pub(crate) fn clear(&mut self) {
        self.truncate(0);
    }

    /// Returns the bytes held, in use or not.
    pub(crate) fn memory_bytes(&self) -> usize {
        bytes_of(&self.pages)
    }
}

/// Short lists end to end, each whole in one page. A list longer than a page has one to itself.
#[derive(Clone, Debug)]
pub(crate) struct Lists<T> {
    pages: Vec<Vec<T>>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { pages: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// Returns the list of `len` entries that begins at `start`, or an empty one if there is none.
    #[inline]
    pub(crate) fn get(&self, start: u32, len: usize) -> &[T] {
        let (page, place) = ((start >> PAGE_BITS) as usize, start as usize & (PAGE - 1));
        self.pages.get(page).and_then(|page| page.get(place..place + len)).unwrap_or_default()
    }

    /// Appends a list of `len` entries and returns where it begins.
    pub(crate) fn push(&mut self, len: usize, list: impl Iterator<Item = T>) -> u32 {
        // Beyond the first place of a page no list may begin that the page does not hold.
        if self.pages.last().is_none_or(|last| last.len() + len > PAGE) {
            self.pages.push(Vec::with_capacity(if self.pages.is_empty() { FIRST.max(len) } else { PAGE.max(len) }));
        }
        let page = self.pages.len() - 1;
        let entries = &mut self.pages[page];
        if entries.capacity() - entries.len() < len {
            let room = (2 * entries.capacity()).clamp(entries.len() + len, PAGE.max(entries.len() + len));
            entries.reserve_exact(room - entries.len());
        }
        let start = page << PAGE_BITS | entries.len();
        entries.extend(list.take(len));
        start as u32
    }

    /// Gives back the memory of the lists before the one at `start`, by whole pages: they are not to be asked for any more.
    pub(crate) fn forget_before(&mut self, start: u32) {
        forget(&mut self.pages, (start >> PAGE_BITS) as usize);
    }

    /// Drops all lists, keeping the memory of the first.
    pub(crate) fn clear(&mut self) {
        self.pages.truncate(1);
        if let Some(first) = self.pages.first_mut() {
            first.clear();
        }
    }

    /// Returns where a list would begin that all lists so far lie before.
    pub(crate) fn end(&self) -> u32 {
        match self.pages.last() {
            Some(last) if last.len() < PAGE => ((self.pages.len() - 1) << PAGE_BITS | last.len()) as u32,
            _ => (self.pages.len() << PAGE_BITS) as u32,
        }
    }

    /// Drops the lists from `end` on.
    pub(crate) fn truncate(&mut self, end: u32) {
        let (page, place) = ((end >> PAGE_BITS) as usize, end as usize & (PAGE - 1));
        self.pages.truncate(if place == 0 { page } else { page + 1 });
        if place != 0
            && let Some(last) = self.pages.get_mut(page)
        {
            last.truncate(place);
        }
    }

    /// Returns the bytes held, in use or not.
    pub(crate) fn memory_bytes(&self) -> usize {
        bytes_of(&self.pages)
    }
}

/// Ends everything, as `Vec` does.
#[cold]
fn no_memory<T>() -> ! {
    std::alloc::handle_alloc_error(core::alloc::Layout::new::<[T; PAGE]>());
}

fn forget<T>(pages: &mut [Vec<T>], end: usize) {
    // Nearly always it is the last of them.
    for page in pages.iter_mut().take(end).rev().take_while(|page| page.capacity() > 0) {
        *page = Vec::new();
    }
}

fn bytes_of<T>(pages: &Vec<Vec<T>>) -> usize {
    let entries: usize = pages.iter().map(Vec::capacity).sum();
    entries * size_of::<T>() + pages.capacity() * size_of::<Vec<T>>()
}

/// Makes room for `more` entries in what must lie in one piece: it grows by an eighth, so that each entry is copied nine
/// times in the long run.
pub(crate) fn reserve<T>(column: &mut Vec<T>, more: usize) {
    if column.capacity() - column.len() < more {
        column.reserve_exact(more.max(column.len() / 8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_column_is_a_vector(steps in prop::collection::vec((0_u8..6, 0_usize..9000), 1..20)) {
            let (mut column, mut model) = (Column::default(), Vec::new());
            for (number, (step, size)) in (0_u32..).zip(steps) {
                match step {
                    0 => for _ in 0..size {
                        prop_assert_eq!(column.try_push(number), Ok(model.len() as u32));
                        model.push(number);
                    },
                    1 => {
                        column.grow(size, number);
                        model.resize(model.len().max(size), number);
                    }
                    2 => {
                        column.push(number);
                        model.push(number);
                    }
                    3 => {
                        let keep = |entry: &u32| !(entry + number).is_multiple_of(3);
                        column.retain(keep);
                        model.retain(keep);
                    }
                    4 => for _ in 0..size / 2 {
                        prop_assert_eq!(column.pop(), model.pop());
                    },
                    _ => {
                        column.truncate(size);
                        model.truncate(size);
                    }
                }
                prop_assert_eq!(column.len(), model.len());
                prop_assert!((0..=model.len()).all(|at| column.get(at) == model.get(at)));
                prop_assert_eq!(column.is_empty(), model.is_empty());
                prop_assert!(column.iter().eq(&model));
                prop_assert!(column.memory_bytes() >= 4 * model.len());
                prop_assert!(column.memory_bytes() <= 8 * model.len() + 4 * PAGE + 4096);
            }
        }

        #[test]
        fn what_is_not_forgotten_stays(
            len in 0_usize..30_000,
            steps in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        ) {
            let (mut column, mut lists) = (Column::default(), Lists::default());
            let starts: Vec<u32> = (0..len).map(|at| {
                column.push(at);
                lists.push(3, [at; 3].into_iter())
            }).collect();
            let mut before = 0;
            for step in steps {
                before = before.max(step.index(len + 1));
                column.forget_before(before);
                if let Some(&start) = starts.get(before) {
                    lists.forget_before(start);
                }
                prop_assert_eq!(column.len(), len);
                prop_assert!((before..len).all(|at| column.get(at) == Some(&at) && lists.get(starts[at], 3) == [at; 3]));
                let held = len - before + PAGE;
                prop_assert!(column.memory_bytes() <= 2 * 8 * held + 4096, "{} for {held}", column.memory_bytes());
            }
            lists.clear();
            let start = lists.push(2, [7, 8].into_iter());
            prop_assert_eq!(lists.get(start, 2), [7, 8]);
        }

        #[test]
        fn lists_are_whole_and_stay(
            lengths in prop::collection::vec(prop_oneof![20 => 0_usize..40, 1 => 3000..5000_usize], 1..400),
            cut: prop::sample::Index,
        ) {
            let mut lists = Lists::default();
            let list = |number: usize, length: usize| (0..length).map(move |at| number * 10_000 + at);
            let mut starts = Vec::new();
            let mut ends = Vec::new();
            for (number, &length) in lengths.iter().enumerate() {
                ends.push(lists.end());
                starts.push(lists.push(length, list(number, length)));
            }
            let holds = |lists: &Lists<usize>, number: usize| {
                lists.get(starts[number], lengths[number]).iter().copied().eq(list(number, lengths[number]))
            };
            prop_assert!((0..lengths.len()).all(|number| holds(&lists, number)));
            let cut = cut.index(lengths.len());
            lists.truncate(ends[cut]);
            prop_assert!((0..cut).all(|number| holds(&lists, number)));
            prop_assert_eq!(lists.end(), ends[cut]);
            prop_assert!(lists.get(starts[cut], lengths[cut]).is_empty());
        }
    }
}
