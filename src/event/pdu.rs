//! Reading one PDU: an event in federation format.
//!
//! Everything is borrowed from the text, `content` is passed over unread, and each field is checked for what every
//! server checks before it looks at an event at all (Synapse `event_from_pdu_json`, `validate_event_for_room_version`).
//! Beside it, `keys` finds the members, `values` reads them, and `error` says why there is no event. Relies on
//! [`super::json`], and for the size of large events on [`super::canonical`].

mod error;
mod keys;
mod values;

pub use error::PduError;
pub use keys::Keys;

use keys::Member;
use values::{hashes, integer, references, string};

use super::canonical::Writer;
use super::json::{JsonError, Kind, Reader, Str};

/// The largest depth: the largest integer of canonical JSON, 2^53 − 1.
pub const MAX_DEPTH: u64 = (1 << 53) - 1;
/// The largest event, in bytes of canonical JSON without `unsigned` (specification, "Size limits").
pub const MAX_PDU_BYTES: usize = 65_536;
/// The longest text of one event that is read at all: an export adds `unsigned` to an event, but not megabytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// The most parents that a server accepts in one event.
pub const MAX_PREV_EVENTS: usize = 20;
/// The most auth events that a server accepts in one event.
pub const MAX_AUTH_EVENTS: usize = 10;
/// The longest sender, room id, type, state key or event id.
pub const MAX_FIELD: usize = 255;

/// What an event's place in its input says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// One of the input's events, no more.
    #[default]
    Event,
    /// In the `auth_chain` of a federation answer.
    AuthChain,
    /// In the `state` of a `send_join` answer.
    State,
    /// In the `pdus` of a federation answer: the state of a `state` answer, the events of any other.
    Pdu,
}

/// One event as it stands in its text.
#[derive(Clone, Debug, Default)]
pub struct Pdu<'a> {
    /// The whole event.
    pub text: &'a str,
    /// The event id, if the text gives one.
    pub event_id: Option<Str<'a>>,
    /// The room id; missing only in a create event (version 12).
    pub room_id: Option<Str<'a>>,
    /// The event type.
    pub kind: Option<Str<'a>>,
    /// The state key, for a state event.
    pub state_key: Option<Str<'a>>,
    /// The sender's user id.
    pub sender: Option<Str<'a>>,
    /// Milliseconds.
    pub origin_server_ts: i64,
    /// 0 to [`MAX_DEPTH`].
    pub depth: u64,
    /// The ids of the parents, as named.
    pub prev_events: Vec<Str<'a>>,
    /// The ids of the auth events, as named.
    pub auth_events: Vec<Str<'a>>,
    /// The text of the content, an object.
    pub content: &'a str,
    /// What a redaction redacts, where versions 1 to 10 say so.
    pub redacts: Option<Str<'a>>,
    /// What its place in the input says of it.
    pub role: Role,
    /// The given content hash.
    pub sha256: Option<Str<'a>>,
    /// The text of what else counts towards the event's id.
    pub raw: RawMembers<'a>,
}

/// Values as they stand in an event's text; "" where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RawMembers<'a> {
    /// The auth events.
    pub auth_events: &'a str,
    /// The depth.
    pub depth: &'a str,
    /// The hashes.
    pub hashes: &'a str,
    /// A membership outside the content: a key that once was.
    pub membership: &'a str,
    /// The server that sent it: a key that once was.
    pub origin: &'a str,
    /// Milliseconds.
    pub origin_server_ts: &'a str,
    /// The parents.
    pub prev_events: &'a str,
    /// The state before it: a key that once was.
    pub prev_state: &'a str,
}

impl<'a> Pdu<'a> {
    /// Reads the event that comes next. Lists that `self` held before keep their memory.
    ///
    /// When the fields are wrong the reader has still passed the whole value: only after [`PduError::Json`] and
    /// [`PduError::NotAnObject`] does it stand somewhere else.
    ///
    /// # Errors
    /// If the value is not a PDU; see [`PduError`].
    pub fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), PduError> {
        self.read_after(reader, &mut Keys::default())
    }

    /// As [`Pdu::read`], for one of many: its keys are first looked for where those of the event before stood.
    ///
    /// # Errors
    /// As [`Pdu::read`].
    pub fn read_after(&mut self, reader: &mut Reader<'a>, keys: &mut Keys) -> Result<(), PduError> {
        if reader.kind_inlined()? != Kind::Object {
            reader.skip()?;
            return Err(PduError::NotAnObject);
        }
        self.clear();
        let start = reader.at();
        let text = reader.rest();
        let mut fault = None;
        let mut seen = 0;
        for place in 0.. {
            let Some(member) = keys.read(reader, place)? else { break };
            seen |= member.bit();
            self.member(reader, member, keys, &mut fault)?;
        }
        self.text = text.get(..reader.at() - start).unwrap_or_default();
        match fault {
            Some(fault) => Err(fault),
            None => self.check(seen),
        }
    }

    /// Field by field: a whole new value is put together elsewhere and copied.
    fn clear(&mut self) {
        self.role = Role::Event;
        self.text = "";
        self.event_id = None;
        self.room_id = None;
        self.kind = None;
        self.state_key = None;
        self.sender = None;
        self.origin_server_ts = 0;
        self.depth = 0;
        self.prev_events.clear();
        self.auth_events.clear();
        self.content = "";
        self.redacts = None;
        self.sha256 = None;
        self.raw = RawMembers::default();
    }

    #[inline]
    fn member(
        &mut self,
        reader: &mut Reader<'a>,
        member: Member,
        keys: &mut Keys,
        fault: &mut Option<PduError>,
    ) -> Result<(), JsonError> {
        match member {
            // One way for all: read apart, they make the function too large for the processor's registers.
            Member::EventId | Member::RoomId | Member::Type | Member::StateKey | Member::Sender => {
                let value = string(reader)?;
                let (field, name) = match member {
                    Member::EventId => (&mut self.event_id, "event_id"),
                    Member::RoomId => (&mut self.room_id, "room_id"),
                    Member::Type => (&mut self.kind, "type"),
                    Member::StateKey => (&mut self.state_key, "state_key"),
                    _ => (&mut self.sender, "sender"),
                };
                *field = value;
                if value.is_none() {
                    wrong(fault, name, "a string");
                }
            }
            Member::Redacts => self.redacts = reader.string_or_pass()?,
            Member::Content => {
                let object = reader.kind_inlined()? == Kind::Object;
                self.content = reader.skip()?;
                if !object {
                    wrong(fault, "content", "an object");
                }
            }
            Member::OriginServerTs => {
                let (text, value) = integer(reader)?;
                self.raw.origin_server_ts = text;
                match value {
                    Some(value) => self.origin_server_ts = value,
                    None => wrong(fault, "origin_server_ts", "an integer, in milliseconds"),
                }
            }
            Member::Depth => {
                let (text, value) = integer(reader)?;
                self.raw.depth = text;
                match value.and_then(|value| u64::try_from(value).ok()) {
                    Some(value) if value <= MAX_DEPTH && !text.starts_with('-') => self.depth = value,
                    _ => _ = fault.get_or_insert_with(|| PduError::Depth(text.chars().take(40).collect())),
                }
            }
            Member::PrevEvents => {
                let good;
                (self.raw.prev_events, good) = references(reader, &mut self.prev_events)?;
                if !good {
                    wrong(fault, "prev_events", "a list of event ids");
                }
            }
            Member::AuthEvents => {
                let good;
                (self.raw.auth_events, good) = references(reader, &mut self.auth_events)?;
                if !good {
                    wrong(fault, "auth_events", "a list of event ids");
                }
            }
            Member::Hashes => {
                (self.raw.hashes, self.sha256) = hashes(reader, &mut keys.sha256)?;
            }
            Member::Membership => self.raw.membership = reader.skip()?,
            Member::Origin => self.raw.origin = reader.skip()?,
            Member::PrevState => self.raw.prev_state = reader.skip()?,
            Member::Other => _ = reader.skip()?,
        }
        Ok(())
    }

    /// Checks an event whose members are of the right types; `seen` has their bits.
    fn check(&self, seen: u32) -> Result<(), PduError> {
        const REQUIRED: [(Member, &str); 7] = [
            (Member::Type, "type"),
            (Member::Sender, "sender"),
            (Member::Content, "content"),
            (Member::OriginServerTs, "origin_server_ts"),
            (Member::Depth, "depth"),
            (Member::PrevEvents, "prev_events"),
            (Member::AuthEvents, "auth_events"),
        ];
        if let Some((_, field)) = REQUIRED.iter().find(|(member, _)| seen & member.bit() == 0) {
            return Err(PduError::Missing(field));
        }
        if self.room_id.is_none() && !self.is_create() {
            return Err(PduError::Missing("room_id"));
        }
        if self.prev_events.len() > MAX_PREV_EVENTS {
            return Err(PduError::PrevEvents(self.prev_events.len()));
        }
        if self.auth_events.len() > MAX_AUTH_EVENTS {
            return Err(PduError::AuthEvents(self.auth_events.len()));
        }
        if let Some(what) = self.too_long(|text| text.chars().count()) {
            return Err(PduError::TooLarge { what, limit: MAX_FIELD, unit: "characters" });
        }
        if self.text.len() > MAX_TEXT_BYTES {
            return Err(PduError::TooLarge { what: "the event's text", limit: MAX_TEXT_BYTES, unit: "bytes" });
        }
        if self.text.len() > MAX_PDU_BYTES {
            let mut canonical = Writer::default();
            canonical.object(self.text, |key| key != "unsigned" && key != "event_id")?;
            if canonical.text().len() > MAX_PDU_BYTES {
                return Err(PduError::TooLarge { what: "the event", limit: MAX_PDU_BYTES, unit: "bytes" });
            }
        }
        Ok(())
    }

    /// Returns the first of the limited fields that is longer than [`MAX_FIELD`], measured by `length`: a string of few
    /// bytes has no more of anything else.
    pub fn too_long(&self, length: impl Fn(&str) -> usize) -> Option<&'static str> {
        let long = |field: &Option<Str<'_>>| field.is_some_and(|field| field.raw().len() > MAX_FIELD);
        let any = long(&self.event_id)
            || long(&self.room_id)
            || long(&self.kind)
            || long(&self.state_key)
            || long(&self.sender);
        if !any {
            return None;
        }
        let fields = [
            (self.event_id, "`event_id`"),
            (self.room_id, "`room_id`"),
            (self.kind, "`type`"),
            (self.state_key, "`state_key`"),
            (self.sender, "`sender`"),
        ];
        let too_long = |field: &Str<'_>| length(&field.decode()) > MAX_FIELD;
        fields.iter().find(|(field, _)| field.as_ref().is_some_and(too_long)).map(|(_, what)| *what)
    }

    /// Returns whether this is the event that founds a room.
    #[must_use]
    pub fn is_create(&self) -> bool {
        self.kind.is_some_and(|kind| kind.decode() == "m.room.create")
            && self.state_key.is_some_and(|key| key.raw().is_empty())
    }
}

/// Notes the first wrong field.
fn wrong(fault: &mut Option<PduError>, field: &'static str, wanted: &'static str) {
    fault.get_or_insert(PduError::Wrong { field, wanted });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Pdu<'_>, PduError> {
        let mut pdu = Pdu::default();
        pdu.read(&mut Reader::new(text)).map(|()| pdu)
    }

    const USUAL: [(&str, &str); 8] = [
        ("type", r#""m.room.message""#),
        ("sender", r#""@a:x""#),
        ("room_id", r#""!r:x""#),
        ("content", r#"{"body":"hello"}"#),
        ("origin_server_ts", "1000"),
        ("depth", "7"),
        ("prev_events", r#"["$p"]"#),
        ("auth_events", r#"["$c","$m"]"#),
    ];

    fn event(change: &[(&str, Option<&str>)]) -> String {
        let mut fields = USUAL.to_vec();
        for &(key, value) in change {
            fields.retain(|field| field.0 != key);
            fields.extend(value.map(|value| (key, value)));
        }
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }

    #[test]
    fn reads_every_field() {
        let text = event(&[
            ("event_id", Some(r#""$e""#)),
            ("state_key", Some(r#""k\n""#)),
            ("hashes", Some(r#"{"x":1,"sha256":"abc"}"#)),
            ("redacts", Some(r#""$r""#)),
            ("unsigned", Some(r#"{"age":1}"#)),
        ]);
        let pdu = read(&text).unwrap();
        assert_eq!(pdu.text, text);
        assert_eq!(pdu.event_id.unwrap().decode(), "$e");
        assert_eq!(pdu.state_key.unwrap().decode(), "k\n");
        assert_eq!(pdu.sha256.unwrap().decode(), "abc");
        assert_eq!(pdu.redacts.unwrap().decode(), "$r");
        assert_eq!((pdu.depth, pdu.origin_server_ts, pdu.content), (7, 1000, r#"{"body":"hello"}"#));
        assert_eq!(pdu.prev_events.iter().map(|id| id.raw()).collect::<Vec<_>>(), ["$p"]);
        assert_eq!(pdu.auth_events.iter().map(|id| id.raw()).collect::<Vec<_>>(), ["$c", "$m"]);
        assert_eq!(
            pdu.raw,
            RawMembers {
                auth_events: r#"["$c","$m"]"#,
                depth: "7",
                hashes: r#"{"x":1,"sha256":"abc"}"#,
                origin_server_ts: "1000",
                prev_events: r#"["$p"]"#,
                ..RawMembers::default()
            }
        );
    }

    #[test]
    fn reads_references_with_hashes() {
        let text = event(&[("prev_events", Some(r#"[["$a:x",{"sha256":"h"}],["$b:x",{}]]"#))]);
        let pdu = read(&text).unwrap();
        assert_eq!(pdu.prev_events.iter().map(|id| id.raw()).collect::<Vec<_>>(), ["$a:x", "$b:x"]);
    }

    proptest! {
        /// Whatever the events before looked like, each is read as if it were the first: keys in any order, twice or with
        /// escapes in them, with any space around them, in events that are well-formed or not.
        #[test]
        fn the_event_before_changes_nothing(
            events in prop::collection::vec(
                prop::collection::vec((0_usize..16, 0_usize..5), 0..20), 1..12
            ),
        ) {
            const OTHERS: [(&str, &str); 8] = [
                ("event_id", r#""$e""#),
                ("state_key", r#""""#),
                ("hashes", r#"{"sha256":"abc"}"#),
                ("unsigned", r#"{"age":1}"#),
                ("dep\\u0074h", "8"),
                ("a_key_that_is_longer_than_can_be_expected", "[]"),
                ("depth", "true"),
                ("", "nothing"),
            ];
            let text = |members: &[(usize, usize)]| {
                let member = |&(which, space): &(usize, usize)| {
                    let (key, value) = *USUAL.iter().chain(&OTHERS).nth(which).unwrap();
                    let space = ["", " ", "\n", "  ", "\t\r\n "][space];
                    format!("{space}\"{key}\"{space}:{space}{value}{space}")
                };
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
            };
            let mut keys = Keys::default();
            let usual: Vec<(usize, usize)> = (0..12).map(|which| (which, 0)).collect();
            for members in events.iter().flat_map(|members| [&usual, members]) {
                let text = text(members);
                let (mut first, mut next) = (Reader::new(&text), Reader::new(&text));
                let (mut alone, mut after) = (Pdu::default(), Pdu::default());
                let expected = alone.read(&mut first);
                prop_assert_eq!(after.read_after(&mut next, &mut keys), expected, "{}", text);
                prop_assert_eq!((next.at(), next.line()), (first.at(), first.line()));
                prop_assert_eq!(format!("{after:?}"), format!("{alone:?}"));
            }
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let ids = |count| format!("[{}]", vec![r#""$x""#; count].join(","));
        let long = format!("\"{}\"", "x".repeat(256));
        let body = |bytes: usize| format!(r#"{{"body":"{}"}}"#, "x".repeat(bytes));
        let (wide, big, huge) = (format!("\"{}\"", "é".repeat(255)), body(70_000), body(1 << 21));
        let cases: &[(&str, Option<&str>, &str)] = &[
            ("type", None, "missing-field"),
            ("sender", None, "missing-field"),
            ("room_id", None, "missing-field"),
            ("content", None, "missing-field"),
            ("origin_server_ts", None, "missing-field"),
            ("depth", None, "missing-field"),
            ("prev_events", None, "missing-field"),
            ("auth_events", None, "missing-field"),
            ("type", Some("1"), "bad-field"),
            ("state_key", Some("null"), "bad-field"),
            ("content", Some("[]"), "bad-field"),
            ("origin_server_ts", Some("1.5"), "bad-field"),
            ("origin_server_ts", Some("\"1\""), "bad-field"),
            ("prev_events", Some("{}"), "bad-field"),
            ("prev_events", Some("[1]"), "bad-field"),
            ("prev_events", Some("[[]]"), "bad-field"),
            ("prev_events", Some("[[{}]]"), "bad-field"),
            ("depth", Some("-1"), "bad-depth"),
            ("depth", Some("1152921504606846976"), "bad-depth"),
            ("depth", Some("9007199254740992"), "bad-depth"),
            ("depth", Some("1.0"), "bad-depth"),
            ("depth", Some("true"), "bad-depth"),
            ("depth", Some("\"1\""), "bad-depth"),
            ("prev_events", Some(&ids(21)), "too-many-prev-events"),
            ("auth_events", Some(&ids(11)), "too-many-auth-events"),
            ("type", Some(&long), "too-large"),
            ("content", Some(&big), "too-large"),
            ("content", Some(&huge), "too-large"),
        ];
        for &(field, value, code) in cases {
            let text = event(&[(field, value)]);
            let mut reader = Reader::new(&text);
            let error = Pdu::default().read(&mut reader).unwrap_err();
            assert_eq!(error.code(), code, "{field} {error}");
            assert_eq!(reader.at(), text.len(), "the reader has passed the event");
        }
        for (field, value) in [
            ("depth", Some("9007199254740991")),
            ("prev_events", Some(&*ids(20))),
            ("type", Some(&*wide)),
            ("unsigned", Some(&*big)),
        ] {
            assert!(read(&event(&[(field, value)])).is_ok(), "{field}");
        }
        assert_eq!(read("[]").unwrap_err().code(), "not-an-event");
        assert_eq!(read(r#"{"type":"#).unwrap_err().code(), "bad-json");
    }
}
