//! Reading files and handing their records to the index, a batch at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Progress;
use super::held::{HELD_BYTES_MAX, Held, count_unreadable};
use crate::archive::{self, Candidate, Limits, Rows, Scope};
use crate::catalogue::{Catalogue, UnreadableRecord};
use crate::error::{Error, Result};
use crate::index::{Added, Occurrence, Writer};
use crate::record::{Place, Sha256};
use crate::report::{FileEntry, MalformedRecord};
use crate::text::Text;

/// What the records of a run add up to.
#[derive(Default)]
pub(super) struct Counts {
    /// Events new to the index.
    pub indexed: u64,
    /// Further copies.
    pub duplicate: u64,
}

/// What the batches of a run share.
pub(super) struct Run<'r> {
    pub catalogue: &'r Catalogue,
    pub limits: &'r Limits,
    /// The names of the events of the catalogue.
    pub names: Vec<&'r str>,
    /// The ledger as the run found it: what it knows of a file is forgotten before the file is read.
    pub ledger: &'r BTreeMap<Text, Vec<FileEntry>>,
    pub interrupted: &'r AtomicBool,
    pub progress: &'r (dyn Fn(Progress) + Sync),
    /// Files and bytes, of this run as a whole.
    pub total: Progress,
    pub bytes_done: AtomicU64,
    pub files_done: AtomicU64,
}

impl Run<'_> {
    /// Reads files until `patience` is over, at least one; returns a row for each that was read, and
    /// the others.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read or written.
    pub(super) fn read_batch<'f>(
        &self,
        writer: &Writer,
        pool: &rayon::ThreadPool,
        files: &[&'f Candidate],
        patience: Duration,
    ) -> Result<(Vec<FileEntry>, Counts, Vec<&'f Candidate>)> {
        let batch = Batch {
            run: self,
            writer,
            counts: Mutex::default(),
            failure: Mutex::default(),
            begun: AtomicU64::new(0),
            started: Instant::now(),
            patience,
        };
        let next = AtomicUsize::new(0);
        // A thread keeps its buffers from file to file.
        let by_thread = pool.broadcast(|_| {
            let mut reader = archive::Reader::new();
            let mut read = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = files.get(index) else {
                    return read;
                };
                read.push((index, batch.read(&mut reader, file)));
            }
        });
        if let Some(error) = lock(&batch.failure).take() {
            return Err(error);
        }
        let mut read: Vec<(usize, Option<Rows>)> = by_thread.into_iter().flatten().collect();
        read.sort_unstable_by_key(|(index, _)| *index);
        let left = read.iter().filter(|(_, rows)| rows.is_none());
        let left = left.map(|(index, _)| files[*index]).collect();
        let counts = std::mem::take(&mut *lock(&batch.counts));
        let rows = read.into_iter().filter_map(|(_, rows)| rows).flatten();
        let rows = rows.collect();
        Ok((rows, counts, left))
    }
}

/// What the threads of a batch share.
struct Batch<'b> {
    run: &'b Run<'b>,
    writer: &'b Writer,
    counts: Mutex<Counts>,
    failure: Mutex<Option<Error>>,
    begun: AtomicU64,
    started: Instant,
    patience: Duration,
}

impl Batch<'_> {
    /// Reads one file, unless the batch has ended.
    fn read(&self, reader: &mut archive::Reader, file: &Candidate) -> Option<Rows> {
        let run = self.run;
        if run.interrupted.load(Ordering::Relaxed) || lock(&self.failure).is_some() {
            return None;
        }
        let is_first = self.begun.load(Ordering::Relaxed) == 0
            && self.begun.fetch_add(1, Ordering::Relaxed) == 0;
        if !is_first && self.started.elapsed() >= self.patience {
            return None;
        }
        let rows = self.read_file(reader, file)?;
        let bytes = run.bytes_done.fetch_add(file.size_bytes, Ordering::Relaxed) + file.size_bytes;
        let files = run.files_done.fetch_add(1, Ordering::Relaxed) + 1;
        (run.progress)(Progress {
            bytes_done: bytes,
            files_done: files,
            ..run.total
        });
        Some(rows)
    }

    /// Reads one file and hands its records to the index; none where the index fails.
    fn read_file(&self, reader: &mut archive::Reader, file: &Candidate) -> Option<Rows> {
        let run = self.run;
        self.forget(&file.source)?;
        let contains = |source: &str, name: &str| run.catalogue.recognises(source, name);
        let scope = Scope {
            contains: &contains,
            names: &run.names,
        };
        let mut held = Held::default();
        let mut rows = reader.read(file, run.limits, scope, &mut |cut| {
            if file.is_standard_input() {
                return held.keep_of_input(&cut);
            }
            held.keep(&cut);
            if held.bytes > HELD_BYTES_MAX {
                let sum = *held.sha256.get_or_insert_with(|| archive::sha256(file));
                self.add_all(&file.source, sum.unwrap_or_default(), &mut held);
            }
        });
        if file.is_standard_input() {
            self.keep(held.check_input(&file.source))?;
            // Only now is it known by which name it may have been read before.
            self.forget(&rows.file.source)?;
        }
        if let Some(former) = run
            .ledger
            .get(&rows.file.source)
            .and_then(|known| known.first())
        {
            let changed = archive::changed_since(former, &rows.file);
            rows.file.findings.extend(changed);
        }
        let sum = rows.file.sha256.or(held.sha256.flatten());
        self.add_all(&rows.file.source, sum.unwrap_or_default(), &mut held);
        for entry in rows.iter_mut() {
            if let Some(unreadable) = held.unreadable.remove(&entry.member) {
                count_unreadable(entry, unreadable, run.limits.file_warnings_max);
            }
        }
        Some(rows)
    }

    /// Forgets what is known of a file.
    fn forget(&self, source: &Text) -> Option<()> {
        match self.run.ledger.contains_key(source) {
            true => self.keep(self.writer.forget(source)),
            false => Some(()),
        }
    }

    fn add_all(&self, source: &Text, sha256: Sha256, held: &mut Held) {
        for record in held.records.drain(..) {
            let place = Place {
                source: source.clone(),
                member: record.member.clone(),
                ordinal: record.ordinal,
                offset: record.offset,
                sha256,
            };
            match self.keep(self.add(&record.raw, &place)) {
                Some(None) => {}
                Some(Some(unreadable)) => {
                    let reason = format!("a record was read two ways: {unreadable}");
                    let raw = record.raw.as_bytes();
                    let of_member = held.unreadable.entry(record.member).or_default();
                    let record = MalformedRecord::new(record.ordinal, record.offset, raw, &reason);
                    of_member.push(record);
                }
                None => break,
            }
        }
        held.bytes = 0;
    }

    /// Hands one record to the index; says why where it cannot be interpreted.
    fn add(&self, raw: &str, place: &Place) -> Result<Option<UnreadableRecord>> {
        let catalogue = self.run.catalogue;
        let interpretation = match catalogue.interpret(raw) {
            Ok(Some(interpretation)) => interpretation,
            // Its `eventName` reads two ways, such as by a second key that is written with escapes.
            Ok(None) => {
                let reason = "it names another event when it is read as a whole";
                return Ok(Some(UnreadableRecord(reason.to_owned())));
            }
            Err(error) => return Ok(Some(error)),
        };
        let event = &interpretation.event;
        let known = catalogue.event(event.event_name.as_str());
        let relations = known.into_iter().flat_map(|known| &known.relations);
        let kinds: Vec<&str> = relations
            .map(|id| catalogue.relation(*id))
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

    /// Takes what was done, or keeps the error that ends the run.
    fn keep<T>(&self, done: Result<T>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                lock(&self.failure).get_or_insert(error);
                None
            }
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
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
