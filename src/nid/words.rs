//! Strings looked at eight bytes at a time. Relies on nothing.

/// The length of an event id of room version 3 and up: `$` and 43 characters of base64.
pub(super) const ID_LENGTH: usize = 44;

/// Returns the eight bytes at `at` as a number, or 0 if there are fewer.
#[allow(clippy::inline_always)] // As its callers.
#[inline(always)]
pub(super) fn word_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
}

/// Returns the words of an id; the last overlaps the one before.
#[allow(clippy::inline_always)] // As its callers.
#[inline(always)]
pub(super) fn words(id: &[u8; ID_LENGTH]) -> [u64; 6] {
    let word = |at| word_at(id, at);
    // Written out: `map` over the places is a call for each id in WebAssembly.
    [word(0), word(8), word(16), word(24), word(32), word(ID_LENGTH - 8)]
}

/// Returns whether two strings are equal. In WebAssembly, comparing slices is a call and a loop over bytes.
#[allow(clippy::inline_always)] // As its callers.
#[inline(always)]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if let (Ok(a), Ok(b)) = (a.try_into(), b.try_into()) {
        return words(a) == words(b);
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        // The last word overlaps the one before.
        (Some(a_last), Some(b_last)) => {
            let ((a, _), (b, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
            let equal = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
            equal((a_last, b_last)) && a.iter().zip(b).all(equal)
        }
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn same_is_equality(a in "[ab]{0,20}|\\$[ab]{43}", at: prop::sample::Index, with in "[ab]{0,2}") {
            let mut b = a.clone();
            let at = at.index(a.len() + 1);
            b.replace_range(at..(at + 1).min(a.len()), &with);
            prop_assert_eq!(same(a.as_bytes(), b.as_bytes()), a == b);
        }
    }
}
