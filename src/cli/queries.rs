//! Named queries: where their file lies, and what it holds.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use trailspan::archive::path_text;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::search::{FILE_BYTES_MAX, Queries};

use super::settings;

/// What a command of `--help` tells of the file.
pub(crate) const ABOUT_THE_FILE: &str = "\
Named queries stand in a file, one a line, `name = query`; lines that begin with # are comments:

  # Who walks in at night
  night = actor:deploy NOT ip:10.0.0.0/8
  refused-at-night = @night is:failed

The file is the one that --queries names, else $XDG_CONFIG_HOME/trailspan/queries, else
~/.config/trailspan/queries. It is read only where a query has an @name.";

/// Reads the named queries that a query may need: those of the file that was named, else of the person's
/// own, which need not be there and is looked for only where the query has an `@`.
///
/// # Errors
///
/// Where the file cannot be read, or is no file of queries.
pub(crate) fn read(named: Option<&Path>, query: &str) -> Result<Queries> {
    match named {
        Some(path) => file(path),
        None if query.contains('@') => own_queries(),
        None => Ok(Queries::default()),
    }
}

/// Reads the person's own queries; none where there is no such file.
///
/// # Errors
///
/// As [`read`].
pub(crate) fn own_queries() -> Result<Queries> {
    let Some(path) = own_file() else {
        return Ok(Queries::default());
    };
    match path.exists() {
        true => file(&path),
        false => Ok(Queries::default()),
    }
}

/// Returns where the person's own queries lie.
fn own_file() -> Option<PathBuf> {
    Some(settings::folder()?.join("queries"))
}

fn file(path: &Path) -> Result<Queries> {
    let subject = || path_text(path);
    let text = text_of(path).map_err(|error| {
        Error::new(ErrorKind::Input, subject(), "cannot be read")
            .because(error)
            .hint("name a file of queries with --queries")
    })?;
    Queries::parse(&text).map_err(|error| {
        Error::new(ErrorKind::Usage, subject(), "is no file of queries")
            .because(error)
            .hint("`trailspan search --help` shows one")
    })
}

/// Reads a text, and of a file that is too long one byte more than there may be.
fn text_of(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let limit = FILE_BYTES_MAX as u64 + 1;
    fs::File::open(path)?
        .take(limit)
        .read_to_string(&mut text)?;
    Ok(text)
}
