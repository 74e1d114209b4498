//! What holds for all bytes, not for an example only.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The names and values that random records are made of, some written with escapes.
const KEYS: [&str; 9] = [
    r#""eventName""#,
    r#""eventSource""#,
    r#""eventTime""#,
    r#""event\u004eame""#,
    r#""\u0065ventSource""#,
    r#""recipientAccountId""#,
    r#""requestParameters""#,
    r#""detail\\""#,
    r#""n""#,
];

const VALUES: [&str; 14] = [
    r#""DetachNetworkInterface""#,
    r#""Detach\u004eetworkInterface""#,
    r#""DescribeInstances""#,
    r#""ec2.amazonaws.com""#,
    r#""ec2\u002eamazonaws.com""#,
    r#""2024-03-01T10:00:00Z""#,
    r#""111122223333""#,
    r#""\\""#,
    r#""a \" } ] { [ , : b""#,
    r#"{"eventName":"DetachNetworkInterface","eventSource":"ec2.amazonaws.com"}"#,
    r#"[1,-2.5e3,{"a":[]},"\u00e9\ud83d\ude00"]"#,
    "null",
    "true",
    "{ }",
];

/// What a file may begin with before its first record.
const BEGINNINGS: [&str; 3] = ["", "\u{feff}", "\r\n\t "];

const SPACES: [&str; 4] = ["", " ", "\n\t", "\r\n  "];

fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&SPACES[..])
}

/// Writes some letters of a plain string as `\uXXXX`, one for each bit that is set, with capitals or not.
fn escaped(string: &str, letters: u64) -> String {
    if !string.starts_with('"') || string.contains('\\') {
        return string.to_owned();
    }
    let written = string.chars().enumerate().map(|(at, letter)| {
        let code = u32::from(letter);
        match letter.is_ascii_alphanumeric() && letters >> (at % 64) & 1 == 1 {
            true if at % 2 == 0 => format!("\\u{code:04x}"),
            true => format!("\\u{code:04X}"),
            false => letter.to_string(),
        }
    });
    written.collect()
}

/// Makes a key or a value, in a third of all cases with some letters escaped.
fn string_of(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    let letters = prop_oneof![2 => Just(0), 1 => any::<u64>()];
    (prop::sample::select(known), letters).prop_map(|(known, letters)| escaped(known, letters))
}

fn random_record() -> impl Strategy<Value = String> {
    let member = (
        string_of(&KEYS),
        string_of(&VALUES),
        [space(), space(), space(), space()],
    );
    let letters = prop::collection::vec(prop_oneof![Just(0), any::<u64>()], 6);
    (
        prop::collection::vec(member, 0..9),
        any::<bool>(),
        letters,
        space(),
    )
        .prop_map(|(members, is_likely, letters, inner)| {
            let mut written: Vec<String> = members
                .iter()
                .map(|(key, value, spaces)| {
                    format!(
                        "{}{key}{}:{}{value}{}",
                        spaces[0], spaces[1], spaces[2], spaces[3]
                    )
                })
                .collect();
            if is_likely {
                let told = [KEYS[0], VALUES[0], KEYS[1], VALUES[3], KEYS[2], VALUES[5]];
                let mut told = told
                    .iter()
                    .zip(&letters)
                    .map(|(text, letters)| escaped(text, *letters));
                let mut member = || told.by_ref().take(2).collect::<Vec<_>>().join(":");
                written.insert(0, member());
                written.insert(written.len() / 2, member());
                written.push(member());
            }
            format!("{{{inner}{}}}", written.join(","))
        })
}

/// All members of an object, those whose key stands twice too.
struct Members(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Says what a full parse makes of an element: in scope, out of scope, or malformed.
fn fate_by_full_parse(element: &str) -> (u64, u64, u64) {
    let value: Value = serde_json::from_str(element).unwrap();
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let (Some(name), Some(source)) = (text("eventName"), text("eventSource")) else {
        return (0, 0, 1);
    };
    if !is_in_scope(source, name) {
        let Members(members) = serde_json::from_str(element).unwrap();
        let all = |key: &'static str| {
            let values = members.iter().filter(move |(own, _)| own == key);
            values.filter_map(|(_, value)| value.as_str())
        };
        // What some reader sees in scope is not passed over.
        let is_hidden =
            all("eventSource").any(|source| all("eventName").any(|name| is_in_scope(source, name)));
        return if is_hidden { (0, 0, 1) } else { (0, 1, 0) };
    }
    match text("eventTime").map(str::parse::<jiff::Timestamp>) {
        Some(Ok(_)) => (1, 0, 0),
        Some(Err(_)) | None => (0, 0, 1),
    }
}

fn read_in_chunks(content: &[u8], chunk_bytes: usize) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, content).unwrap();
    read_file(&path, chunk_bytes, &Limits::default())
}

/// Pieces that, put together at random, look like logs and are none.
const PIECES: [&str; 27] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    " ",
    "null",
    "1",
    "\u{feff}",
    "\0",
    r#"{"Records":["#,
    r#""eventName":"DetachNetworkInterface""#,
    r#""eventSource":"ec2.amazonaws.com""#,
    r#""eventTime":"2024-03-01T10:00:00Z""#,
    r#"{"eventVersion":"1.08","#,
    r#""detail":{"#,
    r#""Message":"{\"eventName\":\"x\""#,
    r#""logEvents":["#,
    r#"{"QueryResultRows":[[{"eventJson":"{}"}],"#,
    r#"{"eventVersion":"1.08","eventName":"x","eventSource":"y"},"#,
    r#""messageType":"CONTROL_MESSAGE","#,
    "2024-03-01T10:00:00Z ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Pieces of what is no record, put between records at random.
const JUNK: [&str; 14] = [
    "@@garbage@@",
    "\0\0\0",
    "{",
    "}",
    "[",
    "]",
    ",",
    " ",
    "\n",
    "null",
    "1",
    "{}",
    "\"text\"",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_event_is_missed_however_it_is_written(
        elements in prop::collection::vec(random_record(), 1..6),
        beginning in prop::sample::select(&BEGINNINGS[..]),
        chunk_bytes in 1_usize..400,
    ) {
        let content = format!("{beginning}{}", log_file(&elements));
        let outcome = read_in_chunks(content.as_bytes(), chunk_bytes);
        let expected = elements.iter().map(|element| fate_by_full_parse(element)).fold(
            (0, 0, 0),
            |sum, fate| (sum.0 + fate.0, sum.1 + fate.1, sum.2 + fate.2),
        );
        let (in_scope, out_of_scope, malformed, _) = outcome.counts();
        prop_assert_eq!((in_scope, out_of_scope, malformed), expected);
        prop_assert_eq!(outcome.entry.outcome, FileOutcome::Read);
        for taken in &outcome.taken {
            prop_assert_eq!(elements[taken.ordinal as usize - 1].as_str(), taken.raw.as_str());
        }
    }

    #[test]
    fn no_event_before_a_damage_is_missed_however_it_is_written(
        elements in prop::collection::vec(random_record(), 1..6),
        damage in prop::sample::select(&["}", "]", "\"", "\\", ",,", "{", "\0", "\u{feff}"][..]),
        chunk_bytes in 1_usize..400,
    ) {
        let content = format!("{{\"Records\":[{},{damage}", elements.join(","));
        let outcome = read_in_chunks(content.as_bytes(), chunk_bytes);
        outcome.counts();
        let is_in_scope = |element: &&String| fate_by_full_parse(element).0 == 1;
        for element in elements.iter().filter(is_in_scope) {
            let is_found = outcome.taken.iter().any(|taken| taken.raw == *element);
            prop_assert!(is_found, "{element} in {content}: {:?}", outcome.entry);
        }
    }

    #[test]
    fn any_pieces_are_accounted_for_whatever_the_chunks(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40),
        chunk_bytes in 1_usize..60,
        record_bytes_max in prop::sample::select(&[40_usize, 120, 16 << 20][..]),
        decoded_bytes_max in prop::sample::select(&[100_u64, 4 << 30][..]),
    ) {
        let limits = Limits { record_bytes_max, decoded_bytes_max, ..Limits::default() };
        let content = pieces.concat();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, content).unwrap();
        let whole = read_file(&path, 1 << 14, &limits);
        whole.counts();
        prop_assert_eq!(read_file(&path, chunk_bytes, &limits), whole);
    }

    #[test]
    fn any_bytes_are_accounted_for(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let outcome = read_in_chunks(&content, 7);
        outcome.counts();
        let packed = [&b"\x1f\x8b\x08\0"[..], &content].concat();
        read_in_chunks(&packed, 7).counts();
    }

    #[test]
    fn any_changed_byte_is_survived(index in 0_usize..2000, bit in 0_u32..8) {
        let content = log_file(&records(3));
        for mut bytes in [content.as_bytes().to_vec(), gzip(content.as_bytes())] {
            let at = index % bytes.len();
            bytes[at] ^= 1 << bit;
            read_in_chunks(&bytes, 100).counts();
        }
    }

    #[test]
    fn a_hole_in_any_wrapping_reads_alike_whatever_the_chunks(
        wrapping in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 0_usize..400,
        chunk_bytes in 1_usize..600,
        record_bytes_max in prop::sample::select(&[60_usize, 350, 700, 16 << 20][..]),
    ) {
        let all = super::wrappings::wrapped_alike();
        let (_, content) = wrapping.get(&all);
        let start = start.index(content.len());
        let mut bytes = content.clone().into_bytes();
        bytes.drain(start..content.len().min(start + length));
        let limits = Limits { record_bytes_max, ..Limits::default() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, bytes).unwrap();
        let whole = read_file(&path, 1 << 14, &limits);
        whole.counts();
        prop_assert_eq!(read_file(&path, chunk_bytes, &limits), whole);
    }

    #[test]
    fn junk_between_two_records_costs_none(
        junk in prop::collection::vec(prop::sample::select(&JUNK[..]), 1..6),
        place in 0_usize..5,
        (before, after) in (prop::sample::select(&["", ","][..]), prop::sample::select(&["", ","][..])),
        chunk_bytes in 1_usize..400,
    ) {
        let elements = records(5);
        let (first, last) = elements.split_at(place);
        let junk = junk.concat();
        let content = format!(
            "{{\"Records\":[{}{before}{junk}{after}{}]}}",
            first.join(","),
            last.join(",")
        );
        let outcome = read_in_chunks(content.as_bytes(), chunk_bytes);
        outcome.counts();
        prop_assert_eq!(outcome.ids(), ids(5), "{}: {:?}", content, outcome.entry);
    }

    #[test]
    fn a_hole_costs_only_the_records_it_touches(
        start in any::<prop::sample::Index>(),
        length in 1_usize..700,
    ) {
        let elements = records(8);
        let mut content = log_file(&elements).into_bytes();
        let first = r#"{"Records":["#.len();
        let last = content.len() - 2;
        let start = first + start.index(last - first);
        let hole = start..last.min(start + length);
        content.drain(hole.clone());
        let outcome = read_in_chunks(&content, 1 << 12);
        outcome.counts();
        let mut begin = first;
        for (number, element) in elements.iter().enumerate() {
            let end = begin + element.len();
            // The comma before a record is what tells its beginning.
            let is_whole = end <= hole.start || begin > hole.end;
            let id = format!("id-{number}");
            prop_assert!(!is_whole || outcome.ids().contains(&id), "{id}: {:?}", outcome.entry);
            begin = end + 1;
        }
    }
}

#[test]
fn however_a_file_is_cut_the_records_before_the_cut_are_read() {
    let content = log_file(&records(4));
    let packed = gzip(content.as_bytes());
    let mut counts_seen = Vec::new();
    for length in 0..packed.len() {
        let outcome = read_in_chunks(&packed[..length], 1 << 12);
        let (in_scope, out_of_scope, malformed, _) = outcome.counts();
        assert_eq!((out_of_scope, malformed), (0, 0), "{length}");
        assert_eq!(outcome.ids(), ids(in_scope as usize), "{length}");
        assert!(
            !matches!(outcome.entry.outcome, FileOutcome::Read),
            "{length}"
        );
        counts_seen.push(in_scope);
    }
    assert!(counts_seen.is_sorted());
    assert_eq!(counts_seen.last(), Some(&4));
    for length in 0..content.len() {
        let outcome = read_in_chunks(&content.as_bytes()[..length], 1 << 12);
        let (in_scope, _, malformed, _) = outcome.counts();
        assert!(malformed <= 1, "{length}");
        assert_eq!(outcome.ids(), ids(in_scope as usize), "{length}");
        assert!(
            !matches!(outcome.entry.outcome, FileOutcome::Read),
            "{length}"
        );
    }
}
