//! The sorts that everything shares.
//!
//! The standard library's sorts are five to twelve kilobytes of WebAssembly for each kind of element again, and sorted all
//! that this crate sorts they were a fifth of it. So there are two: one in place for lists that are short or mostly in
//! order, a few hundred bytes a kind; and one that is the standard library's, for lists as long as the room, over numbers
//! alone. Relies on nothing.

/// Sorts in place, not keeping the order of equal elements: Shell's sort with Sedgewick's gaps of 1986, of which n elements
/// take n^(4/3) steps at worst, and hardly more than n where they are nearly in order.
pub(crate) fn in_place<T>(elements: &mut [T], less: impl Fn(&T, &T) -> bool) {
    const GAPS: [usize; 20] = [
        4_188_161, 2_354_689, 1_045_505, 587_521, 260_609, 146_305, 64_769, 36_289, 16_001, 8_929, 3_905, 2_161, 929,
        505, 209, 109, 41, 19, 5, 1,
    ];
    for gap in GAPS {
        for from in gap..elements.len() {
            let mut at = from;
            while let Some(before) = at.checked_sub(gap) {
                match (elements.get(at), elements.get(before)) {
                    (Some(element), Some(other)) if less(element, other) => elements.swap(at, before),
                    _ => break,
                }
                at = before;
            }
        }
    }
}

/// Sorts in place from the least up.
// Never inlined: the places that call these two for one kind of element share one function.
#[inline(never)]
pub(crate) fn ascending<T: PartialOrd>(elements: &mut [T]) {
    in_place(elements, |a, b| a < b);
}

/// Sorts in place from the least up, and leaves one of each.
#[inline(never)]
pub(crate) fn distinct<T: PartialOrd>(elements: &mut Vec<T>) {
    ascending(elements);
    elements.dedup();
}

/// Sorts a list as long as the room by a number, keeping the order of elements with equal ones. By several numbers: call
/// it for the least significant first.
pub(crate) fn by_number<T: Copy>(elements: &mut [T], number: impl Fn(T) -> u32) {
    if elements.is_sorted_by_key(|&element| number(element)) {
        return;
    }
    let key = |(place, &element): (usize, &T)| u64::from(number(element)) << 32 | place as u64;
    let mut keys: Vec<u64> = elements.iter().enumerate().map(key).collect();
    keys.sort_unstable();
    let before = elements.to_vec();
    for (element, key) in elements.iter_mut().zip(keys) {
        if let Some(&sorted) = before.get(key as u32 as usize) {
            *element = sorted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_sort(numbers in prop::collection::vec(0_u32..50, 0..300)) {
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            let mut elements = numbers.clone();
            in_place(&mut elements, |a, b| a < b);
            prop_assert_eq!(&elements, &sorted);
            let mut pairs: Vec<(u32, usize)> = numbers.iter().copied().zip(0..).collect();
            by_number(&mut pairs, |pair| pair.0);
            let expected: Vec<(u32, usize)> = {
                let mut pairs: Vec<(u32, usize)> = numbers.into_iter().zip(0..).collect();
                pairs.sort_by_key(|pair| pair.0);
                pairs
            };
            prop_assert_eq!(pairs, expected);
        }
    }

    #[test]
    fn long_lists_take_no_square() {
        let mut numbers: Vec<u32> = (0..300_000_u32).map(|number| number.wrapping_mul(0x9e37_79b9)).collect();
        in_place(&mut numbers, |a, b| a < b);
        assert!(numbers.is_sorted());
    }
}
