//! What needs no state: create events, lists of auth events, the slots they may set, sizes, power events.

use super::*;

fn independent(version: &str, lines: &[&str]) -> &'static str {
    let world = World::new(version, lines);
    let outcome = world.rules().state_independent(*world.events.last().unwrap());
    outcome.map_or_else(|refusal| refusal.rule.code(), |()| "ok")
}

/// A message by bob with these auth events, after the base room and `before`.
#[track_caller]
fn list(versions: &str, before: &[&str], auth: &str, expected: &str) {
    let message = format!(r#"["$x", "m.room.message", null, "@bob:b", {{}}, {{"auth":{auth}}}]"#);
    for version in versions.split(' ') {
        let lines: Vec<&str> = BASE.iter().chain(before).copied().chain([message.as_str()]).collect();
        assert_eq!(independent(version, &lines), expected, "version {version}: {auth}");
    }
}

const BEFORE_12: &str = "1 2 3 4 5 6 7 8 9 10 11";

#[test]
fn auth_events_set_each_expected_slot_at_most_once() {
    list(BEFORE_12, &[], r#"["$create","$levels","$bob"]"#, "ok");
    list(BEFORE_12, &[], r#"["$bob","$create"]"#, "ok");
    list(BEFORE_12, &[], r#"["$create","$levels","$bob","$bob"]"#, "duplicate-auth-event");
    let again = r#"["$again", "m.room.member", "@bob:b", "@bob:b", {"membership":"join"}]"#;
    list(BEFORE_12, &[again], r#"["$create","$again","$bob"]"#, "duplicate-auth-event");
    list(BEFORE_12, &[], r#"["$create","$bob","$carol"]"#, "unexpected-auth-event");
    list(BEFORE_12, &[], r#"["$create","$bob","$rules"]"#, "unexpected-auth-event");
    let message = r#"["$m", "m.room.message", null, "@bob:b", {}]"#;
    list(ALL, &[message], r#"["$bob","$m"]"#, "unexpected-auth-event");
    list(ALL, &[], r#"["$bob","$gone"]"#, "missing-auth-event");
}

/// Each slot that is asked for has the auth event that the event names for it, the implied create event among them; what
/// was noted for another event is gone.
#[test]
fn what_an_event_names_is_found_slot_by_slot() {
    for (version, create) in [("9", r#""$create","#), ("12", "")] {
        let mut slots = AuthSlots::default();
        let rest = format!(r#"["$x", "m.room.message", null, "@bob:b", {{}}, {{"auth":[{create}"$bob"]}}]"#);
        let all = format!(r#"["$y", "m.room.message", null, "@bob:b", {{}}, {{"auth":["$bob",{create}"$levels"]}}]"#);
        let world = World::new(version, &[BASE, &[&all, &rest]].concat());
        let bob = world.table.sender(world.nid("$x")).unwrap();
        let asked = [
            (EventTypeNid::CREATE, EventStateKeyNid::EMPTY),
            (EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY),
            (EventTypeNid::MEMBER, bob),
        ];
        for (event, named) in
            [("$y", [Some("$create"), Some("$levels"), Some("$bob")]), ("$x", [Some("$create"), None, Some("$bob")])]
        {
            assert_eq!(world.rules().named_slots(world.nid(event), &mut slots), Ok(()));
            let expected = named.map(|name| name.map(|name| world.nid(name)));
            assert_eq!(asked.map(|(kind, key)| slots.named(kind, key)), expected, "version {version}, {event}");
            let with_slots = slots.with_named().map(|(pair, named)| {
                assert_eq!(named.map(|(event, _)| world.table.slot(event)), named.map(|(_, slot)| Some(slot)));
                (pair, named.map(|(event, _)| event))
            });
            assert!(with_slots.eq(asked.into_iter().zip(expected)));
            assert_eq!(slots.named(EventTypeNid::JOIN_RULES, EventStateKeyNid::EMPTY), None);
        }
        assert_eq!(world.rules().named_slots(world.nid("$create"), &mut slots), Ok(()));
        assert!(slots.is_empty());
    }
}

#[test]
fn the_create_event_is_named_until_version_12_implies_it() {
    list(BEFORE_12, &[], "[]", "no-create-event");
    list(BEFORE_12, &[], r#"["$levels","$bob"]"#, "no-create-event");
    list("12", &[], "[]", "ok");
    list("12", &[], r#"["$levels","$bob"]"#, "ok");
    list("12", &[], r#"["$create","$levels","$bob"]"#, "create-in-auth-events");
    let message = r#"["$x", "m.room.message", null, "@bob:b", {}]"#;
    let mut world = World::new("12", &[BASE_12[0], message]);
    world.create = None;
    assert_eq!(world.rules().state_independent(world.nid("$x")).unwrap_err().rule, RefusalCode::NoCreateEvent);
    world.create = Some(world.nid("$parent"));
    let refusal = world.rules().state_independent(world.nid("$x")).unwrap_err();
    assert_eq!((refusal.rule, refusal.blame), (RefusalCode::MissingAuthEvent, world.create));
    assert_eq!(
        world.rules().state_dependent(world.nid("$x"), |_, _| None).unwrap_err().rule,
        RefusalCode::NoCreateEvent
    );
}

#[test]
fn rejected_auth_events_reject() {
    for (version, auth, rejected) in [
        ("9", r#"["$create","$levels","$bob"]"#, "$levels"),
        ("9", r#"["$create"]"#, "$create"),
        ("12", "[]", "$create"),
    ] {
        let message = format!(r#"["$x", "m.room.message", null, "@bob:b", {{}}, {{"auth":{auth}}}]"#);
        let mut world = World::new(version, &[BASE, &[&message]].concat());
        let x = world.nid("$x");
        assert_eq!(world.rules().state_independent(x), Ok(()));
        for verdict in [Verdict::SoftFailed, Verdict::Outlier, Verdict::Accepted] {
            world.table.set_verdict(world.nid(rejected), verdict);
            assert_eq!(world.rules().state_independent(x), Ok(()));
        }
        world.table.set_verdict(world.nid(rejected), Verdict::Rejected);
        let refusal = world.rules().state_independent(x).unwrap_err();
        assert_eq!((refusal.rule, refusal.blame), (RefusalCode::RejectedAuthEvent, Some(world.nid(rejected))));
        // Nor does version 12 imply a rejected create event.
        let outcome = world.rules().state_dependent(x, |_, _| None).unwrap_err();
        assert_eq!(outcome.rule, RefusalCode::NoCreateEvent);
    }
}

#[test]
fn create_events_begin_rooms_of_known_versions() {
    let create = |versions: &str, content: &str, expected: &str| {
        for version in versions.split(' ') {
            let line = format!(r#"["$create", "m.room.create", "", "@alice:a", {content}]"#);
            assert_eq!(independent(version, &[&line]), expected, "version {version}: {content}");
        }
    };
    create(ALL, r#"{"creator":"@alice:a"}"#, "ok");
    create(ALL, r#"{"creator":"@alice:a","room_version":"9"}"#, "ok");
    create(ALL, r#"{"creator":"@alice:a","room_version":"13"}"#, "unsupported-room-version");
    create(ALL, r#"{"creator":"@alice:a","room_version":9}"#, "unsupported-room-version");
    create(ALL, r#"{"creator":"@alice:a","room_version":null}"#, "unsupported-room-version");
    create("1 2 3 4 5 6 7 8 9 10", "{}", "no-creator");
    create("1 2 3 4 5 6 7 8 9 10", r#"{"creator":null}"#, "ok");
    create("11 12", "{}", "ok");
    create(BEFORE_12, r#"{"creator":"@alice:a","additional_creators":"x"}"#, "ok");
    create("12", r#"{"additional_creators":["@b:b"]}"#, "ok");
    create("12", r#"{"additional_creators":"x"}"#, "bad-additional-creators");
    create("12", r#"{"additional_creators":["b"]}"#, "bad-additional-creators");
    for version in ALL.split(' ') {
        let late = r#"["$create", "m.room.create", "", "@alice:a", {"creator":"@alice:a"}, {"prev":["$x"]}]"#;
        assert_eq!(independent(version, &[late]), "create-has-parents");
    }
}

#[test]
fn room_ids_are_made_by_the_creators_server() {
    for version in ALL.split(' ') {
        for (room_id, expected) in [("!x:a", true), ("!x:b", version == "12"), ("!x", version == "12")] {
            let world =
                World::new(version, &[r#"["$create", "m.room.create", "", "@alice:a", {"creator":"@alice:a"}]"#]);
            let rules = Rules::new(&world.table, &world.strings, world.version, world.create, Some(room_id));
            let outcome = rules.state_independent(world.nid("$create"));
            assert_eq!(
                outcome.map_err(|refusal| refusal.rule),
                if expected { Ok(()) } else { Err(RefusalCode::CreateRoomId) }
            );
        }
    }
}

#[test]
fn slots_are_those_that_have_a_say() {
    let slots = |version: &str, line: &str| {
        let world = World::new(version, &[line]);
        let slots = world.rules().auth_slots(world.events[0]);
        let name = |(kind, key)| format!("{} {}", world.strings.event_type(kind), world.strings.state_key(key));
        slots
            .iter()
            .map(name)
            .map(|name| name.trim_start_matches("m.room.").trim_end().to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let member = |content: &str| format!(r#"["$x", "m.room.member", "@t:t", "@s:s", {content}]"#);
    for version in ALL.split(' ') {
        let restricted = RoomVersion::find(version).unwrap().restricted_join_rule;
        assert_eq!(slots(version, BASE[0]), "");
        assert_eq!(
            slots(version, r#"["$x", "m.room.message", null, "@s:s", {}]"#),
            "create, power_levels, member @s:s"
        );
        assert_eq!(slots(version, r#"["$x", "m.room.member", null, "@s:s", {}]"#), "create, power_levels, member @s:s");
        let target = "create, power_levels, member @s:s, member @t:t";
        assert_eq!(slots(version, &member(r#"{"membership":"leave","third_party_invite":{}}"#)), target);
        assert_eq!(slots(version, &member(r#"{"membership":"ban"}"#)), target);
        assert_eq!(slots(version, &member(r#"{"membership":"knock"}"#)), format!("{target}, join_rules"));
        assert_eq!(slots(version, &member(r#"{"membership":"invite"}"#)), format!("{target}, join_rules"));
        let signed =
            r#"{"membership":"invite","third_party_invite":{"signed":{"token":"tok","mxid":"@t:t","signatures":{}}}}"#;
        assert_eq!(slots(version, &member(signed)), format!("{target}, join_rules, third_party_invite tok"));
        let via = r#"{"membership":"join","join_authorised_via_users_server":"@v:v"}"#;
        let vouched = if restricted { ", member @v:v" } else { "" };
        assert_eq!(slots(version, &member(via)), format!("{target}, join_rules{vouched}"));
        let own = r#"["$x", "m.room.member", "@s:s", "@s:s", {"membership":"join","join_authorised_via_users_server":"@s:s"}]"#;
        assert_eq!(slots(version, own), "create, power_levels, member @s:s, join_rules");
    }
}

#[test]
fn ids_are_at_most_255_bytes_long() {
    let long = "é".repeat(127) + "xx";
    let fits = "é".repeat(127) + "x";
    for (line, expected) in [
        (format!(r#"["$x", "{fits}", "{fits}", "{fits}", {{}}]"#), true),
        (format!(r#"["{fits}", "t", "", "@s:s", {{}}]"#), true),
        (format!(r#"["$x", "{long}", "", "@s:s", {{}}]"#), false),
        (format!(r#"["$x", "t", "{long}", "@s:s", {{}}]"#), false),
        (format!(r#"["$x", "t", null, "{long}", {{}}]"#), false),
        (format!(r#"["{long}", "t", null, "@s:s", {{}}]"#), false),
    ] {
        let world = World::new("9", &[&line]);
        let outcome = world.rules().size_limits(world.events[0]).map_err(|refusal| refusal.rule);
        assert_eq!(outcome, if expected { Ok(()) } else { Err(RefusalCode::Oversized) }, "{line}");
    }
    let world = World::new("9", &[BASE[0]]);
    let rules = Rules::new(&world.table, &world.strings, world.version, None, Some(&long));
    assert_eq!(rules.size_limits(world.events[0]).unwrap_err().rule, RefusalCode::Oversized);
}

#[test]
fn power_events_are_those_that_can_take_power() {
    for (line, expected) in [
        (r#"["$x", "m.room.power_levels", "", "@s:s", {}]"#, true),
        (r#"["$x", "m.room.power_levels", "x", "@s:s", {}]"#, false),
        (r#"["$x", "m.room.power_levels", null, "@s:s", {}]"#, false),
        (r#"["$x", "m.room.join_rules", "", "@s:s", {}]"#, true),
        (r#"["$x", "m.room.create", "", "@s:s", {}]"#, true),
        (r#"["$x", "m.room.name", "", "@s:s", {}]"#, false),
        (r#"["$x", "m.room.member", "@t:t", "@s:s", {"membership":"leave"}]"#, true),
        (r#"["$x", "m.room.member", "@t:t", "@s:s", {"membership":"ban"}]"#, true),
        (r#"["$x", "m.room.member", "@s:s", "@s:s", {"membership":"leave"}]"#, false),
        (r#"["$x", "m.room.member", "@t:t", "@s:s", {"membership":"invite"}]"#, false),
        (r#"["$x", "m.room.member", "@t:t", "@s:s", {}]"#, false),
    ] {
        let world = World::new("9", &[line]);
        assert_eq!(world.rules().is_power_event(world.events[0]), expected, "{line}");
    }
}

#[test]
fn events_that_are_not_held_are_refused() {
    let world = World::new("9", BASE);
    let rules = world.rules();
    let parent = world.nid("$parent");
    assert_eq!(rules.state_independent(parent).unwrap_err().rule, RefusalCode::NotHeld);
    assert_eq!(rules.state_dependent(parent, |_, _| None).unwrap_err().rule, RefusalCode::NotHeld);
    assert_eq!(rules.size_limits(parent).unwrap_err().rule, RefusalCode::NotHeld);
    assert!(rules.auth_slots(parent).as_slice().is_empty());
    assert!(!rules.is_power_event(parent));
}
