//! Ingesting: from the files of an archive to the index.
//!
//! Files are read by all threads, each file by one; records of the catalogue go to the index as they
//! are met. Every half a minute, and at the end, one commit makes the records of the files that were
//! read whole visible together with their rows of the ledger: an interruption, whatever it is, costs
//! at most that, and the same call goes on from there. Until it has, the index says that it is not
//! complete. Files that the ledger knows unchanged are not
//! read again. When all are read, what the index holds is read back and digested, everything is
//! checked to add up, and the manifest is written.
//!
//! Not for: how files are read (`archive`), what is kept (`index`).

mod custody;
mod held;
mod identity;
mod run;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::archive::{self, Candidate, Found, Limits, OwnFolder};
use crate::catalogue::Catalogue;
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Gate, Writer};
use crate::manifest::{self, Origin};
use crate::report::{FileEntry, FileOutcome, Report};
use crate::text::Text;

use run::Run;
use tally::Tally;

/// How much time passes between two commits, unless it is said otherwise.
pub const COMMIT_EVERY: Duration = Duration::from_secs(30);

/// What to ingest and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The folder of the index.
    pub index: PathBuf,
    /// How many files are read at once; 0 means one per processor.
    pub threads: usize,
    /// What is read at most.
    pub limits: Limits,
    /// How much time passes between two commits: what an interruption may cost.
    pub commit_every: Duration,
    /// Where the run comes from, for the manifest.
    pub origin: Origin,
}

impl Options {
    /// Ingests these paths into the index in this folder, with all threads and the usual limits.
    pub fn new(paths: Vec<PathBuf>, index: PathBuf) -> Self {
        Self {
            paths,
            index,
            threads: 0,
            limits: Limits::default(),
            commit_every: COMMIT_EVERY,
            origin: Origin::default(),
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the files to be read, as they lie on disk.
    pub bytes_done: u64,
    /// Bytes of all files to be read.
    pub bytes_total: u64,
    /// Files read.
    pub files_done: u64,
    /// All files to be read.
    pub files_total: u64,
}

/// Reads archives into the index; `progress` is told of every file that is done, from any thread.
///
/// The report lacks the calls by name: which of several differing copies of an event counts is only
/// known when all are read (`reconstruct::summary`).
///
/// When `interrupted` becomes true, the files that are done are committed and the run ends with
/// [`ErrorKind::Interrupted`]; the same call goes on from there.
///
/// # Errors
///
/// Where a path does not exist or lies in the folder of the index, the index cannot be opened or
/// written, something does not add up ([`ErrorKind::Integrity`]), or the run is interrupted.
pub fn ingest(
    catalogue: &Catalogue,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Report> {
    ingest_through(catalogue, options, progress, interrupted, None)
}

/// Ingests; `gate` is asked before every operation on the files of the index.
fn ingest_through(
    catalogue: &Catalogue,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
    gate: Option<Gate>,
) -> Result<Report> {
    let started = Instant::now();
    let program = custody::Program::sum(options.origin.program.clone());
    let own = OwnFolder::of(&options.index);
    own.refuse(&options.paths)?;
    let found = archive::walk(&options.paths)?;
    let mut writer = Writer::open_through(&options.index, options.threads.max(1), gate)?;
    let previous = manifest::previous(&options.index)?;
    let digest = catalogue.digest().to_string();
    let ledger = writer.files()?;
    // The folder may have been made just now.
    let own = OwnFolder::of(&options.index);
    let identities = identity::Identities::of(&ledger);
    let found = found.into_iter().filter(|found| !own.holds(found));
    let found = found.map(|found| identities.name(found));
    let mut sorted = Sorted::of(found, &ledger, &digest);
    let paths = archive::true_paths(&options.paths)?;
    if !sorted.files.is_empty() && writer.begin(&paths) {
        let catalogue = writer.catalogue().to_owned();
        writer.commit(Vec::new(), &catalogue)?;
    }
    for aside in &sorted.aside {
        if ledger.contains_key(&aside.source) {
            writer.forget(&aside.source)?;
        }
    }
    let mut tally = sorted.tally;
    let run = Run {
        catalogue,
        limits: &options.limits,
        names: catalogue.events().map(|(name, _)| name).collect(),
        ledger: &ledger,
        interrupted,
        progress,
        total: Progress {
            bytes_total: sorted.files.iter().map(|file| file.size_bytes).sum(),
            files_total: sorted.files.len() as u64,
            ..Progress::default()
        },
        bytes_done: AtomicU64::new(0),
        files_done: AtomicU64::new(0),
    };
    progress(run.total);
    let pool = threads(options.threads)?;
    let mut left: Vec<&Candidate> = sorted.files.iter().collect();
    loop {
        let (mut rows, counts, rest) =
            run.read_batch(&writer, &pool, &left, options.commit_every)?;
        left = rest;
        rows.append(&mut sorted.aside);
        rows.sort_by(|a, b| (&a.source, &a.member).cmp(&(&b.source, &b.member)));
        tally.take(&rows, &counts);
        if left.is_empty() {
            writer.finish(&paths);
        }
        writer.commit(rows, &digest)?;
        if left.is_empty() {
            break;
        }
        if interrupted.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, "ingest", "interrupted")
                .hint("what was read is kept; run the same command again to go on"));
        }
    }
    let mut report = tally.finish();
    let took = started.elapsed();
    let custody = custody::Custody {
        catalogue,
        options,
        previous: &previous,
        program_sha256: program.sum_of_it(),
        took,
    };
    let sealed = custody.seal(&writer, &report)?;
    report.manifest = Some(sealed);
    report.elapsed_seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

fn threads(number: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(number)
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Input, "ingest", "cannot start threads")
                .because(error)
                .hint("ask for fewer with --threads")
        })
}

/// What was found, by what becomes of it.
struct Sorted {
    /// To be read.
    files: Vec<Candidate>,
    /// Left aside by the walk.
    aside: Vec<FileEntry>,
    /// What is known already of the others.
    tally: Tally,
}

impl Sorted {
    fn of(
        found: impl Iterator<Item = Found>,
        ledger: &BTreeMap<Text, Vec<FileEntry>>,
        catalogue: &str,
    ) -> Self {
        let mut sorted = Self {
            files: Vec::new(),
            aside: Vec::new(),
            tally: Tally::default(),
        };
        for found in found {
            match found {
                Found::Aside(entry) => sorted.aside.push(*entry),
                Found::File(file) => match ledger.get(&file.source) {
                    Some(known) if is_unchanged(&known[0], &file, catalogue) => {
                        sorted.tally.take_unchanged(known);
                    }
                    _ => sorted.files.push(file),
                },
            }
        }
        sorted
    }
}

/// A file that was read, or knowingly left aside, by this catalogue, and has the same size and time is
/// not read again; one that failed is.
fn is_unchanged(known: &FileEntry, file: &Candidate, catalogue: &str) -> bool {
    !matches!(known.outcome, FileOutcome::Failed { .. })
        && known.catalogue.as_str() == catalogue
        && known.size_bytes == file.size_bytes
        && known.modified_ns == file.modified_ns
}
