//! Passing over a value of any kind, and what has no parts: numbers and literals. All of it is checked.

use super::{JsonFault, MAX_NESTING, Reader, Result};

// As in the module above.
#[allow(clippy::inline_always)]
impl<'a> Reader<'a> {
    /// Passes over the next value, checking it, and returns its text.
    ///
    /// # Errors
    /// If the value is malformed or nested deeper than [`MAX_NESTING`].
    pub fn skip(&mut self) -> Result<&'a str> {
        let first = self.next()?;
        let start = self.at;
        self.pass_from(first)?;
        Ok(self.slice(start))
    }

    /// Passes the value that begins with `byte`, at which the reader stands.
    fn pass_from(&mut self, mut byte: u8) -> Result<()> {
        let mut around = Around::default();
        let mut in_object = false;
        loop {
            match byte {
                b'"' => {
                    self.at += 1;
                    self.string_rest()?;
                }
                b'{' | b'[' => {
                    let object = byte == b'{';
                    self.at += 1;
                    byte = self.next()?;
                    if byte != closing(object) {
                        around.enter(in_object).ok_or(self.error(JsonFault::Nesting))?;
                        in_object = object;
                        byte = self.element(byte, in_object)?;
                        continue;
                    }
                    self.at += 1;
                }
                b'-' | b'0'..=b'9' => self.pass_number()?,
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => return Err(self.error(JsonFault::Unexpected)),
            }
            loop {
                if around.is_nothing() {
                    return Ok(());
                }
                byte = self.next()?;
                if byte == b',' {
                    self.at += 1;
                    byte = self.next()?;
                    byte = self.element(byte, in_object)?;
                    break;
                }
                if byte != closing(in_object) {
                    return Err(self.error(JsonFault::Unexpected));
                }
                self.at += 1;
                in_object = around.leave();
            }
        }
    }

    /// Passes the key of an element that begins with `byte`, if it has one; returns the byte that its value begins with.
    #[inline(always)]
    fn element(&mut self, byte: u8, in_object: bool) -> Result<u8> {
        if !in_object {
            return Ok(byte);
        }
        self.key_from(byte)?;
        self.next()
    }

    /// Passes a whole number of at most 18 digits and returns it; stays where it is before anything else.
    #[inline(always)]
    pub fn small_integer(&mut self) -> Option<i64> {
        let bytes = self.text.as_bytes();
        let first = i64::from(self.byte()?.wrapping_sub(b'0'));
        if first > 9 {
            return None;
        }
        let mut value = first;
        let mut at = self.at + 1;
        loop {
            let byte = *bytes.get(at)?;
            let digit = i64::from(byte.wrapping_sub(b'0'));
            if digit > 9 {
                // What goes on is no whole number, or none.
                let ends = matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
                let good = ends && at - self.at <= 18 && (first != 0 || at - self.at == 1);
                return good.then(|| {
                    self.at = at;
                    value
                });
            }
            value = value.wrapping_mul(10).wrapping_add(digit);
            at += 1;
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

fn closing(object: bool) -> u8 {
    if object { b'}' } else { b']' }
}

/// What the innermost open array or object stands in: one bit a level, 1 for an object.
#[derive(Default)]
struct Around {
    levels: [u64; MAX_NESTING as usize / 64],
    depth: u32,
}

impl Around {
    #[inline]
    fn is_nothing(&self) -> bool {
        self.depth == 0
    }

    /// Opens one in an object, or in an array or nothing; `None` where that is too deep.
    #[inline]
    fn enter(&mut self, object: bool) -> Option<()> {
        let word = self.levels.get_mut((self.depth / 64) as usize)?;
        let place = self.depth % 64;
        *word = *word & !(1 << place) | u64::from(object) << place;
        self.depth += 1;
        Some(())
    }

    /// Closes one; returns whether that stands in an object.
    #[inline]
    fn leave(&mut self) -> bool {
        self.depth -= 1;
        self.levels.get((self.depth / 64) as usize).is_some_and(|word| word >> (self.depth % 64) & 1 == 1)
    }
}
