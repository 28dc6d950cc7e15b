//! Reading an input into a batch: the first half of taking events in.
//!
//! Every event is read once, its strings interned and its edges laid out; nothing of it is part of the room yet. Events
//! whose id must be computed wait until the room version is known, wherever the create event stands. What makes an event
//! part of the room is [`super::take_in`].

use super::batch::{Batch, Piece, Staged};
use super::options::AddOptions;
use super::{Room, RoomError};
use crate::column;
use crate::event::hash::added_by_client_apis;
use crate::event::json::{JsonError, Kind, Reader, Str};
use crate::event::pdu::{MAX_FIELD, Pdu, Role};
use crate::event::table::{Arrival, EventRow};
use crate::event::version::RoomVersion;
use crate::import::{ImportError, Sink};
use crate::nid::EventNid;
use std::borrow::Cow;

/// Of an event's two lists of references, the second.
const AUTH: usize = 1;

impl Room {
    /// Begins to read an input. One input can be read at a time; questions about the room may be asked meanwhile.
    ///
    /// # Errors
    /// If another input is being read.
    pub fn begin(&mut self, options: AddOptions) -> Result<Batch, RoomError> {
        if self.busy {
            return Err(RoomError::Busy);
        }
        self.busy = true;
        Ok(Batch::new(options, self.version, self.strings.mark(), self.slots.len()))
    }

    /// Reads the next bytes of the input.
    pub fn push(&mut self, batch: &mut Batch, bytes: &[u8]) {
        let mut importer = core::mem::take(&mut batch.importer);
        importer.push(bytes, &mut Stager { room: self, batch });
        batch.importer = importer;
    }

    /// As [`Room::push`], for bytes that nobody needs any more: the events' texts are kept where they stand.
    pub fn push_owned(&mut self, batch: &mut Batch, bytes: Vec<u8>) {
        // Places in a piece are numbers of 32 bits.
        let length = if u32::try_from(bytes.len()).is_ok() { bytes.len() } else { 0 };
        batch.piece = Piece { start: bytes.as_ptr() as usize, length, found: core::mem::take(&mut batch.piece.found) };
        self.push(batch, &bytes);
        batch.piece.length = 0;
        self.texts.keep(bytes, &batch.piece.found);
        batch.piece.found.clear();
    }

    /// Reads what is left when the input has ended.
    #[inline(never)]
    pub(super) fn end_of_input(&mut self, batch: &mut Batch) {
        let mut importer = core::mem::take(&mut batch.importer);
        importer.finish(&mut Stager { room: self, batch });
        self.stage_deferred(batch);
    }

    /// Gives up an input that has not been taken in: the room is as it was.
    pub fn abort(&mut self, batch: Batch) {
        self.busy = false;
        let Batch { staged, next, gave, slots, strings, .. } = batch;
        for staged in staged.iter() {
            if !self.events.holds(staged.nid) {
                self.events.facts_mut().forget(staged.nid);
                self.texts.forget(staged.nid);
            }
        }
        // Events taken in before an abort keep their strings, and so does a state that has been given.
        if next == 0 && !gave {
            self.slots.truncate(slots);
            self.strings.rollback(strings);
        } else {
            self.make_room(self.strings.events());
        }
        // A room id that no option gave is that of the events held.
        if self.events.is_empty() && self.options.room_id.is_none() {
            self.room_id = None;
        }
    }

    fn stage(&mut self, batch: &mut Batch, at: u32, event: Result<&Pdu<'_>, ImportError>) {
        let pdu = match event {
            Ok(pdu) => pdu,
            Err(error) => return batch.problem(at, None, error.code(), error.to_string()),
        };
        if batch.version.is_none() {
            if !pdu.is_create() {
                batch.deferred.push((at, pdu.role, pdu.text.to_owned()));
                return;
            }
            match create_version(pdu.content) {
                Ok(version) => batch.version = Some(version),
                Err(named) => {
                    let error = RoomError::UnknownRoomVersion(named);
                    return batch.problem(at, None, error.code(), error.to_string());
                }
            }
            self.stage_deferred(batch);
        }
        self.stage_pdu(batch, at, pdu);
    }

    #[inline(never)]
    fn stage_deferred(&mut self, batch: &mut Batch) {
        for (at, role, text) in core::mem::take(&mut batch.deferred) {
            let mut pdu = Pdu::default();
            match pdu.read(&mut Reader::new(&text)) {
                Ok(()) => {
                    pdu.role = role;
                    self.stage_pdu(batch, at, &pdu);
                }
                Err(error) => batch.problem(at, None, error.code(), error.to_string()),
            }
        }
    }

    fn stage_pdu(&mut self, batch: &mut Batch, at: u32, pdu: &Pdu<'_>) {
        if let Err((code, message)) = self.try_stage(batch, at, pdu) {
            let id = pdu.event_id.map(|id| id.decode().into_owned());
            batch.problem(at, id, code, message);
        }
    }

    fn try_stage(&mut self, batch: &mut Batch, at: u32, pdu: &Pdu<'_>) -> Result<(), (&'static str, String)> {
        let full = |_| ("room-full", RoomError::Full.to_string());
        let mut computed = core::mem::take(&mut batch.id);
        let id = event_id(batch, at, pdu, &mut computed)?;
        let nid = self.strings.intern_new_event(&id).map_err(full)?;
        match pdu.role {
            Role::Event | Role::Pdu => _ = batch.first.get_or_insert(nid),
            Role::State => batch.answered_state.push(nid),
            Role::AuthChain => batch.has_auth_chain = true,
        }
        let becomes = self.events.holds(nid)
            && self.events.arrival(nid) == Arrival::Outlier
            && batch.arrival(pdu.role) != Arrival::Outlier;
        let again = !batch.seen.insert(nid) || (self.events.holds(nid) && !becomes);
        if again {
            batch.duplicates += 1;
            if !self.options.counts_deliveries() {
                return Ok(());
            }
        }
        if batch.version.is_some_and(|version| version.strict_event_byte_limits) {
            fits_in_bytes(pdu, &id)?;
        }
        drop(id);
        batch.id = computed;
        self.stage_as(batch, at, pdu, nid, again)
    }

    /// Stages an event whose NID is known, `again` if it is held already or stands earlier in the input.
    pub(super) fn stage_as(
        &mut self,
        batch: &mut Batch,
        at: u32,
        pdu: &Pdu<'_>,
        nid: EventNid,
        again: bool,
    ) -> Result<(), (&'static str, String)> {
        let full = |_| ("room-full", RoomError::Full.to_string());
        let (Some(kind), Some(sender)) = (pdu.kind, pdu.sender) else { return Ok(()) };
        let name = kind.decode();
        let kind = match batch.kind.filter(|&kind| self.strings.is_type(kind, &name)) {
            Some(kind) => kind,
            None => self.strings.intern_type(&name).map_err(full)?,
        };
        let user = sender.decode();
        let sender = self.strings.intern_sender(&user).map_err(full)?;
        let state_key = match pdu.state_key.map(Str::decode) {
            // Most state of a room is memberships that members set themselves.
            Some(key) if key == user => Some(sender),
            Some(key) => Some(self.strings.intern_state_key(&key).map_err(full)?),
            None => None,
        };
        batch.named.clear();
        let mut counts = [0; 2];
        for (which, ids) in [&pdu.prev_events, &pdu.auth_events].into_iter().enumerate() {
            let from = batch.named.len();
            for id in ids {
                let id = id.decode();
                let target = match which {
                    AUTH => self.strings.intern_auth_event(&id, sender),
                    _ => self.strings.intern_event(&id),
                };
                let target = target.map_err(full)?;
                if target == nid {
                    return Err(("cycle", "the event names itself".to_owned()));
                }
                // A parent named twice is one parent; an auth event named twice is for the rules to refuse. Few enough to
                // look through: at most 20.
                if which == AUTH || !batch.named.get(from..).is_some_and(|named| named.contains(&target)) {
                    batch.named.push(target);
                }
            }
            if let Some(count) = counts.get_mut(which) {
                *count = (batch.named.len() - from) as u8;
            }
        }
        let [parents, auth_events] = counts;
        batch.kind = Some(kind);
        let room = match pdu.room_id {
            Some(id) => Some(batch.room(&id.decode()).map_err(full)?),
            None => None,
        };
        // An outlier that becomes an event has been read.
        if !again && !self.events.holds(nid) {
            let redacts = pdu.redacts.map(Str::decode);
            self.events
                .facts_mut()
                .read(nid, kind, state_key, pdu.content, redacts.as_deref(), &mut self.strings)
                .map_err(full)?;
            if self.options.keep_json && !batch.piece.find(nid, pdu.text) {
                self.texts.set(nid, pdu.text);
            }
        }
        let slot = state_key.map(|key| self.slots.intern(kind, key));
        let row = EventRow { kind, state_key, slot, sender, depth: pdu.depth, origin_server_ts: pdu.origin_server_ts };
        batch.staged.push(Staged {
            nid,
            row,
            edges: batch.edges.push(batch.named.len(), batch.named.iter().copied()),
            parents,
            auth_events,
            at,
            room,
            role: pdu.role,
            again,
        });
        if column::page_at(batch.staged.len()).is_some() {
            batch.known.push(self.strings.events() as u32);
        }
        Ok(())
    }
}

/// Where what is read goes: a type of its own, so that the reader is compiled once.
struct Stager<'a> {
    room: &'a mut Room,
    batch: &'a mut Batch,
}

impl Sink for Stager<'_> {
    fn take(&mut self, at: u32, event: Result<&Pdu<'_>, ImportError>) {
        self.room.stage(self.batch, at, event);
    }

    fn expect(&mut self, events: &[Pdu<'_>]) {
        let named = events.iter().map(|pdu| [pdu.event_id, pdu.sender].map(|name| name.and_then(Str::as_written)));
        self.room.strings.look_ahead(named);
    }
}

/// Returns an event's id: the given one, or the one computed into `computed` where there is none or it is to be checked.
fn event_id<'a>(
    batch: &mut Batch,
    at: u32,
    pdu: &Pdu<'a>,
    computed: &'a mut String,
) -> Result<Cow<'a, str>, (&'static str, String)> {
    let given = pdu.event_id.map(Str::decode);
    let Some(version) = batch.version else {
        return given.ok_or_else(|| ("no-room-version", RoomError::NoRoomVersion.to_string()));
    };
    if !version.computes_ids() {
        let message = || format!("the event has no `event_id`, which events of room version {} carry", version.id);
        return given.ok_or_else(|| ("missing-field", message()));
    }
    let malformed = |error: JsonError| ("bad-json", error.to_string());
    let verify = batch.options.verify;
    if verify {
        let content = batch.hasher.content_hash(pdu.text, version).map_err(malformed)?;
        let kind = pdu.kind.map(Str::decode).unwrap_or_default();
        let added = added_by_client_apis(&kind, version);
        let mut differs = |hash: &Cow<'_, str>| {
            *hash != content
                && (added.is_empty()
                    || batch.hasher.content_hash_without(pdu.text, version, added).as_deref() != Ok(hash))
        };
        if let Some(hash) = pdu.sha256.map(Str::decode).filter(|hash| differs(hash)) {
            let id = given.as_ref().map(|id| id.clone().into_owned());
            let message = format!("the content hash given is {hash}, the content's is {content}: redacted, or changed");
            batch.problem(at, id, "hash-mismatch", message);
        }
    }
    match given {
        Some(given) if !verify => Ok(given),
        Some(given) => {
            batch.hasher.event_id(pdu, version, computed).map_err(malformed)?;
            if given != *computed {
                let message = format!("the id given is {given}, the event's is {computed}; the given one is kept");
                batch.problem(at, Some(given.clone().into_owned()), "id-mismatch", message);
            }
            Ok(given)
        }
        None => {
            batch.hasher.event_id(pdu, version, computed).map_err(malformed)?;
            Ok(Cow::Borrowed(computed))
        }
    }
}

/// Checks what room versions 11 and up limit in bytes, and all versions in characters (which reading has checked).
#[inline(never)]
fn fits_in_bytes(pdu: &Pdu<'_>, id: &str) -> Result<(), (&'static str, String)> {
    match pdu.too_long(str::len).or((id.len() > MAX_FIELD).then_some("`event_id`")) {
        Some(what) => Err(("too-large", format!("{what} is longer than {MAX_FIELD} bytes"))),
        None => Ok(()),
    }
}

/// Returns the room version that a create event's content names ("1" if none), or the name that is not known.
#[cold]
pub(super) fn create_version(content: &str) -> Result<&'static RoomVersion, String> {
    let mut named = Cow::Borrowed("1");
    let read = Reader::new(content).object(|reader, key| {
        if key.decode() == "room_version" {
            if reader.kind()? == Kind::String {
                named = reader.string()?.decode();
            } else {
                named = Cow::Owned(reader.skip()?.to_owned());
            }
        } else {
            reader.skip()?;
        }
        Ok::<_, crate::event::json::JsonError>(())
    });
    match read {
        Ok(()) => RoomVersion::find(&named).ok_or(named.into_owned()),
        Err(_) => Err(content.to_owned()),
    }
}
