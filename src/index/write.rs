//! Writes the index: occurrences from many threads, then one commit with the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::indexer::{NoMergePolicy, UserOperation};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy};

use super::believe::{Believed, Look, believe};
use super::boundary::{Inner, guarded};
use super::disk::{Disk, Gate};
use super::document::{self, Occurrence};
use super::folder::{self, Folder};
use super::known::{Added, Known};
use super::outside::named_holder;
use super::schema::{self, Fields};
use super::sealing::Sealing;
use super::snapshot::{Snapshot, content};
use super::stamp::Stamp;
use super::term::key;
use crate::error::{Error, ErrorKind, Result};
use crate::report::FileEntry;
use crate::text::Text;

/// How many threads cut words and build postings; the callers' threads do the rest.
const THREADS_MAX: usize = 2;

/// How much memory each of them may fill before it writes a segment, in bytes.
const ARENA_BYTES: usize = 50_000_000;

/// How much of the stored records is compressed together, in bytes before compression.
const BLOCK_BYTES: usize = 32_768;

/// What a failed write tells.
const CANNOT_WRITE: &str = "cannot write the index";

/// Writes one index; nothing is visible to anyone before [`Writer::commit`], and dropping the writer
/// without it leaves the former state.
pub struct Writer {
    pub(super) disk: Disk,
    pub(super) sealing: Sealing,
    pub(super) index: Index,
    pub(super) writer: IndexWriter,
    pub(super) reader: IndexReader,
    pub(super) committed: Snapshot,
    pub(super) stamp: Stamp,
    /// What the next commit says of runs that have not ended.
    pub(super) unfinished: BTreeSet<Text>,
    pub(super) known: Known,
    pub(super) run: Mutex<Run>,
    broken: AtomicBool,
}

/// What this run has done since the last commit.
#[derive(Default)]
pub(super) struct Run {
    /// The files that something was added of.
    pub added: BTreeSet<Text>,
    /// The files that were forgotten.
    pub forgotten: BTreeSet<Text>,
    /// The contents that were found in these, and perhaps nowhere else.
    pub perhaps_orphaned: BTreeSet<u128>,
}

impl Writer {
    /// Opens the index in the folder `dir`, or makes one there if the folder is empty or missing.
    ///
    /// `threads` is how many threads may build the index, beside those that call; more than two do
    /// not help.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where the folder holds something else, an index of another format,
    /// a damaged one, or one that another run is writing.
    pub fn open(dir: &Path, threads: usize) -> Result<Self> {
        Self::open_through(dir, threads, None)
    }

    /// Opens the index; `gate` is asked before every operation on its files.
    pub(crate) fn open_through(dir: &Path, threads: usize, gate: Option<Gate>) -> Result<Self> {
        let subject = folder::subject(dir);
        let disk = Disk::new(dir, gate);
        let told = |error: Error| disk.explain(error);
        if folder::look(dir)? == Folder::Missing {
            disk.make().map_err(|error| {
                let what = "cannot make the folder";
                told(Error::new(ErrorKind::Index, subject.clone(), what).because(error))
            })?;
        }
        let sealing = guarded(&subject, CANNOT_WRITE, || Sealing::lock(disk.clone()))
            .map_err(|error| named_holder(dir, told(error)))?;
        // Nobody else writes from here on, so what is verified stays so.
        let believed = believe(dir, Look::ToWrite)?;
        guarded(&subject, CANNOT_WRITE, || {
            Self::start(subject.clone(), sealing, disk.clone(), believed, threads)
        })
        .map_err(told)
    }

    fn start(
        subject: Text,
        sealing: Sealing,
        disk: Disk,
        believed: Option<Believed>,
        threads: usize,
    ) -> Inner<Self> {
        let files = believed.as_ref().map(|believed| &believed.state.files);
        disk.sweep(&|name| files.is_some_and(|files| files.contains_key(name)))?;
        let (index, stamp) = match believed {
            None => {
                let index = Index::create(sealing.clone(), schema::schema()?, settings())?;
                (index, Stamp::default())
            }
            Some(believed) => {
                sealing.start(believed.state);
                (Index::open(sealing.clone())?, believed.stamp)
            }
        };
        schema::register(&index);
        let fields = Fields::of(&index.schema())?;
        let threads = threads.clamp(1, THREADS_MAX);
        let writer = index.writer_with_num_threads(threads, threads * ARENA_BYTES)?;
        // A merge would copy damage and give it a fresh checksum; see `tidy`.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = reader.try_into()?;
        let committed = Snapshot {
            dir: subject,
            searcher: reader.searcher(),
            fields,
        };
        Ok(Self {
            disk,
            sealing,
            index,
            writer,
            reader,
            committed,
            unfinished: stamp.unfinished.clone(),
            stamp,
            known: Known::new(),
            run: Mutex::default(),
            broken: AtomicBool::new(false),
        })
    }

    /// Reads the ledger as it was last committed, by file on disk: its own row first, then those of
    /// what lies in it.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where it cannot be read.
    pub fn files(&self) -> Result<BTreeMap<Text, Vec<FileEntry>>> {
        let committed = &self.committed;
        let mut entries = guarded(&committed.dir, "cannot read the ledger", || {
            committed.ledger()
        })?;
        entries.sort_unstable_by(|one, other| one.member.cmp(&other.member));
        let mut files: BTreeMap<Text, Vec<FileEntry>> = BTreeMap::new();
        for entry in entries {
            files.entry(entry.source.clone()).or_default().push(entry);
        }
        Ok(files)
    }

    /// Returns what the caller named the catalogue in the last commit; empty before the first.
    pub fn catalogue(&self) -> &str {
        &self.stamp.catalogue
    }

    /// Makes the commits from now on say that reading these paths has not ended, until
    /// [`Writer::finish`]. Says whether they did not say so before.
    pub fn begin(&mut self, paths: &BTreeSet<Text>) -> bool {
        self.unfinished.extend(paths.iter().cloned());
        self.unfinished != self.stamp.unfinished
    }

    /// Makes the next commit say that everything at and below these paths was read.
    pub fn finish(&mut self, paths: &BTreeSet<Text>) {
        let is_read = |path: &Text| {
            let path = Path::new(path.as_str());
            paths.iter().any(|read| path.starts_with(read.as_str()))
        };
        self.unfinished.retain(|path| !is_read(path));
    }

    /// Adds one occurrence of a record; any number of threads may do so at once.
    ///
    /// Of many copies the first one becomes the event's document and the others places of it; which
    /// one is first shows in no answer.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where the index cannot be read or written, such as on a full disk.
    /// The run cannot be committed after that.
    pub fn add(&self, occurrence: Occurrence<'_>) -> Result<Added> {
        let added = guarded(&self.committed.dir, CANNOT_WRITE, || {
            self.write(&occurrence)
        });
        added.map_err(|error| {
            self.set_broken();
            self.disk.explain(error)
        })
    }

    fn write(&self, occurrence: &Occurrence<'_>) -> Inner<Added> {
        let fields = &self.committed.fields;
        let source = &occurrence.place.source;
        if !self.run().added.contains(source) {
            self.run().added.insert(source.clone());
        }
        let content = key(occurrence.raw.as_bytes());
        let event_id = occurrence.event.event_id.as_str();
        let added = self.known.meet(event_id, content, &self.committed)?;
        let place = document::place(fields, occurrence.place, content)?;
        if added == Added::Copy {
            self.writer.add_document(place)?;
        } else {
            let conflicts = added == Added::Conflict;
            let event = document::event(fields, occurrence, content, conflicts);
            // Written together they lie side by side, and are read together.
            self.writer
                .run([UserOperation::Add(event), UserOperation::Add(place)])?;
        }
        Ok(added)
    }

    /// Forgets a file that has changed or is gone: its row of the ledger, its places, and the records
    /// that were found nowhere else. Comes before anything of the file is added.
    ///
    /// An event's document belongs to no file: it holds what was found, and place documents tell
    /// where. So places go at once, and a record goes with the commit if no place is left by then, in
    /// the files read before or in this run.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where the index cannot be read, or the file was added to already.
    pub fn forget(&self, source: &Text) -> Result<()> {
        let committed = &self.committed;
        let mut run = self.run();
        if run.added.contains(source) {
            let what = "a file was to be forgotten after it was read";
            return Err(Error::new(ErrorKind::Index, source.clone(), what));
        }
        let contents: BTreeSet<u128> = guarded(&committed.dir, "cannot read the index", || {
            let places = committed.having(&committed.fields.holder(source.as_str()))?;
            places
                .into_iter()
                .map(|place| content(&committed.document(place)?, &committed.fields))
                .collect()
        })?;
        run.perhaps_orphaned.extend(contents);
        run.forgotten.insert(source.clone());
        self.writer
            .delete_term(committed.fields.holder(source.as_str()));
        self.writer
            .delete_term(committed.fields.ledger(source.as_str()));
        Ok(())
    }

    /// Tells whether something went wrong since the last commit.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Marks the writer as ready for another run.
    pub(super) fn set_whole(&self) {
        self.broken.store(false, Ordering::Release);
    }

    /// Marks the run as one that cannot be committed.
    pub(super) fn set_broken(&self) {
        self.broken.store(true, Ordering::Release);
    }

    /// A thread that panicked with the lock leaves sets that are whole; its run is not committed.
    pub(super) fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
        docstore_blocksize: BLOCK_BYTES,
        ..IndexSettings::default()
    }
}
