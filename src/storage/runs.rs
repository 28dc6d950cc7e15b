//! Tables whose rows come in runs: the entries of a block, the edges of an event. Finds the run that a row stands in
//! without going through all runs before it.

/// Of so many runs one is noted.
const STRIDE: usize = 256;

/// Where the runs of a table begin.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// How many rows come before every 256th run.
    starts: Vec<u64>,
    total: u64,
}

impl Runs {
    /// Goes through all runs; `len` returns how many rows one has, or `None` where there are no more.
    #[must_use]
    pub fn new(len: &dyn Fn(usize) -> Option<u64>) -> Self {
        let mut runs = Self::default();
        let mut run = 0;
        while let Some(rows) = len(run) {
            if run % STRIDE == 0 {
                runs.starts.push(runs.total);
            }
            runs.total += rows;
            run += 1;
        }
        runs
    }

    /// Returns how many rows there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Returns the run that a row stands in, and how many rows come before that run.
    #[must_use]
    pub fn find(&self, row: u64, len: &dyn Fn(usize) -> Option<u64>) -> (usize, u64) {
        let noted = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
        let (mut run, mut before) = (noted * STRIDE, self.starts.get(noted).copied().unwrap_or_default());
        while let Some(rows) = len(run)
            && before + rows <= row
        {
            before += rows;
            run += 1;
        }
        (run, before)
    }

    /// Returns the bytes of memory held.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        8 * self.starts.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_row() {
        let lengths: Vec<u64> = (0..2_000).map(|run| [1, 0, 0, 3, 7][run % 5]).collect();
        let len = |run: usize| lengths.get(run).copied();
        let runs = Runs::new(&len);
        let mut row = 0;
        for (run, &length) in lengths.iter().enumerate() {
            let before = row;
            for _ in 0..length {
                assert_eq!(runs.find(row, &len), (run, before));
                row += 1;
            }
        }
        assert_eq!(runs.total(), row);
        assert_eq!(runs.find(row, &len).0, lengths.len());
        assert_eq!(Runs::new(&|_| None).find(5, &|_| None), (0, 0));
    }
}
