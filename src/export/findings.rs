//! What was found of intervals, events and files, as rows of one table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::findings::{Entry, Findings, Found, Pattern, Rules};
use crate::interval::{Finding, Timeline};
use crate::render::json::FoundObject;
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

/// Lists all findings: those of intervals, of attempts, of events, of files, then what the patterns found,
/// each in order.
pub(super) fn findings(
    told: &Timeline,
    interval_ids: &[String],
    files: &[FileEntry],
    found: &Findings,
) -> Vec<Value> {
    let mut rows = Rows(Vec::new());
    for (interval, id) in told.intervals.iter().zip(interval_ids) {
        rows.add(
            "interval",
            &interval.findings,
            Some(("interval_id", json!(id))),
        );
    }
    for (number, attempt) in (1_u64..).zip(&told.attempts) {
        rows.add(
            "attempt",
            &attempt.findings,
            Some(("attempt_id", json!(number))),
        );
    }
    rows.add("event", &told.findings, None);
    for (number, file) in (1_u64..).zip(files) {
        rows.add("file", &file.findings, Some(("file_id", json!(number))));
    }
    for one in &found.found {
        rows.add_found(found, one);
    }
    rows.0
}

/// Returns the entry of a code, where there is one.
fn entry(code: &str) -> Option<&'static Entry> {
    Rules::embedded().get(code).map(|rule| &rule.entry)
}

struct Rows(Vec<Value>);

impl Rows {
    /// Adds the findings of one thing, and what it is known by in its own table.
    fn add(&mut self, about: &str, findings: &[Finding], id: Option<(&str, Value)>) {
        for finding in findings {
            let kind = finding_kinds().get(&finding.code);
            let mut row = json!({
                "finding_id": self.0.len() + 1,
                "about": about,
                "code": finding.code,
                "message": finding.message,
                "severity": entry(&finding.code).map(|entry| entry.severity),
                "title": entry(&finding.code).map(|entry| &entry.title),
                "attack": entry(&finding.code).map_or(&[][..], |entry| &entry.attack),
                "explanation": kind.map(|kind| kind.explanation.as_str()),
                "event_ids": finding.event_ids,
                "sources": finding.sources,
            });
            if let Some((name, id)) = &id {
                row[name] = id.clone();
            }
            self.0.push(row);
        }
    }

    /// Adds what a pattern found; what it only passes on stands where it was found.
    fn add_found(&mut self, findings: &Findings, found: &Found) {
        let Some(entry) = entry(found.code.as_str()) else {
            return;
        };
        if matches!(entry.pattern, Pattern::Reported {}) {
            return;
        }
        let mut row = json!(FoundObject::new(findings, found));
        row["finding_id"] = json!(self.0.len() + 1);
        row["about"] = json!("pattern");
        row["explanation"] = json!(entry.meaning);
        for list in ["event_ids", "sources"] {
            if row[list].is_null() {
                row[list] = json!([]);
            }
        }
        self.0.push(row);
    }
}
