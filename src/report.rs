//! The accounting of a run: every file and every record in exactly one outcome.
//!
//! Plain data; merging is associative and commutative, so any order of files gives the same report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::error::Warning;
use crate::interval::Finding;
use crate::record::Sha256;
use crate::text::Text;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum FileOutcome {
    /// Every byte was read.
    Read,
    /// Records were read, but not all of the file could be.
    Partial {
        /// What was cut or damaged, and where.
        reason: Text,
    },
    /// Nothing could be read.
    Failed {
        /// Why.
        reason: Text,
    },
    /// Knowingly left aside: no CloudTrail log (a digest file, `.DS_Store`).
    Skipped {
        /// Why.
        reason: Text,
    },
}

/// One row of the ledger: a file, what became of it, and what was in it.
///
/// A bundle, such as a tar file, has a row of its own, and each of its members one more: the bundle's
/// tells whether all of its members could be found, a member's what became of that member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file's path, as in [`Place::source`](crate::record::Place::source).
    pub source: Text,
    /// The true path of the file on disk, absolute and without symbolic links, by which it is known
    /// again however it is called; empty where it came by standard input.
    #[serde(skip_serializing_if = "Text::is_empty", default)]
    pub true_path: Text,
    /// The path inside a bundle, as in [`Place::member`](crate::record::Place::member); absent where
    /// the row is of the file on disk itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<Text>,
    /// Its size in bytes, on disk or as the bundle gives it out.
    pub size_bytes: u64,
    /// The modification time of the file on disk in nanoseconds since 1970-01-01T00:00Z; with the size,
    /// how a later run sees that the file is unchanged.
    pub modified_ns: i128,
    /// The SHA-256 of the file as it lies on disk, or of the member as the bundle gives it out; absent
    /// where it could not be read to its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// The SHA-256 of its inflated content, which is what CloudTrail's digests list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content_sha256: Option<Sha256>,
    /// The size of its inflated content in bytes.
    pub content_bytes: u64,
    /// How many gzip members it has; 0 where it is not gzip.
    pub gzip_members: u64,
    /// What holds files in it; absent where it is no bundle.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bundle: Option<Bundle>,
    /// How many bytes follow its last gzip member, zeros included; they were not read as content.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub trailing_bytes: u64,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: FileOutcome,
    /// Where in its inflated content the reading ended, in bytes; absent where all of it was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_offset: Option<u64>,
    /// The digest of the catalogue by which its records were chosen; the index sets it.
    #[serde(skip_serializing_if = "Text::is_empty", default)]
    pub catalogue: Text,
    /// What was in it.
    pub records: FileRecords,
    /// Which time it covers.
    pub coverage: Coverage,
    /// The first of its records that could not be read, as many as warnings are kept.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub malformed: Vec<MalformedRecord>,
    /// What spoiled single records or parts of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub warnings: Vec<Warning>,
    /// What an investigator should know about it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Finding>,
}

/// A file that holds files.
///
/// `{"format":"tar","members":12}`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// How they are put together.
    pub format: BundleFormat,
    /// How many rows of the ledger are of what lies in it, at any depth.
    pub members: u64,
}

/// The formats of bundles that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BundleFormat {
    /// tar: v7, ustar, pax or GNU.
    Tar,
    /// zip, with or without its 64-bit extension.
    Zip,
}

impl FileEntry {
    /// Names the file on disk, and what is meant inside it if it is a bundle: `dump.tar: 2024/x.json.gz`.
    pub fn label(&self) -> Text {
        match &self.member {
            None => self.source.clone(),
            Some(member) => Text::from(format!("{}: {}", self.source.as_str(), member.as_str())),
        }
    }

    /// Gives the file on disk another name, wherever the row names it.
    pub fn rename(&mut self, source: &Text) {
        let former = self.label();
        self.source = source.clone();
        let label = self.label();
        for finding in &mut self.findings {
            let named = finding.sources.iter_mut().filter(|one| **one == former);
            named.for_each(|one| *one = label.clone());
        }
        for warning in &mut self.warnings {
            warning.source = source.clone();
        }
    }

    /// Returns the bytes of the row that lie on disk: those of a member are counted with its file.
    pub fn disk_bytes(&self) -> u64 {
        match self.member {
            None => self.size_bytes,
            Some(_) => 0,
        }
    }

    /// Returns the bytes of the row that were looked through for records: what a bundle holds is
    /// counted with its members.
    pub fn record_bytes(&self) -> u64 {
        match self.bundle {
            None => self.content_bytes,
            Some(_) => 0,
        }
    }
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MalformedRecord {
    /// Its number among all elements of the file, from 1.
    pub ordinal: u64,
    /// Where it, or the string that holds it, begins in the inflated content, in bytes.
    pub offset: u64,
    /// How many bytes of it could be told apart; absent where it is too large to be held.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size_bytes: Option<u64>,
    /// The SHA-256 of these bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// Why.
    pub reason: Text,
}

impl MalformedRecord {
    /// Tells of a record; `element` is as much of it as there is, nothing where it is too large to be held.
    pub fn new(ordinal: u64, offset: u64, element: &[u8], reason: &str) -> Self {
        let held = (!element.is_empty()).then_some(element);
        Self {
            ordinal,
            offset,
            size_bytes: held.map(|held| held.len() as u64),
            sha256: held.map(Sha256::of),
            reason: Text::from(reason),
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// How many records a file held: `seen = in_scope + out_of_scope + malformed`.
///
/// Which of several copies of an event is the duplicate depends on all files, so it is not said here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecords {
    /// Records cut out of the file.
    pub seen: u64,
    /// Records of the catalogue.
    pub in_scope: u64,
    /// Records of other services or operations.
    pub out_of_scope: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Those of the malformed that contain the name of an event of the catalogue.
    pub malformed_in_scope: u64,
}

/// What `ingest --format json` prints.
///
/// `found = read + partial + failed + skipped + unchanged` and
/// `seen = indexed + out_of_scope + duplicate + malformed`, always.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The files of this run.
    pub files: FileCounts,
    /// The records of this run.
    pub records: RecordCounts,
    /// The events of the whole index after this run, by name.
    pub events: BTreeMap<Text, EventCounts>,
    /// How these follow from the event ids of the whole index.
    #[serde(default)]
    pub event_ids: EventIds,
    /// The bytes of this run.
    pub bytes: ByteCounts,
    /// How long it took, in seconds; the one figure that differs from run to run.
    pub elapsed_seconds: f64,
    /// Which time the whole index covers.
    pub coverage: Coverage,
    /// What an investigator should know about the files of this run, unchanged ones too, in order.
    pub findings: Vec<Finding>,
    /// What could not be used in this run, in order.
    pub warnings: Vec<Warning>,
    /// What the manifest is known by that was written at the end of the run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub manifest: Option<Sealed>,
}

/// What a manifest is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The SHA-256 of the manifest.
    pub sha256: Sha256,
    /// The content digest: the same for the same evidence, whatever the run.
    pub content_sha256: Sha256,
}

/// Files by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// All of them, on disk and in bundles.
    pub found: u64,
    /// Those of them that lie in bundles.
    #[serde(default)]
    pub members: u64,
    /// Read to the last byte.
    pub read: u64,
    /// Read in part.
    pub partial: u64,
    /// Not read.
    pub failed: u64,
    /// Left aside knowingly.
    pub skipped: u64,
    /// Known from an earlier run.
    pub unchanged: u64,
}

/// Records by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCounts {
    /// All of them.
    pub seen: u64,
    /// Events new to the index.
    pub indexed: u64,
    /// Records of other services or operations.
    pub out_of_scope: u64,
    /// Further copies of an event of the index.
    pub duplicate: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Those of the malformed that contain the name of an event of the catalogue.
    #[serde(default)]
    pub malformed_in_scope: u64,
}

/// How the events of an index follow from its event ids: all calls of `events` together are
/// `indexed + told_apart - not_told`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventIds {
    /// Event ids of the index: the sum of what its runs indexed.
    pub indexed: u64,
    /// Further events under an id that another event has: its records differ in name, time, account or
    /// region. The finding `conflicting-duplicate` names them.
    pub told_apart: u64,
    /// Ids under which no event is told: corrections, told with what they correct, and records of calls
    /// that the catalogue does not have.
    pub not_told: u64,
}

/// Calls of one name by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCounts {
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that failed, dry runs included.
    pub failed: u64,
}

/// Bytes read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteCounts {
    /// As they lie on disk.
    pub read: u64,
    /// Inflated.
    pub inflated: u64,
}

impl Report {
    /// Says whether part of the evidence could not be used.
    pub fn has_holes(&self) -> bool {
        self.files.partial + self.files.failed + self.records.malformed > 0
    }
}
