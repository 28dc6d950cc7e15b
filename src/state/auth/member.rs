//! The rules for member events: who may join, invite, knock, leave, remove and ban.

use super::{Check, Refusal, RefusalCode, State, Subject, ed25519, refuse};
use crate::event::canonical::Members;
use crate::event::content::{AuthorisedVia, JoinRule, LevelName, Membership, Signed, ThirdPartyKeys, domain};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid};

impl<G: Fn(EventTypeNid, EventStateKeyNid) -> Option<EventNid>> State<'_, '_, G> {
    #[inline(never)]
    pub(super) fn check_member(&self, state_key: Option<EventStateKeyNid>) -> Check {
        let table = self.rules.table;
        let version = self.rules.version;
        let facts = table.facts();
        let Some(target) = state_key else { return refuse(RefusalCode::NoStateKey) };
        let membership = facts.membership(self.event);
        if membership == Membership::Missing {
            return refuse(RefusalCode::NoMembership);
        }

        // The room's first join passes, whatever the state. That the sender is the one who joins is not asked.
        if membership == Membership::Join
            && table.prev_events(self.event) == [self.create_event]
            && self.rules.creator(self.create_event) == Some(target)
        {
            return Ok(());
        }
        let other = Some(target).filter(|&target| target != self.sender);
        for user in [self.sender].into_iter().chain(other) {
            if domain(self.rules.strings.state_key(user)).is_none() {
                return Err(Refusal::new(RefusalCode::NotAUserId).about(Subject::User(user)));
            }
        }
        if !self.create().federate {
            self.check_federation(target)?;
        }

        let sender_member = self.member(self.sender);
        let sender_is = self.membership(sender_member);
        let target_member = self.member(target);
        let target_is = self.membership(target_member);
        let asks_join_rule = matches!(membership, Membership::Join | Membership::Knock);
        let join_rules =
            asks_join_rule.then(|| (self.get)(EventTypeNid::JOIN_RULES, EventStateKeyNid::EMPTY)).flatten();
        let join_rule = join_rules.map_or(JoinRule::Invite, |event| facts.join_rule(event));
        // All four are read whatever the membership: power levels that cannot be read stop every member event.
        let powers = self.powers();
        let level = powers.user_level(self.sender)?;
        powers.user_level(target)?;
        let invite_level = powers.named(LevelName::Invite)?;
        let ban_level = powers.named(LevelName::Ban)?;
        let about = |rule, blame: Option<EventNid>| Refusal::new(rule).blame(blame).about(Subject::User(target));

        if membership == Membership::Invite && facts.third_party_invite(self.event).is_some() {
            self.check_third_party_invite(target)?;
            if target_is == Membership::Ban {
                return Err(about(RefusalCode::TargetBanned, target_member));
            }
            return Ok(());
        }
        if membership != Membership::Join && membership != Membership::Knock {
            let may_decline =
                sender_is == Membership::Invite || sender_is == Membership::Knock && version.knock_join_rule;
            if may_decline && membership == Membership::Leave && target == self.sender {
                return Ok(());
            }
            if sender_is != Membership::Join {
                let refusal = Refusal::new(RefusalCode::SenderNotJoined).blame(sender_member);
                return Err(refusal.about(Subject::User(self.sender)));
            }
        }
        match membership {
            Membership::Invite => match target_is {
                Membership::Ban => Err(about(RefusalCode::TargetBanned, target_member)),
                Membership::Join => Err(about(RefusalCode::TargetJoined, target_member)),
                _ => powers.need(level, invite_level, RefusalCode::InviteLevel),
            },
            Membership::Join => {
                if target != self.sender {
                    return Err(about(RefusalCode::JoinForAnother, None));
                }
                if target_is == Membership::Ban {
                    return Err(about(RefusalCode::Banned, target_member));
                }
                let known = match join_rule {
                    JoinRule::Public | JoinRule::Invite => true,
                    JoinRule::Knock => version.knock_join_rule,
                    JoinRule::Restricted => version.restricted_join_rule,
                    JoinRule::KnockRestricted => version.knock_restricted_join_rule,
                    JoinRule::Other => false,
                };
                let is_in = matches!(sender_is, Membership::Join | Membership::Invite);
                match join_rule {
                    // Under a rule that the version does not know not even those who are in may join again.
                    _ if !known => Err(Refusal::new(RefusalCode::JoinRule).blame(join_rules)),
                    JoinRule::Public => Ok(()),
                    _ if is_in => Ok(()),
                    JoinRule::Restricted | JoinRule::KnockRestricted => self.check_authorised(&powers, invite_level),
                    _ => Err(Refusal::new(RefusalCode::NotInvited).blame(join_rules)),
                }
            }
            Membership::Leave => {
                if target_is == Membership::Ban && level < ban_level {
                    return powers
                        .need(level, ban_level, RefusalCode::UnbanLevel)
                        .map_err(|refusal| refusal.about(Subject::User(target)));
                }
                if target == self.sender {
                    return Ok(());
                }
                powers.need(level, powers.named(LevelName::Kick)?, RefusalCode::KickLevel)?;
                powers.need_above(level, target, RefusalCode::KickTargetLevel)
            }
            Membership::Ban => {
                powers.need(level, ban_level, RefusalCode::BanLevel)?;
                powers.need_above(level, target, RefusalCode::BanTargetLevel)
            }
            Membership::Knock if version.knock_join_rule => {
                let may_knock = join_rule == JoinRule::Knock
                    || join_rule == JoinRule::KnockRestricted && version.knock_restricted_join_rule;
                if !may_knock {
                    return Err(Refusal::new(RefusalCode::KnockRule).blame(join_rules));
                }
                if target != self.sender {
                    return Err(about(RefusalCode::KnockForAnother, None));
                }
                match target_is {
                    Membership::Join => Err(about(RefusalCode::KnockWhileJoined, target_member)),
                    Membership::Invite => Err(about(RefusalCode::KnockWhileInvited, target_member)),
                    Membership::Ban => Err(about(RefusalCode::Banned, target_member)),
                    _ => Ok(()),
                }
            }
            Membership::Knock | Membership::Other | Membership::Missing => refuse(RefusalCode::UnknownMembership),
        }
    }

    /// A join to a restricted room by somebody who is neither in nor invited: a member with the power to invite vouches.
    #[inline(never)]
    fn check_authorised(&self, powers: &super::levels::Powers<'_>, invite_level: i64) -> Check {
        let user = match self.rules.table.facts().authorised_via(self.event) {
            None | Some(AuthorisedVia::Null) => return refuse(RefusalCode::NoAuthorisingUser),
            Some(AuthorisedVia::Malformed) => return refuse(RefusalCode::AuthorisingUserNotJoined),
            Some(AuthorisedVia::User(user)) => user,
        };
        self.check_joined(user, RefusalCode::AuthorisingUserNotJoined)?;
        powers
            .need(powers.user_level(user)?, invite_level, RefusalCode::AuthorisingUserLevel)
            .map_err(|refusal| refusal.about(Subject::User(user)))
    }

    /// An invite that answers a token: the token's event must be by the same sender, and its keys must have signed that
    /// the token is this user's.
    #[inline(never)]
    fn check_third_party_invite(&self, target: EventStateKeyNid) -> Check {
        let facts = self.rules.table.facts();
        let signed = facts.third_party_invite(self.event).and_then(|invite| invite.signed.as_ref());
        let Some((token, signed)) = signed.and_then(|signed| Some((signed.token?, signed))) else {
            return refuse(RefusalCode::ThirdPartyInvite);
        };
        let token_event = (self.get)(EventTypeNid::THIRD_PARTY_INVITE, token);
        let refusal = Refusal::new(RefusalCode::ThirdPartyInvite).blame(token_event);
        let Some(event) = token_event else { return Err(refusal) };
        let vouched = self.rules.table.sender(event) == Some(self.sender)
            && signed.mxid == Some(target)
            && facts.third_party_keys(event).is_some_and(|keys| is_signed(signed, keys));
        if vouched { Ok(()) } else { Err(refusal) }
    }
}

/// Whether the signature was made with any of the keys.
fn is_signed(signed: &Signed, keys: &ThirdPartyKeys) -> bool {
    let Some(signature) = &signed.signature else { return false };
    let mut message = String::new();
    let written = Members::read(&signed.text).and_then(|mut members| {
        members.retain(|key| key != "signatures" && key != "unsigned");
        members.write(&mut message)
    });
    written.is_ok() && keys.keys.iter().any(|key| ed25519::verify(key, message.as_bytes(), signature))
}
