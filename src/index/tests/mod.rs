//! Tests of the index as a whole, through its public surface.

mod believing;
mod flips;
mod opening;
mod searching;
mod selecting;
mod writing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{Added, Occurrence, Reader, Which, Writer};
use crate::coverage::Coverage;
use crate::event::{Actor, Event, Integrity, Outcome};
use crate::members::Members;
use crate::record::{Place, Sha256};
use crate::report::{FileEntry, FileOutcome, FileRecords};
use crate::text::Text;

/// A record at a place.
#[derive(Debug, Clone)]
struct Found {
    raw: String,
    event: Event,
    place: Place,
    kinds: Vec<&'static str>,
}

fn text(value: &Value) -> Option<Text> {
    value.as_str().map(Text::from)
}

/// Reads what the index needs of a record, as the catalogue would.
fn event(raw: &str) -> Event {
    let record: Value = serde_json::from_str(raw).unwrap();
    let identity = &record["userIdentity"];
    let error_code = text(&record["errorCode"]);
    Event {
        event_id: text(&record["eventID"]).unwrap(),
        event_name: text(&record["eventName"]).unwrap(),
        time: record["eventTime"].as_str().unwrap().parse().unwrap(),
        account: text(&record["recipientAccountId"])
            .or_else(|| text(&identity["accountId"]))
            .unwrap_or_default(),
        region: text(&record["awsRegion"]).unwrap_or_default(),
        actor: Arc::new(Actor {
            label: text(&identity["userName"]).unwrap_or_default(),
            arn: text(&identity["arn"]),
            access_key_id: text(&identity["accessKeyId"]),
            console: record["sessionCredentialFromConsole"] == "true",
            issuer_arn: text(&identity["sessionContext"]["sessionIssuer"]["arn"]),
            ..Actor::default()
        }),
        source_ip: text(&record["sourceIPAddress"]),
        user_agent: text(&record["userAgent"]),
        request_id: text(&record["requestID"]),
        outcome: match error_code {
            Some(_) => Outcome::Failed,
            None => Outcome::Succeeded,
        },
        error_code,
        error_message: text(&record["errorMessage"]),
        mentions: Members::new(),
        places: Vec::new(),
        integrity: Integrity::NotChecked,
    }
}

fn found(raw: &str, source: &str, ordinal: u64) -> Found {
    Found {
        raw: raw.to_owned(),
        event: event(raw),
        place: Place {
            source: source.into(),
            member: None,
            ordinal,
            offset: 12 + 100 * ordinal,
            sha256: Sha256([7; 32]),
        },
        kinds: vec!["eni-attachment", "eni"],
    }
}

/// A record of an attachment that was ended at a minute past ten.
fn detach(number: u32, minute: u32) -> String {
    serde_json::json!({
        "eventVersion": "1.08",
        "eventID": format!("{number:08x}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
        "eventName": "DetachNetworkInterface",
        "eventTime": format!("2024-03-01T10:{minute:02}:00Z"),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.0",
        "userIdentity": {
            "type": "IAMUser", "userName": "Alice", "arn": "arn:aws:iam::111122223333:user/Alice",
            "accessKeyId": "AKIAEXAMPLE",
        },
        "requestParameters": {"attachmentId": format!("eni-attach-{number:08x}"), "force": true},
        "responseElements": null,
    })
    .to_string()
}

/// The row of the ledger of a file that was read to the end.
fn row(source: &str, records: u64) -> FileEntry {
    let mut coverage = Coverage::default();
    for minute in 0..records {
        let time = Timestamp::from_second(1_709_287_200 + 60 * minute as i64).unwrap();
        coverage.add("111122223333", "us-east-1", time);
    }
    FileEntry {
        source: source.into(),
        true_path: Text::default(),
        member: None,
        size_bytes: 1_000,
        modified_ns: 1_709_287_200_123_456_789,
        sha256: Some(Sha256([7; 32])),
        content_sha256: None,
        content_bytes: 5_000,
        gzip_members: 1,
        bundle: None,
        trailing_bytes: 0,
        outcome: FileOutcome::Read,
        end_offset: None,
        catalogue: "catalogue".into(),
        records: FileRecords {
            seen: records,
            in_scope: records,
            ..FileRecords::default()
        },
        coverage,
        malformed: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
    }
}

fn add(writer: &Writer, found: &Found) -> Added {
    let occurrence = Occurrence {
        raw: &found.raw,
        event: &found.event,
        place: &found.place,
        kinds: &found.kinds,
    };
    writer.add(occurrence).unwrap()
}

/// Adds everything in one run and commits it with a row for each file.
fn ingest(dir: &Path, all: &[Found]) -> Vec<Added> {
    let mut writer = Writer::open(dir, 2).unwrap();
    let added = all.iter().map(|found| add(&writer, found)).collect();
    writer.commit(rows(all), "catalogue").unwrap();
    added
}

fn rows(all: &[Found]) -> Vec<FileEntry> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for found in all {
        *counts.entry(found.place.source.as_str()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(source, count)| row(source, count))
        .collect()
}

/// Everything that the index answers, in one text, to be compared.
fn answers(dir: &Path) -> String {
    let reader = Reader::open(dir).unwrap();
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{}",
        reader.records(&Which::All.into()).unwrap(),
        reader.files().unwrap(),
        reader.coverage(),
        reader.totals(),
        reader.events_count().unwrap(),
    )
}
