//! The hash that strings are found by: one that nobody can choose strings for. Relies on `words`.

use super::words::{ID_LENGTH, words};
use core::hash::{BuildHasher, Hasher};
use foldhash::quality::FixedState;

/// A hash of 32 bits that depends on a secret.
///
/// Event ids of the usual length, nine of ten look-ups, take the sum NH of the message authentication code UMAC (Black
/// et al., 1999): with keys that one does not know, two different ids have one sum with a chance of at most 2^-32,
/// however they are chosen. All other strings take foldhash.
#[derive(Clone, Debug)]
pub(super) struct KeyedHash {
    state: FixedState,
    keys: [u64; 6],
    multiplier: u64,
}

impl KeyedHash {
    pub(super) fn new(seed: u64) -> Self {
        let state = FixedState::with_seed(seed);
        let key = |number: u64| {
            let mut hasher = state.build_hasher();
            hasher.write_u64(number);
            hasher.finish()
        };
        Self { keys: [key(1), key(2), key(3), key(4), key(5), key(6)], multiplier: key(7) | 1, state }
    }

    /// Returns the hash of a string.
    #[allow(clippy::inline_always)] // As its callers.
    #[inline(always)]
    pub(super) fn of(&self, string: &[u8]) -> u32 {
        match string.try_into() {
            Ok(id) => self.of_id(id),
            Err(_) => self.of_any(string),
        }
    }

    #[allow(clippy::inline_always)] // As its callers.
    #[inline(always)]
    fn of_id(&self, id: &[u8; ID_LENGTH]) -> u32 {
        let mut sum = 0_u64;
        for (word, key) in words(id).into_iter().zip(self.keys) {
            let low = (word as u32).wrapping_add(key as u32);
            let high = ((word >> 32) as u32).wrapping_add((key >> 32) as u32);
            sum = sum.wrapping_add(u64::from(low) * u64::from(high));
        }
        // The places in the table must not follow the sums of a series of ids.
        let mixed = (sum ^ sum >> 32).wrapping_mul(self.multiplier);
        ((mixed ^ mixed >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
    }

    fn of_any(&self, string: &[u8]) -> u32 {
        let mut hasher = self.state.build_hasher();
        hasher.write(string);
        hasher.finish() as u32
    }
}
