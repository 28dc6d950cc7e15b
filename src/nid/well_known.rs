//! The NIDs that Dendrite's room server assigns before it has seen an event.

use super::{EventStateKeyNid, EventTypeNid};

/// Event types with pre-assigned NIDs, in order: the first has NID 1
/// (Dendrite, `roomserver/types/types.go`, `MRoomCreateNID` and following).
pub const WELL_KNOWN_TYPES: [&str; 7] = [
    "m.room.create",
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.third_party_invite",
    "m.room.member",
    "m.room.redaction",
    "m.room.history_visibility",
];

/// State keys with pre-assigned NIDs: the empty key is 1 (Dendrite, `EmptyStateKeyNID`).
pub const WELL_KNOWN_STATE_KEYS: [&str; 1] = [""];

impl EventTypeNid {
    /// `m.room.create`
    pub const CREATE: Self = Self::from_index(0);
    /// `m.room.power_levels`
    pub const POWER_LEVELS: Self = Self::from_index(1);
    /// `m.room.join_rules`
    pub const JOIN_RULES: Self = Self::from_index(2);
    /// `m.room.third_party_invite`
    pub const THIRD_PARTY_INVITE: Self = Self::from_index(3);
    /// `m.room.member`
    pub const MEMBER: Self = Self::from_index(4);
    /// `m.room.redaction`
    pub const REDACTION: Self = Self::from_index(5);
    /// `m.room.history_visibility`
    pub const HISTORY_VISIBILITY: Self = Self::from_index(6);
}

impl EventStateKeyNid {
    /// The empty state key.
    pub const EMPTY: Self = Self::from_index(0);
}
