//! Reads a committed index.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy};

use super::believe::{HELD_BYTES_MAX, Look, believe, in_peace};
use super::beside;
use super::boundary::{guarded, in_parallel, unreadable};
use super::folder;
use super::frozen::Frozen;
use super::groups::Groups;
use super::hits::{Hits, Order, Ranked, hits, read_unit};
use super::query;
use super::schema::{self, Document, Fields};
use super::select::{self, Selection, Which};
use super::snapshot::Snapshot;
use super::stamp::{Stamp, Totals};
use super::stored::{Places, Stored};
use super::suggest;
use super::verified::Verified;
use crate::coverage::Coverage;
use crate::error::{Error, ErrorKind, Result};
use crate::query::Expression;
use crate::report::FileEntry;
use crate::text::Text;

/// So many events are held at once where one is handed on after the other.
const EVENTS_AT_ONCE: usize = 4_096;

/// What a failed read tells.
const CANNOT_READ: &str = "cannot read the index";

/// Reads one index, in the state that was the last committed one when it was opened.
pub struct Reader {
    folder: PathBuf,
    snapshot: Snapshot,
    groups: Groups,
    stamp: Stamp,
    verified: Verified,
    stop: Option<Arc<AtomicBool>>,
}

/// How many events match one of several conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InTurn {
    /// By itself.
    pub alone: u64,
    /// Together with all before it.
    pub left: u64,
}

impl Reader {
    /// Opens the index in the folder `dir`; neither the ledger nor any record is read for that.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`] and a hint, where there is none,
    /// where the folder holds something else, an index of another format, or a damaged one; with
    /// [`ErrorKind::Integrity`], where what `verify` said is damaged, or it
    /// or the manifest is missing or not what was written.
    pub fn open(dir: &Path) -> Result<Self> {
        let mut reader = Self::open_unverified(dir)?;
        reader.verified = Verified::read(dir)?;
        beside::check(dir)?;
        Ok(reader)
    }

    /// Opens it as [`Reader::open`] does, and passes over what `verify` said.
    ///
    /// # Errors
    ///
    /// As [`Reader::open`].
    pub fn open_unverified(dir: &Path) -> Result<Self> {
        Self::open_holding(dir, HELD_BYTES_MAX)
    }

    /// Opens the index in the folder `dir`, held in memory if it has at most so many bytes.
    pub(super) fn open_holding(dir: &Path, held_bytes_max: u64) -> Result<Self> {
        let subject = folder::subject(dir);
        in_peace(dir, || {
            let believed = believe(dir, Look::ToRead(held_bytes_max))?;
            let mut believed = believed.ok_or_else(|| folder::missing(&subject))?;
            guarded(&subject, CANNOT_READ, || {
                let index = Index::open(Frozen::new(dir, &mut believed)?)?;
                schema::register(&index);
                let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
                let reader: IndexReader = reader.try_into()?;
                let snapshot = Snapshot {
                    dir: subject.clone(),
                    searcher: reader.searcher(),
                    fields: Fields::of(&index.schema())?,
                };
                Self::of(dir, snapshot, believed.stamp.clone())
            })
        })
    }

    /// Reads a state that is open already.
    pub(super) fn of(dir: &Path, snapshot: Snapshot, stamp: Stamp) -> tantivy::Result<Self> {
        let groups = Groups::find(&snapshot)?;
        Ok(Self {
            folder: dir.to_owned(),
            snapshot,
            groups,
            stamp,
            verified: Verified::default(),
            stop: None,
        })
    }

    /// Ends every question with [`ErrorKind::Interrupted`] while the flag is up; a question that reads looks
    /// at it before each record.
    #[must_use]
    pub fn stopping_at(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = Some(stop);
        self
    }

    fn is_stopped(&self) -> bool {
        let stop = self.stop.as_ref();
        stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Returns the folder of the index.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Names the state that is read: two states of one name hold the same, and `verify` said the same of
    /// them.
    pub(super) fn state(&self) -> String {
        // A segment never changes but that documents are deleted from it; their order means nothing.
        let segments = self.snapshot.searcher.segment_readers().iter();
        let mut parts: Vec<String> = segments
            .map(|segment| format!("{} {}", segment.segment_id(), segment.num_docs()))
            .collect();
        parts.sort_unstable();
        parts.extend(serde_json::to_string(&self.stamp));
        parts.extend(self.verified.seal().map(|seal| format!("verified {seal}")));
        parts.join("\n")
    }

    /// Returns which time the index covers, per account and region: first, last and number of
    /// records. The hours are in the rows of [`Reader::files`].
    pub fn coverage(&self) -> &Coverage {
        &self.stamp.coverage
    }

    /// Returns how much was read into the index.
    pub fn totals(&self) -> &Totals {
        &self.stamp.totals
    }

    /// Returns the paths of which not everything is read yet: a run over them was interrupted, or goes on.
    /// The same run again completes it.
    pub fn unfinished(&self) -> &BTreeSet<Text> {
        &self.stamp.unfinished
    }

    /// Returns the version of the program that committed last.
    pub fn version(&self) -> &str {
        &self.stamp.version
    }

    /// Returns what the records were chosen by, as it was named in the last commit.
    pub fn catalogue(&self) -> &str {
        &self.stamp.catalogue
    }

    /// Returns what `verify` said last of the files of this index.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// Counts the events, each id once.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn events_count(&self) -> Result<u64> {
        let count = self.guarded(|| self.snapshot.count(Document::Event))?;
        Ok(count - self.groups.surplus())
    }

    /// Reads the ledger, in order of the files, each followed by what lies in it.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn files(&self) -> Result<Vec<FileEntry>> {
        let mut files = self.guarded(|| self.snapshot.ledger())?;
        files.sort_unstable_by(|one, other| {
            (&one.source, &one.member).cmp(&(&other.source, &other.member))
        });
        Ok(files)
    }

    /// Reads what a selection asks for, in order of the event ids.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn records(&self, selection: &Selection) -> Result<Vec<Stored>> {
        self.map(selection, |stored| stored)
    }

    /// Reads what a selection asks for, makes something of each, and returns that in order of the
    /// event ids. `each` is called from several threads, in no order; so a million records need not be
    /// kept at once.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn map<T: Send>(
        &self,
        selection: &Selection,
        each: impl Fn(Stored) -> T + Sync,
    ) -> Result<Vec<T>> {
        let snapshot = &self.snapshot;
        let mut read = self.guarded(|| {
            let found = snapshot.matching(select::query(&snapshot.fields, selection).as_ref())?;
            let units = self.groups.units(found);
            let places = match selection.which {
                Which::All => Places::gather(snapshot)?,
                _ => Places::LookedUp,
            };
            in_parallel(&units, |unit| {
                if self.is_stopped() {
                    return Ok(None);
                }
                let stored = read_unit(snapshot, unit, &places)?;
                let stored = stored.map(|stored| self.verified.mark(stored));
                Ok(stored.map(|stored| (stored.event_id.clone(), each(stored))))
            })
        })?;
        read.retain(Option::is_some);
        read.sort_unstable_by(|one, other| {
            let ids = [one, other].map(|read| read.as_ref().map(|(id, _)| id));
            ids[0].cmp(&ids[1])
        });
        Ok(read.into_iter().flatten().map(|(_, made)| made).collect())
    }

    /// Finds the events that match, and reads the first `limit` of them in the order asked for.
    ///
    /// Where several records have one event id, the event matches if one of them does.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read, or the expression is nested more than 128 deep.
    pub fn search(
        &self,
        expression: &Expression,
        limit: Option<usize>,
        order: Order,
    ) -> Result<Hits> {
        let mut found = self.guarded(|| {
            let query = query::query(&self.snapshot, expression)?;
            let found = self.snapshot.matching(query.as_ref())?;
            hits(&self.snapshot, self.groups.units(found), limit, order)
        })?;
        let records = std::mem::take(&mut found.records).into_iter();
        found.records = records.map(|stored| self.verified.mark(stored)).collect();
        Ok(found)
    }

    /// Counts the events that match, as [`Reader::search`] does, and reads none of them.
    ///
    /// # Errors
    ///
    /// As [`Reader::search`].
    pub fn count(&self, expression: &Expression) -> Result<u64> {
        self.guarded(|| {
            let query = query::query(&self.snapshot, expression)?;
            let found = self.snapshot.matching(query.as_ref())?;
            Ok(self.groups.count(&found))
        })
    }

    /// Counts, for each condition in turn, the events that match it by itself, and those that match it and
    /// all before it; behind the first that leaves none it goes on only where `all` is asked for. Each
    /// condition is looked for once.
    ///
    /// # Errors
    ///
    /// As [`Reader::search`].
    pub fn count_in_turn<'e>(
        &self,
        conditions: impl IntoIterator<Item = &'e Expression>,
        all: bool,
    ) -> Result<Vec<InTurn>> {
        let mut counts = Vec::new();
        let mut left: Option<Vec<DocAddress>> = None;
        for condition in conditions {
            let found = self.guarded(|| {
                let query = query::query(&self.snapshot, condition)?;
                self.snapshot.matching(query.as_ref())
            })?;
            let alone = self.groups.count(&found);
            let still = match left.take() {
                None => found,
                Some(mut left) => {
                    left.retain(|address| found.binary_search(address).is_ok());
                    left
                }
            };
            counts.push(InTurn {
                alone,
                left: self.groups.count(&still),
            });
            if still.is_empty() && !all {
                break;
            }
            left = Some(still);
        }
        Ok(counts)
    }

    /// Returns the times of the events that match, oldest first, and reads none of them; several contents
    /// of one event id count as one, with the earliest of their times.
    ///
    /// # Errors
    ///
    /// As [`Reader::search`].
    pub fn times(&self, expression: &Expression) -> Result<Vec<Timestamp>> {
        self.guarded(|| {
            let query = query::query(&self.snapshot, expression)?;
            let found = self.snapshot.matching(query.as_ref())?;
            let ranked = Ranked::by_earliest(&self.snapshot, self.groups.units(found))?;
            let times = ranked.times().map(Timestamp::from_second);
            times
                .collect::<std::result::Result<_, _>>()
                .map_err(|error| unreadable("the time of an event", error))
        })
    }

    /// Finds the events that match, makes something of each, and hands that on one after the other, so that
    /// not all need be kept at once; returns how many match. At most `limit` are handed on, oldest first:
    /// several contents of one event id stand where the earliest of them is. `make` is called from several
    /// threads, in no order.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read, the expression is nested more than 128 deep, or `take` fails.
    pub fn each<T: Send, E: From<Error>>(
        &self,
        expression: &Expression,
        limit: Option<usize>,
        make: impl Fn(Stored) -> T + Sync,
        mut take: impl FnMut(T) -> std::result::Result<(), E>,
    ) -> std::result::Result<usize, E> {
        let snapshot = &self.snapshot;
        let ranked = self.guarded(|| {
            let query = query::query(snapshot, expression)?;
            let found = snapshot.matching(query.as_ref())?;
            Ranked::by_earliest(snapshot, self.groups.units(found))
        })?;
        let mut left = limit.unwrap_or(usize::MAX);
        let mut first = 0;
        while first < ranked.total() && left > 0 {
            let end = ranked.ending(first + left.min(EVENTS_AT_ONCE));
            let made = self.guarded(|| {
                ranked.read(snapshot, first..end, |stored| {
                    make(self.verified.mark(stored))
                })
            })?;
            for one in made.into_iter().take(left) {
                take(one)?;
                left -= 1;
            }
            first = end;
        }
        Ok(ranked.total())
    }

    /// Reads the event with this id, as it is typed, else in lower case, else without the `#…` by which
    /// an answer tells events apart that share an id.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn by_event_id(&self, event_id: &str) -> Result<Option<Stored>> {
        let shared = event_id.rsplit_once('#').map_or(event_id, |(id, _)| id);
        for id in [event_id, &event_id.to_lowercase(), shared] {
            let id = id.to_owned();
            let selection = Which::EventIds(BTreeSet::from([id])).into();
            if let Some(stored) = self.records(&selection)?.pop() {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// Lists at most `limit` values of stored records that begin with `prefix`, in order and lower
    /// case: for completion, and to suggest what was meant.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn suggest_ids(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        self.guarded(|| suggest::values(&self.snapshot, prefix, limit))
    }

    /// Counts the places where records were found, each copy once.
    ///
    /// # Errors
    ///
    /// Where the index cannot be read.
    pub fn places_count(&self) -> Result<u64> {
        self.guarded(|| self.snapshot.count(Document::Place))
    }

    fn guarded<T>(&self, work: impl FnOnce() -> tantivy::Result<T>) -> Result<T> {
        let done = match self.is_stopped() {
            false => guarded(&self.snapshot.dir, CANNOT_READ, work)?,
            true => return Err(self.interrupted()),
        };
        match self.is_stopped() {
            false => Ok(done),
            true => Err(self.interrupted()),
        }
    }

    fn interrupted(&self) -> Error {
        let subject = self.snapshot.dir.clone();
        Error::new(
            ErrorKind::Interrupted,
            subject,
            "the question was interrupted",
        )
        .hint("ask again, or narrow it: --since, --account, --limit")
    }
}
