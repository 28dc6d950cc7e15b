//! The answer to what differs between many versions, and what can be asked of it. `many` fills it in.

use super::many::{Held, MASK_BITS};
use super::{EventNid, OutOfMemory, Slot};

/// One of the events at a slot where versions differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The event; `None` for the versions without one.
    pub event: Option<EventNid>,
    /// The versions that have it; ask the [`Differences`] that it came from.
    pub holders: Holders,
}

/// A set of some of the versions given to [`StateMaps::diff_many`](super::StateMaps::diff_many); [`Differences`] can read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holders(pub(super) u64);

/// The slots where versions differ. Kept by the caller and used again, it spares the next question its allocations.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    pub(super) versions: usize,
    pub(super) slots: Vec<Slot>,
    /// Where the candidates of each slot end.
    pub(super) ends: Vec<u32>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) unions: Vec<(u32, u32)>,
    pub(super) pool: Vec<Held>,
}

impl Differences {
    /// Returns one that holds nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of slots that differ.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Returns whether all versions agree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Returns each slot that differs, in slot order, with its two or more distinct events, absent first and then by NID.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Slot, &[Candidate])> {
        self.slots.iter().enumerate().map(|(at, &slot)| (slot, self.candidates_at(at)))
    }

    /// Returns the events of a slot as [`iter`](Self::iter) does, if it is one of those that differ.
    #[must_use]
    pub fn candidates(&self, slot: Slot) -> Option<&[Candidate]> {
        self.slots.binary_search(&slot).ok().map(|at| self.candidates_at(at))
    }

    fn candidates_at(&self, at: usize) -> &[Candidate] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.candidates[start as usize..self.ends[at] as usize]
    }

    /// Returns the holders as a bit mask (bit i: the i-th of the versions asked about), or `None` beyond 64 versions.
    #[must_use]
    pub fn mask(&self, holders: Holders) -> Option<u64> {
        (self.versions <= MASK_BITS).then_some(holders.0)
    }

    /// Calls `visit` with the place of each holder among the versions asked about, each once, in no promised order.
    pub fn for_each_holder(&self, holders: Holders, mut visit: impl FnMut(usize)) {
        if let Some(mut mask) = self.mask(holders) {
            while mask != 0 {
                visit(mask.trailing_zeros() as usize);
                mask &= mask - 1;
            }
            return;
        }
        let mut left = vec![holders.0 as u32];
        while let Some(set) = left.pop() {
            match (set as usize).checked_sub(self.versions) {
                None => visit(set as usize),
                Some(union) => {
                    let (a, b) = self.unions[union];
                    left.extend([a, b]);
                }
            }
        }
    }

    /// Returns whether `slot` is one of those that differ.
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        self.slots.binary_search(&slot).is_ok()
    }

    /// Returns the place of the version that has the most of `winners`, the first of several.
    ///
    /// `winners` has one event for each slot that differs, in the order of [`iter`](Self::iter). A merge on top of that
    /// version writes the least.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn closest(&self, winners: &[Option<EventNid>]) -> Result<usize, OutOfMemory> {
        let sets = self.versions + self.unions.len();
        let mut held = Vec::new();
        held.try_reserve_exact(sets)?;
        held.resize(sets, 0u32);
        for ((_, candidates), winner) in self.iter().zip(winners) {
            let Some(won) = candidates.iter().find(|candidate| candidate.event == *winner) else {
                continue;
            };
            match self.mask(won.holders) {
                Some(_) => self.for_each_holder(won.holders, |index| held[index] += 1),
                None => held[won.holders.0 as usize] += 1,
            }
        }
        for (union, &(a, b)) in self.unions.iter().enumerate().rev() {
            let count = held[self.versions + union];
            held[a as usize] += count;
            held[b as usize] += count;
        }
        let mut closest = 0;
        for index in 1..self.versions {
            if held[index] > held[closest] {
                closest = index;
            }
        }
        Ok(closest)
    }

    /// Returns the place of the version that most often has what most versions have, the first of several.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`].
    pub fn most_typical(&self) -> Result<usize, OutOfMemory> {
        let mut sizes = Vec::new();
        sizes.try_reserve_exact(self.unions.len())?;
        let size_of = |sizes: &[u32], set: u64| match (set as usize).checked_sub(self.versions) {
            _ if self.versions <= MASK_BITS => set.count_ones(),
            None => 1,
            Some(union) => sizes[union],
        };
        for &(a, b) in &self.unions {
            let size = size_of(&sizes, u64::from(a)) + size_of(&sizes, u64::from(b));
            sizes.push(size);
        }
        let mut winners = Vec::new();
        winners.try_reserve_exact(self.len())?;
        for (_, candidates) in self.iter() {
            let most = candidates.iter().max_by_key(|held| size_of(&sizes, held.holders.0));
            winners.push(most.and_then(|held| held.event));
        }
        self.closest(&winners)
    }
}
