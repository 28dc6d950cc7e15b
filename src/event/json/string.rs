//! Strings: where one ends, and what its escapes mean.
//!
//! A string is a slice of the text, checked as it is passed; its escapes are decoded when somebody asks. Relies on `scan`.

use super::{JsonError, JsonFault, Reader, Result};
use std::borrow::Cow;

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

// As in the module above.
#[allow(clippy::inline_always)]
impl<'a> Reader<'a> {
    /// Reads on to the closing quote; the opening one has been passed.
    #[inline(always)]
    pub(super) fn string_rest(&mut self) -> Result<Str<'a>> {
        let start = self.at;
        self.at = self.window.next_special(self.text.as_bytes(), start);
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
            self.at = self.window.next_special(self.text.as_bytes(), self.at);
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
}

/// Decodes the escapes of a string that [`Reader`] has checked.
pub(in crate::event) fn unescape(raw: &str) -> String {
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
