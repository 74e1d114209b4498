//! What `verify` said, as objects: `schema/verification.schema.json`.

use jiff::Timestamp;
use serde::Serialize;

use super::objects::known;
use crate::record::Sha256;
use crate::text::Text;
use crate::verification::{
    DigestRow, DigestStatus, LogRow, LogStatus, Note, PeriodRow, PeriodStatus, Summary,
    TrailChange, Weight,
};

/// A period of one chain of digests.
#[derive(Debug, Serialize)]
pub struct PeriodObject<'a> {
    what: &'static str,
    status: PeriodStatus,
    account: Option<&'a str>,
    region: Option<&'a str>,
    trail: Option<&'a str>,
    home_region: Option<&'a str>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    digests: u64,
    signed: u64,
    changes: &'a [TrailChange],
    reason: Option<&'a str>,
}

impl<'a> PeriodObject<'a> {
    /// Borrows a row.
    pub fn new(row: &'a PeriodRow) -> Self {
        Self {
            what: "period",
            status: row.status,
            account: known(&row.chain.account),
            region: known(&row.chain.region),
            trail: known(&row.chain.trail),
            home_region: known(&row.chain.home_region),
            from: row.from,
            until: row.until,
            digests: row.digests,
            signed: row.signed,
            changes: &row.changes,
            reason: row.reason.as_ref().map(Text::as_str),
        }
    }
}

/// A digest file.
#[derive(Debug, Serialize)]
pub struct DigestObject<'a> {
    what: &'static str,
    status: DigestStatus,
    account: Option<&'a str>,
    region: Option<&'a str>,
    trail: Option<&'a str>,
    home_region: Option<&'a str>,
    backfill: bool,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    bucket: Option<&'a str>,
    object: Option<&'a str>,
    source: Option<&'a str>,
    sha256: Option<Sha256>,
    content_sha256: Option<Sha256>,
    key_fingerprint: Option<&'a str>,
    logs: u64,
    notes: &'a [Note],
    reason: Option<&'a str>,
}

impl<'a> DigestObject<'a> {
    /// Borrows a row.
    pub fn new(row: &'a DigestRow) -> Self {
        Self {
            what: "digest",
            status: row.status,
            account: known(&row.chain.account),
            region: known(&row.chain.region),
            trail: known(&row.chain.trail),
            home_region: known(&row.chain.home_region),
            backfill: row.chain.backfill,
            from: row.from,
            until: row.until,
            bucket: text(&row.bucket),
            object: text(&row.object),
            source: text(&row.source),
            sha256: row.sha256,
            content_sha256: row.content_sha256,
            key_fingerprint: text(&row.key_fingerprint),
            logs: row.logs,
            notes: &row.notes,
            reason: text(&row.reason),
        }
    }
}

/// A log file.
#[derive(Debug, Serialize)]
pub struct LogObject<'a> {
    what: &'static str,
    status: LogStatus,
    account: Option<&'a str>,
    region: Option<&'a str>,
    trail: Option<&'a str>,
    time: Option<Timestamp>,
    bucket: Option<&'a str>,
    object: Option<&'a str>,
    source: Option<&'a str>,
    sha256: Option<Sha256>,
    content_sha256: Option<Sha256>,
    listed_sha256: Option<Sha256>,
    listed_bytes: Option<u64>,
    digest: Option<&'a str>,
    notes: &'a [Note],
    reason: Option<&'a str>,
}

impl<'a> LogObject<'a> {
    /// Borrows a row.
    pub fn new(row: &'a LogRow) -> Self {
        Self {
            what: "log",
            status: row.status,
            account: known(&row.account),
            region: known(&row.region),
            trail: known(&row.trail),
            time: row.time,
            bucket: text(&row.bucket),
            object: text(&row.object),
            source: text(&row.source),
            sha256: row.sha256,
            content_sha256: row.content_sha256,
            listed_sha256: row.listed_sha256,
            listed_bytes: row.listed_bytes,
            digest: text(&row.digest),
            notes: &row.notes,
            reason: text(&row.reason),
        }
    }
}

/// What it comes to.
#[derive(Debug, Serialize)]
pub struct SummaryObject<'a> {
    what: &'static str,
    weight: Weight,
    #[serde(flatten)]
    counts: &'a Summary,
}

impl<'a> SummaryObject<'a> {
    /// Borrows a summary.
    pub fn new(summary: &'a Summary) -> Self {
        Self {
            what: "summary",
            weight: summary.weight,
            counts: summary,
        }
    }
}

fn text(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(Text::as_str)
}
