//! Resolution v1 (specification, room version 1), as Synapse applies it.
//!
//! A slot is in conflict if two parents have different events there; what only some have is not in conflict. Candidates
//! that are not held, or were rejected, are not considered; where one is left it wins unasked, where none is left the slot
//! has no event. The others are decided in turn: power levels, join rules, members, then the rest, each against what all
//! parents agree on and the turns before have decided.

use core::cmp::Reverse;
use sha1::{Digest, Sha1};

use super::account::{Observer, Outcome, SortKeys, Step};
use super::partial::PartialState;
use super::{Ground, RoomView};
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use crate::sort;
use crate::state::auth::Refusal;
use crate::state::map::{Differences, OutOfMemory};

/// The scratch memory of v1.
#[derive(Clone, Debug, Default)]
pub(super) struct V1 {
    candidates: Vec<Candidate>,
    contests: Vec<Contest>,
    decided: Vec<(Slot, EventNid)>,
}

/// An event that could win a slot.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    event: EventNid,
    depth: u64,
    sha1: [u8; 20],
}

/// A slot with two candidates or more: a range of them, from the greatest depth down.
#[derive(Clone, Copy, Debug)]
struct Contest {
    slot: Slot,
    turn: Turn,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Turn {
    PowerLevels,
    JoinRules,
    Members,
    Rest,
}

impl Turn {
    const ALL: [Self; 4] = [Self::PowerLevels, Self::JoinRules, Self::Members, Self::Rest];

    fn of(kind: EventTypeNid, key: EventStateKeyNid) -> Self {
        match kind {
            EventTypeNid::POWER_LEVELS if key == EventStateKeyNid::EMPTY => Self::PowerLevels,
            EventTypeNid::JOIN_RULES => Self::JoinRules,
            EventTypeNid::MEMBER => Self::Members,
            _ => Self::Rest,
        }
    }
}

impl V1 {
    /// Decides the slots in which parents differ.
    pub(super) fn run<G, O: Observer>(
        &mut self,
        ground: &Ground<'_, G>,
        differences: &Differences,
        partial: &mut PartialState,
        observer: &mut O,
    ) -> Result<(), OutOfMemory> {
        let &Ground { room, first, .. } = ground;
        partial.start(Some(first), room.slots.len())?;
        self.candidates.clear();
        self.contests.clear();
        self.decided.clear();
        for (slot, candidates) in differences.iter() {
            let mut present = candidates.iter().filter_map(|candidate| candidate.event);
            if let (Some(only), None) = (present.next(), present.next()) {
                partial.set(slot, Some(only));
                continue;
            }
            partial.set(slot, None);
            self.open(room, slot, candidates.iter().filter_map(|candidate| candidate.event));
        }
        // What won unasked authorises nothing: it is laid over the result.
        let unasked = core::mem::take(&mut self.decided);
        for turn in Turn::ALL {
            for contest in &self.contests {
                if contest.turn == turn {
                    let candidates = self.candidates.get(contest.start..contest.end).unwrap_or_default();
                    let winner = if turn == Turn::Rest {
                        first_allowed(ground, candidates, partial, observer)
                    } else {
                        last_of_chain(ground, contest.slot, candidates, partial, observer)
                    };
                    self.decided.extend(winner.map(|winner| (contest.slot, winner)));
                }
            }
            for (slot, winner) in self.decided.drain(..) {
                partial.set(slot, Some(winner));
            }
        }
        for &(slot, winner) in &unasked {
            partial.set(slot, Some(winner));
        }
        self.decided = unasked;
        Ok(())
    }

    /// Sorts the candidates of a slot in conflict.
    fn open<G>(&mut self, room: &RoomView<'_, G>, slot: Slot, candidates: impl Iterator<Item = EventNid>) {
        let start = self.candidates.len();
        for event in candidates.filter(|&event| room.authorises(event)) {
            let sha1 = Sha1::digest(room.id(event).as_bytes()).into();
            self.candidates.push(Candidate { event, depth: room.events.depth(event), sha1 });
        }
        let candidates = self.candidates.get_mut(start..).unwrap_or_default();
        match (candidates, room.slots.pair(slot)) {
            ([], _) | (_, None) => {}
            ([only], _) => self.decided.push((slot, only.event)),
            (candidates, Some((kind, key))) => {
                sort::in_place(candidates, |a, b| (Reverse(a.depth), a.sha1) < (Reverse(b.depth), b.sha1));
                self.contests.push(Contest { slot, turn: Turn::of(kind, key), start, end: self.candidates.len() });
            }
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.candidates.capacity() * size_of::<Candidate>()
            + self.contests.capacity() * size_of::<Contest>()
            + self.decided.capacity() * size_of::<(Slot, EventNid)>()
    }
}

/// From the least depth up, each candidate must be allowed by the one before; the last before one is not wins.
fn last_of_chain<G, O: Observer>(
    ground: &Ground<'_, G>,
    slot: Slot,
    candidates: &[Candidate],
    partial: &PartialState,
    observer: &mut O,
) -> Option<EventNid> {
    let own = ground.room.slots.pair(slot);
    let mut winner: Option<EventNid> = None;
    let mut failed = false;
    for candidate in candidates.iter().rev() {
        let outcome = match winner {
            _ if failed => Outcome::Skipped,
            None => Outcome::Allowed,
            Some(before) => {
                let get = |kind, key| {
                    if Some((kind, key)) == own { Some(before) } else { get(ground, partial, kind, key) }
                };
                outcome(ground.room.rules.state_dependent(candidate.event, get))
            }
        };
        match outcome {
            Outcome::Allowed => winner = Some(candidate.event),
            Outcome::Denied(_) | Outcome::Skipped => failed = true,
        }
        let keys = SortKeys::V1Auth { depth: candidate.depth, sha1: candidate.sha1 };
        observer.tried(Step { event: candidate.event, keys, outcome });
        if failed && !O::LISTENS {
            break;
        }
    }
    winner
}

/// From the greatest depth down, the first candidate that is allowed wins, or else the last.
fn first_allowed<G, O: Observer>(
    ground: &Ground<'_, G>,
    candidates: &[Candidate],
    partial: &PartialState,
    observer: &mut O,
) -> Option<EventNid> {
    let mut winner = None;
    for candidate in candidates {
        let outcome = if winner.is_some() {
            Outcome::Skipped
        } else {
            outcome(ground.room.rules.state_dependent(candidate.event, |kind, key| get(ground, partial, kind, key)))
        };
        if outcome == Outcome::Allowed {
            winner = Some(candidate.event);
        }
        let keys = SortKeys::V1Other { depth: candidate.depth, sha1: candidate.sha1 };
        observer.tried(Step { event: candidate.event, keys, outcome });
        if winner.is_some() && !O::LISTENS {
            break;
        }
    }
    winner.or_else(|| candidates.last().map(|candidate| candidate.event))
}

fn get<G>(
    ground: &Ground<'_, G>,
    partial: &PartialState,
    kind: EventTypeNid,
    key: EventStateKeyNid,
) -> Option<EventNid> {
    let &Ground { maps, room, .. } = ground;
    let decided = partial.get(maps, room.slots.find(kind, key)?);
    decided.filter(|&event| room.authorises(event))
}

fn outcome(check: Result<(), Refusal>) -> Outcome {
    match check {
        Ok(()) => Outcome::Allowed,
        Err(refusal) => Outcome::Denied(refusal),
    }
}
