//! The events' JSON, as it came.

use crate::nid::EventNid;

const PAGE: usize = 1 << 20;
/// A piece of input that is smaller is not worth a page of its own.
const LEAST_ADOPTED: usize = PAGE / 16;

/// Keeps the text of each event in pages that never move, so that holding a room's text costs its bytes and no more:
/// memory that has grown in WebAssembly never shrinks. A piece of input that holds little but events becomes a page as it
/// is: to copy what has just been copied out of JavaScript costs a tenth of what taking a large room in does.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// What [`Texts::set`] adds to, then whole pieces of input; all of it UTF-8 where a place is.
    pages: Vec<Vec<u8>>,
    /// The page that is being filled.
    open: usize,
    places: Vec<Place>,
}

/// Where the text of an event lies in a piece of input: the start and the length, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) nid: EventNid,
    pub(super) start: u32,
    pub(super) length: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    page: u32,
    start: u32,
    length: u32,
}

impl Texts {
    /// Keeps the text of an event.
    pub(super) fn set(&mut self, nid: EventNid, text: &str) {
        let fits = |page: &Vec<u8>| page.len() + text.len() <= page.capacity();
        if !self.pages.get(self.open).is_some_and(fits) {
            // The first page grows from small: a teaching room must not cost a megabyte.
            let only = self.pages.len() == 1;
            match self.pages.first_mut() {
                Some(first) if only && first.len() + text.len() <= PAGE => {
                    let wanted = (first.len() + text.len()).max(2 * first.capacity()).min(PAGE);
                    first.reserve_exact(wanted - first.len());
                }
                first => {
                    let least = if first.is_some() { PAGE } else { 4096 };
                    self.open = self.pages.len();
                    self.pages.push(Vec::with_capacity(least.max(text.len())));
                }
            }
        }
        let Some(page) = self.pages.get_mut(self.open) else { return };
        let place = Place { page: self.open as u32, start: page.len() as u32, length: text.len() as u32 };
        page.extend_from_slice(text.as_bytes());
        self.put(nid, place);
    }

    /// Keeps the texts that were found in a piece of input, and the piece itself if they are most of it.
    pub(super) fn keep(&mut self, input: Vec<u8>, found: &[Found]) {
        let kept: usize = found.iter().map(|found| found.length as usize).sum();
        if input.len() < LEAST_ADOPTED || kept < input.capacity() / 8 * 7 {
            for &Found { nid, start, length } in found {
                let text = input.get(start as usize..(start + length) as usize).unwrap_or_default();
                self.set(nid, core::str::from_utf8(text).unwrap_or_default());
            }
            return;
        }
        let page = self.pages.len() as u32;
        self.pages.push(input);
        for &Found { nid, start, length } in found {
            self.put(nid, Place { page, start, length });
        }
    }

    fn put(&mut self, nid: EventNid, place: Place) {
        if self.places.len() <= nid.index() {
            self.places.resize(nid.index() + 1, Place::default());
        }
        if let Some(entry) = self.places.get_mut(nid.index()) {
            *entry = place;
        }
    }

    /// Returns the text of an event, if it is kept.
    #[must_use]
    pub(super) fn get(&self, nid: EventNid) -> Option<&str> {
        let place = self.places.get(nid.index()).filter(|place| place.length > 0)?;
        let page = self.pages.get(place.page as usize)?;
        core::str::from_utf8(page.get(place.start as usize..(place.start + place.length) as usize)?).ok()
    }

    /// Forgets the text of an event; its bytes stay until the room goes.
    pub(super) fn forget(&mut self, nid: EventNid) {
        if let Some(place) = self.places.get_mut(nid.index()) {
            *place = Place::default();
        }
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub(super) fn memory_bytes(&self) -> usize {
        self.pages.iter().map(Vec::capacity).sum::<usize>() + self.places.capacity() * size_of::<Place>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_keeps() {
        let mut texts = Texts::default();
        let text = |index: usize| format!("{index}:{}", "x".repeat(index * 37 % 5000));
        for index in 0..2000 {
            texts.set(EventNid::from_index(index), &text(index));
        }
        texts.set(EventNid::from_index(2000), &"y".repeat(PAGE));
        for index in 0..2000 {
            assert_eq!(texts.get(EventNid::from_index(index)), Some(&*text(index)));
        }
        assert_eq!(texts.get(EventNid::from_index(2000)).map(str::len), Some(PAGE));
        texts.forget(EventNid::from_index(7));
        assert_eq!(texts.get(EventNid::from_index(7)), None);
        assert!(texts.memory_bytes() < 8 << 20);
    }

    /// Pieces of input become pages or are copied, with texts set in between; each text comes back either way.
    #[test]
    fn keeps_pieces_of_input() {
        let mut texts = Texts::default();
        let mut expected = Vec::new();
        let mut adopted = 0;
        for (size, gap) in [(100, 1), (100_000, 1), (100_000, 300), (PAGE, 0), (70_000, 40), (3 * PAGE, 2)] {
            let (mut input, mut found) = (String::new(), Vec::new());
            while input.len() < size {
                let text = format!("{{\"é{}\":\"{}\"}}", expected.len(), "x".repeat(900));
                let nid = EventNid::from_index(expected.len());
                found.push(Found { nid, start: input.len() as u32, length: text.len() as u32 });
                input += &text;
                input.extend(core::iter::repeat_n('\n', gap));
                expected.push(text);
            }
            input.shrink_to_fit();
            let input = input.into_bytes();
            let place = input.as_ptr();
            texts.keep(input, &found);
            adopted += usize::from(texts.pages.iter().any(|page| page.as_ptr() == place));
            let nid = EventNid::from_index(expected.len());
            expected.push(format!("between {size}"));
            texts.set(nid, &format!("between {size}"));
        }
        for (index, text) in expected.iter().enumerate() {
            assert_eq!(texts.get(EventNid::from_index(index)), Some(&**text));
        }
        // Not the first, which is small, nor the third, a quarter of which is no event.
        assert_eq!(adopted, 4);
        let length: usize = expected.iter().map(String::len).sum();
        assert!(texts.memory_bytes() < length * 5 / 4 + 2 * PAGE, "{} for {length}", texts.memory_bytes());
    }
}
