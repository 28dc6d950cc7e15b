//! Passing over a value of any kind, and what has no parts: numbers and literals. All of it is checked.

use super::{JsonFault, Kind, MAX_NESTING, Reader, Result};

// As in the module above.
#[allow(clippy::inline_always)]
impl<'a> Reader<'a> {
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

    pub(super) fn pass_number(&mut self) -> Result<()> {
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

    pub(super) fn literal(&mut self, word: &'static str) -> Result<()> {
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
