//! What is refused, with the exact lines that a person sees.

use jiff::tz::TimeZone;

use crate::error::ErrorKind;
use crate::search::time::Frame;
use crate::search::{DEPTH_MAX, QUERY_BYTES_MAX, TERMS_MAX, parse};

/// Each row: the query, the carets, the message.
fn all_refused(rows: &[[&str; 3]]) {
    for [query, carets, message] in rows {
        let Err(error) = parse(query, &Frame::from(&TimeZone::UTC)) else {
            panic!("{query} was read");
        };
        assert_eq!(error.render(query), format!("{query}\n{carets}\n{message}"));
    }
}

const TIMES: &str = "did you mean `2024-03-01`, `2024-03-01T10:00` or `2024-03-01T10:00:00Z`?";

#[test]
fn stars_without_anything_else_and_in_times_are_refused() {
    let everything = "one `*` stands for everything; did you mean `*`?";
    all_refused(&[
        ["**", "^^", everything],
        ["event:***", "      ^^^", everything],
        [
            "since:*03",
            "      ^^^",
            "a time has no `*`; did you mean `2024-03-01..`?",
        ],
        [
            "time:2024-03*",
            "     ^^^^^^^^",
            "a time is a period and needs no `*`; did you mean `2024-03`?",
        ],
        ["\"\"*", "^^^", "the quotation marks are empty"],
    ]);
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest() {
    let among = "among event, id, account, region, actor, ip, error, agent, kind, file, time, \
                 since, until, is";
    all_refused(&[
        [
            "network regoin:us-east-1",
            "        ^^^^^^",
            &format!("there is no field `regoin` {among}; did you mean `region:`?"),
        ],
        [
            "日本 colour:red",
            "     ^^^^^^",
            &format!("there is no field `colour` {among}; did you mean `\"colour:red\"`?"),
        ],
        [
            "colour:\"red\"",
            "^^^^^^",
            &format!("there is no field `colour` {among}"),
        ],
    ]);
}

#[test]
fn a_field_without_a_value_is_refused_with_an_example() {
    all_refused(&[
        [
            "region:",
            "       ^",
            "a value of `region:` is missing; did you mean `region:us-east-1,eu-west-1`?",
        ],
        [
            "region:a, b",
            "         ^",
            "a value of `region:` is missing; did you mean `region:us-east-1,eu-west-1`?",
        ],
        [
            "region:(a OR b)",
            "       ^",
            "several values of `region:` are separated by commas; \
             did you mean `region:us-east-1,eu-west-1`?",
        ],
        ["event:\"\"", "      ^^", "the quotation marks are empty"],
        [
            "is:faild",
            "   ^^^^^",
            "a call is not `faild`; did you mean `failed`?",
        ],
        [
            "is:blue",
            "   ^^^^",
            "a call is not `blue`; did you mean `failed`, `succeeded`, `dry-run`, `uncertain` or `console`?",
        ],
    ]);
}

#[test]
fn a_time_or_network_that_cannot_be_is_refused() {
    all_refused(&[
        [
            "x 2024-13",
            "  ^^^^^^^",
            &format!("`2024-13` is not a time: there is no month 13; {TIMES}"),
        ],
        [
            "since:soon",
            "      ^^^^",
            &format!("`soon` is not a time; {TIMES}"),
        ],
        [
            "time:>2024-03-14",
            "     ^^^^^^^^^^^",
            "times are not compared with signs; did you mean `time:2024-03-14..`?",
        ],
        [
            "x time:<=2024-03",
            "       ^^^^^^^^^",
            "times are not compared with signs; did you mean `time:..2024-03`?",
        ],
        [
            "time:>soon",
            "     ^^^^^",
            &format!("`>soon` is not a time; {TIMES}"),
        ],
        [
            "until:\"2024-03-01 soon\"",
            "      ^^^^^^^^^^^^^^^^^",
            "there is no time zone `soon`; did you mean `UTC`, `+01:00` or `Europe/Berlin`?",
        ],
        [
            "time:[2024-03-01 TO soon]",
            "                    ^^^^",
            &format!("`soon` is not a time; {TIMES}"),
        ],
        [
            "time:[2024-03-01 TO 2024-03-02",
            "     ^",
            "the bracket is not closed; did you mean `time:[2024-03-01 TO 2024-03-05]`?",
        ],
        [
            "2024-03-05..2024-03-01",
            "^^^^^^^^^^^^^^^^^^^^^^",
            "the range ends before it begins; did you mean `2024-03-01..2024-03-05`?",
        ],
        [
            "10.0.0.0/33",
            "^^^^^^^^^^^",
            "a network of this kind has a prefix of 0 to 32 bits; did you mean `10.0.0.0/32`?",
        ],
        [
            "ip:::1/129",
            "   ^^^^^^^",
            "a network of this kind has a prefix of 0 to 128 bits; did you mean `::1/128`?",
        ],
    ]);
}

#[test]
fn what_joins_nothing_is_refused() {
    all_refused(&[
        ["", "^", "the query is empty; did you mean `*`?"],
        [
            "a AND",
            "  ^^^",
            "a term is missing after `AND`; did you mean the word `and`?",
        ],
        [
            "OR a",
            "^^",
            "a term is missing before `OR`; did you mean the word `or`?",
        ],
        [
            "a OR AND b",
            "     ^^^",
            "a term is missing before `AND`; did you mean the word `and`?",
        ],
        [
            "NOT",
            "^^^",
            "a term is missing after `NOT`; did you mean the word `not`?",
        ],
        ["()", "^", "a term is missing after `(`"],
        ["(a", "^", "this parenthesis is not closed"],
        ["a)", " ^", "this parenthesis was never opened"],
        [")", "^", "this parenthesis was never opened"],
        [
            "\"abc",
            "^",
            "the quotation mark is not closed; did you mean `\"abc\"`?",
        ],
        ["a -", "  ^", "`-` has no letter or digit to search for"],
        ["a && b", "  ^^", "`&&` is written AND; did you mean `AND`?"],
        ["!foo", "^", "`!` is written NOT; did you mean `NOT`?"],
        [
            "x --since 2024",
            "  ^^^^^^^",
            "`--since` is an option, not a term; did you mean `\"--since\"`?",
        ],
    ]);
}

#[test]
fn a_query_beyond_the_limits_is_refused() {
    let refusal = |query: &str| {
        parse(query, &Frame::from(&TimeZone::UTC))
            .unwrap_err()
            .to_string()
    };
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(DEPTH_MAX), &Frame::from(&TimeZone::UTC)).is_ok());
    let too_deep = "the query is nested too deep, 32 levels are the most";
    assert_eq!(refusal(&nested(DEPTH_MAX + 1)), too_deep);
    assert_eq!(
        refusal(&format!("{}a", "NOT ".repeat(DEPTH_MAX + 1))),
        too_deep
    );
    assert_eq!(refusal(&"(".repeat(QUERY_BYTES_MAX)), too_deep);

    assert!(parse(&"a ".repeat(TERMS_MAX), &Frame::from(&TimeZone::UTC)).is_ok());
    let too_many = "the query has too many terms, 1000 are the most";
    assert_eq!(refusal(&"a ".repeat(TERMS_MAX + 1)), too_many);
    let list = "a,".repeat(TERMS_MAX);
    assert_eq!(refusal(&format!("region:{list}a")), too_many);

    assert!(
        parse(
            &"é".repeat(QUERY_BYTES_MAX / 2),
            &Frame::from(&TimeZone::UTC)
        )
        .is_ok()
    );
    let too_long = format!("{}b", "é".repeat(QUERY_BYTES_MAX / 2));
    assert_eq!(
        refusal(&too_long),
        "the query has 4097 bytes, 4096 are the most"
    );
}

#[test]
fn a_refusal_becomes_a_usage_error_with_its_hint() {
    let query = "region:";
    let error = parse(query, &Frame::from(&TimeZone::UTC))
        .unwrap_err()
        .into_error("the query");
    assert_eq!(error.kind, ErrorKind::Usage);
    assert_eq!(
        error.to_string(),
        "the query: a value of `region:` is missing"
    );
    let hint = "did you mean `region:us-east-1,eu-west-1`?";
    assert_eq!(error.hint.as_deref(), Some(hint));
}

#[test]
fn control_characters_of_a_query_are_shown_escaped() {
    let query = "\u{1b}[2J colour:\u{9b}";
    let rendered = parse(query, &Frame::from(&TimeZone::UTC))
        .unwrap_err()
        .render(query);
    assert!(!rendered.contains(['\u{1b}', '\u{9b}']), "{rendered:?}");
    assert!(rendered.starts_with("\\u{1b}[2J colour:\\u{9b}\n          ^^^^^^\n"));
}
