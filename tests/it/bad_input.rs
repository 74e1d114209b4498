//! Evidence as it comes: damaged, cut, hostile, and with things among it that are none.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{Ran, finish, run};
use crate::wrappings::{five_records, gzip, log_file};

/// A file: its name, its content, its outcome, and what its reason says.
struct Bad {
    name: &'static [u8],
    content: Vec<u8>,
    outcome: &'static str,
    reason: &'static str,
}

fn bad(
    name: &'static [u8],
    content: impl Into<Vec<u8>>,
    outcome: &'static str,
    reason: &'static str,
) -> Bad {
    Bad {
        name,
        content: content.into(),
        outcome,
        reason,
    }
}

/// Records with ids of their own, so that what was saved of a file can be counted.
fn records(file: u8) -> Vec<Value> {
    let mut records = five_records();
    for record in &mut records {
        let id = record["eventID"].as_str().unwrap();
        record["eventID"] = json!(format!("{file:04}{}", &id[4..]));
    }
    records
}

fn bad_files() -> Vec<Bad> {
    let whole = gzip(&log_file(&records(2)));
    let text = String::from_utf8(log_file(&records(3))).unwrap();
    let cut = text.find("0003a88a-aaaa-4bbb-8ccc-000000000004").unwrap();
    let mut with_malformed = records(4).iter().map(Value::to_string).collect::<Vec<_>>();
    let nonsense = with_malformed[0].replace("2024-03-01T10:01:00Z", "yesterday");
    with_malformed.insert(2, nonsense.replace("0004a88a", "0014a88a"));
    let with_malformed = format!("{{\"Records\":[{}]}}", with_malformed.join(","));
    let digest = json!({
        "awsAccountId": "111122223333", "digestStartTime": "2024-03-01T09:00:00Z",
        "digestEndTime": "2024-03-01T10:00:00Z", "digestS3Bucket": "trail", "digestS3Object": "x",
        "digestPublicKeyFingerprint": "31e8", "previousDigestSignature": null, "logFiles": [],
    });
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let unnamed = log_file(&records(6));
    vec![
        bad(
            b"truncated.json.gz",
            &whole[..whole.len() - 12],
            "partial",
            "gzip",
        ),
        bad(
            b"damaged.json.gz",
            [&whole[..40], &[0; 30], &whole[70..]].concat(),
            "partial",
            "gzip",
        ),
        bad(
            b"cut.json",
            &text[..cut],
            "partial",
            "after 3 records and 1 malformed",
        ),
        bad(
            b"malformed.json",
            with_malformed,
            "read",
            "eventTime is no time",
        ),
        bad(
            b"notes.json",
            "these are my notes",
            "failed",
            "neither gzip nor JSON",
        ),
        bad(
            b"other.json",
            "{\"a\": [1, 2]}",
            "skipped",
            "no CloudTrail records",
        ),
        bad(
            b"no-gzip.json.gz",
            [7, 8, 9],
            "failed",
            "neither gzip nor JSON",
        ),
        bad(b"empty.json.gz", "", "failed", "empty file"),
        bad(b"byte", "{", "failed", "no record"),
        bad(
            b"bundle.zip",
            "PK\x03\x04\x14\x00\x00",
            "failed",
            "the zip archive ends within a header",
        ),
        bad(
            b"utf16.json",
            utf16("\u{feff}{\"Records\":[]}"),
            "failed",
            "utf-16",
        ),
        bad(
            b"utf16-unmarked.json",
            utf16("{\"Records\":[]}"),
            "failed",
            "utf-16",
        ),
        bad(
            b"digest.json.gz",
            gzip(digest.to_string().as_bytes()),
            "skipped",
            "a digest file",
        ),
        bad(
            b"esc-\x1b[31m-\n-line.json",
            "\x1b]0;owned\x07 \u{9b}31m",
            "failed",
            "neither gzip nor JSON",
        ),
        bad(b"caf\xe9.json", unnamed.clone(), "read", ""),
        bad(b"caf%E9.json", unnamed, "read", ""),
        bad(
            "rtl-\u{202e}nosj.json".as_bytes(),
            "x",
            "failed",
            "neither gzip nor JSON",
        ),
    ]
}

/// A folder with good files, every bad one, and things that are no files; and which outcome each has.
fn archive() -> (TempDir, BTreeMap<&'static str, u64>) {
    let folder = TempDir::new().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let mut outcomes = BTreeMap::from([("read", 1), ("failed", 3)]);
    fs::write(archive.join("good.json.gz"), gzip(&log_file(&records(1)))).unwrap();
    for bad in bad_files() {
        fs::write(archive.join(OsStr::from_bytes(bad.name)), &bad.content).unwrap();
        *outcomes.entry(bad.outcome).or_default() += 1;
    }
    let made = Command::new("mkfifo")
        .arg(archive.join("fifo"))
        .status()
        .unwrap();
    assert!(made.success());
    symlink("..", archive.join("loop")).unwrap();
    symlink("nowhere", archive.join("dangling")).unwrap();
    (folder, outcomes)
}

fn ingested(folder: &TempDir) -> Ran {
    run(folder.path(), &["ingest", "archive", "--format", "json"]).clean()
}

#[test]
fn each_bad_file_has_one_outcome_and_is_named_with_its_reason() {
    let (folder, outcomes) = archive();
    let ran = ingested(&folder).ends_with(3);
    let report = ran.json();
    let files = &report["files"];
    for (outcome, count) in &outcomes {
        assert_eq!(files[*outcome], json!(count), "{outcome}: {report:#}");
    }
    assert_eq!(files["found"], json!(outcomes.values().sum::<u64>()));
    let warnings = report["warnings"].as_array().unwrap();
    for bad in bad_files().iter().filter(|bad| !bad.reason.is_empty()) {
        let name = String::from_utf8_lossy(bad.name);
        let named = warnings
            .iter()
            .filter(|warning| warning["source"].as_str().unwrap() == format!("archive/{name}"));
        let reasons: Vec<&str> = named
            .map(|warning| warning["reason"].as_str().unwrap())
            .collect();
        let told = |reason: &&str| {
            reason.contains(bad.reason)
                && (bad.outcome == "read" || reason.starts_with(bad.outcome))
        };
        assert!(reasons.iter().any(told), "{name}: {reasons:?}");
    }
    for (name, reason) in [
        ("fifo", "failed: a FIFO, which is not read"),
        (
            "loop",
            "failed: a symbolic link, which is not followed: give its target as a path too",
        ),
        ("dangling", "failed: a symbolic link to what does not exist"),
    ] {
        let warning = json!({"source": format!("archive/{name}"), "reason": reason});
        assert!(warnings.contains(&warning), "{name}: {warnings:?}");
    }
}

#[test]
fn the_table_names_each_of_them_too() {
    let (folder, outcomes) = archive();
    let ran = run(folder.path(), &["ingest", "archive"])
        .clean()
        .ends_with(3);
    let found: u64 = outcomes.values().sum();
    assert!(
        ran.stdout.contains(&format!("{found} found = ")),
        "{}",
        ran.stdout
    );
    for bad in bad_files()
        .iter()
        .filter(|bad| ["partial", "failed"].contains(&bad.outcome))
    {
        let name = trailspan::text::Text::from(String::from_utf8_lossy(bad.name).into_owned());
        assert!(
            ran.stdout
                .contains(&format!("archive/{name}: {}: ", bad.outcome)),
            "{name}: {}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout.contains("malformed.json at byte"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_is_good_is_complete_and_what_was_before_the_damage_is_kept() {
    let (folder, _) = archive();
    let report = ingested(&folder).ends_with(3).json();
    let records = &report["records"];
    let sum = ["indexed", "out_of_scope", "duplicate", "malformed"]
        .iter()
        .map(|fate| records[*fate].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(records["seen"], json!(sum));
    // Of `caf\xe9.json` and `caf%E9.json`, which hold the same.
    assert_eq!(records["duplicate"], json!(4));
    for (file, complete) in [(1, 4), (3, 3), (4, 4), (6, 4)] {
        for number in 1..=complete {
            let id = format!("{file:04}a88a-aaaa-4bbb-8ccc-00000000000{number}");
            let shown = run(folder.path(), &["show", &id, "--raw"]);
            assert_eq!(
                serde_json::from_str::<Value>(&shown.stdout).unwrap()["eventID"],
                json!(id)
            );
        }
    }
}

#[test]
fn answers_over_evidence_with_holes_say_so() {
    let (folder, _) = archive();
    ingested(&folder);
    for (arguments, rows) in [
        (&["detachments"][..], true),
        (&["timeline", "--format", "jsonl"], true),
        (&["history", "eni-0a1b2c3d4e5f60718"], true),
        (&["history", "eni-0ffffffffffffffff"], false),
        (&["at", "2024-03-01T10:03:30Z"], true),
        (&["diff", "2024-03-01T10:00:00Z", "2024-03-02"], true),
        (&["search", "DetachNetworkInterface"], true),
        (&["search", "nothing-like-it"], false),
        (&["findings"], true),
        (&["report"], true),
        (&["coverage"], true),
    ] {
        let ran = run(folder.path(), arguments).clean().ends_with(3);
        assert_eq!(!ran.stdout.is_empty(), rows, "{arguments:?}: {ran:?}");
        if arguments[0] != "coverage" {
            assert!(
                ran.stderr.contains("the evidence has holes"),
                "{arguments:?}: {ran:?}"
            );
        }
    }
    let again = ingested(&folder).ends_with(3).json();
    assert_eq!(again["files"]["read"], json!(0));
    assert!(again["files"]["unchanged"].as_u64() > Some(0));
}

#[test]
fn what_is_to_be_known_of_files_is_told_by_every_run_and_by_the_coverage() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("archive")).unwrap();
    let path = |name: &str| folder.path().join("archive").join(name);
    let log = gzip(&log_file(&five_records()));
    fs::write(path("trailing.json.gz"), [&log[..], b"hidden"].concat()).unwrap();
    let bad =
        r#"{"Records":[{"eventName":"DetachNetworkInterface","eventSource":"ec2.amazonaws.com"}]}"#;
    fs::write(path("bad.json"), bad).unwrap();
    let findings = |ran: Ran| ran.ends_with(3).json()["findings"].clone();
    let first = findings(run(
        folder.path(),
        &["ingest", "archive", "--format", "json"],
    ));
    let again = findings(run(
        folder.path(),
        &["ingest", "archive", "--format", "json"],
    ));
    let covered = run(folder.path(), &["coverage", "--format", "json"]).ends_with(3);
    assert_eq!(first[0]["code"], json!("trailing-bytes"));
    assert_eq!((&again, &covered.json()["findings"]), (&first, &first));
    let covered = covered.json();
    assert_eq!(
        covered["damaged"][0]["source"],
        json!("archive/trailing.json.gz")
    );
    let malformed = &covered["malformed"][0];
    assert_eq!(malformed["source"], json!("archive/bad.json"));
    assert_eq!(
        (&malformed["ordinal"], &malformed["offset"]),
        (&json!(1), &json!(12))
    );
    assert_eq!(malformed["reason"], json!("no eventTime"));
    assert_eq!(malformed["size_bytes"], json!(bad.len() - 14));
    assert_eq!(covered["malformed_total"], json!(1));
    let hours = &covered["spans"][0]["per_hour"];
    let expected = json!([{"hour": "2024-03-01T10:00:00Z", "records": 5, "files": 1}]);
    assert_eq!(*hours, expected);
    let table = run(folder.path(), &["coverage"]).ends_with(3).stdout;
    for told in [
        "bad.json",
        "no eventTime",
        "trailing-bytes",
        "6 bytes behind its end",
        "█",
    ] {
        assert!(table.contains(told), "{told}: {table}");
    }
}

#[test]
fn what_is_told_of_the_good_files_is_the_same_without_the_bad_ones() {
    let (folder, _) = archive();
    let saved = |bad: &&Bad| ["read", "partial"].contains(&bad.outcome);
    for bad in bad_files().iter().filter(saved) {
        fs::remove_file(
            folder
                .path()
                .join("archive")
                .join(OsStr::from_bytes(bad.name)),
        )
        .unwrap();
    }
    let alone = TempDir::new().unwrap();
    fs::create_dir(alone.path().join("archive")).unwrap();
    let good = "archive/good.json.gz";
    fs::copy(folder.path().join(good), alone.path().join(good)).unwrap();
    ingested(&folder).ends_with(3);
    ingested(&alone).ends_with(0);
    for arguments in [
        &["timeline", "--format", "jsonl"][..],
        &["detachments", "--attempts", "--format", "jsonl"],
        &["history", "eni-0a1b2c3d4e5f60718", "--format", "jsonl"],
        &["search", "*", "--format", "jsonl"],
    ] {
        let with = run(folder.path(), arguments).clean().ends_with(3);
        let without = run(alone.path(), arguments).clean().ends_with(0);
        assert_ne!(without.stdout, "");
        assert_eq!(with.stdout, without.stdout, "{arguments:?}");
    }
}

/// Runs the program as a user whom permissions bind: root, whom they do not, becomes nobody.
fn run_bound(folder: &Path, arguments: &[&str]) -> Ran {
    const NOBODY: u32 = 65_534;
    // Where it was built, nobody may have no way to it.
    let program = folder.join("trailspan");
    // Another process copies it: a file that this one has open for writing cannot be run.
    let copied = Command::new("cp")
        .args([Path::new(env!("CARGO_BIN_EXE_trailspan")), &program])
        .status();
    assert!(copied.unwrap().success());
    fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    let mut command = Command::new(&program);
    command.args(arguments).current_dir(folder);
    if File::open(folder.join("archive/secret.json")).is_ok() {
        command.uid(NOBODY).gid(NOBODY);
    }
    finish(command)
}

#[test]
fn what_may_not_be_read_is_told_and_costs_nothing_else() {
    let folder = TempDir::new().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir_all(archive.join("closed")).unwrap();
    fs::write(archive.join("good.json"), log_file(&records(1))).unwrap();
    fs::write(archive.join("secret.json"), log_file(&records(2))).unwrap();
    let allow = |name: &str, mode: u32| {
        fs::set_permissions(archive.join(name), Permissions::from_mode(mode)).unwrap();
    };
    for (name, mode) in [("good.json", 0o444), ("secret.json", 0), ("closed", 0)] {
        allow(name, mode);
    }
    let arguments = ["ingest", "archive", "--format", "json"];
    let ran = run_bound(folder.path(), &arguments).clean();
    allow("closed", 0o700);
    let report = ran.ends_with(3).json();
    let denied = |name: &str, what: &str| {
        json!({
            "source": format!("archive/{name}"),
            "reason": format!("failed: cannot be {what}: Permission denied (os error 13)"),
        })
    };
    assert_eq!(
        report["warnings"],
        json!([denied("closed", "listed"), denied("secret.json", "opened")])
    );
    assert_eq!(
        (&report["files"]["read"], &report["files"]["failed"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(report["records"]["indexed"], json!(4));
}

#[test]
fn what_was_left_unread_alone_ends_with_status_3() {
    let folder = TempDir::new().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    fs::write(archive.join("good.json"), log_file(&records(1))).unwrap();
    fs::write(folder.path().join("elsewhere.json"), log_file(&records(2))).unwrap();
    symlink("good.json", archive.join("copy.json")).unwrap();
    ingested(&folder).ends_with(0);
    symlink("../elsewhere.json", archive.join("left.json")).unwrap();
    ingested(&folder).ends_with(3);
    run(folder.path(), &["coverage"]).clean().ends_with(3);
}
