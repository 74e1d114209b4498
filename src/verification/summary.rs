//! What a verification comes to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{DigestStatus, LogStatus, PeriodStatus, Selection, Verification, Weight};
use crate::record::Sha256;
use crate::text::Text;

/// A file of public keys or saved metadata: what the verification trusts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeyFile {
    /// The file, as it was named.
    pub source: Text,
    /// The SHA-256 of the file as it lies on disk.
    pub sha256: Sha256,
    /// How many keys, or signatures, it holds.
    pub entries: u64,
}

/// How much there was of everything, and what it rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Log files by status.
    pub logs: BTreeMap<LogStatus, u64>,
    /// Digest files by status.
    pub digests: BTreeMap<DigestStatus, u64>,
    /// Periods by status.
    pub periods: BTreeMap<PeriodStatus, u64>,
    /// From when on any period is covered, within what was asked for. A gap may lie between.
    pub from: Option<Timestamp>,
    /// Up to when any period is covered, within what was asked for.
    pub until: Option<Timestamp>,
    /// The files of public keys: the root of all trust here.
    pub keys: Vec<KeyFile>,
    /// The files of saved metadata.
    pub metadata: Vec<KeyFile>,
    /// Files that are neither logs nor digests, and were left aside knowingly.
    pub skipped: u64,
    /// Files that could not be read, in order: what they are is not known.
    pub unread: Vec<Text>,
    /// What narrowed the rows.
    #[serde(skip)]
    pub selection: Selection,
    /// Digest files, here or missing, that it left out.
    #[serde(skip)]
    pub digests_left_out: u64,
    /// Log files, here or listed, that it left out.
    #[serde(skip)]
    pub logs_left_out: u64,
    /// What the worst of it is.
    #[serde(skip)]
    pub weight: Weight,
}

impl Verification {
    /// Counts everything anew, such as after rows were left out.
    pub fn sum_up(&mut self) {
        let summary = &mut self.summary;
        summary.logs = count(self.logs.iter().map(|row| row.status));
        summary.digests = count(self.digests.iter().map(|row| row.status));
        summary.periods = count(self.periods.iter().map(|row| row.status));
        let covered = || {
            let periods = self.periods.iter();
            let covered = periods.filter(|row| row.status == PeriodStatus::Covered);
            let spans = covered.filter_map(|row| row.from.zip(row.until));
            spans.filter_map(|span| summary.selection.clip(span))
        };
        let from = covered().map(|(from, _)| from).min();
        let until = covered().map(|(_, until)| until).max();
        (summary.from, summary.until) = (from, until);
        let weights = self.periods.iter().map(|row| row.weight());
        let weights = weights.chain(self.digests.iter().map(|row| row.weight()));
        let weights = weights.chain(self.logs.iter().map(|row| row.weight()));
        // Without a digest nothing is proven, and what could not be read may be anything.
        let is_open = self.digests.is_empty() || !summary.unread.is_empty();
        let least = if is_open { Weight::Open } else { Weight::Good };
        summary.weight = weights.fold(least, Weight::max);
    }
}

fn count<K: Ord>(statuses: impl Iterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for status in statuses {
        *counts.entry(status).or_default() += 1;
    }
    counts
}
