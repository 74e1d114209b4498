//! The lines of the manifest.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{self, Limits};
use crate::record::Sha256;
use crate::render::json;
use crate::report::{ByteCounts, FileCounts, FileRecords, RecordCounts};
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
    /// The file of the running program, to be summed.
    pub program: Option<PathBuf>,
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

/// Writes a line: its keys in order, `section` among them, and its end.
///
/// # Errors
///
/// Where the line is no JSON object; ours are.
pub(super) fn written(section: &str, line: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_value(line)?;
    if let Some(line) = line.as_object_mut() {
        line.insert("section".to_owned(), section.into());
        line.sort_keys();
    }
    let mut bytes = Vec::new();
    json::line(&mut bytes, &line)?;
    Ok(bytes)
}
