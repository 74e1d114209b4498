//! The walk: every file below the given paths, once, in an order that comes from the names alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::label;
use super::open::State;
use crate::coverage::Coverage;
use crate::error::{Error, ErrorKind, Result};
use crate::report::{FileEntry, FileOutcome, FileRecords};
use crate::text::Text;

/// The path by which standard input is given.
const STANDARD_INPUT: &str = "-";

/// How the name begins that standard input is given when it was read.
pub(super) const STANDARD_INPUT_NAME: &str = "stdin:";

/// Why a link is not followed that leads to what the walk found by its own name.
const READ_ELSEWHERE: &str = "a symbolic link to what is read by its own name";

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
    /// Returns the true path, absolute and without symbolic links; `-` for standard input.
    pub fn true_path(&self) -> Text {
        match self {
            Self::File(candidate) => candidate.true_path(),
            Self::Aside(entry) => entry.true_path.clone(),
        }
    }

    /// Gives it another name, by which it was known before.
    pub fn rename(&mut self, source: Text) {
        match self {
            Self::File(candidate) => candidate.source = source,
            Self::Aside(entry) => entry.source = source,
        }
    }

    /// Returns the path as in [`Place::source`](crate::record::Place::source).
    pub fn source(&self) -> &Text {
        match self {
            Self::File(candidate) => &candidate.source,
            Self::Aside(entry) => &entry.source,
        }
    }
}

impl Candidate {
    /// Says whether it is no file but standard input, given as `-`.
    ///
    /// It is read once, and has no name, size or time: its rows and places are named `stdin:` and the
    /// first 16 digits of the SHA-256 of what was read.
    pub fn is_standard_input(&self) -> bool {
        // The path of every file is absolute.
        self.path == Path::new(STANDARD_INPUT)
    }

    /// Makes the file's row of the ledger, before anything is known of its content.
    pub(super) fn entry(&self, outcome: FileOutcome) -> FileEntry {
        let state = State {
            size_bytes: self.size_bytes,
            modified_ns: self.modified_ns,
        };
        let true_path = match self.is_standard_input() {
            true => Text::default(),
            false => self.true_path(),
        };
        FileEntry {
            true_path,
            ..empty_entry(self.source.clone(), state, outcome)
        }
    }

    /// Writes its true path: absolute, and without symbolic links.
    fn true_path(&self) -> Text {
        path_text(&self.path)
    }
}

pub(super) fn empty_entry(source: Text, state: State, outcome: FileOutcome) -> FileEntry {
    FileEntry {
        source,
        true_path: Text::default(),
        member: None,
        size_bytes: state.size_bytes,
        modified_ns: state.modified_ns,
        sha256: None,
        content_sha256: None,
        content_bytes: 0,
        gzip_members: 0,
        bundle: None,
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
/// followed where they are given, not where they are found: unless what they lead to is found by its own
/// name, they have failed. So has whatever else is no regular file. The path `-` is standard input.
///
/// # Errors
///
/// Fails where a given path cannot be reached at all.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let (mut found, mut roots) = (Vec::new(), Vec::new());
    for path in paths {
        if path == Path::new(STANDARD_INPUT) {
            let candidate = Candidate {
                path: path.clone(),
                source: STANDARD_INPUT.into(),
                size_bytes: 0,
                modified_ns: 0,
            };
            found.push((path.clone(), Found::File(candidate)));
            continue;
        }
        // What lies behind a given link is walked by its true path, so that twice is seen as twice.
        let true_path = fs::canonicalize(path).map_err(|error| unreachable_path(path, error))?;
        walk_below(path, &true_path, &mut found);
        roots.push(true_path);
    }
    found.sort_by(|(one_path, one), (other_path, other)| {
        (one.source(), one_path).cmp(&(other.source(), other_path))
    });
    let mut seen = BTreeSet::new();
    found.retain(|(true_path, _)| seen.insert(true_path.clone()));
    let items = found.into_iter().map(|(true_path, item)| {
        let is_read = matches!(item, Found::Aside(_)) && leads_below(&true_path, &roots);
        spared(item, is_read)
    });
    Ok(items.collect())
}

/// Says whether a symbolic link leads to what is walked by its own name.
fn leads_below(path: &Path, roots: &[PathBuf]) -> bool {
    let is_below = |target: PathBuf| roots.iter().any(|root| target.starts_with(root));
    path.is_symlink() && fs::canonicalize(path).is_ok_and(is_below)
}

/// A link costs nothing where what it leads to is read by its own name.
fn spared(item: Found, is_read: bool) -> Found {
    match item {
        Found::Aside(entry) if is_read => {
            let outcome = FileOutcome::Skipped {
                reason: READ_ELSEWHERE.into(),
            };
            Found::Aside(Box::new(FileEntry { outcome, ..*entry }))
        }
        item => item,
    }
}

/// Writes the true paths of the given files and folders, whatever they were called: absolute, without
/// symbolic links.
///
/// # Errors
///
/// Fails where a given path cannot be reached at all.
pub fn true_paths(paths: &[PathBuf]) -> Result<BTreeSet<Text>> {
    let true_path = |path: &PathBuf| match path == Path::new(STANDARD_INPUT) {
        true => Ok(STANDARD_INPUT.into()),
        false => match fs::canonicalize(path) {
            Ok(path) => Ok(path_text(&path)),
            Err(error) => Err(unreachable_path(path, error)),
        },
    };
    paths.iter().map(true_path).collect()
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
        let item = match item {
            Found::Aside(entry) => Found::Aside(Box::new(FileEntry {
                true_path: path_text(&path),
                ..*entry
            })),
            file => file,
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
        let outcome = FileOutcome::Failed {
            reason: unread_kind(kind, entry.path()).into(),
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
fn unread_kind(kind: fs::FileType, path: &Path) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let leads_nowhere = || {
        let target = fs::metadata(path);
        target.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    if kind.is_symlink() && leads_nowhere() {
        "a symbolic link to what does not exist"
    } else if kind.is_symlink() {
        "a symbolic link, which is not followed: give its target as a path too"
    } else if kind.is_fifo() {
        "a FIFO, which is not read"
    } else if kind.is_socket() {
        "a socket, which is not read"
    } else {
        "a device, which is not read"
    }
}

#[cfg(not(unix))]
fn unread_kind(_: fs::FileType, _: &Path) -> &'static str {
    "no regular file"
}

fn source_below(given: &Path, true_path: &Path, path: &Path) -> Text {
    match path.strip_prefix(true_path) {
        Ok(below) if below.as_os_str().is_empty() => path_text(given),
        Ok(below) => path_text(&given.join(below)),
        Err(_) => path_text(path),
    }
}

/// Says whether a source is the name of what came by standard input.
pub fn is_standard_input(source: &Text) -> bool {
    source.as_str().starts_with(STANDARD_INPUT_NAME)
}

/// Writes a path as text, different paths differently: bytes that are not UTF-8 as `%FF`, and a `%` that
/// could be taken for the beginning of such a byte, or of `%25`, as `%25`.
pub fn path_text(path: &Path) -> Text {
    label::written(path.as_os_str().as_encoded_bytes())
}

/// Returns the path that was written as text.
#[cfg(unix)]
pub fn to_path(source: &Text) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(path_bytes(source)).into()
}

/// Returns the path that was written as text; one that is no text as it is written.
#[cfg(not(unix))]
pub fn to_path(source: &Text) -> PathBuf {
    String::from_utf8(path_bytes(source))
        .unwrap_or_else(|_| source.as_str().to_owned())
        .into()
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
