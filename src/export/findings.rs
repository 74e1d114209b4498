//! What was found of intervals, events and files, as rows of one table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::interval::{Finding, Timeline};
use crate::report::FileEntry;
use crate::text::Text;
use crate::timeline::finding_kinds;

/// The file and the path inside it, by which a file is named.
pub(super) type FileKey = (Text, Option<Text>);

/// Numbers files from 1, in the order of the ledger.
pub(super) fn numbered(files: &[FileEntry]) -> BTreeMap<FileKey, u64> {
    let mut numbers = BTreeMap::new();
    for (number, file) in (1..).zip(files) {
        let key = (file.source.clone(), file.member.clone());
        numbers.entry(key).or_insert(number);
    }
    numbers
}

/// Lists all findings: those of intervals, of events, then of files, each in order.
pub(super) fn findings<'a>(
    told: &'a Timeline,
    interval_ids: &'a [String],
    files: &'a [FileEntry],
) -> impl Iterator<Item = Value> + 'a {
    let of_intervals = told.intervals.iter().zip(interval_ids);
    let of_intervals = of_intervals.flat_map(|(interval, id)| {
        let findings = interval.findings.iter();
        findings.map(move |finding| ("interval", finding, Some(id.as_str()), None))
    });
    let of_events = told
        .findings
        .iter()
        .map(|finding| ("event", finding, None, None));
    let of_files = (1_u64..).zip(files).flat_map(|(number, file)| {
        let findings = file.findings.iter();
        findings.map(move |finding| ("file", finding, None, Some(number)))
    });
    let all = of_intervals.chain(of_events).chain(of_files);
    (1_u64..)
        .zip(all)
        .map(|(number, (about, finding, interval_id, file_id))| {
            row(number, about, finding, interval_id, file_id)
        })
}

fn row(
    number: u64,
    about: &str,
    finding: &Finding,
    interval_id: Option<&str>,
    file_id: Option<u64>,
) -> Value {
    let kind = finding_kinds().get(&finding.code);
    json!({
        "finding_id": number,
        "about": about,
        "code": finding.code,
        "message": finding.message,
        "explanation": kind.map(|kind| kind.explanation.as_str()),
        "interval_id": interval_id,
        "file_id": file_id,
        "event_ids": finding.event_ids,
        "sources": finding.sources,
    })
}
