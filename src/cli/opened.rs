//! The index of a session: opened once, and kept for the next question.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trailspan::error::Result;
use trailspan::index::Reader;

/// Keeps the index open between the questions of a session; outside of one, keeps nothing.
#[derive(Clone, Default)]
pub(crate) struct Opened(Option<Arc<Kept>>);

struct Kept {
    stop: Arc<AtomicBool>,
    slot: Mutex<Option<(PathBuf, Arc<Reader>)>>,
}

impl Opened {
    /// Keeps the index for a session; questions end while `stop` is up.
    pub(crate) fn for_session(stop: Arc<AtomicBool>) -> Self {
        let slot = Mutex::new(None);
        Self(Some(Arc::new(Kept { stop, slot })))
    }

    /// Opens the index in this folder, unless it is open already.
    ///
    /// # Errors
    ///
    /// As [`Reader::open`].
    pub(crate) fn open(&self, folder: &Path) -> Result<Arc<Reader>> {
        let Some(kept) = &self.0 else {
            return Reader::open(folder).map(Arc::new);
        };
        let mut slot = kept.slot();
        if let Some((_, reader)) = slot.as_ref().filter(|(path, _)| path == folder) {
            return Ok(Arc::clone(reader));
        }
        let reader = Reader::open(folder)?.stopping_at(Arc::clone(&kept.stop));
        let reader = Arc::new(reader);
        *slot = Some((folder.to_owned(), Arc::clone(&reader)));
        Ok(reader)
    }

    /// Says whether there is a session.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Closes the index, because what is in its folder has changed or will.
    pub(crate) fn forget(&self) {
        if let Some(kept) = &self.0 {
            *kept.slot() = None;
        }
    }
}

impl Kept {
    fn slot(&self) -> MutexGuard<'_, Option<(PathBuf, Arc<Reader>)>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}
