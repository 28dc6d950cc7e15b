//! The orderings by themselves, on graphs that no room would make; whole resolutions are tested in `tests/resolution_*`.

use super::RoomView;
use super::column::Column;
use super::mainline::Mainline;
use super::power_order::PowerOrder;
use crate::event::table::{Arrival, EventRow, EventTable, Verdict};
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slots, Strings};
use crate::state::auth::Rules;
use proptest::prelude::*;

/// Power levels events by name, with the names of their auth events, all by one sender at one time.
struct Levels {
    strings: Strings,
    slots: Slots,
    table: EventTable,
    events: Vec<EventNid>,
}

impl Levels {
    fn new(edges: &[(String, Vec<String>)]) -> Self {
        let mut strings = Strings::new(1);
        let mut slots = Slots::default();
        let sender = strings.intern_state_key("@anna:a").unwrap();
        let slot = slots.intern(EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY);
        let mut table = EventTable::default();
        let mut events = Vec::new();
        for (name, auth) in edges {
            let event = strings.intern_event(name).unwrap();
            let auth: Vec<EventNid> = auth.iter().map(|name| strings.intern_event(name).unwrap()).collect();
            table.grow(strings.events());
            let row = EventRow {
                kind: EventTypeNid::POWER_LEVELS,
                state_key: Some(EventStateKeyNid::EMPTY),
                slot: Some(slot),
                sender,
                depth: 1,
                origin_server_ts: 1,
            };
            table.hold(event, row, Arrival::Live, &[], &auth);
            table.set_verdict(event, Verdict::Accepted);
            events.push(event);
        }
        Self { strings, slots, table, events }
    }

    fn view(&self) -> RoomView<'_, ()> {
        let version = RoomVersion::find("11").unwrap();
        let rules = Rules::new(&self.table, &self.strings, version, None, None);
        let Self { strings, slots, table, .. } = self;
        RoomView { events: table, strings, slots, version, rules, create: None, graph: &() }
    }

    fn sorted(&self) -> Vec<&str> {
        let mut places = Column::default();
        places.start(self.table.ids()).unwrap();
        let mut order = PowerOrder::default();
        let sorted = order.sort(&self.view(), &self.events, &mut places);
        sorted.iter().map(|ranked| self.strings.event_id(ranked.event)).collect()
    }

    /// Positions as the specification's text has them: along the whole mainline of the event `top`.
    fn plain_positions(&self, top: EventNid) -> Vec<u32> {
        let mut mainline = Vec::new();
        let mut at = Some(top);
        // A chain that goes in circles has no end to count from; nobody looks at what is made of it.
        while let Some(event) = at.filter(|event| !mainline.contains(event)) {
            mainline.push(event);
            at = self.table.auth_events(event).first().copied();
        }
        let position = |&event: &EventNid| {
            let mut at = event;
            for _ in 0..=self.events.len() {
                if let Some(index) = mainline.iter().position(|&other| other == at) {
                    return (mainline.len() - index) as u32;
                }
                match self.table.auth_events(at).first() {
                    Some(&next) => at = next,
                    None => return 0,
                }
            }
            0
        };
        self.events.iter().map(position).collect()
    }
}

fn edges(list: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    let names = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    list.iter().map(|&(name, auth)| (name.to_owned(), names(auth))).collect()
}

#[test]
fn equals_are_sorted_by_name_as_soon_as_it_can_be_their_turn() {
    let levels = Levels::new(&edges(&[("l", "o"), ("m", "n o"), ("n", "o"), ("o", ""), ("p", "o")]));
    assert_eq!(levels.sorted(), ["o", "l", "n", "m", "p"]);
}

#[test]
fn events_that_authorise_each_other_are_left_over() {
    let levels = Levels::new(&edges(&[("a", ""), ("b", "a c"), ("c", "b"), ("d", "a")]));
    assert_eq!(levels.sorted(), ["a", "d"]);
}

#[test]
fn a_column_is_clean_after_each_start() {
    let mut column = Column::default();
    column.start(4).unwrap();
    column.set(1, 7);
    column.set(3, 9);
    column.set(9, 1);
    assert_eq!((column.get(1), column.get(3), column.get(9)), (7, 9, 0));
    column.start(10).unwrap();
    assert_eq!((0..10).map(|index| column.get(index)).sum::<u32>(), 0);
    column.set(9, 1);
    assert_eq!(column.touched(), [9]);
}

proptest! {
    /// Every event has the position that walking both chains to their ends would give it, in whatever order they are
    /// asked. `sideways` lets auth events go in circles, where only the end is asked for.
    #[test]
    fn places_on_the_mainline(
        above in prop::collection::vec(prop::option::weighted(0.9, 0_usize..24), 1..24),
        top: prop::sample::Index,
        first: prop::sample::Index,
        sideways: bool,
    ) {
        let count = above.len();
        let name = |number: usize| format!("{number:02}");
        let auth = |(number, above): (usize, &Option<usize>)| {
            let bound = if sideways { count } else { number };
            let above = above.filter(|_| bound > 0).map(|above| name(above % bound));
            (name(number), above.into_iter().collect())
        };
        let levels = Levels::new(&above.iter().enumerate().map(auth).collect::<Vec<_>>());
        let top = levels.events[top.index(count)];
        let expected = levels.plain_positions(top);
        let view = levels.view();
        let mut mainline = Mainline::default();
        mainline.start(&view, Some(top));
        let order = (0..count).map(|number| (number + first.index(count)) % count);
        for number in order {
            let position = mainline.position(&view, levels.events[number]);
            prop_assert!(sideways || position == expected[number]);
        }
        // Once more, from another event, with what has been kept.
        let top = levels.events[first.index(count)];
        let expected = levels.plain_positions(top);
        mainline.start(&view, Some(top));
        for number in 0..count {
            let position = mainline.position(&view, levels.events[number]);
            prop_assert!(sideways || position == expected[number]);
        }
    }
}
