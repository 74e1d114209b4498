//! Files that cannot be read, are no files, change, or are made to exhaust who reads them.

use std::os::unix::fs::{MetadataExt as _, symlink};
use std::process::Command;

use super::*;

#[test]
fn what_is_no_file_is_set_aside_and_what_is_gone_fails() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "good.json", log(0..1).as_bytes());
    symlink(root, root.join("loop")).unwrap();
    let made = Command::new("mkfifo")
        .arg(root.join("fifo"))
        .status()
        .unwrap();
    assert!(made.success());
    let gone = put(root, "gone.json", log(1..2).as_bytes());
    let found = walk(&[root.to_owned()]).unwrap();
    std::fs::remove_file(gone).unwrap();
    let mut outcomes = Vec::new();
    for found in &found {
        outcomes.push(match found {
            Found::Aside(row) => outcome(row),
            Found::File(file) => outcome(&read(file, &Limits::default()).row),
        });
    }
    assert_eq!(
        outcomes,
        [
            "failed: a FIFO, which is not read",
            "failed: vanished after it was listed",
            "read",
            "skipped: a symbolic link to what is read by its own name"
        ]
    );
}

#[test]
fn what_exceeds_a_limit_is_read_up_to_it_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        decoded_bytes_max: 2_000,
        ratio_max: 1,
        ..Limits::default()
    };
    let path = put(
        folder.path(),
        "bomb.json.gz",
        &gzip(log(0..1000).as_bytes()),
    );
    let salvaged = read(&candidate(&path), &limits);
    salvaged.assert_accounted("a bomb");
    assert_eq!(salvaged.numbers(), [0, 1, 2, 3, 4, 5]);
    let told = outcome(&salvaged.row);
    assert!(
        told.starts_with("partial: more than 2000 bytes of content after 6 records"),
        "{told}"
    );
    assert_eq!(salvaged.codes(), ["limit-exceeded"]);
    assert!(salvaged.row.end_offset.is_some() && salvaged.row.sha256.is_some());
}

#[test]
fn reading_leaves_the_archive_as_it_was_access_times_included() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/bundles");
    for name in ["info.zip", "gnu.tar.gz", "nested.zip"] {
        std::fs::copy(fixtures.join(name), root.join(name)).unwrap();
    }
    let touched = Command::new("touch")
        .args(["-a", "-d", "2001-01-01T00:00:00Z"])
        .args(candidates(root).iter().map(|file| &file.path))
        .status()
        .unwrap();
    assert!(touched.success());
    let state = || -> Vec<_> {
        let files = candidates(root).into_iter();
        let state = files.map(|file| {
            let metadata = std::fs::symlink_metadata(&file.path).unwrap();
            (
                file.source,
                metadata.atime(),
                metadata.mtime(),
                metadata.ctime(),
                metadata.len(),
            )
        });
        state.collect()
    };
    let before = state();
    for file in candidates(root) {
        let salvaged = read(&file, &Limits::default());
        assert_eq!(salvaged.taken.len(), 7);
    }
    assert_eq!(state(), before);
}

#[test]
fn two_readings_of_a_bundle_that_differ_are_told() {
    // By RUSTSEC-2026-0068, a size in an extended header was believed by some readers only.
    let content = gzip(log(0..1).as_bytes());
    let extended = format!(
        "{} size={}\n",
        9 + content.len().to_string().len(),
        content.len()
    );
    let mut header = tar::Header::new_ustar();
    let mut bundle = tar::Builder::new(Vec::new());
    header.set_entry_type(tar::EntryType::XHeader);
    header.set_size(extended.len() as u64);
    header.set_cksum();
    bundle.append(&header, extended.as_bytes()).unwrap();
    let mut bytes = bundle.into_inner().unwrap();
    bytes.truncate(1024);
    let mut header = tar::Header::new_ustar();
    header.set_path("log.json.gz").unwrap();
    header.set_size(0);
    header.set_cksum();
    bytes.extend(header.as_bytes());
    bytes.extend(&content);
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "x.tar", &bytes);
    let salvaged = read(&candidate(&path), &Limits::default());
    assert_eq!(salvaged.numbers(), [0]);
    assert_eq!(salvaged.codes(), ["size-conflict"]);
}
