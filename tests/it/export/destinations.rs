//! Where an export goes, and where it never does.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use trailspan::error::ErrorKind;
use trailspan::export::{Failure, TableName, Target};

use super::{BINARIES, Exporter, TEXTS, demo};
use crate::binary;
use crate::properties::evidence::Evidence;

/// A small archive.
fn evidence() -> Evidence {
    Evidence::of(&[super::hostile_record(1, "plain")])
}

fn refusal(result: Result<trailspan::export::Written, Failure>) -> String {
    match result {
        Err(Failure::Library(error)) => {
            assert!(error.hint.is_some(), "{error}");
            format!("{error}")
        }
        other => panic!("{other:?}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_there_is_written_over_only_when_asked() {
    let exporter = Exporter::of(demo());
    for target in TEXTS.into_iter().chain(BINARIES) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case");
        fs::write(&path, "mine").unwrap();
        let why = refusal(exporter.try_file(target, TableName::Events, &path, false));
        assert!(why.ends_with("case: is there already"), "{why}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        exporter
            .try_file(target, TableName::Events, &path, true)
            .unwrap();
        assert_ne!(fs::read(&path).unwrap(), b"mine");
        assert_eq!(names(folder.path()), ["case"]);
    }
}

#[test]
fn evidence_is_never_written_over() {
    let evidence = evidence();
    let exporter = Exporter::of(&evidence);
    let log = evidence.archive().join("log.json");
    let content = fs::read(&log).unwrap();
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy");
    fs::copy(&log, &copy).unwrap();
    let link = copies.path().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&log, &link).unwrap();
    for path in [&log, &copy, &link]
        .into_iter()
        .filter(|path| path.exists())
    {
        for force in [false, true] {
            let why = refusal(exporter.try_file(Target::Raw, TableName::Events, path, force));
            assert!(why.contains("is a file of the archive"), "{why}");
            assert_eq!(fs::read(path).unwrap(), content);
        }
    }
}

#[test]
fn nothing_is_written_into_the_index_or_over_a_folder() {
    let evidence = evidence();
    let exporter = Exporter::of(&evidence);
    let index = evidence.index();
    let before = names(&index);
    let destination = |path: &Path| trailspan::export::Destination {
        path: path.to_owned(),
        force: true,
        index: index.clone(),
    };
    for (path, why) in [
        (index.join("case.db"), "lies in the folder of the index"),
        (
            index.join("manifest.jsonl"),
            "lies in the folder of the index",
        ),
        (evidence.archive(), "is a folder"),
        (evidence.archive().join(".."), "is no name for a file"),
        (evidence.archive().join("none/case.db"), "cannot be made"),
    ] {
        let source = exporter.source();
        let destination = destination(&path);
        let told = refusal(trailspan::export::write_file(
            &source,
            Target::Sqlite,
            TableName::Events,
            &destination,
        ));
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(names(&index), before);
    assert_eq!(names(&evidence.archive()), ["log.json"]);
}

#[test]
fn an_interrupted_export_leaves_nothing() {
    let exporter = Exporter::of(demo());
    exporter.interrupted.store(true, Ordering::Relaxed);
    for target in TEXTS.into_iter().chain(BINARIES) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case");
        match exporter.try_file(target, TableName::Events, &path, false) {
            Err(Failure::Library(error)) => assert_eq!(error.kind, ErrorKind::Interrupted),
            other => panic!("{other:?}"),
        }
        assert_eq!(names(folder.path()), [""; 0], "{target:?}");
    }
}

#[test]
fn the_program_tells_what_it_wrote_and_what_does_not_go_together() {
    let evidence = evidence();
    let index = evidence.index();
    let index = index.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let arguments = [&["--index", index, "export"], words].concat();
        binary::run(folder.path(), &arguments)
    };
    for (words, status, note) in [
        (&["sqlite", "--output", "case.db"][..], 0, "1 event,"),
        (
            &["sqlite", "--output", "case.db"],
            2,
            "hint: name a new file, or say --force",
        ),
        (
            &["sqlite", "--output", "case.db", "--force"],
            0,
            "to case.db",
        ),
        (
            &["xlsx"],
            2,
            "error: --output: this format is not text, and needs a file",
        ),
        (
            &["parquet", "-o", "-"],
            2,
            "error: --output: this format is not text",
        ),
        (
            &["ecs", "--table", "events"],
            2,
            "error: --table: this format has no choice of table",
        ),
        (
            &["csv", "--format", "csv"],
            2,
            "error: --format: `export` takes its format as its first argument",
        ),
        (&["csv", "--table", "files", "-o", "-"], 0, "wrote 1 file"),
        (
            &["ecs", "--account", "444455556666"],
            1,
            "not in this archive",
        ),
        (&["shapefile"], 2, "invalid value 'shapefile'"),
        (&["ecs", "--force"], 2, "--output"),
    ] {
        let ran = run(words);
        assert_eq!(ran.status, status, "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(note), "{words:?}: {ran:?}");
    }
    assert_eq!(names(folder.path()), ["case.db"]);
    let format = binary::run(folder.path(), &["export", "lnav-format"]);
    assert_eq!(format.status, 0);
    assert_eq!(format.stdout.as_bytes(), trailspan::export::LNAV_FORMAT);
}

#[test]
#[cfg(unix)]
fn a_file_has_the_rights_that_any_new_file_has() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("case"), folder.path().join("other"));
    Exporter::of(&evidence()).file(Target::Ecs, TableName::Events, &path);
    fs::write(&other, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&path), mode(&other));
}
