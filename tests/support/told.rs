//! A room as one text, to compare rooms by.

use roomscope::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use roomscope::room::Room;
use roomscope::view::tables::{TableName, table};
use std::fmt::Write as _;

/// All that can be asked of a room, NIDs included.
pub fn told(room: &mut Room) -> String {
    let mut out = format!("{:?} {:?}\n", room.room_id(), room.version().map(|version| version.id));
    let strings = room.strings();
    let ids: Vec<&str> = (0..strings.events()).map(|index| strings.event_id(EventNid::from_index(index))).collect();
    let types: Vec<&str> =
        (0..strings.types()).map(|index| strings.event_type(EventTypeNid::from_index(index))).collect();
    let keys: Vec<&str> =
        (0..strings.state_keys()).map(|index| strings.state_key(EventStateKeyNid::from_index(index))).collect();
    let slots: Vec<_> = (0..room.slots().len() as u32).map(|slot| room.slots().pair(Slot(slot))).collect();
    writeln!(out, "{ids:?}\n{types:?}\n{keys:?}\n{slots:?}\n{:?}", room.events().held()).unwrap();
    for &nid in room.events().held() {
        writeln!(out, "{:?} {:?} {:?}", room.event(nid), room.reason(nid), room.events().slot(nid)).unwrap();
        let facts = room.events().facts();
        let member = (facts.membership(nid), facts.authorised_via(nid), facts.third_party_invite(nid));
        writeln!(out, "{member:?} {:?} {:?}", facts.power_levels(nid), facts.create(nid)).unwrap();
        writeln!(out, "{:?} {:?}", room.state_before(nid), room.state_after(nid)).unwrap();
    }
    writeln!(out, "{:?} {:?}", room.topological(), room.forward_extremities()).unwrap();
    writeln!(out, "{:?} {:?}", room.backward_extremities(), room.current_state().unwrap()).unwrap();
    for name in TableName::all() {
        let table = table(room, TableName::find(name).unwrap(), 0, usize::MAX).unwrap();
        for row in table.rows {
            writeln!(out, "{name} {row:?}").unwrap();
        }
    }
    for nid in room.events().held().to_vec() {
        writeln!(out, "{:?}", room.effects(nid).unwrap()).unwrap();
    }
    out
}
