//! The report of a run, from the rows of its files, batch by batch.

use super::run::Counts;
use crate::archive::FileFindings;
use crate::error::Warning;
use crate::report::{FileEntry, FileOutcome, Report};
use crate::text::Text;

/// A report in the making.
#[derive(Default)]
pub(super) struct Tally {
    report: Report,
    findings: FileFindings,
    warnings: Vec<(Rank, Warning)>,
}

/// Where a warning stands: what was only set aside comes last, alike with alike, because there can be
/// much of it; the rest in order of the files.
type Rank = (Option<Text>, Text, Option<Text>);

impl Tally {
    /// Takes the rows of a file that is not read again, and of what lies in it.
    pub(super) fn take_unchanged(&mut self, rows: &[FileEntry]) {
        for row in rows {
            self.report.files.found += 1;
            self.report.files.members += u64::from(row.member.is_some());
            self.report.files.unchanged += 1;
            self.report.coverage.merge(&row.coverage);
            self.findings.take(row);
        }
    }

    /// Takes the rows of a batch, and what its records added up to.
    pub(super) fn take(&mut self, entries: &[FileEntry], counts: &Counts) {
        let report = &mut self.report;
        for entry in entries {
            report.files.found += 1;
            report.files.members += u64::from(entry.member.is_some());
            match &entry.outcome {
                FileOutcome::Read => report.files.read += 1,
                FileOutcome::Partial { .. } => report.files.partial += 1,
                FileOutcome::Failed { .. } => report.files.failed += 1,
                FileOutcome::Skipped { .. } => report.files.skipped += 1,
            }
            report.records.seen += entry.records.seen;
            report.records.out_of_scope += entry.records.out_of_scope;
            report.records.malformed += entry.records.malformed;
            report.records.malformed_in_scope += entry.records.malformed_in_scope;
            report.bytes.read += entry.disk_bytes();
            report.bytes.inflated += entry.record_bytes();
            report.coverage.merge(&entry.coverage);
            self.findings.take(entry);
            self.warnings.extend(warnings(entry));
        }
        report.records.indexed += counts.indexed;
        report.records.duplicate += counts.duplicate;
    }

    /// Ends the report, with everything in an order that comes from the files.
    pub(super) fn finish(mut self) -> Report {
        // Those of one file stay in the order in which they were met.
        self.warnings.sort_by(|(one, _), (other, _)| one.cmp(other));
        let warnings = self.warnings.into_iter().map(|(_, warning)| warning);
        self.report.warnings = warnings.collect();
        self.report.findings = self.findings.told();
        self.report
    }
}

/// Tells of a file that was not wholly read, and of each record, why.
fn warnings(entry: &FileEntry) -> impl Iterator<Item = (Rank, Warning)> {
    let (reason, aside) = match &entry.outcome {
        FileOutcome::Read => (None, None),
        FileOutcome::Partial { reason } => (Some(format!("partial: {}", reason.as_str())), None),
        FileOutcome::Failed { reason } => (Some(format!("failed: {}", reason.as_str())), None),
        FileOutcome::Skipped { reason } => (
            Some(format!("skipped: {}", reason.as_str())),
            Some(reason.clone()),
        ),
    };
    let of_the_file = reason.map(|reason| Warning {
        source: entry.source.clone(),
        member: entry.member.clone(),
        offset: None,
        reason: Text::from(reason),
    });
    let rank = (aside, entry.source.clone(), entry.member.clone());
    let all = of_the_file
        .into_iter()
        .chain(entry.warnings.iter().cloned());
    all.map(move |warning| (rank.clone(), warning))
}
