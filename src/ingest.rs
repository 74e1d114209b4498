//! Ingesting: from the files of an archive to the index, all of them or none.
//!
//! Files are read by all threads, each file by one; records of the catalogue go to the index as they
//! are met, and one commit makes them and the ledger visible together. Files that the ledger knows
//! unchanged are not read again. Not for: how files are read (`archive`), what is kept (`index`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::archive::{self, Candidate, Cut, Found, Limits, Rows, Scope};
use crate::catalogue::{Catalogue, UnreadableRecord};
use crate::error::{Error, ErrorKind, Result, Warning};
use crate::index::{Added, Occurrence, Writer};
use crate::record::{Place, Sha256};
use crate::report::{FileEntry, FileOutcome, Report};
use crate::text::Text;

/// What is read of one file before its hash is known and its records can be handed to the index, in
/// bytes; beyond it the file is hashed in a pass of its own.
const HELD_BYTES_MAX: usize = 16 << 20;

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
/// Where a path does not exist, the index cannot be opened or written, or the run is interrupted.
pub fn ingest(
    catalogue: &Catalogue,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Report> {
    let started = Instant::now();
    let found = archive::walk(&options.paths)?;
    let mut writer = Writer::open(&options.index, options.threads.max(1))?;
    let digest = catalogue.digest().to_string();
    let is_same_catalogue = writer.catalogue() == digest;
    let ledger = writer.files()?;

    let mut report = Report::default();
    let mut entries = Vec::new();
    let mut candidates = Vec::new();
    let own = OwnFolder::of(&options.index);
    for found in found.into_iter().filter(|found| !own.holds(found)) {
        match found {
            Found::Aside(entry) => entries.push(*entry),
            Found::File(file) => match ledger.get(&file.source) {
                Some(known) if is_same_catalogue && is_unchanged(&known[0], &file) => {
                    report.files.found += known.len() as u64;
                    report.files.members += known.len() as u64 - 1;
                    report.files.unchanged += known.len() as u64;
                    for row in known {
                        report.coverage.merge(&row.coverage);
                    }
                }
                _ => candidates.push(file),
            },
        }
    }
    for source in candidates
        .iter()
        .map(|file| &file.source)
        .chain(entries.iter().map(|entry| &entry.source))
    {
        if ledger.contains_key(source) {
            writer.forget(source)?;
        }
    }
    let run = Run {
        catalogue,
        writer: &writer,
        limits: &options.limits,
        names: catalogue.events().map(|(name, _)| name).collect(),
        counts: Mutex::default(),
        failure: Mutex::default(),
        interrupted,
    };
    entries.extend(run.read_all(&candidates, options.threads, progress)?);
    let counts = run.finish()?;
    entries.sort_by(|a, b| (&a.source, &a.member).cmp(&(&b.source, &b.member)));
    report.take(&entries, &counts);
    let is_interrupted = interrupted.load(Ordering::Relaxed);
    writer.commit(entries, &digest)?;
    if is_interrupted {
        return Err(Error::new(ErrorKind::Interrupted, "ingest", "interrupted")
            .hint("what was read is kept; run the same command again to go on"));
    }
    report.elapsed_seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// The folder of the index, which may lie within the archive and is no part of it.
struct OwnFolder(Option<PathBuf>);

impl OwnFolder {
    fn of(index: &Path) -> Self {
        // A folder that cannot be resolved is none that was walked.
        Self(index.canonicalize().ok())
    }

    fn holds(&self, found: &Found) -> bool {
        let Found::File(file) = found else {
            return false;
        };
        let parent = file.path.parent().map(Path::canonicalize);
        match (&self.0, parent) {
            (Some(own), Some(Ok(parent))) => parent.starts_with(own),
            _ => false,
        }
    }
}

/// A file that was read, or knowingly left aside, and has the same size and time is not read again;
/// one that failed is.
fn is_unchanged(known: &FileEntry, file: &Candidate) -> bool {
    !matches!(known.outcome, FileOutcome::Failed { .. })
        && known.size_bytes == file.size_bytes
        && known.modified_ns == file.modified_ns
}

/// What the records of a run add up to.
#[derive(Default)]
struct Counts {
    indexed: u64,
    duplicate: u64,
}

/// What the threads of a run share.
struct Run<'r> {
    catalogue: &'r Catalogue,
    writer: &'r Writer,
    limits: &'r Limits,
    names: Vec<&'r str>,
    counts: Mutex<Counts>,
    failure: Mutex<Option<Error>>,
    interrupted: &'r AtomicBool,
}

impl Run<'_> {
    fn read_all(
        &self,
        files: &[Candidate],
        threads: usize,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<FileEntry>> {
        let total = Progress {
            bytes_total: files.iter().map(|file| file.size_bytes).sum(),
            files_total: files.len() as u64,
            ..Progress::default()
        };
        progress(total);
        let (bytes_done, files_done) = (AtomicU64::new(0), AtomicU64::new(0));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Input, "ingest", "cannot start threads").because(error)
            })?;
        let read = |reader: &mut archive::Reader, file: &Candidate| {
            if self.must_stop() {
                return None;
            }
            let rows = self.read_file(reader, file);
            let bytes = bytes_done.fetch_add(file.size_bytes, Ordering::Relaxed) + file.size_bytes;
            let files = files_done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(Progress {
                bytes_done: bytes,
                files_done: files,
                ..total
            });
            Some(rows)
        };
        let rows: Vec<Option<Rows>> = pool.install(|| {
            files
                .par_iter()
                .with_max_len(1)
                .map_init(archive::Reader::new, read)
                .collect()
        });
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    fn must_stop(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || lock(&self.failure).is_some()
    }

    /// Reads one file and hands its records to the index.
    fn read_file(&self, reader: &mut archive::Reader, file: &Candidate) -> Rows {
        let contains = |source: &str, name: &str| self.catalogue.recognises(source, name);
        let scope = Scope {
            contains: &contains,
            names: &self.names,
        };
        let mut held = Held::default();
        let mut rows = reader.read(file, self.limits, scope, &mut |cut| {
            held.keep(&cut);
            if held.bytes > HELD_BYTES_MAX {
                let sum = *held.sha256.get_or_insert_with(|| archive::sha256(file));
                self.add_all(file, sum.unwrap_or_default(), &mut held);
            }
        });
        let sum = rows.file.sha256.or(held.sha256.flatten());
        self.add_all(file, sum.unwrap_or_default(), &mut held);
        let mut unreadable = BTreeMap::<Option<Text>, Vec<Warning>>::new();
        for warning in held.unreadable {
            let of_member = unreadable.entry(warning.member.clone()).or_default();
            of_member.push(warning);
        }
        for entry in rows.iter_mut() {
            if let Some(unreadable) = unreadable.remove(&entry.member) {
                count_unreadable(entry, unreadable, self.limits.file_warnings_max);
            }
        }
        rows
    }

    fn add_all(&self, file: &Candidate, sha256: Sha256, held: &mut Held) {
        for record in held.records.drain(..) {
            let place = Place {
                source: file.source.clone(),
                member: record.member.clone(),
                ordinal: record.ordinal,
                offset: record.offset,
                sha256,
            };
            match self.add(&record.raw, &place) {
                Ok(None) => {}
                Ok(Some(unreadable)) => held.unreadable.push(Warning {
                    source: file.source.clone(),
                    member: record.member,
                    offset: Some(record.offset),
                    reason: Text::from(format!("a record was read two ways: {unreadable}")),
                }),
                Err(error) => {
                    lock(&self.failure).get_or_insert(error);
                    break;
                }
            }
        }
        held.bytes = 0;
    }

    /// Hands one record to the index; says why where it cannot be interpreted.
    fn add(&self, raw: &str, place: &Place) -> Result<Option<UnreadableRecord>> {
        let interpretation = match self.catalogue.interpret(raw) {
            Ok(Some(interpretation)) => interpretation,
            // Its `eventName` reads two ways, such as by a second key that is written with escapes.
            Ok(None) => {
                let reason = "it names another event when it is read as a whole";
                return Ok(Some(UnreadableRecord(reason.to_owned())));
            }
            Err(error) => return Ok(Some(error)),
        };
        let event = &interpretation.event;
        let known = self.catalogue.event(event.event_name.as_str());
        let relations = known.into_iter().flat_map(|known| &known.relations);
        let kinds: Vec<&str> = relations
            .map(|id| self.catalogue.relation(*id))
            .flat_map(|relation| [relation.name.as_str(), relation.short.as_str()])
            .collect();
        let added = self.writer.add(Occurrence {
            raw,
            event,
            place,
            kinds: &kinds,
        })?;
        lock(&self.counts).add(added);
        Ok(None)
    }

    fn finish(self) -> Result<Counts> {
        match lock(&self.failure).take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut *lock(&self.counts))),
        }
    }
}

impl Counts {
    fn add(&mut self, added: Added) {
        match added {
            Added::New => self.indexed += 1,
            Added::Copy | Added::Conflict => self.duplicate += 1,
        }
    }
}

/// A thread that panicked leaves counts that are whole: they change in one place.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Counts records as malformed that the reader took for readable.
fn count_unreadable(entry: &mut FileEntry, unreadable: Vec<Warning>, warnings_max: usize) {
    let count = unreadable.len() as u64;
    entry.records.in_scope -= count;
    entry.records.malformed += count;
    entry.records.malformed_in_scope += count;
    let room = warnings_max.saturating_sub(entry.warnings.len());
    if unreadable.len() > room {
        let more = unreadable.len() - room;
        entry.warnings.push(Warning {
            source: entry.source.clone(),
            member: entry.member.clone(),
            offset: None,
            reason: Text::from(format!("{more} more records were read two ways")),
        });
    }
    entry.warnings.extend(unreadable.into_iter().take(room));
}

/// Records of one file whose hash is not known yet.
#[derive(Default)]
struct Held {
    records: Vec<HeldRecord>,
    bytes: usize,
    sha256: Option<Option<Sha256>>,
    unreadable: Vec<Warning>,
}

struct HeldRecord {
    raw: String,
    member: Option<Text>,
    ordinal: u64,
    offset: u64,
}

impl Held {
    fn keep(&mut self, cut: &Cut<'_>) {
        self.bytes += cut.raw.len();
        self.records.push(HeldRecord {
            raw: cut.raw.to_owned(),
            member: cut.member.cloned(),
            ordinal: cut.ordinal,
            offset: cut.offset,
        });
    }
}

impl Report {
    /// Takes the rows of the files that were read, and what their records added up to.
    fn take(&mut self, entries: &[FileEntry], counts: &Counts) {
        for entry in entries {
            self.files.found += 1;
            self.files.members += u64::from(entry.member.is_some());
            match &entry.outcome {
                FileOutcome::Read => self.files.read += 1,
                FileOutcome::Partial { reason } => {
                    self.files.partial += 1;
                    self.warn("read in part", entry, reason);
                }
                FileOutcome::Failed { reason } => {
                    self.files.failed += 1;
                    self.warn("not read", entry, reason);
                }
                FileOutcome::Skipped { .. } => self.files.skipped += 1,
            }
            self.records.seen += entry.records.seen;
            self.records.out_of_scope += entry.records.out_of_scope;
            self.records.malformed += entry.records.malformed;
            self.records.malformed_in_scope += entry.records.malformed_in_scope;
            self.bytes.read += entry.disk_bytes();
            self.bytes.inflated += entry.record_bytes();
            self.coverage.merge(&entry.coverage);
            self.findings.extend(entry.findings.iter().cloned());
            self.warnings.extend(entry.warnings.iter().cloned());
        }
        self.records.indexed = counts.indexed;
        self.records.duplicate = counts.duplicate;
    }

    /// Warns of a file that could not be used, or not all of it.
    fn warn(&mut self, outcome: &str, entry: &FileEntry, reason: &Text) {
        self.warnings.push(Warning {
            source: entry.source.clone(),
            member: entry.member.clone(),
            offset: None,
            reason: Text::from(format!("{outcome}: {}", reason.as_str())),
        });
    }
}
