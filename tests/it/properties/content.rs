//! The content digest depends on what the evidence is, and on nothing else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use trailspan::catalogue::Catalogue;
use trailspan::error::ErrorKind;
use trailspan::ingest::{self, Options};
use trailspan::record::Sha256;

use super::cases;
use super::evidence::{Calls, Evidence, log_file};
use super::piles::piles;

/// One run, which may be interrupted after so many files.
#[derive(Debug, Clone)]
struct Pass {
    threads: usize,
    /// Which of the files are named, in which order; an empty list names the folder.
    files: Vec<prop::sample::Index>,
    interrupted_after: Option<usize>,
}

fn passes() -> impl Strategy<Value = Vec<Pass>> {
    let files = vec(any::<prop::sample::Index>(), 0..4);
    let pass = (1..4_usize, files, prop::option::of(1..3_usize));
    let pass = pass.prop_map(|(threads, files, interrupted_after)| Pass {
        threads,
        files,
        interrupted_after,
    });
    vec(pass, 0..4)
}

/// Puts each record into one file, and some into two.
fn archive(records: &Calls, files: usize) -> (Evidence, Vec<PathBuf>) {
    let evidence = Evidence::new();
    let mut paths = Vec::new();
    for file in 0..files {
        let own = records.0.iter().enumerate().filter(|(number, _)| {
            number % files == file || number % 5 == 0 && (number + 1) % files == file
        });
        let own: Vec<_> = own.map(|(_, record)| record.clone()).collect();
        let name = format!("{file}.json");
        evidence.write(&name, log_file(&own).as_bytes());
        paths.push(evidence.archive().join(name));
    }
    (evidence, paths)
}

fn run(evidence: &Evidence, pass: &Pass, paths: &[PathBuf]) -> Option<Sha256> {
    let named: Vec<PathBuf> = match pass.files.is_empty() {
        true => vec![evidence.archive()],
        false => pass
            .files
            .iter()
            .map(|file| file.get(paths).clone())
            .collect(),
    };
    let options = Options {
        threads: pass.threads,
        commit_every: Duration::ZERO,
        ..Options::new(named, evidence.index())
    };
    let interrupted = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let progress = |progress: ingest::Progress| {
        let is_enough =
            |after| progress.files_done > 0 && done.fetch_add(1, Ordering::Relaxed) + 1 >= after;
        if pass.interrupted_after.is_some_and(is_enough) {
            interrupted.store(true, Ordering::Relaxed);
        }
    };
    match ingest::ingest(Catalogue::embedded(), &options, &progress, &interrupted) {
        Ok(report) => Some(report.manifest.unwrap().content_sha256),
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Interrupted, "{error}");
            None
        }
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn the_content_digest_is_the_same_for_any_threads_order_interruptions_and_runs(
        records in piles(16),
        files in 1..6_usize,
        passes in passes(),
    ) {
        let whole = Pass { threads: 1, files: Vec::new(), interrupted_after: None };
        let (calm, paths) = archive(&records, files);
        let expected = run(&calm, &whole, &paths);
        let (other, paths) = archive(&records, files);
        for pass in &passes {
            run(&other, pass, &paths);
        }
        prop_assert_eq!(run(&other, &Pass { threads: 3, ..whole }, &paths), expected);
    }
}
