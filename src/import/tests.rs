use super::*;
use proptest::prelude::*;

fn event(body: &str) -> String {
    format!(
        r#"{{"type":"m.room.message","sender":"@a:x","room_id":"!r:x","content":{{"body":"{body}"}},"origin_server_ts":1,"depth":1,"prev_events":[],"auth_events":[]}}"#
    )
}

type Taken = Vec<(u32, Result<String, &'static str>)>;

fn import(chunks: &[&[u8]]) -> Taken {
    let mut taken = Vec::new();
    let mut sink = |at: u32, event: Result<&Pdu<'_>, ImportError>| {
        taken.push((at, event.map(|pdu| pdu.content.to_owned()).map_err(|error| error.code())));
    };
    let mut importer = Importer::default();
    for chunk in chunks {
        importer.push(chunk, &mut sink);
    }
    importer.finish(&mut sink);
    taken
}

fn ok(at: u32, body: &str) -> (u32, Result<String, &'static str>) {
    (at, Ok(format!(r#"{{"body":"{body}"}}"#)))
}

#[test]
fn reads_lines_arrays_and_single_events() {
    let (a, b) = (event("a"), event("é"));
    assert_eq!(import(&[format!("{a}\n{b}\n").as_bytes()]), [ok(1, "a"), ok(2, "é")]);
    assert_eq!(import(&[format!("\n{a}\r\n\n{b}").as_bytes()]), [ok(2, "a"), ok(4, "é")]);
    assert_eq!(import(&[format!("[{a},{b}]").as_bytes()]), [ok(1, "a"), ok(2, "é")]);
    assert_eq!(import(&[format!(" [ {a} ,\n {b} ]\n").as_bytes()]), [ok(1, "a"), ok(2, "é")]);
    assert_eq!(import(&[a.as_bytes()]), [ok(1, "a")]);
    assert_eq!(import(&[format!("\u{feff}{a}").as_bytes()]), [ok(1, "a")]);
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&a).unwrap()).unwrap();
    assert_eq!(import(&[pretty.as_bytes()]).len(), 1);
    assert!(import(&[pretty.as_bytes()])[0].1.is_ok());
    assert_eq!(import(&[b""]), []);
    assert_eq!(import(&[b"[]"]), []);
    assert_eq!(import(&[b" \n \n"]), []);
}

/// Notes what it is shown and checks that it is given just that.
#[derive(Default)]
struct Foresight {
    expected: std::collections::VecDeque<String>,
    given: Vec<u32>,
    most: usize,
}

impl Sink for Foresight {
    fn take(&mut self, at: u32, event: Result<&Pdu<'_>, ImportError>) {
        self.given.push(at);
        let event = event.ok().map(|pdu| pdu.text.to_owned());
        if event.is_some() || !self.expected.is_empty() {
            assert_eq!(self.expected.pop_front(), event, "at {at}");
        }
    }

    fn expect(&mut self, events: &[Pdu<'_>]) {
        assert!(self.expected.is_empty());
        self.expected.extend(events.iter().map(|pdu| pdu.text.to_owned()));
        self.most = self.most.max(events.len());
    }
}

#[test]
fn events_are_shown_together_before_they_are_given_each_in_its_turn() {
    let lines =
        (1..=40).map(|number| if number % 11 == 0 { "nonsense".to_owned() } else { event(&number.to_string()) });
    let lines: Vec<String> = lines.collect();
    for text in [lines.join("\n"), format!("[{}]", lines.join(",")), format!(r#"{{"pdus":[{}]}}"#, lines.join(","))] {
        for size in [text.len(), 1000] {
            let mut sink = Foresight::default();
            let mut importer = Importer::default();
            for chunk in text.as_bytes().chunks(size) {
                importer.push(chunk, &mut sink);
            }
            importer.finish(&mut sink);
            assert_eq!(sink.given, (1..=40).collect::<Vec<_>>());
            assert!(sink.most > 1 && sink.expected.is_empty());
        }
    }
}

#[test]
fn a_fault_costs_one_value() {
    let (a, b) = (event("a"), event("b"));
    let cut = &a[..a.len() - 9];
    assert_eq!(import(&[format!("{a}\n{cut}\n{b}\n").as_bytes()]), [ok(1, "a"), (2, Err("bad-json")), ok(3, "b")]);
    assert_eq!(import(&[format!("{a}\n{cut}").as_bytes()]), [ok(1, "a"), (2, Err("bad-json"))]);
    assert_eq!(
        import(&[format!("nonsense\n{a}\n7\n\"x\n{b}").as_bytes()]),
        [(1, Err("bad-json")), ok(2, "a"), (3, Err("not-an-event")), (4, Err("bad-json")), ok(5, "b")]
    );
    assert_eq!(
        import(&[format!("[{a},{{\"x\":tru}},nonsense,{b}]").as_bytes()]),
        [ok(1, "a"), (2, Err("bad-json")), (3, Err("bad-json")), ok(4, "b")]
    );
    assert_eq!(import(&[format!("[{a},{cut}").as_bytes()]), [ok(1, "a"), (2, Err("bad-json"))]);
    assert_eq!(import(&[format!("[{a},").as_bytes()]), [ok(1, "a"), (1, Err("bad-json"))]);
    assert_eq!(import(&[format!("[{a},{{}},{b}]").as_bytes()]), [ok(1, "a"), (2, Err("missing-field")), ok(3, "b")]);
    let mut bytes = format!("{a}\n{{\"x\":\"").into_bytes();
    bytes.extend_from_slice(b"\xff\xfe\"}\n");
    bytes.extend_from_slice(b.as_bytes());
    assert_eq!(import(&[&bytes]), [ok(1, "a"), (2, Err("bad-utf8")), ok(3, "b")]);
    let mut bytes = format!("[{a},{{\"x\":\"").into_bytes();
    bytes.extend_from_slice(b"\xff\"},");
    bytes.extend_from_slice(b.as_bytes());
    bytes.push(b']');
    assert_eq!(import(&[&bytes]), [ok(1, "a"), (2, Err("bad-utf8")), ok(3, "b")]);
}

#[test]
fn passes_over_what_is_too_long_without_holding_it() {
    let (a, b) = (event("a"), event("b"));
    let long = event(&"x".repeat(8 * MAX_TEXT_BYTES));
    let expected = [ok(1, "a"), (2, Err("too-large")), ok(3, "b")];
    assert_eq!(import(&[format!("{a}\n{long}\n{b}").as_bytes()]), expected);
    let text = format!("{a}\n{long}\n{b}");
    let mut importer = Importer::default();
    let mut taken = Vec::new();
    let mut sink = |at: u32, event: Result<&Pdu<'_>, ImportError>| {
        taken.push((at, event.map(|pdu| pdu.content.to_owned()).map_err(|error| error.code())));
    };
    for chunk in text.as_bytes().chunks(65_536) {
        importer.push(chunk, &mut sink);
        assert!(importer.held.len() <= MAX_TEXT_BYTES + 65_536);
    }
    importer.finish(&mut sink);
    assert_eq!(taken, expected);
}

proptest! {
    /// However the input is cut into chunks, the same comes out of it.
    #[test]
    fn chunks_do_not_matter(
        parts in prop::collection::vec(prop_oneof![
            "[a-zé😀]{0,5}".prop_map(|body| event(&body)),
            Just("{\"x\":tru}".to_owned()), Just("nonsense".to_owned()), Just("{}".to_owned()),
        ], 0..6),
        array: bool, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6), bad in any::<Option<prop::sample::Index>>()
    ) {
        let text = if array { format!("[{}]", parts.join(",")) } else { parts.join("\n") };
        let mut bytes = text.into_bytes();
        if let (Some(bad), false) = (bad, bytes.is_empty()) {
            let at = bad.index(bytes.len());
            bytes[at] = 0xff;
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(import(&chunks), import(&[&bytes]));
    }
}
