//! Strings in one buffer of pages, with numbers for them. Relies on `pages`, `keyed_hash` and `words` beside it, and on
//! `crate::column`.

use super::keyed_hash::KeyedHash;
use super::pages::{Pages, in_page, start_of};
use super::words::same;
use crate::column::Column;

/// The interner has no number, no address or no memory left: 2^31 strings, or 4 GiB of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many different strings for one room")]
pub struct InternerFull;

/// The smallest table, as a power of two.
const SMALLEST: u32 = 6;
/// The largest table: places are told apart by 32 bits of hash.
const LARGEST: u32 = 32;

/// Stores each string once and numbers them 0, 1, 2 … in order of first sight.
///
/// A string costs its bytes, 8 bytes for where they are (none while all are of one length, as event ids are) and 16 to 32
/// for its place in the table.
/// The table is open addressing with linear probing over words that hold a string's hash (high half) and its number + 1
/// (low half), at most half of them in use: most look-ups touch one word of it, and a string's bytes only to confirm.
/// The highest bits of the hash choose the place, so growing reads the old table and writes the new one from one end to the
/// other, and no string is hashed twice.
///
/// The hash is keyed with a seed that input cannot know, so that nobody can choose ids that collide; which strings are
/// equal is always decided by their bytes, and numbers never depend on the seed.
#[derive(Clone, Debug)]
pub struct Interner {
    text: Pages,
    places: Places,
    /// The length of the longest string there has been.
    longest: usize,
    /// 0 is a free place. Its length is 2^`bits`.
    table: Vec<u64>,
    bits: u32,
    hash: KeyedHash,
}

impl Interner {
    /// Returns an empty interner whose hash is keyed with `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            text: Pages::default(),
            places: Places::default(),
            longest: 0,
            table: vec![0; 1 << SMALLEST],
            bits: SMALLEST,
            hash: KeyedHash::new(seed),
        }
    }

    /// Returns how many strings are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns whether no string is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.len() == 0
    }

    /// Returns the string with this index, or "" if there is none.
    #[must_use]
    pub fn get(&self, index: usize) -> &str {
        let (start, length) = self.places.get(index);
        self.text.get(start, length)
    }

    /// Returns the length in bytes of the string with this index, 0 if there is none, without looking at it.
    #[must_use]
    pub fn length(&self, index: usize) -> usize {
        self.places.get(index).1
    }

    /// Returns whether a string of more than `length` bytes may be held: no length need be asked for if not.
    #[must_use]
    pub fn may_exceed(&self, length: usize) -> bool {
        self.longest > length
    }

    /// Returns the index of `string`, if it has been interned.
    #[must_use]
    pub fn find(&self, string: &str) -> Option<usize> {
        self.look_up(string, self.hash.of(string.as_bytes()), |_| None).ok()
    }

    /// Returns the index of `string`, interning it if it is new.
    ///
    /// # Errors
    /// If there is no room for it; nothing has changed then.
    #[inline]
    pub fn intern(&mut self, string: &str) -> Result<usize, InternerFull> {
        self.intern_known(string, |_| None)
    }

    /// As [`Interner::intern`]; `is` may know whether a string that is held is this one, without a look at its text.
    ///
    /// # Errors
    /// If there is no room for it; nothing has changed then.
    #[inline]
    pub(super) fn intern_known(
        &mut self,
        string: &str,
        is: impl Fn(usize) -> Option<bool>,
    ) -> Result<usize, InternerFull> {
        let hash = self.hash.of(string.as_bytes());
        match self.look_up(string, hash, is) {
            Ok(index) => Ok(index),
            Err(free) => self.insert(string, hash, free),
        }
    }

    /// Returns where `string` will be looked for first, without looking.
    pub(super) fn home(&self, string: &str) -> usize {
        home(word(self.hash.of(string.as_bytes()), 0), self.bits)
    }

    /// Returns 1 + the index of the string that is to be found there first.
    #[inline]
    pub(super) fn at_home(&self, place: usize) -> u32 {
        self.table.get(place).map_or(0, |&word| word as u32)
    }

    /// Returns whether the string with this index is `string`: for who can guess, at a fraction of what finding it costs.
    #[inline]
    #[must_use]
    pub fn is(&self, index: usize, string: &str) -> bool {
        let (start, length) = self.places.get(index);
        index < self.len() && same(self.text.bytes(start, length), string.as_bytes())
    }

    /// Forgets every string from index `len` on: the way back from a call that failed.
    pub fn truncate(&mut self, len: usize) {
        for index in (len..self.places.len()).rev() {
            let word = word(self.hash.of(self.get(index).as_bytes()), index);
            self.remove(word);
        }
        if len < self.len() {
            self.text.truncate(self.places.get(len).0);
            self.places.truncate(len);
        }
    }

    /// Iterates over all strings in the order of their numbers.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Returns the bytes of memory that the interner holds.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.text.memory_bytes() + self.places.memory_bytes() + 8 * self.table.capacity()
    }

    /// Returns the index of `string`, or the free place in the table where its probes end.
    // Measured: the look-ups of an event's seven ids are a third of what taking it in costs.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn look_up(&self, string: &str, hash: u32, is: impl Fn(usize) -> Option<bool>) -> Result<usize, usize> {
        let mut place = home(word(hash, 0), self.bits);
        loop {
            // Half of the table is free, so the probes end.
            let word = self.table.get(place).copied().unwrap_or_default();
            let Some(index) = (word as u32).checked_sub(1) else { return Err(place) };
            if (word >> 32) as u32 == hash {
                let index = index as usize;
                if is(index).unwrap_or_else(|| self.is(index, string)) {
                    return Ok(index);
                }
            }
            place = self.after(place);
        }
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.table.len() - 1)
    }

    #[inline(never)]
    fn insert(&mut self, string: &str, hash: u32, free: usize) -> Result<usize, InternerFull> {
        let index = self.len();
        let mut free = free;
        if (index + 1) * 2 > self.table.len() {
            self.grow()?;
            free = self.free_place(word(hash, index));
        }
        let start = self.text.make_room(string.len())?;
        if let Err(full) = self.places.push(start, string.len()) {
            self.text.truncate(start);
            return Err(full);
        }
        self.text.push(string);
        if let Some(place) = self.table.get_mut(free) {
            *place = word(hash, index);
        }
        self.longest = self.longest.max(string.len());
        Ok(index)
    }

    /// Returns the first free place at the probes of `word`.
    fn free_place(&self, word: u64) -> usize {
        let mut place = home(word, self.bits);
        while self.table.get(place).is_some_and(|&held| held != 0) {
            place = self.after(place);
        }
        place
    }

    #[cold]
    fn grow(&mut self) -> Result<(), InternerFull> {
        if self.bits == LARGEST {
            return Err(InternerFull);
        }
        let length = self.table.len() * 2;
        let mut table = Vec::new();
        table.try_reserve_exact(length).map_err(|_| InternerFull)?;
        table.resize(length, 0);
        let old = core::mem::replace(&mut self.table, table);
        self.bits += 1;
        for word in old.into_iter().filter(|&word| word != 0) {
            let free = self.free_place(word);
            if let Some(place) = self.table.get_mut(free) {
                *place = word;
            }
        }
        Ok(())
    }

    /// Frees the place of `word` and moves back what was pushed past it, so that no probe ends too soon.
    fn remove(&mut self, word: u64) {
        let mut hole = home(word, self.bits);
        while self.table.get(hole).is_some_and(|&held| held != word && held != 0) {
            hole = self.after(hole);
        }
        let mut place = hole;
        loop {
            place = self.after(place);
            let held = self.table.get(place).copied().unwrap_or_default();
            if held == 0 {
                break;
            }
            // It may move if its home is not between the hole and where it stands: the probe from there meets the hole.
            let mask = self.table.len() - 1;
            if place.wrapping_sub(home(held, self.bits)) & mask >= place.wrapping_sub(hole) & mask {
                if let Some(free) = self.table.get_mut(hole) {
                    *free = held;
                }
                hole = place;
            }
        }
        if let Some(free) = self.table.get_mut(hole) {
            *free = 0;
        }
    }
}

/// Where each string is in the buffer.
#[derive(Clone, Debug)]
enum Places {
    /// All are of one length: there are `count`. To find one costs no look at memory.
    Every { length: u32, in_page: u32, count: u32 },
    /// Where each begins, and its length.
    Each(Column<(u32, u32)>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Every { length: 0, in_page: 1, count: 0 }
    }
}

impl Places {
    #[inline]
    fn len(&self) -> usize {
        match self {
            Self::Every { count, .. } => *count as usize,
            Self::Each(places) => places.len(),
        }
    }

    /// Returns where the string with this index begins, and its length: 0 if there is none.
    #[inline]
    fn get(&self, index: usize) -> (u32, usize) {
        match self {
            &Self::Every { length, in_page, count } if index < count as usize => {
                (start_of(index as u32, length, in_page), length as usize)
            }
            Self::Every { .. } => (0, 0),
            Self::Each(places) => places.get(index).map_or((0, 0), |&(start, length)| (start, length as usize)),
        }
    }

    /// Takes note of one more string.
    fn push(&mut self, start: u32, string: usize) -> Result<(), InternerFull> {
        match self {
            Self::Every { length, count, .. } if *count > 0 && *length as usize == string => *count += 1,
            Self::Every { count: 0, .. } => {
                *self = Self::Every { length: string as u32, in_page: in_page(string), count: 1 };
            }
            &mut Self::Every { length, in_page, count } => {
                let mut places = Column::default();
                for index in 0..count {
                    places.try_push((start_of(index, length, in_page), length)).map_err(|_| InternerFull)?;
                }
                places.try_push((start, string as u32)).map_err(|_| InternerFull)?;
                *self = Self::Each(places);
            }
            Self::Each(places) => _ = places.try_push((start, string as u32)).map_err(|_| InternerFull)?,
        }
        Ok(())
    }

    fn truncate(&mut self, len: usize) {
        match self {
            Self::Every { count, .. } => *count = (*count).min(len as u32),
            Self::Each(places) => places.truncate(len),
        }
    }

    fn memory_bytes(&self) -> usize {
        match self {
            Self::Every { .. } => 0,
            Self::Each(places) => places.memory_bytes(),
        }
    }
}

/// Returns the table's word for a string.
#[inline]
fn word(hash: u32, index: usize) -> u64 {
    u64::from(hash) << 32 | (index as u64 + 1)
}

/// Returns where the probes for a word begin in a table of 2^`bits` places.
#[inline]
fn home(word: u64, bits: u32) -> usize {
    (word >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Numbers follow first sight, whatever the seed; truncation forgets exactly what came later.
        #[test]
        fn behaves_like_a_map(
            strings in prop::collection::vec("[a-c]{0,3}|\\PC{0,20}|\\$[ab]{43}", 0..300),
            seed: u64,
            keep in 0_usize..300,
        ) {
            let mut interner = Interner::new(seed);
            let mut model: BTreeMap<String, usize> = BTreeMap::new();
            for string in &strings {
                let next = model.len();
                let expected = *model.entry(string.clone()).or_insert(next);
                prop_assert_eq!(interner.intern(string), Ok(expected));
            }
            prop_assert_eq!(interner.len(), model.len());
            for (string, &index) in &model {
                prop_assert_eq!(interner.find(string), Some(index));
                prop_assert_eq!(interner.get(index), string);
                prop_assert_eq!(interner.length(index), string.len());
                for guess in index.saturating_sub(1)..index + 3 {
                    prop_assert_eq!(interner.is(guess, string), guess == index);
                }
            }
            let keep = keep.min(interner.len());
            let kept: Vec<String> = interner.iter().take(keep).map(str::to_owned).collect();
            interner.truncate(keep);
            prop_assert_eq!(interner.iter().collect::<Vec<_>>(), kept);
            prop_assert_eq!(interner.table.iter().filter(|&&word| word != 0).count(), keep);
            for (string, &index) in &model {
                prop_assert_eq!(interner.find(string), (index < keep).then_some(index));
            }
            for (string, &index) in &model {
                if index >= keep {
                    let again = interner.intern(string).unwrap();
                    prop_assert_eq!(interner.get(again), string);
                }
            }
            prop_assert_eq!(interner.len(), model.len());
        }
    }

    /// Entries with chosen places: runs that wrap around the end, and pile-ups on one place.
    #[test]
    fn what_is_removed_leaves_everything_else_to_be_found() {
        let homes = [63, 63, 63, 62, 0, 0, 1, 62, 5, 5, 6, 5, 63];
        let words: Vec<u64> = homes.iter().enumerate().map(|(index, &home)| word(home << 26, index)).collect();
        for removed in 0..words.len() {
            let mut interner = Interner::new(0);
            for &word in &words {
                let place = interner.free_place(word);
                interner.table[place] = word;
            }
            interner.remove(words[removed]);
            for (index, &word) in words.iter().enumerate() {
                let mut place = home(word, interner.bits);
                while interner.table[place] != word && interner.table[place] != 0 {
                    place = interner.after(place);
                }
                assert_eq!(interner.table[place] == word, index != removed, "{index} after {removed}");
            }
            assert_eq!(interner.table.iter().filter(|&&word| word != 0).count(), words.len() - 1);
        }
    }

    /// Ids that differ in a few characters only, as somebody might make them up, are spread like any others.
    #[test]
    fn spreads_a_series_of_ids() {
        for place in 0..11 {
            let mut interner = Interner::new(0x1234_5678_9abc_def0);
            for number in 0..20_000 {
                let mut id = format!("${}", "A".repeat(43));
                id.replace_range(place * 4..place * 4 + 4, &format!("{number:04x}").to_uppercase()[..4]);
                interner.intern(&id).unwrap();
            }
            let steps: usize = (interner.table.iter().enumerate().filter(|(_, word)| **word != 0))
                .map(|(place, &word)| place.wrapping_sub(home(word, interner.bits)) & (interner.table.len() - 1))
                .sum();
            assert!(steps < interner.len(), "{steps} steps past the first place for {} ids", interner.len());
        }
    }

    #[test]
    fn memory_follows_what_is_held() {
        let mut interner = Interner::new(1);
        for number in 0..100_000 {
            interner.intern(&format!("${number:043}")).unwrap();
        }
        let least = 100_000 * (44 + 4 + 16);
        assert!((least..least * 3 / 2 + 2_000_000).contains(&interner.memory_bytes()), "{}", interner.memory_bytes());
    }
}
