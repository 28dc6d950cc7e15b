//! The content of `m.room.power_levels`.

use super::level::Level;
use super::{Stop, full, id};
use crate::event::json::{Kind, Reader};
use crate::nid::{EventStateKeyNid, EventTypeNid, InternerFull, Strings};
use crate::sort;

/// The levels that stand in the content itself, in the order in which changes to them are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum LevelName {
    /// `users_default`: of users that are not listed; 0 if missing.
    UsersDefault,
    /// `events_default`: needed to send events that are not state, of types that are not listed; 0 if missing.
    EventsDefault,
    /// `state_default`: needed to send state events of types that are not listed; 50 if missing.
    StateDefault,
    /// `ban`: 50 if missing.
    Ban,
    /// `redact`: needed to redact others' events; 50 if missing.
    Redact,
    /// `kick`: 50 if missing.
    Kick,
    /// `invite`: 0 if missing.
    Invite,
}

impl LevelName {
    /// Every name, in the order of the variants.
    pub const ALL: [Self; 7] = [
        Self::UsersDefault,
        Self::EventsDefault,
        Self::StateDefault,
        Self::Ban,
        Self::Redact,
        Self::Kick,
        Self::Invite,
    ];

    /// Returns the key in the content.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::UsersDefault => "users_default",
            Self::EventsDefault => "events_default",
            Self::StateDefault => "state_default",
            Self::Ban => "ban",
            Self::Redact => "redact",
            Self::Kick => "kick",
            Self::Invite => "invite",
        }
    }

    /// Returns the level that counts where content does not say.
    #[must_use]
    pub const fn default_level(self) -> i64 {
        match self {
            Self::UsersDefault | Self::EventsDefault | Self::Invite => 0,
            Self::StateDefault | Self::Ban | Self::Redact | Self::Kick => 50,
        }
    }
}

/// What stands where a map of levels should.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// An object, or nothing.
    Object,
    /// An empty list or string. Nobody can look a level up in it, but before version 10 Synapse's rules do not mind it
    /// where they go through the keys of old and new power levels: Python finds none in it.
    Empty,
    /// Anything else.
    Other,
}

/// Levels by key, sorted by the keys' numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelMap<K> {
    keys: Box<[K]>,
    levels: Box<[Level]>,
    shape: Shape,
}

impl<K> Default for LevelMap<K> {
    fn default() -> Self {
        Self { keys: Box::default(), levels: Box::default(), shape: Shape::Object }
    }
}

impl<K: Copy + Ord> LevelMap<K> {
    /// Returns the level of a key.
    #[inline]
    #[must_use]
    pub fn get(&self, key: K) -> Option<Level> {
        let at = self.keys.binary_search(&key).ok()?;
        self.levels.get(at).copied()
    }

    /// Iterates over keys and levels.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (K, Level)> {
        self.keys.iter().copied().zip(self.levels.iter().copied())
    }

    /// Returns whether something stands in the map's place that is no object.
    #[inline]
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.shape != Shape::Object
    }

    /// Returns what stands in the map's place.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the map of what was read, with the numbers of the keys as keys again, and whether all in it is written as
    /// integers.
    fn of((shape, entries): (Shape, Vec<Entry>), key: fn(u32) -> Option<K>) -> (Self, bool) {
        let map = Self {
            keys: entries.iter().filter_map(|entry| key(entry.key)).collect(),
            levels: entries.iter().map(|entry| entry.level).collect(),
            shape,
        };
        (map, shape == Shape::Object && entries.iter().all(|entry| entry.strict))
    }

    fn memory_bytes(&self) -> usize {
        size_of_val(&*self.keys) + size_of_val(&*self.levels)
    }
}

/// One member of a map of levels, with its key's number.
#[derive(Clone, Copy)]
struct Entry {
    key: u32,
    level: Level,
    /// Whether the level is written as an integer.
    strict: bool,
}

/// Reads the next value as a map, by the keys' numbers.
fn read_entries(
    reader: &mut Reader<'_>,
    intern: &mut dyn FnMut(&str) -> Result<u32, InternerFull>,
) -> Result<(Shape, Vec<Entry>), Stop> {
    let mut entries: Vec<Entry> = Vec::new();
    if reader.kind()? != Kind::Object {
        let text = reader.skip()?;
        let is_empty = text == "\"\"" || text.strip_prefix('[').is_some_and(|rest| rest.trim_ascii_start() == "]");
        return Ok((if is_empty { Shape::Empty } else { Shape::Other }, entries));
    }
    reader.object::<Stop>(|reader, key| {
        let key = intern(&key.decode())?;
        let (level, strict) = Level::read(reader)?;
        entries.push(Entry { key, level, strict });
        Ok(())
    })?;
    // The order of equal keys is kept, so that the last can replace those before.
    sort::by_number(&mut entries, |entry| entry.key);
    entries.dedup_by(|later, kept| {
        let same = later.key == kept.key;
        if same {
            *kept = *later;
        }
        same
    });
    Ok((Shape::Object, entries))
}

/// The content of a power levels event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PowerLevels {
    named: [Option<Level>; LevelName::ALL.len()],
    /// `users`: the levels of users. Keys that are no user ids are among them.
    pub users: LevelMap<EventStateKeyNid>,
    /// `events`: the levels needed to send events of a type.
    pub events: LevelMap<EventTypeNid>,
    /// `notifications`: the levels needed to notify others (`room`).
    pub notifications: LevelMap<EventStateKeyNid>,
    /// One key of `users` that is no user id, if there is any.
    pub not_a_user: Option<EventStateKeyNid>,
    /// One bit for each of the keys below that holds something other than integers.
    loose: u16,
}

pub(super) const USERS: usize = LevelName::ALL.len();
pub(super) const EVENTS: usize = USERS + 1;
pub(super) const NOTIFICATIONS: usize = USERS + 2;

impl PowerLevels {
    #[inline(never)]
    pub(super) fn read(content: &str, strings: &mut Strings) -> Result<Self, InternerFull> {
        let mut levels = Self::default();
        full(Reader::new(content).object::<Stop>(|reader, key| {
            let key = key.decode();
            let (field, strict) = match &*key {
                "users" => {
                    let mut not_a_user = None;
                    let entries = read_entries(reader, &mut |user| {
                        let nid = strings.intern_state_key(user)?;
                        if !id::is_user_id(user) {
                            not_a_user = Some(nid);
                        }
                        Ok(nid.get())
                    })?;
                    let (map, strict) = LevelMap::of(entries, EventStateKeyNid::new);
                    levels.users = map;
                    levels.not_a_user = not_a_user;
                    (USERS, strict)
                }
                "events" => {
                    let entries = read_entries(reader, &mut |name| strings.intern_type(name).map(EventTypeNid::get))?;
                    let (map, strict) = LevelMap::of(entries, EventTypeNid::new);
                    levels.events = map;
                    (EVENTS, strict)
                }
                "notifications" => {
                    let entries =
                        read_entries(reader, &mut |name| strings.intern_state_key(name).map(EventStateKeyNid::get))?;
                    let (map, strict) = LevelMap::of(entries, EventStateKeyNid::new);
                    levels.notifications = map;
                    (NOTIFICATIONS, strict)
                }
                key => {
                    let Some(field) = LevelName::ALL.iter().position(|name| name.key() == key) else {
                        reader.skip()?;
                        return Ok(());
                    };
                    let (level, strict) = Level::read(reader)?;
                    if let Some(named) = levels.named.get_mut(field) {
                        *named = Some(level);
                    }
                    (field, strict)
                }
            };
            levels.loose &= !(1 << field);
            levels.loose |= u16::from(!strict) << field;
            Ok(())
        }))?;
        Ok(levels)
    }

    /// Returns the level with this name, if content has it.
    #[inline]
    #[must_use]
    pub fn named(&self, name: LevelName) -> Option<Level> {
        self.named.get(name as usize).copied().flatten()
    }

    /// Returns the key of something that is not an integer where version 10 and up want one, if there is any.
    #[must_use]
    pub fn not_an_integer(&self) -> Option<&'static str> {
        match self.loose.trailing_zeros() as usize {
            USERS => Some("users"),
            EVENTS => Some("events"),
            NOTIFICATIONS => Some("notifications"),
            field => LevelName::ALL.get(field).map(|name| name.key()),
        }
    }

    /// Returns whether a key holds something other than integers: one of the named levels by its place, then `users`,
    /// `events` and `notifications`.
    pub(super) fn is_loose(&self, key: usize) -> bool {
        self.loose & 1 << key != 0
    }

    pub(super) fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.users.memory_bytes() + self.events.memory_bytes() + self.notifications.memory_bytes()
    }
}
