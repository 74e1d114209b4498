//! Containers: gzip and the other compressions, tar, zip, what they hold, and what follows them.
//!
//! Whatever the bytes: every record is counted once, every record handed over is JSON that the filter
//! asked for, and the sums are those of the bytes.

use trailspan::archive::{Limits, Reader};
use trailspan::record::Sha256;
use trailspan::report::FileOutcome;

use super::{Run, Target, sum_of};
use crate::salvage::{self, Salvaged};

pub(super) const TARGET: Target = Target {
    name: "container",
    seeds,
    words: &[
        "\u{1f}",
        "PK\u{3}\u{4}",
        "PK\u{1}\u{2}",
        "PK\u{5}\u{6}",
        "ustar",
        "BZh9",
        "{\"Records\":[",
        "]}",
    ],
    start,
};

fn seeds() -> Vec<Vec<u8>> {
    let log = salvage::log(0..3).into_bytes();
    let packed = salvage::gzip(&log);
    let mut seeds = vec![
        log.clone(),
        packed.clone(),
        [&packed[..], &packed].concat(),
        [&packed[..], b"trailing"].concat(),
        salvage::gzip(&packed),
        [b"\xef\xbb\xbf", &log[..]].concat(),
        log.iter().flat_map(|byte| [*byte, 0]).collect(),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/bundles");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    seeds.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    seeds
}

/// Little enough for many executions, and for the limits to cut something.
pub(super) fn limits() -> Limits {
    Limits {
        decoded_bytes_max: 1 << 20,
        unpacked_bytes_max: 2 << 20,
        members_max: 64,
        record_bytes_max: 1 << 16,
        ..Limits::default()
    }
}

/// What sums up the reading of a file.
pub(super) fn summary(salvaged: &Salvaged) -> u64 {
    let rows = salvaged.rows().map(|row| {
        let outcome = match &row.outcome {
            FileOutcome::Read => 0,
            FileOutcome::Partial { .. } => 1,
            FileOutcome::Failed { .. } => 2,
            FileOutcome::Skipped { .. } => 3,
        };
        let codes: Vec<&str> = row
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        let counts = [
            row.records.in_scope,
            row.records.out_of_scope,
            row.records.malformed,
        ];
        let counts = counts.map(|count| count.min(3));
        (
            outcome,
            codes,
            counts,
            row.gzip_members.min(3),
            row.trailing_bytes > 0,
        )
    });
    sum_of(rows.take(8).collect::<Vec<_>>())
}

fn start() -> Run {
    let folder = salvage::in_memory();
    let path = salvage::put(folder.path(), "x", b"");
    let mut file = salvage::candidate(&path);
    let mut reader = Reader::new();
    Box::new(move |input| {
        std::fs::write(folder.path().join("x"), input).unwrap();
        file.size_bytes = input.len() as u64;
        let salvaged = salvage::read_with(&mut reader, &file, &limits());
        salvaged.assert_accounted("changed");
        if let Some(sha256) = salvaged.row.sha256 {
            assert_eq!(sha256, Sha256::of(input));
        }
        for taken in &salvaged.taken {
            let value: serde_json::Value = serde_json::from_str(&taken.raw).unwrap();
            assert_eq!(value["eventName"], salvage::NAMES[0]);
        }
        summary(&salvaged)
    })
}
