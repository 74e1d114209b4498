//! The spans that AWS signed: those of the signed digests, without what lies between them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{DigestRow, DigestStatus, LogStatus, Selection, Verification};
use crate::text::Text;

/// From when on, and up to when, exclusive.
pub type Span = (Timestamp, Timestamp);

/// An account and a region.
pub type Place<'v> = (&'v Text, &'v Text);

impl Verification {
    /// Lists the accounts and regions that log files are VALID of, each with the spans for which AWS
    /// signed that, in order and apart from one another, within what was asked for.
    ///
    /// A span is that of signed digests that list a VALID log file, or none at all: these prove that
    /// nothing was delivered.
    pub fn signed_spans(&self) -> BTreeMap<Place<'_>, Vec<Span>> {
        let valid = self
            .logs
            .iter()
            .filter(|row| row.status == LogStatus::Valid);
        let mut listing: BTreeSet<&Text> = BTreeSet::new();
        let mut places: BTreeMap<Place<'_>, Vec<Span>> = BTreeMap::new();
        for row in valid {
            listing.extend(row.digest.as_ref());
            places.entry((&row.account, &row.region)).or_default();
        }
        let proves = |row: &&DigestRow| {
            let lists_valid = || {
                let object = row.object.as_ref();
                object.is_some_and(|object| listing.contains(object))
            };
            row.status == DigestStatus::Signed && (row.logs == 0 || lists_valid())
        };
        for row in self.digests.iter().filter(proves) {
            let place = (&row.chain.account, &row.chain.region);
            let span = row.from.zip(row.until);
            let span = span.and_then(|span| self.summary.selection.clip(span));
            if let (Some(spans), Some(span)) = (places.get_mut(&place), span) {
                spans.push(span);
            }
        }
        for spans in places.values_mut() {
            *spans = joined(std::mem::take(spans));
        }
        places
    }
}

impl Selection {
    /// Cuts a span to what was asked for; `None` where nothing of it is left.
    pub(super) fn clip(&self, (from, until): Span) -> Option<Span> {
        let from = self.since.map_or(from, |since| from.max(since));
        let until = self.until.map_or(until, |end| until.min(end));
        (from < until).then_some((from, until))
    }
}

/// Joins the spans that meet or overlap.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut joined: Vec<Span> = Vec::new();
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}
