//! A run over an archive: its report and its ledger.

use super::verified::gap;
use super::{at, finding};
use crate::audit::{AuditRow, Status, What};
use crate::coverage::Coverage;
use crate::error::Warning;
use crate::histogram::Histogram;
use crate::plan::{Cost, Step, StepKind};
use crate::record::Sha256;
use crate::render::coverage::Covered;
use crate::report::{
    ByteCounts, EventCounts, EventIds, FileCounts, FileEntry, FileOutcome, FileRecords,
    MalformedRecord, RecordCounts, Report, Sealed,
};
use crate::text::Text;

/// A run over damaged and undamaged files.
pub(in crate::render) fn report() -> Report {
    let mut coverage = Coverage::default();
    for (account, region, time) in [
        ("111122223333", "us-east-1", "1 10:00:00"),
        ("111122223333", "us-east-1", "1 10:13:00"),
        ("111122223333", "us-east-1", "2 11:00:00"),
        ("111122223333", "eu-central-1", "1 00:00:00"),
        ("", "", "4 00:00:00"),
    ] {
        coverage.add(account, region, at(time));
    }
    let counts = |number: u64| EventCounts {
        succeeded: number * 1_000,
        failed: number % 2,
    };
    let warning = |number: u64| Warning {
        source: format!("AWSLogs/damaged-{number}.json.gz").into(),
        member: number
            .is_multiple_of(7)
            .then(|| format!("2024/{number}.json.gz").into()),
        offset: number.is_multiple_of(2).then_some(number * 4_711),
        reason: "truncated gzip stream after 2 records".into(),
    };
    let alike = |number: u64| Warning {
        source: format!("AWSLogs/digest-{number}.json.gz").into(),
        member: None,
        offset: None,
        reason: "skipped: a digest file".into(),
    };
    Report {
        event_ids: EventIds {
            indexed: 34_567,
            told_apart: 3,
            not_told: 1,
        },
        files: FileCounts {
            found: 1_234,
            members: 1_000,
            read: 1_200,
            partial: 2,
            failed: 1,
            skipped: 31,
            unchanged: 0,
        },
        records: RecordCounts {
            seen: 1_234_567,
            indexed: 34_567,
            out_of_scope: 1_199_990,
            duplicate: 9,
            malformed: 1,
            malformed_in_scope: 1,
        },
        events: (0..23)
            .map(|number| (Text::from(format!("Event{number:02}")), counts(number)))
            .collect(),
        bytes: ByteCounts {
            read: 123_456_789,
            inflated: 2_345_678_901,
        },
        elapsed_seconds: 3.25,
        coverage,
        findings: vec![finding()],
        warnings: (0..9).map(alike).chain((0..22).map(warning)).collect(),
        manifest: Some(Sealed {
            sha256: Sha256([0xab; 32]),
            content_sha256: Sha256([0xcd; 32]),
        }),
    }
}

/// The ledger of a read, a partly read and an unread file.
pub(in crate::render) fn files() -> Vec<FileEntry> {
    let file = |source: &str, outcome| FileEntry {
        source: source.into(),
        true_path: Text::default(),
        member: source.contains("evil").then(|| "a/\u{1b}[2Jmember".into()),
        size_bytes: 100,
        modified_ns: 0,
        sha256: None,
        content_sha256: None,
        content_bytes: 0,
        gzip_members: 1,
        bundle: None,
        trailing_bytes: 0,
        outcome,
        end_offset: None,
        catalogue: Text::default(),
        records: FileRecords::default(),
        coverage: Coverage::default(),
        malformed: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
    };
    let mut whole = file("AWSLogs/whole.json.gz", FileOutcome::Read);
    whole.records.malformed = 1_002;
    whole.malformed = [(7, 1_141), (12, 20_480)]
        .map(|(ordinal, offset)| {
            MalformedRecord::new(ordinal, offset, b"{", "damaged \u{1b}[2JJSON")
        })
        .into();
    whole.findings = vec![finding()];
    vec![
        whole,
        file(
            "AWSLogs/damaged-0.json.gz",
            FileOutcome::Partial {
                reason: "truncated gzip stream after 2 records".into(),
            },
        ),
        file(
            "AWSLogs/\u{1b}[2Jevil.json.gz",
            FileOutcome::Failed {
                reason: "permission denied".into(),
            },
        ),
    ]
}

/// Lends all that there is to tell of an archive: the report's coverage, a gap, and the ledger.
pub(in crate::render) fn with_covered<T>(use_it: impl FnOnce(&Covered<'_>) -> T) -> T {
    let (report, gap, files) = (report(), [gap()], files());
    use_it(&Covered {
        coverage: &report.coverage,
        gaps: &gap,
        files: &files,
        unfinished: &["/evidence/\u{1b}[2Jevil".into()].into(),
    })
}

/// An audit in which every status comes up, and a hostile path.
pub(in crate::render) fn audit() -> Vec<AuditRow> {
    let row = |what, path: &str, status| AuditRow::new(what, path, status);
    let sum = |byte| Some(Sha256([byte; 32]));
    vec![
        row(What::Index, "meta.json", Status::Matched)
            .expected(10, sum(1))
            .found(10, sum(1)),
        row(What::Manifest, "manifest.jsonl", Status::Outdated)
            .note("it tells of another meta.json"),
        row(What::Content, "records", Status::Matched),
        row(
            What::Evidence,
            "AWSLogs/\u{1b}[2Jevil.json.gz",
            Status::Changed,
        )
        .expected(10, sum(1))
        .found(11, sum(2)),
        row(What::Evidence, "AWSLogs/a.json.gz", Status::Matched)
            .expected(10, sum(1))
            .found(10, sum(1)),
        row(What::Evidence, "AWSLogs/gone.json.gz", Status::Missing).expected(10, sum(1)),
        row(What::Evidence, "AWSLogs/new.json.gz", Status::New).found(10, sum(3)),
        row(What::Evidence, "AWSLogs/secret.json.gz", Status::Unreadable).expected(10, sum(1)),
        row(What::Evidence, "elsewhere/b.json.gz", Status::Moved)
            .expected(10, sum(1))
            .found(10, sum(1))
            .note("it was AWSLogs/b.json.gz"),
    ]
}

/// Events over two days.
pub(in crate::render) fn histogram() -> Histogram {
    let times = ["1 10:00:00", "1 10:00:00", "1 11:30:00", "2 23:59:59.5"];
    Histogram::of(
        &times.map(at),
        &[at("1 10:00:00")],
        &jiff::tz::TimeZone::UTC,
    )
}

/// How a search was understood: a part, a term within it, and the whole.
pub(in crate::render) fn plan() -> Vec<Step> {
    let step = |step, typed: &str, events, left, cost| Step {
        step,
        typed: typed.to_owned(),
        understood: typed.to_lowercase(),
        events,
        left,
        cost,
    };
    vec![
        step(
            StepKind::Part,
            "(Alice OR *7c)",
            12,
            Some(12),
            Cost::EveryValue,
        ),
        step(StepKind::Term, "Alice", 10, None, Cost::LookUp),
        step(StepKind::Term, "*7c", 3, None, Cost::EveryValue),
        step(
            StepKind::Part,
            "--account 111122223333",
            1234567,
            Some(9),
            Cost::LookUp,
        ),
        step(StepKind::Whole, "", 9, Some(9), Cost::EveryValue),
    ]
}
