//! Limits: what is beyond them is told, and costs nothing else.

use super::damage::with_third;
use super::*;

#[test]
fn warnings_are_limited_and_the_rest_is_counted() {
    let limits = Limits {
        file_warnings_max: 3,
        ..Limits::default()
    };
    let outcome = read_named("x", br#"{"Records":[1,null,"x",[],{},true,2.5]}"#, &limits);
    assert_eq!(outcome.counts(), (0, 0, 7, 0));
    assert_eq!(outcome.entry.warnings.len(), 4);
    assert!(outcome.reasons().ends_with("4 more warnings like these"));
}

#[test]
fn what_is_larger_than_the_limit_is_malformed_and_skipped() {
    let limits = Limits {
        record_bytes_max: 600,
        ..Limits::default()
    };
    let filler = format!(r#"{{"filler":"{}","#, "x\\\"]}".repeat(300));
    let large = record(2).replacen('{', &filler, 1);
    let nested = record(2).replacen(
        '{',
        &format!(r#"{{"a":[{}],"#, "{\"b\":[1]},".repeat(100)),
        1,
    );
    let text = quoted(&"y".repeat(1000));
    for third in [&large, &nested, &text] {
        let outcome = read_named("x", &with_third(third), &limits);
        assert_eq!(outcome.outcome(), "read");
        assert_eq!(outcome.ids(), ["id-0", "id-1", "id-3", "id-4"]);
        let is_record = u64::from(third != &text);
        assert_eq!(
            outcome.counts(),
            (4, 0, 1, is_record),
            "{}",
            outcome.reasons()
        );
        assert!(
            outcome.reasons().contains("more than 600 bytes"),
            "{}",
            outcome.reasons()
        );
    }
    let around = format!(
        r#"{{"a":{text},"Records":[{}],"b":{text}}}"#,
        records(2).join(",")
    );
    assert_eq!(read_named("x", around.as_bytes(), &limits).ids(), ids(2));
}

#[test]
fn records_are_found_within_what_is_too_large_to_be_held() {
    let limits = Limits {
        record_bytes_max: 600,
        ..Limits::default()
    };
    let hits: Vec<String> = records(9)
        .iter()
        .map(|record| format!(r#"{{"_source":{record}}}"#))
        .collect();
    let hits = hits.join(",");
    for content in [
        format!(r#"{{"took":1,"hits":{{"total":9,"hits":[{hits}]}}}}"#),
        format!(r#"{{"a":[{{"b":{{"c":[{hits}]}}}}]}}"#),
        format!(r#"[{{"a":[{hits}]}}]"#),
    ] {
        let outcome = read_named("x", content.as_bytes(), &limits);
        assert_eq!(
            (outcome.outcome().as_str(), outcome.ids()),
            ("read", ids(9)),
            "{content}"
        );
    }
    let parts = r#"{"action":"DetachNetworkInterface","by":"ec2.amazonaws.com"},"#.repeat(99);
    let outcome = read_named(
        "x",
        format!(r#"{{"a":{{"b":[{parts}1]}}}}"#).as_bytes(),
        &limits,
    );
    assert!(
        outcome.outcome().contains("resembles"),
        "{}",
        outcome.outcome()
    );
}

#[test]
fn records_within_much_are_found_to_a_depth_and_told_beyond_it() {
    let within = |depth: usize| {
        let content = format!(
            "{}{}{}",
            r#"{"a":["#.repeat(depth),
            record(0),
            "]}".repeat(depth)
        );
        read(content.as_bytes())
    };
    assert_eq!(within(8).counts(), (1, 0, 0, 0));
    assert!(within(9).outcome().contains("resembles"));
    let beside = log_file(&[
        record(0),
        format!("{}{}{}", "[".repeat(40), record(1), "]".repeat(40)),
    ]);
    assert_eq!(read(beside.as_bytes()).counts(), (1, 0, 1, 1));
}

#[test]
fn content_beyond_the_limit_makes_a_file_partial() {
    let content = log_file(&records(5));
    let all = content.len() as u64;
    for (decoded_bytes_max, expected, count) in [
        (all, "read", 5),
        (all - 1, "partial: more than", 5),
        (
            900,
            "partial: more than 900 bytes of content after 2 records",
            2,
        ),
    ] {
        let limits = Limits {
            decoded_bytes_max,
            ..Limits::default()
        };
        let outcome = read_named("x", &gzip(content.as_bytes()), &limits);
        let text = outcome.outcome();
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(outcome.counts(), (count, 0, 0, 0));
    }
}

#[test]
fn wrappings_within_wrappings_are_followed_to_the_limit() {
    let many = 300;
    let open = r#"{"Records":["#.repeat(many);
    let content = format!("{open}{}{}", record(0), "]}".repeat(many));
    let outcome = read(content.as_bytes());
    assert_eq!(outcome.counts(), (0, 0, 1, 0));
    assert!(outcome.reasons().contains("wrapped too deeply"));
}

#[test]
fn strings_within_strings_are_followed_to_the_limit() {
    let mut content = record(0);
    for depth in 1..=6 {
        content = format!(r#"{{"Message":{}}}"#, quoted(&content));
        let outcome = read(format!("[{content},{}]", record(1)).as_bytes());
        let expected = if depth <= 4 {
            (2, 0, 0, 0)
        } else {
            (1, 0, 1, 1)
        };
        assert_eq!(outcome.counts(), expected, "{depth}");
    }
}
