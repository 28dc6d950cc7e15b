//! Where a run of plain characters in a string ends: the inner loop of all reading.
//!
//! Bytes are looked at 64 at a time, and what is special among them is remembered as 64 bits: the ends of the next strings are
//! found in these without another look at the text. That spares more than the looks: an end that is found by bytes must be known
//! before the search for the next one can begin, and a loop over the length of every string is one that no processor foresees.
//! Relies on nothing.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd::specials;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use word::specials;

/// How many bytes are looked at together.
const WINDOW: usize = 64;

/// What is known of a stretch of text: the special bytes of the 64 before `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    end: usize,
    /// One bit a byte, the first one lowest.
    specials: u64,
}

impl Window {
    /// Nothing is known.
    pub(super) const EMPTY: Self = Self { end: 0, specials: 0 };

    /// Returns the place of the first quote, backslash or control character at or after `at`, or the end. The text must be the
    /// same each time.
    // Measured: with a call for each of an event's sixty strings, reading takes a third longer.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn next_special(&mut self, bytes: &[u8], at: usize) -> usize {
        let within = at.wrapping_sub(self.end).wrapping_add(WINDOW);
        if within >= WINDOW {
            return self.look(bytes, at);
        }
        let ahead = self.specials >> within;
        if ahead != 0 { at + ahead.trailing_zeros() as usize } else { self.look(bytes, self.end) }
    }

    /// As [`Window::next_special`], where nothing is known of what stands at `at`.
    #[inline(never)]
    fn look(&mut self, bytes: &[u8], mut at: usize) -> usize {
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(block) = rest.first_chunk() else {
                return self.look_at_last(rest, at);
            };
            *self = Self { end: at + WINDOW, specials: specials(block) };
            if self.specials != 0 {
                return at + self.specials.trailing_zeros() as usize;
            }
            at += WINDOW;
        }
    }

    /// As [`Window::look`], where less than a window is left.
    fn look_at_last(&mut self, rest: &[u8], at: usize) -> usize {
        let specials = rest.iter().rev().fold(0, |bits, &byte| bits << 1 | u64::from(is_special(byte)));
        // The end of the text ends every search.
        *self = Self { end: at + WINDOW, specials: specials | 1 << rest.len() };
        at + self.specials.trailing_zeros() as usize
    }
}

fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, u8x16_sub, u64x2, v128_andnot, v128_or};

    /// Returns which bytes are special.
    pub(super) fn specials(block: &[u8; 64]) -> u64 {
        let (blocks, _) = block.as_chunks();
        blocks.iter().rev().fold(0, |bits, block| bits << 16 | u64::from(of_sixteen(block)))
    }

    fn of_sixteen(block: &[u8; 16]) -> u16 {
        let word =
            |at: usize| block.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word));
        let block = u64x2(word(0), word(8));
        let quote = u8x16_eq(block, u8x16_splat(b'"'));
        let backslash = u8x16_eq(block, u8x16_splat(b'\\'));
        // A comparison without sign takes x86 five instructions; of each byte only the highest bit is looked at, and what
        // has it after this and not before is below 0x20.
        let control = v128_andnot(u8x16_sub(block, u8x16_splat(0x20)), block);
        u8x16_bitmask(v128_or(v128_or(quote, backslash), control))
    }
}

// Tested on every machine, used where there is no SIMD.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod word {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f * ONES;

    /// Returns which bytes are special.
    pub(super) fn specials(block: &[u8; 64]) -> u64 {
        let (words, _) = block.as_chunks();
        words.iter().rev().fold(0, |bits, word| bits << 8 | of_eight(u64::from_le_bytes(*word)))
    }

    fn of_eight(word: u64) -> u64 {
        // Sets the highest bit of each byte that is zero, and of no other.
        let zero = |word: u64| !((word & LOW).wrapping_add(LOW) | word | LOW);
        let found =
            zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | zero(word & (ONES * 0xe0));
        // Gathers these bits in the highest byte.
        (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8], from: usize) -> usize {
        (from..bytes.len()).find(|&at| is_special(bytes[at])).unwrap_or(bytes.len())
    }

    /// Every byte at every place of a few windows, with plain and with special bytes behind it, from every start, after
    /// looks at what stands before.
    #[test]
    fn finds_the_first_special_byte() {
        for byte in 0..=255 {
            for behind in [b'a', b'"', 0xff] {
                for length in [0, 1, 15, 16, 63, 64, 65, 130] {
                    for place in (0..length).step_by(3) {
                        let mut bytes = vec![b'a'; place];
                        bytes.push(byte);
                        bytes.resize(length, behind);
                        let mut window = Window::EMPTY;
                        for from in [0, place.saturating_sub(9), place, place + 1, length] {
                            assert_eq!(window.next_special(&bytes, from), first(&bytes, from), "{bytes:?} from {from}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn finds_all_one_after_another() {
        let bytes: Vec<u8> = (0..4000_u32).map(|n| (n * n % 251 % 97) as u8 + b'!' - u8::from(n % 29 == 0)).collect();
        for step in [0, 1, 5, 70] {
            let mut window = Window::EMPTY;
            let mut at = 0;
            while at < bytes.len() {
                let next = window.next_special(&bytes, at);
                assert_eq!(next, first(&bytes, at));
                at = next + 1 + step;
            }
        }
    }

    #[test]
    fn tells_special_bytes_from_their_neighbours() {
        for byte in 0..=255 {
            for before in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                for place in 0..64 {
                    let mut block = [before; 64];
                    block[place] = byte;
                    let expected = u64::from(is_special(byte)) << place;
                    assert_eq!(word::specials(&block), expected, "{block:?}");
                    assert_eq!(specials(&block), expected, "{block:?}");
                }
            }
        }
    }
}
