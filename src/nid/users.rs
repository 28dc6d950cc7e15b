//! What the room's senders are found by: their names, and the membership that each named last, a line of memory each.
//!
//! Nearly every event names its sender, and that sender's membership among its auth events, which hardly any user changes.
//! In a room of many members both lie anywhere: to confirm a string costs two or three lines of memory that are not
//! cached, and to find an id four or more. Here both stand beside each other under the user's number. Relies on
//! `crate::column`; which strings are equal is decided by all of their bytes.

use super::words::{ID_LENGTH, word_at, words};
use super::{EventNid, EventStateKeyNid};
use crate::column::Column;

/// The words of a name that is remembered: nearly all have up to 56 bytes.
const NAME_WORDS: usize = 7;
const WORD: usize = size_of::<u64>();

/// The most users that are remembered, in 16 MB: in a room with more senders, those of one place take it from each other.
const MOST: usize = 1 << 17;

/// The users who have sent events, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    users: Column<User>,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(128))] // Two lines of a cache: the name in one, what is asked next in the other.
struct User {
    name: [u64; NAME_WORDS],
    /// The length of the name, 0 if it is too short or too long to be remembered.
    length: u32,
    /// Whose place it is.
    nid: Option<EventStateKeyNid>,
    /// The id of the membership.
    id: [u64; 6],
    membership: Option<EventNid>,
}

impl Users {
    /// Returns whether the user with this index has this name, if that is known.
    #[inline]
    pub(super) fn is(&self, index: usize, name: &str) -> Option<bool> {
        let user = self.get(EventStateKeyNid::from_index(index)).filter(|user| user.length != 0)?;
        let words = name_words(name.as_bytes())?;
        Some(user.length as usize == name.len() && user.name == words)
    }

    /// Remembers a user and the name, if that has not been done.
    #[inline]
    pub(super) fn note(&mut self, nid: EventStateKeyNid, name: &str) {
        if self.get(nid).is_some() {
            return;
        }
        let place = nid.index() % MOST;
        self.users.grow(place + 1, User::default());
        let words = name_words(name.as_bytes());
        let length = if words.is_some() { name.len() as u32 } else { 0 };
        self.users.set(place, User { name: words.unwrap_or_default(), length, nid: Some(nid), ..User::default() });
    }

    #[inline]
    fn get(&self, nid: EventStateKeyNid) -> Option<&User> {
        self.users.get(nid.index() % MOST).filter(|user| user.nid == Some(nid))
    }

    /// Looks at the user with this index + 1, at both lines.
    #[inline]
    pub(super) fn probe(&self, user: u32) -> (u64, u64) {
        self.users.get((user as usize).wrapping_sub(1) % MOST).map_or((0, 0), |user| (user.name[0], user.id[5]))
    }

    /// Returns the NID of an id of the usual length, if it is the membership that the user named last.
    #[inline]
    pub(super) fn membership(&self, nid: EventStateKeyNid, id: &[u8; ID_LENGTH]) -> Option<EventNid> {
        let user = self.get(nid)?;
        if user.id == words(id) { user.membership } else { None }
    }

    /// Remembers the id of a membership that a user has named who is remembered.
    pub(super) fn set_membership(&mut self, nid: EventStateKeyNid, id: &[u8; ID_LENGTH], membership: EventNid) {
        if let Some(user) = self.users.get_mut(nid.index() % MOST).filter(|user| user.nid == Some(nid)) {
            user.id = words(id);
            user.membership = Some(membership);
        }
    }

    /// Returns the bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.users.memory_bytes()
    }

    /// Forgets everything: numbers have been taken back.
    pub(super) fn clear(&mut self) {
        self.users.clear();
    }
}

/// Returns the words of a name, of which the last ones overlap or repeat what stands before. Two names of one length have
/// the same words if they are equal, and only then.
#[inline]
fn name_words(name: &[u8]) -> Option<[u64; NAME_WORDS]> {
    let last = name.len().checked_sub(WORD).filter(|last| *last <= (NAME_WORDS - 1) * WORD)?;
    let word = |number: usize| word_at(name, (number * WORD).min(last));
    Some([word(0), word(1), word(2), word(3), word(4), word(5), word(6)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn knows_names_by_all_of_their_bytes(name in "@[ab]{0,60}", other in "@[ab]{0,60}", at: prop::sample::Index) {
            let user = EventStateKeyNid::from_index(3);
            let mut users = Users::default();
            prop_assert_eq!(users.is(3, &name), None);
            users.note(user, &name);
            let is_kept = (8..=56).contains(&name.len());
            prop_assert_eq!(users.is(3, &name), is_kept.then_some(true));
            let mut changed = name.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] ^= 2;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(users.is(3, &changed), is_kept.then_some(false));
            let comparable = is_kept && (8..=56).contains(&other.len());
            prop_assert_eq!(users.is(3, &other), comparable.then_some(name == other));
            // A name stays.
            users.note(user, &other);
            prop_assert_eq!(users.is(3, &name), is_kept.then_some(true));
        }
    }

    #[test]
    fn knows_the_last_membership_alone() {
        let id = |letter: u8| [letter; ID_LENGTH];
        let [anna, bob] = [1, 2].map(EventStateKeyNid::from_index);
        let mut users = Users::default();
        users.set_membership(anna, &id(b'a'), EventNid::from_index(7));
        assert_eq!(users.membership(anna, &id(b'a')), None, "nobody has noted her");
        users.note(anna, "@anna:a.example");
        users.set_membership(anna, &id(b'a'), EventNid::from_index(7));
        assert_eq!(users.membership(anna, &id(b'a')), Some(EventNid::from_index(7)));
        assert_eq!(users.membership(bob, &id(b'a')), None);
        users.set_membership(anna, &id(b'b'), EventNid::from_index(8));
        assert_eq!(users.membership(anna, &id(b'a')), None);
        assert_eq!(users.membership(anna, &id(b'b')), Some(EventNid::from_index(8)));
        users.clear();
        assert_eq!(users.membership(anna, &id(b'b')), None);
    }

    #[test]
    fn of_two_users_in_one_place_the_later_is_remembered() {
        let [anna, bob] = [1, 1 + MOST].map(EventStateKeyNid::from_index);
        let mut users = Users::default();
        users.note(anna, "@anna:a.example");
        users.set_membership(anna, &[b'a'; ID_LENGTH], EventNid::from_index(7));
        assert_eq!(users.is(bob.index(), "@anna:a.example"), None);
        users.note(bob, "@bob:b.example");
        assert_eq!(users.is(anna.index(), "@anna:a.example"), None);
        assert_eq!(users.membership(anna, &[b'a'; ID_LENGTH]), None);
        assert_eq!(users.membership(bob, &[b'a'; ID_LENGTH]), None);
        assert_eq!(users.is(bob.index(), "@bob:b.example"), Some(true));
        assert!(users.memory_bytes() < 2000 * size_of::<User>());
    }
}
