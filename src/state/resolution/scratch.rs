//! Flat scratch columns: a number for each NID or slot, kept from call to call.

use crate::state::map::OutOfMemory;

/// A column of numbers, 0 unless set, that is cleared in the time that setting took, not in that of its length.
///
/// Walks mark what they have seen in one: looking into it is one load, where a hash map made the same walks many times
/// slower.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    numbers: Vec<u32>,
    touched: Vec<u32>,
}

impl Scratch {
    /// Sets everything to 0 and makes room for indices below `len`.
    pub(super) fn start(&mut self, len: usize) -> Result<(), OutOfMemory> {
        for index in self.touched.drain(..) {
            if let Some(number) = self.numbers.get_mut(index as usize) {
                *number = 0;
            }
        }
        if let Some(more) = len.checked_sub(self.numbers.len()) {
            self.numbers.try_reserve(more)?;
            self.numbers.resize(len, 0);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> u32 {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn set(&mut self, index: usize, number: u32) {
        if let Some(entry) = self.numbers.get_mut(index) {
            if *entry == 0 {
                self.touched.push(index as u32);
            }
            *entry = number;
        }
    }

    /// Returns the indices that were set since the start; one that was set to 0 in between stands here more than once.
    pub(super) fn touched(&self) -> &[u32] {
        &self.touched
    }

    pub(super) fn memory_bytes(&self) -> usize {
        4 * (self.numbers.capacity() + self.touched.capacity())
    }
}
