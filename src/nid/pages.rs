//! Strings end to end in pages that never move.
//!
//! One buffer that grows is copied nine times in the long run, and leaves a hole each time that WebAssembly's memory never
//! gives back. Here a string lies whole in one page. Relies on nothing.

use super::InternerFull;

const BITS: u32 = 14;
/// The bytes of a page; a longer string has one to itself.
const PAGE: usize = 1 << BITS;
/// The first page grows from small: most interners of a small room hold a few strings.
const FIRST: usize = 256;

/// Strings, each found by where it begins and its length.
#[derive(Clone, Debug, Default)]
pub(super) struct Pages {
    pages: Vec<String>,
}

/// Returns how many strings of one length a page holds.
pub(super) fn in_page(length: usize) -> u32 {
    PAGE.checked_div(length).unwrap_or(1).max(1) as u32
}

/// Returns where string number `index` begins, if all before it are as long as it is, of which a page holds `in_page`, and
/// none has been taken back but from the end.
#[inline]
pub(super) fn start_of(index: u32, length: u32, in_page: u32) -> u32 {
    if index < in_page {
        // Many interners hold but a few strings, and dividing takes as long as all the rest.
        return index * length;
    }
    let page = index / in_page;
    (page << BITS) | ((index - page * in_page) * length)
}

impl Pages {
    /// Returns the string that begins at `start`, or "" if there is none.
    #[inline]
    pub(super) fn get(&self, start: u32, length: usize) -> &str {
        let place = start as usize & (PAGE - 1);
        self.pages.get((start >> BITS) as usize).and_then(|page| page.get(place..place + length)).unwrap_or_default()
    }

    /// As [`Pages::get`], in bytes: without a look at where characters end.
    #[inline]
    pub(super) fn bytes(&self, start: u32, length: usize) -> &[u8] {
        let (page, place) = ((start >> BITS) as usize, start as usize & (PAGE - 1));
        self.pages.get(page).and_then(|page| page.as_bytes().get(place..place + length)).unwrap_or_default()
    }

    /// Makes room for a string and returns where it will begin.
    pub(super) fn make_room(&mut self, length: usize) -> Result<u32, InternerFull> {
        let full = |_| InternerFull;
        let fits = self.pages.last().is_some_and(|page| page.len() + length <= PAGE);
        if !fits {
            if self.pages.len() > (u32::MAX >> BITS) as usize {
                return Err(InternerFull);
            }
            let least = if self.pages.is_empty() { FIRST } else { PAGE };
            let mut page = String::new();
            page.try_reserve_exact(least.max(length)).map_err(full)?;
            self.pages.try_reserve(1).map_err(full)?;
            self.pages.push(page);
        }
        let number = self.pages.len() - 1;
        let Some(page) = self.pages.last_mut() else { return Err(InternerFull) };
        if page.capacity() - page.len() < length {
            let more = page.len().clamp(length, PAGE - page.len());
            page.try_reserve_exact(more).map_err(full)?;
        }
        Ok((number << BITS | page.len()) as u32)
    }

    /// Appends a string for which there is room.
    #[inline]
    pub(super) fn push(&mut self, string: &str) {
        if let Some(page) = self.pages.last_mut() {
            page.push_str(string);
        }
    }

    /// Drops the strings from `start` on, where one begins.
    pub(super) fn truncate(&mut self, start: u32) {
        let (page, place) = ((start >> BITS) as usize, start as usize & (PAGE - 1));
        self.pages.truncate(if place == 0 { page } else { page + 1 });
        if let Some(last) = self.pages.get_mut(page) {
            last.truncate(place);
        }
    }

    /// Returns the bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        let pages: usize = self.pages.iter().map(String::capacity).sum();
        pages + self.pages.capacity() * size_of::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_whole_and_stay(
            lengths in prop::collection::vec(prop_oneof![20 => 0_usize..300, 1 => 10_000..40_000_usize], 1..400),
            cut: prop::sample::Index,
        ) {
            let text = |number: usize, length: usize| format!("{number:06}é{}", "x".repeat(length));
            let mut pages = Pages::default();
            let texts: Vec<String> = lengths.iter().enumerate().map(|(number, &length)| text(number, length)).collect();
            let push = |pages: &mut Pages, text: &str| {
                let start = pages.make_room(text.len()).unwrap();
                pages.push(text);
                start
            };
            let mut starts: Vec<u32> = texts.iter().map(|text| push(&mut pages, text)).collect();
            let hold = |pages: &Pages, starts: &[u32]| {
                starts.iter().zip(&texts).all(|(&start, text)| pages.get(start, text.len()) == text)
            };
            prop_assert!(hold(&pages, &starts));
            let bytes: usize = texts.iter().map(String::len).sum();
            let longest = texts.iter().map(String::len).max().unwrap_or(0);
            prop_assert!(pages.memory_bytes() < bytes * 2 + 2 * (PAGE + longest), "{} for {bytes}", pages.memory_bytes());
            let cut = cut.index(texts.len());
            pages.truncate(starts[cut]);
            starts.truncate(cut);
            prop_assert!(hold(&pages, &starts));
            starts.extend(texts[cut..].iter().map(|text| push(&mut pages, text)));
            prop_assert!(hold(&pages, &starts));
        }

        #[test]
        fn strings_of_one_length_are_where_they_are_worked_out_to_be(
            length in prop_oneof![0_usize..100, Just(44), PAGE - 2..PAGE + 2, Just(3 * PAGE)],
        ) {
            let mut pages = Pages::default();
            for index in 0..if length > 1000 { 5 } else { 2000 } {
                // Of no length there is but one string.
                if length > 0 || index == 0 {
                    let start = start_of(index, length as u32, in_page(length));
                    prop_assert_eq!(pages.make_room(length), Ok(start));
                    pages.push(&"x".repeat(length));
                }
            }
        }
    }
}
