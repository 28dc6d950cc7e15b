use super::*;
use crate::event::json::Reader;
use base64::Engine as _;

/// Reads one event of a type and hands over what is known of it.
fn read(kind: EventTypeNid, content: &str) -> (Facts, Strings, EventNid) {
    let mut strings = Strings::new(7);
    let mut facts = Facts::default();
    let nid = strings.intern_event("$redaction:here").unwrap();
    facts.read(nid, kind, Some(EventStateKeyNid::EMPTY), content, Some("$event:here"), &mut strings).unwrap();
    (facts, strings, nid)
}

fn levels(content: &str) -> (PowerLevels, Strings) {
    let (facts, strings, nid) = read(EventTypeNid::POWER_LEVELS, content);
    (facts.power_levels(nid).unwrap().clone(), strings)
}

#[test]
fn levels_are_what_python_reads_as_an_integer() {
    let absent: Result<Option<i64>, MalformedLevel> = Ok(None);
    for (text, level, strict) in [
        ("50", Ok(Some(50)), true),
        ("-7", Ok(Some(-7)), true),
        ("-0", Ok(Some(0)), true),
        ("9223372036854775807", Ok(Some(i64::MAX)), true),
        ("9223372036854775808", Ok(Some(i64::MAX)), true),
        ("-99999999999999999999999", Ok(Some(i64::MIN + 2)), true),
        ("-9223372036854775808", Ok(Some(i64::MIN + 2)), true),
        ("1.9", Ok(Some(1)), false),
        ("-1.9", Ok(Some(-1)), false),
        ("1e2", Ok(Some(100)), false),
        ("1E400", Err(MalformedLevel), false),
        ("true", Ok(Some(1)), false),
        ("false", Ok(Some(0)), false),
        ("null", absent, false),
        ("{}", Err(MalformedLevel), false),
        ("[50]", Err(MalformedLevel), false),
        (r#""50""#, Ok(Some(50)), false),
        (r#"" \t+0050\n ""#, Ok(Some(50)), false),
        (r#""\u00a0-1_000\u001f""#, Ok(Some(-1000)), false),
        (r#""1__0""#, Err(MalformedLevel), false),
        (r#""_1""#, Err(MalformedLevel), false),
        (r#""1_""#, Err(MalformedLevel), false),
        (r#""+-1""#, Err(MalformedLevel), false),
        (r#""1.0""#, Err(MalformedLevel), false),
        (r#""0x10""#, Err(MalformedLevel), false),
        (r#""""#, Err(MalformedLevel), false),
        (r#""-""#, Err(MalformedLevel), false),
        (r#""1 0""#, Err(MalformedLevel), false),
    ] {
        let (read, is_strict) = Level::read(&mut Reader::new(text)).unwrap();
        assert_eq!((read.looked_up(), is_strict), (level, strict), "{text}");
        let compared = match level {
            Ok(Some(level)) => Ok(level),
            _ => Err(MalformedLevel),
        };
        assert_eq!(read.compared(), compared, "{text}");
    }
    let digits = |count: usize| level::python_int(&"1".repeat(count));
    assert_eq!(digits(4300), Some(Level::MAX));
    assert_eq!(digits(4301), None);
}

#[test]
fn power_levels_are_found_by_key_and_the_last_of_two_counts() {
    let (levels, strings) = levels(
        r#"{"users":{"@x:y":1},"ban":"5","users":{"@b:h":50,"@a:h":100,"@b:h":7},"events":{"m.room.name":3},
            "users_default":"9","users_default":10,"notifications":{"room":20},"extra":"x","ban":6}"#,
    );
    let user = |id: &str| levels.users.get(strings.find_state_key(id).unwrap());
    assert_eq!(user("@a:h"), Some(Level::new(100)));
    assert_eq!(user("@b:h"), Some(Level::new(7)));
    assert_eq!(user("@x:y"), None);
    assert_eq!(levels.users.iter().len(), 2);
    assert_eq!(levels.events.get(strings.find_type("m.room.name").unwrap()), Some(Level::new(3)));
    assert_eq!(levels.notifications.get(strings.find_state_key("room").unwrap()), Some(Level::new(20)));
    assert_eq!(levels.named(LevelName::UsersDefault), Some(Level::new(10)));
    assert_eq!(levels.named(LevelName::Ban), Some(Level::new(6)));
    assert_eq!(levels.named(LevelName::Kick), None);
    assert_eq!(levels.not_an_integer(), None);
    assert_eq!(levels.not_a_user, None);
}

#[test]
fn power_levels_know_what_is_wrong_with_them() {
    for (content, field) in [
        (r#"{"kick":50}"#, None),
        (r#"{"kick":"50"}"#, Some("kick")),
        (r#"{"invite":null}"#, Some("invite")),
        (r#"{"ban":true}"#, Some("ban")),
        (r#"{"users":{"@a:h":1.0}}"#, Some("users")),
        (r#"{"users":{"@a:h":"1","@a:h":1}}"#, None),
        (r#"{"events":[]}"#, Some("events")),
        (r#"{"notifications":null}"#, Some("notifications")),
        (r#"{"other":"1","users":{}}"#, None),
    ] {
        assert_eq!(levels(content).0.not_an_integer(), field, "{content}");
    }
    assert!(levels(r#"{"users":[]}"#).0.users.is_malformed());
    assert!(!levels("{}").0.users.is_malformed());
    for (user, valid) in [("@a:h", true), ("@:", true), ("a:h", false), ("@a", false), ("", false)] {
        let (levels, strings) = levels(&format!(r#"{{"users":{{"{user}":1,"@z:h":2}}}}"#));
        let expected = if valid { None } else { strings.find_state_key(user) };
        assert_eq!(levels.not_a_user, expected, "{user}");
    }
}

#[test]
fn members_take_a_byte_and_the_rare_rest_a_map() {
    for (content, membership) in [
        (r#"{"membership":"join","displayname":"x"}"#, Membership::Join),
        (r#"{"membership":"l\u0065ave"}"#, Membership::Leave),
        (r#"{"membership":"join","membership":"ban"}"#, Membership::Ban),
        (r#"{"membership":"invite"}"#, Membership::Invite),
        (r#"{"membership":"knock"}"#, Membership::Knock),
        (r#"{"membership":"JOIN"}"#, Membership::Other),
        (r#"{"membership":5}"#, Membership::Other),
        (r#"{"membership":null}"#, Membership::Other),
        ("{}", Membership::Missing),
    ] {
        let (facts, _, nid) = read(EventTypeNid::MEMBER, content);
        assert_eq!(facts.membership(nid), membership, "{content}");
        assert_eq!(facts.authorised_via(nid), None);
        assert_eq!(facts.third_party_invite(nid), None);
    }
    let (mut facts, strings, nid) =
        read(EventTypeNid::MEMBER, r#"{"membership":"join","join_authorised_via_users_server":"@a:h"}"#);
    assert_eq!(facts.membership(nid), Membership::Join);
    assert_eq!(facts.authorised_via(nid), Some(AuthorisedVia::User(strings.find_state_key("@a:h").unwrap())));
    facts.forget(nid);
    assert_eq!((facts.membership(nid), facts.authorised_via(nid)), (Membership::Missing, None));
    for (value, via) in [("null", AuthorisedVia::Null), ("[]", AuthorisedVia::Malformed)] {
        let (facts, _, nid) = read(EventTypeNid::MEMBER, &format!(r#"{{"join_authorised_via_users_server":{value}}}"#));
        assert_eq!(facts.authorised_via(nid), Some(via));
    }
}

#[test]
fn third_party_invites_keep_what_is_signed() {
    let signature = "A".repeat(86);
    let signed = format!(
        r#"{{"token":"tok","mxid":"@u:h","signatures":{{"id.server":{{"ed25519:0":"{signature}","other:1":"x"}},"s":5}}}}"#
    );
    let (facts, strings, nid) = read(
        EventTypeNid::MEMBER,
        &format!(r#"{{"membership":"invite","third_party_invite":{{"display_name":"x","signed":{signed}}}}}"#),
    );
    assert_eq!(facts.membership(nid), Membership::Invite);
    let invite = facts.third_party_invite(nid).unwrap().signed.as_ref().unwrap();
    assert_eq!(invite.token, strings.find_state_key("tok"));
    assert_eq!(invite.mxid, strings.find_state_key("@u:h"));
    assert_eq!(invite.signature, Some([0; 64]));
    assert_eq!(&*invite.text, signed);
    for part in ["null", "{}", r#"{"signed":[]}"#, r#"{"signed":{"token":"t","mxid":"@u:h"}}"#] {
        let (facts, _, nid) = read(EventTypeNid::MEMBER, &format!(r#"{{"third_party_invite":{part}}}"#));
        assert_eq!(facts.third_party_invite(nid), Some(&ThirdPartyInvite { signed: None }), "{part}");
    }
    let key = "A".repeat(42) + "E";
    let (facts, _, nid) = read(
        EventTypeNid::THIRD_PARTY_INVITE,
        &format!(r#"{{"public_key":"{key}=","public_keys":[{{"public_key":"{key}"}},{{"public_key":"AA"}},7]}}"#),
    );
    let mut bytes = [0; 32];
    bytes[31] = 1;
    assert_eq!(&*facts.third_party_keys(nid).unwrap().keys, &[bytes, bytes]);
}

#[test]
fn the_first_signature_counts_wherever_it_stands() {
    let signature = |signatures: &str| {
        let signed = format!(r#"{{"token":"t","mxid":"@u:h","signatures":{{{signatures}}}}}"#);
        let content = format!(r#"{{"third_party_invite":{{"signed":{signed}}}}}"#);
        let (facts, _, nid) = read(EventTypeNid::MEMBER, &content);
        facts.third_party_invite(nid).unwrap().signed.as_ref().unwrap().signature
    };
    let [a, b] = ["A", "B"].map(|digit| digit.repeat(86));
    let zeros = Some([0; 64]);
    assert_eq!(signature(&format!(r#""x":{{"ed25519:0":"{a}","ed25519:1":"{b}"}}"#)), zeros);
    assert_eq!(signature(&format!(r#""x":{{"ed25519:1":"{b}","ed25519:0":"{a}"}}"#)), zeros);
    assert_eq!(signature(&format!(r#""y":{{"ed25519:0":"{b}"}},"x":{{"rsa:0":"{b}","ed25519:1":"{a}"}}"#)), zeros);
    assert_eq!(signature(&format!(r#""x":{{"ed25519:0":"x","ed25519:1":"{a}"}}"#)), None);
    assert_eq!(signature(r#""x":{"rsa:0":"x"},"y":5"#), None);
}

#[test]
fn keys_and_signatures_are_base64_of_either_alphabet() {
    let keys = |key: &str| {
        let (facts, _, nid) = read(EventTypeNid::THIRD_PARTY_INVITE, &format!(r#"{{"public_key":"{key}"}}"#));
        facts.third_party_keys(nid).unwrap().keys.to_vec()
    };
    let standard = "+/".repeat(21) + "8";
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(&standard).unwrap();
    for written in [&standard, &standard.replace('+', "-").replace('/', "_"), &standard.replace('+', "-")] {
        assert_eq!(keys(written), [<[u8; 32]>::try_from(&*bytes).unwrap()], "{written}");
        assert_eq!(keys(&format!("{written}=")), keys(&standard), "{written}");
        // Bits that are left over.
        assert_eq!(keys(&written.replace('8', "9")), keys(&standard), "{written}");
        for wrong in [format!("{written}A"), format!(" {written}"), format!("={written}"), written.replace('8', "")] {
            assert!(keys(&wrong).is_empty(), "{wrong}");
        }
    }
}

#[test]
fn join_rules_are_known_by_name() {
    for (content, rule) in [
        (r#"{"join_rule":"public"}"#, JoinRule::Public),
        (r#"{"join_rule":"invite"}"#, JoinRule::Invite),
        ("{}", JoinRule::Invite),
        (r#"{"join_rule":"knock"}"#, JoinRule::Knock),
        (r#"{"join_rule":"restricted","allow":[]}"#, JoinRule::Restricted),
        (r#"{"join_rule":"knock_restricted"}"#, JoinRule::KnockRestricted),
        (r#"{"join_rule":"private"}"#, JoinRule::Other),
        (r#"{"join_rule":null}"#, JoinRule::Other),
        (r#"{"join_rule":"public","join_rule":{}}"#, JoinRule::Other),
    ] {
        let (facts, _, nid) = read(EventTypeNid::JOIN_RULES, content);
        assert_eq!(facts.join_rule(nid), rule, "{content}");
    }
}

#[test]
fn a_redaction_knows_whether_its_target_is_of_its_own_server() {
    let (facts, ..) = read(EventTypeNid::REDACTION, "{}");
    assert_eq!(facts.redacts(EventNid::from_index(0)), Redacts::SameServer);
    for (named, redacts) in [
        (None, Redacts::Nothing),
        (Some("$x:here"), Redacts::SameServer),
        (Some("$x:here:443"), Redacts::OtherServer),
        (Some("$x:there"), Redacts::OtherServer),
        (Some("$x"), Redacts::Malformed),
    ] {
        assert_eq!(Redacts::read("$r:here", named), redacts, "{named:?}");
    }
}

#[test]
fn creates_are_read_whole() {
    let (facts, strings, nid) =
        read(EventTypeNid::CREATE, r#"{"creator":"@a:h","room_version":"9","m.federate":false}"#);
    let create = facts.create(nid).unwrap();
    assert_eq!(create.creator, Creator::Is(strings.find_state_key("@a:h").unwrap()));
    assert_eq!(create.room_version, VersionName::Is("9".into()));
    assert!(!create.federate);
    let (facts, _, nid) = read(EventTypeNid::CREATE, "{}");
    let create = facts.create(nid).unwrap();
    assert_eq!((create.creator, &create.room_version, create.federate), (Creator::Absent, &VersionName::Absent, true));
    assert_eq!(create.additional_creators, AdditionalCreators::Users(Box::default()));
    let (facts, _, nid) = read(EventTypeNid::CREATE, r#"{"creator":null,"room_version":9,"m.federate":"true"}"#);
    let create = facts.create(nid).unwrap();
    assert_eq!(
        (create.creator, &create.room_version, create.federate),
        (Creator::Malformed, &VersionName::Malformed, false)
    );
}

#[test]
fn additional_creators_are_valid_user_ids_or_malformed() {
    let (facts, strings, nid) =
        read(EventTypeNid::CREATE, r#"{"additional_creators":["@b:h.example:8448","@a:[::1]","@b:h.example:8448"]}"#);
    let create = facts.create(nid).unwrap();
    let user = |id: &str| strings.find_state_key(id).unwrap();
    assert!(create.names_creator(user("@b:h.example:8448")));
    assert!(create.names_creator(user("@a:[::1]")));
    assert!(!create.names_creator(EventStateKeyNid::EMPTY));
    let long = format!(r#"["@{}:h"]"#, "a".repeat(253));
    let longest = format!(r#"["@{}:h"]"#, "a".repeat(252));
    for (list, valid) in [
        ("[]", true),
        (longest.as_str(), true),
        (long.as_str(), false),
        ("null", false),
        (r#""@a:h""#, false),
        (r#"["@a:h",5]"#, false),
        (r#"["@a:h_h"]"#, false),
        (r#"["@a:"]"#, false),
        (r#"["@a:h:"]"#, false),
        (r#"["@a:h..h"]"#, false),
        (r#"["@a:[::1]:80"]"#, true),
        (r#"["@a:[::g]"]"#, false),
        (r#"["a:h"]"#, false),
        (r#"["@a"]"#, false),
    ] {
        let (facts, _, nid) = read(EventTypeNid::CREATE, &format!(r#"{{"additional_creators":{list}}}"#));
        let malformed = facts.create(nid).unwrap().additional_creators == AdditionalCreators::Malformed;
        assert_eq!(malformed, !valid, "{list}");
    }
}

#[test]
fn other_types_are_not_read_and_take_no_memory() {
    let (facts, strings, nid) = read(EventTypeNid::HISTORY_VISIBILITY, r#"{"membership":"join","creator":"@a:h"}"#);
    assert_eq!(facts.membership(nid), Membership::Missing);
    assert_eq!(strings.find_state_key("@a:h"), None);
    assert_eq!(facts.memory_bytes(), 0);
}

#[test]
fn a_forgotten_event_leaves_nothing_behind() {
    let (mut facts, _, nid) = read(EventTypeNid::POWER_LEVELS, r#"{"users":{"@a:h":100}}"#);
    assert!(facts.power_levels(nid).is_some());
    assert!(facts.memory_bytes() > size_of::<PowerLevels>());
    facts.forget(nid);
    assert!(facts.power_levels(nid).is_none());
    let (mut facts, _, nid) = read(EventTypeNid::CREATE, "{}");
    facts.forget(nid);
    assert!(facts.create(nid).is_none());
}
