//! Bundles and standard input from outside: what is counted, kept, found again, and forgotten.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

struct Case(tempfile::TempDir);

impl Case {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn archive(&self) -> PathBuf {
        let archive = self.0.path().join("archive");
        fs::create_dir_all(&archive).unwrap();
        archive
    }

    /// Puts bundles of the fixtures into the archive.
    fn put(&self, names: &[&str]) {
        for name in names {
            fs::copy(fixture(name), self.archive().join(name)).unwrap();
        }
    }

    /// Runs the program; returns its exit status and standard output.
    fn run(&self, arguments: &[&str], input: &[u8]) -> (i32, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailspan"))
            .current_dir(self.0.path())
            .args(["--index", "case.index"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A program that ends early closes its end: that is its answer, not a failure here.
        let writing = std::thread::spawn(move || pipe.write_all(&input).is_ok());
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    }

    fn ingest(&self, paths: &[&str], input: &[u8]) -> (i32, Value) {
        let arguments = [&["ingest", "--format", "json"], paths].concat();
        let (status, text) = self.run(&arguments, input);
        let report: Value = serde_json::from_str(&text).unwrap();
        let counts = |what: &str, names: &[&str]| -> u64 {
            let sum = names
                .iter()
                .map(|name| report[what][*name].as_u64().unwrap());
            sum.sum()
        };
        let outcomes = ["read", "partial", "failed", "skipped", "unchanged"];
        assert_eq!(counts("files", &["found"]), counts("files", &outcomes));
        let fates = ["indexed", "out_of_scope", "duplicate", "malformed"];
        assert_eq!(counts("records", &["seen"]), counts("records", &fates));
        (status, report)
    }

    fn places(&self, event_id: &str) -> Vec<Value> {
        let (_, text) = self.run(&["show", event_id, "--format", "json"], b"");
        let shown: Value = serde_json::from_str(&text).unwrap();
        shown["places"].as_array().unwrap().clone()
    }
}

fn fixture(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("fixtures/archives/bundles").join(name)
}

fn sum(path: &Path) -> String {
    use sha2::Digest as _;
    let sum = sha2::Sha256::digest(fs::read(path).unwrap());
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_bundle_and_its_members_are_counted_and_found_again() {
    let case = Case::new();
    case.put(&["nested.zip", "gnu.tar.zst"]);
    let (status, report) = case.ingest(&["archive"], b"");
    assert_eq!(status, 0);
    // Two files on disk; four logs in one, and two bundles of two logs in the other.
    let files = &report["files"];
    assert_eq!(
        (&files["found"], &files["members"], &files["read"]),
        (&12.into(), &10.into(), &12.into())
    );
    let records = &report["records"];
    assert_eq!(
        (&records["indexed"], &records["duplicate"]),
        (&7.into(), &7.into())
    );
    let places = case.places("id-1");
    assert_eq!(places.len(), 2);
    for (place, name, member) in [
        (&places[0], "gnu.tar.zst", "logs/2024/0.json.gz"),
        (&places[1], "nested.zip", "a.tar.gz!/logs/2024/0.json.gz"),
    ] {
        assert_eq!(place["source"], format!("archive/{name}"));
        assert_eq!(place["member"], member);
        assert_eq!(place["ordinal"], 2);
        // The sum is that of the file on disk: anybody can check it.
        assert_eq!(place["sha256"], sum(&fixture(name)));
    }
    let (_, text) = case.run(&["show", "id-1"], b"");
    assert!(
        text.contains("archive/gnu.tar.zst: logs/2024/0.json.gz: record 2, at byte"),
        "{text}"
    );
    let on_disk: u64 = ["nested.zip", "gnu.tar.zst"]
        .map(|name| fs::metadata(fixture(name)).unwrap().len())
        .iter()
        .sum();
    assert_eq!(report["bytes"]["read"], on_disk);
}

#[test]
fn a_bundle_is_known_by_its_own_size_and_time_with_all_that_lies_in_it() {
    let case = Case::new();
    case.put(&["gnu.tar.gz"]);
    case.ingest(&["archive"], b"");
    let (status, again) = case.ingest(&["archive"], b"");
    assert_eq!((status, &again["files"]["unchanged"]), (0, &5.into()));
    assert_eq!(again["files"]["found"], 5);
    // Another bundle in its place: what lay in the former one is gone with it.
    fs::copy(fixture("nested.zip"), case.archive().join("gnu.tar.gz")).unwrap();
    let (_, changed) = case.ingest(&["archive"], b"");
    assert_eq!(changed["files"]["read"], 7);
    let places = case.places("id-1");
    assert_eq!(places.len(), 1);
    assert_eq!(places[0]["member"], "a.tar.gz!/logs/2024/0.json.gz");
    let (status, text) = case.run(&["check", "archive", "--format", "json"], b"");
    assert_eq!(status, 0, "{text}");
}

#[test]
fn what_of_a_bundle_cannot_be_read_is_a_hole() {
    let case = Case::new();
    case.put(&["encrypted.zip", "info.zip"]);
    let (status, report) = case.ingest(&["archive"], b"");
    assert_eq!(status, 3);
    assert_eq!(
        (&report["files"]["failed"], &report["records"]["indexed"]),
        (&4.into(), &7.into())
    );
    let warning = &report["warnings"][0];
    assert_eq!(warning["source"], "archive/encrypted.zip");
    assert!(warning["member"].as_str().unwrap().starts_with("logs/"));
    assert!(warning["reason"].as_str().unwrap().contains("encrypted"));
    let (_, text) = case.run(&["coverage"], b"");
    assert!(text.contains("logs/plain.json"), "{text}");
}

#[test]
fn standard_input_is_named_by_its_sum_and_never_overwrites_another() {
    let case = Case::new();
    let bytes = fs::read(fixture("gnu.tar.xz")).unwrap();
    let (status, report) = case.ingest(&["-"], &bytes);
    assert_eq!((status, &report["files"]["found"]), (0, &5.into()));
    let name = format!("stdin:{}", &sum(&fixture("gnu.tar.xz"))[..16]);
    let place = &case.places("id-6")[0];
    assert_eq!(place["source"], name);
    assert_eq!(place["member"], "logs/plain.json");
    assert_eq!(place["sha256"], sum(&fixture("gnu.tar.xz")));
    assert_eq!(report["bytes"]["read"], bytes.len());
    let other = fs::read(fixture("info.zip")).unwrap();
    case.ingest(&["-"], &other);
    assert_eq!(case.places("id-6").len(), 2);
    // The same again changes nothing.
    case.ingest(&["-"], &bytes);
    assert_eq!(case.places("id-6").len(), 2);
    let (status, text) = case.run(&["check"], b"");
    assert_eq!(status, 0, "{text}");
}

#[test]
fn threads_show_in_nothing_that_is_told_of_bundles() {
    let names = [
        "gnu.tar",
        "pax.tar",
        "info.zip",
        "nested.zip",
        "encrypted.zip",
        "lzma.zip",
    ];
    let told = |threads: &str| {
        let case = Case::new();
        case.put(&names);
        let (_, mut report) = case.ingest(&["archive", "--threads", threads], b"");
        report["elapsed_seconds"] = Value::Null;
        report["manifest"]["sha256"] = Value::Null;
        (report, case.places("id-3"))
    };
    assert_eq!(told("1"), told("4"));
}
