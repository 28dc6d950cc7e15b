//! Who may join, invite, knock, leave, remove and ban.

use super::*;

/// Carol joins and sees what becomes of it after `lines`.
#[track_caller]
fn carol_joins(versions: &str, lines: &[&str], expected: &str) {
    let join = member("@carol:c", "@carol:c", "join");
    case(versions, &[lines, &[&join]].concat(), expected);
}

#[test]
fn public_rooms_let_everybody_join_but_the_banned() {
    let left = member("@carol:c", "@carol:c", "leave");
    let banned = member("@carol:c", "@alice:a", "ban");
    carol_joins(ALL, &[], "ok");
    carol_joins(ALL, &[&left], "ok");
    carol_joins(ALL, &[&banned], "banned");
    case(ALL, &[&member("@carol:c", "@bob:b", "join")], "join-for-another");
}

#[test]
fn invite_rooms_let_in_whom_they_invited() {
    let rule = join_rule("invite");
    let left = member("@carol:c", "@carol:c", "leave");
    let invited = member("@carol:c", "@bob:b", "invite");
    carol_joins(ALL, &[&rule], "ok");
    carol_joins(ALL, &[&rule, &left], "not-invited");
    carol_joins(ALL, &[&rule, &left, &invited], "ok");
    let knocked = member("@carol:c", "@carol:c", "knock");
    carol_joins("7 8 9 10 11 12", &[&rule, &knocked], "not-invited");
    let unspoken = r#"["$unspoken", "m.room.join_rules", "", "@alice:a", {}]"#;
    carol_joins(ALL, &[unspoken, &left], "not-invited");
    // Without join rules the room is an invite room.
    bare("10", &[BASE[0], BASE[1], &left, &member("@carol:c", "@carol:c", "join")], "not-invited");
}

#[test]
fn each_version_knows_its_join_rules() {
    let left = member("@carol:c", "@carol:c", "leave");
    for (rule, knows, asks) in [
        ("knock", "7 8 9 10 11 12", "not-invited"),
        ("restricted", "8 9 10 11 12", "no-authorising-user"),
        ("knock_restricted", "10 11 12", "no-authorising-user"),
        ("private", "", ""),
        ("else", "", ""),
    ] {
        let set = join_rule(rule);
        for version in ALL.split(' ') {
            if knows.split(' ').any(|known| known == version) {
                carol_joins(version, &[&set], "ok");
                carol_joins(version, &[&set, &left], asks);
            } else {
                // Not even those who are in may join again.
                carol_joins(version, &[&set], "join-rule");
                carol_joins(version, &[&set, &left], "join-rule");
            }
        }
    }
    let malformed = r#"["$rule", "m.room.join_rules", "", "@alice:a", {"join_rule":null}]"#;
    carol_joins(ALL, &[malformed], "join-rule");
}

#[test]
fn restricted_joins_are_vouched_for() {
    let rule = join_rule("restricted");
    let invite = levels("@alice:a", r#"{"users":{"@bob:b":50},"invite":50}"#);
    let via = |user: &str| {
        format!(
            r#"["$join", "m.room.member", "@erin:e", "@erin:e", {{"membership":"join","join_authorised_via_users_server":{user}}}]"#
        )
    };
    for rule in [rule, join_rule("knock_restricted")] {
        let versions = if rule.contains("knock") { "10 11 12" } else { "8 9 10 11 12" };
        let join = |user: &str, expected: &str| case(versions, &[&rule, &invite, &via(user)], expected);
        join(r#""@bob:b""#, "ok");
        join(r#""@carol:c""#, "authorising-user-level");
        join(r#""@frank:f""#, "authorising-user-not-joined");
        join(r#""@erin:e""#, "authorising-user-not-joined");
        join("null", "no-authorising-user");
        join("5", "authorising-user-not-joined");
        let banned = member("@erin:e", "@bob:b", "ban");
        case(versions, &[&rule, &invite, &banned, &via(r#""@bob:b""#)], "banned");
        let invited = member("@erin:e", "@bob:b", "invite");
        case(versions, &[&rule, &invite, &invited, &via(r#""@frank:f""#)], "ok");
    }
}

#[test]
fn the_creator_joins_first_whatever_the_state() {
    let create = r#"["$create", "m.room.create", "", "@alice:a", {"creator":"@zoe:z"}]"#;
    let join = |user: &str, sender: &str, prev: &str| {
        format!(r#"["$join", "m.room.member", "{user}", "{sender}", {{"membership":"join"}}, {{"prev":{prev}}}]"#)
    };
    for version in ALL.split(' ') {
        let creator = if RoomVersion::find(version).unwrap().implicit_room_creator { "@alice:a" } else { "@zoe:z" };
        let other = if creator == "@zoe:z" { "@alice:a" } else { "@zoe:z" };
        bare(version, &[create, &join(creator, creator, r#"["$create"]"#)], "ok");
        // The sender is not looked at: a rule that all servers have.
        bare(version, &[create, &join(creator, other, r#"["$create"]"#)], "ok");
        bare(version, &[create, &join(other, other, r#"["$create"]"#)], "not-invited");
        bare(version, &[create, &join(creator, creator, r#"["$create","$x"]"#)], "not-invited");
        bare(version, &[create, &join(creator, creator, r#"["$x"]"#)], "not-invited");
        let closed = create.replace('}', r#","m.federate":false}"#);
        bare(
            version,
            &[&closed, &join(creator, creator, r#"["$create"]"#)],
            if creator == "@zoe:z" { "not-federated" } else { "ok" },
        );
    }
}

#[test]
fn invites_need_the_level_and_somebody_to_invite() {
    case(ALL, &[&member("@erin:e", "@carol:c", "invite")], "ok");
    case(ALL, &[&member("@erin:e", "@frank:f", "invite")], "sender-not-joined");
    case(ALL, &[&member("@dave:d", "@carol:c", "invite")], "target-joined");
    let banned = member("@erin:e", "@bob:b", "ban");
    case(ALL, &[&banned, &member("@erin:e", "@alice:a", "invite")], "target-banned");
    let needed = levels("@alice:a", r#"{"users":{"@bob:b":50},"invite":50}"#);
    case(ALL, &[&needed, &member("@erin:e", "@bob:b", "invite")], "ok");
    case(ALL, &[&needed, &member("@erin:e", "@carol:c", "invite")], "invite-level");
}

#[test]
fn knocks_follow_the_rule_of_the_version() {
    let knock = member("@erin:e", "@erin:e", "knock");
    for version in ALL.split(' ') {
        let version_knows = RoomVersion::find(version).unwrap();
        let known = |known: bool| {
            if known {
                "ok"
            } else if version_knows.knock_join_rule {
                "knock-rule"
            } else {
                "unknown-membership"
            }
        };
        case(version, &[&join_rule("knock"), &knock], known(version_knows.knock_join_rule));
        case(version, &[&join_rule("knock_restricted"), &knock], known(version_knows.knock_restricted_join_rule));
        case(version, &[&join_rule("restricted"), &knock], known(false));
        case(version, &[&join_rule("public"), &knock], known(false));
    }
    let knocks = "7 8 9 10 11 12";
    let rule = join_rule("knock");
    case(knocks, &[&rule, &member("@erin:e", "@carol:c", "knock")], "knock-for-another");
    case(knocks, &[&rule, &member("@carol:c", "@carol:c", "knock")], "knock-while-joined");
    let invited = member("@erin:e", "@bob:b", "invite");
    case(knocks, &[&rule, &invited, &knock], "knock-while-invited");
    let banned = member("@erin:e", "@bob:b", "ban");
    case(knocks, &[&rule, &banned, &knock], "banned");
    case(knocks, &[&rule, &knock, &knock.replace("$m", "$again")], "ok");
}

#[test]
fn people_leave_by_themselves_or_are_removed_by_higher_levels() {
    case(ALL, &[&member("@carol:c", "@carol:c", "leave")], "ok");
    case(ALL, &[&member("@erin:e", "@erin:e", "leave")], "sender-not-joined");
    let invited = member("@erin:e", "@bob:b", "invite");
    case(ALL, &[&invited, &member("@erin:e", "@erin:e", "leave")], "ok");
    let knocked = member("@erin:e", "@erin:e", "knock");
    let leave = member("@erin:e", "@erin:e", "leave");
    case("1 2 3 4 5 6", &[&knocked, &leave], "sender-not-joined");
    case("7 8 9 10 11 12", &[&knocked, &leave], "ok");

    case(ALL, &[&member("@carol:c", "@bob:b", "leave")], "ok");
    case(ALL, &[&invited, &member("@erin:e", "@bob:b", "leave")], "ok");
    case(ALL, &[&member("@carol:c", "@dave:d", "leave")], "kick-level");
    case(ALL, &[&member("@bob:b", "@bob:b", "leave"), &member("@carol:c", "@bob:b", "leave")], "sender-not-joined");
    case(ALL, &[&member("@alice:a", "@bob:b", "leave")], "kick-target-level");
    let equals = levels("@alice:a", r#"{"users":{"@bob:b":50,"@dave:d":50}}"#);
    case(ALL, &[&equals, &member("@dave:d", "@bob:b", "leave")], "kick-target-level");
    let kick = levels("@alice:a", r#"{"users":{"@bob:b":50,"@dave:d":30},"kick":51}"#);
    case(ALL, &[&kick, &member("@dave:d", "@bob:b", "leave")], "kick-level");
}

#[test]
fn bans_are_put_and_lifted_by_level() {
    case(ALL, &[&member("@carol:c", "@bob:b", "ban")], "ok");
    case(ALL, &[&member("@erin:e", "@bob:b", "ban")], "ok");
    case(ALL, &[&member("@carol:c", "@dave:d", "ban")], "ban-level");
    case(ALL, &[&member("@alice:a", "@bob:b", "ban")], "ban-target-level");
    case(ALL, &[&member("@bob:b", "@bob:b", "ban")], "ban-target-level");
    case(ALL, &[&member("@carol:c", "@erin:e", "ban")], "sender-not-joined");

    let banned = member("@carol:c", "@bob:b", "ban");
    case(ALL, &[&banned, &member("@carol:c", "@bob:b", "leave")], "ok");
    case(ALL, &[&banned, &member("@carol:c", "@dave:d", "leave")], "unban-level");
    case(ALL, &[&banned, &member("@carol:c", "@carol:c", "leave")], "sender-not-joined");
    // Lifting a ban is a removal too: the level to kick is needed as well, and one above the target's.
    let kick = levels("@alice:a", r#"{"users":{"@bob:b":50},"kick":60}"#);
    case(ALL, &[&banned, &kick, &member("@carol:c", "@bob:b", "leave")], "kick-level");
    let equals = levels("@alice:a", r#"{"users":{"@bob:b":50,"@carol:c":50}}"#);
    case(ALL, &[&banned, &equals, &member("@carol:c", "@bob:b", "leave")], "kick-target-level");
}

#[test]
fn creators_of_version_12_stand_above_all() {
    let ada = member("@ada:a", "@ada:a", "join");
    let high = levels("@alice:a", r#"{"users":{"@bob:b":9007199254740991}}"#);
    case("12", &[&ada, &high, &member("@bob:b", "@ada:a", "ban")], "ok");
    case("12", &[&ada, &high, &member("@ada:a", "@bob:b", "ban")], "ban-target-level");
    case("12", &[&ada, &high, &member("@ada:a", "@alice:a", "ban")], "ban-target-level");
    // In version 11 additional creators are nobody.
    let create = BASE_12[0].replace("12", "11");
    bare("11", &[&create, BASE[1], BASE[2], BASE[4], &ada, &member("@bob:b", "@ada:a", "ban")], "ban-level");
}

#[test]
fn member_events_that_are_not_one_are_refused() {
    case(ALL, &[r#"["$x", "m.room.member", null, "@bob:b", {"membership":"join"}]"#], "no-state-key");
    case(ALL, &[r#"["$x", "m.room.member", "@bob:b", "@bob:b", {}]"#], "no-membership");
    case(ALL, &[r#"["$x", "m.room.member", "@bob:b", "@bob:b", {"membership":"sleep"}]"#], "unknown-membership");
    case(ALL, &[r#"["$x", "m.room.member", "@bob:b", "@bob:b", {"membership":["join"]}]"#], "unknown-membership");
    case(ALL, &[r#"["$x", "m.room.member", "nobody", "@bob:b", {"membership":"invite"}]"#], "not-a-user-id");
    case(ALL, &[r#"["$x", "m.room.member", "", "@bob:b", {"membership":"invite"}]"#], "not-a-user-id");
}

#[test]
fn closed_rooms_keep_other_servers_out() {
    let lines = |federate: &str, rest: &[&str], expected: &str| {
        let create = format!(
            r#"["$create", "m.room.create", "", "@alice:a", {{"creator":"@alice:a","m.federate":{federate}}}]"#
        );
        let all: Vec<&str> =
            [create.as_str()].into_iter().chain(BASE[1..].iter().copied()).chain(rest.iter().copied()).collect();
        for version in ALL.split(' ') {
            bare(version, &all, expected);
        }
    };
    let local = member("@anna:a", "@anna:a", "join");
    let remote = member("@erin:e", "@erin:e", "join");
    let invite = member("@erin:e", "@alice:a", "invite");
    let message = r#"["$x", "m.room.message", null, "@bob:b", {}]"#;
    for federate in ["false", "null", r#""true""#, "1"] {
        lines(federate, &[&local], "ok");
        lines(federate, &[&remote], "not-federated");
        lines(federate, &[&invite], "not-federated");
        lines(federate, &[message], "not-federated");
    }
    lines("true", &[&remote], "ok");
    lines("true", &[message], "ok");
}

#[test]
fn third_party_invites_answer_a_token() {
    let (key, signed) = super::signed_invite();
    let token = |sender: &str, key: &str| {
        format!(r#"["$token", "m.room.third_party_invite", "token", "{sender}", {{"public_key":"{key}"}}]"#)
    };
    let invite = |target: &str, sender: &str, signed: &str| {
        format!(
            r#"["$invite", "m.room.member", "{target}", "{sender}", {{"membership":"invite","third_party_invite":{{"signed":{signed}}}}}]"#
        )
    };
    let good = invite("@erin:e", "@carol:c", &signed);
    case(ALL, &[&token("@carol:c", &key), &good], "ok");
    // The level to invite was asked for when the token was sent, and is not asked again.
    let needed = levels("@alice:a", r#"{"users":{"@bob:b":50},"invite":50}"#);
    case(ALL, &[&token("@carol:c", &key), &needed, &good], "ok");
    // Nor whether the sender is still in the room.
    case(ALL, &[&token("@carol:c", &key), &member("@carol:c", "@carol:c", "leave"), &good], "ok");

    case(ALL, &[&good], "third-party-invite");
    case(ALL, &[&token("@dave:d", &key), &good], "third-party-invite");
    case(ALL, &[&token("@carol:c", &"A".repeat(43)), &good], "third-party-invite");
    case(ALL, &[&token("@carol:c", "none"), &good], "third-party-invite");
    case(ALL, &[&token("@carol:c", &key), &invite("@frank:f", "@carol:c", &signed)], "third-party-invite");
    let forged = signed.replace("erin", "erik");
    case(ALL, &[&token("@carol:c", &key), &invite("@erik:e", "@carol:c", &forged)], "third-party-invite");
    for signed in ["null", "{}", r#"{"mxid":"@erin:e","token":5,"signatures":{}}"#] {
        case(ALL, &[&token("@carol:c", &key), &invite("@erin:e", "@carol:c", signed)], "third-party-invite");
    }
    let banned = member("@erin:e", "@bob:b", "ban");
    case(ALL, &[&token("@carol:c", &key), &banned, &good], "target-banned");
}
