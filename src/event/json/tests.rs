use super::*;
use proptest::prelude::*;
use serde_json::value::RawValue;

fn accepts(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.skip().and_then(|_| reader.end()).is_ok()
}

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    /// serde_json's own writer, compact and pretty, is read back, to the last string.
    #[test]
    fn accepts_what_serde_json_writes(value in any_value()) {
        let compact = serde_json::to_string(&value).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(Reader::new(&compact).skip().unwrap(), &compact);
        prop_assert_eq!(Reader::new(&pretty).skip().unwrap(), &pretty);
        prop_assert_eq!(
            { let mut reader = Reader::new(&pretty); reader.skip().unwrap(); reader.line() as usize },
            pretty.lines().count()
        );
    }

    /// Damaged text is accepted exactly when serde_json accepts it.
    #[test]
    fn agrees_on_damaged_text(value in any_value(), at in any::<prop::sample::Index>(), with in "[\\x00-\\x7f]{0,2}") {
        let mut text: Vec<char> = serde_json::to_string(&value).unwrap().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        let text: String = text.into_iter().collect();
        prop_assert_eq!(accepts(&text), serde_json::from_str::<Box<RawValue>>(&text).is_ok(), "{:?}", text);
    }

    #[test]
    fn decodes_strings_as_serde_json_does(raw in "(\\PC|\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-fA-F]{2}|\\\\ud83d\\\\ude0[0-9]){0,12}") {
        let text = format!("\"{raw}\"");
        let mut reader = Reader::new(&text);
        let ours = reader.string().and_then(|string| reader.end().map(|()| string.decode().into_owned()));
        prop_assert_eq!(ours.ok(), serde_json::from_str::<String>(&text).ok());
    }
}

#[test]
fn refuses_what_json_does_not_know() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "\"",
        "tru",
        "nul",
        "-",
        "01",
        "1.",
        "1e",
        "1e+",
        ".5",
        "+1",
        "NaN",
        "'a'",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":}",
        "[1 2]",
        "]",
        "}",
        "\"\u{1}\"",
        r#""\x""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\u12""#,
        "{} {}",
        "[}",
        "{]",
        "1x",
    ] {
        assert!(!accepts(text), "{text:?}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text:?} is fine after all");
    }
}

#[test]
fn bounds_nesting() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    // The innermost array is empty and never entered.
    assert!(accepts(&nested(MAX_NESTING as usize + 1)));
    let error = Reader::new(&nested(MAX_NESTING as usize + 2)).skip().unwrap_err();
    assert_eq!(error.fault, JsonFault::Nesting);
    assert!(!accepts(&"[".repeat(1_000_000)));
}

#[test]
fn tells_a_cut_text_from_a_wrong_one() {
    let text = r#"{"a":[1.5,-2e3,"x\u00e9\ud83d\ude00",true,null],"b":{}}"#;
    for end in 1..text.len() {
        let fault = Reader::new(&text[..end]).skip().map(|_| ()).map_err(|error| error.fault);
        assert_eq!(fault, Err(JsonFault::End), "{}", &text[..end]);
    }
}

#[test]
fn reads_an_object_key_by_key() {
    let mut reader = Reader::new(r#" { "a" : 1 , "b\n" : [ true , "x" ] } "#);
    let mut seen = Vec::new();
    reader
        .object(|reader, key| {
            seen.push((key.decode().into_owned(), reader.skip()?.to_owned()));
            Ok::<_, JsonError>(())
        })
        .unwrap();
    reader.end().unwrap();
    assert_eq!(seen, [("a".to_owned(), "1".to_owned()), ("b\n".to_owned(), r#"[ true , "x" ]"#.to_owned())]);
}

/// It is read at once, or left where it is for the way that checks it all.
#[test]
fn reads_small_integers_and_no_other_numbers() {
    let digits = "123456789012345678";
    for (text, value) in [
        ("0", Some(0)),
        ("7", Some(7)),
        ("1700000000000", Some(1_700_000_000_000)),
        (digits, Some(123_456_789_012_345_678)),
        (&format!("{digits}9"), None),
        ("01", None),
        ("00", None),
        ("-3", None),
        ("1.5", None),
        ("1e3", None),
        ("12x", None),
        ("x", None),
        ("\"7\"", None),
    ] {
        for behind in [",", "}", "]", " ", "\n", "\t", "\r"] {
            let text = format!("{text}{behind}");
            let mut reader = Reader::new(&text);
            assert_eq!(reader.small_integer(), value, "{text:?}");
            assert_eq!(reader.at(), if value.is_some() { text.len() - 1 } else { 0 }, "{text:?}");
        }
    }
    assert_eq!(Reader::new("7").small_integer(), None, "more digits may come");
    assert_eq!(Reader::new("").small_integer(), None);
}
