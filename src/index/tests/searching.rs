//! What is searched for is found, and nothing else.

use tempfile::{TempDir, tempdir};

use super::super::{Order, Stored, cost};
use super::*;
use crate::plan::Cost;
use crate::query::{Expression, Field, Network, Pattern, Term};

/// Two events: a detachment by Alice at 10:01, and a refused release by Bob's role at 10:02.
pub(super) fn index() -> (TempDir, Reader) {
    let release = serde_json::json!({
        "eventID": "0000000B-BBBB-4bbb-8bbb-bbbbbbbbbbbb",
        "eventName": "ReleaseAddress",
        "eventTime": "2024-03-01T10:02:00Z",
        "recipientAccountId": "444455556666",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "2001:db8::7",
        "userAgent": "Boto3/1.34",
        "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::444455556666:role/Bob"}}},
        "errorCode": "Client.InvalidAddress.NotFound",
        "errorMessage": "The address '198.51.100.9' does not exist",
        "sessionCredentialFromConsole": "true",
        "requestParameters": {"publicIp": "198.51.100.9", "count": 4242, "note": "x".repeat(600), "path": format!("{}End", "z".repeat(600))},
    });
    let mut release = found(&release.to_string(), "Bundle/b.tar", 2);
    release.place.member = Some("logs/Two.json.gz".into());
    release.kinds = vec!["eip-association", "EIP"];
    let dir = tempdir().unwrap();
    let detach = found(&detach(0xa, 1), "AWSLogs/one.json.gz", 1);
    ingest(
        dir.path(),
        &[
            release,
            detach.clone(),
            Found {
                place: Place {
                    source: "copy/one.json.gz".into(),
                    ..detach.place
                },
                ..detach
            },
        ],
    );
    let reader = Reader::open(dir.path()).unwrap();
    (dir, reader)
}

/// Which of the two are found: `a` the detachment, `b` the release.
pub(super) fn letters(records: &[Stored]) -> String {
    let ids = records
        .iter()
        .map(|stored| stored.event_id.as_str().to_lowercase());
    ids.map(|id| id.chars().nth(7).unwrap()).collect()
}

fn search(reader: &Reader, expression: Expression) -> String {
    let hits = reader
        .search(&expression, None, Order::OldestFirst)
        .unwrap();
    assert_eq!(hits.total, hits.records.len());
    letters(&hits.records)
}

pub(super) fn words(text: &str) -> Term {
    Term::Words(text.split(' ').map(str::to_owned).collect())
}

fn field(field: Field, value: &str) -> Term {
    let prefix = value.ends_with('*');
    let value = value.trim_end_matches('*').to_owned();
    Term::Field {
        field,
        value,
        prefix,
    }
}

fn network(text: &str) -> Network {
    Network::parse(text).unwrap()
}

fn check(table: &[(Term, &str)]) {
    let (_dir, reader) = index();
    for (term, expected) in table {
        assert_eq!(
            search(&reader, Expression::Term(term.clone())),
            *expected,
            "{term:?}"
        );
    }
}

#[test]
fn words_and_phrases_are_found_within_one_value() {
    check(&[
        (words("alice"), "a"),
        (words("detachnetworkinterface"), "a"),
        (words("detach network interface"), "a"),
        (words("network detach"), ""),
        (words("detach interface"), ""),
        (words("does not exist"), "b"),
        (words("exist 198"), ""),
        (words("2024"), "ab"),
        (words("nowhere"), ""),
        (words("networkinterface"), "a"),
        (Term::WordPrefix("interf".into()), "a"),
        (Term::WordPrefix("exi".into()), "b"),
        (Term::WordPrefix("xist".into()), ""),
        (Term::Words(vec![]), ""),
    ]);
}

#[test]
fn whole_values_are_found_in_any_field() {
    let long = "x".repeat(600);
    check(&[
        (Term::Value("eni-attach-0000000a".into()), "a"),
        (Term::Value("eni-attach-0000000".into()), ""),
        (
            Term::Value("arn:aws:iam::111122223333:user/alice".into()),
            "a",
        ),
        (
            Term::Value("0000000a-aaaa-4aaa-8aaa-aaaaaaaaaaaa".into()),
            "a",
        ),
        (
            Term::Value("0000000b-bbbb-4bbb-8bbb-bbbbbbbbbbbb".into()),
            "b",
        ),
        (Term::Value("4242".into()), "b"),
        (Term::Value(long.clone()), "b"),
        (Term::Value(long[1..].into()), ""),
        (Term::Prefix("eni-attach-0".into()), "a"),
        (Term::Prefix("eni-attach-1".into()), ""),
        (Term::Prefix("0000000b".into()), "b"),
        (Term::Prefix("xxxxx".into()), "b"),
        (Term::Prefix(String::new()), "ab"),
    ]);
}

#[test]
fn fields_are_found_whole_or_by_their_beginning() {
    check(&[
        (field(Field::Event, "detachnetworkinterface"), "a"),
        (field(Field::Event, "detach"), ""),
        (field(Field::Event, "detach*"), "a"),
        (
            field(Field::EventId, "0000000b-bbbb-4bbb-8bbb-bbbbbbbbbbbb"),
            "b",
        ),
        (field(Field::EventId, "0000000*"), "ab"),
        (field(Field::Account, "444455556666"), "b"),
        (field(Field::Region, "us-*"), "a"),
        (field(Field::Actor, "alice"), "a"),
        (field(Field::Actor, "akiaexample"), "a"),
        (
            field(Field::Actor, "arn:aws:iam::444455556666:role/bob"),
            "b",
        ),
        (field(Field::Actor, "lic"), "a"),
        (field(Field::Actor, "role/BOB"), "b"),
        (field(Field::Actor, ":444455556666:"), "b"),
        (
            field(Field::Actor, "arn:aws:iam::444455556666:role/bob/"),
            "",
        ),
        (field(Field::Actor, "arn:*"), "ab"),
        (field(Field::Actor, "lic*"), ""),
        (field(Field::Source, "203.0.113.7"), "a"),
        (field(Field::Agent, "boto3*"), "b"),
        (field(Field::Error, "client.invalidaddress.notfound"), "b"),
        (field(Field::Error, "invalidaddress.notfound"), "b"),
        (field(Field::Error, "invalidaddress*"), "b"),
        (field(Field::Error, "client.*"), "b"),
        (field(Field::Error, "notfound"), ""),
        (field(Field::Kind, "eni"), "a"),
        (field(Field::Kind, "eip"), "b"),
        (field(Field::Kind, "igw"), ""),
    ]);
}

#[test]
fn an_actor_with_a_name_too_long_for_a_term_is_found_by_any_part_of_it() {
    let dir = tempdir().unwrap();
    let by = |id: u32, user: &str| {
        let mut record: serde_json::Value = serde_json::from_str(&detach(id, 1)).unwrap();
        record["userIdentity"] = serde_json::json!({"type": "IAMUser", "userName": user});
        found(&record.to_string(), "log.json", u64::from(id))
    };
    let long = format!("{}Mallory{}", "x".repeat(600), "y".repeat(600));
    ingest(
        dir.path(),
        &[by(0xa, &long), by(0xb, &long.replace("Mall", "Gall"))],
    );
    let reader = Reader::open(dir.path()).unwrap();
    for (part, expected) in [
        ("mallory", "a"),
        ("xgall", "b"),
        ("oryy", "ab"),
        ("alice", ""),
        (&long.to_lowercase()[1..], "a"),
    ] {
        let term = Expression::Term(field(Field::Actor, part));
        assert_eq!(search(&reader, term), expected, "{part}");
    }
}

#[test]
fn every_file_of_an_event_finds_it() {
    check(&[
        (field(Field::File, "awslogs/one.json.gz"), "a"),
        (field(Field::File, "copy/one.json.gz"), "a"),
        (field(Field::File, "one.json.gz"), "a"),
        (field(Field::File, "bundle/*"), "b"),
        (field(Field::File, "two.json.gz"), "b"),
        (field(Field::File, "three.json.gz"), ""),
    ]);
}

#[test]
fn addresses_are_found_by_network() {
    check(&[
        (Term::Address(network("198.51.100.0/24")), "b"),
        (Term::Address(network("203.0.113.7")), "a"),
        (Term::Address(network("::ffff:203.0.113.7")), "a"),
        (Term::Address(network("0.0.0.0/0")), "ab"),
        (Term::Address(network("::/0")), "b"),
        (Term::SourceAddress(network("203.0.113.0/24")), "a"),
        (Term::SourceAddress(network("198.51.100.0/24")), ""),
        (Term::SourceAddress(network("2001:db8::/32")), "b"),
        (Term::SourceAddress(network("0.0.0.0/0")), "a"),
    ]);
}

#[test]
fn times_are_found_from_the_first_to_before_the_second() {
    let at = |time: &str| Some(time.parse::<Timestamp>().unwrap());
    check(&[
        (Term::Time(at("2024-03-01T10:01:00Z"), None), "ab"),
        (Term::Time(at("2024-03-01T10:01:00.5Z"), None), "b"),
        (Term::Time(None, at("2024-03-01T10:02:00Z")), "a"),
        (Term::Time(None, at("2024-03-01T10:02:00.1Z")), "ab"),
        (
            Term::Time(at("2024-03-01T10:01:01Z"), at("2024-03-01T10:02:00Z")),
            "",
        ),
        (Term::Time(None, None), "ab"),
        (Term::Failed(true), "b"),
        (Term::Failed(false), "a"),
        (Term::Outcome(Outcome::Failed), "b"),
        (Term::Outcome(Outcome::Succeeded), "a"),
        (Term::Outcome(Outcome::Uncertain), ""),
        (Term::Console, "b"),
    ]);
}

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

#[test]
fn values_words_and_fields_are_found_by_their_shape() {
    let field = |field, shape| Term::FieldPattern {
        field,
        pattern: pattern(shape),
    };
    check(&[
        (Term::Pattern(pattern("198.51.*.9")), "b"),
        (Term::Pattern(pattern("*.51.100.9")), "b"),
        (Term::Pattern(pattern("*.51.100")), ""),
        (Term::Pattern(pattern("0000000b-*bbb")), "b"),
        (Term::Pattern(pattern("*-bbbbbbbbbbbb")), "b"),
        (Term::Pattern(pattern("detach*interface")), "a"),
        (Term::Pattern(pattern("*")), "ab"),
        // Of a value that is too long for a term, the record tells the end.
        (Term::Pattern(pattern("zzz*zend")), "b"),
        (Term::Pattern(pattern("zzz*zende")), ""),
        (
            Term::Pattern(pattern(&format!("{}*end", "z".repeat(500)))),
            "b",
        ),
        (
            Term::Pattern(pattern(&format!("{}*end", "z".repeat(700)))),
            "",
        ),
        (Term::WordPattern(pattern("*work")), "a"),
        (Term::WordPattern(pattern("d*t")), ""),
        (Term::WordPattern(pattern("ex*t")), "b"),
        (field(Field::Event, "*interface"), "a"),
        (field(Field::Event, "*inter"), ""),
        (field(Field::Account, "4444*6666"), "b"),
        (field(Field::Region, "*-1"), "ab"),
        (field(Field::Actor, "*:role/*"), "b"),
        (field(Field::Error, "*notfound"), "b"),
        (field(Field::Agent, "*/1.34"), "b"),
        (field(Field::EventId, "*-bbbbbbbbbbbb"), "b"),
        (field(Field::Kind, "*-association"), "b"),
        (field(Field::File, "*one.json.gz"), "a"),
        (field(Field::File, "*.tar"), "b"),
    ]);
}

#[test]
fn values_too_long_for_a_term_are_compared_as_they_were_read() {
    let dir = tempdir().unwrap();
    let long = |end: &str| format!("{}{end}", "9".repeat(600));
    let mut caller: serde_json::Value = serde_json::from_str(&detach(0xa, 1)).unwrap();
    caller["recipientAccountId"] = serde_json::Value::Null;
    caller["userIdentity"]["accountId"] = serde_json::json!(long("1"));
    let mut recipient: serde_json::Value = serde_json::from_str(&detach(0xb, 2)).unwrap();
    recipient["recipientAccountId"] = serde_json::json!(long("3"));
    recipient["userIdentity"]["accountId"] = serde_json::json!(long("4"));
    recipient["errorCode"] = serde_json::json!(format!("Client.Foo{}End", "o".repeat(600)));
    let number: serde_json::Value = serde_json::from_str(&long("7")).unwrap();
    recipient["requestParameters"]["count"] = number;
    let mut in_bundle = found(&recipient.to_string(), "b.tar", 2);
    in_bundle.place.member = Some(format!("logs/One{}.json", "x".repeat(600)).into());
    ingest(
        dir.path(),
        &[found(&caller.to_string(), "a.json", 1), in_bundle],
    );
    let reader = Reader::open(dir.path()).unwrap();
    let field = |field, shape| Term::FieldPattern {
        field,
        pattern: pattern(shape),
    };
    for (term, expected) in [
        (field(Field::Account, "999*91"), "a"),
        (field(Field::Account, "999*93"), "b"),
        (field(Field::Account, "999*94"), ""),
        (field(Field::Error, "foo*end"), "b"),
        (field(Field::Error, "client.foo*end"), "b"),
        (field(Field::Error, "oo*end"), ""),
        (Term::Pattern(pattern("999*7")), "b"),
        (field(Field::File, "one*x.json"), "b"),
        (field(Field::File, "logs/one*x.json"), "b"),
        (field(Field::File, "ne*x.json"), ""),
    ] {
        let term = Expression::Term(term);
        assert_eq!(search(&reader, term.clone()), expected, "{term:?}");
    }
}

#[test]
fn what_a_search_costs_is_that_of_its_dearest_condition() {
    let shape = |text| Expression::Term(Term::Pattern(pattern(text)));
    let word = || Expression::Term(words("alice"));
    for (expression, expected) in [
        (word(), Cost::LookUp),
        (shape("eni-*0"), Cost::Range),
        (shape("*0"), Cost::EveryValue),
        (Expression::Or(vec![word(), shape("*0")]), Cost::EveryValue),
        (Expression::Not(Box::new(word())), Cost::EveryEvent),
        (Expression::All, Cost::EveryEvent),
        (
            Expression::Term(Term::Time(None, Some(Timestamp::MAX))),
            Cost::EveryTime,
        ),
    ] {
        assert_eq!(cost(&expression), expected, "{expression:?}");
    }
}

#[test]
fn matching_events_are_counted_as_they_are_found() {
    let (_dir, reader) = index();
    for (expression, events) in [
        (Expression::All, 2),
        (Expression::Term(words("alice")), 1),
        (Expression::Or(vec![]), 0),
    ] {
        assert_eq!(reader.count(&expression).unwrap(), events, "{expression:?}");
    }
}

#[test]
fn conditions_are_combined() {
    let (_dir, reader) = index();
    let alice = || Expression::Term(words("alice"));
    let failed = || Expression::Term(Term::Failed(true));
    for (expression, expected) in [
        (Expression::All, "ab"),
        (Expression::And(vec![]), "ab"),
        (Expression::Or(vec![]), ""),
        (Expression::And(vec![alice(), failed()]), ""),
        (Expression::Or(vec![alice(), failed()]), "ab"),
        (Expression::Not(Box::new(alice())), "b"),
        (
            Expression::And(vec![
                Expression::Not(Box::new(alice())),
                Expression::Not(Box::new(failed())),
            ]),
            "",
        ),
        (
            Expression::Not(Box::new(Expression::Not(Box::new(alice())))),
            "a",
        ),
    ] {
        assert_eq!(
            search(&reader, expression.clone()),
            expected,
            "{expression:?}"
        );
    }
    let deep = (0..200).fold(Expression::All, |inner, _| Expression::Not(Box::new(inner)));
    let error = reader.search(&deep, None, Order::OldestFirst).unwrap_err();
    assert!(error.to_string().contains("nested too deep"), "{error}");
}

#[test]
fn conditions_in_turn_are_counted_as_their_conjunctions() {
    let (_dir, reader) = index();
    let failed = |failed| Expression::Term(Term::Failed(failed));
    let shaped = |text| Expression::Term(Term::Pattern(pattern(text)));
    for conditions in [
        vec![
            Expression::All,
            failed(true),
            shaped("*"),
            failed(false),
            failed(true),
        ],
        vec![Expression::Not(Box::new(failed(true))), Expression::All],
        vec![
            Expression::Or(vec![failed(true), failed(false)]),
            shaped("198.51.*.9"),
        ],
        vec![],
    ] {
        let counts = reader.count_in_turn(&conditions, true).unwrap();
        assert_eq!(counts.len(), conditions.len());
        for (at, count) in counts.iter().enumerate() {
            let alone = reader.count(&conditions[at]).unwrap();
            let left = reader
                .count(&Expression::And(conditions[..=at].to_vec()))
                .unwrap();
            assert_eq!(
                (count.alone, count.left),
                (alone, left),
                "{conditions:?} {at}"
            );
        }
        let first = reader.count_in_turn(&conditions, false).unwrap();
        let none = counts.iter().position(|count| count.left == 0);
        assert_eq!(first[..], counts[..none.map_or(counts.len(), |at| at + 1)]);
    }
}
