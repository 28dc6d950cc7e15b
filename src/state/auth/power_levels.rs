//! The rules for power levels events: nobody gives or takes more than they have.

use super::levels::Powers;
use super::{Check, Refusal, RefusalCode, State, Subject, refuse};
use crate::event::content::{AdditionalCreators, Level, LevelMap, LevelName, PowerLevels, Shape};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};
use core::cmp::Ordering;

impl<G: Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>> State<'_, '_, G> {
    /// `level` is the sender's.
    #[inline(never)]
    pub(super) fn check_power_levels(
        &self,
        state_key: Option<EventStateKeyNid>,
        powers: &Powers<'_>,
        level: i64,
    ) -> Check {
        let facts = self.rules.table.facts();
        let Some(new) = facts.power_levels(self.event) else { return refuse(RefusalCode::NoStateKey) };
        self.check_content(new)?;
        // Power levels under another key have no predecessor among the slots that the rules ask for.
        let old_event = powers.event().filter(|_| state_key == Some(EventStateKeyNid::EMPTY));
        let Some((old_event, old)) = old_event.and_then(|event| Some((event, facts.power_levels(event)?))) else {
            return Ok(());
        };
        let change = Change { old_event, level, sender: self.sender };
        for name in LevelName::ALL {
            change.check(Subject::Level(name), old.named(name), new.named(name))?;
        }
        change.check_all(&old.users, &new.users, Subject::User)?;
        change.check_all(&old.events, &new.events, Subject::EventType)?;
        if self.rules.version.limit_notifications_power_levels {
            change.check_all(&old.notifications, &new.notifications, Subject::Notification)?;
        }
        Ok(())
    }

    /// What is asked of new power levels whatever was there before.
    fn check_content(&self, new: &PowerLevels) -> Check {
        if new.users.is_malformed() {
            return refuse(RefusalCode::PowerLevelsBadLevel);
        }
        if let Some(key) = new.not_a_user {
            return Err(Refusal::new(RefusalCode::PowerLevelsBadUser).about(Subject::User(key)));
        }
        for (user, level) in new.users.iter() {
            if level.compared().is_err() {
                return Err(Refusal::new(RefusalCode::PowerLevelsBadLevel).about(Subject::User(user)));
            }
        }
        let version = self.rules.version;
        if version.creators_outrank {
            let names = |user| new.users.get(user).is_some();
            let first = self.rules.table.sender(self.create_event).filter(|&user| names(user));
            let creator = first.or_else(|| match &self.create().additional_creators {
                AdditionalCreators::Users(users) => users.iter().copied().find(|&user| names(user)),
                AdditionalCreators::Malformed => None,
            });
            if let Some(creator) = creator {
                let refusal = Refusal::new(RefusalCode::PowerLevelsNameCreator).blame(Some(self.create_event));
                return Err(refusal.about(Subject::User(creator)));
            }
        }
        if version.enforce_int_power_levels && new.not_an_integer().is_some() {
            return refuse(RefusalCode::PowerLevelsNotIntegers);
        }
        Ok(())
    }
}

/// From old power levels to new ones, by a sender with a level.
struct Change {
    old_event: EventNid,
    level: i64,
    sender: EventStateKeyNid,
}

impl Change {
    /// Checks each key that either side has.
    #[inline(never)]
    fn check_all<K: Copy + Ord>(&self, old: &LevelMap<K>, new: &LevelMap<K>, subject: fn(K) -> Subject) -> Check {
        if old.shape() == Shape::Other {
            return Err(self.refusal(RefusalCode::MalformedPowerLevels));
        }
        if new.shape() == Shape::Other {
            return refuse(RefusalCode::PowerLevelsBadLevel);
        }
        let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let order = match (olds.peek(), news.peek()) {
                (Some(old), Some(new)) => old.0.cmp(&new.0),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Ok(()),
            };
            let old = if order.is_le() { olds.next() } else { None };
            let new = if order.is_ge() { news.next() } else { None };
            if let Some((key, _)) = old.or(new) {
                self.check(subject(key), old.map(|entry| entry.1), new.map(|entry| entry.1))?;
            }
        }
    }

    #[inline(never)]
    fn check(&self, subject: Subject, old: Option<Level>, new: Option<Level>) -> Check {
        let unreadable = |rule| self.refusal(rule).about(subject);
        let old = old.map(Level::compared).transpose().map_err(|_| unreadable(RefusalCode::MalformedPowerLevels))?;
        let new = new
            .map(Level::compared)
            .transpose()
            .map_err(|_| Refusal::new(RefusalCode::PowerLevelsBadLevel).about(subject))?;
        if old == new {
            return Ok(());
        }
        let is_other = matches!(subject, Subject::User(user) if user != self.sender);
        if is_other && old == Some(self.level) {
            return Err(self.refusal(RefusalCode::LevelOfEqual).about(subject).levels(self.level, self.level));
        }
        match old.max(new).filter(|&level| level > self.level) {
            Some(above) => Err(self.refusal(RefusalCode::LevelAboveOwn).about(subject).levels(above, self.level)),
            None => Ok(()),
        }
    }

    fn refusal(&self, rule: RefusalCode) -> Refusal {
        Refusal::new(rule).blame(Some(self.old_event))
    }
}
