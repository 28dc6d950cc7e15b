//! Growing what is as long as the room.
//!
//! A vector that grows by doubling may hold twice what it needs, and memory that WebAssembly has grown by never shrinks.
//! Columns of events grow by an eighth: each entry is copied nine times in the long run, which a copy of the whole column
//! at once makes cheap. Relies on nothing.

/// Makes room for `more` entries.
pub(crate) fn reserve<T>(column: &mut Vec<T>, more: usize) {
    if column.capacity() - column.len() < more {
        column.reserve_exact(more.max(column.len() / 8));
    }
}

/// Makes the column at least `len` long, filling it up with `value`.
pub(crate) fn grow<T: Clone>(column: &mut Vec<T>, len: usize, value: T) {
    if let Some(more) = len.checked_sub(column.len()) {
        reserve(column, more);
        column.resize(len, value);
    }
}
