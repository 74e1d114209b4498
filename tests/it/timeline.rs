//! The scenarios under `fixtures/timelines/`: a few calls, and the intervals that follow from them.
//!
//! A scenario lists calls as they would be made, each turned into a record, and the intervals that are
//! expected, one a line. Relations that no line mentions are not compared.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::event::Outcome;
use trailspan::interval::{Bound, Interval, Part, Timeline};
use trailspan::reconstruct::{Reading, assemble};
use trailspan::record::{Integrity, Place, Record, Sha256};
use trailspan::timeline::contradicts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    about: String,
    calls: Vec<Call>,
    expect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    at: String,
    name: String,
    request: Option<Value>,
    response: Option<Value>,
    service: Option<Value>,
    error: Option<String>,
    id: Option<String>,
    account: Option<String>,
}

impl Call {
    fn record(&self, number: usize) -> Record {
        let mut record = json!({
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"},
            "eventTime": format!("2024-03-01T{}Z", self.at),
            "eventSource": "ec2.amazonaws.com",
            "eventName": self.name,
            "awsRegion": "us-east-1",
            "recipientAccountId": self.account.as_deref().unwrap_or("111122223333"),
            "eventID": self.id.clone().unwrap_or_else(|| format!("event-{number:03}")),
            "requestParameters": self.request,
            "responseElements": self.response,
            "serviceEventDetails": self.service,
        });
        if let Some(error) = &self.error {
            record["errorCode"] = json!(error);
        }
        let place = Place {
            source: "scenario.json".into(),
            member: None,
            ordinal: number as u64 + 1,
            offset: 0,
            sha256: Sha256::default(),
        };
        Record {
            raw: Arc::from(record.to_string()),
            places: vec![place],
            integrity: Integrity::default(),
        }
    }
}

fn told(records: &[Record]) -> Timeline {
    let catalogue = Catalogue::embedded();
    let readings: Vec<Reading> = records
        .iter()
        .flat_map(|record| Reading::all_of(catalogue, std::slice::from_ref(record)))
        .collect();
    let mut coverage = Coverage::default();
    for event in readings.iter().map(Reading::event) {
        coverage.add(event.account.as_str(), event.region.as_str(), event.time);
    }
    assemble(catalogue, readings, &coverage)
}

fn bound(timeline: &Timeline, bound: &Bound) -> String {
    let time = |time: Option<jiff::Timestamp>| {
        time.map(|time| time.to_string()[11..19].to_owned())
            .unwrap_or_default()
    };
    let mut line = format!(
        "{} {}..{}",
        bound.kind.word(),
        time(bound.not_before),
        time(bound.not_after)
    );
    if let Some(event) = bound.event.and_then(|event| timeline.event(event)) {
        write!(line, " {}", event.event_name).unwrap();
    }
    if bound.tie {
        line.push_str(" tie");
    }
    line
}

fn line(timeline: &Timeline, interval: &Interval) -> String {
    let catalogue = Catalogue::embedded();
    let relation = catalogue
        .relations()
        .map(|(_, relation)| relation)
        .find(|relation| {
            let resource = relation
                .resource
                .map(|member| catalogue.member(member).name);
            relation.name == interval.relation && resource == interval.resource
        })
        .expect("a relation of the catalogue");
    let mut line = interval.relation.to_string();
    for member in &relation.members {
        let name = &catalogue.member(*member).name;
        if let Some(value) = interval.members.get(name) {
            write!(line, " {name}={value}").unwrap();
        }
    }
    write!(
        line,
        " | {} | {}",
        bound(timeline, &interval.start),
        bound(timeline, &interval.end)
    )
    .unwrap();
    for finding in &interval.findings {
        write!(line, " | {}", finding.code).unwrap();
    }
    line
}

fn lines(timeline: &Timeline) -> Vec<String> {
    let mut lines: Vec<String> = timeline
        .intervals
        .iter()
        .map(|interval| line(timeline, interval))
        .collect();
    for attempt in &timeline.attempts {
        let event = timeline.event(attempt.event).expect("the attempt's event");
        let event = attempt.call(event);
        // Calls that succeeded without effect are told by the findings of intervals, but for those whose
        // own response says so, and those that contradict another record.
        let has_succeeded = event.outcome == Outcome::Succeeded && attempt.part == Part::Whole;
        if has_succeeded && !contradicts(attempt) {
            continue;
        }
        let kind = if has_succeeded { "call" } else { "attempt" };
        let mut line = format!("{kind} {}", event.event_name);
        for (member, values) in &attempt.members {
            let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
            write!(line, " {member}={}", values.join(",")).unwrap();
        }
        let code = event.error_code.as_ref();
        let code = match attempt.part {
            Part::Unchanged => "unchanged",
            _ if has_succeeded => "id-contradiction",
            Part::Whole | Part::Failed { .. } => code.map_or("no error code", |code| code.as_str()),
        };
        write!(line, " | {code}").unwrap();
        lines.push(line);
    }
    lines
}

/// Compares members as a set: a line lists them in the order in which people think of them.
fn sorted_words(line: &str) -> (BTreeSet<String>, String) {
    let (head, rest) = line.split_once(" | ").unwrap_or((line, ""));
    (
        head.split(' ').map(str::to_owned).collect(),
        rest.to_owned(),
    )
}

fn scenarios() -> Vec<(String, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/timelines");
    let mut scenarios: Vec<(String, Scenario)> = fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let scenario =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, scenario)
        })
        .collect();
    scenarios.sort_by(|a, b| a.0.cmp(&b.0));
    scenarios
}

/// Lists every scenario's records, by its name.
pub(crate) fn records_of_scenarios() -> Vec<(String, Vec<Value>)> {
    let records = |scenario: Scenario| {
        let calls = scenario.calls.iter().enumerate();
        calls
            .map(|(number, call)| serde_json::from_str(&call.record(number).raw).unwrap())
            .collect()
    };
    scenarios()
        .into_iter()
        .map(|(name, scenario)| (name, records(scenario)))
        .collect()
}

#[test]
fn every_scenario_comes_out_as_told() {
    let mut failures = String::new();
    for (name, scenario) in scenarios() {
        assert!(!scenario.expect.is_empty(), "{name} expects nothing");
        let records: Vec<Record> = scenario
            .calls
            .iter()
            .enumerate()
            .map(|(number, call)| call.record(number))
            .collect();
        let relation = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        let told_of: BTreeSet<String> = scenario.expect.iter().map(|line| relation(line)).collect();
        let all = lines(&told(&records));
        let found: BTreeSet<_> = all
            .iter()
            .filter(|line| told_of.contains(&relation(line)))
            .map(|line| sorted_words(line))
            .collect();
        let expected: BTreeSet<_> = scenario
            .expect
            .iter()
            .map(|line| sorted_words(line))
            .collect();
        // Of lifetimes and attempts only those that are told are compared.
        let is_minor = |words: &BTreeSet<String>| words.contains("lifetime");
        let surplus = found
            .difference(&expected)
            .any(|(words, _)| !is_minor(words));
        if surplus || !expected.is_subset(&found) {
            writeln!(failures, "\n{name}: {}", scenario.about).unwrap();
            for line in &scenario.expect {
                writeln!(failures, "  expected {line}").unwrap();
            }
            for line in all.iter().filter(|line| told_of.contains(&relation(line))) {
                writeln!(failures, "  found    {line}").unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_order_in_which_records_are_read_does_not_matter() {
    for (name, scenario) in scenarios() {
        let mut records: Vec<Record> = scenario
            .calls
            .iter()
            .enumerate()
            .map(|(number, call)| call.record(number))
            .collect();
        let expected = lines(&told(&records));
        for _ in 0..records.len() {
            records.rotate_left(1);
            assert_eq!(lines(&told(&records)), expected, "{name}");
            records.reverse();
            assert_eq!(lines(&told(&records)), expected, "{name}");
        }
    }
}
