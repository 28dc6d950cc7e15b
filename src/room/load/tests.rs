use super::*;
use crate::room::TimelineOptions;

const EVENTS: [&str; 4] = [
    r#"{"event_id":"$create","room_id":"!r:x","type":"m.room.create","state_key":"","sender":"@a:x","content":{"room_version":"11"},"depth":1,"origin_server_ts":1,"prev_events":[],"auth_events":[]}"#,
    r#"{"event_id":"$join","room_id":"!r:x","type":"m.room.member","state_key":"@a:x","sender":"@a:x","content":{"membership":"join"},"depth":2,"origin_server_ts":1,"prev_events":["$create"],"auth_events":["$create"]}"#,
    r#"{"event_id":"$levels","room_id":"!r:x","type":"m.room.power_levels","state_key":"","sender":"@a:x","content":{"users":{"@a:x":100}},"depth":3,"origin_server_ts":1,"prev_events":["$join"],"auth_events":["$create","$join"]}"#,
    r#"{"event_id":"$text","room_id":"!r:x","type":"m.room.message","sender":"@a:x","content":{},"depth":9,"origin_server_ts":1,"prev_events":["$levels","$lost"],"auth_events":["$create","$join","$levels"]}"#,
];

fn small(keep_json: bool, rules: RuleSet) -> Room {
    let mut room = Room::new(RoomOptions { rules, keep_json, ..RoomOptions::default() });
    let outlier = AddOptions { arrival: Arrival::Outlier, ..AddOptions::default() };
    room.add(EVENTS[0].as_bytes(), AddOptions::default()).unwrap();
    room.add(EVENTS[1].as_bytes(), outlier).unwrap();
    room.add(EVENTS[..3].join("\n").as_bytes(), AddOptions::default()).unwrap();
    let told =
        AddOptions { state_before: Some(vec!["$create".to_owned(), "$join".to_owned()]), ..AddOptions::default() };
    room.add(EVENTS[3].as_bytes(), told).unwrap();
    assert!(room.state_id(room.find("$text").unwrap()).is_some());
    room
}

/// Frames as they are, each with the checksum that its body ought to have.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let (mut at, mut place) = (MARK.len() + 4, 0);
    while let Some(length) = out.get(at..).and_then(|rest| rest.first_chunk()) {
        let body = at + FRAME_HEAD;
        let end = body.saturating_add(u32::from_le_bytes(*length) as usize);
        let Some(text) = out.get(body..end) else { break };
        let sum = checksum(text, place).to_le_bytes();
        place = if place == 0 { 1 } else { place + text.split(|&byte| byte == b'\n').count() as u32 - 1 };
        out[at + 4..body].copy_from_slice(&sum);
        at = end;
    }
    out
}

/// Whatever bytes somebody thinks of and sums up, they are refused or make a room that answers and can be saved.
#[test]
fn bytes_with_true_checksums_are_refused_or_make_a_room() {
    let (mut refused, mut made) = (0, 0);
    for (keep_json, rules) in
        [(true, RuleSet::Specification), (false, RuleSet::Specification), (true, RuleSet::Dendrite)]
    {
        let saved = small(keep_json, rules).save().unwrap();
        assert_eq!(with_checksums(&saved), saved);
        for at in MARK.len() + 4..saved.len() {
            for value in [saved[at] ^ 1, saved[at] ^ 0x80, 0, saved[at].wrapping_add(1), 0xff] {
                let mut changed = saved.clone();
                changed[at] = value;
                match Room::load(&with_checksums(&changed), 0) {
                    Ok(mut room) => {
                        made += 1;
                        answers(&mut room);
                    }
                    Err(error) => {
                        refused += 1;
                        assert!(matches!(error, RoomError::DamagedSave(_)), "byte {at}: {error}");
                    }
                }
            }
        }
    }
    assert!(refused > 3_000 && made > 1_000, "{refused} refused, {made} made");
}

fn answers(room: &mut Room) {
    for nid in room.timeline(TimelineOptions { outliers: true, ..TimelineOptions::default() }) {
        let _ = (room.event(nid), room.reason(nid), room.state_id(nid), room.state_before(nid));
        let _ = room.explain(nid);
        let _ = room.auth_chain(&[nid]);
    }
    room.current_state().unwrap();
    room.room_server().unwrap();
    let _ = room.backward_extremities();
    let bytes = room.save().unwrap();
    assert_eq!(Room::load(&bytes, 0).unwrap().save().unwrap(), bytes);
    room.add(EVENTS.join("\n").as_bytes(), AddOptions::default()).unwrap();
}

#[test]
fn bytes_may_come_one_by_one() {
    let saved = small(true, RuleSet::Specification).save().unwrap();
    let mut loader = Loader::new(0);
    for byte in saved.chunks(1) {
        loader.push(byte).unwrap();
    }
    assert_eq!(loader.finish().unwrap().save().unwrap(), saved);
}

/// A number in the bytes is no reason to take memory.
#[test]
fn a_promise_of_much_costs_nothing() {
    let mut bytes = MARK.to_vec();
    bytes.extend(FORM.to_le_bytes());
    bytes.extend(u32::MAX.to_le_bytes());
    bytes.extend([0; 64]);
    assert_eq!(Room::load(&bytes, 0).unwrap_err().code(), "damaged-save");
    let saved = small(true, RuleSet::Specification).save().unwrap();
    for at in (MARK.len() + 4 + FRAME_HEAD..saved.len() - 4).step_by(4) {
        let mut changed = saved.clone();
        changed[at..at + 4].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
        let _ = Room::load(&with_checksums(&changed), 0);
    }
}
