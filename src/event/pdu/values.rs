//! The values of an event's members: strings, integers, hashes and lists of references. Relies on [`crate::event::json`].

use crate::event::json::{Expected, JsonError, Kind, Reader, Str};

/// Reads a string; passes anything else.
#[allow(clippy::inline_always)] // As in the reader.
#[inline(always)]
pub(super) fn string<'a>(reader: &mut Reader<'a>) -> Result<Option<Str<'a>>, JsonError> {
    if reader.kind_inlined()? == Kind::String {
        return reader.string_here().map(Some);
    }
    reader.skip()?;
    Ok(None)
}

/// Passes a value that should be an integer and returns its text and what it is.
#[inline]
pub(super) fn integer<'a>(reader: &mut Reader<'a>) -> Result<(&'a str, Option<i64>), JsonError> {
    reader.whitespace();
    let start = reader.at();
    if let Some(value) = reader.small_integer() {
        return Ok((reader.since(start), Some(value)));
    }
    let text = reader.skip()?;
    Ok((text, text.parse().ok()))
}

/// Reads hashes by their algorithms, or passes anything else; returns the text, and the hash that counts. `first` is what the hashes
/// of the event before began with.
#[inline]
pub(super) fn hashes<'a>(
    reader: &mut Reader<'a>,
    first: &mut Expected,
) -> Result<(&'a str, Option<Str<'a>>), JsonError> {
    if reader.kind_inlined()? != Kind::Object {
        return Ok((reader.skip()?, None));
    }
    let counts = |key: Option<Str<'_>>| key.map(|key| key.decode() == "sha256");
    let start = reader.at();
    let mut key = Some(true);
    if !reader.pass(first) {
        key = counts(reader.first_key()?);
        if key == Some(true) {
            *first = Expected::new(reader.since(start));
        }
    }
    let mut sha256 = None;
    while let Some(counts_this) = key {
        if counts_this {
            sha256 = string(reader)?;
        } else {
            reader.skip()?;
        }
        key = if reader.pass_if(b'}') { None } else { counts(reader.next_key()?) };
    }
    Ok((reader.since(start), sha256))
}

/// Reads a list of references: ids, or `[id, hashes]` pairs (versions 1 and 2). Returns its text and whether it is one.
pub(super) fn references<'a>(reader: &mut Reader<'a>, out: &mut Vec<Str<'a>>) -> Result<(&'a str, bool), JsonError> {
    if reader.kind_inlined()? != Kind::Array {
        return Ok((reader.skip()?, false));
    }
    let start = reader.at();
    let mut good = true;
    out.clear();
    let mut more = reader.array_here()?;
    while more {
        match reader.kind_inlined()? {
            Kind::String => out.push(reader.string_here()?),
            Kind::Array => {
                let mut first = true;
                let mut named = None;
                reader.array(|reader| {
                    if core::mem::take(&mut first) {
                        named = reader.string_or_pass()?;
                    } else {
                        reader.skip()?;
                    }
                    Ok::<_, JsonError>(())
                })?;
                good &= named.is_some();
                out.extend(named);
            }
            _ => {
                reader.skip()?;
                good = false;
            }
        }
        more = reader.next_element_inlined()?;
    }
    Ok((reader.since(start), good))
}
