//! What is believed of the files of an index, and what is not.

use std::fs;
use std::path::PathBuf;

use tempfile::tempdir;

use super::opening::{HINT, both, index};
use super::*;
use crate::index::believe::sum_of;
use crate::index::document;
use crate::index::seal::{META, SEAL, Seal};
use crate::index::term::key;

/// The file of an index whose name ends so.
fn part(path: &Path, end: &str) -> PathBuf {
    let mut parts = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    parts
        .find(|part| part.to_string_lossy().ends_with(end))
        .unwrap()
}

/// Makes an index vouch for whatever its files are now.
pub(super) fn reseal(path: &Path) {
    let mut seal: Seal = serde_json::from_slice(&fs::read(path.join(SEAL)).unwrap()).unwrap();
    let mut state = seal.states.pop().unwrap();
    state.meta = sum_of(&path.join(META)).unwrap();
    for (name, sum) in &mut state.files {
        *sum = sum_of(&path.join(name)).unwrap();
    }
    seal.states = vec![state];
    fs::write(path.join(SEAL), serde_json::to_vec(&seal).unwrap()).unwrap();
}

#[test]
fn a_missing_or_changed_part_is_damage() {
    let (dir, path) = index();
    let store = part(&path, ".store");
    let name = store.file_name().unwrap().to_string_lossy().into_owned();
    let bytes = fs::read(&store).unwrap();
    let size = bytes.len();
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (content, cause) in [
        (Some(changed(20)), "is not what was written".to_owned()),
        (
            Some(bytes[1..].to_vec()),
            format!("has {} bytes, {size} were written", size - 1),
        ),
        (
            Some([&bytes[..], b"x"].concat()),
            format!("has {} bytes, {size} were written", size + 1),
        ),
        (None, "is missing".to_owned()),
    ] {
        match content {
            Some(content) => fs::write(&store, content).unwrap(),
            None => fs::remove_file(&store).unwrap(),
        }
        let expected = format!("trailspan.index: the index is damaged: {name} {cause}; {HINT}");
        assert_eq!(both(&path, &dir), (expected.clone(), expected));
    }
}

#[test]
fn what_vouches_for_the_files_is_missed_and_not_believed_when_it_is_damaged() {
    let (dir, path) = index();
    let seal = fs::read_to_string(path.join(SEAL)).unwrap();
    for (content, cause) in [
        (
            Some(seal.replace("trailspan", "trailspam")),
            "checksums.json is not what was written",
        ),
        (
            Some("{}".to_owned()),
            "checksums.json: missing field `program` at line 1 column 2",
        ),
        (None, "checksums.json is missing"),
    ] {
        match content {
            Some(content) => fs::write(path.join(SEAL), content).unwrap(),
            None => fs::remove_file(path.join(SEAL)).unwrap(),
        }
        let expected = format!("trailspan.index: the index is damaged: {cause}; {HINT}");
        assert_eq!(both(&path, &dir), (expected.clone(), expected));
    }
    fs::write(path.join(SEAL), seal).unwrap();
    fs::remove_file(path.join(META)).unwrap();
    let expected = format!("trailspan.index: the index is damaged: meta.json is missing; {HINT}");
    assert_eq!(both(&path, &dir), (expected.clone(), expected));
}

#[test]
fn a_large_index_is_read_whole_where_its_files_are_not_those_that_were_written() {
    let (dir, path) = index();
    let open = |path: &Path| Reader::open_holding(path, 0).map(|_| ());
    open(&path).unwrap();
    // A copy has the same bytes and other files: all of it is summed.
    let copy = dir.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    open(&copy).unwrap();
    for folder in [&path, &copy] {
        let idx = part(folder, ".idx");
        let mut bytes = fs::read(&idx).unwrap();
        bytes[3] ^= 4;
        fs::write(&idx, bytes).unwrap();
        let error = open(folder).unwrap_err();
        assert!(
            error.to_string().ends_with("is not what was written"),
            "{error}"
        );
    }
}

#[test]
fn a_record_that_was_altered_in_the_index_is_not_shown() {
    let dir = tempdir().unwrap();
    let record = detach(1, 1);
    let altered = [found(&record.replace("Alice", "Other"), "a", 1)];
    let [
        Found {
            raw,
            event,
            place,
            kinds,
        },
    ] = &altered;
    let mut writer = Writer::open(dir.path(), 1).unwrap();
    let (fields, content) = (writer.committed.fields, key(record.as_bytes()));
    let occurrence = Occurrence {
        raw,
        event,
        place,
        kinds,
    };
    for document in [
        document::event(&fields, &occurrence, content, false),
        document::place(&fields, place, content).unwrap(),
    ] {
        writer.writer.add_document(document).unwrap();
    }
    writer.commit(rows(&altered), "catalogue").unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let error = reader.records(&Which::All.into()).unwrap_err();
    assert!(
        error.to_string().contains("it is not what was stored"),
        "{error}"
    );
    assert!(
        error.to_string().contains("the index is damaged"),
        "{error}"
    );
}

#[test]
fn no_bit_of_what_is_stored_alters_a_record() {
    let dir = tempdir().unwrap();
    let record = detach(1, 1);
    ingest(dir.path(), &[found(&record, "a", 1)]);
    let store = part(dir.path(), ".store");
    let sound = fs::read(&store).unwrap();
    let mut refused = 0;
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&store, bytes).unwrap();
        reseal(dir.path());
        match Reader::open(dir.path()).and_then(|reader| reader.records(&Which::All.into())) {
            Ok(stored) => assert_eq!(&*stored[0].records[0].raw, record, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0);
}

#[test]
fn reading_writes_nothing_and_needs_no_lock() {
    let (_dir, path) = index();
    let lock = path.join(".tantivy-meta.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    assert_eq!(Reader::open(&path).unwrap().events_count().unwrap(), 1);
    fs::remove_dir(&lock).unwrap();
    for held_bytes_max in [0, u64::MAX] {
        let reader = Reader::open_holding(&path, held_bytes_max).unwrap();
        assert_eq!(reader.events_count().unwrap(), 1);
    }
    assert!(!lock.exists());
}
