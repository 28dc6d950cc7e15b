//! The orderings by themselves, on graphs that no room would make; whole resolutions are tested in `tests/resolution_*`.

use super::RoomView;
use super::mainline::Mainline;
use super::power_order::PowerOrder;
use super::scratch::Scratch;
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
        let mut levels = Self {
            strings: Strings::new(1),
            slots: Slots::default(),
            table: EventTable::default(),
            events: Vec::new(),
        };
        for (name, auth) in edges {
            levels.hold(name, auth);
        }
        levels
    }

    fn hold(&mut self, name: &str, auth: &[String]) {
        let Self { strings, slots, table, events } = self;
        let row = EventRow {
            kind: EventTypeNid::POWER_LEVELS,
            state_key: Some(EventStateKeyNid::EMPTY),
            slot: Some(slots.intern(EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY)),
            sender: strings.intern_state_key("@anna:a").unwrap(),
            depth: 1,
            origin_server_ts: 1,
        };
        let event = strings.intern_event(name).unwrap();
        let auth: Vec<EventNid> = auth.iter().map(|name| strings.intern_event(name).unwrap()).collect();
        table.grow(strings.events());
        table.hold(event, row, Arrival::Live, &[], &auth);
        table.set_verdict(event, Verdict::Accepted);
        events.push(event);
    }

    fn view(&self) -> RoomView<'_, ()> {
        let version = RoomVersion::find("11").unwrap();
        let rules = Rules::new(&self.table, &self.strings, version, None, None);
        let Self { strings, slots, table, .. } = self;
        RoomView { events: table, strings, slots, version, rules, create: None, trusts_checks: false, graph: &() }
    }

    fn sorted(&self) -> Vec<&str> {
        let mut places = Scratch::default();
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

/// What was kept of a chain is not what it is once an event that it names has come.
#[test]
fn a_mainline_goes_on_when_what_it_names_has_come() {
    let mut levels = Levels::new(&edges(&[("d", "c"), ("c", "b")]));
    let mut mainline = Mainline::default();
    let mut positions = |levels: &Levels| {
        let view = levels.view();
        mainline.start(&view, levels.events.first().copied());
        levels.events.iter().map(|&event| mainline.position(&view, event)).collect::<Vec<_>>()
    };
    assert_eq!(positions(&levels), [2, 1]);
    for (name, auth) in edges(&[("b", "a"), ("a", "")]) {
        levels.hold(&name, &auth);
    }
    assert_eq!(positions(&levels), [4, 3, 2, 1]);
    assert_eq!(positions(&levels), [4, 3, 2, 1]);
}

#[test]
fn a_column_is_clean_after_each_start() {
    let mut column = Scratch::default();
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
        for (&event, &expected) in levels.events.iter().zip(&expected) {
            prop_assert!(mainline.position(&view, event) == expected || sideways);
        }
    }
}
