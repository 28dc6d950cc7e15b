//! The set hash: 128 bits that name the content of a state map, whatever way it came about.
//!
//! The hash of a map is the sum, wrapping, over its (slot, event) pairs of two independent 64-bit mixes of the pair. A
//! sum is updated by subtracting what went and adding what came, in any order. It is a sum and not an xor: with xor and
//! mixing that everybody can compute, about 130 pairs give two equal hashes by linear algebra. Even so, whoever chooses
//! the pairs can search for two sets of one hash, so a hash proposes and a comparison decides. Relies on nothing.

// Fractional parts of the square roots of 2, 3, 5 and 7, made odd.
const SPREAD: [u64; 4] = [0x6a09_e667_f3bc_c909, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1];

/// The set hash of a state map: equal for equal maps, and most unlikely equal for others.
///
/// Two 64-bit halves and not one `u128`, which costs a fifth more in WebAssembly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SetHash(pub u64, pub u64);

impl SetHash {
    /// The hash of the empty map.
    pub const EMPTY: Self = Self(0, 0);

    /// Returns the hash with the pair (slot, event) added; event 0, "absent", adds nothing.
    #[inline]
    pub(super) fn with(self, slot: u32, event: u32) -> Self {
        let Self(a, b) = pair(slot, event);
        Self(self.0.wrapping_add(a), self.1.wrapping_add(b))
    }

    /// Returns the hash with the pair (slot, event) taken away; event 0, "absent", takes nothing.
    #[inline]
    pub(super) fn without(self, slot: u32, event: u32) -> Self {
        let Self(a, b) = pair(slot, event);
        Self(self.0.wrapping_sub(a), self.1.wrapping_sub(b))
    }
}

#[inline]
fn pair(slot: u32, event: u32) -> SetHash {
    if event == 0 {
        return SetHash::EMPTY;
    }
    let pair = u64::from(slot) << 32 | u64::from(event);
    SetHash(mix(pair, SPREAD[0], SPREAD[1]), mix(pair, SPREAD[2], SPREAD[3]))
}

/// Spreads `word` over 64 bits so that every input bit moves every output bit.
#[inline]
pub(super) const fn mix(word: u64, first: u64, second: u64) -> u64 {
    let word = word.wrapping_add(second);
    let word = (word ^ word >> 32).wrapping_mul(first);
    let word = (word ^ word >> 29).wrapping_mul(second);
    word ^ word >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_pairs_count_for_nothing() {
        assert_eq!(SetHash::EMPTY.with(7, 0), SetHash::EMPTY);
        assert_eq!(SetHash::EMPTY.without(7, 0), SetHash::EMPTY);
    }

    #[test]
    fn order_does_not_matter_and_going_undoes_coming() {
        let hash = SetHash::EMPTY.with(1, 2).with(3, 4);
        assert_eq!(hash, SetHash::EMPTY.with(3, 4).with(1, 2));
        assert_eq!(hash.without(1, 2), SetHash::EMPTY.with(3, 4));
        assert_ne!(hash, SetHash::EMPTY.with(1, 4).with(3, 2));
    }

    #[test]
    fn each_input_bit_moves_half_of_the_output_bits() {
        for bit in 0..64 {
            let mut moved = [0u32; 2];
            for sample in 0..512u64 {
                let pair_at = |flip: u64| {
                    let word = (sample * 0x1_0000_0003 + 1) ^ flip;
                    pair((word >> 32) as u32, word as u32 | 0x8000_0000)
                };
                let (SetHash(a, b), SetHash(c, d)) = (pair_at(0), pair_at(1 << bit));
                moved[0] += (a ^ c).count_ones();
                moved[1] += (b ^ d).count_ones();
            }
            // Bit 31 is the one that the samples keep set.
            let expected = if bit == 31 { 0..=0 } else { 28 * 512..=36 * 512 };
            assert!(moved.iter().all(|bits| expected.contains(bits)), "bit {bit}: {moved:?}");
        }
    }
}
