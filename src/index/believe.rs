//! An index is believed only after a check, because the library verifies nothing on reading.
//!
//! An index of up to 64 MiB is read into memory at every opening, and each byte is held against its
//! sum: what was verified is what is searched, whatever happens to the files meanwhile. A larger one
//! is mapped. Its files are compared with what the system told of them when they were written (size,
//! inode, times of change); where that differs, as in a copy, all of it is read and summed before the
//! first answer. A file that is cut short *while* it is mapped still ends the program: nothing but
//! reading it all beforehand would help.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use sha2::Digest as _;
use tantivy::directory::OwnedBytes;

use super::boundary::damaged;
use super::folder::{self, Folder, PROGRAM};
use super::seal::{META, SEAL, Seal, State, Sum, Trace};
use super::stamp::Stamp;
use crate::error::Result;
use crate::record::Sha256;
use crate::text::Text;

/// An index of up to so many bytes is held in memory.
pub(super) const HELD_BYTES_MAX: u64 = 64 << 20;

/// How many threads read and sum.
const THREADS: usize = 4;

/// How often an index is looked at anew that a run is changing.
pub(super) const ATTEMPTS: usize = 50;

/// How long to wait before the next look.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// An index whose every file was found to be what was written.
pub(super) struct Believed {
    /// What the last commit says of it.
    pub stamp: Stamp,
    /// Its `meta.json`.
    pub meta: Vec<u8>,
    /// The sums of its files.
    pub state: State,
    /// The files that are held in memory, by name.
    pub held: BTreeMap<String, OwnedBytes>,
}

/// How thoroughly an index is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Before reading; an index of up to so many bytes is held in memory.
    ToRead(u64),
    /// Before writing: every byte.
    ToWrite,
}

/// Believes the index in the folder `dir`, or says why not; `None` where there is none.
///
/// # Errors
///
/// With [`ErrorKind::Index`](crate::error::ErrorKind::Index), where it cannot be read, is of another
/// format, or is damaged.
pub(super) fn believe(dir: &Path, look: Look) -> Result<Option<Believed>> {
    let subject = folder::subject(dir);
    let (stamp, meta) = match folder::look(dir)? {
        Folder::Missing | Folder::Empty => return Ok(None),
        Folder::Begun(_) if look != Look::ToWrite => return Ok(None),
        Folder::Begun(meta) => (Stamp::default(), meta),
        Folder::Ours(stamp, meta) => (*stamp, meta),
    };
    let state = state(dir, &subject, &meta)?;
    let names: Vec<&str> = state.files.keys().map(String::as_str).collect();
    let total: u64 = state.files.values().map(|sum| sum.size_bytes).sum();
    let how = match look {
        Look::ToRead(held_bytes_max) if total <= held_bytes_max => How::Hold,
        Look::ToRead(_) => How::Trace,
        Look::ToWrite => How::Sum,
    };
    let held = examine(dir, &state, &names, how).map_err(|cause| damaged(&subject, cause))?;
    Ok(Some(Believed {
        stamp,
        meta,
        state,
        held,
    }))
}

/// Does `work`, which reads the index in `dir`; again where it fails because a run commits meanwhile.
///
/// # Errors
///
/// What `work` fails with while nothing changes.
pub(super) fn in_peace<T>(dir: &Path, work: impl Fn() -> Result<T>) -> Result<T> {
    let mut attempt = 0;
    loop {
        let before = fs::read(dir.join(META)).ok();
        let outcome = work();
        attempt += 1;
        let is_changing = outcome.is_err() && fs::read(dir.join(META)).ok() != before;
        if !is_changing || attempt == ATTEMPTS {
            return outcome;
        }
        thread::sleep(PAUSE);
    }
}

/// Reads the sums of the state whose `meta.json` this is.
fn state(dir: &Path, subject: &Text, meta: &[u8]) -> Result<State> {
    let seal = read_seal(dir).map_err(|cause| damaged(subject, cause))?;
    let state = seal.state_of(meta).cloned();
    state.ok_or_else(|| damaged(subject, format!("{META} is not what was written")))
}

/// Reads the sums of the files of an index.
///
/// # Errors
///
/// Says why they cannot be read.
pub(super) fn read_seal(dir: &Path) -> std::result::Result<Seal, String> {
    let seal = match fs::read(dir.join(SEAL)) {
        Ok(seal) => seal,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(format!("{SEAL} is missing"));
        }
        Err(error) => return Err(format!("{SEAL}: {error}")),
    };
    let seal: Seal = serde_json::from_slice(&seal).map_err(|error| format!("{SEAL}: {error}"))?;
    match seal.program == PROGRAM {
        true => Ok(seal),
        false => Err(format!("{SEAL} is not what was written")),
    }
}

/// Sums these files of a state, all of their bytes.
///
/// # Errors
///
/// Says which is not what was written.
pub(super) fn verify(dir: &Path, state: &State, names: &[&str]) -> std::result::Result<(), String> {
    examine(dir, state, names, How::Sum).map(|_| ())
}

/// How a file is examined.
#[derive(Clone, Copy)]
enum How {
    /// Its bytes are summed and kept.
    Hold,
    /// It is summed only where the system tells of changes.
    Trace,
    /// Its bytes are summed.
    Sum,
}

fn examine(
    dir: &Path,
    state: &State,
    names: &[&str],
    how: How,
) -> std::result::Result<BTreeMap<String, OwnedBytes>, String> {
    let examine = |name: &&str| -> std::result::Result<Option<(String, OwnedBytes)>, String> {
        let Some(sum) = state.files.get(*name) else {
            return Err(format!("{name} is not among the sums"));
        };
        let told = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => format!("{name} is missing"),
            _ => format!("{name}: {error}"),
        };
        let path = dir.join(name);
        let (size_bytes, trace) = match fs::metadata(&path) {
            Ok(metadata) => (metadata.len(), Trace::of(&metadata)),
            Err(error) => return Err(told(error)),
        };
        if size_bytes != sum.size_bytes {
            let written = sum.size_bytes;
            return Err(format!(
                "{name} has {size_bytes} bytes, {written} were written"
            ));
        }
        let altered = || format!("{name} is not what was written");
        match how {
            How::Trace if trace.is_some() && trace == sum.trace => Ok(None),
            How::Trace | How::Sum => {
                let found = sum_of(&path).map_err(told)?;
                let fits = (found.size_bytes, found.sha256) == (sum.size_bytes, sum.sha256);
                fits.then_some(None).ok_or_else(altered)
            }
            How::Hold => {
                let bytes = fs::read(&path).map_err(told)?;
                let fits = sum.fits(&bytes);
                fits.then(|| Some(((*name).to_owned(), OwnedBytes::new(bytes))))
                    .ok_or_else(altered)
            }
        }
    };
    let mut held = BTreeMap::new();
    for examined in in_turns(names, examine) {
        held.extend(examined?);
    }
    Ok(held)
}

/// Sums a file, a piece at a time.
pub(super) fn sum_of(path: &Path) -> io::Result<Sum> {
    let mut file = File::open(path)?;
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut size_bytes = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(&buffer[..count]);
                size_bytes += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Sum {
        size_bytes,
        sha256: Sha256(hash.finalize().into()),
        trace: None,
    })
}

/// Does `work` on every item, several at a time; results in order of the items.
fn in_turns<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => done.push((index, work(item))),
                None => return done,
            }
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS.min(items.len()))
            .map(|_| scope.spawn(take))
            .collect();
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}
