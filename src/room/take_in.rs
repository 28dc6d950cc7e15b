//! Taking a batch in: the second half of adding events.
//!
//! First everything that can be refused is refused, and the rest is put into causal order; then each event enters the
//! columns, the orderings and the extremities, and is judged ([`super::judge`]).
//!
//! What is called once a batch or seldom is kept out of its callers (`inline(never)`, `cold`), here and where contents are read:
//! a JavaScript engine compiles functions while they run, and large ones out of proportion.

use super::batch::{Batch, Staged};
use super::journal::Step;
use super::options::{AddOptions, AddReport, Order, RuleSet};
use super::storage::Storage;
use super::{Room, RoomError};
use crate::column;
use crate::event::table::{Arrival, Verdict};
use crate::event::version::RoomVersion;
use crate::graph::causal::{self, Dependencies};
use crate::nid::EventNid;
use crate::sort;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// How many events are looked at together.
const AT_ONCE: usize = 8;

impl Room {
    /// Takes events in: NDJSON, a JSON array or a single event, as bytes.
    ///
    /// # Errors
    /// If the options do not fit the room, or the room is full; nothing has changed then. What could not be read is no
    /// error but a problem in the report.
    pub fn add(&mut self, bytes: &[u8], options: AddOptions) -> Result<AddReport, RoomError> {
        let mut batch = self.begin(options)?;
        self.push(&mut batch, bytes);
        self.finish(batch)
    }

    /// Takes a whole batch in.
    ///
    /// # Errors
    /// As [`Room::add`].
    pub fn finish(&mut self, mut batch: Batch) -> Result<AddReport, RoomError> {
        match self.prepare(&mut batch).and_then(|()| self.advance(&mut batch, usize::MAX)) {
            Ok(_) => Ok(self.conclude(batch)),
            Err(error) => {
                self.abort(batch);
                Err(error)
            }
        }
    }

    /// Ends the reading of a batch and decides what can be taken in, and in which order.
    ///
    /// # Errors
    /// As [`Room::add`]; [`Room::abort`] the batch then.
    pub fn prepare(&mut self, batch: &mut Batch) -> Result<(), RoomError> {
        self.end_of_input(batch);
        self.drop_known_outliers(batch);
        self.refuse_strangers(batch);
        self.sort(batch);
        self.set_given_states(batch)
    }

    /// Makes room in the columns for events with NIDs up to `ids`.
    pub(super) fn make_room(&mut self, ids: usize) {
        self.events.grow(ids);
        self.states.grow(ids);
        self.orderings.grow(ids);
    }

    /// Takes in up to `count` events of a prepared batch; returns whether there are more.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn advance(&mut self, batch: &mut Batch, count: usize) -> Result<bool, RoomError> {
        self.forget_orders();
        let end = batch.next.saturating_add(count).min(batch.order.len());
        while batch.next < end {
            // The columns grow as the memory of what has been read is given back: not all at once, before.
            if let Some(page) = column::page_at(batch.next) {
                self.make_room(batch.ids_of_page(page).unwrap_or(self.strings.events()));
            }
            if batch.next.is_multiple_of(AT_ONCE) {
                self.look_ahead(batch);
            }
            let Some(staged) = batch.order.get(batch.next).and_then(|&index| batch.staged.get(index as usize)).copied()
            else {
                break;
            };
            batch.next += 1;
            match self.receive(batch, &staged)? {
                Some(message) => self.refuse(batch, &staged, "not-stored", message),
                None if staged.again => {}
                None => batch.taken.push(staged.nid),
            }
            batch.forget_taken();
        }
        Ok(batch.next < batch.order.len())
    }

    /// Looks at the rows of the next events' auth events: in a large room those of the senders' memberships are anywhere in
    /// memory, and a processor waits for one line of it as long as for several that it is asked for together.
    fn look_ahead(&self, batch: &Batch) {
        let mut rows = [EventNid::from_index(0); 2 * AT_ONCE];
        let mut places = rows.iter_mut();
        let mut before: &[EventNid] = &[];
        for &index in batch.order.get(batch.next..).unwrap_or_default().iter().take(AT_ONCE) {
            let Some(staged) = batch.staged.get(index as usize) else { break };
            let named = batch.auth_events(staged);
            // The others are what the event before names as well.
            for (&event, place) in named.iter().filter(|&event| !before.contains(event)).zip(&mut places) {
                *place = event;
            }
            before = named;
        }
        // Nothing but loads, so that one follows the other at once.
        core::hint::black_box(rows.map(|event| (self.events.is_checked(event), self.events.facts().membership(event))));
    }

    /// Ends a batch that has been taken in and says what came of it. Of one that has been taken in in part, that part stays.
    pub fn conclude(&mut self, batch: Batch) -> AddReport {
        self.busy = false;
        self.make_room(self.strings.events());
        let mut report =
            AddReport { duplicates: batch.duplicates, more_problems: batch.more_problems, ..AddReport::default() };
        report.events = batch.taken;
        for &event in &report.events {
            match self.events.verdict(event) {
                Verdict::Accepted => report.accepted += 1,
                Verdict::SoftFailed => report.soft_failed += 1,
                Verdict::Rejected => report.rejected += 1,
                Verdict::Outlier => report.outliers += 1,
            }
        }
        // Those of one place stay in the order in which they were found.
        let mut order: Vec<(u32, u32)> = batch.problems.iter().map(|problem| problem.at).zip(0..).collect();
        sort::by_number(&mut order, |entry| entry.0);
        let mut problems = batch.problems;
        for (_, index) in order {
            report.problems.extend(problems.get_mut(index as usize).map(core::mem::take));
        }
        report
    }

    /// Drops what has turned out to be given as an outlier and is held: `pdus` that an auth chain followed.
    #[inline(never)]
    fn drop_known_outliers(&self, batch: &mut Batch) {
        let known = |batch: &Batch, staged: &Staged| {
            !staged.again && self.events.holds(staged.nid) && batch.arrival(staged.role) == Arrival::Outlier
        };
        batch.duplicates += batch.retain(|batch, staged| !known(batch, staged)) as u32;
    }

    /// Drops events of other rooms and further create events.
    #[inline(never)]
    fn refuse_strangers(&mut self, batch: &mut Batch) {
        let own_id = |batch: &Batch, staged: &Staged| match batch.version {
            Some(version) if version.room_id_is_hash() => Some(self.strings.event_id(staged.nid).replacen('$', "!", 1)),
            _ => staged.room.map(|room| batch.rooms.get(room as usize).to_owned()),
        };
        let wanted = self.room_id.clone();
        let fits = |staged: &&Staged| wanted.is_none() || own_id(batch, staged) == wanted;
        let create = self
            .create
            .or_else(|| batch.staged.iter().filter(|staged| staged.is_create()).find(fits).map(|staged| staged.nid));
        let create_room = batch.staged.iter().find(|staged| Some(staged.nid) == create).and_then(|s| own_id(batch, s));
        let room_id = wanted.or(create_room).or_else(|| {
            let first = batch.staged.iter().find_map(|staged| staged.room)?;
            Some(batch.rooms.get(first as usize).to_owned())
        });
        let index = room_id.as_deref().and_then(|id| batch.rooms.find(id));
        let refusal = |batch: &Batch, staged: &Staged| {
            let here = match staged.room {
                Some(room) => Some(room as usize) == index,
                // A create event of version 12 has no room id; any other lacks one.
                None => Some(staged.nid) == create && own_id(batch, staged) == room_id,
            };
            if staged.is_create() && Some(staged.nid) != create && (here || self.create.is_some()) {
                Some(("second-create", "the room has a create event already".to_owned()))
            } else if here {
                None
            } else {
                let named = staged.room.map(|room| batch.rooms.get(room as usize).to_owned());
                let theirs = named.or_else(|| own_id(batch, staged)).unwrap_or_default();
                let ours = room_id.as_deref().unwrap_or_default();
                Some(("wrong-room", format!("the event belongs to room {theirs:?}, this is {ours:?}")))
            }
        };
        // One pass: half of a large input may be of another room.
        let mut refused = Vec::new();
        batch.retain(|batch, staged| {
            let refusal = refusal(batch, staged);
            let keep = refusal.is_none();
            refused.extend(refusal.map(|(code, message)| (*staged, code, message)));
            keep
        });
        for (staged, code, message) in refused {
            self.refuse(batch, &staged, code, message);
        }
        if self.room_id.is_none() && !batch.staged.is_empty() {
            self.room_id = room_id;
        }
    }

    #[cold]
    fn refuse(&mut self, batch: &mut Batch, staged: &Staged, code: &'static str, message: String) {
        if !self.events.holds(staged.nid) {
            self.events.facts_mut().forget(staged.nid);
            self.texts.forget(staged.nid);
        }
        let id = self.strings.event_id(staged.nid).to_owned();
        batch.problem(staged.at, Some(id), code, message);
    }

    /// Puts the batch into order and refuses what is on a cycle.
    ///
    /// Cycles are found within the batch and through held events that wait for their state; an event whose state was
    /// given is past such checks.
    #[inline(never)]
    fn sort(&mut self, batch: &mut Batch) {
        let nodes = Nodes::new(self, batch);
        let cyclic = if nodes.are_causal(batch) {
            batch.order = (0..batch.staged.len() as u32).collect();
            Vec::new()
        } else {
            self.sort_causally(batch, &nodes)
        };
        // The state that an answer gives must be there before the event that it is given for.
        let order = core::mem::take(&mut batch.order);
        let outlier = |&index: &u32| {
            batch.staged.get(index as usize).is_some_and(|staged| batch.arrival(staged.role) == Arrival::Outlier)
        };
        let (mut first, rest): (Vec<u32>, Vec<u32>) = order.into_iter().partition(outlier);
        first.extend(rest);
        batch.order = first;
        batch.as_read = batch.order.iter().zip(0..).all(|(&index, place)| index == place);
        batch.taken.reserve_exact(batch.order.len());
        for node in cyclic {
            if let Some(&staged) = batch.staged.get(node as usize) {
                let message = "the event is its own ancestor, by way of its parents or auth events".to_owned();
                self.refuse(batch, &staged, "cycle", message);
            }
        }
    }

    /// Puts a batch into order that is not in one; returns what is on a cycle.
    fn sort_causally(&self, batch: &mut Batch, nodes: &Nodes) -> Vec<u32> {
        let mut dependencies = Dependencies::default();
        for staged in batch.staged.iter() {
            dependencies.push(batch.waits_for(staged).iter().filter_map(|&target| nodes.find(target)));
        }
        for &nid in &nodes.waiting {
            dependencies.push(self.events.prev_events(nid).iter().filter_map(|&target| nodes.find(target)));
        }
        let key = |node: u32| {
            let row = batch.staged.get(node as usize).map(|staged| (staged.row.depth, staged.row.origin_server_ts));
            (row, node)
        };
        let sorted = causal::sort(&dependencies, key);
        let staged = batch.staged.len() as u32;
        batch.order = match batch.options.order {
            Order::Causal => sorted.order,
            Order::Given => (0..staged).filter(|node| sorted.cyclic.binary_search(node).is_err()).collect(),
        };
        batch.order.retain(|&node| node < staged);
        sorted.cyclic
    }

    /// Takes in one event that has been read, as the room's rules have it. Returns why it was not stored, if it was not.
    pub(super) fn receive(&mut self, batch: &Batch, staged: &Staged) -> Result<Option<String>, RoomError> {
        match self.options.rules {
            RuleSet::Specification => self.take_in(batch, staged).map(|()| None),
            RuleSet::Dendrite => {
                let refusal = self.deliver(batch, staged)?;
                match refusal {
                    None => self.journal.push(staged.nid, Step::Arrived(batch.arrival(staged.role))),
                    Some(_) => self.journal.take_back_given(staged.nid),
                }
                Ok(refusal)
            }
        }
    }

    fn take_in(&mut self, batch: &Batch, staged: &Staged) -> Result<(), RoomError> {
        let arrival = batch.arrival(staged.role);
        let nid = staged.nid;
        if staged.again {
            self.journal.push(nid, Step::Again(arrival));
            return Ok(());
        }
        if self.events.holds(nid) {
            self.events.set_arrival(nid, arrival);
        } else {
            self.events.hold(nid, staged.row, arrival, batch.parents(staged), batch.auth_events(staged));
            self.orderings.assign(nid, arrival);
            if staged.row.slot.is_some() {
                self.states.dag.add(nid, batch.auth_events(staged));
            }
        }
        self.journal.push(nid, Step::Arrived(arrival));
        if staged.is_create() {
            self.set_create(nid, batch.version);
        }
        self.extremities.arrived(&self.events, nid);
        self.judge(nid)
    }

    /// Takes note of the create event, and of the room version that it says.
    #[cold]
    fn set_create(&mut self, create: EventNid, version: Option<&'static RoomVersion>) {
        self.create = Some(create);
        if self.version.is_none() {
            self.version = version;
            // No server takes events in before it knows the version: what was worked out without is none of its tables.
            self.storage = Storage::new(&self.options);
        }
    }
}

/// Numbers for the events that a sort looks at: those of the batch, then held ones that wait and lie between them.
struct Nodes {
    first: usize,
    new: Vec<u32>,
    old: HashMap<EventNid, u32, FixedState>,
    waiting: Vec<EventNid>,
}

impl Nodes {
    #[inline(never)]
    fn new(room: &Room, batch: &Batch) -> Self {
        let first = room.strings_before(batch);
        let mut nodes = Self {
            first,
            new: vec![u32::MAX; room.strings.events() - first],
            old: HashMap::default(),
            waiting: Vec::new(),
        };
        for (index, staged) in batch.staged.iter().enumerate() {
            if !staged.again {
                nodes.set(staged.nid, index as u32);
            }
        }
        if batch.staged.iter().any(|staged| room.extremities.is_gap(staged.nid)) {
            let waits = |nid: EventNid| {
                room.events.holds(nid)
                    && room.events.arrival(nid) != Arrival::Outlier
                    && room.events.verdict(nid) == Verdict::Outlier
            };
            let mut next: Vec<EventNid> =
                batch.staged.iter().flat_map(|staged| batch.parents(staged)).copied().collect();
            while let Some(nid) = next.pop() {
                if waits(nid) && nodes.find(nid).is_none() {
                    nodes.set(nid, (batch.staged.len() + nodes.waiting.len()) as u32);
                    nodes.waiting.push(nid);
                    next.extend_from_slice(room.events.prev_events(nid));
                }
            }
        }
        nodes
    }

    /// Returns whether everything in the batch comes after all of the batch that it names.
    fn are_causal(&self, batch: &Batch) -> bool {
        let is_after = |target: EventNid, node: u32| self.find(target).is_none_or(|other| other < node);
        let mut staged = batch.staged.iter().zip(0..);
        self.waiting.is_empty()
            && staged.all(|(staged, node)| batch.waits_for(staged).iter().all(|&target| is_after(target, node)))
    }

    fn set(&mut self, nid: EventNid, node: u32) {
        match nid.index().checked_sub(self.first).and_then(|index| self.new.get_mut(index)) {
            Some(entry) => *entry = node,
            None => _ = self.old.insert(nid, node),
        }
    }

    fn find(&self, nid: EventNid) -> Option<u32> {
        match nid.index().checked_sub(self.first) {
            Some(index) => self.new.get(index).copied().filter(|&node| node != u32::MAX),
            None => self.old.get(&nid).copied(),
        }
    }
}
