//! The folder as the library writes it: every file is summed on its way to the disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::Digest as _;
use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, INDEX_WRITER_LOCK, Lock, MmapDirectory,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use super::believe::read_seal;
use super::disk::{Disk, Operation};
use super::folder::PROGRAM;
use super::seal::{META, SEAL, Seal, State, Sum, Trace, named};
use crate::record::Sha256;

/// The list that the library keeps of its own files.
const MANAGED: &str = ".managed.json";

/// A folder that is written: mapped for reading, summed while writing.
///
/// The library's list of its own files (`.managed.json`) is not kept, because it would be believed
/// unchecked: the list is what `checksums.json` names, and the rest is swept away before a run.
#[derive(Debug, Clone)]
pub(super) struct Sealing {
    disk: Disk,
    mapped: MmapDirectory,
    state: Arc<Mutex<Sealed>>,
}

/// What is known of the files in the folder.
#[derive(Default)]
struct Sealed {
    /// The committed state.
    present: Option<State>,
    /// The sums of all files that were written whole.
    sums: BTreeMap<String, Sum>,
    /// The writer's lock, taken before the folder was looked at, until the library asks for it.
    lock: Option<DirectoryLock>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} sums", self.sums.len())
    }
}

impl Sealing {
    /// Takes the writer's lock of a folder that exists, and says in it who has it.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be opened, or somebody else has the lock.
    pub(super) fn lock(disk: Disk) -> tantivy::Result<Self> {
        let mapped = MmapDirectory::open(disk.dir())?;
        let path = &INDEX_WRITER_LOCK.filepath;
        disk.ask(Operation::Lock, path)?;
        let lock = mapped
            .acquire_lock(&INDEX_WRITER_LOCK)
            .map_err(|error| tantivy::TantivyError::LockFailure(error, None))?;
        let holder = format!("{}\n", std::process::id());
        disk.ask(Operation::Write, path)?;
        disk.note(path, fs::write(disk.dir().join(path), holder))?;
        Ok(Self {
            disk,
            mapped,
            state: Arc::new(Mutex::new(Sealed {
                lock: Some(lock),
                ..Sealed::default()
            })),
        })
    }

    /// Starts from a state that was verified.
    pub(super) fn start(&self, present: State) {
        let mut sealed = self.sealed();
        sealed.sums.clone_from(&present.files);
        sealed.present = Some(present);
    }

    /// Returns the committed state.
    pub(super) fn present(&self) -> Option<State> {
        self.sealed().present.clone()
    }

    fn sealed(&self) -> MutexGuard<'_, Sealed> {
        // A thread that panicked with the lock leaves sums that are whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the sums of the next state beside those of the present one, and then its `meta.json`.
    fn commit(&self, meta: &[u8]) -> io::Result<()> {
        let next = self.next(meta)?;
        let states = self.present().into_iter().chain([next.clone()]);
        let seal = Seal {
            program: PROGRAM.to_owned(),
            states: states.collect(),
            // Who has the lock is the only one who changes these.
            beside: read_seal(self.disk.dir()).map_or_else(|_| BTreeMap::new(), |seal| seal.beside),
        };
        let seal = serde_json::to_vec(&seal)?;
        self.disk
            .replace(Path::new(SEAL), &mut |out| out.write_all(&seal))?;
        self.disk
            .replace(Path::new(META), &mut |out| out.write_all(meta))?;
        self.sealed().present = Some(next);
        Ok(())
    }

    /// Gathers the sums of the files that a `meta.json` names.
    fn next(&self, meta: &[u8]) -> io::Result<State> {
        let parts = named(meta)?;
        let mut sealed = self.sealed();
        let mut files = BTreeMap::new();
        for (name, sum) in &mut sealed.sums {
            if !parts.iter().any(|part| part.has(name)) {
                continue;
            }
            if sum.trace.is_none() {
                sum.trace = Trace::of(&fs::metadata(self.disk.dir().join(name))?);
            }
            files.insert(name.clone(), *sum);
        }
        match parts
            .iter()
            .all(|part| files.keys().any(|name| part.has(name)))
        {
            true => Ok(State {
                meta: Sum::of(meta),
                files,
            }),
            false => Err(io::Error::other("a part was named before it was written")),
        }
    }

    /// Lists the files of the index in the form of the library's own list.
    fn managed(&self) -> io::Result<Vec<u8>> {
        let sealed = self.sealed();
        let names: Vec<&str> = sealed
            .sums
            .keys()
            .map(String::as_str)
            .chain([META])
            .collect();
        Ok(serde_json::to_vec(&names)?)
    }
}

impl Directory for Sealing {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.disk
            .ask(Operation::Read, path)
            .map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))?;
        self.mapped.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.disk.delete(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DeleteError::FileDoesNotExist(path.to_owned()),
            _ => DeleteError::IoError {
                io_error: Arc::new(error),
                filepath: path.to_owned(),
            },
        })?;
        if let Some(name) = path.to_str() {
            self.sealed().sums.remove(name);
        }
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.disk.create(path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return OpenWriteError::FileAlreadyExists(path.to_owned());
            }
            OpenWriteError::wrap_io_error(error, path.to_owned())
        })?;
        Ok(BufWriter::new(Box::new(Summed {
            file,
            path: path.to_owned(),
            size_bytes: 0,
            hash: sha2::Sha256::new(),
            into: self.clone(),
        })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let wrapped = |error| OpenReadError::wrap_io_error(error, path.to_owned());
        if path == Path::new(MANAGED) {
            return self.managed().map_err(wrapped);
        }
        self.disk.read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => wrapped(error),
        })
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        if path == Path::new(META) {
            return self.commit(data);
        }
        self.disk.replace(path, &mut |out| out.write_all(data))
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.disk.sync()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if lock.filepath == INDEX_WRITER_LOCK.filepath {
            return self.sealed().lock.take().ok_or(LockError::LockBusy);
        }
        self.disk
            .ask(Operation::Lock, &lock.filepath)
            .map_err(LockError::wrap_io_error)?;
        self.mapped.acquire_lock(lock)
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file that is summed while it is written.
struct Summed {
    file: File,
    path: PathBuf,
    size_bytes: u64,
    hash: sha2::Sha256,
    into: Sealing,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let disk = &self.into.disk;
        disk.ask(Operation::Write, &self.path)?;
        let count = disk.note(&self.path, self.file.write(bytes))?;
        self.hash.update(&bytes[..count]);
        self.size_bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Summed {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let disk = &self.into.disk;
        disk.ask(Operation::Sync, &self.path)?;
        disk.note(&self.path, self.file.sync_data())?;
        let sum = Sum {
            size_bytes: self.size_bytes,
            sha256: Sha256(self.hash.clone().finalize().into()),
            trace: None,
        };
        if let Some(name) = self.path.to_str() {
            self.into.sealed().sums.insert(name.to_owned(), sum);
        }
        Ok(())
    }
}
