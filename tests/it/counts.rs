//! How many instructions three runs take, held against what they took when that was last reviewed: a
//! regression shows without a stopwatch, and whatever else the machine does.
//!
//! A run is counted by valgrind; without it nothing is counted, and the test says so. SHA-256 is left
//! out: processors have instructions for it, which valgrind has not. Counts differ by a few in a hundred
//! from run to run, and more from one compiler to the next: hence the wide bound.

#![allow(clippy::print_stderr)] // what was skipped, for whoever asks

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use trailspan::catalogue::Catalogue;
use trailspan::ingest::{Options, ingest};

use crate::goldens;
use generator::{Archive, Plan, Size};

#[path = "../../benches/corpus/generator/mod.rs"]
mod generator;

/// The folder that a counted process works in.
const FOLDER: &str = "TRAILSPAN_COUNTED_FOLDER";

/// How much more than the reviewed count is let pass, in hundredths.
const MORE_MAX: u64 = 20;

/// Millions of instructions by run, without optimisation.
type Counts = BTreeMap<String, u64>;

fn reviewed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/counts.json")
}

#[test]
fn three_runs_take_no_more_instructions_than_were_reviewed() {
    if !cfg!(debug_assertions) {
        return eprintln!("skipped: the reviewed counts are those without optimisation");
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        return eprintln!("skipped: valgrind is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        seed: 1,
        size: Size::GzMegabytes(1),
    };
    let archive = generator::make(plan, folder.path()).unwrap();
    let counts = count(folder.path(), &archive);
    if goldens::is_update() {
        let counts = serde_json::to_string_pretty(&counts).unwrap();
        return fs::write(reviewed(), counts + "\n").unwrap();
    }
    let before: Counts = serde_json::from_slice(&fs::read(reviewed()).unwrap()).unwrap();
    assert!(before.keys().eq(counts.keys()), "{before:?} {counts:?}");
    for (run, count) in &counts {
        let most = before[run] * (100 + MORE_MAX) / 100;
        assert!(
            *count <= most,
            "{run} took {count} million instructions, {} were reviewed: see what became slower, or set \
             TRAILSPAN_UPDATE_GOLDEN=1 where it is worth it",
            before[run]
        );
    }
}

/// Counts each run, and holds its answer against the truth.
fn count(folder: &Path, archive: &Archive) -> Counts {
    let itself = std::env::current_exe().unwrap();
    let child = [
        "counts::an_ingest_to_be_counted",
        "--exact",
        "--ignored",
        "--test-threads=1",
    ];
    let (ingest, _) = counted(folder, itself.as_os_str(), &child);

    let program = OsStr::new(env!("CARGO_BIN_EXE_trailspan"));
    let question = |words: &[&str]| {
        let arguments = [words, &["--format", "jsonl", "--index", "index"]].concat();
        counted(folder, program, &arguments)
    };
    let (detachments, ends) = question(&["detachments"]);
    let told: u64 = archive.truth.ends.values().flat_map(BTreeMap::values).sum();
    assert_eq!(ends.len() as u64, told);
    let is_of_interface = |end: &&Value| end["relation"] == "eni-attachment";
    let end = ends.iter().find(is_of_interface).unwrap();
    let interface = end["members"]["network_interface"].as_str().unwrap();
    let (history, rows) = question(&["history", interface]);
    let is_end = |row: &&Value| {
        ["relation", "members"]
            .iter()
            .all(|key| row[*key] == end[*key])
    };
    let told = rows
        .iter()
        .filter(is_end)
        .any(|row| row["end"]["kind"] == end["end"]["kind"]);
    assert!(told, "{interface}: {rows:?}");

    let counts = [
        ("detachments", detachments),
        ("history", history),
        ("ingest", ingest),
    ];
    let counts = counts.map(|(run, count)| (run.to_owned(), count / 1_000_000));
    counts.into()
}

/// Runs a program under valgrind; returns how many instructions it took, and the objects that it printed.
fn counted(folder: &Path, program: &OsStr, arguments: &[&str]) -> (u64, Vec<Value>) {
    let told = folder.join("counts");
    let answered = Command::new("valgrind")
        .args(["--tool=callgrind", "--compress-strings=no", "--quiet"])
        .arg(format!("--callgrind-out-file={}", told.display()))
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&answered.stderr);
    assert!(answered.status.code() < Some(4), "{complaint}");
    let lines = String::from_utf8(answered.stdout).unwrap();
    let objects = lines.lines().filter(|line| line.starts_with('{'));
    let objects = objects.map(|line| serde_json::from_str(line).unwrap());
    let profile = fs::read_to_string(told).unwrap();
    (without_sums(&profile), objects.collect())
}

/// Adds up what each function took itself, but for those of SHA-256.
///
/// In a profile of callgrind the lines after `fn=` are a position and a count, but for the one after
/// `calls=`, which tells what the function called took.
fn without_sums(profile: &str) -> u64 {
    let (mut total, mut is_sum, mut is_of_called) = (0, false, false);
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            is_sum = name.contains("sha2");
        } else if line.starts_with("calls=") {
            is_of_called = true;
        } else if line.starts_with(['+', '-', '*'])
            || line.starts_with(|c: char| c.is_ascii_digit())
        {
            let count = line
                .split(' ')
                .nth(1)
                .map_or(0, |count| count.parse().unwrap());
            if !std::mem::take(&mut is_of_called) && !is_sum {
                total += count;
            }
        }
    }
    total
}

#[test]
fn a_profile_is_added_up_without_calls_and_sums() {
    let profile = "events: Ir\n\nfn=one\n12 100\n+3 7\ncfn=two\ncalls=2 5\n* 1000\n-1 3\nfn=sha2::sha256\n5 9\n\
                   fn=three\n6 1\ntotals: 120\n";
    assert_eq!(without_sums(profile), 111);
}

#[test]
#[ignore = "is run, and counted, by the test above"]
fn an_ingest_to_be_counted() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return eprintln!("skipped: {FOLDER} names no folder");
    };
    let mut options = Options::new(vec![folder.join("archive")], folder.join("index"));
    options.threads = 1;
    let catalogue = Catalogue::embedded();
    let report = ingest(catalogue, &options, &|_| {}, &AtomicBool::new(false)).unwrap();
    assert!(report.records.indexed > 0);
}
