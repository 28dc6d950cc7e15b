//! What the maps promise, case by case; `history` has random histories.

mod history;

use super::*;

fn slot(number: u32) -> Slot {
    Slot(number)
}

fn event(number: u32) -> Option<EventNid> {
    EventNid::new(number)
}

#[test]
fn the_empty_map_is_found_again() {
    let mut maps = StateMaps::new();
    let one = maps.set(Version::EMPTY, slot(1 << 20), event(7)).unwrap();
    assert_eq!(maps.set(one, slot(1 << 20), None), Ok(Version::EMPTY));
    assert_eq!(maps.set(Version::EMPTY, slot(5), None), Ok(Version::EMPTY));
    assert_eq!(maps.from_entries(one, &[]), Ok(Version::EMPTY));
    assert_eq!(maps.merge(one, &[Version::EMPTY], &[(slot(1 << 20), None)]), Ok(Version::EMPTY));
    assert_eq!(maps.versions(), 2);
}

#[test]
fn equal_hashes_do_not_make_equal_versions() {
    let mut maps = StateMaps::new();
    let one = maps.set(Version::EMPTY, slot(1), event(1)).unwrap();
    let hash = SetHash::EMPTY.with(2, 2);
    // As if (1, 1) and (2, 2) had the same hash.
    maps.index.remove_newest(one.0, maps.hash(one));
    let row = Row { hash, ..*maps.row(one) };
    maps.rows.truncate(1);
    maps.rows.try_push(row).unwrap();
    maps.index.insert(one.0, hash, |_| hash).unwrap();
    let other = maps.set(Version::EMPTY, slot(2), event(2)).unwrap();
    assert_eq!(maps.hash(other), maps.hash(one));
    assert_ne!(other, one);
    assert_eq!(maps.set(Version::EMPTY, slot(2), event(2)), Ok(other));
}

#[test]
fn a_part_of_the_writes_does_not_make_an_equal_version() {
    let mut maps = StateMaps::new();
    let entries = [(slot(1), event(1).unwrap()), (slot(2), event(2).unwrap())];
    let base = maps.from_entries(Version::EMPTY, &entries).unwrap();
    let half = maps.set(base, slot(1), event(3)).unwrap();
    // As if it had the hash of both writes.
    let hash = SetHash::EMPTY.with(1, 3).with(2, 4);
    maps.index.remove_newest(half.0, maps.hash(half));
    let row = Row { hash, ..*maps.row(half) };
    maps.rows.truncate(half.0 as usize);
    maps.rows.try_push(row).unwrap();
    maps.index.insert(half.0, hash, |_| hash).unwrap();
    let writes = [(slot(1), event(3)), (slot(2), event(4))];
    let both = maps.merge(base, &[half], &writes).unwrap();
    assert_ne!(both, half);
    assert_eq!(maps.get(both, slot(2)), event(4));
}

/// Two branches of 2,000 own slots each whose tips are merged again and again, a slot further each time.
#[test]
fn a_ladder_of_merges_costs_little() {
    let mut maps = StateMaps::new();
    let mut tips = [Version::EMPTY; 2];
    let mut next = 1;
    let mut go_on = |maps: &mut StateMaps, tips: &mut [Version; 2], number: u32| {
        let side = number as usize % 2;
        tips[side] = maps.set(tips[side], slot(number), event(next)).unwrap();
        next += 1;
    };
    for number in 0..4_000 {
        go_on(&mut maps, &mut tips, number);
    }
    let mut differences = Differences::new();
    let mut merge_bytes = 0;
    for round in 0..400 {
        for number in [4 * round, 4 * round + 1] {
            go_on(&mut maps, &mut tips, number);
        }
        maps.diff_many(&tips, &mut differences).unwrap();
        // Even slots from one side, odd ones from the other: no leaf is as in a parent.
        let winners: Vec<_> =
            differences.iter().map(|(_, candidates)| candidates.iter().find_map(|candidate| candidate.event)).collect();
        let writes: Vec<_> = differences.iter().map(|(slot, _)| slot).zip(winners).collect();
        let before = maps.node_bytes();
        maps.merge(tips[0], &tips[1..], &writes).unwrap();
        if round >= 10 {
            merge_bytes += maps.node_bytes() - before;
        }
    }
    assert!(merge_bytes / 390 < 1_000, "{merge_bytes}");
}

#[test]
fn small_rooms_are_small() {
    let mut maps = StateMaps::new();
    for number in 0..10 {
        maps.set(Version::EMPTY, slot(number), event(number + 1)).unwrap();
    }
    assert!(maps.memory_bytes() < 4_096, "{}", maps.memory_bytes());
    assert_eq!(size_of::<Row>(), 32);
    assert_eq!(size_of::<Option<EventNid>>(), 4);
}
