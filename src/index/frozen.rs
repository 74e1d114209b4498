//! A verified index that is only read: on read-only media it opens like any other.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle,
    WritePtr,
};

use super::believe::Believed;
use super::seal::META;

/// The files of one verified state: in memory, or mapped.
///
/// Nothing is locked, because nothing in the folder may be written: a part that a run removes while the
/// index is being opened makes the opening fail, and it is tried again.
#[derive(Clone)]
pub(super) struct Frozen {
    meta: Arc<[u8]>,
    files: Arc<BTreeMap<String, Option<OwnedBytes>>>,
    mapped: MmapDirectory,
}

impl std::fmt::Debug for Frozen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frozen({} files)", self.files.len())
    }
}

impl Frozen {
    /// Shows the files that were believed, and no other.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be opened.
    pub(super) fn new(dir: &Path, believed: &mut Believed) -> tantivy::Result<Self> {
        let mut held = std::mem::take(&mut believed.held);
        let names = believed.state.files.keys();
        let files = names
            .map(|name| (name.clone(), held.remove(name)))
            .collect();
        Ok(Self {
            meta: believed.meta.as_slice().into(),
            files: Arc::new(files),
            mapped: MmapDirectory::open(dir)?,
        })
    }

    fn file(&self, path: &Path) -> Option<&Option<OwnedBytes>> {
        path.to_str().and_then(|name| self.files.get(name))
    }
}

fn refused() -> Arc<io::Error> {
    Arc::new(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Directory for Frozen {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.file(path) {
            Some(Some(held)) => Ok(Arc::new(held.clone())),
            Some(None) => self.mapped.get_file_handle(path),
            None => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(path == Path::new(META) || self.file(path).is_some())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(META) {
            return Ok(self.meta.to_vec());
        }
        Err(OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: refused(),
            filepath: PathBuf::from(path),
        })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError {
            io_error: refused(),
            filepath: PathBuf::from(path),
        })
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
