//! Canonical JSON: the one text of a value that everybody hashes alike.
//!
//! Keys sorted by code point, no white space, the shortest escapes (Matrix specification, appendix "Canonical JSON").
//! Numbers are written as Synapse writes them when it hashes: integers of any size digit by digit, and in rooms old
//! enough to hold them, floats in Python's shortest form. Relies on [`super::json`].

use super::json::{JsonError, Kind, Reader, Str};
use std::borrow::Cow;
use std::fmt::Write as _;

/// An object's members, sorted by key, each key once (of several, the last wins), values as they stand in the text.
#[derive(Clone, Debug, Default)]
pub struct Members<'a> {
    entries: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Members<'a> {
    /// Reads the members of the object that `text` holds.
    ///
    /// # Errors
    /// If `text` does not begin with a well-formed object.
    pub fn read(text: &'a str) -> Result<Self, JsonError> {
        let mut entries: Vec<(Cow<'a, str>, &'a str)> = Vec::with_capacity(16);
        Reader::new(text).object(|reader, key| {
            entries.push((key.decode(), reader.skip()?));
            Ok::<_, JsonError>(())
        })?;
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        // Stable, so the last of equal keys is the last written.
        entries.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        Ok(Self { entries })
    }

    /// Returns the text of a member's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let at = self.entries.binary_search_by(|entry| entry.0.as_ref().cmp(key)).ok()?;
        self.entries.get(at).map(|entry| entry.1)
    }

    /// Sets a member's value to a JSON text.
    pub fn set(&mut self, key: &'static str, value: &'a str) {
        match self.entries.binary_search_by(|entry| entry.0.as_ref().cmp(key)) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.entries.insert(at, (Cow::Borrowed(key), value)),
        }
    }

    /// Keeps the members for whose key `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.entries.retain(|entry| keep(&entry.0));
    }

    /// Writes the object in canonical form.
    ///
    /// # Errors
    /// If a value is malformed; one that [`Members::read`] returned is not.
    pub fn write(&self, out: &mut String) -> Result<(), JsonError> {
        out.push('{');
        for (index, (key, value)) in self.entries.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_string(key, out);
            out.push(':');
            write_value(value, out)?;
        }
        out.push('}');
        Ok(())
    }
}

/// Writes the value that `text` holds in canonical form. Its depth is bounded by [`super::json::MAX_NESTING`].
///
/// # Errors
/// If `text` is not well-formed JSON.
pub fn write_value(text: &str, out: &mut String) -> Result<(), JsonError> {
    let mut reader = Reader::new(text);
    match reader.kind()? {
        Kind::Object => Members::read(text)?.write(out),
        Kind::Array => {
            out.push('[');
            let mut first = true;
            reader.array(|reader| {
                if !first {
                    out.push(',');
                }
                first = false;
                write_value(reader.skip()?, out)
            })?;
            out.push(']');
            Ok(())
        }
        Kind::String => {
            write_read_string(reader.string()?, out);
            Ok(())
        }
        Kind::Number => {
            write_number(reader.number()?, out);
            Ok(())
        }
        Kind::Bool | Kind::Null => {
            out.push_str(reader.skip()?);
            Ok(())
        }
    }
}

/// Writes a string as JSON with the shortest escapes.
pub fn write_string(string: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in string.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(string.get(from..at).unwrap_or_default());
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x08 => out.push_str("\\b"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            // Writing to a String cannot fail.
            _ => _ = write!(out, "\\u{byte:04x}"),
        }
    }
    out.push_str(string.get(from..).unwrap_or_default());
    out.push('"');
}

fn write_read_string(string: Str<'_>, out: &mut String) {
    match string.decode() {
        // Without escapes a string is canonical as it stands.
        Cow::Borrowed(raw) => {
            out.push('"');
            out.push_str(raw);
            out.push('"');
        }
        Cow::Owned(decoded) => write_string(&decoded, out),
    }
}

fn write_number(raw: &str, out: &mut String) {
    if !raw.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        out.push_str(if raw == "-0" { "0" } else { raw });
        return;
    }
    let float: f64 = raw.parse().unwrap_or_default();
    // Rust's shortest digits are Python's; the layout is repr()'s: exponents from 16 up and below -4.
    let scientific = format!("{float:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let _ = if !float.is_finite() {
        write!(out, "{}Infinity", if float < 0.0 { "-" } else { "" })
    } else if (-4..16).contains(&exponent) {
        write!(out, "{float:?}")
    } else {
        write!(out, "{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut out = String::new();
        write_value(text, &mut out).unwrap();
        out
    }

    /// The examples of the specification's appendix.
    #[test]
    fn published_examples() {
        for (input, expected) in [
            ("{}", "{}"),
            (r#"{ "one": 1, "two": "Two" }"#, r#"{"one":1,"two":"Two"}"#),
            (r#"{"b":"2","a":"1"}"#, r#"{"a":"1","b":"2"}"#),
            (
                r#"{"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email","address":"john.doe@example.org"},{"medium":"msisdn","address":"123456789"}]}}}"#,
                r#"{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}"#,
            ),
            (r#"{"a":"日本語"}"#, r#"{"a":"日本語"}"#),
            (r#"{"本":2,"日":1}"#, r#"{"日":1,"本":2}"#),
            (r#"{"a":"\u65E5"}"#, r#"{"a":"日"}"#),
            (r#"{"a":null}"#, r#"{"a":null}"#),
            (r#"{"a":-0,"b":10000000000000000000000}"#, r#"{"a":0,"b":10000000000000000000000}"#),
        ] {
            assert_eq!(canonical(input), expected);
        }
    }

    #[test]
    fn sorts_by_code_point_and_lets_the_last_of_equal_keys_win() {
        // In UTF-16 the emoji (a surrogate pair) would come before U+FF5E.
        assert_eq!(canonical("{\"😀\":1,\"～\":2,\"a\":3,\"a\":4}"), "{\"a\":4,\"～\":2,\"😀\":1}");
    }

    #[test]
    fn escapes_as_little_as_possible() {
        assert_eq!(
            canonical(r#""\u0000\u0008\t\n\u000b\f\r\u001f\"\\\/\u007f\u00e9""#),
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}é\""
        );
    }

    /// As Python's `json.dumps(json.loads(text))`.
    #[test]
    fn writes_floats_as_python_does() {
        for (input, expected) in [
            ("1.0", "1.0"),
            ("50.50", "50.5"),
            ("1e3", "1000.0"),
            ("1e15", "1000000000000000.0"),
            ("1E16", "1e+16"),
            ("1.5e300", "1.5e+300"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-0.0", "-0.0"),
            ("1e400", "Infinity"),
            ("-1e400", "-Infinity"),
        ] {
            assert_eq!(canonical(input), expected);
        }
    }
}
