//! Which events this run has met: how a further copy is told from a new event.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::boundary::Inner;
use super::schema::Fields;
use super::snapshot::Snapshot;
use super::term::key;

/// How many parts the sets have, so that threads seldom wait for each other.
const PARTS: usize = 64;

/// What an occurrence is to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Added {
    /// No record of this event id was there.
    New,
    /// The very same record was there: only the place is new.
    Copy,
    /// A record of this event id was there, and it has other bytes: both are kept.
    Conflict,
}

/// The events and contents of this run, by key: 32 bytes of room an event, and what sets need.
pub(super) struct Known(Vec<Mutex<Part>>);

#[derive(Default)]
struct Part {
    ids: HashSet<u128>,
    contents: HashSet<u128>,
}

impl Known {
    /// Starts with nothing met.
    pub(super) fn new() -> Self {
        Self((0..PARTS).map(|_| Mutex::default()).collect())
    }

    /// Tells what an occurrence is, and remembers it; of several threads that ask about one event at
    /// once, exactly one is told that it is new.
    ///
    /// # Errors
    ///
    /// Where the committed index cannot be read.
    pub(super) fn meet(&self, event_id: &str, content: u128, committed: &Snapshot) -> Inner<Added> {
        let id = key(event_id.as_bytes());
        let mut part = self.part(id);
        if part.contents.contains(&content) {
            return Ok(Added::Copy);
        }
        let fields: &Fields = &committed.fields;
        let id_is_committed = committed.holds(&fields.event_id(event_id))?;
        let added = if id_is_committed && committed.holds(&fields.content(content))? {
            Added::Copy
        } else if id_is_committed || part.ids.contains(&id) {
            Added::Conflict
        } else {
            Added::New
        };
        part.contents.insert(content);
        part.ids.insert(id);
        Ok(added)
    }

    /// Says whether this run has met a content.
    pub(super) fn has_met(&self, content: u128) -> bool {
        self.0
            .iter()
            .any(|part| lock(part).contents.contains(&content))
    }

    /// Forgets what was met: it is committed.
    pub(super) fn clear(&self) {
        for part in &self.0 {
            *lock(part) = Part::default();
        }
    }

    /// All of what concerns one event id is in one part.
    fn part(&self, id: u128) -> MutexGuard<'_, Part> {
        lock(&self.0[(id % PARTS as u128) as usize])
    }
}

/// A thread that panicked while it held the lock leaves sets that are whole; its run is not committed.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
