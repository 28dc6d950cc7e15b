//! The rooms that are measured: a generator of random numbers, merges, and a room that forks and merges like a real one.

use roomscope::nid::{EventNid, Slot};
use roomscope::state::map::{Differences, StateMaps, Version};

/// A xorshift generator: the same rooms in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn chance(&mut self, in_ten_thousand: u64) -> bool {
        self.next() % 10_000 < in_ten_thousand
    }
}

pub(crate) fn event(number: u32) -> Option<EventNid> {
    EventNid::new(number)
}

/// Makes the version after a merge, each slot won by its latest event, in 2 % by its earliest.
pub(crate) fn merge(maps: &mut StateMaps, parents: &[Version], differences: &mut Differences) -> Version {
    maps.diff_many(parents, differences).unwrap();
    if differences.is_empty() {
        return parents[0];
    }
    let latest_or_not = differences.iter().map(|(slot, candidates)| {
        // By slot, so that a merge made again after a step decides the other slots as before.
        let won = if slot.0 % 50 == 7 { candidates.first() } else { candidates.last() };
        won.unwrap().event
    });
    let winners: Vec<_> = latest_or_not.collect();
    let base = differences.closest(&winners).unwrap();
    let writes: Vec<_> = differences.iter().map(|(slot, _)| slot).zip(winners).collect();
    let others: Vec<_> = parents.iter().copied().filter(|&parent| parent != parents[base]).collect();
    maps.merge(parents[base], &others, &writes).unwrap()
}

/// A room of up to 6 tips: forks in 8 % of the events, merges in 8.5 %; most members join in its first quarter.
pub(crate) fn wide_room(events: u32, members: u32) -> (StateMaps, Version, usize, usize) {
    let mut random = Random(7);
    let mut maps = StateMaps::new();
    let mut differences = Differences::new();
    let mut tips = vec![Version::EMPTY];
    let (mut joined, mut merges, mut differing) = (64u32, 0, 0);
    for number in 1..=events {
        let in_flood = number < events / 4;
        let tip = if tips.len() > 1 && random.chance(850) {
            let mut parents = Vec::new();
            for _ in 0..if tips.len() > 2 && random.chance(1_000) { 3 } else { 2 } {
                parents.push(tips.swap_remove(random.below(tips.len())));
            }
            tips.push(merge(&mut maps, &parents, &mut differences));
            merges += usize::from(!differences.is_empty());
            differing += differences.len();
            tips.len() - 1
        } else {
            let tip = random.below(tips.len());
            if tips.len() < 6 && random.chance(800) {
                tips.push(tips[tip]);
            }
            tip
        };
        let slot = if random.chance(if in_flood { 3_160 } else { 190 }) && joined < members {
            joined += 1;
            joined
        } else if random.chance(190) {
            let skew = random.below(1 << 20) as f64 / f64::from(1 << 20);
            64 + (f64::from(joined - 64) * skew * skew * skew) as u32
        } else if random.chance(50) {
            random.below(5) as u32
        } else {
            continue;
        };
        tips[tip] = maps.set(tips[tip], Slot(slot), event(number)).unwrap();
    }
    let last = merge(&mut maps, &tips, &mut differences);
    (maps, last, merges, differing)
}
