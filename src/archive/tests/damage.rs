//! What damage costs, and what it does not.

use sha2::Digest as _;

use super::*;

/// The log file of five records, with something in the place of the third.
pub(super) fn with_third(third: &str) -> Vec<u8> {
    let mut elements = records(5);
    elements[2] = third.to_owned();
    log_file(&elements).into_bytes()
}

#[test]
fn a_bad_record_costs_no_neighbours() {
    let good = record(2);
    let deep = format!(r#""x":{}{}"#, "[".repeat(200), "]".repeat(200));
    let replaced = |from: &str, to: &str| good.replacen(from, to, 1);
    for (name, third, malformed_in_scope, reason) in [
        ("null", "null".to_owned(), 0, "no record: null"),
        ("a number", "1".to_owned(), 0, "no record: a number"),
        ("a string", "\"x\"".to_owned(), 0, "no record: a string"),
        ("an empty array", "[]".to_owned(), 0, "no record: an array"),
        (
            "an object",
            r#"{"a":{}}"#.to_owned(),
            0,
            "no record: an object",
        ),
        (
            "no eventSource",
            replaced("eventSource", "source"),
            1,
            "no record: an object",
        ),
        (
            "a lone surrogate",
            replaced("us-east-1", r"\ud800"),
            1,
            "hex escape",
        ),
        (
            "a control character",
            replaced("us-east-1", "\x1b[2J"),
            1,
            "control character",
        ),
        ("NaN", replaced("{", r#"{"n":NaN,"#), 1, "expected value"),
        (
            "nesting of 200",
            replaced("{", &format!("{{{deep},")),
            1,
            "nested more than 127",
        ),
        ("no time", replaced("eventTime", "time"), 1, "no eventTime"),
        (
            "a wrong time",
            replaced("10:02:00Z", "25:02:00Z"),
            1,
            "eventTime is no time",
        ),
        (
            "a missing quote",
            replaced("us-east-1\"", "us-east-1"),
            1,
            "damaged JSON at byte",
        ),
        (
            "a missing brace",
            good[..good.len() - 1].to_owned(),
            1,
            "damaged JSON at byte",
        ),
        (
            "a missing bracket",
            replaced("{\"note\"", "[\"note\""),
            1,
            "damaged JSON at byte",
        ),
        (
            "cut short",
            good[..good.len() / 2].to_owned(),
            0,
            "damaged JSON at byte",
        ),
        (
            "cut short in an array",
            r#"{"eventVersion":"1.08","resources":[1"#.to_owned(),
            0,
            "holds its neighbours",
        ),
        (
            "a record of records",
            replaced("{", r#"{"Records":[],"#),
            1,
            "holds records",
        ),
    ] {
        let outcome = read(&with_third(&third));
        assert_eq!(outcome.outcome(), "read", "{name}");
        assert_eq!(outcome.ids(), ["id-0", "id-1", "id-3", "id-4"], "{name}");
        let expected = (4, 0, 1, malformed_in_scope);
        assert_eq!(outcome.counts(), expected, "{name}: {}", outcome.reasons());
        assert!(
            outcome.reasons().contains(reason),
            "{name}: {}",
            outcome.reasons()
        );
        assert!(outcome.entry.warnings[0].offset.is_some(), "{name}");
    }
}

#[test]
fn a_latin_1_byte_costs_one_record() {
    let mut content = with_third(&record(2).replacen("us-east-1", "caf~", 1));
    let at = content.iter().position(|byte| *byte == b'~').unwrap();
    content[at] = 0xe9;
    let outcome = read(&content);
    assert_eq!(outcome.counts(), (4, 0, 1, 1));
    assert!(
        outcome.reasons().contains("not UTF-8"),
        "{}",
        outcome.reasons()
    );
}

#[test]
fn numbers_are_never_read() {
    let third = record(2).replacen('{', r#"{"n":1e400,"m":123456789012345678901234567890,"#, 1);
    let outcome = read(&with_third(&third));
    assert_eq!(outcome.counts(), (5, 0, 0, 0));
    assert_eq!(outcome.taken[2].raw, third);
}

#[test]
fn what_is_out_of_scope_is_not_validated() {
    let third = named_record(2, "RunInstances").replacen("us-east-1", r"\ud800", 1);
    assert_eq!(read(&with_third(&third)).counts(), (4, 1, 0, 0));
}

#[test]
fn a_line_that_is_no_record_costs_one_line() {
    for (bad, malformed_in_scope) in [
        (record(2)[..150].to_owned(), 0),
        ("garbage DetachNetworkInterface".to_owned(), 1),
        ("17".to_owned(), 0),
    ] {
        let lines = [record(0), bad.clone(), record(1)].join("\n");
        let outcome = read(lines.as_bytes());
        assert_eq!(outcome.ids(), ids(2), "{bad}");
        assert_eq!(outcome.counts(), (2, 0, 1, malformed_in_scope), "{bad}");
        assert_eq!(outcome.outcome(), "read", "{bad}");
    }
}

#[test]
fn the_container_may_be_damaged_and_the_records_still_be_read() {
    let content = log_file(&records(5));
    let whole = gzip(content.as_bytes());
    let end = whole.len();
    let changed = |index: usize| {
        let mut bytes = whole.clone();
        bytes[index] ^= 1;
        bytes
    };
    let followed_by = |tail: &[u8]| [&whole, tail].concat();
    for (name, bytes, expected, codes) in [
        ("whole", whole.clone(), "read", vec![]),
        (
            "seven bytes more",
            followed_by(b"garbage"),
            "partial: 7 bytes behind its end were not read: after 5 records",
            vec!["trailing-bytes"],
        ),
        (
            "a zero byte more",
            followed_by(&[0]),
            "read",
            vec!["zero-padding"],
        ),
        (
            "a block of zeros more",
            followed_by(&[0; 512]),
            "read",
            vec!["zero-padding"],
        ),
        (
            "the magic bytes only",
            followed_by(b"\x1f\x8b"),
            "partial: 2 bytes behind its end were not read",
            vec!["trailing-bytes"],
        ),
        (
            "last byte missing",
            whole[..end - 1].to_vec(),
            "partial: gzip trailer missing",
            vec!["trailer-missing"],
        ),
        (
            "trailer missing",
            whole[..end - 8].to_vec(),
            "partial: gzip trailer missing",
            vec!["trailer-missing"],
        ),
        (
            "wrong checksum",
            changed(end - 8),
            "partial: gzip checksum does not match",
            vec!["checksum-mismatch"],
        ),
        (
            "wrong size",
            changed(end - 1),
            "partial: gzip size does not match",
            vec!["checksum-mismatch"],
        ),
        (
            "a second member cut",
            followed_by(&whole[..whole.len() / 2]),
            "partial: gzip stream cut in member 2",
            vec!["second-gzip-member", "second-document"],
        ),
    ] {
        let outcome = read(&bytes);
        let text = outcome.outcome();
        assert!(text.starts_with(expected), "{name}: {text}");
        assert!(outcome.ids().starts_with(&ids(5)), "{name}");
        assert_eq!(outcome.codes(), codes, "{name}");
        assert_eq!(outcome.counts().2, 0, "{name}");
        assert_eq!(
            outcome.entry.content_sha256.is_some(),
            !text.contains("cut"),
            "{name}"
        );
    }
}

#[test]
fn the_content_has_the_hash_that_a_digest_lists() {
    let content = log_file(&records(1));
    let (plain, packed) = (read(content.as_bytes()), read(&gzip(content.as_bytes())));
    assert_eq!(plain.entry.content_sha256, packed.entry.content_sha256);
    assert_eq!(plain.entry.sha256, plain.entry.content_sha256);
    assert_ne!(plain.entry.sha256, packed.entry.sha256);
    let sum = read(b"abc").entry.sha256.unwrap().to_string();
    assert!(sum.starts_with("ba7816bf8f01cfea"));
}

#[test]
fn a_byte_order_mark_and_padding_are_findings() {
    let content = log_file(&records(2));
    let marked = format!("\u{feff}{content}");
    let outcome = read(&gzip(marked.as_bytes()));
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["byte-order-mark"])
    );
    assert_eq!(outcome.taken[0].offset, 3 + 12);
    let outcome = read(format!("{content}\0\0\0").as_bytes());
    assert_eq!(
        (outcome.ids(), outcome.codes()),
        (ids(2), vec!["zero-padding"])
    );
}

#[test]
fn plain_json_that_ends_early_is_partial() {
    let content = log_file(&records(3));
    let second = content.find("id-1").unwrap();
    let outcome = read(&content.as_bytes()[..second]);
    let text = outcome.outcome();
    assert!(
        text.starts_with("partial") && text.contains("after 1 record and 1 malformed"),
        "{text}"
    );
    assert_eq!(outcome.counts(), (1, 0, 1, 1));
    assert!(outcome.reasons().contains("not closed at byte"));
    let outcome = read(&content.as_bytes()[..content.len() - 2]);
    assert!(
        outcome
            .outcome()
            .starts_with("partial: the JSON ends before")
    );
    assert_eq!(outcome.counts(), (3, 0, 0, 0));
}

#[test]
fn a_malformed_record_is_told_with_its_number_place_size_and_sum() {
    let bad = record(2).replacen("us-east-1", r"\ud800", 1);
    let content = with_third(&bad);
    let outcome = read(&gzip(&content));
    let [malformed] = &outcome.entry.malformed[..] else {
        panic!("{:?}", outcome.entry.malformed)
    };
    assert_eq!(malformed.ordinal, 3);
    let offset = malformed.offset as usize;
    assert_eq!(&content[offset..offset + bad.len()], bad.as_bytes());
    assert_eq!(malformed.size_bytes, Some(bad.len() as u64));
    let sum: [u8; 32] = sha2::Sha256::digest(bad.as_bytes()).into();
    assert_eq!(malformed.sha256.unwrap().0, sum);
    assert!(malformed.reason.as_str().contains("hex escape"));
}

#[test]
fn a_row_tells_where_the_reading_ended_and_what_followed() {
    let content = log_file(&records(5));
    let mut trailing = gzip(content.as_bytes());
    trailing.extend(b"garbage");
    let entry = read(&trailing).entry;
    let end = content.len() as u64;
    assert_eq!((entry.trailing_bytes, entry.end_offset), (7, Some(end)));
    let whole = gzip(content.as_bytes());
    let entry = read(&whole[..whole.len() / 2]).entry;
    assert!(
        entry
            .end_offset
            .is_some_and(|end| end < content.len() as u64)
    );
    assert_eq!(entry.trailing_bytes, 0);
}

#[test]
fn junk_before_a_record_costs_no_record_and_is_one_malformed() {
    let [a, b, c] = [record(0), record(1), record(2)];
    for content in [
        format!("{{\"Records\":[{a}, @@garbage@@ {b},{c}]}}"),
        format!("{{\"Records\":[{a},{b}, @@garbage@@ {c}]}}"),
        format!("{{\"Records\":[@@garbage@@ {a},{b},{c}]}}"),
    ] {
        let outcome = read(content.as_bytes());
        assert_eq!(outcome.ids(), ids(3), "{content}");
        assert_eq!(outcome.counts(), (3, 0, 1, 0), "{content}");
        assert_eq!(outcome.outcome(), "read", "{content}");
        assert_eq!(outcome.codes(), [""; 0], "{content}");
    }
    let outcome = read(format!("{{\"Records\":[{a}, @@garbage@@ {{]}}").as_bytes());
    let text = outcome.outcome();
    assert!(text.contains("no whole record begins after it"), "{text}");
    assert!(text.contains("after 1 record and 1 malformed"), "{text}");
}

#[test]
fn what_looks_like_a_record_within_a_damaged_one_is_a_part_of_it() {
    let [good, last] = [record(0), record(9)];
    let forged = record(1);
    for part in [
        format!("\"tags\":{forged}"),
        format!("\"tags\" : {forged}"),
        format!("\"items\":[{forged},1]"),
        format!("\"items\":[[{forged}]]"),
        format!("\"a\":{{\"detail\":{forged}}}"),
        // Damage before it, and right before it.
        format!("\"a\"x1,\"tags\":{forged}"),
        format!("\"a\"x1,\"items\":[{forged}]"),
        format!("\"tags\";{forged}"),
        format!("\"tags:{forged}"),
    ] {
        let damaged = good.replacen('{', &format!("{{{part},"), 1);
        let broken = format!("{}\"x\"}}", &damaged[..damaged.len() - 1]);
        let content = format!("{{\"Records\":[{good},{broken},{last}]}}");
        assert_eq!(read(content.as_bytes()).ids(), ["id-0", "id-9"], "{part}");
        // And where the content is cut behind it.
        let cut = format!("{{\"Records\":[{good},{{{part},");
        for member in [cut.clone(), cut + "\"eventName\":"] {
            let mut gz = gzip(member.as_bytes());
            gz.truncate(gz.len() - 9);
            for content in [member.as_bytes(), &gz] {
                let ids = read(content).ids();
                assert!(!ids.contains(&"id-1".to_owned()), "{part}: {ids:?}");
            }
        }
    }
}

#[test]
fn a_key_that_stands_twice_around_the_records_is_a_finding() {
    let [a, b] = [record(0), record(1)];
    let outcome = read(format!("{{\"Records\":[{a}],\"Records\":[{b}]}}").as_bytes());
    assert_eq!(outcome.counts(), (2, 0, 0, 0));
    assert_eq!(outcome.codes(), ["duplicate-key"]);
}

#[test]
fn commas_and_braces_that_json_does_not_have_so_are_a_finding() {
    let [a, b] = [record(0), record(1)];
    for (elements, expected) in [
        (format!("{a}{b}"), "1 comma or brace between records is"),
        (format!("{a} \n{b}"), "1 comma or brace between records is"),
        (format!("{a},,{b}"), "1 comma or brace between records is"),
        (format!("{a},{b},"), "1 comma or brace between records is"),
        (format!(",{a},{b}"), "1 comma or brace between records is"),
        (format!("{a}}},{b}"), "1 comma or brace between records is"),
        (
            format!("{a}}}{b},"),
            "3 commas or braces between records are",
        ),
    ] {
        let outcome = read(format!("{{\"Records\":[{elements}]}}").as_bytes());
        assert_eq!(outcome.counts(), (2, 0, 0, 0), "{elements}");
        assert_eq!(outcome.codes(), ["irregular-json"], "{elements}");
        let message = outcome.entry.findings[0].message.as_str();
        assert!(message.starts_with(expected), "{elements}: {message}");
        assert!(message.ends_with("; all records were read"), "{message}");
    }
}

#[test]
fn a_file_with_a_comma_too_many_and_a_malformed_record_is_not_said_to_be_read_whole() {
    let [a, b] = [record(0), record(1)];
    for broken in [&a[..a.len() - 40], "@@@"] {
        let outcome = read(format!("{{\"Records\":[{a},,{broken},{b}]}}").as_bytes());
        let irregular = outcome.entry.findings.iter();
        let mut irregular = irregular.filter(|finding| finding.code == "irregular-json");
        let message = irregular.next().unwrap().message.as_str();
        assert!(
            message.ends_with("; not all records could be read"),
            "{message}"
        );
    }
}

#[test]
fn a_second_name_hides_no_event() {
    for (from, to, fate) in [
        (
            r#""eventName":"DetachNetworkInterface""#,
            r#""eventName":"DetachNetworkInterface","eventName":"DescribeInstances""#,
            (0, 0, 1, 1),
        ),
        (
            r#""eventName":"DetachNetworkInterface""#,
            r#""eventName":"Detach\u004eetworkInterface","event\u004eame":"DescribeInstances""#,
            (0, 0, 1, 1),
        ),
        (
            r#""eventSource":"ec2.amazonaws.com""#,
            r#""eventSource":"ec2.amazonaws.com","eventSource":"s3.amazonaws.com""#,
            (0, 0, 1, 1),
        ),
        (
            r#""eventName":"DetachNetworkInterface""#,
            r#""eventName":"DescribeInstances","eventName":"DetachNetworkInterface""#,
            (1, 0, 0, 0),
        ),
        (
            r#""eventName":"DetachNetworkInterface""#,
            r#""eventName":"DescribeInstances","eventName":"RunInstances""#,
            (0, 1, 0, 0),
        ),
    ] {
        let content = log_file(&[record(0).replace(from, to)]);
        assert!(content.contains(to));
        let outcome = read(content.as_bytes());
        assert_eq!(outcome.counts(), fate, "{to}");
        assert_eq!(outcome.codes(), ["duplicate-key"], "{to}");
    }
}
