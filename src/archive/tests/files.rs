//! Files and folders: what is found, what is opened, what is set aside.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::*;

fn folder_with(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, log_file(&records(1))).unwrap();
    }
    folder
}

fn aside(found: &Found) -> String {
    match found {
        Found::Aside(entry) => Outcome {
            entry: (**entry).clone(),
            members: Vec::new(),
            taken: Vec::new(),
        }
        .outcome(),
        Found::File(_) => "file".to_owned(),
    }
}

#[test]
fn files_come_in_order_of_their_paths_and_once() {
    let folder = folder_with(&["b/2.json", "b/1 (1).json", "b.json", "a/z", "B"]);
    let root = folder.path();
    let expected = ["B", "a/z", "b.json", "b/1 (1).json", "b/2.json"];
    assert_eq!(sources(&list(&[root]), root), expected);
    let b = root.join("b");
    let file = root.join("b/2.json");
    let around = root.join("a/../b");
    assert_eq!(list(&[root, &b, &file, root, &around]).len(), 5);
    assert_eq!(list(&[&file])[0].source().as_str(), file.to_str().unwrap());
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let error = walk(&[PathBuf::from("/nowhere/at all")]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/at all: cannot be reached: No such file")
    );
    assert!(error.hint.is_some());
}

#[test]
fn what_is_no_regular_file_is_set_aside() {
    let folder = folder_with(&["a/log.json"]);
    let root = folder.path();
    symlink(root, root.join("a/loop")).unwrap();
    symlink("nowhere", root.join("a/broken")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(root.join("a/fifo"))
            .status()
            .unwrap()
            .success()
    );
    let socket = std::os::unix::net::UnixListener::bind(root.join("a/socket")).unwrap();
    let found = list(&[root]);
    drop(socket);
    assert_eq!(
        sources(&found, root),
        ["a/broken", "a/fifo", "a/log.json", "a/loop", "a/socket"]
    );
    let outcomes: Vec<String> = found.iter().map(aside).collect();
    assert_eq!(
        outcomes[0],
        "failed: a symbolic link to what does not exist"
    );
    assert_eq!(outcomes[1], "failed: a FIFO, which is not read");
    assert_eq!(outcomes[2], "file");
    assert_eq!(
        outcomes[3],
        "skipped: a symbolic link to what is read by its own name"
    );
    assert_eq!(outcomes[4], "failed: a socket, which is not read");
}

#[test]
fn a_given_symbolic_link_is_followed() {
    let folder = folder_with(&["a/log.json"]);
    let link = folder.path().join("link");
    symlink(folder.path().join("a"), &link).unwrap();
    let found = list(&[&link]);
    assert_eq!(
        found[0].source().as_str(),
        link.join("log.json").to_str().unwrap()
    );
    assert_eq!(aside(&found[0]), "file");
}

#[test]
fn a_file_that_became_something_else_is_not_read() {
    let folder = folder_with(&["a", "b", "c", "d"]);
    let root = folder.path();
    let found = list(&[root]);
    for name in ["a", "b", "c", "d"] {
        std::fs::remove_file(root.join(name)).unwrap();
    }
    symlink("/etc/hostname", root.join("b")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(root.join("c"))
            .status()
            .unwrap()
            .success()
    );
    std::fs::create_dir(root.join("d")).unwrap();
    for (found, expected) in found.iter().zip([
        "failed: vanished after it was listed",
        "failed: cannot be opened",
        "skipped: no regular file",
        "skipped: no regular file",
    ]) {
        let Found::File(candidate) = found else {
            panic!("{found:?}")
        };
        let scope = Scope {
            contains: &is_in_scope,
            names: &[],
        };
        let entry = Reader::new()
            .read(candidate, &Limits::default(), scope, &mut |_| {})
            .file;
        let text = Outcome {
            entry,
            members: Vec::new(),
            taken: Vec::new(),
        }
        .outcome();
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn what_may_not_be_read_fails_alone() {
    let folder = folder_with(&["a/log.json", "b/log.json", "c.json"]);
    let root = folder.path();
    let shut = |path: &str, mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(root.join(path), permissions).unwrap();
    };
    shut("b", 0o000);
    shut("c.json", 0o000);
    if std::fs::read(root.join("c.json")).is_ok() {
        eprintln!("left out: this user may read everything");
        return shut("b", 0o700);
    }
    let found = list(&[root]);
    shut("b", 0o700);
    assert_eq!(sources(&found, root), ["a/log.json", "b", "c.json"]);
    assert!(aside(&found[1]).starts_with("failed: cannot be listed: Permission denied"));
    let Found::File(candidate) = &found[2] else {
        panic!("{found:?}")
    };
    let scope = Scope {
        contains: &is_in_scope,
        names: &[],
    };
    let entry = Reader::new()
        .read(candidate, &Limits::default(), scope, &mut |_| {})
        .file;
    let text = Outcome {
        entry,
        members: Vec::new(),
        taken: Vec::new(),
    }
    .outcome();
    assert!(
        text.starts_with("failed: cannot be opened: Permission denied"),
        "{text}"
    );
}

#[test]
fn a_name_that_is_no_utf_8_is_written_so_that_it_can_be_read_back() {
    let folder = folder_with(&[
        "100% caf%E9.json",
        "100%.json",
        "2024-03%3A1.json",
        "%25.json",
    ]);
    let name = std::ffi::OsStr::from_bytes(b"100% caf\xe9.json");
    std::fs::write(folder.path().join(name), "{}").unwrap();
    let found = list(&[folder.path()]);
    assert_eq!(
        sources(&found, folder.path()),
        [
            "%2525.json",
            "100% caf%25E9.json",
            "100% caf%E9.json",
            "100%.json",
            "2024-03%3A1.json"
        ]
    );
    let Found::File(candidate) = &found[2] else {
        panic!("{found:?}")
    };
    assert_eq!(candidate.path.file_name(), Some(name));
    assert!(std::fs::read(&candidate.path).is_ok());
}

#[test]
fn a_file_that_changes_while_it_is_read_is_a_finding() {
    let folder = folder_with(&["log.json"]);
    let path = folder.path().join("log.json");
    let Found::File(candidate) = list(&[&path]).remove(0) else {
        panic!("no file")
    };
    let scope = Scope {
        contains: &is_in_scope,
        names: &[],
    };
    let rows = Reader::new().read(&candidate, &Limits::default(), scope, &mut |_| {
        std::fs::write(&path, "{}").unwrap();
    });
    let entry = rows.file;
    assert_eq!(entry.findings[0].code, "changed-during-read");
    assert_eq!(entry.records.in_scope, 1);
}
