//! The row of the ledger: what became of a file, from all that was seen in it.

use super::ledger::{Ledger, Seen};
use super::name::reason_to_skip;
use crate::interval::Finding;
use crate::record::Sha256;
use crate::report::{FileEntry, FileOutcome};
use crate::text::Text;

/// What reading a file to its end told, apart from the records.
pub(super) struct Reading {
    /// The format of the content, where this version cannot read it.
    pub(super) format: Option<&'static str>,
    pub(super) input_bytes: u64,
    pub(super) content_bytes: u64,
    pub(super) members: u64,
    /// The sum and the size of what the first member holds, where there are more.
    pub(super) first_member: Option<(Sha256, u64)>,
    pub(super) damage: Option<String>,
    /// How many bytes follow the last gzip member, and whether all are zero.
    pub(super) trailing: (u64, bool),
    pub(super) sha256: Option<Sha256>,
    pub(super) content_sha256: Option<Sha256>,
    pub(super) has_changed: bool,
}

/// Completes the file's row.
pub(super) fn settle(mut entry: FileEntry, reading: Reading, mut ledger: Ledger<'_>) -> FileEntry {
    entry.outcome = outcome(&reading, &ledger);
    if !ledger.is_recognised
        && let Some(reason) = reason_to_skip(entry.source.as_str())
    {
        entry.outcome = skipped(reason);
    }
    if !ledger.is_recognised {
        ledger.forget();
    }
    entry.findings = findings(&entry.source, &reading, &ledger);
    ledger.close_warnings();
    entry.sha256 = reading.sha256;
    entry.content_sha256 = reading.content_sha256;
    entry.content_bytes = reading.content_bytes;
    entry.gzip_members = reading.members;
    entry.trailing_bytes = reading.trailing.0;
    entry.end_offset = end_offset(&entry.outcome, &reading, &ledger);
    entry.malformed = ledger.bad_records;
    entry.records = ledger.records;
    entry.coverage = ledger.coverage;
    entry.warnings = ledger.warnings;
    entry
}

fn outcome(reading: &Reading, ledger: &Ledger<'_>) -> FileOutcome {
    if ledger.is_recognised {
        return outcome_of_log(reading, ledger);
    }
    if let Some(format) = reading.format {
        return failed(format!("{format}, which this version cannot read"));
    }
    if reading.input_bytes == 0 && reading.damage.is_none() {
        return failed("empty file");
    }
    match (&reading.damage, &ledger.seen) {
        (_, Some(Seen::Digest)) => skipped("a digest file of CloudTrail"),
        (Some(damage), _) => failed(format!("{damage} before the first record")),
        (None, Some(Seen::OtherJson(what))) => skipped(format!("no CloudTrail records: {what}")),
        (None, Some(Seen::NoJson(start))) => failed(format!(
            "neither gzip nor JSON: it begins with \"{}\"",
            start.escape_ascii()
        )),
        (None, None) => match ledger.lost {
            Some((offset, how)) => failed(format!("no record before byte {offset}: {how}")),
            None if ledger.documents.begun > 0 => skipped("no CloudTrail records: empty JSON"),
            None => failed("no content"),
        },
    }
}

fn outcome_of_log(reading: &Reading, ledger: &Ledger<'_>) -> FileOutcome {
    let records = ledger.records.seen;
    let reason = match (&reading.damage, ledger.lost) {
        (None, None) => return FileOutcome::Read,
        (Some(damage), Some((offset, how))) => {
            format!("{damage} after {records} records, at byte {offset} of the content: {how}")
        }
        (Some(damage), None) => {
            let end = reading.content_bytes;
            format!("{damage} after {records} records, at byte {end} of the content")
        }
        (None, Some((offset, how))) => {
            format!("{how}: after {records} records, at byte {offset} of the content")
        }
    };
    FileOutcome::Partial {
        reason: Text::from(reason),
    }
}

/// Returns where the reading ended, where that is not the end of the file.
fn end_offset(outcome: &FileOutcome, reading: &Reading, ledger: &Ledger<'_>) -> Option<u64> {
    let is_partial = matches!(outcome, FileOutcome::Partial { .. });
    let lost = ledger.lost.map(|(offset, _)| offset);
    is_partial.then(|| lost.unwrap_or(reading.content_bytes))
}

fn failed(reason: impl Into<String>) -> FileOutcome {
    FileOutcome::Failed {
        reason: Text::from(reason.into()),
    }
}

fn skipped(reason: impl Into<String>) -> FileOutcome {
    FileOutcome::Skipped {
        reason: Text::from(reason.into()),
    }
}

/// A finding that may apply: whether it does, its code, and what it means here.
type Row = (bool, &'static str, String);

/// Tells what an investigator should know about the file, in a fixed order.
fn findings(source: &Text, reading: &Reading, ledger: &Ledger<'_>) -> Vec<Finding> {
    let rows = of_the_file(reading).into_iter();
    rows.chain(of_the_content(reading, ledger))
        .filter(|(is_so, _, _)| *is_so)
        .map(|(_, code, message)| Finding {
            code: code.to_owned(),
            message: Text::from(message),
            event_ids: Vec::new(),
            sources: vec![source.clone()],
        })
        .collect()
}

fn of_the_file(reading: &Reading) -> [Row; 3] {
    let (trailing_bytes, all_zero) = reading.trailing;
    let members = reading.members;
    [
        (
            reading.has_changed,
            "changed-during-read",
            "the file changed while it was read".to_owned(),
        ),
        (
            members > 1,
            "second-gzip-member",
            format!("the file has {members} gzip members, of which AWS writes one; all were read"),
        ),
        (
            trailing_bytes > 0 && !all_zero,
            "trailing-bytes",
            format!(
                "{} the content; what follows was not read",
                several(
                    trailing_bytes,
                    "byte that is no gzip follows",
                    "bytes that are no gzip follow"
                )
            ),
        ),
    ]
}

fn of_the_content(reading: &Reading, ledger: &Ledger<'_>) -> [Row; 5] {
    let (trailing_bytes, all_zero) = reading.trailing;
    // What is no log may hold any bytes.
    let zeros = match ledger.is_recognised {
        true => ledger.zero_bytes + if all_zero { trailing_bytes } else { 0 },
        false => 0,
    };
    let further = ledger.documents.after_records;
    let doubled = ledger.duplicate_keys;
    let implausible = ledger.implausible_times;
    [
        (
            zeros > 0,
            "zero-padding",
            format!(
                "{} where nothing should, as on tapes and disk blocks",
                several(zeros, "zero byte stands", "zero bytes stand")
            ),
        ),
        (
            ledger.byte_order_marks > 0,
            "byte-order-mark",
            "the text has a byte order mark, which AWS does not write".to_owned(),
        ),
        (
            further > 0,
            "second-document",
            format!(
                "{} that of a log file; all were read",
                several(
                    further,
                    "more JSON document follows",
                    "more JSON documents follow"
                )
            ),
        ),
        (
            doubled > 0,
            "duplicate-key",
            format!(
                "{} a key twice; the last counts here, but not everywhere",
                several(doubled, "record has", "records have")
            ),
        ),
        (
            implausible > 0,
            "implausible-time",
            format!(
                "{} before 2006 or after 2100; what is covered leaves that aside",
                several(implausible, "record is dated", "records are dated")
            ),
        ),
    ]
}

/// Says how much of something there is, with its verb: `1 record has`, `2 records have`.
fn several(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
