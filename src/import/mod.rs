//! Getting events out of bytes: NDJSON, JSON arrays, single events and federation answers, whole or in chunks.
//!
//! A federation answer (`send_join`, `state`, `event_auth`, `backfill`, a transaction) is an object with lists of events
//! in it: those are read one by one like an array's, each told by [`Role`] which list it stands in.
//!
//! Nothing is ever turned into a tree. A fault costs the value it stands in and no other: after it, reading goes on at the
//! next line, or in an array at the next element. Relies on [`crate::event`].

mod answer;
mod group;
mod resync;

use self::group::Group;
use crate::event::json::{JsonError, JsonFault, Kind, Reader};
use crate::event::pdu::{Keys, MAX_TEXT_BYTES, Pdu, PduError, Role};

/// Why a stretch of the input holds no event.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImportError {
    /// The value is no PDU. Bytes are counted from where it begins.
    #[error(transparent)]
    Pdu(#[from] PduError),
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8")]
    Utf8,
    /// The input ends inside an array or a federation answer.
    #[error("the input ends inside an array or answer: it has been cut off")]
    Cut,
}

impl ImportError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pdu(error) => error.code(),
            Self::Utf8 => "bad-utf8",
            Self::Cut => "bad-json",
        }
    }
}

/// What the input has turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// Nothing has been seen yet.
    Unknown,
    /// Values one after another: NDJSON, or a single event on any number of lines.
    Values,
    /// Inside a JSON array, before an element or its end.
    Element,
    /// Inside a JSON array, after an element.
    AfterElement,
    /// Inside a federation answer, before a key or its end.
    Answer,
}

/// How much of a chunk is looked at first to complete what the one before it left.
const PIECE: usize = 4096;

/// Reads events out of bytes that come in chunks of any size.
///
/// Holds back at most one event's text, [`MAX_TEXT_BYTES`]; longer ones are passed over as they come.
#[derive(Clone, Debug)]
pub struct Importer {
    form: Form,
    line: u32,
    element: u32,
    held: Vec<u8>,
    /// Which list of a federation answer the array at hand is, if it is one.
    role: Option<Role>,
    /// Dropping the rest of a line that is too long or broken.
    dropping: bool,
}

/// Takes what an [`Importer`] reads: the 1-based line or array position, and the event or why there is none.
pub trait Sink {
    /// Takes one event or fault.
    fn take(&mut self, at: u32, event: Result<&Pdu<'_>, ImportError>);

    /// Is shown the events that it will be given next.
    fn expect(&mut self, _events: &[Pdu<'_>]) {}
}

impl<F: FnMut(u32, Result<&Pdu<'_>, ImportError>)> Sink for F {
    fn take(&mut self, at: u32, event: Result<&Pdu<'_>, ImportError>) {
        self(at, event);
    }
}

impl Default for Importer {
    fn default() -> Self {
        Self { form: Form::Unknown, line: 1, element: 0, held: Vec::new(), role: None, dropping: false }
    }
}

impl Importer {
    /// Reads the next bytes of the input.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        self.read(chunk, false, sink);
    }

    /// Reads what is left when the input has ended.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.read(&[], true, sink);
        if matches!(self.form, Form::Element | Form::AfterElement | Form::Answer) && !self.dropping {
            sink.take(self.element, Err(ImportError::Cut));
        }
    }

    fn read(&mut self, chunk: &[u8], last: bool, sink: &mut impl Sink) {
        // What was held back is completed with as little of the chunk as will do: the rest is read where it stands.
        let mut rest = chunk;
        let mut piece = PIECE;
        while !self.held.is_empty() {
            let mut held = core::mem::take(&mut self.held);
            let before = held.len();
            let (next, after) = rest.split_at(piece.min(rest.len()));
            held.extend_from_slice(next);
            let used = self.read_bytes(&held, last && after.is_empty(), sink);
            if let Some(used) = used.checked_sub(before) {
                rest = rest.get(used..).unwrap_or_default();
                break;
            }
            held.drain(..used);
            self.held = held;
            if after.is_empty() {
                return;
            }
            rest = after;
            piece *= 2;
        }
        let used = self.read_bytes(rest, last, sink);
        self.held.extend_from_slice(rest.get(used..).unwrap_or_default());
    }

    /// Reads whole values from `bytes` and returns how many bytes are done with.
    fn read_bytes(&mut self, bytes: &[u8], last: bool, sink: &mut impl Sink) -> usize {
        let mut from = 0;
        while let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
            if self.dropping {
                let Some(end) = rest.iter().position(|&byte| byte == b'\n') else { return bytes.len() };
                self.dropping = false;
                self.line += 1;
                from += end + 1;
                continue;
            }
            // Sixteen bytes at a time; where that finds a fault, the standard library says at which.
            match simdutf8::basic::from_utf8(rest).or_else(|_| core::str::from_utf8(rest)) {
                Ok(text) => return from + self.read_text(text, last, sink),
                Err(error) => {
                    let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                    // What was just checked is UTF-8.
                    let text = core::str::from_utf8(valid).unwrap_or_default();
                    let cut_character = error.error_len().is_none() && !last;
                    let used = self.read_text(text, false, sink);
                    from += used;
                    if self.dropping {
                        continue;
                    }
                    if cut_character {
                        return from;
                    }
                    // The value that the bad bytes stand in begins at `from`.
                    let rest = bytes.get(from..).unwrap_or_default();
                    match self.drop_value(rest, last, ImportError::Utf8, sink) {
                        Some(used) => from += used,
                        None => return from,
                    }
                }
            }
        }
        from
    }

    /// Reports the value at the beginning of `rest` as faulty and returns how many bytes it takes, or `None` if that
    /// shows only when more has come.
    fn drop_value(&mut self, rest: &[u8], last: bool, error: ImportError, sink: &mut impl Sink) -> Option<usize> {
        if !matches!(self.form, Form::Element | Form::AfterElement) {
            self.form = Form::Values;
            sink.take(self.line, Err(error));
            self.dropping = true;
            return Some(0);
        }
        let end = resync::value_end(rest);
        if end.is_none() && !last && rest.len() <= MAX_TEXT_BYTES {
            return None;
        }
        self.element += u32::from(self.form == Form::Element);
        sink.take(self.element, Err(error));
        if let Some(end) = end {
            self.form = Form::AfterElement;
            self.line += rest.iter().take(end).filter(|&&byte| byte == b'\n').count() as u32;
            return Some(end);
        }
        // No end in sight: what follows cannot be told from it.
        self.form = Form::Values;
        self.dropping = true;
        Some(rest.len())
    }

    /// Reads whole values from `text` and returns how many bytes are done with.
    fn read_text(&mut self, text: &str, last: bool, sink: &mut impl Sink) -> usize {
        let mut group = Group::default();
        let used = self.read_values(text, last, &mut group, sink);
        group.give(sink);
        used
    }

    fn read_values<'a>(&mut self, text: &'a str, last: bool, group: &mut Group<'a>, sink: &mut impl Sink) -> usize {
        let mut reader = Reader::resume(text, 0, self.line);
        let mut keys = Keys::default();
        loop {
            let next = reader.whitespace();
            self.line = reader.line();
            let Some(next) = next else { return reader.at() };
            match self.form {
                Form::Unknown => {
                    if let Some(rest) = reader.rest().strip_prefix('\u{feff}') {
                        reader = Reader::resume(text, text.len() - rest.len(), self.line);
                    } else if next == b'[' {
                        reader.pass_byte();
                        self.form = Form::Element;
                    } else {
                        self.form = match answer::begins(reader.clone()) {
                            Ok(true) => {
                                reader.pass_byte();
                                Form::Answer
                            }
                            Err(JsonError { fault: JsonFault::End, .. })
                                if !last && reader.rest().len() <= MAX_TEXT_BYTES =>
                            {
                                return reader.at();
                            }
                            Ok(false) | Err(_) => Form::Values,
                        };
                    }
                    continue;
                }
                Form::Answer => {
                    let start = reader.at();
                    match self.read_answer(&mut reader, group, sink) {
                        Ok(()) => continue,
                        Err(PduError::Json(JsonError { fault: JsonFault::End, .. }))
                            if !last && text.len() - start <= MAX_TEXT_BYTES =>
                        {
                            return start;
                        }
                        Err(error) => {
                            // Between the lists of an answer there is nothing to go on from.
                            group.push(self.element, Err(counted_from(start, error)), sink);
                            self.form = Form::Values;
                            self.dropping = true;
                            return text.len();
                        }
                    }
                }
                Form::AfterElement => {
                    match next {
                        b',' => {
                            reader.pass_byte();
                            self.form = Form::Element;
                        }
                        b']' => {
                            reader.pass_byte();
                            self.form = self.after_array();
                        }
                        _ => self.form = Form::Element,
                    }
                    continue;
                }
                Form::Element if next == b']' => {
                    reader.pass_byte();
                    self.form = self.after_array();
                    continue;
                }
                Form::Element | Form::Values => {}
            }
            let start = reader.at();
            let start_line = self.line;
            match group.next().read_after(&mut reader, &mut keys) {
                Err(PduError::Json(JsonError { fault: JsonFault::End, .. }))
                    if !last && text.len() - start <= MAX_TEXT_BYTES =>
                {
                    return start;
                }
                Err(error @ (PduError::Json(_) | PduError::NotAnObject)) => {
                    let error = match error {
                        error if text.len() - start > MAX_TEXT_BYTES && is_end(&error) => {
                            PduError::TooLarge { what: "the event's text", limit: MAX_TEXT_BYTES, unit: "bytes" }
                        }
                        error => counted_from(start, error),
                    };
                    let rest = text.as_bytes().get(start..).unwrap_or_default();
                    group.give(sink);
                    let Some(used) = self.drop_value(rest, last, error.into(), sink) else { return start };
                    reader = Reader::resume(text, start + used, self.line);
                    if self.dropping {
                        if !reader.rest().contains('\n') {
                            return text.len();
                        }
                        reader.skip_line();
                        self.dropping = false;
                    }
                }
                result => {
                    self.element += u32::from(self.form == Form::Element);
                    let at = if self.form == Form::Element { self.element } else { start_line };
                    group.next().role = self.role.unwrap_or_default();
                    group.push(at, result, sink);
                    if self.form == Form::Element {
                        self.form = Form::AfterElement;
                    }
                }
            }
        }
    }
}

impl Importer {
    /// Where an array's end leaves the reader.
    fn after_array(&mut self) -> Form {
        if self.role.take().is_some() { Form::Answer } else { Form::Values }
    }

    /// Reads on in a federation answer, up to the first element of a list or past whatever else comes next.
    fn read_answer<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        group: &mut Group<'a>,
        sink: &mut impl Sink,
    ) -> Result<(), PduError> {
        match reader.whitespace() {
            Some(b',') => {
                reader.pass_byte();
                return Ok(());
            }
            Some(b'}') => {
                reader.pass_byte();
                self.form = Form::Values;
                return Ok(());
            }
            _ => {}
        }
        let key = reader.key()?;
        let role = answer::list(&key.decode());
        match (reader.kind()?, role) {
            (Kind::Array, Some(role)) => {
                reader.pass_byte();
                self.role = Some(role);
                self.form = Form::Element;
            }
            (Kind::Object, _) if key.decode() == "event" => {
                let read = group.next().read(reader);
                if let Err(error @ PduError::Json(_)) = read {
                    return Err(error);
                }
                self.element += 1;
                group.push(self.element, read, sink);
            }
            _ => _ = reader.skip()?,
        }
        Ok(())
    }
}

/// Counts an error's place from where its value begins: where the chunk began means nothing to anybody.
fn counted_from(start: usize, error: PduError) -> PduError {
    match error {
        PduError::Json(JsonError { at, fault }) => PduError::Json(JsonError { at: at.saturating_sub(start), fault }),
        error => error,
    }
}

fn is_end(error: &PduError) -> bool {
    matches!(error, PduError::Json(JsonError { fault: JsonFault::End, .. }))
}

#[cfg(test)]
mod tests;
