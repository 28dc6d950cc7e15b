//! Refusals say who, what, by how much, and on account of which event.

use super::*;

fn words(version: &str, lines: &[&str]) -> String {
    let base = if version == "12" { BASE_12 } else { BASE };
    let world = World::new(version, &[base, lines].concat());
    let event = *world.events.last().unwrap();
    let refusal = world.last().and(world.rules().state_independent(event)).unwrap_err();
    refusal.describe(event, &world.table, &world.strings)
}

#[test]
fn levels_and_the_event_that_set_them_are_named() {
    let name = r#"["$x", "m.room.name", "", "@carol:c", {}]"#;
    assert_eq!(
        words("10", &[name]),
        "@carol:c needs power level 50 to send m.room.name, and has 0 (power levels $levels)"
    );
    let world = World::new("10", &[BASE[0], BASE[1], BASE[5], name]);
    let refusal = world.last().unwrap_err();
    assert_eq!(refusal.levels, Some(LevelGap { needed: 50, had: 0 }));
    assert_eq!(
        refusal.describe(world.nid("$x"), &world.table, &world.strings),
        "@carol:c needs power level 50 to send m.room.name, and has 0 (there are no power levels)"
    );
    assert_eq!(
        words("10", &[&member("@alice:a", "@bob:b", "ban")]),
        "@bob:b has power level 50 and cannot ban @alice:a, who has 100 (power levels $levels)"
    );
    assert_eq!(
        words("10", &[&levels("@bob:b", r#"{"users":{"@alice:a":100,"@bob:b":50},"ban":70}"#)]),
        "@bob:b has power level 50 and cannot give or take 70 as ban (before: $levels)"
    );
    assert_eq!(
        words("10", &[&levels("@bob:b", r#"{"users":{"@alice:a":100,"@bob:b":50},"events":{"m.x":70}}"#)]),
        "@bob:b has power level 50 and cannot give or take 70 for m.x (before: $levels)"
    );
}

#[test]
fn the_ban_the_leave_and_the_join_rules_are_named() {
    let banned = member("@carol:c", "@alice:a", "ban");
    assert_eq!(
        words("10", &[&banned, &member("@carol:c", "@carol:c", "join")]),
        "@carol:c is banned ($m-@carol:c-@alice:a-ban)"
    );
    assert_eq!(
        words("10", &[&banned, r#"["$x", "m.room.message", null, "@carol:c", {}]"#]),
        "@carol:c is not in the room (banned: $m-@carol:c-@alice:a-ban)"
    );
    let kicked = member("@carol:c", "@alice:a", "leave");
    assert_eq!(
        words("10", &[&kicked, r#"["$x", "m.room.message", null, "@carol:c", {}]"#]),
        "@carol:c is not in the room (removed: $m-@carol:c-@alice:a-leave)"
    );
    assert_eq!(words("10", &[r#"["$x", "m.room.message", null, "@erin:e", {}]"#]), "@erin:e is not in the room");
    assert_eq!(
        words("10", &[&join_rule("invite"), &member("@erin:e", "@erin:e", "join")]),
        "@erin:e has not been invited, and the room asks for it (join rules $rule-invite)"
    );
}

#[test]
fn lists_name_the_event_and_the_slot() {
    let message = |auth: &str| format!(r#"["$x", "m.room.message", null, "@bob:b", {{}}, {{"auth":{auth}}}]"#);
    assert_eq!(
        words("10", &[&message(r#"["$create","$carol"]"#)]),
        "auth event $carol sets m.room.member of @carol:c, which has no say in whether this event is allowed"
    );
    assert_eq!(
        words("12", &[&message(r#"["$create"]"#)]),
        "the create event $create is named among the auth events, where this room version implies it"
    );
}

#[test]
fn every_code_has_words() {
    let world = World::new("10", &[BASE, &[&*member("@carol:c", "@bob:b", "invite")]].concat());
    let event = *world.events.last().unwrap();
    let user = Subject::User(world.strings.find_state_key("@dave:d").unwrap());
    for &rule in RefusalCode::ALL {
        for (blame, subject) in [(None, Subject::Nothing), (Some(world.nid("$levels")), user)] {
            let refusal = Refusal::new(rule).blame(blame).about(subject).levels(7, 3);
            let words = refusal.describe(event, &world.table, &world.strings);
            assert!(words.len() > 20 && !words.contains("  "), "{}: {words}", rule.code());
        }
    }
}
