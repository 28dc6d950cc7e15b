//! What a call can fail with.

/// Why a call on a room failed; the room is as it was before.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RoomError {
    /// A room version that is not one of 1 to 12.
    #[error("room version {0:?} is not known; known are \"1\" to \"12\"")]
    UnknownRoomVersion(String),
    /// An event id that the room does not hold.
    #[error("the room holds no event {0:?}")]
    UnknownEvent(String),
    /// The question needs the state at an event, and that is not known.
    #[error("the state at {0:?} is not known: {1}")]
    UnknownState(String, String),
    /// Something needs the room version, and no create event has said it yet.
    #[error("the room version is not known: add the m.room.create event first, or give `roomVersion`")]
    NoRoomVersion,
    /// An argument has a value that makes no sense.
    #[error("{0}")]
    BadArgument(String),
    /// A batch of events is being read; finish or abort it first.
    #[error("events are being added to this room: wait until that is done, or abort it")]
    Busy,
    /// The room holds as many different strings as it can.
    #[error("the room has too many different ids, types or keys")]
    Full,
    /// No memory is left for more state.
    #[error("there is not enough memory for the state of this room")]
    OutOfMemory,
    /// A table that there is not, and which there are.
    #[error("there is no table {0}")]
    UnknownTable(String),
    /// Two rooms that are to be compared are different rooms.
    #[error("this is room {0:?}, the other is {1:?}")]
    WrongRoom(String, String),
    /// Two rooms that are to be compared are read by different room versions.
    #[error("this room has version {0:?}, the other {1:?}")]
    WrongRoomVersion(&'static str, &'static str),
    /// The events' JSON is asked for, and the room was told not to keep it.
    #[error("the room was opened without keeping the events' JSON (`keepJson: false`)")]
    NoJson,
    /// Bytes that are not a saved room.
    #[error("this is not a saved room")]
    NotASave,
    /// A saved room in a form that another version of this crate wrote.
    #[error("the room was saved in form {0}; this version of roomscope reads form {ours}", ours = super::save::FORM)]
    UnknownSaveForm(u32),
    /// A saved room that is damaged.
    #[error("the saved room is damaged: {0}")]
    DamagedSave(&'static str),
}

impl RoomError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownRoomVersion(_) => "unknown-room-version",
            Self::UnknownEvent(_) => "unknown-event",
            Self::UnknownState(..) => "unknown-state",
            Self::NoRoomVersion => "no-room-version",
            Self::BadArgument(_) => "bad-argument",
            Self::Busy => "busy",
            Self::Full => "room-full",
            Self::OutOfMemory => "out-of-memory",
            Self::UnknownTable(_) => "unknown-table",
            Self::WrongRoom(..) => "wrong-room",
            Self::WrongRoomVersion(..) => "wrong-room-version",
            Self::NoJson => "no-json",
            Self::NotASave => "not-a-save",
            Self::UnknownSaveForm(_) => "unknown-save-form",
            Self::DamagedSave(_) => "damaged-save",
        }
    }
}

impl From<crate::nid::InternerFull> for RoomError {
    fn from(_: crate::nid::InternerFull) -> Self {
        Self::Full
    }
}
