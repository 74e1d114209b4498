//! Findings of an index: narrowed as they are asked for, and told where they touch the subject.

use serde_json::Value;
use trailspan::catalogue::Catalogue;
use trailspan::findings::{Findings, Severity};
use trailspan::query::{Filter, Network};
use trailspan::reconstruct::{self, Archive, FindingFilter, Subject};

use super::{records, scenarios};
use crate::properties::evidence::Evidence;

/// The records of a scenario, with its findings.
fn evidence(code: &str) -> Evidence {
    let scenarios = scenarios();
    let (_, scenario) = scenarios.iter().find(|(name, _)| name == code).unwrap();
    let calls: Vec<_> = scenario.calls.iter().chain(&scenario.fires).collect();
    let records: Vec<Value> = records(&calls);
    Evidence::of(&records)
}

fn codes(findings: &Findings) -> Vec<&str> {
    findings
        .found
        .iter()
        .map(|found| found.code.as_str())
        .collect()
}

#[test]
fn findings_are_narrowed_as_rows_are() {
    let evidence = evidence("interface-hop");
    let reader = evidence.reader();
    let archive = Archive {
        reader: &reader,
        catalogue: Catalogue::embedded(),
    };
    let all = Filter::default;
    let hop: &[&str] = &["interface-hop"];
    let time = |text: &str| Some(text.parse().unwrap());
    for (filter, expected) in [
        (all(), hop),
        (
            Filter {
                kinds: vec!["eni".into()],
                ..all()
            },
            hop,
        ),
        (
            Filter {
                kinds: vec!["eip".into()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                accounts: vec!["111122223333".into()],
                ..all()
            },
            hop,
        ),
        (
            Filter {
                accounts: vec!["444455556666".into()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                regions: vec!["eu-west-1".into()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                actors: vec!["mallory".into()],
                ..all()
            },
            hop,
        ),
        (
            Filter {
                actors: vec!["nobody".into()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                events: vec!["DetachNetworkInterface".into()],
                ..all()
            },
            hop,
        ),
        (
            Filter {
                events: vec!["DeleteVpc".into()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                source_networks: vec![Network::parse("203.0.113.0/24").unwrap()],
                ..all()
            },
            hop,
        ),
        (
            Filter {
                source_networks: vec![Network::parse("10.0.0.0/8").unwrap()],
                ..all()
            },
            &[],
        ),
        (
            Filter {
                since: time("2024-03-01T11:05:00Z"),
                ..all()
            },
            hop,
        ),
        (
            Filter {
                since: time("2024-03-02T00:00:00Z"),
                ..all()
            },
            &[],
        ),
        (
            Filter {
                until: time("2024-03-01T10:00:00Z"),
                ..all()
            },
            &[],
        ),
    ] {
        let wanted = FindingFilter {
            severity_min: Some(Severity::High),
            ..FindingFilter::default()
        };
        let answer = reconstruct::findings(archive, &filter, &wanted).unwrap();
        assert_eq!(codes(&answer.findings), expected, "{filter:?}");
    }
    let wanted = FindingFilter {
        codes: vec!["burst-of-ends".into()],
        ..FindingFilter::default()
    };
    let answer = reconstruct::findings(archive, &all(), &wanted).unwrap();
    assert_eq!((answer.rows_total, answer.findings.events.len()), (0, 0));
}

#[test]
fn a_history_tells_what_touches_its_subject() {
    let evidence = evidence("recording-off-nearby");
    let reader = evidence.reader();
    let catalogue = Catalogue::embedded();
    let archive = Archive {
        reader: &reader,
        catalogue,
    };
    let told = |kept: bool| {
        let subjects = ["eni-1", "mallory", "eni-attach-1", "eni-9", "i-1"];
        let told = subjects.map(|subject| {
            let subject = Subject::parse(subject);
            let answer = reconstruct::history(archive, &subject, &Filter::default()).unwrap();
            let codes = codes(&answer.findings);
            codes.into_iter().map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(evidence.index().join("timeline.kept").exists(), kept);
        told
    };
    let without = told(false);
    let off: &[&str] = &["recording-off-nearby"];
    let expected: [&[&str]; 5] = [off, off, off, &[], off];
    assert_eq!(
        without
            .each_ref()
            .map(Vec::as_slice)
            .map(<[String]>::to_vec),
        expected.map(|codes| {
            codes
                .iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>()
        })
    );
    reconstruct::summary(archive).unwrap();
    assert_eq!(told(true), without);
}
