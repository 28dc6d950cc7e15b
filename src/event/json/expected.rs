//! A short text that has been read before and is likely to come again: a key at its place in an object.
//!
//! The events of one room are written by few programs, each with its own order of keys. To see that the next bytes are what
//! they were in the event before takes three comparisons; to read a key takes a scan, its checks and a comparison with
//! every key there is. Relies on nothing.

/// The longest text that can be expected: a comma, `"origin_server_ts"`, a colon, and some space.
const LONGEST: usize = 24;

/// A text of at most 24 bytes; empty, it is never there.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    words: [u64; 3],
    masks: [u64; 3],
    length: u8,
}

impl Default for Expected {
    /// Returns what is never there: no text has a byte of 255.
    fn default() -> Self {
        Self { words: [u64::MAX; 3], masks: [u64::MAX; 3], length: 0 }
    }
}

impl Expected {
    /// Returns `text` to be expected. Nothing will be where it is too long, or has lines to count.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let Some(place) = bytes.get_mut(..text.len()).filter(|_| !text.is_empty() && !text.contains('\n')) else {
            return Self::default();
        };
        place.copy_from_slice(text.as_bytes());
        let mut mask = [0; LONGEST];
        mask.iter_mut().take(text.len()).for_each(|byte| *byte = 0xff);
        Self { words: words(&bytes), masks: words(&mask), length: text.len() as u8 }
    }

    /// Returns the length of the text in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Returns whether nothing is expected.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    // As the reader's other steps between two strings.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn begins(&self, next: &[u8; LONGEST]) -> bool {
        let next = words(next);
        let differs = |at: usize| (next[at] ^ self.words[at]) & self.masks[at];
        (differs(0) | differs(1) | differs(2)) == 0
    }
}

#[allow(clippy::inline_always)] // As its caller.
#[inline(always)]
fn words(bytes: &[u8; LONGEST]) -> [u64; 3] {
    let word = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word));
    [word(0), word(8), word(16)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_there_when_all_of_it_is() {
        let next = *br#","origin_server_ts": 170"#;
        let text = core::str::from_utf8(&next).unwrap();
        for length in 1..=LONGEST {
            assert!(Expected::new(&text[..length]).begins(&next), "{length}");
            assert_eq!(Expected::new(&text[..length]).len(), length);
            for place in 0..LONGEST {
                let mut other = next;
                other[place] ^= 1;
                assert_eq!(Expected::new(&text[..length]).begins(&other), place >= length, "{length} {place}");
            }
        }
        for nothing in ["", "a\nb", &"x".repeat(LONGEST + 1)] {
            assert!(!Expected::new(nothing).begins(&next));
            assert!(Expected::new(nothing).is_empty());
            assert!(!Expected::new(nothing).begins(&[0; LONGEST]));
        }
    }
}
