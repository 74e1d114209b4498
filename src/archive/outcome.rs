//! The row of the ledger: what became of a file, from all that was seen in it.

use super::bundle::Notes;
use super::contradiction::of_name;
use super::findings::{of_bundle, of_content, of_file};
use super::inflate::Doubt;
use super::ledger::Ledger;
use super::name::{Aside, aside_by_name};
use super::seen::Seen;
use crate::record::Sha256;
use crate::report::{Bundle, BundleFormat, FileEntry, FileOutcome, FileRecords};
use crate::text::{Text, several};

/// What reading a content to its end told, apart from the records.
#[derive(Default)]
pub(super) struct Reading {
    /// Why the content was not looked into.
    pub(super) format: Option<String>,
    pub(super) input_bytes: u64,
    pub(super) content_bytes: u64,
    pub(super) members: u64,
    /// The sum and the size of what the first member holds, where there are more.
    pub(super) first_member: Option<(Sha256, u64)>,
    pub(super) doubt: Option<Doubt>,
    pub(super) damage: Option<String>,
    /// A limit cut something.
    pub(super) is_limited: bool,
    /// How many bytes follow the last gzip member, and whether all are zero.
    pub(super) trailing: (u64, bool),
    pub(super) sha256: Option<Sha256>,
    pub(super) content_sha256: Option<Sha256>,
}

/// Completes the row of a file that may hold records.
pub(super) fn settle(mut entry: FileEntry, reading: Reading, mut ledger: Ledger<'_>) -> FileEntry {
    entry.outcome = outcome(&reading, &ledger);
    if !ledger.is_recognised
        && !ledger.resembles_a_log
        && let Some(aside) = aside_by_name(entry.member.as_ref().unwrap_or(&entry.source).as_str())
    {
        entry.outcome = match aside {
            Aside::NoLog(reason) => skipped(reason),
            Aside::NotHere(reason) => failed(reason),
        };
    }
    if !ledger.is_recognised {
        ledger.forget();
    }
    let label = entry.label();
    entry.findings = of_file(&label, &reading);
    entry.findings.extend(of_content(&label, &reading, &ledger));
    let path = entry.member.as_ref().unwrap_or(&entry.source);
    let contradictions = of_name(&label, path, &ledger.covered.coverage);
    entry.findings.extend(contradictions);
    ledger.close_warnings();
    entry.end_offset = end_offset(&entry.outcome, &reading, ledger.lost);
    entry.malformed = ledger.bad_records;
    entry.records = ledger.records;
    entry.coverage = ledger.covered.coverage;
    entry.warnings = ledger.warnings;
    measure(entry, &reading)
}

/// Completes the row of a bundle, whose members have rows of their own.
pub(super) fn settle_bundle(
    mut entry: FileEntry,
    reading: Reading,
    format: BundleFormat,
    members: u64,
    notes: Notes,
) -> FileEntry {
    let members_said = several(members, "member", "members");
    let reason = match (&reading.damage, &notes.damage) {
        (Some(damage), _) => Some(format!("{damage}: after {members_said}")),
        (None, Some((offset, what))) => Some(format!(
            "{what}, at byte {offset} of the content: {members_said} read"
        )),
        (None, None) => unread_rest(notes.trailing)
            .or_else(|| unread_rest(reading.trailing))
            .map(|rest| format!("{rest}: {members_said} read")),
    };
    entry.outcome = match reason {
        None => FileOutcome::Read,
        Some(reason) if members == 0 => failed(reason),
        Some(reason) => FileOutcome::Partial {
            reason: reason.into(),
        },
    };
    entry.bundle = Some(Bundle { format, members });
    let lost = notes.damage.as_ref().map(|(offset, _)| (*offset, ""));
    entry.end_offset = end_offset(&entry.outcome, &reading, lost);
    let label = entry.label();
    entry.findings = of_file(&label, &reading);
    entry.findings.extend(of_bundle(&label, &notes));
    measure(entry, &reading)
}

/// Completes the row of what was compressed once more by what its outer compression tells.
pub(super) fn wrap(mut entry: FileEntry, outer: Reading) -> FileEntry {
    let reason = outer.damage.clone().or_else(|| unread_rest(outer.trailing));
    if let (Some(reason), FileOutcome::Read) = (reason, &entry.outcome) {
        entry.outcome = FileOutcome::Partial {
            reason: Text::from(reason),
        };
    }
    let findings = of_file(&entry.label(), &outer);
    entry.findings.splice(0..0, findings);
    entry.size_bytes = outer.input_bytes;
    entry.sha256 = outer.sha256;
    entry
}

fn measure(mut entry: FileEntry, reading: &Reading) -> FileEntry {
    entry.size_bytes = reading.input_bytes;
    entry.sha256 = reading.sha256;
    entry.content_sha256 = reading.content_sha256;
    entry.content_bytes = reading.content_bytes;
    entry.gzip_members = reading.members;
    entry.trailing_bytes = reading.trailing.0;
    entry
}

fn outcome(reading: &Reading, ledger: &Ledger<'_>) -> FileOutcome {
    if ledger.is_recognised {
        return outcome_of_log(reading, ledger);
    }
    if let Some(reason) = &reading.format {
        return failed(reason.as_str());
    }
    if reading.input_bytes == 0 && reading.damage.is_none() {
        return failed("empty file: a placeholder, or nothing of it was copied");
    }
    match (&reading.damage, &ledger.seen) {
        (None, Some(Seen::OtherJson(what))) if ledger.resembles_a_log => failed(format!(
            "no CloudTrail records, but what resembles one in scope: {what}"
        )),
        (None, Some(Seen::Digest)) if ledger.resembles_a_log => {
            failed("a digest file of CloudTrail, with what resembles a record in scope beside it")
        }
        (None, None) if ledger.resembles_a_log => {
            failed("no CloudTrail records, but what resembles one in scope")
        }
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
            None if ledger.zero_bytes > 0 => {
                failed("only zero bytes: a placeholder, blank blocks of a disk, or an empty tar")
            }
            None => failed("no content"),
        },
    }
}

fn outcome_of_log(reading: &Reading, ledger: &Ledger<'_>) -> FileOutcome {
    let records = read_records(&ledger.records);
    let reason = match (&reading.damage, ledger.lost) {
        (None, None) => match unread_rest(reading.trailing) {
            None if ledger.records.seen == 0 => {
                return skipped("no CloudTrail records: an empty list of them");
            }
            None => return FileOutcome::Read,
            Some(rest) => format!("{rest}: after {records}"),
        },
        (Some(damage), Some((offset, how))) => {
            format!("{damage} after {records}, at byte {offset} of the content: {how}")
        }
        (Some(damage), None) => {
            let end = reading.content_bytes;
            format!("{damage} after {records}, at byte {end} of the content")
        }
        (None, Some((offset, how))) => {
            format!("{how}: after {records}, at byte {offset} of the content")
        }
    };
    FileOutcome::Partial {
        reason: Text::from(reason),
    }
}

/// Says how many records were read, and how many elements are none that can be.
fn read_records(records: &FileRecords) -> String {
    let sound = several(records.in_scope + records.out_of_scope, "record", "records");
    match records.malformed {
        0 => sound,
        malformed => format!("{sound} and {malformed} malformed"),
    }
}

/// Says how many bytes behind the end were not read, unless they are zeros, as on tapes and disk blocks.
fn unread_rest((bytes, all_zero): (u64, bool)) -> Option<String> {
    let unread = (
        "byte behind its end was not read",
        "bytes behind its end were not read",
    );
    (bytes > 0 && !all_zero).then(|| several(bytes, unread.0, unread.1))
}

/// Returns where the reading ended, or first lost its way, where that is not the end of the file.
fn end_offset(outcome: &FileOutcome, reading: &Reading, lost: Option<(u64, &str)>) -> Option<u64> {
    let is_partial = matches!(outcome, FileOutcome::Partial { .. });
    is_partial.then(|| lost.map_or(reading.content_bytes, |(offset, _)| offset))
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
