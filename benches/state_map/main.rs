//! What the state map costs: bytes (exact, and checked) and times (one machine's, so ratios stand beside them).
//!
//! The auth difference that stands on it is measured beside full auth chains.
//!
//! Run with `cargo bench --bench state_map`, or some of it: `cargo bench --bench state_map -- ladder auth`. Ordinary
//! chains flatter a persistent map; here are long forks, merges whose parents differ in many slots, merges that nobody
//! builds on, one outlier among many parents, and a room of nothing but state.

// A bench speaks through its output, and a panic is its failure.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
// Figures, not results: their precision is far below a double's.
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]

mod auth_difference;
mod rooms;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use rooms::{Random, event, merge, wide_room};
use roomscope::nid::{EventNid, Slot};
use roomscope::state::map::{Differences, StateMaps, Version};

const MEMBERS: u32 = 100_000;
const EVENTS: u32 = 1_000_000;

fn nanoseconds(start: Instant, times: usize) -> f64 {
    start.elapsed().as_nanos() as f64 / times as f64
}

/// Returns the nanoseconds of one of the `times` things that `run` does, in the quickest of some runs.
fn quickest(times: usize, mut run: impl FnMut()) -> f64 {
    let rounds = (0..9).map(|_| {
        let start = Instant::now();
        run();
        nanoseconds(start, times)
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn check(what: &str, bytes: usize, limit: usize) {
    assert!(bytes <= limit, "{what}: {bytes} bytes, more than {limit}");
}

fn wide() {
    let start = Instant::now();
    let (mut maps, last, merges, differing) = wide_room(EVENTS, MEMBERS);
    let took = start.elapsed();
    let versions = maps.versions() as usize;
    println!("room of {EVENTS} events, {} slots in use", maps.len(last));
    println!(
        "  {versions} versions, {merges} merges of parents that differ, in {:.1} slots on average",
        differing as f64 / merges as f64
    );
    let bytes = maps.memory_bytes();
    println!("  {:.1} MB, {} bytes a version", bytes as f64 / 1e6, bytes / versions);
    check("wide", bytes, 80_000_000);
    println!(
        "  built in {:.0} ms, {:.0} ns a version with its merges",
        took.as_secs_f64() * 1e3,
        took.as_nanos() as f64 / versions as f64
    );

    let mut random = Random(11);
    let probes: Vec<_> = (0..1_000_000)
        .map(|_| (Version::from_number(random.below(versions) as u32), Slot(random.below(MEMBERS as usize) as u32)))
        .collect();
    let any = quickest(probes.len(), || {
        for &(version, slot) in &probes {
            black_box(maps.get(version, slot));
        }
    });
    let newest = quickest(probes.len(), || {
        for &(_, slot) in &probes {
            black_box(maps.get(last, slot));
        }
    });
    println!("  get: {newest:.0} ns in the newest version, {any:.0} ns in any");
    let iterate = quickest(1, || {
        black_box(maps.iter(last).fold(0, |sum, (_, event)| sum ^ event.get()));
    });
    println!("  iterate: {:.2} ms", iterate / 1e6);

    let start = Instant::now();
    let mut written = 0u64;
    for number in 1..maps.versions() {
        let version = Version::from_number(number);
        maps.diff(maps.base(version), version, |_, _, _| written += 1);
    }
    println!("  diff of a version and its base: {:.0} ns ({written} changes)", nanoseconds(start, versions));

    let tip = maps.set(last, Slot(17_000), event(EVENTS + 1)).unwrap();
    let start = Instant::now();
    for number in 0..100_000 {
        let mark = maps.mark();
        black_box(maps.set(tip, Slot(number), event(EVENTS + 2)).unwrap());
        maps.rollback(mark);
    }
    println!("  mark, set, rollback: {:.0} ns", nanoseconds(start, 100_000));
}

/// Diffs of 10 scattered slots in maps of three sizes, against plain maps.
fn small_diffs() {
    println!("diff of two versions that differ in 10 slots, scattered / neighbours; set of one slot");
    let mut random = Random(13);
    let mut first = None;
    for size in [1_000u32, 10_000, 100_000] {
        let mut maps = StateMaps::new();
        let entries: Vec<_> = (0..size).map(|slot| (Slot(slot), EventNid::new(slot + 1).unwrap())).collect();
        let base = maps.from_entries(Version::EMPTY, &entries).unwrap();
        let mut changed = |maps: &mut StateMaps, apart: bool| {
            let at = random.below(size as usize - 10) as u32;
            (0..10).fold(base, |version, step| {
                let slot = if apart { random.below(size as usize) as u32 } else { at + step };
                maps.set(version, Slot(slot), event(size + 1 + random.below(1 << 20) as u32)).unwrap()
            })
        };
        let pairs = |maps: &mut StateMaps, changed: &mut dyn FnMut(&mut StateMaps, bool) -> Version, apart| {
            (0..200).map(|_| changed(maps, apart)).collect::<Vec<_>>()
        };
        let scattered = pairs(&mut maps, &mut changed, true);
        let together = pairs(&mut maps, &mut changed, false);
        let time = |versions: &[Version]| {
            quickest(versions.len(), || {
                for &version in versions {
                    maps.diff(base, version, |slot, _, _| {
                        black_box(slot);
                    });
                }
            })
        };
        let (apart, near) = (time(&scattered), time(&together));

        let plain: BTreeMap<_, _> = entries.iter().copied().collect();
        let mut copy = plain.clone();
        let plain_set = quickest(1, || {
            copy = plain.clone();
            copy.insert(Slot(size / 2), EventNid::new(size + 5).unwrap());
        });
        let plain_diff = quickest(1, || {
            black_box(plain.iter().filter(|&(slot, event)| copy.get(slot) != Some(event)).count());
        });
        let slots: Vec<_> = (0..1_000).map(|_| Slot(random.below(size as usize) as u32)).collect();
        let mut number = 3 * EVENTS;
        let set = quickest(slots.len(), || {
            for &slot in &slots {
                number += 1;
                black_box(maps.set(base, slot, event(number)).unwrap());
            }
        });
        let growth = apart / *first.get_or_insert(apart);
        println!(
            "  {size:>6} slots: {apart:>4.0} / {near:>3.0} ns ({growth:.1}x of the first), {:>6.0}x less than plain maps; set {set:>4.0} ns, {:>6.0}x less than a copy",
            plain_diff / apart,
            plain_set / set
        );
    }
}

/// Two long branches go on, and again and again an event names both tips, but nobody builds on it.
fn ladder() {
    println!("ladder of merges that nobody builds on");
    for differing in [1_100u32, 3_000, 18_000] {
        let mut random = Random(17);
        let mut maps = StateMaps::new();
        let mut differences = Differences::new();
        let entries: Vec<_> = (0..MEMBERS).map(|slot| (Slot(slot), EventNid::new(slot + 1).unwrap())).collect();
        let root = maps.from_entries(Version::EMPTY, &entries).unwrap();
        let mut tips = [root, root];
        let mut number = MEMBERS + 1;
        for step in 0..differing {
            let side = step as usize % 2;
            let slot = Slot(random.below(MEMBERS as usize) as u32);
            tips[side] = maps.set(tips[side], slot, event(number)).unwrap();
            number += 1;
        }
        let (mut bytes, mut spent) = (0, 0.0);
        let rungs = 300;
        for rung in 0..rungs + 10 {
            for tip in &mut tips {
                let slot = Slot(random.below(MEMBERS as usize) as u32);
                *tip = maps.set(*tip, slot, event(number)).unwrap();
                number += 1;
            }
            let (before, start) = (maps.node_bytes(), Instant::now());
            black_box(merge(&mut maps, &tips, &mut differences));
            if rung >= 10 {
                bytes += maps.node_bytes() - before;
                spent += nanoseconds(start, 1);
            }
        }
        println!(
            "  {:>6} slots differ: {:>5} bytes a merge, {:.2} ms",
            differences.len(),
            bytes / rungs,
            spent / rungs as f64 / 1e6
        );
        check("ladder", bytes / rungs, 2_000);
    }
}

/// Merges of very many parents.
fn many_parents() {
    println!("merge of 10,000 parents in a room of {MEMBERS} slots");
    let entries: Vec<_> = (0..MEMBERS).map(|slot| (Slot(slot), EventNid::new(slot + 1).unwrap())).collect();
    for own in [1, 10] {
        let mut random = Random(23);
        let mut maps = StateMaps::new();
        let root = maps.from_entries(Version::EMPTY, &entries).unwrap();
        let mut number = MEMBERS;
        let parents: Vec<_> = (0..10_000)
            .map(|_| {
                (0..own).fold(root, |version, _| {
                    number += 1;
                    let slot = Slot(random.below(MEMBERS as usize) as u32);
                    maps.set(version, slot, event(number)).unwrap()
                })
            })
            .collect();
        let mut differences = Differences::new();
        let diff = quickest(1, || maps.diff_many(&parents, &mut differences).unwrap()) / 1e6;
        let start = Instant::now();
        merge(&mut maps, &parents, &mut differences);
        println!(
            "  {own:>2} slots each: {} differ, diff {diff:.1} ms, with the merge {:.1} ms",
            differences.len(),
            nanoseconds(start, 1) / 1e6
        );
    }
    let mut maps = StateMaps::new();
    let root = maps.from_entries(Version::EMPTY, &entries).unwrap();
    let mut parents: Vec<_> =
        (0..1_000).map(|step| maps.set(root, Slot(step), event(MEMBERS + 1 + step)).unwrap()).collect();
    let outlier: Vec<_> = (0..MEMBERS).map(|slot| (Slot(slot), EventNid::new(2 * MEMBERS + slot).unwrap())).collect();
    parents.insert(0, maps.from_entries(Version::EMPTY, &outlier).unwrap());
    let mut differences = Differences::new();
    let diff = quickest(1, || maps.diff_many(&parents, &mut differences).unwrap()) / 1e6;
    println!("  1,000 and one outlier: {} differ, diff {diff:.1} ms", differences.len());
}

/// Every event is state, on two branches that never meet before the end.
fn all_state() {
    let mut random = Random(29);
    let mut maps = StateMaps::new();
    let mut tips = [Version::EMPTY; 2];
    let start = Instant::now();
    for number in 1..=EVENTS {
        let side = number as usize % 2;
        let slot = if number <= MEMBERS { number } else { random.below(MEMBERS as usize) as u32 };
        tips[side] = maps.set(tips[side], Slot(slot), event(number)).unwrap();
    }
    let set = nanoseconds(start, EVENTS as usize);
    let bytes = maps.memory_bytes();
    let start = Instant::now();
    let mut differences = Differences::new();
    merge(&mut maps, &tips, &mut differences);
    println!(
        "all state: {EVENTS} versions in {:.0} MB, {set:.0} ns a set; the last merge, of {} slots, {:.1} ms",
        bytes as f64 / 1e6,
        differences.len(),
        nanoseconds(start, 1) / 1e6
    );
    check("all state", bytes, 300_000_000);
}

/// From a tenth of the room to the whole, the time should grow as the room does.
fn growth() {
    let mut first = None;
    for events in [EVENTS / 100, EVENTS / 10, EVENTS] {
        let start = Instant::now();
        let (maps, ..) = wide_room(events, events / 10);
        let an_event = nanoseconds(start, events as usize);
        println!(
            "growth: {events:>7} events, {an_event:>3.0} ns an event ({:.2}x of the first), {} bytes a version",
            an_event / *first.get_or_insert(an_event),
            maps.memory_bytes() / maps.versions() as usize
        );
    }
}

fn main() {
    let sections: [(&str, fn()); 7] = [
        ("wide", wide),
        ("diffs", small_diffs),
        ("ladder", ladder),
        ("parents", many_parents),
        ("all-state", all_state),
        ("growth", growth),
        ("auth", auth_difference::run),
    ];
    // Cargo passes its own options too; what is left names the sections wanted.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    for (name, section) in sections {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            section();
        }
    }
}
