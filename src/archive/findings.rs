//! The findings of the archive: what an investigator should know of a file, in a fixed order.

use super::bundle::Notes;
use super::inflate::Doubt;
use super::ledger::Ledger;
use super::outcome::Reading;
use crate::interval::Finding;
use crate::report::FileEntry;
use crate::text::{Text, several};

/// A finding that may apply: whether it does, its code, and what it means here.
type Row = (bool, &'static str, String);

fn told(label: &Text, rows: impl IntoIterator<Item = Row>) -> Vec<Finding> {
    rows.into_iter()
        .filter(|(is_so, _, _)| *is_so)
        .map(|(_, code, message)| finding(label, code, message))
        .collect()
}

fn finding(label: &Text, code: &str, message: String) -> Finding {
    Finding {
        code: code.to_owned(),
        message: Text::from(message),
        event_ids: Vec::new(),
        sources: vec![label.clone()],
    }
}

/// Tells that a file changed while it was read.
pub(super) fn changed(label: &Text) -> Finding {
    let message = "the file changed while it was read".to_owned();
    finding(label, "changed-during-read", message)
}

/// The code of what [`changed_since`] finds.
const CHANGED_SINCE: &str = "changed-since-read";

/// Tells that a file is not what it was when it was read before, in the run before this one or in any.
///
/// What only the former one held is told no longer, so this is all that is left of it.
pub fn changed_since(former: &FileEntry, now: &FileEntry) -> Vec<Finding> {
    let known = former.findings.iter();
    let mut found: Vec<Finding> = known
        .filter(|finding| finding.code == CHANGED_SINCE)
        .cloned()
        .collect();
    if let Some(before) = former.sha256
        && now.sha256 != Some(before)
    {
        let records = several(former.records.in_scope, "record", "records");
        let message = format!(
            "the file is not what was read before: that had {records} in scope and the SHA-256 {before}"
        );
        found.push(finding(&now.source, CHANGED_SINCE, message));
    }
    found
}

/// Tells what is to be known of a file as it lies there.
pub(super) fn of_file(label: &Text, reading: &Reading) -> Vec<Finding> {
    let (trailing_bytes, all_zero) = reading.trailing;
    let damage = reading.damage.as_deref().unwrap_or_default();
    told(
        label,
        [
            (
                reading.is_limited,
                "limit-exceeded",
                format!("a limit ended the reading: {damage}"),
            ),
            (
                reading.doubt == Some(Doubt::Checksum),
                "checksum-mismatch",
                format!("{damage}; what was read is kept"),
            ),
            (
                reading.doubt == Some(Doubt::Trailer),
                "trailer-missing",
                "the sum and the size that end a gzip file are missing; what was read is kept"
                    .to_owned(),
            ),
            (
                trailing_bytes > 0 && !all_zero,
                "trailing-bytes",
                format!(
                    "{} the compressed content; what follows was not read",
                    several(
                        trailing_bytes,
                        "byte that is no such content follows",
                        "bytes that are no such content follow"
                    )
                ),
            ),
        ],
    )
}

/// Tells what is to be known of a bundle.
pub(super) fn of_bundle(label: &Text, notes: &Notes) -> Vec<Finding> {
    let (trailing_bytes, all_zero) = notes.trailing;
    let plain = [
        (
            trailing_bytes > 0 && !all_zero,
            "trailing-bytes",
            format!(
                "{} the end of the bundle",
                several(
                    trailing_bytes,
                    "byte that is no member follows",
                    "bytes that are no members follow"
                )
            ),
        ),
        (
            notes.after_end > 0,
            "members-after-end",
            format!(
                "{} behind the mark of the bundle's end; all were read, other programs stop there",
                several(notes.after_end, "member stands", "members stand")
            ),
        ),
        (
            notes.size_conflicts > 0,
            "size-conflict",
            format!(
                "{} of one size in two ways; programs differ in which they believe, and so in what they see",
                several(notes.size_conflicts, "member tells", "members tell")
            ),
        ),
        (
            notes.repeated > 0,
            "repeated-member",
            format!(
                "{} the name of one before; all were read, other programs keep the last",
                several(notes.repeated, "member has", "members have")
            ),
        ),
        (
            !notes.differences.is_empty(),
            "directory-differs",
            notes.differences.join("; "),
        ),
    ];
    told(label, plain)
}

/// Tells what is to be known of the records.
pub(super) fn of_content(label: &Text, reading: &Reading, ledger: &Ledger<'_>) -> Vec<Finding> {
    let (trailing_bytes, all_zero) = reading.trailing;
    // What is no log may hold any bytes.
    let zeros = match ledger.is_recognised {
        true => ledger.zero_bytes + if all_zero { trailing_bytes } else { 0 },
        false => 0,
    };
    let further = ledger.documents.after_records;
    let doubled = doubled_keys(ledger);
    let irregular = match ledger.is_recognised {
        true => ledger.irregularities,
        false => 0,
    };
    let is_all_read = ledger.records.malformed == 0
        && ledger.lost.is_none()
        && reading.damage.is_none()
        && !reading.is_limited;
    let implausible = ledger.covered.implausible_times;
    let rows = [
        (
            reading.members > 1,
            "second-gzip-member",
            format!(
                "the file has {} gzip members, of which AWS writes one; all were read",
                reading.members
            ),
        ),
        (
            zeros > 0,
            "zero-padding",
            format!(
                "{} where nothing should, as on tapes and disk blocks",
                several(zeros, "zero byte stands", "zero bytes stand")
            ),
        ),
        (
            ledger.covered.beyond_limit > 0,
            "limit-exceeded",
            format!(
                "{} of too many accounts, regions or hours to be counted as covered",
                several(ledger.covered.beyond_limit, "record is", "records are")
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
        (!doubled.is_empty(), "duplicate-key", doubled),
        (
            irregular > 0,
            "irregular-json",
            format!(
                "{} missing or too many; {}",
                several(
                    irregular,
                    "comma or brace between records is",
                    "commas or braces between records are"
                ),
                match is_all_read {
                    true => "all records were read",
                    false => "not all records could be read",
                }
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
    ];
    told(label, rows)
}

/// Tells of keys that stand twice, in records and around them.
fn doubled_keys(ledger: &Ledger<'_>) -> String {
    let (inside, around) = (ledger.duplicate_keys, ledger.duplicate_wrapper_keys);
    let inside = (inside > 0).then(|| {
        let records = several(inside, "record has", "records have");
        format!("{records} a key twice; the last counts here, but not everywhere")
    });
    let around = (around > 0 && ledger.is_recognised).then(|| {
        "what holds the records has a key twice; all were read here, but not everywhere".to_owned()
    });
    let told: Vec<String> = inside.into_iter().chain(around).collect();
    told.join("; ")
}
