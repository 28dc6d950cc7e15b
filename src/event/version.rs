//! Room versions: what each one changes about events, their ids and the rules.

/// The form of events and event ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventFormat {
    /// Versions 1 and 2: the id is chosen by the sender's server and stands in the event; references are `[id, hashes]` pairs.
    ChosenIds,
    /// Version 3: the id is the reference hash in standard base64.
    HashIds,
    /// Versions 4 to 11: the id is the reference hash in URL-safe base64.
    UrlSafeHashIds,
    /// Version 12: as before, and the room id is the create event's hash, which auth events no longer name (MSC4291).
    RoomIdIsHash,
}

/// The state resolution algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResolutionAlgorithm {
    /// Version 1.
    V1,
    /// Versions 2 to 11.
    V2,
    /// Version 12 (MSC4297).
    V21,
}

/// What one room version says, flag by flag: the names are those of the specification's and Synapse's tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoomVersion {
    /// The identifier, as in `m.room.create`.
    pub id: &'static str,
    /// The form of events and ids.
    pub format: EventFormat,
    /// The state resolution algorithm.
    pub resolution: ResolutionAlgorithm,
    /// `m.room.aliases` has an auth rule of its own, and keeps its content when redacted (versions 1 to 5).
    pub special_case_aliases_auth: bool,
    /// Integers beyond ±(2^53 − 1) and floats are refused in new events (version 6 and up).
    pub strict_canonical_json: bool,
    /// Changes to `notifications` in power levels are checked (version 6 and up).
    pub limit_notifications_power_levels: bool,
    /// Join rule `knock` (version 7 and up).
    pub knock_join_rule: bool,
    /// Join rule `restricted`; `allow` survives redaction (version 8 and up).
    pub restricted_join_rule: bool,
    /// `join_authorised_via_users_server` survives redaction (version 9 and up).
    pub restricted_join_rule_fix: bool,
    /// Join rule `knock_restricted` (version 10 and up).
    pub knock_restricted_join_rule: bool,
    /// Power levels are integers, never strings or floats (version 10 and up).
    pub enforce_int_power_levels: bool,
    /// The room's creator is the sender of the create event, not `content.creator` (version 11 and up).
    pub implicit_room_creator: bool,
    /// Redaction as of version 11: `content.redacts`, all of create, `invite`, no top-level leftovers.
    pub updated_redaction_rules: bool,
    /// The limit of 255 is of bytes and refuses an event outright, not of characters (version 11 and up).
    pub strict_event_byte_limits: bool,
    /// Creators outrank every power level (version 12, MSC4289).
    pub creators_outrank: bool,
}

const V1: RoomVersion = RoomVersion {
    id: "1",
    format: EventFormat::ChosenIds,
    resolution: ResolutionAlgorithm::V1,
    special_case_aliases_auth: true,
    strict_canonical_json: false,
    limit_notifications_power_levels: false,
    knock_join_rule: false,
    restricted_join_rule: false,
    restricted_join_rule_fix: false,
    knock_restricted_join_rule: false,
    enforce_int_power_levels: false,
    implicit_room_creator: false,
    updated_redaction_rules: false,
    strict_event_byte_limits: false,
    creators_outrank: false,
};
const V2: RoomVersion = RoomVersion { id: "2", resolution: ResolutionAlgorithm::V2, ..V1 };
const V3: RoomVersion = RoomVersion { id: "3", format: EventFormat::HashIds, ..V2 };
const V4: RoomVersion = RoomVersion { id: "4", format: EventFormat::UrlSafeHashIds, ..V3 };
const V5: RoomVersion = RoomVersion { id: "5", ..V4 };
const V6: RoomVersion = RoomVersion {
    id: "6",
    special_case_aliases_auth: false,
    strict_canonical_json: true,
    limit_notifications_power_levels: true,
    ..V5
};
const V7: RoomVersion = RoomVersion { id: "7", knock_join_rule: true, ..V6 };
const V8: RoomVersion = RoomVersion { id: "8", restricted_join_rule: true, ..V7 };
const V9: RoomVersion = RoomVersion { id: "9", restricted_join_rule_fix: true, ..V8 };
const V10: RoomVersion =
    RoomVersion { id: "10", knock_restricted_join_rule: true, enforce_int_power_levels: true, ..V9 };
const V11: RoomVersion = RoomVersion {
    id: "11",
    implicit_room_creator: true,
    updated_redaction_rules: true,
    strict_event_byte_limits: true,
    ..V10
};
const V12: RoomVersion = RoomVersion {
    id: "12",
    format: EventFormat::RoomIdIsHash,
    resolution: ResolutionAlgorithm::V21,
    creators_outrank: true,
    ..V11
};

static ALL: [RoomVersion; 12] = [V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11, V12];

impl RoomVersion {
    /// Returns the stable room versions, 1 to 12.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// Returns the room version with this identifier, if it is one of 1 to 12.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|version| version.id == id)
    }

    /// Returns whether event ids are computed from the event (version 3 and up), not chosen by a server.
    #[must_use]
    pub fn computes_ids(&self) -> bool {
        self.format != EventFormat::ChosenIds
    }

    /// Returns whether the room id is the create event's hash (version 12).
    #[must_use]
    pub fn room_id_is_hash(&self) -> bool {
        self.format == EventFormat::RoomIdIsHash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flags against a dump of Synapse's own table.
    #[test]
    fn flags_are_those_of_synapse() {
        let text = include_str!("../../tests/data/room_versions.json");
        let table: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        let mut compared = 0;
        for row in &table {
            let Some(version) = RoomVersion::find(row["identifier"].as_str().unwrap()) else { continue };
            compared += 1;
            let flag = |name: &str| row[name].as_bool().unwrap();
            let format = match version.format {
                EventFormat::ChosenIds => 1,
                EventFormat::HashIds => 2,
                EventFormat::UrlSafeHashIds => 3,
                EventFormat::RoomIdIsHash => 4,
            };
            let resolution = match version.resolution {
                ResolutionAlgorithm::V1 => "1",
                ResolutionAlgorithm::V2 => "2",
                // Synapse numbers the algorithms in its table; 3 is v2.1.
                ResolutionAlgorithm::V21 => "3",
            };
            assert_eq!(row["event_format"], format, "{}", version.id);
            assert_eq!(row["state_res"].to_string().trim_matches('"'), resolution, "{}", version.id);
            for (ours, name) in [
                (version.special_case_aliases_auth, "special_case_aliases_auth"),
                (version.strict_canonical_json, "strict_canonicaljson"),
                (version.limit_notifications_power_levels, "limit_notifications_power_levels"),
                (version.knock_join_rule, "knock_join_rule"),
                (version.restricted_join_rule, "restricted_join_rule"),
                (version.restricted_join_rule_fix, "restricted_join_rule_fix"),
                (version.knock_restricted_join_rule, "knock_restricted_join_rule"),
                (version.enforce_int_power_levels, "enforce_int_power_levels"),
                (version.implicit_room_creator, "implicit_room_creator"),
                (version.updated_redaction_rules, "updated_redaction_rules"),
                (version.strict_event_byte_limits, "strict_event_byte_limits_room_versions"),
                (version.creators_outrank, "msc4289_creator_power_enabled"),
                (version.room_id_is_hash(), "msc4291_room_ids_as_hashes"),
            ] {
                assert_eq!(ours, flag(name), "{name} of version {}", version.id);
            }
        }
        assert_eq!(compared, 12);
    }
}
