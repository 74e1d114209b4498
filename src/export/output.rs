//! Where an export goes: a file that appears when it is whole.
//!
//! It is written beside, synced, and given its name. A file that is there is written over only when the
//! person says so, and never when it is evidence or lies in the folder of the index.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::{Builder, NamedTempFile};

use super::tables::TableName;
use super::{Failure, Source, Step, Target, Written, parquet, sqlite, write_text, xlsx};
use crate::archive::{self, Candidate, path_text};
use crate::error::{Error, ErrorKind, Result};

/// A file to be written.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Its path.
    pub path: PathBuf,
    /// Whether a file that is there may be written over.
    pub force: bool,
    /// The folder of the index, into which nothing is written.
    pub index: PathBuf,
}

/// Writes an export into a file.
///
/// # Errors
///
/// Where the file is refused or cannot be written, the index cannot be read, or the run is interrupted;
/// then nothing is there but what was there before.
pub fn write_file(
    source: &Source<'_>,
    target: Target,
    table: TableName,
    destination: &Destination,
) -> Step<Written> {
    destination.check(source)?;
    let folder = destination.folder();
    let mut builder = Builder::new();
    builder.prefix(".trailspan-export-");
    open_to_others(&mut builder);
    let file = builder.tempfile_in(folder);
    let mut file = file.map_err(|error| destination.refused("cannot be made", error))?;
    let written = write(source, target, table, &mut file, folder);
    let written = written.map_err(|failure| match failure {
        Failure::Output(error) => destination.refused("cannot be written", error).into(),
        library => library,
    })?;
    source.go_on()?;
    destination.keep(file)?;
    Ok(written)
}

fn write(
    source: &Source<'_>,
    target: Target,
    table: TableName,
    file: &mut NamedTempFile,
    folder: &Path,
) -> Step<Written> {
    if target == Target::Sqlite {
        return sqlite::write(source, file.path());
    }
    let mut out = BufWriter::new(file.as_file_mut());
    let written = match target {
        Target::Parquet => parquet::write(source, table, &mut out),
        Target::Xlsx => xlsx::write(source, folder, &mut out),
        _ => write_text(source, target, table, &mut out),
    }?;
    out.flush()?;
    Ok(written)
}

/// Gives the file the rights that any new file has.
#[cfg(unix)]
fn open_to_others(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn open_to_others(_builder: &mut Builder<'_, '_>) {}

impl Destination {
    fn folder(&self) -> &Path {
        let parent = self.path.parent();
        let named = parent.filter(|parent| !parent.as_os_str().is_empty());
        named.unwrap_or(Path::new("."))
    }

    fn error(&self, what: &str) -> Error {
        Error::new(ErrorKind::Input, path_text(&self.path), what)
    }

    fn refused(&self, what: &str, cause: impl std::fmt::Display) -> Error {
        self.error(what)
            .because(cause)
            .hint("name a file in a folder that can be written to")
    }

    /// Refuses what must not be written over.
    fn check(&self, source: &Source<'_>) -> Result<()> {
        let folder = fs::canonicalize(self.folder());
        let folder = folder.map_err(|error| self.refused("cannot be made", error))?;
        if self.path.file_name().is_none() {
            return Err(self.error("is no name for a file").hint("name a file"));
        }
        if fs::canonicalize(&self.index).is_ok_and(|index| folder.starts_with(index)) {
            return Err(self
                .error("lies in the folder of the index, into which nothing else is written")
                .hint("name a file elsewhere"));
        }
        let Ok(there) = fs::symlink_metadata(&self.path) else {
            return Ok(());
        };
        if there.is_dir() {
            return Err(self.error("is a folder").hint("name a file"));
        }
        if self.is_evidence(source)? {
            return Err(self
                .error("is a file of the archive, and is never written over")
                .hint("name another file"));
        }
        match self.force {
            true => Ok(()),
            false => Err(self
                .error("is there already")
                .hint("name a new file, or say --force to write over it")),
        }
    }

    /// Says whether the file that is there, or what it links to, is a file of the ledger, by its path or
    /// by its content.
    fn is_evidence(&self, source: &Source<'_>) -> Result<bool> {
        let Ok(metadata) = fs::metadata(&self.path) else {
            return Ok(false); // a link to nothing
        };
        let real = fs::canonicalize(&self.path).ok();
        let files = source.files()?;
        let on_disk: Vec<_> = files.iter().filter(|file| file.member.is_none()).collect();
        let name = real.as_deref().and_then(Path::file_name);
        let is_same_path = on_disk.iter().any(|file| {
            let path = Path::new(file.source.as_str());
            path.file_name() == name && fs::canonicalize(path).ok() == real
        });
        if is_same_path {
            return Ok(true);
        }
        let size_bytes = metadata.len();
        let mut alike = on_disk.iter().filter(|file| file.size_bytes == size_bytes);
        if size_bytes == 0 || alike.clone().next().is_none() {
            return Ok(false);
        }
        let modified = metadata.modified().ok();
        let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let sum = archive::sha256(&Candidate {
            path: self.path.clone(),
            source: path_text(&self.path),
            size_bytes,
            modified_ns: modified.map_or(0, |time| time.as_nanos().cast_signed()),
        });
        Ok(sum.is_some() && alike.any(|file| file.sha256 == sum))
    }

    /// Gives the file its name.
    fn keep(&self, file: NamedTempFile) -> Result<()> {
        let synced = file.as_file().sync_all();
        synced.map_err(|error| self.refused("cannot be written", error))?;
        let kept = match self.force {
            true => file.persist(&self.path),
            false => file.persist_noclobber(&self.path),
        };
        kept.map_err(|error| self.refused("cannot be given its name", error.error))?;
        // The name is there; where a folder cannot be synced, nothing more can be done.
        match File::open(self.folder()).and_then(|folder| folder.sync_all()) {
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
