//! A pull reader for JSON text that borrows from its input.
//!
//! Events are read straight from bytes: no tree is built, strings are slices of the input, numbers stay as they were
//! written (an event id is a hash over them), and what is not needed is passed over at the speed of the scan. Every
//! value is checked against RFC 8259 as it is passed, skipped or not; nesting is bounded by [`MAX_NESTING`]. The reader
//! counts lines as it goes, so that a fault can be placed. Relies on `scan` and `expected` beside it.

mod expected;
mod scan;

pub use expected::Expected;
use scan::next_special;
use std::borrow::Cow;

/// The deepest nesting of arrays and objects that is read. Servers stop at 128 (Ruma) to about 1,000 (Synapse).
pub const MAX_NESTING: u32 = 256;

/// Why a text is not the JSON that was expected, and at which byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{fault} at byte {at}")]
pub struct JsonError {
    /// Byte offset into the reader's text.
    pub at: usize,
    /// What is wrong there.
    pub fault: JsonFault,
}

/// What can be wrong with JSON text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JsonFault {
    /// The text ended inside a value.
    #[error("the text ends too early")]
    End,
    /// A character that cannot stand where it stands.
    #[error("unexpected character")]
    Unexpected,
    /// A control character or a bad escape inside a string, or half of a surrogate pair.
    #[error("bad string")]
    String,
    /// A number that is not written as JSON has it.
    #[error("bad number")]
    Number,
    /// Arrays and objects nested deeper than [`MAX_NESTING`].
    #[error("nested too deep")]
    Nesting,
    /// A well-formed value of another kind than the caller asked for.
    #[error("a value of the wrong type")]
    Kind,
}

/// The kind of a JSON value, told from its first character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A digit or `-`
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

/// A string as it stands in the text, without its quotes. Well-formed: [`Str::decode`] cannot fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Str<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Str<'a> {
    /// Returns the string that this text means; borrowed unless it has escapes.
    #[inline]
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// Returns a string that needs no decoding.
    #[must_use]
    pub const fn plain(raw: &'a str) -> Self {
        Self { raw, escaped: false }
    }

    /// Returns the string if it stands in the text as it is: without escapes.
    #[inline]
    #[must_use]
    pub const fn as_written(self) -> Option<&'a str> {
        if self.escaped { None } else { Some(self.raw) }
    }

    /// Returns the text between the quotes, escapes and all.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.raw
    }
}

/// Reads JSON values one after another from a text.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

type Result<T, E = JsonError> = core::result::Result<T, E>;

// What is `inline(always)` stands between an event's sixty strings: with calls there, each with a result through memory,
// reading takes 1.4 times as long (measured in WebAssembly; plain `inline` is not followed).
#[allow(clippy::inline_always)]
impl<'a> Reader<'a> {
    /// Returns a reader at the beginning of `text`, on line 1.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Returns a reader of `text` at byte `at`, which is on line `line`.
    #[must_use]
    pub const fn resume(text: &'a str, at: usize, line: u32) -> Self {
        Self { text, at, line }
    }

    /// Returns the offset of the next byte to read.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Returns the text from the reader's place on.
    #[must_use]
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Returns the text from byte `start`, where a value began, to the reader's place.
    #[must_use]
    pub fn since(&self, start: usize) -> &'a str {
        self.slice(start)
    }

    /// Returns the 1-based number of the line that the reader stands on.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Returns the error `fault` at the reader's place.
    #[must_use]
    pub const fn error(&self, fault: JsonFault) -> JsonError {
        JsonError { at: self.at, fault }
    }

    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes white space and returns the byte after it, or `None` at the end.
    #[inline(always)]
    pub fn whitespace(&mut self) -> Option<u8> {
        match self.byte() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.long_whitespace(),
        }
    }

    #[inline(never)]
    fn long_whitespace(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b'\n') => {
                    self.line += 1;
                    self.at += 1;
                }
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Passes one byte that [`Reader::whitespace`] returned and the caller knows to be ASCII.
    pub fn pass_byte(&mut self) {
        self.at += 1;
    }

    /// Moves to the beginning of the next line, whatever stands between.
    pub fn skip_line(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                self.at += end + 1;
                self.line += 1;
            }
            None => self.at = self.text.len(),
        }
    }

    /// Returns the kind of the next value.
    ///
    /// # Errors
    /// At the end of the text, or where no value can begin.
    #[inline(never)]
    pub fn kind(&mut self) -> Result<Kind> {
        self.kind_inlined()
    }

    /// As [`Reader::kind`], inlined: for the caller that reads most of the input.
    ///
    /// # Errors
    /// As [`Reader::kind`].
    #[inline(always)]
    pub fn kind_inlined(&mut self) -> Result<Kind> {
        match self.whitespace() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(self.error(JsonFault::Unexpected)),
            None => Err(self.error(JsonFault::End)),
        }
    }

    /// Reads an object: calls `entry` with each key, which must read or skip the value.
    ///
    /// # Errors
    /// If the next value is not an object, if it is malformed, or what `entry` returns.
    #[inline]
    pub fn object<E: From<JsonError>>(
        &mut self,
        mut entry: impl FnMut(&mut Self, Str<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut key = self.first_key()?;
        while let Some(name) = key {
            entry(self, name)?;
            key = self.next_key()?;
        }
        Ok(())
    }

    /// Passes `expected` if the text goes on with it; returns whether it does. What is expected must have been read at a
    /// like place before: it is not checked again.
    #[inline(always)]
    pub fn pass(&mut self, expected: &Expected) -> bool {
        let next = self.text.as_bytes().get(self.at..).and_then(<[u8]>::first_chunk);
        let passed = next.is_some_and(|next| expected.begins(next));
        if passed {
            self.at += expected.len();
        }
        passed
    }

    /// Reads an array: calls `element` before each element, which must read or skip it.
    ///
    /// # Errors
    /// If the next value is not an array, if it is malformed, or what `element` returns.
    #[inline]
    pub fn array<E: From<JsonError>>(&mut self, mut element: impl FnMut(&mut Self) -> Result<(), E>) -> Result<(), E> {
        let mut more = self.first_element()?;
        while more {
            element(self)?;
            more = self.next_element()?;
        }
        Ok(())
    }

    /// Reads a string.
    ///
    /// # Errors
    /// If the next value is not a string, or is malformed.
    #[inline(never)]
    pub fn string(&mut self) -> Result<Str<'a>> {
        self.open(Kind::String)?;
        self.string_rest()
    }

    /// Reads the next value if it is a string; passes it if it is anything else.
    ///
    /// # Errors
    /// If it is malformed.
    #[inline(never)]
    pub fn string_or_pass(&mut self) -> Result<Option<Str<'a>>> {
        if self.is_or_pass(Kind::String)? { self.string_here().map(Some) } else { Ok(None) }
    }

    /// Returns whether the next value is of this kind; passes it if it is not.
    ///
    /// # Errors
    /// If it is malformed.
    #[inline(never)]
    pub fn is_or_pass(&mut self, wanted: Kind) -> Result<bool> {
        let is = self.kind()? == wanted;
        if !is {
            self.skip()?;
        }
        Ok(is)
    }

    /// Reads the string that [`Reader::kind`] has said to come next.
    ///
    /// # Errors
    /// If it is malformed.
    #[inline(always)]
    pub fn string_here(&mut self) -> Result<Str<'a>> {
        self.at += 1;
        self.string_rest()
    }

    /// Reads a number and returns it as it is written.
    ///
    /// # Errors
    /// If the next value is not a number, or is malformed.
    #[inline]
    pub fn number(&mut self) -> Result<&'a str> {
        self.expect_kind(Kind::Number)?;
        let start = self.at;
        self.pass_number()?;
        Ok(self.slice(start))
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// If the next value is neither.
    pub fn bool(&mut self) -> Result<bool> {
        self.expect_kind(Kind::Bool)?;
        let value = self.byte() == Some(b't');
        self.literal(if value { "true" } else { "false" })?;
        Ok(value)
    }

    /// Passes over the next value, checking it, and returns its text.
    ///
    /// # Errors
    /// If the value is malformed or nested deeper than [`MAX_NESTING`].
    pub fn skip(&mut self) -> Result<&'a str> {
        let kind = self.kind_inlined()?;
        let start = self.at;
        let mut nesting = Nesting::default();
        let mut kind = kind;
        loop {
            match kind {
                Kind::Object => {
                    self.at += 1;
                    if !self.closes(b'}')? {
                        nesting.enter(true).ok_or(self.error(JsonFault::Nesting))?;
                        self.key_inlined()?;
                        kind = self.kind_inlined()?;
                        continue;
                    }
                }
                Kind::Array => {
                    self.at += 1;
                    if !self.closes(b']')? {
                        nesting.enter(false).ok_or(self.error(JsonFault::Nesting))?;
                        kind = self.kind_inlined()?;
                        continue;
                    }
                }
                Kind::String => {
                    self.at += 1;
                    self.string_rest()?;
                }
                Kind::Number => self.pass_number()?,
                Kind::Bool => self.literal(if self.byte() == Some(b't') { "true" } else { "false" })?,
                Kind::Null => self.literal("null")?,
            }
            loop {
                let Some(in_object) = nesting.innermost() else { return Ok(self.slice(start)) };
                if !self.next_or_close(if in_object { b'}' } else { b']' })? {
                    if in_object {
                        self.key_inlined()?;
                    }
                    kind = self.kind_inlined()?;
                    break;
                }
                nesting.leave();
            }
        }
    }

    /// Checks that nothing but white space is left.
    ///
    /// # Errors
    /// If anything else is.
    pub fn end(&mut self) -> Result<()> {
        if self.whitespace().is_some() { Err(self.error(JsonFault::Unexpected)) } else { Ok(()) }
    }

    #[inline]
    fn expect_kind(&mut self, wanted: Kind) -> Result<()> {
        if self.kind()? == wanted { Ok(()) } else { Err(self.error(JsonFault::Kind)) }
    }

    #[inline]
    fn open(&mut self, wanted: Kind) -> Result<()> {
        self.expect_kind(wanted)?;
        self.at += 1;
        Ok(())
    }

    /// Passes `close` if it comes next: an empty array or object.
    #[inline(always)]
    fn closes(&mut self, close: u8) -> Result<bool> {
        match self.whitespace() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(self.error(JsonFault::End)),
        }
    }

    /// Passes a comma (false) or `close` (true).
    #[inline(always)]
    fn next_or_close(&mut self, close: u8) -> Result<bool> {
        match self.whitespace() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(_) => Err(self.error(JsonFault::Unexpected)),
            None => Err(self.error(JsonFault::End)),
        }
    }

    /// Opens an object and reads its first key, if it is not empty.
    ///
    /// # Errors
    /// If the next value is no object, or is malformed.
    #[inline(never)]
    pub fn first_key(&mut self) -> Result<Option<Str<'a>>> {
        self.open(Kind::Object)?;
        if self.closes(b'}')? { Ok(None) } else { self.key().map(Some) }
    }

    /// Passes a comma and reads the next key, or closes the object that [`Reader::first_key`] opened.
    ///
    /// # Errors
    /// If neither comes next.
    #[inline(never)]
    pub fn next_key(&mut self) -> Result<Option<Str<'a>>> {
        if self.next_or_close(b'}')? { Ok(None) } else { self.key_inlined().map(Some) }
    }

    /// Opens an array; returns whether it has an element.
    ///
    /// # Errors
    /// If the next value is no array.
    #[inline(never)]
    pub fn first_element(&mut self) -> Result<bool> {
        self.open(Kind::Array)?;
        Ok(!self.closes(b']')?)
    }

    /// Passes a comma (true) or closes the array that [`Reader::first_element`] opened.
    #[inline(never)]
    fn next_element(&mut self) -> Result<bool> {
        self.next_element_inlined()
    }

    /// Passes a comma (true) or closes the array that [`Reader::first_element`] opened.
    ///
    /// # Errors
    /// If neither comes next.
    #[inline(always)]
    pub fn next_element_inlined(&mut self) -> Result<bool> {
        Ok(!self.next_or_close(b']')?)
    }

    /// Reads a key of an object that the caller has opened, and its colon.
    ///
    /// # Errors
    /// If no key comes next.
    #[inline(never)]
    pub fn key(&mut self) -> Result<Str<'a>> {
        self.key_inlined()
    }

    #[inline(always)]
    fn key_inlined(&mut self) -> Result<Str<'a>> {
        match self.whitespace() {
            Some(b'"') => self.at += 1,
            Some(_) => return Err(self.error(JsonFault::Unexpected)),
            None => return Err(self.error(JsonFault::End)),
        }
        let key = self.string_rest()?;
        match self.whitespace() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.error(JsonFault::Unexpected)),
            None => return Err(self.error(JsonFault::End)),
        }
        Ok(key)
    }

    /// Returns the text from `start` to here. Both are ends of ASCII tokens, so the slice is never cut inside a character.
    #[inline(always)]
    fn slice(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Reads on to the closing quote; the opening one has been passed.
    #[inline(always)]
    fn string_rest(&mut self) -> Result<Str<'a>> {
        let start = self.at;
        self.at = next_special(self.text.as_bytes(), start);
        if self.byte() == Some(b'"') {
            let raw = self.slice(start);
            self.at += 1;
            return Ok(Str { raw, escaped: false });
        }
        self.escaped_string_rest(start)
    }

    /// Reads on from the first special character, which is no quote, of a string that begins at `start`.
    #[inline(never)]
    fn escaped_string_rest(&mut self, start: usize) -> Result<Str<'a>> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    let raw = self.slice(start);
                    self.at += 1;
                    return Ok(Str { raw, escaped: true });
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.error(JsonFault::String)),
                None => return Err(self.error(JsonFault::End)),
            }
            self.at = next_special(self.text.as_bytes(), self.at);
        }
    }

    /// Passes one escape, the reader standing on its backslash.
    fn escape(&mut self) -> Result<()> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let unit = self.code_unit()?;
                match unit {
                    0xd800..=0xdbff => {
                        let at = self.at;
                        match (self.byte(), self.text.as_bytes().get(at + 1)) {
                            (Some(b'\\'), Some(b'u')) => match self.code_unit()? {
                                0xdc00..=0xdfff => Ok(()),
                                _ => Err(JsonError { at, fault: JsonFault::String }),
                            },
                            (None, _) | (Some(b'\\'), None) => Err(self.error(JsonFault::End)),
                            _ => Err(self.error(JsonFault::String)),
                        }
                    }
                    0xdc00..=0xdfff => Err(self.error(JsonFault::String)),
                    _ => Ok(()),
                }
            }
            Some(_) => Err(self.error(JsonFault::String)),
            None => {
                self.at += 1;
                Err(self.error(JsonFault::End))
            }
        }
    }

    /// Passes a `\uXXXX` and returns its value.
    fn code_unit(&mut self) -> Result<u16> {
        let Some(digits) = self.text.as_bytes().get(self.at + 2..self.at + 6) else {
            self.at = self.text.len();
            return Err(self.error(JsonFault::End));
        };
        let mut unit = 0;
        for &digit in digits {
            let Some(value) = char::from(digit).to_digit(16) else { return Err(self.error(JsonFault::String)) };
            unit = unit << 4 | value as u16;
        }
        self.at += 6;
        Ok(unit)
    }

    fn pass_number(&mut self) -> Result<()> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.pass_digits(),
            Some(_) => return Err(self.error(JsonFault::Number)),
            None => return Err(self.error(JsonFault::End)),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.need_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.need_digits()?;
        }
        // "01" and "1x" are one bad number, not a number and something else.
        match self.byte() {
            Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'+' | b'-') => Err(self.error(JsonFault::Number)),
            _ => Ok(()),
        }
    }

    fn need_digits(&mut self) -> Result<()> {
        let start = self.at;
        self.pass_digits();
        match self.byte() {
            _ if self.at > start => Ok(()),
            Some(_) => Err(self.error(JsonFault::Number)),
            None => Err(self.error(JsonFault::End)),
        }
    }

    #[inline]
    fn pass_digits(&mut self) {
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
    }

    fn literal(&mut self, word: &'static str) -> Result<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else if word.as_bytes().starts_with(rest) {
            self.at = self.text.len();
            Err(self.error(JsonFault::End))
        } else {
            Err(self.error(JsonFault::Unexpected))
        }
    }
}

/// Which brackets are open: one bit a level, 1 for an object.
#[derive(Default)]
struct Nesting {
    levels: [u64; MAX_NESTING as usize / 64],
    depth: u32,
}

impl Nesting {
    #[inline]
    fn enter(&mut self, object: bool) -> Option<()> {
        let word = self.levels.get_mut((self.depth / 64) as usize)?;
        let bit = 1 << (self.depth % 64);
        if object {
            *word |= bit;
        } else {
            *word &= !bit;
        }
        self.depth += 1;
        Some(())
    }

    #[inline]
    fn innermost(&self) -> Option<bool> {
        let depth = self.depth.checked_sub(1)?;
        self.levels.get((depth / 64) as usize).map(|word| word >> (depth % 64) & 1 == 1)
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// Decodes the escapes of a string that [`Reader`] has checked.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (decoded, length) = match rest.as_bytes().get(at + 1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => {
                let unit = |at: usize| {
                    rest.get(at + 2..at + 6).and_then(|digits| u16::from_str_radix(digits, 16).ok()).unwrap_or(0)
                };
                let first = unit(at);
                let pair = (0xd800..0xdc00).contains(&first);
                let units = [first, if pair { unit(at + 6) } else { 0 }];
                let character = char::decode_utf16(units).next().and_then(Result::ok);
                (character.unwrap_or(char::REPLACEMENT_CHARACTER), if pair { 12 } else { 6 })
            }
            Some(&other) => (char::from(other), 2),
            None => break,
        };
        out.push(decoded);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
