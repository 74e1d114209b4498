//! Runs as a whole: what an interruption, or a disk that fails, costs.

mod faults;
mod runs;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::record::Sha256;

/// An archive of a few small files, and a folder for indexes beside it.
struct Case {
    folder: TempDir,
}

impl Case {
    /// Makes `files` log files of three records each; of two neighbours, one record is in both.
    fn new(files: u32) -> Self {
        let case = Self {
            folder: in_memory(),
        };
        fs::create_dir(case.archive()).unwrap();
        (0..files).for_each(|file| case.write(file, file));
        case
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn index(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file with the records of a number.
    fn write(&self, file: u32, number: u32) {
        let records = [2 * number, 2 * number + 1, 2 * number + 2].map(record);
        let log = json!({ "Records": records }).to_string();
        fs::write(self.archive().join(format!("{file:03}.json")), log).unwrap();
    }

    fn options(&self, index: &Path) -> Options {
        Options {
            threads: 1,
            commit_every: Duration::ZERO,
            ..Options::new(vec![self.archive()], index.to_owned())
        }
    }

    fn run(&self, index: &Path, gate: Option<Gate>) -> Result<Report> {
        let interrupted = AtomicBool::new(false);
        let catalogue = Catalogue::embedded();
        ingest_through(catalogue, &self.options(index), &|_| (), &interrupted, gate)
    }
}

/// A folder in memory, where there is one: a kill does not wait for a disk, and so many commits would.
fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    match TempDir::new_in(memory) {
        Ok(folder) => folder,
        Err(_) => tempfile::tempdir().unwrap(),
    }
}

fn record(number: u32) -> Value {
    json!({
        "eventVersion": "1.08",
        "eventID": format!("{number:08x}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DetachNetworkInterface",
        "eventTime": format!("2024-03-01T10:{:02}:00Z", number % 60),
        "recipientAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "userName": "alice"},
        "requestParameters": {"attachmentId": format!("eni-attach-{number:08x}")},
        "responseElements": {"_return": true},
    })
}

/// What two people compare.
fn content(report: &Report) -> Sha256 {
    report.manifest.unwrap().content_sha256
}

/// The lines of a manifest that do not differ from run to run.
fn body(index: &Path) -> Vec<String> {
    let volatile: BTreeSet<&str> = ["run", "output", "end"].into();
    let manifest = fs::read_to_string(index.join(manifest::MANIFEST)).unwrap();
    let lines = manifest.lines().map(str::to_owned);
    let is_stable = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        !volatile.contains(line["section"].as_str().unwrap())
    };
    lines.filter(is_stable).collect()
}
