//! How a database numbers its rows: with holes or without.
//!
//! In Dendrite's databases an insert that finds its row there already uses up a number of the sequence all the same, on
//! SQLite and PostgreSQL alike, and the two begin at different numbers for what is not well known. "Dense" numbering has
//! no holes.

/// Whose numbers the tables of blocks and snapshots show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Numbering {
    /// 1, 2, 3 … without holes.
    #[default]
    Dense,
    /// As Dendrite numbers on SQLite.
    Sqlite,
    /// As Dendrite numbers on PostgreSQL.
    Postgres,
}

impl Numbering {
    /// Returns whether the numbers are those of a real database, holes and all.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self != Self::Dense
    }

    /// Returns the first number for a type or state key that is not among the `well_known` first ones.
    pub(super) fn first_dynamic(self, well_known: usize) -> u32 {
        match self {
            Self::Dense | Self::Sqlite => well_known as u32 + 1,
            Self::Postgres => 1 << 16,
        }
    }
}

/// The numbers of a table's rows, in the order of the rows.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// The number of each row, where they have holes.
    numbers: Option<Vec<u32>>,
    next: u32,
}

impl Sequence {
    pub(super) fn new(numbering: Numbering) -> Self {
        Self { numbers: numbering.is_exact().then(Vec::new), next: 1 }
    }

    /// Numbers the next row.
    pub(super) fn add(&mut self) {
        if let Some(numbers) = &mut self.numbers {
            numbers.push(self.next);
        }
        self.next += 1;
    }

    /// Takes note of an insert that found its row there already.
    pub(super) fn burn(&mut self) {
        if self.numbers.is_some() {
            self.next += 1;
        }
    }

    /// Returns the number of a row, rows counted from 0.
    pub(super) fn number(&self, row: u32) -> u32 {
        match &self.numbers {
            Some(numbers) => numbers.get(row as usize).copied().unwrap_or_default(),
            None => row + 1,
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.numbers.as_ref().map_or(0, |numbers| 4 * numbers.capacity())
    }
}

/// The numbers of interned strings: a few well-known ones, then others in order of first use.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// By the room's own number − 1; 0 where it has not been used.
    numbers: Vec<u32>,
    /// The room's own numbers − 1 of those that are not well known, in order of use.
    used: Vec<u32>,
    well_known: usize,
    first: u32,
}

impl Names {
    pub(super) fn new(numbering: Numbering, well_known: usize) -> Self {
        let first = numbering.first_dynamic(well_known);
        Self { numbers: (1..=well_known as u32).collect(), used: Vec::new(), well_known, first }
    }

    /// Leaves the next number to a string that the room itself does not know.
    pub(super) fn skip(&mut self) {
        self.used.push(u32::MAX);
    }

    /// Returns the number of a string, and whether it has just been given.
    pub(super) fn intern(&mut self, index: usize) -> (u32, bool) {
        match self.numbers.get(index) {
            Some(&number) if number != 0 => return (number, false),
            Some(_) => {}
            None => self.numbers.resize(index + 1, 0),
        }
        let number = self.first + self.used.len() as u32;
        self.used.push(index as u32);
        if let Some(entry) = self.numbers.get_mut(index) {
            *entry = number;
        }
        (number, true)
    }

    /// Gives the string that [`Names::skip`] left a number for that number, and says whether it has just been given.
    pub(super) fn claim(&mut self, index: usize) -> (u32, bool) {
        if self.numbers.len() <= index {
            self.numbers.resize(index + 1, 0);
        }
        let (Some(number), Some(used)) = (self.numbers.get_mut(index), self.used.first_mut()) else {
            return (0, false);
        };
        let new = *number == 0;
        *number = self.first;
        *used = index as u32;
        (self.first, new)
    }

    /// Returns the number of a string, 0 if it has none.
    pub(super) fn number(&self, index: usize) -> u32 {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.well_known + self.used.len()
    }

    /// Returns the number in a row and the index of its string, `None` for one that the room does not know.
    pub(super) fn row(&self, row: usize) -> Option<(u32, Option<usize>)> {
        if row < self.well_known {
            return Some((row as u32 + 1, Some(row)));
        }
        let dynamic = row - self.well_known;
        let index = *self.used.get(dynamic)?;
        Some((self.first + dynamic as u32, (index != u32::MAX).then_some(index as usize)))
    }

    pub(super) fn memory_bytes(&self) -> usize {
        4 * (self.numbers.capacity() + self.used.capacity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inserts_that_find_their_row_leave_holes_in_exact_numbers_alone() {
        for (numbering, expected) in [(Numbering::Dense, [1, 2, 3]), (Numbering::Sqlite, [1, 3, 6])] {
            let mut sequence = Sequence::new(numbering);
            for burnt in [0, 1, 2] {
                for _ in 0..burnt {
                    sequence.burn();
                }
                sequence.add();
            }
            assert_eq!([0, 1, 2].map(|row| sequence.number(row)), expected);
        }
    }

    #[test]
    fn names_are_numbered_by_first_use_after_the_well_known() {
        let mut names = Names::new(Numbering::Postgres, 2);
        names.skip();
        assert_eq!(names.intern(1), (2, false));
        assert_eq!(names.intern(7), (65537, true));
        assert_eq!(names.intern(7), (65537, false));
        assert_eq!(names.number(6), 0);
        let rows: Vec<_> = (0..names.len()).filter_map(|row| names.row(row)).collect();
        assert_eq!(rows, [(1, Some(0)), (2, Some(1)), (65536, None), (65537, Some(7))]);
        assert_eq!(names.row(4), None);
    }
}
