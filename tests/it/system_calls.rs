//! What the program asks of the system: no network, and nothing of the evidence but to be read.
//!
//! strace watches where it is installed and may; elsewhere the test says that it was skipped.

// What was skipped is told to whoever runs it.
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::{finish, run};

/// What is watched: what makes a connection, and what can change a file or a folder.
const WATCHED: &str = "trace=socket,connect,bind,sendto,open,openat,openat2,creat,truncate,unlink,unlinkat,\
    rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,mknod,mknodat,\
    chmod,fchmodat,chown,lchown,fchownat,utime,utimes,utimensat,futimesat,setxattr,lsetxattr,\
    removexattr,lremovexattr";

/// Every command, in an order in which each finds what it needs; `{demo}` is the evidence.
const CALLS: &[&[&str]] = &[
    &["ingest", "{demo}"],
    &["ingest", "{demo}"],
    &["detachments"],
    &["timeline", "--format", "csv"],
    &["history", "203.0.113.10"],
    &["at", "2024-03-14"],
    &["diff", "2024-03-01", "2024-03-28"],
    &["search", "*"],
    &["show", "d2ccdc33-209c-4136-9b01-719e14f6483f"],
    &["explain", "d2ccdc33-209c-4136-9b01-719e14f6483f"],
    &["findings"],
    &["coverage"],
    &["report", "--output", "report.html"],
    &["export", "sqlite", "--output", "case.db"],
    &["export", "xlsx", "--output", "case.xlsx"],
    &[
        "export",
        "parquet",
        "--table",
        "events",
        "--output",
        "events.parquet",
    ],
    &["verify", "{demo}"],
    &["check", "{demo}", "--sha256sums", "sums"],
    &["shell"],
    &["help", "query"],
    &["completions", "bash"],
    &["completions", "bash", "--line=trailspan history eni-"],
    &["settings"],
    &["man", "history"],
    &["man", "--output", "pages"],
];

/// Says whether strace can watch a program here.
fn can_watch() -> bool {
    let tried = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// Runs a command and returns what it asked of the system, a call a line.
fn watched(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let log = folder.join("calls.log");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-y", "-s", "4096", "-e", WATCHED, "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_trailspan"))
        .args(arguments)
        .current_dir(folder);
    let ran = finish(command);
    assert!([0, 3].contains(&ran.status), "{arguments:?}: {ran:?}");
    let log = fs::read_to_string(&log).unwrap();
    log.lines().map(str::to_owned).collect()
}

#[test]
fn no_command_connects_to_anything_or_does_more_to_the_evidence_than_read_it() {
    if !can_watch() {
        println!("skipped: strace is not here, or may not watch");
        return;
    }
    let folder = TempDir::new().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/demo");
    let demo = demo.to_str().unwrap();
    let mut read = 0;
    for call in CALLS {
        let arguments: Vec<&str> = call
            .iter()
            .map(|word| if *word == "{demo}" { demo } else { word })
            .collect();
        for line in watched(folder.path(), &arguments) {
            let connects = ["socket(", "connect(", "bind(", "sendto("]
                .iter()
                .any(|name| line.contains(name));
            assert!(!connects, "{call:?} speaks to somebody: {line}");
            // A call that another thread cut in two was told with all that it asks at its beginning.
            if !line.contains(demo) || line.contains(" resumed>") {
                continue;
            }
            let is_read = line.contains("O_RDONLY")
                && ["O_CREAT", "O_TRUNC", "O_WRONLY", "O_RDWR"]
                    .iter()
                    .all(|flag| !line.contains(flag));
            assert!(is_read, "{call:?} does more than read: {line}");
            read += 1;
        }
    }
    assert!(read > 100, "the evidence was seen to be read {read} times");
}

#[test]
fn what_would_connect_or_write_would_be_seen() {
    if !can_watch() {
        println!("skipped: strace is not here, or may not watch");
        return;
    }
    let folder = TempDir::new().unwrap();
    run(
        folder.path(),
        &[
            "ingest",
            concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/archives/demo"),
        ],
    );
    let lines = watched(folder.path(), &["export", "csv", "--output", "events.csv"]);
    let wrote = lines.iter().any(|line| line.contains("events.csv"));
    assert!(wrote, "{lines:?}");
}
