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
fn what_other_languages_put_between_a_field_and_its_value_is_refused() {
    let colon = "between a field and its value stands a colon; did you mean";
    all_refused(&[
        [
            "x eventName=DetachNetworkInterface",
            "           ^",
            &format!(
                "{colon} `event:DetachNetworkInterface` or `\"eventName=DetachNetworkInterface\"`?"
            ),
        ],
        [
            "region!=us-east-1",
            "      ^^",
            &format!("{colon} `-region:us-east-1` or `\"region!=us-east-1\"`?"),
        ],
        [
            "eventTime>=2024-03-01",
            "         ^^",
            &format!("{colon} `time:2024-03-01..` or `\"eventTime>=2024-03-01\"`?"),
        ],
        [
            "eventName = X",
            "          ^",
            &format!("{colon} `event:DetachNetworkInterface`?"),
        ],
        [
            "eventName='Det%'",
            "         ^",
            &format!("{colon} `event:Det*` or `\"eventName='Det%'\"`?"),
        ],
        [
            "eventName=\"X\"",
            "         ^",
            &format!("{colon} `event:…`?"),
        ],
        [
            "_exists_:errorCode",
            "^^^^^^^^^^^^^^^^^^",
            "that a field has any value is asked with a star; did you mean `error:*`?",
        ],
        [
            "event:!Detach*",
            "      ^^^^^^^^",
            "what a field is not is asked with `-` before the field; did you mean `-event:Detach*`?",
        ],
    ]);
}

#[test]
fn expressions_and_choices_of_other_languages_are_refused() {
    let no_expressions =
        "regular expressions are not read; a `*` stands for any text; did you mean";
    all_refused(&[
        [
            "event:/Det.*/",
            "      ^^^^^^^",
            &format!("{no_expressions} `event:Det*`?"),
        ],
        ["/Det.*/ x", "^^^^^^^", &format!("{no_expressions} `Det*`?")],
        [
            "^Detach",
            "^^^^^^^",
            &format!("{no_expressions} `Detach*`?"),
        ],
        [
            "event:Det.*Interface$",
            "      ^^^^^^^^^^^^^^^",
            &format!("{no_expressions} `event:Det*Interface`?"),
        ],
        [
            "region:us-[a-z]+-1",
            "       ^^^^^^^^^^^",
            &format!("{no_expressions} `region:\"us-[a-z]+-1\"`?"),
        ],
        [
            "event:Attach*|Detach*",
            "      ^^^^^^^^^^^^^^^",
            "several values of a field are separated by commas; did you mean `event:Attach*,Detach*`?",
        ],
        [
            "attach|detach",
            "^^^^^^^^^^^^^",
            "one of several words is asked with OR; did you mean `attach OR detach`?",
        ],
        [
            "event:Det?ch*",
            "      ^^^^^^^",
            "`?` stands for nothing; a `*` stands for any text; did you mean `event:Det*ch*`?",
        ],
        [
            "Detach%",
            "^^^^^^^",
            "`%` stands for nothing; a `*` stands for any text; did you mean `Detach*`?",
        ],
        [
            "foo~2",
            "^^^^^",
            "similar words are not searched; a `*` stands for any text; did you mean `foo*`?",
        ],
        [
            "\"a b\"~3",
            "     ^^",
            "similar words are not searched; a `*` stands for any text",
        ],
        [
            "foo^2",
            "^^^^^",
            "terms have no weights; did you mean `foo`?",
        ],
    ]);
}

#[test]
fn ranges_of_other_languages_are_refused() {
    let brackets = "a range of times is written in square brackets, with a large TO; did you mean";
    let network = "a range of addresses is written as a network; did you mean";
    all_refused(&[
        [
            "{2023 TO 2024}",
            "^^^^^^^^^^^^^^",
            &format!("{brackets} `time:[2023 TO 2024]`?"),
        ],
        [
            "x [2023 to 2024]",
            "  ^^^^^^^^^^^^^^",
            &format!("{brackets} `time:[2023 TO 2024]`?"),
        ],
        [
            "time:{2024-03-01 TO *}",
            "     ^^^^^^^^^^^^^^^^^",
            &format!("{brackets} `time:[2024-03-01 TO *]`?"),
        ],
        [
            "account:[1 TO 2]",
            "        ^^",
            "only times have ranges; several values are separated by commas; \
             did you mean `time:[2024-03-01 TO 2024-03-05]`?",
        ],
        [
            "ip:10.0.0.1-10.0.0.9",
            "   ^^^^^^^^^^^^^^^^^",
            &format!("{network} `ip:10.0.0.1/28`?"),
        ],
        [
            "10.0.0.0/255.0.0.0",
            "^^^^^^^^^^^^^^^^^^",
            &format!("{network} `10.0.0.0/8`?"),
        ],
        [
            "10.0.0.1/0.0.0.255",
            "^^^^^^^^^^^^^^^^^^",
            &format!("{network} `10.0.0.1/24`?"),
        ],
        [
            "region:us-east-1?",
            "       ^^^^^^^^^^",
            "`?` stands for nothing; a `*` stands for any text; did you mean `region:us-east-1*`?",
        ],
    ]);
}

#[test]
fn what_may_be_data_is_not_taken_for_syntax_and_everything_is_text_in_quotation_marks() {
    for query in [
        "/service-role/",
        "file:/evidence/logs/",
        "file:/evidence/*.gz",
        "file:/cases/a+b/",
        "actor:/team+ops/",
        "10.0.0.0/255.0.255.0",
        "a=b",
        "requestParameters.force=true",
        "md/Botocore#1.34.0",
        "exec-env/AWS_Lambda_python3.12",
        "https://x.example/a?b=c",
        "agent:a|b",
        "a%2Fb",
        "100%",
        "[2024-03-01",
        "signin.*",
        "ip:10.0.*",
        "C:\\PROGRA~1",
        "<none>",
        "actor:machine$",
    ] {
        let read = parse(query, &Frame::from(&TimeZone::UTC));
        assert!(read.is_ok(), "{query}: {read:?}");
    }
    for text in [
        "eventName=X",
        "/Det.*/",
        "^Detach",
        "foo~2",
        "{2023 TO 2024}",
        "a|b",
        "Det?ch",
        "Detach%",
        "10.0.0.0/255.0.0.0",
    ] {
        assert!(parse(text, &Frame::from(&TimeZone::UTC)).is_err(), "{text}");
        let query = format!("\"{text}\"");
        let read = parse(&query, &Frame::from(&TimeZone::UTC));
        assert!(read.is_ok(), "{query}: {read:?}");
    }
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
