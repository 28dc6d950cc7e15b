//! What fits a byte: the contents of member events, join rules and redactions.

use super::third_party::ThirdPartyInvite;
use super::{Stop, full, id};
use crate::event::json::{Kind, Reader};
use crate::nid::{EventStateKeyNid, InternerFull, Strings};

macro_rules! tagged {
    ($(#[$doc:meta])* $name:ident, $mask:literal, $($(#[$variant_doc:meta])* $variant:ident = $tag:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $tag,)*
        }

        impl $name {
            /// Reads the byte that [`Self::tag`] made; any other is the first variant.
            #[inline]
            pub(super) const fn of(tag: u8) -> Self {
                match tag & $mask {
                    $($tag => Self::$variant,)*
                    _ => Self::of(0),
                }
            }

            #[inline]
            pub(super) const fn tag(self) -> u8 {
                self as u8
            }
        }
    };
}

tagged! {
    /// `membership` of a member event.
    Membership, 7,
    /// There is no such key.
    Missing = 0,
    /// `join`
    Join = 1,
    /// `leave`: left, was kicked, declined an invite, or had a ban lifted.
    Leave = 2,
    /// `invite`
    Invite = 3,
    /// `ban`
    Ban = 4,
    /// `knock`
    Knock = 5,
    /// Another string, or no string.
    Other = 6,
}

tagged! {
    /// `join_rule` of a join rules event.
    JoinRule, 7,
    /// `invite`, or there is no such key.
    Invite = 0,
    /// `public`
    Public = 1,
    /// `knock`
    Knock = 2,
    /// `restricted`
    Restricted = 3,
    /// `knock_restricted`
    KnockRestricted = 4,
    /// Another string (`private`), or no string: nobody may join.
    Other = 5,
}

tagged! {
    /// What is known of the event that a redaction names by its own `redacts`; only versions 1 and 2 ask.
    Redacts, 7,
    /// Nothing: there is no such key, or it is no string.
    Nothing = 0,
    /// An event whose id was chosen by the same server as the redaction's.
    SameServer = 1,
    /// An event whose id was chosen by another server.
    OtherServer = 2,
    /// A string that names no server.
    Malformed = 3,
}

const HAS_THIRD_PARTY_INVITE: u8 = 8;
const IS_AUTHORISED: u8 = 16;
/// Kept apart from 0, so that an event without a membership is known to have been read.
const IS_MEMBER: u8 = 32;

pub(super) fn has_third_party_invite(tag: u8) -> bool {
    tag & HAS_THIRD_PARTY_INVITE != 0
}

pub(super) fn is_authorised(tag: u8) -> bool {
    tag & IS_AUTHORISED != 0
}

/// `join_authorised_via_users_server` of a member event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthorisedVia {
    /// This string.
    User(EventStateKeyNid),
    /// `null`: the slot of no user, and no authorisation either.
    Null,
    /// No string: the slot of no user.
    Malformed,
}

/// What is read of a member event.
pub(super) struct Member {
    membership: Membership,
    pub(super) authorised_via: Option<AuthorisedVia>,
    pub(super) third_party_invite: Option<Box<ThirdPartyInvite>>,
}

impl Member {
    #[inline(never)]
    pub(super) fn read(content: &str, strings: &mut Strings) -> Result<Self, InternerFull> {
        let mut member = Self { membership: Membership::Missing, authorised_via: None, third_party_invite: None };
        full(Reader::new(content).object::<Stop>(|reader, key| {
            match &*key.decode() {
                "membership" => {
                    member.membership = match reader.string_or_pass()?.map(|name| name.decode()).as_deref() {
                        Some("join") => Membership::Join,
                        Some("leave") => Membership::Leave,
                        Some("invite") => Membership::Invite,
                        Some("ban") => Membership::Ban,
                        Some("knock") => Membership::Knock,
                        _ => Membership::Other,
                    }
                }
                "join_authorised_via_users_server" => {
                    member.authorised_via = Some(match reader.kind()? {
                        Kind::String => AuthorisedVia::User(strings.intern_state_key(&reader.string()?.decode())?),
                        kind => {
                            reader.skip()?;
                            if kind == Kind::Null { AuthorisedVia::Null } else { AuthorisedVia::Malformed }
                        }
                    });
                }
                "third_party_invite" => {
                    member.third_party_invite = Some(Box::new(ThirdPartyInvite::read(reader, strings)?));
                }
                _ => drop(reader.skip()?),
            }
            Ok(())
        }))?;
        Ok(member)
    }

    pub(super) fn tag(&self) -> u8 {
        let mut tag = self.membership.tag() | IS_MEMBER;
        if self.third_party_invite.is_some() {
            tag |= HAS_THIRD_PARTY_INVITE;
        }
        if self.authorised_via.is_some() {
            tag |= IS_AUTHORISED;
        }
        tag
    }
}

impl JoinRule {
    #[inline(never)]
    pub(super) fn read(content: &str) -> Self {
        let mut rule = Self::Invite;
        let read = Reader::new(content).object::<Stop>(|reader, key| {
            if &*key.decode() == "join_rule" {
                rule = match reader.string_or_pass()?.map(|name| name.decode()).as_deref() {
                    Some("invite") => Self::Invite,
                    Some("public") => Self::Public,
                    Some("knock") => Self::Knock,
                    Some("restricted") => Self::Restricted,
                    Some("knock_restricted") => Self::KnockRestricted,
                    _ => Self::Other,
                };
            } else {
                reader.skip()?;
            }
            Ok(())
        });
        if read.is_err() { Self::Other } else { rule }
    }
}

impl Redacts {
    /// Compares the server names in the ids of a redaction and of the event that it names.
    pub(super) fn read(id: &str, redacts: Option<&str>) -> Self {
        match (redacts, redacts.and_then(id::domain)) {
            (None, _) => Self::Nothing,
            (Some(_), None) => Self::Malformed,
            (Some(_), named) if named == id::domain(id) => Self::SameServer,
            (Some(_), Some(_)) => Self::OtherServer,
        }
    }
}
