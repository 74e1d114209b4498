//! What every commit says of the whole index, so that a query need not read the ledger.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::folder::PROGRAM;
use crate::coverage::Coverage;
use crate::report::{ByteCounts, FileCounts, FileEntry, FileOutcome, FileRecords};
use crate::text::Text;

/// The number of this format; any change of the schema or of the documents raises it.
pub const FORMAT: u64 = 3;

/// The number of the library's own format.
pub(super) const ENGINE_FORMAT: u32 = tantivy::INDEX_FORMAT_VERSION;

/// What a commit carries, beside the documents.
///
/// `{"program":"trailspan","format":3,"version":"0.1.0","engine":"tantivy v0.27.0, …","engine_format":7,"catalogue":"9f86…","coverage":{…},"totals":{…}}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// [`PROGRAM`], by which an index of ours is known.
    pub program: String,
    /// [`FORMAT`] of the program that wrote it.
    pub format: u64,
    /// The version of the program that wrote it.
    pub version: String,
    /// The library that wrote it.
    pub engine: String,
    /// [`ENGINE_FORMAT`] of that library.
    pub engine_format: u32,
    /// The catalogue by which the records were chosen, as the caller named it; empty before the
    /// first commit.
    pub catalogue: String,
    /// Which time the index covers, without the hours: they are in the ledger.
    pub coverage: Coverage,
    /// How much went into it.
    pub totals: Totals,
    /// The paths of which not everything is read yet, because a run over them has not ended.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub unfinished: BTreeSet<Text>,
}

/// How much an index holds, summed over its ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The files of the ledger by outcome; none of them is unchanged here.
    pub files: FileCounts,
    /// The records of these files, every copy counted.
    pub records: FileRecords,
    /// The bytes of these files.
    pub bytes: ByteCounts,
}

impl Default for Stamp {
    fn default() -> Self {
        Self {
            program: PROGRAM.to_owned(),
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: tantivy::version_string().to_owned(),
            engine_format: ENGINE_FORMAT,
            catalogue: String::new(),
            coverage: Coverage::default(),
            totals: Totals::default(),
            unfinished: BTreeSet::new(),
        }
    }
}

impl Stamp {
    /// Adds one row of the ledger; the order of rows does not matter.
    pub(super) fn add(&mut self, entry: &FileEntry) {
        self.totals.add(entry);
        let mut coverage = entry.coverage.clone();
        for span in coverage
            .accounts
            .values_mut()
            .flat_map(|regions| regions.values_mut())
        {
            span.hours.clear();
        }
        self.coverage.merge(&coverage);
    }
}

impl Totals {
    fn add(&mut self, entry: &FileEntry) {
        self.files.found += 1;
        self.files.members += u64::from(entry.member.is_some());
        match entry.outcome {
            FileOutcome::Read => self.files.read += 1,
            FileOutcome::Partial { .. } => self.files.partial += 1,
            FileOutcome::Failed { .. } => self.files.failed += 1,
            FileOutcome::Skipped { .. } => self.files.skipped += 1,
        }
        self.records.seen += entry.records.seen;
        self.records.in_scope += entry.records.in_scope;
        self.records.out_of_scope += entry.records.out_of_scope;
        self.records.malformed += entry.records.malformed;
        self.records.malformed_in_scope += entry.records.malformed_in_scope;
        self.bytes.read += entry.disk_bytes();
        self.bytes.inflated += entry.record_bytes();
    }
}
