//! `check`, seen from outside.
#![allow(clippy::print_stdout)] // figures and what was skipped, for whoever asks

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A copy of the demo archive, and an index of it.
pub(crate) struct Case {
    folder: TempDir,
}

impl Case {
    pub(crate) fn new() -> Self {
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives/demo");
        for entry in walkdir::WalkDir::new(&demo) {
            let entry = entry.unwrap();
            let to = case
                .path("archive")
                .join(entry.path().strip_prefix(&demo).unwrap());
            match entry.file_type().is_dir() {
                true => fs::create_dir_all(to).unwrap(),
                false => drop(fs::copy(entry.path(), to).unwrap()),
            }
        }
        let output = case.run(&["ingest", "archive"]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        case
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trailspan"))
            .args(arguments)
            .args(["--index", "index"])
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// The rows of an audit, by status.
    fn audit(&self, arguments: &[&str]) -> (Option<i32>, BTreeMap<String, Vec<Value>>) {
        let output = self.run(&[&["check", "--format", "jsonl"], arguments].concat());
        let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for line in std::str::from_utf8(&output.stdout).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let status = row["status"].as_str().unwrap().to_owned();
            rows.entry(status).or_default().push(row);
        }
        (output.status.code(), rows)
    }

    /// Files of the archive that were read to their end.
    fn logs(&self) -> Vec<PathBuf> {
        let logs = walkdir::WalkDir::new(self.path("archive")).sort_by_file_name();
        let logs = logs.into_iter().map(|entry| entry.unwrap().into_path());
        logs.filter(|path| {
            path.to_string_lossy()
                .contains("_CloudTrail_us-east-1_20240304")
        })
        .collect()
    }
}

#[test]
fn an_untouched_archive_and_index_match() {
    let case = Case::new();
    let (status, rows) = case.audit(&["archive"]);
    // The demo has damaged files, which every answer over it says.
    assert_eq!(status, Some(3));
    assert_eq!(rows.keys().collect::<Vec<_>>(), ["matched"]);
    let of = |what: &str| {
        rows["matched"]
            .iter()
            .filter(|row| row["what"] == what)
            .count()
    };
    assert_eq!((of("manifest"), of("content"), of("evidence")), (1, 1, 72));
    let output = case.run(&["check", "archive"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("evidence  72 matched\n"), "{said}");
}

#[test]
fn what_became_of_the_evidence_is_told_in_the_words_of_hashdeep() {
    let case = Case::new();
    let logs = case.logs();
    assert!(logs.len() > 4);
    let mut changed = fs::read(&logs[0]).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&logs[0], changed).unwrap();
    fs::rename(&logs[1], case.path("archive/moved.json.gz")).unwrap();
    fs::remove_file(&logs[2]).unwrap();
    fs::write(case.path("archive/new.json"), "{}").unwrap();
    fs::copy(&logs[3], case.path("archive/copy.json.gz")).unwrap();
    let (status, rows) = case.audit(&["archive"]);
    assert_eq!(status, Some(4));
    let paths = |status: &str| -> Vec<&str> {
        let rows = rows.get(status).into_iter().flatten();
        rows.map(|row| row["path"].as_str().unwrap()).collect()
    };
    let source = |path: &Path| {
        path.strip_prefix(case.folder.path())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(paths("changed"), [source(&logs[0])]);
    assert_eq!(paths("moved"), ["archive/moved.json.gz"]);
    assert_eq!(paths("missing"), [source(&logs[2])]);
    assert_eq!(paths("new"), ["archive/copy.json.gz", "archive/new.json"]);
    assert_eq!(
        paths("matched")
            .iter()
            .filter(|path| path.starts_with("archive"))
            .count(),
        69
    );
    let was = rows["moved"][0]["note"].as_str().unwrap();
    assert_eq!(was, format!("it was {}", source(&logs[1])));
    // Without what has changed, the rest is a hole and no failure.
    fs::remove_file(&logs[0]).unwrap();
    assert_eq!(case.audit(&["archive"]).0, Some(3));
}

#[test]
fn an_archive_elsewhere_is_moved_and_a_part_of_it_misses_nothing() {
    let case = Case::new();
    let part = case.logs()[0].parent().unwrap().to_owned();
    let part = part
        .strip_prefix(case.folder.path())
        .unwrap()
        .to_str()
        .unwrap();
    let (_, rows) = case.audit(&[part]);
    assert!(!rows.contains_key("missing"), "{rows:?}");
    fs::rename(case.path("archive"), case.path("elsewhere")).unwrap();
    let (_, rows) = case.audit(&["elsewhere"]);
    assert_eq!(rows["moved"].len(), 72);
    assert!(
        !rows.contains_key("missing") && !rows.contains_key("new"),
        "{rows:?}"
    );
}

#[test]
fn a_damaged_index_fails_the_check_and_answers_nothing() {
    let case = Case::new();
    let parts = fs::read_dir(case.path("index")).unwrap();
    let mut parts = parts.map(|entry| entry.unwrap().path());
    let term = parts
        .find(|part| part.extension().is_some_and(|end| end == "term"))
        .unwrap();
    let mut bytes = fs::read(&term).unwrap();
    bytes[100] ^= 16;
    fs::write(&term, bytes).unwrap();
    let (status, rows) = case.audit(&[]);
    assert_eq!(status, Some(4));
    let name = term.file_name().unwrap().to_str().unwrap();
    assert_eq!(rows["changed"][0]["path"], name);
    for arguments in [&["timeline"][..], &["ingest", "archive"], &["search", "*"]] {
        let output = case.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("the index is damaged"), "{told}");
        assert!(told.contains("`trailspan --index index check`"), "{told}");
    }
}

/// What a question is refused with for its manifest.
fn refusal(case: &Case) -> String {
    let output = case.run(&["timeline"]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    let line = told.lines().next().unwrap();
    let what = line.rsplit_once("manifest.jsonl: ").unwrap().1;
    what.to_owned()
}

#[test]
fn a_manifest_that_was_changed_fails_the_check() {
    let case = Case::new();
    let path = case.path("index/manifest.jsonl");
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        manifest.replacen("\"outcome\":\"partial\"", "\"outcome\":\"read\"", 1),
    )
    .unwrap();
    let (status, rows) = case.audit(&[]);
    assert_eq!(status, Some(4));
    assert_eq!(rows["changed"][0]["what"], "manifest");
    // One that was sealed anew tells other things than the index holds.
    let mut lines: Vec<String> = manifest.lines().map(|line| format!("{line}\n")).collect();
    lines.pop();
    let changed = lines
        .concat()
        .replacen("\"outcome\":\"partial\"", "\"outcome\":\"read\"", 1);
    let end = serde_json::json!({
        "lines": lines.len(),
        "section": "end",
        "sha256": trailspan::record::Sha256::of(changed.as_bytes()),
    });
    fs::write(&path, format!("{changed}{end}\n")).unwrap();
    let (status, rows) = case.audit(&[]);
    assert_eq!(status, Some(4));
    assert_eq!(rows["changed"][0]["what"], "index");
    assert_eq!(rows["changed"][0]["path"], "manifest.jsonl");
    assert_eq!(rows["changed"][1]["what"], "content");
    assert_eq!(refusal(&case), "is not as it was written");
    fs::remove_file(&path).unwrap();
    let (status, rows) = case.audit(&[]);
    assert_eq!(status, Some(3));
    assert_eq!(rows["missing"][0]["what"], "manifest");
    assert_eq!(refusal(&case), "was written and is missing");
    // The same run again makes it anew.
    assert_eq!(case.run(&["ingest", "archive"]).status.code(), Some(3));
    let (status, rows) = case.audit(&[]);
    assert_eq!(status, Some(3));
    assert!(!rows.contains_key("missing"), "{rows:?}");
    assert_eq!(case.run(&["timeline"]).status.code(), Some(3));
    let none = case.run(&["check", "--index", "nowhere"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn the_sums_are_those_that_other_programs_compute() {
    let case = Case::new();
    let strange = case.path("archive/a\\b\nc.json");
    fs::write(&strange, r#"{"Records":[]}"#).unwrap();
    case.run(&["ingest", "archive"]);
    let output = case.run(&["check", "--sha256sums", "sums", "--hashdeep", "deep"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let deep = fs::read_to_string(case.path("deep")).unwrap();
    assert!(deep.starts_with("%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n"));
    assert_eq!(
        fs::read_to_string(case.path("sums"))
            .unwrap()
            .lines()
            .count(),
        73
    );
    let again = case.run(&["check", "--sha256sums", "sums"]);
    assert_eq!(
        again.status.code(),
        Some(2),
        "what is there is not written over"
    );
    let check = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "sums"])
        .current_dir(case.folder.path())
        .output();
    match check {
        Ok(check) => assert!(check.status.success(), "{check:?}"),
        Err(error) => println!("skipped: no sha256sum here: {error}"),
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_the_same_however_it_is_called() {
    let case = Case::new();
    std::os::unix::fs::symlink("archive", case.path("link")).unwrap();
    let absolute = case.path("archive").display().to_string();
    let files = |given: &str| {
        let output = case.run(&["ingest", given, "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["files"].clone()
    };
    let first = files("archive");
    for given in [
        "archive/",
        "./archive",
        "archive/../archive",
        "link",
        "link/",
        "link/../archive",
        &absolute,
        "archive/AWSLogs/../AWSLogs/..",
        ".",
    ] {
        // In the working folder lie the index, which is no evidence, and the link.
        let others = if given == "." { 1 } else { 0 };
        let again = files(given);
        assert_eq!(
            again["found"].as_u64(),
            first["found"].as_u64().map(|found| found + others)
        );
        assert_eq!(again["unchanged"], first["unchanged"], "{given}");
        assert_eq!(again["read"], 0, "{given}");
    }
    let (_, known) = case.audit(&["archive"]);
    for given in ["./archive/", "link", &absolute] {
        let (_, rows) = case.audit(&[given]);
        assert_eq!(rows, known, "{given}");
    }
}

#[test]
fn files_of_one_name_in_two_working_folders_are_two() {
    let case = Case::new();
    let run = |folder: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailspan"));
        command.args(arguments).arg("--index").arg(case.path("two"));
        command.current_dir(case.path(folder)).output().unwrap()
    };
    for (folder, size) in [("one", 1), ("other", 2)] {
        fs::create_dir(case.path(folder)).unwrap();
        let records = vec![serde_json::json!({"eventName": folder, "eventSource": "x"}); size];
        let log = serde_json::json!({ "Records": records }).to_string();
        fs::write(case.path(folder).join("log.json"), log).unwrap();
        run(folder, &["ingest", "log.json"]);
    }
    let of_both = run("one", &["check", ".", "../other", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_slice(&of_both.stdout).unwrap();
    let evidence = rows.iter().filter(|row| row["what"] == "evidence");
    let statuses: Vec<&Value> = evidence.map(|row| &row["status"]).collect();
    assert_eq!(statuses, ["matched", "matched"], "{rows:?}");
    let again = run("other", &["ingest", "log.json", "--format", "json"]);
    let report: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(report["files"]["unchanged"], 1, "{report}");
    // What was moved as a whole keeps its name.
    fs::rename(case.path("one"), case.path("moved")).unwrap();
    let moved = run("moved", &["check", "log.json", "--format", "json"]);
    assert!(String::from_utf8(moved.stdout).unwrap().contains("matched"));
}
