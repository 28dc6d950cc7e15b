//! Events that are neither members nor power levels.

use super::*;

#[test]
fn members_alone_send_events() {
    case(ALL, &[r#"["$x", "m.room.message", null, "@carol:c", {}]"#], "ok");
    case(ALL, &[r#"["$x", "m.room.message", null, "@erin:e", {}]"#], "sender-not-joined");
    let invited = member("@erin:e", "@bob:b", "invite");
    case(ALL, &[&invited, r#"["$x", "m.room.message", null, "@erin:e", {}]"#], "sender-not-joined");
    bare("9", &[BASE[1], r#"["$x", "m.room.message", null, "@alice:a", {}]"#], "no-create-event");
    case(ALL, &[r#"["$x", "m.room.create", "", "@erin:e", {}]"#], "ok");
}

#[test]
fn levels_by_type_then_by_default() {
    let set = levels(
        "@alice:a",
        r#"{"users":{"@bob:b":50},"events":{"t":60,"free":-1},"events_default":10,"state_default":40,"users_default":5}"#,
    );
    for (kind, key, sender, expected) in [
        ("t", "null", "@alice:a", "send-level"),
        ("t", "null", "@bob:b", "send-level"),
        ("free", "null", "@carol:c", "ok"),
        ("free", r#""""#, "@carol:c", "ok"),
        ("other", "null", "@bob:b", "ok"),
        ("other", "null", "@carol:c", "send-level"),
        ("other", r#""""#, "@bob:b", "ok"),
        ("other", r#""""#, "@carol:c", "send-level"),
    ] {
        let event = format!(r#"["$x", "{kind}", {key}, "{sender}", {{}}]"#);
        case("1 2 3 4 5 6 7 8 9 10 11", &[&set, &event], expected);
        // Alice has the default here, and is above all levels in version 12.
        case("12", &[&set, &event], if sender == "@alice:a" { "ok" } else { expected });
    }
    for version in ALL.split(' ') {
        let base = if version == "12" { BASE_12 } else { BASE };
        let state = |sender: &str| format!(r#"["$x", "m.room.name", "", "{sender}", {{}}]"#);
        let without = |event: &str, expected: &str| bare(version, &[base[0], base[1], base[4], event], expected);
        without(&state("@alice:a"), "ok");
        without(&state("@bob:b"), "send-level");
        without(r#"["$x", "m.room.message", null, "@bob:b", {}]"#, "ok");
    }
}

#[test]
fn state_under_a_user_id_is_that_users() {
    let alice =
        |key: &str, expected: &str| case(ALL, &[&format!(r#"["$x", "t", "{key}", "@alice:a", {{}}]"#)], expected);
    alice("@alice:a", "ok");
    alice("@bob:b", "state-key-of-another");
    alice("@", "state-key-of-another");
    alice("@alice:a_x", "state-key-of-another");
    alice("alice", "ok");
    alice("", "ok");
}

#[test]
fn aliases_have_a_rule_of_their_own_until_version_5() {
    let aliases = |key: &str, sender: &str| format!(r#"["$x", "m.room.aliases", {key}, "{sender}", {{}}]"#);
    let old = "1 2 3 4 5";
    // Not even membership is asked for.
    case(old, &[&aliases(r#""e""#, "@erin:e")], "ok");
    case(old, &[&aliases(r#""c""#, "@carol:c")], "ok");
    case(old, &[&aliases(r#""a""#, "@carol:c")], "aliases-state-key");
    case(old, &[&aliases(r#""""#, "@carol:c")], "aliases-state-key");
    case(old, &[&aliases("null", "@carol:c")], "aliases-state-key");
    let new = "6 7 8 9 10 11 12";
    case(new, &[&aliases(r#""e""#, "@erin:e")], "sender-not-joined");
    case(new, &[&aliases(r#""c""#, "@carol:c")], "send-level");
    case(new, &[&aliases(r#""a""#, "@bob:b")], "ok");
}

#[test]
fn tokens_need_the_level_to_invite_alone() {
    let token = |sender: &str| format!(r#"["$x", "m.room.third_party_invite", "tok", "{sender}", {{}}]"#);
    case(ALL, &[&token("@carol:c")], "ok");
    case(ALL, &[&token("@erin:e")], "sender-not-joined");
    let needed = levels("@alice:a", r#"{"users":{"@bob:b":50},"invite":50,"events":{"m.room.third_party_invite":99}}"#);
    case(ALL, &[&needed, &token("@bob:b")], "ok");
    case(ALL, &[&needed, &token("@carol:c")], "invite-level");
}

#[test]
fn redactions_are_checked_here_in_versions_1_and_2_alone() {
    let redaction = |sender: &str, redacts: &str| {
        format!(r#"["$x:c", "m.room.redaction", null, "{sender}", {{}}, {{"redacts":{redacts}}}]"#)
    };
    case("1 2", &[&redaction("@carol:c", r#""$y:c""#)], "ok");
    case("1 2", &[&redaction("@carol:c", r#""$y:b""#)], "redact-level");
    case("1 2", &[&redaction("@carol:c", r#""$y""#)], "redact-level");
    case("1 2", &[&redaction("@carol:c", "null")], "ok");
    case("1 2", &[&redaction("@bob:b", r#""$y:a""#)], "ok");
    case("3 4 5 6 7 8 9 10 11 12", &[&redaction("@carol:c", r#""$y""#)], "ok");
    let needed = levels("@alice:a", r#"{"users":{"@bob:b":50},"redact":51}"#);
    case("1 2", &[&needed, &redaction("@bob:b", r#""$y:a""#)], "redact-level");
    let sent = levels("@alice:a", r#"{"users":{},"events":{"m.room.redaction":1}}"#);
    case("1 2 3 4 5 6 7 8 9 10 11 12", &[&sent, &redaction("@carol:c", r#""$y:c""#)], "send-level");
}
