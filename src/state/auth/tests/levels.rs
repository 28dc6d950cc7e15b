//! Power levels: who may change them, and to what.

use super::*;

/// Bob (50) replaces `old` by `new`.
#[track_caller]
fn bob_changes(versions: &str, old: &str, new: &str, expected: &str) {
    case(versions, &[&levels("@alice:a", old), &levels("@bob:b", new)], expected);
}

#[test]
fn nobody_gives_or_takes_more_than_they_have() {
    let open = r#"{"users":{"@bob:b":50}"#;
    for key in LevelName::ALL.map(LevelName::key) {
        let with = |level: i64| format!(r#"{open},"{key}":{level}}}"#);
        let without = format!("{open}}}");
        // Levels that would keep bob from sending the event at all are seen to elsewhere.
        bob_changes(ALL, &without, &with(50), "ok");
        bob_changes(ALL, &without, &with(51), "level-above-own");
        bob_changes(ALL, &with(50), &without, "ok");
        bob_changes(ALL, &with(50), &with(-5), "ok");
        bob_changes(ALL, &with(10), &with(60), "level-above-own");
        if key != "state_default" {
            bob_changes(ALL, &with(51), &without, "level-above-own");
            bob_changes(ALL, &with(60), &with(10), "level-above-own");
            bob_changes(ALL, &with(60), &with(60), "ok");
        }
    }
    for map in ["events", "notifications"] {
        let versions = if map == "events" { ALL } else { "6 7 8 9 10 11 12" };
        let with = |level: i64| format!(r#"{open},"{map}":{{"x":1,"y":{level}}}}}"#);
        let without = format!(r#"{open},"{map}":{{"x":1}}}}"#);
        bob_changes(versions, &without, &with(50), "ok");
        bob_changes(versions, &without, &with(51), "level-above-own");
        bob_changes(versions, &with(50), &without, "ok");
        bob_changes(versions, &with(51), &without, "level-above-own");
        bob_changes(versions, &with(60), &with(50), "level-above-own");
        bob_changes(versions, &with(60), &with(60), "ok");
        if map == "notifications" {
            bob_changes("1 2 3 4 5", &with(60), &with(70), "ok");
        }
    }
}

#[test]
fn equals_are_left_alone_and_oneself_is_not() {
    let users = |users: &str| format!(r#"{{"users":{{{users}}}}}"#);
    let old = users(r#""@bob:b":50,"@carol:c":50,"@dave:d":49"#);
    let bob = |new: &str, expected: &str| bob_changes(ALL, &old, &users(new), expected);
    bob(r#""@bob:b":50,"@carol:c":50,"@dave:d":50"#, "ok");
    bob(r#""@bob:b":50,"@carol:c":50"#, "ok");
    bob(r#""@bob:b":50,"@carol:c":49,"@dave:d":49"#, "level-of-equal");
    bob(r#""@bob:b":50,"@dave:d":49"#, "level-of-equal");
    bob(r#""@bob:b":0,"@carol:c":50,"@dave:d":49"#, "ok");
    bob(r#""@carol:c":50,"@dave:d":49"#, "ok");
    bob(r#""@bob:b":51,"@carol:c":50,"@dave:d":49"#, "level-above-own");
    bob(r#""@bob:b":50,"@carol:c":50,"@dave:d":51"#, "level-above-own");
    bob(r#""@bob:b":50,"@carol:c":50,"@dave:d":49,"@new:n":50"#, "ok");
    bob(r#""@bob:b":50,"@carol:c":50,"@dave:d":49,"@new:n":51"#, "level-above-own");
}

#[test]
fn the_first_power_levels_are_free() {
    let first = levels("@alice:a", r#"{"users":{"@bob:b":1000},"ban":-7,"state_default":100}"#);
    for version in ALL.split(' ') {
        let base = if version == "12" { BASE_12 } else { BASE };
        bare(version, &[base[0], base[1], &first], "ok");
        // Without power levels state needs 50, which the creator alone has.
        bare(version, &[base[0], base[1], base[4], &levels("@bob:b", "{}")], "send-level");
    }
    // Under another key they have no predecessor.
    case(ALL, &[r#"["$x", "m.room.power_levels", "x", "@bob:b", {"users":{"@bob:b":99}}]"#], "ok");
    case(ALL, &[r#"["$x", "m.room.power_levels", null, "@bob:b", {"users":{}}]"#], "no-state-key");
}

#[test]
fn users_are_user_ids_with_levels() {
    let alice = |content: &str, expected: &str| case(ALL, &[&levels("@alice:a", content)], expected);
    alice(r#"{"users":{"nobody":1}}"#, "power-levels-bad-user");
    alice(r#"{"users":{"@nobody":1}}"#, "power-levels-bad-user");
    alice(r#"{"users":[]}"#, "power-levels-bad-level");
    alice(r#"{"users":null}"#, "power-levels-bad-level");
    alice(r#"{"users":{"@bob:b":null}}"#, "power-levels-bad-level");
    alice(r#"{"users":{"@bob:b":"high"}}"#, "power-levels-bad-level");
    alice(r#"{"users":{"@bob:b":{}}}"#, "power-levels-bad-level");
}

#[test]
fn levels_are_integers_from_version_10_on() {
    let (old, new) = ("1 2 3 4 5 6 7 8 9", "10 11 12");
    for content in [
        r#"{"users":{"@bob:b":"7"}}"#,
        r#"{"users":{"@bob:b":7.5}}"#,
        r#"{"users":{"@bob:b":true}}"#,
        r#"{"users":{"@bob:b":50},"kick":"7"}"#,
        r#"{"users":{"@bob:b":50},"events":{"x":" 7 "}}"#,
        r#"{"users":{"@bob:b":50},"notifications":{"room":"7"}}"#,
    ] {
        let lines = levels("@alice:a", content);
        let at_first = |versions: &str, expected: &str| {
            for version in versions.split(' ') {
                let base = if version == "12" { BASE_12 } else { BASE };
                bare(version, &[base[0], base[1], &lines], expected);
            }
        };
        case(old, &[&levels("@alice:a", r#"{"users":{"@alice:a":100,"@bob:b":50}}"#), &lines], "ok");
        case(new, &[&lines], "power-levels-not-integers");
        at_first(old, "ok");
        at_first(new, "power-levels-not-integers");
    }
    case(new, &[&levels("@alice:a", r#"{"users":{},"notifications":[]}"#)], "power-levels-not-integers");
    case(new, &[&levels("@alice:a", r#"{"users":{},"ban":null}"#)], "power-levels-not-integers");
    // A level says the same as a string: nothing changes.
    bob_changes(old, r#"{"users":{"@bob:b":50},"ban":60}"#, r#"{"users":{"@bob:b":"50"},"ban":" +60"}"#, "ok");
}

#[test]
fn creators_of_version_12_are_not_listed() {
    let alice = |content: &str, expected: &str| case("12", &[&levels("@alice:a", content)], expected);
    alice(r#"{"users":{"@alice:a":100}}"#, "power-levels-name-creator");
    alice(r#"{"users":{"@ada:a":100}}"#, "power-levels-name-creator");
    alice(r#"{"users":{"@bob:b":9007199254740991}}"#, "ok");
    case("11", &[&levels("@alice:a", r#"{"users":{"@alice:a":100}}"#)], "ok");
}

#[test]
fn power_levels_that_cannot_be_read_stop_what_needs_them() {
    // They can only have got there as a room's first, before version 10.
    let broken = |content: &str, event: &str, expected: &str| {
        case("1 2 3 4 5 6 7 8 9", &[&levels("@alice:a", content), event], expected);
    };
    let malformed = "malformed-power-levels";
    let name = r#"["$x", "m.room.name", "", "@bob:b", {}]"#;
    let message = r#"["$x", "m.room.message", null, "@bob:b", {}]"#;
    let users = r#""users":{"@alice:a":100,"@bob:b":50}"#;
    broken(&format!(r#"{{{users},"events":{{"m.room.name":"x"}}}}"#), name, malformed);
    broken(&format!(r#"{{{users},"events":{{"m.room.name":"x"}}}}"#), message, "ok");
    broken(&format!(r#"{{{users},"events":{{"m.room.name":null}}}}"#), name, "ok");
    broken(&format!(r#"{{{users},"events":[]}}"#), message, malformed);
    broken(&format!(r#"{{{users},"state_default":null}}"#), name, malformed);
    broken(&format!(r#"{{{users},"state_default":null}}"#), message, "ok");
    broken(r#"{"users_default":"x"}"#, message, malformed);
    broken(r#"{"users_default":null}"#, message, "ok");
    broken(&format!(r#"{{{users},"ban":"x"}}"#), &member("@carol:c", "@carol:c", "leave"), malformed);
    broken(&format!(r#"{{{users},"ban":null}}"#), &member("@carol:c", "@bob:b", "ban"), "ok");
    broken(&format!(r#"{{{users},"ban":"x"}}"#), message, "ok");
    broken(&format!(r#"{{{users},"ban":"x"}}"#), &levels("@bob:b", r#"{"users":{}}"#), malformed);
    broken(
        &format!("{{{users}}}"),
        &levels("@bob:b", &format!(r#"{{{users},"kick":null}}"#)),
        "power-levels-bad-level",
    );
    // What Python finds no keys in is compared like an empty map.
    for (map, value, expected) in [
        ("events", "[ ]", "ok"),
        ("events", r#""""#, "ok"),
        ("notifications", "[]", "ok"),
        ("events", "[0]", "power-levels-bad-level"),
        ("events", r#"" ""#, "power-levels-bad-level"),
        ("events", "0", "power-levels-bad-level"),
        ("users", "[]", "power-levels-bad-level"),
    ] {
        let odd = format!(r#"{{{users},"{map}":{value}}}"#);
        broken(&format!("{{{users}}}"), &levels("@bob:b", &odd), expected);
        if map != "users" {
            let sent = if map == "notifications" { "ok" } else { malformed };
            broken(&odd, message, sent);
        }
    }
    broken(&format!(r#"{{{users},"notifications":[]}}"#), &levels("@bob:b", &format!("{{{users}}}")), "ok");
}

#[test]
fn levels_of_users_are_listed_default_or_by_creation() {
    let level = |version: &str, lines: &[&str], user: &str, create: bool, power: bool| {
        let world = World::new(version, lines);
        let nid = |id: &str| Some(world.nid(id));
        let user = world.strings.find_state_key(user).unwrap();
        let rules = world.rules();
        rules.user_level(user, if create { nid("$create") } else { None }, if power { nid("$levels") } else { None })
    };
    for version in ALL.split(' ') {
        let is_12 = version == "12";
        let base = if is_12 { BASE_12 } else { BASE };
        let creator = if is_12 { CREATOR_LEVEL } else { 100 };
        assert_eq!(level(version, base, "@alice:a", true, true), Ok(creator));
        assert_eq!(level(version, base, "@alice:a", true, false), Ok(creator));
        assert_eq!(level(version, base, "@alice:a", false, false), Ok(0));
        assert_eq!(level(version, base, "@bob:b", true, true), Ok(50));
        assert_eq!(level(version, base, "@bob:b", true, false), Ok(0));
        assert_eq!(level(version, base, "@carol:c", true, true), Ok(0));
    }
    let default = [BASE[0], r#"["$levels", "m.room.power_levels", "", "@alice:a", {"users_default":7}]"#];
    assert_eq!(level("9", &default, "@alice:a", true, true), Ok(7));
    let named = [r#"["$create", "m.room.create", "", "@alice:a", {"creator":"@bob:b"}]"#, BASE[4]];
    assert_eq!(level("10", &named, "@bob:b", true, false), Ok(100));
    assert_eq!(level("10", &named, "@alice:a", true, false), Ok(0));
    assert_eq!(level("11", &named, "@alice:a", true, false), Ok(100));
    assert_eq!(level("11", &named, "@bob:b", true, false), Ok(0));
}

#[test]
fn resolution_sorts_by_the_level_in_an_events_own_auth_events() {
    let name = |sender: &str, auth: &str| format!(r#"["$x", "m.room.name", "", "{sender}", {{}}, {{"auth":{auth}}}]"#);
    let sort = |version: &str, line: &str| {
        let base = if version == "12" { BASE_12 } else { BASE };
        let world = World::new(version, &[base, &[line]].concat());
        world.rules().sort_level(world.nid("$x"))
    };
    let auth = r#"["$create","$levels","$bob"]"#;
    assert_eq!(sort("11", &name("@bob:b", auth)), 50);
    assert_eq!(sort("11", &name("@carol:c", auth)), 0);
    assert_eq!(sort("11", &name("@alice:a", r#"["$create"]"#)), 100);
    assert_eq!(sort("11", &name("@alice:a", "[]")), 0);
    assert_eq!(sort("11", &name("@bob:b", r#"["$levels","$not-held"]"#)), 50);
    assert_eq!(sort("12", &name("@alice:a", "[]")), CREATOR_LEVEL);
    assert_eq!(sort("12", &name("@bob:b", r#"["$levels"]"#)), 50);
    assert_eq!(sort("12", &name("@bob:b", "[]")), 0);
}
