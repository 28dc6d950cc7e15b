//! Numeric ids (NIDs) and the interner that hands them out.
//!
//! Every string that recurs in a room (event ids, event types, state keys and user ids) is stored once and spoken of by a
//! number local to the room. A NID is never 0 ([`core::num::NonZeroU32`]), so that `Option` of one costs nothing and
//! "none" shows as 0 in tables, and is never reused. Relies on `crate::column` alone.

mod interner;
mod keyed_hash;
mod pages;
mod recent;
mod slots;
mod strings;
mod users;
mod well_known;
mod words;

use core::num::NonZeroU32;

pub use interner::{Interner, InternerFull};
pub use slots::Slots;
pub use strings::{Strings, StringsMark};
pub use well_known::{WELL_KNOWN_STATE_KEYS, WELL_KNOWN_TYPES};

macro_rules! nid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// Returns the NID with this number, or `None` for 0.
            #[must_use]
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// Returns the NID of the column entry `index`: the number `index + 1`.
            #[must_use]
            pub const fn from_index(index: usize) -> Self {
                // `index | …` never happens: columns hold fewer than u32::MAX entries (see `Interner`).
                match NonZeroU32::new(index as u32 + 1) {
                    Some(number) => Self(number),
                    None => Self(NonZeroU32::MAX),
                }
            }

            /// Returns the number, 1 and up.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }

            /// Returns this NID's place in a column that starts with NID 1.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.get())
            }
        }
    };
}

nid! {
    /// An event id that the room has seen: of an event that is held, or that a held event names as parent or auth event.
    EventNid
}
nid! {
    /// An event type. 1 to 7 are pre-assigned ([`WELL_KNOWN_TYPES`]).
    EventTypeNid
}
nid! {
    /// A state key or user id. 1 is the empty key ([`WELL_KNOWN_STATE_KEYS`]); `None` is an event without a state key.
    EventStateKeyNid
}

/// A (type, state key) pair as one dense number, 0 and up, in order of first sight: the key of a state map.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(pub u32);
