//! The walk: every file below the given paths, once, in an order that comes from the names alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::open::State;
use crate::coverage::Coverage;
use crate::error::{Error, ErrorKind, Result};
use crate::report::{FileEntry, FileOutcome, FileRecords};
use crate::text::Text;

/// What the walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A regular file, to be read.
    File(Candidate),
    /// Something that is no regular file or could not be examined: its row of the ledger.
    Aside(Box<FileEntry>),
}

/// A regular file, as it was when it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its path, to open it by.
    pub path: PathBuf,
    /// Its path as in [`Place::source`](crate::record::Place::source).
    pub source: Text,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its modification time in nanoseconds since 1970-01-01T00:00Z.
    pub modified_ns: i128,
}

impl Found {
    /// Returns the path as in [`Place::source`](crate::record::Place::source).
    pub fn source(&self) -> &Text {
        match self {
            Self::File(candidate) => &candidate.source,
            Self::Aside(entry) => &entry.source,
        }
    }
}

impl Candidate {
    /// Makes the file's row of the ledger, before anything is known of its content.
    pub(super) fn entry(&self, outcome: FileOutcome) -> FileEntry {
        let state = State {
            size_bytes: self.size_bytes,
            modified_ns: self.modified_ns,
        };
        empty_entry(self.source.clone(), state, outcome)
    }
}

fn empty_entry(source: Text, state: State, outcome: FileOutcome) -> FileEntry {
    FileEntry {
        source,
        size_bytes: state.size_bytes,
        modified_ns: state.modified_ns,
        sha256: None,
        content_sha256: None,
        content_bytes: 0,
        gzip_members: 0,
        trailing_bytes: 0,
        outcome,
        end_offset: None,
        catalogue: Text::default(),
        records: FileRecords::default(),
        coverage: Coverage::default(),
        malformed: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
    }
}

/// Lists what is below the given files and folders, in order of the bytes of the source.
///
/// A file that several paths reach counts once, under the first of its sources. Symbolic links are
/// followed where they are given, and set aside where they are found.
///
/// # Errors
///
/// Fails where a given path cannot be reached at all.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        // What lies behind a given link is walked by its true path, so that twice is seen as twice.
        let true_path = fs::canonicalize(path).map_err(|error| unreachable_path(path, error))?;
        walk_below(path, &true_path, &mut found);
    }
    found.sort_by(|(one_path, one), (other_path, other)| {
        (one.source(), one_path).cmp(&(other.source(), other_path))
    });
    let mut seen = BTreeSet::new();
    found.retain(|(true_path, _)| seen.insert(true_path.clone()));
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

fn unreachable_path(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Input, path_text(path), "cannot be reached")
        .because(error)
        .hint("give the path of an existing file or folder; quote it if it holds spaces")
}

fn walk_below(given: &Path, true_path: &Path, found: &mut Vec<(PathBuf, Found)>) {
    for entry in WalkDir::new(true_path) {
        let (path, item) = match entry {
            Ok(entry) => {
                let path = entry.path().to_owned();
                let source = source_below(given, true_path, &path);
                match examine(&entry, source) {
                    Some(item) => (path, item),
                    None => continue, // a folder: what it holds is listed on its own
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(true_path).to_owned();
                let source = source_below(given, true_path, &path);
                (path, failed(source, &error))
            }
        };
        found.push((path, item));
    }
}

fn examine(entry: &DirEntry, source: Text) -> Option<Found> {
    let kind = entry.file_type();
    if kind.is_dir() {
        return None;
    }
    if !kind.is_file() {
        let reason = skipped_kind(kind);
        let outcome = FileOutcome::Skipped {
            reason: reason.into(),
        };
        let state = State {
            size_bytes: 0,
            modified_ns: 0,
        };
        return Some(Found::Aside(Box::new(empty_entry(source, state, outcome))));
    }
    match entry.metadata() {
        Ok(metadata) => {
            let state = State::of(&metadata);
            Some(Found::File(Candidate {
                path: entry.path().to_owned(),
                source,
                size_bytes: state.size_bytes,
                modified_ns: state.modified_ns,
            }))
        }
        Err(error) => Some(failed(source, &error)),
    }
}

fn failed(source: Text, error: &walkdir::Error) -> Found {
    let cause = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let outcome = FileOutcome::Failed {
        reason: Text::from(format!("cannot be listed: {cause}")),
    };
    let state = State {
        size_bytes: 0,
        modified_ns: 0,
    };
    Found::Aside(Box::new(empty_entry(source, state, outcome)))
}

#[cfg(unix)]
fn skipped_kind(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_symlink() {
        "a symbolic link, which is not followed"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn skipped_kind(_: fs::FileType) -> &'static str {
    "no regular file"
}

fn source_below(given: &Path, true_path: &Path, path: &Path) -> Text {
    match path.strip_prefix(true_path) {
        Ok(below) if below.as_os_str().is_empty() => path_text(given),
        Ok(below) => path_text(&given.join(below)),
        Err(_) => path_text(path),
    }
}

/// Writes a path as text, different paths differently: bytes that are not UTF-8 as `%FF`, and a `%` that
/// could be taken for the beginning of such a byte, or of `%25`, as `%25`.
pub fn path_text(path: &Path) -> Text {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut written = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut parts = chunk.valid().split('%');
        written.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let [high, low] = [0, 1].map(|at| part.as_bytes().get(at).copied().unwrap_or(0));
            let reads_as_byte = matches!(high, b'8' | b'9' | b'A'..=b'F')
                && matches!(low, b'0'..=b'9' | b'A'..=b'F')
                || [high, low] == *b"25";
            written.push_str(if reads_as_byte { "%25" } else { "%" });
            written.push_str(part);
        }
        for byte in chunk.invalid() {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    Text::from(written)
}

/// Returns the bytes of a path that was written as text.
///
/// # Examples
///
/// ```
/// let path = "caf%E9 100%25.json".into();
/// assert_eq!(trailspan::archive::path_bytes(&path), b"caf\xe9 100%.json");
/// ```
pub fn path_bytes(source: &Text) -> Vec<u8> {
    let mut parts = source.as_str().split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| !digits.contains(['+', '-']));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(b'%') => bytes.push(b'%'),
            Some(byte) if byte >= 0x80 => bytes.push(byte),
            _ => {
                bytes.push(b'%');
                bytes.extend(part.as_bytes());
                continue;
            }
        }
        bytes.extend(&part.as_bytes()[2..]);
    }
    bytes
}
