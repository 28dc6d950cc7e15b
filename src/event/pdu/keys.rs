//! The keys of an event: which members there are, and where they stood in the event before. Relies on [`crate::event::json`].

use crate::event::json::{Expected, JsonError, Reader};

/// The keys of the event that was read before, each in its place: mostly they are the next one's as well.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    expected: [(Expected, Member); 16],
    /// How the hashes began, if with the one that counts.
    pub(super) sha256: Expected,
}

impl Keys {
    /// Reads a key; `None` at the end of the object.
    #[inline]
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<Option<Member>, JsonError> {
        match self.expected.get(place) {
            Some((expected, member)) if reader.pass(expected) => Ok(Some(*member)),
            _ if place > 0 && reader.pass_if(b'}') => Ok(None),
            _ => self.read_another(reader, place),
        }
    }

    #[inline(never)]
    fn read_another(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<Option<Member>, JsonError> {
        let start = reader.at();
        let Some(key) = (if place == 0 { reader.first_key()? } else { reader.next_key()? }) else { return Ok(None) };
        let member = Member::of(&key.decode());
        if let Some(expected) = self.expected.get_mut(place) {
            *expected = (Expected::new(reader.since(start)), member);
        }
        Ok(Some(member))
    }
}

/// A member of an event, by its key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Member {
    EventId,
    RoomId,
    Type,
    StateKey,
    Sender,
    Redacts,
    Content,
    OriginServerTs,
    Depth,
    PrevEvents,
    AuthEvents,
    Hashes,
    Membership,
    Origin,
    PrevState,
    #[default]
    Other,
}

impl Member {
    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }

    fn of(key: &str) -> Self {
        match key {
            "event_id" => Self::EventId,
            "room_id" => Self::RoomId,
            "type" => Self::Type,
            "state_key" => Self::StateKey,
            "sender" => Self::Sender,
            "redacts" => Self::Redacts,
            "content" => Self::Content,
            "origin_server_ts" => Self::OriginServerTs,
            "depth" => Self::Depth,
            "prev_events" => Self::PrevEvents,
            "auth_events" => Self::AuthEvents,
            "hashes" => Self::Hashes,
            "membership" => Self::Membership,
            "origin" => Self::Origin,
            "prev_state" => Self::PrevState,
            _ => Self::Other,
        }
    }
}
