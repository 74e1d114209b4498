//! The scenarios under `fixtures/findings/`: for each code calls from which it is found, and a near miss.
//!
//! A scenario lists calls that both sides share, those after which it is found, and those after which it
//! is not. `repeat` makes several of one call, with `{n}` numbered.

mod index;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::coverage::Coverage;
use trailspan::findings::{Found, Pattern, Rules, Surroundings, find};
use trailspan::reconstruct::direct;
use trailspan::record::{Integrity, Place, Record, Sha256};
use trailspan::verification::Gap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    about: String,
    #[serde(default)]
    gaps: Vec<Gap>,
    #[serde(default)]
    calls: Vec<Call>,
    fires: Vec<Call>,
    near_miss: Vec<Call>,
}

/// A call as it would be made; by alice from 203.0.113.4 unless it says otherwise.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    /// A time of 2024-03-01, or a whole one.
    at: String,
    name: String,
    request: Option<Value>,
    response: Option<Value>,
    service: Option<Value>,
    error: Option<String>,
    id: Option<String>,
    account: Option<String>,
    region: Option<String>,
    source: Option<String>,
    by: Option<String>,
    from: Option<String>,
    agent: Option<String>,
    /// The account of the caller.
    caller: Option<String>,
    console: Option<bool>,
    mfa: Option<bool>,
    /// The id of the record that it corrects.
    corrects: Option<String>,
    repeat: Option<u32>,
    /// `sharedEventID`.
    shared: Option<String>,
    /// How many instances it names, with `{m}` numbered.
    many: Option<u32>,
    apart_seconds: Option<i64>,
}

impl Call {
    fn time(&self, number: u32) -> Timestamp {
        let at = match self.at.contains('T') {
            true => format!("{}Z", self.at),
            false => format!("2024-03-01T{}Z", self.at),
        };
        let begun: Timestamp = at.parse().unwrap();
        let apart = self.apart_seconds.unwrap_or_default() * i64::from(number);
        begun + SignedDuration::from_secs(apart)
    }

    fn identity(&self, account: &str) -> Value {
        let account = self.caller.as_deref().unwrap_or(account);
        let name = self.by.as_deref().unwrap_or("alice");
        let mut identity = match name {
            "root" => {
                json!({"type": "Root", "arn": format!("arn:aws:iam::{account}:root"), "accountId": account})
            }
            name => json!({
                "type": "IAMUser", "userName": name, "accountId": account,
                "arn": format!("arn:aws:iam::{account}:user/{name}"),
            }),
        };
        if let Some(mfa) = self.mfa {
            identity["sessionContext"] =
                json!({"attributes": {"mfaAuthenticated": mfa.to_string()}});
        }
        identity
    }

    fn records(&self, event: usize) -> Vec<Value> {
        let count = self.repeat.unwrap_or(1);
        let account = self.account.as_deref().unwrap_or("111122223333");
        let record = |number: u32| {
            let own = format!("event-{event:03}-{number:02}");
            let mut record = json!({
                "eventVersion": "1.08",
                "userIdentity": self.identity(account),
                "eventTime": self.time(number).to_string(),
                "eventSource": self.source.as_deref().unwrap_or("ec2.amazonaws.com"),
                "eventName": self.name,
                "awsRegion": self.region.as_deref().unwrap_or("us-east-1"),
                "sourceIPAddress": self.from.as_deref().unwrap_or("203.0.113.4"),
                "userAgent": self.agent.as_deref().unwrap_or("aws-cli/2.15.30"),
                "recipientAccountId": account,
                "eventID": self.id.clone().unwrap_or(own),
                "requestParameters": self.request,
                "responseElements": self.response,
                "serviceEventDetails": self.service,
            });
            if let Some(error) = &self.error {
                record["errorCode"] = json!(error);
            }
            if self.console == Some(true) {
                record["sessionCredentialFromConsole"] = json!("true");
            }
            if let Some(original) = &self.corrects {
                record["addendum"] = json!({
                    "reason": "UPDATED_DATA", "updatedFields": "requestParameters", "originalEventID": original,
                });
            }
            if let Some(shared) = &self.shared {
                record["sharedEventID"] = json!(shared);
            }
            for part in ["requestParameters", "responseElements"] {
                let items = record.pointer_mut(&format!("/{part}/instancesSet/items"));
                if let (Some(many), Some(items)) = (self.many, items) {
                    let model = items[0].to_string();
                    let item = |number: u32| model.replace("{m}", &format!("{number:08x}"));
                    let all = (0..many)
                        .map(|number| serde_json::from_str::<Value>(&item(number)).unwrap());
                    *items = all.collect();
                }
            }
            let text = record.to_string().replace("{n}", &number.to_string());
            serde_json::from_str(&text).unwrap()
        };
        (0..count).map(record).collect()
    }
}

fn records(calls: &[&Call]) -> Vec<Value> {
    let calls = calls.iter().enumerate();
    calls
        .flat_map(|(event, call)| call.records(event))
        .collect()
}

fn found(records: &[Value], gaps: &[Gap]) -> Vec<Found> {
    let mut by_id: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
    let mut coverage = Coverage::default();
    for (number, record) in (1..).zip(records) {
        let text = |key: &str| record[key].as_str().unwrap();
        let time = text("eventTime").parse().unwrap();
        coverage.add(text("recipientAccountId"), text("awsRegion"), time);
        by_id.entry(text("eventID")).or_default().push(Record {
            raw: Arc::from(record.to_string()),
            places: vec![Place {
                source: "scenario.json".into(),
                member: None,
                ordinal: number,
                offset: 0,
                sha256: Sha256::default(),
            }],
            integrity: Integrity::default(),
        });
    }
    let events: Vec<Vec<Record>> = by_id.into_values().collect();
    let catalogue = Catalogue::embedded();
    let told = direct(catalogue, &events, &coverage);
    let around = Surroundings {
        coverage: &coverage,
        gaps,
    };
    find(catalogue, Rules::embedded(), &told, around)
}

fn scenarios() -> Vec<(String, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/findings");
    let mut scenarios: Vec<(String, Scenario)> = fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let read = serde_json::from_str(&text);
            let scenario = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, scenario)
        })
        .collect();
    scenarios.sort_by(|a, b| a.0.cmp(&b.0));
    scenarios
}

fn codes(found: &[Found]) -> BTreeSet<&str> {
    found.iter().map(|found| found.code.as_str()).collect()
}

/// Those that the reading of files tells: their evidence is tested where files are read.
fn is_of_a_file(code: &str) -> bool {
    let entry = &Rules::embedded().get(code).unwrap().entry;
    matches!(entry.pattern, Pattern::Reported {}) && entry.message == "{told}"
}

#[test]
fn every_finding_is_found_in_its_scenario_and_not_in_the_near_miss() {
    let mut wrong = Vec::new();
    for (code, scenario) in scenarios() {
        let of = |own: &[Call]| {
            let calls: Vec<&Call> = scenario.calls.iter().chain(own).collect();
            found(&records(&calls), &scenario.gaps)
        };
        let (fires, near_miss) = (of(&scenario.fires), of(&scenario.near_miss));
        if !codes(&fires).contains(code.as_str()) {
            wrong.push(format!(
                "{code} is not found: {}: {:?}",
                scenario.about,
                codes(&fires)
            ));
        }
        if codes(&near_miss).contains(code.as_str()) {
            wrong.push(format!(
                "{code} is found in the near miss: {}",
                scenario.about
            ));
        }
        for found in fires.iter().chain(&near_miss) {
            let message = found.message.as_str();
            if message.contains(['{', '}']) || found.events.is_empty() {
                wrong.push(format!("{code}: {}: {message}", found.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_has_a_scenario() {
    let scenarios: BTreeSet<String> = scenarios().into_iter().map(|(code, _)| code).collect();
    let codes: BTreeSet<String> = Rules::embedded()
        .iter()
        .map(|rule| rule.code.to_string())
        .filter(|code| !is_of_a_file(code))
        .collect();
    assert_eq!(scenarios, codes);
}

#[test]
fn what_was_found_is_as_reviewed() {
    let mut text = String::new();
    for (code, scenario) in scenarios() {
        let calls: Vec<&Call> = scenario.calls.iter().chain(&scenario.fires).collect();
        text.push_str(&format!("{code}: {}\n", scenario.about));
        for found in found(&records(&calls), &scenario.gaps) {
            let time =
                |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
            text.push_str(&format!(
                "  {} {}..{} {} events: {}\n",
                found.code,
                time(found.first),
                time(found.last),
                found.events.len(),
                found.message
            ));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/findings-found.txt");
    if crate::goldens::is_update() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap_or_default());
}

#[test]
fn the_order_of_records_shows_in_no_finding() {
    for (code, scenario) in scenarios() {
        let calls: Vec<&Call> = scenario.calls.iter().chain(&scenario.fires).collect();
        let mut records = records(&calls);
        let as_told = found(&records, &scenario.gaps);
        records.reverse();
        // Records of one id that differ are told by the first of them.
        if code != "conflicting-duplicate" {
            assert_eq!(found(&records, &scenario.gaps), as_told, "{code}");
        }
    }
}

#[test]
fn codes_that_the_fold_tells_are_explained() {
    let told = trailspan::timeline::finding_kinds().keys();
    let unexplained: Vec<&String> = told
        .filter(|code| Rules::embedded().get(code).is_none())
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
}

#[test]
fn texts_are_sentences() {
    for rule in Rules::embedded().iter() {
        let entry = &rule.entry;
        let statements = [&entry.meaning, &entry.evidence]
            .into_iter()
            .chain(&entry.false_positives);
        for text in statements {
            assert!(
                text.ends_with('.') && !text.contains("  "),
                "{}: {text}",
                rule.code
            );
        }
        for question in &entry.ask {
            assert!(question.ends_with(['?', '.']), "{}: {question}", rule.code);
        }
        let is_technique = |id: &String| {
            let digits = id.strip_prefix('T').unwrap_or_default();
            digits
                .split('.')
                .all(|part| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        assert!(entry.attack.iter().all(is_technique), "{}", rule.code);
        assert!(
            !entry.title.ends_with('.') && !entry.ask.is_empty(),
            "{}",
            rule.code
        );
        assert!(!entry.false_positives.is_empty(), "{}", rule.code);
    }
}
