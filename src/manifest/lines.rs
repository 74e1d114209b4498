//! The lines of the manifest.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name;
use crate::archive::{self, Limits};
use crate::interval::Finding;
use crate::record::Sha256;
use crate::report::{
    Bundle, ByteCounts, FileCounts, FileEntry, FileOutcome, FileRecords, MalformedRecord,
    RecordCounts,
};
use crate::text::Text;

/// Where a run came from, as its caller knows it; the library looks at neither clock nor environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The command line, one text an argument; bytes that are not UTF-8 as `%FF`.
    pub arguments: Vec<Text>,
    /// The working folder.
    pub folder: Option<Text>,
    /// When the run began, by the system's clock, which nobody has verified.
    pub started: Option<Timestamp>,
    /// The system's time zone, by name.
    pub time_zone: Option<Text>,
    /// The name of the machine, where it was asked for.
    pub host: Option<Text>,
    /// Who ran it, as was said.
    pub operator: Option<Text>,
    /// The number of the case, as was said.
    pub case: Option<Text>,
    /// The SHA-256 of the running program.
    pub binary_sha256: Option<Sha256>,
}

/// Section `run`: one run that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunLine {
    /// The command line.
    pub arguments: Vec<Text>,
    /// The number of the case, as was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case: Option<Text>,
    /// Which clock the times are from: `unverified system clock`.
    pub clock: Text,
    /// How long it took by a clock that only goes forward.
    pub duration_seconds: f64,
    /// The files of this run by outcome.
    pub files: FileCounts,
    /// The working folder.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub folder: Option<Text>,
    /// The name of the machine, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub host: Option<Text>,
    /// Who ran it, as was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<Text>,
    /// The SHA-256 of the manifest that this run found; absent in the first one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous_manifest_sha256: Option<Sha256>,
    /// The records of this run by outcome.
    pub records: RecordCounts,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started: Option<Timestamp>,
    /// How many files it read at once; 0 means one per processor.
    pub threads: u64,
    /// The system's time zone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time_zone: Option<Text>,
    /// The version of the program.
    pub version: Text,
}

/// Section `tool`: what made the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// The SHA-256 of the running program; absent where the library was called by another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub binary_sha256: Option<Sha256>,
    /// The SHA-256 of the catalogue by which records were chosen.
    pub catalogue_sha256: Sha256,
    /// The libraries that read the evidence and write the index.
    pub crates: CrateVersions,
    /// The number of the index's format.
    pub index_format: u64,
    /// `trailspan`.
    pub name: Text,
    /// The compiler.
    pub rustc: Text,
    /// The kind of machine it was compiled for.
    pub target: Text,
    /// The version of the program.
    pub version: Text,
}

/// The versions of libraries, by name.
pub type CrateVersions = BTreeMap<Text, Text>;

/// Section `options`: every limit in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionsLine {
    /// [`Limits::bundle_depth_max`].
    pub bundle_depth_max: u64,
    /// [`Limits::decoded_bytes_max`].
    pub decoded_bytes_max: u64,
    /// [`Limits::embedded_depth_max`].
    pub embedded_depth_max: u64,
    /// [`Limits::file_warnings_max`].
    pub file_warnings_max: u64,
    /// [`Limits::members_max`].
    pub members_max: u64,
    /// [`archive::NESTING_MAX`].
    pub nesting_max: u64,
    /// [`Limits::ratio_max`].
    pub ratio_max: u64,
    /// [`Limits::record_bytes_max`].
    pub record_bytes_max: u64,
    /// [`Limits::unpacked_bytes_max`].
    pub unpacked_bytes_max: u64,
    /// [`archive::VALUES_MAX`].
    pub values_max: u64,
}

impl OptionsLine {
    /// Spells the limits out.
    pub fn of(limits: &Limits) -> Self {
        Self {
            bundle_depth_max: limits.bundle_depth_max as u64,
            decoded_bytes_max: limits.decoded_bytes_max,
            embedded_depth_max: limits.embedded_depth_max as u64,
            file_warnings_max: limits.file_warnings_max as u64,
            members_max: limits.members_max,
            nesting_max: archive::NESTING_MAX as u64,
            ratio_max: limits.ratio_max,
            record_bytes_max: limits.record_bytes_max as u64,
            unpacked_bytes_max: limits.unpacked_bytes_max,
            values_max: archive::VALUES_MAX as u64,
        }
    }
}

/// Sections `file` and `skipped`: one file of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    /// What holds files in it; absent where it is no bundle.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bundle: Option<Bundle>,
    /// The SHA-256 of the catalogue by which its records were chosen, where it is not the tool's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub catalogue_sha256: Option<Text>,
    /// The size of its inflated content in bytes.
    pub content_bytes: u64,
    /// The SHA-256 of its inflated content: what CloudTrail's digests list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content_sha256: Option<Sha256>,
    /// What its records say that it covers.
    pub covers: Vec<Covered>,
    /// Where in its content the reading ended, in bytes; absent where all was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_offset: Option<u64>,
    /// What an investigator should know about it.
    pub findings: Vec<Finding>,
    /// How many gzip members it has; 0 where it is not gzip.
    pub gzip_members: u64,
    /// Its path inside a bundle; absent where the line is of the file on disk itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<Text>,
    /// When it was last modified, by its file system.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub modified: Option<Timestamp>,
    /// What its name says; absent where it is not named as CloudTrail names files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<NameSays>,
    /// `read`, `partial`, `failed` or `skipped`.
    pub outcome: Text,
    /// Its path as in [`Place::source`](crate::record::Place::source).
    pub path: Text,
    /// The bytes of its path, in hexadecimal digits, where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path_hex: Option<Text>,
    /// Why it was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Text>,
    /// What was in it.
    pub records: FileRecords,
    /// The SHA-256 of the file; absent where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How many bytes follow its last gzip member.
    pub trailing_bytes: u64,
    /// How many warnings were kept of it.
    pub warnings: u64,
}

/// What the records of a file cover of one account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The account; empty where records do not say.
    pub account: Text,
    /// `eventTime` of the latest record.
    pub newest: Timestamp,
    /// `eventTime` of the earliest record.
    pub oldest: Timestamp,
    /// How many records.
    pub records: u64,
    /// The region; empty where records do not say.
    pub region: Text,
}

/// What the name of a file says about its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameSays {
    /// The account.
    pub account: Text,
    /// Whether every record in it is of that account and region.
    pub agrees: bool,
    /// The region.
    pub region: Text,
}

impl FileLine {
    /// Tells of one row of the ledger; `catalogue` is the tool's.
    pub fn of(entry: &FileEntry, catalogue: &str) -> Self {
        let (outcome, reason) = match &entry.outcome {
            FileOutcome::Read => ("read", None),
            FileOutcome::Partial { reason } => ("partial", Some(reason)),
            FileOutcome::Failed { reason } => ("failed", Some(reason)),
            FileOutcome::Skipped { reason } => ("skipped", Some(reason)),
        };
        let path_bytes = archive::path_bytes(&entry.source);
        let path_hex = std::str::from_utf8(&path_bytes).is_err().then(|| {
            let digits: String = path_bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            Text::from(digits)
        });
        let is_of_another = !entry.catalogue.is_empty() && entry.catalogue.as_str() != catalogue;
        Self {
            bundle: entry.bundle,
            catalogue_sha256: is_of_another.then(|| entry.catalogue.clone()),
            content_bytes: entry.content_bytes,
            content_sha256: entry.content_sha256,
            covers: covers(entry),
            end_offset: entry.end_offset,
            findings: entry.findings.clone(),
            gzip_members: entry.gzip_members,
            member: entry.member.clone(),
            modified: Timestamp::from_nanosecond(entry.modified_ns).ok(),
            name: name::says(entry),
            outcome: outcome.into(),
            path: entry.source.clone(),
            path_hex,
            reason: reason.cloned(),
            records: entry.records,
            sha256: entry.sha256,
            size_bytes: entry.size_bytes,
            trailing_bytes: entry.trailing_bytes,
            warnings: entry.warnings.len() as u64,
        }
    }
}

fn covers(entry: &FileEntry) -> Vec<Covered> {
    let accounts = entry.coverage.accounts.iter();
    accounts
        .flat_map(|(account, regions)| regions.iter().map(move |region| (account, region)))
        .map(|(account, (region, span))| Covered {
            account: account.clone(),
            newest: span.last,
            oldest: span.first,
            records: span.records,
            region: region.clone(),
        })
        .collect()
}

/// Section `malformed`: a record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MalformedLine {
    /// The path inside a bundle; absent where the file is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<Text>,
    /// Where it begins in the inflated content, in bytes.
    pub offset: u64,
    /// Its number among the elements of the file, from 1.
    pub ordinal: u64,
    /// The file.
    pub path: Text,
    /// Why.
    pub reason: Text,
    /// The SHA-256 of its bytes; absent where they were too many to be held.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// How many bytes they are.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size_bytes: Option<u64>,
}

impl MalformedLine {
    /// Tells of a record of a file.
    pub fn of(file: &FileEntry, record: &MalformedRecord) -> Self {
        Self {
            member: file.member.clone(),
            offset: record.offset,
            ordinal: record.ordinal,
            path: file.source.clone(),
            reason: record.reason.clone(),
            sha256: record.sha256,
            size_bytes: record.size_bytes,
        }
    }
}

/// Section `totals`: the sums over all files of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsLine {
    /// The bytes.
    pub bytes: ByteCounts,
    /// The files by outcome.
    pub files: FileCounts,
    /// What adds up to what; each was checked before this was written.
    pub identities: Vec<Identity>,
    /// The records.
    pub records: FileRecords,
}

/// A sum that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// In words: `found = read + partial + failed + skipped`.
    pub identity: Text,
    /// The left side.
    pub left: u64,
    /// The right side.
    pub right: u64,
}

/// Section `content`: what the index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The content digest.
    pub digest: Sha256,
    /// The events, each id once.
    pub events: u64,
    /// The places where their records were found, each copy once.
    pub places: u64,
    /// The records of these events whose bytes differ.
    pub records: u64,
}

/// Section `output`: one file of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputLine {
    /// Its name in the folder of the index.
    pub file: Text,
    /// The SHA-256 of what was written.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// Section `end`: seals the lines above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EndLine {
    /// How many lines stand above.
    pub lines: u64,
    /// The SHA-256 of these lines, line ends included.
    pub sha256: Sha256,
}
