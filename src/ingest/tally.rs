//! The report of a run, from the rows of its files.

use super::run::Counts;
use crate::error::Warning;
use crate::report::{FileEntry, FileOutcome, Report};
use crate::text::Text;

impl Report {
    /// Takes the rows of a batch, and what its records added up to.
    pub(super) fn take(&mut self, entries: &[FileEntry], counts: &Counts) {
        for entry in entries {
            self.files.found += 1;
            self.files.members += u64::from(entry.member.is_some());
            match &entry.outcome {
                FileOutcome::Read => self.files.read += 1,
                FileOutcome::Partial { reason } => {
                    self.files.partial += 1;
                    self.warn("read in part", entry, reason);
                }
                FileOutcome::Failed { reason } => {
                    self.files.failed += 1;
                    self.warn("not read", entry, reason);
                }
                FileOutcome::Skipped { .. } => self.files.skipped += 1,
            }
            self.records.seen += entry.records.seen;
            self.records.out_of_scope += entry.records.out_of_scope;
            self.records.malformed += entry.records.malformed;
            self.records.malformed_in_scope += entry.records.malformed_in_scope;
            self.bytes.read += entry.disk_bytes();
            self.bytes.inflated += entry.record_bytes();
            self.coverage.merge(&entry.coverage);
            self.findings.extend(entry.findings.iter().cloned());
            self.warnings.extend(entry.warnings.iter().cloned());
        }
        self.records.indexed += counts.indexed;
        self.records.duplicate += counts.duplicate;
    }

    /// Takes the rows of a file that was not read again, and of what lies in it.
    pub(super) fn take_unchanged(&mut self, rows: &[FileEntry]) {
        for row in rows {
            self.files.found += 1;
            self.files.members += u64::from(row.member.is_some());
            self.files.unchanged += 1;
            self.coverage.merge(&row.coverage);
        }
    }

    /// Puts in order what came batch by batch.
    pub(super) fn sort(&mut self) {
        // Those of one file stay in the order in which they were met.
        self.warnings
            .sort_by(|one, other| (&one.source, &one.member).cmp(&(&other.source, &other.member)));
        self.findings
            .sort_by(|one, other| one.sources.cmp(&other.sources));
    }

    /// Warns of a file that could not be used, or not all of it.
    fn warn(&mut self, outcome: &str, entry: &FileEntry, reason: &Text) {
        self.warnings.push(Warning {
            source: entry.source.clone(),
            member: entry.member.clone(),
            offset: None,
            reason: Text::from(format!("{outcome}: {}", reason.as_str())),
        });
    }
}
