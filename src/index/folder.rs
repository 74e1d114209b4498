//! The folder of an index: what is in it, before anything is opened.

use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::boundary::damaged;
use super::disk::{is_beside, is_part};
use super::seal::{META, SEAL};
use super::stamp::{ENGINE_FORMAT, FORMAT, Stamp};
use crate::error::{Error, ErrorKind, Result};
use crate::text::Text;

/// The name by which an index of ours is known.
pub(super) const PROGRAM: &str = "trailspan";

/// How the names begin of the library's locks.
const LOCK: &str = ".tantivy-";

/// What helps where a folder is not an index.
const ANOTHER: &str = "name a new folder, or that of an index, with --index";

/// What a folder turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Folder {
    /// There is no such folder.
    Missing,
    /// There is nothing in it, or only what an interrupted beginning left behind.
    Empty,
    /// An index that was created but never committed to, and its `meta.json`.
    Begun(Vec<u8>),
    /// An index of ours, of this format, and its `meta.json`.
    Ours(Box<Stamp>, Vec<u8>),
}

/// Looks into the folder `dir`.
///
/// # Errors
///
/// With [`ErrorKind::Index`], where it is a file, cannot be read, holds something else, an index of
/// another format, or one whose stamp cannot be read.
pub(super) fn look(dir: &Path) -> Result<Folder> {
    let subject = subject(dir);
    let unusable = |what| Error::new(ErrorKind::Index, subject.clone(), what);
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(Folder::Missing),
        Err(error) if error.kind() == IoErrorKind::NotADirectory => {
            return Err(unusable("this is a file, an index is a folder").hint(ANOTHER));
        }
        Err(error) => return Err(unreadable_folder(&subject, error)),
    };
    let (mut is_empty, mut is_sealed, mut has_parts) = (true, false, false);
    for entry in entries {
        let entry = entry.map_err(|error| unreadable_folder(&subject, error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == META {
            return stamp(dir, &subject);
        }
        is_sealed |= name == SEAL;
        has_parts |= is_part(&name);
        // What an interrupted beginning leaves behind.
        is_empty &= name == SEAL || name.starts_with(LOCK) || is_beside(&name);
    }
    match (is_empty, is_sealed && has_parts) {
        (true, _) => Ok(Folder::Empty),
        (false, true) => Err(damaged(&subject, format!("{META} is missing"))),
        (false, false) => Err(foreign(&subject)),
    }
}

/// Returns how a folder is named in errors.
pub(super) fn subject(dir: &Path) -> Text {
    Text::from(dir.display().to_string())
}

/// Tells that there is no index where one was expected.
pub(super) fn missing(dir: &Text) -> Error {
    Error::new(ErrorKind::Index, dir.clone(), "there is no index here")
        .hint(format!("make one: trailspan --index {dir} ingest PATH…"))
}

fn unreadable_folder(dir: &Text, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Index, dir.clone(), "cannot read the folder")
        .because(error)
        .hint("see that you may read it, or name another one with --index")
}

fn foreign(dir: &Text) -> Error {
    Error::new(
        ErrorKind::Index,
        dir.clone(),
        "this folder holds something else than an index",
    )
    .hint(ANOTHER)
}

/// What is read of `meta.json` here; the rest is the library's.
#[derive(Deserialize)]
struct Meta {
    payload: Option<String>,
    #[serde(default)]
    segments: Vec<Value>,
}

fn stamp(dir: &Path, subject: &Text) -> Result<Folder> {
    let unreadable = |cause: &dyn std::fmt::Display| damaged(subject, format!("{META}: {cause}"));
    let bytes = fs::read(dir.join(META)).map_err(|error| unreadable(&error))?;
    // Ours is written after its sums: without them, what does not say that it is ours is another's.
    let is_sealed = dir.join(SEAL).exists();
    let meta: Meta = match serde_json::from_slice(&bytes) {
        Ok(meta) => meta,
        Err(_) if !is_sealed => return Err(foreign(subject)),
        Err(error) => return Err(unreadable(&error)),
    };
    let Some(payload) = meta.payload else {
        return if meta.segments.is_empty() && is_sealed {
            Ok(Folder::Begun(bytes))
        } else {
            Err(foreign(subject))
        };
    };
    let payload: Value = serde_json::from_str(&payload).unwrap_or_default();
    if payload["program"] != PROGRAM {
        return Err(foreign(subject));
    }
    let of_another = |what: String| {
        Error::new(ErrorKind::Index, subject.clone(), what)
            .hint("build it anew from the archive: trailspan --index NEW_DIR ingest PATH…")
    };
    let format = &payload["format"];
    if *format != FORMAT {
        return Err(of_another(format!(
            "the index has format {format}, this program reads format {FORMAT}"
        )));
    }
    let stamp = Stamp::deserialize(payload).map_err(|error| unreadable(&error))?;
    if stamp.engine_format != ENGINE_FORMAT {
        return Err(of_another(format!(
            "the index was written by {}, this program reads its format {ENGINE_FORMAT}",
            Text::from(stamp.engine)
        )));
    }
    Ok(Folder::Ours(Box::new(stamp), bytes))
}
