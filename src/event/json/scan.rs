//! Where a run of plain characters in a string ends: the inner loop of all reading.
//!
//! Bytes are looked at a block at a time: sixteen with SIMD where it is there, else eight in one word. Relies on nothing.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd::first_special;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use word::first_special;

/// Returns the place of the first quote, backslash or control character at or after `at`, or the end.
// Measured: with a call for each of an event's sixty strings, reading takes a third longer.
#[allow(clippy::inline_always)]
#[inline(always)]
pub(super) fn next_special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        if let Some(place) = first_special(block) {
            return at + place;
        }
        at += block.len();
    }
    next_special_in_last_block(bytes, at)
}

/// As [`next_special`], where less than a block is left.
#[inline(never)]
fn next_special_in_last_block(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};

    /// Returns the place of the first special byte of the block.
    #[allow(clippy::inline_always)] // As its one caller.
    #[inline(always)]
    pub(super) fn first_special(block: &[u8; 16]) -> Option<usize> {
        let word =
            |at: usize| block.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word));
        let block = u64x2(word(0), word(8));
        let quote = u8x16_eq(block, u8x16_splat(b'"'));
        let backslash = u8x16_eq(block, u8x16_splat(b'\\'));
        let control = u8x16_lt(block, u8x16_splat(0x20));
        let found = u8x16_bitmask(v128_or(v128_or(quote, backslash), control));
        (found != 0).then(|| found.trailing_zeros() as usize)
    }
}

// Tested on every machine, used where there is no SIMD.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod word {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;

    /// Returns the place of the first special byte of the block.
    ///
    /// A byte's high bit is set where it is zero after the xor, or below 0x20. A borrow can set a bit above a true one by
    /// mistake, never below, so the lowest set bit is always right.
    #[allow(clippy::inline_always)] // As its one caller.
    #[inline(always)]
    pub(super) fn first_special(block: &[u8; 8]) -> Option<usize> {
        let word = u64::from_le_bytes(*block);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & HIGH;
        (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place of a few blocks, with plain and with special bytes behind it, from every start.
    #[test]
    fn finds_the_first_special_byte() {
        for byte in 0..=255 {
            for behind in [b'a', b'"', 0xff] {
                for length in [0, 1, 7, 8, 9, 15, 16, 17, 33] {
                    for place in 0..length {
                        let mut bytes = vec![b'a'; place];
                        bytes.push(byte);
                        bytes.resize(length, behind);
                        let from = place.saturating_sub(9);
                        let expected = (from..length).find(|&at| is_special(bytes[at])).unwrap_or(length);
                        assert_eq!(next_special(&bytes, from), expected, "{bytes:?}");
                    }
                }
            }
        }
        assert_eq!(next_special(b"abc", 3), 3);
    }

    #[test]
    fn both_ways_of_looking_at_a_block_agree() {
        for byte in 0..=255 {
            for before in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                for place in 0..8 {
                    let mut block = [before; 8];
                    block[place] = byte;
                    assert_eq!(
                        word::first_special(&block),
                        block.iter().position(|&byte| is_special(byte)),
                        "{block:?}"
                    );
                }
            }
        }
    }
}
