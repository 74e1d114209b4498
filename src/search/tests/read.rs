//! What is typed, and how it is read.

use jiff::tz::TimeZone;

use crate::search::time::Frame;
use crate::search::{Queries, fields, parse, read, time};

fn read_in(query: &str, frame: &Frame) -> String {
    match parse(query, frame) {
        Ok(expression) => expression.to_string(),
        Err(error) => panic!("\n{}", error.render(query)),
    }
}

fn all_read_as(rows: &[(&str, &str)]) {
    for (query, expected) in rows {
        assert_eq!(
            read_in(query, &Frame::from(&TimeZone::UTC)),
            *expected,
            "{query}"
        );
    }
}

#[test]
fn a_pasted_id_is_a_whole_value_or_words_within_one() {
    all_read_as(&[
        ("*", "*"),
        (
            "eni-0123456789ABCDEF0",
            "=eni-0123456789abcdef0 OR \"eni 0123456789abcdef0\"",
        ),
        ("  i-1a2b3c4d \n", "=i-1a2b3c4d OR \"i 1a2b3c4d\""),
        (
            "'eni-0123456789abcdef0',",
            "=eni-0123456789abcdef0 OR \"eni 0123456789abcdef0\"",
        ),
        (
            "\u{200b}i-1a2b3c4d\u{feff}",
            "=i-1a2b3c4d OR \"i 1a2b3c4d\"",
        ),
        (
            "eipassoc-0123456789abcdef0.",
            "=eipassoc-0123456789abcdef0 OR \"eipassoc 0123456789abcdef0\"",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE",
            "=akiaiosfodnn7example OR \"akiaiosfodnn7example\"",
        ),
        (
            "AROAEXAMPLEEXAMPLE12:i-0abc",
            "=aroaexampleexample12:i-0abc OR \"aroaexampleexample12 i 0abc\"",
        ),
        ("111122223333", "=111122223333 OR \"111122223333\""),
        ("1111-2222-3333", "=111122223333"),
        (
            "5B1F6F5C-0000-4000-8000-2D4C6C2A0001",
            "=5b1f6f5c-0000-4000-8000-2d4c6c2a0001 OR \"5b1f6f5c 0000 4000 8000 2d4c6c2a0001\"",
        ),
        (
            "02:42:ac:11:00:02 aa:bb:cc:dd:ee:ff",
            "(=02:42:ac:11:00:02 OR \"02 42 ac 11 00 02\") AND (=aa:bb:cc:dd:ee:ff OR \"aa bb cc dd ee ff\")",
        ),
        (
            "arn:aws:iam::111122223333:user/Alice",
            "=arn:aws:iam::111122223333:user/alice OR \"arn aws iam 111122223333 user alice\"",
        ),
        ("arn:aws:s3:::bucket/*", "=arn:aws:s3:::bucket/*"),
        ("arn:aws:iam*", "=arn:aws:iam*"),
        ("\"eni-0123456789abcdef0\"", "\"eni 0123456789abcdef0\""),
    ]);
}

#[test]
fn an_address_or_network_is_one_whatever_is_around_it() {
    all_read_as(&[
        ("203.0.113.7", "address:203.0.113.7"),
        ("10.9.8.7/8,", "address:10.0.0.0/8"),
        ("2001:DB8::1", "address:2001:db8::1"),
        ("dead:beef::1", "address:dead:beef::1"),
        ("2001:db8::/32", "address:2001:db8::/32"),
        ("[::1]", "address:::1"),
        ("::", "address:::"),
        ("10.0.*", "=10.0.*"),
        ("2001:db8:*", "=2001:db8:*"),
    ]);
}

#[test]
fn a_time_is_its_period() {
    all_read_as(&[
        (
            "2024-03-01",
            "time:[2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z)",
        ),
        (
            "2024-03",
            "time:[2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z)",
        ),
        ("2024", "\"2024\""),
        ("1709287205", "\"1709287205\""),
        (
            "2024-03-01T10:00",
            "time:[2024-03-01T10:00:00Z, 2024-03-01T10:01:00Z)",
        ),
        (
            "2024-03-01T10:00:00+02:00,",
            "time:[2024-03-01T08:00:00Z, 2024-03-01T08:00:01Z)",
        ),
        (
            "2024-03-01 14:00 Europe/Berlin network",
            "time:[2024-03-01T13:00:00Z, 2024-03-01T13:01:00Z) AND \"network\"",
        ),
        (
            "2024-03-01 14:00:05 UTC -x",
            "time:[2024-03-01T14:00:05Z, 2024-03-01T14:00:06Z) AND NOT \"x\"",
        ),
        ("\"2024-03-01\"", "\"2024 03 01\""),
        (
            "time:2024",
            "time:[2024-01-01T00:00:00Z, 2025-01-01T00:00:00Z)",
        ),
        (
            "eventTime:1709287205",
            "time:[2024-03-01T10:00:05Z, 2024-03-01T10:00:06Z)",
        ),
        (
            "time:2024-03-01 14:00",
            "time:[2024-03-01T14:00:00Z, 2024-03-01T14:01:00Z)",
        ),
        (
            "time:2024-03-01,2024-03-05",
            "time:[2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z) OR \
             time:[2024-03-05T00:00:00Z, 2024-03-06T00:00:00Z)",
        ),
    ]);
}

#[test]
fn a_range_of_times_includes_the_end_of_its_last_period() {
    all_read_as(&[
        (
            "2024-03-01..2024-03-05",
            "time:[2024-03-01T00:00:00Z, 2024-03-06T00:00:00Z)",
        ),
        ("2024-03-01..", "time:[2024-03-01T00:00:00Z, …)"),
        ("..2024-03-05", "time:[…, 2024-03-06T00:00:00Z)"),
        (
            "2023..2024",
            "time:[2023-01-01T00:00:00Z, 2025-01-01T00:00:00Z)",
        ),
        (
            "2024-03-01 10:00..2024-03-02 11:00 x",
            "time:[2024-03-01T10:00:00Z, 2024-03-02T11:01:00Z) AND \"x\"",
        ),
        (
            "[2024-03-01 TO 2024-03-02]",
            "time:[2024-03-01T00:00:00Z, 2024-03-03T00:00:00Z)",
        ),
        (
            "time:[2024-03-01 TO 2024-03-02]",
            "time:[2024-03-01T00:00:00Z, 2024-03-03T00:00:00Z)",
        ),
        ("time:[* TO 2024-03-02]", "time:[…, 2024-03-03T00:00:00Z)"),
        (
            "time:\"2024-03-01 10:00 Europe/Berlin .. 2024-03-02\"",
            "time:[2024-03-01T09:00:00Z, 2024-03-03T00:00:00Z)",
        ),
        (
            "since:2024-03-01 until:2024-03-05",
            "time:[2024-03-01T00:00:00Z, …) AND time:[…, 2024-03-05T00:00:00Z)",
        ),
        (
            "since:2024-03-01T10:00:00.5",
            "time:[2024-03-01T10:00:00.5Z, …)",
        ),
    ]);
}

#[test]
fn a_time_without_a_zone_is_in_the_zone_of_the_person() {
    let berlin = Frame::new(time::zone("Europe/Berlin").unwrap());
    assert_eq!(
        read_in("2024-03-01", &berlin),
        "time:[2024-02-29T23:00:00Z, 2024-03-01T23:00:00Z)"
    );
}

#[test]
fn words_are_cut_as_the_index_cuts_them() {
    all_read_as(&[
        ("network interface", "\"network\" AND \"interface\""),
        ("\"network interface\"", "\"network interface\""),
        ("“Network Interface”", "\"network interface\""),
        ("DetachNetworkInterface", "\"detach network interface\""),
        ("networkinterface", "\"networkinterface\""),
        (
            "signin.amazonaws.com",
            "=signin.amazonaws.com OR \"signin amazonaws com\"",
        ),
        ("us-east-1", "=us-east-1 OR \"us east 1\""),
        (
            "AWS::EC2::Instance",
            "=aws::ec2::instance OR \"aws ec2 instance\"",
        ),
        (
            "https://x.example/a",
            "=https://x.example/a OR \"https x example a\"",
        ),
        (
            "ec2:DetachNetworkInterface",
            "=ec2:detachnetworkinterface OR \"ec2 detach network interface\"",
        ),
        ("C:\\temp", "=c:\\temp OR \"c temp\""),
        ("\"say \\\"hi\\\" C:\\temp\"", "\"say hi c temp\""),
        ("eni-*5F60", "=eni-*5f60"),
        ("*7c", "=*7c OR *7c"),
        ("De*Inter*", "=de*inter* OR de*inter*"),
        ("*-7c*", "=*-7c*"),
        ("Terminate*", "=terminate* OR terminate*"),
        ("DetachNetw*", "=detachnetw* OR detachnetw*"),
        ("\"arn:aws:iam::1 \"*", "=\"arn:aws:iam::1 \"*"),
        ("Error::Foo", "=error::foo OR \"error foo\""),
        (
            "Mozilla/5.0 (NT)",
            "(=mozilla/5.0 OR \"mozilla 5 0\") AND \"nt\"",
        ),
    ]);
}

#[test]
fn a_field_is_named_in_our_words_or_in_those_of_cloudtrail() {
    all_read_as(&[
        (
            "event:DetachNetworkInterface",
            "event:detachnetworkinterface",
        ),
        (
            "EVENTNAME: DetachNetworkInterface",
            "event:detachnetworkinterface",
        ),
        ("event:Detach*", "event:detach*"),
        ("event:*Interface", "event:*interface"),
        ("actor:*/alice", "actor:*/alice"),
        ("ip:*.amazonaws.com", "ip:*.amazonaws.com"),
        ("is:console", "is:console"),
        ("error:*", "error:*"),
        ("error:\"*\"", "error:*"),
        ("eventID:5b1f", "id:5b1f"),
        ("recipientAccountId:1111-2222-3333", "account:111122223333"),
        (
            "region:us-east-1,EU-west-1",
            "region:us-east-1 OR region:eu-west-1",
        ),
        ("actor:arn:aws:iam::1:user/a", "actor:arn:aws:iam::1:user/a"),
        ("userIdentity.arn:\"a b\"", "actor:\"a b\""),
        ("ip:10.0.0.7/8", "ip:10.0.0.0/8"),
        ("sourceIPAddress:\"203.0.113.7\"", "ip:203.0.113.7"),
        ("ip:ec2.amazonaws.com", "ip:ec2.amazonaws.com"),
        ("ip:::1", "ip:::1"),
        ("file:\\\\host\\a.gz", "file:\\\\host\\a.gz"),
        ("ip:10.0.*", "ip:10.0.*"),
        ("agent:\"aws cli\"*", "agent:\"aws cli\"*"),
        ("is:failed is:OK", "is:failed AND is:succeeded"),
        (
            "\"eventName\": \"DetachNetworkInterface\",\n  \"awsRegion\": \"us-east-1\",",
            "event:detachnetworkinterface AND region:us-east-1",
        ),
    ]);
}

#[test]
fn not_binds_before_and_and_and_before_or() {
    all_read_as(&[
        ("a AND b OR c", "(\"a\" AND \"b\") OR \"c\""),
        ("a b OR c -d", "(\"a\" AND \"b\") OR (\"c\" AND NOT \"d\")"),
        ("a OR b AND NOT c", "\"a\" OR (\"b\" AND NOT \"c\")"),
        ("(a OR b) c", "(\"a\" OR \"b\") AND \"c\""),
        ("(a b) c", "\"a\" AND \"b\" AND \"c\""),
        ("NOT a b", "NOT \"a\" AND \"b\""),
        ("NOT (a b)", "NOT (\"a\" AND \"b\")"),
        ("-a -b", "NOT \"a\" AND NOT \"b\""),
        ("NOT -a", "NOT NOT \"a\""),
        ("-region:a,b", "NOT (region:a OR region:b)"),
        ("a-b", "=a-b OR \"a b\""),
        ("and or not", "\"and\" AND \"or\" AND \"not\""),
    ]);
}

#[test]
fn the_example_of_every_field_can_be_searched() {
    for row in fields() {
        assert!(
            row.example.starts_with(&format!("{}:", row.name)),
            "{}",
            row.name
        );
        read_in(&row.example, &Frame::from(&TimeZone::UTC));
    }
}

/// Named queries for the tests.
fn queries() -> Queries {
    Queries::parse(
        "night = NOT ip:10.0.0.0/8 actor:deploy\n\
         refused = @night is:failed\n\
         one = @two\ntwo = @three OR a\nthree = @one\n\
         wrong = acount:1\nlost = @nihgt\n",
    )
    .unwrap()
}

#[test]
fn a_name_stands_for_its_query() {
    let queries = queries();
    for (query, expected) in [
        ("@night", "NOT ip:10.0.0.0/8 AND actor:deploy"),
        ("@NIGHT", "NOT ip:10.0.0.0/8 AND actor:deploy"),
        (
            "@refused",
            "NOT ip:10.0.0.0/8 AND actor:deploy AND is:failed",
        ),
        (
            "a OR @night",
            "\"a\" OR (NOT ip:10.0.0.0/8 AND actor:deploy)",
        ),
        ("-@night", "NOT (NOT ip:10.0.0.0/8 AND actor:deploy)"),
        ("@1709287205", "=@1709287205 OR \"1709287205\""),
        ("\"@night\"", "\"night\""),
        ("alice@night", "=alice@night OR \"alice night\""),
    ] {
        let asked = read(query, &Frame::new(TimeZone::UTC), &queries).unwrap();
        assert_eq!(asked.expression.to_string(), expected, "{query}");
    }
}

#[test]
fn a_name_that_cannot_be_read_is_refused_where_it_stands() {
    let queries = queries();
    for (query, carets, message) in [
        (
            "a @nihgt",
            "  ^^^^^^",
            "there is no query `@nihgt`; did you mean `@night`?",
        ),
        (
            "@colour",
            "^^^^^^^",
            "there is no query `@colour`; did you mean `\"@colour\"`?",
        ),
        (
            "@one",
            "^^^^",
            "a query leads back to itself: @one → @two → @three → @one",
        ),
        (
            "x @lost",
            "  ^^^^^",
            "in `@lost`: there is no query `@nihgt`; did you mean `@night`?",
        ),
    ] {
        let error = read(query, &Frame::new(TimeZone::UTC), &queries).unwrap_err();
        assert_eq!(error.render(query), format!("{query}\n{carets}\n{message}"));
    }
    let error = read("@wrong", &Frame::new(TimeZone::UTC), &queries).unwrap_err();
    assert!(
        error
            .message
            .starts_with("in `@wrong`: there is no field `acount`"),
        "{error}"
    );
}

#[test]
fn named_queries_count_towards_the_limits() {
    let doubling = (0..20).map(|n| format!("q{n} = @q{} @q{}\n", n + 1, n + 1));
    let text: String = doubling.chain(["q20 = a".to_owned()]).collect();
    let queries = Queries::parse(&text).unwrap();
    let error = read("@q0", &Frame::new(TimeZone::UTC), &queries).unwrap_err();
    assert!(error.message.contains("too many terms"), "{error}");
    let chain = (0..40).map(|n| format!("q{n} = @q{}\n", n + 1));
    let queries = Queries::parse(&chain.collect::<String>()).unwrap();
    let error = read("@q0", &Frame::new(TimeZone::UTC), &queries).unwrap_err();
    assert!(error.message.contains("nested too deep"), "{error}");
}

#[test]
fn the_parts_of_a_query_are_what_it_joins_by_and() {
    for (query, expected) in [
        ("a", "a[a]"),
        ("a b", "a[a] b[b]"),
        (" a AND -is:failed ", "a[a] -is:failed[is:failed]"),
        (
            "(a OR b) region:x,y",
            "(a OR b)[a b] region:x,y[region:x region:y]",
        ),
        ("a b OR c", "a b OR c[a b c]"),
        (
            "@refused c",
            "@refused[ip:10.0.0.0/8 actor:deploy is:failed] c[c]",
        ),
        (
            "\"a b\" 2024-03-01 14:00",
            "\"a b\"[a b] 2024-03-01 14:00[2024-03-01 14:00]",
        ),
    ] {
        let asked = read(query, &Frame::new(TimeZone::UTC), &queries()).unwrap();
        let shown: Vec<String> = asked
            .parts
            .iter()
            .map(|part| {
                let terms: Vec<&str> = part.terms.iter().map(|(typed, _)| typed.as_str()).collect();
                format!("{}[{}]", part.typed, terms.join(" "))
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{query}");
    }
}

#[test]
fn every_form_that_people_are_shown_is_read() {
    let newest = "2024-03-31T12:00:00Z".parse().unwrap();
    let frame = Frame::new(TimeZone::UTC).counting_from(Some(newest));
    for form in crate::search::FORMS {
        for example in form.examples {
            let read = crate::search::read(example, &frame, &crate::search::Queries::default());
            assert!(read.is_ok(), "{example}: {:?}", read.err());
        }
    }
}
