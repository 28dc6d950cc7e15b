//! A room from bytes that [`Room::save`] wrote, or that somebody says it did.
//!
//! The strings get their NIDs, and then the room is told everything again in the order in which it was told at first: the
//! events are read from their JSON, taken in and judged by the code that does so for any input. So whatever the bytes are,
//! what comes of them is a room, or they are refused; and memory grows with the bytes that are there, never with a number
//! in them. Event ids are taken as given, as they are when events are added.

use super::batch::{Batch, Staged};
use super::save::{FORM, FRAME_HEAD, MARK, checksum};
use super::{AddOptions, Room, RoomError, RoomOptions, RuleSet};
use crate::event::json::{Reader, Str};
use crate::event::pdu::{Keys, Pdu};
use crate::event::table::Arrival;
use crate::event::version::RoomVersion;
use crate::nid::{EventNid, EventStateKeyNid, EventTypeNid, Slot};
use crate::state::map::Version;
use crate::storage::Numbering;

type Result<T> = core::result::Result<T, RoomError>;

/// Reads a saved room from its bytes as they come.
#[derive(Debug)]
pub struct Loader {
    seed: u64,
    /// What has come and has not been read.
    bytes: Vec<u8>,
    has_form: bool,
    retelling: Option<Retelling>,
}

/// A room that is being told everything again.
#[derive(Debug)]
struct Retelling {
    room: Room,
    batch: Batch,
    deliveries: Vec<u32>,
    given: Vec<GivenAgain>,
    /// How many of both have been told.
    delivered: usize,
    gave: usize,
    /// How many events have been read, and the keys of the last one.
    events: u32,
    keys: Keys,
}

#[derive(Debug)]
struct GivenAgain {
    after: u32,
    event: EventNid,
    comes: bool,
    entries: Vec<(Slot, EventNid)>,
}

impl Room {
    /// Makes a room of the bytes that [`Room::save`] returned. `seed` is as in [`RoomOptions`].
    ///
    /// # Errors
    /// If the bytes are not a saved room, are one in another form, or are damaged.
    pub fn load(bytes: &[u8], seed: u64) -> Result<Self> {
        let mut loader = Loader::new(seed);
        // In parts, so that all of it is not held twice.
        for part in bytes.chunks(1 << 20) {
            loader.push(part)?;
        }
        loader.finish()
    }
}

impl Loader {
    /// Returns a loader that has seen nothing yet. `seed` is as in [`RoomOptions`].
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, bytes: Vec::new(), has_form: false, retelling: None }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// As [`Room::load`]. The loader is of no more use then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        let mut read = 0;
        if !self.has_form {
            let start = MARK.len().min(self.bytes.len());
            if self.bytes.get(..start) != MARK.get(..start) {
                return Err(RoomError::NotASave);
            }
            let Some(form) = self.bytes.get(start..).and_then(|rest| rest.first_chunk()) else { return Ok(()) };
            let form = u32::from_le_bytes(*form);
            if form != FORM {
                return Err(RoomError::UnknownSaveForm(form));
            }
            self.has_form = true;
            read = start + size_of::<u32>();
        }
        while let Some((body, sum)) = frame(self.bytes.get(read..).unwrap_or_default()) {
            let place = self.retelling.as_ref().map_or(0, |retelling| retelling.events + 1);
            if checksum(body, place) != sum {
                return Err(RoomError::DamagedSave("a checksum is not that of its bytes"));
            }
            match &mut self.retelling {
                None => self.retelling = Some(read_head(body, self.seed).ok_or(BAD_HEAD)?),
                Some(retelling) => retelling.read_events(body)?,
            }
            read += FRAME_HEAD + body.len();
        }
        self.bytes.drain(..read);
        Ok(())
    }

    /// Returns the room, when all bytes have been read.
    ///
    /// # Errors
    /// As [`Room::load`].
    pub fn finish(self) -> Result<Room> {
        match self.retelling {
            None if !self.has_form => Err(RoomError::NotASave),
            Some(mut retelling) if self.bytes.is_empty() => {
                if retelling.next_new()?.is_some() {
                    return Err(RoomError::DamagedSave("it ends too early"));
                }
                retelling.room.busy = false;
                Ok(retelling.room)
            }
            _ => Err(RoomError::DamagedSave("it ends too early")),
        }
    }
}

/// Returns the body and the checksum of the frame that comes first, if all of it is there.
fn frame(bytes: &[u8]) -> Option<(&[u8], u64)> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    Some((rest.get(..u32::from_le_bytes(*length) as usize)?, u64::from_le_bytes(*sum)))
}

const BAD_HEAD: RoomError = RoomError::DamagedSave("its head makes no sense");
const BAD_EVENT: RoomError = RoomError::DamagedSave("an event is not the one that was saved");

fn check(holds: bool) -> Option<()> {
    holds.then_some(())
}

/// Reads the head and tells the room nothing yet; `None` if it makes no sense.
fn read_head(bytes: &[u8], seed: u64) -> Option<Retelling> {
    let mut head = Head { bytes };
    let flags = head.number()?;
    let rules = *[RuleSet::Specification, RuleSet::Dendrite].get(head.number()? as usize)?;
    let numbering = *[Numbering::Dense, Numbering::Sqlite, Numbering::Postgres].get(head.number()? as usize)?;
    let hop_limit = u16::try_from(head.number()?).ok()?;
    let [room_version, version] = [head.version()?, head.version()?].map(version);
    let room_id = Some(head.string()?).filter(|id| !id.is_empty()).map(str::to_owned);
    let mut room = Room::new(RoomOptions {
        room_version,
        room_id: room_id.clone().filter(|_| flags & 4 != 0),
        enforce_auth: flags & 1 != 0,
        rules,
        numbering,
        hop_limit,
        keep_json: flags & 2 != 0,
        seed,
    });
    room.room_id = room_id;
    // The strings get the numbers that they had.
    let strings = &mut room.strings;
    for index in 0..head.number()? {
        check(strings.intern_event(head.string()?).ok()?.index() == index as usize)?;
    }
    for index in 0..head.number()? {
        check(strings.intern_type(head.string()?).ok()?.index() == index as usize)?;
    }
    for index in 0..head.number()? {
        check(strings.intern_state_key(head.string()?).ok()?.index() == index as usize)?;
    }
    let events = strings.events();
    for index in 0..head.number()? {
        let kind = EventTypeNid::new(head.number_to(strings.types())?)?;
        let key = EventStateKeyNid::new(head.number_to(strings.state_keys())?)?;
        check(room.slots.intern(kind, key) == Slot(index))?;
    }
    let mut deliveries = Vec::new();
    for _ in 0..head.number()? {
        let word = head.number()?;
        check(delivery(word)?.0.index() < events)?;
        deliveries.push(word);
    }
    let mut given = Vec::new();
    for _ in 0..head.number()? {
        let after = head.number_to(deliveries.len())?;
        let event = EventNid::new(head.number_to(events)?)?;
        let comes = head.number()? != 0;
        let mut entries: Vec<(Slot, EventNid)> = Vec::new();
        for _ in 0..head.number()? {
            let slot = Slot(head.number()?);
            let event = EventNid::new(head.number_to(events)?)?;
            let ascends = entries.last().is_none_or(|last| last.0 < slot);
            check(ascends && (slot.0 as usize) < room.slots.len())?;
            entries.push((slot, event));
        }
        given.push(GivenAgain { after, event, comes, entries });
    }
    check(head.bytes.is_empty())?;
    room.make_room(events);
    let mut batch = room.begin(AddOptions::default()).ok()?;
    batch.version = version.or(room_version);
    let keys = Keys::default();
    Some(Retelling { room, batch, deliveries, given, delivered: 0, gave: 0, events: 0, keys })
}

impl Retelling {
    /// Tells the room what is next in order up to the first delivery of an event that has not come before.
    fn next_new(&mut self) -> Result<Option<(EventNid, Arrival)>> {
        loop {
            while let Some(given) = self.given.get(self.gave).filter(|given| given.after as usize == self.delivered) {
                let state = self.room.states.maps.from_entries(Version::EMPTY, &given.entries)?;
                self.gave += 1;
                self.room.give_state(given.event, state, given.comes)?;
            }
            let Some((nid, arrival)) = self.deliveries.get(self.delivered).and_then(|&word| delivery(word)) else {
                return check(self.gave == self.given.len()).map(|()| None).ok_or(BAD_HEAD);
            };
            if !self.room.events.holds(nid) {
                return Ok(Some((nid, arrival)));
            }
            let becomes = self.room.events.arrival(nid) == Arrival::Outlier && arrival != Arrival::Outlier;
            check(becomes || self.room.options.counts_deliveries()).ok_or(BAD_HEAD)?;
            let staged = self.batch.stage_again(&self.room.events, nid, !becomes).ok_or(BAD_HEAD)?;
            self.receive(&staged, arrival)?;
        }
    }

    fn receive(&mut self, staged: &Staged, arrival: Arrival) -> Result<()> {
        self.batch.options.arrival = arrival;
        // What was not stored at first was not saved.
        if self.room.receive(&self.batch, staged)?.is_some() {
            return Err(BAD_EVENT);
        }
        self.batch.edges.clear();
        self.delivered += 1;
        Ok(())
    }

    fn read_events(&mut self, lines: &[u8]) -> Result<()> {
        let text = core::str::from_utf8(lines).map_err(|_| RoomError::DamagedSave("an event is not UTF-8"))?;
        let (mut reader, mut pdu) = (Reader::new(text), Pdu::default());
        while reader.whitespace().is_some() {
            let next = self.next_new()?;
            let (nid, arrival) = next.ok_or(RoomError::DamagedSave("it has an event too many"))?;
            pdu.read_after(&mut reader, &mut self.keys).map_err(|_| BAD_EVENT)?;
            self.take_in(&pdu, nid, arrival)?;
            self.events += 1;
        }
        Ok(())
    }

    fn take_in(&mut self, pdu: &Pdu<'_>, nid: EventNid, arrival: Arrival) -> Result<()> {
        let room = &mut self.room;
        let id = room.strings.event_id(nid);
        let same =
            |given: Option<Str<'_>>, known: Option<&str>| given.is_none_or(|given| Some(&*given.decode()) == known);
        if !same(pdu.event_id, Some(id)) || !same(pdu.room_id, room.room_id()) {
            return Err(BAD_EVENT);
        }
        room.stage_as(&mut self.batch, 0, pdu, nid, false).map_err(|_| BAD_EVENT)?;
        let staged = self.batch.staged.pop().ok_or(BAD_EVENT)?;
        if staged.is_create() && room.create.is_some() {
            return Err(BAD_EVENT);
        }
        // What is named has a NID already, or it was not named when the room was saved.
        if room.strings.events() > room.events.ids() {
            return Err(BAD_EVENT);
        }
        self.receive(&staged, arrival)
    }
}

/// Returns the delivery that a number stands for.
fn delivery(word: u32) -> Option<(EventNid, Arrival)> {
    let arrivals = [Arrival::Live, Arrival::Backfill, Arrival::Outlier];
    Some((EventNid::from_index((word >> 2) as usize), *arrivals.get((word & 3) as usize)?))
}

/// The part of a saved room's head that has not been read.
struct Head<'a> {
    bytes: &'a [u8],
}

impl<'a> Head<'a> {
    // Not worth a copy for each number.
    #[inline(never)]
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u32::from_le_bytes(*number))
    }

    /// Reads a number that must not be greater than `most`.
    fn number_to(&mut self, most: usize) -> Option<u32> {
        self.number().filter(|&number| number as usize <= most)
    }

    #[inline(never)]
    fn string(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let (string, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        core::str::from_utf8(string).ok()
    }

    /// Reads a room version, 0 for none.
    fn version(&mut self) -> Option<u32> {
        self.number_to(RoomVersion::all().len())
    }
}

/// Returns the room version that a number stands for.
fn version(number: u32) -> Option<&'static RoomVersion> {
    RoomVersion::all().get(number.checked_sub(1)? as usize)
}

#[cfg(test)]
mod tests;
