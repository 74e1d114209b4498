//! What is salvaged from damaged and hostile files, and how it is told.
//!
//! One table row for each way in which a file may be wrong: what of it is read, what becomes of the
//! file, which findings, and where. Each lies in a folder among good files, whose rows stay the same.

mod content;
mod files;
mod flips;
mod memory;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use trailspan::archive::{Candidate, Found, Limits, Reader, Scope, walk};
use trailspan::report::{FileEntry, FileOutcome};

/// A record that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) raw: String,
    member: Option<String>,
    offset: u64,
}

/// What reading one file gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Salvaged {
    pub(crate) row: FileEntry,
    members: Vec<FileEntry>,
    pub(crate) taken: Vec<Taken>,
}

impl Salvaged {
    /// The numbers of the records, as [`record`] made them.
    fn numbers(&self) -> Vec<usize> {
        let number = |taken: &Taken| {
            let (_, rest) = taken.raw.split_once("\"eventID\":\"id-").unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        self.taken.iter().map(number).collect()
    }

    fn codes(&self) -> Vec<&str> {
        let findings = self.row.findings.iter();
        findings.map(|finding| finding.code.as_str()).collect()
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &FileEntry> {
        std::iter::once(&self.row).chain(&self.members)
    }

    /// Holds that every record is counted once.
    pub(crate) fn assert_accounted(&self, what: &str) {
        let mut in_scope = 0;
        for row in self.rows() {
            let records = row.records;
            let sum = records.in_scope + records.out_of_scope + records.malformed;
            assert_eq!(records.seen, sum, "{what}: {row:?}");
            in_scope += records.in_scope;
        }
        assert_eq!(in_scope, self.taken.len() as u64, "{what}");
    }
}

/// The outcome's word and reason.
fn outcome(row: &FileEntry) -> String {
    match &row.outcome {
        FileOutcome::Read => "read".to_owned(),
        FileOutcome::Partial { reason } => format!("partial: {}", reason.as_str()),
        FileOutcome::Failed { reason } => format!("failed: {}", reason.as_str()),
        FileOutcome::Skipped { reason } => format!("skipped: {}", reason.as_str()),
    }
}

pub(crate) const NAMES: [&str; 1] = ["DetachNetworkInterface"];

fn read(file: &Candidate, limits: &Limits) -> Salvaged {
    read_with(&mut Reader::new(), file, limits)
}

pub(crate) fn read_with(reader: &mut Reader, file: &Candidate, limits: &Limits) -> Salvaged {
    let contains = |source: &str, name: &str| source == "ec2.amazonaws.com" && name == NAMES[0];
    let scope = Scope {
        contains: &contains,
        names: &NAMES,
    };
    let mut taken = Vec::new();
    let rows = reader.read(file, limits, scope, &mut |cut| {
        taken.push(Taken {
            raw: cut.raw.to_owned(),
            member: cut.member.map(|member| member.as_str().to_owned()),
            offset: cut.offset,
        });
    });
    Salvaged {
        row: rows.file,
        members: rows.members,
        taken,
    }
}

fn candidates(folder: &Path) -> Vec<Candidate> {
    let found = walk(&[folder.to_owned()]).unwrap();
    let files = found.into_iter().filter_map(|found| match found {
        Found::File(file) => Some(file),
        Found::Aside(_) => None,
    });
    files.collect()
}

pub(crate) fn candidate(path: &Path) -> Candidate {
    candidates(path).remove(0)
}

/// Writes a file; returns its path.
pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

pub(crate) fn record(number: usize) -> String {
    format!(
        concat!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser"}},"#,
            r#""eventTime":"2024-03-01T10:{:02}:00Z","eventSource":"ec2.amazonaws.com","#,
            r#""eventName":"DetachNetworkInterface","awsRegion":"us-east-1","#,
            r#""requestParameters":{{"attachmentId":"eni-attach-{:08x}"}},"#,
            r#""eventID":"id-{}","recipientAccountId":"111122223333"}}"#
        ),
        number % 60,
        (number as u32 + 1).wrapping_mul(0x9e37_79b9),
        number
    )
}

pub(crate) fn log(numbers: std::ops::Range<usize>) -> String {
    let records: Vec<String> = numbers.map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(","))
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A folder in memory, where there is one: a kill does not wait for a disk, and so many commits would.
pub(crate) fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    match tempfile::TempDir::new_in(memory) {
        Ok(folder) => folder,
        Err(_) => tempfile::tempdir().unwrap(),
    }
}
