//! The events' JSON, as it came.

use crate::nid::EventNid;

const PAGE: usize = 1 << 20;

/// Keeps the text of each event in pages that never move, so that holding a room's text costs its bytes and no more:
/// memory that has grown in WebAssembly never shrinks.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pages: Vec<String>,
    places: Vec<Place>,
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
        let fits = self.pages.last().is_some_and(|page| page.len() + text.len() <= page.capacity());
        if !fits {
            // The first page grows from small: a teaching room must not cost a megabyte.
            let grow = self.pages.len() == 1 && self.pages.first().is_some_and(|page| page.len() + text.len() <= PAGE);
            match self.pages.first_mut() {
                Some(first) if grow => {
                    let wanted = (first.len() + text.len()).max(2 * first.capacity()).min(PAGE);
                    first.reserve_exact(wanted - first.len());
                }
                Some(_) => self.pages.push(String::with_capacity(PAGE.max(text.len()))),
                None => self.pages.push(String::with_capacity(4096.max(text.len()))),
            }
        }
        let page = self.pages.len().saturating_sub(1);
        let Some(last) = self.pages.last_mut() else { return };
        let place = Place { page: page as u32, start: last.len() as u32, length: text.len() as u32 };
        last.push_str(text);
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
        self.pages.get(place.page as usize)?.get(place.start as usize..(place.start + place.length) as usize)
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
        self.pages.iter().map(String::capacity).sum::<usize>() + self.places.capacity() * size_of::<Place>()
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
}
