//! The lines of the manifest that tell of the evidence.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name;
use crate::archive;
use crate::interval::Finding;
use crate::record::Sha256;
use crate::report::{Bundle, FileEntry, FileOutcome, FileRecords, MalformedRecord};
use crate::text::Text;

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
