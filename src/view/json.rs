//! JSON text, a value at a time: for answers of many small values, which `JSON.parse` turns into objects in a fraction of
//! the time that making each across the border of WebAssembly takes. Relies on how [`crate::event`] writes strings.

use crate::event::canonical::write_string;
use core::fmt::Write as _;

/// A text that is being written. Brackets are opened and closed by whoever writes; commas come by themselves.
#[derive(Clone, Debug, Default)]
pub struct Json(String);

impl Json {
    /// Returns what has been written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Gives what has been written away.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    /// A string ends in its quote, so that these can be nothing else.
    fn begin(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(',');
        }
    }

    /// Begins an object or a list.
    pub fn open(&mut self, bracket: char) {
        self.begin();
        self.0.push(bracket);
    }

    /// Ends it.
    pub fn close(&mut self, bracket: char) {
        self.0.push(bracket);
    }

    /// Begins a member of an object; its value has to follow.
    pub fn key(&mut self, key: &str) {
        self.string(key);
        self.0.push(':');
    }

    /// Writes a string.
    pub fn string(&mut self, string: &str) {
        self.begin();
        write_string(string, &mut self.0);
    }

    /// Writes an integer.
    pub fn number(&mut self, number: i64) {
        self.begin();
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{number}");
    }

    /// Writes `true` or `false`.
    pub fn flag(&mut self, flag: bool) {
        self.begin();
        self.0.push_str(if flag { "true" } else { "false" });
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.begin();
        self.0.push_str("null");
    }

    /// Writes a list of numbers.
    pub fn numbers(&mut self, numbers: &[u32]) {
        self.open('[');
        for &number in numbers {
            self.begin();
            write_digits(number, &mut self.0);
        }
        self.close(']');
    }

    /// Writes a list of strings.
    pub fn strings(&mut self, strings: &mut dyn Iterator<Item = &str>) {
        self.open('[');
        for string in strings {
            self.string(string);
        }
        self.close(']');
    }

    /// Writes bytes as a string of hexadecimal digits.
    pub fn hex(&mut self, bytes: &[u8]) {
        self.string(&hex(bytes));
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The formatter of the standard library takes four times as long, and states have a hundred thousand numbers.
fn write_digits(mut number: u32, out: &mut String) {
    let mut digits = [0_u8; 10];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = (number % 10) as u8;
        number /= 10;
        used += 1;
        if number == 0 {
            break;
        }
    }
    for digit in digits.iter().skip(digits.len() - used) {
        out.push(char::from(b'0' + digit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_what_others_read() {
        let mut json = Json::default();
        json.open('{');
        json.key("list");
        json.numbers(&[0, 9, 10, 4_294_967_295, 1_000_000_000]);
        json.key("none");
        json.numbers(&[]);
        json.key("\"");
        json.string("ends in [{:");
        json.key("objects");
        json.open('[');
        for depth in [-1, i64::MAX] {
            json.open('{');
            json.key("depth");
            json.number(depth);
            json.key("known");
            json.flag(depth > 0);
            json.close('}');
        }
        json.null();
        json.string("");
        json.strings(&mut ["a", "\u{0}\u{2028}é"].into_iter());
        json.close(']');
        json.key("hash");
        json.hex(&[0, 0x9a, 0xff]);
        json.close('}');
        let read: serde_json::Value = serde_json::from_str(json.text()).unwrap();
        let expected = json!({
            "list": [0, 9, 10, 4_294_967_295_u32, 1_000_000_000],
            "none": [],
            "\"": "ends in [{:",
            "objects": [
                { "depth": -1, "known": false },
                { "depth": i64::MAX, "known": true },
                null,
                "",
                ["a", "\u{0}\u{2028}é"],
            ],
            "hash": "009aff",
        });
        assert_eq!(read, expected);
    }
}
