//! Finding the end of a value that is not well-formed.

/// Returns where the value at the beginning of `bytes` ends: after the bracket that closes its first one, counting
/// brackets outside strings, or before a comma or `]` if it has none. `None` if it does not end.
pub(super) fn value_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, &byte) in bytes.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b']' | b',' if depth == 0 => return Some(at),
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::value_end;

    #[test]
    fn finds_the_end_of_broken_values() {
        for (input, end) in [
            (r#"{"a":tru},{"b":1}"#, Some(9)),
            (r#"{"a":"}\"]"},1"#, Some(12)),
            ("nonsense,1", Some(8)),
            ("nonsense]", Some(8)),
            (r#"{"a":[}]}"#, Some(8)),
            ("},1", Some(1)),
            (r#"{"a":"#, None),
            (r#"{"a":"x},{"#, None),
        ] {
            assert_eq!(value_end(input.as_bytes()), end, "{input}");
        }
    }
}
