//! A disk that fails at any one operation costs nothing that the same command, run again, does not
//! make good.
#![allow(clippy::print_stdout)] // figures and what was skipped, for whoever asks

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::index::Reader;

/// Linux's numbers.
const ERRORS: [(&str, i32); 2] = [("EIO", 5), ("ENOSPC", 28)];

/// What is run on a failing disk.
struct Scenario {
    name: &'static str,
    case: Case,
    /// The index that the run finds, if it finds one.
    before: Option<PathBuf>,
}

/// A first run; a run that finds a file changed and another one new; a run that merges.
fn scenarios() -> Vec<Scenario> {
    let first = Case::new(3);
    let changed = Case::new(2);
    let before_change = changed.index("before");
    changed.run(&before_change, None).unwrap();
    changed.write(1, 40);
    changed.write(2, 50);
    let many = Case::new(33);
    let before_merge = many.index("before");
    let last = many.archive().join("032.json");
    let content = fs::read(&last).unwrap();
    fs::remove_file(&last).unwrap();
    many.run(&before_merge, None).unwrap();
    fs::write(&last, content).unwrap();
    vec![
        Scenario {
            name: "first",
            case: first,
            before: None,
        },
        Scenario {
            name: "changed",
            case: changed,
            before: Some(before_change),
        },
        Scenario {
            name: "merging",
            case: many,
            before: Some(before_merge),
        },
    ]
}

impl Scenario {
    /// Puts a fresh copy of the index that the run finds.
    fn fresh(&self, name: &str) -> PathBuf {
        let index = self.case.index(name);
        if index.exists() {
            fs::remove_dir_all(&index).unwrap();
        }
        if let Some(before) = &self.before {
            fs::create_dir(&index).unwrap();
            for entry in fs::read_dir(before).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), index.join(entry.file_name())).unwrap();
            }
        }
        index
    }

    /// Fails the operation of this number, and if the disk stays broken all after it; then runs again.
    fn fail(&self, number: usize, errno: i32, stays_broken: bool, expected: &Expected) -> bool {
        let what = format!("{}: operation {number}, error {errno}", self.name);
        let index = self.fresh("failing");
        let done = Arc::new(AtomicUsize::new(0));
        let gate: Gate = Arc::new(move |_, _| {
            let now = done.fetch_add(1, Ordering::Relaxed) + 1;
            match now == number || stays_broken && now > number {
                true => Err(io::Error::from_raw_os_error(errno)),
                false => Ok(()),
            }
        });
        let outcome = self.case.run(&index, Some(gate));
        if let Err(error) = &outcome {
            assert_eq!(error.kind, ErrorKind::Index, "{what}: {error}");
            assert!(!error.to_string().contains("damaged"), "{what}: {error}");
            if errno == 28 {
                assert!(
                    error.to_string().contains("the disk is full"),
                    "{what}: {error}"
                );
                let hint = error.hint.as_deref().unwrap_or_default();
                assert!(
                    hint.contains("run the same command again"),
                    "{what}: {hint}"
                );
            }
        }
        // Whatever state is there is a whole one.
        if let Err(error) = Reader::open(&index) {
            assert!(
                error.to_string().contains("there is no index here"),
                "{what}: {error}"
            );
        }
        let again = self
            .case
            .run(&index, None)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(content(&again), expected.content, "{what}");
        assert_eq!(body(&index), expected.body, "{what}");
        outcome.is_err()
    }
}

/// What an undisturbed run makes, and in how many operations.
struct Expected {
    content: Sha256,
    body: Vec<String>,
    operations: usize,
}

fn undisturbed(scenario: &Scenario) -> Expected {
    let index = scenario.fresh("undisturbed");
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let gate: Gate = Arc::new(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let report = scenario.case.run(&index, Some(gate)).unwrap();
    Expected {
        content: content(&report),
        body: body(&index),
        operations: done.load(Ordering::Relaxed),
    }
}

/// Fails every `step`-th operation of every scenario; returns how many runs failed.
fn fail_every(step: usize) -> usize {
    let mut failed = 0;
    for (number, scenario) in scenarios().iter().enumerate() {
        let expected = undisturbed(scenario);
        assert!(expected.operations > 50, "{}", expected.operations);
        for (kind, (name, errno)) in ERRORS.iter().enumerate() {
            for stays_broken in [false, true] {
                let mut here = 0;
                let from = 1 + (number + kind) % step;
                for operation in (from..=expected.operations).step_by(step) {
                    here += usize::from(scenario.fail(operation, *errno, stays_broken, &expected));
                }
                let of = expected.operations;
                println!(
                    "{} {name} {stays_broken}: {here} runs failed, {of} operations",
                    scenario.name
                );
                failed += here;
            }
        }
    }
    failed
}

#[test]
fn a_disk_that_fails_now_and_then_costs_nothing() {
    assert!(fail_every(97) > 10);
}

#[test]
#[ignore = "takes minutes: every operation, not every 97th"]
fn a_disk_that_fails_at_any_operation_costs_nothing() {
    assert!(fail_every(1) > 500);
}
