//! The folder of an index on disk: every change of a file in it is made here.
//!
//! A file that others may read is replaced whole: written beside, synced, renamed, and the folder synced.
//! What fails first is remembered, because the library tells of a full disk only that "a writer was
//! killed". A gate is asked before every operation; tests close it to see what a failing disk costs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// How the name of a file begins that is being written beside the one that it will replace.
const BESIDE: &str = ".tmp-";

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// It is opened for reading.
    Read,
    /// It is made.
    Create,
    /// Bytes are written to it.
    Write,
    /// What was written is made durable.
    Sync,
    /// It takes the place of another.
    Rename,
    /// It is removed.
    Delete,
    /// It is locked.
    Lock,
}

/// Asked before every operation; an error is what the operation then fails with.
pub(crate) type Gate = Arc<dyn Fn(Operation, &Path) -> io::Result<()> + Send + Sync>;

/// One folder, and what first went wrong in it.
#[derive(Clone)]
pub(super) struct Disk {
    dir: PathBuf,
    gate: Option<Gate>,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

/// What went wrong with a file.
struct Trouble {
    name: PathBuf,
    error: io::Error,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disk({})", self.dir.display())
    }
}

impl Disk {
    /// Names a folder; a gate may be set before its operations.
    pub(super) fn new(dir: &Path, gate: Option<Gate>) -> Self {
        Self {
            dir: dir.to_owned(),
            gate,
            trouble: Arc::default(),
        }
    }

    /// Returns the folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Asks whether an operation may go on, and remembers the first that may not.
    pub(super) fn ask(&self, operation: Operation, name: &Path) -> io::Result<()> {
        match &self.gate {
            Some(gate) => self.note(name, gate(operation, name)),
            None => Ok(()),
        }
    }

    /// Remembers what an operation failed with, if it is the first that failed.
    pub(super) fn note<T>(&self, name: &Path, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done
            && error.kind() != ErrorKind::NotFound
        {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.get_or_insert_with(|| Trouble {
                name: name.to_owned(),
                error: same(error),
            });
        }
        done
    }

    /// Makes the folder, and those above it.
    pub(super) fn make(&self) -> io::Result<()> {
        self.ask(Operation::Create, Path::new(""))?;
        self.note(Path::new(""), fs::create_dir_all(&self.dir))
    }

    /// Makes a file that is not there yet.
    pub(super) fn create(&self, name: &Path) -> io::Result<File> {
        self.ask(Operation::Create, name)?;
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .open(self.dir.join(name));
        self.note(name, file)
    }

    /// Reads a whole file.
    pub(super) fn read(&self, name: &Path) -> io::Result<Vec<u8>> {
        self.ask(Operation::Read, name)?;
        self.note(name, fs::read(self.dir.join(name)))
    }

    /// Removes a file.
    pub(super) fn delete(&self, name: &Path) -> io::Result<()> {
        self.ask(Operation::Delete, name)?;
        self.note(name, fs::remove_file(self.dir.join(name)))
    }

    /// Makes durable which files the folder holds.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.ask(Operation::Sync, Path::new(""))?;
        // Windows cannot sync a folder, and need not.
        #[cfg(unix)]
        self.note(
            Path::new(""),
            File::open(&self.dir).and_then(|dir| dir.sync_all()),
        )?;
        Ok(())
    }

    /// Puts a file in place of the one of this name, whole and durably, or leaves that one as it was.
    pub(super) fn replace(
        &self,
        name: &Path,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let beside = PathBuf::from(format!("{BESIDE}{}", name.display()));
        self.discard(&beside)?;
        let done = self.write_beside(&beside, name, write);
        if done.is_ok() {
            return done;
        }
        // It may be what fills the disk; of two failures the first is told.
        let discarded = self.discard(&beside);
        done.and(discarded)
    }

    fn write_beside(
        &self,
        beside: &Path,
        name: &Path,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let file = Gated {
            file: self.create(beside)?,
            disk: self,
            name,
        };
        let mut out = BufWriter::with_capacity(64 << 10, file);
        write(&mut out)?;
        out.flush()?;
        self.ask(Operation::Sync, name)?;
        self.note(name, out.get_ref().file.sync_all())?;
        self.ask(Operation::Rename, name)?;
        let renamed = fs::rename(self.dir.join(beside), self.dir.join(name));
        self.note(name, renamed)?;
        self.sync()
    }

    fn discard(&self, beside: &Path) -> io::Result<()> {
        match self.delete(beside) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Removes what is not in `kept` of the files of the library, and what was being written beside
    /// when a run was killed. Only whoever holds the lock may do so.
    pub(super) fn sweep(&self, kept: &dyn Fn(&str) -> bool) -> io::Result<()> {
        for name in self.names()? {
            if name.starts_with(BESIDE) || is_part(&name) && !kept(&name) {
                self.delete(Path::new(&name))?;
            }
        }
        Ok(())
    }

    /// Lists the files of the folder, in order; names that are not UTF-8 are none of ours.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        self.ask(Operation::Read, Path::new(""))?;
        let mut names = Vec::new();
        for entry in self.note(Path::new(""), fs::read_dir(&self.dir))? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Tells an error in the words of what first went wrong on the disk, if anything did.
    pub(super) fn explain(&self, error: Error) -> Error {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Trouble { name, error: cause }) = trouble.as_ref() else {
            return error;
        };
        let again = |first: &str| {
            format!("{first}, then run the same command again to go on; what was committed is kept")
        };
        let (why, hint) = match (cause.kind(), cause.raw_os_error()) {
            (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => {
                let free = fs4::available_space(&self.dir);
                let free =
                    free.map_or_else(|_| String::new(), |free| format!(", {free} bytes free"));
                (
                    format!("the disk is full{free}"),
                    again("make room on the disk"),
                )
            }
            (ErrorKind::FileTooLarge, _) => (
                "a file may not grow any further".to_owned(),
                again("raise the limit on the size of files (`ulimit -f`)"),
            ),
            (_, Some(TOO_MANY_OPEN | TOO_MANY_OPEN_IN_ALL)) => (
                "too many files are open".to_owned(),
                again("raise the limit (`ulimit -n`)"),
            ),
            (ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem, _) => (
                cause.to_string(),
                "name a folder in a place where you may write, with --index".to_owned(),
            ),
            _ => (cause.to_string(), again("see that the disk is well")),
        };
        let name = match name.as_os_str().is_empty() {
            true => String::new(),
            false => format!("{}: ", name.display()),
        };
        error.because(format!("{name}{why}")).hint(hint)
    }
}

/// `EMFILE`, on every system that has it.
const TOO_MANY_OPEN: i32 = 24;

/// `ENFILE`, likewise.
const TOO_MANY_OPEN_IN_ALL: i32 = 23;

/// Says whether a file is one of the library's parts of an index: 32 hexadecimal digits, and an ending.
pub(super) fn is_part(name: &str) -> bool {
    let stem = name.split_once('.').map_or("", |(stem, _)| stem);
    stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Says whether a file was being written beside another when the run ended.
pub(super) fn is_beside(name: &str) -> bool {
    name.starts_with(BESIDE)
}

/// Copies an error; the system's number is kept.
fn same(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// A file whose writing passes the gate.
struct Gated<'d> {
    file: File,
    disk: &'d Disk,
    name: &'d Path,
}

impl Write for Gated<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.ask(Operation::Write, self.name)?;
        self.disk.note(self.name, self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
