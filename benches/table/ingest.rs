//! The runs: ingesting, ingesting again, and others beside it, each in turn with its reference.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::generator::Archive;
use super::measure::{Measured, measure};
use super::peers::Peer;
use super::{FLOOR, Outcome, STAT};

/// What was measured in one round, and what it is compared to.
pub(crate) struct Round {
    pub(crate) measured: Measured,
    pub(crate) reference: Measured,
}

impl Round {
    /// Returns the ratio of what a person waits.
    pub(crate) fn walls(&self) -> f64 {
        self.measured.wall / self.reference.wall
    }

    /// Returns the ratio of the work of all threads.
    pub(crate) fn works(&self) -> f64 {
        self.measured.work / self.reference.work
    }
}

/// Where the runs leave their index and their answers.
pub(crate) struct Bench {
    index: PathBuf,
    output: PathBuf,
    rounds: usize,
}

impl Bench {
    pub(crate) fn new(dir: &Path, rounds: usize) -> Outcome<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self {
            index: dir.join("index"),
            output: dir.join("output"),
            rounds,
        })
    }

    /// Ingests an archive into a new index, beside the floor.
    pub(crate) fn ingest(&self, archive: &Archive) -> Outcome<Vec<Round>> {
        // So that both find the files in memory.
        self.floor(archive)?;
        let round = || {
            let reference = self.floor(archive)?;
            let measured = self.ingest_anew(archive)?;
            Ok(Round {
                measured,
                reference,
            })
        };
        let rounds = (0..self.rounds).map(|_| round()).collect();
        self.check_ends(archive)?;
        rounds
    }

    /// Ingests an archive that is in the index already, beside a look at each of its files.
    pub(crate) fn second(&self, archive: &Archive) -> Outcome<Vec<Round>> {
        let round = || {
            let reference = self.itself(STAT, archive)?;
            let told: u64 = fs::read_to_string(&self.output)?.trim().parse()?;
            assert_eq!(told, archive.truth.gz_bytes);
            let measured = measure(&self.trailspan(archive), &self.output)?;
            let report: Value = serde_json::from_slice(&fs::read(&self.output)?)?;
            assert_eq!(report["files"]["unchanged"], archive.truth.files);
            Ok(Round {
                measured,
                reference,
            })
        };
        (0..self.rounds).map(|_| round()).collect()
    }

    /// Runs another program at the same job, beside ingesting.
    pub(crate) fn peer(
        &self,
        peer: &Peer,
        python: &str,
        archive: &Archive,
        names: &[&str],
    ) -> Outcome<Vec<Round>> {
        let list = self.output.with_extension("names");
        fs::write(&list, names.join("\n"))?;
        let rows = self.output.with_extension("rows");
        let command = peer.command(python, [&archive.folder, &list, &rows]);
        let round = || {
            let measured = measure(&command, &self.output)?;
            let found = fs::read(&rows)?;
            let count = found.iter().filter(|byte| **byte == b'\n').count() as u64;
            assert_eq!(
                count,
                archive.truth.events + archive.truth.duplicates,
                "{}",
                peer.name
            );
            let reference = self.ingest_anew(archive)?;
            Ok(Round {
                measured,
                reference,
            })
        };
        (0..self.rounds.min(peer.rounds)).map(|_| round()).collect()
    }

    /// Returns the size of the index, in bytes.
    pub(crate) fn index_bytes(&self) -> Outcome<u64> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.index)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }

    fn floor(&self, archive: &Archive) -> Outcome<Measured> {
        let measured = self.itself(FLOOR, archive)?;
        let told: u64 = fs::read_to_string(&self.output)?.trim().parse()?;
        assert_eq!(told, archive.truth.json_bytes);
        Ok(measured)
    }

    fn itself(&self, what: &str, archive: &Archive) -> Outcome<Measured> {
        let program = std::env::current_exe()?.into_os_string();
        let command = [program, what.into(), archive.folder.clone().into()];
        measure(&command, &self.output)
    }

    fn ingest_anew(&self, archive: &Archive) -> Outcome<Measured> {
        if self.index.exists() {
            fs::remove_dir_all(&self.index)?;
        }
        let measured = measure(&self.trailspan(archive), &self.output)?;
        let report: Value = serde_json::from_slice(&fs::read(&self.output)?)?;
        let truth = &archive.truth;
        assert_eq!(report["files"]["read"], truth.files);
        let records = &report["records"];
        assert_eq!(records["seen"], truth.records);
        assert_eq!(records["indexed"], truth.events);
        assert_eq!(records["duplicate"], truth.duplicates);
        assert_eq!(records["malformed"], 0);
        Ok(measured)
    }

    fn trailspan(&self, archive: &Archive) -> Vec<OsString> {
        let program = env!("CARGO_BIN_EXE_trailspan");
        let mut command =
            ["", "ingest", "--format", "json", "--quiet", "--index"].map(OsString::from);
        command[0] = program.into();
        let paths = [self.index.clone().into(), archive.folder.clone().into()];
        command.into_iter().chain(paths).collect()
    }

    /// Asks the index for every end, and holds them against the truth.
    fn check_ends(&self, archive: &Archive) -> Outcome<()> {
        let answered = Command::new(env!("CARGO_BIN_EXE_trailspan"))
            .args(["detachments", "--format", "jsonl", "--quiet", "--index"])
            .arg(&self.index)
            .output()?;
        let mut ends: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for line in answered.stdout.split(|byte| *byte == b'\n') {
            if !line.is_empty() {
                let end: Value = serde_json::from_slice(line)?;
                let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let by_kind = ends.entry(word(&end["relation"])).or_default();
                *by_kind.entry(word(&end["end"]["kind"])).or_default() += 1;
            }
        }
        assert_eq!(ends, archive.truth.ends);
        Ok(())
    }
}
