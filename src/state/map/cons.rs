//! Which nodes merges made: a bounded cache from a node's content to its number.
//!
//! When an event names two long branches as parents again and again, and nobody builds on it, each result mixes the two
//! in thousands of nodes, nearly all of them as in the result before. Finding them here is the difference between
//! kilobytes and hundreds of kilobytes a merge. Nodes of ordinary versions are new by construction and are not entered.
//!
//! It is only a cache: full, it is emptied; a node that does not fit within a few probes is not entered, so nobody can
//! make it slow. Like [`Index`](super::index::Index) it is filled in the order of numbers and left newest first.

use super::OutOfMemory;
use crate::sort;

const SMALLEST: usize = 64;
const LARGEST: usize = 1 << 18;
const PROBES: usize = 24;

/// The cache of one arena. Node 0 is never entered and stands for a free place.
#[derive(Clone, Debug, Default)]
pub(super) struct Cons {
    places: Vec<u32>,
    entries: usize,
}

impl Cons {
    /// Returns the entered node of this hash that `is_it` accepts.
    #[inline]
    pub(super) fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        self.probe(hash).map(|place| self.places[place]).take_while(|&node| node != 0).find(|&node| is_it(node))
    }

    /// Enters `node`, the newest.
    pub(super) fn insert(&mut self, node: u32, hash: u64, hash_of: impl Fn(u32) -> u64) -> Result<(), OutOfMemory> {
        if (self.entries + 1) * 2 > self.places.len() {
            self.grow(hash_of)?;
        }
        self.put(node, hash);
        Ok(())
    }

    /// Takes out `node`, if it is held; nothing newer may be.
    pub(super) fn remove_newest(&mut self, node: u32, hash: u64) {
        let place = self.probe(hash).find(|&place| {
            let held = self.places[place];
            held == node || held == 0
        });
        if let Some(place) = place.filter(|&place| self.places[place] == node) {
            self.places[place] = 0;
            self.entries -= 1;
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }

    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) -> Result<(), OutOfMemory> {
        if self.places.len() == LARGEST {
            self.places.fill(0);
            self.entries = 0;
            return Ok(());
        }
        let places = (self.places.len() * 2).max(SMALLEST);
        let mut fresh = Vec::new();
        fresh.try_reserve_exact(places)?;
        fresh.resize(places, 0);
        let mut held = core::mem::replace(&mut self.places, fresh);
        held.retain(|&node| node != 0);
        sort::ascending(&mut held);
        self.entries = 0;
        for node in held {
            self.put(node, hash_of(node));
        }
        Ok(())
    }

    fn put(&mut self, node: u32, hash: u64) {
        let free = self.probe(hash).find(|&place| self.places[place] == 0);
        if let Some(place) = free {
            self.places[place] = node;
            self.entries += 1;
        }
    }

    fn probe(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let len = self.places.len();
        let start = (hash >> 32) as usize;
        (0..PROBES.min(len)).map(move |step| (start + step) & (len - 1))
    }
}

/// Returns the hash of a node's words.
#[inline]
pub(super) fn hash_words<const N: usize>(words: &[u32; N]) -> u64 {
    let mut hash = 0u64;
    for pair in words.chunks_exact(2) {
        let word = u64::from(pair[0]) << 32 | u64::from(pair[1]);
        hash = (hash.rotate_left(23) ^ word).wrapping_mul(0xbea2_25f9_eb34_556d);
        hash ^= hash >> 32;
    }
    hash.wrapping_mul(0x9fb2_1c65_1e98_df25)
}
