//! One power level, as content may have it.

use crate::event::float::parse;
use crate::event::json::{JsonError, Kind, Reader};

/// A value that stands where a power level should.
///
/// Room versions 10 and up take integers alone; before, servers took whatever their language reads as one. We read as
/// Python's `int()` does, because that is what Synapse's rules are written in: floats are cut off at the point, `true` is
/// 1, strings may have white space around them, a sign, and underscores between digits. (It also takes digits of other
/// scripts, which the specification and other servers refuse, and so do we.)
///
/// Values beyond 64 bits are held as the nearest that fits ([`Level::MIN`], [`Level::MAX`]), so that those beyond the same
/// end are equal. They occur in versions 1 to 5 at most: version 6 refuses integers beyond ±(2^53 − 1) on receipt. Synapse
/// compares them exactly, other servers do not read them at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level(i64);

/// The value is no number that the rules could compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a power level")]
pub struct MalformedLevel;

/// Python refuses to read longer strings as integers.
const MAX_DIGITS: usize = 4300;

impl Level {
    const MALFORMED: Self = Self(i64::MIN);
    const NULL: Self = Self(i64::MIN + 1);

    /// The least level that is held: −2^63 + 2, because two numbers below it say that there is none.
    pub const MIN: Self = Self(i64::MIN + 2);
    /// The greatest level that is held: 2^63 − 1.
    pub const MAX: Self = Self(i64::MAX);

    /// Returns the level that is this number, or the nearest that can be held.
    #[must_use]
    pub const fn new(level: i64) -> Self {
        if level < Self::MIN.0 { Self::MIN } else { Self(level) }
    }

    /// Returns the level, or `None` for `null`, which counts as a missing value wherever a level is looked up.
    ///
    /// # Errors
    /// If the value is no number.
    #[inline]
    pub const fn looked_up(self) -> Result<Option<i64>, MalformedLevel> {
        match self {
            Self::MALFORMED => Err(MalformedLevel),
            Self::NULL => Ok(None),
            Self(level) => Ok(Some(level)),
        }
    }

    /// Returns the level where `null` will not do: when two power levels events are compared.
    ///
    /// # Errors
    /// If the value is no number.
    #[inline]
    pub const fn compared(self) -> Result<i64, MalformedLevel> {
        match self {
            Self::MALFORMED | Self::NULL => Err(MalformedLevel),
            Self(level) => Ok(level),
        }
    }

    /// Reads the next value as a level, and whether it is written as an integer.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<(Self, bool), JsonError> {
        Ok(match reader.kind()? {
            Kind::Number => {
                let text = reader.number()?;
                if text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
                    (float(text), false)
                } else {
                    (integer(text), true)
                }
            }
            Kind::String => (string(&reader.string()?.decode()), false),
            Kind::Bool => (Self(i64::from(reader.bool()?)), false),
            Kind::Null => {
                reader.skip()?;
                (Self::NULL, false)
            }
            Kind::Object | Kind::Array => {
                reader.skip()?;
                (Self::MALFORMED, false)
            }
        })
    }
}

/// Reads digits with an optional sign.
fn integer(text: &str) -> Level {
    match text.parse() {
        Ok(level) => Level::new(level),
        Err(_) if text.starts_with('-') => Level::MIN,
        Err(_) => Level::MAX,
    }
}

fn float(text: &str) -> Level {
    let level = parse(text);
    // The cast cuts off at the point and stops at the bounds.
    if level.is_finite() { Level::new(level as i64) } else { Level::MALFORMED }
}

fn string(text: &str) -> Level {
    python_int(text).unwrap_or(Level::MALFORMED)
}

/// Reads a string as Python's `int()` does, but for digits of other scripts.
pub(super) fn python_int(text: &str) -> Option<Level> {
    let space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let text = text.trim_matches(space);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let mut plain = String::with_capacity(text.len());
    plain.push_str(sign);
    for group in digits.split('_') {
        if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        plain.push_str(group);
    }
    (plain.len() - sign.len() <= MAX_DIGITS).then(|| integer(&plain))
}
