//! What a verification comes to, in words.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::chain_name;
use crate::render::time;
use crate::text::{count, several};
use crate::verification::{
    DigestStatus, LogStatus, Note, PeriodStatus, Span, Summary, Verification, Weight,
};

/// So many breaks are told one by one.
const BREAKS_SHOWN_MAX: usize = 5;

/// So many signed spans are told one by one.
const SPANS_SHOWN_MAX: usize = 3;

/// So many accounts and regions are told by name.
const PLACES_SHOWN_MAX: usize = 3;

/// Says what it comes to, one sentence or two a line.
pub fn sentences(verification: &Verification, zone: &TimeZone) -> Vec<String> {
    let summary = &verification.summary;
    let mut lines = vec![logs(verification, zone), digests(verification)];
    lines.extend(breaks(verification, zone));
    if !summary.unread.is_empty() {
        let unread = summary.unread.len() as u64;
        lines.push(format!(
            "{} could not be read, the first being {}: what it holds is not known.",
            several(unread, "file", "files"),
            summary.unread[0]
        ));
    }
    lines.push(trust(summary));
    lines.push(verdict(summary).to_owned());
    lines
}

fn logs(verification: &Verification, zone: &TimeZone) -> String {
    let summary = &verification.summary;
    let total: u64 = summary.logs.values().sum();
    let of_status = |status| summary.logs.get(&status).copied().unwrap_or(0);
    if total == 0 && summary.logs_left_out > 0 {
        let left_out = several(summary.logs_left_out, "log file", "log files");
        return format!("No log file is told of: the filters leave out {left_out}.");
    }
    if total == 0 {
        return "No log file is here, and none is listed.".to_owned();
    }
    let valid = of_status(LogStatus::Valid);
    let of = format!(
        "{} of {}",
        count(valid),
        several(total, "log file", "log files")
    );
    let mut line = match valid {
        0 => format!("{of} VALID."),
        _ => format!("{of} VALID (AWS-signed{}).", places(verification, zone)),
    };
    for (status, number) in &summary.logs {
        if *status != LogStatus::Valid {
            line.push_str(&format!(" {} {status}.", count(*number)));
        }
    }
    line
}

/// Names the accounts and regions, each with the spans for which AWS signed its VALID log files.
fn places(verification: &Verification, zone: &TimeZone) -> String {
    let places = verification.signed_spans();
    if places.len() > PLACES_SHOWN_MAX {
        let all: Vec<Span> = places.values().flatten().copied().collect();
        let within = within(&all, zone);
        return format!(", {} accounts and regions{within}", places.len());
    }
    let places = places.iter();
    places
        .map(|((account, region), spans)| format!(", {account} {region}{}", told(spans, zone)))
        .collect()
}

fn told(spans: &[Span], zone: &TimeZone) -> String {
    if spans.len() > SPANS_SHOWN_MAX {
        let number = count(spans.len() as u64);
        return format!(", {number} spans{}", within(spans, zone));
    }
    let spans = spans.iter();
    let spans: Vec<String> = spans.map(|span| show(*span, zone)).collect();
    match spans.is_empty() {
        true => String::new(),
        false => format!(", {}", spans.join(" and ")),
    }
}

/// Says between which instants spans lie of which not each is told.
fn within(spans: &[Span], zone: &TimeZone) -> String {
    let from = spans.iter().map(|span| span.0).min();
    let until = spans.iter().map(|span| span.1).max();
    let span = from.zip(until);
    span.map(|span| format!(" within {}", show(span, zone)))
        .unwrap_or_default()
}

fn show((from, until): Span, zone: &TimeZone) -> String {
    format!("{} – {}", time::show(from, zone), time::show(until, zone))
}

fn digests(verification: &Verification) -> String {
    let summary = &verification.summary;
    let total: u64 = summary.digests.values().sum();
    if total == 0 && summary.digests_left_out > 0 {
        let left_out = several(summary.digests_left_out, "digest file", "digest files");
        return format!("No digest file is told of: the filters leave out {left_out}.");
    }
    if total == 0 {
        return "No digest is here: nothing says which log files AWS delivered. Fetch the folder \
                CloudTrail-Digest that lies beside CloudTrail in the bucket."
            .to_owned();
    }
    let signed = summary
        .digests
        .get(&DigestStatus::Signed)
        .copied()
        .unwrap_or(0);
    let mut line = format!(
        "{} of {} SIGNED.",
        count(signed),
        several(total, "digest file", "digest files")
    );
    for (status, number) in &summary.digests {
        if *status != DigestStatus::Signed {
            line.push_str(&format!(" {} {status}.", count(*number)));
        }
    }
    for note in Note::ALL {
        let noted = verification.digests.iter();
        let noted = noted.filter(|row| row.notes.contains(note)).count() as u64;
        if noted > 0 {
            line.push_str(&format!(" {} {note}.", count(noted)));
        }
    }
    line
}

/// Tells the breaks one by one, and how many more there are.
fn breaks(verification: &Verification, zone: &TimeZone) -> Vec<String> {
    let is_break = |status| matches!(status, PeriodStatus::Gap | PeriodStatus::Restart);
    let mut rows = verification
        .periods
        .iter()
        .filter(|row| is_break(row.status));
    let mut lines = Vec::new();
    for row in rows.by_ref().take(BREAKS_SHOWN_MAX) {
        let (Some(from), Some(until)) = (row.from, row.until) else {
            continue;
        };
        let why = row
            .reason
            .as_ref()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        let status = row.status;
        let when = match from == until {
            true => format!("at {}", time::show(from, zone)),
            false => format!("{} – {}", time::show(from, zone), time::show(until, zone)),
        };
        lines.push(format!(
            "{status} {when} of {}{why}.",
            chain_name(&row.chain)
        ));
    }
    let mut more: BTreeMap<PeriodStatus, u64> = BTreeMap::new();
    for row in rows {
        *more.entry(row.status).or_default() += 1;
    }
    lines.extend(
        more.into_iter()
            .map(|(status, number)| format!("{} more {status}.", count(number))),
    );
    lines
}

fn trust(summary: &Summary) -> String {
    if summary.keys.is_empty() {
        return "No public key was supplied: that the digests are AWS's own is not proven. Whoever \
                can change both a log file and the digest that lists it can make them agree."
            .to_owned();
    }
    let files = summary.keys.iter().map(|file| {
        let keys = several(file.entries, "key", "keys");
        format!("{} ({keys}) with the sha256 {}", file.source, file.sha256)
    });
    let files: Vec<String> = files.collect();
    format!(
        "All of this rests on {} – that these keys are AWS's own cannot be proven offline.",
        files.join(" and ")
    )
}

fn verdict(summary: &Summary) -> &'static str {
    match summary.weight {
        Weight::Good => "Everything that the digests list is here, unchanged and signed.",
        Weight::Open => "No change and no loss was found, but not everything is proven.",
        Weight::Bad => "There is evidence of change or loss.",
    }
}
