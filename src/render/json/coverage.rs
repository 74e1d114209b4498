//! What the archive covers, as objects.

use jiff::Timestamp;
use serde::Serialize;

use super::objects::known;
use crate::coverage::Coverage;
use crate::render::coverage::{SILENCE_HOURS_MIN, hour_start};
use crate::report::{FileEntry, FileOutcome};
use crate::verification::Gap;

/// Which time the archive covers: `schema/coverage.schema.json`.
#[derive(Debug, Serialize)]
pub struct CoverageObject<'a> {
    spans: Vec<CoverageSpan<'a>>,
    gaps: &'a [Gap],
    damaged: Vec<DamagedFile<'a>>,
}

impl<'a> CoverageObject<'a> {
    /// Borrows what is covered, what digests prove to be lacking, and the files that were not read to the
    /// end.
    pub fn new(coverage: &'a Coverage, gaps: &'a [Gap], damaged: &'a [FileEntry]) -> Self {
        Self {
            spans: CoverageSpan::all(coverage).collect(),
            gaps,
            damaged: damaged.iter().filter_map(DamagedFile::new).collect(),
        }
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
    hours: usize,
    silences: Vec<Silence>,
}

impl<'a> CoverageSpan<'a> {
    /// Borrows every account and region, in order.
    pub fn all(coverage: &'a Coverage) -> impl Iterator<Item = Self> {
        coverage.accounts.iter().flat_map(|(account, regions)| {
            regions.iter().map(|(region, span)| Self {
                account: known(account),
                region: known(region),
                first: span.first,
                last: span.last,
                records: span.records,
                hours: span.hours.len(),
                silences: span
                    .silences(SILENCE_HOURS_MIN)
                    .into_iter()
                    .map(Silence::new)
                    .collect(),
            })
        })
    }
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
            outcome,
            reason: reason.as_str(),
        })
    }
}
