//! What a resolution costs: small conflicts in huge states beside ruma-state-res, a power fight, a merge of ten thousand.
//!
//! Run with `cargo bench --bench resolution`. Times are one machine's; the ratios beside them are what counts, and are
//! checked. ruma-state-res is given what its callers have to bring (full states, full auth chains, the conflicted
//! subgraph) ready-made; only its own work is timed.

// A bench speaks through its output, and a panic is its failure.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
// Figures, not results: their precision is far below a double's.
#![allow(clippy::cast_precision_loss)]

#[path = "../tests/resolution_support/ruma.rs"]
mod oracle;
#[path = "../tests/resolution_support/mod.rs"]
mod resolution_support;

use oracle::Ruma;
use resolution_support::naive::{Naive, State};
use resolution_support::{Pdu, TestRoom};
use roomscope::state::map::Version;
use std::collections::BTreeSet;
use std::time::Instant;

const CREATOR: &str = "@creator:a";

/// Makes rooms whose states are written down here, not resolved.
struct Builder {
    room: TestRoom,
    ruma: Option<Ruma>,
    ts: i64,
}

impl Builder {
    fn new(version: &str, with_ruma: bool) -> Self {
        Self { room: TestRoom::new(version), ruma: with_ruma.then(|| Ruma::new(version)), ts: 1_000 }
    }

    fn add(&mut self, id: &str, kind: &str, key: &str, sender: &str, content: &str, auth: &[&str]) {
        self.ts += 1;
        let is_v12 = self.room.version.id == "12";
        let pdu = Pdu {
            id: id.to_owned(),
            kind: kind.to_owned(),
            state_key: Some(key.to_owned()),
            sender: sender.to_owned(),
            content: content.to_owned(),
            ts: self.ts,
            depth: self.ts.unsigned_abs(),
            prev: if id == "$JC" { vec!["$C".to_owned()] } else { Vec::new() },
            auth: auth.iter().filter(|&&id| !(is_v12 && id == "$C")).map(|&id| id.to_owned()).collect(),
        };
        if let Some(ruma) = &mut self.ruma {
            ruma.add(&pdu);
        }
        self.room.hold(pdu);
    }

    /// A public room with power levels of which `users` is a part, and `members` members.
    fn open(&mut self, users: &str, members: usize) -> Version {
        let create = format!(r#"{{"room_version":"{}","creator":"{CREATOR}"}}"#, self.room.version.id);
        let own = if self.room.version.id == "12" { String::new() } else { format!(r#""{CREATOR}":100,"#) };
        self.add("$C", "m.room.create", "", CREATOR, &create, &[]);
        self.add("$JC", "m.room.member", CREATOR, CREATOR, r#"{"membership":"join"}"#, &["$C"]);
        let levels = format!(r#"{{"users":{{{own}{users}}}}}"#);
        self.add("$P", "m.room.power_levels", "", CREATOR, &levels, &["$C", "$JC"]);
        self.add("$R", "m.room.join_rules", "", CREATOR, r#"{"join_rule":"public"}"#, &["$C", "$JC", "$P"]);
        let mut ids: Vec<String> = ["$C", "$JC", "$P", "$R"].map(str::to_owned).to_vec();
        for number in 0..members {
            let (id, user) = (format!("$J{number}"), format!("@user{number}:a"));
            self.add(&id, "m.room.member", &user, &user, r#"{"membership":"join"}"#, &["$C", "$P", "$R"]);
            ids.push(id);
        }
        self.room.state(&ids.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn set(&mut self, state: Version, id: &str) -> Version {
        let event = self.room.nid(id);
        self.room.after(state, event)
    }
}

/// Returns the seconds of the quickest of some runs.
fn quickest(runs: usize, mut run: impl FnMut()) -> f64 {
    let times = (0..runs).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Resolves the same many times over, without the version that comes of it being there already.
fn resolve(room: &mut TestRoom, parents: &[Version], runs: usize) -> f64 {
    quickest(runs, || {
        let mark = room.maps.mark();
        room.resolve(parents);
        room.maps.rollback(mark);
    })
}

fn ten_slots_of_many(version: &str, members: usize) {
    let mut builder = Builder::new(version, true);
    let base = builder.open(r#""@user0:a":50"#, members);
    let mut parents = [base, base];
    for (side, parent) in parents.iter_mut().enumerate() {
        for number in 1..=10 {
            let number = number * (members / 11);
            let (id, join, user) = (format!("$N{side}-{number}"), format!("$J{number}"), format!("@user{number}:a"));
            let content = format!(r#"{{"membership":"join","displayname":"{side}"}}"#);
            builder.add(&id, "m.room.member", &user, &user, &content, &["$C", "$P", &join, "$R"]);
            *parent = builder.set(*parent, &id);
        }
    }
    let ours = resolve(&mut builder.room, &parents, 2_000);
    let resolved = builder.room.resolve(&parents);

    let ruma = builder.ruma.as_ref().unwrap();
    let room = &builder.room;
    let states = parents.map(|parent| Ruma::state(room, parent));
    let chains = states.each_ref().map(|state| ruma.chain(state));
    let naive = Naive { room };
    let renames =
        parents.map(|parent| naive.state(parent).into_values().filter(|id| id.starts_with("$N")).collect::<Vec<_>>());
    let subgraph = naive.conflicted_subgraph(&renames.into_iter().flatten().collect());
    let mut theirs = f64::INFINITY;
    for _ in 0..3 {
        let chains = chains.to_vec();
        let start = Instant::now();
        let state = ruma.resolve(&states, chains, |_| subgraph.clone());
        theirs = theirs.min(start.elapsed().as_secs_f64());
        let ids: BTreeSet<String> = state.into_values().map(|id| id.to_string()).collect();
        let ours: State = naive.state(resolved);
        assert_eq!(ids, ours.into_values().collect());
    }
    println!(
        "version {version:>2}, two states of {members} that differ in 10 slots: {:.1} µs, ruma-state-res {:.0} ms, {:.0} times as long",
        ours * 1e6,
        theirs * 1e3,
        theirs / ours
    );
    if members >= 100_000 {
        assert!(theirs / ours > 1_000.0, "less than a thousand times");
    }
}

/// Two administrators who each set power levels on a branch of their own, `steps` times in all.
fn power_fight(version: &str, steps: usize, with_ruma: bool) -> f64 {
    let mut builder = Builder::new(version, with_ruma);
    let base = builder.open(r#""@user0:a":90,"@user1:a":90"#, 10);
    let own = if version == "12" { String::new() } else { format!(r#""{CREATOR}":100,"#) };
    let mut parents = [base, base];
    for (side, parent) in parents.iter_mut().enumerate() {
        let (user, join) = (format!("@user{side}:a"), format!("$J{side}"));
        let mut before = "$P".to_owned();
        for step in 0..steps / 2 {
            let id = format!("$P{side}-{step}");
            let content =
                format!(r#"{{"users":{{{own}"@user0:a":90,"@user1:a":90,"@user{}:a":{}}}}}"#, 2 + step % 7, step % 80);
            builder.add(&id, "m.room.power_levels", "", &user, &content, &["$C", &before, &join]);
            *parent = builder.set(*parent, &id);
            let topic = format!("$T{side}-{step}");
            builder.add(&topic, "m.room.topic", "", &user, r#"{"topic":"mine"}"#, &["$C", &id, &join]);
            *parent = builder.set(*parent, &topic);
            before = id;
        }
    }
    let (_, account) = builder.room.account(&parents);
    let tried = account.steps.len();
    let seconds = resolve(&mut builder.room, &parents, 20);
    print!("version {version:>2}, a power fight of {steps} steps: {:.2} ms, {tried} tried", seconds * 1e3);
    if let Some(ruma) = &builder.ruma {
        let start = Instant::now();
        ruma.resolve_versions(&builder.room, &parents);
        print!(" (ruma-state-res with its callers' work {:.0} ms)", start.elapsed().as_secs_f64() * 1e3);
    }
    println!();
    seconds
}

/// As many parents, each with an own member, and a topic of its own or none.
fn many_parents(version: &str, count: usize, with_topics: bool) -> f64 {
    let mut builder = Builder::new(version, false);
    let base = builder.open(r#""@user0:a":50"#, 100);
    let levels = if version == "12" { String::new() } else { format!(r#""{CREATOR}":100"#) };
    builder.add(
        "$PALL",
        "m.room.power_levels",
        "",
        CREATOR,
        &format!(r#"{{"users":{{{levels}}},"users_default":50}}"#),
        &["$C", "$P", "$JC"],
    );
    let base = builder.set(base, "$PALL");
    let mut parents = Vec::new();
    for number in 0..count {
        let (id, user) = (format!("$O{number}"), format!("@other{number}:a"));
        builder.add(&id, "m.room.member", &user, &user, r#"{"membership":"join"}"#, &["$C", "$PALL", "$R"]);
        let mut parent = builder.set(base, &id);
        if with_topics {
            let topic = format!("$OT{number}");
            builder.add(&topic, "m.room.topic", "", &user, r#"{"topic":"mine"}"#, &["$C", "$PALL", &id]);
            parent = builder.set(parent, &topic);
        }
        parents.push(parent);
    }
    let seconds = resolve(&mut builder.room, &parents, 20);
    let topics = if with_topics { " and one topic" } else { "" };
    println!("version {version:>2}, {count} parents with a slot each{topics}: {:.1} ms", seconds * 1e3);
    seconds
}

fn main() {
    for version in ["11", "12"] {
        for members in [1_000, 10_000, 100_000] {
            ten_slots_of_many(version, members);
        }
        let short = power_fight(version, 500, true);
        let long = power_fight(version, 2_000, false);
        println!("  four times the steps take {:.1} times as long", long / short);
        assert!(long / short < 8.0, "a power fight is quadratic");
    }
    for version in ["1", "11", "12"] {
        for with_topics in [false, true] {
            let few = many_parents(version, 1_000, with_topics);
            let many = many_parents(version, 10_000, with_topics);
            println!("  ten times the parents take {:.1} times as long", many / few);
            assert!(many / few < 50.0, "a merge is quadratic in its parents");
        }
    }
}
