//! Every flipped bit, and every cut, of the files of a small index: told, or without effect.
#![allow(clippy::print_stdout)] // figures and what was skipped, for whoever asks

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::tempdir;

use super::*;
use crate::error::ErrorKind;
use crate::index::{Order, inspect};
use crate::query::{Expression, Term};

/// What a damaged index did.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    told: usize,
    without_effect: usize,
}

/// Everything that is asked of an index: all that it holds, by every way to it.
fn ask(path: &Path) -> crate::error::Result<String> {
    let reader = Reader::open(path)?;
    let words = Expression::Term(Term::Words(vec!["alice".to_owned()]));
    Ok(format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {}",
        reader.records(&Which::All.into())?,
        reader.files()?,
        reader.coverage(),
        reader.totals(),
        reader.search(&words, None, Order::OldestFirst)?,
        reader.by_event_id("00000001-aaaa-4aaa-8aaa-aaaaaaaaaaaa")?,
        reader.events_count()?,
    ))
}

/// An index of two commits, one of which deleted something, and what it answers.
fn small() -> (tempfile::TempDir, PathBuf, String) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("index");
    ingest(
        &path,
        &[found(&detach(1, 1), "a", 1), found(&detach(2, 2), "b", 1)],
    );
    let mut writer = Writer::open(&path, 1).unwrap();
    writer.forget(&"b".into()).unwrap();
    let other = [found(&detach(3, 3), "b", 1)];
    add(&writer, &other[0]);
    writer.commit(rows(&other), "catalogue").unwrap();
    drop(writer);
    let expected = ask(&path).unwrap();
    (dir, path, expected)
}

/// Asks a damaged index: it answers the same, or says that it is damaged.
fn try_it(path: &Path, expected: &str, what: &str, tally: &mut Tally) {
    match ask(path) {
        Ok(answer) => {
            assert_eq!(answer, expected, "{what}: silently wrong");
            tally.without_effect += 1;
        }
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Index, "{what}: {error}");
            let checked = inspect(path);
            let is_seen = checked.is_err()
                || checked.is_ok_and(|rows| rows.iter().any(|row| row.has_failed()));
            assert!(is_seen, "{what}: check sees nothing");
            tally.told += 1;
        }
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Flips every `step`-th bit of every file.
fn flip(step: usize) -> Tally {
    let (_dir, path, expected) = small();
    let mut tally = Tally::default();
    for file in files(&path) {
        let whole = fs::read(&file).unwrap();
        for bit in (0..whole.len() * 8).step_by(step) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&file, bytes).unwrap();
            let what = format!("{}: bit {bit}", file.display());
            try_it(&path, &expected, &what, &mut tally);
        }
        fs::write(&file, whole).unwrap();
    }
    tally
}

/// Cuts every file at every `step`-th length, and removes it.
fn cut(step: usize) -> Tally {
    let (_dir, path, expected) = small();
    let mut tally = Tally::default();
    for file in files(&path) {
        let whole = fs::read(&file).unwrap();
        for length in (0..whole.len()).step_by(step) {
            fs::write(&file, &whole[..length]).unwrap();
            let what = format!("{}: cut to {length}", file.display());
            try_it(&path, &expected, &what, &mut tally);
        }
        fs::remove_file(&file).unwrap();
        try_it(
            &path,
            &expected,
            &format!("{} removed", file.display()),
            &mut tally,
        );
        fs::write(&file, whole).unwrap();
    }
    tally
}

#[test]
fn no_flipped_bit_gives_a_silently_wrong_answer() {
    let tally = flip(397);
    assert!(tally.told > 300, "{tally:?}");
}

#[test]
fn no_cut_gives_a_silently_wrong_answer() {
    let tally = cut(97);
    assert!(tally.told > 150, "{tally:?}");
}

#[test]
#[ignore = "takes minutes: every bit and every length"]
fn no_flipped_bit_and_no_cut_at_all_gives_a_silently_wrong_answer() {
    let (flips, cuts) = (flip(1), cut(1));
    println!("flips {flips:?}, cuts {cuts:?}");
    assert!(flips.told > 100_000 && cuts.told > 10_000);
}

#[test]
fn damage_is_not_merged_into_what_passes_for_sound() {
    let dir = tempdir().unwrap();
    let all: Vec<_> = (0..10)
        .map(|number| found(&detach(number, number), &format!("file-{number:02}"), 1))
        .collect();
    all.iter().for_each(|found| {
        ingest(dir.path(), std::slice::from_ref(found));
    });
    let mut writer = Writer::open(dir.path(), 1).unwrap();
    // The parts are damaged while the writer is at work, after all were verified.
    for file in files(dir.path()) {
        if file
            .extension()
            .is_some_and(|end| end == "idx" || end == "store")
        {
            let mut bytes = fs::read(&file).unwrap();
            bytes[10] ^= 1;
            fs::write(&file, bytes).unwrap();
        }
    }
    let mut numbers = 40..80;
    let error = numbers.find_map(|number| {
        let one_more = [found(&detach(number, 1), &format!("file-{number}"), 1)];
        add(&writer, &one_more[0]);
        writer.commit(rows(&one_more), "catalogue").err()
    });
    let error = error.expect("the parts become so many that they would be merged");
    assert!(
        error.to_string().contains("is not what was written"),
        "{error}"
    );
    drop(writer);
    let error = Reader::open(dir.path()).map(|_| ()).unwrap_err();
    assert!(
        error.to_string().contains("is not what was written"),
        "{error}"
    );
    assert!(
        inspect(dir.path())
            .unwrap()
            .iter()
            .any(|row| row.has_failed())
    );
}
