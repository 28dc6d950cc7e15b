//! Events that have been read and not been given on yet: who takes them is shown several at once ([`Sink::expect`]).

use super::Sink;
use crate::event::pdu::{Pdu, PduError};

/// How many events are read before the first of them is given on.
const GROUP: usize = 8;

/// Events that have been read and not been given on. The memory of each is used again.
#[derive(Default)]
pub(super) struct Group<'a> {
    events: [Pdu<'a>; GROUP],
    at: [u32; GROUP],
    len: usize,
}

impl<'a> Group<'a> {
    /// Returns what the next event is to be read into.
    pub(super) fn next(&mut self) -> &mut Pdu<'a> {
        // `push` keeps one free.
        &mut self.events[self.len]
    }

    /// Takes the event that has been read for one of the group, or gives on why there is none.
    pub(super) fn push(&mut self, at: u32, read: Result<(), PduError>, sink: &mut impl Sink) {
        if let Err(error) = read {
            self.give(sink);
            return sink.take(at, Err(error.into()));
        }
        self.at[self.len] = at;
        self.len += 1;
        if self.len == GROUP {
            self.give(sink);
        }
    }

    /// Gives all events on.
    pub(super) fn give(&mut self, sink: &mut impl Sink) {
        sink.expect(&self.events[..self.len]);
        for (event, &at) in self.events.iter().zip(&self.at).take(self.len) {
            sink.take(at, Ok(event));
        }
        self.len = 0;
    }
}
