//! Opening evidence: for reading only, regular files only, without waiting on a FIFO.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::Digest as _;

use super::Candidate;
use crate::record::Sha256;
use crate::report::{FileEntry, FileOutcome};
use crate::text::Text;

/// A file as it was when it was opened or listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) size_bytes: u64,
    pub(super) modified_ns: i128,
}

impl State {
    /// A member of a bundle changes when the bundle does.
    pub(super) fn of_member(bundle: &FileEntry) -> Self {
        Self {
            size_bytes: 0,
            modified_ns: bundle.modified_ns,
        }
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        // A file system without modification times has the same one for every file and run.
        let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
        Self {
            size_bytes: metadata.len(),
            modified_ns: nanoseconds(modified),
        }
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

/// Evidence that is open for reading.
pub(super) enum Opened {
    /// A regular file.
    File(File),
    /// Standard input.
    StandardInput(io::Stdin),
}

impl Opened {
    /// Lends what the bytes come from.
    pub(super) fn source(&mut self) -> &mut dyn Read {
        match self {
            Self::File(file) => file,
            Self::StandardInput(input) => input,
        }
    }

    /// Returns what the file is like now; nothing where that cannot be told.
    pub(super) fn state(&self) -> Option<State> {
        match self {
            // What cannot be examined any more has changed.
            Self::File(file) => file.metadata().ok().map(|metadata| State::of(&metadata)),
            Self::StandardInput(_) => None,
        }
    }
}

/// Opens a file of the archive, and tells what it is like; standard input is like nothing.
///
/// # Errors
///
/// Returns the file's outcome: failed where it cannot be opened, skipped where it turned out to be no
/// regular file.
pub(super) fn open(file: &Candidate) -> Result<(Opened, Option<State>), FileOutcome> {
    if file.is_standard_input() {
        return Ok((Opened::StandardInput(io::stdin()), None));
    }
    let file = open_quietly(&file.path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => failed("vanished after it was listed"),
        _ => failed(format!("cannot be opened: {error}")),
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| failed(format!("cannot be examined: {error}")))?;
    if !metadata.is_file() {
        return Err(FileOutcome::Skipped {
            reason: "no regular file".into(),
        });
    }
    Ok((Opened::File(file), Some(State::of(&metadata))))
}

/// Sums a file as it lies on disk, in a pass of its own; `None` where it cannot be read.
pub fn sha256(file: &Candidate) -> Option<Sha256> {
    if file.is_standard_input() {
        return None;
    }
    let (mut opened, _) = open(file).ok()?;
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match opened.source().read(&mut buffer) {
            Ok(0) => return Some(Sha256(hash.finalize().into())),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

fn failed(reason: impl Into<String>) -> FileOutcome {
    FileOutcome::Failed {
        reason: Text::from(reason.into()),
    }
}

/// Opens a file without changing its access time, where the system lets its owner do so.
fn open_quietly(path: &Path) -> io::Result<File> {
    match open_with(path, flags::NO_ACCESS_TIME) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => open_with(path, 0),
        opened => opened,
    }
}

#[cfg(unix)]
fn open_with(path: &Path, further: i32) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags::NO_FOLLOW | flags::NO_WAIT | further)
        .open(path)
}

#[cfg(not(unix))]
fn open_with(path: &Path, _further: i32) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Linux's flags of open(2); elsewhere the examination after opening has to do.
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod flags {
    /// `O_NOFOLLOW`: a file that became a symbolic link meanwhile is not followed.
    pub(super) const NO_FOLLOW: i32 = if cfg!(target_arch = "x86_64") {
        0o400_000
    } else {
        0o100_000
    };
    /// `O_NONBLOCK`: a file that became a FIFO meanwhile is not waited for.
    pub(super) const NO_WAIT: i32 = 0o4_000;
    /// `O_NOATIME`: the access time stays as it is.
    pub(super) const NO_ACCESS_TIME: i32 = 0o1_000_000;
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[allow(dead_code)]
mod flags {
    pub(super) const NO_FOLLOW: i32 = 0;
    pub(super) const NO_WAIT: i32 = 0;
    pub(super) const NO_ACCESS_TIME: i32 = 0;
}
