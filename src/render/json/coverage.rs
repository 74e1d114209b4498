//! What the archive covers, as objects.

use jiff::Timestamp;
use serde::Serialize;

use super::objects::known;
use crate::coverage::{Coverage, FilesPerHour};
use crate::interval::Finding;
use crate::render::coverage::{Covered, SILENCE_HOURS_MIN, hour_start};
use crate::report::{FileEntry, FileOutcome, MalformedRecord};
use crate::text::Text;
use crate::verification::Gap;

/// Which time the archive covers: `schema/coverage.schema.json`.
#[derive(Debug, Serialize)]
pub struct CoverageObject<'a> {
    spans: Vec<CoverageSpan<'a>>,
    gaps: &'a [Gap],
    damaged: Vec<DamagedFile<'a>>,
    malformed: Vec<BadRecord<'a>>,
    malformed_total: u64,
    findings: Vec<&'a Finding>,
    unfinished: Vec<&'a str>,
}

impl<'a> CoverageObject<'a> {
    /// Borrows what is told of an archive.
    pub fn new(covered: &Covered<'a>) -> Self {
        let files = covered.files;
        Self {
            spans: CoverageSpan::all(covered.coverage, files).collect(),
            gaps: covered.gaps,
            damaged: files.iter().filter_map(DamagedFile::new).collect(),
            malformed: files.iter().flat_map(BadRecord::all_of).collect(),
            malformed_total: files.iter().map(|file| file.records.malformed).sum(),
            findings: files.iter().flat_map(|file| &file.findings).collect(),
            unfinished: covered.unfinished.iter().map(Text::as_str).collect(),
        }
    }
}

/// A record that could not be read, and where it is.
#[derive(Debug, Serialize)]
pub struct BadRecord<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    #[serde(flatten)]
    record: &'a MalformedRecord,
}

impl<'a> BadRecord<'a> {
    /// Borrows those that are kept of a file.
    fn all_of(file: &'a FileEntry) -> impl Iterator<Item = Self> {
        file.malformed.iter().map(|record| Self {
            source: file.source.as_str(),
            member: file.member.as_ref().map(Text::as_str),
            record,
        })
    }
}

/// What is covered of one account and region.
#[derive(Debug, Serialize)]
pub struct CoverageSpan<'a> {
    account: Option<&'a str>,
    region: Option<&'a str>,
    first: Timestamp,
    last: Timestamp,
    records: u64,
    files: u64,
    hours: usize,
    per_hour: Vec<Hour>,
    silences: Vec<Silence>,
}

impl<'a> CoverageSpan<'a> {
    /// Borrows every account and region, in order; the files tell how many of them have records of an
    /// hour.
    pub fn all(coverage: &'a Coverage, files: &'a [FileEntry]) -> impl Iterator<Item = Self> {
        let counted = FilesPerHour::of(files.iter().map(|file| &file.coverage));
        let spans = coverage.accounts.iter().flat_map(|(account, regions)| {
            let spans = regions.iter();
            spans.map(move |(region, span)| (account, region, span))
        });
        spans.map(move |(account, region, span)| {
            let hour = |(hour, records): (&i64, &u64)| Hour {
                hour: hour_start(*hour),
                records: *records,
                files: counted.count(account, region, *hour),
            };
            Self {
                account: known(account),
                region: known(region),
                first: span.first,
                last: span.last,
                records: span.records,
                files: span.files,
                hours: span.hours.len(),
                per_hour: span.hours.iter().map(hour).collect(),
                silences: span
                    .silences(SILENCE_HOURS_MIN)
                    .into_iter()
                    .map(Silence::new)
                    .collect(),
            }
        })
    }
}

/// How much there is of an hour that has any record.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Hour {
    hour: Option<Timestamp>,
    records: u64,
    files: u64,
}

/// Whole hours without any record; no proof of a gap.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Silence {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    hours: i64,
}

impl Silence {
    fn new((first, last): (i64, i64)) -> Self {
        Self {
            from: hour_start(first),
            until: hour_start(last + 1),
            hours: last + 1 - first,
        }
    }
}

/// A file that was not read to the end.
#[derive(Debug, Serialize)]
pub struct DamagedFile<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    outcome: &'static str,
    reason: &'a str,
}

impl<'a> DamagedFile<'a> {
    /// Borrows a file; absent where it was read or left aside knowingly.
    pub fn new(file: &'a FileEntry) -> Option<Self> {
        let (outcome, reason) = match &file.outcome {
            FileOutcome::Partial { reason } => ("partial", reason),
            FileOutcome::Failed { reason } => ("failed", reason),
            FileOutcome::Read | FileOutcome::Skipped { .. } => return None,
        };
        Some(Self {
            source: file.source.as_str(),
            member: file.member.as_ref().map(Text::as_str),
            outcome,
            reason: reason.as_str(),
        })
    }
}
