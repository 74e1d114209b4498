//! What was kept beside an index is never seen: with it, without it, or with it damaged, questions about
//! everything are answered alike.

use std::fs;

use jiff::Timestamp;
use proptest::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::index::Reader;
use trailspan::interval::Interval;
use trailspan::query::{Filter, Network};
use trailspan::reconstruct::{self, Answer, Archive, FindingFilter, Summary};
use trailspan::render::json::{self, IntervalObject};

use super::cases;
use super::evidence::{Calls, Evidence, lines};
use super::piles::piles;

fn time(minute: u8) -> Timestamp {
    format!("2024-03-01T10:{minute:02}:03Z").parse().unwrap()
}

/// The filters that are tried: one of each kind, and some together.
fn filters() -> Vec<Filter> {
    let all = Filter::default;
    vec![
        all(),
        Filter {
            kinds: vec!["eni".to_owned(), "lifetime".to_owned()],
            ..all()
        },
        Filter {
            accounts: vec!["444455556666".to_owned()],
            ..all()
        },
        Filter {
            accounts: vec!["111122223333".to_owned()],
            regions: vec!["us-east-1".to_owned()],
            limit: Some(3),
            ..all()
        },
        Filter {
            since: Some(time(0)),
            until: Some(time(1)),
            ..all()
        },
        Filter {
            since: Some(time(1)),
            actors: vec!["alice".to_owned()],
            ..all()
        },
        Filter {
            events: vec!["DeleteVpc".to_owned(), "TerminateInstances".to_owned()],
            source_networks: Network::parse("0.0.0.0/0").into_iter().collect(),
            ..all()
        },
    ]
}

fn told(answer: &Answer) -> Vec<String> {
    let mut told = lines(&answer.timeline);
    let findings = answer.timeline.findings.iter();
    told.extend(findings.map(|finding| format!("{finding:?}")));
    let (total, aside) = (answer.rows_total, answer.rows_aside);
    told.push(format!("{total} rows, {aside} aside, {:?}", answer.holes));
    told
}

/// Asks every question about everything.
fn answers(reader: &Reader) -> Vec<Vec<String>> {
    let catalogue = Catalogue::embedded();
    let archive = Archive { reader, catalogue };
    let mut answers = Vec::new();
    for filter in filters() {
        for attempts in [false, true] {
            answers.push(told(
                &reconstruct::detachments(archive, &filter, attempts).unwrap(),
            ));
        }
        answers.push(told(&reconstruct::timeline(archive, &filter).unwrap()));
        answers.push(told(
            &reconstruct::at(archive, time(1), None, &filter).unwrap(),
        ));
        let changed = reconstruct::difference(archive, time(0), time(1), &filter).unwrap();
        answers.push(told(&changed.answer));
        let line = |interval: &Interval| {
            let timeline = &changed.answer.timeline;
            let object = IntervalObject::new(catalogue, timeline, interval);
            let mut line = Vec::new();
            json::value(&mut line, &object).unwrap();
            String::from_utf8(line).unwrap()
        };
        let found = reconstruct::findings(archive, &filter, &FindingFilter::default()).unwrap();
        answers.push(vec![format!("{:?} {}", found.findings, found.rows_total)]);
        for subject in ["eni-0a1b2c3d", "alice", "i-1"] {
            let subject = reconstruct::Subject::parse(subject);
            let history = reconstruct::history(archive, &subject, &filter).unwrap();
            answers.push(vec![format!("{:?}", history.findings)]);
        }
        answers.push(changed.gone.iter().map(line).collect());
        answers.push(changed.new.iter().map(line).collect());
    }
    answers
}

fn what_is_kept_shows_in_no_answer(records: &Calls, at: prop::sample::Index, other: u8) {
    let evidence = Evidence::of(&records.0);
    let catalogue = Catalogue::embedded();
    let reader = evidence.reader();
    let without = answers(&reader);
    let sum_up = || {
        let reader = &reader;
        let Summary { answer, calls, .. } =
            reconstruct::summary(Archive { reader, catalogue }).unwrap();
        (told(&answer), calls)
    };
    let summary = sum_up();
    let path = evidence.index().join("timeline.kept");
    let whole = fs::read(&path).unwrap();
    let written = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = written();
    assert_eq!(answers(&reader), without);
    assert_eq!(sum_up(), summary);
    assert_eq!(written(), before, "what is kept is read, and not made anew");

    let mut damaged = whole.clone();
    damaged[at.index(whole.len())] ^= other;
    fs::write(&path, &damaged).unwrap();
    assert_eq!(answers(&reader), without, "damaged");
    fs::write(&path, &whole[..at.index(whole.len())]).unwrap();
    assert_eq!(answers(&reader), without, "cut short");
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn what_is_kept_beside_an_index_shows_in_no_answer(
        records in piles(24), at in any::<prop::sample::Index>(), other in 1_u8..
    ) {
        what_is_kept_shows_in_no_answer(&records, at, other);
    }
}

#[test]
fn what_was_kept_of_another_state_is_not_believed() {
    let record = |number: usize, name: &str| {
        serde_json::json!({
            "eventSource": "ec2.amazonaws.com", "eventName": name, "awsRegion": "us-east-1",
            "eventTime": format!("2024-03-01T10:0{number}:00Z"), "eventID": format!("e-{number}"),
            "recipientAccountId": "111122223333",
            "requestParameters": {"networkInterfaceId": "eni-0a1b2c3d", "instanceId": "i-0a1b2c3d"},
            "responseElements": {"attachmentId": "eni-attach-0a1b2c3d"},
        })
    };
    let evidence = Evidence::of(&[record(0, "AttachNetworkInterface")]);
    let catalogue = Catalogue::embedded();
    let keep = |reader: &Reader| reconstruct::summary(Archive { reader, catalogue }).unwrap();
    keep(&evidence.reader());
    let ended = |reader: &Reader| {
        let answer =
            reconstruct::detachments(Archive { reader, catalogue }, &Filter::default(), false);
        answer.unwrap().timeline.intervals.len()
    };
    assert_eq!(ended(&evidence.reader()), 0);
    let more = super::evidence::log_file(&[record(1, "DeleteNetworkInterface")]);
    evidence.write("more.json", more.as_bytes());
    evidence.ingest(1);
    assert_eq!(ended(&evidence.reader()), 1, "the records are read");
    keep(&evidence.reader());
    assert_eq!(ended(&evidence.reader()), 1);
}
