//! Tests of the archive as a whole: bytes in, a row of the ledger and records out.

mod bundles;
mod damage;
mod files;
mod laws;
mod limits;
mod others;
mod packing;
mod wrappings;

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Candidate, Found, Limits, Reader, Scope, walk};
use crate::report::{FileEntry, FileOutcome};

/// A record handed over, with its own copy of what it borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    raw: String,
    member: Option<String>,
    name: String,
    time: String,
    region: String,
    account: String,
    event_id: Option<String>,
    ordinal: u64,
    offset: u64,
}

/// What reading one file gave.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    entry: FileEntry,
    members: Vec<FileEntry>,
    taken: Vec<Taken>,
}

impl Outcome {
    fn ids(&self) -> Vec<String> {
        self.taken
            .iter()
            .map(|taken| taken.event_id.clone().unwrap_or_default())
            .collect()
    }

    fn codes(&self) -> Vec<&str> {
        self.entry
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    }

    fn reasons(&self) -> String {
        let reasons: Vec<&str> = self
            .entry
            .warnings
            .iter()
            .map(|warning| warning.reason.as_str())
            .collect();
        reasons.join("; ")
    }

    /// The outcome's word and its reason, as one text to look into.
    fn outcome(&self) -> String {
        outcome_text(&self.entry.outcome)
    }

    /// In scope, out of scope, malformed, and malformed that look in scope.
    fn counts(&self) -> (u64, u64, u64, u64) {
        let records = self.entry.records;
        let sum = records.in_scope + records.out_of_scope + records.malformed;
        assert_eq!(records.seen, sum, "{:?}", self.entry);
        assert_eq!(records.in_scope, self.taken.len() as u64);
        (
            records.in_scope,
            records.out_of_scope,
            records.malformed,
            records.malformed_in_scope,
        )
    }
}

fn outcome_text(outcome: &FileOutcome) -> String {
    match outcome {
        FileOutcome::Read => "read".to_owned(),
        FileOutcome::Partial { reason } => format!("partial: {}", reason.as_str()),
        FileOutcome::Failed { reason } => format!("failed: {}", reason.as_str()),
        FileOutcome::Skipped { reason } => format!("skipped: {}", reason.as_str()),
    }
}

const NAMES_IN_SCOPE: [&str; 2] = ["DetachNetworkInterface", "AttachNetworkInterface"];

fn is_in_scope(source: &str, name: &str) -> bool {
    source == "ec2.amazonaws.com" && NAMES_IN_SCOPE.contains(&name)
}

/// Reads a file with a given size of chunks.
fn read_file(path: &Path, chunk_bytes: usize, limits: &Limits) -> Outcome {
    let metadata = std::fs::metadata(path).unwrap();
    let candidate = Candidate {
        path: path.to_owned(),
        source: path.file_name().unwrap().to_str().unwrap().into(),
        size_bytes: metadata.len(),
        modified_ns: 0,
    };
    let scope = Scope {
        contains: &is_in_scope,
        names: &NAMES_IN_SCOPE,
    };
    let mut taken = Vec::new();
    let rows = Reader::with_chunks(chunk_bytes).read(&candidate, limits, scope, &mut |cut| {
        assert_eq!(cut.head.event_source, "ec2.amazonaws.com");
        taken.push(Taken {
            raw: cut.raw.to_owned(),
            member: cut.member.map(|member| member.as_str().to_owned()),
            name: cut.head.event_name.to_string(),
            time: cut.head.event_time.to_string(),
            region: cut.head.region.to_string(),
            account: cut.head.account.to_string(),
            event_id: cut.head.event_id.as_ref().map(ToString::to_string),
            ordinal: cut.ordinal,
            offset: cut.offset,
        });
    });
    Outcome {
        entry: rows.file,
        members: rows.members,
        taken,
    }
}

/// Reads content under a file name, and holds that the size of chunks makes no difference.
fn read_named(name: &str, content: &[u8], limits: &Limits) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let whole = read_file(&path, 1 << 20, limits);
    let chunks = if content.len() > 20_000 {
        5_000..5_001
    } else {
        1..4
    };
    for chunk_bytes in chunks.chain([64, 1000]) {
        let other = read_file(&path, chunk_bytes, limits);
        assert_eq!(other, whole, "with chunks of {chunk_bytes}");
    }
    whole
}

fn read(content: &[u8]) -> Outcome {
    read_named("log.json.gz", content, &Limits::default())
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A record in scope, numbered so that it is told from its neighbours.
fn record(number: usize) -> String {
    named_record(number, "DetachNetworkInterface")
}

fn named_record(number: usize, name: &str) -> String {
    format!(
        concat!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"999988887777"}},"#,
            r#""eventTime":"2024-03-01T10:{:02}:00Z","eventSource":"ec2.amazonaws.com","#,
            r#""eventName":"{}","awsRegion":"us-east-1","requestParameters":{{"note":"a \"b\" [{{"}},"#,
            r#""eventID":"id-{}","recipientAccountId":"111122223333"}}"#
        ),
        number % 60,
        name,
        number
    )
}

fn records(count: usize) -> Vec<String> {
    (0..count).map(record).collect()
}

fn log_file(elements: &[String]) -> String {
    format!("{{\"Records\":[{}]}}", elements.join(","))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("id-{number}")).collect()
}

fn sources(found: &[Found], below: &Path) -> Vec<String> {
    let below = format!("{}/", below.display());
    found
        .iter()
        .map(|found| found.source().as_str().replace(&below, ""))
        .collect()
}

fn list(paths: &[&Path]) -> Vec<Found> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    walk(&paths).unwrap()
}
