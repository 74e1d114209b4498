//! What is told of folders that hold no index, another one, or a damaged one.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::{TempDir, tempdir};

use super::believing::reseal;
use super::*;
use crate::error::{Error, ErrorKind};
use crate::index::seal::META;

/// What is advised where an index is damaged.
pub(super) const HINT: &str = "build a new one from the archive: trailspan --index NEW_DIR ingest PATH…; \
                    `trailspan --index trailspan.index check` says which of its files are damaged";

/// An index in a folder of this name.
pub(super) fn index() -> (TempDir, PathBuf) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("trailspan.index");
    ingest(&path, &[found(&detach(1, 1), "a", 1)]);
    (dir, path)
}

/// The error and its hint, without the path of the temporary folder.
fn told(error: &Error, dir: &TempDir) -> String {
    assert_eq!(error.kind, ErrorKind::Index);
    let hint = error.hint.as_deref().unwrap_or("no hint");
    let told = format!("{error}; {hint}");
    told.replace(&format!("{}/", dir.path().display()), "")
}

/// What opening for reading, and for writing, tells.
pub(super) fn both(path: &Path, dir: &TempDir) -> (String, String) {
    let read = Reader::open(path).map(|_| ()).unwrap_err();
    let write = Writer::open(path, 1).map(|_| ()).unwrap_err();
    (told(&read, dir), told(&write, dir))
}

#[test]
fn a_missing_index_is_told_with_the_command_that_makes_one() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("trailspan.index");
    let expected = "trailspan.index: there is no index here; \
                    make one: trailspan --index trailspan.index ingest PATH…";
    assert_eq!(
        told(&Reader::open(&path).map(|_| ()).unwrap_err(), &dir),
        expected
    );
    fs::create_dir(&path).unwrap();
    assert_eq!(
        told(&Reader::open(&path).map(|_| ()).unwrap_err(), &dir),
        expected
    );
    assert_eq!(
        fs::read_dir(&path).unwrap().count(),
        0,
        "looking leaves nothing behind"
    );
}

#[test]
fn a_begun_index_can_be_written_and_holds_nothing() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("a/b");
    drop(Writer::open(&path, 1).unwrap());
    let error = Reader::open(&path).map(|_| ()).unwrap_err();
    assert!(error.to_string().ends_with("there is no index here"));
    ingest(&path, &[]);
    assert_eq!(Reader::open(&path).unwrap().events_count().unwrap(), 0);
}

#[test]
fn a_foreign_folder_is_left_alone() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("photos");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("cat.jpg"), "cat").unwrap();
    let expected = "photos: this folder holds something else than an index; \
                    name a new folder, or that of an index, with --index";
    assert_eq!(
        both(&path, &dir),
        (expected.to_owned(), expected.to_owned())
    );
    for meta in [
        r#"{"segments":[{}],"payload":null}"#,
        r#"{"segments":[],"payload":"{\"program\":\"other\",\"format\":1}"}"#,
        r#"{"segments":[],"payload":"other"}"#,
        r#"{"index_settings":{},"segments":[],"schema":[],"opstamp":0}"#,
        r#"{"name":"a website","files":[]}"#,
        "[]",
        "no JSON",
    ] {
        fs::write(path.join("meta.json"), meta).unwrap();
        assert_eq!(
            both(&path, &dir),
            (expected.to_owned(), expected.to_owned()),
            "{meta}"
        );
    }
    let file = "photos/cat.jpg: this is a file, an index is a folder; \
                name a new folder, or that of an index, with --index";
    assert_eq!(
        both(&path.join("cat.jpg"), &dir),
        (file.to_owned(), file.to_owned())
    );
}

#[test]
fn an_index_of_another_format_is_told_with_the_command_that_builds_it_anew() {
    let (dir, path) = index();
    let meta = fs::read_to_string(path.join("meta.json")).unwrap();
    let other = meta.replace(r#"\"format\":3"#, r#"\"format\":4"#);
    assert_ne!(meta, other);
    fs::write(path.join("meta.json"), other).unwrap();
    let expected = "trailspan.index: the index has format 4, this program reads format 3; \
                    build it anew from the archive: trailspan --index NEW_DIR ingest PATH…";
    assert_eq!(
        both(&path, &dir),
        (expected.to_owned(), expected.to_owned())
    );
}

#[test]
fn an_index_of_another_engine_is_told_before_it_is_opened() {
    let (dir, path) = index();
    let meta = fs::read_to_string(path.join(META)).unwrap();
    let other = meta
        .replace(r#"\"engine_format\":7"#, r#"\"engine_format\":8"#)
        .replace(
            r#"\"engine\":\"tantivy v0.27.0"#,
            r#"\"engine\":\"tantivy v0.99.0"#,
        );
    fs::write(path.join(META), other).unwrap();
    let (read, write) = both(&path, &dir);
    assert_eq!(read, write);
    assert!(read.contains("written by tantivy v0.99.0"), "{read}");
    assert!(
        read.contains("this program reads its format 7; build it anew"),
        "{read}"
    );
}

#[test]
fn a_damaged_index_is_told_with_the_cause() {
    let (dir, path) = index();
    let meta = fs::read_to_string(path.join("meta.json")).unwrap();
    for (content, cause) in [
        (
            String::new(),
            "meta.json: EOF while parsing a value at line 1 column 0",
        ),
        (
            "{]".into(),
            "meta.json: key must be a string at line 1 column 2",
        ),
        (
            meta.replace(r#"\"totals\""#, r#"\"tot\""#),
            "meta.json: missing field `totals`",
        ),
    ] {
        fs::write(path.join("meta.json"), content).unwrap();
        let expected = format!("trailspan.index: the index is damaged: {cause}; {HINT}");
        assert_eq!(both(&path, &dir), (expected.clone(), expected));
    }
    // What only the library reads of it is told in the library's words.
    fs::write(
        path.join("meta.json"),
        meta.replace("\"opstamp\"", "\"op\""),
    )
    .unwrap();
    reseal(&path);
    let (read, _) = both(&path, &dir);
    assert!(
        read.starts_with("trailspan.index: the index is damaged: "),
        "{read}"
    );
}

#[test]
fn an_index_is_written_by_one_run_at_a_time_and_read_meanwhile() {
    let (dir, path) = index();
    let writer = Writer::open(&path, 1).unwrap();
    let error = Writer::open(&path, 1).map(|_| ()).unwrap_err();
    assert_eq!(
        told(&error, &dir),
        format!(
            "trailspan.index: another run is writing this index: process {}; \
             wait until it has ended, or name another folder with --index",
            std::process::id()
        )
    );
    assert_eq!(Reader::open(&path).unwrap().events_count().unwrap(), 1);
    drop(writer);
    Writer::open(&path, 1).unwrap();
}

#[test]
fn a_question_ends_while_the_flag_is_up_and_the_next_one_is_answered() {
    let (_dir, path) = index();
    let stop = Arc::new(AtomicBool::new(false));
    let reader = Reader::open(&path).unwrap().stopping_at(Arc::clone(&stop));
    let events = reader.events_count().unwrap();
    stop.store(true, Ordering::Relaxed);
    let error = reader.events_count().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    assert!(reader.records(&Which::All.into()).is_err());
    stop.store(false, Ordering::Relaxed);
    assert_eq!(reader.events_count().unwrap(), events);
}
