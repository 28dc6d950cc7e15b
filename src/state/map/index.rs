//! From a set hash to the versions that have it: open addressing over version numbers.
//!
//! Two things are asked of it beyond a hash map. Versions leave newest first and leave no trace: every table is filled in
//! version order, so the newest entry was put where the first gap was and nothing has been pushed past it since; emptying
//! its place restores the table of before. And a room written against it cannot make it slow: whoever sends the events
//! can steer some bits of the hashes and pile entries up, so probes beyond the usual few are counted, and when they
//! outweigh a rebuild the table is rebuilt under another multiplier. With n versions a fully informed opponent gets
//! n·√n steps, not n². Relies on the set hash.

use super::{OutOfMemory, SetHash};

const SMALLEST: usize = 16;
/// Probes that a lookup takes for nothing: at most half of the table is in use.
const USUAL_PROBES: u32 = 8;
/// Excess probes for each entry that a rebuild is worth.
const EXCESS: u64 = 16;

/// The table. Versions are numbers from 1 on; 0, the empty map, stands for a free place.
#[derive(Clone, Debug)]
pub(super) struct Index {
    places: Vec<u32>,
    entries: u32,
    multiplier: u64,
    excess: u64,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), entries: 0, multiplier: 0x9e37_79b9_7f4a_7c15, excess: 0 }
    }

    /// Returns the first version at the probes of `hash` that `is_it` accepts.
    pub(super) fn find(&mut self, hash: SetHash, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut probes = 0;
        let mut found = None;
        for place in self.probe(hash) {
            let version = self.places[place];
            if version == 0 {
                break;
            }
            if is_it(version) {
                found = Some(version);
                break;
            }
            probes += 1;
        }
        self.excess += u64::from(probes.max(USUAL_PROBES) - USUAL_PROBES);
        found
    }

    /// Enters `version`, the one after the newest. `hash_of` gives the hash of any version entered before.
    pub(super) fn insert(
        &mut self,
        version: u32,
        hash: SetHash,
        hash_of: impl Fn(u32) -> SetHash,
    ) -> Result<(), OutOfMemory> {
        let full = (self.entries as usize + 1) * 2 > self.places.len();
        if full || self.excess > EXCESS * u64::from(self.entries) + 1024 {
            let places = if full { self.places.len() * 2 } else { self.places.len() };
            self.rebuild(places.max(SMALLEST), !full, hash_of)?;
        }
        self.put(version, hash);
        Ok(())
    }

    /// Takes out `version`, which must be the newest entered.
    pub(super) fn remove_newest(&mut self, version: u32, hash: SetHash) {
        let place = self.probe(hash).find(|&place| {
            let held = self.places[place];
            held == version || held == 0
        });
        if let Some(place) = place.filter(|&place| self.places[place] == version) {
            self.places[place] = 0;
            self.entries -= 1;
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }

    fn rebuild(
        &mut self,
        places: usize,
        other_multiplier: bool,
        hash_of: impl Fn(u32) -> SetHash,
    ) -> Result<(), OutOfMemory> {
        let mut fresh = Vec::new();
        fresh.try_reserve_exact(places)?;
        fresh.resize(places, 0);
        self.places = fresh;
        self.excess = 0;
        if other_multiplier {
            // Any odd number does, as long as it is another one each time.
            self.multiplier = super::hash::mix(self.multiplier, self.multiplier, !0) | 1;
        }
        // All versions there are: they come and go in order.
        for version in 1..=core::mem::take(&mut self.entries) {
            self.put(version, hash_of(version));
        }
        Ok(())
    }

    fn put(&mut self, version: u32, hash: SetHash) {
        let free = self.probe(hash).find(|&place| self.places[place] == 0);
        if let Some(place) = free {
            self.places[place] = version;
            self.entries += 1;
        }
    }

    /// The places to look at for `hash`, each once.
    fn probe(&self, hash: SetHash) -> impl Iterator<Item = usize> + use<> {
        let len = self.places.len();
        let word = (hash.0 ^ hash.1.rotate_left(32)).wrapping_mul(self.multiplier);
        let start = (word >> 32) as usize;
        (0..len).map(move |step| (start + step) & (len - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(version: u32) -> SetHash {
        SetHash::EMPTY.with(version, version)
    }

    #[test]
    fn what_left_newest_first_leaves_no_trace() {
        let mut index = Index::new();
        for version in 1..=20 {
            index.insert(version, hash_of(version), hash_of).unwrap();
        }
        let before = index.places.clone();
        for version in 21..=30 {
            index.insert(version, hash_of(version), hash_of).unwrap();
        }
        assert_eq!(before.len(), index.places.len());
        for version in (21..=30).rev() {
            index.remove_newest(version, hash_of(version));
        }
        assert_eq!(before, index.places);
    }

    #[test]
    fn a_pile_of_chosen_hashes_is_broken_up() {
        // Every hash meets the same place under the first multiplier.
        let undo = {
            let odd = Index::new().multiplier;
            (0..6).fold(odd, |x: u64, _| x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x))))
        };
        let hash_of = |version: u32| SetHash(undo.wrapping_mul(u64::from(version)), 0);
        let mut index = Index::new();
        let first = index.multiplier;
        let mut probes = 0u64;
        for version in 1..=20_000 {
            let found = index.find(hash_of(version), |_| {
                probes += 1;
                false
            });
            assert_eq!(found, None);
            index.insert(version, hash_of(version), hash_of).unwrap();
        }
        assert_ne!(first, index.multiplier);
        // 200 million without the other multiplier.
        assert!(probes < 2_000_000, "{probes}");
        for version in 1..=20_000 {
            assert_eq!(index.find(hash_of(version), |held| held == version), Some(version));
        }
    }
}
