//! The content of `m.room.create`.

use super::{Stop, full, id};
use crate::event::json::{Kind, Reader};
use crate::nid::{EventStateKeyNid, InternerFull, Strings};
use crate::sort;

/// What the rules read of a create event's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// `creator`: versions 1 to 10 need it.
    pub creator: Creator,
    /// `additional_creators` (version 12).
    pub additional_creators: AdditionalCreators,
    /// `room_version`
    pub room_version: VersionName,
    /// Whether other servers' users may take part: `m.federate` is missing or is `true`.
    pub federate: bool,
}

/// `creator` of a create event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Creator {
    /// There is no such key.
    Absent,
    /// This string.
    Is(EventStateKeyNid),
    /// Something that is no user id.
    Malformed,
}

/// `additional_creators` of a create event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AdditionalCreators {
    /// A list of user ids, sorted by number; empty if there is no such key.
    Users(Box<[EventStateKeyNid]>),
    /// Not a list, or one with something in it that is no valid user id.
    Malformed,
}

/// `room_version` of a create event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VersionName {
    /// There is no such key: version 1.
    Absent,
    /// This string.
    Is(Box<str>),
    /// Something that is no string.
    Malformed,
}

impl Create {
    #[cold]
    pub(super) fn read(content: &str, strings: &mut Strings) -> Result<Self, InternerFull> {
        let mut create = Self {
            creator: Creator::Absent,
            additional_creators: AdditionalCreators::Users(Box::default()),
            room_version: VersionName::Absent,
            federate: true,
        };
        full(Reader::new(content).object::<Stop>(|reader, key| {
            match &*key.decode() {
                "creator" => {
                    create.creator = match reader.string_or_pass()? {
                        Some(user) => Creator::Is(strings.intern_state_key(&user.decode())?),
                        None => Creator::Malformed,
                    }
                }
                "additional_creators" => create.additional_creators = read_creators(reader, strings)?,
                "room_version" => {
                    create.room_version = match reader.string_or_pass()? {
                        Some(name) => VersionName::Is(name.decode().into()),
                        None => VersionName::Malformed,
                    }
                }
                "m.federate" => create.federate = reader.is_or_pass(Kind::Bool)? && reader.bool()?,
                _ => drop(reader.skip()?),
            }
            Ok(())
        }))?;
        Ok(create)
    }

    /// Returns whether `user` is one of `additional_creators`.
    #[inline]
    #[must_use]
    pub fn names_creator(&self, user: EventStateKeyNid) -> bool {
        match &self.additional_creators {
            AdditionalCreators::Users(users) => users.binary_search(&user).is_ok(),
            AdditionalCreators::Malformed => false,
        }
    }
}

fn read_creators(reader: &mut Reader<'_>, strings: &mut Strings) -> Result<AdditionalCreators, Stop> {
    if !reader.is_or_pass(Kind::Array)? {
        return Ok(AdditionalCreators::Malformed);
    }
    let mut users = Vec::new();
    let mut valid = true;
    reader.array::<Stop>(|reader| {
        match reader.string_or_pass()?.map(|user| user.decode()).filter(|user| id::is_strict_user_id(user)) {
            Some(user) => users.push(strings.intern_state_key(&user)?),
            None => valid = false,
        }
        Ok(())
    })?;
    sort::distinct(&mut users);
    Ok(if valid { AdditionalCreators::Users(users.into()) } else { AdditionalCreators::Malformed })
}
