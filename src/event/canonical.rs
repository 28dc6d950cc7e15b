//! Canonical JSON: the one text of a value that everybody hashes alike.
//!
//! Keys sorted by code point, no white space, the shortest escapes (Matrix specification, appendix "Canonical JSON").
//! Numbers are written as Synapse writes them when it hashes: integers of any size digit by digit, and in rooms old
//! enough to hold them, floats in Python's shortest form. A [`Writer`] does it in one pass over the text; [`Members`] is for
//! who wants to change an object before it is written. Relies on [`super::json`].

use super::float::{parse, shortest};
use super::json::{JsonError, JsonFault, Kind, MAX_NESTING, Reader, Str, unescape};
use crate::sort;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Writes values in canonical form, one after another, into one text. Keeps its memory when it is cleared.
///
/// An object's members are written as they come; only if they are not sorted are they then put into order, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    out: String,
    /// The members so far of all objects that are being written, outermost first.
    members: Vec<Member>,
    spare: String,
}

/// Where one member of an object stands in [`Writer::out`]: `"key":value`.
#[derive(Clone, Copy, Debug)]
struct Member {
    start: usize,
    colon: usize,
    end: usize,
    /// Whether the key has escapes: its order is not that of its text.
    escaped: bool,
}

impl Writer {
    /// Returns what has been written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.out
    }

    /// Forgets what has been written.
    pub fn clear(&mut self) {
        self.out.clear();
        self.members.clear();
    }

    /// Forgets what has been written from byte `length` on, which is where a value began.
    pub fn truncate(&mut self, length: usize) {
        self.out.truncate(length);
    }

    /// Writes a text that is canonical already.
    #[inline]
    pub fn verbatim(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes the value that `text` holds.
    ///
    /// # Errors
    /// If `text` does not begin with a well-formed value, or it is nested deeper than [`MAX_NESTING`].
    pub fn value(&mut self, text: &str) -> Result<(), JsonError> {
        self.next_value(&mut Reader::new(text), 0)
    }

    /// Writes the members for whose key `keep` is true of the object that `text` holds, as an object.
    ///
    /// # Errors
    /// If `text` does not begin with a well-formed object, or it is nested deeper than [`MAX_NESTING`].
    pub fn object(&mut self, text: &str, mut keep: impl FnMut(&str) -> bool) -> Result<(), JsonError> {
        self.next_object(&mut Reader::new(text), 0, Some(&mut keep))
    }

    /// Writes a string.
    #[inline]
    pub fn string(&mut self, string: Str<'_>) {
        if let Some(raw) = string.as_written() {
            // Without escapes a string is canonical as it stands.
            self.out.push('"');
            self.out.push_str(raw);
            self.out.push('"');
        } else {
            write_string(&string.decode(), &mut self.out);
        }
    }

    /// Calls itself for what is inside; the nesting bounds that.
    fn next_value(&mut self, reader: &mut Reader<'_>, nesting: u32) -> Result<(), JsonError> {
        match reader.kind()? {
            Kind::Object => self.next_object(reader, nesting, None)?,
            Kind::Array => {
                let inside = enter(reader, nesting)?;
                self.out.push('[');
                let mut first = true;
                reader.array(|reader| {
                    if !core::mem::take(&mut first) {
                        self.out.push(',');
                    }
                    self.next_value(reader, inside)
                })?;
                self.out.push(']');
            }
            Kind::String => self.string(reader.string()?),
            Kind::Number => write_number(reader.number()?, &mut self.out),
            Kind::Bool | Kind::Null => self.out.push_str(reader.skip()?),
        }
        Ok(())
    }

    fn next_object(
        &mut self,
        reader: &mut Reader<'_>,
        nesting: u32,
        mut keep: Option<&mut dyn FnMut(&str) -> bool>,
    ) -> Result<(), JsonError> {
        let inside = enter(reader, nesting)?;
        let first = self.members.len();
        self.out.push('{');
        let mut sorted = true;
        reader.object(|reader, key| {
            if keep.as_mut().is_some_and(|keep| !keep(&key.decode())) {
                return reader.skip().map(|_| ());
            }
            if self.members.len() > first {
                self.out.push(',');
            }
            let start = self.out.len();
            self.string(key);
            let colon = self.out.len();
            self.out.push(':');
            // A canonical key has escapes only where the text has them.
            let escaped =
                key.as_written().is_none() && self.out.get(start..colon).is_some_and(|key| key.contains('\\'));
            self.next_value(reader, inside)?;
            let member = Member { start, colon, end: self.out.len(), escaped };
            if let Some(before) = self.members.get(first..).and_then(<[Member]>::last) {
                sorted &= key_of(&self.out, before) < key_of(&self.out, &member);
            }
            self.members.push(member);
            Ok::<_, JsonError>(())
        })?;
        if !sorted {
            self.sort(first);
        }
        self.members.truncate(first);
        self.out.push('}');
        Ok(())
    }

    /// Puts the members from number `first` on, which end the text, into order; of several with one key the last stays.
    fn sort(&mut self, first: usize) {
        let Self { out, members, spare } = self;
        let members = members.get_mut(first..).unwrap_or_default();
        let Some(body) = members.first().map(|member| member.start) else { return };
        // Of equal keys, the last written comes last.
        sort::in_place(members, |a, b| key_of(out, a).cmp(&key_of(out, b)).then(a.start.cmp(&b.start)).is_lt());
        spare.clear();
        let mut rest = &*members;
        while let Some((member, later)) = rest.split_first() {
            rest = later;
            if later.first().is_some_and(|next| key_of(out, next) == key_of(out, member)) {
                continue;
            }
            if !spare.is_empty() {
                spare.push(',');
            }
            spare.push_str(out.get(member.start..member.end).unwrap_or_default());
        }
        out.truncate(body);
        out.push_str(spare);
    }
}

/// Returns the nesting inside an array or object that stands `nesting` deep. One level more than the reader enters: that
/// one is empty.
fn enter(reader: &Reader<'_>, nesting: u32) -> Result<u32, JsonError> {
    if nesting > MAX_NESTING { Err(reader.error(JsonFault::Nesting)) } else { Ok(nesting + 1) }
}

fn key_of<'a>(out: &'a str, member: &Member) -> Cow<'a, str> {
    let raw = out.get(member.start + 1..member.colon - 1).unwrap_or_default();
    if member.escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
}

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
        // Values are slices of one text: of equal keys, the last written comes last.
        sort::in_place(&mut entries, |a, b| a.0.cmp(&b.0).then(a.1.as_ptr().cmp(&b.1.as_ptr())).is_lt());
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

/// Writes the value that `text` holds in canonical form.
///
/// # Errors
/// If `text` does not begin with a well-formed value.
pub fn write_value(text: &str, out: &mut String) -> Result<(), JsonError> {
    let mut writer = Writer { out: core::mem::take(out), ..Writer::default() };
    let result = writer.value(text);
    *out = writer.out;
    result
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

#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "there are at most 17 digits")]
fn write_number(raw: &str, out: &mut String) {
    if !raw.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        out.push_str(if raw == "-0" { "0" } else { raw });
        return;
    }
    let float = parse(raw);
    out.push_str(if float.is_sign_negative() { "-" } else { "" });
    if !float.is_finite() {
        return out.push_str("Infinity");
    }
    let (digits, exponent) = if float == 0.0 { (0, 0) } else { shortest(float.abs()) };
    let digits = digits.to_string();
    let length = digits.len() as i32;
    // Digits before the point.
    let point = length + exponent;
    let zeros = |count: i32, out: &mut String| (0..count).for_each(|_| out.push('0'));
    let (before, after) = digits.split_at(point.clamp(0, length) as usize);
    // As repr() has it: exponents from 16 up and below -4.
    if (-3..=16).contains(&point) {
        out.push_str(if before.is_empty() { "0" } else { before });
        zeros(exponent, out);
        out.push('.');
        zeros(-point, out);
        out.push_str(if after.is_empty() { "0" } else { after });
    } else {
        let (first, rest) = digits.split_at(1);
        out.push_str(first);
        out.push_str(if rest.is_empty() { "" } else { "." });
        out.push_str(rest);
        out.push_str(if point > 0 { "e+" } else { "e-" });
        // Writing to a String cannot fail.
        let _ = write!(out, "{:02}", (point - 1).unsigned_abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    /// Sorted or not, escaped or not, at any depth, in one text with what stands before.
    #[test]
    fn sorts_at_every_depth_and_by_what_a_key_means() {
        assert_eq!(
            canonical(r#"{"b":{"d":[{"z":1,"y":[]}],"c":{}},"a":{"b":1,"a":{"2":0,"10":0}}}"#),
            r#"{"a":{"a":{"10":0,"2":0},"b":1},"b":{"c":{},"d":[{"y":[],"z":1}]}}"#
        );
        // U+0001 comes first and its escape, with a backslash, would not; U+0023 comes before the backslash itself.
        assert_eq!(canonical(r#"{"a":1,"\\":2,"\u0023":3,"\u0001":4}"#), r##"{"\u0001":4,"#":3,"\\":2,"a":1}"##);
        assert_eq!(
            canonical(r#"{"b":0,"\n":1,"a":{"x":1,"x":{"b":1,"a":2}},"\u000a":2}"#),
            r#"{"\n":2,"a":{"x":{"a":2,"b":1}},"b":0}"#
        );
    }

    #[test]
    fn sorts_large_objects() {
        let keys: Vec<u32> = (0..3_000_u32).map(|number| number.wrapping_mul(2_654_435_761) % 2_500).collect();
        let last = |key: u32| keys.iter().rposition(|&other| other == key);
        let text: Vec<String> = keys.iter().enumerate().map(|(at, key)| format!("\"{key:04}\":{at}")).collect();
        let expected: Vec<String> =
            (0..2_500).filter_map(|key| last(key).map(|at| format!("\"{key:04}\":{at}"))).collect();
        let text = format!("{{{}}}", text.join(","));
        let expected = format!("{{{}}}", expected.join(","));
        assert_eq!(canonical(&text), expected);
        let mut out = String::new();
        Members::read(&text).unwrap().write(&mut out).unwrap();
        assert_eq!(out, expected);
    }

    #[test]
    fn writes_the_members_asked_for() {
        let mut writer = Writer::default();
        writer.verbatim("<");
        writer.object(r#"{"c":{"b":1,"a":2},"b":[1],"a":"x"}"#, |key| key != "b").unwrap();
        assert_eq!(writer.text(), r#"<{"a":"x","c":{"a":2,"b":1}}"#);
        writer.clear();
        writer.object(r#"{"b":1}"#, |_| false).unwrap();
        assert_eq!(writer.text(), "{}");
    }

    #[test]
    fn bounds_nesting() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let deepest = nested(MAX_NESTING as usize + 1);
        assert_eq!(canonical(&deepest), deepest);
        let mut writer = Writer::default();
        assert_eq!(writer.value(&nested(1_000_000)).unwrap_err().fault, JsonFault::Nesting);
        assert_eq!(writer.value(&r#"{"a":"#.repeat(1_000_000)).unwrap_err().fault, JsonFault::Nesting);
    }

    proptest! {
        /// Whatever the order of the members, the text is that of the same value with its keys sorted.
        #[test]
        fn is_what_sorted_maps_write(value in any_value()) {
            // serde_json's map is sorted by code point, and its writer escapes as little as possible.
            let expected = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(canonical(&shuffled(&value)), expected);
        }
    }

    /// Integers alone: floats are written as Python writes them.
    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 48, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::vec(("[a-c\\\\\"\\x00-\\x24é～😀]{0,3}", inner), 0..8)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// Writes the value with white space, its members last to first, and each twice: the one that counts comes last.
    fn shuffled(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Object(members) => {
                let write = |(key, value): (&String, &serde_json::Value)| {
                    format!("{} : {}", serde_json::json!(key), shuffled(value))
                };
                let first = members.keys().map(|key| format!("{}:[0]", serde_json::json!(key)));
                format!("{{ {} }}", first.chain(members.iter().rev().map(write)).collect::<Vec<_>>().join(" ,\n"))
            }
            serde_json::Value::Array(values) => {
                format!("[ {} ]", values.iter().map(shuffled).collect::<Vec<_>>().join(" , "))
            }
            other => other.to_string(),
        }
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
            ("123.456e-4", "0.0123456"),
            ("-120.0", "-120.0"),
            ("0e5", "0.0"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("1234567890123456789.5", "1.2345678901234568e+18"),
            ("5e-324", "5e-324"),
            ("1e400", "Infinity"),
            ("-1e400", "-Infinity"),
        ] {
            assert_eq!(canonical(input), expected);
        }
    }
}
