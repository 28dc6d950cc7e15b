//! Refusals in words.

use super::{Refusal, RefusalCode, Subject};
use crate::event::content::{Membership, VersionName};
use crate::event::table::EventTable;
use crate::nid::{EventNid, Strings};

impl Refusal {
    /// Returns a sentence for people: who was refused what, which levels were compared, and which event is to blame.
    /// `event` is the one refused; both must be held in `table`.
    #[must_use]
    pub fn describe(&self, event: EventNid, table: &EventTable, strings: &Strings) -> String {
        let words = Words { refusal: self, event, table, strings };
        words.sentence()
    }
}

struct Words<'a> {
    refusal: &'a Refusal,
    event: EventNid,
    table: &'a EventTable,
    strings: &'a Strings,
}

impl<'a> Words<'a> {
    fn sentence(&self) -> String {
        use RefusalCode as Code;
        let sender = self.sender();
        let kind = self.kind(self.event);
        let user = self.user();
        let by = self.blame();
        let needed = self.refusal.levels.map_or(0, |levels| levels.needed);
        let had = self.refusal.levels.map_or(0, |levels| levels.had);
        match self.refusal.rule {
            Code::NotHeld => "the event is not held, so it cannot be checked".into(),
            Code::MissingParent => format!("the state at its parent {by} is not known, and there is nobody to ask"),
            Code::NoParents => "only a create event has no parents".into(),
            Code::NoRoomState => "the room has no state yet that it could be checked against".into(),
            Code::Oversized => "the sender, type, state key, room id or event id is longer than 255 bytes".into(),
            Code::CreateHasParents => "a create event must be the room's first, and this one has parents".into(),
            Code::CreateRoomId => format!("the room id was not made by the server of {sender}, who created the room"),
            Code::UnsupportedRoomVersion => {
                match self.table.facts().create(self.event).map(|create| &create.room_version) {
                    Some(VersionName::Is(name)) => format!("room version {name} is not known"),
                    _ => "the room version is not a string".into(),
                }
            }
            Code::NoCreator => "the create event names no creator, which this room version needs".into(),
            Code::BadAdditionalCreators => "additional_creators is not a list of user ids".into(),
            Code::MissingAuthEvent => format!("auth event {by} is not held, so the event cannot be checked yet"),
            Code::DuplicateAuthEvent => {
                format!("auth event {by} is one too many: another sets {} too", self.blamed_slot())
            }
            Code::UnexpectedAuthEvent => {
                format!(
                    "auth event {by} sets {}, which has no say in whether this event is allowed",
                    self.blamed_slot()
                )
            }
            Code::RejectedAuthEvent => format!("auth event {by} was itself rejected"),
            Code::CreateInAuthEvents => {
                format!("the create event {by} is named among the auth events, where this room version implies it")
            }
            Code::NoCreateEvent => "there is no create event to check against".into(),
            Code::NotAUserId => format!("{user} is not a user id: it names no server"),
            Code::NotFederated => {
                format!("{user} is on another server, and the room is closed to other servers (m.federate of {by})")
            }
            Code::AliasesStateKey => format!("aliases must have the server of {sender} as their state key"),
            Code::NoStateKey => format!("{kind} must be a state event, and this one has no state key"),
            Code::NoMembership => "the member event has no membership".into(),
            Code::UnknownMembership => "the membership is not one that this room version knows".into(),
            Code::SenderNotJoined => format!("{user} is not in the room{}", self.membership()),
            Code::TargetBanned => format!("{user} is banned ({by}) and cannot be invited"),
            Code::TargetJoined => format!("{user} is in the room already ({by}) and cannot be invited"),
            Code::InviteLevel => {
                format!("{sender} needs power level {needed} to invite, and has {had}{}", self.levels())
            }
            Code::ThirdPartyInvite => match self.refusal.blame {
                Some(_) => format!("the third-party invite is not vouched for by {by}"),
                None => "the third-party invite answers no event in the room".into(),
            },
            Code::JoinForAnother => format!("{sender} cannot make {user} join: people join by themselves"),
            Code::Banned => format!("{sender} is banned ({by})"),
            Code::NotInvited => format!("{sender} has not been invited, and the room asks for it{}", self.join_rules()),
            Code::JoinRule => format!("the join rules{} let nobody join in this room version", self.blame_after()),
            Code::NoAuthorisingUser => {
                format!("the join rules are restricted, and the join of {sender} does not say who authorised it")
            }
            Code::AuthorisingUserNotJoined => match self.refusal.subject {
                Subject::User(_) => format!("{user}, who authorised the join, is not in the room{}", self.membership()),
                _ => "who authorised the join is not in the room: it is no user id".into(),
            },
            Code::AuthorisingUserLevel => format!(
                "{user}, who authorised the join, needs power level {needed} to invite, and has {had}{}",
                self.levels()
            ),
            Code::UnbanLevel => {
                format!("{sender} needs power level {needed} to lift the ban of {user}, and has {had}{}", self.levels())
            }
            Code::KickLevel => {
                format!("{sender} needs power level {needed} to remove others, and has {had}{}", self.levels())
            }
            Code::KickTargetLevel => {
                format!("{sender} has power level {had} and cannot remove {user}, who has {needed}{}", self.levels())
            }
            Code::BanLevel => format!("{sender} needs power level {needed} to ban, and has {had}{}", self.levels()),
            Code::BanTargetLevel => {
                format!("{sender} has power level {had} and cannot ban {user}, who has {needed}{}", self.levels())
            }
            Code::KnockRule => format!("the join rules{} do not let anybody knock", self.blame_after()),
            Code::KnockForAnother => format!("{sender} cannot knock for {user}"),
            Code::KnockWhileJoined => format!("{sender} is in the room already ({by}) and cannot knock"),
            Code::KnockWhileInvited => format!("{sender} is invited already ({by}) and cannot knock"),
            Code::SendLevel => {
                format!("{sender} needs power level {needed} to send {kind}, and has {had}{}", self.levels())
            }
            Code::StateKeyOfAnother => format!("{sender} cannot set state under the user id {user}"),
            Code::RedactLevel => format!(
                "{sender} needs power level {needed} to redact another server's event, and has {had}{}",
                self.levels()
            ),
            Code::MalformedPowerLevels => format!("the power levels in force, {by}, hold something that is no level"),
            Code::PowerLevelsBadUser => format!("the new power levels list {user:?}, which is no user id"),
            Code::PowerLevelsBadLevel => format!("the new power levels hold something that is no level{}", self.at()),
            Code::PowerLevelsNameCreator => {
                format!("the new power levels list {user}, who created the room and whose level cannot be set")
            }
            Code::PowerLevelsNotIntegers => {
                let levels = self.table.facts().power_levels(self.event);
                let key = levels.and_then(crate::event::content::PowerLevels::not_an_integer).unwrap_or("a level");
                format!("{key} in the new power levels is not an integer, which this room version asks for")
            }
            Code::LevelAboveOwn => {
                format!("{sender} has power level {had} and cannot give or take {needed}{} (before: {by})", self.at())
            }
            Code::LevelOfEqual => format!(
                "{sender} has power level {had}, as {user} has, and cannot change the level of an equal (before: {by})"
            ),
        }
    }

    fn sender(&self) -> &'a str {
        self.table.sender(self.event).map_or("somebody", |sender| self.strings.state_key(sender))
    }

    fn kind(&self, event: EventNid) -> &'a str {
        self.table.kind(event).map_or("an event", |kind| self.strings.event_type(kind))
    }

    fn user(&self) -> &'a str {
        match self.refusal.subject {
            Subject::User(user) => self.strings.state_key(user),
            _ => self.sender(),
        }
    }

    fn blame(&self) -> &'a str {
        self.refusal.blame.map_or("nothing", |event| self.strings.event_id(event))
    }

    fn blame_after(&self) -> String {
        self.refusal.blame.map_or_else(String::new, |event| format!(" ({})", self.strings.event_id(event)))
    }

    fn join_rules(&self) -> String {
        self.refusal.blame.map_or_else(
            || " (there are no join rules)".into(),
            |event| format!(" (join rules {})", self.strings.event_id(event)),
        )
    }

    fn levels(&self) -> String {
        self.refusal.blame.map_or_else(
            || " (there are no power levels)".into(),
            |event| format!(" (power levels {})", self.strings.event_id(event)),
        )
    }

    fn membership(&self) -> String {
        let Some(event) = self.refusal.blame else { return String::new() };
        let what = match self.table.facts().membership(event) {
            Membership::Ban => "banned",
            Membership::Invite => "only invited",
            Membership::Knock => "only knocking",
            Membership::Leave if self.table.sender(event) != self.table.state_key(event) => "removed",
            _ => "left",
        };
        format!(" ({what}: {})", self.strings.event_id(event))
    }

    fn blamed_slot(&self) -> String {
        let Some(event) = self.refusal.blame else { return "nothing".into() };
        match self.table.state_key(event).map(|key| self.strings.state_key(key)) {
            None => format!("{} (not a state event)", self.kind(event)),
            Some("") => self.kind(event).into(),
            Some(key) => format!("{} of {key}", self.kind(event)),
        }
    }

    fn at(&self) -> String {
        match self.refusal.subject {
            Subject::Nothing => String::new(),
            Subject::User(user) => format!(" for {}", self.strings.state_key(user)),
            Subject::Level(name) => format!(" as {}", name.key()),
            Subject::EventType(kind) => format!(" for {}", self.strings.event_type(kind)),
            Subject::Notification(name) => format!(" for {} notifications", self.strings.state_key(name)),
        }
    }
}
