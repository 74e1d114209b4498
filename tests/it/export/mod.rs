//! What other tools are given: every format over the demo and over a hostile archive.

mod consumers;
mod destinations;
mod objects;
mod tables;

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use trailspan::catalogue::Catalogue;
use trailspan::export::{self, Destination, Failure, Source, TableName, Target, Written};
use trailspan::index::Reader;
use trailspan::query::Filter;
use trailspan::reconstruct::Archive;

use crate::properties::evidence::Evidence;

/// The formats that are text, but for the one that holds nothing of an archive.
const TEXTS: [Target; 7] = [
    Target::Timesketch,
    Target::Ecs,
    Target::Ocsf,
    Target::LookupEvents,
    Target::Raw,
    Target::Records,
    Target::Csv,
];

/// The formats that are not.
const BINARIES: [Target; 3] = [Target::Parquet, Target::Sqlite, Target::Xlsx];

/// Exports from an index into memory or a file.
struct Exporter {
    reader: Reader,
    filter: Filter,
    interrupted: AtomicBool,
}

impl Exporter {
    fn of(evidence: &Evidence) -> Self {
        Self {
            reader: evidence.reader(),
            filter: Filter::default(),
            interrupted: AtomicBool::new(false),
        }
    }

    fn narrowed(evidence: &Evidence, filter: Filter) -> Self {
        Self {
            filter,
            ..Self::of(evidence)
        }
    }

    fn source(&self) -> Source<'_> {
        Source {
            archive: Archive {
                reader: &self.reader,
                catalogue: Catalogue::embedded(),
            },
            filter: &self.filter,
            interrupted: &self.interrupted,
        }
    }

    fn text(&self, target: Target, table: TableName) -> (String, Written) {
        let mut out = Vec::new();
        let written = export::write_text(&self.source(), target, table, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), written)
    }

    fn file(&self, target: Target, table: TableName, path: &Path) -> Written {
        self.try_file(target, table, path, false).unwrap()
    }

    fn try_file(
        &self,
        target: Target,
        table: TableName,
        path: &Path,
        force: bool,
    ) -> Result<Written, Failure> {
        let destination = Destination {
            path: path.to_owned(),
            force,
            index: path.parent().unwrap().join("index"),
        };
        export::write_file(&self.source(), target, table, &destination)
    }

    /// Exports a table in every format that holds one, and all in those that hold all.
    fn bytes(&self, target: Target, table: TableName) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        self.file(target, table, &path);
        fs::read(path).unwrap()
    }
}

/// The demo archive, read once.
fn demo() -> &'static Evidence {
    static DEMO: OnceLock<Evidence> = OnceLock::new();
    DEMO.get_or_init(|| {
        let evidence = Evidence::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        evidence.ingest_paths(&[root.join("fixtures/archives/demo")], 1);
        evidence
    })
}

/// Values that are meant to run, to break out, to vanish, or not to fit.
const HOSTILE: [&str; 12] = [
    "=HYPERLINK(\"http://x.invalid\",\"ok\")",
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "a\u{202e}b\u{200b}c\u{1b}[2J",
    "nul\u{0}and\u{1}after",
    "\u{fffe}\u{ffff}\u{feff}",
    "_x0041__x005F_",
    "</t></is></c><f>1</f>]]>",
    "'; DROP TABLE events; --",
    "\"quoted\",\r\nand, cut",
    "{\"$schema\":\"x\"}",
    "-- \\u0000 %00 ${x}",
];

/// A detachment whose texts are hostile.
fn hostile_record(number: usize, text: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DetachNetworkInterface",
        "eventID": format!("{number:08}-{text}"),
        "eventTime": format!("2024-03-01T10:{number:02}:00Z"),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "sourceIPAddress": text,
        "userAgent": text,
        "errorCode": number.is_multiple_of(2).then_some(text),
        "errorMessage": number.is_multiple_of(2).then_some(text),
        "userIdentity": {"type": "IAMUser", "userName": text, "accountId": "111122223333"},
        "requestParameters": {"attachmentId": format!("eni-attach-{text}"), "force": false},
        "responseElements": {"requestId": "r", "_return": true},
        text: {text: text},
    })
}

/// An archive that is meant to mislead: hostile texts, in a file with a hostile name; ids that pass for
/// others; a text that no cell can hold; parts of records on lines of their own; odd types.
fn hostile() -> &'static Evidence {
    static HOSTILE_ARCHIVE: OnceLock<Evidence> = OnceLock::new();
    HOSTILE_ARCHIVE.get_or_init(|| {
        let texts = HOSTILE.iter().enumerate();
        let mut records: Vec<Value> = texts
            .map(|(number, text)| hostile_record(number, text))
            .collect();
        let mut long = hostile_record(40, "long");
        long["userAgent"] = Value::from("é".repeat(40_000));
        records.push(long);
        // One id, two contents that tell different events, and a record that has the other's id.
        let mut twin = hostile_record(41, "twin");
        twin["eventID"] = Value::from("twin");
        records.push(twin.clone());
        twin["eventTime"] = Value::from("2024-03-01T11:00:00Z");
        records.push(twin.clone());
        let sum = trailspan::record::Sha256::of(twin.to_string().as_bytes()).to_string();
        twin["eventID"] = Value::from(format!("twin#{}", &sum[..8]));
        records.push(twin);
        for (number, identity) in [
            json!(null),
            json!("text"),
            json!([1]),
            json!({"arn": {"a": 1}}),
        ]
        .into_iter()
        .enumerate()
        {
            let mut odd = hostile_record(50 + number, "odd");
            odd["userIdentity"] = identity;
            odd["requestParameters"]["deviceIndex"] = json!("99999999999999999999999");
            odd["resources"] = json!([{"ARN": 7}, "x", null]);
            odd["tlsDetails"] = json!("tls");
            records.push(odd);
        }
        let evidence = Evidence::new();
        let pretty = serde_json::to_string_pretty(&json!({"Records": records})).unwrap();
        evidence.write("=cmd\u{202e}'.json", pretty.as_bytes());
        evidence.ingest(1);
        evidence
    })
}

fn archives() -> [(&'static str, &'static Evidence); 2] {
    [("demo", demo()), ("hostile", hostile())]
}

#[test]
fn the_same_archive_gives_the_same_bytes_in_every_format() {
    for (name, evidence) in archives() {
        let again = Evidence::new();
        let archive = match name {
            "demo" => Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/demo"),
            _ => evidence.archive(),
        };
        again.ingest_paths(&[archive], 3);
        let (one, other) = (Exporter::of(evidence), Exporter::of(&again));
        for target in TEXTS.into_iter().chain(BINARIES) {
            let tables = match target.is_one_table() {
                true => TableName::ALL.to_vec(),
                false => vec![TableName::Intervals],
            };
            for table in tables {
                let [one, other] = [&one, &other].map(|exporter| exporter.bytes(target, table));
                assert!(!one.is_empty(), "{name} {target:?}");
                assert!(one == other, "{name} {target:?} {table:?}");
            }
        }
    }
}

#[test]
fn every_format_holds_every_row() {
    for (name, evidence) in archives() {
        let exporter = Exporter::of(evidence);
        let events = exporter.text(Target::Ecs, TableName::Events).1.rows["events"];
        let intervals = exporter.text(Target::Csv, TableName::Intervals).1.rows["intervals"];
        assert!(events > 10 && intervals > 5, "{name}: {events} {intervals}");
        for target in [Target::Ecs, Target::Ocsf, Target::LookupEvents] {
            let (text, written) = exporter.text(target, TableName::Events);
            assert_eq!(written.rows["events"], events, "{name} {target:?}");
            assert_eq!(text.lines().count() as u64, events, "{name} {target:?}");
        }
        let (text, written) = exporter.text(Target::Timesketch, TableName::Events);
        let ends = 2 * intervals - written.timeless_bounds;
        assert_eq!(written.rows["ends of intervals"], ends, "{name}");
        assert_eq!(text.lines().count() as u64, events + ends, "{name}");
        let folder = tempfile::tempdir().unwrap();
        for target in [Target::Sqlite, Target::Xlsx] {
            let path = folder.path().join(format!("{target:?}"));
            let written = exporter.file(target, TableName::Events, &path);
            assert_eq!(written.rows["events"], events, "{name} {target:?}");
            assert_eq!(written.rows["intervals"], intervals, "{name} {target:?}");
        }
    }
}

#[test]
fn a_limit_cuts_events_and_intervals_alike() {
    let filter = Filter {
        limit: Some(3),
        ..Filter::default()
    };
    let exporter = Exporter::narrowed(demo(), filter);
    assert_eq!(
        exporter
            .text(Target::Ecs, TableName::Events)
            .0
            .lines()
            .count(),
        3
    );
    assert_eq!(
        exporter
            .text(Target::Raw, TableName::Events)
            .0
            .lines()
            .count(),
        3
    );
    let all = Exporter::of(demo())
        .text(Target::Timesketch, TableName::Events)
        .1;
    let (_, written) = exporter.text(Target::Timesketch, TableName::Events);
    assert_eq!(written.rows["events"], 3);
    assert_eq!(written.rows["ends of intervals"], 6);
    let left_out = exporter.text(Target::Ecs, TableName::Events).1.left_out;
    assert_eq!(3 + left_out, all.rows["events"]);
    assert!(written.left_out > left_out);
}

#[test]
fn holes_and_gaps_are_told_with_every_format() {
    let exporter = Exporter::of(demo());
    for target in TEXTS {
        let (_, written) = exporter.text(target, TableName::Events);
        assert!(written.doubts.holes.any(), "{target:?}");
    }
}
