//! The files beside an index of which one may be gone or changed: the manifest, and what `verify` said.
//!
//! Each seals itself by its last line. That one is missing, or was replaced by another, is told by its
//! sum, which is kept with those of the index in `checksums.json`. Not for: what is in them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread;

use sha2::Digest as _;

use super::believe::{ATTEMPTS, PAUSE, read_seal, sum_of};
use super::disk::Disk;
use super::folder::subject;
use super::seal::{SEAL, Seal, Sum, Trace};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;

/// Puts a file into the folder, whole and durably, and keeps its sum; who calls this has the writer's
/// lock.
///
/// While it is replaced nothing is known of it, so that an interruption is not taken for damage.
pub(super) fn put(
    disk: &Disk,
    name: &str,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    note(disk, name, None)?;
    let mut sum = None;
    disk.replace(Path::new(name), &mut |out| {
        let mut summed = Summed {
            out,
            size_bytes: 0,
            hash: sha2::Sha256::new(),
        };
        write(&mut summed)?;
        sum = Some(Sum {
            size_bytes: summed.size_bytes,
            sha256: Sha256(summed.hash.finalize().into()),
            trace: None,
        });
        Ok(())
    })?;
    let trace = Trace::of(&fs::metadata(disk.dir().join(name))?);
    note(disk, name, sum.map(|sum| Sum { trace, ..sum }))
}

/// Keeps the sum of a file, or forgets it.
fn note(disk: &Disk, name: &str, sum: Option<Sum>) -> io::Result<()> {
    if !disk.dir().join(SEAL).exists() {
        return Ok(()); // nothing was committed yet
    }
    let mut seal = read_seal(disk.dir()).map_err(io::Error::other)?;
    let former = match sum {
        Some(sum) => seal.beside.insert(name.to_owned(), sum),
        None => seal.beside.remove(name),
    };
    if former == sum {
        return Ok(());
    }
    let bytes = serde_json::to_vec(&seal)?;
    disk.replace(Path::new(SEAL), &mut |out| out.write_all(&bytes))
}

/// Holds the files beside the index in the folder `dir` against their sums.
///
/// # Errors
///
/// With [`ErrorKind::Integrity`], where one is missing or not what was written.
pub(super) fn check(dir: &Path) -> Result<()> {
    let mut attempt = 0;
    loop {
        let seal = read_seal(dir).unwrap_or_default();
        let checked = check_all(dir, &seal);
        attempt += 1;
        // A run may replace one meanwhile.
        let is_changing = || read_seal(dir).unwrap_or_default().beside != seal.beside;
        if checked.is_ok() || attempt == ATTEMPTS || !is_changing() {
            return checked;
        }
        thread::sleep(PAUSE);
    }
}

fn check_all(dir: &Path, seal: &Seal) -> Result<()> {
    for (name, sum) in &seal.beside {
        let path = dir.join(name);
        let wrong = |what, hint| {
            let error = Error::new(ErrorKind::Integrity, subject(&path), what);
            Err(error.hint(hint))
        };
        match is_same(&path, sum) {
            Ok(true) => {}
            Ok(false) => {
                return wrong(
                    "is not as it was written",
                    "keep it, and find out who changed it; `trailspan check` says what else differs",
                );
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return wrong(
                    "was written and is missing",
                    "the same `trailspan ingest` or `trailspan verify` makes it anew",
                );
            }
            Err(error) => {
                let failed = Error::new(ErrorKind::Index, subject(&path), "cannot be read");
                return Err(failed.because(error));
            }
        }
    }
    Ok(())
}

/// Says whether a file is what was written; it is read only where the system tells of changes.
fn is_same(path: &Path, sum: &Sum) -> io::Result<bool> {
    let metadata = fs::metadata(path)?;
    if metadata.len() != sum.size_bytes {
        return Ok(false);
    }
    let trace = Trace::of(&metadata);
    if trace.is_some() && trace == sum.trace {
        return Ok(true);
    }
    Ok(sum_of(path)?.sha256 == sum.sha256)
}

/// What is summed while it is written.
struct Summed<'w> {
    out: &'w mut dyn Write,
    size_bytes: u64,
    hash: sha2::Sha256,
}

impl Write for Summed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.size_bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
