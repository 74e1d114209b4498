//! What no program can beat: inflating every file of an archive into a buffer that is used again.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use libdeflater::Decompressor;

/// How much was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// How many files.
    pub(crate) files: u64,
    /// How many bytes they hold, as they are and inflated; the latter 0 where that was not asked for.
    pub(crate) gz_bytes: u64,
    pub(crate) json_bytes: u64,
}

/// Lists the files below a folder.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// What one thread keeps from file to file.
struct Buffers {
    decompressor: Decompressor,
    gz: Vec<u8>,
    json: Vec<u8>,
}

impl Buffers {
    fn new() -> Self {
        Self {
            decompressor: Decompressor::new(),
            gz: Vec::new(),
            json: Vec::new(),
        }
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        self.gz.clear();
        File::open(path)?.read_to_end(&mut self.gz).map(|_| ())
    }

    /// Inflates what was read; the archive is made of single members below 4 GiB.
    fn inflate(&mut self) -> io::Result<usize> {
        let trailer = self.gz.last_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = u32::from_le_bytes(*trailer) as usize;
        if self.json.len() < size {
            self.json.resize(size, 0);
        }
        self.decompressor
            .gzip_decompress(&self.gz, &mut self.json)
            .map_err(io::Error::other)
    }
}

/// Reads all files of an archive on all processors, and inflates them if that is asked for.
pub(crate) fn pass(files: &[PathBuf], inflates: bool) -> io::Result<Sizes> {
    let next = AtomicUsize::new(0);
    // Each thread keeps its buffers from file to file.
    let by_thread = rayon::broadcast(|_| {
        let mut buffers = Buffers::new();
        let mut sizes = Vec::new();
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            buffers.read(path)?;
            let inflated = if inflates { buffers.inflate()? } else { 0 };
            sizes.push((buffers.gz.len() as u64, inflated as u64));
        }
        Ok(sizes)
    });
    let sizes: io::Result<Vec<Vec<(u64, u64)>>> = by_thread.into_iter().collect();
    let sizes = sizes?.concat();
    Ok(Sizes {
        files: sizes.len() as u64,
        gz_bytes: sizes.iter().map(|(gz, _)| gz).sum(),
        json_bytes: sizes.iter().map(|(_, json)| json).sum(),
    })
}
