//! Why the rules refuse an event: small enough to be made and thrown away on every try during resolution.

use crate::event::content::LevelName;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};

/// Why an event is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The rule that failed.
    pub rule: RefusalCode,
    /// The event on account of which it failed: the ban, the power levels that were not enough, the join rules. `None`
    /// if the event itself is at fault, or something that is missing.
    pub blame: Option<EventNid>,
    /// Whom or what the rule is about, if not the event's sender.
    pub subject: Subject,
    /// The levels that were compared, if any were.
    pub levels: Option<LevelGap>,
}

/// What a refusal is about, beside the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Subject {
    /// Nothing else.
    #[default]
    Nothing,
    /// A user, or what stands where one should.
    User(EventStateKeyNid),
    /// A level in the content of power levels.
    Level(LevelName),
    /// The level for an event type.
    EventType(EventTypeNid),
    /// The level for a kind of notification.
    Notification(EventStateKeyNid),
}

/// Two power levels that were compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LevelGap {
    /// The level that was needed, or that the other user has.
    pub needed: i64,
    /// The level that the sender had.
    pub had: i64,
}

impl Refusal {
    pub(crate) const fn new(rule: RefusalCode) -> Self {
        Self { rule, blame: None, subject: Subject::Nothing, levels: None }
    }

    pub(crate) const fn blame(mut self, event: Option<EventNid>) -> Self {
        self.blame = event;
        self
    }

    pub(super) const fn about(mut self, subject: Subject) -> Self {
        self.subject = subject;
        self
    }

    pub(super) const fn levels(mut self, needed: i64, had: i64) -> Self {
        self.levels = Some(LevelGap { needed, had });
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// The rules, by what can fail.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum RefusalCode {
            $($(#[$doc])* $variant,)*
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the code's name, which stays the same from release to release.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

codes! {
    /// The event is not held: there is nothing to check.
    NotHeld = "not-held",
    /// A sender, type, state key, room id or event id is longer than 255 bytes.
    Oversized = "oversized",

    /// A create event has parents.
    CreateHasParents = "create-has-parents",
    /// The room id was made by another server than the create event's sender (versions 1 to 11).
    CreateRoomId = "create-room-id",
    /// A create event names a room version that is not known.
    UnsupportedRoomVersion = "unsupported-room-version",
    /// A create event names no creator (versions 1 to 10).
    NoCreator = "no-creator",
    /// `additional_creators` of a create event is no list of user ids (version 12).
    BadAdditionalCreators = "bad-additional-creators",

    /// An auth event is not held.
    MissingAuthEvent = "missing-auth-event",
    /// Two auth events set the same slot.
    DuplicateAuthEvent = "duplicate-auth-event",
    /// An auth event sets a slot that has no say in whether this event is allowed.
    UnexpectedAuthEvent = "unexpected-auth-event",
    /// An auth event was itself rejected.
    RejectedAuthEvent = "rejected-auth-event",
    /// The create event is named among the auth events, where version 12 implies it.
    CreateInAuthEvents = "create-in-auth-events",
    /// There is no create event.
    NoCreateEvent = "no-create-event",

    /// A parent is not held, or the state at it is not known, and there is nobody to ask (Dendrite).
    MissingParent = "missing-parent",
    /// An event other than the create event has no parents (Dendrite).
    NoParents = "no-parents",
    /// The room has no state yet to check an event against (Dendrite).
    NoRoomState = "no-room-state",

    /// A sender or a member event's state key names no server.
    NotAUserId = "not-a-user-id",
    /// The room is closed to other servers' users (`m.federate`).
    NotFederated = "not-federated",
    /// The state key of `m.room.aliases` is not the sender's server (versions 1 to 5).
    AliasesStateKey = "aliases-state-key",
    /// A member event or power levels event has no state key.
    NoStateKey = "no-state-key",
    /// A member event has no `membership`.
    NoMembership = "no-membership",
    /// A membership that the room version does not know.
    UnknownMembership = "unknown-membership",
    /// The sender is not in the room.
    SenderNotJoined = "sender-not-joined",
    /// Somebody who is banned cannot be invited.
    TargetBanned = "target-banned",
    /// Somebody who is in the room cannot be invited.
    TargetJoined = "target-joined",
    /// The sender's level is too low to invite.
    InviteLevel = "invite-level",
    /// An invite by token without the token's event, by another sender, for another user, or with no valid signature.
    ThirdPartyInvite = "third-party-invite",
    /// Nobody can join on another's behalf.
    JoinForAnother = "join-for-another",
    /// The sender is banned and can neither join nor knock.
    Banned = "banned",
    /// The sender has not been invited to a room that asks for it.
    NotInvited = "not-invited",
    /// The join rule is not one that lets anybody in.
    JoinRule = "join-rule",
    /// A join to a restricted room does not say who authorised it.
    NoAuthorisingUser = "no-authorising-user",
    /// Who authorised a join to a restricted room is not in it.
    AuthorisingUserNotJoined = "authorising-user-not-joined",
    /// Who authorised a join to a restricted room may not invite.
    AuthorisingUserLevel = "authorising-user-level",
    /// The sender's level is too low to lift a ban.
    UnbanLevel = "unban-level",
    /// The sender's level is too low to remove others.
    KickLevel = "kick-level",
    /// The sender's level is not above that of whom they remove.
    KickTargetLevel = "kick-target-level",
    /// The sender's level is too low to ban.
    BanLevel = "ban-level",
    /// The sender's level is not above that of whom they ban.
    BanTargetLevel = "ban-target-level",
    /// The join rule does not let anybody knock.
    KnockRule = "knock-rule",
    /// Nobody can knock on another's behalf.
    KnockForAnother = "knock-for-another",
    /// The sender is in the room they knock on.
    KnockWhileJoined = "knock-while-joined",
    /// The sender is already invited.
    KnockWhileInvited = "knock-while-invited",

    /// The sender's level is too low to send events of this type.
    SendLevel = "send-level",
    /// The state key is another user's id.
    StateKeyOfAnother = "state-key-of-another",
    /// The sender's level is too low to redact, and the event is another server's (versions 1 and 2).
    RedactLevel = "redact-level",

    /// The power levels in force hold something that is no level, so that nothing can be compared with them. Synapse fails
    /// with an error of its own there.
    MalformedPowerLevels = "malformed-power-levels",
    /// New power levels list something that is no user id (a bad request to Synapse, not a refusal).
    PowerLevelsBadUser = "power-levels-bad-user",
    /// New power levels hold something that is no level (a bad request to Synapse, not a refusal).
    PowerLevelsBadLevel = "power-levels-bad-level",
    /// New power levels list a creator of the room, whose level cannot be set (version 12).
    PowerLevelsNameCreator = "power-levels-name-creator",
    /// New power levels hold something other than integers (version 10 and up).
    PowerLevelsNotIntegers = "power-levels-not-integers",
    /// The sender gives or takes a level above their own.
    LevelAboveOwn = "level-above-own",
    /// The sender changes the level of another user who is their equal.
    LevelOfEqual = "level-of-equal",
}
