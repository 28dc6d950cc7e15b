//! Resolution v2 and v2.1 (specification, room versions 2 and 12; MSC4297).
//!
//! As Synapse applies them, which departs from the specification in one point: an event that was rejected before is passed
//! over, even where it would be allowed against the state decided so far. (Synapse's own comment says so, in
//! `_iterative_auth_checks`; ruma-state-res tries such events.)

use super::account::{Observer, Outcome, SortKeys, Step};
use super::mainline::Mainline;
use super::partial::PartialState;
use super::power_order::PowerOrder;
use super::scratch::Scratch;
use super::{Ground, RoomView};
use crate::event::table::Verdict;
use crate::event::version::ResolutionAlgorithm;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use crate::sort;
use crate::state::auth::{AuthSlots, Refusal};
use crate::state::map::OutOfMemory;

/// The scratch memory of v2.
#[derive(Clone, Debug, Default)]
pub(super) struct V2 {
    places: Scratch,
    power: PowerOrder,
    mainline: Mainline,
    leftover: Vec<Leftover>,
}

/// An event of the mainline phase, with what it is sorted by.
#[derive(Clone, Copy, Debug)]
struct Leftover {
    event: EventNid,
    position: u32,
    origin_server_ts: i64,
}

impl V2 {
    /// Decides: `conflict` is the full conflicted set, `differing` the slots in conflict. Of events that are no power events
    /// only those in `relevant` slots are tried, if these are given: no others have a say in what is decided there.
    pub(super) fn run<G, O: Observer>(
        &mut self,
        ground: &Ground<'_, G>,
        differing: &[Slot],
        conflict: &[EventNid],
        relevant: Option<&[Slot]>,
        partial: &mut PartialState,
        observer: &mut O,
    ) -> Result<(), OutOfMemory> {
        let &Ground { maps, room, first } = ground;
        let starts_empty = room.version.resolution == ResolutionAlgorithm::V21;
        partial.start((!starts_empty).then_some(first), room.slots.len())?;
        for &slot in differing {
            partial.set(slot, None);
        }
        self.places.start(room.events.ids())?;
        for ranked in self.power.sort(room, conflict, &mut self.places) {
            let keys = SortKeys::Power { power_level: ranked.power_level, origin_server_ts: ranked.origin_server_ts };
            let outcome = try_event(ground, ranked.event, partial);
            observer.tried(Step { event: ranked.event, keys, outcome });
        }

        let power_levels = room
            .slots
            .find(EventTypeNid::POWER_LEVELS, EventStateKeyNid::EMPTY)
            .and_then(|slot| partial.get(maps, slot));
        self.sort_leftover(room, power_levels, conflict, relevant);
        for leftover in &self.leftover {
            let outcome = try_event(ground, leftover.event, partial);
            let &Leftover { event, position, origin_server_ts } = leftover;
            observer.tried(Step { event, keys: SortKeys::Mainline { position, origin_server_ts }, outcome });
        }
        Ok(())
    }

    /// Sorts what the power phase has left by the mainline of `power_levels`.
    fn sort_leftover<G>(
        &mut self,
        room: &RoomView<'_, G>,
        power_levels: Option<EventNid>,
        conflict: &[EventNid],
        relevant: Option<&[Slot]>,
    ) {
        let is_relevant = |event: EventNid| {
            relevant.is_none_or(|slots| room.events.slot(event).is_some_and(|slot| slots.contains(&slot)))
        };
        self.leftover.clear();
        self.mainline.start(room, power_levels);
        for &event in conflict {
            if !PowerOrder::has_had_its_turn(&self.places, event) && is_relevant(event) {
                let position = self.mainline.position(room, event);
                self.leftover.push(Leftover { event, position, origin_server_ts: room.events.origin_server_ts(event) });
            }
        }
        sort::in_place(&mut self.leftover, |a, b| {
            let keys = |leftover: &Leftover| (leftover.position, leftover.origin_server_ts);
            keys(a).cmp(&keys(b)).then_with(|| room.id(a.event).cmp(room.id(b.event))).is_lt()
        });
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.places.memory_bytes()
            + self.power.memory_bytes()
            + self.mainline.memory_bytes()
            + self.leftover.capacity() * size_of::<Leftover>()
    }
}

/// One step of the iterative auth checks: lets the event into the state if the rules allow it there.
#[inline]
fn try_event<G>(ground: &Ground<'_, G>, event: EventNid, partial: &mut PartialState) -> Outcome {
    let &Ground { maps, room, .. } = ground;
    if room.events.verdict(event) == Verdict::Rejected {
        return Outcome::Skipped;
    }
    let in_full = || {
        room.rules.state_dependent(event, |kind, key| {
            let decided = room.slots.find(kind, key).and_then(|slot| partial.get(maps, slot));
            decided.filter(|&event| room.authorises(event)).or_else(|| {
                // Of two auth events in one slot the later one counts.
                let own = |&own: &EventNid| room.is_of(own, kind, key) && room.authorises(own);
                room.auth_events(event).rev().find(own)
            })
        })
    };
    let check: Result<(), Refusal> = if is_as_named(ground, event, partial) {
        debug_assert_eq!(in_full(), Ok(()), "it has passed against the same events");
        Ok(())
    } else {
        in_full()
    };
    match (check, room.events.slot(event)) {
        (Ok(()), Some(slot)) => {
            partial.set(slot, Some(event));
            Outcome::Allowed
        }
        (Ok(()), None) => Outcome::Skipped,
        (Err(refusal), _) => Outcome::Denied(refusal),
    }
}

/// Returns whether an event that has passed against its own auth events meets nothing else here: the rules would say again
/// what they have said. Most events in conflict are such, for what they stand on is seldom in conflict.
fn is_as_named<G>(ground: &Ground<'_, G>, event: EventNid, partial: &PartialState) -> bool {
    let &Ground { maps, room, .. } = ground;
    let mut asked = AuthSlots::default();
    room.trusts_checks
        && room.events.is_checked(event)
        && room.rules.named_slots(event, &mut asked).is_ok()
        && asked.with_named().all(|((kind, key), named)| match named {
            Some((own, slot)) => partial.get(maps, slot).is_none_or(|decided| decided == own),
            None => room.slots.find(kind, key).is_none_or(|slot| partial.get(maps, slot).is_none()),
        })
}
