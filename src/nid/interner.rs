//! One contiguous string buffer with numbers for the strings in it.

use core::hash::{BuildHasher, Hasher};
use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// The interner has no number or no address left: 2^32 - 2 strings, or 4 GiB of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many different strings for one room")]
pub struct InternerFull;

/// Stores each string once and numbers them 0, 1, 2 … in order of first sight.
///
/// All strings lie in one buffer; a string costs its bytes, 4 bytes for where it ends, 4 for its hash and about 6 for its
/// place in the table. Each string is hashed once when it is looked up, never again: growing the table takes the hashes
/// from their column. The hash is keyed with a seed that input cannot know, so that nobody can choose ids that collide;
/// which strings are equal is always decided by their bytes, and numbers never depend on the seed.
#[derive(Clone, Debug)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    hashes: Vec<u32>,
    table: HashTable<u32>,
    state: FixedState,
}

impl Interner {
    /// Returns an empty interner whose hash is keyed with `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            hashes: Vec::new(),
            table: HashTable::new(),
            state: FixedState::with_seed(seed),
        }
    }

    /// Returns how many strings are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether no string is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the string with this index, or "" if there is none.
    #[must_use]
    pub fn get(&self, index: usize) -> &str {
        slice(&self.text, &self.ends, index)
    }

    /// Returns the index of `string`, if it has been interned.
    #[must_use]
    pub fn find(&self, string: &str) -> Option<usize> {
        let hash = self.hash(string);
        let found = self.table.find(spread(hash), |&index| self.is_at(index, hash, string))?;
        Some(*found as usize)
    }

    /// Returns the index of `string`, interning it if it is new.
    ///
    /// # Errors
    /// If there is no room for it; nothing has changed then.
    pub fn intern(&mut self, string: &str) -> Result<usize, InternerFull> {
        let hash = self.hash(string);
        if let Some(&index) = self.table.find(spread(hash), |&index| self.is_at(index, hash, string)) {
            return Ok(index as usize);
        }
        let index = self.ends.len();
        let end = u32::try_from(self.text.len() + string.len()).map_err(|_| InternerFull)?;
        // The number of a NID is its index + 1, and that must fit as well.
        if index >= u32::MAX as usize - 1 {
            return Err(InternerFull);
        }
        self.text.push_str(string);
        self.ends.push(end);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(spread(hash), index as u32, |&index| {
            spread(hashes.get(index as usize).copied().unwrap_or_default())
        });
        Ok(index)
    }

    /// Forgets every string from index `len` on: the way back from a call that failed.
    pub fn truncate(&mut self, len: usize) {
        for index in (len..self.ends.len()).rev() {
            let hash = self.hashes.get(index).copied().unwrap_or_default();
            if let Ok(entry) = self.table.find_entry(spread(hash), |&held| held as usize == index) {
                entry.remove();
            }
        }
        self.ends.truncate(len);
        self.hashes.truncate(len);
        self.text.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }

    /// Iterates over all strings in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Returns the bytes of memory that the interner holds.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.text.capacity() + 4 * (self.ends.capacity() + self.hashes.capacity()) + self.table.allocation_size()
    }

    fn is_at(&self, index: u32, hash: u32, string: &str) -> bool {
        self.hashes.get(index as usize) == Some(&hash) && slice(&self.text, &self.ends, index as usize) == string
    }

    fn hash(&self, string: &str) -> u32 {
        let mut hasher = self.state.build_hasher();
        hasher.write(string.as_bytes());
        hasher.finish() as u32
    }
}

/// Makes the table's 64-bit hash, of which it uses both ends, from the 32 bits that are kept.
#[inline]
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn slice<'a>(text: &'a str, ends: &[u32], index: usize) -> &'a str {
    let start = if index == 0 { 0 } else { ends.get(index - 1).copied().unwrap_or_default() as usize };
    let end = ends.get(index).copied().unwrap_or_default() as usize;
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        /// Numbers follow first sight, whatever the seed; truncation forgets exactly what came later.
        #[test]
        fn behaves_like_a_map(strings in prop::collection::vec("[a-c]{0,3}|\\PC{0,20}", 0..60), seed: u64, keep in 0_usize..60) {
            let mut interner = Interner::new(seed);
            let mut model: HashMap<String, usize> = HashMap::new();
            for string in &strings {
                let next = model.len();
                let expected = *model.entry(string.clone()).or_insert(next);
                prop_assert_eq!(interner.intern(string), Ok(expected));
            }
            prop_assert_eq!(interner.len(), model.len());
            for (string, &index) in &model {
                prop_assert_eq!(interner.find(string), Some(index));
                prop_assert_eq!(interner.get(index), string);
            }
            let keep = keep.min(interner.len());
            let kept: Vec<String> = interner.iter().take(keep).map(str::to_owned).collect();
            interner.truncate(keep);
            prop_assert_eq!(interner.iter().collect::<Vec<_>>(), kept);
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
}
