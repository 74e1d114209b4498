//! What a writer tells and does beside the records: what is committed, which files there are, who has the
//! lock, and files of others in the folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tantivy::directory::INDEX_WRITER_LOCK;

use super::beside;
use super::boundary::{IS_LOCKED, guarded};
use super::read::Reader;
use super::seal::{META, SEAL, Sum};
use super::write::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Sha256;

impl Writer {
    /// Reads what is committed.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where it cannot be read.
    pub fn reader(&self) -> Result<Reader> {
        guarded(&self.committed.dir, "cannot read the index", || {
            Reader::of(self.disk.dir(), self.committed.clone(), self.stamp.clone())
        })
    }

    /// Puts a file of another kind into the folder, whole and durably, or leaves the one that was there; its sum
    /// is kept, so that a reader tells where it is missing or changed.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where it cannot be written.
    pub fn put(
        &self,
        name: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        beside::put(&self.disk, name, write).map_err(|error| {
            let dir = self.committed.dir.clone();
            let failed = Error::new(ErrorKind::Index, dir, format!("cannot write {name}"));
            self.disk.explain(failed.because(error))
        })
    }

    /// Lists the files of the committed index, by name: size in bytes, and SHA-256.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Index`], where the sums cannot be read.
    pub fn files_written(&self) -> Result<BTreeMap<String, (u64, Sha256)>> {
        let seal = Path::new(SEAL);
        let told = |error: io::Error| {
            let dir = self.committed.dir.clone();
            let failed = Error::new(ErrorKind::Index, dir, "cannot read the index");
            self.disk.explain(failed.because(error))
        };
        let seal = Sum::of(&self.disk.read(seal).map_err(told)?);
        let state = self.sealing.present();
        let state = state.into_iter().flat_map(|state| {
            let meta = (META.to_owned(), state.meta);
            state.files.into_iter().chain([meta])
        });
        Ok(state
            .chain([(SEAL.to_owned(), seal)])
            .map(|(name, sum)| (name, (sum.size_bytes, sum.sha256)))
            .collect())
    }
}

/// Names the process that has the lock, where it says so.
pub(super) fn named_holder(dir: &Path, error: Error) -> Error {
    let holder = fs::read_to_string(dir.join(&INDEX_WRITER_LOCK.filepath));
    let number = holder
        .ok()
        .and_then(|holder| holder.trim().parse::<u32>().ok());
    match number {
        Some(number) if error.what == IS_LOCKED => Error {
            what: format!("{IS_LOCKED}: process {number}"),
            ..error
        },
        _ => error,
    }
}
