//! A pull reader for JSON text that borrows from its input.
//!
//! Events are read straight from bytes: no tree is built, strings are slices of the input, numbers stay as they were
//! written (an event id is a hash over them), and what is not needed is passed over at the speed of the scan. Every
//! value is checked against RFC 8259 as it is passed, skipped or not; nesting is bounded by [`MAX_NESTING`]. The reader
//! counts lines as it goes, so that a fault can be placed. Beside it, `string` and `skip` hold the longer of its ways, `scan`
//! the inner loop of both, and `expected` a short way past what has been read before.

mod expected;
mod scan;
mod skip;
mod string;

pub use expected::Expected;
pub use string::Str;
pub(super) use string::unescape;

use scan::Window;

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

/// Reads JSON values one after another from a text.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    window: Window,
}

type Result<T, E = JsonError> = core::result::Result<T, E>;

// What is `inline(always)` stands between an event's sixty strings: with calls there, each with a result through memory,
// reading takes 1.4 times as long (measured in WebAssembly; plain `inline` is not followed).
#[allow(clippy::inline_always)]
impl<'a> Reader<'a> {
    /// Returns a reader at the beginning of `text`, on line 1.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self::resume(text, 0, 1)
    }

    /// Returns a reader of `text` at byte `at`, which is on line `line`.
    #[must_use]
    pub const fn resume(text: &'a str, at: usize, line: u32) -> Self {
        Self { text, at, line, window: Window::EMPTY }
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

    /// As [`Reader::whitespace`], where the text must not end.
    #[inline(always)]
    fn next(&mut self) -> Result<u8> {
        self.whitespace().ok_or(self.error(JsonFault::End))
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

    /// Passes a byte of ASCII if it comes next, without white space before it; returns whether it does.
    #[inline(always)]
    pub fn pass_if(&mut self, byte: u8) -> bool {
        let passes = self.byte() == Some(byte);
        self.at += usize::from(passes);
        passes
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
        self.next()?;
        Ok(self.pass_if(close))
    }

    /// Passes a comma (false) or `close` (true).
    #[inline(always)]
    fn next_or_close(&mut self, close: u8) -> Result<bool> {
        let byte = self.next()?;
        if byte != b',' && byte != close {
            return Err(self.error(JsonFault::Unexpected));
        }
        self.at += 1;
        Ok(byte == close)
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
    #[inline(never)]
    fn first_element(&mut self) -> Result<bool> {
        self.expect_kind(Kind::Array)?;
        self.array_here()
    }

    /// Opens the array that [`Reader::kind`] has said to come next; returns whether it has an element.
    ///
    /// # Errors
    /// If the text ends.
    #[inline(always)]
    pub fn array_here(&mut self) -> Result<bool> {
        self.at += 1;
        Ok(!self.closes(b']')?)
    }

    /// Passes a comma (true) or closes the array.
    #[inline(never)]
    fn next_element(&mut self) -> Result<bool> {
        self.next_element_inlined()
    }

    /// Passes a comma (true) or closes the array that [`Reader::array_here`] opened.
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
        let byte = self.next()?;
        self.key_from(byte)
    }

    /// As [`Reader::key`], where the next byte, which the reader stands at, is known.
    #[inline(always)]
    fn key_from(&mut self, byte: u8) -> Result<Str<'a>> {
        if byte != b'"' {
            return Err(self.error(JsonFault::Unexpected));
        }
        self.at += 1;
        let key = self.string_rest()?;
        if self.next()? != b':' {
            return Err(self.error(JsonFault::Unexpected));
        }
        self.at += 1;
        Ok(key)
    }

    /// Returns the text from `start` to here. Both are ends of ASCII tokens, so the slice is never cut inside a character.
    #[inline(always)]
    fn slice(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
